"""Who the team's people are: by a person's word, against which no vendor's stands."""

from collections.abc import Callable

import pytest

from pm_assistant.domain.accounts import Caller, Scope
from pm_assistant.domain.errors import Conflict, Forbidden, InvalidRequest, NotFound
from pm_assistant.domain.languages import Language
from pm_assistant.domain.people import with_account
from pm_assistant.domain.reports import ReportKind, Subscription
from pm_assistant.domain.tenants import Member, Provider
from pm_assistant.workflows.connections.schedule import schedule_report
from pm_assistant.workflows.tenants.members import change_member, disown, identify, member_of, oneself, speak_to
from tests.builders import ACME, GLOBEX, a_member
from tests.fakes.unit import FakeUnit

ADA = a_member("ada", linear_id=None)
LIN_ADA = a_member("ada", id="lin-ada", slack_id=None, email="ada@home.test", time_zone="UTC")
BOB = a_member("bob")
STANDUP, WEEKLY = ReportKind.STANDUP, ReportKind.WEEKLY


def a_unit(*subscriptions: Subscription) -> FakeUnit:
    """Work for Acme: Ada has one account in the chat and another in the tracker, Bob one that is both."""
    unit = FakeUnit(ACME)
    unit.stores.directory.put_members(ACME, [ADA, LIN_ADA, BOB])
    unit.stores.directory.put_members(GLOBEX, [a_member("eve")])
    for subscription in subscriptions:
        unit.stores.subscriptions.put(ACME, subscription)
        schedule_report(subscription, member_of(subscription.member_id, unit), unit)
    return unit


def a_caller(email: str = "bob@acme.test", scope: Scope = Scope.RUN, **changes: str) -> Caller:
    """Somebody of Acme who is logged in."""
    who = {"kind": "account", "id": "account-1", **changes}
    return Caller.model_validate({"tenant_id": ACME, "name": email, "scope": scope, **who})


BOSS = a_caller("boss@acme.test", Scope.ADMIN)


def subscribed(unit: FakeUnit) -> set[tuple[str, ReportKind]]:
    """Whose reports of which kind there are; what is wished for is exactly what comes."""
    wishes = unit.stores.subscriptions.all(ACME)
    assert {(ACME, wish.id) for wish in wishes} == set(unit.schedules.recurring)
    return {(wish.member_id, wish.kind) for wish in wishes}


def test_a_member_is_one_of_the_tenants_own() -> None:
    """Another's is not there."""
    unit = a_unit()

    assert BOB == member_of("U0BOB", unit)
    for stranger in ("U0EVE", "U0NOBODY", ""):
        with pytest.raises(NotFound):
            member_of(stranger, unit)


@pytest.mark.parametrize("email", ["ada@acme.test", "ADA@Acme.Test", "countess@home.test"])
def test_a_caller_is_known_by_any_proven_address(email: str) -> None:
    """In whatever case it is written."""
    unit = a_unit()
    ada = ADA.model_copy(update={"emails": ("Countess@home.test",)})
    unit.stores.directory.put_members(ACME, [ada])

    assert ada == oneself(a_caller(email), unit)


def test_nobody_becomes_somebody_by_writing_down_an_address() -> None:
    """A member may note the address that was proven by logging in; any other takes an admin's word."""
    unit = a_unit()
    unit.stores.directory.put_members(ACME, [ADA.model_copy(update={"emails": ("old@acme.test",)})])

    for claimed in (["bob@acme.test"], ["chief@acme.test", "ada@acme.test"]):
        with pytest.raises(Forbidden):
            change_member(a_caller("ada@acme.test"), "U0ADA", {"emails": claimed}, unit)

    own = {"emails": ["Ada@acme.test", "old@acme.test"]}
    assert 2 == len(change_member(a_caller("ada@acme.test"), "U0ADA", own, unit).emails)
    assert ("chief@acme.test",) == change_member(BOSS, "U0ADA", {"emails": ["chief@acme.test"]}, unit).emails


def test_whom_a_vendor_tells_of_by_an_address_comes_before_whoever_wrote_it_down() -> None:
    """Records of before may hold what anybody claimed."""
    unit = a_unit()
    claims = ADA.model_copy(update={"emails": ("bob@acme.test",)})
    unit.stores.directory.put_members(ACME, [claims])

    assert BOB == oneself(a_caller("bob@acme.test"), unit)


