"""A report as an e-mail, in the language that the report is in."""

from pm_assistant.domain.accounts import Mail
from pm_assistant.domain.reports import Line, Report, ReportKind, Section
from pm_assistant.presentation.escaping import inert
from pm_assistant.presentation.i18n import Texts, texts_in
from pm_assistant.presentation.mail_layout import Letter, Link, Listing, Paragraph, fits, lay_out

LONGEST_LINE = 400
"""Characters; a fact needs fewer, and what is cut off is behind its link."""
LONGEST_ADDRESS = 2_000
SHOWN = (60, 20, 8, 3, 1, 0)
"""How many lines of a section are shown: the most that a mail program shows whole."""


def report_mail(report: Report, *, to: str, unsubscribe_url: str = "") -> Mail:
    """Write a report as an e-mail: what people and vendors wrote stays text, and only facts are linked.

    With `unsubscribe_url` it says where it can be ended.
    """
    mail = _mail(report, SHOWN[0], to, unsubscribe_url)
    for fewer in SHOWN[1:]:
        if fits(mail):
            break
        mail = _mail(report, fewer, to, unsubscribe_url)
    return mail.model_copy(update={"unsubscribe_url": unsubscribe_url})


def _mail(report: Report, most: int, to: str, unsubscribe_url: str) -> Mail:
    texts = texts_in(report.language)
    title, day = inert(report.title), texts.day(report.day)
    why = texts.gettext(
        "Every line links to its source. PM Assistant sends you this because you or your team subscribed to it."
    )
    stop = texts.gettext("Stop these mails")
    return lay_out(
        Letter(
            subject=title if day in title else f"{title}, {day}",
            preview=_preview(report, texts),
            title=title,
            parts=(
                *(Paragraph(inert(note)) for note in report.notes),
                *(_listing(section, most, texts) for section in report.sections),
            ),
            button=Link(texts.gettext("Go to your day"), report.page) if report.page else None,
            small_print=(why,),
            ways_out=(Link(stop, unsubscribe_url),) if unsubscribe_url else (),
            language=report.language,
        ),
        to=to,
    )


def _preview(report: Report, texts: Texts) -> str:
    if report.kind is ReportKind.OVERVIEW:
        return "; ".join(map(inert, (*report.notes, *(section.title for section in report.sections))))
    counted = [f"{inert(section.title)}: {len(section.lines)}" for section in report.sections if section.lines]
    return ", ".join(counted) or texts.gettext("Nothing.")


def _listing(section: Section, most: int, texts: Texts) -> Listing:
    left_out = max(0, len(section.lines) - most) + section.hidden
    more = texts.ngettext("… and {count} more.", "… and {count} more.", left_out) if left_out else ""
    note = more if section.lines else texts.gettext("Nothing.")
    return Listing(inert(section.title), tuple(map(_link, section.lines[:most])), note)


def _link(line: Line) -> Link:
    text = inert(line.text)
    return Link(text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…", _address(line))


def _address(line: Line) -> str:
    """Where a line leads; nothing a mail should offer unless it is a web address in one piece."""
    is_web_address = line.url.startswith(("https://", "http://")) and line.url.isprintable() and " " not in line.url
    return line.url if is_web_address and len(line.url) <= LONGEST_ADDRESS else ""
