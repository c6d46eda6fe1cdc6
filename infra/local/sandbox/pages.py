"""Pages for people, so that every link the product writes leads somewhere."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from infra.local.sandbox.linear_webhooks import PRIORITIES, user
from infra.local.sandbox.markup import STYLE, block_html, markdown_html, mrkdwn_html, time_html
from infra.local.sandbox.state import Channel, Comment, Issue, Message
from infra.local.sandbox.store import Store


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
        channels = "".join(
            f"<li><a href='/slack/archives/{escape(each.id)}'>{escape(self._title(each))}</a> "
            f"<small>{len(world.messages[each.id])} messages</small></li>"
            for each in world.channels.values()
        )
        issues = sorted(world.issues.values(), key=lambda each: each.updated_at, reverse=True)
        rows = "".join(self._issue_row(each) for each in issues if not each.trashed)
        body = (
            f"<h1>{escape(world.workspace.name)}</h1>"
            f"<p>A local stand-in for Slack and Linear. <a href='/_sandbox/state'>Everything as JSON</a>.</p>"
            f"<h2>Slack</h2><ul>{channels}</ul>"
            f"<h2>Linear</h2><table><thead><tr><th scope='col'>Ticket</th><th scope='col'>Title</th>"
            f"<th scope='col'>State</th><th scope='col'>Comments</th></tr></thead><tbody>{rows}</tbody></table>"
        )
        return _page(world.workspace.name, body)

    async def channel(self, request: Request) -> Response:
        """A channel with its threads; the message that was linked to stands out."""
        world = self._store.world
        channel = world.channels.get(request.path_params["channel"])
        if channel is None:
            return _missing("channel")
        digits = request.path_params.get("ts", "")
        wanted = f"{digits[:-6]}.{digits[-6:]}" if digits else ""
        messages = world.messages[channel.id]
        if wanted and all(message.ts != wanted for message in messages):
            return _missing("message")
        threads = "".join(
            self._thread(root, [each for each in messages if each.thread_ts == root.ts and each.ts != root.ts], wanted)
            for root in messages
            if root.root_ts == root.ts
        )
        body = (
            f"<h1>{escape(self._title(channel))}</h1><p>{escape(channel.topic)}</p>{threads or '<p>Nothing yet.</p>'}"
        )
        return _page(self._title(channel), body)

    async def issue(self, request: Request) -> Response:
        """A ticket with its comments, parent and children."""
        world = self._store.world
        issue = world.issue(request.path_params["identifier"])
        if issue is None or request.path_params["organization"] != world.organization.url_key:
            return _missing("ticket")
        children = [each for each in world.issues.values() if each.parent_id == issue.id and not each.trashed]
        comments = [each for each in world.comments.values() if each.issue_id == issue.id]
        assignee = user(world, issue.assignee_id)["name"] if issue.assignee_id else "Nobody"
        facts = {
            "State": escape(world.state(issue.state_id).name) + (" (in the trash)" if issue.trashed else ""),
            "Assignee": escape(assignee),
            "Priority": PRIORITIES[issue.priority],
            "Labels": escape(", ".join(world.labels[each].name for each in issue.label_ids)) or "None",
            "Parent": self._issue_link(world.issues[issue.parent_id]) if issue.parent_id else "None",
            "Updated": time_html(issue.updated_at),
        }
        title = f"{world.identifier(issue)} {issue.title}"
        body = (
            f"<h1>{escape(title)}</h1>"
            f"<dl>{''.join(f'<dt>{name}</dt><dd>{value}</dd>' for name, value in facts.items())}</dl>"
            f"<div class='text'>{markdown_html(issue.description or 'No description.')}</div>"
            f"{_list('Children', [self._issue_link(each) for each in children])}"
            f"<h2>Comments</h2>{''.join(self._comment(each) for each in comments) or '<p>None yet.</p>'}"
        )
        return _page(title, body)

    def _thread(self, root: Message, replies: list[Message], wanted: str) -> str:
        inner = "".join(self._message(each, wanted) for each in replies)
        return self._message(root, wanted) + (f"<div class='replies'>{inner}</div>" if replies else "")

    def _message(self, message: Message, wanted: str) -> str:
        world = self._store.world
        bot = world.workspace.bot
        person = world.person(message.user)
        name = bot.name if message.by_app else person.name if person else message.user
        names = {each.slack_id: each.name for each in world.people} | {bot.user_id: bot.name}
        shown = [block for block in message.blocks if block.get("type") != "rich_text"]
        text = "".join(block_html(block, names) for block in shown) or f"<p>{mrkdwn_html(message.text, names)}</p>"
        if message.tombstone:
            text = "<p><em>This message was deleted.</em></p>"
        files = "".join(f"<p>📎 {escape(str(file['name']))}</p>" for file in message.files)
        anchor = message.ts.replace(".", "")
        marks = " <small>edited</small>" if message.edited_ts else ""
        marks += "".join(f" <small>:{escape(each)}: {len(who)}</small>" for each, who in message.reactions.items())
        current = " class='wanted' aria-current='true'" if message.ts == wanted else ""
        link = f"/slack/archives/{escape(message.channel)}/p{anchor}#p{anchor}"
        head = f"<header><b>{escape(name)}</b> <a href='{link}'>{time_html(float(message.ts))}</a>{marks}</header>"
        return f"<article id='p{anchor}'{current}>{head}{text}{files}</article>"

    def _comment(self, comment: Comment) -> str:
        name = user(self._store.world, comment.user_id)["name"]
        head = f"<header><b>{escape(name)}</b> {time_html(comment.created_at)}</header>"
        text = f"<div class='text'>{markdown_html(comment.body)}</div>"
        return f"<article id='comment-{escape(comment.id[:8])}'>{head}{text}</article>"

    def _issue_row(self, issue: Issue) -> str:
        world = self._store.world
        comments = sum(each.issue_id == issue.id for each in world.comments.values())
        return (
            f"<tr><td>{self._issue_link(issue, short=True)}</td><td>{escape(issue.title)}</td>"
            f"<td>{escape(world.state(issue.state_id).name)}</td><td>{comments}</td></tr>"
        )

    def _issue_link(self, issue: Issue, *, short: bool = False) -> str:
        identifier = self._store.world.identifier(issue)
        text = identifier if short else f"{identifier} {issue.title}"
        path = f"/linear/{self._store.world.organization.url_key}/issue/{identifier}"
        return f"<a href='{escape(path)}'>{escape(text)}</a>"

    def _title(self, channel: Channel) -> str:
        if not channel.user:
            return f"#{channel.name}"
        person = self._store.world.person(channel.user)
        return f"Direct messages with {person.name if person else channel.user}"


def _list(title: str, items: list[str]) -> str:
    return f"<h2>{title}</h2><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>" if items else ""


def _missing(thing: str) -> Response:
    return _page("Not found", f"<h1>There is no such {thing}</h1>", status=404)


def _page(title: str, body: str, status: int = 200) -> Response:
    content = (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<meta name='viewport' content='width=device-width'><style>{STYLE}</style></head>"
        f"<body><nav><a href='/'>Sandbox</a></nav><main>{body}</main></body></html>"
    )
    # Nothing that people write may run here, whatever the escaping misses.
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return HTMLResponse(content, status_code=status, headers={"content-security-policy": policy})
