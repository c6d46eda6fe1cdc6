"""The commands of `pm`."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import typer

from pm_assistant.cli.commands import (
    account,
    autonomy,
    backtests,
    benchmarks,
    doing,
    evals,
    experiments,
    finetunes,
    following,
    reading,
    ruling,
)
from pm_assistant.cli.operator import operator
from pm_assistant.cli.options import at_api, by_itself, on_stack


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(version("pm-assistant"))
        raise typer.Exit


app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals hold tokens and what people said
    help="PM Assistant at a terminal. Talks to the local stack; behind a command, --stack NAME names one on AWS.",
)
finetune = typer.Typer(no_args_is_help=True, help="Train the model that judges on what the team has answered.")
trials = typer.Typer(no_args_is_help=True, help="Try where to ask or act on a part of the conversations.")
judging = typer.Typer(no_args_is_help=True, help="What the product makes of texts in a file; needs no stack.")


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_say_version, help="Say which.")
    ] = False,
) -> None:
    """Say what concerns no command: which version this is."""


STACK_COMMANDS: dict[str, Callable[..., None]] = {
    "linear": reading.linear,
    "pulls": reading.pulls,
    "disagreements": reading.disagreements,
    "untracked": reading.untracked,
    "decisions": reading.decisions,
    "tail": following.tail,
    "sync": doing.sync,
    "process": doing.process,
    "standup": doing.standup,
    "approve": doing.approve,
    "dismiss": doing.dismiss,
    "relink": doing.relink,
    "retry": doing.retry,
    "send": doing.send,
}
API_COMMANDS: dict[str, Callable[..., None]] = {
    "login": account.login,
    "logout": account.logout,
    "connect": account.connect,
    "connections": account.connections,
    "runs": account.runs,
    "settings": account.settings,
    "usage": account.usage,
    "undo": account.undo,
    "rules": ruling.rules,
    "mute": ruling.mute,
    "unmute": ruling.unmute,
    "erase": account.erase,
    "backtest": backtests.backtest,
    "shadow": experiments.shadow,
    "autonomy": autonomy.autonomy,
}

for name, command in STACK_COMMANDS.items():
    app.command(name)(on_stack(command))
for name, command in API_COMMANDS.items():
    app.command(name)(at_api(command))
finetune.command("export")(at_api(finetunes.export))
finetune.command("start")(at_api(finetunes.start))
finetune.command("status")(at_api(finetunes.status))
finetune.command("adopt")(at_api(finetunes.adopt))
finetune.command("drop")(at_api(finetunes.drop))
app.add_typer(finetune, name="finetune")
judging.command("links")(by_itself(evals.links))
judging.command("gold")(by_itself(evals.gold))
judging.command("match")(by_itself(benchmarks.match))
judging.command("binary")(by_itself(benchmarks.binary))
judging.command("cluster")(by_itself(benchmarks.cluster))
app.add_typer(judging, name="eval")
trials.command("list")(at_api(experiments.list_all))
trials.command("start")(at_api(experiments.start))
trials.command("stop")(at_api(experiments.stop))
app.add_typer(trials, name="experiments")
app.add_typer(operator, name="operator")
