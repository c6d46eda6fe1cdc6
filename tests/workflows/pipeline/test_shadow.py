"""Shadow mode: all is judged and logged, nobody is asked, nothing is done, and afterwards it is not made up for."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import Action, CloseTree, Closing, CreateTicket, LinkPullRequest, MoveTicket
from pm_assistant.domain.code import TicketLinks
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState, Outcome
from pm_assistant.domain.links import LinkKind
from pm_assistant.domain.shadow import FOLLOWED_UP, ShadowedKind
from pm_assistant.domain.tenants import ActionKind, Settings
from pm_assistant.domain.work import Conversation
from pm_assistant.workflows.code.reconcile import compare
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.shadow import report_on_shadow
from tests.builders import (
    ACME,
    CANCELED,
    DOING,
    DONE,
    NOW,
    REVIEW,
    TODO,
    TRUSTING,
    a_comment,
    a_decision,
    a_judgement,
    a_link_to,
    a_message,
    a_proposal,
    a_pull_request,
    a_tenant,
    a_ticket,
    a_ticket_comment,
    going_back,
)
from tests.fakes.unit import FakeUnit
from tests.workflows.code.test_reconcile import Reconciling
from tests.workflows.pipeline.test_orders import US, OrderUnit
from tests.workflows.pipeline.unit import AnalyzeUnit

WATCHING = TRUSTING.model_copy(update={"shadow": True})
DAY = timedelta(days=1)
LINK = LinkPullRequest(pull_request_id="900:1", name="acme/shop#1", ticket_id="ticket-1", link=LinkKind.CLOSES)
NEW = CreateTicket(title="Coupons vanish when paying with PayPal", description="They do so in checkout.")


def shadowed(action: Action | None = None, **changes: Any) -> Decision:
    """What people would have been asked."""
    defaults = {"state": DecisionState.LOGGED, "shadow": DecisionState.PROPOSED}
    return a_decision(action=action, **{**defaults, **changes})


def a_watching_unit(*decisions: Decision) -> FakeUnit:
    """A unit of a tenant that has us only watch, with this log."""
    unit = AnalyzeUnit()
    unit.stores.tenants.put(a_tenant(settings=WATCHING))
    for decision in decisions:
        unit.stores.decisions.save(decision)
    return unit


def test_what_would_be_done_or_asked_is_logged_and_nobody_hears_of_it() -> None:
    """With what would have become of it; what would only be logged anyway says nothing of the kind."""
    said = [a_message(0), a_message(1)]
    sure, unsure, none = (
        a_proposal(a_comment(f"ticket-{n}"), said[0].id, confidence=confidence)
        for n, confidence in enumerate((0.9, 0.6, 0.3), start=1)
    )
    unit = AnalyzeUnit(a_judgement(sure, unsure, none))
    unit.stores.tenants.put(a_tenant(settings=WATCHING))
    unit.stores.tickets.put_all(ACME, [a_ticket(n) for n in (1, 2, 3)])
    unit.say(*said)

    logged = unit.touched(said[1]).decisions

    assert {DecisionState.LOGGED} == {decision.state for decision in logged}
    assert {"ticket-1": DecisionState.QUEUED, "ticket-2": DecisionState.PROPOSED, "ticket-3": None} == {
        decision.action.about_ticket: decision.shadow for decision in logged
    }
    assert [] == unit.asked_for


def test_when_shadow_mode_ends_nothing_old_is_asked_or_done() -> None:
    """Not even if the same talk is looked at once more; what is said from then on is acted upon."""
    said = a_message()
    proposal = a_proposal(a_comment(), said.id)
    unit = AnalyzeUnit(*[a_judgement(proposal)] * 3)
    unit.stores.tenants.put(a_tenant(settings=WATCHING))
    unit.say(said)
    [before] = unit.touched(said).decisions
    unit.stores.tenants.put(a_tenant())

    unit.stores.conversations.forget(ACME, Conversation(channel=said.channel, messages=(said,)))
    unit.touched(said, force=True)

    assert before == unit.stores.decisions.get(ACME, before.id)
    assert [] == unit.asked_for
    reply = a_message(300, "And again", root_ts=said.root_ts)
    unit.say(reply)
    unit.at = reply.received_at + timedelta(minutes=1)
    [after] = unit.touched(reply).decisions
    assert (DecisionState.QUEUED, None) == (after.state, after.shadow)
    assert [before.id] == unit.asked_for


def test_what_was_merged_in_shadow_mode_is_not_made_up_for_either() -> None:
    """The hourly comparison finds it anew each time."""
    unit = Reconciling()
    settings = unit.stores.tenants.get(ACME).settings
    unit.stores.tenants.put(a_tenant(settings=settings.model_copy(update={"shadow": True})))
    compare(unit)
    [(_, before)] = unit.stores.decisions.page(ACME, limit=9)
    assert (DecisionState.LOGGED, DecisionState.PROPOSED) == (before.state, before.shadow)

    unit.stores.tenants.put(a_tenant(settings=settings))
    compare(unit)

    assert [before] == [decision for _, decision in unit.stores.decisions.page(ACME, limit=9)]
    assert [] == unit.queues.actions.puts


def test_what_was_on_its_way_when_shadow_mode_began_is_not_done() -> None:
    """Unless a person has said yes to it."""
    theirs = a_decision(action=MoveTicket(ticket_id="ticket-1", to=DOING), decided_by="pm:ada")
    unit = OrderUnit(settings=WATCHING)
    for decision in (a_decision(), theirs):
        unit.stores.decisions.save(decision)
        act(ActionRequest(tenant_id=ACME, decision_id=decision.id), unit)

    withdrawn, done = (unit.stores.decisions.get(ACME, each.id) for each in (a_decision(), theirs))

    assert (DecisionState.LOGGED, "the team has us watch and do nothing") == (withdrawn.state, withdrawn.error)
    assert DecisionState.DONE == done.state
    assert {} == {id: said for id, said in unit.tracker.comments.items() if said}


def test_what_people_order_is_done_in_shadow_mode() -> None:
    """They have asked for it, and are answered."""
    unit = OrderUnit(settings=WATCHING.model_copy(update={"rules": Settings().rules}))

    unit.says(f"{US} move ENG-1 to In Progress")

    assert DOING.name == unit.states["ENG-1"]
    assert ["Moved to In Progress:"] == [entry.headline for card in unit.chat.cards.values() for entry in card.entries]


AGREEING: dict[str, tuple[Action, Any]] = {
    "a ticket that is there": (
        MoveTicket(ticket_id="ticket-1", to=DOING),
        lambda stores: stores.tickets.put(ACME, a_ticket(1, state=DOING)),
    ),
    "a ticket that went further": (
        MoveTicket(ticket_id="ticket-1", to=DOING),
        lambda stores: stores.tickets.put(ACME, a_ticket(1, state=REVIEW)),
    ),
    "a comment of theirs": (a_comment(), lambda stores: comment(stores, "theirs")),
    "a ticket like it": (
        NEW,
        lambda stores: stores.tickets.put(ACME, a_ticket(7, title="PayPal: coupons vanish", created_at=NOW + DAY)),
    ),
    "a tree that is closed": (
        CloseTree(root_id="ticket-1", closings=(Closing(ticket_id="ticket-1", to=DONE, because=("ticket-2",)),)),
        lambda stores: stores.tickets.put(ACME, a_ticket(1, state=CANCELED)),
    ),
    "a pull request that was linked": (LINK, lambda stores: link(stores, "ticket-1")),
}


def comment(stores: Any, id: str, *, after: timedelta = DAY, **changes: Any) -> None:
    """Somebody comments on the ticket."""
    said = a_ticket_comment(id, created_at=NOW + after, **changes)
    stores.planning.record_comment(ACME, said, keep_days=90)


def link(stores: Any, ticket_id: str) -> None:
    """The pull request names a ticket now."""
    facts = a_pull_request()
    stores.code.record(ACME, facts, keep_days=90)
    links = TicketLinks(pull_request_id=facts.pull_request_id, at=NOW, links=(a_link_to("ENG-1", ticket_id=ticket_id),))
    stores.code.record(ACME, links, keep_days=90)


@pytest.mark.parametrize("people", AGREEING)
def test_people_who_do_the_same_themselves_agree(people: str) -> None:
    """Until then it is open; a week later they had something else in mind."""
    action, happens = AGREEING[people]
    unit = a_watching_unit(shadowed(action))

    def counted() -> tuple[int, int, int]:
        [kind] = report_on_shadow(NOW - DAY, unit).kinds
        return kind.agreed, kind.differed, kind.open

    assert (0, 0, 1) == counted()
    unit.at = NOW + FOLLOWED_UP
    assert (0, 1, 0) == counted()
    happens(unit.stores)
    assert (1, 0, 0) == counted()


DIFFERING: dict[str, tuple[Action, Any]] = {
    "a ticket that stayed": (MoveTicket(ticket_id="ticket-1", to=DOING), lambda stores: None),
    "half of a tree that was closed": (
        CloseTree(
            root_id="ticket-1",
            closings=tuple(Closing(ticket_id=id, to=DONE, because=("ticket-9",)) for id in ("ticket-1", "ticket-2")),
        ),
        lambda stores: stores.tickets.put(ACME, a_ticket(2, state=CANCELED)),
    ),
    "a comment before": (a_comment(), lambda stores: comment(stores, "before", after=-DAY)),
    "a comment much later": (a_comment(), lambda stores: comment(stores, "later", after=FOLLOWED_UP)),
    "a comment that was deleted": (a_comment(), lambda stores: comment(stores, "gone", deleted=True, text="")),
    "a comment of ours": (a_comment(), lambda stores: comment(stores, "ours")),
    "a ticket about something else": (
        NEW,
        lambda stores: stores.tickets.put(ACME, a_ticket(7, title="Translate the manual", created_at=NOW + DAY)),
    ),
    "a ticket of before": (
        NEW,
        lambda stores: stores.tickets.put(ACME, a_ticket(7, title=NEW.title, created_at=NOW - DAY)),
    ),
    "a ticket of ours": (
        NEW,
        lambda stores: stores.tickets.put(ACME, a_ticket(7, id="ours", title=NEW.title, created_at=NOW + DAY)),
    ),
    "a pull request that is for another ticket": (LINK, lambda stores: link(stores, "ticket-2")),
}


@pytest.mark.parametrize("people", DIFFERING)
def test_what_people_do_besides_is_no_agreement(people: str) -> None:
    """Nor is what we did ourselves, because it was ordered."""
    action, happens = DIFFERING[people]
    made = Outcome(external_id="ours", url="https://linear.app/x", inverse="{}")
    ordered = a_decision(id="ordered", state=DecisionState.DONE, outcome=made)
    unit = a_watching_unit(shadowed(action), ordered)
    unit.stores.tickets.put(ACME, a_ticket(1, state=TODO))
    happens(unit.stores)
    unit.at = NOW + FOLLOWED_UP

    [kind] = report_on_shadow(NOW - DAY, unit).kinds

    assert (0, 1) == (kind.agreed, kind.differed)


def test_the_report_counts_kinds_apart_and_only_what_was_judged_in_shadow_mode() -> None:
    """What would have been done unasked is not what would have been asked."""
    decisions = [
        shadowed(id="1", created_at=NOW + DAY, updated_at=NOW + DAY),
        shadowed(id="2", shadow=DecisionState.QUEUED),
        shadowed(NEW, id="3"),
        a_decision(id="4", state=DecisionState.PROPOSED),
        shadowed(id="5", updated_at=NOW - 3 * DAY),
    ]
    unit = a_watching_unit(*decisions)

    report = report_on_shadow(NOW - DAY, unit)

    assert (True, NOW - DAY, NOW) == (report.on, report.since, report.began_at)
    assert [
        ShadowedKind(kind=ActionKind.COMMENT, asked=1, done=1, agreed=0, differed=0, open=2),
        ShadowedKind(kind=ActionKind.CREATE, asked=1, done=0, agreed=0, differed=0, open=1),
    ] == list(report.kinds)


def test_the_report_goes_no_further_back_than_the_teams_plan() -> None:
    """And says since when."""
    unit = a_watching_unit(shadowed(id="1", updated_at=NOW - 20 * DAY))
    unit.stores.tenants.put(unit.stores.tenants.get(ACME).model_copy(update={"billing": going_back(14)}))

    report = report_on_shadow(NOW - 60 * DAY, unit)

    assert (unit.now() - 14 * DAY, 0) == (report.since, len(report.kinds))


def test_the_report_says_whether_the_team_still_has_us_only_watch() -> None:
    """What came of it can be read when that is over."""
    unit = a_watching_unit(shadowed(id="1"))
    tenant = unit.stores.tenants.get(ACME)
    unit.stores.tenants.put(tenant.model_copy(update={"settings": Settings()}))

    assert (False, 1) == ((report := report_on_shadow(NOW - DAY, unit)).on, len(report.kinds))
