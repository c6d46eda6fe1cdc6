"""Whether people say that work cannot go on: by few words, and never by the opposite."""

import pytest

from pm_assistant.language.blockers import says_held_up


@pytest.mark.parametrize(
    "said",
    [
        "Blocked by the new payment keys.",
        "ENG-4 is still blocked on legal",
        "I\u2019m stuck until Bob answers",
        "We can't continue without the certificate.",
        "Das ist blockiert, bis die Rechte da sind",
        "C'est bloqué par la migration : le ticket est bloqué",
        "El ticket está bloqueado por permisos",
        "権限待ちで進められません",
    ],
)
def test_words_that_say_so_are_heard(said: str) -> None:
    """In the languages that reports are written in."""
    assert says_held_up(said) is True


@pytest.mark.parametrize("said", ["ENG-4 is unblocked now", "no longer blocked", "Ist nicht mehr blockiert"])
def test_words_that_say_the_opposite_end_it(said: str) -> None:
    """Whoever says that it goes on again is believed as much."""
    assert says_held_up(said) is False


@pytest.mark.parametrize("said", ["", "Shipped it.", "The ad blocker hides the banner", "It blocks nobody"])
def test_other_words_say_neither(said: str) -> None:
    """Also where they only look like it."""
    assert says_held_up(said) is None
