"""Slack's own markup as HTML; everything is escaped, only http links become links."""

import re
from collections.abc import Mapping
from html import escape

from markupsafe import Markup

from infra.sandbox.core.emoji import with_emoji

_KEPT = re.compile(r"```\n?(?P<pre>.+?)```\n?|`(?P<code>[^`\n]+)`|<(?P<reference>[^<>\s][^<>]*)>", re.S)
_HELD = re.compile("\ue000(\\d+)\ue001")
_STYLES = ((r"\*", "b"), ("_", "em"), ("~", "s"))


def mrkdwn_html(text: str, names: Mapping[str, str]) -> Markup:
    """Links, mentions, emphasis, code, quotes and emoji; `names` are those of the people mentioned, by id."""
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        """Take out what must not be looked into."""
        if match["pre"]:
            held.append(f"<pre>{_text(match['pre'].rstrip())}</pre>")
        elif match["code"]:
            held.append(f"<code>{_text(match['code'])}</code>")
        else:
            held.append(_reference(match["reference"], names))
        return f"\ue000{len(held) - 1}\ue001"

    shown = _text(_KEPT.sub(hold, re.sub("[\ue000\ue001]", "", text)))
    for sign, tag in _STYLES:
        shown = re.sub(rf"(?<![\w*_~]){sign}(?=\S)([^\n]+?)(?<=\S){sign}(?![\w*_~])", rf"<{tag}>\1</{tag}>", shown)
    quoted = re.sub(r"^&gt; ?(.*)\n?", r"<blockquote>\1</blockquote>", with_emoji(shown), flags=re.M)
    return _safe(_HELD.sub(lambda match: held[int(match[1])], quoted.replace("\n", "<br>")))


def text_object_html(thing: object, names: Mapping[str, str]) -> Markup:
    """A text object of Block Kit; nothing where there is none."""
    if not isinstance(thing, dict):
        return Markup()
    text = str(thing.get("text", ""))
    return _safe(_text(text).replace("\n", "<br>")) if thing.get("type") == "plain_text" else mrkdwn_html(text, names)


def link_html(label: str, target: str) -> Markup:
    """A link if it leads to the web, else its text."""
    if not target.startswith(("http://", "https://")):
        return _safe(escape(label))
    return _safe(f"<a href='{escape(target)}'>{escape(label)}</a>")


def _reference(markup: str, names: Mapping[str, str]) -> str:
    target, _, label = markup.partition("|")
    if target.startswith("@"):
        return f"<b>@{_text(names.get(target[1:], target[1:]))}</b>"
    if target.startswith(("#", "!")):
        return f"<b>{'#' if target[0] == '#' else '@'}{_text(label or target[1:])}</b>"
    if target.startswith(("http://", "https://", "mailto:")):
        return link_html(_plain(label or target), _plain(target))
    return escape(f"<{markup}>")


def _text(text: str) -> str:
    """Escaped for HTML, after the three escapes that Slack makes are undone."""
    return escape(_plain(text))


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704 - all of it was escaped above, piece by piece
