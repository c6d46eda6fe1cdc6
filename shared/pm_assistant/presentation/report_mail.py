"""A report as an e-mail."""

from collections.abc import Iterator
from html import escape

from pm_assistant.domain.accounts import Mail
from pm_assistant.domain.reports import Line, Report
from pm_assistant.presentation.comments import inert

WHY_MAIL = "Every line links to its source. PM Assistant sends you this because you or your team subscribed to it."


def report_mail(report: Report, *, to: str) -> Mail:
    """Write a report as an e-mail: what people and vendors wrote stays text, and only facts are linked."""
    title = inert(report.title)
    body = f"<h1>{escape(title)}</h1>{''.join(_html_of(report))}<p><small>{escape(WHY_MAIL)}</small></p>"
    return Mail(
        to=to,
        subject=title if f"{report.day.day} {report.day:%B}" in title else f"{title}, {report.day.isoformat()}",
        text="\n".join([title, *_text_of(report), "", WHY_MAIL]),
        html=f"<!doctype html><html><body>{body}</body></html>",
    )


def _text_of(report: Report) -> Iterator[str]:
    for section in report.sections:
        yield from ("", f"{inert(section.title)}:")
        yield from (f"- {inert(line.text)}\n  {_address(line)}".rstrip() for line in section.lines)
        if not section.lines:
            yield "Nothing."


def _html_of(report: Report) -> Iterator[str]:
    for section in report.sections:
        items = "".join(f"<li>{_anchor(line)}</li>" for line in section.lines)
        yield f"<h2>{escape(inert(section.title))}</h2>"
        yield f"<ul>{items}</ul>" if items else "<p>Nothing.</p>"


def _anchor(line: Line) -> str:
    text, address = escape(inert(line.text)), _address(line)
    return f'<a href="{escape(address)}">{text or escape(address)}</a>' if address else text


def _address(line: Line) -> str:
    """Where a line leads; nothing a mail should offer unless it is a web address in one piece."""
    is_web_address = line.url.startswith(("https://", "http://")) and line.url.isprintable() and " " not in line.url
    return line.url if is_web_address else ""
