"""What one message has room for, and what goes into its thread: every line is in one of them, once."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.reports import Line, Report, ReportKind, Section
from pm_assistant.presentation.folding import MOST_CHARACTERS, MOST_SECTIONS, folded

texts = st.sampled_from(["short", "x" * 250, "y" * 900])
lines = st.lists(st.builds(Line, text=texts, url=st.sampled_from(["", "https://x.test/" + "z" * 900])), max_size=30)
reports = st.builds(
    Report,
    id=st.just("r"),
    kind=st.just(ReportKind.STANDUP),
    title=st.just("Standup"),
    day=st.just(date(2026, 11, 20)),
    sections=st.lists(st.builds(Section, title=texts, lines=lines.map(tuple)), max_size=30).map(tuple),
)


def lines_of(report: Report) -> list[tuple[str, Line]]:
    """Each line with its heading."""
    return [(section.title, line) for section in report.sections for line in section.lines]


@given(reports)
def test_every_line_is_said_once_and_in_its_order(report: Report) -> None:
    """Under its own heading; no heading is lost either, though it has nothing below it."""
    parts = folded(report)

    assert lines_of(report) == [line for part in parts for line in lines_of(part)]
    assert [s.title for s in report.sections if not s.lines] == [
        s.title for part in parts for s in part.sections if not s.lines
    ]


@given(reports)
def test_each_message_has_room_for_what_it_says(report: Report) -> None:
    """As many characters as fit, or one line that alone is longer; and the first says how much is in the thread."""
    first, *rest = folded(report)

    for part in (first, *rest):
        shown = sum(min(len(line.text), 300) + min(len(line.url), 1_500) for _, line in lines_of(part))
        assert shown <= MOST_CHARACTERS
        assert len(part.sections) <= MOST_SECTIONS
        assert part.sections or part is first
    assert sum(part.lines for part in rest) == first.folded
    assert {0} >= {part.folded for part in rest}


@given(reports)
def test_messages_are_told_apart(report: Report) -> None:
    """By ids that are the same whenever it is folded; the first has the report's own."""
    ids = [part.id for part in folded(report)]

    assert "r" == ids[0]
    assert len(ids) == len(set(ids))
    assert ids == [part.id for part in folded(report)]
