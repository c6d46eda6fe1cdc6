"""What a conversation is taken to mean: what the analyst is shown, and what is made of its answer."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.decisions import Decision, DecisionState, Evidence, Judgement, RunnerUp, Subject, decision_id
from pm_assistant.domain.drafts import Quote
from pm_assistant.domain.errors import NotConnected
from pm_assistant.domain.grounding import LED_ASTRAY
from pm_assistant.domain.planning import Relation, RelationType
from pm_assistant.domain.policy import POLICY_VERSION
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import MOST_SHOWN, Conversation, StateType, Ticket, TicketState, permalink
from pm_assistant.workflows.pipeline.judge import (
    BEGINNING_UNKNOWN,
    FOR_ONE_MESSAGE,
    LARGEST_VERDICT,
    MOST_CANDIDATES,
    MOST_NAMED,
    MOST_PROPOSALS,
    TOO_MANY_MEANT,
    TOO_MANY_NAMED,
    TOO_MANY_PROPOSED,
    Verdict,
    judge,
)
from tests.builders import (
    ACME,
    DONE,
    ENG,
    GLOBEX,
    NOW,
    TODO,
    a_comment,
    a_connection,
    a_conversation,
    a_judgement,
    a_member,
    a_message,
    a_participant,
    a_proposal,
    a_tenant,
    a_ticket,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst

LATER = NOW + timedelta(minutes=2)
BASE_URL = "https://acme.slack.com/"


class RecordingAnalyst(FakeAnalyst):
    """An analyst that remembers what it was asked about last, and all it was `given`."""

    conversation: Conversation
    given: dict[str, Any]

    def judge(self, conversation: Conversation, **given: Any) -> Judgement:
        """Give the next answer."""
        self.conversation, self.given = conversation, given
        return super().judge(conversation, **given)


class JudgeUnit(FakeUnit):
    """A tenant with these tickets, another with tickets and people of its own, and an analyst that answers so."""

    def __init__(self, *answers: Judgement, tickets: tuple[Ticket, ...] = (a_ticket(1),)) -> None:
        super().__init__(at=LATER)
        self.analyst: RecordingAnalyst = RecordingAnalyst(*answers)
        self.stores.connections.put(a_connection())
        self.stores.directory.put_members(ACME, [a_member(), a_member("bob", linear_id=None)])
        self.stores.directory.put_teams(ACME, [ENG])
        self.stores.directory.put_members(GLOBEX, [a_member("eve")])
        self.stores.directory.put_teams(GLOBEX, [ENG.model_copy(update={"id": "team-globex"})])
        self.stores.tickets.put(GLOBEX, a_ticket(99))
        for ticket in tickets:
            self.stores.tickets.put(ACME, ticket)

    def of(self, conversation: Conversation, **settings: Any) -> Verdict:
        """Judge a conversation two minutes after the first word."""
        tenant = a_tenant()
        changed = tenant.model_copy(update={"settings": tenant.settings.model_copy(update=settings)})
        return judge(conversation, changed, self)

    @property
    def shown(self) -> list[str]:
        """The tickets that the analyst was shown."""
        return [ticket.id for ticket in self.analyst.given["candidates"]]


# What the analyst is shown


def test_the_analyst_is_shown_the_tenants_own_tickets_teams_and_people() -> None:
    """And told what time it is, and in which language to write."""
    judging = JudgeUnit(a_judgement())

    judging.of(a_conversation(), language="de")

    assert {
        "candidates": [a_ticket(1)],
        "teams": [ENG],
        "people": [a_participant(), a_participant("bob").model_copy(update={"tracker_id": None})],
        "now": LATER,
        "language": "de",
        "odds": pytest.approx({"ticket-1": 32.05}, abs=0.01),
    } == judging.analyst.given


def test_a_ticket_of_who_speaks_comes_first() -> None:
    """Their own work is what people talk about, if the words fit as well; in chat and tracker they have other ids."""
    alike = [a_ticket(n, assignee_id=who) for n, who in enumerate(("lin-bob", "lin-ada", None), start=1)]
    judging = JudgeUnit(a_judgement(), a_judgement(), tickets=tuple(alike))

    judging.of(a_conversation(a_message()))
    assert "ticket-2" == judging.shown[0]

    judging.of(a_conversation(a_message(author="U0BOB")))  # unknown to the tracker
    assert "ticket-1" == judging.shown[0]


def test_what_was_closed_long_ago_is_not_shown() -> None:
    """People no longer mean it."""
    old = a_ticket(2, state=DONE, completed_at=LATER - timedelta(days=120, seconds=1))
    recent = a_ticket(3, state=DONE, completed_at=LATER - timedelta(days=120))
    judging = JudgeUnit(a_judgement(), tickets=(old, recent))

    judging.of(a_conversation())

    assert ["ticket-3"] == judging.shown


COUPONS = tuple(a_ticket(n, title="Coupon, voucher and discount vanish in checkout") for n in range(1, 31))
PRINTERS = tuple(a_ticket(50 + n, title="Printer does nothing") for n in range(5))
LOUD = "Coupon, voucher and discount all vanish in checkout again, coupon after coupon, discount after discount"


def test_in_a_burst_each_message_may_be_about_something_else() -> None:
    """A ticket that one message is about is shown, however much was said about others; in a thread all is about one."""
    loud, quiet = a_message(0, LOUD), a_message(10, "printer")
    judging = JudgeUnit(a_judgement(), a_judgement(), tickets=(*COUPONS, *PRINTERS))
    printers = {ticket.id for ticket in PRINTERS}

    judging.of(a_conversation(loud, quiet.model_copy(update={"root_ts": loud.ts})))
    assert 16 == len(judging.shown)
    assert set() == printers & set(judging.shown)

    judging.of(a_conversation(loud, quiet))
    assert FOR_ONE_MESSAGE <= len(printers & set(judging.shown))
    assert len(judging.shown) == len(set(judging.shown))


def test_of_a_conversation_the_analyst_is_shown_what_still_stands_and_no_more_than_it_can_read() -> None:
    """How it began, and the latest of it."""
    taken_back, *said = (a_message(number, root_ts=a_message().ts) for number in range(MOST_SHOWN + 9))
    judging = JudgeUnit(a_judgement())

    judging.of(a_conversation(taken_back.model_copy(update={"deleted": True}), *said))

    shown = judging.analyst.conversation.messages
    assert (MOST_SHOWN, said[0], said[-1]) == (len(shown), shown[0], shown[-1])


def test_tickets_that_not_all_may_read_take_no_place_among_the_candidates() -> None:
    """However well they fit, and however many they are."""
    hidden = ENG.model_copy(update={"id": "team-hr", "private": True})
    printer = a_ticket(99, title="Coupon form")
    judging = JudgeUnit(
        a_judgement(), tickets=(*(t.model_copy(update={"team_id": hidden.id}) for t in COUPONS), printer)
    )
    judging.stores.directory.put_teams(ACME, [ENG, hidden])

    judging.of(a_conversation(a_message(text=LOUD)))

    assert [printer.id] == judging.shown


def test_where_nobody_talks_with_us_any_more_that_is_said() -> None:
    """Nothing can be linked to what was said: the chat has been disconnected while it was judged."""
    judging = JudgeUnit(a_judgement())
    judging.stores.connections.remove(ACME, Provider.SLACK)

    with pytest.raises(NotConnected, match=r"^Slack is not connected$"):
        judging.of(a_conversation())


def test_what_people_took_back_finds_no_ticket() -> None:
    """Not in a burst either."""
    judging = JudgeUnit(a_judgement(), tickets=(*COUPONS, *PRINTERS))

    judging.of(a_conversation(a_message(0, LOUD), a_message(10, "printer", deleted=True)))

    assert set() == {ticket.id for ticket in PRINTERS} & set(judging.shown)


def test_however_many_things_are_talked_about_the_analyst_sees_so_many_tickets_and_no_more() -> None:
    """A model is paid by what it reads."""
    subjects = (
        "coupon",
        "printer",
        "invoice",
        "holiday",
        "calendar",
        "newsletter",
        "warehouse",
        "avatar",
        "font",
        "tax",
    )
    tickets = [a_ticket(10 * n + m, title=subject) for n, subject in enumerate(subjects) for m in range(3)]
    judging = JudgeUnit(a_judgement(), tickets=tuple(tickets))

    judging.of(a_conversation(*(a_message(n, subject) for n, subject in enumerate(subjects))))

    assert 24 == MOST_CANDIDATES == len(judging.shown) == len(set(judging.shown))


def test_the_analyst_knows_how_much_likelier_each_candidate_is_than_none() -> None:
    """In a burst by the message that speaks most of it; of a duplicate they are those of the ticket it stands for."""
    tickets = (
        a_ticket(1, title="Coupon is dropped"),
        a_ticket(2, title="Invoice export"),
        a_ticket(3, title="Coupons", state=DUPLICATE),
    )
    judging = JudgeUnit(a_judgement(), a_judgement(), tickets=tickets)
    duplicates(judging, (3, 1))
    both = a_conversation(a_message(0, "the coupon is dropped"), a_message(1, "the invoice export is empty"))

    judging.of(both)
    together = judging.analyst.given["odds"]
    judging.of(a_conversation(a_message(0, "the invoice export is empty")))
    alone = judging.analyst.given["odds"]

    assert {"ticket-1", "ticket-2"} == together.keys()
    assert alone["ticket-1"] < alone["ticket-2"] <= together["ticket-2"]


# What is made of its answer


def test_a_decision_holds_all_that_it_was_made_of() -> None:
    """Evidence in the order in which it was said, the tickets that came next, what it cost, and what it rests on."""
    first = a_message(0, author="U0BOB")
    second, third = (a_message(n, "with PayPal", root_ts=first.ts) for n in (10, 20))
    conversation = a_conversation(first, second, third)
    seen, made_up = RunnerUp(ticket_id="ticket-2", score=0.3), RunnerUp(ticket_id="ticket-7", score=0.2)
    proposal = a_proposal(a_comment(), third.id, second.id, confidence=0.7, runners_up=(seen, made_up))
    cost = {"prompt": "v7", "cost_microdollars": 93, "fallback": "the model refused to answer"}
    judging = JudgeUnit(a_judgement(proposal).model_copy(update=cost), tickets=(a_ticket(1), a_ticket(2)))

    verdict = judging.of(conversation)

    thread = Subject(channel="C0ENG", root_ts=first.ts)
    assert (
        Decision(
            id=decision_id(ACME, thread, a_comment()),
            tenant_id=ACME,
            subject=thread,
            action=a_comment(),
            confidence=0.7,
            raw_confidence=0.7,
            reason="both speak of coupon and checkout",
            evidence=tuple(
                Evidence(message_id=m.id, url=permalink(BASE_URL, m), root_ts=m.root_ts, text_digest=m.text_digest)
                for m in (second, third)
            ),
            runners_up=(seen,),
            private=False,
            model="scripted",
            tokens_in=100,
            tokens_out=20,
            latency_ms=5,
            prompt="v7",
            cost_microdollars=93,
            fallback="the model refused to answer",
            policy=POLICY_VERSION,
            state=DecisionState.PROPOSED,
            revision=conversation.digest,
            as_of=third.received_at,
            created_at=LATER,
            updated_at=LATER,
            keep_days=90,
        ),
    ) == verdict.decisions
    assert () == verdict.unusable


def test_in_a_burst_the_subject_is_the_first_message_cited() -> None:
    """A thread that follows below it is about the same."""
    one, two, three = a_message(0, "lunch?"), a_message(10), a_message(20)
    judging = JudgeUnit(a_judgement(a_proposal(a_comment(), three.id, two.id)))

    [decision] = judging.of(a_conversation(one, two, three)).decisions

    assert Subject(channel="C0ENG", root_ts=two.ts) == decision.subject


def test_what_was_partly_said_in_private_is_private() -> None:
    """And asks, however sure the analyst is, also where what it cites was said in public."""
    public = a_message(0)
    judging = JudgeUnit(a_judgement(a_proposal(a_comment(), public.id, confidence=1)))

    [decision] = judging.of(a_conversation(public, a_message(10, private=True))).decisions

    assert decision.private
    assert DecisionState.PROPOSED is decision.state


def test_what_cannot_be_used_is_named_and_the_rest_is_used() -> None:
    """Each by its kind and what is wrong with it."""
    message = a_message()
    judging = JudgeUnit(
        a_judgement(
            a_proposal(a_comment("ticket-99"), message.id),  # another tenant's
            a_proposal(a_comment(), message.id),
            a_proposal(MoveTicket(ticket_id="ticket-1", to=TODO), message.id),
            a_proposal(MoveTicket(ticket_id="ticket-1", to=DONE), message.id),
        )
    )

    verdict = judging.of(a_conversation(message))

    assert ("comment: unknown ticket", "move: does not move the ticket forwards") == verdict.unusable
    assert [a_comment(), MoveTicket(ticket_id="ticket-1", to=DONE)] == [d.action for d in verdict.decisions]


def test_of_more_than_a_row_holds_the_surest_is_decided() -> None:
    """Nobody says how much an analyst may write, or a thread hold."""
    root = a_message(text="\N{PARTY POPPER}" * 9)
    replies = [a_message(n, "\x01" * 99, root_ts=root.ts) for n in range(1, 5_000)]
    long, cited = "\N{PARTY POPPER}" * 9_999, [root.id, *(reply.id for reply in replies[-79:])]
    tickets = tuple(a_ticket(number) for number in range(8))
    actions = [
        action
        for ticket in tickets
        for action in (a_comment(ticket.id, long), MoveTicket(ticket_id=ticket.id, to=DONE))
    ]
    proposals = [
        a_proposal(action, *cited, confidence=number / 100, reason=long) for number, action in enumerate(actions)
    ]
    judging = JudgeUnit(a_judgement(*proposals), tickets=tickets)

    decisions, unusable = dict(judging.of(a_conversation(root, *replies))).values()

    sizes = [len(decision.model_dump_json().encode()) for decision in decisions]
    assert LARGEST_VERDICT - max(sizes) < sum(sizes) <= LARGEST_VERDICT
    assert [proposal.confidence for proposal in proposals][-len(sizes) :] == [d.confidence for d in decisions]
    assert len(sizes) + len(unusable) == len(proposals)
    assert unusable


def test_where_nothing_usable_was_proposed_that_is_logged() -> None:
    """On the last word that stands; nobody is asked and nothing is done."""
    first, last = a_message(0), a_message(10)
    judging = JudgeUnit(a_judgement(a_proposal(a_comment("ticket-99"), first.id)))

    [decision] = judging.of(a_conversation(first, last, a_message(20, deleted=True))).decisions

    assert (Ignore(), 0.0, DecisionState.LOGGED) == (decision.action, decision.confidence, decision.state)
    assert [last.id] == [receipt.message_id for receipt in decision.evidence]
    assert "nothing usable was proposed" == decision.reason


def test_of_two_proposals_for_the_same_thing_the_surer_counts() -> None:
    """The first of two that are equally sure; what else was proposed stays, in its order."""
    message = a_message()
    create = CreateTicket(title="Coupon lost", description="")
    said = [("Unsure.", 0.6), ("Surest.", 0.9), ("As sure.", 0.9), ("Less sure.", 0.7)]
    comments = [a_proposal(a_comment(summary=summary), message.id, confidence=sure) for summary, sure in said]
    judging = JudgeUnit(a_judgement(*comments[:2], a_proposal(create, message.id), *comments[2:]))

    verdict = judging.of(a_conversation(message))

    [comment, created] = [decision.action for decision in verdict.decisions]
    assert (a_comment(summary="Surest."), create.key) == (comment, created.key)


@pytest.mark.parametrize(
    ("text", "moved"), [("On it, it is fixed now", False), ("ENG-1 is fixed now", True)], ids=["unnamed", "named"]
)
def test_the_answers_to_what_is_not_known_move_only_what_they_name(text: str, moved: bool) -> None:
    """A bot may have begun the thread, or somebody before we were there: what `it` is nobody can tell."""
    reply = a_message(60, text, root_ts=a_message(0).ts)
    move = a_proposal(MoveTicket(ticket_id="ticket-1", to=DONE), reply.id)

    verdict = JudgeUnit(a_judgement(move)).of(a_conversation(reply))

    assert moved is isinstance(verdict.decisions[0].action, MoveTicket)
    assert (() if moved else (f"move: {BEGINNING_UNKNOWN}",)) == verdict.unusable


def test_all_tickets_that_are_named_are_shown() -> None:
    """However many there are beside them: what people said of all is served for all."""
    count = MOST_NAMED
    tickets = [a_ticket(n, title=f"Thing {n}") for n in range(1, 40)]
    judging = JudgeUnit(a_judgement(), tickets=tuple(tickets))
    said = a_message(text=", ".join(f"ENG-{n}" for n in range(20, 20 + count)) + " are done")

    judging.of(a_conversation(said))

    assert {f"ticket-{n}" for n in range(20, 20 + count)} <= {*judging.shown}


def test_of_more_tickets_than_are_served_at_once_none_is_and_the_log_says_so() -> None:
    """What was said beside them is; private teams' tickets are none that anybody named."""
    count = MOST_NAMED + 1
    tickets = [a_ticket(n) for n in range(1, count + 1)]
    listed = a_message(text=", ".join(f"ENG-{n}" for n in range(1, count + 1)) + " are done")
    beside = a_message(9, "ENG-2 needs a test")
    moves = [a_proposal(MoveTicket(ticket_id=f"ticket-{n}", to=DONE), listed.id) for n in range(1, count + 1)]
    judging = JudgeUnit(a_judgement(*moves, a_proposal(a_comment("ticket-2"), beside.id)), tickets=tuple(tickets))

    verdict = judging.of(a_conversation(listed, beside))

    comment, ignored = verdict.decisions
    assert a_comment("ticket-2") == comment.action
    assert (Ignore(work=True), TOO_MANY_NAMED) == (ignored.action, ignored.reason)
    assert [listed.id] == [receipt.message_id for receipt in ignored.evidence]
    assert count == len(verdict.unusable)


