"""Rules of retrieving candidate tickets."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.work import Ticket
from pm_assistant.language import retrieval
from tests.builders import DONE, NOW, a_conversation, a_message, a_ticket

TICKETS = (
    a_ticket(1, title="Checkout drops the coupon", assignee_id="lin-ada"),
    a_ticket(2, title="Export invoices as CSV", assignee_id="lin-bob"),
    a_ticket(3, title="Dark theme for the dashboard", assignee_id=None),
    a_ticket(4, title="Login with Google", assignee_id=None),
)


def keys(*texts: str, tickets: tuple[Ticket, ...] = TICKETS, limit: int = 8, **authors: str) -> list[str]:
    """Keys of the candidates for a thread of these messages."""
    root = a_message(0, texts[0])
    talk = a_conversation(root, *(a_message(i + 1, t, root_ts=root.ts) for i, t in enumerate(texts[1:])))
    found = retrieval.candidates(talk, tickets, now=NOW, authors=authors, limit=limit)
    return [candidate.ticket.key for candidate in found]


def test_shared_words_lead() -> None:
    """The ticket whose words were used comes first."""
    assert "ENG-2" == keys("the csv export of the invoices is empty")[0]


def test_synonyms_and_other_languages_lead_too() -> None:
    """Meaning counts: a voucher is a coupon, a Rechnung an invoice."""
    assert "ENG-1" == keys("voucher vanishes from the basket")[0]
    assert "ENG-2" == keys("Rechnungen exportieren geht nicht")[0]


def test_a_named_key_beats_everything() -> None:
    """Whoever writes the key means that ticket, in any case and inside an address."""
    assert "ENG-3" == keys("coupon and checkout as in eng-3")[0]
    assert "ENG-3" == keys("coupon, see <https://linear.app/acme/issue/ENG-3/dark|this>")[0]


def test_a_person_prefers_the_own_ticket() -> None:
    """Among tickets that fit alike, the speaker's own comes first."""
    assert "ENG-2" == keys("this one is next", U0ADA="lin-bob")[0]


def test_long_closed_tickets_are_left_out_unless_named() -> None:
    """After thirty days a closed ticket is history, but a key still finds it."""
    old = a_ticket(9, title="Coupon rounding", state=DONE, completed_at=NOW - timedelta(days=31))
    new = a_ticket(10, title="Coupon import", state=DONE, completed_at=NOW - timedelta(days=29))
    assert ["ENG-10"] == keys("coupon", tickets=(old, new))
    assert "ENG-9" == keys("coupon, like ENG-9", tickets=(old, new))[0]


def test_words_keep_their_seats_against_people_and_freshness() -> None:
    """Half of the places go by words alone, however many fresh tickets the speaker owns."""
    mine = tuple(a_ticket(n, title=f"Chore {n}", assignee_id="lin-ada", updated_at=NOW) for n in range(20, 60))
    stale = a_ticket(1, title="Coupon lost", assignee_id=None, updated_at=NOW - timedelta(days=300))
    assert "ENG-1" in keys("the coupon is lost", tickets=(*mine, stale), U0ADA="lin-ada")


def test_nothing_said_or_nothing_known_recalls_nothing() -> None:
    """A deleted conversation and an empty tracker have no candidates."""
    gone = a_conversation(a_message(deleted=True, text=""))
    assert [] == retrieval.candidates(gone, TICKETS, now=NOW, authors={})
    assert [] == keys("coupon", tickets=())


@given(
    st.lists(st.text(max_size=60), min_size=1, max_size=4),
    st.permutations(TICKETS),
    st.integers(min_value=1, max_value=6),
)
def test_recall_is_a_bounded_ranking_of_what_is_known(texts: list[str], tickets: list[Ticket], limit: int) -> None:
    """Never more than the limit, never twice, never unknown, best first, whatever order the index has."""
    talk = a_conversation(*(a_message(i, t) for i, t in enumerate(texts)))
    found = retrieval.candidates(talk, tickets, now=NOW, authors={}, limit=limit)
    scores = [candidate.score for candidate in found]
    assert min(limit, len(tickets)) == len({candidate.ticket.id for candidate in found}) == len(found)
    assert sorted(scores, reverse=True) == scores
    again = retrieval.candidates(talk, TICKETS, now=NOW, authors={}, limit=limit)
    assert [c.ticket.id for c in again] == [c.ticket.id for c in found]
