"""What Linear posts to us.

Form of the payloads: linear.app/developers/webhooks. The signature covers the raw body, and the sending time stands
inside it (`webhookTimestamp`, milliseconds); the header of that name is not signed and therefore not read.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, Field

from pm_assistant.domain.errors import InvalidRequest, Unauthenticated
from pm_assistant.domain.events import (
    AccessLost,
    ButtonPressed,
    Challenge,
    Dropped,
    TicketChanged,
    TicketRemoved,
    WebhookEvent,
    WebhookRequest,
)
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import StateType, Ticket, TicketState
from pm_assistant.integrations.webhooks import parse, read_json, same

TOLERANCE_SECONDS = 60


class State(BaseModel):
    """A workflow state inside an issue."""

    id: str
    name: str
    type: StateType


class Named(BaseModel):
    """A person, team or label inside an issue."""

    name: str
    key: str = ""


class Issue(BaseModel):
    """The issue of a webhook; payloads of 2023 lack `identifier` and `url`."""

    id: str
    identifier: str | None = None
    number: int
    title: str
    description: str | None = None
    url: str | None = None
    priority: int = 0
    state: State
    teamId: str
    team: Named | None = None
    assigneeId: str | None = None
    assignee: Named | None = None
    parentId: str | None = None
    labels: tuple[Named, ...] = ()
    createdAt: AwareDatetime
    updatedAt: AwareDatetime
    completedAt: AwareDatetime | None = None


class Removal(BaseModel):
    """As much of an issue as tells whether it is gone."""

    id: str
    archivedAt: AwareDatetime | None = None
    trashed: bool | None = None


class IssueEvent(BaseModel):
    """The envelope of an issue's event."""

    action: str
    organizationId: str = Field(min_length=1)
    createdAt: AwareDatetime
    url: str | None = None
    data: dict[str, object]


class AppEvent(BaseModel):
    """What happened to our app in an organisation (`OAuthAppWebhookPayload` in Linear's schema)."""

    action: str
    organizationId: str = Field(min_length=1)
    createdAt: AwareDatetime


class LinearWebhook:
    """Linear as a `WebhookSource`."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def accept(self, request: WebhookRequest, now: datetime) -> WebhookEvent | ButtonPressed | Challenge | Dropped:
        """Verify the bare hex HMAC-SHA256 and the minute of tolerance, then read the body."""
        expected = hmac.new(self._secret, request.body, hashlib.sha256).hexdigest()
        if not same(expected, request.headers.get("linear-signature", "")):
            raise Unauthenticated("Linear signature does not match")
        payload = read_json(request.body)
        sent_ms, now_ms = payload.get("webhookTimestamp"), now.timestamp() * 1000
        # Compared, not subtracted: JSON has integers that no float can hold.
        tolerated = TOLERANCE_SECONDS * 1000
        if not isinstance(sent_ms, int | float) or not now_ms - tolerated <= sent_ms <= now_ms + tolerated:
            raise Unauthenticated("Linear timestamp is missing or outside the tolerance")
        return _webhook_event(payload)


def _webhook_event(payload: Mapping[str, object]) -> WebhookEvent | Dropped:
    match payload.get("type"):
        case "Issue":
            return _issue(payload)
        case "OAuthApp":
            return _app(parse(AppEvent, payload))
        case _:
            return Dropped(reason="event type")


def _app(event: AppEvent) -> WebhookEvent | Dropped:
    if event.action != "revoked":
        return Dropped(reason="app event")
    happening = AccessLost(reason="revoked", at=event.createdAt)
    return WebhookEvent(provider=Provider.LINEAR, external_id=event.organizationId, happening=happening)


def _issue(payload: Mapping[str, object]) -> WebhookEvent | Dropped:
    event = parse(IssueEvent, payload)
    issue = parse(Removal, event.data, within="data")
    happening: TicketChanged | TicketRemoved
    if event.action == "remove" or issue.trashed or issue.archivedAt:
        happening = TicketRemoved(ticket_id=issue.id, at=event.createdAt)
    elif event.data.keys() >= {"title", "state"}:
        happening = TicketChanged(ticket=_ticket(parse(Issue, event.data, within="data"), event.url))
    else:
        # Some deliveries name only what changed and the state by its id; the next full one or a sync brings the rest.
        return Dropped(reason="partial issue")
    return WebhookEvent(provider=Provider.LINEAR, external_id=event.organizationId, happening=happening)


def _ticket(issue: Issue, url: str | None) -> Ticket:
    key = issue.identifier or (f"{issue.team.key}-{issue.number}" if issue.team and issue.team.key else None)
    if key is None:
        raise InvalidRequest("data.identifier is missing and cannot be derived", field="data.identifier")
    return Ticket(
        id=issue.id,
        key=key,
        title=issue.title,
        description=issue.description or "",
        url=issue.url or url or "",
        state=TicketState(id=issue.state.id, name=issue.state.name, type=issue.state.type),
        team_id=issue.teamId,
        assignee_id=issue.assigneeId,
        assignee_name=issue.assignee.name if issue.assignee else None,
        parent_id=issue.parentId,
        labels=tuple(label.name for label in issue.labels),
        priority=issue.priority,
        created_at=issue.createdAt,
        updated_at=issue.updatedAt,
        completed_at=issue.completedAt,
    )
