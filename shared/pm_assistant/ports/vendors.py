"""Vendors, by the roles they play: where a tenant talks, plans, and lets us in; and who judges.

A port never carries a token: whoever makes a `Chat` or `Tracker` has bound it to one tenant already.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NotRequired, Protocol, Self, TypedDict, Unpack

from pm_assistant.domain.absence import OutOfOffice
from pm_assistant.domain.actions import ChangeTicket, Comment, CreateTicket, MoveTicket
from pm_assistant.domain.catch_up import CodeList, CodePage, Discussion, News, PlanningPage, TicketPage
from pm_assistant.domain.code import Repository
from pm_assistant.domain.connections import Callback, Grant, InstallRedirect
from pm_assistant.domain.decisions import Judgement, Outcome, Stake
from pm_assistant.domain.deliveries import Delivery, DeliveryPage
from pm_assistant.domain.drafts import NO_DETAILS, TicketDetails
from pm_assistant.domain.events import ButtonPressed, Challenge, Dropped, WebhookEvent
from pm_assistant.domain.forms import Form
from pm_assistant.domain.home import Home
from pm_assistant.domain.people import Listing, Participant
from pm_assistant.domain.phrasing import Phrasing
from pm_assistant.domain.planning import PlannedIds
from pm_assistant.domain.previews import Preview
from pm_assistant.domain.replies import Reply
from pm_assistant.domain.reports import Card, Notice, Report
from pm_assistant.domain.surfaces import SessionStatus, SurfaceUsed
from pm_assistant.domain.tenants import Credentials, Member
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.domain.work import Channel, ChannelPage, Conversation, MessagePage, Team, Ticket, TicketState

MOST_ASKED_FOR = 250
"""Things of a kind that a tracker is asked for at once by their ids."""
MOST_DISCUSSIONS = 50
"""Issues and pull requests of a repository that a code host is asked for at once by their numbers."""


class Watch(Protocol):
    """Who is told how a vendor answers; what comes of it is no business of who asks."""

    def answered(self, *, low_for: float | None = None) -> None:
        """It has answered; for so many seconds what it still allows is little."""
        ...

    def failed(self) -> None:
        """It has not answered, or only of its own troubles."""
        ...

    def limited(self, seconds: float) -> None:
        """It wants to be left alone for so long, whatever is to be asked."""
        ...


class WebhookSource(Protocol):
    """A vendor that posts to us."""

    def accept(
        self, request: WebhookRequest, now: datetime
    ) -> WebhookEvent | ButtonPressed | SurfaceUsed | Challenge | Dropped:
        """Verify the signature over the raw body, then read it.

        Raises:
            Unauthenticated: signature wrong or missing, or timestamp outside the vendor's tolerance.
            InvalidRequest: authentic, but not of the vendor's form.
        """
        ...


class Redelivery(Protocol):
    """What a vendor could not tell our app, and does not try again by itself."""

    def failed(self, *, cursor: str | None) -> DeliveryPage:
        """A page of the deliveries that did not arrive, latest first.

        Raises:
            RateLimited: the page will be there later, with the same cursor.
        """
        ...

    def send_again(self, delivery: Delivery) -> bool:
        """Have one sent again, which makes another delivery of it; False if the vendor has it no more."""
        ...


class Chat(Protocol):
    """Where a tenant talks."""

    def channels(self, *, cursor: str | None = None) -> ChannelPage:
        """A page of the channels that we are in, in one request where nothing is amiss.

        Raises:
            RateLimited: the page will be there later, with the same cursor.
        """
        ...

    def history(
        self,
        channel: Channel,
        *,
        since: datetime,
        roots_since: datetime,
        until: datetime | None = None,
        cursor: str | None = None,
    ) -> MessagePage:
        """A page of what people said, or edited, in a channel since then, latest first; replies alone are not in it.

        Edits, and threads that were taken up again, are found of what was said since `roots_since`. What was said after
        `until` is left out, for a reading that goes on without its cursor.

        It takes one request of those that a vendor may let us make once a minute. A page may be empty, and is where the
        channel is gone.

        Raises:
            RateLimited: the page will be there later, with the same cursor.
        """
        ...

    def replies(self, channel: Channel, root_ts: str, *, since: datetime, cursor: str | None = None) -> MessagePage:
        """A page of what people replied in a thread since then; rare like `history`, and empty where it is gone.

        Raises:
            RateLimited: the page will be there later, with the same cursor.
        """
        ...

    def members(self) -> Listing[Member]:
        """The people of the workspace, ids being the chat's, each with its standing; bots are none."""
        ...

    def page_of_members(self, *, cursor: str | None = None) -> Listing[Member]:
        """The same, a page: somebody may be on more than one."""
        ...

    def member(self, user_id: str) -> Member:
        """One account as it is now.

        Raises:
            NotFound: there is none of that id, or it is no person's.
        """
        ...

    def post(self, channel: str, root_ts: str, card: Card) -> str:
        """Put a card into a thread and return its ts; a second time it stands there twice.

        Raises:
            NotFound: the thread is gone, or we may no longer speak there.
            RateLimited: it was not posted.
        """
        ...

    def find_card(self, channel: str, root_ts: str, card: Card, *, since: datetime) -> str | None:
        """Where the card stands if an attempt to post it that began then succeeded.

        Raises:
            NotFound: the thread is gone, or we may no longer look there.
            RateLimited: such questions are answered rarely; ask again later.
        """
        ...

    def update(self, channel: str, ts: str, card: Card) -> None:
        """Replace a card's content.

        Raises:
            NotFound: the card is gone, or we may no longer speak there.
        """
        ...

    def open_form(self, trigger_id: str, form: Form) -> None:
        """Show a form to whoever has just pressed something; what let us do so counts once, and for three seconds.

        Raises:
            NotFound: it counts no more.
        """
        ...

    def publish_home(self, user_id: str, home: Home, *, over: str | None = None) -> str:
        """Show a person's own page in place of what it has shown, and return the version that is shown then.

        Args:
            user_id: whose page.
            home: what is to be shown.
            over: the version that it takes the place of; None for whatever is shown.

        Raises:
            Conflict: another version is shown by now; nothing was changed.
            NotFound: there is no such person, or people have no such page.
        """
        ...

    def unfurl(self, unfurl_id: str, source: str, previews: Mapping[str, Preview]) -> None:
        """Show what is behind links, by each as it was shared, to all who read the message.

        Raises:
            NotFound: the message is gone, or does not take it any more.
        """
        ...

    def present_details(self, trigger_id: str, details: Preview | None) -> None:
        """Show one person more of what is behind a link, or with None that there is nothing for them.

        Raises:
            NotFound: what let us do so counts no more.
        """
        ...

    def show_session(self, channel: str, root_ts: str, status: SessionStatus, *, title: str | None = None) -> None:
        """Show in a thread whether we are at work there.

        Raises:
            NotFound: the thread is gone.
        """
        ...

    def post_ephemeral(self, channel: str, root_ts: str, user_id: str, text: str) -> None:
        """Say something in a thread that one person alone sees; it is kept nowhere, and may be said twice.

        Raises:
            NotFound: the person is not there, or we may not speak there.
        """
        ...

    def channel(self, channel_id: str) -> Channel:
        """A channel as it is now.

        Raises:
            NotFound: there is none that we may know of.
        """
        ...

    def people_in(self, channel_id: str) -> Sequence[str]:
        """The accounts of who is in a channel.

        Raises:
            NotFound: there is none that we may know of.
        """
        ...

    def post_report(self, channel_id: str, report: Report, *, below: str | None = None) -> str:
        """Post in a channel, or in the thread of that message, and return the ts; a second time it is there twice.

        Raises:
            NotFound: there is no such channel, or we may not write there.
            RateLimited: it was not sent.
        """
        ...

    def update_report(self, channel_id: str, ts: str, report: Report) -> None:
        """Replace what a report says that was posted in a channel, or in a thread of it.

        Raises:
            NotFound: it is gone, or we may not change it any more.
        """
        ...

    def find_report(self, channel_id: str, report: Report, *, since: datetime, below: str | None = None) -> str | None:
        """Where it stands if an attempt to post it that began then succeeded.

        Raises:
            RateLimited: such questions are answered rarely; ask again later.
        """
        ...

    def respond(self, address: str, reply: Reply) -> None:
        """Answer what one person has asked for, so that nobody else sees it; it is kept nowhere, and may be said twice.

        Args:
            address: where the chat takes the answer, a few times and for a while.
            reply: what is said.

        Raises:
            NotFound: the address counts no more.
        """
        ...

    def direct_channel(self, user_id: str) -> str:
        """The conversation that we have with one person alone.

        Raises:
            NotFound: there is no such person.
        """
        ...

    def direct_message(self, user_id: str, report: Report | Notice, *, below: str | None = None) -> str:
        """Send to one person and return the message's ts; a second time the person has it twice.

        With `below` it is sent into the thread of that message to the same person.

        Raises:
            NotFound: there is no such person.
            RateLimited: it was not sent.
        """
        ...

    def find_direct_message(
        self, user_id: str, report: Report | Notice, *, since: datetime, below: str | None = None
    ) -> str | None:
        """Where it stands if an attempt to send it that began then succeeded.

        Raises:
            RateLimited: such questions are answered rarely; ask again later.
        """
        ...


