"""Rules of retrieving candidate tickets."""

from collections.abc import Iterable
from datetime import timedelta
from operator import attrgetter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pm_assistant.domain.history import ConfirmedMatch, History, PastConversation
from pm_assistant.domain.index import TicketIndex
from pm_assistant.domain.word_counts import WordCounts
from pm_assistant.domain.work import Ticket
from pm_assistant.language.retrieval import Ranking, entry_of, table_of
from tests.builders import DONE, NOW, TODO, a_confirmed_match, a_conversation, a_message, a_ticket

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
    return [candidate.head.key for candidate in ranking(tickets, **authors).shortlist(talk, limit=limit).candidates]


def ranking(tickets: Iterable[Ticket], **authors: str) -> Ranking:
    """A ranking of these tickets."""
    return Ranking(TicketIndex(table_of(map(entry_of, tickets))), now=NOW, authors=authors)


def test_shared_words_lead() -> None:
    """The ticket whose words were used comes first."""
    assert "ENG-2" == keys("the csv export of the invoices is empty")[0]


def test_synonyms_and_other_languages_lead_too() -> None:
    """Meaning counts: a voucher is a coupon, a Rechnung an invoice."""
    assert "ENG-1" == keys("voucher vanishes from the basket")[0]
    assert "ENG-2" == keys("Rechnungen exportieren geht nicht")[0]


CROWD = tuple(
    a_ticket(n, title=f"Mail module {n} drops drafts", created_at=NOW - timedelta(hours=n)) for n in range(10, 110)
)
"""Newer than what is meant, and many."""


def test_among_many_what_says_the_same_in_other_words_has_places_of_its_own() -> None:
    """However many newer ones there are; what says something else has none."""
    said = "der Gutschein wird auf dem Handy abgelehnt"
    old = {"ENG-1": "Voucher is refused on mobile", "ENG-2": "Report lists trainers in the wrong order"}
    tickets = [
        a_ticket(n, title=title, created_at=NOW - timedelta(days=90)) for n, title in enumerate(old.values(), start=1)
    ]
    found = keys(said, tickets=(*tickets, *CROWD))
    assert {"ENG-1"} == {*old} & {*found}
    assert len(found) <= 8 + 8 // 2 + 8


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("it takes ages until anything turns up", "Product search is slow"),
        ("nobody gets in since lunch", "Login fails with an error"),
        ("seit heute früh kommt keiner mehr rein", "Login fails with an error"),
        ("los números llegan al banco dos veces", "Customer is charged double"),
        ("the bank says they took it two times", "Customer is charged double"),
    ],
)
def test_what_lies_closest_has_places_of_its_own(said: str, title: str) -> None:
    """By all that is said and not by any word of it; among equals this ticket's id comes last."""
    meant = a_ticket(999, title=title, assignee_id=None, created_at=NOW - timedelta(days=90))
    assert "ENG-999" in keys(said, tickets=(meant, *CROWD[:50]))


def test_what_most_titles_mean_tells_nothing_between_them() -> None:
    """To go over all of them would take the longer the more there are."""
    mails = [a_ticket(n, title=f"E-mail {n}", created_at=NOW - timedelta(hours=n)) for n in range(1, 500)]
    few, many = (len(keys("courriel", tickets=(*mails[:count],))) for count in (50, 499))
    assert (16, 16) == (few, many)


IN_MANY_SCRIPTS = {
    "ログインするとまっしろな画面が出る、誰か見てる?": "ログイン後に画面が真っ白になる",
    "請求書の金額、消費税が二回かかってるみたい": "請求書で消費税が二重計算される",
    "手机上登录之后页面是空白的": "移动端登录页面空白",
    "导出的发票里金额不对": "发票导出金额错误",
    "로그인하면 화면이 하얗게 나와요": "로그인 화면이 비어 있음",
    "청구서 금액이 또 틀렸어요": "청구서 금액 오류",
    "กดตะกร้าแล้วจ่ายเงินไม่ได้อีกแล้ว": "จ่ายเงินจากตะกร้าไม่ได้",
    "आज भी लॉगिन के बाद पेज खाली आ रहा है": "लॉगिन पेज खाली दिखता है",
    "الصفحة فارغة بعد تسجيل الدخول": "تسجيل الدخول يعرض صفحة فارغة",
    "После входа опять белый экран": "Белый экран после входа",
}


