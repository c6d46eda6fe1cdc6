"""A person's day: each thing in its place, with what moved on it, why it is told, and the links that prove it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pm_assistant.domain.bots import Actor
from pm_assistant.domain.code import (
    CheckResult,
    PullRequest,
    PullRequestPart,
    Repository,
    ReviewState,
    TicketLinks,
)
from pm_assistant.domain.day import day_of
from pm_assistant.domain.facts import Fact, Note, NoteKind, Person, Sources
from pm_assistant.domain.index import TicketHead
from pm_assistant.domain.links import LinkKind
from pm_assistant.domain.reports import Audience, FactKind
from pm_assistant.domain.tenants import PrivateCode
from pm_assistant.domain.work import Cycle, Ticket
from tests.builders import (
    BACKLOG,
    DOING,
    DONE,
    ENG,
    NOW,
    a_link_to,
    a_pull_request,
    a_repository,
    a_review,
    a_ticket,
    a_ticket_comment,
)

ADA = Person(name="Ada", tracker_id="lin-ada", login="ada", chat_id="U0ADA", reads_all=True)
"""Whose day it is: a Friday, half past nine in the morning."""
ME = Actor(login="Ada")
GRACE = Actor(login="grace")
YESTERDAY = NOW - timedelta(days=1)
OPEN_REPOSITORY = a_repository(private=False)


def built(*parts: PullRequestPart, closes: str | None = None) -> PullRequest:
    """A pull request as these parts tell it, which closes a ticket or none."""
    pull_request = PullRequest(id=parts[0].pull_request_id)
    links = (a_link_to("ENG-1", ticket_id=closes),) if closes else ()
    for part in (*parts, TicketLinks(pull_request_id=pull_request.id, at=NOW, read=True, links=links)):
        pull_request = pull_request.with_part(part)
    return pull_request


def sources(*tickets: Ticket, built: tuple[PullRequest, ...] = (), **changes: Any) -> Sources:
    """What is known of a team in which everything is public."""
    heads = {ticket.id: TicketHead.of(ticket) for ticket in tickets}
    known = Sources(
        now=NOW,
        since=YESTERDAY,
        tickets=tickets,
        head=heads.get,
        pull_requests=built,
        repositories={"900": OPEN_REPOSITORY},
        public={ENG.id},
        names={"grace": "Grace"},
        base_url="https://acme.slack.com/",
    )
    return replace(known, **changes)


def told(known: Sources, *kinds: FactKind, person: Person = ADA) -> list[tuple[FactKind, str, tuple[NoteKind, ...]]]:
    """What is told, without the focus unless that is asked for: where, of what, and what is noted."""
    facts = [fact for fact in day_of(person, known) if (fact.kind in kinds if kinds else fact.kind != FactKind.FOCUS)]
    return [(fact.kind, fact.name, tuple(note.kind for note in fact.notes)) for fact in facts]


def only(known: Sources, kind: FactKind) -> Fact:
    """The one fact of a kind."""
    [fact] = [fact for fact in day_of(ADA, known) if fact.kind is kind]
    return fact


def test_a_pull_request_moves_its_ticket_on_with_a_link_of_its_own() -> None:
    """What was opened and reviewed since is told with the ticket, each with the page that proves it."""
    pr = built(
        a_pull_request(1, author=ME, created_at=NOW - timedelta(hours=3), draft=True),
        a_review("7", author=GRACE, state=ReviewState.COMMENTED, submitted_at=NOW - timedelta(hours=1)),
        closes="ticket-1",
    )

    building = only(sources(a_ticket(1, state=DOING), built=(pr,)), FactKind.IN_PROGRESS)

    assert [
        (NoteKind.OPENED, "acme/shop#1", (), "https://github.com/acme/shop/pull/1"),
        (NoteKind.REVIEWED, "commented", ("Grace",), "https://github.com/acme/shop/pull/1#pullrequestreview-7"),
    ] == [(note.kind, note.what, note.who, note.url) for note in building.notes]


def test_what_was_told_before_is_not_told_again() -> None:
    """Comments and merges of before the last report are no news."""
    pr = built(
        a_pull_request(1, author=ME, created_at=NOW - timedelta(days=4), merged_at=NOW - timedelta(days=2)),
        closes="ticket-1",
    )
    comments = {"ticket-1": [a_ticket_comment(created_at=NOW - timedelta(days=2)), a_ticket_comment("2", deleted=True)]}

    known = sources(a_ticket(1, state=DOING), built=(pr,), comments=comments)

    assert [(FactKind.IN_PROGRESS, "ENG-1", ())] == told(known)


def test_comments_since_are_counted_and_lead_to_the_last() -> None:
    """One line for a talk on a ticket, with who took part."""
    comments = {
        "ticket-1": [
            a_ticket_comment("1", created_at=NOW - timedelta(hours=2)),
            a_ticket_comment("2", author_name="Bob", created_at=NOW - timedelta(hours=1), url="#c-2"),
        ]
    }

    [note] = only(sources(a_ticket(1, state=DOING), comments=comments), FactKind.IN_PROGRESS).notes

    assert (NoteKind.COMMENTED, 2, ("Ada", "Bob"), f"{a_ticket().url}#c-2") == (
        note.kind,
        note.count,
        note.who,
        note.url,
    )


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"blocked_by": {"ticket-1": [TicketHead.of(a_ticket(2, assignee_id="lin-bob"))]}}, NoteKind.BLOCKED_BY),
        ({"labels": ("Blocked",)}, NoteKind.LABELLED),
        ({"said_blocked": {"ticket-1": Note(kind=NoteKind.SAID_BLOCKED)}}, NoteKind.SAID_BLOCKED),
        ({"checks": {("900", f"{1:040x}"): CheckResult.FAILED}}, NoteKind.CHECKS_FAIL),
        ({"requested": ("grace",), "created_at": NOW - timedelta(days=4)}, NoteKind.REVIEW_LATE),
        ({}, None),
        ({"checks": {("900", f"{1:040x}"): CheckResult.PENDING}}, None),
        ({"requested": ("grace",), "created_at": NOW - timedelta(days=4), "draft": True}, None),
    ],
)
def test_a_ticket_is_blocked_for_a_reason(change: dict[str, Any], because: NoteKind | None) -> None:
    """By relation, label, failing checks, a late review, or as people said so; and then not in progress as well."""
    ticket = {key: change.pop(key) for key in ("labels",) if key in change}
    facts: dict[str, Any] = {"created_at": NOW - timedelta(days=4)}
    facts |= {key: change.pop(key) for key in ("requested", "created_at", "draft") if key in change}
    pr = built(a_pull_request(1, author=ME, **facts), closes="ticket-1")

    known = sources(a_ticket(1, state=DOING, **ticket), built=(pr,), **change)

    expected = [(FactKind.BLOCKED, "ENG-1", (because,))] if because else [(FactKind.IN_PROGRESS, "ENG-1", ())]
    assert expected == told(known)


def test_a_blocker_of_a_private_team_is_not_named() -> None:
    """That something blocks is the reader's to know; what, is its own team's."""
    secret = TicketHead.of(a_ticket(2, team_id="team-board", title="Layoffs", assignee_name="Eve"))

    [note] = only(sources(a_ticket(1, state=DOING), blocked_by={"ticket-1": [secret]}), FactKind.BLOCKED).notes

    assert ("", (), "") == (note.what, note.who, note.url)


@pytest.mark.parametrize(
    ("opened", "hours", "kind"),
    [
        (NOW - timedelta(minutes=20), 0, FactKind.WAITING_FOR_OTHERS),
        (NOW - timedelta(days=1), 8, FactKind.WAITING_FOR_OTHERS),
        (NOW - timedelta(days=2), 16, FactKind.BLOCKED),
    ],
)
def test_a_review_that_others_owe_is_late_after_two_working_days(opened: datetime, hours: int, kind: FactKind) -> None:
    """Before that it merely waits; how long, is said in working hours."""
    pr = built(a_pull_request(1, author=ME, requested=("grace",), created_at=opened))

    fact = only(sources(built=(pr,)), kind)

    assert (hours, ("Grace",)) == (fact.notes[0].hours, fact.notes[0].who)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"requested": ("Ada",)}, [(FactKind.WAITING_FOR_ME, "acme/shop#1", (NoteKind.REVIEW_AWAITED,))]),
        ({"requested": ("Ada",), "draft": True}, []),
        ({"requested": ("Ada",), "merged_at": NOW}, []),
        ({"requested": ("bob",)}, []),
    ],
)
def test_a_review_is_awaited_of_whoever_is_asked(changes: dict[str, Any], expected: list[object]) -> None:
    """Not on drafts, not on what is over, and not of others."""
    assert expected == told(sources(built=(built(a_pull_request(1, **changes)),)))


def test_a_review_that_is_asked_again_waits_since_the_last_one() -> None:
    """What was reviewed before has not waited since it was opened."""
    opened, reviewed = NOW - timedelta(days=9), NOW - timedelta(hours=1, minutes=20)
    pr = built(
        a_pull_request(1, requested=("Ada",), created_at=opened),
        a_review("7", author=ME, state=ReviewState.COMMENTED, submitted_at=reviewed),
    )

    assert reviewed == only(sources(built=(pr,), since=NOW), FactKind.WAITING_FOR_ME).since


@pytest.mark.parametrize(
    ("state", "requested", "expected"),
    [
        (ReviewState.CHANGES_REQUESTED, (), (FactKind.WAITING_FOR_ME, NoteKind.CHANGES_WANTED)),
        (ReviewState.CHANGES_REQUESTED, ("Grace",), (FactKind.WAITING_FOR_OTHERS, NoteKind.REVIEW_AWAITED)),
        (ReviewState.APPROVED, (), (FactKind.WAITING_FOR_ME, NoteKind.READY_TO_MERGE)),
    ],
)
def test_a_reviewed_pull_request_is_its_authors_turn(
    state: ReviewState, requested: tuple[str, ...], expected: tuple[FactKind, NoteKind]
) -> None:
    """To change or to merge it; it is the reviewer's again once that is asked for."""
    pr = built(a_pull_request(1, author=ME, requested=requested), a_review("7", author=GRACE, state=state))

    [(kind, _, (note,))] = told(sources(built=(pr,), now=NOW + timedelta(minutes=1)))

    assert expected == (kind, note)


