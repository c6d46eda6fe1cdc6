"""What one person alone is told, as Block Kit, and where Slack has it sent."""

from urllib.parse import urlsplit

from pm_assistant.domain.replies import Reply
from pm_assistant.integrations.slack.blocks import (
    MAX_BLOCKS,
    MAX_SECTION,
    MAX_TEXT,
    Block,
    bounded,
    context,
    escape,
    mrkdwn,
    plain,
    section_blocks,
)
from pm_assistant.presentation.i18n import texts_in

HOOKS = "hooks.slack.com"
"""Where Slack has such answers sent, whatever the Web API's address."""


def reply_blocks(reply: Reply) -> list[Block]:
    """Render a reply; what does not fit is counted out."""
    texts = texts_in(reply.language)
    said = "\n".join(escape(line, MAX_TEXT) for line in reply.text.splitlines())
    body = [mrkdwn(said[:MAX_SECTION])] if said else []
    body += [block for section in reply.sections for block in section_blocks(section, texts)]
    shown = body[: MAX_BLOCKS - 2]
    header: Block = {"type": "header", "text": {"type": "plain_text", "text": plain(reply.title), "emoji": False}}
    more = [context(texts.gettext("… and more than one message can hold"))] if len(shown) < len(body) else []
    return [header, *shown, *more]


def reply_text(reply: Reply) -> str:
    """What a notification says, and whoever reads it aloud."""
    lines = [reply.title, *reply.text.splitlines()]
    lines += [line.text for section in reply.sections for line in section.lines]
    return bounded(map(escape, lines), MAX_TEXT)


def reply_body(reply: Reply) -> Block:
    """What is posted to a `response_url` (docs.slack.dev, interactivity/handling-user-interaction)."""
    said = {"text": reply_text(reply), "blocks": reply_blocks(reply)}
    return {"response_type": "ephemeral", "replace_original": False, **said}


def is_slacks(address: str, base_url: str) -> bool:
    """Whether an address is one that answers may be sent to: none but Slack's own."""
    asked, ours = urlsplit(address), urlsplit(base_url)
    return (asked.scheme, asked.netloc) in {("https", HOOKS), (ours.scheme, ours.netloc)}