@pytest.mark.parametrize(("said", "title"), IN_MANY_SCRIPTS.items())
def test_what_is_said_in_any_script_leads_to_its_ticket(said: str, title: str) -> None:
    """With spaces between its words or without."""
    tickets = tuple(a_ticket(n, title=each, assignee_id=None) for n, each in enumerate(IN_MANY_SCRIPTS.values(), 1))
    (expected,) = (ticket.key for ticket in tickets if ticket.title == title)
    assert expected == keys(said, tickets=tickets)[0]


def test_a_named_key_beats_everything() -> None:
    """Whoever writes the key means that ticket, in any case and inside an address."""
    assert "ENG-3" == keys("coupon and checkout as in eng-3")[0]
    assert "ENG-3" == keys("coupon, see <https://linear.app/acme/issue/ENG-3/dark|this>")[0]


def test_a_ticket_that_changed_teams_is_named_by_its_former_key_too() -> None:
    """Unless another has that key by now, for then that one is meant."""
    moved = a_ticket(5, key="OPS-9", title="Backups", former_keys=("ENG-9",))
    assert "OPS-9" == keys("coupon and checkout as in eng-9", tickets=(*TICKETS, moved))[0]
    assert "ENG-9" == keys("as in ENG-9", tickets=(moved, a_ticket(6, key="ENG-9", title="Login")), limit=1)[0]


def test_a_person_prefers_the_own_ticket() -> None:
    """Among tickets that fit alike, the speaker's own comes first."""
    assert "ENG-2" == keys("this one is next", U0ADA="lin-bob")[0]


def test_long_closed_tickets_are_left_out_unless_named() -> None:
    """After four months a closed ticket is history, but a key still finds it."""
    old = a_ticket(9, title="Coupon rounding", state=DONE, completed_at=NOW - timedelta(days=121))
    new = a_ticket(10, title="Coupon import", state=DONE, completed_at=NOW - timedelta(days=119))
    assert ["ENG-10"] == keys("coupon", tickets=(old, new))
    assert "ENG-9" == keys("coupon, like ENG-9", tickets=(old, new))[0]


def test_words_keep_their_seats_against_people_and_freshness() -> None:
    """Half of the places go by words alone, however many fresh tickets the speaker owns."""
    mine = tuple(a_ticket(n, title=f"Chore {n}", assignee_id="lin-ada", updated_at=NOW) for n in range(20, 60))
    stale = a_ticket(1, title="Coupon lost", assignee_id=None, updated_at=NOW - timedelta(days=300))
    assert "ENG-1" in keys("the coupon is lost", tickets=(*mine, stale), U0ADA="lin-ada")


def test_a_passing_word_keeps_its_seat_against_all_that_the_speaker_opened_today() -> None:
    """Half of the places go by words also where people and time make each of the others more probable."""
    mine = tuple(a_ticket(n, title=f"Chore {n}", creator_id="lin-ada", created_at=NOW) for n in range(20, 60))
    stale = a_ticket(
        1,
        title="Guests find the basket empty, coupons lost, after they have signed in",
        creator_id="lin-bob",
        assignee_id=None,
        created_at=NOW - timedelta(days=300),
    )
    found = keys("lost again?", tickets=(*mine, stale), U0ADA="lin-ada")
    assert "ENG-1" in found
    assert "ENG-1" == found[-1]


def test_a_description_that_means_it_finds_a_ticket_whose_title_says_little() -> None:
    """Titles are often two words; what the description says in other words, or another language, counts as well."""
    mine = tuple(a_ticket(n, title=f"Chore {n}", creator_id="lin-ada", created_at=NOW) for n in range(20, 60))
    stale = a_ticket(
        99,
        title="Wunsch 4",
        description="Ein schwarzer Bildschirm für die Nacht.",
        creator_id="lin-bob",
        assignee_id=None,
        created_at=NOW - timedelta(days=300),
    )
    assert "ENG-99" in keys("could the screen be black at night?", tickets=(*mine, stale), U0ADA="lin-ada")


def test_nothing_said_or_nothing_known_recalls_nothing() -> None:
    """A deleted conversation and an empty tracker have no candidates."""
    gone = a_conversation(a_message(deleted=True, text=""))
    assert ((), 1.0) == ranking(TICKETS).shortlist(gone)
    assert [] == keys("coupon", tickets=())


