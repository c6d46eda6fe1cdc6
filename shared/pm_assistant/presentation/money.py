"""Sums of money in words, which are the same in every language: the amount and its currency's letters."""

WHOLE = frozenset(
    ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf")
)
"""Currencies whose smallest unit is the whole one (docs.stripe.com/currencies, "Zero-decimal currencies")."""


def money(amount: int, currency: str) -> str:
    """A sum that is given in the currency's smallest unit."""
    shown = f"{amount:,}" if currency.lower() in WHOLE else f"{amount / 100:,.2f}"
    return f"{shown} {currency.upper()}"
