"""What is kept for a tenant while it is suspended."""

import hashlib
from enum import StrEnum

from pm_assistant.domain.model import Model


class Stage(StrEnum):
    """What works on the messages of a queue, by the queue's name in the code."""

    EVENTS = "events"
    ACTIONS = "actions"
    REPORTS = "reports"
    JOBS = "jobs"


class KeptMessage(Model):
    """A message as it lay on the queue in front of a stage."""

    stage: Stage
    body: str

    @property
    def id(self) -> str:
        """By stage and content: what is delivered twice is kept once."""
        return f"{self.stage}#{hashlib.sha256(self.body.encode()).hexdigest()}"
