"""The one layout of all our mails: what a mail says is given as data, and laid out as HTML and as text.

Mail programs know little HTML, and each something else: the layout uses only what is listed, with who knows it, in
`tests/presentation/mail_features.json`. Whatever is put into it is escaped here; nothing of it becomes markup.
"""

from html import escape
from typing import NamedTuple, assert_never

from pm_assistant.domain.accounts import Mail

BRAND = "PM Assistant"
MAX_BYTES = 102_000
"""Of a mail's HTML: Gmail shows no more than the first 102 kB."""
SHORT_CODE = 10
"""Characters that people type; what is longer they copy."""


class Link(NamedTuple):
    """Words that lead somewhere; without an address they are only words."""

    text: str
    url: str


class Paragraph(NamedTuple):
    """Something said in a sentence or a few."""

    text: str


class Code(NamedTuple):
    """What is to be typed or copied."""

    code: str


class Listing(NamedTuple):
    """Facts under a heading, each with its receipt; what stands for them where there are none, or no room for more."""

    heading: str
    lines: tuple[Link, ...]
    note: str = ""


type Part = Paragraph | Code | Listing


class Letter(NamedTuple):
    """All that a mail says.

    Attributes:
        subject: what a mailbox lists.
        preview: what many mailboxes show beside the subject, and nobody sees in the mail itself.
        title: the mail's first line.
        parts: its body.
        button: the one thing to do next.
        small_print: why it was sent, and what if it should not have been.
        ways_out: further links at the very end.
        language: of its words (BCP 47).
    """

    subject: str
    preview: str
    title: str
    parts: tuple[Part, ...]
    button: Link | None = None
    small_print: tuple[str, ...] = ()
    ways_out: tuple[Link, ...] = ()
    language: str = "en"


def lay_out(letter: Letter, *, to: str) -> Mail:
    """Make a mail of a letter; both of its versions say the same."""
    return Mail(to=to, subject=letter.subject, text=_text(letter), html=_html(letter))


def fits(mail: Mail) -> bool:
    """Whether a mail is shown whole."""
    return len(mail.html.encode()) <= MAX_BYTES


def _text(letter: Letter) -> str:
    blocks = [letter.title, *map(_text_of, letter.parts)]
    if letter.button is not None:
        blocks.append(f"{letter.button.text}:\n{letter.button.url}")
    ends = [*letter.small_print, *(f"{link.text}: {link.url}" for link in letter.ways_out)]
    return "\n\n".join([*blocks, "\n".join(["-- ", BRAND, *ends])]) + "\n"


def _text_of(part: Part) -> str:
    match part:
        case Paragraph(text):
            return text
        case Code(code):
            return f"    {code}"
        case Listing(heading, lines, note):
            items = [f"- {link.text}" + (f"\n  {link.url}" if link.url else "") for link in lines]
            return "\n".join([f"{heading}:", *items, *([note] if note else [])])
        case _:
            assert_never(part)


_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_MONO = "font-family:Menlo,Consolas,monospace"
_DARK = """\
:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){
.page{background-color:#141319!important}
.sheet{background-color:#1e1c26!important;border-color:#35323f!important}
.code{background-color:#2a2735!important;color:#eceaf2!important}
.ink{color:#eceaf2!important}
.quiet{color:#a7a3b4!important}
.link{color:#a79cff!important}
.act{background-color:#a79cff!important}
.on-act{color:#15122b!important}
}"""
_NARROW = """\
@media (max-width:480px){
.page{padding:0!important}
.sheet{padding:20px 16px!important;border-radius:0!important}
.foot{padding:16px!important}
}"""
# Gmail drops a whole style element for one rule in it that it does not know, so each stands in its own.
_HEAD = f"""\
<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">\
<meta name="color-scheme" content="light dark">\
<style>{_NARROW}</style><style>{_DARK}</style>"""


