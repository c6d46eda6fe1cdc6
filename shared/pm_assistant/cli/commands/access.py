"""Who may come in: people by invitation, programs by keys."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import typer

from pm_assistant.cli import views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.models import InvitationTold, KeyTold
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.paths import below
from pm_assistant.cli.terminal import note, show, show_json

type Id = Annotated[str, typer.Argument(help="As the list names it.")]


def invite(
    target: ApiTarget,
    email: Annotated[str | None, typer.Argument(help="Whom; left out, those who are invited are listed.")] = None,
    role: Annotated[Literal["member", "admin", "owner"], typer.Option("--role", help="As what.")] = "member",
    cancel: Annotated[str | None, typer.Option("--cancel", metavar="ID", help="Take an invitation back.")] = None,
    as_json: AsJson = False,
) -> None:
    """Invite somebody by e-mail, list who is invited, or take an invitation back."""
    with target.api() as api:
        if cancel is not None:
            api.delete(below("/v1/invitations", cancel))
            note("Taken back: its code opens nothing any more")
        elif email is not None:
            invitation = api.post("/v1/invitations", email=email, role=role)
            note(f"Invited {invitation['email']} as {invitation['role']}: the mail has the code, good for a week")
            if invitation["waits_for_seat"]:
                note("There is no seat left for them: reports of their own wait until there is one. See: pm billing")
        else:
            listed = [InvitationTold.model_validate(item) for item in api.items("/v1/invitations")]
            show_json(listed) if as_json else show(views.invitations(listed))


def list_keys(target: ApiTarget, as_json: AsJson = False) -> None:
    """The keys of programs, without what they open doors with."""
    with target.api() as api:
        listed = [KeyTold.model_validate(item) for item in api.items("/v1/keys")]
    show_json(listed) if as_json else show(views.keys(listed, datetime.now(UTC)))


def make_key(
    target: ApiTarget,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[Literal["read", "run", "admin"], typer.Option("--scope", help="What it may do.")] = "read",
) -> None:
    """Make a key for a program; it is printed this once, alone."""
    with target.api() as api:
        made = api.post("/v1/keys", name=name, scope=scope)
    note(f"Made key {made['id']} ({scope}). It is shown this once; a program finds it in PM_API_KEY")
    typer.echo(made["key"])


def end_key(target: ApiTarget, id: Id) -> None:
    """Revoke a key; it ends at once."""
    with target.api() as api:
        api.delete(below("/v1/keys", id))
    note("Revoked: it opens nothing any more")
