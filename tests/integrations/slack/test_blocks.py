"""Cards and reports as Slack will accept and show them."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import Card, CardEntry, FactKind, Line, Notice, Report, ReportKind, Section
from pm_assistant.integrations.slack.blocks import (
    MAX_BLOCKS,
    card_blocks,
    card_text,
    escape,
    link,
    notice_blocks,
    notice_text,
    report_blocks,
    report_text,
)
from pm_assistant.language.lookalikes import without_invisible
from pm_assistant.presentation.folding import folded
from tests.contracts.vendor_contracts import block_flaws, needs_contracts

texts = st.text(max_size=400) | st.sampled_from(["<!channel>", "a|b", "x" * 5000, "&" * 900, "*bold* _it_", "<@U1>"])
urls = st.sampled_from(
    ["https://linear.app/i/1?a=1&b=2", "https://x.test/a|b>c <d", "javascript:alert(1)", "", "h" * 5000]
)
entries = st.builds(
    CardEntry,
    headline=texts,
    link_text=texts,
    url=urls,
    detail=texts,
    text=texts,
    awaits_answer=st.none() | st.uuids().map(str),
    asks_why=st.booleans(),
    answers=st.sampled_from([("approve", "dismiss"), ("approve", "edit", "relink", "dismiss"), ("retry",)]),
    undoes=st.none() | st.uuids().map(str),
)
cards = st.builds(Card, id=st.just("c"), entries=st.lists(entries, max_size=30).map(tuple))
about = st.lists(st.text(max_size=200), max_size=2).map(tuple)
lines = st.lists(st.builds(Line, text=texts, url=urls, about=about), max_size=60).map(tuple)
sections = st.builds(Section, title=texts, lines=lines, kind=st.none() | st.sampled_from(FactKind))
reports = st.builds(
    Report,
    id=st.just("r"),
    kind=st.just(ReportKind.STANDUP),
    title=texts,
    day=st.dates(),
    sections=st.lists(
        st.builds(Section, title=texts, lines=lines, kind=st.none() | st.sampled_from(FactKind)), max_size=6
    ).map(tuple),
)
notices = st.builds(Notice, id=texts, title=texts, text=texts, link_text=texts, url=urls)


def texts_in(value: Any) -> list[str]:
    """Every text object's text."""
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for inner in value.values() for text in texts_in(inner)]
    return [text for inner in value for text in texts_in(inner)] if isinstance(value, list) else []


@pytest.mark.thorough
@needs_contracts
@settings(max_examples=25, deadline=None)
@given(cards, reports, notices)
def test_every_block_is_one_slack_knows(card: Card, report: Report, notice: Notice) -> None:
    """Whatever people wrote, the official schema holds."""
    assert [] == block_flaws([*card_blocks(card), *report_blocks(report, own=True), *notice_blocks(notice)])


def test_below_their_own_report_people_have_it_again_or_say_what_is_not_theirs() -> None:
    """Each of their open tickets once; in a channel, of what is over, and of a team's tickets, nobody is asked."""
    lines = [Line(text=f"ENG-{number} Build", url="", about=(f"t-{number}", "pr-1")) for number in (1, 2)]
    done = Line(text="ENG-3 Ship", url="", about=("t-3",))
    report = Report(
        id="r",
        kind=ReportKind.STANDUP,
        title="x",
        day=date(2026, 11, 20),
        sections=(
            Section(title="Focus", kind=FactKind.FOCUS, lines=(lines[0],)),
            Section(title="In progress", kind=FactKind.IN_PROGRESS, lines=tuple(lines)),
            Section(title="Done", kind=FactKind.DONE, lines=(done,)),
        ),
        language=Language.GERMAN,
    )

    [actions] = [block for block in report_blocks(report, own=True) if block["type"] == "actions"]
    assert isinstance(actions["elements"], list)
    hour, tomorrow, menu = actions["elements"]
    assert ["standup", "standup"] == [hour["value"], tomorrow["value"]]
    assert ["In einer Stunde noch einmal", "Morgen"] == [each["text"]["text"] for each in (hour, tomorrow)]
    assert {"t-1": "ENG-1 Build", "t-2": "ENG-2 Build"} == {o["value"]: o["text"]["text"] for o in menu["options"]}
    assert "actions" not in {block["type"] for block in report_blocks(report)}

    speaking = report.model_copy(update={"reader_speaks": True})
    [actions] = [block for block in report_blocks(speaking, own=True) if block["type"] == "actions"]
    assert isinstance(actions["elements"], list)
    assert ("report.say", "Dem Team etwas sagen …") == (
        actions["elements"][-1]["action_id"],
        actions["elements"][-1]["text"]["text"],
    )

    leading = report.model_copy(update={"page": "https://pm.test/"})
    [actions] = [block for block in report_blocks(leading, own=True) if block["type"] == "actions"]
    assert isinstance(actions["elements"], list)
    assert ("https://pm.test/", "Zu Ihrem Tag") == (
        actions["elements"][-1]["url"],
        actions["elements"][-1]["text"]["text"],
    )
    assert "https://pm.test/" not in str(report_blocks(leading))

    of_team = report.model_copy(update={"team_id": "team-eng"})
    [actions] = [block for block in report_blocks(of_team, own=True) if block["type"] == "actions"]
    assert isinstance(actions["elements"], list)
    assert ["standup:team-eng", "standup:team-eng"] == [each["value"] for each in actions["elements"]]


