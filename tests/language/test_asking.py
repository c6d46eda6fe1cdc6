"""Whether words ask people something."""

import pytest

from pm_assistant.language.asking import asks


@pytest.mark.parametrize(
    "said",
    [
        "Does the export keep the zone?",
        "Can somebody look? Thanks!",
        "Is it *done?*",
        "エクスポートはいつですか\uff1f教えてください",
        "متى ننتهي؟",
        "¿Está listo?",
        'She said "why?"',
        "why?! it worked",
    ],
)
def test_a_question_mark_that_ends_a_word_asks(said: str) -> None:
    """Wherever it stands, in any script."""
    assert asks(said)


@pytest.mark.parametrize(
    "said",
    [
        "It is done.",
        "see https://acme.test/a?b=c and <https://acme.test/?|the page>",
        "```SELECT ? FROM t```",
        "&gt; is it done?\nyes",
        "",
        "a?b",
    ],
)
def test_what_nobody_asks_is_no_question(said: str) -> None:
    """Addresses, code, and what is quoted of others."""
    assert not asks(said)
