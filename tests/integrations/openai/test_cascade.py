"""Which models are asked, how often, what that costs, and how an answer that cannot be used ends."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx2
import openai
import pytest

from infra.sandbox.openai.responses import Declined, PromptCache, create
from infra.sandbox.openai.wire import Refused
from pm_assistant.domain.actions import Ignore
from pm_assistant.domain.decisions import Judgement, RunnerUp
from pm_assistant.domain.errors import Misconfigured, RateLimited, UpstreamUnavailable
from pm_assistant.domain.spending import QUOTA_USED_UP
from pm_assistant.domain.work import MessageId
from pm_assistant.integrations.openai import client as client_module
from pm_assistant.integrations.openai.client import (
    CUT_OFF,
    MOST_OUTPUT_TOKENS,
    REFUSED,
    REJECTED,
    UNREADABLE,
    OpenAIAnalyst,
)
from pm_assistant.integrations.openai.prices import Price
from pm_assistant.integrations.openai.wire import Answer
from tests.builders import (
    ENG,
    NOW,
    a_comment,
    a_conversation,
    a_judgement,
    a_message,
    a_participant,
    a_proposal,
    a_ticket,
)

CHEAP, STRONG = "gpt-5.4-mini", "gpt-5.4"
SAID = a_message()
SURE = a_proposal(a_comment(), SAID.id, confidence=0.95)
FLAWED = a_proposal(a_comment("ticket-99"), SAID.id, confidence=0.95)
LONG = "x" * 4 * (MOST_OUTPUT_TOKENS + 1)

type Says = Callable[[], str]


def says(*proposals: Any) -> Says:
    """A model that proposes these."""
    return lambda: Answer.of(a_judgement(*proposals)).model_dump_json()


def refuses() -> str:
    """A model that will not."""
    raise Declined("I'm sorry, I can't help with that.")


def fails(status: int, code: str | None) -> Says:
    """A vendor that answers with an error."""

    def answer() -> str:
        raise Refused(status, code, "the words of people")

    return answer


class Models:
    """OpenAI as the sandbox plays it, whose models give these answers one after the other.

    Attributes:
        asked: the requests.
    """

    def __init__(self, *answers: Says, strong: str | None = None, **options: Any) -> None:
        self._answers, self._cache = list(answers), PromptCache()
        self.asked: list[dict[str, Any]] = []
        http = openai.DefaultHttpxClient(transport=httpx2.MockTransport(self._handle))
        self.analyst = OpenAIAnalyst(
            "sk-1", "https://openai.test/v1", CHEAP, strong_model=strong, http_client=http, **options
        )

    def judge(self, **changes: Any) -> Judgement:
        """Have one message judged."""
        about = {"candidates": [a_ticket(1), a_ticket(2)], "teams": [ENG], "people": [a_participant()], "now": NOW}
        return self.analyst.judge(a_conversation(SAID), **{**about, **changes})

    @property
    def models(self) -> Sequence[str]:
        """Which models were asked."""
        return [request["model"] for request in self.asked]

    def _handle(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content)
        self.asked.append(body)
        answer = self._answers.pop(0)
        try:
            return httpx2.Response(
                200, json=create({**body, "text": _form(body, answer)}, lambda _: answer(), self._cache)
            )
        except Refused as refused:
            return httpx2.Response(refused.status, content=bytes(refused.answer.body))


def _form(body: dict[str, Any], answer: Says) -> dict[str, Any]:
    """What the sandbox holds an answer to: a form, unless it is to be of the wrong one."""
    return {"format": {"type": "text"}} if answer in WRONG else body["text"]


def unreadable() -> str:
    """A model that forgot what it was to write."""
    return "I would say"


def too_much() -> str:
    """A model that does not come to an end."""
    return LONG


WRONG = {unreadable, too_much}


# A stronger model


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(says(SURE.model_copy(update={"confidence": 0.69})), id="unlikely"),
        pytest.param(
            says(SURE.model_copy(update={"runners_up": (RunnerUp(ticket_id="ticket-2", score=0.81),)})), id="close"
        ),
        pytest.param(says(a_proposal(Ignore(), SAID.id, confidence=0.5)), id="hardly to be ignored"),
        pytest.param(refuses, id="refused"),
    ],
)
def test_where_the_model_is_unsure_a_stronger_one_is_asked_once(first: Says) -> None:
    """It has the last word, and both are paid for."""
    models = Models(first, says(SURE), strong=STRONG)

    judgement = models.judge()

    assert [CHEAP, STRONG] == models.models
    assert ((SURE,), STRONG, None) == (judgement.proposals, judgement.model, judgement.fallback)
    assert models.asked[0]["input"] == models.asked[1]["input"]


@pytest.mark.parametrize(
    ("answer", "strong"),
    [
        pytest.param(says(SURE), STRONG, id="sure"),
        pytest.param(says(), STRONG, id="nothing to say"),
        pytest.param(says(SURE.model_copy(update={"confidence": 0.6})), None, id="there is no other"),
    ],
)
def test_where_the_model_is_sure_nobody_else_is_asked(answer: Says, strong: str | None) -> None:
    """Most conversations cost one call of the cheap model."""
    models = Models(answer, strong=strong)

    assert models.judge().fallback is None
    assert [CHEAP] == models.models


def test_a_stronger_model_that_does_no_better_changes_nothing() -> None:
    """What the first one said counts then, though it was unsure; and both are paid for."""
    unsure = SURE.model_copy(update={"confidence": 0.6})
    failures = (
        (503, None),
        (400, "context_length_exceeded"),
        (429, "rate_limit_exceeded"),
        (429, "insufficient_quota"),
    )
    for second in (refuses, *(fails(status, code) for status, code in failures)):
        models = Models(says(unsure), second, strong=STRONG)
        assert ((unsure,), CHEAP, None) == (
            (judgement := models.judge()).proposals,
            judgement.model,
            judgement.fallback,
        )
        assert [CHEAP, STRONG] == models.models


def test_a_stronger_model_that_is_misspelt_is_told() -> None:
    """Else nobody would ever learn of it."""
    with pytest.raises(Misconfigured):
        Models(says(SURE.model_copy(update={"confidence": 0.6})), fails(404, "model_not_found"), strong=STRONG).judge()


# Repair


@pytest.mark.parametrize(
    ("first", "told"),
    [
        pytest.param(says(SURE, FLAWED), "proposal 2: unknown ticket", id="unknown ticket"),
        pytest.param(says(a_proposal(a_comment(), MessageId("C0ENG:1.1"))), "evidence", id="unknown evidence"),
        pytest.param(unreadable, UNREADABLE, id="wrong form"),
        pytest.param(too_much, CUT_OFF, id="cut off"),
    ],
)
def test_an_answer_that_cannot_be_used_is_asked_for_once_more(first: Says, told: str) -> None:
    """With what is wrong with it, in our words."""
    models = Models(first, says(SURE))

    judgement = models.judge()

    assert [CHEAP, CHEAP] == models.models
    assert ((SURE,), None) == (judgement.proposals, judgement.fallback)
    question, answer, repair = models.asked[1]["input"]
    assert [question] == models.asked[0]["input"]
    assert ["user", "assistant", "user"] == [message["role"] for message in models.asked[1]["input"]]
    assert first().startswith(answer["content"])
    assert told in repair["content"]


def test_it_is_asked_for_once_more_and_not_again() -> None:
    """What is then still wrong is left for the check, which drops and counts it; the rest is used."""
    models = Models(says(FLAWED, FLAWED), says(SURE, FLAWED))

    assert (SURE, FLAWED) == models.judge().proposals
    assert 2 == len(models.asked)


def test_a_repair_that_makes_it_worse_changes_nothing() -> None:
    """The better of the two counts."""
    for second in (unreadable, refuses, says(FLAWED, FLAWED), fails(500, None)):
        assert (SURE, FLAWED) == Models(says(SURE, FLAWED), second).judge().proposals


def test_what_takes_long_is_asked_no_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function has an end, and an answer that is late is lost."""
    monkeypatch.setattr(client_module, "ANOTHER_BEGINS_WITHIN", 0.0)
    models = Models(says(SURE, FLAWED), strong=STRONG)

    assert (SURE, FLAWED) == models.judge().proposals