def test_a_new_ticket_is_filled_in_with_what_was_said() -> None:
    """By the messages that it rests on alone, and by the tickets that the analyst was shown."""
    said, beside = a_message(text="The deposit is charged twice"), a_message(9, "Lunch?")
    alike = [a_ticket(n, title="Deposit charged", assignee_id="lin-ada") for n in (1, 2)]
    proposed = a_proposal(CreateTicket(title="Deposit", description=""), said.id)
    judging = JudgeUnit(a_judgement(proposed), tickets=tuple(alike))

    [decision] = judging.of(a_conversation(said, beside)).decisions

    assert isinstance(decision.action, CreateTicket)
    assert (Quote(author="Ada", text="The deposit is charged twice"),) == decision.action.quotes
    assert decision.action.suggested_assignee is not None


def test_where_everything_was_taken_back_nobody_is_asked() -> None:
    """It means nothing and costs nothing."""
    judging = JudgeUnit()

    assert Verdict(decisions=()) == judging.of(a_conversation(a_message(deleted=True)))
    assert 0 == judging.analyst.calls


DUPLICATE = TicketState(id="s-dup", name="Duplicate", type=StateType.DUPLICATE)


def duplicates(unit: JudgeUnit, *pairs: tuple[int, int]) -> None:
    """Of each pair the first ticket is the second one's duplicate."""
    for one, other in pairs:
        ends = {"ticket_id": f"ticket-{one}", "other_id": f"ticket-{other}"}
        relation = Relation(id=f"{one} {other}", type=RelationType.DUPLICATE, at=NOW, **ends)
        unit.stores.planning.relate(ACME, relation)


