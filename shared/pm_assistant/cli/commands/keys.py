"""`pm operator rotate-key`: the vendor credentials of all tenants, under the key that counts now."""

from collections.abc import Callable, Iterator
from typing import Annotated, NamedTuple

import typer

from pm_assistant.cli.client import StackClient
from pm_assistant.cli.terminal import waiting
from pm_assistant.domain.calendars import CalendarConnection
from pm_assistant.domain.errors import Forbidden, InvalidRequest, Misconfigured, UpstreamRejected
from pm_assistant.domain.tenants import Connection, Grantor, TenantId


def rotate_key(
    client: StackClient,
    former: Annotated[str | None, typer.Option("--former", help="Id of the KMS key that was in use before.")] = None,
) -> None:
    """Seal every tenant's credentials anew: with a new data key, under the stack's current KMS key."""
    if former is not None:
        _check_key(former)
    vault = client.vault(former=former)
    sealed, shut = 0, []
    with waiting("Sealing credentials anew"):
        for name, tenant_id, provider, before, keep in _credentials(client):
            try:
                after = vault.reseal(tenant_id, provider, before)
            except Forbidden:
                shut.append(f"{name} of {tenant_id}")
                continue
            # One that has been refreshed in between is under the current key for that very reason.
            keep(after)
            sealed += 1
    typer.echo(f"{sealed} connection{'' if sealed == 1 else 's'} sealed anew")
    if shut:
        raise Forbidden(f"These do not open: {', '.join(shut)}")


def _check_key(id: str) -> None:
    """Make sure that there is a key before anything is sealed.

    Raises:
        InvalidRequest: KMS knows none of that id, or does not show it.
    """
    from pm_assistant.aws.failures import translated
    from pm_assistant.runtime import wiring

    try:
        with translated():
            wiring.client("kms").describe_key(KeyId=id)
    except (Misconfigured, UpstreamRejected) as error:
        raise InvalidRequest(f"--former: KMS shows no key {id}", field="former") from error


class _Sealed(NamedTuple):
    """Credentials under a key, and what stores them under another one."""

    name: str
    tenant_id: TenantId
    provider: Grantor
    sealed: bytes
    keep: Callable[[bytes], object]


def _credentials(client: StackClient) -> Iterator[_Sealed]:
    """All there are: of teams at their vendors, and of people at their calendars."""
    states, calendars = client.stores.connection_states, client.stores.calendars

    def of_team(connection: Connection) -> Callable[[bytes], object]:
        before = connection.sealed_credentials
        return lambda after: states.renew(connection.model_copy(update={"sealed_credentials": after}), before=before)

    def of_person(calendar: CalendarConnection) -> Callable[[bytes], object]:
        return lambda after: calendars.replace(
            calendar.model_copy(update={"sealed_credentials": after}), before=calendar
        )

    for connection in client.stores.connections.everywhere():
        tie = (connection.provider, connection.tenant_id, connection.provider, connection.sealed_credentials)
        yield _Sealed(*tie, of_team(connection))
    for calendar in calendars.everywhere():
        tie_of_person = (calendar.tenant_id, calendar.provider, calendar.sealed_credentials)
        yield _Sealed(f"{calendar.provider} of {calendar.member_id}", *tie_of_person, of_person(calendar))
