"""Turns what people and the app write into HTML; everything is escaped, only http links become links."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape
from zlib import crc32

from infra.local.sandbox.state import Json

STYLE = """
:root { color-scheme: light dark; --text: light-dark(#1d1c1d, #e4e4e6); --quiet: light-dark(#5c5b60, #a3a3ab);
  --line: light-dark(#e3e2e6, #35353b); --page: light-dark(#fff, #1a1a1e); --soft: light-dark(#f7f6f9, #232329);
  --link: light-dark(#1264a3, #6cb4ee); --mark: light-dark(#fff4cc, #453b14) }
* { box-sizing: border-box }
body { background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; margin: 0 }
a { color: var(--link); text-decoration: none } a:hover, a:focus-visible { text-decoration: underline }
p a, .text a, .facts a { text-decoration: underline; text-underline-offset: .15em }
.top { background: #3f2a4f; color: #fff; display: flex; flex-wrap: wrap; gap: 0 1.2rem; padding: .6rem 1rem }
.top a { color: #fff; font-weight: 600 }
main { margin: 0 auto; max-width: 60rem; overflow-wrap: anywhere; padding: 1rem }
h1 { font-size: 1.45rem; line-height: 1.25; margin: .4rem 0 } h2 { font-size: 1.1rem; margin: 1.8rem 0 .5rem }
h3 { font-size: 1rem; margin: 1.1rem 0 .3rem } p, .text { margin: .2rem 0 } ul { margin: .2rem 0; padding-left: 1.2rem }
small, time, .quiet { color: var(--quiet); font-size: .87rem; font-weight: 400 } time { white-space: nowrap }
code, pre { background: var(--soft); border: 1px solid var(--line); border-radius: .25rem; font: .85em/1.5 monospace }
code { padding: .05rem .3rem } pre { margin: .3rem 0; overflow-x: auto; padding: .5rem; white-space: pre-wrap }
blockquote { border-left: .25rem solid var(--line); margin: 0; padding-left: .7rem }
.tabs { border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: .2rem 1rem; padding-bottom: .5rem }
.list { list-style: none; margin: 0; padding: 0 }
.list > li { align-items: baseline; border-top: 1px solid var(--line); display: flex; gap: .7rem; padding: .35rem 0 }
.list > li > :nth-child(2) { flex: 1 } .key { flex: none; width: 4.2rem } .channel { flex: none; min-width: 9rem }
.end { flex: none; text-align: right }
.day { align-items: center; color: var(--quiet); display: flex; font-size: .87rem; gap: .7rem; margin: 1.2rem 0 .4rem }
.day::before, .day::after { border-top: 1px solid var(--line); content: ''; flex: 1 }
article { border-radius: .4rem; display: flex; gap: .6rem; padding: .4rem .6rem; scroll-margin-top: 1rem }
article > div { flex: 1; min-width: 0 } article:target, .wanted { background: var(--mark) }
article:focus { outline: none }
.who { align-items: center; border-radius: .35rem; color: #fff; display: flex; flex: none; font-size: .8rem;
  font-weight: 600; height: 2.2rem; justify-content: center; width: 2.2rem }
.replies { border-left: 2px solid var(--line); margin: 0 0 .4rem 1.6rem; padding-left: .4rem }
.badge { border: 1px solid var(--line); border-radius: .7rem; color: var(--quiet); display: inline-block;
  font-size: .8rem; line-height: 1.3; padding: 0 .5rem; white-space: nowrap }
.card { background: var(--page); border: 1px solid var(--line); border-left: .25rem solid #5e6ad2; border-radius: .4rem;
  margin: .25rem 0; padding: .4rem .8rem }
.card h3 { margin: .2rem 0 } .text + .text:not(.quiet) { margin-top: .5rem }
button, select { background: var(--page); border: 1px solid var(--line); border-radius: .35rem; color: inherit;
  font: inherit; font-size: .9rem; margin-right: .4rem; padding: .15rem .7rem }
button { cursor: pointer } button:hover, button:focus-visible { background: var(--soft) }
.primary, .primary:hover, .primary:focus-visible { background: #4a55c0; border-color: #4a55c0; color: #fff }
.consent { border: 1px solid var(--line); border-radius: .6rem; margin: 1.5rem auto; max-width: 32rem;
  padding: .6rem 1.5rem } .consent p, .consent ul { margin: .8rem 0 } .consent h1, .consent b { font-weight: 600 }
.consent .primary, .consent .primary + button { padding: .35rem 1.2rem }
.dot { border-radius: 50%; display: inline-block; height: .7rem; margin-right: .45rem; width: .7rem;
  box-shadow: inset 0 0 0 1px light-dark(#0003, #fff3) }
.ticket { display: grid; gap: 0 2rem; grid-template-columns: minmax(0, 1fr) 15rem }
.facts { background: var(--soft); border-radius: .5rem; display: grid; gap: .4rem .8rem; align-self: start;
  grid-template-columns: max-content 1fr; margin: .5rem 0; padding: .8rem } .facts dd { margin: 0 }
.facts dt { color: var(--quiet) }
@media (max-width: 44rem) { .ticket { display: flex; flex-direction: column } .facts { align-self: stretch; order: -1 }
  .replies { margin-left: .7rem } .channel { min-width: 7rem } .roomy { display: none } }
"""

_EMOJI = """
+1=👍 -1=👎 birthday=🎂 cake=🍰 clap=👏 climbing=🧗 confused=😕 crossed_fingers=🤞 dog=🐶 eyes=👀 fire=🔥 flag-es=🇪🇸
grimacing=😬 heart=💜 heart_eyes=😍 heavy_plus_sign=✚ joy=😂 raised_hands=🙌 rocket=🚀 rotating_light=🚨 see_no_evil=🙈
ship=🚢 slow_clap=👏 smile=😄 smiling_imp=😈 speak_no_evil=🙊 sunrise=🌅 tada=🎉 tea=🍵 unamused=😒 warning=🚧 wave=👋
white_check_mark=✅ x=❌
"""
EMOJI = dict(pair.split("=") for pair in _EMOJI.split())
"""Those that the demo's people use; any other stays the word that it is."""

_MRKDWN = re.compile(r"```\n?(?P<pre>.+?)```\n?|`(?P<code>[^`\n]+)`|<(?P<reference>[^<>\s][^<>]*)>", re.S)
_MARKDOWN = re.compile(
    r"\\(?P<plain>[!-/:-@\[-`{-~])|```\w*\n?(?P<pre>.+?)```\n?|`(?P<code>[^`\n]+)`"
    r"|\[(?P<label>(?:\\.|[^\]\\\n])+)\]\((?P<target>https?://[^\s)]+)\)|(?P<bare>https?://[^\s<>()]+)",
    re.S,
)
_HELD = re.compile("\ue000(\\d+)\ue001")
_SLACK_STYLES = ((r"\*", "b"), ("_", "em"), ("~", "s"))
_LINEAR_STYLES = ((r"\*\*", "b"), ("_", "em"), ("~~", "s"))


def time_html(at: datetime | float, form: str = "%a %d %b %H:%M UTC") -> str:
    """A moment, for people and machines."""
    when = datetime.fromtimestamp(at, UTC) if isinstance(at, float) else at.astimezone(UTC)
    full = f"{when:%A %d %B %Y, %H:%M:%S UTC}"
    return f"<time datetime='{when.isoformat(timespec='seconds')}' title='{full}'>{when:{form}}</time>"


def mrkdwn_html(text: str, names: Mapping[str, str]) -> str:
    """Slack's markup: links, mentions, emphasis, code, quotes and emoji."""

    def held(found: re.Match[str]) -> str:
        if found["pre"]:
            return f"<pre>{_text(found['pre'].rstrip())}</pre>"
        return f"<code>{_text(found['code'])}</code>" if found["code"] else _reference(found["reference"], names)

    return _styled(text, _MRKDWN, held, _SLACK_STYLES, _quotes)


def markdown_html(text: str) -> str:
    """Linear's Markdown: paragraphs, bullets, links, emphasis and code."""

    def held(found: re.Match[str]) -> str:
        if found["plain"]:
            return escape(found["plain"])
        if found["pre"]:
            return f"<pre>{escape(found['pre'].rstrip())}</pre>"
        if found["code"]:
            return f"<code>{escape(found['code'])}</code>"
        label = re.sub(r"\\(.)", r"\1", found["label"] or found["bare"])
        return link_html(found["target"] or found["bare"], label)

    bulleted = re.sub(r"^[-*+] +(?=\S)", "• ", text.strip(), flags=re.M)
    return _styled(bulleted, _MARKDOWN, held, _LINEAR_STYLES, _paragraphs)


def link_html(target: str, label: str) -> str:
    """A link if it leads to the web, else its text."""
    if not target.startswith(("http://", "https://")):
        return escape(label)
    return f"<a href='{escape(target)}'>{escape(label)}</a>"


def card_html(blocks: list[Json], names: Mapping[str, str], *, pressed_at: str, pressers: Mapping[str, str]) -> str:
    """Block Kit blocks of the kinds the product uses, as one card.

    Args:
        blocks: what the app sent.
        names: of the people mentioned, by id.
        pressed_at: where its buttons post to.
        pressers: who may press them: names by what to call them there.
    """
    options = "".join(f"<option value='{escape(who)}'>{escape(name)}</option>" for who, name in pressers.items())
    shown = "".join(
        _actions(block.get("elements", []), str(number), pressed_at, options)
        if block.get("type") == "actions"
        else _block(block, names)
        for number, block in enumerate(blocks)
    )
    return f"<div class='card'>{shown}</div>"


def avatar_html(name: str) -> str:
    """Somebody's initials on their colour."""
    words = name.upper().replace("-", " ").split()
    initials = "".join(word[0] for word in words[:2])
    hue = crc32(" ".join(words).encode()) // 7 % 12 * 30
    return f"<span class='who' aria-hidden='true' style='background: hsl({hue} 40% 34%)'>{escape(initials)}</span>"


def badge_html(text: str) -> str:
    """A few words in a frame, such as a label."""
    return f"<span class='badge'>{escape(text)}</span>"


def _block(block: Json, names: Mapping[str, str]) -> str:
    match block.get("type"):
        case "header":
            return f"<h3>{_object(block.get('text'), names)}</h3>"
        case "divider":
            return "<hr>"
        case "context":
            inner = " ".join(_object(each, names) for each in block.get("elements", []))
            return f"<div class='text quiet'>{inner}</div>"
        case _:
            texts = [block.get("text"), *block.get("fields", [])]
            return "".join(f"<div class='text'>{_object(each, names)}</div>" for each in texts if each)


def _actions(elements: list[Json], number: str, pressed_at: str, people: str) -> str:
    """Buttons, to be pressed as anybody, and how to press ours from a terminal."""
    asked = {str(each.get("action_id")).removeprefix("decision."): str(each.get("value")) for each in elements}
    commands = [f"pm {verb} {asked[verb][:8]}" for verb in ("approve", "dismiss") if verb in asked]
    hint = " or ".join(f"<code>uv run {escape(command)}</code>" for command in commands)
    buttons = "".join(_button(each, f"{number}.{position}") for position, each in enumerate(elements))
    who = f"<label class='quiet'>as <select name='person'>{people}</select></label>" if "<button" in buttons else ""
    form = f"<form method='post' action='{escape(pressed_at)}'><p>{buttons}{who}</p></form>"
    return form + (f"<p class='quiet'>In a terminal: {hint}</p>" if hint else "")


def _button(element: Json, place: str) -> str:
    text = element.get("text")
    label = str(text.get("text", "")) if isinstance(text, dict) else ""
    if element.get("url"):
        return f"{link_html(str(element['url']), label)} "
    style = " class='primary'" if element.get("style") == "primary" else ""
    return f"<button{style} name='pressed' value='{place}'>{escape(label)}</button>"


def _object(thing: object, names: Mapping[str, str]) -> str:
    if not isinstance(thing, dict):
        return ""
    text = thing.get("text", "")
    if thing.get("type") == "plain_text":
        return _text(str(text)).replace("\n", "<br>")
    return mrkdwn_html(str(text), names)


def _reference(markup: str, names: Mapping[str, str]) -> str:
    target, _, label = markup.partition("|")
    if target.startswith("@"):
        return f"<b>@{_text(names.get(target[1:], target[1:]))}</b>"
    if target.startswith(("#", "!")):
        return f"<b>{'#' if target[0] == '#' else '@'}{_text(label or target[1:])}</b>"
    if target.startswith(("http://", "https://", "mailto:")):
        return link_html(_plain(target), _plain(label or target))
    return escape(f"<{markup}>")


def _styled(
    text: str,
    kept: re.Pattern[str],
    render: Callable[[re.Match[str]], str],
    styles: tuple[tuple[str, str], ...],
    layout: Callable[[str], str],
) -> str:
    """Escape a text, put emphasis on it and lay it out; `render` has what must not be looked into, such as code."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(render(found))
        return f"\ue000{len(held) - 1}\ue001"

    shown = _text(kept.sub(hold, re.sub("[\ue000\ue001]", "", text)))
    for sign, tag in styles:
        shown = re.sub(rf"(?<![\w*_~]){sign}(?=\S)([^\n]+?)(?<=\S){sign}(?![\w*_~])", rf"<{tag}>\1</{tag}>", shown)
    shown = re.sub(r":([a-z0-9_+-]+):", lambda found: EMOJI.get(found[1], found[0]), shown)
    return _HELD.sub(lambda found: held[int(found[1])], layout(shown))


def _quotes(text: str) -> str:
    lines = re.sub(r"^&gt; ?(.*)\n?", r"<blockquote>\1</blockquote>", text, flags=re.M)
    return lines.replace("\n", "<br>")


def _paragraphs(text: str) -> str:
    return "".join(f"<div class='text'>{each.replace('\n', '<br>')}</div>" for each in re.split(r"\n\s*\n", text))


def _text(text: str) -> str:
    """Escaped for HTML, after the three escapes that Slack makes are undone."""
    return escape(_plain(text))


def _plain(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
