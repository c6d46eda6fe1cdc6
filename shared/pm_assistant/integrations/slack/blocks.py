"""Cards, reports and notices as Block Kit: compact, every fact a link, nothing that shouts.

Limits and escapes are Slack's (docs.slack.dev, reference/block-kit/blocks and messaging/formatting-message-text): 50
blocks, 3,000 characters in a section, 150 in a header, 75 on a button; only `&`, `<` and `>` open a control sequence.
Whatever people or vendors wrote is escaped here and nowhere else.
"""

from collections.abc import Iterable, Mapping

from pm_assistant.domain.answers import Answer
from pm_assistant.domain.reports import Card, CardEntry, FactKind, Line, Notice, Report, Section
from pm_assistant.integrations.slack.interactions import (
    BLOCK,
    BUTTONS,
    MUTE_MENU,
    NOT_MINE,
    OPENERS,
    OTHER_REASON,
    SAY,
    SCOPES,
    SNOOZE,
    WHY_NOT_MENU,
)
from pm_assistant.language.lookalikes import without_invisible
from pm_assistant.presentation.i18n import Texts, gettext_noop, texts_in

type Block = dict[str, object]

MAX_BLOCKS = 50
MAX_SECTION = 3000
MAX_HEADER = 150
MAX_TEXT = 4000
MAX_LINE = 300
MAX_NOTES = 5
MAX_DETAIL = 600
MAX_WORDS = 9_000
"""Of what is to be written, in one card: Slack refuses a message whose blocks are too long together."""
MAX_URL = 1500
MAX_LABEL = 75
MAX_VALUE = 255
MAX_OPTION, MAX_OPTIONS = 150, 100
NOTICE, OPEN_DAY = "notice.open", "report.open"
OWN = frozenset({FactKind.FOCUS, FactKind.IN_PROGRESS, FactKind.BLOCKED, FactKind.NEXT, FactKind.WAITING_FOR_OTHERS})
"""What a report tells of the reader's own tickets that are not over."""
NOTHING_LEFT = gettext_noop("Nothing to do here any more.")
OPENER_LABELS = {"edit": gettext_noop("Edit…"), "relink": gettext_noop("Other ticket…")}
MUTES = {
    "thread": gettext_noop("Ask nothing more in this thread"),
    "kind": gettext_noop("Ask this no more in this channel"),
    "ticket": gettext_noop("Ask no more about this ticket"),
    "channel": gettext_noop("Do not read this channel"),
}
LABELS = {
    "approve": gettext_noop("Approve"),
    "dismiss": gettext_noop("Dismiss"),
    "retry": gettext_noop("Try again"),
    "undo": gettext_noop("Undo"),
}
WHY_NOT_LABELS = {
    "wrong_ticket": gettext_noop("Wrong ticket"),
    "nothing_to_do": gettext_noop("Nothing to do"),
    "already_done": gettext_noop("Already done"),
    "not_now": gettext_noop("Not now"),
}

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_URL_CODES = str.maketrans({" ": "%20", "|": "%7C", "<": "%3C", ">": "%3E", "\n": "%0A", "&": "&amp;"})


def escape(text: str, limit: int = MAX_LINE) -> str:
    """Turn any text into one line without control sequences, at most `limit` characters as Slack counts them."""
    escaped = ""
    for char in " ".join(without_invisible(text).split()):
        piece = _ENTITIES.get(char, char)
        if len(escaped) + len(piece) >= limit:
            return escaped.rstrip() + "…"
        escaped += piece
    return escaped


def link(text: str, url: str) -> str:
    """Write a link, or the text alone if the address is none a browser should open from a chat."""
    label = escape(text)
    address = url.translate(_URL_CODES)
    if not is_web(url):
        return label
    return f"<{address}|{label.replace('|', '¦') or address}>"


def is_web(url: str) -> bool:
    """Whether a browser should open an address from a chat, and Slack takes it."""
    return url.startswith(("https://", "http://")) and len(url.translate(_URL_CODES)) <= MAX_URL


def card_blocks(card: Card) -> list[Block]:
    """Render a card: of each entry a line, what is to be written, a quiet line of detail, and what can be pressed.

    What is to be written stands there as it is, not as markup; Slack folds what is long.
    """
    blocks: list[Block] = []
    room, texts = MAX_WORDS, texts_in(card.language)
    for shown, entry in enumerate(card.entries):
        rendered = entry_blocks(entry, room, texts)
        room -= min(room, len(entry.text))
        left = len(card.entries) - shown
        if len(blocks) + len(rendered) > MAX_BLOCKS - (left > 1):
            return [*blocks, context(texts.ngettext("… and {count} more", "… and {count} more", left))]
        blocks += rendered
    return blocks or [context(texts.gettext(NOTHING_LEFT))]


