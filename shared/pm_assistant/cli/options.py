"""What every command has in common: the options that say where the product is, and how a failure ends."""

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from importlib.util import find_spec
from typing import Annotated, Any

import typer

from pm_assistant.cli.api_target import ApiTarget, resolve_target
from pm_assistant.cli.client import StackClient, open_stack
from pm_assistant.cli.terminal import note
from pm_assistant.domain.errors import InvalidRequest, Misconfigured, ProductError

OPERATORS_EXTRA = "An operator's commands need more than came with this pm: install pm-assistant[operator]"
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Profile = Annotated[str | None, typer.Option("--profile", help="AWS profile; the local stack needs none.")]
StackName = Annotated[str | None, typer.Option("--stack", help="Name of a stack on AWS.")]
Region = Annotated[str | None, typer.Option("--region", help="Where that stack is.")]
Since = Annotated[str, typer.Option("--since", help="30m, 2h, 1d or an ISO date or time.")]
MemberId = Annotated[
    str | None, typer.Option("--member-id", "--person", help="Whose: id, name or e-mail; yours if left out.")
]


def _check_extra() -> None:
    """Say what is missing where `pm` came as customers install it."""
    if find_spec("boto3") is None:
        raise Misconfigured(OPERATORS_EXTRA)


def _stack(
    context: typer.Context, profile: Profile = None, stack: StackName = None, region: Region = None
) -> StackClient:
    return _stack_of_tenant(context, profile, stack, region)


def _stack_of_tenant(
    context: typer.Context,
    profile: Profile = None,
    stack: StackName = None,
    region: Region = None,
    tenant: Annotated[str | None, typer.Option("--tenant", help="The tenant; locally the demo's.")] = None,
) -> StackClient:
    _check_extra()
    _check_words(context)
    return open_stack(profile=profile, stack=stack, region=region, tenant=tenant)


def _check_words(typed: typer.Context) -> None:
    """Take no word of an operator's that is empty, or cannot be shown.

    Raises:
        InvalidRequest: one is; says of which option.
    """
    for parameter, word in _words(typed):
        _check_given(parameter, word)
        if not word.isprintable():
            raise InvalidRequest(f"{_name(parameter)} holds a character that is not shown: type it anew", field="")


def _check_options(typed: typer.Context) -> None:
    """Take no option that is empty; an argument may be, such as the answer to a question.

    Raises:
        InvalidRequest: one is; says which.
    """
    for parameter, word in _words(typed):
        if parameter.param_type_name == "option":
            _check_given(parameter, word)


def _check_given(parameter: Any, word: str) -> None:
    """Take nothing that is typed for as good as left out: an empty variable of a script's would mean something else."""
    if not word.strip():
        raise InvalidRequest(f"{_name(parameter)} is empty: say what is meant, or leave it out", field="")


def _words(typed: typer.Context) -> Iterator[tuple[Any, str]]:
    """All that was typed, and is not what is taken where nothing is."""
    for parameter in typed.command.params:
        given = typed.params.get(parameter.name or "")
        for word in given if isinstance(given, list | tuple) else (given,):
            if isinstance(word, str) and word != parameter.default:
                yield parameter, word


def _name(parameter: Any) -> str:
    return max(map(str, parameter.opts), key=len)


def _target(
    context: typer.Context,
    api: Annotated[
        str | None,
        typer.Option("--api", envvar="PM_API_URL", help="Address of the API; where you logged in last if left out."),
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", envvar="PM_API_KEY", help="An API key, instead of a login.")
    ] = None,
) -> ApiTarget:
    _check_options(context)
    return resolve_target(api=api, key=key)


def on_stack(command: Callable[..., None]) -> Callable[..., None]:
    """Make an operator's command out of what it does with a stack (its first parameter)."""
    return _command(command, _stack)


def for_tenant(command: Callable[..., None]) -> Callable[..., None]:
    """Make an operator's command that is about one tenant, which has to be named on AWS."""
    return _command(command, _stack_of_tenant)


def at_api(command: Callable[..., None]) -> Callable[..., None]:
    """Make anybody's command out of what it does at the API (its first parameter)."""
    return _command(command, _target)


def by_itself(command: Callable[..., None]) -> Callable[..., None]:
    """Make a command that needs no stack."""
    return _command(command, None)


def _command(command: Callable[..., None], choose: Callable[..., Any] | None) -> Callable[..., None]:
    """Add the options that choose, and end every failure in one line and with status 1."""
    chosen = inspect.signature(choose).parameters if choose else {}
    own = list(inspect.signature(command).parameters.values())[1 if choose else 0 :]

    @wraps(command)
    def run(**options: Any) -> None:
        choice = {name: options.pop(name) for name in chosen}
        try:
            command(*([choose(**choice)] if choose else []), **options)
        except Exception as error:
            said = _advice(error)
            if said is None and not isinstance(error, ProductError):
                raise
            note(said or str(error))
            raise typer.Exit(1) from error

    # Typer reads the options off the signature.
    parameters = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in (*own, *chosen.values())]
    vars(run)["__signature__"] = inspect.Signature(parameters)
    return run


def _advice(error: Exception) -> str | None:
    """What to pass, where AWS's client has said what it lacks; it is not loaded where it said nothing."""
    if isinstance(error, ProductError) and error.__cause__ is None:
        return None
    from pm_assistant.aws.advice import advice

    return advice(error, profile="--profile NAME", region="--region NAME, or AWS_REGION")
