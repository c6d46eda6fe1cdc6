"""What a person sees of a backtest, and of a fine-tuning."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from pm_assistant.cli.models import FineTuned
from pm_assistant.cli.terminal import add, facts, link, table, text
from pm_assistant.domain.backtest import BacktestReport, Example, Rates, SideReport
from pm_assistant.domain.decisions import percent
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.money import cost


def report(report: BacktestReport) -> RenderableType:
    """How each side did, by kind and in all; then on what they do not agree, and what was not as it was then."""
    rows = table("Kind", "Side", "Unasked", "Asked", "Right", "Wrong", "Missed", "Prec.", "Recall", "Agreed")
    kinds = sorted({kind for side in report.sides for kind in side.kinds})
    for kind in (*kinds, None):
        for number, side in enumerate(report.sides):
            rates = side.total if kind is None else side.kinds.get(kind, Rates())
            add(rows, text("" if number else (kind or "all")), text(_name(side)), *_cells(rates))
    models = ", ".join(sorted({model for side in report.sides for model in side.judged_by})) or "nobody"
    refused = f", {report.refused} were refused by the model" if report.refused else ""
    about = facts(
        ("judged", f"{report.judged} of {report.conversations} conversations since {report.since:%F}{refused}"),
        ("by", models),
        ("cost", cost(report.microdollars, texts_in(None))),
        ("unasked", "; ".join(f"{_name(side)}: {_unasked(side.total)}" for side in report.sides)),
    )
    examples = [Text(), *_examples(report)] if report.examples else []
    caveats = [text(f"- {each}", "dim") for each in report.not_known]
    return Group(rows, Text(), about, *examples, Text(), *caveats)


def finetuned(tuned: FineTuned) -> RenderableType:
    """How far a fine-tuning is; what is not known yet is left out."""
    files = f"{tuned.trained_on} conversations to train on, {tuned.held_out} held out" if tuned.trained_on else ""
    since = f"asked since {tuned.held_out_since.astimezone():%F %H:%M}" if tuned.held_out_since else ""
    training = f"{tuned.training}, on {tuned.base}" if tuned.training else ""
    state = f"{tuned.state}: {tuned.error}" if tuned.error else tuned.state
    told = [("run", tuned.run_id), ("state", state), ("files", files), ("held out", since), ("training", training)]
    told += [("model", tuned.model or ""), *(("file", address) for address in tuned.urls)]
    return facts(*((name, value) for name, value in told if value))


def _name(side: SideReport) -> str:
    variant = side.variant
    if variant is None:
        return "today"
    shares = (("from", variant.threshold), ("ask", variant.ask_from))
    told = [f"{word} {percent(share)}" for word, share in shares if share is not None]
    return ", ".join([*told, *filter(None, (variant.prompt, variant.model))])


def _cells(rates: Rates) -> Iterable[Text]:
    counts = (rates.acts, rates.asks, rates.agreed, rates.disagreed, rates.missed)
    shares = (rates.precision, rates.recall, rates.agreement)
    return (*(text(str(count)) for count in counts), *(text(_share(share)) for share in shares))


def _unasked(rates: Rates) -> str:
    known = rates.acts_agreed + rates.acts_disagreed
    return f"{rates.acts_agreed} of {known} right, {rates.acts - known} nobody spoke of"


def _share(share: float | None) -> str:
    return "" if share is None else percent(share)


def _examples(report: BacktestReport) -> Iterable[RenderableType]:
    rows = table("Example", "Ticket", "People", *(_name(side).capitalize() for side in report.sides))
    for example in report.examples:
        about = link(example.kind, _address(example))
        add(rows, about, text(example.ticket or ""), text(example.people or ""), *map(text, example.would))
    yield rows


def _address(example: Example) -> str:
    return example.evidence[0] if example.evidence else ""
