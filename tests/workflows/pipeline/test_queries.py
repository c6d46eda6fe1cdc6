"""What people see of the work: filtered, in pages, and never what was said in private."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import Decision, DecisionState, Outcome
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.index import TicketHead
from pm_assistant.domain.tenants import ActionKind, Channels, Provider, TenantId
from pm_assistant.domain.work import Message, StateType, Ticket
from pm_assistant.workflows.pipeline import queries
from pm_assistant.workflows.pipeline.queries import (
    ConversationView,
    DecisionFilter,
    DecisionView,
    MessageView,
    TicketFilter,
    find_ticket,
    list_conversations,
    list_decisions,
    list_tickets,
    show_conversation,
)
from tests.builders import (
    DOING,
    ENG,
    NOW,
    TRUSTING,
    a_comment,
    a_connection,
    a_decision,
    a_member,
    a_message,
    a_tenant,
    a_ticket,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.work import FakeTickets

OPS = ENG.model_copy(update={"id": "team-ops", "key": "OPS"})
LONG_AGO = NOW - timedelta(days=30)
APART = 3600.0
CHANNELS = Channels(deny=("C0OUT",))


class WorkUnit(FakeUnit):
    """A unit of a tenant with a workspace, where these messages were said and these decisions taken."""

    def __init__(self, *messages: Message, decisions: tuple[Decision, ...] = ()) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant(settings=TRUSTING.model_copy(update={"channels": CHANNELS})))
        self.stores.connections.put(a_connection(provider=Provider.SLACK))
        self.stores.directory.put_members(self.tenant_id, [a_member("ada")])
        self.stores.directory.put_teams(self.tenant_id, [ENG, OPS])
        for message in messages:
            self.stores.messages.record(self.tenant_id, message, keep_days=30)
        for decision in decisions:
            self.stores.decisions.save(decision)


def test_a_conversation_is_shown_with_its_words_who_said_them_and_what_was_decided() -> None:
    """Known people by name, others by the chat's id; each message with its address."""
    known, stranger = a_message(), a_message(10, "here too", author="U0NEW")
    decision = a_decision(message=known)
    unit = WorkUnit(known, stranger, decisions=(decision, a_decision(message=a_message(APART))))

    [shown], _ = list_conversations(LONG_AGO, unit, channels=CHANNELS)

    def view(message: Message, author: str) -> MessageView:
        url = f"https://acme.slack.com/archives/C0ENG/p{message.ts.replace('.', '')}"
        return MessageView(id=message.id, author=author, at=message.posted_at, text=message.text, edited=False, url=url)

    assert shown == ConversationView(
        id=shown.id,
        channel="C0ENG",
        began_at=NOW,
        untracked=False,
        messages=(view(known, "Ada"), view(stranger, "U0NEW")),
        decisions=(DecisionView(**dict(decision)),),
    )
    assert shown == show_conversation(shown.id, unit, channels=CHANNELS)


def test_conversations_come_latest_first() -> None:
    """And only those since the time that was asked for."""
    messages = [a_message(number * APART, f"matter {number}") for number in range(3)]

    shown, _ = list_conversations(messages[1].posted_at, WorkUnit(*messages), channels=CHANNELS)

    assert ["matter 2", "matter 1"] == [conversation.messages[0].text for conversation in shown]


@pytest.mark.parametrize("hidden", [a_message(private=True), a_message(channel="C0OUT"), None])
def test_what_not_everybody_could_listen_to_is_not_there(hidden: Message | None) -> None:
    """Nor a channel that is not read any more, nor what was never said."""
    unit = WorkUnit(*[hidden] if hidden else [])

    assert ([], None) == list_conversations(LONG_AGO, unit, channels=CHANNELS)
    with pytest.raises(NotFound):
        show_conversation((hidden or a_message()).id, unit, channels=CHANNELS)


