"""Train anew what the offline analyst knows of what messages do: the same messages give the same weights.

    uv run python -m infra.train_acts            # writes the weights, and prints how good they are on what is left out
    uv run python -m infra.train_acts --check    # says whether the weights are those of these messages

`infra/training/acts.tsv` and `plain.tsv` (`infra/blocks.py`) have an act, a language and a message in each line, and
`infra/training/talks.txt` whole conversations, written for this by people and programs who knew neither the product nor
what it is measured by. It takes about twenty minutes.
"""

import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from infra.blocks import PLAIN
from infra.talks import told_teams
from infra.text_models import Recipe, Sample, lines_of, run
from pm_assistant.integrations.offline.acts import MODEL, Act
from pm_assistant.language.text import plain

PLAIN_COUNTS = 4
"""How often a plain message is gone through: most of what people say is plain, and most conversations are not."""


def messages() -> list[str]:
    """Those of the files, and what told teams say; each once, and plain ones `PLAIN_COUNTS` times."""
    told = (message for team in told_teams() for talk in team.talks for message in talk.messages)
    plain_ones = PLAIN.learned_from()
    rows = [
        *lines_of(Path(__file__).with_name("training") / "acts.tsv"),
        *plain_ones,
        *(f"{message.act}\t{message.language}\t{message.text}" for message in told),
    ]
    return [*{row.split("\t")[2]: row for row in reversed(rows)}.values()][::-1] + plain_ones * (PLAIN_COUNTS - 1)


RECIPE = Recipe(MODEL, messages, label=Act, shown=partial(plain, names={}), strength=2.0)
PARTS = 4
"""One of so many parts is left out to see how good the model is on others."""


def worth(samples: Sequence[Sample]) -> str:
    """How good a model of most of the messages is on the others, each counted once."""
    order = [*range(len(samples) - (PLAIN_COUNTS - 1) * len(PLAIN.learned_from()))]
    random.Random(1).shuffle(order)  # noqa: S311 -- parts that are the same each time
    kept = [samples[at] for place, at in enumerate(order) if place % PARTS]
    others = [samples[at] for place, at in enumerate(order) if not place % PARTS]
    return f"{RECIPE.accuracy(kept, others):.3f} of a part that was left out read as what they are"


if __name__ == "__main__":
    run(RECIPE, __doc__, worth)