# Where there is no answer


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([refuses], REFUSED),
        ([too_much, too_much], CUT_OFF),
        ([unreadable, unreadable], UNREADABLE),
        ([fails(400, "context_length_exceeded")], REJECTED),
        ([fails(429, "insufficient_quota")], QUOTA_USED_UP),
    ],
)
def test_what_repeating_would_not_better_is_no_answer_and_says_why(answers: list[Says], why: str) -> None:
    """And what it cost is counted: an answer that is of no use is paid for, too."""
    models = Models(*answers)

    judgement = models.judge()

    assert (why, ()) == (judgement.fallback, judgement.proposals)
    assert (why in {REFUSED, CUT_OFF, UNREADABLE}) == (judgement.cost_microdollars > 0)
    assert len(answers) == len(models.asked)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (fails(429, "rate_limit_exceeded"), RateLimited),
        (fails(401, "invalid_api_key"), Misconfigured),
        (fails(500, None), UpstreamUnavailable),
    ],
)
def test_what_passes_is_raised(answer: Says, error: type[Exception]) -> None:
    """Whoever asked waits, and asks again."""
    with pytest.raises(error):
        Models(answer, answer, answer).judge()


# What it costs, and what is told


def test_what_the_conversation_is_hardly_about_is_not_shown() -> None:
    """Fewer tickets where retrieval is sure; one that was not shown is none that may be spoken of."""
    tickets = [a_ticket(n) for n in range(1, 9)]
    models = Models(says(a_proposal(a_comment("ticket-8"), SAID.id)), says(SURE))

    odds = {"ticket-1": 99.0} | {f"ticket-{n}": 0.1 / n for n in range(2, 9)}
    judgement = models.judge(candidates=tickets, odds=odds)

    question = json.loads(models.asked[0]["input"][0]["content"])
    assert ["ticket-1", "ticket-2", "ticket-3"] == [ticket["id"] for ticket in question["tickets"]]
    assert ((SURE,), 2) == (judgement.proposals, len(models.asked))


