"""What others wrote reaches the terminal as text and nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.cli.terminal import JOINER, clean, link, note, show, text
from tests.builders import ACME, a_ticket
from tests.cli.customers import Customer


@given(st.text())
def test_clean_text_has_no_control_characters_and_one_line(written: str) -> None:
    """No escape sequence, no line of its own, no turned direction; the rest stays."""
    made = clean(written)

    assert [] == [char for char in made if char != JOINER and unicodedata.category(char)[0] == "C"]
    assert len(made.splitlines()) <= 1
    made.encode()


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"])))
def test_ordinary_text_is_left_alone(written: str) -> None:
    """Markup included: it is shown, not obeyed."""
    assert (written, written) == (clean(written), text(written).plain)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "", "no address"])
def test_only_web_addresses_are_followed(address: str) -> None:
    """A link leads to a page or nowhere."""
    assert not getattr(link("here", address).style, "link", None)


def test_markup_and_escape_sequences_are_shown_not_obeyed(customer: Customer) -> None:
    """A ticket's title cannot restyle the terminal or fail the command."""
    customer.world.stores.tickets.put(
        ACME, a_ticket(5, title="[red]ha[/red] \x1b]0;owned\x07 [/] :smile: \u202egnirts")
    )

    answer = customer.pm("linear")

    assert 0 == answer.code
    assert "[red]ha[/red] ]0;owned [/] :smile: gnirts" in answer.out
    assert not {"\x1b", "\x07", "\u202e"} & set(answer.out)


def test_an_error_cannot_carry_escape_sequences(capsys: pytest.CaptureFixture[str]) -> None:
    """What a server answers is not trusted either."""
    note("refused \x1b[31m")
    show(text("\x1b[2J"))

    assert ("[2J", "refused [31m") == tuple(part.strip() for part in capsys.readouterr())


def test_json_is_ascii(customer: Customer) -> None:
    """No character in it can do anything to a terminal."""
    customer.world.stores.tickets.put(ACME, a_ticket(6, title="caf\u00e9 \u202e \x9b"))

    assert customer.pm("linear", "--json").out.isascii()
