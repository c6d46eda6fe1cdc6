"""Every planted disagreement is found, and none invented."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.actions import MoveTicket
from pm_assistant.domain.bots import Actor
from pm_assistant.domain.code import PullRequest, TicketLinks
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.disagreements import DisagreementKind, Picture, disagreements
from pm_assistant.domain.links import LinkKind
from pm_assistant.domain.tenants import PrivateCode
from pm_assistant.domain.trees import Forest
from pm_assistant.domain.work import GitEvent, Ticket
from tests.builders import CANCELED, DOING, DONE, ENG, NOW, TODO, a_decision, a_link_to, a_pull_request, a_ticket

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
K = DisagreementKind


def ago(span: timedelta) -> datetime:
    """So long before now."""
    return NOW - span


def built(number: int, *tickets: int, kind: LinkKind | None = LinkKind.CLOSES, **changes: Any) -> PullRequest:
    """A pull request that does this for those tickets; None: it takes their work back."""
    merged_at = changes.get("merged_at")
    facts = a_pull_request(number, **{"created_at": ago(2 * DAY), "closed_at": merged_at, "at": ago(HOUR), **changes})
    links = TicketLinks(
        pull_request_id=facts.pull_request_id,
        at=facts.at,
        links=tuple(a_link_to(f"ENG-{n}", ticket_id=f"ticket-{n}", kind=kind) for n in tickets) if kind else (),
        contradicts=() if kind else tuple(f"ticket-{n}" for n in tickets),
    )
    return PullRequest(id=facts.pull_request_id).with_part(facts).with_part(links)


def found(
    tickets: Sequence[Ticket] = (),
    pull_requests: Sequence[PullRequest] = (),
    decisions: Sequence[Decision] = (),
    *,
    hidden: Sequence[Ticket] = (),
) -> list[DisagreementKind]:
    """What kinds of disagreement there are; not everybody may read what is hidden."""
    picture = Picture(
        now=NOW,
        tickets=tickets,
        forest=Forest(tickets=[*tickets, *hidden], teams={ENG.id: ENG}),
        pull_requests=pull_requests,
        decisions=decisions,
        repository_names={"900": "acme/shop"},
    )
    return [each.kind for each in disagreements(picture)]


def doing(number: int = 1, **changes: Any) -> Ticket:
    """A ticket in progress, of which was heard yesterday."""
    return a_ticket(number, **{"state": DOING, **changes})


def done(number: int = 1, **changes: Any) -> Ticket:
    """A ticket that was done yesterday."""
    return a_ticket(number, **{"state": DONE, "completed_at": ago(DAY), **changes})


def below(number: int, ticket: Callable[..., Ticket] = done, parent: int = 1, **changes: Any) -> Ticket:
    """A ticket that is a part of another."""
    return ticket(number, parent_id=f"ticket-{parent}", **changes)


@pytest.mark.parametrize(
    ("pull_requests", "expected"),
    [
        ([built(1, 1, merged_at=ago(HOUR))], [K.MERGED_BUT_OPEN]),
        ([built(1, 1, merged_at=ago(timedelta(minutes=5)))], []),
        ([built(1, 1, merged_at=ago(HOUR), kind=LinkKind.CONTRIBUTES)], []),
        ([built(1, 1, merged_at=ago(HOUR), kind=LinkKind.MENTIONS)], []),
        ([built(1, 1, merged_at=ago(HOUR)), built(2, 1)], []),
        ([built(1, 1, merged_at=ago(HOUR)), built(2, 1, closed_at=ago(HOUR))], [K.MERGED_BUT_OPEN]),
        ([built(1, 1, closed_at=ago(HOUR))], []),
        ([built(1, 1, merged_at=ago(3 * HOUR)), built(2, 1, kind=None, merged_at=ago(HOUR))], []),
        ([built(1, 1, merged_at=ago(HOUR)), built(2, 1, kind=None, merged_at=ago(3 * HOUR))], [K.MERGED_BUT_OPEN]),
        ([built(1, 1, merged_at=ago(3 * HOUR)), built(2, 1, kind=None)], [K.MERGED_BUT_OPEN]),
        ([built(1, 1, merged_at=ago(HOUR), repository_id="elsewhere")], []),
    ],
)
def test_a_ticket_whose_work_is_merged_is_to_be_closed(
    pull_requests: list[PullRequest], expected: list[DisagreementKind]
) -> None:
    """Once everything that closes it is over, at least one is merged, and nothing took that back."""
    assert expected == found([doing()], pull_requests)
    assert expected == found([a_ticket(state=TODO)], pull_requests)


@pytest.mark.parametrize(
    ("pull_requests", "expected"),
    [
        ([built(1, 1)], [K.DONE_BUT_BUILDING]),
        ([built(1, 1, draft=True)], []),
        ([built(1, 1, kind=LinkKind.CONTRIBUTES)], []),
        ([built(1, 1, created_at=ago(timedelta(minutes=5)))], []),
        ([built(1, 1, merged_at=ago(2 * DAY))], []),
        ([built(1, 1, kind=None, merged_at=ago(HOUR))], [K.REVERTED_BUT_DONE]),
        ([built(1, 1, kind=None, merged_at=ago(2 * DAY))], []),
        ([built(1, 1, kind=None)], []),
        ([built(1, 1, kind=None, merged_at=ago(3 * HOUR)), built(2, 1, merged_at=ago(HOUR))], []),
    ],
)
def test_a_ticket_that_is_done_has_no_open_work_and_none_that_was_taken_back(
    pull_requests: list[PullRequest], expected: list[DisagreementKind]
) -> None:
    """Drafts may be about what comes next; a revert that was made good is none."""
    assert expected == found([done()], pull_requests)


@pytest.mark.parametrize(
    ("ticket", "pull_requests", "expected"),
    [
        (doing(updated_at=ago(8 * DAY)), [], [K.STALLED]),
        (doing(updated_at=ago(6 * DAY)), [], []),
        (a_ticket(state=TODO, updated_at=ago(30 * DAY)), [], []),
        (doing(updated_at=ago(8 * DAY)), [built(1, 1, kind=LinkKind.CONTRIBUTES)], []),
        (doing(updated_at=ago(8 * DAY)), [built(1, 1, kind=LinkKind.MENTIONS, merged_at=ago(HOUR))], []),
        (doing(updated_at=ago(9 * DAY)), [built(1, 1, closed_at=ago(8 * DAY), at=ago(8 * DAY))], [K.STALLED]),
    ],
)
def test_a_ticket_in_progress_of_which_nothing_is_heard_has_stalled(
    ticket: Ticket, pull_requests: list[PullRequest], expected: list[DisagreementKind]
) -> None:
    """Neither built on, nor talked about, nor changed for a week."""
    assert expected == found([ticket], pull_requests)


def told(pull_requests: Sequence[PullRequest], tickets: Sequence[Ticket], private_code: PrivateCode) -> list[list[str]]:
    """The receipts of all disagreements, where `acme/shop` is private and `acme/site` is not."""
    picture = Picture(
        now=NOW,
        tickets=tickets,
        pull_requests=pull_requests,
        repository_names={"900": "acme/shop", "901": "acme/site"},
        private={"900"},
        private_code=private_code,
    )
    return [[receipt.text for receipt in each.receipts] for each in disagreements(picture)]


OF_TICKET = "ENG-1 Checkout drops the coupon"


@pytest.mark.parametrize(
    ("private_code", "expected"),
    [
        (PrivateCode.EVERYTHING, "acme/shop#1 Keep the coupon"),
        (PrivateCode.LINKS, "acme/shop#1"),
        (PrivateCode.NOTHING, None),
    ],
)
@pytest.mark.parametrize(
    ("ticket", "pull_request"),
    [
        (doing(), built(1, 1, merged_at=ago(HOUR))),
        (done(), built(1, 1)),
        (done(), built(1, 1, kind=None, merged_at=ago(HOUR))),
    ],
)
def test_of_a_private_repository_as_much_is_told_as_the_team_allows(
    ticket: Ticket, pull_request: PullRequest, private_code: PrivateCode, expected: str | None
) -> None:
    """What rests on nothing else is not told where nothing is."""
    assert ([[OF_TICKET, expected]] if expected else []) == told([pull_request], [ticket], private_code)


def test_what_is_not_shown_counts_all_the_same() -> None:
    """Open work in a private repository keeps a ticket from being called done by what everybody sees."""
    site = built(2, 1, repository_id="901", merged_at=ago(HOUR))
    nothing = PrivateCode.NOTHING
    assert [] == told([site, built(1, 1)], [doing()], nothing)
    both = told([site, built(1, 1, merged_at=ago(HOUR))], [doing()], nothing)
    assert [[OF_TICKET, "acme/site#2 Keep the coupon"]] == both


def test_work_without_a_ticket_is_not_told_of_what_is_not_shown() -> None:
    """It would be told by nothing else."""
    untracked = built(1, created_at=ago(2 * DAY))
    shown = [told([untracked], [], private_code) for private_code in PrivateCode]
    assert [[], [["acme/shop#1"]], [["acme/shop#1 Keep the coupon"]]] == shown


def test_what_people_say_of_a_ticket_keeps_it_from_having_stalled() -> None:
    """Any decision about it is a word."""
    ticket = doing(updated_at=ago(30 * DAY))
    assert [K.STALLED] == found([ticket], [], [a_decision(updated_at=ago(8 * DAY))])
    assert [] == found([ticket], [], [a_decision(updated_at=ago(DAY))])


@pytest.mark.parametrize(
    ("state", "age", "expected"),
    [
        (DecisionState.PROPOSED, 2 * DAY, [K.SAID_DONE_BUT_OPEN]),
        (DecisionState.LOGGED, 2 * DAY, [K.SAID_DONE_BUT_OPEN]),
        (DecisionState.FAILED, 2 * DAY, [K.SAID_DONE_BUT_OPEN]),
        (DecisionState.PROPOSED, HOUR, []),
        (DecisionState.DISMISSED, 2 * DAY, []),
        (DecisionState.DONE, 2 * DAY, []),
        (DecisionState.UNDONE, 2 * DAY, []),
    ],
)
def test_what_was_said_to_be_done_is_to_be_moved(
    state: DecisionState, age: timedelta, expected: list[DisagreementKind]
) -> None:
    """Unless somebody said that it is not so, or it was moved and has been moved on since."""
    said = a_decision(action=MoveTicket(ticket_id="ticket-1", to=DONE), state=state, created_at=ago(age))
    assert expected == found([doing()], [], [said])
    begun = said.model_copy(update={"action": MoveTicket(ticket_id="ticket-1", to=DOING)})
    assert [] == found([doing()], [], [begun, said.model_copy(update={"private": True})])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [K.WORK_WITHOUT_TICKET]),
        ({"merged_at": ago(HOUR)}, [K.WORK_WITHOUT_TICKET]),
        ({"closed_at": ago(HOUR)}, []),
        ({"draft": True}, []),
        ({"created_at": ago(HOUR)}, []),
        ({"created_at": ago(30 * DAY)}, []),
        ({"author": Actor(login="dependabot[bot]", bot=True)}, []),
        ({"author": Actor(login="copilot-swe-agent[bot]", bot=True)}, [K.WORK_WITHOUT_TICKET]),
        ({"author": None}, [K.WORK_WITHOUT_TICKET]),
        ({"repository_id": "elsewhere"}, []),
    ],
)
def test_work_that_no_ticket_is_about_is_told(changes: dict[str, Any], expected: list[DisagreementKind]) -> None:
    """What people and their agents have been building for a day, and not what came to nothing."""
    assert expected == found([], [built(1, **changes)])


def test_what_wants_no_ticket_is_not_told() -> None:
    """Copies, reverts, and what people have said so of; nor what has not been read for tickets yet."""
    facts = a_pull_request(created_at=ago(2 * DAY))
    unread = PullRequest(id=facts.pull_request_id).with_part(facts)
    silenced = unread.with_part(TicketLinks(pull_request_id=unread.id, at=NOW, wants_ticket=False))
    assert [] == found([], [unread]) + found([], [silenced])


@pytest.mark.parametrize(
    ("tickets", "expected"),
    [
        ([doing(), below(2), below(3, state=CANCELED, completed_at=None)], [K.CHILDREN_DONE_BUT_OPEN]),
        ([doing(), below(2, completed_at=ago(timedelta(minutes=5)))], []),
        ([doing(updated_at=ago(8 * DAY)), below(2, completed_at=ago(timedelta(minutes=5)))], []),
        ([doing(), below(2), below(3, doing)], []),
        ([doing(), below(2, state=CANCELED)], []),
        ([doing(), below(2, parent=1), below(3, doing, parent=2, created_at=ago(HOUR))], []),
        ([done(), below(2, doing)], [K.CLOSED_BUT_CHILDREN_OPEN]),
        ([done(), below(2, doing, created_at=ago(HOUR))], []),
        ([done(completed_at=ago(timedelta(minutes=5))), below(2, doing)], []),
        ([done(state=CANCELED, completed_at=None), below(2, doing)], [K.CLOSED_BUT_CHILDREN_OPEN]),
    ],
)
def test_a_ticket_and_what_is_below_it_are_closed_together(
    tickets: list[Ticket], expected: list[DisagreementKind]
) -> None:
    """Unless what is open came later, or nothing was done; what not everybody may read is told of to nobody."""
    hidden = [each.model_copy(update={"team_id": "team-hr"}) for each in tickets[1:]]
    assert expected == found(tickets)
    assert [] == [kind for kind in found(tickets[:1], hidden=hidden) if kind is not K.STALLED]


def test_a_ticket_is_not_done_while_anything_below_it_is_open() -> None:
    """Though not everybody may read that."""
    assert [] == found([doing(), below(2)], hidden=[below(3, doing, team_id="team-hr")])


@dataclass(frozen=True)
class Plot:
    """A part of a world, and what does not agree in it."""

    expected: DisagreementKind | None
    make: Callable[[int], tuple[list[Ticket], list[PullRequest], list[Decision]]]


def said_done(number: int) -> Decision:
    """Somebody said so two days ago."""
    action = MoveTicket(ticket_id=f"ticket-{number}", to=DONE)
    return a_decision(id=f"decision-{number}", action=action, state=DecisionState.PROPOSED, created_at=ago(2 * DAY))


PLOTS = [
    Plot(None, lambda n: ([doing(n)], [built(n, n)], [])),
    Plot(None, lambda n: ([done(n)], [built(n, n, merged_at=ago(2 * DAY))], [])),
    Plot(None, lambda n: ([a_ticket(n, updated_at=ago(40 * DAY))], [], [])),
    Plot(None, lambda n: ([], [built(n, author=Actor(login="renovate[bot]", bot=True))], [])),
    Plot(None, lambda n: ([doing(n)], [built(n, n, merged_at=ago(HOUR), kind=LinkKind.MENTIONS)], [])),
    Plot(K.MERGED_BUT_OPEN, lambda n: ([doing(n)], [built(n, n, merged_at=ago(HOUR))], [])),
    Plot(K.DONE_BUT_BUILDING, lambda n: ([done(n)], [built(n, n)], [])),
    Plot(K.REVERTED_BUT_DONE, lambda n: ([done(n)], [built(n, n, kind=None, merged_at=ago(HOUR))], [])),
    Plot(None, lambda n: ([doing(n), below(1000 + n, done, n), below(2000 + n, doing, n)], [], [])),
    Plot(None, lambda n: ([done(n), below(1000 + n, doing, n, created_at=ago(HOUR))], [], [])),
    Plot(K.CHILDREN_DONE_BUT_OPEN, lambda n: ([doing(n), below(1000 + n, done, n)], [], [])),
    Plot(K.CLOSED_BUT_CHILDREN_OPEN, lambda n: ([done(n), below(1000 + n, doing, n)], [], [])),
    Plot(K.STALLED, lambda n: ([doing(n, updated_at=ago(20 * DAY))], [], [])),
    Plot(K.SAID_DONE_BUT_OPEN, lambda n: ([doing(n)], [], [said_done(n)])),
    Plot(K.WORK_WITHOUT_TICKET, lambda n: ([], [built(n)], [])),
]


def test_every_kind_of_disagreement_is_planted() -> None:
    """A new kind is found in generated worlds, too."""
    assert set(K) == {plot.expected for plot in PLOTS} - {None}


@given(st.lists(st.sampled_from(PLOTS), max_size=30), st.randoms())
def test_in_any_world_what_was_planted_is_found_once_and_nothing_else(plots: list[Plot], random: Any) -> None:
    """In whatever order the sources tell it; each with a link to all that it rests on."""
    worlds = [plot.make(number) for number, plot in enumerate(plots, start=1)]
    random.shuffle(worlds)
    all_tickets = [ticket for tickets, _, _ in worlds for ticket in tickets]
    picture = Picture(
        NOW,
        all_tickets,
        [pull_request for _, pull_requests, _ in worlds for pull_request in pull_requests],
        [decision for _, _, decisions in worlds for decision in decisions],
        repository_names={"900": "acme/shop"},
        forest=Forest(tickets=all_tickets, teams={ENG.id: ENG}),
    )
    all_found = disagreements(picture)
    planted = sorted(
        (plot.expected, f"{'900:' if plot.expected is K.WORK_WITHOUT_TICKET else 'ticket-'}{number}")
        for number, plot in enumerate(plots, start=1)
        if plot.expected
    )
    assert planted == sorted((each.kind, each.ticket_id or each.pull_request_id or "") for each in all_found)
    assert all(receipt.url for each in all_found for receipt in each.receipts)
    assert sorted(each.since for each in all_found) == [each.since for each in all_found]
    assert len(all_found) == len({each.id for each in all_found})


@pytest.mark.parametrize(("moves_at", "minutes"), [(None, 15), ((GitEvent.MERGE,), 15), ((GitEvent.START,), 0)])
def test_what_the_tracker_does_not_do_itself_is_not_waited_for(
    moves_at: tuple[GitEvent, ...] | None, minutes: int
) -> None:
    """A team may have its tickets moved at the merge, or not; in doubt there is a quarter of an hour's time for it."""
    team = ENG.model_copy(update={"moves_at": moves_at})
    for waited, late in ((timedelta(minutes=minutes), True), (timedelta(minutes=minutes - 1), minutes == 0)):
        merged = built(1, 1, merged_at=ago(max(waited, timedelta(0))))
        picture = Picture(
            now=NOW,
            tickets=[doing()],
            pull_requests=[merged],
            repository_names={"900": "acme/shop"},
            forest=Forest(tickets=(), teams={ENG.id: team}),
        )
        assert ([K.MERGED_BUT_OPEN] if late else []) == [each.kind for each in disagreements(picture)]
