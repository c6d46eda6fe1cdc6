"""Generated teams of which it is known what each report has to say, as every piece of work is made to be just that.

Each scenario makes one piece of work in one state, and says under which headings whose report has to tell of it. What
is for nobody's report, such as what was told before, belongs to no heading.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from pm_assistant.domain.actions import Comment, Ignore, MoveTicket
from pm_assistant.domain.bots import Actor
from pm_assistant.domain.code import CheckResult, PullRequestPart, ReviewState, TicketLinks
from pm_assistant.domain.decisions import DecisionState, Outcome
from pm_assistant.domain.planning import Relation, RelationType
from pm_assistant.domain.reports import FactKind
from pm_assistant.domain.tenants import Member
from pm_assistant.domain.work import Ticket
from tests.builders import (
    ACME,
    BACKLOG,
    CANCELED,
    DOING,
    DONE,
    ENG,
    NOW,
    REVIEW,
    TODO,
    a_check,
    a_comment,
    a_connection,
    a_decision,
    a_link_to,
    a_member,
    a_message,
    a_pull_request,
    a_repository,
    a_review,
    a_tenant,
    a_ticket,
    a_ticket_comment,
)
from tests.fakes.unit import FakeUnit

NAMES = ("ada", "bob", "cleo")
LATELY, BEFORE = NOW - timedelta(hours=5), NOW - timedelta(days=4)
WORDS = ("checkout", "coupon", "deposit", "gift cards", "search", "refund", "export", "login")


@dataclass
class World:
    """A team, and what is true of it.

    Attributes:
        truth: ids of what each person's report has to tell, by person and heading.
        proofs: addresses that prove something of a thing, by its id.
    """

    random: Random
    unit: FakeUnit = field(default_factory=FakeUnit)
    truth: defaultdict[tuple[str, FactKind], set[str]] = field(default_factory=lambda: defaultdict(set))
    proofs: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    members: Mapping[str, Member] = field(default_factory=dict)
    made: int = 0

    def __post_init__(self) -> None:
        self.members = {name: a_member(name, github_login=name.title()) for name in NAMES}
        self.unit.stores.tenants.put(a_tenant())
        self.unit.stores.connections.put(a_connection())
        self.unit.stores.directory.put_members(ACME, list(self.members.values()))
        self.unit.stores.directory.put_teams(ACME, [ENG])
        self.unit.stores.code.record(ACME, a_repository(private=False), keep_days=9)

    def tells(self, name: str, kind: FactKind, id: str) -> None:
        """Have it be true that this is told there."""
        self.truth[name, kind].add(id)

    def ticket(self, name: str, **changes: Any) -> Ticket:
        """One more ticket of somebody's."""
        self.made += 1
        title = f"{self.random.choice(WORDS)} {self.random.choice(WORDS)} {self.made}"
        ticket = a_ticket(self.made, title=title, assignee_id=f"lin-{name}", **changes)
        self.unit.stores.tickets.put(ACME, ticket)
        self.proofs[ticket.id].add(ticket.url)
        return ticket

    def pull_request(self, name: str, *reviews: Mapping[str, Any], closes: Ticket | None = None, **changes: Any) -> str:
        """One more pull request of somebody's."""
        self.made += 1
        facts = a_pull_request(self.made, author=Actor(login=name.title()), **{"created_at": BEFORE, **changes})
        id = facts.pull_request_id
        links = (a_link_to(closes.key, ticket_id=closes.id),) if closes else ()
        parts: list[PullRequestPart] = [facts, TicketLinks(pull_request_id=id, at=NOW, read=True, links=links)]
        parts += [a_review(f"{self.made}{n}", pull_request_id=id, **review) for n, review in enumerate(reviews)]
        for part in parts:
            self.unit.stores.code.record(ACME, part, keep_days=90)
        addresses = {facts.url, *(review.url for review in parts[2:] if hasattr(review, "url"))}
        for about in (id, *([closes.id] if closes else [])):
            self.proofs[about] |= addresses
        return id

    def other(self, name: str) -> str:
        """Somebody else."""
        return self.random.choice([each for each in NAMES if each != name])

    def log(self, action: Any, **changes: Any) -> None:
        """Log a decision of a moment ago."""
        self.made += 1
        message = a_message(self.made * 1_000)
        self.unit.stores.decisions.save(
            a_decision(action=action, message=message, **{"updated_at": LATELY, "created_at": LATELY, **changes})
        )


type Scenario = Callable[[World, str], None]


