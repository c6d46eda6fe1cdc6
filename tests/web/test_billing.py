"""What the team pays for on a page: how it stands, what is left, and the ways to where it is bought and changed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.billing import Billing, synced
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.tenants import TenantState
from pm_assistant.domain.usage import QuotaWarning
from pm_assistant.workflows.update import update_tenant
from tests.builders import ACME, GLOBEX
from tests.fakes.billing import FakePayments
from tests.web.browser import WebWorld

DAY = timedelta(days=1)
TEAM = {"plan": "team", "seats": "3"}


def stands(web: WebWorld, billing: Billing, **changes: Any) -> None:
    """Acme stands so."""
    update = {"billing": billing, **changes}
    update_tenant(ACME, lambda tenant: tenant.model_copy(update=update), web.api.stores.tenants)


def paid(status: str = "active", **changes: Any) -> Billing:
    """The team plan for three."""
    now = datetime.now(UTC)
    made: dict[str, Any] = {"plan": Plan.TEAM, "seats": 3, "created_at": now} | changes
    subscription = PaidSubscription(id="sub_1", customer_id="cus_acme", status=status, **made)
    return synced(Billing(trial_ends_at=now, customer_id="cus_acme"), [subscription], at=now)


def payments(web: WebWorld) -> FakePayments:
    """Who takes the money."""
    return web.api.app.payments


def test_who_tries_sees_until_when_and_what_can_be_bought(web: WebWorld) -> None:
    """With as many seats as there are people; nothing can be changed that was not bought."""
    stands(web, Billing(trial_ends_at=datetime.now(UTC) + 9 * DAY))

    shown = web.browser().get("/billing")

    for words in ("You are trying everything", "The trial ends", "Decisions: 0 of 5,000", "Choose a plan"):
        assert words in shown.text
    people = len(web.api.stores.accounts.all(ACME))
    assert f'name="seats" type="number" min="1" max="1000" value="{people}"' in shown.html
    assert "Cancel" not in shown.text


@pytest.mark.parametrize(
    ("billing", "words"),
    [
        (paid(), "It is paid."),
        (paid(cancel_at=datetime.now(UTC) + DAY), "It ends"),
        (paid("past_due"), "Everything goes on until"),
        (paid("paused"), "It is not paid."),
        (paid("canceled"), "You are on the free plan."),
        (paid("incomplete"), "A payment is under way."),
        (Billing(invoiced_until=datetime.now(UTC) + DAY), "Paid by invoice until"),
    ],
)
def test_each_state_is_told_in_words(web: WebWorld, billing: Billing, words: str) -> None:
    """And what it means."""
    stands(web, billing)

    assert words in web.browser().get("/billing").text


def test_a_team_that_is_closing_still_comes_to_what_it_pays(web: WebWorld) -> None:
    """Whoever is charged can end that."""
    payments(web).create_customer(ACME, name="Acme", email="")
    stands(web, paid(), state=TenantState.CLOSING)

    assert "Your team is closing" in web.browser().get("/billing").text
    assert 200 == web.browser().post("/billing/portal", {"flow": "cancel"}).status


def test_somebody_is_led_to_where_a_plan_is_bought(web: WebWorld) -> None:
    """By a page of ours, which the trail knows of; nothing is bought by that."""
    led = web.browser().post("/billing/checkout", TEAM)

    [address] = payments(web).checkouts
    assert (200, f"0; url={address}") == (led.status, led.headers["refresh"])
    assert f'href="{address}"' in led.html
    assert "billing.checkout_begun" == web.api.stores.audit.latest(ACME, limit=1)[0].action
    assert "You are trying everything" in web.browser().get("/billing").text


def test_what_was_bought_shows_when_somebody_comes_back(web: WebWorld) -> None:
    """As the provider has it; who opens that page by hand changes nothing."""
    browser = web.browser()
    assert "You are trying everything" in browser.get("/billing/done").text
    browser.post("/billing/checkout", TEAM)
    assert "You are trying everything" in browser.get("/billing/done").text

    payments(web).pay(next(iter(payments(web).checkouts)))

    shown = browser.get("/billing/done").text
    for words in (
        "This is how it stands now.",
        "Plan: Team",
        "Decisions: 0 of 900",
        "Change plan or seats",
        "Give another card",
        "Cancel",
    ):
        assert words in shown
    assert "Choose a plan" not in shown


def test_a_provider_that_does_not_answer_is_said_to_be_late(web: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """It tells us by itself, too."""
    browser = web.browser()
    browser.post("/billing/checkout", TEAM)

    def away(_: str) -> list[PaidSubscription]:
        raise UpstreamUnavailable("away")

    monkeypatch.setattr(payments(web), "subscriptions", away)

    assert "has not told us yet" in browser.get("/billing/done").text


def test_a_form_that_cannot_be_used_says_why_and_keeps_what_was_filled_in(web: WebWorld) -> None:
    """Nobody is led anywhere."""
    refused = web.browser().post("/billing/checkout", {"plan": "business", "seats": "0"})

    assert 400 == refused.status
    assert 'aria-invalid="true"' in refused.html
    assert 'value="business" checked' in refused.html
    assert {} == payments(web).checkouts


def test_where_something_is_paid_the_portal_is_the_place(web: WebWorld) -> None:
    """Each visit by an address of its own."""
    browser = web.browser()
    browser.post("/billing/checkout", TEAM)
    payments(web).pay(next(iter(payments(web).checkouts)))

    refused = browser.post("/billing/checkout", TEAM)
    led = browser.post("/billing/portal", {"flow": "update"})

    assert 409 == refused.status
    assert "change it in the portal" in refused.text
    assert "update" == payments(web).portals[led.headers["refresh"].removeprefix("0; url=")][1]
    assert 409 == web.browser(tenant_id=GLOBEX).post("/billing/portal", {}).status


def test_what_is_about_to_end_can_be_kept_and_not_ended_again(web: WebWorld) -> None:
    """Until then there is one way to end it."""
    stands(web, paid())
    assert ["Cancel the plan"] == buttons(web)
    stands(web, paid(cancel_at=datetime.now(UTC) + DAY))
    assert ["Keep the plan"] == buttons(web)


def buttons(web: WebWorld) -> list[str]:
    """Those of the page that are about the plan's end."""
    shown = web.browser().get("/billing").html
    return [each for each in ("Cancel the plan", "Keep the plan") if f">{each}</button>" in shown]


