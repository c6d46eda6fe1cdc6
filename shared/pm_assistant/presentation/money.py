"""Sums of money as people write them where they are."""

from decimal import Decimal

from pm_assistant.domain.spending import DOLLAR
from pm_assistant.presentation.i18n import Texts, gettext_noop

WHOLE = frozenset(
    ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf")
)
"""Currencies whose smallest unit is the whole one (docs.stripe.com/currencies, "Zero-decimal currencies")."""
THOUSANDTHS = frozenset(("bhd", "jod", "kwd", "omr", "tnd"))
"""Those whose smallest unit is a thousandth (ibid., "Three-decimal currencies")."""
CENT = DOLLAR // 100
LEAST = CENT // 100
"""The least cost that is named."""
CENTS = gettext_noop("{cents} US cents")
LESS = gettext_noop("less than {cents} US cents")
NOTHING = gettext_noop("nothing")


def money(amount: int, currency: str, texts: Texts) -> str:
    """A sum that is given in the currency's smallest unit."""
    places = 0 if currency.lower() in WHOLE else 3 if currency.lower() in THOUSANDTHS else 2
    return texts.sum(Decimal(amount).scaleb(-places), currency)


def cost(microdollars: int, texts: Texts) -> str:
    """What a model has cost, in cents until it is a dollar; never as nothing where it was something."""
    if microdollars >= DOLLAR:
        return money(round(microdollars / CENT), "usd", texts)
    if microdollars == 0:
        return texts.gettext(NOTHING)
    said = LESS if microdollars < LEAST else CENTS
    return texts.gettext(said, cents=texts.decimal(round(max(microdollars, LEAST) / CENT, 2)))