@pytest.mark.parametrize(
    "caller", [a_caller("eve@acme.test"), a_caller(""), a_caller("bob@acme.test", kind="key")], ids=str
)
def test_who_is_nobody_of_the_team_has_to_name_a_member(caller: Caller) -> None:
    """A program as well, whatever its key is called; and who has no address is not everybody who has none."""
    unit = a_unit()
    unit.stores.directory.put_members(ACME, [a_member("mute", email=None)])

    with pytest.raises(InvalidRequest) as refused:
        oneself(caller, unit)

    assert "member_id" == refused.value.field


def test_people_change_themselves_and_admins_everybody() -> None:
    """Others nobody; and a refused change changes nothing."""
    unit = a_unit()
    change = {"name": "Robert"}

    assert "Robert" == change_member(a_caller("bob@acme.test"), "U0BOB", change, unit).name
    assert "Robert" == change_member(a_caller("boss@acme.test", Scope.ADMIN), "U0ADA", change, unit).name
    for caller in (a_caller("bob@acme.test"), a_caller("ada@home.test", kind="key")):
        with pytest.raises(Forbidden):
            change_member(caller, "lin-ada", change, unit)
    assert LIN_ADA == member_of("lin-ada", unit)


WORDS: dict[str, Callable[[FakeUnit], object]] = {
    "changed": lambda unit: change_member(BOSS, "lin-ada", {"name": "Countess"}, unit),
    "spoken to": lambda unit: speak_to(LIN_ADA, Language.GERMAN, unit),
    "identified": lambda unit: identify("lin-ada", Provider.GITHUB, "ada-l", unit),
    "disowned": lambda unit: disown("lin-ada", Provider.SLACK, unit),
}


@pytest.mark.parametrize("word", sorted(WORDS))
def test_who_has_become_part_of_another_meanwhile_does_not_come_back(word: str) -> None:
    """Whoever read that row a moment before is told to repeat it."""
    unit = a_unit()
    directory = unit.stores.directory
    as_read = directory.members(ACME)
    identify("U0ADA", Provider.LINEAR, "lin-ada", unit)
    after = directory.members(ACME)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(directory, "members", lambda tenant_id: as_read)
        patch.setattr(directory, "some_members", lambda tenant_id, ids: [m for m in as_read if m.id in ids])
        with pytest.raises(Conflict):
            WORDS[word](unit)

    assert after == directory.members(ACME)


def test_what_is_set_by_hand_is_remembered_as_set() -> None:
    """Once and for all, whatever is changed next; further addresses are nobody else's to say anyway."""
    unit, boss = a_unit(), a_caller(scope=Scope.ADMIN)

    change_member(boss, "U0ADA", {"emails": ["ada@home.test"]}, unit)
    assert () == member_of("U0ADA", unit).by_hand
    change_member(boss, "U0ADA", {"time_zone": "Asia/Tokyo"}, unit)
    changed = change_member(boss, "U0ADA", {"name": "Countess", "language": "ja"}, unit)

    assert ("Countess", "Asia/Tokyo", ("ada@home.test",)) == (changed.name, changed.time_zone, changed.emails)
    assert ("name", "time_zone", "language") == changed.by_hand
    assert changed == member_of("U0ADA", unit)


def test_reports_follow_to_the_new_time_zone() -> None:
    """Those of that person, all of them, and only if the zone is another."""
    wishes = (
        Subscription(member_id="U0BOB", kind=STANDUP),
        Subscription(member_id="U0BOB", kind=WEEKLY),
        Subscription(member_id="U0ADA", kind=STANDUP),
    )
    unit = a_unit(*wishes)

    moved = change_member(a_caller(), "U0BOB", {"time_zone": "Asia/Tokyo"}, unit)

    for wish in wishes:
        expected = moved if wish.member_id == "U0BOB" else ADA
        assert (expected.time_zone, wish) == unit.schedules.recurring[ACME, wish.id]
    unit.schedules.recurring.clear()
    change_member(a_caller(), "U0BOB", {"name": "Robert"}, unit)
    assert {} == unit.schedules.recurring


def test_a_report_of_a_time_zone_of_its_own_stays_there() -> None:
    """Wherever its reader goes."""
    wish = Subscription(member_id="U0BOB", time_zone="America/New_York")
    unit = a_unit(wish)

    change_member(a_caller(), "U0BOB", {"time_zone": "Asia/Tokyo"}, unit)

    schedule_report(wish, member_of("U0BOB", unit), unit)
    assert ("America/New_York", wish) == unit.schedules.recurring[ACME, wish.id]