def test_members_look_and_change_nothing(web: WebWorld) -> None:
    """They are told who can."""
    member = web.browser(Role.MEMBER)

    assert "An admin of your team can change this." in member.get("/billing").text
    for path in ("checkout", "portal"):
        assert 403 == member.post(f"/billing/{path}", TEAM).status


@pytest.mark.parametrize(
    ("billing", "title", "button"),
    [
        (Billing(trial_ends_at=datetime.now(UTC) + DAY), "Your trial ends in a few days", "Choose a plan"),
        (Billing(trial_ends_at=datetime.now(UTC)), "Your trial is over", "Choose a plan"),
        (paid("past_due"), "The last payment failed", "Give another card"),
        (paid("unpaid"), "Your plan is not paid any more", "Pay for the plan"),
        (
            Billing(warned=QuotaWarning(month=f"{datetime.now(UTC):%Y-%m}", percent=80, decisions=5_000)),
            "Four fifths",
            "See your plan",
        ),
        (
            Billing(warned=QuotaWarning(month=f"{datetime.now(UTC):%Y-%m}", percent=100, decisions=5_000)),
            "are used up",
            "See your plan",
        ),
    ],
)
def test_what_is_due_stands_on_every_page_for_whoever_can_see_to_it(
    web: WebWorld, billing: Billing, title: str, button: str
) -> None:
    """One line with one button; on the page itself it is said at length, and members cannot do anything about it."""
    stands(web, billing)

    for path in ("/today", "/decisions", "/connections"):
        shown = web.browser().get(path)
        assert title in shown.text
        assert f'<a href="/billing">{button}</a>' in shown.html
        assert title not in web.browser(Role.MEMBER).get(path).text