@pytest.mark.parametrize(
    ("pairs", "shown"),
    [
        ([(1, 3)], {"ENG-3": ("ENG-1", "OPS-7")}),
        ([(1, 2), (2, 3)], {"ENG-3": ("ENG-1", "OPS-7", "ENG-2")}),
        ([], {"ENG-1": ("OPS-7",)}),
        ([(1, 2), (2, 1)], {"ENG-1": ("OPS-7",)}),
        ([(1, 9)], {"ENG-1": ("OPS-7",)}),
        ([(1, 4)], {"ENG-1": ("OPS-7",)}),
        ([(3, 1)], {"ENG-1": ("OPS-7",)}),
    ],
    ids=["one", "a chain", "not listed", "a circle", "not known", "private", "of one that is open"],
)
def test_who_names_a_duplicate_means_the_ticket_with_which_people_go_on(
    pairs: list[tuple[int, int]], shown: dict[str, tuple[str, ...]]
) -> None:
    """As far as it is known and everybody may read it; it goes by the duplicate's keys, too."""
    titles = dict(enumerate(("", "The coupon", "The basket", "Shipping labels", "Invoices")))
    tickets = tuple(
        a_ticket(
            number,
            title=titles[number],
            team_id="team-sec" if number == 4 else ENG.id,
            **({"state": DUPLICATE} if number < 3 else {}),
            former_keys=("OPS-7",) if number == 1 else (),
        )
        for number in range(1, 5)
    )
    unit = JudgeUnit(a_judgement(), tickets=tickets)
    unit.stores.directory.put_teams(ACME, [ENG, ENG.model_copy(update={"id": "team-sec", "private": True})])
    duplicates(unit, *pairs)
    judge(a_conversation(a_message(text="ENG-1 again")), a_tenant(), unit)

    candidates = {ticket.key: ticket.former_keys for ticket in unit.analyst.given["candidates"]}
    assert shown == {key: keys for key, keys in candidates.items() if key in {"ENG-1"} | shown.keys()}