def test_each_thing_is_told_once() -> None:
    """A merge of a finished ticket stands with the ticket, and a draft for a ticket in progress likewise."""
    merged = built(a_pull_request(1, author=ME, merged_at=NOW), closes="ticket-1")
    draft = built(a_pull_request(2, author=ME, draft=True, created_at=NOW - timedelta(days=3)), closes="ticket-2")
    alone = built(a_pull_request(3, author=ME, merged_at=NOW))

    known = sources(a_ticket(1, state=DONE, completed_at=NOW), a_ticket(2, state=DOING), built=(merged, draft, alone))

    assert [
        (FactKind.DONE, "ENG-1", (NoteKind.MERGED,)),
        (FactKind.DONE, "acme/shop#3", (NoteKind.MERGED,)),
        (FactKind.IN_PROGRESS, "ENG-2", ()),
    ] == told(known)


def test_a_review_that_was_given_is_done() -> None:
    """The reviewer's work counts, by its link; the author's own remark is no review."""
    given = built(a_pull_request(1), a_review("7", author=ME, submitted_at=NOW))

    assert [(FactKind.DONE, "acme/shop#1", (NoteKind.REVIEWED,))] == told(sources(built=(given,)))


def test_what_comes_next_is_ordered_by_what_presses() -> None:
    """By a near date, the cycle that is on, and priority; behind its own blocker, and never what others hold up."""
    soon = {"due_date": NOW.date() + timedelta(days=1)}
    cycle = Cycle(id="c", begins_at=NOW - timedelta(days=5), ends_at=NOW + timedelta(days=9))
    low, high, planned, due, behind = (
        a_ticket(1, priority=4),
        a_ticket(2, priority=2),
        a_ticket(3, state=BACKLOG, cycle=cycle),
        a_ticket(4, **soon),
        a_ticket(5, priority=1, **soon),
    )
    known = sources(
        low,
        high,
        planned,
        due,
        behind,
        a_ticket(6, state=BACKLOG),
        *(a_ticket(number, state=DONE, completed_at=NOW - timedelta(days=9)) for number in range(20, 160)),
        blocked_by={"ticket-5": [TicketHead.of(due)]},
    )

    assert ["ENG-4", "ENG-5", "ENG-3", "ENG-2", "ENG-1"] == [name for _, name, _ in told(known, FactKind.NEXT)]


