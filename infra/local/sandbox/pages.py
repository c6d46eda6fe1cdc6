"""Pages for people, so that every link the product writes leads somewhere."""

from datetime import UTC, datetime
from html import escape
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.sandbox.github_state import Account
from infra.local.sandbox.layout import missing, page, rows
from infra.local.sandbox.linear_webhooks import COLORS, PRIORITIES, user
from infra.local.sandbox.markup import (
    EMOJI,
    avatar_html,
    badge_html,
    card_html,
    markdown_html,
    mrkdwn_html,
    time_html,
)
from infra.local.sandbox.state import Channel, Comment, Issue, Message, WorkflowState
from infra.local.sandbox.store import Store

_SHOWN_FIRST = ("started", "unstarted", "triage", "backlog", "completed", "canceled", "duplicate")


class Pages:
    """An index, a page per channel and a page per ticket."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/", self.index),
            Route("/slack/", self.index),
            Route("/slack/archives/{channel}", self.channel),
            Route("/slack/archives/{channel}/p{ts}", self.channel),
            Route("/linear/{organization}/issue/{identifier}", self.issue),
            Route("/linear/{organization}/issue/{identifier}/{slug}", self.issue),
        ]

    async def index(self, _: Request) -> Response:
        """What there is to look at."""
        world = self._store.world
        channels = rows(self._channel_row(each) for each in world.channels.values() if not each.user)
        private = rows(self._channel_row(each) for each in world.channels.values() if each.user)
        issues = [each for each in world.issues.values() if not each.trashed]
        issues.sort(key=lambda each: (*_rank(world.state(each.state_id)), -each.updated_at.timestamp()))
        groups = groupby(issues, key=lambda each: _rank(world.state(each.state_id)))
        body = (
            f"<h1>{escape(world.workspace.name)}</h1>"
            "<p class='quiet'>A local stand-in for Slack, Linear and GitHub. Times are UTC.</p>"
            f"<h2 id='slack'>Slack channels</h2>{channels}"
            f"<h2>Direct messages</h2>{private or '<p class=quiet>Standups arrive here.</p>'}"
            f"<h2 id='linear'>Linear tickets</h2>{''.join(self._group(list(group)) for _, group in groups)}"
            f"<h2 id='github'>GitHub repositories</h2>{self._repositories(world.github.organization)}"
        )
        return page(world.workspace.name, body)

    async def channel(self, request: Request) -> Response:
        """A channel with its threads; the message that was linked to stands out and is scrolled to."""
        world = self._store.world
        channel = world.channels.get(request.path_params["channel"])
        if channel is None:
            return missing("channel")
        digits = request.path_params.get("ts", "")
        wanted = f"{digits[:-6]}.{digits[-6:]}" if digits else ""
        messages = sorted(world.messages[channel.id], key=_moment)
        if wanted and all(message.ts != wanted for message in messages):
            return missing("message")
        threads: dict[str, list[Message]] = {}
        for message in messages:
            threads.setdefault(message.root_ts, []).append(message)
        days = groupby(threads.values(), key=lambda thread: f"{_moment(thread[0]):%A %d %B}")
        said = "".join(
            f"<h2 class='day'>{day}</h2>{''.join(self._thread(each, wanted) for each in group)}" for day, group in days
        )
        others = "".join(
            f"<b>{escape(self._title(each))}</b>" if each is channel else self._channel_link(each)
            for each in world.channels.values()
        )
        body = (
            f"<nav class='tabs' aria-label='Channels'>{others}</nav>"
            f"<h1>{escape(self._title(channel))}{_private(channel)}</h1><p class='quiet'>{escape(channel.topic)}</p>"
            f"{said or '<p>Nothing yet.</p>'}"
        )
        return page(self._title(channel), body, forms="'self'")

    async def issue(self, request: Request) -> Response:
        """A ticket with its comments, parent and children."""
        world = self._store.world
        issue = world.issue(request.path_params["identifier"])
        if issue is None or request.path_params["organization"] != world.organization.url_key:
            return missing("ticket")
        children = [each for each in world.issues.values() if each.parent_id == issue.id and not each.trashed]
        comments = [each for each in world.comments.values() if each.issue_id == issue.id]
        identifier = world.identifier(issue)
        description = markdown_html(issue.description) if issue.description else "<p class='quiet'>No description.</p>"
        beneath = f"<h2>Sub-tickets</h2>{rows(map(self._issue_row, children))}" if children else ""
        said = "".join(self._comments(each, comments) for each in comments if each.parent_id not in world.comments)
        body = (
            f"<p class='quiet'>{escape(world.team(issue.team_id).name)} / {escape(identifier)}"
            f"{' · in the trash' if issue.trashed else ''}</p><h1>{escape(issue.title)}</h1>"
            f"<div class='ticket'><div>{description}{beneath}"
            f"<h2>Comments</h2>{said or '<p class=quiet>None yet.</p>'}</div>{self._facts(issue)}</div>"
        )
        return page(f"{identifier} {issue.title}", body)

    def _thread(self, thread: list[Message], wanted: str) -> str:
        root, *replies = thread
        inner = "".join(self._message(each, root, wanted) for each in replies)
        return self._message(root, root, wanted) + (f"<div class='replies'>{inner}</div>" if replies else "")

    def _message(self, message: Message, root: Message, wanted: str) -> str:
        world = self._store.world
        bot = world.workspace.bot
        names = {each.slack_id: each.name for each in world.people} | {bot.user_id: bot.name}
        name = bot.name if message.by_app else names.get(message.user, message.user)
        anchor = message.ts.replace(".", "")
        at = time_html(float(message.ts), "%H:%M" if _same_day(message, root) else "%a %d %b %H:%M")
        link = f"<a href='/slack/archives/{escape(message.channel)}/p{anchor}'>{at}</a>"
        marks = " <span class='badge'>App</span>" if message.by_app else ""
        marks += " <small>edited</small>" if message.edited_ts else ""
        # Focus scrolls to the message without a script and without a fragment in the address.
        current = " class='wanted' aria-current='true' tabindex='-1' autofocus" if message.ts == wanted else ""
        return (
            f"<article id='p{anchor}'{current}>{avatar_html(name)}<div><b>{escape(name)}</b>{marks} {link}"
            f"{_said(message, names, self._pressers(message))}</div></article>"
        )

    def _pressers(self, message: Message) -> dict[str, str]:
        """Who could press the buttons of a message: whoever is in its channel."""
        world = self._store.world
        members = world.channels[message.channel].members
        return {each.handle: each.name for each in world.people if each.slack_id in members}

    def _comments(self, comment: Comment, comments: list[Comment]) -> str:
        name = user(self._store.world, comment.user_id)["name"]
        edited = " <small>edited</small>" if comment.edited_at else ""
        answers = "".join(self._comments(each, comments) for each in comments if each.parent_id == comment.id)
        return (
            f"<article id='comment-{escape(comment.id[:8])}'>{avatar_html(name)}<div><b>{escape(name)}</b> "
            f"{time_html(comment.created_at)}{edited}{markdown_html(comment.body)}</div></article>"
        ) + (f"<div class='replies'>{answers}</div>" if answers else "")

    def _facts(self, issue: Issue) -> str:
        world = self._store.world
        assignee = user(world, issue.assignee_id)["name"] if issue.assignee_id else "Nobody"
        labels = " ".join(badge_html(world.labels[each].name) for each in issue.label_ids)
        facts = {
            "State": _state(world.state(issue.state_id)),
            "Assignee": escape(assignee),
            "Priority": PRIORITIES[issue.priority],
            "Labels": labels or "None",
            "Parent": self._issue_link(world.issues[issue.parent_id]) if issue.parent_id else "None",
            "Created": time_html(issue.created_at, "%d %b %H:%M"),
            "Updated": time_html(issue.updated_at, "%d %b %H:%M"),
        }
        return f"<dl class='facts'>{''.join(f'<dt>{name}</dt><dd>{value}</dd>' for name, value in facts.items())}</dl>"

    def _group(self, issues: list[Issue]) -> str:
        state = self._store.world.state(issues[0].state_id)
        listed = rows(map(self._issue_row, issues))
        return f"<section><h3>{_state(state)} <small>{len(issues)}</small></h3>{listed}</section>"

    def _repositories(self, organization: Account) -> str:
        """The organisation's repositories, each with its purpose."""
        home = f"/github/{escape(organization.login)}"
        listed = rows(
            f"<span class='channel'><a href='{home}/{escape(each.name)}'>{escape(each.name)}</a></span>"
            f"<span class='quiet'>{escape(each.description)}</span>"
            for each in self._store.world.github.repositories
        )
        return f"<p class='quiet'>Of <a href='{home}'>{escape(organization.name)}</a>.</p>{listed}"

    def _issue_row(self, issue: Issue) -> str:
        world = self._store.world
        count = sum(each.issue_id == issue.id for each in world.comments.values())
        labels = " ".join(badge_html(world.labels[each].name) for each in issue.label_ids)
        assignee = user(world, issue.assignee_id)["name"].split()[0] if issue.assignee_id else ""
        told = f"<small>{count} comment{'s' if count > 1 else ''}</small> " if count else ""
        link = self._issue_link(issue, issue.title)
        return (
            f"<small class='key'>{escape(world.identifier(issue))}</small><span>{link} {told}</span>"
            f"<span class='roomy'>{labels}</span><small class='end'>{escape(assignee)}</small>"
        )

    def _issue_link(self, issue: Issue, text: str = "") -> str:
        identifier = self._store.world.identifier(issue)
        path = f"/linear/{self._store.world.organization.url_key}/issue/{identifier}"
        return f"<a href='{escape(path)}'>{escape(text or f'{identifier} {issue.title}')}</a>"

    def _channel_row(self, channel: Channel) -> str:
        messages = self._store.world.messages[channel.id]
        last = f"<span class='roomy'> · {time_html(_moment(messages[-1]), '%a %H:%M')}</span>" if messages else ""
        return (
            f"<span class='channel'>{self._channel_link(channel)}{_private(channel)}</span>"
            f"<span class='quiet'>{escape(channel.topic)}</span>"
            f"<small class='end'>{len(messages)} message{'' if len(messages) == 1 else 's'}{last}</small>"
        )

    def _channel_link(self, channel: Channel) -> str:
        return f"<a href='/slack/archives/{escape(channel.id)}'>{escape(self._title(channel))}</a>"

    def _title(self, channel: Channel) -> str:
        if not channel.user:
            return f"#{channel.name}"
        person = self._store.world.person(channel.user)
        return f"{self._store.world.workspace.bot.name} & {person.name if person else channel.user}"