def test_where_nothing_is_due_no_line_is_shown(web: WebWorld) -> None:
    """Nor of a month that is over."""
    for billing in (Billing(), paid(), Billing(warned=QuotaWarning(month="2020-01", percent=100, decisions=5_000))):
        stands(web, billing)
        assert 'href="/billing">See' not in web.browser().get("/today").html


MAIN_CARD = "<button>Give another card</button>"


def test_where_something_is_owed_the_way_to_pay_it_comes_first_and_stands_out(web: WebWorld) -> None:
    """Above what is used and allowed; a day of the next payment is not told where the last one is owed."""
    for status in ("past_due", "unpaid"):
        stands(web, paid(status, period_end=datetime.now(UTC) + DAY))
        shown = web.browser().get("/billing")
        assert 0 < shown.html.index(MAIN_CARD) < shown.html.index("Used this month")
        assert "It is paid again" not in shown.text

    stands(web, paid(period_end=datetime.now(UTC) + DAY))
    shown = web.browser().get("/billing")
    assert MAIN_CARD not in shown.html
    assert "It is paid again" in shown.text


def test_where_a_plan_can_be_bought_that_comes_before_what_is_used(web: WebWorld) -> None:
    """It is what somebody comes for whose trial is over."""
    stands(web, Billing(trial_ends_at=datetime.now(UTC) - DAY))
    text = web.browser().get("/billing").text

    assert text.index("Choose a plan") < text.index("Used this month")


def test_an_admin_sees_what_it_would_cost(web: WebWorld) -> None:
    """Before anything is bought; a member is not asked to think of it."""
    shown = web.browser().get("/billing?plan=team&seats=3")

    assert "When you buy it: €30.00" in shown.text
    assert "Each month from then on" in shown.text
    assert 'name="seats" type="number" min="1" max="1000" value="3"' in shown.html
    assert "Show the price" not in web.browser(Role.MEMBER).get("/billing?plan=team&seats=3").text


def test_what_a_change_costs_is_shown_with_when_it_is_charged(web: WebWorld) -> None:
    """With the next payment, and what of it is for the days until then."""
    payments(web).create_customer(ACME, name="Acme", email="ada@acme.test")
    billing = paid()
    payments(web).put(billing.subscription)  # type: ignore[arg-type]
    stands(web, billing)

    shown = web.browser().get("/billing?plan=team&seats=5").text

    for words in (
        "With the next payment,",
        ": €60.00",
        "Charged for the rest of the month that is paid",
        "€10.00",
        "€50.00",
    ):
        assert words in shown


def test_what_a_smaller_plan_leaves_is_shown_as_a_credit(web: WebWorld) -> None:
    """Nobody reads of a payment that is less than nothing."""
    payments(web).create_customer(ACME, name="Acme", email="ada@acme.test")
    billing = paid(seats=9)
    payments(web).put(billing.subscription)  # type: ignore[arg-type]
    stands(web, billing)

    shown = web.browser().get("/billing?plan=team&seats=1").text

    for words in ("Nothing is charged next: €30.00", "Credited for the rest of the month that is paid", "€40.00"):
        assert words in shown
    assert "-€" not in shown


@pytest.mark.parametrize("asked", ["plan=team&seats=none", "plan=gold&seats=1", "plan=team&seats=0"])
def test_what_nobody_could_buy_has_no_price(web: WebWorld, asked: str) -> None:
    """The page says so as it does of a purchase, and keeps what was written."""
    shown = web.browser().get(f"/billing?{asked}")

    assert 400 == shown.status
    assert "cannot say the price" not in shown.text
    assert "Choose a plan" in shown.text


def test_without_a_price_the_page_is_there_and_says_so(web: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider does not answer."""

    def away(_: object) -> None:
        raise UpstreamUnavailable("Stripe does not answer")

    monkeypatch.setattr(payments(web), "preview", away)

    shown = web.browser().get("/billing?plan=team&seats=3").text

    assert "cannot say the price right now" in shown
    assert "Choose a plan" in shown