@pytest.mark.parametrize(
    ("finished", "estimates", "begun", "fits"),
    [
        (0, (1.0,) * 9, 0, 3),
        (2, (1.0,) * 9, 0, 3),
        (80, (1.0,) * 9, 0, 4),
        (80, (1.0,) * 9, 2, 2),
        (80, (1.0,) * 9, 9, 1),
        (80, (3.0, 1.0, 1.0), 0, 2),
        (80, (8.0, 1.0), 0, 1),
    ],
)
def test_no_more_is_next_than_the_persons_pace_leaves_room_for(
    finished: int, estimates: tuple[float, ...], begun: int, fits: int
) -> None:
    """Points finished in four weeks, a day's worth of them, less what is begun; never nothing, and three if unknown."""
    at = NOW - timedelta(days=9)
    known = sources(
        *(a_ticket(number, estimate=estimate) for number, estimate in enumerate(estimates, 1)),
        *(a_ticket(number, state=DOING) for number in range(300, 300 + begun)),
        *(a_ticket(number, state=DONE, completed_at=at) for number in range(400, 400 + finished)),
    )

    assert fits == len(told(known, FactKind.NEXT))


def test_the_focus_is_three_things_at_most_each_with_its_reason() -> None:
    """What is late, what others wait for, what is urgent; and what is begun before anything new."""
    late = {"due_date": date(2026, 11, 1)}
    review = built(a_pull_request(1, requested=("Ada",), created_at=NOW - timedelta(days=3)))
    known = sources(
        a_ticket(1, state=DOING),
        a_ticket(2, state=DOING, priority=1),
        a_ticket(3, **late),
        a_ticket(4, priority=1),
        built=(review,),
    )

    assert [
        (FactKind.FOCUS, "ENG-3", (NoteKind.OVERDUE,)),
        (FactKind.FOCUS, "acme/shop#1", (NoteKind.REVIEW_AWAITED,)),
        (FactKind.FOCUS, "ENG-2", (NoteKind.URGENT,)),
    ] == told(known, FactKind.FOCUS)
    assert [(FactKind.FOCUS, "ENG-1", (NoteKind.UNDERWAY,))] == told(
        sources(a_ticket(1, state=DOING), a_ticket(5)), FactKind.FOCUS
    )