def finished_lately(world: World, name: str) -> None:
    """A ticket that was finished since, some by a merge, of which nothing more is told."""
    ticket = world.ticket(name, state=DONE, completed_at=LATELY)
    if world.random.random() < 0.5:
        world.pull_request(name, closes=ticket, merged_at=LATELY, closed_at=LATELY)
    world.tells(name, FactKind.DONE, ticket.id)


def finished_before(world: World, name: str) -> None:
    """A ticket of which the last report has told."""
    world.ticket(name, state=DONE, completed_at=BEFORE)


def given_up(world: World, name: str) -> None:
    """A ticket that nobody wants any more."""
    world.ticket(name, state=CANCELED)


def merged_lately(world: World, name: str) -> None:
    """A pull request without a ticket that was merged since."""
    world.tells(name, FactKind.DONE, world.pull_request(name, merged_at=LATELY, closed_at=LATELY))


def merged_before(world: World, name: str) -> None:
    """One that was merged before."""
    world.pull_request(name, merged_at=BEFORE, closed_at=BEFORE)


def reviewed_lately(world: World, name: str) -> None:
    """A review given since, after which the author is to merge."""
    author = world.other(name)
    review = {"author": Actor(login=name.title()), "submitted_at": LATELY, "state": ReviewState.APPROVED}
    id = world.pull_request(author, review)
    world.tells(name, FactKind.DONE, id)
    world.tells(author, FactKind.WAITING_FOR_ME, id)


def decided_lately(world: World, name: str) -> None:
    """A colleague's ticket that was moved as this person said."""
    ticket = world.ticket(world.other(name), state=BACKLOG)
    outcome = Outcome(external_id=ticket.id, url=ticket.url, inverse="undo")
    done = {"state": DecisionState.DONE, "performed": "r", "outcome": outcome, "decided_by": f"U0{name.upper()}"}
    world.log(MoveTicket(ticket_id=ticket.id, to=BACKLOG), **done)
    world.tells(name, FactKind.DONE, ticket.id)


def in_progress(world: World, name: str) -> None:
    """A ticket that somebody works on, some with comments, moves or a draft since."""
    ticket = world.ticket(name, state=world.random.choice([DOING, REVIEW]))
    match world.random.randrange(4):
        case 0:
            said = a_ticket_comment(f"c{world.made}", ticket_id=ticket.id, created_at=LATELY, url=f"{ticket.url}#c")
            world.unit.stores.planning.record_comment(ACME, said, keep_days=90)
            world.proofs[ticket.id].add(f"{ticket.url}#c")
        case 1:
            outcome = Outcome(external_id=ticket.id, url=f"{ticket.url}#h", inverse="undo")
            done = {"state": DecisionState.DONE, "performed": "r", "outcome": outcome}
            world.log(MoveTicket(ticket_id=ticket.id, to=DOING), **done)
            world.proofs[ticket.id].add(f"{ticket.url}#h")
        case 2:
            world.pull_request(name, closes=ticket, draft=True, created_at=LATELY)
        case _:
            pass
    world.tells(name, FactKind.IN_PROGRESS, ticket.id)


def drafted(world: World, name: str) -> None:
    """A draft that is for no ticket."""
    world.tells(name, FactKind.IN_PROGRESS, world.pull_request(name, draft=True))


def blocked_by_a_ticket(world: World, name: str) -> None:
    """A relation to an open ticket, and one to a closed one, which holds up nothing."""
    held, free = (world.ticket(name, state=DOING) for _ in range(2))
    for ticket, state in ((held, TODO), (free, DONE)):
        blocker = world.ticket("somebody", state=state)
        relation = Relation(
            id=f"r{world.made}", ticket_id=blocker.id, other_id=ticket.id, type=RelationType.BLOCKS, at=BEFORE
        )
        world.unit.stores.planning.relate(ACME, relation)
        world.proofs[ticket.id].add(blocker.url)
    world.tells(name, FactKind.BLOCKED, held.id)
    world.tells(name, FactKind.IN_PROGRESS, free.id)


def blocked_by_a_label(world: World, name: str) -> None:
    """A label that says so."""
    world.tells(name, FactKind.BLOCKED, world.ticket(name, state=DOING, labels=("Blocked",)).id)


def blocked_by_checks(world: World, name: str) -> None:
    """Checks that fail on what is built for it."""
    ticket = world.ticket(name, state=DOING)
    id = world.pull_request(name, closes=ticket)
    failed = a_check("ci", commit=f"{int(id.rpartition(':')[2]):040x}", result=CheckResult.FAILED)
    world.unit.stores.code.record(ACME, failed, keep_days=9)
    world.tells(name, FactKind.BLOCKED, ticket.id)


