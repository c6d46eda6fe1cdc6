"""Vault, queue, schedules and archives in memory."""

import hashlib
import json
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel

from pm_assistant.domain.errors import Forbidden, InvalidRequest, NotFound
from pm_assistant.domain.health import FunctionHealth, QueueHealth, StageHealth
from pm_assistant.domain.jobs import Recurring
from pm_assistant.domain.reports import ReportDue, Subscription
from pm_assistant.domain.tenants import Credentials, Grantor, TenantId
from pm_assistant.ports.platform import Leases
from pm_assistant.ports.tenants import LARGEST_ARCHIVE, UploadForm


class FakeVault:
    """Puts a digest over owner and secrets in front of the secrets, reversed, instead of encrypting them."""

    def seal(self, tenant_id: TenantId, provider: Grantor, credentials: Credentials) -> bytes:
        """Mark as the owner's."""
        secrets = (credentials.access_token, credentials.refresh_token)
        tokens = [None if secret is None else secret.get_secret_value() for secret in secrets]
        ends = credentials.expires_at.isoformat() if credentials.expires_at else None
        text = json.dumps([*tokens, ends], ensure_ascii=False)[::-1].encode()
        return _mark(tenant_id, provider, text) + text

    def open(self, tenant_id: TenantId, provider: Grantor, sealed: bytes) -> Credentials:
        """Unmark."""
        mark, text = sealed[:32], sealed[32:]
        if mark != _mark(tenant_id, provider, text):
            raise Forbidden("sealed credentials do not open for this tenant and provider")
        access, refresh, ends = json.loads(text.decode()[::-1])
        return Credentials.model_validate({"access_token": access, "refresh_token": refresh, "expires_at": ends})

    def reseal(self, tenant_id: TenantId, provider: Grantor, sealed: bytes) -> bytes:
        """Unmark and mark again."""
        return self.seal(tenant_id, provider, self.open(tenant_id, provider, sealed))


def _mark(tenant_id: TenantId, provider: Grantor, token: bytes) -> bytes:
    return hashlib.sha256(f"{tenant_id}|{provider}|".encode() + token).digest()


class Put(NamedTuple):
    """What was put on a queue, and how."""

    message: BaseModel
    group: str
    delay_seconds: int


class FakeQueue:
    """A queue that keeps what was put, oldest first, in `puts`."""

    def __init__(self) -> None:
        self.puts: list[Put] = []
        self._error: Exception | None = None

    def fail_next(self, error: Exception) -> None:
        """Refuse the next message."""
        self._error = error

    def put(self, message: BaseModel, *, group: str, delay_seconds: int = 0) -> None:
        """Enqueue, unless told to fail."""
        error, self._error = self._error, None
        if error is not None:
            raise error
        self.puts.append(Put(message, group, delay_seconds))


class FakeSchedules:
    """Clockwork that never strikes; it holds what was asked for."""

    def __init__(self) -> None:
        self.recurring: dict[tuple[TenantId, str], tuple[str, Subscription]] = {}
        self.once: list[tuple[ReportDue, datetime]] = []
        self.jobs: dict[tuple[TenantId, str], datetime] = {}
        self.recurring_tenants = set[TenantId]()

    def put(self, tenant_id: TenantId, subscription: Subscription, time_zone: str) -> None:
        """Make a report due at the subscription's local time."""
        try:
            ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise InvalidRequest("no such time zone", field="time_zone") from error
        self.recurring[tenant_id, subscription.id] = (time_zone, subscription)

    def put_reports(self, tenant_id: TenantId, wanted: Sequence[tuple[Subscription, str]]) -> int:
        """Have these reports and no others be what recurs."""
        self.recurring = {key: wish for key, wish in self.recurring.items() if key[0] != tenant_id}
        for subscription, time_zone in wanted:
            with suppress(InvalidRequest):
                self.put(tenant_id, subscription, time_zone)
        return sum(key[0] == tenant_id for key in self.recurring)

    def put_once(self, due: ReportDue, at: datetime) -> None:
        """Make a report due one time."""
        others = [each for each in self.once if due.once is None or each[0].once != due.once]
        self.once = [*others, (due, at)]

    def put_job(self, tenant_id: TenantId, job_id: str, at: datetime) -> None:
        """Have a run's next step taken at that time."""
        self.jobs[tenant_id, job_id] = at

    def put_recurring(self, tenant_id: TenantId) -> None:
        """Have the tenant compared every hour and caught up once a day."""
        self.recurring_tenants.add(tenant_id)

    def remove(self, tenant_id: TenantId, subscription_id: str) -> None:
        """Stop making a report due."""
        self.recurring.pop((tenant_id, subscription_id), None)

    def remove_all(self, tenant_id: TenantId) -> int:
        """Stop everything of a tenant."""
        before = self._count()
        self.recurring = {key: wish for key, wish in self.recurring.items() if key[0] != tenant_id}
        self.once = [(due, at) for due, at in self.once if due.tenant_id != tenant_id]
        self.jobs = {key: at for key, at in self.jobs.items() if key[0] != tenant_id}
        self.recurring_tenants.discard(tenant_id)
        return before - self._count()

    def _count(self) -> int:
        return len(self.recurring) + len(self.once) + len(self.jobs) + len(Recurring) * len(self.recurring_tenants)


