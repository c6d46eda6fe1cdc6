"""What people decide once for all counts for what it names, until it ends, and the stricter rule wins."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.policy import objection, ruled
from pm_assistant.domain.rules import HeldBy, Matter, TeamRule, conflicting, strictest
from tests.builders import NOW, TRUSTING, a_comment, a_decision, a_tenant

MATTER = Matter("comment", "C1", "1.0", ["ticket-1"], ["design"])


def a_rule(id: str = "r-1", **about: Any) -> TeamRule:
    """A rule of Ada's."""
    return TeamRule(**{"id": id, "owner": "U0ADA", "made_at": NOW, **about})


@pytest.mark.parametrize(
    ("about", "applies"),
    [
        ({"kind": "comment"}, True),
        ({"kind": "create"}, False),
        ({"channel": "C1"}, True),
        ({"channel": "C2"}, False),
        ({"channel": "C1", "root_ts": "1.0"}, True),
        ({"channel": "C1", "root_ts": "2.0"}, False),
        ({"ticket_id": "ticket-1"}, True),
        ({"ticket_id": "ticket-2"}, False),
        ({"label": "design"}, True),
        ({"label": "bug"}, False),
        ({"kind": "comment", "label": "bug"}, False),
    ],
)
def test_a_rule_is_about_what_fits_all_that_it_names(about: dict[str, Any], applies: bool) -> None:
    """One thing that does not fit is enough."""
    assert applies is a_rule(**about).applies(MATTER)


@pytest.mark.parametrize(
    ("ends", "counts"),
    [
        ({}, True),
        ({"until": NOW + timedelta(days=1)}, True),
        ({"until": NOW}, False),
        ({"ended": "its owner has left"}, False),
    ],
)
def test_a_rule_counts_until_it_ends(ends: dict[str, Any], counts: bool) -> None:
    """By its date, or with its owner."""
    assert counts is a_rule(kind="comment", **ends).counts(NOW)


def test_the_stricter_of_two_rules_counts_and_that_they_differ_is_shown() -> None:
    """Where both may be about the same; rules that are over, or never meet, are in nobody's way."""
    never, ask = a_rule("never", kind="comment"), a_rule("ask", channel="C1", effect="ask")
    over, elsewhere = a_rule("over", effect="ask", until=NOW), a_rule("else", kind="create", effect="ask")
    rules = [ask, never, over, elsewhere]
    assert never == strictest(rules, MATTER, at=NOW)
    assert ask == strictest([ask], MATTER, at=NOW)
    assert strictest([over, elsewhere], MATTER, at=NOW) is None
    assert ["ask"] == conflicting(never, rules, at=NOW)
    assert ["never"] == conflicting(ask, rules, at=NOW)
    assert [] == conflicting(elsewhere, [never, elsewhere], at=NOW)


def judged(*rules: TeamRule, labels: tuple[str, ...] = (), at: datetime = NOW) -> Decision:
    """A sure comment of a team that trusts us and has these rules."""
    tenant = a_tenant(settings=TRUSTING).model_copy(update={"rules": rules})
    decision = a_decision(action=a_comment(), confidence=0.95, updated_at=at)
    return ruled(decision, tenant=tenant, private=False, labels=labels)


def test_what_is_never_to_be_asked_is_logged_with_the_rule_that_says_so() -> None:
    """Whose it is, and until when, as it was then."""
    until = NOW + timedelta(days=3)
    held = judged(a_rule(kind="comment", until=until))
    assert (DecisionState.LOGGED, HeldBy(rule_id="r-1", effect="never", owner="U0ADA", until=until)) == (
        held.state,
        held.held_by,
    )
    free = judged(a_rule(kind="create"))
    assert (DecisionState.QUEUED, None) == (free.state, free.held_by)
    assert DecisionState.QUEUED is judged(a_rule(kind="comment", until=until), at=until).state


def test_what_is_to_be_asked_first_is_not_done_unasked() -> None:
    """However sure we are; a label counts where the ticket's are known."""
    asked = judged(a_rule(label="design", effect="ask"), labels=("design",))
    assert DecisionState.PROPOSED is asked.state
    assert asked.held_by is not None
    assert DecisionState.QUEUED is judged(a_rule(label="design", effect="ask")).state


def test_a_rule_made_meanwhile_keeps_from_being_done_what_nobody_has_approved() -> None:
    """What a person said yes to is done: that is the later word."""
    tenant = a_tenant(settings=TRUSTING).model_copy(update={"rules": (a_rule(kind="comment"),)})
    decision = a_decision(action=a_comment(), confidence=0.95)
    found = objection(decision, tenant=tenant, cited=(), at=NOW)
    assert found is not None
    assert DecisionState.LOGGED is found.into
    assert objection(decision.model_copy(update={"decided_by": "U0ADA"}), tenant=tenant, cited=(), at=NOW) is None