def blocked_by_a_review(world: World, name: str) -> None:
    """A review that is awaited since days before the weekend."""
    ticket, reviewer = world.ticket(name, state=REVIEW), world.other(name)
    id = world.pull_request(name, closes=ticket, requested=(reviewer.title(),))
    world.tells(name, FactKind.BLOCKED, ticket.id)
    world.tells(reviewer, FactKind.WAITING_FOR_ME, id)


def blocked_as_said(world: World, name: str) -> None:
    """Somebody said so, on the ticket or in the chat, and not the opposite since."""
    ticket = world.ticket(name, state=DOING)
    if world.random.random() < 0.5:
        said = a_ticket_comment(
            f"c{world.made}", ticket_id=ticket.id, text="Still blocked by legal.", created_at=BEFORE
        )
        world.unit.stores.planning.record_comment(ACME, said, keep_days=90)
    else:
        outcome = Outcome(external_id=ticket.id, url=ticket.url, inverse="undo")
        world.log(
            Comment(ticket_id=ticket.id, summary="Ada is blocked by legal."),
            state=DecisionState.DONE, performed="r", outcome=outcome,
        )  # fmt: skip
        world.proofs[ticket.id].add("https://acme.slack.com/archives/C0ENG/p1")
    world.tells(name, FactKind.BLOCKED, ticket.id)


def freed_as_said(world: World, name: str) -> None:
    """It was blocked, and is no longer."""
    ticket = world.ticket(name, state=DOING)
    for number, text in enumerate(("Blocked by legal.", "Unblocked, going on.")):
        at = BEFORE + timedelta(hours=number)
        said = a_ticket_comment(f"c{world.made}-{number}", ticket_id=ticket.id, text=text, created_at=at)
        world.unit.stores.planning.record_comment(ACME, said, keep_days=90)
    world.tells(name, FactKind.IN_PROGRESS, ticket.id)


def review_awaited(world: World, name: str) -> None:
    """A fresh pull request that somebody is to review: it waits for the one, and the other waits."""
    reviewer = world.other(name)
    id = world.pull_request(name, requested=(reviewer,), created_at=LATELY)
    world.tells(reviewer, FactKind.WAITING_FOR_ME, id)
    world.tells(name, FactKind.WAITING_FOR_OTHERS, id)


def changes_wanted(world: World, name: str) -> None:
    """A pull request that its author is to change."""
    review = {"author": Actor(login=world.other(name)), "submitted_at": BEFORE, "state": ReviewState.CHANGES_REQUESTED}
    world.tells(name, FactKind.WAITING_FOR_ME, world.pull_request(name, review))


def answer_awaited(world: World, name: str) -> None:
    """We ask about somebody's ticket; in private that is nobody else's business."""
    ticket = world.ticket(name, state=DOING)
    world.tells(name, FactKind.IN_PROGRESS, ticket.id)
    world.proofs[ticket.id].add("https://acme.slack.com/archives/C0ENG/p1")
    private = world.random.random() < 0.3
    world.log(a_comment(ticket.id), state=DecisionState.PROPOSED, private=private)
    if not private:
        world.tells(name, FactKind.WAITING_FOR_ME, ticket.id)


def talked_about(world: World, name: str) -> None:
    """Talk without a ticket is told to everybody, unless it was said in private."""
    world.made += 1
    message, private = a_message(world.made * 1_000), world.random.random() < 0.3
    talk = a_decision(
        action=Ignore(work=True), message=message, private=private, state=DecisionState.LOGGED, updated_at=LATELY
    )
    world.unit.stores.decisions.save(talk)
    world.proofs[talk.subject.id].add(talk.evidence[0].url)
    for each in NAMES if not private else ():
        world.tells(each, FactKind.UNTRACKED, talk.subject.id)


def someday(world: World, name: str) -> None:
    """What is in the backlog is no plan."""
    world.ticket(name, state=BACKLOG)


SCENARIOS: tuple[Scenario, ...] = (
    finished_lately, finished_before, given_up, merged_lately, merged_before, reviewed_lately, decided_lately,
    in_progress, drafted, blocked_by_a_ticket, blocked_by_a_label, blocked_by_checks, blocked_by_a_review,
    blocked_as_said, freed_as_said, review_awaited, changes_wanted, answer_awaited, talked_about, someday,
)  # fmt: skip


def a_world(seed: int, *, size: int = 24) -> World:
    """A team in which so many things are going on."""
    world = World(Random(seed))  # noqa: S311  # a made-up team keeps no secret
    for scenario in world.random.choices(SCENARIOS, k=size):
        scenario(world, world.random.choice(NAMES))
    return world


def each_person(world: World) -> Iterator[tuple[str, Member]]:
    """Everybody in it."""
    yield from world.members.items()
