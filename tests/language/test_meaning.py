"""Talk about a ticket in other words than its own, told of imaginary products."""

from collections.abc import Mapping

import pytest

from pm_assistant.domain.actions import Comment, CreateTicket, Ignore
from pm_assistant.domain.decisions import NO_ODDS, Proposal
from pm_assistant.domain.work import Ticket
from pm_assistant.integrations.offline import OfflineAnalyst
from pm_assistant.integrations.offline.progress import Progress, claims
from pm_assistant.language import text
from pm_assistant.language.meaning import concepts, is_technical, subject_terms
from tests.builders import ENG, NOW, a_conversation, a_message, a_participant, a_ticket

TICKETS = (
    a_ticket(1, title="Driver app drains the battery", description="Location is polled every second while parked."),
    a_ticket(2, title="Invoices list the same surcharge twice", description="Fuel is added by rating and by billing."),
    a_ticket(3, title="Password reset never arrives", description="The mail template has a removed variable."),
    a_ticket(4, title="Approval by a second person above 5,000 euros", description="Four eyes on transfers."),
    a_ticket(5, title="Labels fail on the Zebra printer", description="An unsupported font command in our ZPL."),
    a_ticket(6, title="Search by reference takes 12 seconds", description="No index, full scan of 40 million rows."),
    a_ticket(7, title="Export of all shipments of a month", description="Merchants want a spreadsheet with weights."),
    a_ticket(8, title="Parcel cannot be marked as damaged", description="Add a picture and notify the shipper."),
)


def judged(said: str, odds: Mapping[str, float] = NO_ODDS) -> tuple[Proposal, ...]:
    """What comes of one message."""
    talk = a_conversation(a_message(0, said))
    return (
        OfflineAnalyst()
        .judge(talk, candidates=TICKETS, teams=[ENG], people=(a_participant("ada"),), now=NOW, odds=odds)
        .proposals
    )


@pytest.mark.parametrize(
    ("said", "ticket"),
    [
        ("my phone is dead by noon since I use our app, and gps runs even when the van stands still", TICKETS[0]),
        ("they pay for diesel double on last month's bill", TICKETS[1]),
        ("shop locked out, wants a new passcode, nothing in the inbox. worker dies on the template", TICKETS[2]),
        ("sticker machine only blinks, we send it a typeface it does not know", TICKETS[4]),
        ("package came crushed, driver had no way to say so. he should take a photo and tell the sender", TICKETS[7]),
    ],
)
def test_what_is_meant_counts_like_what_is_said(said: str, ticket: Ticket) -> None:
    """Several independent ideas of one ticket in other words find it, and no other; new work is less likely."""
    proposal, *others = judged(said)
    assert all(isinstance(each.action, CreateTicket) and each.exclusive for each in others)
    assert isinstance(proposal.action, Comment)
    assert ticket.id == proposal.action.ticket_id
    assert 0.55 <= proposal.confidence


@pytest.mark.parametrize("said", ["who brings cake on friday?", "my own parcel is late, the irony", "coffee anyone?"])
def test_a_shared_word_makes_chatter_no_work(said: str) -> None:
    """Talk of the day stays ignored although the thesaurus knows some of its words."""
    (proposal,) = judged(said)
    assert isinstance(proposal.action, Ignore)


def test_something_new_is_still_new() -> None:
    """A wish that nobody tracks does not end at the nearest ticket."""
    (proposal,) = judged("customers want to tip the driver in the app, there is no ticket for it yet")
    assert not isinstance(proposal.action, Comment)


@pytest.mark.parametrize(
    ("said", "ticket"),
    [("merchants need a list of what they sent", TICKETS[6]), ("photo for the shipper is missing", TICKETS[7])],
)
def test_a_near_ticket_is_asked_about_before_a_second_one_is_opened(said: str, ticket: Ticket) -> None:
    """Below certainty the first question is about the ticket that is there; who says no may say that it is new."""
    odds = dict.fromkeys((each.id for each in TICKETS), 0.1)
    proposal, *others = judged(said, odds | {ticket.id: 9.0})
    assert all(each.exclusive and each.confidence < proposal.confidence for each in others)
    assert isinstance(proposal.action, Comment)
    assert ticket.id == proposal.action.ticket_id
    assert 0.55 <= proposal.confidence < 0.8


@pytest.mark.parametrize(
    ("said", "progress"),
    [
        ("I'm on it", Progress.STARTED),
        ("work on this has started", Progress.STARTED),
        ("assigned it to myself", None),
        ("I assigned it to myself", Progress.STARTED),
        ("sent it out for review", Progress.REVIEW),
        ("the branch is awaiting review", Progress.REVIEW),
        ("we decided against it", Progress.CANCELED),
        ("let's drop this one, not worth it", Progress.CANCELED),
        ("machen wir nicht mehr", Progress.CANCELED),
        ("I'm on it tomorrow", None),
        ("I'm on this page and nothing loads", None),
        ("who is on it?", None),
        ("should be sent for review", None),
        ("not in review yet", None),
        ("let's not drop it", None),
        ("we have not decided against it", None),
        ("let's skip the meeting", None),
        ("the review is on friday", None),
    ],
)
def test_progress_is_told_in_many_words_and_not_in_their_negation(said: str, progress: Progress | None) -> None:
    """Beginning, handing over for review and giving up; plans, questions and denials are none of them."""
    assert ([progress] if progress else []) == [claim.progress for claim in claims(said)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("notifications", "通知"),
        ("notifications", "уведомления"),
        ("the battery", "バッテリー"),
        ("Lieferung", "consegna"),
        ("envío", "доставки"),
        ("手机", "스마트폰이"),
        ("प्रिंटर", "imprimante"),
    ],
)
def test_a_thing_is_known_by_what_other_languages_call_it(one: str, other: str) -> None:
    """However it is inflected, and in scripts without spaces by its pieces."""
    assert meant(one) & meant(other)


def meant(said: str) -> set[str]:
    """The concepts of a text."""
    return {concept for term in subject_terms(text.terms(said)) for concept in concepts(term)}


def test_a_short_beginning_stands_for_little_more_than_itself() -> None:
    """`лет` begins what flies, and much else; what products are about is not of software for that."""
    assert not meant("летописание")
    assert meant("летает")
    assert (True, False) == (is_technical("endpoint"), is_technical("чемодан"))


@pytest.mark.parametrize(
    ("compound", "part"),
    [("Sammelrechnungen", "invoice"), ("Nachhaltigkeitsbericht", "report"), ("Kühlschrank", "cupboard")],
)
def test_a_compound_means_what_it_ends_with(compound: str, part: str) -> None:
    """German writes as one word what others write as several."""
    [one], [other] = text.terms(compound), text.terms(part)
    assert set(concepts(one)) & set(concepts(other))


@pytest.mark.parametrize("word", ["pharmacy", "thing", "understands", "coupon", "Wirtschaft", "concurrency"])
def test_a_word_that_only_ends_like_another_means_nothing_of_it(word: str) -> None:
    """Short ends and beginnings, suffixes, and words that are known themselves, are no parts."""
    [term] = text.terms(word)
    for length in (4, 6, 8):
        ends = {concept for end in text.terms(word[-length:]) if end != term for concept in concepts(end)}
        assert not {*concepts(term)} & ends