class Tracker(Protocol):
    """Where a tenant plans. All writes are idempotent by the id they are given."""

    def read_tickets(
        self, *, since: datetime | None, until: datetime | None = None, cursor: str | None = None
    ) -> TicketPage:
        """A page of the tickets that changed within a stretch of time, changed last first, in one request.

        Args:
            since: where it begins; None for all that are open or were closed recently. What was removed is told only of
                a stretch that has a beginning. With the first page comes the first of what was changed since then
                beside the tickets.
            until: where it ends, to the millisecond; None for now.
            cursor: of the page; None for the first.

        Raises:
            RateLimited: the page will be there later, with the same cursor.
        """
        ...

    def read_planning(self, *, since: datetime | None, cursor: str) -> PlanningPage:
        """The page behind that cursor of what was changed beside the tickets, in one request.

        What was taken off or deleted is not told of by every tracker.

        Raises:
            RateLimited: the page will be there later, with the same cursor.
        """
        ...

    def which_are_there(self, ids: PlannedIds) -> PlannedIds:
        """Those that are there and were not put away, in one request; of each kind no more than `MOST_ASKED_FOR`.

        Raises:
            RateLimited: ask again later.
        """
        ...

    def teams(self) -> Listing[Team]:
        """Teams with the states of their workflows."""
        ...

    def page_of_teams(self, *, cursor: str | None = None) -> Listing[Team]:
        """The same, a page."""
        ...

    def members(self) -> Listing[Member]:
        """The people of the workspace, ids being the tracker's, each with its standing; apps are none."""
        ...

    def page_of_members(self, *, cursor: str | None = None) -> Listing[Member]:
        """The same, a page."""
        ...

    def planned(self, action: Comment | CreateTicket | MoveTicket | ChangeTicket, *, id: str) -> Outcome:
        """What one of the writes below would leave, and how to take it back, found out before it is done.

        To undo it is safe whether the write came to pass or not. `id` is of what the write creates.

        Raises:
            Gone: the ticket that is to be moved is not there, or was thrown away.
        """
        ...

    def comment(self, ticket_id: str, *, id: str, body: str) -> Outcome:
        """Write the comment of that id, or bring its text up to date. `body` is Markdown.

        Raises:
            Gone: its ticket is not there, or was thrown away.
        """
        ...

    def create(
        self,
        team_id: str,
        *,
        id: str,
        title: str,
        body: str,
        priority: int,
        details: TicketDetails = NO_DETAILS,
    ) -> tuple[Ticket, Outcome]:
        """Create the ticket of that id, or return the one that is there, which may no longer read as we wrote it.

        Raises:
            UpstreamRejected: something that is named is not there, or not for us; nothing was created.
        """
        ...

    def rewrite(self, ticket_id: str, *, title: str, body: str) -> Ticket:
        """Replace a ticket's title and description (Markdown); returns it as it then is."""
        ...

    def move(self, ticket_id: str, to: TicketState, *, backwards: bool = False) -> tuple[Ticket, Outcome]:
        """Put a ticket into a state unless it is already as far; returns it as it then is.

        A step `backwards` is taken where that is wanted.

        Raises:
            Gone: it is not there, or was thrown away.
        """
        ...

    def change(self, action: ChangeTicket) -> tuple[Ticket, Outcome]:
        """Give a ticket's field another value unless it has it already; returns the ticket as it then is.

        Raises:
            Gone: the ticket is not there, or was thrown away.
            UpstreamRejected: the account or the label is not there, or not for that ticket.
        """
        ...

    def undo(self, outcome: Outcome) -> Collection[Stake]:
        """Take back what an action left, as its `inverse` says, unless others have put something of their own on it.

        What is gone already counts as taken back. A new ticket goes with what we have written on it, a comment while
        it reads as we left it and nobody has replied, a move while no person has moved the ticket since, and a change
        while no person has changed that field since.

        Returns:
            What of others' keeps it; nothing if it was taken back.
        """
        ...


