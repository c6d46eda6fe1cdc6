"""What every vendor of training promises: one training a run, files that go, and lines as the model is asked."""

import json

import httpx2
import openai
import pytest

from infra.sandbox.openai.training import Training as SandboxTraining
from infra.sandbox.openai.wire import Refused
from pm_assistant.domain.finetuning import Asked, Lesson, Training
from pm_assistant.integrations.openai.finetuning import OpenAIFineTuning
from pm_assistant.integrations.openai.wire import Answer, Question
from pm_assistant.ports.finetuning import FineTuning
from tests.builders import ENG, NOW, a_conversation, a_message, a_participant, a_proposal, a_ticket
from tests.fakes.finetuning import FakeFineTuning

LESSON = Lesson(
    Asked(a_conversation(), [a_ticket()], [ENG], [a_participant()], NOW), (a_proposal(None, a_message().id),)
)


class Vendor:
    """The sandbox's OpenAI behind the adapter's own client."""

    def __init__(self) -> None:
        self.training = SandboxTraining()
        client = openai.DefaultHttpxClient(transport=httpx2.MockTransport(self.answer))
        self.adapter = OpenAIFineTuning("sk-1", "https://openai.test/v1", "gpt-4o-mini", http_client=client)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        try:
            return httpx2.Response(200, json=self._perform(request))
        except Refused as refused:
            return httpx2.Response(refused.status, content=bytes(refused.answer.body))

    def _perform(self, request: httpx2.Request) -> object:
        match request.method, request.url.path.removeprefix("/v1/").split("/"):
            case "POST", ["files"]:
                return self.training.upload(request.headers["content-type"], request.read())
            case "DELETE", ["files", file_id]:
                return self.training.delete(file_id)
            case "GET", ["fine_tuning", "jobs"]:
                return self.training.listed(dict(request.url.params))
            case "POST", ["fine_tuning", "jobs"]:
                return self.training.create(json.loads(request.content))
            case "GET", ["fine_tuning", "jobs", job_id]:
                return self.training.job(job_id)
            case "POST", ["fine_tuning", "jobs", job_id, "cancel"]:
                return self.training.cancel(job_id)
            case asked:
                raise AssertionError(asked)

    @property
    def files(self) -> list[str]:
        """What was uploaded and not deleted."""
        return [job["training_file"] for job in self.training.listed({})["data"] if self._is_there(job)]

    def _is_there(self, job: dict[str, str]) -> bool:
        try:
            return bool(self.training.file(job["training_file"]))
        except Refused:
            return False


@pytest.fixture(params=["fake", "openai"])
def vendor(request: pytest.FixtureRequest) -> tuple[FineTuning, object]:
    """Every implementation in turn, and where its files are seen."""
    if request.param == "fake":
        fake = FakeFineTuning()
        return fake, fake
    sandbox = Vendor()
    return sandbox.adapter, sandbox


def to_the_end(port: FineTuning, training: Training) -> Training:
    """Look until it is over."""
    for _ in range(9):
        training = port.look(training)
        if training.over:
            return training
    raise AssertionError(training)


def a_file(port: FineTuning) -> bytes:
    """A file that can be trained on."""
    return port.example(LESSON) * 10


def test_a_training_ends_with_a_model_and_its_file_goes(vendor: tuple[FineTuning, Vendor | FakeFineTuning]) -> None:
    """Ending it again is harmless."""
    port, seen = vendor
    begun = port.start("run-1", a_file(port))
    held = len(seen.files)

    ended = to_the_end(port, begun)
    port.end(ended)
    port.end(ended)

    assert (False, 1) == (begun.over, held)
    assert ("succeeded", True, 0) == (ended.state, bool(ended.model), len(seen.files))


def test_a_run_has_one_training(vendor: tuple[FineTuning, Vendor | FakeFineTuning]) -> None:
    """A step that is taken again finds what it has begun; another run has its own."""
    port, seen = vendor

    first, again, other = (port.start(run, a_file(port)) for run in ("run-1", "run-1", "run-2"))

    assert (first.id, 2) == (again.id, len({first.id, other.id}))
    assert 2 == len(seen.files)


def test_what_is_called_off_comes_to_nothing(vendor: tuple[FineTuning, Vendor | FakeFineTuning]) -> None:
    """Nor does its file stay."""
    port, seen = vendor
    begun = port.start("run-1", a_file(port))

    port.end(begun)

    assert ("cancelled", 0) == (port.look(begun).state, len(seen.files))


def test_a_line_asks_as_the_model_is_asked_and_answers_as_it_must() -> None:
    """What it is trained to say is what its answers are read as."""
    [line] = Vendor().adapter.example(LESSON).splitlines()

    system, user, assistant = json.loads(line)["messages"]

    assert ["system", "user", "assistant"] == [each["role"] for each in (system, user, assistant)]
    assert "keep a team's tickets true" in system["content"]
    assert [a_ticket().id] == [each.id for each in Question.model_validate_json(user["content"]).tickets]
    [proposal] = Answer.model_validate_json(assistant["content"]).domain([ENG])
    assert LESSON.wanted[0].action == proposal.action
