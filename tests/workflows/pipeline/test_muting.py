"""Whoever is asked too often says so on the card, and may only have that which is theirs to say."""

from typing import Any

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.answers import Scope as Muted
from pm_assistant.domain.answers import Subject
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.rules import MOST_RULES, OWNER_LEFT, Effect, TeamRule
from pm_assistant.domain.tenants import Provider
from pm_assistant.workflows.accounts.rules import (
    change_rule,
    end_rules_of,
    forget_notes_of,
    make_rule,
    rules_seen,
    take_back_rule,
)
from pm_assistant.workflows.connections.leavers import note_departures
from pm_assistant.workflows.pipeline.muting import rule_from
from pm_assistant.workflows.pipeline.permissions import GONE
from tests.builders import ACME, NOW, a_comment, a_decision, an_account
from tests.workflows.pipeline.test_act import ActUnit
from tests.workflows.pipeline.test_answers import ADA, NEW, proposed, unit_with, whispers


def rules(unit: ActUnit) -> tuple[TeamRule, ...]:
    """What the team has decided once for all."""
    return unit.stores.tenants.get(ACME).rules


def mute(unit: ActUnit, decision: Decision, scope: str, **changes: Any) -> None:
    """Choose from the card's menu."""
    unit.acts(decision, **{"mutes": scope, **ADA, **changes})


def asked_still(unit: ActUnit) -> set[str]:
    """What people are asked."""
    log = unit.stores.decisions.since(ACME, NOW.replace(year=2020))
    return {decision.id for decision in log if decision.state is DecisionState.PROPOSED}


@pytest.mark.parametrize(
    ("scope", "about", "left"),
    [
        ("thread", {"channel": "C0ENG", "root_ts": "ROOT"}, {"beside", "elsewhere"}),
        ("kind", {"channel": "C0ENG", "kind": "comment"}, {"new", "elsewhere"}),
        ("ticket", {"ticket_id": "ticket-1", "ticket_key": "ENG-1"}, {"new", "beside"}),
    ],
)
def test_what_is_muted_is_asked_no_more(scope: str, about: dict[str, str], left: set[str]) -> None:
    """It is a rule of whoever said so, and what is asked already is withdrawn; what else is asked stays."""
    decision = proposed()
    root = decision.subject.root_ts
    others = {
        "new": proposed(NEW),
        "beside": proposed(
            a_comment(ticket_id="ticket-2"), subject=Subject(channel="C0ENG", root_ts="1795000000.000900"), id="beside"
        ),
        "elsewhere": proposed(subject=Subject(channel="C0RIDE", root_ts="1795000000.000901"), id="elsewhere"),
    }
    if scope == "kind":
        others.pop("beside")
    unit = unit_with(decision, *others.values())
    if scope == "ticket":
        others.pop("elsewhere")

    for _ in range(2):
        mute(unit, decision, scope)

    [rule] = rules(unit)
    said = {name: value for name, value in rule.model_dump().items() if name in about}
    assert {name: root if value == "ROOT" else value for name, value in about.items()} == said
    assert ("U0ADA", "never") == (rule.owner, rule.effect)
    assert {others[name].id for name in left & others.keys()} == asked_still(unit)
    held = unit.stores.decisions.get(ACME, decision.id)
    assert held.held_by is not None
    assert (DecisionState.LOGGED, rule.id) == (held.state, held.held_by.rule_id)


def test_only_who_may_answer_may_mute() -> None:
    """And nobody mutes what is in no thread, or about no ticket."""
    decision, built = proposed(), proposed(subject=Subject.built_for("ticket-1"), id="built")
    new = proposed(NEW)
    unit = unit_with(decision, built, new)
    mute(unit, decision, "thread", answered_by="U0NOBODY")
    mute(unit, new, "ticket")
    mute(unit, built, "thread")
    mute(unit, decision.model_copy(update={"id": "gone"}), "thread", pressed_in=decision.subject)
    assert () == rules(unit)
    nobody, no_ticket, gone = whispers(unit)
    assert "Nothing was done: you are nobody whom we know of this workspace." == nobody
    assert "Nothing was done: it is about no one ticket." == no_ticket
    assert GONE in gone


@pytest.mark.parametrize(
    ("decision", "muted", "why"),
    [
        (proposed(subject=Subject.built_for("ticket-1")), "thread", "it is asked in no thread"),
        (proposed(NEW), "ticket", "it is about no one ticket"),
    ],
)
def test_a_rule_is_about_what_the_decision_is_about(decision: Decision, muted: Muted, why: str) -> None:
    """Where it is about nothing of the kind there is no rule, wherever somebody wishes for it."""
    with pytest.raises(InvalidRequest, match=f"^{why}$"):
        rule_from(decision, muted, "U0ADA", unit_with(decision))


def test_only_an_admin_has_a_channel_not_read_and_others_are_told_who_that_is() -> None:
    """It is a setting of the team's."""
    decision = proposed()
    unit = unit_with(decision)
    unit.stores.accounts.put(an_account(id="7f", role=Role.MEMBER))
    unit.stores.accounts.put(an_account(name="bob", role=Role.ADMIN))

    mute(unit, decision, "channel")
    assert ["Nothing was done: only an admin can have a channel not read; ask Bob."] == whispers(unit)
    assert () == unit.stores.tenants.get(ACME).settings.channels.deny

    mute(unit, decision, "channel", answered_by="U0BOB")
    mute(unit, decision, "channel", answered_by="U0BOB")
    assert ("C0ENG",) == unit.stores.tenants.get(ACME).settings.channels.deny
    [noted] = [each for each in unit.stores.audit.latest(ACME, limit=9) if each.action == "settings.changed"]
    assert "U0BOB" == noted.actor