@pytest.mark.parametrize(
    ("summary", "state"),
    [
        ("Ada saw the coupon vanish, see ENG-1.", DecisionState.QUEUED),
        ("It costs 48,000 a day.", DecisionState.PROPOSED),
        ("Mallory wants it, says Mallory.", DecisionState.PROPOSED),
    ],
)
def test_what_nobody_said_is_not_written_unasked(summary: str, state: DecisionState) -> None:
    """Not even where the team trusts the analyst, and it is certain."""
    judging = JudgeUnit(a_judgement(a_proposal(a_comment(summary=summary), confidence=1.0)))
    [decision] = judging.of(a_conversation()).decisions
    assert (state, state is DecisionState.PROPOSED) == (decision.state, decision.asks_first)


def test_what_leads_to_what_nobody_named_is_dropped() -> None:
    """The log of the function says so, without the words."""
    judging = JudgeUnit(a_judgement(a_proposal(a_comment(summary="See https://evil.test/x"), confidence=1.0)))
    verdict = judging.of(a_conversation())
    assert ([Ignore()], ("comment: " + LED_ASTRAY,)) == ([d.action for d in verdict.decisions], verdict.unusable)


@pytest.mark.parametrize("count", [MOST_PROPOSALS, MOST_PROPOSALS + 1])
def test_all_of_an_answer_counts_or_none_of_it_and_the_log_says_so(count: int) -> None:
    """More than a model can mean is a flood, of which nobody knows what is meant; an order is obeyed all the same."""
    said, us = a_message(), a_connection().app_user_id
    ordered = a_message(9, f"<@{us}> close ENG-1")
    flood = [a_proposal(a_comment("ticket-2"), said.id, confidence=0.9 + n / 1_000) for n in range(count)]
    judging = JudgeUnit(a_judgement(*flood), tickets=(a_ticket(1), a_ticket(2)))

    order, told = judging.of(a_conversation(said, ordered, a_message(12, deleted=True))).decisions

    assert order.order is not None
    if count == MOST_PROPOSALS:
        assert a_comment("ticket-2") == told.action
    else:
        assert (Ignore(work=True), TOO_MANY_PROPOSED) == (told.action, told.reason)
        assert [said.id] == [receipt.message_id for receipt in told.evidence]


