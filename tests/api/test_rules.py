"""Rules by the API: made by whoever may answer, seen by all, changed, taken over and taken back."""

from datetime import timedelta

import pytest

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.rules import TeamRule
from tests.api.conftest import World
from tests.builders import ACME, ENG, GLOBEX, NOW, a_decision, a_place, a_tenant, a_ticket


def test_a_rule_is_made_seen_changed_and_taken_back(world: World) -> None:
    """What is asked already is withdrawn; to make it twice makes one."""
    world.stores.readings.put_position(ACME, a_place("C0ENG", "engineering"))
    asked = world.stores.decisions.save(a_decision(state=DecisionState.PROPOSED, updated_at=world.app.now()))
    wish = {"kind": "comment", "channel": "C0ENG", "until": "2099-03-03T00:00:00Z", "note": "too many"}

    made = [world.member.post("/v1/rules", wish) for _ in range(2)]

    [rule] = world.reader.get("/v1/rules").json["items"]
    assert [201, 201] == [answer.status for answer in made]
    assert ("account:acme-member", True, [], "too many") == (
        rule["owner"],
        rule["in_force"],
        rule["conflicts"],
        rule["note"],
    )
    shown = world.reader.get(f"/v1/decisions/{asked.id}").json
    assert ("logged", rule["id"]) == (shown["state"], shown["held_by"]["rule_id"])

    path = f"/v1/rules/{rule['id']}"
    taken = world.owner.patch(path, {"until": None, "take_over": True}).json
    assert (None, "account:acme-owner") == (taken["until"], taken["owner"])
    assert 204 == world.member.send("DELETE", path).status
    assert [] == world.reader.get("/v1/rules").json["items"]
    trail = {entry.action: entry.detail for entry in world.stores.audit.latest(ACME, limit=9)}
    says = {"effect": "never", "kind": "comment", "channel": "C0ENG"}
    assert {
        "rule.made": says | {"until": "2099-03-03T00:00:00+00:00"},
        "rule.changed": says,
        "rule.ended": says,
    } == trail


def test_rules_that_say_otherwise_name_each_other(world: World) -> None:
    """Whoever sees one sees the other."""
    world.stores.readings.put_position(ACME, a_place("C0ENG", "engineering"))
    world.member.post("/v1/rules", {"kind": "create"})
    world.member.post("/v1/rules", {"channel": "C0ENG", "effect": "ask"})
    one, other = world.reader.get("/v1/rules").json["items"]
    assert ([other["id"]], [one["id"]]) == (one["conflicts"], other["conflicts"])


def test_a_rule_is_about_a_ticket_that_everybody_may_read(world: World) -> None:
    """By its key; one that there is not, and one of a private team, is none."""
    hr = ENG.model_copy(update={"id": "team-hr", "key": "HR", "private": True})
    world.stores.directory.put_teams(ACME, [ENG, hr])
    for ticket in (a_ticket(2), a_ticket(3, key="HR-3", team_id="team-hr")):
        world.stores.tickets.put(ACME, ticket)
    keys = ("eng-2", "HR-3", "ENG-77")
    assert [201, 400, 400] == [world.member.post("/v1/rules", {"ticket": key}).status for key in keys]
    assert 400 == world.member.post("/v1/rules", {}).status


@pytest.mark.parametrize("written", ["C0ENG", "engineering", "#Engineering"])
def test_a_rule_is_about_a_channel_by_its_id_or_name(world: World, written: str) -> None:
    """However it is named it is one rule."""
    world.stores.readings.put_position(ACME, a_place("C0ENG", "engineering"))

    made = world.member.post("/v1/rules", {"channel": written})

    assert (201, "C0ENG") == (made.status, made.json["channel"])
    assert 1 == len({made.json["id"], world.member.post("/v1/rules", {"channel": "C0ENG"}).json["id"]})
    assert ["#engineering"] == [rule["channel_name"] for rule in world.reader.get("/v1/rules").json["items"]]


@pytest.mark.parametrize("written", ["C0NONE", "sales", "hr", "twice"])
def test_a_rule_is_about_no_channel_that_we_are_not_in(world: World, written: str) -> None:
    """It would be about nothing; a private one has no name that is told, and of two of one name neither is meant."""
    places = [a_place("C0HR", "hr", private=True), a_place("C1", "twice"), a_place("C2", "twice")]
    for place in places:
        world.stores.readings.put_position(ACME, place)
    world.stores.readings.put_position(GLOBEX, a_place("C0NONE", "sales"))

    answer = world.member.post("/v1/rules", {"channel": written})

    assert (400, "channel") == (answer.status, answer.json["field"])
    assert [] == world.reader.get("/v1/rules").json["items"]
    assert 201 == world.member.post("/v1/rules", {"channel": "C0HR"}).status


def test_who_may_only_read_makes_no_rule(world: World) -> None:
    """Nor takes one back."""
    assert 403 == world.as_program(Scope.READ).post("/v1/rules", {"kind": "create"}).status


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"kind": "create", "until": "2026-01-01T00:00:00Z"}, "until"),
        ({"label": "Bgu"}, "label"),
        ({"label": "Layoffs"}, "label"),
        ({"channel": "C0ENG", "root_ts": "abc"}, "root_ts"),
        ({"channel": "C0ENG", "root_ts": "1.0"}, "root_ts"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_rule_that_could_never_apply_is_refused(world: World, about: dict[str, str], field: str) -> None:
    """It would look as if it did; a label of a private team is as good as none."""
    labelled(world)

    answer = world.member.post("/v1/rules", about)

    assert (400, field) == (answer.status, answer.json["field"])
    assert [] == world.reader.get("/v1/rules").json["items"]


def labelled(world: World) -> None:
    """A channel, a ticket with labels, and one of a private team."""
    hr = ENG.model_copy(update={"id": "team-hr", "private": True})
    world.stores.directory.put_teams(ACME, [ENG, hr])
    world.stores.tickets.put(ACME, a_ticket(1, labels=("Bug", "BUG REPORT")))
    world.stores.tickets.put(ACME, a_ticket(2, team_id="team-hr", labels=("Layoffs",)))
    world.stores.readings.put_position(ACME, a_place("C0ENG", "engineering"))


@pytest.mark.parametrize("written", ["bug", "Bug", "BUG"])
def test_a_rule_is_about_a_label_however_it_is_written(world: World, written: str) -> None:
    """As tickets bear it, for by that it is held."""
    labelled(world)

    assert "Bug" == world.member.post("/v1/rules", {"label": written}).json["label"]


def test_a_rule_that_is_over_can_be_changed_and_cannot_be_made_to_end_before_now(world: World) -> None:
    """To end it at once it is taken back."""
    rule = TeamRule(id="r-1", kind="create", owner="U0ADA", made_at=NOW, until=NOW)
    world.stores.tenants.put(a_tenant(rules=(rule,)))
    earlier = (NOW - timedelta(days=1)).isoformat()

    answers = [world.member.patch("/v1/rules/r-1", change) for change in ({"note": "done"}, {"until": earlier})]

    assert [200, 400] == [answer.status for answer in answers]
    assert "until" == answers[1].json["field"]


@pytest.mark.parametrize("until", ["soon", "-1", "2026-13-45", "1795986300", "2099-12-01", "2099-12-01T09:30"])
def test_what_is_no_moment_is_told_how_one_is_written(world: World, until: str) -> None:
    """In the same words whatever is wrong with it."""
    answer = world.member.post("/v1/rules", {"kind": "create", "until": until})

    assert 422 == answer.status
    assert "body.until: a moment is spelt out, such as 2026-11-20T09:30:00Z" == answer.json["detail"]
