"""The whole state as a reader sees it; tokens, secrets and bodies under way stay inside."""

from infra.sandbox.core.grants import Tally
from infra.sandbox.core.state import Json
from infra.sandbox.github import objects
from infra.sandbox.github.work import Issue, PullRequest
from infra.sandbox.linear.webhooks import comment_data, issue_data, moment
from infra.sandbox.slack import events
from infra.sandbox.slack.state import Message
from infra.sandbox.world import SandboxWorld


def report(world: SandboxWorld) -> Json:
    """Everything there is: messages by channel id, tickets with their comments, requests and deliveries."""
    return {
        "slack": _slack(world),
        "linear": _linear(world),
        "github": _github(world),
        "oauth": {vendor: world.tallies.get(vendor, Tally()).model_dump() for vendor in ("slack", "linear", "github")},
        "emails": [],
        "requests": dict(sorted(world.requests.items())),
        "deliveries": [each.model_dump(mode="json", exclude={"body"}) for each in world.deliveries],
        "faults": [fault.model_dump() for fault in world.faults],
        "config": {"app_url": world.config.app_url, "duplicates": world.config.duplicates},
    }


def _github(world: SandboxWorld) -> Json:
    github = world.github
    return {
        "organization": objects.account(world, github.organization),
        "app": github.app.model_dump(),
        "users": [
            {"id": each.github_id, "login": each.github_login, "handle": each.handle, "name": each.name}
            for each in world.people
        ],
        "repositories": [objects.repository_brief(world, each) for each in github.repositories],
        "pull_requests": [_pull(world, each) for each in github.pulls.values()],
        "issues": [_issue(world, each) for each in github.issues.values() if not each.deleted and not each.moved_to],
        "installations": [
            {
                "id": each.id,
                "account": each.account,
                "repositories": [repository.name for repository in world.repositories(each)],
                "repository_selection": "all" if each.selected is None else "selected",
                "suspended_at": objects.moment(each.suspended_at),
            }
            for each in github.installations.values()
        ],
    }


def _pull(world: SandboxWorld, pull: PullRequest) -> Json:
    queued = pull.queued_at is not None
    return _discussed(world, pull) | {
        "draft": pull.draft,
        "merged": pull.merged_at is not None,
        "queued": queued,
        "decision": pull.decision,
        "asked": [*pull.reviewers, *pull.teams],
        "checks": pull.checks,
        "head": pull.head,
        "base": pull.base,
    }


def _issue(world: SandboxWorld, issue: Issue) -> Json:
    return _discussed(world, issue) | {"state_reason": issue.state_reason}


def _discussed(world: SandboxWorld, of: PullRequest | Issue) -> Json:
    return {
        "id": of.id,
        "repository": world.full_name(world.repository_of(of)),
        "number": of.number,
        "title": of.title,
        "author": of.author,
        "state": "open" if of.closed_at is None else "closed",
        "updated_at": of.updated_at.isoformat(),
    }


def _slack(world: SandboxWorld) -> Json:
    team = world.workspace
    return {
        "team": {"id": team.team_id, "name": team.name, "domain": team.domain},
        "bot": team.bot.model_dump(exclude={"token"}),
        "users": [
            {
                "id": person.slack_id,
                "handle": person.handle,
                "name": person.name,
                "email": person.email,
                "time_zone": person.time_zone,
            }
            for person in world.people
        ],
        "channels": [channel.model_dump() | {"type": channel.type} for channel in world.channels.values()],
        "ephemerals": [each.model_dump(include={"channel", "user", "text", "thread_ts"}) for each in world.ephemerals],
        "homes": {user: home.view for user, home in world.homes.items()},
        "messages": {
            channel: [_message(world, message) for message in messages] for channel, messages in world.messages.items()
        },
    }


def _message(world: SandboxWorld, message: Message) -> Json:
    body = events.message_object(world, message, metadata=True)
    return body | {"channel": message.channel, "thread_ts": message.thread_ts, "blocks": message.blocks}


def _linear(world: SandboxWorld) -> Json:
    comments: dict[str, list[Json]] = {}
    for comment in world.comments.values():
        comments.setdefault(comment.issue_id, []).append(
            {name: value for name, value in comment_data(world, comment).items() if name != "issue"}
            | {"url": world.comment_url(comment)}
        )
    organization = world.organization
    return {
        "organization": {"id": organization.id, "name": organization.name, "url_key": organization.url_key},
        "app": organization.app.model_dump(exclude={"token"}),
        "teams": [team.model_dump() for team in world.teams],
        "users": [{"id": each.linear_id, "name": each.name, "email": each.email} for each in world.people],
        "issues": [
            issue_data(world, issue)
            | {
                "comments": comments.get(issue.id, []),
                "parent": world.identifier(world.issues[issue.parent_id]) if issue.parent_id else None,
                "archivedAt": moment(issue.archived_at),
            }
            for issue in world.issues.values()
        ],
    }
