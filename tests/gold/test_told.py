"""The gold set itself, held to the format that it shares with sets of others."""

from collections import Counter
from typing import Any

import pytest

from pm_assistant.cli.gold import ASSISTANT
from tests.gold.score import rows_of
from tests.gold.told import HELD_OUT, ROWS, TEAMS, teams_of

TEAMS_HELD_OUT, ROWS_HELD_OUT = teams_of(HELD_OUT), [dict(row) for row in rows_of(HELD_OUT / "conversations.jsonl")]
KNOWN = {team["id"]: team for team in (*TEAMS, *TEAMS_HELD_OUT)}
KINDS = {"comment", "move", "create", "ignore_chatter", "ignore_work", "order"}
ACTIONS = {"create", "undo", "relink", "move", "refuse"}
TYPES = {"backlog", "unstarted", "started", "completed", "canceled"}
LANGUAGES = {"de", "en", "es", "fr", "hi", "ja", "ru"}
FORBIDDEN = {"comment", "move", "create", "reveal"}


def names(team: dict[str, Any], part: str, by: str = "name") -> set[str]:
    """What a team's people, channels, states or tickets are called."""
    return {each[by] for each in team[part]}


def test_the_set_is_large_and_mixed() -> None:
    """At least 300 conversations of six teams in six languages, of each kind and each order some."""
    assert len(ROWS) >= 300
    assert len({team["id"] for team in TEAMS}) == len(TEAMS) >= 6
    assert len(ROWS) == len({row["id"] for row in ROWS})
    assert {row["expect"]["kind"] for row in ROWS} == KINDS
    assert {row["expect"]["action"] for row in ROWS if row["expect"]["kind"] == "order"} == ACTIONS
    told = Counter(tag for row in ROWS for tag in {*row["tags"], "en"} & LANGUAGES)
    assert {language for language in LANGUAGES if told[language] >= 5} == LANGUAGES


def test_the_set_held_out_shares_nothing_with_the_other() -> None:
    """No team and no conversation: about 80 of two teams in eight languages."""
    assert len(ROWS_HELD_OUT) >= 80
    assert {"verger", "tsubame"} == {row["team"] for row in ROWS_HELD_OUT}
    assert not {team["id"] for team in TEAMS} & {team["id"] for team in TEAMS_HELD_OUT}
    assert KINDS == {row["expect"]["kind"] for row in ROWS_HELD_OUT}
    assert {"de", "es", "fr", "ja", "ko", "pt", "zh"} <= {tag for row in ROWS_HELD_OUT for tag in row["tags"]}


@pytest.mark.parametrize("team", [*TEAMS, *TEAMS_HELD_OUT], ids=lambda team: team["id"])
def test_a_team_knows_whom_and_what_its_tickets_name(team: dict[str, Any]) -> None:
    """Each ticket is the team's own, in a state of it, and somebody's of it or nobody's."""
    people = names(team, "members", "handle")
    assert {state["type"] for state in team["states"]} <= TYPES
    assert {ticket["key"].partition("-")[0] for ticket in team["tickets"]} == {team["key_prefix"]}
    assert len(team["tickets"]) == len(names(team, "tickets", "key"))
    assert {ticket["state"] for ticket in team["tickets"]} <= names(team, "states")
    assert {ticket[whose] for ticket in team["tickets"] for whose in ("assignee", "creator")} <= people | {None}
    assert {ticket["parent"] for ticket in team["tickets"] if "parent" in ticket} <= names(team, "tickets", "key")


@pytest.mark.parametrize("row", [*ROWS, *ROWS_HELD_OUT], ids=lambda row: str(row["id"]))
def test_what_is_expected_of_a_conversation_is_there(row: dict[str, Any]) -> None:
    """Its channel, people, tickets and states are its team's, and its expectation says what its kind needs."""
    team, expect = KNOWN[row["team"]], row["expect"]
    keys, states = names(team, "tickets", "key"), names(team, "states")
    people = names(team, "members", "handle") | {ASSISTANT}
    assert row["channel"] in names(team, "channels")
    assert all(line["user"] in people or line.get("bot") for line in row["lines"])
    assert [line["minutes"] for line in row["lines"]] == sorted(line["minutes"] for line in row["lines"])
    assert not row["lines"][0]["reply"]
    assert {*expect["tickets"]} <= keys
    assert {*expect["must_not"]} <= FORBIDDEN | keys | {f"move:{state}" for state in states}
    meant = expect["action"] if expect["kind"] == "order" else expect["kind"]
    assert (meant == "move") == (expect["move_to"] in states)
    assert (meant == "create") == bool(expect["new_ticket"])
    assert bool(expect["tickets"]) == (meant in {"comment", "move", "relink", "undo"})