class CodeHost(Protocol):
    """Where a tenant builds; what is read there has `read` set. Each call takes one request where nothing is amiss.

    Whatever page comes next is the host's word: whoever reads counts them.
    """

    def repositories(self, *, cursor: str | None) -> CodePage:
        """A page of the repositories that we may read, and that we may.

        Raises:
            RateLimited: the page will be there later, with the same cursor.
        """
        ...

    def news(self, repositories: Sequence[Repository]) -> Mapping[str, News]:
        """When something was changed in each of `MOST_REPOSITORIES_AT_ONCE`, by their ids; one that is gone has none.

        What we may not read has not changed.

        Raises:
            RateLimited: ask again later.
        """
        ...

    def read(self, things: CodeList, repository: Repository, *, bound: datetime, cursor: str | None) -> CodePage:
        """A page of what there is in a repository; `bound` is the moment that each list begins or ends at.

        Raises:
            NotFound: there is no such repository, or we may not read it.
            UpstreamRejected: we may not read such things there.
            RateLimited: the page will be there later, with the same cursor.
        """
        ...

    def discussions(
        self, repository: Repository, *, issues: Collection[int], pull_requests: Collection[int]
    ) -> Mapping[int, Discussion]:
        """What is said on issues and pull requests, together no more than `MOST_DISCUSSIONS`, by their numbers.

        One that is gone is not among them.

        Raises:
            NotFound: there is no such repository, or we may not read it.
            UpstreamRejected: we may not read issues there.
            RateLimited: ask again later.
        """
        ...


