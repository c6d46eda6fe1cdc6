"""What people ask of work is told from what they merely say, in the languages of the reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.language.orders.models import UnclearOrder
from pm_assistant.language.orders.reading import read_orders
from pm_assistant.language.questions import LONGEST_QUESTION, Asks, Question, read_question

US = "U0APP"


def read(text: str) -> Question | None:
    """What a message asks that begins with our name."""
    return read_question(f"<@{US}> {text}", assistant=US)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("what is the state of ENG-12?", Asks.STATE),
        ("ENG-12 status?", Asks.STATE),
        ("Is ENG-12 done yet?", Asks.STATE),
        ("please show me ENG-12", Asks.STATE),
        ("was ist mit ENG-12?", Asks.STATE),
        ("¿cuál es el estado de ENG-12?", Asks.STATE),
        ("où en est ENG-12 ?", Asks.STATE),
        ("ENG-12 の状態は\uff1f", Asks.STATE),
        ("what is the state of <https://linear.app/acme/issue/ENG-12/coupon|the coupon>?", Asks.STATE),
        ("who works on ENG-12?", Asks.PEOPLE),
        ("wer arbeitet an ENG-12?", Asks.PEOPLE),
        ("¿Quién trabaja en ENG-12?", Asks.PEOPLE),
        ("qui travaille sur ENG-12 ?", Asks.PEOPLE),
        ("ENG-12の担当は誰ですか", Asks.PEOPLE),
    ],
)
def test_a_question_about_a_ticket_names_it(text: str, asks: Asks) -> None:
    """By its key, or by its address."""
    assert Question(asks=asks, keys=("ENG-12",)) == read(text)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("what waits for me?", Question(asks=Asks.WAITING)),
        ("anything waiting for my review?", Question(asks=Asks.WAITING)),
        ("was wartet auf mich?", Question(asks=Asks.WAITING)),
        ("what has no ticket?", Question(asks=Asks.UNTRACKED)),
        ("what is untracked?", Question(asks=Asks.UNTRACKED)),
        ("what did I do this week?", Question(asks=Asks.DONE)),
        ("what did I ship today?", Question(asks=Asks.DONE, span="today")),
        ("was habe ich gestern erledigt?", Question(asks=Asks.DONE, span="yesterday")),
        ("what did Ada finish last week?", Question(asks=Asks.DONE, who="Ada", span="last_week")),
        ("what am I working on?", Question(asks=Asks.DOING)),
        ("what is <@U0BEN> working on?", Question(asks=Asks.DOING, who="U0BEN")),
        ("who is working on the coupon bug?", Question(asks=Asks.PEOPLE, about="coupon bug")),
        ("is there a ticket for this?", Question(asks=Asks.STATE)),
        ("gibt es schon ein Ticket dafür?", Question(asks=Asks.STATE)),
        ("do we have a ticket for the export of invoices?", Question(asks=Asks.STATE, about="export of invoices")),
    ],
)
def test_each_question_is_read_for_what_it_asks(text: str, question: Question) -> None:
    """With whom and what it is about, and from when on."""
    assert question == read(text)


@pytest.mark.parametrize(
    "text",
    [
        "thanks!",
        "the coupons are broken again, can somebody look?",
        "can we get dark mode?",
        "close ENG-12",
        "we shipped it this week",
        "```what is the state of ENG-12?```",
        "what is the state of ENG-12? " + "It was said to be done. " * 20,
    ],
)
def test_talk_is_no_question(text: str) -> None:
    """It is judged as any talk is; nor is what says more than a question."""
    assert read(text) is None


@pytest.mark.parametrize("text", ["show me ENG-12", "find ENG-12", "get me the state of ENG-12"])
def test_what_asks_for_something_that_is_known_is_no_unclear_order(text: str) -> None:
    """Whoever wants to see a ticket is not told what orders there are."""
    assert () == read_orders(f"<@{US}> {text}", assistant=US, ticket_at=lambda _: None).orders


def test_what_is_wanted_and_not_known_stays_an_unclear_order() -> None:
    """It is said what can be ordered."""
    reading = read_orders(f"<@{US}> find out why it broke and buy milk", assistant=US, ticket_at=lambda _: None)
    assert (UnclearOrder(),) == reading.orders


@given(st.text(max_size=LONGEST_QUESTION + 50))
def test_whatever_is_said_is_read_in_no_time_and_without_an_error(text: str) -> None:
    """People type anything."""
    question = read(text)
    assert question is None or len(question.about) <= LONGEST_QUESTION