@pytest.mark.parametrize(
    ("private_code", "title", "others"),
    [
        (PrivateCode.NOTHING, "Keep the coupon", []),
        (PrivateCode.LINKS, "Keep the coupon", [""]),
        (PrivateCode.EVERYTHING, "Keep the coupon", ["Keep the coupon"]),
    ],
)
def test_of_private_repositories_others_are_told_as_much_as_the_team_wants(
    private_code: PrivateCode, title: str, others: list[str]
) -> None:
    """The author knows it anyway."""
    pr = built(a_pull_request(1, author=ME, draft=True))
    repositories: dict[str, Repository] = {"900": a_repository()}
    known = sources(built=(pr,), repositories=repositories, private_code=private_code)

    own = only(known, FactKind.IN_PROGRESS)
    for_others = [f.title for f in day_of(ADA, replace(known, for_others=True)) if f.kind is FactKind.IN_PROGRESS]

    assert (title, others) == (own.title, for_others)
    assert (private_code is PrivateCode.EVERYTHING) == (own.audience is Audience.EVERYBODY)


def test_what_only_the_person_may_read_is_told_to_nobody_else() -> None:
    """A private team's ticket is in its assignee's report, and in none that others read."""
    known = sources(a_ticket(1, state=DOING), public=frozenset())

    assert Audience.PERSON is only(known, FactKind.IN_PROGRESS).audience
    assert [] == day_of(ADA, replace(known, for_others=True))


def test_what_a_mention_names_neither_moves_nor_holds_up_a_ticket() -> None:
    """A pull request that only speaks of a ticket is not work on it."""
    mention = TicketLinks(
        pull_request_id=a_pull_request(1).pull_request_id,
        at=NOW,
        links=(a_link_to("ENG-1", ticket_id="ticket-1", kind=LinkKind.MENTIONS),),
    )
    pr = PullRequest(id=mention.pull_request_id).with_part(a_pull_request(1)).with_part(mention)

    known = sources(a_ticket(1, state=DOING), built=(pr,), checks={("900", f"{1:040x}"): CheckResult.FAILED})

    assert [(FactKind.IN_PROGRESS, "ENG-1", ())] == told(known)
