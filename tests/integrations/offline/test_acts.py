"""What messages do, as the model tells it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.text_models import checksum_of
from infra.train_acts import RECIPE
from pm_assistant.integrations.offline.acts import ACTS, MODEL, NO_STANCE, Act, Stance, acts

MOST_BYTES = 2_500_000


@pytest.mark.parametrize(
    ("said", "act"),
    [
        ("password reset link is now valid for 60 min. merged and deployed an hour ago", Act.COMPLETED),
        ("super, et c'est déployé partout depuis midi", Act.COMPLETED),
        ("te lo he puesto de reviewer", Act.REVIEW),
        ("I've started on the double booking thing today, going for a row lock on the slot", Act.STARTED),
        ("insurers said no, so the live translator idea is dead. we won't build it", Act.CANCELED),
        ("pues sí, ha vuelto con la 7.4. Lo reabro", Act.REOPENED),
        ("Seit dem App-Update kann man im Profil die Telefonnummer nicht mehr ändern", Act.PROBLEM),
        ("varios repartidores piden poder apagar el sonido de pedido nuevo", Act.REQUEST),
        ("iOS oder Android?", Act.QUESTION),
        ("Sprintplanung rutscht auf Donnerstag 10 Uhr, ich bin Mittwoch in Dortmund", Act.LOGISTICS),
        ("Die Klappe von unserer Kaffeemaschine bleibt auch immer offen, die passt super zu uns", Act.CHATTER),
        ("haha thank you all", Act.REACTION),
        ("that one we know, it is in the backlog since spring", Act.KNOWN),
        ("gibts bei uns so noch nicht", Act.UNKNOWN),
    ],
)
def test_a_message_does_what_its_author_means(said: str, act: Act) -> None:
    """None of these did the model see."""
    assert said not in {line.split("\t")[2] for line in RECIPE.texts()}
    likely = acts(said)
    assert act is max(likely, key=lambda each: likely[each])


@given(st.text(max_size=300))
def test_whatever_is_said_is_some_act(said: str) -> None:
    """All of them together are certain, also of nothing."""
    assert math.isclose(1, math.fsum(acts(said).values()))
    assert {*ACTS} == {*acts(said)}


def test_what_is_stated_counts_whoever_states_it() -> None:
    """The plainest of all messages."""
    chat, done = (dict.fromkeys(ACTS, 0.0) | {act: 1.0} for act in (Act.CHATTER, Act.COMPLETED))
    assert (1.0, 0.5) == (
        Stance.of([chat, done], small_talk=0.5).progress,
        Stance.of([done], small_talk=0.5).small_talk,
    )
    assert NO_STANCE == Stance.of([], small_talk=1.0)


def test_the_weights_are_those_of_the_messages() -> None:
    """A changed list of messages wants a training anew: `python -m infra.train_acts`."""
    assert checksum_of(RECIPE.texts()) == MODEL.trained_on()


def test_the_weights_are_small() -> None:
    """They ship with every function that judges."""
    assert MODEL.file.stat().st_size < MOST_BYTES


def test_every_line_has_an_act_a_language_and_a_message_of_its_own() -> None:
    """Of each act there are many; plain ones are learned from several times."""
    rows = [line.split("\t") for line in {*RECIPE.texts()}]
    assert {3} == {len(row) for row in rows}
    assert len(rows) == len({message for _, _, message in rows})
    assert all(sum(row[0] == act for row in rows) > 500 for act in ACTS)


def test_training_learns_what_tells_acts_apart_and_gives_the_same_again() -> None:
    """Of few messages, too; what stands in one alone has no weight."""
    lines = [
        f"{act}\ten\t{said} {extra}"
        for act, said in (("completed", "it is live"), ("chatter", "nice cake"))
        for extra in ("today", "now", "again")
    ]
    made = RECIPE.train(RECIPE.samples([*lines, "question\ten\twherever"]), 7)
    assert made == RECIPE.train(RECIPE.samples([*lines, "question\ten\twherever"]), 7)
    weights, biases, scale = MODEL.unpacked(made)
    assert len(biases) == len(ACTS)
    assert scale > 0
    assert any(weights)
