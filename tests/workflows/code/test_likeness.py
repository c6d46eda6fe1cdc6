"""A pull request without a ticket is asked about once: whether it is for the one ticket that it is clearly like."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import LinkPullRequest
from pm_assistant.domain.bots import Actor
from pm_assistant.domain.code import CodePart, Description
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState
from pm_assistant.domain.disagreements import DisagreementKind
from pm_assistant.domain.events import CodeChanged
from pm_assistant.domain.links import Link, LinkKind, LinkMaker, LinkSource
from pm_assistant.domain.tenants import ActionKind, Mode, PrivateCode, Provider, Rule, Settings
from pm_assistant.domain.work import Ticket
from pm_assistant.presentation.deeds import imperative
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.workflows.code.picture import list_disagreements
from pm_assistant.workflows.code.reconcile import compare
from pm_assistant.workflows.code.record import record_code
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.tickets import forget_ticket
from tests.builders import (
    ACME,
    DOING,
    DONE,
    ENG,
    NOW,
    a_connection,
    a_pull_request,
    a_repository,
    a_tenant,
    a_ticket,
    an_account,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeTracker

HOUR = timedelta(hours=1)
S = DecisionState
OTHERS = ("Search is slow", "Export invoices as PDF", "Gift cards expire too early", "Dark mode")


class Comparing(FakeUnit):
    """A team with some tickets, one of them about coupons that vanish, and a pull request about the same."""

    def __init__(self, *, pull: bool = True, **settings: Any) -> None:
        super().__init__()
        self.tracker = FakeTracker(teams=[ENG])
        self.stores.tenants.put(a_tenant(settings=Settings(**settings)))
        self.stores.connections.put(a_connection(provider=Provider.LINEAR))
        self.stores.accounts.put(an_account(ACME, "ada"))
        self.stores.directory.put_teams(ACME, [ENG])
        self.put(a_ticket(1, title="Checkout drops the coupon", description="With PayPal.", state=DOING))
        for number, title in enumerate(OTHERS, 2):
            self.put(a_ticket(number, title=title))
        self.record(a_repository())
        if pull:
            self.build()

    def put(self, ticket: Ticket) -> None:
        """Have the tracker hold a ticket, and us know of it."""
        self.tracker.tickets[ticket.id] = ticket
        self.stores.tickets.put(ACME, ticket)

    def record(self, *parts: CodePart) -> None:
        """Take in what the code host tells."""
        record_code(CodeChanged(parts=parts), self)

    def build(self, text: str = "The coupon was lost on the way to PayPal.", **changes: Any) -> None:
        """Have a pull request be there, or be changed."""
        facts = a_pull_request(**{"title": "Keep the coupon in checkout", "created_at": NOW - HOUR, **changes})
        self.record(facts, Description(pull_request_id=facts.pull_request_id, at=facts.at, text=text))

    def look(self) -> list[Decision]:
        """Compare once, and carry out what is asked for; what is asked of pull requests without a ticket."""
        before = len(self.queues.actions.puts)
        compare(self)
        for put in self.queues.actions.puts[before:]:
            act(ActionRequest.model_validate(put.message.model_dump()), self)
        return self.asked

    def say(self, answer: str) -> Decision:
        """Have somebody answer what is asked."""
        (decision,) = self.asked
        request = {"decision_id": decision.id, "answer": answer, "answered_by": "account:account-ada"}
        act(ActionRequest.model_validate({"tenant_id": ACME, **request}), self)
        return self.asked[0]

    @property
    def asked(self) -> list[Decision]:
        """What the log holds of pull requests without a ticket."""
        log = [decision for _, decision in self.stores.decisions.page(ACME, limit=99)]
        return [decision for decision in log if isinstance(decision.action, LinkPullRequest)]

    @property
    def links(self) -> dict[str, Link]:
        """The links of the pull request, by ticket."""
        known = self.stores.code.pull_request(ACME, a_pull_request().pull_request_id)
        links = known.ticket_links if known is not None else None
        return {each.ticket_id: each.link for each in links.links} if links is not None else {}


def test_a_pull_request_is_asked_about_once_whether_it_is_for_the_ticket_that_it_is_like() -> None:
    """However often we look; nothing is linked, and no word of it is in the question."""
    unit = Comparing()
    for _ in range(3):
        (decision,) = unit.look()
        unit.at += HOUR
    assert isinstance(decision.action, LinkPullRequest)
    assert (S.PROPOSED, "ticket-1", "acme/shop#1", LinkKind.CLOSES, {}) == (
        decision.state,
        decision.action.ticket_id,
        decision.action.name,
        decision.action.link,
        unit.links,
    )
    assert "coupon" not in f"{decision.reason} {imperative(decision.action, texts_in(None))}".lower()
    assert 0 == decision.version


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, LinkKind.CLOSES),
        ({"base": "a-feature"}, LinkKind.CONTRIBUTES),
        ({"title": "Keep the coupon in checkout (1/2)"}, LinkKind.CONTRIBUTES),
    ],
)
def test_what_a_person_says_yes_to_is_linked_as_it_was_asked(changes: dict[str, Any], kind: LinkKind) -> None:
    """A person has made that link; undone, there is none, and it is not asked again."""
    unit = Comparing(pull=False)
    unit.build(**changes)
    unit.look()
    assert S.DONE is unit.say("approve").state
    link = unit.links["ticket-1"]
    assert (kind, LinkMaker.PERSON, LinkSource.ANSWER) == (link.kind, link.maker, link.evidence.source)
    unit.look()
    assert S.UNDONE is unit.say("undo").state
    assert {} == unit.links
    assert [S.UNDONE] == [decision.state for decision in unit.look()]


def test_the_moves_from_code_follow_from_it_as_from_any_link() -> None:
    """Once it is merged its ticket is done."""
    unit = Comparing(rules={ActionKind.MOVE: Rule(mode=Mode.AUTO)})
    unit.look()
    unit.say("approve")
    unit.build(at=NOW + HOUR, merged_at=NOW + HOUR, closed_at=NOW + HOUR)
    unit.at += 2 * HOUR
    unit.look()
    assert DONE == unit.tracker.tickets["ticket-1"].state


@pytest.mark.parametrize(
    ("rule", "base", "state", "maker"),
    [
        (Rule(mode=Mode.AUTO, threshold=0.6), "a-feature", S.DONE, LinkMaker.ANALYST),
        (Rule(mode=Mode.AUTO, threshold=0.8), "a-feature", S.PROPOSED, None),
        (Rule(mode=Mode.AUTO, threshold=0.1), "main", S.PROPOSED, None),
        (Rule(mode=Mode.PROPOSE), "a-feature", S.PROPOSED, None),
        (Rule(mode=Mode.OFF), "a-feature", S.LOGGED, None),
    ],
)
def test_it_is_linked_unasked_only_as_the_team_lets_us(
    rule: Rule, base: str, state: DecisionState, maker: LinkMaker | None
) -> None:
    """From its own threshold on, and never where that may close the ticket."""
    unit = Comparing(pull=False, rules={ActionKind.LINK: rule})
    unit.build(base=base)
    assert [state] == [decision.state for decision in unit.look()]
    assert ([maker] if maker else []) == [link.maker for link in unit.links.values()]


@pytest.mark.parametrize(
    "changes",
    [
        {"author": Actor(login="dependabot[bot]", bot=True)},
        {"author": Actor(login="release-please[bot]", bot=True)},
        {"draft": True},
        {"closed_at": NOW},
        {"labels": ("no-ticket",)},
        {"title": 'Revert "Keep the coupon in checkout"'},
        {"title": "Keep the docs up to date", "text": "More about everything."},
        {"title": "Keep the coupon", "text": "Fixes ENG-2"},
        {"created_at": NOW - timedelta(days=15)},
    ],
)
def test_of_what_is_not_somebodys_work_without_a_ticket_or_like_none_nothing_is_asked(changes: dict[str, Any]) -> None:
    """Bots' news, drafts, what came to nothing, what says it has none, has one, or is about something else."""
    unit = Comparing(pull=False)
    unit.build(**changes)
    assert [] == unit.look()


