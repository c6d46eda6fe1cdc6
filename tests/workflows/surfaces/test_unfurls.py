"""Links to decisions show a channel what all who read it may see, and the rest to one person alone."""

from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.errors import NotConnected
from pm_assistant.domain.previews import Preview
from pm_assistant.domain.surfaces import DetailsWanted, LinkShared
from pm_assistant.domain.tenants import Provider, Standing
from pm_assistant.domain.work import Channel
from pm_assistant.workflows.surfaces.unfurls import show_details, unfurl_links
from tests.builders import ACME, ENG, GLOBEX, a_comment, a_decision, a_member, a_message, a_ticket
from tests.workflows.pipeline.unit import AnalyzeUnit

SECRET = ENG.model_copy(update={"id": "team-sec", "key": "SEC", "private": True})
PRIVATE = a_message(0, "Salaries leak", channel="C0BOARD", private=True)
LEAK = CreateTicket(title="Salaries leak", description="They do.")


class SharingUnit(AnalyzeUnit):
    """A team with a decision that everybody may read, one of a private channel, and one on a private team's ticket."""

    def __init__(self) -> None:
        super().__init__()
        self.stores.directory.put_teams(ACME, [ENG, SECRET])
        self.stores.tickets.put_all(ACME, [a_ticket(9, key="SEC-9", title="Fraud", team_id=SECRET.id)])
        self.chat.people = [a_member("ada")]
        self.open = a_decision(state=DecisionState.PROPOSED)
        private: dict[str, Any] = {
            "message": PRIVATE,
            "action": LEAK,
            "private": True,
            "reason": "they speak of salaries",
        }
        self.private = a_decision(state=DecisionState.PROPOSED, **private)
        about_fraud: dict[str, Any] = {"action": a_comment("ticket-9", "Fraud again"), "reason": "both speak of fraud"}
        self.of_private_team = a_decision(state=DecisionState.PROPOSED, **about_fraud)
        for decision in (self.open, self.private, self.of_private_team):
            self.stores.decisions.save(decision)

    def page(self, decision: Decision) -> str:
        """Where a decision is."""
        return f"{self.public_url}/decisions/{decision.id}"

    def shares(self, *links: str, channel: str = "C0ENG", outside: bool = False) -> dict[str, Preview]:
        """What is shown below links of Ada's."""
        shared = LinkShared(
            channel=channel, outside=outside, unfurl_id="unfurl-1", source="conversations_history", links=links
        )
        for _ in range(2):
            unfurl_links(shared, "U0ADA", self.unit(ACME))
        return self.chat.unfurled.get("unfurl-1", {})

    def opens(self, decision: Decision) -> Preview | None:
        """What Ada alone is shown."""
        show_details(DetailsWanted(trigger_id="trigger-1", link=self.page(decision)), "U0ADA", self.unit(ACME))
        return self.chat.details["trigger-1"]


@pytest.fixture
def unit() -> SharingUnit:
    """The team."""
    return SharingUnit()


def test_a_link_shows_what_was_decided_and_where_it_stands(unit: SharingUnit) -> None:
    """With nothing to press: that is for cards."""
    link = f"{unit.page(unit.open)}?from=mail"
    [(shown, preview)] = unit.shares(link, "https://elsewhere.test/decisions/x").items()
    assert (link, unit.page(unit.open), "Waits for an answer") == (shown, preview.url, preview.status)
    assert "coupon and checkout" in preview.entry.detail
    assert ("ENG-1", (), None) == (preview.entry.link_text[:5], preview.entry.answers, preview.entry.awaits_answer)


def test_what_was_said_in_private_shows_nothing_of_it_elsewhere(unit: SharingUnit) -> None:
    """And all of it where it was said: there they have heard it."""
    link = unit.page(unit.private)
    assert "alar" not in str(unit.shares(link)[link].entry)
    assert "Salaries leak" in str(unit.shares(link, channel=PRIVATE.channel)[link].entry)


def test_a_private_team_s_ticket_is_named_to_nobody(unit: SharingUnit) -> None:
    """Not in the channel, nor to whoever looks closer: we do not know what they may read in the tracker."""
    link = unit.page(unit.of_private_team)
    assert "raud" not in str(unit.shares(link)[link])
    assert "raud" not in str(unit.opens(unit.of_private_team))


def test_where_other_companies_read_nothing_is_shown(unit: SharingUnit) -> None:
    """Nor anywhere of what was said where they read."""
    assert {} == unit.shares(unit.page(unit.open), outside=True)
    outside = a_decision(message=a_message(9, channel="C0CLIENT"), outside=True, private=True)
    unit.stores.decisions.save(outside)
    assert {} == unit.shares(unit.page(outside))
    assert unit.opens(outside) is None


def test_another_team_s_decision_is_none(unit: SharingUnit) -> None:
    """Nor is one that is not kept any more."""
    other = a_decision(GLOBEX)
    unit.stores.decisions.save(other)
    assert {} == unit.shares(unit.page(other), f"{unit.public_url}/decisions/gone")
    assert unit.opens(other) is None


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.OUTSIDER, Standing.LEFT])
def test_nothing_is_shown_for_who_is_not_of_the_team(unit: SharingUnit, standing: Standing) -> None:
    """Whoever shares a link may only want to see what is behind it."""
    unit.chat.people = [a_member("ada", standings={Provider.SLACK: standing})]
    assert {} == unit.shares(unit.page(unit.open))
    assert unit.opens(unit.open) is None


def test_details_have_the_reason_and_what_was_said(unit: SharingUnit) -> None:
    """Each with where to check it."""
    details = unit.opens(unit.open)
    assert details is not None
    facts = {fact.label: fact for fact in details.facts}
    assert ("both speak of coupon and checkout", "90%") == (facts["Why"].text, facts["Sure"].text)
    assert facts["Said here"].url.startswith("https://acme.slack.com/")


def test_details_of_what_was_said_in_private_are_for_those_who_are_there_now(unit: SharingUnit) -> None:
    """The chat is asked each time, for people leave."""
    assert "alar" not in str(unit.opens(unit.private))
    unit.chat.places[PRIVATE.channel] = Channel(id=PRIVATE.channel, private=True)
    unit.chat.listeners[PRIVATE.channel] = ["U0ADA"]
    assert "they speak of salaries" in str(unit.opens(unit.private))


def test_where_it_can_be_shown_no_more_nothing_is_tried_again(unit: SharingUnit) -> None:
    """The message is gone, or the chat is."""
    unit.chat.unfurl_ids.clear()
    assert {} == unit.shares(unit.page(unit.open))
    chat, unit.failing["chat"] = unit.chat, NotConnected("gone")
    show_details(DetailsWanted(trigger_id="trigger-1", link=unit.page(unit.open)), "U0ADA", unit)
    assert {} == chat.details
