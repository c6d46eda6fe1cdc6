"""The doctor says in words what keeps plans from being sold at Stripe, as Stripe itself has it."""

import pytest

from pm_assistant.cli.doctor import checks
from pm_assistant.cli.doctor.selling import SELLERS, selling
from pm_assistant.integrations.stripe.account import Endpoint, mode_of
from pm_assistant.integrations.stripe.connection import VERSION
from pm_assistant.integrations.stripe.webhook import CHANGES
from pm_assistant.runtime import wiring
from pm_assistant.runtime.settings import PaymentSettings
from tests.cli.whole_stack import WholeStack, findings_of, lacks
from tests.infra.sandbox.running import STRIPE_KEY
from tests.infra.sandbox.stripe.shop import Shop

pytestmark = pytest.mark.thorough

HERE = "https://api.test/webhooks/stripe"
TEAM, BUSINESS = "price_sandbox_team", "price_sandbox_business"
LIVE = STRIPE_KEY.replace("test", "live", 1)


@pytest.fixture
def shop(whole: WholeStack) -> Shop:
    """The account, as its owner changes it."""
    return Shop(whole.stripe)


def keep(whole: WholeStack, name: str, value: str) -> None:
    """Have a secret be another, which functions have taken up."""
    whole.keep(name, Value=value)
    wiring.secrets.cache_clear()


def endpoint(whole: WholeStack, **changes: object) -> None:
    """The owner changes the one endpoint there is."""
    whole.stripe.control("stripe/endpoints/we_sandbox", **changes)


def a_price(shop: Shop, **changes: str) -> str:
    """A price as the team plan's, but for these changes; returns its id."""
    fields = {"product": "prod_sandbox_team", "unit_amount": "800", "currency": "eur", "recurring__interval": "month"}
    made = shop.post("prices", **(fields | {"metadata__plan": "team"} | changes))
    return str(made.raise_for_status().json()["id"])


def test_what_can_be_sold_is_one_line(whole: WholeStack) -> None:
    """All that sells is told alike, and every function that does is looked at."""
    [found] = findings_of(whole, selling)

    assert ("ok", "team and business can be bought, and Stripe tells what becomes of it") == (found.state, found.what)
    of_payments = {name for name, kind in checks.SETTINGS.items() if issubclass(kind, PaymentSettings)}
    assert {"bill", *SELLERS} == of_payments


def test_where_nothing_is_sold_that_is_said_and_no_fault(whole: WholeStack) -> None:
    """Nor is a secret missed then."""
    whole.tell_sellers(STRIPE_PRICES="")
    for name in ("secret-key", "webhook-secret"):
        whole.aws("ssm").delete_parameter(Name=whole.secret(f"stripe/{name}"))

    [found] = findings_of(whole, selling)

    assert "ok" == found.state
    assert found.what.startswith("nothing is sold: StripePrices is empty")
    assert [] == lacks(whole, checks.secrets)


@pytest.mark.parametrize(
    ("name", "told"), [("STRIPE_PRICES", ""), ("STRIPE_TAX", "managed"), ("STRIPE_BASE_URL", "https://stripe.test")]
)
@pytest.mark.parametrize("function", SELLERS)
def test_a_function_that_is_told_otherwise_is_named(whole: WholeStack, function: str, name: str, told: str) -> None:
    """What one sells another would not know of."""
    whole.tell(function, whole.environment(function) | {name: told})

    assert [f"{function} is told another {name} than bill"] == lacks(whole, selling)