def _said(message: Message, names: dict[str, str], pressers: dict[str, str]) -> str:
    """What is below a message's head."""
    if message.tombstone:
        return "<div class='text'><em>This message was deleted.</em></div>"
    if any(block.get("type") != "rich_text" for block in message.blocks):
        at = f"/slack/archives/{message.channel}/p{message.ts.replace('.', '')}/press"
        text = card_html(message.blocks, names, pressed_at=at, pressers=pressers)
    else:
        text = f"<div class='text'>{mrkdwn_html(message.text, names)}</div>"
    files = "".join(f"<div class='text'>📎 {escape(str(file['name']))}</div>" for file in message.files)
    counted = {EMOJI.get(each, f":{each}:"): len(who) for each, who in message.reactions.items()}
    reactions = " ".join(badge_html(f"{emoji} {count}") for emoji, count in counted.items())
    return text + files + (f"<div class='text'>{reactions}</div>" if reactions else "")


def _private(channel: Channel) -> str:
    return f" {badge_html('private')}" if channel.private and not channel.user else ""


def _state(state: WorkflowState) -> str:
    return f"<span class='dot' style='background: {COLORS[state.type]}'></span>{escape(state.name)}"


def _rank(state: WorkflowState) -> tuple[int, float, str]:
    """What is worked on first, and there what is nearest to its end."""
    return _SHOWN_FIRST.index(state.type), -state.position, state.name


def _moment(message: Message) -> datetime:
    return datetime.fromtimestamp(float(message.ts), UTC)


def _same_day(message: Message, root: Message) -> bool:
    return _moment(message).date() == _moment(root).date()
