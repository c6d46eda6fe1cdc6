"""Reading what a team builds, plans and says, page by page, beside what the vendors tell of it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, Field

from pm_assistant.domain.code import CodeComment, CodePart
from pm_assistant.domain.events import TicketRemoved
from pm_assistant.domain.model import Model
from pm_assistant.domain.paging import Progress
from pm_assistant.domain.people import Flaw
from pm_assistant.domain.planning import AnyPlanningPart, RelationList
from pm_assistant.domain.tenants import Member, Provider
from pm_assistant.domain.work import Channel, MessagePage, Team, Ticket

MOST_REPOSITORIES_AT_ONCE = 100
"""Of which news are asked for."""
MOST_PAGES_OF_A_PLACE = 10_000
"""Of a channel, or of a thread in it: at one page a minute a week of reading."""


DELIVERED_WITHIN = timedelta(minutes=10)
"""How long vendors try to tell us of something; none of it is missed before."""


LISTED_EVERY = timedelta(hours=1)
"""How often what vendors tell of anyway is listed: people, teams, repositories."""


class Gap(Model):
    """A stretch of time of which a source did not tell us all.

    Attributes:
        place: the vendor's id of a channel; empty for all of the source.
        found_at: by which one gap is known from another of the same place.
        began_at: when that was which we first were not told of, or may not have been.
        repaired_at: since when it has been read; None while it has not.
    """

    source: Provider
    place: str = ""
    found_at: AwareDatetime
    began_at: AwareDatetime
    ended_at: AwareDatetime
    repaired_at: AwareDatetime | None = None

    def reaching(self, moments: Collection[datetime]) -> "Gap":
        """The gap as far as these moments."""
        change = {"began_at": min(self.began_at, *moments), "ended_at": max(self.ended_at, *moments)}
        return self.model_copy(update=change)


class Judging(StrEnum):
    """What is judged of what a reading brings, as if it had just been said."""

    NONE = "none"
    NEW = "new"
    """What we did not know."""
    ALL = "all"


class Pass(Model):
    """A reading that is under way, newest first.

    Attributes:
        began_at: what had changed by then is known when it has come to its end.
        since: it brings what changed after that moment; None for all that there is.
        until: where the list that is being read begins; None for now.
        reached: what was said later in a channel is behind it; None as long as nothing is.
        cursor: of the page that comes next, in the vendor's words; None for the first one.
        progress: in its pages.
        judging: what is judged of what it brings.
        missed: what it brought that we should have been told.
        is_read: there are no more pages, but threads may be left, or what was changed beside the tickets.
        planning_cursor: of the next page of that, in the tracker's words; None where there is none.
        threads: of what was read, roots of those that come before the next page.
        whole: of these the ones to be read from their beginning.
        thread_cursor: of the next page of the first of them.
        thread_progress: in its pages.
    """

    began_at: AwareDatetime
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    reached: AwareDatetime | None = None
    cursor: str | None = None
    progress: Progress = Field(default_factory=Progress)
    judging: Judging = Judging.NONE
    missed: Gap | None = None
    is_read: bool = False
    threads: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    planning_cursor: str | None = None
    thread_cursor: str | None = None
    thread_progress: Progress = Field(default_factory=Progress)

    def missing(self, source: Provider, place: str, moments: Collection[datetime]) -> "Pass":
        """The reading when it has brought what happened at these moments, which nobody has told us.

        What has just happened may still be told.
        """
        late = [moment for moment in moments if moment < self.began_at - DELIVERED_WITHIN]
        if not late:
            return self
        gap = self.missed or Gap(
            source=source, place=place, found_at=self.began_at, began_at=min(late), ended_at=max(late)
        )
        return self.model_copy(update={"missed": gap.reaching(late)})

    def after_roots(self, page: MessagePage, *, vendor: str) -> "Pass | None":
        """The reading of a channel with one more page of it behind it; None if that was all.

        Raises:
            UpstreamUnavailable: the page leads back to one that has been read, or there are too many.
        """
        progress = self.progress.after(page.cursor, vendor=vendor, most=MOST_PAGES_OF_A_PLACE) if page.cursor else None
        return self._unless_over(
            reached=page.oldest or self.reached,
            cursor=page.cursor,
            progress=progress or self.progress,
            is_read=page.cursor is None,
            threads=page.threads,
            whole=page.whole,
        )

    def after_replies(self, page: MessagePage, *, vendor: str) -> "Pass | None":
        """The same with one more page of its first thread behind it."""
        if page.cursor is None:
            return self._unless_over(threads=self.threads[1:], thread_cursor=None, thread_progress=Progress())
        progress = self.thread_progress.after(page.cursor, vendor=vendor, most=MOST_PAGES_OF_A_PLACE)
        return self._unless_over(thread_cursor=page.cursor, thread_progress=progress)

    def _unless_over(self, **changes: object) -> "Pass | None":
        after = self.model_copy(update=changes)
        return None if after.is_read and not after.threads else after


class DirectoryList(StrEnum):
    """What is read of who there is."""

    CHAT_MEMBERS = "chat-members"
    TRACKER_MEMBERS = "tracker-members"
    TEAMS = "teams"


class DirectoryPage(Model):
    """A page of people or teams, which is kept until all of them have been read.

    Attributes:
        number: of the page in its list, from 0 on.
        flaws: rows that were left out, or in which something had to be replaced.
    """

    list: DirectoryList
    number: int
    members: tuple[Member, ...] = ()
    teams: tuple[Team, ...] = ()
    flaws: tuple[Flaw, ...] = ()


class OpenList(Model):
    """How far one of these lists has been read.

    Attributes:
        cursor: of the page that comes next, in the vendor's words; None for the first one.
        progress: in its pages.
        again: it was begun anew, because its cursor was not taken any more.
    """

    list: DirectoryList
    cursor: str | None = None
    progress: Progress = Field(default_factory=Progress)
    again: bool = False


class DirectoryReading(Model):
    """A reading of people and teams that is under way.

    Attributes:
        began_at: who was there then is known when it has come to its end.
        open: the lists that are to be read further.
    """

    began_at: AwareDatetime
    open: tuple[OpenList, ...] = Field(default_factory=lambda: tuple(OpenList(list=each) for each in DirectoryList))

    def with_page(self, listed: OpenList, following: OpenList | None) -> "DirectoryReading":
        """The reading with a page of a list behind it; None follows where the list has come to its end."""
        others = tuple(each for each in self.open if each.list is not listed.list)
        return self.model_copy(update={"open": (*others, *([following] if following else []))})


class Position(Model):
    """How far a source, or one place in it, has been read.

    Attributes:
        workspace: the vendor's id of what is read; of another one nothing has been.
        place: the vendor's id of a channel; empty where a source is read as a whole.
        channel: what is known of it.
        rationed: the vendor wants to be asked rarely; noted for a source as a whole.
        since: from when on it is known what was said in a channel.
        read_to: what had changed by then is known; None before it has been read to its end.
        reading: what is under way.
        directory: the same, where people and teams are read.
    """

    source: Provider
    workspace: str
    place: str = ""
    channel: Channel | None = None
    rationed: bool = False
    since: AwareDatetime | None = None
    read_to: AwareDatetime | None = None
    reading: Pass | None = None
    directory: DirectoryReading | None = None

    def is_behind(self, before: "Position", moment: datetime) -> bool:
        """Whether more is to be read to know what had changed at that moment, and reading gets on from `before`."""
        if self.reading is not None:
            return True
        return self.read_to != before.read_to and (self.read_to is None or self.read_to < moment)

    def is_recent(self, workspace: str, now: datetime) -> bool:
        """Whether it was all listed a moment ago, in that workspace."""
        return self.workspace == workspace and self.read_to is not None and self.read_to > now - LISTED_EVERY

    def ended(self, *, read_to: datetime | None) -> "Position":
        """The same with nothing under way."""
        return self.model_copy(update={"read_to": read_to, "reading": None})


class PlanningPage(Model):
    """Some of what the tracker knows beside its tickets, without what we have written there ourselves.

    Attributes:
        relations: a stretch of the list of all, whenever they were changed; None where it has been read.
        flaws: rows that were left out.
        cursor: of the following page, in the tracker's own words; None if there is none.
    """

    parts: tuple[AnyPlanningPart, ...] = ()
    relations: RelationList | None = None
    flaws: tuple[Flaw, ...] = ()
    cursor: str | None = None


class TicketPage(Model):
    """Some of the tickets, changed last first.

    Attributes:
        removed: those that were thrown away or archived.
        flaws: rows that were left out.
        cursor: of the following page, in the tracker's own words; None if there is none.
        planning: with the first page, the first of what was changed beside the tickets.
    """

    tickets: tuple[Ticket, ...] = ()
    removed: tuple[TicketRemoved, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    cursor: str | None = None
    planning: PlanningPage = Field(default_factory=PlanningPage)


class CodeList(StrEnum):
    """What can be read of a repository, page by page."""

    PULL_REQUESTS = "pull_requests"
    """Those that were changed after a moment, changed last first, each with all that hangs on it."""
    DORMANT_PULL_REQUESTS = "dormant_pull_requests"
    """Those that are open and were not changed after it, longest ago first."""
    ISSUES = "issues"
    """Like pull requests, without what was said on them."""
    DORMANT_ISSUES = "dormant_issues"
    COMMENTS = "comments"
    """What was said, or said otherwise, after it in the conversations of issues and pull requests, latest first."""


class CodePage(Model):
    """A page of what was read.

    Attributes:
        at: what had happened by then is on it, by the host's clock.
        flaws: rows that were left out.
        cursor: of the following page, in the host's own words; None if there is none.
    """

    at: AwareDatetime
    parts: tuple[CodePart, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    cursor: str | None = None


class Discussion(Model):
    """What is said on an issue or a pull request, but for the words of reviews.

    Attributes:
        comments: ids of those made last in its conversation.
        since: when the first of them was made; None where there are no others.
        remarks: ids of all remarks on lines; None where that is not known.
    """

    comments: frozenset[str] = frozenset()
    since: AwareDatetime | None = None
    remarks: frozenset[str] | None = None

    def lacks(self, comment: CodeComment) -> bool:
        """Whether a comment should be among them, and is not."""
        if comment.review_id is not None:
            return comment.on_line and self.remarks is not None and comment.id not in self.remarks
        listed = self.since is None or comment.created_at > self.since
        return listed and comment.id not in self.comments


class News(Model):
    """When something was changed in a repository: last, or longest ago among what is open; None where nothing is."""

    pull_request_at: AwareDatetime | None = None
    dormant_pull_request_at: AwareDatetime | None = None
    issue_at: AwareDatetime | None = None
    dormant_issue_at: AwareDatetime | None = None
