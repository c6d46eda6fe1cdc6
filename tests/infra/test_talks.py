"""Told teams to learn from."""

import pytest

from infra.talks import Talk, TalkError, ToldMessage, ToldTicket, held_back, learned_from, teams_in, told_teams
from pm_assistant.integrations.offline.acts import Act

LINES = [
    "# a note",
    "team lift | lifts | en, de",
    "people mira:en, jonas:de",
    "ticket 1 | Door stays open | The sensor is dirty. | started | mira",
    "",
    "talk 1",
    "problem\tde\tjonas\tzieht wie hechtsuppe im dritten",
    "talk chatter",
    "chatter\ten\tmira\tmy stairs again",
    "team other | more | en",
]


def test_a_block_is_a_team_with_its_tickets_and_talks() -> None:
    """Each message with what its author does."""
    first, second = teams_in(LINES)
    assert {"1": ToldTicket("Door stays open", "The sensor is dirty.", "started", "mira")} == first.tickets
    assert [
        Talk("1", [ToldMessage("problem", "de", "jonas", "zieht wie hechtsuppe im dritten")]),
        Talk("chatter", [ToldMessage("chatter", "en", "mira", "my stairs again")]),
    ] == first.talks
    assert {"mira": "en", "jonas": "de"} == first.people
    assert ("other", {}, {}, []) == second


@pytest.mark.parametrize("line", ["problem\tde\tno author", "ticket 2 | no description | started", "something else"])
def test_a_line_that_is_none_of_these_is_named(line: str) -> None:
    """With its number."""
    with pytest.raises(TalkError, match="line 7"):
        [*teams_in([*LINES[:6], line])]


def test_all_talk_is_of_a_ticket_of_its_team_or_of_none_and_does_something_known() -> None:
    """Of every team many tickets are spoken of."""
    for team in told_teams():
        about = {talk.about for talk in team.talks}
        assert about <= {*team.tickets, "new", "chatter", "work"}
        assert len(about & {*team.tickets}) > 14
        assert {message.act for talk in team.talks for message in talk.messages} <= {*Act}
        assert all(talk.messages for talk in team.talks)


def test_one_team_of_ten_is_held_back() -> None:
    """What is learned of the others is measured by it."""
    teams = told_teams()
    held, others = held_back(teams), learned_from(teams)
    assert len(teams) == len(held) + len(others)
    assert {team.id for team in held}.isdisjoint(team.id for team in others)
    assert 9 * len(held) == pytest.approx(len(others), abs=9)
