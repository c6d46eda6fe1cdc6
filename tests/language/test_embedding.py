"""Texts as vectors."""

import math
import zlib
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.talks import FILE as TALKS
from infra.talks import Team, held_back, learned_from, told_teams
from pm_assistant.integrations.offline.linear import DATA
from pm_assistant.integrations.offline.matching import shares_of_ticket
from pm_assistant.integrations.offline.reading import words
from pm_assistant.language import embedding, text
from pm_assistant.language.embedding import (
    BANDS,
    DIMENSIONS,
    FILE,
    OF_NO_TICKET,
    PLACES,
    Pole,
    closeness,
    of_no_ticket,
    packed,
    parts,
    unpacked,
    vector,
)
from pm_assistant.language.meaning import DATA as MEANINGS
from pm_assistant.language.tables import CODES, Quantized
from tests.language.test_tables import read

MOST_BYTES = 5_000_000


def lies(said: str) -> embedding.Vector:
    """Where a text lies."""
    return vector(dict.fromkeys(words(text.plain(said, {})), 1.0))


@pytest.mark.parametrize(
    ("said", "near", "far"),
    [
        ("nobody gets in since lunch", "Login fails with an error", "Invoice shows the wrong address"),
        ("the money came off the card twice", "Customer is charged double", "Dark mode for the settings page"),
        ("it takes ages until anything turns up", "Product search is slow", "Export invoices as CSV"),
        ("seit heute früh kommt keiner mehr rein", "Login fails with an error", "Export of reports as CSV"),
        ("画面が真っ白のまま", "Blank page after start", "Discount code is refused"),
        ("les gens attendent trois minutes avant de voir la liste", "Search is slow", "Change the e-mail address"),
        ("la señora lee con lupa", "Font is too small on receipts", "Password reset mail is late"),
    ],
)
def test_what_means_the_same_lies_closer_though_it_shares_no_word(said: str, near: str, far: str) -> None:
    """In one language or in two."""
    spoken = lies(said)
    assert closeness(spoken, lies(near)) > closeness(spoken, lies(far)) + 0.5


def test_of_nothing_nothing_is_close() -> None:
    """A text without a word lies in the middle."""
    assert [0.0] * DIMENSIONS == vector({})
    rows = unpacked(FILE.read_bytes())
    assert [pole.bias * rows.sharpness for pole in rows.of_no_ticket] == of_no_ticket(vector({}))
    assert 0 == closeness(vector({}), lies("the printer prints nothing"))


@given(st.permutations(["printer", "kiosk", "empty", "morn"]), st.floats(0.1, 2.0))
def test_the_order_of_words_counts_for_nothing(terms: list[str], share: float) -> None:
    """And what counts less takes less of the text with it; all stay shorter than 1."""
    one, other = vector(dict.fromkeys(terms, share)), vector(dict.fromkeys(sorted(terms), share))
    assert one == pytest.approx(other)
    assert math.hypot(*one) < 1


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("my cat sat on the keyboard all morning, she wants breakfast twice", "chatter"),
        ("wer kommt mit zum Mittagessen? es gibt Pizza", "chatter"),
        ("今日は暑いですね、ビールが飲みたい", "chatter"),
        ("standup is in room 4 today, ten minutes later", "work"),
        ("I am on call this weekend, swap with me if you want Monday", "work"),
        ("la reunión del jueves pasa a las once", "work"),
    ],
)
def test_what_is_of_no_ticket_lies_closer_to_its_kind_than_a_problem_does(said: str, kind: str) -> None:
    """Whatever language it is in; new work differs from that of a ticket by what there is, so most is told by that."""
    place = OF_NO_TICKET.index(kind)
    problem = of_no_ticket(lies("the export ends with an error since the last release, two customers wrote"))
    assert of_no_ticket(lies(said))[place] > problem[place] + 0.5


def test_what_is_packed_is_read_back() -> None:
    """The rows by their codebooks, and poles as they are."""
    codebooks = [[(code - 128,) * band.length for code in range(CODES)] for band in BANDS]
    codes = bytes(range(sum(band.runs for band in BANDS)))
    poles = [Pole(tuple(map(float, range(DIMENSIONS))), 0.5)] * len(OF_NO_TICKET)
    found = unpacked(packed(Quantized(codes, codebooks, 0.25), poles, sharpness=3.0, checksum=5))
    lengths = chain.from_iterable([band.length] * band.runs for band in BANDS)
    expected = [code - 128 for code, length in zip(codes, lengths, strict=True) for _ in range(length)]
    assert expected == read(found.table, 0, DIMENSIONS)
    assert (poles, 3.0, 5) == found[1:]


def test_a_term_is_what_it_can_mean_itself_and_its_spelling() -> None:
    """Words of two languages that mean the same have a part in common; short ones are not spelt."""
    meant = [set(next(parts(term)).places) for term in ("drucker", "printer")]
    assert meant[0] & meant[1]
    assert [0, 1, 0] == [len(each.places) for each in parts("qx")]
    assert all(len(each.places) > 2 for each in [*parts("qwertz")][2:])


def test_the_rows_are_those_of_the_talk() -> None:
    """Changed talk wants a training anew: `python -m infra.train_embedding`."""
    kept = unpacked(FILE.read_bytes())
    assert zlib.crc32(TALKS.read_bytes()) == kept.checksum
    assert PLACES * sum(band.runs for band in BANDS) == len(kept.table.codes)


def test_all_trained_weights_stay_below_what_a_layer_may_grow_by() -> None:
    """Of both folders."""
    assert sum(file.stat().st_size for file in (*DATA.iterdir(), *MEANINGS.glob("*.bin"))) < MOST_BYTES


def closest(team: Team) -> tuple[int, int]:
    """Of how much talk the right ticket lies closest, and of how much in all."""
    tickets = {
        about: vector(shares_of_ticket(ticket.title, ticket.description)) for about, ticket in team.tickets.items()
    }
    right = total = 0
    for talk in team.talks:
        if talk.about in tickets:
            spoken = lies("\n".join(message.text for message in talk.messages))
            found = max(tickets, key=lambda about: closeness(spoken, tickets[about]))
            right, total = right + (found == talk.about), total + 1
    return right, total


@pytest.mark.thorough
def test_it_learned_what_it_was_shown() -> None:
    """Most talk lies closest to its own ticket, of 22 to 26: what is packed is what was trained."""
    counted = [closest(team) for team in learned_from(told_teams())[::40]]
    assert sum(right for right, _ in counted) > 0.75 * sum(total for _, total in counted)


@pytest.mark.thorough
def test_it_knows_more_than_it_was_shown() -> None:
    """Of teams that it never saw the right ticket lies closest far oftener than by chance."""
    counted = [closest(team) for team in held_back(told_teams())[::4]]
    assert sum(right for right, _ in counted) > 0.45 * sum(total for _, total in counted)
