"""A person's page in the chat: what it shows to whom, and that the later is never covered by the earlier."""

import pytest

from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.errors import NotConnected, NotFound, ProductError, UpstreamUnavailable
from pm_assistant.domain.home import Home
from pm_assistant.domain.surfaces import HomeOpened, SurfaceRequest
from pm_assistant.domain.tenants import Provider, Standing
from pm_assistant.presentation.home import DONE, NOTHING_WAITS, WAITING, stranger_home
from pm_assistant.workflows.surfaces.answer import answer
from tests.builders import ACME, ENG, NOW, a_comment, a_decision, a_member, a_tenant, a_ticket
from tests.fakes.unit import FakeUnit


class HomeUnit(FakeUnit):
    """A team with a ticket, a member, a guest and people who are none of it, and one decision that awaits an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant())
        standings = {"gus": Standing.GUEST, "sam": Standing.OUTSIDER, "lee": Standing.LEFT}
        others = [a_member(name, standings={Provider.SLACK: standing}) for name, standing in standings.items()]
        self.stores.directory.put_members(ACME, [a_member(), *others])
        self.stores.directory.put_teams(ACME, [ENG])
        self.stores.tickets.put(ACME, a_ticket(1))
        self.decide(a_comment(ticket_id="t-1"), DecisionState.PROPOSED)

    def decide(self, action: object, state: DecisionState, **changes: object) -> None:
        """Log a decision."""
        self.stores.decisions.save(a_decision(action=action, state=state, **changes))  # type: ignore[arg-type]

    def open(self, account: str = "U0ADA", *, shown: str | None = None) -> Home | None:
        """Let somebody open their page, and return what it shows then."""
        request = SurfaceRequest(tenant_id=ACME, user_id=account, asked_at=NOW, asked=HomeOpened(shown=shown))
        answer(request, self)
        return self.chat.homes.get(account)


def test_what_waits_is_shown_to_whoever_may_answer_with_its_buttons() -> None:
    """As on the card in its thread."""
    home = HomeUnit().open()

    assert home is not None
    [waiting, done] = home.sections
    assert [WAITING, DONE] == [waiting.title, done.title]
    [entry] = waiting.entries
    assert ("Shall I? Comment on", ("approve", "edit", "relink", "dismiss")) == (entry.headline, entry.answers)


def test_a_guest_is_asked_nothing() -> None:
    """Guests see a part of the workspace, and cannot answer for the team."""
    home = HomeUnit().open("U0GUS")

    assert home is not None
    assert [DONE] == [section.title for section in home.sections]
    assert () == home.sections[0].entries


@pytest.mark.parametrize("account", ["U0SAM", "U0LEE", "U0NOBODY"])
def test_who_is_not_of_the_team_is_told_nothing_of_it(account: str) -> None:
    """Strangers from a shared channel, who has left, and who was never heard of."""
    assert stranger_home() == HomeUnit().open(account)


def test_what_was_said_in_private_is_not_shown() -> None:
    """Its own people have it in its thread."""
    unit = HomeUnit()
    [(_, before)] = unit.stores.decisions.latest(ACME, limit=1)
    unit.stores.decisions.replace(before.model_copy(update={"private": True}), before=before)

    home = unit.open()

    assert home is not None
    assert (NOTHING_WAITS, ()) == (home.sections[0].text, home.sections[0].entries)


def test_the_page_is_made_once_more_where_another_has_been_shown_meanwhile() -> None:
    """And a repeated message shows the same again."""
    unit = HomeUnit()
    unit.open()
    home = unit.open(shown="0")

    assert home == unit.open(shown="0")
    assert 3 == unit.chat.versions["U0ADA"]


@pytest.mark.parametrize("gone", [NotConnected("no chat"), NotFound("no such person")])
def test_where_nobody_can_look_nothing_is_shown(gone: ProductError) -> None:
    """It is no fault of the message, which is done with."""
    unit = HomeUnit()
    unit.chat.fail_next(gone)

    assert unit.open() is None


def test_where_the_chat_does_not_answer_the_message_comes_again() -> None:
    """Whoever has opened the page waits for it."""
    unit = HomeUnit()
    unit.chat.fail_next(UpstreamUnavailable("away"))

    with pytest.raises(UpstreamUnavailable):
        unit.open()
    assert unit.open() is not None
