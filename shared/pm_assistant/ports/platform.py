"""Queues."""

from typing import Protocol

from pydantic import BaseModel


class Queue(Protocol):
    """A queue in front of one stage."""

    def put(self, message: BaseModel, *, group: str, delay_seconds: int = 0) -> None:
        """Enqueue; `group` (the tenant) keeps one tenant's flood from delaying the others."""
        ...


class SourceQueue(Protocol):
    """The queue a stage reads from."""

    def postpone(self, receipt_handle: str, seconds: int) -> None:
        """Let a message that has been received come again after so many seconds."""
        ...


class DeadLetters(Protocol):
    """Where a stage puts what it cannot do."""

    def park(self, body: str, *, group: str, error: str, cause: str, attempts: int) -> None:
        """Keep a message with the error's name and text and the number of attempts, until somebody sends it again."""
        ...