def test_an_order_is_obeyed_where_nothing_is_asked() -> None:
    """Whoever gives it wants it."""
    decision = proposed()
    unit = unit_with(decision)
    mute(unit, decision, "thread")
    approved = a_decision(action=a_comment(ticket_id="ticket-2"), decided_by="U0ADA")
    unit.stores.decisions.save(approved)
    assert DecisionState.DONE is unit.ask(approved).state


def test_a_rule_is_changed_taken_over_and_taken_back() -> None:
    """One that there is not is not."""
    unit = unit_with()
    rule = make_rule(TeamRule(id="r-1", kind="create", owner="U0ADA", made_at=NOW, note="secret"), unit)
    assert "more" == change_rule("r-1", lambda r: r.model_copy(update={"note": "more"}), unit).note
    forget_notes_of({"U0ADA"}, unit)
    assert [""] == [each.note for each in rules(unit)]
    assert rule.id == take_back_rule("r-1", unit).id
    assert () == rules(unit)
    with pytest.raises(NotFound):
        take_back_rule("r-1", unit)


@pytest.mark.parametrize("about", [{}, {"root_ts": "1.0", "kind": "create"}])
def test_a_rule_is_about_something(about: dict[str, str]) -> None:
    """A thread is one of a channel."""
    with pytest.raises(InvalidRequest):
        make_rule(TeamRule.model_validate({"id": "r-1", "owner": "U0ADA", "made_at": NOW, **about}), unit_with())


def test_rules_that_are_over_make_room_for_others() -> None:
    """There is an end to how many count."""
    unit = unit_with()
    for number in range(MOST_RULES):
        make_rule(TeamRule(id=f"r-{number}", kind="create", owner="U0ADA", made_at=NOW), unit)
    with pytest.raises(InvalidRequest):
        make_rule(TeamRule(id="one-more", kind="create", owner="U0ADA", made_at=NOW), unit)
    end_rules_of({"U0ADA"}, unit)
    make_rule(TeamRule(id="one-more", kind="create", owner="U0ADA", made_at=NOW), unit)
    assert ["one-more"] == [rule.id for rule in rules(unit)]


def test_the_rules_of_who_leaves_end_and_that_is_said() -> None:
    """In the list, and in the audit trail, by whatever account they were made; somebody else's go on."""
    unit = unit_with()
    unit.stores.accounts.put(an_account())
    for owner in ("U0ADA", "account:account-ada", "U0BOB"):
        make_rule(TeamRule(id=owner, kind="create", owner=owner, made_at=NOW), unit)
    members = unit.stores.directory.members(ACME)
    accounts = {(Provider.SLACK, "U0ADA"), (Provider.LINEAR, "lin-ada")}

    note_departures(accounts, members, unit)

    seen = {
        each.id: (each.in_force, each.ended) for each in rules_seen(unit.stores.tenants.get(ACME), {}, at=unit.now())
    }
    over = (False, OWNER_LEFT)
    assert {"U0ADA": over, "account:account-ada": over, "U0BOB": (True, None)} == seen
    assert {"U0ADA", "account:account-ada"} == {
        e.target for e in unit.stores.audit.latest(ACME, limit=9) if e.action == "rule.ended"
    }


def test_a_label_is_looked_up_where_what_is_asked_is_withdrawn() -> None:
    """The decision does not say which its ticket has."""
    decision = proposed()
    unit = unit_with(decision)
    [ticket] = unit.stores.tickets.some(ACME, ["ticket-1"])
    later = unit.now()
    unit.stores.tickets.put(ACME, ticket.model_copy(update={"labels": ("design",), "updated_at": later}))
    make_rule(TeamRule(id="r-1", label="design", owner="U0ADA", made_at=NOW), unit)
    assert DecisionState.LOGGED is unit.stores.decisions.get(ACME, decision.id).state


@pytest.mark.parametrize(("effect", "state"), [("never", DecisionState.LOGGED), ("ask", DecisionState.PROPOSED)])
@pytest.mark.parametrize("label", ["design", "other"])
def test_a_rule_about_a_label_stops_what_waits_to_be_done(label: str, effect: Effect, state: DecisionState) -> None:
    """Made while it waited, or put on the ticket since: what its ticket is called by now is what counts."""
    decision = a_decision()
    unit = ActUnit(decision)
    [ticket] = unit.stores.tickets.some(ACME, ["ticket-1"])
    labelled = ticket.model_copy(update={"labels": (label,), "updated_at": unit.now()})
    unit.stores.tickets.put(ACME, labelled)
    make_rule(TeamRule(id="r-1", label="design", effect=effect, owner="U0ADA", made_at=NOW), unit)

    stopped = label == "design"
    assert (state if stopped else DecisionState.DONE) is unit.ask(decision).state
    assert stopped is not bool(unit.tracker.comments)
