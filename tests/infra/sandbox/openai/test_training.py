"""Files and fine-tuning jobs come in the shapes that the openai package itself reads."""

import json
from typing import Any

import pytest
from openai.types import FileDeleted, FileObject
from openai.types.fine_tuning import FineTuningJob

from infra.sandbox.openai.training import FEWEST_EXAMPLES
from tests.infra.sandbox.openai.asking import refused
from tests.infra.sandbox.running import OPENAI_KEY, Sandbox

KEY = {"authorization": f"Bearer {OPENAI_KEY}"}
LINE = {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "{}"}]}


def upload(sandbox: Sandbox, *lines: Any, purpose: str = "fine-tune") -> Any:
    """Upload a training file."""
    content = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    fields = {"purpose": purpose, "expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}
    return sandbox.http.post(
        "/openai/v1/files", data=fields, files={"file": ("t.jsonl", content.encode())}, headers=KEY
    )


def start(sandbox: Sandbox, file_id: str, **changes: Any) -> Any:
    """Ask for a training."""
    wanted = {"model": "gpt-4o-mini", "training_file": file_id, "suffix": "us", "metadata": {"run": "r-1"}, **changes}
    return sandbox.http.post("/openai/v1/fine_tuning/jobs", json=wanted, headers=KEY)


def shown(sandbox: Sandbox, place: str) -> Any:
    """Read something."""
    return sandbox.http.get(f"/openai/v1/{place}", headers=KEY)


def test_a_file_is_kept_until_it_is_deleted(sandbox: Sandbox) -> None:
    """With the name it was given, and its end."""
    made = FileObject.model_validate(upload(sandbox, LINE).json(), strict=True)

    known = FileObject.model_validate(shown(sandbox, f"files/{made.id}").json(), strict=True)
    gone = FileDeleted.model_validate(
        sandbox.http.delete(f"/openai/v1/files/{made.id}", headers=KEY).json(), strict=True
    )
    assert made == known
    assert ("t.jsonl", "fine-tune", made.created_at + 3600) == (made.filename, made.purpose, made.expires_at)
    assert (made.id, True) == (gone.id, gone.deleted)
    assert (404, None, "id") == refused(shown(sandbox, f"files/{made.id}"))


def test_a_job_goes_on_until_there_is_a_model(sandbox: Sandbox) -> None:
    """It is found by what it was named with."""
    file_id = upload(sandbox, *[LINE] * FEWEST_EXAMPLES).json()["id"]
    job = FineTuningJob.model_validate(start(sandbox, file_id).json(), strict=True)

    seen = [FineTuningJob.model_validate(shown(sandbox, f"fine_tuning/jobs/{job.id}").json()) for _ in range(4)]

    assert ["validating_files", "queued", "running", "succeeded"] == [each.status for each in seen]
    assert f"ft:gpt-4o-mini:sandbox:us:{job.id[-8:]}" == seen[-1].fine_tuned_model
    assert seen[-1].trained_tokens
    found, others = (shown(sandbox, f"fine_tuning/jobs?metadata[run]={run}").json()["data"] for run in ("r-1", "r-2"))
    assert ([job.id], []) == ([each["id"] for each in found], others)


@pytest.mark.parametrize(
    ("lines", "flaw"),
    [
        ([LINE] * 9, "at least 10"),
        ([LINE] * 9 + ["{"], "Line 10 is not in the chat format"),
        ([{"messages": LINE["messages"][:1]}] * 10, "Line 1: the last message"),
    ],
)
def test_a_file_that_cannot_be_trained_on_fails_its_job(sandbox: Sandbox, lines: list[Any], flaw: str) -> None:
    """In the words of the job's own error."""
    job = FineTuningJob.model_validate(start(sandbox, upload(sandbox, *lines).json()["id"]).json(), strict=True)

    assert ("failed", True) == (job.status, flaw in (job.error.message if job.error else ""))


def test_a_job_is_called_off_once(sandbox: Sandbox) -> None:
    """What is over stays as it is."""
    job_id = start(sandbox, upload(sandbox, *[LINE] * FEWEST_EXAMPLES).json()["id"]).json()["id"]
    place = f"/openai/v1/fine_tuning/jobs/{job_id}/cancel"

    first, second = (sandbox.http.post(place, headers=KEY) for _ in range(2))

    assert ("cancelled", (400, None, None)) == (first.json()["status"], refused(second))


def test_what_is_not_there_or_not_allowed_is_refused(sandbox: Sandbox) -> None:
    """As OpenAI does it."""
    assert (400, "invalid_value", "purpose") == refused(upload(sandbox, LINE, purpose="batch"))
    assert (400, "invalid_training_file", "training_file") == refused(start(sandbox, "file-0"))
    assert (400, "missing_required_parameter", "model") == refused(start(sandbox, "file-0", model=None))
    assert (404, "fine_tune_not_found", "fine_tune_id") == refused(shown(sandbox, "fine_tuning/jobs/ftjob-0"))
    assert (401, None, None) == refused(sandbox.http.get("/openai/v1/fine_tuning/jobs"))