class FakeArchives:
    """Files in a dict; links say where a file would be, `put` is what following one does."""

    def __init__(self, largest: int = LARGEST_ARCHIVE) -> None:
        self.files: dict[tuple[TenantId, str, str], bytes] = {}
        self._largest = largest

    def put(self, url: str, content: bytes) -> None:
        """Put a file where a link for uploading leads.

        Raises:
            Forbidden: it is not as large as the link says.
        """
        place, _, size = url.removeprefix("https://archives.test/").partition("?size=")
        if len(content) != int(size):
            raise Forbidden("the link is for a file of another size")
        tenant_id, folder, name = place.split("/")
        self.files[TenantId(tenant_id), folder, name] = content

    def upload_url(self, tenant_id: TenantId, upload_id: str, *, size: int) -> str:
        """Where a person may put a file of that size."""
        return f"https://archives.test/{tenant_id}/uploads/{upload_id}?size={size}"

    def upload_form(self, tenant_id: TenantId, upload_id: str, *, then: str) -> UploadForm:
        """How a browser puts a file."""
        key = f"{tenant_id}/uploads/{upload_id}"
        return UploadForm("https://archives.test/", {"key": key, "success_action_redirect": then})

    def post(self, form: UploadForm, content: bytes) -> str:
        """Send a form as a browser does, and return where it leads.

        Raises:
            Forbidden: the file is empty, or larger than we take.
        """
        if not 1 <= len(content) <= self._largest:
            raise Forbidden("EntityTooLarge")
        tenant_id, folder, name = form.fields["key"].split("/")
        self.files[TenantId(tenant_id), folder, name] = content
        return form.fields["success_action_redirect"]

    def read(self, tenant_id: TenantId, upload_id: str) -> bytes:
        """Read what was uploaded."""
        content = self._found(tenant_id, "uploads", upload_id)
        if len(content) > self._largest:
            raise InvalidRequest("the file is too large", field="upload_id")
        return content

    def publish(self, tenant_id: TenantId, name: str, content: bytes) -> str:
        """Keep a file."""
        self.files[tenant_id, "exports", name] = content
        return name

    def download_url(self, tenant_id: TenantId, name: str) -> str:
        """A link to a file that was published."""
        self._found(tenant_id, "exports", name)
        return f"https://archives.test/{tenant_id}/exports/{name}"

    def erase(self, tenant_id: TenantId) -> int:
        """Delete all of a tenant's files."""
        mine = [key for key in self.files if key[0] == tenant_id]
        for key in mine:
            del self.files[key]
        return len(mine)

    def _found(self, tenant_id: TenantId, folder: str, name: str) -> bytes:
        if (tenant_id, folder, name) not in self.files:
            raise NotFound("no such file")
        return self.files[tenant_id, folder, name]


class FakeLeases(Leases):
    """Leases in a dict; of several threads one gets each."""

    def __init__(self) -> None:
        self._held: dict[tuple[TenantId, str], datetime] = {}
        self._lock = threading.Lock()

    def take(self, tenant_id: TenantId, key: str, *, now: datetime, until: datetime) -> bool:
        """Take a lease."""
        with self._lock:
            if self._held.get((tenant_id, key), now) > now:
                return False
            self._held[tenant_id, key] = until
            return True

    def give_back(self, tenant_id: TenantId, key: str) -> None:
        """Let the next one have it."""
        self._held.pop((tenant_id, key), None)


class FakeStageMetrics:
    """What is measured: a stage that is well, or what a test says."""

    def __init__(self) -> None:
        self.queues = [QueueHealth(name="events", oldest_seconds=90, waiting=4, parked=1)]
        self.functions = [
            FunctionHealth(name="act", calls_of_hour=50, errors_of_hour=2, calls_of_day=900, errors_of_day=9)
        ]

    def read(self, at: datetime) -> StageHealth:
        """As of that moment."""
        measured = bool(self.queues or self.functions)
        return StageHealth(looked_at=at, measured=measured, queues=tuple(self.queues), functions=tuple(self.functions))
