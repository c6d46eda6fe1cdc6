"""Sums are shown as people write them, whatever the smallest unit of their currency is."""

import pytest

from pm_assistant.domain.languages import Language
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.money import cost, money


@pytest.mark.parametrize(
    ("amount", "currency", "language", "shown"),
    [
        (163_87, "eur", Language.ENGLISH, "€163.87"),
        (-1_987, "usd", Language.ENGLISH, "-$19.87"),
        (1_234_567, "eur", Language.GERMAN, "12.345,67\xa0€"),
        (1_234_567, "eur", Language.FRENCH, "12\u202f345,67\xa0€"),
        (1_600, "eur", Language.SPANISH, "16,00\xa0€"),
        (12_000, "jpy", Language.JAPANESE, "￥12,000"),
        (12_500, "kwd", Language.ENGLISH, "KWD12.500"),
    ],
)
def test_a_sum_is_in_whole_units_as_the_reader_writes_them(
    amount: int, currency: str, language: Language, shown: str
) -> None:
    """Of yen there are no hundredths, and of dinars there are thousandths."""
    assert shown == money(amount, currency, texts_in(language))


@pytest.mark.parametrize(
    ("microdollars", "shown"),
    [
        (0, "nothing"),
        (1, "less than 0.01 US cents"),
        (100, "0.01 US cents"),
        (2_324, "0.23 US cents"),
        (12_500, "1.25 US cents"),
        (999_999, "100 US cents"),
        (1_000_000, "$1.00"),
        (4_364_999, "$4.36"),
    ],
)
def test_what_a_model_cost_is_never_shown_as_nothing(microdollars: int, shown: str) -> None:
    """A judgement costs parts of a cent."""
    assert shown == cost(microdollars, texts_in(None))


def test_costs_are_written_in_the_readers_language() -> None:
    """The decimal mark as well."""
    assert "0,23 US-Cent" == cost(2_324, texts_in(Language.GERMAN))
