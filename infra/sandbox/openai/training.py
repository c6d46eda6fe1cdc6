"""OpenAI's files and fine-tuning jobs (`files`, `fine_tuning.jobs`), as far as a model is trained by them.

A job goes a step further each time that it is asked after. What a trained model says comes from the same brain as all.
"""

import json
import time
import uuid
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP

from infra.sandbox.core.state import Json
from infra.sandbox.openai.wire import Refused

FEWEST_EXAMPLES = 10
"""That a training file has (platform.openai.com, guide "Supervised fine-tuning")."""
MOST_METADATA = 16
_STATES = ("validating_files", "queued", "running", "succeeded")
_OVER = frozenset({"succeeded", "failed", "cancelled"})
_ROLES = frozenset({"system", "user", "assistant", "developer", "tool"})


class Training:
    """The files and jobs of one project, for as long as the sandbox runs."""

    def __init__(self) -> None:
        self._files: dict[str, Json] = {}
        self._contents: dict[str, bytes] = {}
        self._jobs: dict[str, Json] = {}

    def upload(self, content_type: str, body: bytes) -> Json:
        """`POST /v1/files`.

        Raises:
            Refused: a part is missing, or it is for something that is not played here.
        """
        parts = _parts(content_type, body)
        if "file" not in parts:
            raise Refused(400, "missing_required_parameter", "Missing required parameter: 'file'.", "file")
        name, content = parts["file"]
        purpose = parts.get("purpose", ("", b""))[1].decode()
        if purpose != "fine-tune":
            raise Refused(400, "invalid_value", f"'{purpose}' is not one of ['fine-tune']", "purpose")
        now, lasts = int(time.time()), parts.get("expires_after[seconds]", ("", b""))[1]
        file: Json = {
            "id": f"file-{uuid.uuid4().hex[:24]}",
            "object": "file",
            "bytes": len(content),
            "created_at": now,
            "filename": name,
            "purpose": purpose,
            "status": "processed",
            "status_details": None,
            "expires_at": now + int(lasts) if lasts else None,
        }
        self._files[file["id"]], self._contents[file["id"]] = file, content
        return file

    def file(self, file_id: str) -> Json:
        """`GET /v1/files/{id}`."""
        if file_id not in self._files:
            raise Refused(404, None, f"No such File object: {file_id}", "id")
        return self._files[file_id]

    def delete(self, file_id: str) -> Json:
        """`DELETE /v1/files/{id}`."""
        self.file(file_id)
        del self._files[file_id], self._contents[file_id]
        return {"id": file_id, "object": "file", "deleted": True}

    def create(self, body: object) -> Json:
        """`POST /v1/fine_tuning/jobs`.

        Raises:
            Refused: the model or the file is not named, or the file is not there.
        """
        wanted: Json = body if isinstance(body, dict) else {}
        for name in ("model", "training_file"):
            if not isinstance(wanted.get(name), str):
                raise Refused(400, "missing_required_parameter", f"Missing required parameter: '{name}'.", name)
        file_id = wanted["training_file"]
        if file_id not in self._files:
            raise Refused(400, "invalid_training_file", f"invalid training_file: {file_id}", "training_file")
        if len(wanted.get("metadata") or {}) > MOST_METADATA:
            raise Refused(400, "object_above_max_properties", "Invalid 'metadata': too many properties.", "metadata")
        flaw = _flaw(self._contents[file_id])
        auto = {"batch_size": "auto", "learning_rate_multiplier": "auto", "n_epochs": "auto"}
        job: Json = {
            "id": f"ftjob-{uuid.uuid4().hex[:24]}",
            "object": "fine_tuning.job",
            "created_at": int(time.time()),
            "error": {"code": "invalid_training_file", "message": flaw, "param": "training_file"} if flaw else None,
            "estimated_finish": None,
            "fine_tuned_model": None,
            "finished_at": None,
            "hyperparameters": auto,
            "integrations": [],
            "metadata": wanted.get("metadata"),
            "method": {"type": "supervised", "supervised": {"hyperparameters": auto}},
            "model": wanted["model"],
            "organization_id": "org-sandbox",
            "result_files": [],
            "seed": wanted.get("seed") or 42,
            "status": "failed" if flaw else _STATES[0],
            "trained_tokens": None,
            "training_file": file_id,
            "user_provided_suffix": wanted.get("suffix"),
            "validation_file": wanted.get("validation_file"),
        }
        self._jobs[job["id"]] = job
        return job

    def listed(self, query: Mapping[str, str]) -> Json:
        """`GET /v1/fine_tuning/jobs`, newest first; of those with some metadata, if that is asked for."""
        wanted = {name[9:-1]: value for name, value in query.items() if name.startswith("metadata[")}
        jobs = [job for job in self._jobs.values() if wanted.items() <= (job["metadata"] or {}).items()][::-1]
        limit = int(query.get("limit", "20"))
        return {"object": "list", "data": jobs[:limit], "has_more": len(jobs) > limit}

    def job(self, job_id: str) -> Json:
        """`GET /v1/fine_tuning/jobs/{id}`; the next time it is further."""
        job = self._known(job_id)
        shown = dict(job)
        if job["status"] not in _OVER:
            job["status"] = _STATES[_STATES.index(job["status"]) + 1]
        if job["status"] == "succeeded" and job["fine_tuned_model"] is None:
            name = ":".join(("ft", job["model"], "sandbox", job["user_provided_suffix"] or "", job_id[-8:]))
            tokens = len(self._contents.get(job["training_file"], b"")) // 4
            job |= {"fine_tuned_model": name, "finished_at": int(time.time()), "trained_tokens": tokens}
        return shown

    def cancel(self, job_id: str) -> Json:
        """`POST /v1/fine_tuning/jobs/{id}/cancel`."""
        job = self._known(job_id)
        if job["status"] in _OVER:
            raise Refused(400, None, f"Job has already completed: {job_id}")
        job["status"] = "cancelled"
        return job

    def _known(self, job_id: str) -> Json:
        if job_id not in self._jobs:
            raise Refused(404, "fine_tune_not_found", f"Could not find fine tune: {job_id}", "fine_tune_id")
        return self._jobs[job_id]


def _parts(content_type: str, body: bytes) -> dict[str, tuple[str, bytes]]:
    """The fields of a form of several parts, each with its file's name."""
    whole = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    parts: dict[str, tuple[str, bytes]] = {}
    for part in whole.iter_parts() if whole.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        parts[str(name)] = (part.get_filename() or "", content if isinstance(content, bytes) else b"")
    return parts


def _flaw(content: bytes) -> str:
    """What keeps a file from being trained on; empty if nothing does."""
    lines = content.splitlines()
    for number, line in enumerate(lines, 1):
        try:
            messages = json.loads(line)["messages"]
            roles = [message["role"] for message in messages if isinstance(message["content"], str)]
        except (ValueError, KeyError, TypeError):
            return f"Line {number} is not in the chat format."
        if not set(roles) <= _ROLES or roles[-1:] != ["assistant"]:
            return f"Line {number}: the last message must be from the assistant."
    if len(lines) < FEWEST_EXAMPLES:
        return f"Training file has {len(lines)} example(s), but must have at least {FEWEST_EXAMPLES} examples"
    return ""
