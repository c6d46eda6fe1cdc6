"""What it takes to sell at Stripe: key, prices and endpoint, as Stripe itself has them; nothing is changed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pm_assistant.cli.doctor.deployed import DeployedStack, Found, faults_or, missing, well
from pm_assistant.cli.doctor.rights import PAYMENT_SECRETS
from pm_assistant.domain.errors import NotFound, ProductError
from pm_assistant.domain.plans import Plan
from pm_assistant.integrations.stripe.account import Endpoint, SellingAccount, SoldPrice, mode_of
from pm_assistant.integrations.stripe.connection import VERSION
from pm_assistant.integrations.webhooks import valid_secrets
from pm_assistant.runtime import wiring
from pm_assistant.runtime.settings import PaymentSettings, load

LIVE_STAGE = "prod"
"""The one stage that takes real money."""
SOLD = tuple(plan for plan in Plan if plan is not Plan.FREE)
SELLERS = ("api", "web", "run")
"""The functions that sell, beside bill, which hears of it."""
TOLD = ("STRIPE_BASE_URL", "STRIPE_PRICES", "STRIPE_TAX")
"""What all functions that sell are told alike."""
SIGNED_WITH = "whsec_"
"""What the secret of an endpoint begins with (docs.stripe.com/webhooks)."""
RECIPE = "infra/operations.md, Sell at Stripe."
MAKE_PRICES = "pm operator stripe-products makes products and prices, and prints StripePrices to deploy with."
AT_STRIPE = "Stripe's dashboard, Workbench, Webhooks"


def selling(deployed: DeployedStack) -> Iterator[Found]:
    """Plans can be bought, and what becomes of them is told; where nothing is to be sold, that is said and no fault."""
    told = {name: deployed.environment(name) for name in ("bill", *SELLERS)}
    settings = load(PaymentSettings, told["bill"])
    if not any(each.get("STRIPE_PRICES") for each in told.values()):
        yield well("nothing is sold: StripePrices is empty, and every team is in its trial or on the free plan")
        return
    flaws = (*_told_otherwise(told), *_flaws(settings, deployed))
    yield from faults_or(flaws, f"{' and '.join(SOLD)} can be bought, and Stripe tells what becomes of it")


def _flaws(settings: PaymentSettings, deployed: DeployedStack) -> Iterator[Found]:
    key, signing = (_secret(name, deployed) for name in PAYMENT_SECRETS)
    if not all(each.startswith(SIGNED_WITH.encode()) for each in valid_secrets(signing)):
        yield missing(f"stripe/webhook-secret is none of an endpoint's: it has no {SIGNED_WITH}", RECIPE)
    mode = mode_of(key)
    if not key.strip():
        yield missing("Stripe cannot be asked: stripe/secret-key is not set", "See the line on that secret.")
    elif mode is None:
        yield missing("stripe/secret-key is no secret key of an account at Stripe, nor a restricted one", RECIPE)
    else:
        yield from _of_mode(mode, deployed.stack.stage)
        account = SellingAccount(key, settings.stripe_base_url)
        yield from _prices({str(plan): price for plan, price in settings.stripe_prices.items()}, account)
        yield from _endpoint(f"{deployed.stack.public_url}/webhooks/stripe", account)


def _told_otherwise(told: Mapping[str, Mapping[str, str]]) -> Iterator[Found]:
    """Functions that sell other things, or elsewhere, than the one that hears of it."""
    for function in SELLERS:
        for name in TOLD:
            if told[function].get(name, "") != told["bill"].get(name, ""):
                yield missing(f"{function} is told another {name} than bill", "Deploy again: make deploy.")


def _secret(name: str, deployed: DeployedStack) -> str:
    try:
        return wiring.secrets(deployed.stack.secrets_prefix).get(name)
    except NotFound:
        return ""


def _of_mode(mode: Literal["test", "live"], stage: str) -> Iterator[Found]:
    if mode == "test" and stage == LIVE_STAGE:
        yield missing(f"stripe/secret-key is a test key, and the stage {stage} is to take real money", RECIPE)
    if mode == "live" and stage != LIVE_STAGE:
        yield missing(f"stripe/secret-key takes real money, and the stage {stage} is for trying things out", RECIPE)


def _prices(named: Mapping[str, str], account: SellingAccount) -> Iterator[Found]:
    known: dict[Plan, SoldPrice] = {}
    for plan in SOLD:
        price_id = named.get(plan)
        if price_id is None:
            yield missing(f"nobody can buy {plan}: StripePrices names no price of it", MAKE_PRICES)
            continue
        try:
            price = account.price(price_id)
        except ProductError as error:
            yield missing(f"the price of {plan} cannot be read: {error}", "Give the key the right to read them.")
            continue
        if price is None:
            yield missing(f"{price_id}, the price of {plan}, does not exist at Stripe in the key's mode", MAKE_PRICES)
            continue
        known[plan] = price
        yield from (missing(f"{price_id}, the price of {plan}, {flaw}", MAKE_PRICES) for flaw in _flaws_of(price, plan))
    currencies = {plan: price.currency for plan, price in known.items()}
    if len(set(currencies.values())) > 1:
        said = ", ".join(f"{plan} in {currency}" for plan, currency in currencies.items())
        yield missing(f"plans are sold in several currencies, so nobody can change between them: {said}", MAKE_PRICES)


def _flaws_of(price: SoldPrice, plan: Plan) -> Iterator[str]:
    product = price.product
    if not price.active:
        yield "is not active: nobody can buy at it"
    if not product.active:
        yield f"is of the product {product.id}, which is not active"
    if price.plan is None:
        yield f"is of the product {product.id}, and neither says in its metadata that it buys {plan}"
    elif price.plan is not plan:
        yield f"is of the product {product.id} and buys {price.plan}, as its metadata says"
    if not price.is_monthly:
        yield "is not paid each month"


def _endpoint(address: str, account: SellingAccount) -> Iterator[Found]:
    try:
        endpoints = account.endpoints()
    except ProductError as error:
        yield missing(
            f"Stripe's endpoints cannot be read: {error}", "Give the key the right to read webhook endpoints."
        )
        return
    make = f"{AT_STRIPE}: add one at {address}, of API version {VERSION}; put its secret into stripe/webhook-secret."
    here = [each for each in endpoints if each.url == address]
    if not endpoints:
        yield missing("Stripe tells nobody what is bought: it has no webhook endpoint", make)
    elif not here:
        others = ", ".join(sorted(each.url for each in endpoints))
        yield missing(f"no webhook endpoint of Stripe's listens at {address}, only at {others}", make)
    else:
        # Of several at one address, such as an old one and its successor, one is enough.
        yield from min((list(_unheard(each, make)) for each in here), key=len)


def _unheard(endpoint: Endpoint, make: str) -> Iterator[Found]:
    if not endpoint.is_enabled:
        yield missing("Stripe's webhook endpoint is disabled", f"{AT_STRIPE}: enable it.")
    if endpoint.unheard:
        yield missing(
            f"Stripe's webhook endpoint is not told {_listed(endpoint.unheard)}", f"{AT_STRIPE}: add these events."
        )
    if endpoint.api_version != VERSION:
        spoken = endpoint.api_version or "the account's own, which changes"
        yield missing(f"Stripe's webhook endpoint is of API version {spoken}, not {VERSION}", make)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
