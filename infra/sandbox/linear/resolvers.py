"""What each field of the Linear schema answers.

Every thing is a mapping; a relation or a list is a callable in it, which graphql-core calls with the field's arguments.
"""

from collections.abc import Callable, Iterable, Mapping

from graphql import GraphQLError

from infra.sandbox.core.state import Json
from infra.sandbox.core.store import Store
from infra.sandbox.linear import webhooks
from infra.sandbox.linear.filters import page
from infra.sandbox.linear.organization import LinearOrganization, Refused, first_state
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
    Team,
    WorkflowState,
    slug,
)

_ISSUE_FIELDS = {
    "title": "title",
    "description": "description",
    "stateId": "state_id",
    "assigneeId": "assignee_id",
    "parentId": "parent_id",
    "labelIds": "label_ids",
    "priority": "priority",
}


class Resolvers:
    """Reads and writes; writes are the app's own."""

    def __init__(self, store: Store[LinearWorld], organization: LinearOrganization) -> None:
        self._store = store
        self._organization = organization

    def root(self) -> Json:
        """The fields of Query and Mutation."""
        world = self._world
        return {
            "viewer": self._user(world.organization.app.id),
            "organization": self._organisation(),
            "teams": lambda _, **arguments: page([self._team(each) for each in world.teams], arguments),
            "team": lambda _, id: self._team(_found({each.id: each for each in world.teams}, id, "Team")),
            "users": self._users,
            "user": lambda _, id: self._user(_found({each: each for each in self._user_ids()}, id, "User")),
            "workflowStates": lambda _, **arguments: page(self._states(world.teams), arguments),
            "workflowState": lambda _, id: _found(
                {each["id"]: each for each in self._states(world.teams)}, id, "State"
            ),
            "issues": lambda _, **arguments: self._issues(list(world.issues.values()), arguments),
            "issue": lambda _, id: self._issue(self._issue_named(id)),
            "comments": lambda _, **arguments: self._comments(list(world.comments.values()), arguments),
            "comment": lambda _, id=None: self._comment(_found(world.comments, id, "Comment")),
            "attachments": lambda _, **arguments: self._attachments(world.attachments, arguments),
            "projects": lambda _, **arguments: page(self._plans(webhooks.project, world.projects), arguments),
            "cycles": lambda _, **arguments: page(self._plans(webhooks.cycle, world.cycles), arguments),
            "issueLabels": lambda _, **arguments: page([_label(each) for each in world.labels.values()], arguments),
            "issueRelations": lambda _, **arguments: self._relations(world.relations, arguments),
            "issueRelation": lambda _, id: self._relation(_found(self._relations_by_id(), id, "IssueRelation")),
            "issueCreate": self._issue_create,
            "issueUpdate": self._issue_update,
            "issueDelete": self._issue_delete,
            "issueRelationCreate": self._relation_create,
            "issueRelationDelete": self._relation_delete,
            "commentCreate": self._comment_create,
            "commentUpdate": self._comment_update,
            "commentDelete": self._comment_delete,
        }

    @property
    def _world(self) -> LinearWorld:
        return self._store.world

    @property
    def _app(self) -> str:
        return self._world.organization.app.id

    def _issue_create(self, _: object, input: Json) -> Json:
        fields = {own: input[name] for name, own in _ISSUE_FIELDS.items() if name in input and name != "title"}
        try:
            issue = self._organization.create_issue(
                by=self._app, team_id=input["teamId"], title=input.get("title") or "", id=input.get("id"), **fields
            )
        except Refused as refused:
            raise _input_error(str(refused)) from refused
        return self._done(issue=self._issue(issue))

    def _issue_update(self, _: object, id: str, input: Json) -> Json:
        issue = self._issue_named(id)
        changes = {own: input[name] for name, own in _ISSUE_FIELDS.items() if name in input}
        labels = [*changes.get("label_ids", issue.label_ids), *input.get("addedLabelIds", [])]
        dropped = set(input.get("removedLabelIds", []))
        changes["label_ids"] = [each for each in dict.fromkeys(labels) if each not in dropped]
        try:
            self._organization.update_issue(issue, by=self._app, **changes)
        except Refused as refused:
            raise _input_error(str(refused)) from refused
        return self._done(issue=self._issue(issue))

    def _issue_delete(self, _: object, id: str) -> Json:
        issue = self._issue_named(id)
        self._organization.delete_issue(issue, by=self._app)
        return self._done(entity=self._issue(issue))

    def _relation_create(self, _: object, input: Json) -> Json:
        issue, other = self._issue_named(input["issueId"]), self._issue_named(input["relatedIssueId"])
        try:
            relation = self._organization.relate(issue, other, by=self._app, id=input.get("id"), type=input["type"])
        except Refused as refused:
            raise _input_error(str(refused)) from refused
        return self._done(issueRelation=self._relation(relation))

    def _relation_delete(self, _: object, id: str) -> Json:
        self._organization.unrelate(_found(self._relations_by_id(), id, "IssueRelation"))
        return self._done(entityId=id)

    def _relations_by_id(self) -> dict[str, Relation]:
        return {each.id: each for each in self._world.relations}

    def _comment_create(self, _: object, input: Json) -> Json:
        issue = self._issue_named(input.get("issueId") or "")
        try:
            comment = self._organization.create_comment(
                by=self._app,
                issue=issue,
                body=input.get("body") or "",
                id=input.get("id"),
                parent_id=input.get("parentId"),
            )
        except Refused as refused:
            raise _input_error(str(refused)) from refused
        return self._done(comment=self._comment(comment))

    def _comment_update(self, _: object, id: str, input: Json) -> Json:
        comment = _found(self._world.comments, id, "Comment")
        if input.get("body"):
            self._organization.update_comment(comment, by=self._app, body=input["body"])
        return self._done(comment=self._comment(comment))

    def _comment_delete(self, _: object, id: str) -> Json:
        self._organization.delete_comment(_found(self._world.comments, id, "Comment"), by=self._app)
        return self._done(entityId=id)

    def _done(self, **result: object) -> Json:
        return {"success": True, "lastSyncId": float(sum(self._world.requests.values()))} | result

    def _issue_named(self, name: str) -> Issue:
        issue = self._world.issue(name)
        if issue is None:
            raise _not_found("Issue")
        return issue

    def _issues(self, issues: list[Issue], arguments: Json) -> Json:
        shown = [each for each in issues if arguments.get("includeArchived") or each.archived_at is None]
        return page([self._issue(each) for each in shown], {"orderBy": "createdAt"} | arguments)

    def _comments(self, comments: list[Comment], arguments: Json) -> Json:
        return page([self._comment(each) for each in comments], {"orderBy": "createdAt"} | arguments)

    def _users(self, _: object, **arguments: object) -> Json:
        users = [self._user(each) for each in self._user_ids()]
        shown = [each for each in users if each["active"] or arguments.get("includeDisabled")]
        return page(shown, dict(arguments))

    def _user_ids(self) -> list[str]:
        return [each.linear_id for each in self._world.people] + [self._app]

    def _states(self, teams: list[Team]) -> list[Json]:
        return [self._state(team, state) for team in teams for state in team.states]

    def _organisation(self) -> Json:
        organization = self._world.organization
        return {"id": organization.id, "name": organization.name, "urlKey": organization.url_key}

    def _user(self, user_id: str) -> Json:
        person = next((each for each in self._world.people if each.linear_id == user_id), None)
        return webhooks.user(self._world, user_id) | {
            "displayName": person.handle if person else self._world.organization.app.name,
            "timezone": person.time_zone if person else None,
            "title": person.title if person else None,
            "active": person is None or person.linear != "disabled",
            "admin": False,
            "guest": person is not None and person.linear == "guest",
            "app": person is None,
            "isMe": user_id == self._app,
            "organization": lambda _: self._organisation(),
        }

    def _team(self, team: Team) -> Json:
        triage = next((each for each in team.states if each.type == "triage"), None)
        issues = [each for each in self._world.issues.values() if each.team_id == team.id]
        return {
            "id": team.id,
            "key": team.key,
            "name": team.name,
            "private": team.visibility == "private",
            "visibility": team.visibility,
            "triageEnabled": triage is not None,
            "autoCloseParentIssues": team.auto_close_parents,
            "autoCloseChildIssues": team.auto_close_children,
            "triageIssueState": lambda _: self._state(team, triage) if triage else None,
            "defaultIssueState": lambda _: self._state(team, first_state(team)),
            "organization": lambda _: self._organisation(),
            "states": lambda _, **arguments: page(self._states([team]), arguments),
            "gitAutomationStates": lambda _, **arguments: page(self._automations(team), arguments),
            "issues": lambda _, **arguments: self._issues(issues, arguments),
        }

    def _automations(self, team: Team) -> list[Json]:
        kinds = {"merge": "completed"}
        return [
            {"id": f"{team.id}-{event}", "event": event, "state": self._state(team, state)}
            for event in team.automated
            for state in [next(each for each in team.states if each.type == kinds.get(event, "started"))]
        ]

    def _state(self, team: Team, state: WorkflowState) -> Json:
        return state.model_dump() | {
            "color": webhooks.COLORS.get(state.type, "#e2e2e2"),
            "team": lambda _: self._team(team),
        }

    def _issue(self, issue: Issue) -> Json:
        world = self._world
        team = world.team(issue.team_id)
        identifier = world.identifier(issue)
        children = [each for each in world.issues.values() if each.parent_id == issue.id]
        comments = [each for each in world.comments.values() if each.issue_id == issue.id]
        labels = [_label(world.labels[each]) for each in issue.label_ids]
        attached = [each for each in world.attachments if each.issue_id == issue.id]
        relations = [each for each in world.relations if each.issue_id == issue.id]
        inverse = [each for each in world.relations if each.related_issue_id == issue.id]
        return {
            "id": issue.id,
            "identifier": identifier,
            "number": issue.number,
            "title": issue.title,
            "description": issue.description,
            "url": world.issue_url(issue),
            "branchName": f"{identifier.lower()}-{slug(issue.title)}",
            "priority": issue.priority,
            "priorityLabel": webhooks.PRIORITIES[issue.priority],
            "createdAt": issue.created_at,
            "updatedAt": issue.updated_at,
            "startedAt": issue.started_at,
            "completedAt": issue.completed_at,
            "canceledAt": issue.canceled_at,
            "archivedAt": issue.archived_at,
            "trashed": issue.trashed or None,
            "labelIds": issue.label_ids,
            "previousIdentifiers": issue.previous_identifiers,
            "estimate": issue.estimate,
            "dueDate": issue.due_date,
            "project": lambda _: webhooks.project(world, issue.project_id) if issue.project_id else None,
            "cycle": lambda _: webhooks.cycle(world, issue.cycle_id) if issue.cycle_id else None,
            "state": lambda _: self._state(team, world.state(issue.state_id)),
            "team": lambda _: self._team(team),
            "assignee": lambda _: self._user(issue.assignee_id) if issue.assignee_id else None,
            "creator": lambda _: self._user(issue.creator_id),
            "parent": lambda _: self._issue(world.issues[issue.parent_id]) if issue.parent_id else None,
            "labels": lambda _, **arguments: page(labels, arguments),
            "children": lambda _, **arguments: self._issues(children, arguments),
            "comments": lambda _, **arguments: self._comments(comments, arguments),
            "history": lambda _, **arguments: self._history(issue, arguments),
            "relations": lambda _, **arguments: self._relations(relations, arguments),
            "inverseRelations": lambda _, **arguments: self._relations(inverse, arguments),
            "attachments": lambda _, **arguments: self._attachments(attached, arguments),
        }

    def _history(self, issue: Issue, arguments: Json) -> Json:
        entries = [each for each in self._world.history if each.issue_id == issue.id]
        return page([self._change(each) for each in entries], {"orderBy": "createdAt"} | arguments)

    def _change(self, change: Change) -> Json:
        writers = [self._user(change.actor_id)] if "updatedDescription" in change.what else None
        return change.what | {
            "id": change.id,
            "createdAt": change.created_at,
            "updatedAt": change.created_at,
            "actor": lambda _: self._user(change.actor_id),
            "descriptionUpdatedBy": writers,
        }

    def _relations(self, relations: Iterable[Relation], arguments: Json) -> Json:
        return page([self._relation(each) for each in relations], {"orderBy": "createdAt"} | arguments)

    def _relation(self, relation: Relation) -> Json:
        issues = self._world.issues
        return {
            "id": relation.id,
            "type": relation.type,
            "createdAt": relation.created_at,
            "updatedAt": relation.created_at,
            "issue": lambda _: self._issue(issues[relation.issue_id]),
            "relatedIssue": lambda _: self._issue(issues[relation.related_issue_id]),
        }

    def _plans(
        self, row: Callable[[LinearWorld, str], Json], plans: Mapping[str, Project] | Mapping[str, Cycle]
    ) -> list[Json]:
        return [row(self._world, id) | {"updatedAt": plan.updated_at} for id, plan in plans.items()]

    def _attachments(self, attachments: Iterable[Attachment], arguments: Json) -> Json:
        issues = self._world.issues
        rows = [
            {
                "id": each.id,
                "title": each.title,
                "url": each.url,
                "metadata": {},
                "createdAt": each.created_at,
                "updatedAt": each.created_at,
                "creator": lambda _, id=each.creator_id: self._user(id),
                "issue": lambda _, id=each.issue_id: self._issue(issues[id]),
            }
            for each in attachments
        ]
        return page(rows, {"orderBy": "createdAt"} | arguments)

    def _comment(self, comment: Comment) -> Json:
        world = self._world
        replies = [each for each in world.comments.values() if each.parent_id == comment.id]
        return {
            "id": comment.id,
            "body": comment.body,
            "url": world.comment_url(comment),
            "createdAt": comment.created_at,
            "updatedAt": comment.updated_at,
            "editedAt": comment.edited_at,
            "issueId": comment.issue_id,
            "parentId": comment.parent_id,
            "issue": lambda _: self._issue(world.issues[comment.issue_id]),
            "parent": lambda _: self._comment(world.comments[comment.parent_id]) if comment.parent_id else None,
            "user": lambda _: self._user(comment.user_id),
            "children": lambda _, **arguments: self._comments(replies, arguments),
        }


def _label(label: Label) -> Json:
    return {"id": label.id, "name": label.name, "updatedAt": label.updated_at, "color": webhooks.LABEL_COLOR}


def _found[T](things: dict[str, T], id: str | None, kind: str) -> T:
    if id is None or id not in things:
        raise _not_found(kind)
    return things[id]


def _not_found(kind: str) -> GraphQLError:
    return _input_error(f"Entity not found: {kind} - Could not find referenced {kind}.")


def _input_error(message: str) -> GraphQLError:
    extensions = {"code": "INPUT_ERROR", "type": "invalid input", "userError": True, "statusCode": 400}
    return GraphQLError(message, extensions=extensions | {"userPresentableMessage": message})
