"""What is wanted of the assistant, as the model tells it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.text_models import checksum_of
from infra.train_intents import RECIPE, TEXTS, blocks_of, shown
from pm_assistant.language.orders.intents import MODEL, MessageIntent, as_read, intents
from pm_assistant.language.orders.masking import mask

MOST_BYTES = 300_000


def wanted(said: str) -> MessageIntent:
    """What is likeliest, where @ names us."""
    likely = intents(mask(said.replace("@", "<@U>"), "U", lambda _: None))
    return max(likely, key=lambda each: likely[each])


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("@ put one in: the till prints two receipts", MessageIntent.CREATE),
        ("@ leg eine neue karte an, der bon kommt doppelt", MessageIntent.CREATE),
        ("@ kick ENG-12 over to in review", MessageIntent.MOVE),
        ("@ take it off ENG-12 and hang it on ENG-14", MessageIntent.RELINK),
        ("@ please take back whatever you just did", MessageIntent.UNDO),
        ("@ scribble onto ENG-12: the bank answered", MessageIntent.COMMENT),
        ("@ tag ENG-12 with billing", MessageIntent.CHANGE),
        ("@ what did they write about us in the other channel?", MessageIntent.ASK),
        ("@ thanks a lot", MessageIntent.NONE),
    ],
)
def test_a_message_wants_what_its_author_means(said: str, intent: MessageIntent) -> None:
    """None of these did the model see."""
    assert said not in {line.split("\t")[2] for line in RECIPE.texts()}
    assert intent is wanted(said)


@given(st.text(max_size=200))
def test_whatever_is_said_wants_something_or_nothing(said: str) -> None:
    """All of them together are certain, also of nothing."""
    assert math.isclose(1, math.fsum(intents(said).values()))


def test_all_keys_and_all_people_are_read_as_one() -> None:
    """Which ones they are says nothing of what is wanted."""
    one, other = (f"<@U> give {key} to <@{who}> `not said`" for key, who in (("ENG-12", "U1"), ("OPS-3", "U22")))
    assert as_read(mask(one, "U", lambda _: None)) == as_read(mask(other, "U", lambda _: None)) == "@ give § to ¤"


def test_the_weights_are_those_of_the_messages() -> None:
    """A changed list of messages wants a training anew: `python -m infra.train_intents`."""
    assert checksum_of(RECIPE.texts()) == MODEL.trained_on()


def test_the_weights_are_small() -> None:
    """They ship with every function that reads orders."""
    assert MODEL.file.stat().st_size < MOST_BYTES


def test_every_line_has_an_intent_a_language_and_a_message_of_its_own_that_names_us() -> None:
    """Of each intent there are many, in blocks that can be left out."""
    rows = [line.split("\t") for line in RECIPE.texts()]
    assert {3} == {len(row) for row in rows}
    assert len(rows) == len({message for _, _, message in rows})
    assert all("@" in shown(message) for _, _, message in rows)
    assert all(sum(row[0] == intent for row in rows) > 150 for intent in MessageIntent)
    blocks = blocks_of(TEXTS)
    assert [*range(len(rows))] == [at for block in blocks for at in block]
    assert len(blocks) > 1


def test_the_weights_read_what_they_were_made_of() -> None:
    """Features that are read otherwise want a training anew, too; `--check` says whether it gives the same."""
    rows = [line.split("\t") for line in RECIPE.texts()[::10]]
    read = ((MessageIntent(intent), MODEL.evidence(shown(message))) for intent, _, message in rows)
    right = sum(intent is MODEL.labels[each.index(max(each))] for intent, each in read)
    assert right > 0.99 * len(rows)


def test_the_same_messages_give_the_same_weights() -> None:
    """Byte for byte."""
    few = RECIPE.texts()[::50]
    first, second = (RECIPE.train(RECIPE.samples(few), checksum_of(few)) for _ in range(2))
    assert first == second
