"""Who may read what, generated: every source of words, every place where they may be shown, and everybody who looks.

A `Company` has one of each source, in all that we keep of it, and each source has a word of its own that is nowhere
else, so whatever a surface shows tells by its words where they are from. `may_read` is the law.
"""

from enum import StrEnum
from itertools import product
from typing import Any

from pm_assistant.domain.actions import Action, CloseTree, Closing, Comment, CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.answers import Subject
from pm_assistant.domain.decisions import DecisionState, Evidence, Outcome
from pm_assistant.domain.questions import Meaning, ReportAnswer, ReportAnswers
from pm_assistant.domain.tenants import Member, Provider, Standing
from pm_assistant.domain.work import Ticket
from tests.builders import (
    ACME,
    DOING,
    DONE,
    ENG,
    NOW,
    TODO,
    a_connection,
    a_decision,
    a_member,
    a_message,
    a_pull_request,
    a_repository,
    a_tenant,
    a_ticket,
)
from tests.fakes.unit import FakeUnit

CHANNELS = {"public": "C0ENG", "private": "C0BOARD", "other private": "C0HIRING", "shared": "C0CLIENT"}
PRIVATE_TEAM = ENG.model_copy(update={"id": "team-sec", "key": "SEC", "name": "Security", "private": True})


class Source(StrEnum):
    """Where something was said or written; its value is a word that stands nowhere else."""

    PUBLIC_CHANNEL = "papaya"
    PRIVATE_CHANNEL = "persimmon"
    SHARED_CHANNEL = "sapodilla"
    PUBLIC_TEAM = "tamarind"
    OWN_PUBLIC_TICKET = "olive"
    """A ticket that the viewer has."""
    PRIVATE_TEAM = "medlar"
    OWN_PRIVATE_TICKET = "mulberry"
    PUBLIC_REPOSITORY = "rhubarb"
    PRIVATE_REPOSITORY = "quince"
    WORDS_FOR_THE_TEAM = "loquat"
    """Said by another for the team's report."""
    VIEWERS_WORDS_FOR_THE_TEAM = "lychee"
    """Said by the viewer; none but full members speak in it."""


class Place(StrEnum):
    """Where it is shown; `alone` is what nobody but the viewer sees."""

    ALONE = "alone"
    PUBLIC_CHANNEL = "public"
    PRIVATE_CHANNEL = "private"
    OTHER_PRIVATE_CHANNEL = "other private"
    """With other people in it than the one in which something was said."""
    SHARED_CHANNEL = "shared"

    @property
    def channel(self) -> str:
        """A channel of that kind."""
        return CHANNELS[self]


class Viewer(StrEnum):
    """Who looks."""

    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"
    REMOVED = "removed"
    UNKNOWN = "unknown"
    """Of whom no vendor has told what they are."""


STANDINGS = {
    Viewer.MEMBER: Standing.MEMBER,
    Viewer.GUEST: Standing.GUEST,
    Viewer.STRANGER: Standing.OUTSIDER,
    Viewer.REMOVED: Standing.LEFT,
    Viewer.UNKNOWN: None,
}
OWN = {Source.OWN_PUBLIC_TICKET, Source.OWN_PRIVATE_TICKET}
OPEN = {
    Source.PUBLIC_CHANNEL,
    Source.PUBLIC_TEAM,
    Source.OWN_PUBLIC_TICKET,
    Source.PUBLIC_REPOSITORY,
    Source.WORDS_FOR_THE_TEAM,
}
"""What everybody of the workspace may read."""
WORDS = {Source.WORDS_FOR_THE_TEAM, Source.VIEWERS_WORDS_FOR_THE_TEAM}
TICKETS = {Source.PUBLIC_TEAM: 1, Source.OWN_PUBLIC_TICKET: 2, Source.PRIVATE_TEAM: 3, Source.OWN_PRIVATE_TICKET: 4}


def may_read(source: Source, place: Place, viewer: Viewer) -> bool:
    """Whether words of that source may be shown there to whoever looks; what was said in a place may be said there."""
    if source is Source.VIEWERS_WORDS_FOR_THE_TEAM:
        return viewer is Viewer.MEMBER and place is not Place.SHARED_CHANNEL
    match place:
        case Place.ALONE if viewer is Viewer.MEMBER:
            return source in OPEN | OWN
        case Place.ALONE if viewer in {Viewer.GUEST, Viewer.UNKNOWN}:
            return source in OWN
        case Place.PUBLIC_CHANNEL | Place.OTHER_PRIVATE_CHANNEL:
            return source in OPEN
        case Place.PRIVATE_CHANNEL:
            return source in OPEN | {Source.PRIVATE_CHANNEL}
        case Place.SHARED_CHANNEL:
            return source is Source.SHARED_CHANNEL
        case _:
            return False


