"""Whether the last word is that work is over, or that it is not after all."""

import pytest

from pm_assistant.language.corrections import is_taken_back

DONE = "ENG-1 is fixed and released"


@pytest.mark.parametrize(
    "said",
    [
        "no, not done after all",
        "Sorry, it is not fixed",
        "We had to revert it",
        "reverted, the tests fail",
        "I rolled it back",
        "spoke too soon",
        "doch nicht fertig",
        "ist noch nicht behoben",
        "haben wir zurückgerollt",
        "al final no está arreglado",
        "lo he revertido",
        "finalement pas corrigé",
        "on a annulé",
        "やっぱりまだ直っていません",
        "差し戻しました",
        "откатили",
        "ещё не готово",
        "अभी ठीक नहीं हुआ",
        "已经回滚了",
        "롤백했어요",
    ],
)
def test_a_later_word_takes_it_back(said: str) -> None:
    """In many languages; what is said then about something else changes nothing."""
    assert is_taken_back([DONE, said])
    assert is_taken_back([DONE, said, "thanks for telling"])


@pytest.mark.parametrize(
    "said",
    [
        "great, thanks",
        "should we revert it?",
        "we can revert it if it fails",
        "I will roll it back tomorrow",
        "rolled back the flag, and it is fixed now",
        "not fixed in the app. The app is done now, too",
        "wenn es nicht fertig ist, sag Bescheid",
        "戻しましょうか?",
    ],
)
def test_what_is_asked_planned_or_over_again_takes_nothing_back(said: str) -> None:
    """Of several statements the last counts."""
    assert not is_taken_back([DONE, said])


def test_where_nothing_is_stated_nothing_is_taken_back() -> None:
    """Nor before it is."""
    assert not is_taken_back([])
    assert not is_taken_back(["reverted", DONE])
