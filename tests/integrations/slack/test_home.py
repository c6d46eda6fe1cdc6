"""A person's page as Slack's home tab: valid, whatever is in it, and cut where Slack takes no more."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft7Validator

from infra.sandbox.slack.home import flaws
from pm_assistant.domain.home import Home, HomeButton, HomeSection
from pm_assistant.domain.reports import CardEntry, Line, Section
from pm_assistant.integrations.slack.home import home_view
from tests.contracts.vendor_contracts import block_flaws, load, needs_contracts

texts = st.text(max_size=400)
entries = st.builds(
    CardEntry,
    headline=texts,
    link_text=texts,
    url=st.sampled_from(["", "https://acme.slack.com/archives/C0ENG/p1"]),
    detail=texts,
    text=st.text(max_size=9_000),
    awaits_answer=st.none() | st.uuids().map(lambda id: f"{id}:digest-1"),
    answers=st.just(("approve", "edit", "relink", "dismiss")),
    asks_why=st.booleans(),
    said_at=st.sampled_from(["", "https://acme.slack.com/archives/C0ENG/p1"]),
)
lines = st.builds(Line, text=texts, url=texts)
parts = st.builds(Section, title=texts, lines=st.lists(lines, max_size=20).map(tuple))
forms = st.sampled_from(["reports", "language", "quiet_hours", "report_words"])
opened = st.builds(HomeButton, label=st.just("Language…"), opens=forms)
sections = st.builds(
    HomeSection,
    title=texts,
    entries=st.lists(entries, max_size=60).map(tuple),
    lines=st.lists(lines, max_size=60).map(tuple),
    parts=st.lists(parts, max_size=9).map(tuple),
    text=texts,
    more=st.integers(0, 500),
    buttons=st.lists(opened, max_size=3).map(tuple),
)
homes = st.builds(Home, sections=st.lists(sections, max_size=8).map(tuple))


@needs_contracts
@settings(max_examples=50)
@given(homes)
def test_every_page_is_one_that_slack_takes(home: Home) -> None:
    """By its own schema and by the limits of its manual."""
    view: Any = home_view(home)
    schema = load("slack/schema/events_and_blocks.types.schema.json")

    assert [] == list(Draft7Validator({**schema, "$ref": "#/definitions/HomeView"}).iter_errors({**view, "blocks": []}))
    assert [] == block_flaws(view["blocks"])
    assert [] == flaws(view)


@pytest.mark.parametrize(("lengths", "shown"), [((200, 5), (48, 5)), ((5, 200), (5, 48))])
def test_what_has_no_room_is_counted_and_every_heading_stands(lengths: tuple[int, int], shown: tuple[int, int]) -> None:
    """A long section says how many more there are, and takes the room of none that follows it."""
    parts = [
        HomeSection(
            title=f"Part {number}",
            entries=tuple(CardEntry(headline=f"{number}.{each}", detail="because") for each in range(length)),
        )
        for number, length in enumerate(lengths)
    ]

    view = home_view(Home(sections=tuple(parts)))

    text = json.dumps(view)
    assert 2 == text.count('"header"')
    for number, (length, least) in enumerate(zip(lengths, shown, strict=True)):
        seen = text.count(f'"{number}.')
        assert least - 5 <= seen
        assert (f"and {length - seen} more" in text) == (seen < length)