def _html(letter: Letter) -> str:
    style = f"{_type(22, 28, '#1d1b24')};font-weight:700;margin:0 0 16px"
    title = f'<h1 class="ink" style="{style}">{escape(letter.title)}</h1>'
    body = "".join([title, *map(_html_of, letter.parts), _button(letter.button)])
    ends = [f'<p class="quiet" style="{_SMALL}">{escape(text)}</p>' for text in letter.small_print]
    if letter.ways_out:
        ends.append(f'<p class="quiet" style="{_SMALL}">{" · ".join(_anchor(link) for link in letter.ways_out)}</p>')
    return (
        f'<!doctype html><html lang="{escape(letter.language)}"><head>{_HEAD}<title>{escape(letter.subject)}</title>'
        f'</head><body class="page" style="background-color:#f6f5fa;margin:0;padding:0">'
        f'<div style="display:none;font-size:1px;line-height:1px">{escape(letter.preview)}</div>'
        f"{_table('page', 'background-color:#f6f5fa;padding:24px 12px', _column(body, ''.join(ends)))}</body></html>"
    )


def _column(body: str, ends: str) -> str:
    """A column that is as wide as reads well, or as the screen."""
    sheet = "background-color:#ffffff;border:1px solid #e2dfeb;border-radius:12px;padding:28px 32px;text-align:left"
    name = f'<p class="quiet" style="{_type(14, 20, "#615d6d")};font-weight:600;margin:0 0 20px">{BRAND}</p>'
    foot = f'<tr><td class="foot" style="padding:20px 32px 8px;text-align:left">{ends}</td></tr>'
    return (
        '<table role="presentation" border="0" cellpadding="0" cellspacing="0" align="center" width="100%"'
        ' style="margin:0 auto;max-width:600px;width:100%">'
        f'<tr><td class="sheet" style="{sheet}">{name}{body}</td></tr>{foot}</table>'
    )


def _html_of(part: Part) -> str:
    match part:
        case Paragraph(text):
            return f'<p class="ink" style="{_type(16, 24, "#1d1b24")};margin:0 0 16px">{escape(text)}</p>'
        case Code(code):
            is_short = len(code) <= SHORT_CODE
            size, height, spacing = (24, 32, 4) if is_short else (15, 22, 0)
            style = f"{_MONO};font-size:{size}px;line-height:{height}px;letter-spacing:{spacing}px;color:#1d1b24"
            boxed = "word-break:break-all;background-color:#f0eef8;border-radius:8px;margin:0 0 16px;padding:12px 16px"
            return f'<p class="code" style="{style};{boxed}">{escape(code)}</p>'
        case Listing(heading, lines, note):
            head = f'<h2 class="ink" style="{_type(16, 24, "#1d1b24")};font-weight:600;margin:20px 0 6px">'
            items = "".join(f'<li style="margin:0 0 6px">{_anchor(link)}</li>' for link in lines)
            style = f"{_type(15, 22, '#1d1b24')};margin:0 0 8px;padding:0 0 0 20px"
            listed = f'<ul class="ink" style="{style}">{items}</ul>' if items else ""
            noted = f'<p class="quiet" style="{_type(15, 22, "#615d6d")};margin:0 0 8px">{escape(note)}</p>'
            return f"{head}{escape(heading)}</h2>{listed}{noted if note else ''}"
        case _:
            assert_never(part)


def _anchor(link: Link) -> str:
    if not link.url:
        return escape(link.text)
    return f'<a class="link" href="{escape(link.url)}" style="color:#4b3fb5">{escape(link.text or link.url)}</a>'


def _button(link: Link | None) -> str:
    """A link that looks like a button: its cell has the colour, for programs that paint no link."""
    if link is None:
        return ""
    style = f"{_type(16, 24, '#ffffff')};display:inline-block;font-weight:600;padding:10px 22px;text-decoration:none"
    return (
        '<table role="presentation" border="0" cellpadding="0" cellspacing="0" style="margin:24px 0 8px"><tr>'
        f'<td class="act" style="background-color:#4b3fb5;border-radius:8px">'
        f'<a class="on-act" href="{escape(link.url)}" style="{style}">{escape(link.text)}</a></td></tr></table>'
    )


def _table(kind: str, style: str, content: str) -> str:
    return (
        '<table role="presentation" border="0" cellpadding="0" cellspacing="0" width="100%" style="width:100%"><tr>'
        f'<td class="{kind}" align="center" style="{style}">{content}</td></tr></table>'
    )


def _type(size: int, height: int, colour: str) -> str:
    return f"{_FONT};font-size:{size}px;line-height:{height}px;color:{colour};word-break:break-word"


_SMALL = f"{_type(13, 19, '#615d6d')};margin:0 0 8px"
