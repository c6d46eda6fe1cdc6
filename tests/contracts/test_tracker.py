"""What every tracker promises: writes are idempotent by their id, and each can be taken back."""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pm_assistant.domain.actions import ChangeTicket, Comment, CreateTicket, MoveTicket, TicketField
from pm_assistant.domain.decisions import NOTHING_TO_UNDO, Outcome, Stake
from pm_assistant.domain.drafts import Suggestion, TicketDetails
from pm_assistant.domain.errors import Gone, UpstreamError, UpstreamRejected
from pm_assistant.domain.planning import (
    Attachment,
    PlanName,
    PlannedIds,
    PlanningPart,
    Relation,
    RelationType,
    TicketComment,
)
from pm_assistant.domain.tenants import Provider, Standing
from pm_assistant.domain.work import Cycle, GitEvent, Project, StateType, Team, Ticket
from pm_assistant.integrations.linear.client import LinearTracker
from pm_assistant.ports.vendors import Tracker
from tests.builders import DOING, ENG, NOW, TODO, a_member, a_ticket, a_ticket_comment, an_attachment
from tests.contracts.sandbox import Sandbox, running
from tests.fakes.vendors import FakeTracker

LINEAR_TOKEN = "lin_oauth_sandbox_velunda"


@dataclass
class TrackerCase:
    """A tracker with one ticket to do, and ways to look at it from outside."""

    tracker: Tracker
    ticket: Ticket
    team: Team
    since: datetime
    comments: Callable[[], list[str]]
    tickets: Callable[[], int]
    lose_next_answer: Callable[[str], None]
    hide: Callable[..., str]
    """A team gets this visibility, closes these of its tickets by itself and moves them at these events; its id."""
    set_account: Callable[[str], str]
    take_up: Callable[[str, Stake], object]
    """Somebody puts something on a ticket or comment, by its id."""
    relate: Callable[[int], object]
    """So many other tickets are blocked by the ticket, but the first, of which it is a duplicate."""
    part: Callable[[], object]
    """It is nothing to the last one any more."""
    take_back: Callable[[str], object]
    """Somebody deletes what they have said."""
    plan: Callable[[int], object]
    """So many people say something on the ticket, and one attaches a page; its project and its label get new names."""


def fake_case() -> TrackerCase:
    """The fake with one ticket."""
    ticket = a_ticket(1, state=TODO)
    tracker = FakeTracker(tickets=[ticket], teams=[ENG], members=[a_member(), a_member("bob")])

    def comments() -> list[str]:
        return list(tracker.comments.get(ticket.id, {}).values())

    def hide(visibility: str, *, automated: Sequence[GitEvent] = (), **closes: bool | None) -> str:
        change = {"id": "team-sec", "key": "SEC", "private": visibility != "public", "moves_at": tuple(automated)}
        change |= {f"closes_{name}": closes.get(name) for name in ("parents", "children")}
        tracker.add_team(ENG.model_copy(update=change))
        return "team-sec"

    def set_account(linear: str) -> str:
        standing = {"member": Standing.MEMBER, "guest": Standing.GUEST}.get(linear, Standing.LEFT)
        tracker.add_member(a_member("nia", standings={Provider.LINEAR: standing}))
        return "lin-nia"

    def take_up(id: str, stake: Stake) -> None:
        changes: dict[Stake, dict[str, object]] = {
            Stake.TITLE: {"title": "Theirs"},
            Stake.TEXT: {"description": "Theirs"},
            Stake.STATE: {"state": DOING},
            Stake.TEAM: {"team_id": "team-sec", "key": "SEC-1", "former_keys": (tracker.tickets[id].key,)}
            if id in tracker.tickets
            else {},
            Stake.ASSIGNEE: {"assignee_id": "lin-nia"},
            Stake.PRIORITY: {"priority": 1},
            Stake.LABELS: {"labels": ("Bug",), "label_ids": ("l-bug",)},
            Stake.PARENT: {"parent_id": ticket.id},
            Stake.PROJECT: {"project": Project(id="p-1", name="Checkout")},
            Stake.CYCLE: {"cycle": Cycle(id="c-12", name="Cycle 12", begins_at=NOW, ends_at=NOW + timedelta(days=14))},
            Stake.ESTIMATE: {"estimate": 3},
            Stake.DUE_DATE: {"due_date": date(2026, 12, 24)},
        }
        holder = next((comments for comments in tracker.comments.values() if id in comments), None)
        if holder is not None and stake is Stake.TEXT:
            holder[id] = "Theirs"
        elif stake is Stake.CHILDREN:
            tracker.tickets["child"] = a_ticket(2, parent_id=id)
        elif stake in changes:
            tracker.tickets[id] = tracker.tickets[id].model_copy(update=changes[stake])
        else:
            tracker.taken_up.setdefault(id, set()).add(stake)

    return TrackerCase(
        tracker,
        ticket,
        ENG,
        NOW - timedelta(days=2),
        comments,
        lambda: len(tracker.tickets),
        lambda _: tracker.lose_next_answer(),
        hide,
        set_account,
        take_up,
        partial(relate_in_memory, tracker, ticket.id),
        tracker.relations.pop,
        partial(take_back_in_memory, tracker),
        partial(plan_in_memory, tracker, ticket.id),
    )


def relate_in_memory(tracker: FakeTracker, ticket_id: str, count: int) -> None:
    """What `TrackerCase.relate` says."""
    for number in range(count):
        type = RelationType.BLOCKS if number else RelationType.DUPLICATE
        other_id, at = f"other-{number}", NOW + timedelta(seconds=number)
        relation = Relation(id=f"relation-{number}", ticket_id=ticket_id, other_id=other_id, type=type, at=at)
        tracker.relations.append(relation)


