"""Train anew what the offline analyst knows of what messages do: the same messages give the same weights.

    uv run python -m infra.train_acts            # writes the weights, and prints how good they are on what is left out
    uv run python -m infra.train_acts --check    # says whether the weights are those of these messages

`infra/training/acts.tsv` and `plain.tsv` (`infra/blocks.py`) have an act, a language and a message in each line,
`stages.tsv` how work stands by a message, and `talks.txt` whole conversations, written for this by people and programs
who knew neither the product nor what it is measured by. It takes about twenty minutes.
"""

import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from infra.blocks import PLAIN, STAGES
from infra.talks import told_teams
from infra.text_models import Recipe, Sample, lines_of, run
from pm_assistant.integrations.offline.acts import MODEL, Act, Stage
from pm_assistant.language.text import plain

PLAIN_COUNTS = 4
"""How often a plain message is gone through: most of what people say is plain, and most conversations are not."""
STAGE_OF = {
    Act.COMPLETED: Stage.DONE,
    Act.REVIEW: Stage.REVIEW,
    Act.STARTED: Stage.WORK,
    Act.CANCELED: Stage.DROPPED,
    Act.REOPENED: Stage.BACK,
}
"""How work stands by what a message does, where it is not said to be tried out."""


def messages() -> list[str]:
    """Those of the files, and what told teams say; each once, and plain ones `PLAIN_COUNTS` times."""
    told = (message for team in told_teams() for talk in team.talks for message in talk.messages)
    plain_ones = PLAIN.learned_from()
    rows = [
        *lines_of(Path(__file__).with_name("training") / "acts.tsv"),
        *plain_ones,
        *(f"{message.act}\t{message.language}\t{message.text}" for message in told),
        *of_stages(),
    ]
    return [*{row.split("\t")[2]: row for row in reversed(rows)}.values()][::-1] + plain_ones * (PLAIN_COUNTS - 1)


def of_stages() -> list[str]:
    """Messages that tell how work stands, with what they so do."""
    acts = {stage: act for act, stage in STAGE_OF.items()}
    rows = (line.split("\t") for line in STAGES.learned_from())
    return [f"{acts[stage]}\t{language}\t{said}" for name, language, said in rows if (stage := Stage(name)) in acts]


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
