"""What Linear posts to us.

Form of the payloads: linear.app/developers/webhooks. The signature covers the raw body and alone decides, not the time
in it (`webhookTimestamp`): a delivery that failed comes again byte for byte after a minute, an hour and six hours.
Whatever is sent again says again what was true then, and is put in its place by the times of what it tells of.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, JsonValue, ValidationError

from pm_assistant.domain.bounds import Line, Name, Names, Text, first_names
from pm_assistant.domain.errors import InvalidRequest, Unauthenticated
from pm_assistant.domain.events import (
    AccessLost,
    ButtonPressed,
    Challenge,
    Dropped,
    PlanningChanged,
    TicketChanged,
    TicketChangedInPart,
    TicketRemoved,
    WebhookEvent,
)
from pm_assistant.domain.planning import Attachment, PlanName, PlanningPart, TicketComment
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.domain.work import Cycle, Project, Ticket
from pm_assistant.domain.workspaces import Provider
from pm_assistant.integrations.linear.parts import Day, IssueCycle
from pm_assistant.integrations.linear.planning import IssueAttachment, IssueComment, Plan
from pm_assistant.integrations.webhooks import Payload, is_signed, parse, read_json, valid_secrets


class State(Payload):
    """A workflow state inside an issue; its type is a word of Linear's, of which there may be new ones."""

    id: str
    name: str
    type: str


class Named(Payload):
    """A person, team, project or label inside an issue."""

    id: str = ""
    name: Name | None = None
    key: str = ""


class Issue(BaseModel):
    """The issue of a webhook; some deliveries name only what changed, and those of 2023 no `identifier` or `url`."""

    id: str
    identifier: str | None = None
    number: int | None = None
    title: Line | None = None
    description: Text | None = None
    url: str | None = None
    priority: int | None = None
    state: State | None = None
    stateId: str | None = None
    teamId: str | None = None
    team: Named | None = None
    assigneeId: str | None = None
    assignee: Named | None = None
    creatorId: str | None = None
    parentId: str | None = None
    previousIdentifiers: Names | None = None
    projectId: str | None = None
    project: Named | None = None
    cycleId: str | None = None
    cycle: IssueCycle | None = None
    estimate: float | None = None
    dueDate: Day = None
    labels: Annotated[tuple[Named, ...], AfterValidator(first_names)] | None = None
    createdAt: AwareDatetime | None = None
    updatedAt: AwareDatetime | None = None
    startedAt: AwareDatetime | None = None
    completedAt: AwareDatetime | None = None

    @property
    def key(self) -> str | None:
        """What people call it, where it is said or follows from the rest."""
        team_key = self.team.key if self.team else ""
        return self.identifier or (f"{team_key}-{self.number}" if team_key and self.number is not None else None)


class Removal(Payload):
    """As much of an issue as tells whether it is gone."""

    id: str
    archivedAt: AwareDatetime | None = None
    trashed: bool | None = None


class IssueEvent(Payload):
    """The envelope of an issue's event."""

    action: str
    organizationId: str = Field(min_length=1)
    createdAt: AwareDatetime
    url: str | None = None
    data: dict[str, object]
    updatedFrom: object = None


class AppEvent(Payload):
    """What happened to our app in an organisation (`OAuthAppWebhookPayload` in Linear's schema)."""

    action: str
    organizationId: str = Field(min_length=1)
    createdAt: AwareDatetime | None = None


class LinearWebhook:
    """Linear as a `WebhookSource`; of the secret there may be two (`valid_secrets`)."""

    def __init__(self, secret: str) -> None:
        self._secrets = valid_secrets(secret)

    def accept(self, request: WebhookRequest, now: datetime) -> WebhookEvent | ButtonPressed | Challenge | Dropped:
        """Verify the bare hex HMAC-SHA256, then read the body."""
        if not is_signed(request.body, request.headers.get("linear-signature", ""), self._secrets):
            raise Unauthenticated("Linear signature does not match")
        return _webhook_event(read_json(request.body))


def _webhook_event(payload: Mapping[str, object]) -> WebhookEvent | Dropped:
    match payload.get("type"):
        case "Issue":
            return _issue(payload)
        case "OAuthApp":
            return _app(parse(AppEvent, payload))
        case "Project" | "Cycle" | "IssueLabel":
            return _planning(_plan_name, payload)
        case "Attachment":
            return _planning(_attachment, payload)
        case "Comment":
            return _planning(_comment, payload)
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
    happening: TicketChanged | TicketChangedInPart | TicketRemoved
    if event.action == "remove" or issue.trashed or issue.archivedAt:
        happening = TicketRemoved(ticket_id=issue.id, at=event.createdAt)
    else:
        happening = _changed(parse(Issue, event.data, within="data"), event)
    return WebhookEvent(provider=Provider.LINEAR, external_id=event.organizationId, happening=happening)


