"""Reports as e-mail: what people wrote stays text, and only facts are linked."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.reports import Line, Report, ReportKind, Section
from pm_assistant.presentation.escaping import APART
from pm_assistant.presentation.mail_layout import MAX_BYTES
from pm_assistant.presentation.report_mail import report_mail
from tests.presentation.mail_reader import Reader

DAY = date(2026, 11, 20)
texts = st.text(max_size=200) | st.sampled_from(
    ["<script>alert(1)</script>", "a\r\nBcc: eve@x.test", '"><img src=x onerror=1>', "&amp;", "\u202egnp.exe"]
)
urls = st.sampled_from(
    [
        "https://linear.app/i/1?a=1&b=2",
        'https://x.test/"><script>',
        "javascript:alert(1)",
        "https://x.test/a b",
        "https://x.test/\r\nX: y",
        "",
    ]
)
lines = st.lists(st.builds(Line, text=texts, url=urls), max_size=5).map(tuple)
reports = st.builds(
    Report,
    id=st.just("r"),
    kind=st.sampled_from(ReportKind),
    title=texts,
    day=st.dates(),
    sections=st.lists(st.builds(Section, title=texts, lines=lines), max_size=4).map(tuple),
)


def a_report(*facts: Line) -> Report:
    """A standup of one section."""
    sections = (Section(title="Done", lines=facts), Section(title="To do", lines=()))
    return Report(
        id="r", kind=ReportKind.STANDUP, title="Standup for Ada, Friday 20 November", day=DAY, sections=sections
    )


def test_a_mail_says_every_fact_with_its_link_twice_over() -> None:
    """Once for those who read HTML, once for those who do not."""
    mail = report_mail(a_report(Line(text="ENG-1 <Ship> it", url="https://x.test/1?a=1&b=2")), to="ada@acme.test")

    assert "Standup for Ada, Friday 20 November" == mail.subject
    assert "Done:\n- ENG-1 <Ship> it\n  https://x.test/1?a=1&b=2\n\nTo do:\nNothing.\n" in mail.text
    assert '<a class="link" href="https://x.test/1?a=1&amp;b=2"' in mail.html
    assert ["Done", "ENG-1 <Ship> it", "To do", "Nothing."] == Reader(mail).shown[2:6]


def test_what_a_section_leaves_out_is_counted() -> None:
    """Whoever made the report left it out, or we for want of room."""
    section = Section(title="Done", lines=(Line(text="ENG-1", url=""),), hidden=7)
    mail = report_mail(a_report().model_copy(update={"sections": (section,)}), to="ada@acme.test")

    assert "- ENG-1\n… and 7 more.\n" in mail.text


def test_a_subject_always_says_the_day() -> None:
    """A title that does not is given it."""
    report = a_report().model_copy(update={"title": "Standup"})

    assert "Standup, Friday 20 November" == report_mail(report, to="ada@acme.test").subject


@given(reports)
def test_nothing_people_wrote_becomes_markup_a_header_or_a_link(report: Report) -> None:
    """Only our own tags, only web addresses of the facts, and one line in the subject."""
    mail = report_mail(report, to="ada@acme.test")

    page = Reader(mail)
    known = {line.url for section in report.sections for line in section.lines}
    assert [] == list(page.flaws())
    assert set(page.links) <= known
    assert all(re.match(r"https?://", link) for link in page.links)
    shown = [mail.subject, *mail.text.split("\n")]
    assert all(line.replace(APART, "").isprintable() for line in shown)


def test_an_address_in_peoples_words_is_none_in_a_mail() -> None:
    """Mail programs make links of bare hosts; what ours link is a fact's own address, and nothing else."""
    words = "see evil.com, https://evil.test/x, mailto:eve@evil.org and tel:+123"
    report = a_report(Line(text=words, url=""), Line(text=words, url="https://linear.app/i/1"))
    mail = report_mail(report.model_copy(update={"title": words}), to="ada@acme.test")

    address = re.compile(r"evil\.\w|https?:/?/?e|mailto:e|tel:\+")
    assert not [text for text in (mail.subject, mail.text, mail.html) if address.search(text)]


def test_a_mail_says_where_it_can_be_ended() -> None:
    """To people by a link, and to their mail program; one that nobody subscribed to says nothing of the kind."""
    url = "https://pm.test/unsubscribe?link=a.b"
    ending, other = (report_mail(a_report(), to="ada@acme.test", unsubscribe_url=each) for each in (url, ""))

    assert [[url], []] == [Reader(mail).links for mail in (ending, other)]
    assert [url, ""] == [mail.unsubscribe_url for mail in (ending, other)]
    assert url in ending.text


def test_a_mail_leads_to_its_readers_page() -> None:
    """By its one button, and in the text that reads alone."""
    mail = report_mail(a_report().model_copy(update={"page": "https://pm.test/"}), to="ada@acme.test")

    assert ["https://pm.test/"] == Reader(mail).links
    assert "https://pm.test/" in mail.text


@pytest.mark.parametrize("words", ["A ticket's title", '"' * 1_000])
def test_a_report_of_very_much_is_still_shown_whole(words: str) -> None:
    """What is too much for a mail program is left out at the end of each section, and counted."""
    facts = [
        Line(text=f"{number} {words}", url=f"https://linear.app/i/{number}?{'&' * 300}") for number in range(2_000)
    ]
    mail = report_mail(a_report(*facts), to="ada@acme.test")

    shown = Reader(mail).links
    assert len(mail.html.encode()) <= MAX_BYTES
    assert 1 <= len(shown)
    assert [fact.url for fact in facts[: len(shown)]] == shown
    assert f"and {2_000 - len(shown):,} more" in mail.text
    assert f"and {2_000 - len(shown):,} more" in mail.html
