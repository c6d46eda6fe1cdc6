"""What a ticket is called, and which tickets may be called so."""

from collections.abc import Sequence

import pytest

from pm_assistant.domain.index import TicketIndex
from pm_assistant.language.naming import MOST_NAMED, tickets_called
from pm_assistant.language.retrieval import entry_of, table_of
from tests.builders import a_ticket

TITLES = (
    "Coupons vanish at the checkout",
    "Export times out",
    "Export lacks the tax number",
    "領収書の印字がかすれる",
    "領収書にインボイス登録番号を印字",
    "Mahngebühr doppelt bei Verlängerung",
    "Kupony znikają",
    "Contract shows the old address",
    "Обновить Postgres до 16",
    "Логотип в письмах обрезан в Gmail",
    "Чек не приходит на почту",
    "Screen reader skips the diagram",
    "Collect by SEPA",
    "Direct debit is late",
    "Photos as TIFF fail",
)
INDEX = TicketIndex(
    table_of(
        entry_of(
            a_ticket(
                number,
                title=title,
                description={1: "Seen on the tablet", 2: "Of tax", 12: "VoiceOver jumps"}.get(number, ""),
            )
        )
        for number, title in enumerate(TITLES, 1)
    )
)


def called(said: str, *, but: Sequence[int] = ()) -> tuple[list[str], list[str]]:
    """The keys of the tickets that fit, and of those that come near."""
    hidden = {f"ENG-{number}" for number in but}
    found = tickets_called(said, INDEX, may_be=lambda head: head.key not in hidden)
    return sorted(head.key for head in found.fitting), sorted(head.key for head in found.near)


@pytest.mark.parametrize(
    ("said", "fitting"),
    [
        ("coupon", ["ENG-1"]),
        ("the coupons", ["ENG-1"]),
        ("the tax export", ["ENG-3"]),
        ("export", ["ENG-2", "ENG-3"]),
        ("領収書 かすれ", ["ENG-4"]),
        ("領収書", ["ENG-4", "ENG-5"]),
        ("z kuponami", ["ENG-7"]),
        ("coupon on the tablet", ["ENG-1"]),
        ("tablet", []),
        ("coupon was a mistake", []),
        ("contrast", []),
        ("unicorn", []),
        ("", []),
    ],
)
def test_a_ticket_is_called_what_its_title_says_and_nothing_else(said: str, fitting: list[str]) -> None:
    """All words are its own, be it with other endings; some may be its description's. One too many is another's."""
    assert fitting == called(said)[0]


@pytest.mark.parametrize(
    ("said", "near"),
    [
        ("coupon was a mistake", ["ENG-1", "ENG-7"]),
        ("den Mahnungen", ["ENG-6"]),
        ("voucher", ["ENG-1", "ENG-7"]),
        ("coupons vanish at the checkout of the contract", ["ENG-1"]),
        ("tablet", ["ENG-1"]),
        ("unicorn", []),
    ],
)
def test_what_comes_near_shares_a_word_its_sense_or_its_beginning(said: str, near: list[str]) -> None:
    """Enough to ask about, and no more."""
    assert ([], near) == called(said)


def test_of_many_that_come_near_only_a_few_are_named() -> None:
    """So many people can choose from."""
    many = TicketIndex(table_of(entry_of(a_ticket(number)) for number in range(1, 9)))
    assert MOST_NAMED == len(tickets_called("coupon", many, may_be=lambda _: True).near)


def test_a_ticket_that_cannot_be_meant_is_not() -> None:
    """What others fit is theirs."""
    assert (["ENG-3"], ["ENG-3"]) == called("export", but=[2])


@pytest.mark.parametrize(
    ("said", "fitting"),
    [
        ("the Postgres upgrade", ["ENG-9"]),
        ("postgres upgrade", ["ENG-9"]),
        ("das Postgres-Update", ["ENG-9"]),
        ("the Gmail logo", ["ENG-10"]),
        ("the VoiceOver problem", ["ENG-12"]),
        ("SEPA einsammeln", ["ENG-13"]),
        ("the voucher at the checkout", ["ENG-1"]),
        ("Gmail receipts", []),
        ("the Postgres logo", []),
        ("SEPA debit", []),
        ("Postgres and VoiceOver", []),
        ("the TIFF export", []),
        ("checkout was a mistake", []),
    ],
)
def test_a_ticket_is_known_by_the_rarest_word_of_its_name(said: str, fitting: list[str]) -> None:
    """Where it alone has that, and means the rest, or it is a name and no other ticket is spoken of."""
    assert fitting == called(said)[0]