def relate_in_linear(sandbox: Sandbox, ticket_id: str, others: list[str], count: int) -> None:
    """The same; the keys of the others are kept."""
    for number in range(count):
        others.append(sandbox.add_ticket("ENG", f"Another {number}"))
        sandbox.change_ticket(ticket_id, related=others[-1], relation="blocks" if number else "duplicate")


def take_back_in_memory(tracker: FakeTracker, id: str) -> None:
    """What `TrackerCase.take_back` says."""
    tracker.planning = [part for part in tracker.planning if part.id != id]


def plan_in_memory(tracker: FakeTracker, ticket_id: str, count: int) -> None:
    """What `TrackerCase.plan` says."""
    ids = (str(number) for number in range(count))
    tracker.planning += [a_ticket_comment(id, ticket_id=ticket_id, at=NOW, text="Me, too") for id in ids]
    tracker.planning.append(an_attachment(ticket_id=ticket_id, url="https://shop.test/screenshot"))
    tracker.planning += [PlanName(id=name, name=name, at=NOW) for name in ("Landing", "Regression")]


def plan_in_linear(sandbox: Sandbox, ticket_id: str, count: int) -> None:
    """What `TrackerCase.plan` says."""
    project, label = (f"{name} {ticket_id}" for name in ("Launch", "Bug"))
    sandbox.change_ticket(ticket_id, project=project, labels=[label], attachment="https://shop.test/screenshot")
    sandbox.rename("projects", project, "Landing")
    sandbox.rename("labels", label, "Regression")
    for _ in range(count):
        sandbox.comment(ticket_id, "Me, too")


def put_on_in_linear(sandbox: Sandbox, id: str, stake: Stake, other: str, *, is_comment: bool) -> None:
    """Somebody puts something on a ticket, or on a comment on the other one."""
    sandbox.team("SEC", visibility="public")
    sandbox.account("nia", linear="member")
    changes: dict[Stake, dict[str, object]] = {
        Stake.TITLE: {"title": "Theirs"},
        Stake.TEXT: {"description": "Theirs"},
        Stake.STATE: {"state": "In Progress"},
        Stake.TEAM: {"team": "SEC"},
        Stake.ASSIGNEE: {"assignee": "nia"},
        Stake.PRIORITY: {"priority": 1},
        Stake.ESTIMATE: {"estimate": 3},
        Stake.DUE_DATE: {"due_date": "2026-12-24"},
        Stake.LABELS: {"labels": ["Bug"]},
        Stake.PROJECT: {"project": "Checkout"},
        Stake.CYCLE: {"cycle": "12"},
        Stake.PARENT: {"parent": other},
        Stake.RELATIONS: {"related": other},
        Stake.ATTACHMENTS: {"attachment": "https://shop.test/screenshot"},
    }
    match stake:
        case Stake.COMMENTS:
            sandbox.comment(id, "I can reproduce this")
        case Stake.REPLIES:
            sandbox.comment(other, "So can I", reply_to=id)
        case Stake.TEXT if is_comment:
            sandbox.edit_comment(id, "Theirs")
        case Stake.CHILDREN:
            sandbox.add_ticket("ENG", "A part of it", parent=id)
        case _:
            sandbox.change_ticket(id, **changes[stake])


def linear_case(sandbox: Sandbox) -> TrackerCase:
    """Linear as the sandbox plays it, with a fresh ticket to do."""
    tracker = LinearTracker(LINEAR_TOKEN, f"{sandbox.url}/linear/graphql", timeout=2)
    since = datetime.now(UTC) - timedelta(seconds=1)
    team = tracker.teams()[0]
    todo = next(state for state in team.states if state.type is StateType.UNSTARTED)
    ticket, _ = tracker.create(team.id, id=str(uuid.uuid4()), title="Checkout drops the coupon", body="", priority=0)
    ticket, _ = tracker.move(ticket.id, todo)

    def issue() -> dict[str, Any]:
        issues: list[dict[str, Any]] = sandbox.state()["linear"]["issues"]
        return next(issue for issue in issues if issue["id"] == ticket.id)

    def comments() -> list[str]:
        return [comment["body"] for comment in issue()["comments"]]

    def tickets() -> int:
        return len(sandbox.state()["linear"]["issues"])

    def lose_next_answer(operation: str) -> None:
        sandbox.fault("linear", operation, "timeout")

    def hide(visibility: str, *, automated: Sequence[GitEvent] = (), **closes: bool | None) -> str:
        closing = {f"auto_close_{name}": closes.get(name) for name in ("parents", "children")}
        return sandbox.team("SEC", visibility=visibility, automated=[*automated], **closing)

    def set_account(linear: str) -> str:
        return sandbox.account("nia", linear=linear)

    def take_up(id: str, stake: Stake) -> None:
        is_comment = id in {each["id"] for each in issue()["comments"]}
        put_on_in_linear(sandbox, id, stake, ticket.id, is_comment=is_comment)

    return TrackerCase(
        tracker,
        ticket,
        team,
        since,
        comments,
        tickets,
        lose_next_answer,
        hide,
        set_account,
        take_up,
        partial(relate_in_linear, sandbox, ticket.id, others := list[str]()),
        lambda: sandbox.change_ticket(ticket.id, related=others[-1], relation=None),
        sandbox.delete_comment,
        partial(plan_in_linear, sandbox, ticket.id),
    )


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for all tests of this file."""
    directory: Path = tmp_path_factory.mktemp("sandbox")
    with running(directory) as server:
        yield server


@pytest.fixture(params=["fake", "linear"])
def case(request: pytest.FixtureRequest) -> TrackerCase:
    """Every implementation in turn."""
    return fake_case() if request.param == "fake" else linear_case(request.getfixturevalue("sandbox"))


def state(case: TrackerCase, type: StateType, nth: int = 0) -> Any:
    """A state of the board's team."""
    return [state for state in case.team.states if state.type is type][nth]


