"""What can happen in the Linear organisation; each happening tells the app."""

import uuid
from datetime import datetime

from pydantic.alias_generators import to_camel, to_pascal

from infra.sandbox.core.delivery import Courier
from infra.sandbox.core.state import Clock, Delivery, Json
from infra.sandbox.core.store import Store
from infra.sandbox.linear import webhooks
from infra.sandbox.linear.state import (
    Attachment,
    Change,
    Comment,
    Cycle,
    Issue,
    Label,
    LinearWorld,
    Project,
    Relation,
    RelationType,
    Team,
    WorkflowState,
)

_NEVER_NULL = ("title", "state_id", "label_ids", "priority")
_STAMPS = {"started": "started_at", "completed": "completed_at", "canceled": "canceled_at", "duplicate": "canceled_at"}


class Refused(Exception):
    """Linear says no; the text is what it says."""


class LinearOrganization:
    """The organisation's tickets and comments; `by` is the id of who acts."""

    def __init__(self, store: Store[LinearWorld], courier: Courier, clock: Clock) -> None:
        self._store = store
        self._courier = courier
        self._clock = clock

    @property
    def _world(self) -> LinearWorld:
        return self._store.world

    def create_issue(
        self, *, by: str, team_id: str, title: str, id: str | None = None, state_id: str | None = None, **fields: object
    ) -> Issue:
        """Create a ticket; without a state it starts where the team's new tickets start.

        Raises:
            Refused: the id is taken, or something named does not exist.
        """
        team = next((each for each in self._world.teams if each.id == team_id), None)
        if team is None:
            raise Refused("Entity not found: Team")
        issue_id = self._new_id(id, self._world.issues, "Issue")
        now = self._clock()
        issue = Issue(
            id=issue_id,
            team_id=team.id,
            number=self._next_number(team),
            title="",
            state_id=first_state(team).id,
            creator_id=by,
            created_at=now,
            updated_at=now,
        )
        changes = {"title": title, "state_id": state_id or issue.state_id} | {
            k: v for k, v in fields.items() if v is not None
        }
        self._check(issue, changes)
        self._apply(issue, changes, now)
        self._world.issues[issue.id] = issue
        self._tell_issue(issue, "create", by)
        return issue

    def update_issue(self, issue: Issue, *, by: str, **changes: object) -> Issue:
        """Change a ticket; what is already so is no change and tells nobody.

        Raises:
            Refused: something named does not exist or does not fit the ticket.
        """
        new_values = {name: value for name, value in changes.items() if getattr(issue, name) != value}
        self._check(issue, new_values)
        if new_values:
            was = issue.model_copy()
            self._apply(issue, new_values, self._clock())
            self._note(issue, by, _changed(was, issue))
            self._tell_issue(issue, "update", by, _difference(was, issue))
        return issue

    def change_team(self, issue: Issue, team: Team, *, by: str) -> Issue:
        """Give a ticket to another team, where it gets a number and begins anew."""
        if team.id != issue.team_id:
            was, left = issue.model_copy(), self._world.team(issue.team_id)
            left.numbered = max(left.numbered, issue.number)
            issue.previous_identifiers.append(self._world.identifier(issue))
            issue.number = self._next_number(team)
            self._apply(issue, {"team_id": team.id, "state_id": first_state(team).id}, self._clock())
            self._note(issue, by, _changed(was, issue))
            self._tell_issue(issue, "update", by, _difference(was, issue))
        return issue

    def attach(self, issue: Issue, url: str, *, by: str) -> None:
        """Attach a link to a ticket."""
        attached = Attachment(
            id=str(uuid.uuid4()), issue_id=issue.id, creator_id=by, title=url, url=url, created_at=self._clock()
        )
        self._world.attachments.append(attached)
        self._note(issue, by, {"attachmentId": attached.id})
        self._tell_attachment(attached, "create", by)

    def detach(self, issue: Issue, url: str, *, by: str) -> None:
        """Take a link off a ticket."""
        for attached in [each for each in self._world.attachments if (each.issue_id, each.url) == (issue.id, url)]:
            self._world.attachments.remove(attached)
            self._tell_attachment(attached, "remove", by)

    def rename(self, plan: Project | Cycle | Label, name: str, *, by: str) -> None:
        """Call a project, a cycle or a label otherwise, which changes no ticket."""
        if plan.name != name:
            was, plan.name, plan.updated_at = plan.name, name, self._clock()
            data = webhooks.plan_data(self._world, plan)
            kind = "IssueLabel" if isinstance(plan, Label) else type(plan).__name__
            self._tell(kind, "update", plan.id, name, by=by, content={"data": data, "updatedFrom": {"name": was}})

    def relate(
        self, issue: Issue, other: Issue, *, by: str, id: str | None = None, type: RelationType = "related"
    ) -> Relation:
        """Say what a ticket is to another one, which Linear tells nobody; a duplicate is closed as such.

        Raises:
            Refused: the id is taken.
        """
        new_id = self._new_id(id, {each.id: each for each in self._world.relations}, "IssueRelation")
        ids = {"id": new_id, "issue_id": issue.id, "related_issue_id": other.id}
        relation = Relation(**ids, type=type, created_at=self._clock())
        self._world.relations.append(relation)
        for one, another in ((issue, other), (other, issue)):
            change = {"identifier": self._world.identifier(another), "type": "ar"}
            self._note(one, by, {"relationChanges": [change]})
        states = (state for state in self._world.team(issue.team_id).states if state.type == "duplicate")
        if type == "duplicate" and (closed := next(states, None)) is not None:
            self.update_issue(issue, by=by, state_id=closed.id)
        self._store.changed()
        return relation

    def unrelate(self, relation: Relation) -> None:
        """Take back what a ticket was said to be to another one."""
        self._world.relations.remove(relation)
        self._store.changed()

    def part(self, issue: Issue, other: Issue) -> None:
        """Say that two tickets have nothing to do with each other any more, which Linear tells nobody either."""
        pair = {issue.id, other.id}
        self._world.relations = [r for r in self._world.relations if {r.issue_id, r.related_issue_id} != pair]
        self._store.changed()

    def delete_issue(self, issue: Issue, *, by: str) -> None:
        """Move a ticket to the trash, where it can still be read."""
        if issue.trashed:
            return
        issue.trashed, issue.archived_at = True, self._clock()
        self._tell_issue(issue, "remove", by)

    def erase_issue(self, issue: Issue, *, by: str) -> None:
        """Delete a ticket for good with all that hangs on it, of which Linear tells what it tells of the trash."""
        self.delete_issue(issue, by=by)
        world, team = self._world, self._world.team(issue.team_id)
        team.numbered = max(team.numbered, issue.number)
        del world.issues[issue.id]
        world.comments = {id: each for id, each in world.comments.items() if each.issue_id != issue.id}
        world.attachments = [each for each in world.attachments if each.issue_id != issue.id]
        world.relations = [each for each in world.relations if issue.id not in {each.issue_id, each.related_issue_id}]
        for child in [each for each in world.issues.values() if each.parent_id == issue.id]:
            self.update_issue(child, by=by, parent_id=None)
        self._store.changed()

    def restore_issue(self, issue: Issue, *, by: str) -> None:
        """Take a ticket out of the trash, as it was."""
        if not issue.trashed:
            return
        issue.trashed, issue.archived_at = False, None
        issue.updated_at = self._clock()
        self._tell_issue(issue, "restore", by)

    def create_comment(
        self, *, by: str, issue: Issue, body: str, id: str | None = None, parent_id: str | None = None
    ) -> Comment:
        """Comment on a ticket.

        Raises:
            Refused: the id is taken, the text is empty, or the comment answered does not exist.
        """
        if not body.strip():
            raise Refused("body must not be empty")
        if parent_id and parent_id not in self._world.comments:
            raise Refused("Entity not found: Comment")
        now = self._clock()
        comment_id = self._new_id(id, self._world.comments, "Comment")
        comment = Comment(
            id=comment_id, issue_id=issue.id, body=body, user_id=by, parent_id=parent_id, created_at=now, updated_at=now
        )
        self._world.comments[comment.id] = comment
        self._tell_comment(comment, "create", by)
        return comment

    def update_comment(self, comment: Comment, *, by: str, body: str) -> Comment:
        """Change a comment's text."""
        if body == comment.body:
            return comment
        was = comment.model_copy()
        comment.body, comment.updated_at = body, self._clock()
        comment.edited_at = comment.updated_at
        self._tell_comment(comment, "update", by, _difference(was, comment))
        return comment

    def delete_comment(self, comment: Comment, *, by: str) -> None:
        """Remove a comment, and with it what was replied."""
        for reply in [each for each in self._world.comments.values() if each.parent_id == comment.id]:
            self.delete_comment(reply, by=by)
        del self._world.comments[comment.id]
        self._tell_comment(comment, "remove", by)

    def _note(self, issue: Issue, by: str, what: Json) -> None:
        """Write a change into a ticket's history."""
        change = Change(id=str(uuid.uuid4()), issue_id=issue.id, actor_id=by, created_at=self._clock(), what=what)
        self._world.history.append(change)

    def _next_number(self, team: Team) -> int:
        """A number is given once, wherever its ticket has gone since."""
        given = [each.number for each in self._world.issues.values() if each.team_id == team.id]
        return max([team.numbered, *given]) + 1

    def _new_id[T](self, chosen: str | None, existing: dict[str, T], kind: str) -> str:
        try:
            new = str(uuid.UUID(chosen)) if chosen else str(uuid.uuid4())
        except ValueError as error:
            raise Refused("id must be a UUID") from error
        if new in existing:
            raise Refused(f"Entity already exists: {kind} - id must be unique")
        return new

    def _check(self, issue: Issue, changes: Json) -> None:
        empty = [name for name in _NEVER_NULL if changes.get(name, "") is None]
        if empty or not str(changes.get("title", "given")).strip():
            raise Refused(f"{to_camel(empty[0]) if empty else 'title'} must not be empty")
        team = self._world.team(issue.team_id)
        if "state_id" in changes and changes["state_id"] not in {state.id for state in team.states}:
            raise Refused("Entity not found in the issue's team: WorkflowState")
        people = {person.linear_id for person in self._world.people} | {None}
        if changes.get("assignee_id") not in people:
            raise Refused("Entity not found: User")
        parent = changes.get("parent_id")
        if parent is not None and (parent not in self._world.issues or parent == issue.id):
            raise Refused("Entity not found: Issue (parent)")
        if set(changes.get("label_ids") or []) - self._world.labels.keys():
            raise Refused("Entity not found: IssueLabel")
        if not 0 <= int(changes.get("priority", 0)) <= 4:
            raise Refused("priority must be between 0 and 4")

    def _apply(self, issue: Issue, changes: Json, now: datetime) -> None:
        for name, value in changes.items():
            setattr(issue, name, value)
        issue.updated_at = now
        if "state_id" not in changes:
            return
        kind = self._world.state(issue.state_id).type
        issue.completed_at = (issue.completed_at or now) if kind == "completed" else None
        issue.canceled_at = (issue.canceled_at or now) if _STAMPS.get(kind) == "canceled_at" else None
        if kind == "started":
            issue.started_at = issue.started_at or now
        elif kind not in _STAMPS:
            issue.started_at = None

    def _tell_issue(self, issue: Issue, action: str, by: str, before: Json | None = None) -> None:
        content = {"data": webhooks.issue_data(self._world, issue), "url": self._world.issue_url(issue)}
        about = self._world.identifier(issue)
        self._tell("Issue", action, issue.id, about, by=by, content=content | _updated_from(before))

    def _tell_comment(self, comment: Comment, action: str, by: str, before: Json | None = None) -> None:
        content = {"data": webhooks.comment_data(self._world, comment), "url": self._world.comment_url(comment)}
        issue = self._world.issues[comment.issue_id]
        about = self._world.identifier(issue)
        self._tell("Comment", action, issue.id, about, by=by, content=content | _updated_from(before))

    def _tell_attachment(self, attached: Attachment, action: str, by: str) -> None:
        issue = self._world.issues[attached.issue_id]
        content = {"data": webhooks.attachment_data(attached), "url": self._world.issue_url(issue)}
        self._tell("Attachment", action, issue.id, self._world.identifier(issue), by=by, content=content)

    def _tell(self, kind: str, action: str, id: str, about: str, *, by: str, content: Json) -> None:
        world, now = self._world, self._clock()
        body = webhooks.envelope(world, kind, action, by=by, content=content, now=now)
        self._courier.send_copies(
            Delivery(
                id=str(uuid.uuid4()),
                vendor="linear",
                kind=f"{kind}.{action}",
                line=f"linear/{id}",
                about=about,
                body=body,
                created_at=now,
            )
        )