def test_a_price_that_no_parameter_names_is_missed(whole: WholeStack) -> None:
    """By the plan that nobody can buy."""
    whole.tell_sellers(STRIPE_PRICES=f"team={TEAM}")

    assert ["nobody can buy business: StripePrices names no price of it"] == lacks(whole, selling)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "Stripe cannot be asked: stripe/secret-key is not set"),
        ("pk_test_1", "stripe/secret-key is no secret key of an account at Stripe, nor a restricted one"),
        (
            f"{STRIPE_KEY}other",
            "the price of team cannot be read: Stripe does not accept stripe/secret-key: "
            "status 401, AuthenticationError, no parameter",
        ),
    ],
    ids=["none", "malformed", "another account's"],
)
def test_a_key_that_is_none_is_named(whole: WholeStack, value: str, said: str) -> None:
    """And nothing of it is said."""
    if value:
        keep(whole, "stripe/secret-key", value)
    else:
        whole.aws("ssm").delete_parameter(Name=whole.secret("stripe/secret-key"))
        wiring.secrets.cache_clear()

    found = lacks(whole, selling)

    assert said in found
    assert not any(value and value in each for each in found)


def test_a_restricted_key_is_told_what_it_may_not(whole: WholeStack) -> None:
    """One that may not read endpoints sells all the same."""
    keep(whole, "stripe/secret-key", STRIPE_KEY.replace("sk", "rk", 1))
    whole.stripe.control("config", stripe_secret_key=STRIPE_KEY.replace("sk", "rk", 1))
    assert [] == lacks(whole, selling)
    whole.stripe.control("config", stripe_forbidden=["webhook_endpoints.list"])

    assert [
        "Stripe's endpoints cannot be read: Stripe does not let stripe/secret-key do that: "
        "status 403, PermissionError, no parameter"
    ] == lacks(whole, selling)


@pytest.mark.parametrize(
    ("stage", "key", "said"),
    [
        ("prod", STRIPE_KEY, "stripe/secret-key is a test key, and the stage prod is to take real money"),
        ("dev", LIVE, "stripe/secret-key takes real money, and the stage dev is for trying things out"),
        ("prod", LIVE, None),
        ("dev", STRIPE_KEY, None),
    ],
)
def test_a_key_of_another_mode_than_the_stages_is_named(
    whole: WholeStack, stage: str, key: str, said: str | None
) -> None:
    """Test keys sell nothing, and live ones charge who only tries."""
    whole.terminal.describe(stage=stage)
    keep(whole, "stripe/secret-key", key)
    whole.stripe.control("config", stripe_secret_key=key)

    assert ([said] if said else []) == lacks(whole, selling)


def test_a_secret_that_signs_nothing_of_stripes_is_named(whole: WholeStack) -> None:
    """Of two, while it is rotated, each is looked at."""
    keep(whole, "stripe/webhook-secret", f"{STRIPE_KEY}")
    assert ["stripe/webhook-secret is none of an endpoint's: it has no whsec_"] == lacks(whole, selling)
    keep(whole, "stripe/webhook-secret", "whsec_new, whsec_old")
    assert [] == lacks(whole, selling)
    whole.aws("ssm").delete_parameter(Name=whole.secret("stripe/webhook-secret"))
    wiring.secrets.cache_clear()
    assert ["stripe/webhook-secret is not set"] == lacks(whole, checks.secrets)


def test_a_price_that_is_not_there_is_named(whole: WholeStack) -> None:
    """The account has none of that id, or has it in the other mode."""
    whole.tell_sellers(STRIPE_PRICES=f"team=price_gone,business={BUSINESS}")

    assert ["price_gone, the price of team, does not exist at Stripe in the key's mode"] == lacks(whole, selling)


def test_a_price_that_cannot_be_bought_is_named(whole: WholeStack, shop: Shop) -> None:
    """By itself, or with its product."""
    shop.post(f"prices/{TEAM}", active="false").raise_for_status()
    shop.post("products/prod_sandbox_business", active="false").raise_for_status()

    assert [
        f"{TEAM}, the price of team, is not active: nobody can buy at it",
        f"{BUSINESS}, the price of business, is of the product prod_sandbox_business, which is not active",
    ] == lacks(whole, selling)


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"metadata__plan": "business"}, "is of the product prod_sandbox_team and buys business, as its metadata says"),
        (
            {"metadata__plan": "", "product": "prod_sandbox_business"},
            "is of the product prod_sandbox_business and buys business, as its metadata says",
        ),
        ({"recurring__interval": "year"}, "is not paid each month"),
    ],
    ids=["another plan's", "another product's", "yearly"],
)
def test_a_price_of_something_else_is_named(whole: WholeStack, shop: Shop, changes: dict[str, str], flaw: str) -> None:
    """With what it buys."""
    price = a_price(shop, **changes)
    whole.tell_sellers(STRIPE_PRICES=f"team={price},business={BUSINESS}")

    assert [f"{price}, the price of team, {flaw}"] == lacks(whole, selling)


