"""Train anew what tells what is wanted of the assistant: the same messages give the same weights.

    uv run python -m infra.train_intents            # writes the weights, and says how good they are on others
    uv run python -m infra.train_intents --check    # says whether the weights are those of these messages

`infra/training/intents.tsv` has an intent, a language and a message in each line, in blocks that were written apart. As
many wordings come back in several languages of a block, a whole block is left out at a time. It takes ten minutes.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from infra.blocks import blocks_in
from infra.text_models import Recipe, Sample, lines_of, run
from pm_assistant.language.orders.intents import MODEL, MessageIntent, as_read
from pm_assistant.language.orders.masking import mask

NAMED = "@"
"""How the messages name the assistant."""


def shown(message: str) -> str:
    """A message of the file as the model reads it."""
    return as_read(mask(message.replace(NAMED, "<@U>"), "U", lambda _: None))


TEXTS = Path(__file__).with_name("training") / "intents.tsv"
RECIPE = Recipe(MODEL, partial(lines_of, TEXTS), label=MessageIntent, shown=shown, strength=30.0)


def blocks_of(file: Path) -> Sequence[range]:
    """Where the blocks stand among the lines of a file."""
    sizes = [*map(len, blocks_in(file))]
    return [range(sum(sizes[:at]), sum(sizes[: at + 1])) for at in range(len(sizes))]


def worth(samples: Sequence[Sample]) -> str:
    """How good a model of all blocks but one is on that one."""
    found = [
        RECIPE.accuracy([sample for at, sample in enumerate(samples) if at not in block], [samples[at] for at in block])
        for block in blocks_of(TEXTS)
    ]
    return f"{', '.join(f'{each:.3f}' for each in found)} of blocks that were left out read as what they are"


if __name__ == "__main__":
    run(RECIPE, __doc__, worth)
