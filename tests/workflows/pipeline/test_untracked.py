"""Talk about work without a ticket is listed with its receipts, and offered where it was said."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket, Ignore
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState
from pm_assistant.domain.errors import Conflict, NotFound
from pm_assistant.domain.jobs import Job, JobKind, Order
from pm_assistant.domain.rules import TeamRule
from pm_assistant.domain.tenants import ActionKind, Channels, Mode, Rule
from pm_assistant.domain.work import Message
from pm_assistant.workflows.pipeline.untracked import LOOKS_BACK, MOST_AT_ONCE, ask_about, find_untracked
from tests.builders import (
    ACME,
    ENG,
    NOW,
    TRUSTING,
    a_connection,
    a_decision,
    a_job,
    a_member,
    a_message,
    a_tenant,
    going_back,
)
from tests.fakes.unit import FakeUnit

VAGUE = Ignore(work=True)
UNSURE = CreateTicket(title="Export is slow", description="")
SAID = a_message(text="The export of large studios is slow")


class UntrackedUnit(FakeUnit):
    """A tenant whose log holds these."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(at=NOW + timedelta(hours=1))
        self.stores.tenants.put(a_tenant(settings=TRUSTING.model_copy(update=settings)))
        self.stores.connections.put(a_connection())
        self.stores.directory.put_teams(ACME, [ENG])
        self.stores.directory.put_members(ACME, [a_member()])

    def logged(self, action: Any = VAGUE, *, message: Message = SAID, **changes: Any) -> Decision:
        """Something was said, and this was concluded."""
        self.stores.messages.record(ACME, message, keep_days=90)
        known: dict[str, Any] = {"state": DecisionState.LOGGED, "as_of": message.received_at, "updated_at": NOW}
        decision = a_decision(action=action, message=message, **(known | changes))
        digest = {"text_digest": message.text_digest, "root_ts": message.root_ts}
        evidence = tuple(receipt.model_copy(update=digest) for receipt in decision.evidence)
        return self.stores.decisions.save(decision.model_copy(update={"evidence": evidence}))

    def found(self, *, offer: bool = False, since: Any = None) -> list[dict[str, Any]]:
        """What a run finds."""
        order = Order(kind=JobKind.UNTRACKED, dry_run=not offer, since=since)
        job: Job = a_job(order=order).model_copy(update={"created_at": self.at})
        return list(find_untracked(job, self).results)

    @property
    def asked(self) -> list[Decision]:
        """What people are asked."""
        log = self.stores.decisions.since(ACME, NOW - timedelta(days=30))
        return [decision for decision in log if decision.state is DecisionState.PROPOSED]


def test_talk_about_work_is_listed_with_what_a_ticket_would_be_and_where_it_was_said() -> None:
    """Nothing is asked, and nothing changed."""
    unit = UntrackedUnit()
    decision = unit.logged()

    [found] = unit.found()

    assert ("create", "ask", "The export of large studios is slow") == (found["kind"], found["would"], found["title"])
    assert [receipt.url for receipt in decision.evidence] == list(found["evidence"])
    assert ([], []) == (unit.asked, unit.queues.actions.puts)


@pytest.mark.parametrize("action", [VAGUE, UNSURE], ids=["too vague", "too unsure"])
def test_it_is_offered_in_its_thread_once(action: Any) -> None:
    """As a ticket that people are asked about, with what was said; then it is no such talk any more."""
    unit = UntrackedUnit()
    unit.logged(action)

    [found] = unit.found(offer=True)

    [asked] = unit.asked
    [request] = [put.message for put in unit.queues.actions.puts]
    assert isinstance(request, ActionRequest)
    assert isinstance(asked.action, CreateTicket)
    assert (asked.id, found["title"], SAID.root_ts) == (request.decision_id, asked.action.title, asked.subject.root_ts)
    assert [] == unit.found(offer=True) == unit.found()


def test_what_people_do_not_want_a_ticket_for_is_not_offered_again() -> None:
    """Their word stands."""
    unit = UntrackedUnit()
    unit.logged()
    unit.found(offer=True)
    [asked] = unit.asked
    unit.stores.decisions.replace(asked.dismissed("U0ADA", at=unit.at), before=asked)

    assert [] == unit.found(offer=True)
    assert [] == unit.asked


