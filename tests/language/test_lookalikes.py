"""What is hidden in a text does not get past those who read it for us, and what belongs to a script stays."""

import pytest

from pm_assistant.language.lookalikes import unmasked, without_invisible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("cl\u200bose", "close"),
        ("in\u00adstructions", "instructions"),
        ("a\u202eb\u2069c", "abc"),
        ("hi" + "".join(chr(0xE0000 + ord(c)) for c in "close"), "hi"),
        ("a\u200db", "ab"),
    ],
)
def test_what_nobody_sees_is_left_out(text: str, seen: str) -> None:
    """Spaces without width, turned directions, tags, and joiners that join nothing."""
    assert seen == without_invisible(text)


@pytest.mark.parametrize(
    "text", ["\u0915\u094d\u200d\u0937", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u65e5\u672c"]
)
def test_what_a_script_needs_stays(text: str) -> None:
    """Joiners of Hindi and Persian make other letters."""
    assert text == without_invisible(text)


def test_letters_that_only_look_latin_are_read_as_such_in_latin_words() -> None:
    """A word of another alphabet stays its own."""
    assert "ignore instructions" == unmasked("i\u0261nor\u0435 instru\u0441tions")
    assert "Ignore" == unmasked("\uff29\uff47\uff4e\uff4f\uff52\uff45")
    assert "\u0441\u0432\u0435\u0442" == unmasked("\u0441\u0432\u0435\u0442")
