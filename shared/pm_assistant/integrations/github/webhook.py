"""What GitHub posts to us.

Form and signature: docs.github.com, "Webhook events and payloads" and "Validating webhook deliveries". The signature
covers the body alone, so the header that names the event is believed only as far as the body bears it out. GitHub signs
no time of delivery: one that is sent again says again what was true then, and is told by the times it carries.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from pydantic import AwareDatetime, BaseModel

from pm_assistant.domain.code import CodePart
from pm_assistant.domain.errors import Unauthenticated
from pm_assistant.domain.events import (
    AccessLost,
    AccessRestored,
    ButtonPressed,
    Challenge,
    CodeChanged,
    Dropped,
    GrantChanged,
    WebhookEvent,
)
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.domain.workspaces import Provider
from pm_assistant.integrations.github.payloads import READERS
from pm_assistant.integrations.github.permissions import scopes_of
from pm_assistant.integrations.webhooks import Payload, is_signed, parse, read_json, valid_secrets


class Installation(Payload):
    """An installation in full; events about other things name it by `id` and `node_id` only.

    Whose it is does not matter, and is not always said: an enterprise has no login, and an account may be gone.
    """

    id: int
    app_id: int
    suspended_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None
    permissions: dict[str, str] | None = None


class InstallationEvent(BaseModel):
    """What happened to an installation of our app."""

    action: str
    installation: Installation | None


class InstallationId(Payload):
    """As much of an installation as deliveries about other things say."""

    id: int


class Origin(Payload):
    """By which installation we are told."""

    installation: InstallationId | None = None


class GitHubWebhook:
    """GitHub as a `WebhookSource`; of the secret there may be two (`valid_secrets`)."""

    def __init__(self, secret: str) -> None:
        self._secrets = valid_secrets(secret)

    def accept(self, request: WebhookRequest, now: datetime) -> WebhookEvent | ButtonPressed | Challenge | Dropped:
        """Verify `sha256=` and the hex HMAC-SHA256 of the body, then read it."""
        signature = request.headers.get("x-hub-signature-256", "")
        if not is_signed(request.body, signature, self._secrets, prefix="sha256="):
            raise Unauthenticated("GitHub signature does not match")
        payload = read_json(request.body)
        match request.headers.get("x-github-event", ""):
            case "installation":
                return _installation(parse(InstallationEvent, payload))
            case "ping":
                return Dropped(reason="ping")
            case event if event in READERS:
                return _code_changed(payload, READERS[event])
            case _:
                return Dropped(reason="event type")


def _code_changed(
    payload: Mapping[str, object], read: Callable[[Mapping[str, object]], Sequence[CodePart]]
) -> WebhookEvent | Dropped:
    """What is told of code, and by which installation: without one nobody's app was told."""
    installation = parse(Origin, payload).installation
    if installation is None:
        return Dropped(reason="no installation")
    parts = tuple(read(payload))
    if not parts:
        return Dropped(reason="nothing told")
    return WebhookEvent(provider=Provider.GITHUB, external_id=str(installation.id), happening=CodeChanged(parts=parts))


def _installation(event: InstallationEvent) -> WebhookEvent | Dropped:
    if event.installation is None:
        return Dropped(reason="no installation")
    happening: AccessLost | AccessRestored | GrantChanged
    match event.action:
        case "deleted":
            # For good, whenever that was: what is installed again has another id.
            happening = AccessLost(reason="installation deleted")
        case "suspend":
            happening = AccessLost(reason="installation suspend", at=event.installation.suspended_at)
        case "unsuspend":
            happening = AccessRestored(at=event.installation.updated_at)
        case "new_permissions_accepted" if event.installation.permissions is not None:
            scopes = scopes_of(event.installation.permissions)
            happening = GrantChanged(scopes=scopes, at=event.installation.updated_at)
        case _:
            return Dropped(reason="installation event")
    return WebhookEvent(provider=Provider.GITHUB, external_id=str(event.installation.id), happening=happening)
