"""What a stack does, tried from outside: its doors, and a made-up tenant that is gone again afterwards."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from pm_assistant.cli.doctor.deployed import DeployedStack, Found, Look, faults_or, missing, well
from pm_assistant.domain.accounts import Caller, Scope
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.jobs import Job, JobDue, JobKind, JobState, Order
from pm_assistant.domain.tenants import Credentials, Provider, Tenant, TenantId, TenantState
from pm_assistant.integrations.vendor import Vendor
from pm_assistant.integrations.webhooks import valid_secrets
from pm_assistant.runtime import wiring
from pm_assistant.runtime.unit import AwsUnit
from pm_assistant.workflows.accounts.keys import create_key
from pm_assistant.workflows.jobs import new_job
from pm_assistant.workflows.tenants.closing import GRACE

if TYPE_CHECKING:
    from pm_assistant.aws.archives import S3Archives

PAUSE = 1.0
PATIENCE = 150
"""Pauses until something has to have happened; Scheduler strikes within a minute, and a queue may retry once."""


PAGES = (("web", "/login", 200), ("connect", "/oauth/slack/start", 410))
"""A page of each function that makes any, with what it is answered with: a link that was never made opens no more."""


def doors(deployed: DeployedStack) -> Iterator[Found]:
    """The public address leads to the product, and lets in nobody who proves nothing."""
    where = deployed.stack.public_url
    described = deployed.ask("GET", "/v1/openapi.json")
    if described.status_code != 200 or "openapi" not in _read(described):
        yield missing(
            f"{where}/v1/openapi.json answers {described.status_code}",
            f"Does PublicUrl lead to {deployed.stack.api_url}? Then {_log('api', deployed)}",
        )
        return
    for function, path, expected in PAGES:
        page = deployed.ask("GET", path)
        if page.status_code != expected:
            yield missing(f"{where}{path} answers {page.status_code}", _log(function, deployed))
            return
    stranger = deployed.ask("GET", "/v1/tenant", headers={"authorization": f"Bearer {secrets.token_hex(8)}"})
    if stranger.status_code != 401:
        yield missing(f"a stranger is answered {stranger.status_code}, not 401", _log("authorize", deployed))
        return
    yield well("the public address answers, and knows strangers")


def webhooks(deployed: DeployedStack) -> Iterator[Found]:
    """Of each vendor a genuine delivery is taken, and dropped because nobody has the workspace; a forged one is not."""
    found = (fault for vendor in deployed.vendors for fault in _webhook(vendor, deployed))
    return faults_or(found, "genuine ones are taken, forged ones refused")


def _webhook(vendor: Vendor, deployed: DeployedStack) -> Iterator[Found]:
    name = f"{vendor.provider}/{vendor.webhook_secret}"
    try:
        shared = valid_secrets(wiring.secrets(deployed.stack.secrets_prefix).get(name))
    except NotFound:
        shared = []
    if not shared:
        yield missing(f"{vendor.label} cannot be tried: {name} is not set", "See the line on that secret.")
        return
    post = partial(_post, vendor, deployed)
    genuine, forged = post(shared[0].decode()), post(secrets.token_hex(16))
    if genuine.status_code == 401:
        yield missing(
            f"{vendor.label}'s webhooks are refused, though signed with {name}",
            "Functions take up a changed secret within five minutes; then try again.",
        )
    elif genuine.status_code != 200 or _read(genuine) != {"status": "dropped", "reason": "unknown workspace"}:
        yield missing(f"{vendor.label}'s webhooks are answered {genuine.status_code}", _log("receive", deployed))
    if genuine.status_code == 200 and forged.status_code != 401:
        yield missing(f"a forged {vendor.label} webhook is answered {forged.status_code}", _log("receive", deployed))


def _post(vendor: Vendor, deployed: DeployedStack, secret: str) -> Any:
    delivery = vendor.make_delivery(secret, wiring.now())
    return deployed.ask("POST", f"/webhooks/{vendor.provider}", content=delivery.body, headers=delivery.headers)


class Tenancy:
    """A tenant that is made up for the look, from its rows to its end."""

    def __init__(self, deployed: DeployedStack) -> None:
        """Choose an id that nobody has; nothing is written yet."""
        self._deployed = deployed
        self._unit = AwsUnit(
            deployed.stack.settings, TenantId(f"doctor-{secrets.token_hex(8)}"), public_url=deployed.stack.public_url
        )

    def trials(self) -> Mapping[str, Look]:
        """In the order in which they rest on each other."""
        return {
            "table": self._rows,
            "vault": self._sealed,
            "key": self._known_at_the_api,
            "run": self._asked_for,
            "schedule": self._due,
            "deletion": self._ended,
        }

    def clear(self) -> int:
        """Take away what is left of it, wherever; returns how much that was."""
        id = self._unit.tenant_id
        left = self._unit.schedules.remove_all(id) + self._archives.erase(id)
        return left + self._unit.stores.partition.erase(id)

    @property
    def _archives(self) -> "S3Archives":
        return wiring.archives(self._deployed.stack.archives_bucket)

    def _rows(self, deployed: DeployedStack) -> Iterator[Found]:
        """A row is written and read again."""
        tenants = self._unit.stores.tenants
        tenants.put(Tenant(id=self._unit.tenant_id, name="pm doctor", created_at=self._unit.now()))
        if tenants.get(self._unit.tenant_id).name == "pm doctor":
            yield well("a made-up tenant was written and read")
        else:
            yield missing("what was written is not what is read", "Is somebody restoring the table?")

    def _sealed(self, deployed: DeployedStack) -> Iterator[Found]:
        """A credential is sealed for the tenant and opens for it."""
        vault, token = deployed.client.vault(), secrets.token_hex(16)
        sealed = vault.seal(self._unit.tenant_id, Provider.SLACK, Credentials(access_token=SecretStr(token)))
        opened = vault.open(self._unit.tenant_id, Provider.SLACK, sealed)
        if opened.access_token.get_secret_value() == token:
            yield well("a credential was sealed and opened")
        else:
            yield missing("what was sealed is not what opens", "Whose key is that? See KmsKeyId of the stack.")

    def _known_at_the_api(self, deployed: DeployedStack) -> Iterator[Found]:
        """The API knows the tenant by a key of its own."""
        answer = deployed.ask("GET", "/v1/tenant", headers=self._bearer)
        if answer.status_code == 200 and _read(answer).get("id") == self._unit.tenant_id:
            yield well("the API knows the tenant by its key")
        else:
            function = "authorize" if answer.status_code in {401, 403} else "api"
            yield missing(f"the API answers the tenant's key with {answer.status_code}", _log(function, deployed))

    def _asked_for(self, deployed: DeployedStack) -> Iterator[Found]:
        """A run that is asked for at the API ends."""
        answer = deployed.ask("POST", "/v1/workflows/process", json={"dry_run": True}, headers=self._bearer)
        if answer.status_code != 202:
            yield missing(f"the API answers the wish for a run with {answer.status_code}", _log("api", deployed))
            return
        yield self._outcome(_read(answer)["id"], "a run that was asked for")

    def _due(self, deployed: DeployedStack) -> Iterator[Found]:
        """A schedule strikes, and puts on its queue what leads to an export."""
        job = self._noted(Order(kind=JobKind.EXPORT, dry_run=False), self._unit.now())
        self._unit.schedules.put_job(self._unit.tenant_id, job.id, self._unit.now())
        yield self._outcome(job.id, "a schedule struck, and its export", "a schedule struck, or its export,")

    def _ended(self, deployed: DeployedStack) -> Iterator[Found]:
        """The tenant is deleted as any other, and nothing of it is left."""
        closes_at = self._unit.now().replace(microsecond=0)
        stores = self._unit.stores
        tenant = stores.tenants.get(self._unit.tenant_id)
        closing = tenant.model_copy(update={"state": TenantState.CLOSING, "closes_at": closes_at})
        job = self._noted(Order(kind=JobKind.DELETE, dry_run=False), closes_at - GRACE)
        stores.tenants.put(closing)
        self._unit.queues.jobs.put(JobDue(tenant_id=tenant.id, job_id=job.id), group=tenant.id)
        if not self._until(self._is_gone):
            yield missing("the tenant was not deleted", _log("run", deployed))
        elif left := self.clear():
            yield missing(f"{left} things were left of the tenant", _log("run", deployed))
        else:
            yield well("the tenant was deleted, and nothing is left")

    @property
    def _bearer(self) -> dict[str, str]:
        """What proves a program of the tenant; each is a key of its own."""
        maker = Caller(tenant_id=self._unit.tenant_id, kind="account", id="doctor", name="pm doctor", scope=Scope.ADMIN)
        _, key = create_key("pm doctor", Scope.ADMIN, maker, self._unit)
        return {"authorization": f"Bearer {key}"}

    def _noted(self, order: Order, at: datetime) -> Job:
        job = new_job(order, tenant_id=self._unit.tenant_id, asked_by="pm doctor", now=at)
        self._unit.stores.jobs.put(job)
        return job

    def _outcome(self, job_id: str, what: str, otherwise: str = "") -> Found:
        def is_over() -> bool:
            return self._unit.stores.jobs.get(self._unit.tenant_id, job_id).finished

        self._until(is_over)
        job = self._unit.stores.jobs.get(self._unit.tenant_id, job_id)
        if job.state is JobState.DONE:
            return well(f"{what} ended well")
        how = f"failed: {job.error}" if job.finished else f"is {job.state} after {PATIENCE * PAUSE:.0f} seconds"
        return missing(f"{otherwise or what} {how}", _log("run", self._deployed))

    def _is_gone(self) -> bool:
        with suppress(NotFound):
            self._unit.stores.tenants.get(self._unit.tenant_id)
            return False
        return True

    def _until(self, true: Callable[[], bool]) -> bool:
        for _ in range(PATIENCE):
            if true():
                return True
            self._deployed.wait(PAUSE)
        return true()


def _read(answer: Any) -> Any:
    try:
        return answer.json()
    except ValueError:
        return {}


def _log(function: str, deployed: DeployedStack) -> str:
    return f"The log of {function} says why: /{deployed.stack.stack_name}/{function}."


DOORS: Mapping[str, Look] = {"doors": doors, "webhooks": webhooks}
