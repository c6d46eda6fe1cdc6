"""OpenAI as `FineTuning`: files of chats, and jobs that train a model on them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pm_assistant.domain.decisions import Judgement
from pm_assistant.domain.finetuning import Lesson, Training, TrainingState
from pm_assistant.integrations import policy
from pm_assistant.integrations.openai.connection import Connection
from pm_assistant.integrations.openai.failures import translated
from pm_assistant.integrations.openai.prompts import CURRENT, instructions
from pm_assistant.integrations.openai.wire import Answer, Question

if TYPE_CHECKING:
    from collections.abc import Mapping

    import openai
    from openai.types.fine_tuning import FineTuningJob

KEPT_SECONDS = 7 * 24 * 3600
"""A file ends by itself after that, should nobody be left to delete it."""
RUN = "pm_assistant_run"
"""Under that name a job says which of our runs it is of."""
_STATES: Mapping[str, TrainingState] = {
    "validating_files": "waiting",
    "queued": "waiting",
    "running": "running",
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
}


class OpenAIFineTuning:
    """Training behind one key.

    Args:
        api_key: of the project that pays.
        base_url: of the API, ending in `/v1`.
        model: name of the model that is trained further.
        http_client: replaces the network in tests.
    """

    def __init__(
        self, api_key: str, base_url: str, model: str, *, http_client: openai.DefaultHttpxClient | None = None
    ) -> None:
        self._model = model
        self._connection = Connection(api_key, base_url, http_client=http_client)

    def example(self, lesson: Lesson) -> bytes:
        """A line of a training file: the question as the model is asked it, and the answer as it has to give it."""
        asked = lesson.asked
        question = Question.of(
            asked.conversation,
            candidates=asked.candidates,
            teams=asked.teams,
            people=asked.people,
            now=asked.now,
            language=asked.language,
        )
        answer = Answer.of(Judgement(proposals=lesson.wanted, model=self._model))
        told = instructions(CURRENT, None)
        said = (("system", told), ("user", question.model_dump_json()), ("assistant", answer.model_dump_json()))
        line = {"messages": [{"role": role, "content": content} for role, content in said]}
        return json.dumps(line, ensure_ascii=False).encode() + b"\n"

    def start(self, run_id: str, training_file: bytes) -> Training:
        """Upload the file and have a model trained on it, unless that has been begun for the run before."""
        with translated():
            known = self._connection.client.fine_tuning.jobs.list(metadata={RUN: run_id}, limit=1).data
            if known:
                return _training(known[0])
            uploaded = self._connection.client.files.create(
                file=(f"{run_id}.jsonl", training_file),
                purpose="fine-tune",
                expires_after={"anchor": "created_at", "seconds": KEPT_SECONDS},
            )
            job = self._connection.client.fine_tuning.jobs.create(
                model=self._model,
                training_file=uploaded.id,
                method={"type": "supervised"},
                suffix="pm-assistant",
                metadata={RUN: run_id},
            )
        return _training(job)

    def look(self, training: Training) -> Training:
        """How far it is."""

        def ask() -> FineTuningJob:
            with translated():
                return self._connection.client.fine_tuning.jobs.retrieve(training.id)

        return _training(policy.retried(ask, repeatable=True))

    def end(self, training: Training) -> None:
        """Call it off if it is not over, and delete what was uploaded for it; what is gone is fine."""
        import openai

        with translated():
            if not training.over:
                self._connection.client.fine_tuning.jobs.cancel(training.id)
            for file_id in training.files:
                try:
                    self._connection.client.files.delete(file_id)
                except openai.NotFoundError:
                    continue


def _training(job: FineTuningJob) -> Training:
    return Training(
        id=job.id,
        files=(job.training_file,),
        state=_STATES.get(job.status, "running"),
        base=job.model,
        model=job.fine_tuned_model,
        trained_tokens=job.trained_tokens,
        error=job.error.message if job.error else None,
    )
