"""What a team pays for, in a real browser: from its trial through all that becomes of a plan to the free one.

Nothing but the provider's signed events, through the door that is open to everybody, tells the stack what time does.
"""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from pm_assistant.domain.billing import BillingState
from pm_assistant.domain.jobs import APP, JobDue
from pm_assistant.domain.spending import month_of
from pm_assistant.domain.tenants import TenantId
from pm_assistant.workflows.billing.review import BILLING
from tests.flow.conftest import Json, Outside
from tests.flow.teams import LINEAR, PASSWORD, SLACK, Team, Teams
from tests.flow.visits import Visit, visiting

pytestmark = pytest.mark.stack

COMPANY = "Larkspur Bikes"
"""Beside the demo's, so that nobody else hears of what is said here."""
TALK = "The deposit shows twice on the receipt when a rental is extended, Ravi saw it again"
A_MONTH_AND_MORE = 31
SEATS = 12
"""For everybody there is."""
SEAT, HARD_STOP = 300, 330
"""What one seat holds in a month, and where the model is not asked any more."""


@dataclass
class Buyer:
    """The owner of a team, before the page of what is paid for."""

    outside: Outside
    team: Team
    visit: Visit

    @property
    def tenant_id(self) -> TenantId:
        """The team's."""
        return TenantId(self.team.tenant_id)

    def billing(self) -> Json:
        """How the team stands, as the API has it."""
        stands: Json = self.team.api.get("/v1/billing")
        return stands

    def comes_to(self, state: BillingState) -> None:
        """Wait until the stack has heard of it."""
        self.outside.until(lambda: self.billing()["state"] == state, f"{state}", self.billing)

    def sees(self, name: str, *words: str) -> None:
        """Look at the page as it is now; these words stand there."""
        expect(self.visit.page.get_by_role("heading", level=1)).to_have_text("Billing")
        for each in words:
            expect(self.visit.page.get_by_text(each).first).to_be_visible()
        self.visit.shot(f"billing {name}")

    def opens(self, name: str, *words: str) -> None:
        """Come to the page anew, which asks the provider nothing, and look at it."""
        self.visit.open("/billing")
        self.sees(name, *words)

    def is_warned(self, title: str, button: str) -> None:
        """One line says on every other page what is due, and its button leads to the page."""
        self.visit.open("/today")
        line = self.visit.page.locator("p.notice.warn").filter(has_text=title)
        self.visit.shot(f"today {title}")
        self.visit.press(button, line)
        expect(self.visit.page.get_by_role("heading", level=1)).to_have_text("Billing")

    def is_not_warned(self) -> None:
        """Nothing is due, as another page has it."""
        self.visit.open("/today")
        expect(self.visit.page.get_by_role("heading", level=1)).to_have_text("Today")
        expect(self.visit.page.locator("p.notice a[href='/billing']")).to_have_count(0)
        self.visit.open("/billing")

    def goes_to(self, page: str, button: str) -> None:
        """Press a button that leads to one of the provider's pages."""
        self.visit.press(button)
        self.visit.page.wait_for_url(f"{self.outside.described['sandbox_url']}/stripe/{page}/**")
        self.visit.shot(f"stripe {page}")

    def time_passes(self, **more: object) -> None:
        """A month of the customer's time goes by, at the provider alone."""
        customer_id = self.outside.client.stores.tenants.get(self.tenant_id).billing.customer_id
        self.outside.control(f"stripe/customers/{customer_id}", days=A_MONTH_AND_MORE, **more)

    def is_looked_at(self) -> None:
        """The hour in which every team's turn comes."""
        self.outside.client.app.queues.jobs.put(JobDue(tenant_id=APP, job_id=BILLING), group=APP)

    def was_asked_about_yesterday(self) -> None:
        """The provider, about what the team pays for."""
        tenants = self.outside.client.stores.tenants
        before = tenants.get(self.tenant_id)
        billing = before.billing.model_copy(update={"synced_at": datetime.now(UTC) - timedelta(days=1)})
        tenants.replace(before.model_copy(update={"billing": billing}), before=before)

    def is_mailed(self, title: str) -> None:
        """The owner has that mail, once."""
        self.outside.until(lambda: self.team.mails(title), f"the mail: {title}")
        assert 1 == len(self.team.mails(title))


@pytest.fixture
def buyer(outside: Outside, chromium: Browser, tmp_path: Path) -> Iterator[Buyer]:
    """The owner of a team that has registered, connected its chat and tracker, and logged in."""
    with ExitStack() as ending:
        teams = Teams(outside, ending)
        team = teams.registered(f"lena-{uuid.uuid4().hex[:8]}@larkspur.example", COMPANY)
        ending.callback(team.disconnect)
        team.connect(SLACK, LINEAR, company=COMPANY)
        team.settled()
        with visiting(teams, chromium, tmp_path) as visit:
            visit.open("/billing")
            visit.fill({"E-mail": team.email, "Password": PASSWORD})
            visit.press("Log in")
            yield Buyer(outside, team, visit)


