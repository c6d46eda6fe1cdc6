"""A person's page in the chat: what it shows to whom, and that the later is never covered by the earlier."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.actions import Action
from pm_assistant.domain.billing import Billing
from pm_assistant.domain.decisions import QUESTION_LASTS, DecisionState, Outcome
from pm_assistant.domain.errors import NotConnected, NotFound, ProductError, UpstreamUnavailable
from pm_assistant.domain.home import Home, HomeSection
from pm_assistant.domain.surfaces import HomeOpened, HomeOutdated, SurfaceRequest
from pm_assistant.domain.tenants import Provider, Standing
from pm_assistant.presentation.home import MOST_WAITING, OLDER, stranger_home
from pm_assistant.workflows.pipeline.overview import LATEST
from pm_assistant.workflows.surfaces.answer import answer
from pm_assistant.workflows.surfaces.refresh import LOOKS_FOR, refresh_homes
from tests.builders import (
    ACME,
    ENG,
    NOW,
    a_comment,
    a_connection,
    a_decision,
    a_member,
    a_message,
    a_tenant,
    a_ticket,
    an_account,
    going_back,
)
from tests.fakes.unit import FakeUnit

WAITING, DAY, DONE, CONNECTIONS = "Waiting for your answer", "My day", "What I did, and why", "Connections"
ABOUT = "What I read, and what I never do"
OUTCOME = Outcome(external_id="c-1", url="https://linear.app/acme/issue/ENG-1#c-1", inverse='{"comment": "c-1"}')


class HomeUnit(FakeUnit):
    """A team with a ticket, a member, a guest and people who are none of it."""

    def __init__(self) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant())
        self.stores.connections.put(a_connection(ACME, Provider.SLACK))
        standings = {"gus": Standing.GUEST, "sam": Standing.OUTSIDER, "lee": Standing.LEFT}
        others = [a_member(name, standings={Provider.SLACK: standing}) for name, standing in standings.items()]
        self.stores.directory.put_members(ACME, [a_member(), *others])
        self.stores.directory.put_teams(ACME, [ENG])
        self.stores.tickets.put(ACME, a_ticket(1, assignee_id="lin-ada"))

    def decide(self, state: DecisionState, number: int = 1, action: Action | None = None, **changes: Any) -> None:
        """Log a decision on a message of its own."""
        said = a_message(float(number))
        action = action or a_comment(a_ticket(1).id)
        self.stores.decisions.save(a_decision(action=action, message=said, state=state, **changes))

    def open(self, account: str = "U0ADA", *, shown: str | None = None) -> Home:
        """Let somebody open their page, and return what it shows then."""
        request = SurfaceRequest(tenant_id=ACME, user_id=account, asked_at=self.at, asked=HomeOpened(shown=shown))
        answer(request, self)
        return self.chat.homes[account]

    def told(self) -> Sequence[SurfaceRequest]:
        """What has been put on the actions queue, which is empty then."""
        puts, self.queues.actions.puts = self.queues.actions.puts, []
        return [put.message for put in puts if isinstance(put.message, SurfaceRequest)]


def section(home: Home, title: str) -> HomeSection:
    """What stands under a heading."""
    return next(each for each in home.sections if each.title == title)


def test_what_waits_is_shown_to_whoever_may_answer_with_its_buttons_and_where_it_was_said() -> None:
    """As on the card in its thread."""
    unit = HomeUnit()
    unit.decide(DecisionState.PROPOSED)

    home = unit.open()

    assert [WAITING, DAY, DONE, CONNECTIONS, "Settings", ABOUT] == [each.title for each in home.sections]
    [entry] = section(home, WAITING).entries
    assert ("Shall I? Comment on", ("approve", "edit", "relink", "dismiss")) == (entry.headline, entry.answers)
    assert "https://acme.slack.com/archives/C0ENG/p1" == entry.said_at


def test_what_was_done_is_shown_with_its_undo_as_long_as_it_is_offered() -> None:
    """A week, as on the card."""
    unit = HomeUnit()
    unit.decide(DecisionState.DONE, outcome=OUTCOME, performed="digest-1")
    [lately] = section(unit.open(), DONE).entries
    unit.at += timedelta(days=8)
    [long_ago] = section(unit.open(), DONE).entries

    assert (True, False) == (bool(lately.undoes), bool(long_ago.undoes))


def test_a_long_list_is_cut_and_says_how_many_more_there_are() -> None:
    """A page that has to be scrolled for long is not read."""
    unit = HomeUnit()
    for number in range(MOST_WAITING + 3):
        unit.decide(DecisionState.PROPOSED, number)

    waiting = section(unit.open(), WAITING)

    assert (MOST_WAITING, 3) == (len(waiting.entries), waiting.more)


def test_where_more_may_wait_than_was_looked_through_the_page_says_so() -> None:
    """What is older than questions last has expired, so that nothing waits beyond it."""
    unit = HomeUnit()
    for number in range(1, LATEST):
        unit.decide(DecisionState.PROPOSED, number)
    assert "" == section(unit.open(), WAITING).text
    unit.decide(DecisionState.DONE, LATEST)
    assert OLDER == section(unit.open(), WAITING).text

    unit.at = NOW + QUESTION_LASTS
    assert "" == section(unit.open(), WAITING).text


def test_the_day_is_the_readers_own() -> None:
    """What a standup would say now."""
    lines = [line.text for part in section(HomeUnit().open(), DAY).parts for line in part.lines]

    assert any(line.startswith("ENG-1 ") for line in lines)


def test_a_guest_is_asked_nothing_and_told_nothing_of_the_team() -> None:
    """Guests see a part of the workspace, and cannot answer for the team."""
    unit = HomeUnit()
    unit.decide(DecisionState.PROPOSED)

    home = unit.open("U0GUS")

    assert {WAITING, DONE}.isdisjoint(each.title for each in home.sections)
    assert not [entry for each in home.sections for entry in each.entries]


@pytest.mark.parametrize("account", ["U0SAM", "U0LEE", "U0NOBODY"])
def test_who_is_not_of_the_team_is_told_nothing_of_it(account: str) -> None:
    """Strangers from a shared channel, who has left, and who was never heard of."""
    unit = HomeUnit()
    unit.decide(DecisionState.PROPOSED)

    assert stranger_home() == unit.open(account)


def test_what_was_said_in_private_is_not_shown() -> None:
    """Its own people have it in its thread."""
    unit = HomeUnit()
    unit.decide(DecisionState.PROPOSED, private=True)
    unit.decide(DecisionState.DONE, 2, outcome=OUTCOME, performed="digest-1", private=True)

    assert not [entry for each in unit.open().sections for entry in each.entries]


def test_a_ticket_of_a_private_team_is_not_named() -> None:
    """Not everybody in the tracker may read it."""
    unit = HomeUnit()
    unit.stores.directory.put_teams(ACME, [ENG.model_copy(update={"private": True})])
    unit.decide(DecisionState.PROPOSED)

    [entry] = section(unit.open(), WAITING).entries

    assert ("a ticket of a private team", "") == (entry.link_text, entry.url)


def test_who_has_never_been_asked_reads_first_what_this_is() -> None:
    """Later it stands below all else."""
    unit = HomeUnit()
    first = unit.open()
    unit.decide(DecisionState.PROPOSED)

    assert (0, 5) == tuple([each.title for each in home.sections].index(ABOUT) for home in (first, unit.open()))


@pytest.mark.parametrize(("role", "led"), [(Role.OWNER, True), (Role.ADMIN, True), (Role.MEMBER, False)])
def test_only_admins_are_led_to_where_connections_are_mended(role: Role, led: bool) -> None:
    """Everybody sees how they are."""
    unit = HomeUnit()
    unit.stores.accounts.put(an_account(email="ada@acme.test", role=role))

    [line] = section(unit.open(), CONNECTIONS).lines

    assert ("Slack: connected, not heard of yet", led) == (line.text, line.url == "https://api.pm.test/connections")


def test_a_broken_connection_says_since_when_and_why() -> None:
    """In words."""
    unit = HomeUnit()
    unit.stores.connections.put(
        a_connection(ACME, Provider.LINEAR, broken_since=NOW - timedelta(hours=3), broken_reason="token_revoked")
    )

    texts = [line.text for line in section(unit.open(), CONNECTIONS).lines]

    assert "Linear: stopped letting us in 3 hours ago; connect it again (token_revoked)" in texts


def test_the_page_is_made_once_more_where_another_has_been_shown_meanwhile() -> None:
    """And a repeated message shows the same again."""
    unit = HomeUnit()
    unit.open()
    home = unit.open(shown="0")

    assert home == unit.open(shown="0")
    assert 3 == unit.chat.versions["U0ADA"]


def test_who_looks_at_a_page_is_shown_what_changes_once_for_all_that_does() -> None:
    """Until it is made anew; and nobody who has not opened theirs lately."""
    unit = HomeUnit()
    unit.open()
    opened_at = unit.at
    unit.at += LOOKS_FOR
    for _ in range(2):
        refresh_homes(unit)
    told = unit.told()

    assert [HomeOutdated(since=opened_at)] == [each.asked for each in told]
    unit.decide(DecisionState.PROPOSED)
    answer(told[0], unit)
    assert section(unit.chat.homes["U0ADA"], WAITING).entries
    refresh_homes(unit)
    assert told == unit.told()
    unit.at += timedelta(seconds=1)
    answer(told[0], unit)
    refresh_homes(unit)
    assert [] == unit.told()


@pytest.mark.parametrize("gone", [NotConnected("no chat"), NotFound("no such person")])
def test_where_nobody_can_look_nothing_is_shown(gone: ProductError) -> None:
    """It is no fault of the message, which is done with."""
    unit = HomeUnit()
    unit.chat.fail_next(gone)

    with pytest.raises(KeyError):
        unit.open()


def test_where_the_chat_does_not_answer_the_message_comes_again() -> None:
    """Whoever has opened the page waits for it."""
    unit = HomeUnit()
    unit.chat.fail_next(UpstreamUnavailable("away"))

    with pytest.raises(UpstreamUnavailable):
        unit.open()
    assert unit.open()


@pytest.mark.parametrize(("account", "offered"), [("U0ADA", ["report_words"]), ("U0GUS", [])])
def test_who_may_speak_in_the_teams_report_can_do_so_from_their_day(account: str, offered: list[str]) -> None:
    """A guest may not."""
    assert offered == [button.opens for button in section(HomeUnit().open(account), DAY).buttons]


@pytest.mark.parametrize(("role", "is_told"), [(Role.OWNER, True), (Role.ADMIN, True), (Role.MEMBER, False)])
def test_what_is_due_over_money_comes_first_for_whoever_can_see_to_it(role: Role, is_told: bool) -> None:
    """With the one thing to do about it."""
    unit = HomeUnit()
    unit.stores.tenants.put(a_tenant(billing=Billing(trial_ends_at=NOW)))
    unit.stores.accounts.put(an_account(role=role))

    first = unit.open().sections[0]

    assert is_told is (first.title == "Your trial is over")
    if is_told:
        assert [("Choose a plan", f"{unit.public_url}/billing")] == [(line.text, line.url) for line in first.lines]


def test_what_the_teams_plan_leaves_out_is_said_to_be() -> None:
    """What was done before its history begins is not shown; what waits has always come later."""
    unit = HomeUnit()
    unit.decide(DecisionState.DONE, 1, outcome=OUTCOME, performed="digest-1")
    unit.decide(DecisionState.DONE, 2, outcome=OUTCOME, performed="digest-2", updated_at=NOW - timedelta(days=20))
    assert 2 == len(section(unit.open(), DONE).entries)

    unit.stores.tenants.put(a_tenant(billing=going_back(14)))
    done = section(unit.open(), DONE)
    unit.stores.tenants.put(a_tenant(billing=going_back(21)))

    assert 1 == len(done.entries)
    assert "What is from before 6 November is kept and not shown" in done.text
    assert (2, "") == (len(section(unit.open(), DONE).entries), section(unit.open(), DONE).text)
