"""Change a tenant's own choices, and bring what rests on them up to date."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import STORED, ActionKind, Channels, Settings, Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.queries import channel_meant, is_channel_id
from pm_assistant.workflows.update import update_tenant

LONGEST_VALUE = 300
"""Of what the audit trail keeps of a value; a list of channels may be long."""


class Changed(Model):
    """The settings as they now are, and each that is no longer what it was, as `before -> after`."""

    settings: Settings
    changes: dict[str, str]


def change_settings(
    requested: Settings, unit: Unit, *, check: Callable[[Settings], None] = lambda settings: None
) -> Changed:
    """Merge in what `requested` says explicitly; whatever it leaves to its defaults stays as it was.

    Connections carry copies of some settings, so that receiving a webhook needs one read; they follow. A channel that
    we are in may be named as it is called. One that we are not in is named by its id, for it is said before we are
    invited that it is not to be read.

    Args:
        requested: what is to be otherwise.
        unit: of the tenant.
        check: raises if the settings that would be changed, as they are at that moment, must not be.

    Raises:
        InvalidRequest: the home team is none of the tracker's, a channel is neither one that we are in nor an id, or
            there is a rule for doing nothing.
        Conflict: others kept changing the tenant.
    """
    if ActionKind.IGNORE in requested.rules:
        raise InvalidRequest(Translatable("there is nothing to trust us with in ignoring"), field="rules.ignore")
    if requested.home_team_id and not _has_team(requested.home_team_id, unit):
        raise InvalidRequest(Translatable("the tracker has no such team"), field="home_team_id")
    change = requested.model_dump(mode="json", exclude_unset=True)

    def merged(tenant: Tenant) -> Tenant:
        merged_settings = _merged(tenant.settings.model_dump(mode="json"), change)
        settings = Settings.model_validate(merged_settings, context=STORED)
        if settings.channels != tenant.settings.channels:
            channels = _meant(settings.channels, tenant.settings.channels, unit)
            settings = settings.model_copy(update={"channels": channels})
        if settings != tenant.settings:
            check(tenant.settings)
        return tenant.model_copy(update={"settings": settings})

    before, after = update_tenant(unit.tenant_id, merged, unit.stores.tenants)
    _copy_to_connections(unit)
    old, new = before.settings.model_dump(mode="json"), after.settings.model_dump(mode="json")
    changes = {name: _difference(old[name], value) for name, value in new.items() if value != old[name]}
    return Changed(settings=after.settings, changes=changes)


def rename_channel(channel: str, now: str, unit: Unit) -> None:
    """Let what is set about a channel hold on under its new id; may be repeated.

    Raises:
        Conflict: others kept changing the tenant.
    """

    def renamed(tenant: Tenant) -> Tenant:
        channels = tenant.settings.channels.renamed(channel, now)
        return tenant.model_copy(update={"settings": tenant.settings.model_copy(update={"channels": channels})})

    update_tenant(unit.tenant_id, renamed, unit.stores.tenants)
    _copy_to_connections(unit)


def rename(name: str, unit: Unit) -> Tenant:
    """Give the tenant another name.

    Raises:
        Conflict: others kept changing the tenant.
    """
    _, after = update_tenant(
        unit.tenant_id, lambda tenant: tenant.model_copy(update={"name": name}), unit.stores.tenants
    )
    return after


def _meant(wanted: Channels, before: Channels, unit: Unit) -> Channels:
    """The same channels by their ids."""

    def meant(written: str, field: str) -> str:
        if written in {*before.allow, *before.deny} or is_channel_id(written, unit):
            return written
        return channel_meant(written, unit, field=field)

    return Channels(
        allow=tuple(dict.fromkeys(meant(each, "channels.allow") for each in wanted.allow)),
        deny=tuple(dict.fromkeys(meant(each, "channels.deny") for each in wanted.deny)),
    )


def _has_team(team_id: str, unit: Unit) -> bool:
    return any(team.id == team_id for team in unit.stores.directory.teams(unit.tenant_id))


def _copy_to_connections(unit: Unit) -> None:
    """Copy until the copy is what holds: another change may have come in between, and its copy before ours."""
    copied = None
    while copied != (settings := unit.stores.tenants.get(unit.tenant_id).settings):
        unit.stores.connection_states.adapt(unit.tenant_id, settings)
        copied = settings


def _merged(before: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Merge JSON objects member by member (RFC 7396, but for null, which is a value of its own here)."""
    after = dict(before)
    for name, value in change.items():
        old = after.get(name)
        after[name] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return after


def _difference(before: object, after: object) -> str:
    return f"{json.dumps(before)[:LONGEST_VALUE]} -> {json.dumps(after)[:LONGEST_VALUE]}"