def listed(case: TrackerCase, since: datetime | None) -> list[Ticket]:
    """All pages of the tickets that changed since then."""
    tickets, page = list[Ticket](), None
    while page is None or page.cursor is not None:
        page = case.tracker.read_tickets(since=since, cursor=page.cursor if page else None)
        tickets += page.tickets
    return tickets


def told_beside(case: TrackerCase, since: datetime | None) -> list[PlanningPart]:
    """All pages of what was changed beside the tickets since then."""
    page = case.tracker.read_tickets(since=since).planning
    parts = [*page.parts]
    while page.cursor is not None:
        page = case.tracker.read_planning(since=since, cursor=page.cursor)
        parts += page.parts
    return parts


def now_in(case: TrackerCase) -> Any:
    """The state the board's ticket is in."""
    return next(ticket.state for ticket in listed(case, case.since) if ticket.id == case.ticket.id)


def ticket_in(case: TrackerCase) -> Ticket:
    """The board's ticket as a reading tells it."""
    return next(ticket for ticket in listed(case, case.since) if ticket.id == case.ticket.id)


def twice[T](action: Callable[[], T]) -> T:
    """Do something, once more if its answer is lost."""
    try:
        return action()
    except UpstreamError:
        return action()


def test_a_comment_is_written_once(case: TrackerCase) -> None:
    """The same id and text again change nothing."""
    id = str(uuid.uuid4())

    first = case.tracker.comment(case.ticket.id, id=id, body="Ada: it is **fixed**.")
    second = case.tracker.comment(case.ticket.id, id=id, body="Ada: it is **fixed**.")

    assert ["Ada: it is **fixed**."] == case.comments()
    assert first == second
    assert first.url.startswith("http")


def test_a_comment_is_brought_up_to_date(case: TrackerCase) -> None:
    """The same id with another text replaces it."""
    id = str(uuid.uuid4())

    case.tracker.comment(case.ticket.id, id=id, body="Ada is on it.")
    case.tracker.comment(case.ticket.id, id=id, body="Ada fixed it.")

    assert ["Ada fixed it."] == case.comments()


def test_a_derived_id_serves_as_well_as_a_random_one(case: TrackerCase) -> None:
    """Our ids are digests; the tracker only ever sees ids of the form it documents."""
    id = str(uuid.uuid5(uuid.NAMESPACE_DNS, "a decision"))

    first = case.tracker.comment(case.ticket.id, id=id, body="once")
    second = case.tracker.comment(case.ticket.id, id=id, body="once")

    assert first.external_id == second.external_id
    assert ["once"] == case.comments()


@pytest.mark.thorough
def test_a_comment_whose_answer_was_lost_is_not_repeated(case: TrackerCase) -> None:
    """It is found by its id, now or at the retry."""
    case.lose_next_answer("commentCreate")

    outcome = twice(lambda: case.tracker.comment(case.ticket.id, id=str(uuid.UUID(int=7, version=4)), body="once"))

    assert ["once"] == case.comments()
    assert "commentDelete" == json.loads(outcome.inverse)["operation"]


def test_a_comment_on_an_unknown_ticket_is_rejected(case: TrackerCase) -> None:
    """Repeating it would not help."""
    with pytest.raises(Gone, match="Issue"):
        case.tracker.comment(str(uuid.uuid4()), id=str(uuid.uuid4()), body="hello")


def test_a_ticket_is_created_once(case: TrackerCase) -> None:
    """The same id again returns the ticket that is there."""
    id, before = str(uuid.uuid4()), case.tickets()

    def create(title: str) -> Ticket:
        return case.tracker.create(case.team.id, id=id, title=title, body="On mobile.", priority=2)[0]

    first, second = create("Coupon is lost"), create("Another title")

    assert first == second
    assert ("Coupon is lost", "On mobile.", 2, case.team.id) == (
        first.title,
        first.description,
        first.priority,
        first.team_id,
    )
    assert first.creator_id, "who opened it is told"
    assert before + 1 == case.tickets()


def test_what_people_have_written_into_a_ticket_is_not_taken_for_what_we_wrote(case: TrackerCase) -> None:
    """Found there, it is known for ours only while it reads as it was to."""
    id = str(uuid.uuid4())

    def create() -> tuple[Ticket, Outcome]:
        return case.tracker.create(case.team.id, id=id, title="Coupon is lost", body="On mobile.", priority=2)

    for _ in range(2):
        ticket, outcome = create()
        assert ticket.text_digest == outcome.text_digest
    case.take_up(id, Stake.TEXT)

    assert create()[1].text_digest is None


@pytest.mark.thorough
def test_a_ticket_whose_answer_was_lost_is_not_repeated(case: TrackerCase) -> None:
    """It is found by its id, now or at the retry."""
    id, before = str(uuid.uuid4()), case.tickets()
    case.lose_next_answer("issueCreate")

    ticket, outcome = twice(
        lambda: case.tracker.create(case.team.id, id=id, title="Coupon is lost", body="", priority=0)
    )

    assert before + 1 == case.tickets()
    undo = json.loads(outcome.inverse)
    assert ("issueDelete", {"id": ticket.id}) == (undo["operation"], undo["variables"])


def test_a_ticket_is_created_with_all_that_is_known_of_it(case: TrackerCase) -> None:
    """Whom it is for, what it is labelled with and what it is below; and it can be taken back as any other."""
    case.take_up(case.ticket.id, Stake.LABELS)
    label_ids = ticket_in(case).label_ids
    details = TicketDetails(assignee_id=case.set_account("member"), label_ids=label_ids[:1], parent_id=case.ticket.id)

    ticket, outcome = case.tracker.create(
        case.team.id, id=str(uuid.uuid4()), title="Lost", body="", priority=0, details=details
    )

    assert details[:3] == (ticket.assignee_id, ticket.label_ids, ticket.parent_id)
    assert not case.tracker.undo(outcome)