def test_who_was_nothing_but_that_account_becomes_this_person() -> None:
    """With addresses and reports; it may be said twice."""
    unit = a_unit(Subscription(member_id="lin-ada", kind=WEEKLY))

    for _ in range(2):
        joined = identify("U0ADA", Provider.LINEAR, "lin-ada", unit)

        assert ("lin-ada", ("ada@home.test",)) == (joined.linear_id, joined.emails)
        assert {Provider.SLACK, Provider.LINEAR} == set(joined.confirmed)
        assert {joined.id: joined, BOB.id: BOB} == {m.id: m for m in unit.stores.directory.members(ACME)}
        assert {("U0ADA", WEEKLY)} == subscribed(unit)


def test_a_report_that_both_had_stays_as_the_person_wished_it() -> None:
    """The other's is gone, and none comes twice."""
    mine = Subscription(member_id="U0ADA", kind=STANDUP, hour=7)
    unit = a_unit(mine, Subscription(member_id="lin-ada", kind=STANDUP, hour=10))

    identify("U0ADA", Provider.LINEAR, "lin-ada", unit)

    assert {("U0ADA", STANDUP)} == subscribed(unit)
    assert [mine] == list(unit.stores.subscriptions.all(ACME))


def test_an_account_that_was_somebody_elses_goes_over() -> None:
    """Who has others beside it stays, without it."""
    unit = a_unit(Subscription(member_id="U0BOB", kind=STANDUP))

    assert "lin-bob" == identify("U0ADA", Provider.LINEAR, "lin-bob", unit).linear_id

    assert with_account(BOB, Provider.LINEAR, None) == member_of("U0BOB", unit)
    assert {("U0BOB", STANDUP)} == subscribed(unit)


def test_a_login_at_github_is_anybodys_word() -> None:
    """GitHub tells us of nobody; a login is the same in any case, so it moves from one to the other."""
    unit = a_unit()
    identify("U0ADA", Provider.GITHUB, "Ada-L", unit)

    assert "ada-l" == identify("U0BOB", Provider.GITHUB, "ada-l", unit).github_login

    assert member_of("U0ADA", unit).github_login is None


@pytest.mark.parametrize(
    ("member_id", "provider", "account", "error"),
    [
        ("U0NOBODY", Provider.LINEAR, "lin-ada", NotFound),
        ("U0EVE", Provider.LINEAR, "lin-ada", NotFound),
        ("U0ADA", Provider.LINEAR, "lin-nobody", InvalidRequest),
        ("U0ADA", Provider.LINEAR, "lin-eve", InvalidRequest),
        ("U0ADA", Provider.LINEAR, "LIN-ADA", InvalidRequest),
        ("U0ADA", Provider.SLACK, "U0BOB", Conflict),
        ("lin-ada", Provider.SLACK, "U0BOB", Conflict),
        ("lin-ada", Provider.LINEAR, "lin-bob", Conflict),
    ],
)
def test_what_cannot_be_is_refused(member_id: str, provider: Provider, account: str, error: type[Exception]) -> None:
    """A person of another team, an account nobody has, or one that somebody is known by; nothing changes."""
    unit = a_unit()

    with pytest.raises(error):
        identify(member_id, provider, account, unit)

    assert [ADA, LIN_ADA, BOB] == list(unit.stores.directory.members(ACME))


def test_an_account_is_taken_away_by_a_persons_word() -> None:
    """That word counts from then on, also where there was no account."""
    unit = a_unit()

    without = disown("U0BOB", Provider.LINEAR, unit)
    assert disown("U0ADA", Provider.LINEAR, unit).linear_id is None

    expected = with_account(BOB, Provider.LINEAR, None).model_copy(update={"confirmed": (Provider.LINEAR,)})
    assert expected == without == member_of("U0BOB", unit)
    assert (Provider.LINEAR,) == member_of("U0ADA", unit).confirmed


@pytest.mark.parametrize(("member", "provider"), [(BOB, Provider.SLACK), (LIN_ADA, Provider.LINEAR)])
def test_the_account_somebody_is_known_by_stays(member: Member, provider: Provider) -> None:
    """Everything else refers to it."""
    unit = a_unit()

    with pytest.raises(Conflict):
        disown(member.id, provider, unit)

    assert member == member_of(member.id, unit)
