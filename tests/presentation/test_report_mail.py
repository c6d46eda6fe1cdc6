"""Reports as e-mail: what people wrote stays text, and only facts are linked."""

import re
from datetime import date
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.reports import Line, Report, ReportKind, Section
from pm_assistant.presentation.comments import APART
from pm_assistant.presentation.report_mail import report_mail

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


class Reader(HTMLParser):
    """Collects the tags of a page and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one; a link has an address and no other attribute."""
        self.tags.add(tag)
        assert (["href"] if tag == "a" else []) == [name for name, _ in attrs]
        self.links += [address for _, address in attrs if address is not None]


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
    assert (
        '<h2>Done</h2><ul><li><a href="https://x.test/1?a=1&amp;b=2">ENG-1 &lt;Ship&gt; it</a></li></ul>' in mail.html
    )
    assert "<h2>To do</h2><p>Nothing.</p>" in mail.html


def test_a_subject_always_says_the_day() -> None:
    """A title that does not is given it."""
    report = a_report().model_copy(update={"title": "Standup"})

    assert "Standup, 2026-11-20" == report_mail(report, to="ada@acme.test").subject


@given(reports)
def test_nothing_people_wrote_becomes_markup_a_header_or_a_link(report: Report) -> None:
    """Only our own tags, only web addresses of the facts, and one line in the subject."""
    mail = report_mail(report, to="ada@acme.test")

    page = Reader(mail.html)
    known = {line.url for section in report.sections for line in section.lines}
    assert {"html", "body", "h1", "h2", "ul", "li", "a", "p", "small"} >= page.tags
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