def regressions(case: TrackerCase) -> list[tuple[str, str]]:
    """Which tickets are related to which."""
    told = case.tracker.read_tickets(since=None).planning.relations
    relations = told.relations if told is not None else ()
    return [(each.ticket_id, each.other_id) for each in relations if each.type is RelationType.RELATED]


def test_a_regression_is_related_to_the_ticket_before_once_and_no_more_when_it_is_taken_back(
    case: TrackerCase,
) -> None:
    """Known before it is created; what relates the two is ours, and holds nothing up."""
    id, before = str(uuid.uuid4()), Suggestion(id=case.ticket.id, name=case.ticket.key, because="it fails again")
    action = CreateTicket(title="Lost", description="", regression_of=before)
    planned = case.tracker.planned(action, id=id)

    def create() -> Outcome:
        details = TicketDetails(regression_of=case.ticket.id)
        return case.tracker.create(case.team.id, id=id, title="Lost", body="", priority=0, details=details)[1]

    outcomes = [create(), create()]

    assert [(id, case.ticket.id)] == [pair for pair in regressions(case) if id in pair]
    for outcome in (outcomes[-1], planned):
        assert not case.tracker.undo(outcome)
    assert [] == [pair for pair in regressions(case) if id in pair]


def test_a_regression_that_others_have_related_stays(case: TrackerCase) -> None:
    """As any ticket would."""
    id, details = str(uuid.uuid4()), TicketDetails(regression_of=case.ticket.id)
    _, outcome = case.tracker.create(case.team.id, id=id, title="Lost", body="", priority=0, details=details)
    case.take_up(id, Stake.RELATIONS)

    assert [Stake.RELATIONS] == list(case.tracker.undo(outcome))
    assert (id, case.ticket.id) in regressions(case)


@pytest.mark.thorough
def test_a_regression_whose_answer_was_lost_is_related_once(case: TrackerCase) -> None:
    """It is found by its id, now or at the retry."""
    id, details = str(uuid.uuid4()), TicketDetails(regression_of=case.ticket.id)
    case.lose_next_answer("issueRelationCreate")

    twice(lambda: case.tracker.create(case.team.id, id=id, title="Lost", body="", priority=0, details=details))

    assert [(id, case.ticket.id)] == [pair for pair in regressions(case) if id in pair]


@pytest.mark.parametrize(
    "details",
    [
        TicketDetails(assignee_id=str(uuid.UUID(int=1, version=4))),
        TicketDetails(label_ids=(str(uuid.UUID(int=1, version=4)),)),
        TicketDetails(parent_id=str(uuid.UUID(int=1, version=4))),
    ],
)
def test_a_ticket_with_something_that_is_not_there_is_rejected(case: TrackerCase, details: TicketDetails) -> None:
    """Nothing is created."""
    before = case.tickets()

    with pytest.raises(UpstreamRejected):
        case.tracker.create(case.team.id, id=str(uuid.uuid4()), title="Lost", body="", priority=0, details=details)

    assert before == case.tickets()


def test_a_ticket_in_an_unknown_team_is_rejected(case: TrackerCase) -> None:
    """Nothing is created."""
    with pytest.raises(UpstreamRejected, match="Team"):
        case.tracker.create(str(uuid.uuid4()), id=str(uuid.uuid4()), title="Lost", body="", priority=0)


def test_a_move_can_be_taken_back(case: TrackerCase) -> None:
    """The outcome names the state it came from."""
    ticket, outcome = case.tracker.move(case.ticket.id, state(case, StateType.STARTED))

    assert state(case, StateType.STARTED) == ticket.state
    undo = json.loads(outcome.inverse)
    assert {"id": ticket.id, "input": {"stateId": case.ticket.state.id}} == undo["variables"]
    assert "issueUpdate" == undo["operation"]


def test_a_move_repeated_changes_nothing(case: TrackerCase) -> None:
    """And there is nothing to take back."""
    first, _ = case.tracker.move(case.ticket.id, state(case, StateType.STARTED))
    second, outcome = case.tracker.move(case.ticket.id, state(case, StateType.STARTED))

    assert first == second
    assert "{}" == outcome.inverse


def test_a_move_within_a_phase_follows_the_workflow(case: TrackerCase) -> None:
    """In review comes after in progress, never the other way round."""
    doing, review = state(case, StateType.STARTED, 0), state(case, StateType.STARTED, 1)

    assert review == case.tracker.move(case.ticket.id, review)[0].state
    assert review == case.tracker.move(case.ticket.id, doing)[0].state


@pytest.mark.parametrize("back", [StateType.BACKLOG, StateType.STARTED, StateType.CANCELED])
def test_a_closed_ticket_stays_closed(case: TrackerCase, back: StateType) -> None:
    """Neither reopened nor closed in another way."""
    done = state(case, StateType.COMPLETED)
    case.tracker.move(case.ticket.id, done)

    assert done == case.tracker.move(case.ticket.id, state(case, back))[0].state


def test_a_closed_ticket_is_opened_again_where_that_is_wanted(case: TrackerCase) -> None:
    """It is where it was before once that is taken back; where it stands already, nothing is to be."""
    done, started = state(case, StateType.COMPLETED), state(case, StateType.STARTED)
    case.tracker.move(case.ticket.id, done)

    ticket, outcome = case.tracker.move(case.ticket.id, started, backwards=True)
    assert started == ticket.state
    assert NOTHING_TO_UNDO == case.tracker.move(case.ticket.id, started, backwards=True)[1].inverse

    assert not case.tracker.undo(outcome)
    assert done == now_in(case)