def card_text(card: Card) -> str:
    """Say the card in one plain text, for notifications and screen readers."""
    return bounded((_headline(entry) for entry in card.entries), MAX_TEXT) or texts_in(card.language).gettext(
        NOTHING_LEFT
    )


def report_blocks(report: Report, *, own: bool = False) -> list[Block]:
    """Render a report: header, one section for each heading with a linked line for each fact, footer.

    With `own` it is the reader's, who may have it again later, disown a ticket, and say something to the team.
    """
    texts = texts_in(report.language)
    notes = [context(escape(note, MAX_LINE)) for note in report.notes[:MAX_NOTES]]
    body = [*notes, *(block for section in report.sections for block in section_blocks(section, texts))]
    shown = body[: MAX_BLOCKS - 5]
    if len(shown) < len(body):
        shown.append(context(texts.gettext("… and more than one message can hold")))
    if report.folded:
        more = texts.ngettext("{count} more line in the thread", "{count} more lines in the thread", report.folded)
        shown.append(context(more))
    header: Block = {"type": "header", "text": {"type": "plain_text", "text": plain(report.title), "emoji": False}}
    pressed = [_report_buttons(report, texts)] if own else []
    return [header, *shown, *pressed, context(texts.gettext("Every line links to its source"))]


def _report_buttons(report: Report, texts: Texts) -> Block:
    """Again later, a menu of what is not the reader's, what the reader may say to the team, and the way to our pages.

    Slack reports a press of a button that leads somewhere, too; `receive` drops what nobody waits for.
    """
    labels = {"hour": texts.gettext("Again in an hour"), "tomorrow": texts.gettext("Tomorrow")}
    which = f"{report.kind}:{report.team_id}" if report.team_id else report.kind
    elements = [button(labels[until], action_id, which) for action_id, until in SNOOZE.items()]
    tickets = [line for section in report.sections if section.kind in OWN for line in section.lines if line.about]
    options = {line.about[0]: plain(line.text, MAX_LABEL) for line in tickets if 0 < len(line.about[0]) <= MAX_OPTION}
    if options and report.team_id is None:
        menu = [{"text": _plain_text(text), "value": id} for id, text in [*options.items()][:MAX_OPTIONS]]
        placeholder = _plain_text(texts.gettext("Not mine…"))
        elements.append({"type": "static_select", "action_id": NOT_MINE, "placeholder": placeholder, "options": menu})
    if report.reader_speaks:
        elements.append(button(texts.gettext("Tell the team…"), SAY, ""))
    if is_web(report.page):
        elements.append(button(texts.gettext("Go to your day"), OPEN_DAY, report.id[:MAX_VALUE]) | {"url": report.page})
    return {"type": "actions", "elements": elements}


def report_text(report: Report) -> str:
    """Say the report in one plain text with its links, for notifications and screen readers."""
    lines = [f"*{escape(report.title)}*", *map(escape, report.notes[:MAX_NOTES])]
    for section in report.sections:
        lines += [f"*{escape(section.title)}*", *map(_bullet, section.lines)]
    return bounded(lines, MAX_TEXT)


def notice_blocks(notice: Notice) -> list[Block]:
    """Render a notice: a line of what is the matter, one of what that means, and a button that leads to the remedy.

    Slack reports a press of such a button, too; `receive` drops what has no decision to answer.
    """
    blocks = [mrkdwn(f"*{escape(notice.title)}*\n{escape(notice.text, MAX_DETAIL)}")]
    if is_web(notice.url):
        opener = button(plain(notice.link_text, MAX_LABEL), NOTICE, notice.id[:MAX_VALUE])
        blocks.append({"type": "actions", "elements": [opener | {"url": notice.url, "style": "primary"}]})
    return blocks


def notice_text(notice: Notice) -> str:
    """Say the notice in one plain text with its link, for notifications and screen readers."""
    return f"*{escape(notice.title)}* {escape(notice.text, MAX_DETAIL)} {link(notice.link_text, notice.url)}".strip()


def plain(text: str, limit: int = MAX_HEADER) -> str:
    """Text on one line, at most so many characters, and never none."""
    line = " ".join(without_invisible(text).split()) or "Report"
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _headline(entry: CardEntry) -> str:
    return (
        f"{escape(entry.headline)} {link(entry.link_text, entry.url)}".strip()
        if entry.link_text
        else escape(entry.headline)
    )