def test_a_team_tries_buys_grows_fails_to_pay_pays_and_cancels(buyer: Buyer) -> None:
    """Whatever happens at the provider, its page says how it stands; what is due stands on the others, too."""
    tries(buyer)
    buys_one_seat(buyer)
    uses_it_up(buyer)
    buys_more_seats(buyer)
    fails_to_pay(buyer)
    gives_another_card(buyer)
    cancels(buyer)


def tries(buyer: Buyer) -> None:
    """Who opens the page behind the purchase has bought nothing; nor has who turns back before paying."""
    buyer.sees("trial", "You are trying everything.", "The trial ends", "Decisions: 0 of 5,000")
    buyer.is_not_warned()
    buyer.visit.open("/billing/done")
    buyer.sees("done by hand", "You are trying everything.")

    buyer.visit.fill({"Seats: people you pay for": "1"})
    buyer.goes_to("checkout", "Go on to the payment page")
    buyer.visit.press("Back")
    buyer.sees("turned back", "You are trying everything.", "Choose a plan")
    buyer.visit.open("/billing/done")
    buyer.sees("done unpaid", "You are trying everything.", "Choose a plan")


def buys_one_seat(buyer: Buyer) -> None:
    """It counts at once."""
    buyer.visit.fill({"Seats: people you pay for": "1"})
    buyer.goes_to("checkout", "Go on to the payment page")
    buyer.visit.press("Subscribe")
    buyer.sees("bought", "Plan: Team", "It is paid.", f"Decisions: 0 of {SEAT}")
    buyer.is_not_warned()


def uses_it_up(buyer: Buyer) -> None:
    """What is said beyond that is kept, and judged more simply."""
    tenant_id, now = buyer.tenant_id, datetime.now(UTC)
    for _ in range(HARD_STOP):
        buyer.outside.client.stores.quotas.reserve(tenant_id, month_of(now), below=HARD_STOP)
    buyer.outside.say(TALK, channel="workshop", user="ravi")  # where no other team is asked
    buyer.outside.until(lambda: buyer.billing()["decisions_beyond"] == 1, "what is beyond", buyer.billing)
    buyer.is_warned("This month's decisions are used up", "See your plan")
    buyer.sees("used up", f"Decisions: {HARD_STOP} of {SEAT}", "1 conversation was judged more simply")
    buyer.is_mailed("This month's decisions are used up")


def buys_more_seats(buyer: Buyer) -> None:
    """In the portal; nothing is due then."""
    buyer.goes_to("portal", "Change plan or seats")
    buyer.visit.fill({"Seats": str(SEATS)})
    buyer.visit.press("Change seats")
    buyer.visit.press("Return to PM Assistant")
    buyer.sees("more seats", f"Decisions: {HARD_STOP} of {SEATS * SEAT:,}")
    assert SEATS == buyer.billing()["seats"]
    buyer.is_not_warned()


def fails_to_pay(buyer: Buyer) -> None:
    """Everything goes on for a while; the admins are told, once."""
    buyer.time_passes(card="failing")
    buyer.comes_to(BillingState.GRACE)
    assert "act" in buyer.billing()["features"]
    buyer.is_warned("The last payment failed", "Give another card")
    buyer.sees("grace", "For two weeks everything goes on as it is.", "Everything goes on until")
    buyer.is_looked_at()
    buyer.is_mailed("The last payment failed")


def gives_another_card(buyer: Buyer) -> None:
    """What is owed is paid with it."""
    buyer.goes_to("portal", "Give another card")
    buyer.visit.page.get_by_label("Card").select_option("good")
    buyer.visit.press("Update card")
    buyer.visit.press("Pay")
    buyer.visit.press("Return to PM Assistant")
    buyer.sees("recovered", "It is paid.", "It is paid again")
    buyer.is_not_warned()


def cancels(buyer: Buyer) -> None:
    """It is as paid until what is paid ends; that this was told and got lost is made up for once a day."""
    buyer.goes_to("portal", "Cancel the plan")
    buyer.visit.press("Cancel plan")
    buyer.visit.press("Return to PM Assistant")
    buyer.sees("cancelled", "It is paid.", "It ends", "Keep the plan")

    buyer.team.disconnect()  # There is nothing to catch up with.
    buyer.outside.control("config", stripe_lost_events=100)
    buyer.time_passes()
    buyer.outside.control("config", stripe_lost_events=0)
    buyer.opens("unheard", "It is paid.", "It ends")
    buyer.was_asked_about_yesterday()
    buyer.is_looked_at()
    buyer.comes_to(BillingState.FREE)
    assert "act" not in buyer.billing()["features"]
    buyer.opens("free", "You are on the free plan.", "Choose a plan", "Invoices")
    buyer.is_not_warned()