@given(
    st.lists(st.text(max_size=60), min_size=1, max_size=4),
    st.permutations(TICKETS),
    st.integers(min_value=1, max_value=6),
)
@example(["ACCESS"], TICKETS, 2)
def test_a_shortlist_is_a_bounded_ranking_of_what_is_known(texts: list[str], tickets: list[Ticket], limit: int) -> None:
    """As many as asked for, half as many that have words for the same, and as many that lie closest; none twice."""
    talk = a_conversation(*(a_message(i, t) for i, t in enumerate(texts)))
    found = ranking(tickets).shortlist(talk, limit=limit)
    probabilities = [candidate.probability for candidate in found.candidates]
    assert {candidate.head.id for candidate in found.candidates} <= {ticket.id for ticket in tickets}
    assert len({candidate.head.id for candidate in found.candidates}) == len(probabilities)
    assert min(limit, len(tickets)) <= len(probabilities) <= limit + limit // 2 + limit
    assert sorted(probabilities, reverse=True) == probabilities
    assert found == ranking(TICKETS).shortlist(talk, limit=limit)


WORDS = ("coupon", "checkout", "invoice export", "theme", "login", "the", "ENG-3", "ENG-12", "")
SOME_TICKETS = st.lists(
    st.builds(
        a_ticket,
        st.integers(0, 30),
        title=st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join),
        description=st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join),
        assignee_id=st.sampled_from(["lin-ada", "lin-bob", None]),
        creator_id=st.sampled_from(["lin-ada", "lin-bob", None]),
        created_at=st.integers(-3, 3).map(lambda hours: NOW + timedelta(hours=hours)),
        updated_at=st.integers(-3, 3).map(lambda hours: NOW + timedelta(hours=hours)),
        state=st.sampled_from([TODO, DONE]),
        completed_at=st.sampled_from([NOW - timedelta(days=31), NOW - timedelta(days=1)]),
    ),
    unique_by=attrgetter("id"),
    max_size=16,
)
SOME_TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)


@given(SOME_TICKETS, SOME_TEXTS)
def test_the_probabilities_of_all_tickets_and_of_none_add_up(tickets: list[Ticket], texts: list[str]) -> None:
    """It is about one of them, or about none: no share is lost, and none is counted twice."""
    talk = a_conversation(*(a_message(i, t) for i, t in enumerate(texts)))
    found = ranking(tickets, U0ADA="lin-ada").shortlist(talk, limit=len(tickets) + 1)
    assert 1.0 == pytest.approx(found.none + sum(candidate.probability for candidate in found.candidates))


@pytest.mark.thorough
@settings(max_examples=300, deadline=None)
@given(SOME_TICKETS, SOME_TEXTS, st.integers(1, 6), st.integers(0, 16))
def test_an_index_with_changes_ranks_as_one_made_anew(
    tickets: list[Ticket], texts: list[str], limit: int, changed: int
) -> None:
    """Whatever the tickets that have changed said before, to whomever they belonged."""
    talk = a_conversation(*(a_message(i, t) for i, t in enumerate(texts)))
    before = [ticket.model_copy(update={"title": "checkout login", "assignee_id": "lin-ada"}) for ticket in tickets]
    table = table_of(map(entry_of, before[:changed] + tickets[changed:]))
    index = TicketIndex(table, {ticket.id: entry_of(ticket) for ticket in tickets[:changed]})
    found = Ranking(index, now=NOW, authors={"U0ADA": "lin-ada"}).shortlist(talk, limit=limit)
    assert found == ranking(tickets, U0ADA="lin-ada").shortlist(talk, limit=limit)


@given(SOME_TICKETS, SOME_TEXTS, st.integers(1, 6), st.integers(0, 8), st.integers(0, 8))
def test_an_index_seen_otherwise_ranks_as_one_made_so(
    tickets: list[Ticket], texts: list[str], limit: int, gone: int, moved: int
) -> None:
    """Some tickets are not there, and some stand in another state; the index itself stays as it was."""
    talk = a_conversation(*(a_message(i, t) for i, t in enumerate(texts)))
    then = [ticket.model_copy(update={"state": DONE} if n < moved else {}) for n, ticket in enumerate(tickets[gone:])]
    index = TicketIndex(table_of(map(entry_of, tickets)))
    before = Ranking(index, now=NOW, authors={}).shortlist(talk, limit=limit)
    heads = {ticket.id: index.get(ticket.id) for ticket in then}
    seen = {ticket.id: head._replace(state=ticket.state) for ticket in then if (head := heads[ticket.id])}

    found = Ranking(index.seen_as({ticket.id: seen.get(ticket.id) for ticket in tickets}), now=NOW, authors={})

    expected = [(each.head.id, each.probability) for each in ranking(then).shortlist(talk, limit=limit).candidates]
    assert expected == [(each.head.id, each.probability) for each in found.shortlist(talk, limit=limit).candidates]
    assert before == Ranking(index, now=NOW, authors={}).shortlist(talk, limit=limit)


