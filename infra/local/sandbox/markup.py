"""Turns what people and the app write into HTML; everything is escaped, only http links become links."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape, unescape

from infra.local.sandbox.state import Json

STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 15%, transparent) }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 52rem; padding: 1rem }
article, table { border-bottom: 1px solid var(--line); padding: .5rem .75rem }
article p, article header { margin: .15rem 0; overflow-wrap: anywhere }
.wanted { background: color-mix(in srgb, gold 25%, transparent); border-left: .25rem solid goldenrod }
.replies { border-left: 2px solid var(--line); margin-left: 1.5rem }
.button { border: 1px solid var(--line); border-radius: .4rem; margin-right: .4rem; padding: .1rem .6rem }
.text { overflow-wrap: anywhere; white-space: pre-wrap }
dl { display: grid; gap: .1rem 1rem; grid-template-columns: max-content 1fr }
dd { margin: 0 } dt, small, time { opacity: .75 }
table { border-collapse: collapse; width: 100% } td, th { padding: .2rem .5rem; text-align: left; vertical-align: top }
"""

_MARKUP = re.compile(r"<([^<>\s][^<>]*)>")
_MARKDOWN_LINK = re.compile(r"\[([^\]\n]+)\]\((https?://[^\s)]+)\)|(https?://[^\s<>()]+)")


def time_html(at: datetime | float) -> str:
    """A moment, for people and machines."""
    when = datetime.fromtimestamp(at, UTC) if isinstance(at, float) else at.astimezone(UTC)
    return f"<time datetime='{when.isoformat(timespec='seconds')}'>{when:%a %d %b %H:%M} UTC</time>"


def mrkdwn_html(text: str, names: Mapping[str, str]) -> str:
    """Slack's markup: links and mentions; the rest stays text."""
    parts = []
    at = 0
    for match in _MARKUP.finditer(text):
        parts += [_text(text[at : match.start()]), _reference(match.group(1), names)]
        at = match.end()
    return "".join([*parts, _text(text[at:])])


def markdown_html(text: str) -> str:
    """Linear's Markdown, of which only links are rendered."""
    parts = []
    at = 0
    for match in _MARKDOWN_LINK.finditer(text):
        label, target, bare = match.groups()
        parts += [escape(text[at : match.start()]), link_html(target or bare, label or bare)]
        at = match.end()
    return "".join([*parts, escape(text[at:])])


def link_html(target: str, label: str) -> str:
    """A link if it leads to the web, else its text."""
    if not target.startswith(("http://", "https://")):
        return escape(label)
    return f"<a href='{escape(target)}'>{escape(label)}</a>"


def block_html(block: Json, names: Mapping[str, str]) -> str:
    """A Block Kit block of the kinds the product uses."""
    match block.get("type"):
        case "header":
            return f"<h3>{_object(block.get('text'), names)}</h3>"
        case "divider":
            return "<hr>"
        case "context" | "actions":
            inner = " ".join(_object(each, names) for each in block.get("elements", []))
            return f"<p>{inner}</p>" if block["type"] == "actions" else f"<p><small>{inner}</small></p>"
        case _:
            texts = [block.get("text"), *block.get("fields", [])]
            return "".join(f"<p>{_object(each, names)}</p>" for each in texts if each)


def _object(thing: object, names: Mapping[str, str]) -> str:
    if not isinstance(thing, dict):
        return ""
    text = thing.get("text", "")
    if thing.get("type") == "button":
        label = text.get("text", "") if isinstance(text, dict) else ""
        return f"<span class='button'>{link_html(str(thing.get('url', '')), str(label))}</span>"
    if thing.get("type") == "plain_text":
        return _text(str(text))
    return mrkdwn_html(str(text), names)


def _reference(markup: str, names: Mapping[str, str]) -> str:
    target, _, label = markup.partition("|")
    if target.startswith("@"):
        return f"<b>@{escape(names.get(target[1:], target[1:]))}</b>"
    if target.startswith(("#", "!")):
        return f"<b>{escape(target[0] + (label or target[1:]))}</b>"
    return link_html(unescape(target), unescape(label or target))


def _text(text: str) -> str:
    return escape(unescape(text)).replace("\n", "<br>")