def test_a_price_that_does_not_say_what_it_buys_is_named(whole: WholeStack, shop: Shop) -> None:
    """Once it is replaced nobody would know what those have who bought at it."""
    product = shop.post("products", name="Something").json()["id"]
    price = a_price(shop, product=product, metadata__plan="")
    whole.tell_sellers(STRIPE_PRICES=f"team={price},business={BUSINESS}")

    [said] = lacks(whole, selling)

    assert f"{price}, the price of team, is of the product {product}, and neither says in its metadata that" in said


def test_prices_in_several_currencies_are_named(whole: WholeStack, shop: Shop) -> None:
    """A customer at Stripe has one."""
    price = a_price(shop, currency="usd")
    whole.tell_sellers(STRIPE_PRICES=f"team={price},business={BUSINESS}")

    assert [
        "plans are sold in several currencies, so nobody can change between them: team in usd, business in eur"
    ] == lacks(whole, selling)


def test_without_an_endpoint_nobody_would_hear_of_anything(whole: WholeStack) -> None:
    """The remedy names the address and the version."""
    endpoint(whole, deleted=True)

    [found] = [each for each in findings_of(whole, selling) if each.state == "missing"]

    assert "Stripe tells nobody what is bought: it has no webhook endpoint" == found.what
    assert HERE in (found.remedy or "")
    assert VERSION in (found.remedy or "")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"url": "https://old.test/webhooks/stripe"},
            f"no webhook endpoint of Stripe's listens at {HERE}, only at https://old.test/webhooks/stripe",
        ),
        ({"status": "disabled"}, "Stripe's webhook endpoint is disabled"),
        (
            {"enabled_events": sorted(CHANGES - {"invoice.paid", "customer.deleted"})},
            "Stripe's webhook endpoint is not told customer.deleted, invoice.paid",
        ),
        (
            {"api_version": "2024-06-20"},
            f"Stripe's webhook endpoint is of API version 2024-06-20, not {VERSION}",
        ),
    ],
    ids=["elsewhere", "disabled", "deaf", "of another version"],
)
def test_an_endpoint_that_does_not_tell_all_is_named(whole: WholeStack, changes: dict[str, object], said: str) -> None:
    """Each flaw for itself."""
    endpoint(whole, **changes)

    assert [said] == lacks(whole, selling)


def test_an_endpoint_that_is_told_what_we_need_is_enough(whole: WholeStack) -> None:
    """And so is one of several that tells all."""
    endpoint(whole, enabled_events=sorted(CHANGES))

    assert [] == lacks(whole, selling)
    of_the_account = Endpoint.read({"url": HERE, "status": "enabled", "enabled_events": ["*"], "new": 1})
    assert ((), None) == (of_the_account.unheard, of_the_account.api_version)


@pytest.mark.parametrize(
    ("key", "mode"),
    [
        ("sk_test_1aB", "test"),
        ("rk_live_1aB", "live"),
        ("pk_live_1aB", None),
        ("sk_org_live_1aB", None),
        ("sk_live_", None),
        (" sk_live_1aB", None),
        ("", None),
    ],
)
def test_a_key_says_whether_it_moves_real_money(key: str, mode: str | None) -> None:
    """One that is published, an organisation's, or anything else is none."""
    assert mode == mode_of(key)