def test_what_was_read_before_costs_less() -> None:
    """The stable part comes first, so the second of two questions finds it in the cache, at a tenth of the price."""
    models = Models(says(SURE), says(SURE))
    first, second = models.judge(), models.judge()

    assert (first.tokens_in, first.tokens_out) == (second.tokens_in, second.tokens_out)
    assert 0 < second.cost_microdollars < first.cost_microdollars
    assert models.asked[0]["prompt_cache_key"] == models.asked[1]["prompt_cache_key"]


def test_the_cost_is_that_of_all_answers() -> None:
    """Each at its own model's price; a price that the deployment knows goes before ours."""
    prices = {CHEAP: Price(1.0, 1.0, 0.0), STRONG: Price(0.0, 0.0, 1000.0)}
    models = Models(says(FLAWED), says(FLAWED), says(SURE), strong=STRONG, prices=prices)

    judgement = models.judge()

    assert [CHEAP, CHEAP, STRONG] == models.models
    written = len(says(SURE)()) // 4 * 1000
    assert judgement.tokens_in < judgement.cost_microdollars - written + len(str(models.asked[2]))
    assert written < judgement.cost_microdollars
    assert "v1" == judgement.prompt


def test_guidance_stands_below_our_rules_and_people_nowhere_near() -> None:
    """An administrator may say how the team works; whoever only writes in a channel, or names things, may not."""
    models = Models(says(SURE), says(SURE))
    models.judge()
    guided = models.analyst.tuned(guidance="Releases go out on Fridays.\n").tuned(model=CHEAP)
    guided.judge(a_conversation(SAID), candidates=[a_ticket(1)], teams=[ENG], people=[a_participant()], now=NOW)

    plain, told = (request["instructions"] for request in models.asked)
    assert told.startswith(plain)
    assert told.endswith("Releases go out on Fridays.\n")
    for theirs in (SAID.text, a_ticket(1).title, a_participant().name, ENG.name):
        assert theirs not in told.removesuffix("Releases go out on Fridays.\n")


def test_a_model_and_a_prompt_may_be_chosen_for_one_judgement() -> None:
    """As for a side of an experiment; the analyst itself stays as it is."""
    models = Models(says(SURE), says(SURE))
    models.analyst.tuned(model=STRONG).judge(
        a_conversation(SAID), candidates=[a_ticket(1)], teams=[ENG], people=[], now=NOW
    )
    models.judge()

    assert [STRONG, CHEAP] == models.models
    with pytest.raises(Misconfigured):
        models.analyst.tuned(prompt="../prompts/v1").judge(
            a_conversation(SAID), candidates=[], teams=[], people=[], now=NOW
        )
