"""What work runs on: queues, leases for what only one worker at a time may do, and the memory of what may be sent."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import BaseModel

from pm_assistant.domain.errors import Contention
from pm_assistant.domain.suspension import KeptMessage
from pm_assistant.domain.workspaces import TenantId

SINCE = "since"
"""The attribute of a message that was sent anew: since when it is being tried, in ISO form."""


class Queue(Protocol):
    """A queue in front of one stage."""

    def put(self, message: BaseModel, *, group: str, delay_seconds: int = 0) -> None:
        """Enqueue; `group` (the tenant) keeps one tenant's flood from delaying the others.

        Only a function's own queue holds a message back for longer than 900 seconds.
        """
        ...


class SourceQueue(Protocol):
    """The queue a stage reads from."""

    def postpone(self, receipt_handle: str, seconds: int) -> None:
        """Let a message that has been received come again after so many seconds."""
        ...

    def put_again(self, body: str, *, group: str, since: datetime, after: timedelta) -> None:
        """Enqueue a message anew, to come after a while that may be hours; it knows since when it is being tried."""
        ...


class DeadLetters(Protocol):
    """Where a stage puts what it cannot do."""

    def park(self, body: str, *, group: str, error: str, cause: str, attempts: int) -> None:
        """Keep a message with the error's name and text and the number of attempts, until somebody sends it again."""
        ...


class KeptMessages(Protocol):
    """Messages of tenants that are suspended, each once, kept until their tenant is resumed."""

    def keep(self, tenant_id: TenantId, message: KeptMessage, *, until: datetime) -> None:
        """Keep one, which may be forgotten from `until` on; the same once more changes nothing but that."""
        ...

    def page(self, tenant_id: TenantId, *, after: str | None = None, limit: int) -> Sequence[KeptMessage]:
        """The next so many in the order of their ids."""
        ...

    def drop(self, tenant_id: TenantId, message: KeptMessage) -> None:
        """Forget one; one that is not there is fine."""
        ...


class Leases(Protocol):
    """Who is at work on what right now; a key names what only one at a time may do. Adapters inherit `hold`."""

    @abstractmethod
    def take(self, tenant_id: TenantId, key: str, *, now: datetime, until: datetime) -> bool:
        """Take a lease; False if another has it until later than now."""
        ...

    @abstractmethod
    def give_back(self, tenant_id: TenantId, key: str) -> None:
        """Let the next one have it, unless our time ran out and another has it already."""
        ...

    @contextmanager
    def hold(self, tenant_id: TenantId, key: str, *, now: datetime, until: datetime) -> Iterator[None]:
        """Have a lease for the length of the block.

        Raises:
            Contention: another has it; repeat.
        """
        if not self.take(tenant_id, key, now=now, until=until):
            raise Contention(f"another is at work on {key}")
        try:
            yield
        finally:
            self.give_back(tenant_id, key)


class Outbox(Protocol):
    """What we were about to send, for vendors that would send it a second time: a key names one message.

    Whoever uses a key has a lease on what is to be sent.
    """

    def pending_since(self, tenant_id: TenantId, key: str) -> datetime | None:
        """When the last attempt began of which we do not know whether the message was sent, None if we know of all."""
        ...

    def begin(self, tenant_id: TenantId, key: str, *, at: datetime) -> None:
        """Note, before it is made, that an attempt begins."""
        ...

    def settle(self, tenant_id: TenantId, key: str) -> None:
        """Note that we know how the last attempt ended; may be repeated."""
        ...
