"""How Linear describes tickets and comments in webhooks (linear.app/developers/webhooks)."""

from datetime import UTC, datetime

from infra.sandbox.core.state import Json
from infra.sandbox.linear.state import Attachment, Comment, Cycle, Issue, Label, LinearWorld, Project

PRIORITIES = ("No priority", "Urgent", "High", "Medium", "Low")
COLORS = {
    "triage": "#fc7840",
    "backlog": "#bec2c8",
    "unstarted": "#e2e2e2",
    "started": "#f2c94c",
    "completed": "#5e6ad2",
    "canceled": "#95a2b3",
    "duplicate": "#95a2b3",
}
LABEL_COLOR = "#4ea7fc"


def moment(at: datetime | None) -> str | None:
    """A time as Linear writes it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def user(world: LinearWorld, user_id: str) -> Json:
    """A person, or the app, which Linear gives an account too."""
    person = next((each for each in world.people if each.linear_id == user_id), None)
    profile = f"{world.public_url}/linear/{world.organization.url_key}/profiles/"
    if person is None:
        app = world.organization.app
        return {"id": app.id, "name": app.name, "email": f"{app.id}@oauthapp.linear.app", "url": f"{profile}app"}
    return {"id": person.linear_id, "name": person.name, "email": person.email, "url": profile + person.handle}


def actor(world: LinearWorld, user_id: str) -> Json:
    """Who did it: our own app appears as an OAuth client."""
    app = world.organization.app
    if user_id == app.id:
        return {"id": app.id, "type": "oauthClient", "name": app.name}
    return user(world, user_id) | {"type": "user"}


def issue_data(world: LinearWorld, issue: Issue) -> Json:
    """A ticket."""
    state = world.state(issue.state_id)
    optional = {
        "assignee": user(world, issue.assignee_id) if issue.assignee_id else None,
        "assigneeId": issue.assignee_id,
        "parentId": issue.parent_id,
        "estimate": issue.estimate,
        "dueDate": issue.due_date,
        "projectId": issue.project_id,
        "project": project(world, issue.project_id) if issue.project_id else None,
        "cycleId": issue.cycle_id,
        "cycle": _outline(cycle(world, issue.cycle_id)) if issue.cycle_id else None,
        "startedAt": moment(issue.started_at),
        "completedAt": moment(issue.completed_at),
        "canceledAt": moment(issue.canceled_at),
        "archivedAt": moment(issue.archived_at),
        "trashed": issue.trashed or None,
    }
    return {
        "id": issue.id,
        "createdAt": moment(issue.created_at),
        "updatedAt": moment(issue.updated_at),
        "number": issue.number,
        "title": issue.title,
        "description": issue.description,
        "priority": issue.priority,
        "priorityLabel": PRIORITIES[issue.priority],
        "prioritySortOrder": float(-issue.number),
        "sortOrder": float(-issue.number),
        "teamId": issue.team_id,
        "team": _team(world, issue),
        "stateId": state.id,
        "state": {"id": state.id, "color": COLORS.get(state.type, "#e2e2e2"), "name": state.name, "type": state.type},
        "previousIdentifiers": issue.previous_identifiers,
        "identifier": world.identifier(issue),
        "url": world.issue_url(issue),
        "subscriberIds": [issue.creator_id],
        "labelIds": issue.label_ids,
        "labels": [{"id": each, "name": world.labels[each].name, "color": LABEL_COLOR} for each in issue.label_ids],
        "reactionData": [],
        "creatorId": issue.creator_id,
        "botActor": None,
        "slaType": "all",
    } | {name: value for name, value in optional.items() if value is not None}


def project(world: LinearWorld, project_id: str) -> Json:
    """A project as far as a ticket names it."""
    url = f"{world.public_url}/linear/{world.organization.url_key}/project/{project_id}"
    return {"id": project_id, "name": world.projects[project_id].name, "url": url}


def cycle(world: LinearWorld, cycle_id: str) -> Json:
    """A cycle as far as a ticket names it."""
    found = world.cycles[cycle_id]
    return {
        "id": cycle_id,
        "number": found.number,
        "name": found.name,
        "startsAt": found.starts_at,
        "endsAt": found.ends_at,
    }


def _outline(part: Json) -> Json:
    """A part of a ticket in a webhook, where what is null is left out."""
    told = {name: moment(value) if isinstance(value, datetime) else value for name, value in part.items()}
    return {name: value for name, value in told.items() if value is not None}


def plan_data(world: LinearWorld, plan: Project | Cycle | Label) -> Json:
    """A project, a cycle or a label."""
    times = {"createdAt": moment(plan.updated_at), "updatedAt": moment(plan.updated_at)}
    match plan:
        case Project():
            return project(world, plan.id) | times
        case Cycle():
            return _outline(cycle(world, plan.id)) | times
        case Label():
            return {"id": plan.id, "name": plan.name, "color": LABEL_COLOR, "isGroup": False} | times


def attachment_data(attached: Attachment) -> Json:
    """A link that is attached to a ticket."""
    return {
        "id": attached.id,
        "createdAt": moment(attached.created_at),
        "updatedAt": moment(attached.created_at),
        "issueId": attached.issue_id,
        "creatorId": attached.creator_id,
        "title": attached.title,
        "url": attached.url,
        "metadata": {},
        "groupBySource": False,
    }


def comment_data(world: LinearWorld, comment: Comment) -> Json:
    """A comment with the outline of its ticket."""
    issue = world.issues[comment.issue_id]
    optional = {"parentId": comment.parent_id, "editedAt": moment(comment.edited_at)}
    return {
        "id": comment.id,
        "createdAt": moment(comment.created_at),
        "updatedAt": moment(comment.updated_at),
        "body": comment.body,
        "issueId": issue.id,
        "userId": comment.user_id,
        "reactionData": [],
        "issue": {
            "id": issue.id,
            "title": issue.title,
            "identifier": world.identifier(issue),
            "teamId": issue.team_id,
            "team": _team(world, issue),
            "url": world.issue_url(issue),
        },
        "user": user(world, comment.user_id),
    } | {name: value for name, value in optional.items() if value is not None}


def envelope(
    world: LinearWorld,
    kind: str,
    action: str,
    *,
    by: str,
    content: Json,
    now: datetime,
) -> Json:
    """What Linear puts around a change (`data`, `url`, `updatedFrom`)."""
    return {
        "action": action,
        "actor": actor(world, by),
        "createdAt": moment(now),
        **content,
        "type": kind,
        "organizationId": world.organization.id,
        "webhookTimestamp": int(now.timestamp() * 1000),
        "webhookId": world.webhook_id,
    }


def _team(world: LinearWorld, issue: Issue) -> Json:
    team = world.team(issue.team_id)
    return {"id": team.id, "key": team.key, "name": team.name}
