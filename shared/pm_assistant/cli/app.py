"""The commands of `pm`."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import typer

from pm_assistant.cli.commands import (
    access,
    account,
    answering,
    autonomy,
    backtests,
    belongings,
    benchmarks,
    billing,
    doing,
    evals,
    experiments,
    finetunes,
    flow,
    following,
    oneself,
    people,
    reading,
    reports,
    ruling,
)
from pm_assistant.cli.operator import operator
from pm_assistant.cli.options import at_api, by_itself


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(version("pm-assistant"))
        raise typer.Exit


app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals hold tokens and what people said
    help="PM Assistant at a terminal: pm login --api ADDRESS, and then what you like. A stack that runs here is found.",
)
access_keys = typer.Typer(no_args_is_help=True, help="Keys, by which programs come in.")
own_account = typer.Typer(
    no_args_is_help=True, help="Your own account: address, password, calendar, logins, and the way out."
)
data = typer.Typer(no_args_is_help=True, help="What the team takes along, and what it brings in.")
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


COMMANDS: dict[str, Callable[..., None]] = {
    "login": account.login,
    "logout": account.logout,
    "connect": account.connect,
    "connections": account.connections,
    "sync": doing.sync,
    "linear": reading.linear,
    "pulls": reading.pulls,
    "disagreements": reading.disagreements,
    "untracked": doing.untracked,
    "process": doing.process,
    "standup": reading.standup,
    "overview": reports.overview,
    "reports": reports.reports,
    "subscriptions": reports.subscriptions,
    "subscribe": reports.subscribe,
    "unsubscribe": reports.unsubscribe,
    "snooze": reports.snooze,
    "answers": reports.answers,
    "decisions": reading.decisions,
    "tail": following.tail,
    "approve": answering.approve,
    "dismiss": answering.dismiss,
    "relink": answering.relink,
    "retry": answering.retry,
    "undo": answering.undo,
    "rules": ruling.rules,
    "mute": ruling.mute,
    "unmute": ruling.unmute,
    "settings": account.settings,
    "flow": flow.flow,
    "forecast": flow.forecast,
    "autonomy": autonomy.autonomy,
    "shadow": experiments.shadow,
    "backtest": backtests.backtest,
    "runs": account.runs,
    "usage": account.usage,
    "billing": billing.billing,
    "invite": access.invite,
    "people": people.people,
    "person": people.person,
    "erase": account.erase,
    "send": doing.send,
}

for name, command in COMMANDS.items():
    app.command(name)(at_api(command))
access_keys.command("list")(at_api(access.list_keys))
access_keys.command("make")(at_api(access.make_key))
access_keys.command("end")(at_api(access.end_key))
app.add_typer(access_keys, name="keys")
own_account.command("email")(at_api(oneself.email))
own_account.command("password")(at_api(oneself.password))
own_account.command("logout-everywhere")(at_api(oneself.log_out_everywhere))
own_calendar = typer.Typer(no_args_is_help=True, help="Your own calendar, by which reports are skipped.")
own_calendar.command("status")(at_api(oneself.calendar))
own_calendar.command("connect")(at_api(oneself.connect_calendar))
own_calendar.command("disconnect")(at_api(oneself.disconnect_calendar))
own_account.add_typer(own_calendar, name="calendar")
own_account.command("leave")(at_api(oneself.leave))
app.add_typer(own_account, name="account")
data.command("export")(at_api(belongings.export))
data.command("import")(at_api(belongings.bring_in))
data.command("end")(at_api(belongings.end))
data.command("keep")(at_api(belongings.keep))
app.add_typer(data, name="data")
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