@settings(deadline=None, max_examples=50)
@given(reports)
def test_each_part_of_a_folded_report_fits_a_message(report: Report) -> None:
    """No line of it is left out for want of blocks, and Slack takes the blocks together."""
    for part in folded(report):
        blocks = report_blocks(part, own=True)
        shown = " ".join(texts_in(blocks))

        assert len(blocks) <= MAX_BLOCKS
        assert part.lines == shown.count("• ") - sum(line.text.count("• ") for s in part.sections for line in s.lines)


@pytest.mark.thorough
@settings(deadline=None)
@given(cards, reports, notices)
def test_slacks_limits_are_kept(card: Card, report: Report, notice: Notice) -> None:
    """50 blocks, 3,000 characters in a text and never none, 150 in a header."""
    for blocks in (card_blocks(card), report_blocks(report), notice_blocks(notice)):
        assert 1 <= len(blocks) <= 50
        assert all(1 <= len(text) <= 3000 for text in texts_in(blocks))
    assert len(texts_in(report_blocks(report)[0])[0]) <= 150
    assert 1 <= len(card_text(card)) <= 4000
    assert len(report_text(report)) <= 4000
    assert 1 <= len(notice_text(notice)) <= 4000


@given(st.text())
def test_people_cannot_write_control_sequences(text: str) -> None:
    """Only `<`, `>` and `&` open one, no line break leaves its line, and what nobody sees is not there."""
    shown = escape(text, 10_000)

    assert not set("<>\n") & set(shown)
    assert " ".join(without_invisible(text).split()) == shown.replace("&lt;", "<").replace("&gt;", ">").replace(
        "&amp;", "&"
    )


def test_a_mention_in_a_title_rings_nobody() -> None:
    """The classic: a ticket named `<!channel>`."""
    card = Card(id="c", entries=(CardEntry(headline="Commented on", link_text="<!channel>", url="https://x.test/1"),))

    assert "Commented on <https://x.test/1|&lt;!channel&gt;>" == texts_in(card_blocks(card))[0]


def test_an_address_cannot_leave_its_link() -> None:
    """What would end it is encoded; what is no web address is no link."""
    assert "<https://x.test/a%7Cb%3E?q=1&amp;r=2|t¦u>" == link("t|u", "https://x.test/a|b>?q=1&r=2")
    assert "title" == link("title", "javascript:alert(1)")


def test_only_what_awaits_an_answer_has_buttons() -> None:
    """Two of them, naming the decision."""
    done = CardEntry(headline="Commented on", link_text="ENG-1", url="https://x.test/1", detail="92 % sure")
    asked = CardEntry(headline="Move to Done?", link_text="ENG-2", url="https://x.test/2", awaits_answer="d-2")

    blocks = card_blocks(Card(id="c", entries=(done, asked)))

    assert ["section", "context", "section", "actions"] == [block["type"] for block in blocks]
    buttons: Any = blocks[3]["elements"]
    assert [("decision.approve", "d-2"), ("decision.dismiss", "d-2")] == [(b["action_id"], b["value"]) for b in buttons]
    assert ["primary", None] == [button.get("style") for button in buttons]


def test_what_is_to_be_written_stands_there_word_for_word() -> None:
    """In as many sections as it takes, as text and not as markup; what there is no room for is counted."""
    words = "*No markup* <!channel>\n" + "x" * 4_000
    entry = CardEntry(headline="Comment on", text=words, awaits_answer="d-1")

    blocks = card_blocks(Card(id="c", entries=(entry,) * 3))

    written: Any = [block["text"] for block in blocks[1:3]]
    assert words == "".join(part["text"] for part in written)
    assert {"plain_text"} == {part["type"] for part in written}
    assert f"… and {3 * len(words) - 9_000:,} more characters" in texts_in(blocks)