@pytest.mark.thorough
def test_a_move_whose_answer_was_lost_is_done(case: TrackerCase) -> None:
    """The ticket is where it should be, once."""
    started = state(case, StateType.STARTED)
    case.lose_next_answer("issueUpdate")

    assert started == twice(lambda: case.tracker.move(case.ticket.id, started))[0].state


def test_an_unknown_ticket_cannot_be_moved(case: TrackerCase) -> None:
    """Repeating it would not help."""
    with pytest.raises(Gone, match="Issue"):
        case.tracker.move(str(uuid.uuid4()), state(case, StateType.STARTED))


def test_a_comment_can_be_taken_back(case: TrackerCase) -> None:
    """Once and again: what is gone is gone."""
    outcome = case.tracker.comment(case.ticket.id, id=str(uuid.uuid4()), body="Ada is on it.")

    assert not case.tracker.undo(outcome)
    assert not case.tracker.undo(outcome)
    assert [] == case.comments()


@pytest.mark.parametrize("stake", [Stake.TEXT, Stake.REPLIES])
def test_a_comment_on_which_people_have_put_something_stays_and_it_is_said_what(
    case: TrackerCase, stake: Stake
) -> None:
    """Their words would go with it; what we have written anew of it ourselves is no such thing."""
    id = str(uuid.uuid4())
    case.tracker.comment(case.ticket.id, id=id, body="Ada is on it.")
    outcome = case.tracker.comment(case.ticket.id, id=id, body="Ada fixed it.")
    case.take_up(id, stake)

    assert [stake] == list(case.tracker.undo(outcome))
    assert case.comments()


@pytest.mark.parametrize("written", [1, 2])
def test_a_comment_goes_however_often_we_have_written_it(case: TrackerCase, written: int) -> None:
    """Nobody else's words are lost with it."""
    id = str(uuid.uuid4())
    outcomes = [case.tracker.comment(case.ticket.id, id=id, body=f"Ada, {n}.") for n in range(written)]

    assert not case.tracker.undo(outcomes[-1])
    assert [] == case.comments()


def test_a_new_ticket_can_be_taken_back(case: TrackerCase) -> None:
    """It is no longer among the tickets; the second time changes nothing."""
    ticket, outcome = case.tracker.create(case.team.id, id=str(uuid.uuid4()), title="Lost", body="", priority=0)

    assert not case.tracker.undo(outcome)
    assert not case.tracker.undo(outcome)
    assert ticket.id not in [known.id for known in listed(case, None)]


@pytest.mark.parametrize("written", [True, False], ids=["it came to pass", "it never did"])
@pytest.mark.parametrize("kind", ["comment", "create", "move"])
def test_what_is_planned_can_be_taken_back_before_it_is_known_what_became_of_it(
    case: TrackerCase, kind: str, written: bool
) -> None:
    """It is said before anything is written, and to undo what never came to pass is no error."""
    id, to = str(uuid.uuid4()), state(case, StateType.STARTED)
    action: Comment | CreateTicket | MoveTicket = Comment(ticket_id=case.ticket.id, summary="planned")
    if kind == "create":
        action = CreateTicket(title="Planned", description="")
    elif kind == "move":
        action = MoveTicket(ticket_id=case.ticket.id, to=to)
    before = [(known.id, known.state) for known in listed(case, None)]
    planned = case.tracker.planned(action, id=id)
    assert before == [(known.id, known.state) for known in listed(case, None)]
    if written and kind == "comment":
        case.tracker.comment(case.ticket.id, id=id, body="planned")
    elif written and kind == "create":
        case.tracker.create(case.team.id, id=id, title="Planned", body="", priority=0)
    elif written:
        case.tracker.move(case.ticket.id, to)

    assert not case.tracker.undo(planned)

    assert sorted(before) == sorted((known.id, known.state) for known in listed(case, None))
    assert [] == case.comments()


def test_a_tickets_text_is_replaced(case: TrackerCase) -> None:
    """And nothing else of it."""
    ticket, _ = case.tracker.create(case.team.id, id=str(uuid.uuid4()), title="Lost", body="words", priority=2)

    after = case.tracker.rewrite(ticket.id, title="Nothing", body="any more")

    assert ("Nothing", "any more", 2) == (after.title, after.description.strip(), after.priority)
    assert (ticket.id, ticket.state) == (after.id, after.state)


ON_TICKETS = [stake for stake in Stake if stake not in {Stake.REPLIES, Stake.OTHER}]


@pytest.mark.parametrize("known", [True, False], ids=["done", "perhaps done"])
@pytest.mark.parametrize("stake", ON_TICKETS)
def test_a_ticket_on_which_people_have_put_something_stays_and_it_is_said_what(
    case: TrackerCase, stake: Stake, known: bool
) -> None:
    """It is theirs now, whatever it is; also where it was not known yet whether the ticket had come to be."""
    id = str(uuid.uuid4())
    planned = case.tracker.planned(CreateTicket(title="Lost", description=""), id=id)
    ticket, outcome = case.tracker.create(case.team.id, id=id, title="Lost", body="", priority=0)
    case.take_up(ticket.id, stake)

    kept_by = case.tracker.undo(outcome if known else planned)

    assert stake in kept_by
    assert {stake, Stake.STATE} >= set(kept_by)  # Another team has other states.
    assert ticket.id in [known.id for known in listed(case, None)]


def test_a_ticket_that_stands_where_we_had_not_left_it_stays(case: TrackerCase) -> None:
    """Whoever moved it."""
    ticket, outcome = case.tracker.create(case.team.id, id=str(uuid.uuid4()), title="Lost", body="", priority=0)
    case.tracker.move(ticket.id, state(case, StateType.STARTED))

    assert [Stake.STATE] == list(case.tracker.undo(outcome))


