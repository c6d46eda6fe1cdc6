"""Read who there is in the chat and in the tracker, and which teams plan their work: page by page.

What a page brings is kept aside, and where the reading stands is noted after it: so what is interrupted asks for one
page once more. Who is one person, and who has left, is found out when all pages are there.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import assert_never

from pm_assistant.domain.catch_up import DirectoryList, DirectoryPage, DirectoryReading, OpenList, Position
from pm_assistant.domain.errors import AccessRevoked, UpstreamError, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import Flaw, Listing, VendorPeople, matched
from pm_assistant.domain.tenants import Connection, Member, Standing
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Team
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.workflows.accounts.calendars import end_calendars
from pm_assistant.workflows.connections.leavers import Departed, departed, keep_people

PLACE = "directory"
"""Where it is noted when people and teams were read."""
GIVEN_UP_AFTER = timedelta(days=1)
"""What was listed so long ago is listed anew."""


class Directory(Model):
    """What a reading of the directory brought.

    Attributes:
        flaws: rows that were left out, or in which something had to be replaced.
        left: who has left since the reading before.
    """

    members: int
    teams: int
    flaws: tuple[Flaw, ...] = ()
    left: tuple[Departed, ...] = ()


def known_directory(chat: Connection, tracker: Connection, unit: Unit) -> Directory | None:
    """What there is, if it has been read a moment ago; None if it is to be read, or is being read."""
    directory, tenant_id = unit.stores.directory, unit.tenant_id
    position = unit.stores.readings.position(tenant_id, tracker.provider, PLACE)
    if position is None or position.directory or not position.is_recent(_workspaces(chat, tracker), unit.now()):
        return None
    return Directory(members=len(directory.members(tenant_id)), teams=len(directory.teams(tenant_id)))


def read_directory(chat: Connection, tracker: Connection, unit: Unit, *, anew: bool = False) -> Directory | None:
    """Read a page further of each list that has not come to its end; None while there are more.

    A person of the chat and one of the tracker are taken for the same when a person has said so or their e-mail
    addresses are; what people have set by hand stays, and so does what we were told since a page was read.
    """
    readings, tenant_id = unit.stores.readings, unit.tenant_id
    position = _where_reading_stands(chat, tracker, unit, anew=anew)
    reading = position.directory
    if reading is None:
        readings.drop_listed(tenant_id)
        reading = DirectoryReading(began_at=unit.now())
    for each in reading.open:
        page, following = _page(each, unit)
        readings.put_listed(tenant_id, page)
        reading = reading.with_page(each, following)
        position = position.model_copy(update={"directory": reading})
        readings.put_position(tenant_id, position)
    if reading.open:
        return None
    directory = _taken_over(readings.listed(tenant_id), unit)
    readings.put_position(tenant_id, position.model_copy(update={"read_to": reading.began_at, "directory": None}))
    readings.drop_listed(tenant_id)
    return directory


def _where_reading_stands(chat: Connection, tracker: Connection, unit: Unit, *, anew: bool) -> Position:
    """How far these workspaces have been read; of others than before, not at all."""
    workspaces = _workspaces(chat, tracker)
    known = unit.stores.readings.position(unit.tenant_id, tracker.provider, PLACE)
    if known is None or known.workspace != workspaces:
        return Position(source=tracker.provider, workspace=workspaces, place=PLACE)
    pending = known.directory
    if anew or (pending is not None and pending.began_at < unit.now() - GIVEN_UP_AFTER):
        return known.model_copy(update={"directory": None})
    return known


def _workspaces(chat: Connection, tracker: Connection) -> str:
    return f"{chat.external_id} {tracker.external_id}"


def _page(listed: OpenList, unit: Unit) -> tuple[DirectoryPage, OpenList | None]:
    """The next page of a list, and where the list goes on behind it.

    A cursor that is not taken any more is left for the beginning, once. A list that cannot be read to its end is left
    there, and named: then nobody counts as missing.
    """
    unread = DirectoryPage(list=listed.list, number=listed.progress.pages)
    try:
        page, cursor = _read(unread, listed.cursor, unit)
    except AccessRevoked:
        raise
    except UpstreamRejected as error:
        if listed.cursor is None:
            raise
        return (_broken_off(unread, error), None) if listed.again else (unread, OpenList(list=listed.list, again=True))
    if cursor is None:
        return page, None
    role = Role.CHAT if listed.list is DirectoryList.CHAT_MEMBERS else Role.TRACKER
    try:
        progress = listed.progress.after(cursor, vendor=unit.vendors[unit.provider(role)].label)
    except UpstreamUnavailable as error:
        return _broken_off(page, error), None
    return page, listed.model_copy(update={"cursor": cursor, "progress": progress})


def _read(unread: DirectoryPage, cursor: str | None, unit: Unit) -> tuple[DirectoryPage, str | None]:
    members: Listing[Member] = Listing()
    teams: Listing[Team] = Listing()
    match unread.list:
        case DirectoryList.CHAT_MEMBERS:
            members = unit.chat.page_of_members(cursor=cursor)
        case DirectoryList.TRACKER_MEMBERS:
            members = unit.tracker.page_of_members(cursor=cursor)
        case DirectoryList.TEAMS:
            teams = unit.tracker.page_of_teams(cursor=cursor)
        case _:
            assert_never(unread.list)
    rows = {"members": tuple(members), "teams": tuple(teams), "flaws": (*members.flaws, *teams.flaws)}
    return unread.model_copy(update=rows), members.cursor or teams.cursor


def _broken_off(page: DirectoryPage, error: UpstreamError) -> DirectoryPage:
    flaw = Flaw(id="", problem=str(error), left_out=True)
    return page.model_copy(update={"flaws": (*page.flaws, flaw)})


def _taken_over(pages: Sequence[DirectoryPage], unit: Unit) -> Directory:
    """Keep what all the pages say, and let go of who has left."""
    directory, tenant_id = unit.stores.directory, unit.tenant_id
    chat, tracker = (
        _people(role, (member for page in pages if page.list is listed for member in page.members), unit)
        for role, listed in ((Role.CHAT, DirectoryList.CHAT_MEMBERS), (Role.TRACKER, DirectoryList.TRACKER_MEMBERS))
    )
    flaws = tuple(flaw for page in pages for flaw in page.flaws)
    unread = frozenset(flaw.id for page in pages for flaw in page.flaws if flaw.left_out)
    with unit.lease("directory", lasts=LEASE):
        before = directory.members(tenant_id)
        members = matched(_present(chat), _present(tracker), before)
        gone = departed(before, members, [chat, tracker], unread, unit)
        left = keep_people(gone, before, members, unit)
    _end_calendars(unit)
    teams = {team.id: team for page in pages for team in page.teams}
    directory.put_teams(tenant_id, list(teams.values()))
    return Directory(members=len(members), teams=len(teams), flaws=flaws, left=tuple(left))


def _end_calendars(unit: Unit) -> None:
    """Forget the calendars of who has left, or is nobody any more."""
    calendars = unit.stores.calendars.all(unit.tenant_id)
    if calendars:
        here = {member.id for member in unit.stores.directory.members(unit.tenant_id) if not member.left}
        end_calendars([each for each in calendars if each.member_id not in here], unit)


def count_directory(unit: Unit) -> Directory:
    """Say how many people and teams there are, and keep nothing."""
    in_chat, in_tracker, teams = unit.chat.members(), unit.tracker.members(), unit.tracker.teams()
    chat, tracker = _people(Role.CHAT, in_chat, unit), _people(Role.TRACKER, in_tracker, unit)
    members = matched(_present(chat), _present(tracker), unit.stores.directory.members(unit.tenant_id))
    flaws = (*in_chat.flaws, *in_tracker.flaws, *teams.flaws)
    return Directory(members=len(members), teams=len(teams), flaws=flaws)


def _people(role: Role, members: Iterable[Member], unit: Unit) -> VendorPeople:
    """Everybody of whom a vendor tells, once; who is on two pages as on the later one."""
    return VendorPeople(unit.provider(role), list({member.id: member for member in members}.values()))


def _present(people: VendorPeople) -> VendorPeople:
    """Who is there: an account that was left is none."""
    present = [m for m in people.members if m.standings.get(people.provider) is not Standing.LEFT]
    return VendorPeople(people.provider, present)