def test_a_coding_agents_work_is_asked_about() -> None:
    """It is a person's work."""
    unit = Comparing(pull=False)
    unit.build(author=Actor(login="copilot-swe-agent[bot]", bot=True))
    assert [S.PROPOSED] == [decision.state for decision in unit.look()]


def test_where_two_tickets_are_as_like_nothing_is_asked() -> None:
    """Nor where the only one had been closed before the work began, or not everybody may read it."""
    for other in (
        a_ticket(9, title="Checkout drops the coupon again"),
        a_ticket(1, title="Checkout drops the coupon", state=DONE, completed_at=NOW - 2 * HOUR),
        a_ticket(1, title="Checkout drops the coupon", team_id="team-hr", updated_at=NOW),
    ):
        unit = Comparing()
        unit.put(other)
        assert [] == unit.look()


def test_merged_work_that_is_like_no_ticket_is_among_the_disagreements() -> None:
    """As it is while nobody has answered."""
    unit = Comparing(pull=False)
    unit.build(title="Repair the coffee machine", text="It leaks.", merged_at=NOW, closed_at=NOW)
    assert [] == unit.look()
    unit.at += timedelta(days=1)
    assert [DisagreementKind.WORK_WITHOUT_TICKET] == [
        each.kind for each in list_disagreements(unit.stores.tenants.get(ACME), unit)
    ]