def test_what_is_older_than_the_plan_goes_back_is_not_shown_and_is_there_again_with_another() -> None:
    """Neither in lists nor by its id; a conversation that went on since then is whole."""
    old, going_on = a_message(), a_message(3 * APART)
    answer = a_message(5 * APART, root_ts=going_on.root_ts)
    unit = WorkUnit(old, going_on, answer)
    history_from = going_on.posted_at + timedelta(seconds=APART)

    for bound, count in ((history_from, 1), (None, 2)):
        shown, _ = list_conversations(LONG_AGO, unit, channels=CHANNELS, history_from=bound)
        found = show_conversation(going_on.id, unit, channels=CHANNELS, history_from=bound)
        assert (count, 2) == (len(shown), len(found.messages))
    with pytest.raises(NotFound):
        show_conversation(old.id, unit, channels=CHANNELS, history_from=history_from)
    assert show_conversation(old.id, unit, channels=CHANNELS)


@pytest.mark.parametrize(
    ("bound", "since", "count"), [(None, None, 2), (1, None, 1), (3, 1, 1), (1, 3, 1), (3, None, 2)]
)
def test_decisions_are_listed_as_far_as_the_plan_goes_back(bound: int | None, since: int | None, count: int) -> None:
    """In days; whoever asks for less gets less."""
    unit = WorkUnit(decisions=(a_decision(), a_decision(message=a_message(APART), updated_at=NOW - timedelta(days=2))))

    def ago(days: int | None) -> Any:
        return NOW - timedelta(days=days) if days is not None else None

    page, _ = list_decisions(
        DecisionFilter(since=ago(since)), unit, before=None, limit=9, fits_page=lambda _: True, history_from=ago(bound)
    )

    assert count == len(page)


def test_work_without_a_ticket_is_marked() -> None:
    """Once a ticket is made, it is not."""
    wish = CreateTicket(title="Vouchers", description="Studios want to sell them.")

    for state, untracked in ((DecisionState.LOGGED, True), (DecisionState.DISMISSED, False)):
        [shown], _ = list_conversations(
            LONG_AGO, WorkUnit(a_message(), decisions=(a_decision(action=wish, state=state),)), channels=CHANNELS
        )
        assert untracked is shown.untracked


def decisions_of(unit: FakeUnit, *, limit: int = 100, **criteria: Any) -> list[str]:
    """The ids on one page."""
    page, _ = list_decisions(
        DecisionFilter(**criteria), unit, before=None, limit=limit, fits_page=lambda decision: True
    )
    return [decision.id for decision in page]


def test_decisions_are_filtered_by_state_kind_ticket_and_time() -> None:
    """A ticket is named by id or key, and a decision that made it is about it, too."""
    old = a_decision(action=a_comment("ticket-2"), updated_at=NOW - timedelta(days=2))
    wish = CreateTicket(title="Vouchers", description="Studios want to sell them.")
    made = a_decision(
        action=wish,
        state=DecisionState.DONE,
        outcome=Outcome(external_id="ticket-1", url="https://linear.app/ENG-1", inverse="{}"),
    )
    said = a_decision()
    unit = WorkUnit(decisions=(old, made, said))
    unit.stores.tickets.put(unit.tenant_id, a_ticket())

    assert {old.id, made.id, said.id} == set(decisions_of(unit))
    assert [made.id] == decisions_of(unit, state=DecisionState.DONE)
    assert [made.id] == decisions_of(unit, kind=ActionKind.CREATE)
    assert {made.id, said.id} == set(decisions_of(unit, ticket="eng-1"))
    assert {made.id, said.id} == set(decisions_of(unit, since=NOW - timedelta(days=1)))
    with pytest.raises(InvalidRequest):
        decisions_of(unit, ticket="ENG-404")


def test_pages_of_decisions_go_on_where_the_last_one_ended() -> None:
    """Nothing twice, nothing left out; a page ends also where there is no room for more."""
    decisions = tuple(
        a_decision(message=a_message(number * APART), updated_at=NOW + timedelta(seconds=number)) for number in range(5)
    )
    unit = WorkUnit(decisions=decisions)
    latest_first = [decision.id for decision in reversed(decisions)]

    seen: list[str] = []
    place: str | None = None
    for _ in range(3):
        page, place = list_decisions(DecisionFilter(), unit, before=place, limit=2, fits_page=lambda decision: True)
        seen += [decision.id for decision in page]
    assert (latest_first, None) == (seen, place)

    page, place = list_decisions(
        DecisionFilter(), unit, before=None, limit=5, fits_page=lambda decision: decision.id != latest_first[1]
    )
    assert latest_first[:1] == [decision.id for decision in page]
    assert place is not None