def test_nothing_new_is_said_to_be_done_on_a_ticket_that_is_gone(case: TrackerCase) -> None:
    """Nobody would read it there; the second try says the same."""
    ticket, outcome = case.tracker.create(case.team.id, id=str(uuid.uuid4()), title="Lost", body="", priority=0)
    case.tracker.undo(outcome)
    comment_id, to = str(uuid.uuid4()), state(case, StateType.STARTED)

    for _ in range(2):
        with pytest.raises(Gone):
            case.tracker.comment(ticket.id, id=comment_id, body="Ada is on it.")
        with pytest.raises(Gone):
            case.tracker.move(ticket.id, to)
    with pytest.raises(Gone):
        case.tracker.planned(MoveTicket(ticket_id=ticket.id, to=to), id=comment_id)


def test_a_ticket_goes_with_what_we_have_written_on_it(case: TrackerCase) -> None:
    """Nobody else's words are lost with it."""
    ticket, outcome = case.tracker.create(case.team.id, id=str(uuid.uuid4()), title="Lost", body="", priority=0)
    case.tracker.comment(ticket.id, id=str(uuid.uuid4()), body="Ada is on it.")
    case.tracker.rewrite(ticket.id, title="Found", body="It is there.")

    assert not case.tracker.undo(outcome)
    assert ticket.id not in [known.id for known in listed(case, None)]


def test_a_move_is_taken_back_though_people_talk_about_the_ticket(case: TrackerCase) -> None:
    """Where a ticket stands is another matter."""
    _, outcome = case.tracker.move(case.ticket.id, state(case, StateType.STARTED))
    for stake in (Stake.COMMENTS, Stake.TITLE, Stake.ASSIGNEE):
        case.take_up(case.ticket.id, stake)

    assert not case.tracker.undo(outcome)
    assert case.ticket.state == now_in(case)


def test_a_ticket_goes_back_to_where_it_was(case: TrackerCase) -> None:
    """Backwards, which `move` would never do; the second time changes nothing."""
    _, outcome = case.tracker.move(case.ticket.id, state(case, StateType.STARTED))

    assert not case.tracker.undo(outcome)
    assert not case.tracker.undo(outcome)
    assert case.ticket.state == now_in(case)


def test_a_ticket_that_people_have_moved_on_does_not_go_back(case: TrackerCase) -> None:
    """Their move is the later word."""
    _, outcome = case.tracker.move(case.ticket.id, state(case, StateType.STARTED))
    case.tracker.move(case.ticket.id, state(case, StateType.COMPLETED))

    assert [Stake.STATE] == list(case.tracker.undo(outcome))
    assert state(case, StateType.COMPLETED) == now_in(case)


def test_a_move_that_was_none_leaves_nothing_to_take_back(case: TrackerCase) -> None:
    """Whoever was faster keeps the ticket where it is."""
    case.tracker.move(case.ticket.id, state(case, StateType.STARTED))
    _, outcome = case.tracker.move(case.ticket.id, state(case, StateType.STARTED))

    assert not case.tracker.undo(outcome)
    assert state(case, StateType.STARTED) == now_in(case)


def change_of(case: TrackerCase, field: TicketField) -> ChangeTicket:
    """A field of the board's ticket is to be what it is not: what people put there is something else again."""
    match field:
        case TicketField.ASSIGNEE:
            accounts = (member.accounts[Provider.LINEAR] for member in case.tracker.members())
            account = next(each for each in accounts if each != case.ticket.assignee_id)
        case TicketField.PRIORITY:
            account = "3"
        case TicketField.LABEL:
            other, _ = case.tracker.create(case.team.id, id=str(uuid.uuid4()), title="Labelled", body="", priority=0)
            case.take_up(other.id, Stake.LABELS)
            [account] = next(ticket for ticket in listed(case, case.since) if ticket.id == other.id).label_ids
    to = Suggestion(id=account, name="Anew", because="It was ordered.")
    return ChangeTicket(ticket_id=case.ticket.id, field=field, to=to)


def value_of(ticket: Ticket, field: TicketField) -> object:
    """What a field of a ticket is."""
    values = {TicketField.ASSIGNEE: ticket.assignee_id, TicketField.PRIORITY: ticket.priority}
    return values.get(field, ticket.label_ids)


@pytest.mark.parametrize("field", TicketField)
def test_a_field_is_changed_once_and_goes_back_to_what_it_was(case: TrackerCase, field: TicketField) -> None:
    """Where it is so already nothing is to be taken back, nor is anything the second time."""
    action, before = change_of(case, field), value_of(ticket_in(case), field)
    planned = case.tracker.planned(action, id=str(uuid.uuid4()))
    after, outcome = case.tracker.change(action)
    again, unchanged = case.tracker.change(action)

    assert before != value_of(after, field)
    assert action.to.id in str(value_of(after, field))
    assert planned == outcome
    assert (after, NOTHING_TO_UNDO) == (again, unchanged.inverse)
    assert not case.tracker.undo(unchanged)
    assert action.to.id in str(value_of(ticket_in(case), field))
    for _ in range(2):
        assert not case.tracker.undo(outcome)
        assert before == value_of(ticket_in(case), field)


@pytest.mark.thorough
@pytest.mark.parametrize("field", TicketField)
def test_a_change_whose_answer_was_lost_is_done(case: TrackerCase, field: TicketField) -> None:
    """Once."""
    action = change_of(case, field)
    case.lose_next_answer("issueUpdate")
    assert action.to.id in str(value_of(twice(lambda: case.tracker.change(action))[0], field))