@pytest.mark.parametrize("after", ["names a ticket", "closed", "ticket gone", "like none"])
def test_what_is_not_to_be_asked_any_more_is_withdrawn(after: str) -> None:
    """Nobody refused it: it is asked again when it is as it was."""
    unit = Comparing()
    unit.look()
    later = NOW + HOUR
    if after == "names a ticket":
        unit.build("Fixes ENG-2", at=later)
    elif after == "closed":
        unit.build(at=later, closed_at=later)
    elif after == "ticket gone":
        forget_ticket("ticket-1", unit, at=later)
    else:
        unit.build("Something else.", title="Repair the coffee machine", at=later)
    assert [(S.DISMISSED, None)] == [(decision.state, decision.decided_by) for decision in unit.look()]
    if after == "ticket gone":
        unit.put(a_ticket(1, title="Checkout drops the coupon", updated_at=later + HOUR))
    unit.build(at=later + HOUR)
    unit.at += 2 * HOUR
    assert [S.PROPOSED] == [decision.state for decision in unit.look()]


def test_what_a_person_has_refused_is_not_asked_again() -> None:
    """Though its words change, or it is merged."""
    unit = Comparing()
    unit.look()
    unit.say("dismiss")
    unit.build("The coupon was lost in checkout.", at=NOW + HOUR, merged_at=NOW + HOUR, closed_at=NOW + HOUR)
    unit.at += HOUR
    assert [S.DISMISSED] == [decision.state for decision in unit.look()]


@pytest.mark.parametrize("private_code", PrivateCode)
def test_of_private_repositories_as_much_is_asked_as_everybody_may_know(private_code: PrivateCode) -> None:
    """Where they are not shown at all, nothing."""
    unit = Comparing(private_code=private_code)
    assert (private_code is not PrivateCode.NOTHING) == bool(unit.look())


def test_what_the_pull_request_says_itself_counts_more_than_the_answer() -> None:
    """It may come to say that it does not close the ticket."""
    unit = Comparing()
    unit.look()
    unit.say("approve")
    unit.build("Part of ENG-1.", at=NOW + HOUR)
    assert {"ticket-1": LinkKind.CONTRIBUTES} == {id: link.kind for id, link in unit.links.items()}