def test_a_ticket_that_may_not_be_read_is_no_candidate_though_its_key_is_said() -> None:
    """Nor does it weigh anything beside the others."""
    index = TicketIndex(table_of(map(entry_of, TICKETS)))
    open_to_all = Ranking(index, now=NOW, authors={}, readable=lambda head: head.key != "ENG-3")
    talk = a_conversation(a_message(0, "the dark theme of ENG-3"))
    assert ranking(ticket for ticket in TICKETS if ticket.key != "ENG-3").shortlist(talk) == open_to_all.shortlist(talk)


def test_who_opened_a_ticket_is_likelier_to_speak_of_it() -> None:
    """Among tickets that fit alike, the speaker's own comes first, and talk of none is less likely."""
    theirs = a_ticket(5, title="Rounding", creator_id="lin-ada", assignee_id=None)
    others = a_ticket(4, title="Invoices", creator_id="lin-bob", assignee_id=None)
    talk = a_conversation(a_message(0, "still wrong", author="U0ADA"))
    by_opener, by_stranger = (ranking((theirs, others), **whom).shortlist(talk) for whom in ({"U0ADA": "lin-ada"}, {}))
    assert "ENG-5" == by_opener.candidates[0].head.key
    assert by_opener.none < by_stranger.none


def test_what_a_person_has_said_of_this_thread_leads() -> None:
    """Whatever is said there now; of another thread it counts less."""
    root = a_message(0, "the dark theme flickers")
    talk = a_conversation(root, a_message(1, "same here", root_ts=root.ts))
    confirmed = [a_match("ticket-2", root_ts=ts) for ts in (root.ts, a_message(-9).ts)]
    index = TicketIndex(table_of(map(entry_of, TICKETS)))
    here, elsewhere = (
        Ranking(index, now=NOW, authors={}, history=History(confirmed=[match])).shortlist(talk) for match in confirmed
    )
    assert ("ENG-2", "ENG-3") == (here.candidates[0].head.key, elsewhere.candidates[0].head.key)


def test_what_speakers_have_been_talking_about_leads_where_nothing_else_does() -> None:
    """Words said elsewhere lately tell what somebody is at."""
    tickets = [
        a_ticket(n, title=title, assignee_id=None) for n, title in ((1, "Coupon rounding"), (2, "Invoice export"))
    ]
    heard = PastConversation(
        "C0OPS", "1.0", False, ("U0ADA",), NOW, NOW + timedelta(days=9), {"invoic": 2, "export": 1}
    )
    talk = a_conversation(a_message(0, "still broken", author="U0ADA"))
    index = TicketIndex(table_of(map(entry_of, tickets)))
    ranked = Ranking(index, now=NOW, authors={}, history=History(recent={"U0ADA": [heard]})).shortlist(talk)
    assert "ENG-2" == ranked.candidates[0].head.key
    assert "ENG-1" == Ranking(index, now=NOW, authors={}).shortlist(talk).candidates[0].head.key


def test_what_the_team_says_all_the_time_tells_little() -> None:
    """Of two tickets that share a word each with what was said the one leads whose word is seldom said, by anybody."""
    tickets = [a_ticket(n, title=title, assignee_id=None) for n, title in ((1, "Coupon"), (2, "Invoice"))]
    index = TicketIndex(table_of(map(entry_of, tickets)))
    talk = a_conversation(a_message(0, "the coupon and the invoice"))
    for common, leads in (("coupon", "ENG-2"), ("invoic", "ENG-1")):
        counts = WordCounts()
        for _ in range(20):
            counts = counts.after_saying([common], now=NOW, days=90)
        ranked = Ranking(index, now=NOW, authors={}, history=History(words=counts)).shortlist(talk)
        assert leads == ranked.candidates[0].head.key


def a_match(ticket_id: str, *, root_ts: str) -> ConfirmedMatch:
    """Somebody's word on what a thread is about."""
    return a_confirmed_match(ticket_id=ticket_id, root_ts=root_ts, terms={"export": 1})


def test_what_was_confirmed_of_this_very_thread_counts_once() -> None:
    """It leads by itself; as one of the earlier talks it says nothing more."""
    root = a_message(0, "the dark theme flickers")
    talk, own = a_conversation(root), a_match("ticket-2", root_ts=root.ts)
    index = TicketIndex(table_of(map(entry_of, TICKETS)))
    [with_it, without] = (
        Ranking(index, now=NOW, authors={}, history=History(confirmed=known)) for known in ([own], [])
    )
    number = index.number_of("ticket-2")
    assert number is not None
    here, plain = (each.compare(talk)[0].ticket(number) for each in (with_it, without))
    assert plain == here