class OAuthApp(Protocol):
    """Our app at one vendor: how a tenant lets us in, and how that ends."""

    @property
    def scopes(self) -> Sequence[str]:
        """What we ask for, in the vendor's words."""
        ...

    def authorize_url(self, *, state: str, redirect_uri: str, challenge: str, install: bool = False) -> str:
        """The vendor's page on which a person lets us in; `challenge` is PKCE's (S256), for vendors that know it.

        With `install` the page to which an `InstallRedirect` leads, where the vendor has one.
        """
        ...

    def exchange(self, callback: Callback, *, redirect_uri: str, verifier: str) -> Grant | InstallRedirect:
        """Turn the code of a callback into a grant.

        Raises:
            Forbidden: what the callback names is not the person's who came back with it.
            InvalidRequest: the callback lacks what this vendor sends.
            UpstreamError: the vendor refused the code, or did not answer.
        """
        ...

    def refresh(self, external_id: str, credentials: Credentials) -> Credentials:
        """Get fresh credentials; the old refresh token is spent.

        Raises:
            AccessRevoked: the vendor no longer lets us in.
        """
        ...

    def revoke(self, external_id: str, credentials: Credentials, *, whole: bool = True) -> None:
        """Have the vendor forget us; what it has forgotten already is fine.

        With `whole` False give back these credentials alone, as far as the vendor can tell them from those that
        somebody else was granted for the same workspace: those go on working.
        """
        ...


class Calendar(Protocol):
    """A person's own calendar."""

    def out_of_office(self, since: datetime, until: datetime) -> Sequence[OutOfOffice]:
        """What of that time its owner has entered as being out of office, in no order; it may reach beyond.

        What cannot be read is left out.

        Raises:
            AccessRevoked: the vendor no longer lets us in.
            RateLimited: the vendor asks us to slow down.
            UpstreamUnavailable: the vendor did not answer, or does not come to an end.
        """
        ...


class JudgingContext(TypedDict):
    """What an analyst is given beside a conversation.

    Attributes:
        candidates: tickets that may be meant, best first.
        language: of what is written for the ticket; without one, the conversation's own.
        odds: by ids, how much likelier retrieval found each candidate than that none is meant.
    """

    candidates: Sequence[Ticket]
    teams: Sequence[Team]
    people: Sequence[Participant]
    now: datetime
    language: NotRequired[str | None]
    odds: NotRequired[Mapping[str, float]]


class Analyst(Protocol):
    """Who judges what a conversation means for the tickets."""

    def judge(self, conversation: Conversation, **context: Unpack[JudgingContext]) -> Judgement:
        """Propose what to do; an empty answer means nothing to say.

        A judgement with a `fallback` is none: it says why there is none, and what that cost.
        """
        ...


class Writer(Protocol):
    """Words facts."""

    def phrase(self, facts: Sequence[str], *, language: str) -> Phrasing:
        """Say each of these sentences in other words, in the language that they are in.

        Nothing that comes back may be told unverified.

        Raises:
            Misconfigured: the model cannot be reached as it is set up.
            UpstreamError: it does not answer, or not to this.
        """
        ...


class ModelAnalyst(Analyst, Protocol):
    """A model, which can be told things."""

    def tuned(self, *, guidance: str | None = None, prompt: str | None = None, model: str | None = None) -> Self:
        """The same with a team's own guidance, another version of the prompt, or another model; what is None stays."""
        ...
