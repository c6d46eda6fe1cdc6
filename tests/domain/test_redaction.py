"""A redacted text tells nobody who somebody is, nor opens a door; all else it says as before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.redaction import Redactor

PEOPLE = [("Ada Lovelace", "U0ADA"), ("Bo", "U0BO"), ("山田太郎", "U0YAMADA"), ("Jürgen Groß", "U0JG")]
REDACTOR = Redactor("acme|run-1", PEOPLE)


@pytest.mark.parametrize(
    ("written", "gone"),
    [
        ("mail ada@acme.test or <mailto:ada@acme.test|ada@acme.test>", "ada@acme.test"),
        ("call +49 (30) 901820-11 now", "901820"),
        ("call 030 / 90 18 20 11", "18 20"),
        ("the token is xoxb-1234-abcdefgh", "xoxb"),
        ("ghp_abcdefghijklmnop123 leaked", "ghp_"),
        ("use sk-proj-abc123def456ghi", "sk-proj"),
        ("lin_api_abcdef123456", "lin_api"),
        ("AKIA" + "Q" * 16, "AKIA"),
        ("Authorization: Bearer abc.def-ghi123", "abc.def"),
        ("password: hunter2!", "hunter2"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "eyJ"),
        ("-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----", "MIIabc"),
        ("0123456789abcdef0123456789abcdef01234567", "0123456789abcdef"),
        ("see https://acme.test/reset?code=1234", "acme.test"),
        ("<@U0ADA> and <@U0ADA|ada> know", "U0ADA"),
        ("Ada Lovelace said so", "Lovelace"),
        ("ask ADA about it", "ADA"),
        ("山田太郎さんが直した", "山田"),
        ("das war JÜRGEN GROß", "JÜRGEN"),
    ],
)
def test_what_tells_who_or_opens_a_door_is_gone(written: str, gone: str) -> None:
    """In its place stands what kind of thing it was."""
    redacted = REDACTOR.text(written)

    assert gone in written
    assert gone not in redacted
    assert redacted.strip()


@pytest.mark.parametrize(
    "written",
    [
        "ENG-12 moved at 2026-11-20 09:30, about 1500 rows, see #412",
        "adaptive layouts and Boston stay",  # no names
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "the coupon vanishes in checkout again",
        "v1.2.3 since 1795166400.000100",
        "コピーが消えます",
    ],
)
def test_all_else_stays(written: str) -> None:
    """Keys, dates, versions, ids of tickets and words that merely begin like a name."""
    assert written == REDACTOR.text(written)


def test_the_same_thing_has_the_same_name_in_one_file_and_another_in_others() -> None:
    """Else who spoke with whom would be lost, or could be put together again from two files."""
    here = [REDACTOR.text(text) for text in ("<@U0ADA>", "Ada Lovelace", "ada@acme.test", "write ada@acme.test")]

    assert here[1] in here[0]
    assert here[2] in here[3]
    assert here[0] != Redactor("acme|run-2", PEOPLE).text("<@U0ADA>")


@given(
    st.text(max_size=80), st.sampled_from(["ada@acme.test", "Ada Lovelace", "xoxb-1234-abcdefgh"]), st.text(max_size=80)
)
def test_nothing_around_it_lets_it_through(before: str, said: str, after: str) -> None:
    """Whatever stands beside it, parted by a space; redacting again changes nothing."""
    redacted = REDACTOR.text(f"{before} {said} {after}")

    assert said not in redacted
    assert redacted == REDACTOR.text(redacted)