def entry_blocks(entry: CardEntry, room: int, texts: Texts) -> list[Block]:
    """Render one entry, of whose words so many characters have room."""
    blocks = [mrkdwn(_headline(entry)), *_verbatim(entry.text, room, texts)]
    said = [escape(entry.detail, MAX_DETAIL)] if entry.detail.strip() else []
    said += [link(texts.gettext("Where it was said"), entry.said_at)] if entry.said_at else []
    if said:
        blocks.append(context(" · ".join(said)))
    pressed = {answer: entry.awaits_answer for answer in entry.answers if entry.awaits_answer}
    pressed |= {"undo": entry.undoes} if entry.undoes else {}
    if pressed:
        blocks.append(_buttons(pressed, texts, asks_why=entry.asks_why))
    return blocks


def _verbatim(text: str, room: int, texts: Texts) -> list[Block]:
    """Words as they are, in as many sections as they take; of what there is no room for it is said that there is."""
    shown = text[:room]
    parts = (shown[start : start + MAX_SECTION] for start in range(0, len(shown), MAX_SECTION))
    blocks: list[Block] = [
        {"type": "section", "text": {"type": "plain_text", "text": part, "emoji": False}}
        for part in parts
        if part.strip()
    ]
    if (left := len(text) - room) <= 0:
        return blocks
    more = texts.ngettext("… and {count} more character", "… and {count} more characters", left)
    return [*blocks, context(more)]


def section_blocks(section: Section, texts: Texts) -> list[Block]:
    """Render one heading; lines that do not fit one block go on in the next, none is lost or cut in two."""
    blocks: list[Block] = []
    text = f"*{escape(section.title)}*"
    for line in map(_bullet, section.lines) if section.lines else (f"_{texts.gettext('Nothing.')}_",):
        if len(text) + 1 + len(line) > MAX_SECTION:
            blocks.append(mrkdwn(text))
            text = line
        else:
            text = f"{text}\n{line}"
    return [*blocks, mrkdwn(text)]


def _bullet(line: Line) -> str:
    return f"• {link(line.text, line.url)}"


def bounded(lines: Iterable[str], limit: int) -> str:
    """Join whole lines up to the limit, so that no link is cut in two."""
    fitting: list[str] = []
    length = 0
    for line in lines:
        length += len(line) + 1
        if length > limit - 2:
            return "\n".join([*fitting, "…"])
        fitting.append(line)
    return "\n".join(fitting)


def mrkdwn(text: str) -> Block:
    """A paragraph in Slack's markup."""
    # verbatim: Slack must not turn names and addresses inside people's words into mentions and links.
    # An empty text would make Slack refuse the whole message.
    return {"type": "section", "text": {"type": "mrkdwn", "text": text or "…", "verbatim": True}}


def context(text: str) -> Block:
    """A quiet line in Slack's markup."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text or "…", "verbatim": True}]}


def _buttons(pressed: Mapping[Answer, str], texts: Texts, *, asks_why: bool) -> Block:
    """What can be pressed, with what each answers; the first is what is asked, if anything is."""
    shown = [(answer, action_id) for action_id, answer in BUTTONS.items() if answer in pressed]
    if asks_why:
        shown = [(answer, action_id) for answer, action_id in shown if answer != "dismiss"]
    elements = [button(texts.gettext(LABELS[answer]), action_id, pressed[answer]) for answer, action_id in shown]
    if elements and [*pressed] != ["undo"]:
        elements[0] |= {"style": "primary"}
    openers = [(kind, action_id) for action_id, kind in OPENERS.items() if kind in pressed]
    elements += [button(texts.gettext(OPENER_LABELS[kind]), action_id, pressed[kind]) for kind, action_id in openers]
    if not (asks_why and "dismiss" in pressed):
        return {"type": "actions", "elements": elements}
    elements += [_why_not(texts), _mute(texts)]
    return {"type": "actions", "block_id": f"{BLOCK}{pressed['dismiss']}", "elements": elements}


def _why_not(texts: Texts) -> Block:
    """A menu of reasons: to choose one is to dismiss."""
    reasons = {**WHY_NOT_LABELS, OTHER_REASON: gettext_noop("Something else…")}
    options = [{"text": _plain_text(texts.gettext(label)), "value": reason} for reason, label in reasons.items()]
    return {
        "type": "static_select",
        "action_id": WHY_NOT_MENU,
        "placeholder": _plain_text(texts.gettext("Not this…")),
        "options": options,
    }


def _mute(texts: Texts) -> Block:
    """A menu of what is not to be asked any more."""
    options = [{"text": _plain_text(texts.gettext(MUTES[scope])), "value": scope} for scope in SCOPES]
    return {"type": "overflow", "action_id": MUTE_MENU, "options": options}


def _plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def button(label: str, action_id: str, value: str) -> Block:
    """A button; with a value what its press is about."""
    element: Block = {"type": "button", "action_id": action_id, "text": _plain_text(label)}
    return element | ({"value": value} if value else {})