def _updated_from(before: Json | None) -> Json:
    return {} if before is None else {"updatedFrom": before}


def first_state(team: Team) -> WorkflowState:
    """Where new tickets of integrations start: in triage where a team has it, else at the first step not started."""
    steps = sorted(team.states, key=lambda state: state.position)
    for kind in ("triage", "unstarted", "backlog"):
        for state in steps:
            if state.type == kind:
                return state
    return steps[0]


_FROM_TO = (
    "title",
    "state_id",
    "team_id",
    "assignee_id",
    "priority",
    "estimate",
    "due_date",
    "project_id",
    "cycle_id",
    "parent_id",
)


def _changed(was: Issue, now: Issue) -> Json:
    """What a ticket's history says of a change."""
    what: Json = {}
    for name in _FROM_TO:
        before, after = getattr(was, name), getattr(now, name)
        if before != after:
            what |= {f"from{to_pascal(name)}": before, f"to{to_pascal(name)}": after}
    added, removed = set(now.label_ids) - set(was.label_ids), set(was.label_ids) - set(now.label_ids)
    what |= {"addedLabelIds": sorted(added)} if added else {}
    what |= {"removedLabelIds": sorted(removed)} if removed else {}
    return what | ({"updatedDescription": True} if was.description != now.description else {})


def _difference(was: Issue | Comment, now: Issue | Comment) -> Json:
    """The old values of what changed, under Linear's names."""
    old, new = was.model_dump(), now.model_dump()
    changed = {to_camel(name): value for name, value in old.items() if value != new[name]}
    return {name: webhooks.moment(value) if isinstance(value, datetime) else value for name, value in changed.items()}