@pytest.mark.parametrize("count", [MOST_NAMED, MOST_NAMED + 1])
def test_of_more_tickets_than_one_message_can_be_about_none_is_touched_and_the_log_says_so(count: int) -> None:
    """Whatever else an answer says of it; what it says of others counts, and what is made up makes nothing too many."""
    tickets = [a_ticket(n) for n in range(1, 13)]
    named = [a_message(n, " ".join(f"ENG-{n + more}" for more in range(6))) for n in (1, 7)]
    said, beside = a_message(20, "All of these, I think"), a_message(21, "ENG-12 needs a test")
    proposals = [a_proposal(a_comment(f"ticket-{n}"), said.id) for n in range(1, count + 1)]
    proposals += [a_proposal(MoveTicket(ticket_id="ticket-1", to=DONE), said.id)]
    made_up = [a_proposal(a_comment(f"ticket-{n}"), said.id) for n in range(77, 99)]
    judging = JudgeUnit(
        a_judgement(*proposals, *made_up, a_proposal(a_comment("ticket-12"), beside.id)), tickets=tuple(tickets)
    )

    *decisions, last = judging.of(a_conversation(*named, said, beside)).decisions

    if count == MOST_NAMED:
        assert ([p.action for p in proposals], a_comment("ticket-12")) == ([d.action for d in decisions], last.action)
    else:
        assert [a_comment("ticket-12")] == [decision.action for decision in decisions]
        assert (Ignore(work=True), TOO_MANY_MEANT) == (last.action, last.reason)
        assert [said.id] == [receipt.message_id for receipt in last.evidence]


def test_what_an_order_has_disposed_of_is_not_judged_besides() -> None:
    """In a thread all that was said before it; what is said afterwards is judged as always."""
    root = a_message(0, "the export is empty")
    us = a_connection().app_user_id
    order = a_message(1, f"<@{us}> please create a ticket for this", root_ts=root.ts)
    later = a_message(2, "the coupon vanishes, too", root_ts=root.ts)
    judging = JudgeUnit(a_judgement(a_proposal(None, root.id), a_proposal(None, later.id)))

    decided = judging.of(a_conversation(root, order, later)).decisions

    [judged] = [decision for decision in decided if decision.order is None]
    assert [later.id] == [receipt.message_id for receipt in judged.evidence]
    assert [CreateTicket] == [type(decision.action) for decision in decided if decision.order is not None]
