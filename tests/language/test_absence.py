"""Who says beside their name that they are on vacation or ill is not at work."""

import pytest

from pm_assistant.language.absence import says_absent


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Vacationing", "palm_tree"),
        ("", "palm_tree"),
        ("Out sick", "face_with_thermometer"),
        ("OOO until Monday", ""),
        ("on parental leave", "baby"),
        ("Im Urlaub bis 3.8.", ""),
        ("de vacaciones", "sunny"),
        ("En congé", ""),
        ("夏季休暇", ""),
    ],
)
def test_an_absence_is_known_by_its_sign_or_its_words(text: str, sign: str) -> None:
    """In the languages we write."""
    assert says_absent(text, sign)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("", ""),
        ("In a meeting", "spiral_calendar_pad"),
        ("Working remotely", "house_with_garden"),
        ("Commuting", "bus"),
        ("To Berlin", "airplane"),
        ("Back from vacation", ""),
        ("zurück aus dem Urlaub", "palm_tree"),
        ("Krankenhausprojekt", ""),
        ("cool", ""),
    ],
)
def test_who_is_only_busy_or_elsewhere_is_there(text: str, sign: str) -> None:
    """Nor is a word that contains another one that word."""
    assert not says_absent(text, sign)
