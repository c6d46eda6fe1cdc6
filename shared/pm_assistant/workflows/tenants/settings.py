"""Change a tenant's own choices, and bring what rests on them up to date."""

import json
from collections.abc import Mapping
from typing import Any

from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import ActionKind, Settings, Tenant, TenantId
from pm_assistant.ports.connections import ConnectionStates
from pm_assistant.ports.tenants import Directory, Tenants
from pm_assistant.workflows.update import amend

LONGEST_VALUE = 300
"""Of what the audit trail keeps of a value; a list of channels may be long."""


class Changed(Model):
    """The settings as they now are, and each that is no longer what it was, as `before -> after`."""

    settings: Settings
    changes: dict[str, str]


def change_settings(
    tenant_id: TenantId, wanted: Settings, *, tenants: Tenants, states: ConnectionStates, directory: Directory
) -> Changed:
    """Merge in what `wanted` says explicitly; whatever it leaves to its defaults stays as it was.

    Connections carry copies of some settings, so that receiving a webhook needs one read; they follow.

    Raises:
        InvalidRequest: the home team is none of the tracker's, or there is a rule for doing nothing.
        Conflict: others kept changing the tenant.
    """
    if ActionKind.IGNORE in wanted.rules:
        raise InvalidRequest("there is nothing to trust us with in ignoring", field="rules.ignore")
    if wanted.home_team_id and wanted.home_team_id not in {team.id for team in directory.teams(tenant_id)}:
        raise InvalidRequest("the tracker has no such team", field="home_team_id")
    change = wanted.model_dump(mode="json", exclude_unset=True)

    def merged(tenant: Tenant) -> Tenant:
        settings = _merged(tenant.settings.model_dump(mode="json"), change)
        return tenant.model_copy(update={"settings": Settings.model_validate(settings)})

    before, after = (tenant.settings for tenant in amend(tenant_id, merged, tenants=tenants))
    _copy(tenant_id, tenants=tenants, states=states)
    was, now = before.model_dump(mode="json"), after.model_dump(mode="json")
    changes = {name: _told(was[name], value) for name, value in now.items() if value != was[name]}
    return Changed(settings=after, changes=changes)


def rename(tenant_id: TenantId, name: str, *, tenants: Tenants) -> Tenant:
    """Give the tenant another name.

    Raises:
        Conflict: others kept changing the tenant.
    """
    return amend(tenant_id, lambda tenant: tenant.model_copy(update={"name": name}), tenants=tenants)[1]


def _copy(tenant_id: TenantId, *, tenants: Tenants, states: ConnectionStates) -> None:
    """Copy until the copy is what holds: another change may have come in between, and its copy before ours."""
    copied = None
    while copied != (settings := tenants.get(tenant_id).settings):
        states.adapt(tenant_id, settings)
        copied = settings


def _merged(before: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Merge JSON objects member by member (RFC 7396, but for null, which is a value of its own here)."""
    after = dict(before)
    for name, value in change.items():
        known = after.get(name)
        after[name] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return after


def _told(before: object, after: object) -> str:
    return f"{json.dumps(before)[:LONGEST_VALUE]} -> {json.dumps(after)[:LONGEST_VALUE]}"