@pytest.mark.parametrize("batch", [1, 4, 5, 6])
def test_decisions_are_read_to_the_end_however_many_are_read_at_once(
    monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """Also where the last reading brought as many as it could."""
    monkeypatch.setattr(queries, "BATCH", batch)
    decisions = tuple(a_decision(message=a_message(number * APART)) for number in range(5))

    assert {decision.id for decision in decisions} == set(decisions_of(WorkUnit(decisions=decisions)))


def test_tickets_are_filtered_by_state_team_assignee_and_words() -> None:
    """An assignee is a member of ours; words may stand in key or title, in any order."""
    mine = a_ticket(1, state=DOING)
    other = a_ticket(2, title="Vouchers", team_id="team-ops", assignee_id=None)
    unit = WorkUnit()
    for ticket in (mine, other):
        unit.stores.tickets.put(unit.tenant_id, ticket)

    criteria: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["ENG-1", "ENG-2"]),
        ({"state": StateType.STARTED}, ["ENG-1"]),
        ({"team": "team-ops"}, ["ENG-2"]),
        ({"member_id": "U0ADA"}, ["ENG-1"]),
        ({"words": "coupon eng-1"}, ["ENG-1"]),
        ({"words": "coupon vouchers"}, []),
    ]
    for wanted, keys in criteria:
        page, _ = list_tickets(TicketFilter(**wanted), unit, before=None, limit=9, fits_page=lambda _: True)
        assert keys == sorted(ticket.key for ticket in page), wanted


def test_tickets_are_listed_page_by_page_changed_last_first() -> None:
    """As many as fit; what goes while its page is made leaves a gap and ends no list."""

    class Leaving(FakeTickets):
        """One goes between being looked up and being read."""

        def whole(self, tenant_id: TenantId, heads: Collection[TicketHead]) -> Sequence[Ticket]:
            """All but that one."""
            return [ticket for ticket in super().whole(tenant_id, heads) if ticket.id != "ticket-3"]

    unit = WorkUnit()
    unit.stores.tickets = Leaving()
    unit.stores.tickets.put_all(
        unit.tenant_id, [a_ticket(n, updated_at=NOW - timedelta(minutes=n)) for n in range(1, 6)]
    )
    pages: list[list[str]] = []
    place: str | None = None
    room_for: set[str] = {"ticket-1"}
    for _ in range(3):
        page, place = list_tickets(
            TicketFilter(), unit, before=place, limit=2, fits_page=lambda ticket: ticket.id in room_for
        )
        room_for.update(f"ticket-{number}" for number in range(9))
        pages.append([ticket.id for ticket in page])
    assert ([["ticket-1"], ["ticket-2"], ["ticket-4", "ticket-5"]], None) == (pages, place)


def test_a_ticket_is_found_by_id_or_key() -> None:
    """However the key is spelt; nothing for a name that we do not know."""
    unit, ticket = WorkUnit(), a_ticket()
    unit.stores.tickets.put(unit.tenant_id, ticket)

    assert [ticket, ticket, None] == [find_ticket(name, unit) for name in ("ticket-1", "eng-1", "ENG-9")]


def test_more_than_can_be_read_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The latest are shown, and from when on."""
    monkeypatch.setattr(queries, "MOST_MESSAGES", 2)
    messages = [a_message(offset) for offset in (0, 1_000, 2_000)]

    shown, cut_at = list_conversations(LONG_AGO, WorkUnit(*messages), channels=CHANNELS)

    assert [messages[2].id, messages[1].id] == [conversation.id for conversation in shown]
    assert messages[1].posted_at == cut_at