@pytest.mark.parametrize(
    ("field", "stake"), [(TicketField.ASSIGNEE, Stake.ASSIGNEE), (TicketField.PRIORITY, Stake.PRIORITY)]
)
def test_a_field_that_people_have_changed_since_stays_theirs(
    case: TrackerCase, field: TicketField, stake: Stake
) -> None:
    """What they have changed beside is another matter."""
    _, outcome = case.tracker.change(change_of(case, field))
    case.take_up(case.ticket.id, Stake.TITLE)
    case.take_up(case.ticket.id, stake)
    theirs = value_of(ticket_in(case), field)

    assert [stake] == [*case.tracker.undo(outcome)]
    assert theirs == value_of(ticket_in(case), field)


def test_a_label_is_taken_off_again_though_people_have_changed_other_fields(case: TrackerCase) -> None:
    """It is ours, whatever else is done with the ticket."""
    _, outcome = case.tracker.change(change_of(case, TicketField.LABEL))
    case.take_up(case.ticket.id, Stake.PRIORITY)

    assert not case.tracker.undo(outcome)
    assert () == ticket_in(case).label_ids


@pytest.mark.parametrize("field", [TicketField.ASSIGNEE, TicketField.LABEL])
def test_a_ticket_is_not_given_what_is_not_there(case: TrackerCase, field: TicketField) -> None:
    """Neither to an account nor under a label that there is not."""
    nobody = Suggestion(id=str(uuid.uuid4()), name="Nobody", because="It was ordered.")
    before = ticket_in(case)
    with pytest.raises(UpstreamRejected):
        case.tracker.change(ChangeTicket(ticket_id=case.ticket.id, field=field, to=nobody))
    assert value_of(before, field) == value_of(ticket_in(case), field)


def test_an_unknown_ticket_cannot_be_changed(case: TrackerCase) -> None:
    """Repeating it would not help."""
    with pytest.raises(Gone, match="Issue"):
        case.tracker.change(
            ChangeTicket(
                ticket_id=str(uuid.uuid4()),
                field=TicketField.PRIORITY,
                to=Suggestion(id="1", name="urgent", because="It was ordered."),
            )
        )


def test_tickets_are_read_by_when_they_changed(case: TrackerCase) -> None:
    """An older date finds it, a later one does not; without a date an open ticket is found."""
    later = datetime.now(UTC) + timedelta(days=365)

    assert case.ticket in listed(case, case.since)
    assert case.ticket in listed(case, None)
    assert [] == listed(case, later)


def test_tickets_are_listed_changed_last_first_within_their_stretch_of_time(case: TrackerCase) -> None:
    """So that a reading that is broken off has what matters most, and can be told where to go on."""
    newer, _ = case.tracker.create(case.team.id, id=str(uuid.uuid4()), title="Newer", body="", priority=0)
    tickets = listed(case, None)
    assert sorted(tickets, key=lambda ticket: ticket.updated_at, reverse=True) == tickets
    assert {newer.id, case.ticket.id} <= {ticket.id for ticket in tickets}

    oldest = tickets[-1].updated_at
    page = case.tracker.read_tickets(since=None, until=oldest + timedelta(milliseconds=1))
    assert {oldest} == {ticket.updated_at for ticket in page.tickets}


def test_what_was_thrown_away_is_told_of_where_a_stretch_has_a_beginning(case: TrackerCase) -> None:
    """Nobody else tells of it, if its own event was lost."""
    ticket, outcome = case.tracker.create(case.team.id, id=str(uuid.uuid4()), title="Spam", body="", priority=0)
    case.tracker.undo(outcome)
    page = case.tracker.read_tickets(since=case.since)
    assert (True, False) == (ticket.id in [gone.ticket_id for gone in page.removed], ticket in page.tickets)
    assert () == case.tracker.read_tickets(since=None).removed


def test_what_is_still_there_is_told_of_what_is_asked_for(case: TrackerCase) -> None:
    """Nothing of what was deleted or put away, nor of what never was; of other things nothing is told."""
    case.plan(2)
    parts = [part for part in told_beside(case, case.since) if isinstance(part, Attachment | TicketComment)]
    mine = [part for part in parts if part.ticket_id == case.ticket.id]
    said, attached = (frozenset(p.id for p in mine if isinstance(p, kind)) for kind in (TicketComment, Attachment))
    spam, outcome = case.tracker.create(case.team.id, id=str(uuid.uuid4()), title="Spam", body="", priority=0)
    case.tracker.undo(outcome)
    taken_back = min(said)
    case.take_back(taken_back)
    unknown = frozenset({str(uuid.uuid4())})
    all_ids = PlannedIds(
        tickets=unknown | {case.ticket.id, spam.id}, comments=unknown | said, attachments=unknown | attached
    )

    there = case.tracker.which_are_there(all_ids)

    assert (frozenset({case.ticket.id}), said - {taken_back}, attached) == (
        there.tickets,
        there.comments,
        there.attachments,
    )
    assert PlannedIds(comments=said - {taken_back}) == case.tracker.which_are_there(PlannedIds(comments=said))


def test_teams_come_with_their_workflow_in_order(case: TrackerCase) -> None:
    """From idea to closed."""
    team = next(team for team in case.tracker.teams() if team.id == case.team.id)

    ranks = [state.type.rank for state in team.states]
    assert sorted(ranks) == ranks
    assert {StateType.BACKLOG, StateType.UNSTARTED, StateType.STARTED, StateType.COMPLETED} <= {
        state.type for state in team.states
    }


def test_members_are_people_of_the_tracker(case: TrackerCase) -> None:
    """E-mail is what joins them with the chat's."""
    members = case.tracker.members()
    assert (members, case.tracker.teams()) == (case.tracker.page_of_members(), case.tracker.page_of_teams())

    assert members
    assert all(member.linear_id and member.email for member in members)
    assert not [member for member in members if "assistant" in member.name.lower()]