class Company(FakeUnit):
    """A team in which everything is said in every way, of which one person is the viewer, and another is not.

    Attributes:
        viewer: who looks.
        other: a full member who has the tickets that are not the viewer's.
    """

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        standing = STANDINGS[viewer]
        standings = {Provider.SLACK: standing} if standing else {}
        self.viewer: Member = a_member("ada", standings=standings)
        self.other: Member = a_member("bob")
        self.stores.tenants.put(a_tenant())
        self.stores.connections.put(a_connection())
        self.stores.directory.put_members(ACME, [self.viewer, self.other])
        self.stores.directory.put_teams(ACME, [ENG, PRIVATE_TEAM])
        self._talk()
        for source, number in TICKETS.items():
            self._tickets(source, number)
        for source, id in ((Source.PUBLIC_REPOSITORY, "901"), (Source.PRIVATE_REPOSITORY, "902")):
            self._code(source, id)
        speakers = {Source.WORDS_FOR_THE_TEAM: self.other, Source.VIEWERS_WORDS_FOR_THE_TEAM: self.viewer}
        for source, speaker in speakers.items():
            words = ReportAnswer(meaning=Meaning.FREE, text=f"a day of {source}")
            said = ReportAnswers(member_id=speaker.id, day=NOW.date(), answers=(words,), at=NOW)
            self.stores.report_answers.put(ACME, said, keep_days=30)

    def _talk(self) -> None:
        """Talk that has no ticket, and tickets that are proposed for some, in each kind of channel."""
        kinds = {Source.PUBLIC_CHANNEL: "public", Source.PRIVATE_CHANNEL: "private", Source.SHARED_CHANNEL: "shared"}
        for source, kind in kinds.items():
            wanted: Action = CreateTicket(title=f"A new {source}", description=f"all about {source}")
            untracked: Action = Ignore(work=True)
            for offset, action in enumerate((untracked, wanted)):
                private, outside = kind != "public", kind == "shared"
                message = a_message(
                    offset, f"we need {source}", channel=CHANNELS[kind], private=private, outside=outside
                )
                state = DecisionState.PROPOSED if action is wanted else DecisionState.LOGGED
                self.stores.messages.record(ACME, message, keep_days=30)
                self.stores.decisions.save(
                    a_decision(
                        action=action,
                        message=message,
                        state=state,
                        reason=f"talk of {source}",
                        private=private,
                        outside=outside,
                    )
                )

    def _tickets(self, source: Source, number: int) -> None:
        """Tickets in every phase, and what was decided of one in a public thread, and where there was none."""
        private = source in {Source.PRIVATE_TEAM, Source.OWN_PRIVATE_TICKET}
        team = PRIVATE_TEAM if private else ENG
        assignee = self.viewer if source in OWN else self.other
        for place, state in enumerate((TODO, DOING, DONE)):
            id = number * 10 + place
            done = {"completed_at": NOW} if state is DONE else {}
            self.stores.tickets.put(
                ACME,
                a_ticket(
                    id,
                    key=f"{team.key}-{id}",
                    title=f"Peel the {source}",
                    state=state,
                    team_id=team.id,
                    assignee_id=assignee.linear_id,
                    url=f"https://linear.app/acme/issue/{source}-{id}",
                    **done,
                ),
            )
        made = CreateTicket(title="Something new", description="It was asked for.")
        decided = [*product(self._actions(number), STATES), (made, DecisionState.DONE)]
        for offset, ((action, reached), in_thread) in enumerate(product(decided, (True, False))):
            self._decide(source, number, action, reached, offset=number * 100 + offset, in_thread=in_thread)

    def _actions(self, number: int) -> tuple[Action, ...]:
        ticket = f"ticket-{number * 10 + 1}"
        return (
            Comment(ticket_id=ticket, summary="It was said again."),
            MoveTicket(ticket_id=ticket, to=DONE),
            CloseTree(root_id=ticket, closings=(Closing(ticket_id=ticket, to=DONE, because=(ticket,)),), sure=True),
        )

    def _decide(
        self, source: Source, number: int, action: Action, state: DecisionState, *, offset: int, in_thread: bool
    ) -> None:
        ticket_id = f"ticket-{number * 10 + 1}"
        url = f"https://linear.app/acme/issue/{source}-{number * 10 + 1}"
        told = Outcome(external_id=ticket_id, url=url, inverse="undo")
        done: dict[str, Any] = {"performed": "digest-1", "outcome": told} if state is DecisionState.DONE else {}
        message = a_message(offset)
        thread = Subject(channel=message.channel, root_ts=message.root_ts)
        subject = thread if in_thread else Subject.below(f"{ticket_id}.{offset}")
        evidence = (Evidence(message_id=message.id, url="https://acme.slack.com/archives/C0ENG/p1"),)
        self.stores.decisions.save(
            a_decision(
                action=action,
                message=message,
                id=f"decision-{offset}",
                subject=subject,
                state=state,
                reason=f"because of {source}",
                evidence=evidence,
                **done,
            )
        )

    def _code(self, source: Source, id: str) -> None:
        """A repository with a pull request of the viewer's and one that waits for the viewer's review."""
        private = source is Source.PRIVATE_REPOSITORY
        url = f"https://github.com/acme/{source}"
        name = f"acme/{source}"
        self.stores.code.record(ACME, a_repository(id, name=name, url=url, private=private), keep_days=30)
        asked: tuple[dict[str, Any], ...] = ({"author": None}, {"requested": (self.viewer.github_login or "ada",)})
        for number, changes in enumerate(asked, 1):
            facts = a_pull_request(
                number, repository_id=id, title=f"Grow {source}", url=f"{url}/pull/{number}", **changes
            )
            self.stores.code.record(ACME, facts, keep_days=30)

    def ticket(self, source: Source) -> Ticket:
        """The one of a source that somebody works on."""
        return self.stores.tickets.some(ACME, [f"ticket-{TICKETS[source] * 10 + 1}"])[0]


STATES = (DecisionState.PROPOSED, DecisionState.DONE)


def sources_in(shown: str) -> set[Source]:
    """Whose words stand in what is shown."""
    return {source for source in Source if source in shown.casefold()}
