"""Mails say what they are about, and nothing in them acts."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.mails import already_registered, connection_broken, invitation
from tests.builders import NOW
from tests.presentation.mail_reader import Reader
from tests.presentation.mail_samples import OFFER

URL = "https://api.pm.test"
ENGLISH: dict[str, Any] = {"public_url": URL, "texts": texts_in(None)}


@given(team=st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=60), by=st.text(max_size=30))
def test_names_are_shown_and_never_obeyed(team: str, by: str) -> None:
    """Whatever a team calls itself, its mail is laid out like all others, and has our links and no more."""
    mail = invitation(OFFER, team=team, invited_by=by, code="acme.secret", **ENGLISH)

    shown = Reader(mail)
    assert [] == list(shown.flaws())
    assert [f"{URL}/join?code=acme.secret"] == shown.links
    assert team not in mail.subject or team in "You are invited to a team on PM Assistant"


def test_an_invitation_says_from_whom_to_what_and_until_when() -> None:
    """And how to take it up."""
    mail = invitation(OFFER, team="R&D <x>", invited_by="grace@acme.test", code="acme.secret", **ENGLISH)

    for part in ("grace@acme.test", "R&D <x>", "acme.secret", "20 Nov 2026, 09:30 UTC", URL):
        assert part in mail.text
    assert "R&amp;D &lt;x&gt;" in mail.html


def test_who_has_an_account_is_told_what_to_do() -> None:
    """Whether it was that person or somebody else."""
    mail = already_registered("ada@acme.test", **ENGLISH)

    assert "ada@acme.test" == mail.to
    assert {f"{URL}/login", f"{URL}/forgot"} == set(Reader(mail).links)
    assert "ignore this mail" in mail.text


@pytest.mark.parametrize(("said", "told"), [("token revoked", "token revoked."), ("Gone!", "Gone!"), ("x. ", "x.")])
def test_what_a_vendor_said_ends_as_a_sentence(said: str, told: str) -> None:
    """Whether the vendor put a mark there or not."""
    mail = connection_broken("ada@acme.test", team="Acme", vendor="Slack", since=NOW, reason=said, **ENGLISH)
    assert f" Why: {told} " in mail.text


def test_a_teams_name_is_no_message_to_strangers() -> None:
    """It is short, and nothing in it becomes a link in anybody's mail program."""
    team = "You won! https://evil.test/claim or www.evil.test " + "x" * 90
    invited = invitation(OFFER, team=team, invited_by="ada@acme.test", code="a.b", **ENGLISH)
    broken = connection_broken("ada@acme.test", team=team, vendor="Slack", since=NOW, reason="gone", **ENGLISH)

    for words in (invited.text, invited.html, broken.text, broken.html):
        assert not re.search(r"evil\.t|www\.|//evil|xxx", words)
