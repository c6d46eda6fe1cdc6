"""What people write is kept as far as rows and messages hold it, whole characters at a time."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pm_assistant.domain.bounds import (
    LARGEST_ITEM,
    LARGEST_MESSAGE,
    LONGEST_LINE,
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_NAMES,
    cut,
    pieces,
    stored_size,
)
from pm_assistant.domain.code import (
    MOST_CHECKS,
    MOST_REVIEWS,
    Check,
    Checks,
    CodeComment,
    PullRequest,
    PullRequestFacts,
    ReviewThread,
    TicketLinks,
)
from pm_assistant.domain.events import (
    CodeChanged,
    EventEnvelope,
    PersonChanged,
    QueuedEvent,
    TicketChanged,
    TicketChangedInPart,
    in_messages,
)
from pm_assistant.domain.links import LONGEST_EVIDENCE
from pm_assistant.workflows.code.linking import MOST_AWAITED, MOST_LINKS
from tests.builders import (
    ACME,
    DENSE,
    FAR_TOO_LONG,
    NOW,
    a_check,
    a_code_comment,
    a_decision,
    a_link_to,
    a_member,
    a_message,
    a_review,
    a_ticket,
    filled,
)

ANY_TEXT = st.text(st.characters(exclude_categories=[]))
"""Halves of characters included, which JSON can carry."""


@given(ANY_TEXT, st.integers(0, 60))
def test_a_text_is_cut_between_characters_and_no_earlier_than_it_must(text: str, most: int) -> None:
    """What is kept is how it began, fits, can be stored, and one character more would not fit."""
    kept = cut(text, most=most)
    whole = text.encode("utf-8", "replace").decode()
    assert whole.startswith(kept)
    assert stored_size(kept) <= most
    assert kept == whole or stored_size(whole[: len(kept) + 1]) > most
    assert kept == cut(kept, most=most)


@given(ANY_TEXT)
def test_the_size_of_a_text_is_what_it_takes_in_a_row(text: str) -> None:
    """As JSON in UTF-8, which is how rows and messages hold it."""
    storable = cut(text, most=10**6)
    written = a_message(text=storable).model_dump_json(include={"text"}).encode()
    assert stored_size(storable) == len(written) - len(b'{"text":""}')
    assert storable == json.loads(written)["text"]


@given(st.lists(st.integers(0, 40)), st.integers(1, 60))
def test_things_are_parted_in_their_order_into_pieces_that_fit(sizes: list[int], most: int) -> None:
    """None is lost, none is empty, and what is alone in a piece may be too large for any."""
    parted = list(pieces(((size, size) for size in sizes), most=most))
    assert sizes == [size for piece in parted for size in piece]
    assert all(piece and (len(piece) == 1 or sum(piece) <= most) for piece in parted)
    assert all(sum(piece) + after[0] > most for piece, after in pairwise(parted))


@pytest.mark.parametrize("character", DENSE.values(), ids=DENSE)
def test_whatever_people_write_a_message_on_a_queue_holds_it(character: str) -> None:
    """A delivery of the code host comes in as many as it takes, and nothing of it is left out."""
    ticket, _, parts = filled(character)
    change = CodeChanged(parts=(*parts, *parts))
    told = TicketChangedInPart(ticket_id=ticket.id, told=ticket.model_dump(mode="json"))
    person = PersonChanged(member=a_member(email=character * FAR_TOO_LONG).model_copy())
    events: list[QueuedEvent] = [*in_messages(change), TicketChanged(ticket=ticket), told, person]
    for event in events:
        assert len(EventEnvelope(tenant_id=ACME, event=event).model_dump_json().encode()) <= LARGEST_MESSAGE + 1_000
    assert change.parts == tuple(
        part for event in in_messages(change) if isinstance(event, CodeChanged) for part in event.parts
    )


@pytest.mark.thorough
@pytest.mark.parametrize("character", DENSE.values(), ids=DENSE)
def test_whatever_people_write_a_row_holds_it(character: str) -> None:
    """Also a pull request with as much on it as is kept, a commit with as many checks, and a decision."""
    ticket, message, parts = filled(character)
    text, facts = character * FAR_TOO_LONG, parts[0]
    assert isinstance(facts, PullRequestFacts)
    link = a_link_to("ENG-1", ticket_id="t" * 36)
    words = link.link.evidence.model_copy(update={"words": character * LONGEST_EVIDENCE})
    links = [link.model_copy(update={"link": link.link.model_copy(update={"evidence": words})})] * MOST_LINKS
    pull_request = PullRequest(id=facts.pull_request_id).with_part(facts)
    for number in range(MOST_REVIEWS + 1):
        review = a_review(f"{number:020}", author=facts.author, url="u" * 200)
        thread = ReviewThread(pull_request_id=facts.pull_request_id, id=f"{number:040}", at=NOW, resolved=False)
        pull_request = pull_request.with_part(review).with_part(thread)
    awaited = tuple(f"ENGINEERS-{number:06}" for number in range(MOST_AWAITED))
    named = TicketLinks(
        pull_request_id=facts.pull_request_id, at=NOW, links=tuple(links), contradicts=("t" * 36,) * 9, awaits=awaited
    )
    pull_request = pull_request.with_part(named)
    checks = Checks()
    for number in range(MOST_CHECKS + 1):
        checks = checks.with_part(a_check(f"{number} {text}"))
    written = a_decision(reason=text).model_copy(
        update={"performed_action": a_decision().action, "intended_action": a_decision().action}
    )
    rows = [each.model_dump_json() for each in (ticket, message, written)]
    rows += [each.model_dump_json(exclude_defaults=True) for each in (*parts, pull_request, checks)]
    assert max(len(row.encode()) for row in rows) <= LARGEST_ITEM - 2_000


def test_names_lines_and_texts_have_bounds_of_their_own() -> None:
    """What is short stays as it was written; a value of another kind is refused as ever."""
    ticket, message, _ = filled("x")
    assert (LONGEST_LINE, LONGEST_TEXT, LONGEST_TEXT) == tuple(
        map(len, (ticket.title, ticket.description, message.text))
    )
    assert ((LONGEST_NAME,) * MOST_NAMES,) * 2 == tuple(
        tuple(map(len, names)) for names in (ticket.labels, message.files)
    )
    assert "\N{PARTY POPPER} Ship it" == a_ticket(1, title="\N{PARTY POPPER} Ship it").title
    with pytest.raises(ValidationError):
        a_ticket(1, title=7)


def test_a_comment_that_was_cut_once_is_not_cut_again() -> None:
    """Whoever reads a row has what was written there."""
    comment = a_code_comment("1", text="\x01" * FAR_TOO_LONG)
    assert comment == CodeComment.model_validate_json(comment.model_dump_json())
    assert isinstance(a_check("c"), Check)