@pytest.mark.parametrize(
    "changes",
    [{"private": True}, {"outside": True}, {"action": Ignore()}, {"state": DecisionState.PROPOSED, "action": UNSURE}],
    ids=["private", "others listen", "chatter", "asked already"],
)
def test_what_is_none_is_not_listed(changes: dict[str, Any]) -> None:
    """What was said in private, or is asked already, or is no work."""
    unit = UntrackedUnit()
    unit.logged(**changes)

    assert [] == unit.found()


def test_what_is_not_read_or_was_deleted_or_is_older_is_not_listed() -> None:
    """Nobody answers for it any more."""
    unread = UntrackedUnit(channels=Channels(deny=(SAID.channel,)))
    unread.logged()
    assert [] == unread.found()

    unit = UntrackedUnit()
    unit.logged()
    assert [] == unit.found(since=unit.at)
    unit.at += LOOKS_BACK
    assert [] == unit.found()
    unit.at -= LOOKS_BACK
    unit.stores.messages.delete(ACME, SAID.channel, SAID.root_ts, SAID.ts, at=unit.at)
    assert [] == unit.found()


@pytest.mark.parametrize(
    "settings", [{"rules": {ActionKind.CREATE: Rule(mode=Mode.OFF)}}, {"shadow": True}], ids=["off", "shadow"]
)
def test_where_nobody_is_to_be_asked_it_is_only_listed(settings: dict[str, Any]) -> None:
    """That is the tenant's choice."""
    unit = UntrackedUnit(**settings)
    unit.logged()

    assert ["log"] == [found["would"] for found in unit.found()]
    assert ([], []) == (unit.found(offer=True), unit.asked)


def test_no_more_is_offered_than_people_look_at() -> None:
    """The latest, one of each thread."""
    unit = UntrackedUnit()
    for number in range(MOST_AT_ONCE + 1):
        unit.logged(message=a_message(number, f"The export number {number} of large studios is slow"))
    unit.logged(UNSURE, message=a_message(MOST_AT_ONCE, f"The export number {MOST_AT_ONCE} of large studios is slow"))

    titles = [found["title"] for found in unit.found()]

    assert MOST_AT_ONCE == len(titles)
    assert "Export is slow" == titles[0]


def test_no_ticket_is_offered_for_what_is_never_to_be_asked() -> None:
    """It is listed all the same; where a rule only has us ask first, we ask."""
    unit = UntrackedUnit()
    decision = unit.logged()
    rule = TeamRule(id="r-1", channel=decision.subject.channel, owner="U0ADA", made_at=NOW)

    def ruled_by(rule: TeamRule) -> None:
        tenant = unit.stores.tenants.get(ACME)
        unit.stores.tenants.replace(tenant.model_copy(update={"rules": (rule,)}), before=tenant)

    ruled_by(rule)
    assert ["log"] == [found["would"] for found in unit.found()]
    assert ([], []) == (unit.found(offer=True), unit.asked)

    ruled_by(rule.model_copy(update={"effect": "ask"}))
    assert ["ask"] == [found["would"] for found in unit.found(offer=True)]
    assert 1 == len(unit.asked)


def test_one_piece_of_talk_is_asked_about_because_somebody_wants_that() -> None:
    """And no other; once it is asked it is no talk without a ticket any more."""
    unit = UntrackedUnit()
    wanted = unit.logged()
    unit.logged(message=a_message(3_600, "The import is slow, too"))
    tenant = unit.stores.tenants.get(ACME)

    draft = ask_about(wanted.id, tenant, unit)

    assert [draft.id] == [decision.id for decision in unit.asked]
    assert [draft.id] == [put.message.model_dump()["decision_id"] for put in unit.queues.actions.puts]
    with pytest.raises(NotFound):
        ask_about(wanted.id, tenant, unit)


def test_where_the_team_wants_no_new_tickets_nobody_is_asked_either_way() -> None:
    """Whoever wants it is told so."""
    unit = UntrackedUnit(rules={ActionKind.CREATE: Rule(mode=Mode.OFF)})
    wanted = unit.logged()
    with pytest.raises(Conflict):
        ask_about(wanted.id, unit.stores.tenants.get(ACME), unit)
    assert [] == unit.asked


def test_talk_is_listed_no_further_back_than_the_teams_plan_goes() -> None:
    """However far back somebody wishes."""
    unit = UntrackedUnit()
    unit.logged(updated_at=NOW - timedelta(days=20))
    ever = NOW - timedelta(days=60)
    assert 1 == len(unit.found(since=ever))

    unit.stores.tenants.put(unit.stores.tenants.get(ACME).model_copy(update={"billing": going_back(14)}))

    assert [] == unit.found(since=ever)