@pytest.mark.parametrize(("visibility", "private"), [("public", False), ("private", True), ("restricted", True)])
def test_teams_come_with_whether_everybody_may_see_them(case: TrackerCase, visibility: str, private: bool) -> None:
    """Whatever is not public is private to somebody."""
    id = case.hide(visibility)

    assert {id: private} == {team.id: team.private for team in case.tracker.teams() if team.id == id}


@pytest.mark.parametrize(("parents", "children"), [(True, False), (False, True), (None, None)])
def test_teams_come_with_what_the_tracker_closes_by_itself(
    case: TrackerCase, parents: bool | None, children: bool | None
) -> None:
    """What it does not say is not known, which is something else than no."""
    id = case.hide("public", parents=parents, children=children)

    told = {team.id: (team.closes_parents, team.closes_children) for team in case.tracker.teams()}
    assert (parents, children) == told[id]


@pytest.mark.parametrize(
    ("linear", "standing"), [("member", Standing.MEMBER), ("guest", Standing.GUEST), ("disabled", Standing.LEFT)]
)
def test_everybody_comes_with_what_they_are_there(case: TrackerCase, linear: str, standing: Standing) -> None:
    """Those who left among them, so that they can leave everywhere."""
    account = case.set_account(linear)

    assert [standing] == [m.standings[Provider.LINEAR] for m in case.tracker.members() if m.linear_id == account]


def test_what_a_ticket_is_planned_for_is_told(case: TrackerCase) -> None:
    """Project, cycle, estimate, due date and labels, by the names that people gave them."""
    before = ticket_in(case)
    for stake in (Stake.PROJECT, Stake.CYCLE, Stake.ESTIMATE, Stake.DUE_DATE, Stake.LABELS):
        case.take_up(case.ticket.id, stake)
    after = ticket_in(case)

    assert (None, None, None, None, ()) == (
        before.project,
        before.cycle,
        before.estimate,
        before.due_date,
        before.labels,
    )
    assert after.project is not None
    assert after.cycle is not None
    assert ("Checkout", "Cycle 12", 3, date(2026, 12, 24), ("Bug",)) == (
        after.project.name,
        after.cycle.name,
        after.estimate,
        after.due_date,
        after.labels,
    )
    assert after.cycle.begins_at is not None
    assert after.cycle.ends_at is not None
    assert after.cycle.begins_at < after.cycle.ends_at


def test_a_ticket_that_changed_teams_says_what_it_was_called(case: TrackerCase) -> None:
    """People go on calling it so."""
    before = ticket_in(case)
    case.hide("public")
    case.take_up(case.ticket.id, Stake.TEAM)
    after = ticket_in(case)

    assert (before.id, (before.key,)) == (after.id, after.former_keys)
    assert after.key.startswith("SEC-")


@pytest.mark.parametrize("events", [(), (GitEvent.MERGE,), (GitEvent.START, GitEvent.REVIEW)])
def test_a_team_says_when_the_tracker_moves_its_tickets_itself(case: TrackerCase, events: Sequence[GitEvent]) -> None:
    """As its admins have set it."""
    id = case.hide("public", automated=events)
    team = next(team for team in case.tracker.teams() if team.id == id)
    assert events == team.moves_at
    assert (GitEvent.MERGE in events, GitEvent.START in events) == (
        team.moves_itself(work_is_over=True),
        team.moves_itself(work_is_over=False),
    )


def test_what_was_changed_beside_the_tickets_is_read_to_its_end(case: TrackerCase) -> None:
    """However much it is, and once each; what we have written ourselves is none of it."""
    case.tracker.comment(case.ticket.id, id=str(uuid.uuid4()), body="We have heard of it.")
    case.plan(60)

    parts = told_beside(case, case.since)

    said = [part for part in parts if isinstance(part, TicketComment) and part.ticket_id == case.ticket.id]
    assert ({"Me, too"}, 60, 60) == ({each.text for each in said}, len(said), len({each.id for each in said}))
    attached = [part for part in parts if isinstance(part, Attachment) and part.ticket_id == case.ticket.id]
    assert ["https://shop.test/screenshot"] == [each.url for each in attached]
    assert {"Landing", "Regression"} <= {part.name for part in parts if isinstance(part, PlanName)}


def test_only_what_was_changed_since_is_read_beside_the_tickets(case: TrackerCase) -> None:
    """The rest is known."""
    case.plan(1)

    assert [] == told_beside(case, datetime.now(UTC) + timedelta(days=1))


def related(case: TrackerCase) -> Counter[RelationType]:
    """What the board's ticket is to others, as all pages list it; each page tells all of a stretch of time."""
    page, until, found = case.tracker.read_tickets(since=case.since).planning, None, list[Relation]()
    while True:
        if page.relations is not None:
            assert until == page.relations.until
            until = page.relations.since
            found += page.relations.relations
        if page.cursor is None:
            break
        page = case.tracker.read_planning(since=case.since, cursor=page.cursor)
    assert until is None
    assert len(found) == len({relation.id for relation in found})
    return Counter(relation.type for relation in found if relation.ticket_id == case.ticket.id)


def test_what_tickets_are_to_each_other_is_listed_to_its_end_until_they_are_nothing_any_more(
    case: TrackerCase,
) -> None:
    """Whenever it was said, for no tracker tells when it no longer is."""
    case.relate(160)

    assert {RelationType.DUPLICATE: 1, RelationType.BLOCKS: 159} == related(case)
    case.part()
    assert {RelationType.DUPLICATE: 1, RelationType.BLOCKS: 158} == related(case)