def _returns(event: IssueEvent) -> bool:
    """Whether an issue comes back that was in the trash, or archived."""
    before = event.updatedFrom if isinstance(event.updatedFrom, dict) else {}
    return event.action == "restore" or bool(before.get("archivedAt") or before.get("trashed"))


def _planning(
    read: Callable[[IssueEvent], PlanningPart | None], payload: Mapping[str, object]
) -> WebhookEvent | Dropped:
    about = payload.get("data") and payload.get("organizationId")
    event = parse(IssueEvent, payload) if about else None
    part = read(event) if event else None
    if event is None or part is None:
        return Dropped(reason="says nothing that is kept")
    happening = PlanningChanged(parts=(part,))
    return WebhookEvent(provider=Provider.LINEAR, external_id=event.organizationId, happening=happening)


def _plan_name(event: IssueEvent) -> PlanName | None:
    plan = parse(Plan, event.data, within="data")
    return plan.part(**_moment(event, plan.updatedAt))


def _attachment(event: IssueEvent) -> Attachment | None:
    attached = parse(IssueAttachment, event.data, within="data")
    return attached.part(**_moment(event, attached.updatedAt))


def _comment(event: IssueEvent) -> TicketComment | None:
    said = parse(IssueComment, {**event.data, "url": event.url}, within="data")
    moment = _moment(event, said.updatedAt)
    comment = said.part(**moment)
    return comment and comment.model_copy(update={"created_at": said.createdAt or event.createdAt})


def _moment(event: IssueEvent, updated_at: datetime | None) -> Any:
    """Of when it is, and whether it ends the thing; removing and restoring are no changes of the thing itself."""
    own = updated_at if event.action in {"create", "update"} else None
    return {"at": own or event.createdAt, "removed": event.action == "remove"}


def _changed(issue: Issue, event: IssueEvent) -> TicketChanged | TicketChangedInPart:
    """All of a ticket where all of it is told, else as much as there is.

    One that comes back may say when it was changed last; that it is there is later than that it was not.
    """
    returned = _returns(event)
    if returned:
        issue = issue.model_copy(update={"updatedAt": max(event.createdAt, issue.updatedAt or event.createdAt)})
    if issue.title is not None and issue.state is not None and issue.key is None:
        raise InvalidRequest("data.identifier is missing and cannot be derived", field="data.identifier")
    fields = _fields(issue, event.url)
    try:
        return TicketChanged(ticket=Ticket.model_validate(fields), returned=returned)
    except ValidationError:
        return TicketChangedInPart(ticket_id=issue.id, state_id=issue.stateId, told=fields)


_NULL_MEANS_NONE = {
    "description": "description",
    "assigneeId": "assignee_id",
    "creatorId": "creator_id",
    "parentId": "parent_id",
    "estimate": "estimate",
    "dueDate": "due_date",
    "startedAt": "started_at",
    "completedAt": "completed_at",
}
_SAID_OR_NOT = {"title": "title", "priority": "priority", "teamId": "team_id", "previousIdentifiers": "former_keys"}
_TIMES = {"createdAt": "created_at", "updatedAt": "updated_at"}


def _fields(issue: Issue, url: str | None) -> dict[str, JsonValue]:
    """What is said of a ticket, under our own names."""
    given = issue.model_dump(mode="json", exclude_unset=True)
    fields: dict[str, JsonValue] = {"id": issue.id}
    fields |= {own: given[name] for name, own in (_SAID_OR_NOT | _TIMES).items() if given.get(name) is not None}
    fields |= {own: given[name] for name, own in _NULL_MEANS_NONE.items() if name in given}
    fields |= {"assignee_name": issue.assignee.name if issue.assignee else None} if "assigneeId" in given else {}
    fields |= {"key": issue.key} if issue.key else {}
    fields |= {"url": issue.url or url} if issue.url or url else {}
    fields |= {"project": _project(issue)} if "projectId" in given else {}
    fields |= {"cycle": _cycle(issue)} if "cycleId" in given else {}
    if issue.labels is not None:
        named = [label for label in issue.labels if label.name]
        fields |= {"labels": [label.name for label in named], "label_ids": [label.id for label in named]}
    fields |= {"state": issue.state.model_dump()} if issue.state else {}
    if fields.get("description", "") is None:
        fields["description"] = ""
    return fields


def _project(issue: Issue) -> JsonValue:
    if issue.projectId is None:
        return None
    named = issue.project is not None and issue.project.id == issue.projectId
    project = Project(id=issue.projectId, name=issue.project.name if named and issue.project else None)
    return project.model_dump(mode="json")


def _cycle(issue: Issue) -> JsonValue:
    if issue.cycleId is None:
        return None
    named = issue.cycle if issue.cycle is not None and issue.cycle.id == issue.cycleId else None
    return (named.cycle if named else Cycle(id=issue.cycleId)).model_dump(mode="json")
