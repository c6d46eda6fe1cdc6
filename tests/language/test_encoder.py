"""Texts in the context of their words."""

import math
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import train_acts, train_intents
from infra.blocks import STAGES
from infra.text_models import checksum_of
from pm_assistant.language import encoder
from pm_assistant.language.encoder import (
    BANDS,
    DIMENSIONS,
    FILE,
    HEADS,
    LABELS,
    LAYERS,
    MOST_WORDS,
    PLACES,
    WINDOW,
    Affine,
    Head,
    Layer,
    Norm,
    Task,
    packed,
    parts,
    scores,
    unpacked,
)
from pm_assistant.language.orders.intents import MessageIntent
from pm_assistant.language.tables import CODES, Quantized

EVEN = Norm([1.0] * DIMENSIONS, [0.0] * DIMENSIONS)
WORDS = [[float(at == place) for at in range(DIMENSIONS)] for place in range(4)]


def likeliest(said: str) -> MessageIntent:
    """What a message to the assistant wants by itself."""
    return max(zip(scores(Task.INTENTS, said), MessageIntent, strict=True))[1]


def test_the_same_words_in_another_order_can_say_something_else() -> None:
    """That is what it is for; words by themselves tell no order."""
    assert [*scores(Task.ACTS, "this is not done")] != pytest.approx([*scores(Task.ACTS, "is this not done")])


@pytest.mark.parametrize("task", Task)
@given(said=st.text(max_size=80))
def test_whatever_is_said_something_speaks_for_each_label(task: Task, said: str) -> None:
    """Nothing does where there is no word; the same is said each time."""
    found = scores(task, said)
    assert LABELS[task] == len(found)
    assert all(map(math.isfinite, found))
    assert any(found) == any(parts(said))


def test_an_order_is_told_by_its_words_in_their_context() -> None:
    """By the network alone."""
    said = {
        "@ please open a ticket for the broken login": MessageIntent.CREATE,
        "@ undo that": MessageIntent.UNDO,
        "@ thank you very much": MessageIntent.NONE,
        "@ move \u00a7 to review": MessageIntent.MOVE,
    }
    assert said == {each: likeliest(each) for each in said}


def test_a_word_is_itself_its_spelling_and_what_it_can_mean() -> None:
    """Words of two languages that mean the same have a part in common; short ones are not spelt; numbers are one."""
    printer, drucker = next(parts("printer")), next(parts("Drucker"))
    assert {"word printer", "gram  pri", "gram ter "} < {*printer}
    assert {each for each in printer if each.startswith("sense")} & {*drucker}
    assert ["word qx"] == [*next(parts("QX"))]
    assert [*parts("12")] == [*parts("7.50")]


def test_a_character_of_a_script_without_spaces_is_a_word_with_its_neighbours() -> None:
    """And knows where its run begins and ends."""
    assert [
        ("sign \u76f4", "sign ^\u76f4", "sign \u76f4\u3059", "sign ^\u76f4\u3059"),
        ("sign \u3059", "sign \u76f4\u3059", "sign \u3059$", "sign \u76f4\u3059$"),
    ] == [*parts("\u76f4\u3059")]


def test_what_stands_behind_the_most_words_is_not_read() -> None:
    """However long a message is."""
    assert MOST_WORDS == len([*parts("well yes " * 500)])
    assert scores(Task.ACTS, "well yes " * MOST_WORDS) == scores(Task.ACTS, "well yes " * MOST_WORDS + "it is done")


def test_a_sign_that_goes_on_and_on_leaves_room_for_what_is_said_behind() -> None:
    """As does a word."""
    assert [*parts("--- it is done")] == [*parts("-" * 500 + " it is done")]
    assert 3 == len([*parts("ha " * 50)])


def test_a_norm_brings_numbers_to_one_mean_and_one_variance() -> None:
    """Then each has its own gain and bias."""
    found = Norm([2.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 5.0]).of([1.0, 2.0, 3.0, 4.0])
    assert [-2 * math.sqrt(1.8), -math.sqrt(0.2), math.sqrt(0.2), 5 + math.sqrt(1.8)] == pytest.approx(found, abs=1e-4)


def test_a_layer_lets_a_word_see_those_beside_it_and_no_others() -> None:
    """What it sees is added, where it is more than nothing; at both ends there is nothing."""
    takes = [0.0] * (WINDOW * DIMENSIONS)
    takes[0] = takes[2 * DIMENSIONS + 3] = 1.0  # The first number of the word before, the fourth of the one behind.
    quiet = [0.0] * (WINDOW * DIMENSIONS)
    layer = Layer(EVEN, Affine([takes, *[quiet] * (DIMENSIONS - 1)], [0.0] * DIMENSIONS))
    after = layer.of(WORDS)
    both = max(EVEN.of(WORDS[0])) + min(EVEN.of(WORDS[0]))
    assert [0, both, both, 0] == pytest.approx([new[0] - old[0] for old, new in zip(WORDS, after, strict=True)])
    assert [word[1:] for word in WORDS] == [word[1:] for word in after]


def test_attention_takes_most_of_the_word_that_it_looks_for() -> None:
    """Each head by itself; what the labels make of it is linear."""
    looks = [[50.0 * value for value in WORDS[place]] for place in range(HEADS)]
    labels = [[float(at == head * DIMENSIONS + head) for at in range(HEADS * DIMENSIONS)] for head in range(HEADS)]
    head = Head(Affine(looks, [0.0] * HEADS), Affine(labels, [0.5] * HEADS))
    assert [1.5] * HEADS == pytest.approx(head.of(WORDS), abs=1e-6)


def test_what_is_packed_is_read_back() -> None:
    """Each number where it belongs."""
    codebooks = [[(0,) * band.length] * CODES for band in BANDS]
    rows = Quantized(bytes(sum(band.runs for band in BANDS)), codebooks, 0.5)
    size = len(FILE.read_bytes()) - PLACES * len(rows.codes) - CODES * sum(band.length for band in BANDS) - 8
    numbers = [float(at % 512) for at in range(size // 2)]
    found = unpacked(packed(rows, numbers, checksum=9))
    norms = [found.words, found.seen, *(layer.norm for layer in found.layers)]
    assert LAYERS + 2 == len(norms)
    assert {DIMENSIONS} == {len(each) for norm in norms for each in norm}
    taken = [
        *chain(found.words.gain, found.words.bias, found.seen.gain, found.seen.bias),
        *(
            number
            for layer in found.layers
            for row in (layer.norm.gain, layer.norm.bias, *layer.convolution.rows, layer.convolution.bias)
            for number in row
        ),
        *(
            number
            for head in found.heads.values()
            for row in (*head.attention.rows, head.attention.bias, *head.labels.rows, head.labels.bias)
            for number in row
        ),
    ]
    assert numbers == taken
    assert (9, 0.5) == (found.checksum, found.table.step)


def test_the_weights_are_those_of_the_messages() -> None:
    """Changed messages want a training anew: `python -m infra.train_encoder`."""
    known = unpacked(FILE.read_bytes()).checksum
    assert known == checksum_of([*train_acts.RECIPE.texts(), *train_intents.RECIPE.texts(), *STAGES.learned_from()])


def test_reading_the_same_again_costs_nothing() -> None:
    """What several ask of one text is told of one reading."""
    encoder.scores.cache_clear()
    before = encoder._encoded.cache_info().misses
    for task in Task:
        scores(task, "the till at the door prints nothing since nine")
    assert 1 >= encoder._encoded.cache_info().misses - before