def test_undo_is_offered_beside_what_is_asked_and_never_urged() -> None:
    """Alone it is no primary button; a failure can be tried again or taken back."""
    done = CardEntry(headline="Commented on", undoes="d-1")
    failed = CardEntry(headline="Could not be done.", awaits_answer="d-2", answers=("retry",), undoes="d-2")

    blocks = card_blocks(Card(id="c", entries=(done, failed)))

    pressed: Any = [block["elements"] for block in blocks if block["type"] == "actions"]
    assert [
        [("decision.undo", "d-1", None)],
        [("decision.retry", "d-2", "primary"), ("decision.undo", "d-2", None)],
    ] == [[(b["action_id"], b["value"], b.get("style")) for b in buttons] for buttons in pressed]


def test_what_is_asked_can_be_edited_moved_refused_for_a_reason_and_muted() -> None:
    """In one row; menus know what they are about by their block."""
    asked = CardEntry(
        headline="Comment on", awaits_answer="d-1:r", answers=("approve", "edit", "relink", "dismiss"), asks_why=True
    )

    [_, row] = card_blocks(Card(id="c", entries=(asked,)))

    elements: Any = row["elements"]
    assert "decision|d-1:r" == row["block_id"]
    names = ["approve", "edit", "relink", "why_not", "mute"]
    assert [f"decision.{name}" for name in names] == [element["action_id"] for element in elements]
    assert ["primary", None, None] == [element.get("style") for element in elements[:3]]
    assert [5, 4] == [len(element["options"]) for element in elements[3:]]


def test_a_card_too_long_says_how_much_is_left() -> None:
    """Nothing is cut off in silence."""
    entry = CardEntry(headline="Commented on", link_text="ENG-1", url="https://x.test/1", detail="sure")

    blocks = card_blocks(Card(id="c", entries=(entry,) * 40))

    assert "… and 16 more" == texts_in(blocks)[-1]
    assert 49 == len(blocks)


def test_a_report_links_every_line_names_empty_headings_and_says_its_day_in_its_title_alone() -> None:
    """Header, a section for each heading, a footer with the day."""
    facts = tuple(Line(text=f"ENG-{n} done", url=f"https://x.test/{n}") for n in (1, 2))
    sections = (Section(title="Done", lines=facts), Section(title="In progress", lines=()))
    report = Report(id="r", kind=ReportKind.STANDUP, title="Standup", day=date(2026, 11, 20), sections=sections)

    assert [
        "Standup",
        "*Done*\n• <https://x.test/1|ENG-1 done>\n• <https://x.test/2|ENG-2 done>",
        "*In progress*\n_Nothing._",
        "Every line links to its source",
    ] == texts_in(report_blocks(report))


def test_a_notice_leads_to_its_remedy() -> None:
    """One button, which answers nothing and opens a page; without an address there is none to open."""
    notice = Notice(
        id="n", title="Linear <broke>", text="Reconnect it.", link_text="Reconnect", url="https://pm.test/c"
    )

    said, act = notice_blocks(notice)

    assert ["*Linear &lt;broke&gt;*\nReconnect it."] == texts_in(said)
    elements: Any = act["elements"]
    [button] = elements
    assert ("https://pm.test/c", "Reconnect", "primary") == (button["url"], button["text"]["text"], button["style"])
    assert ["section"] == [b["type"] for b in notice_blocks(notice.model_copy(update={"url": "javascript:alert(1)"}))]


@given(lines)
def test_no_fact_of_a_long_section_is_lost(facts: tuple[Line, ...]) -> None:
    """What does not fit one block goes on in the next."""
    report = Report(
        id="r", kind=ReportKind.STANDUP, title="t", day=date(2026, 1, 1), sections=(Section(title="s", lines=facts),)
    )

    assert len(facts) == sum(text.count("• ") for text in texts_in(report_blocks(report))) - sum(
        escape(line.text).count("• ") for line in facts
    )


def test_nobody_turns_the_direction_of_what_we_show() -> None:
    """Nor hides letters in it, in lines, links and headers."""
    disguised = "ap\u202eproved\u2069 \U000e0063"
    assert "approved" == escape(disguised)
    assert "<https://a.test|approved>" == link(disguised, "https://a.test")
