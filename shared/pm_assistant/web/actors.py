"""Names for whoever the audit trail, a key or a job calls by an id."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

from pm_assistant.domain.tenants import Member
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Team
from pm_assistant.presentation.i18n import Texts, gettext_noop
from pm_assistant.web.request import PageRequest
from pm_assistant.workflows.accounts.audit import SYSTEM, UNKNOWN
from pm_assistant.workflows.connections.queries import channel_names
from pm_assistant.workflows.pipeline.deciders import PROGRAM, UNNAMED

NOBODYS: Mapping[str, str] = {
    SYSTEM: gettext_noop("PM Assistant itself"),
    UNKNOWN: gettext_noop("Somebody unknown"),
    "operator": gettext_noop("Whoever operates PM Assistant"),
}
"""Actors that are nobody of the team."""


def in_words(names: Mapping[str, str], texts: Texts) -> Mapping[str, str]:
    """Names as `names_of` knows them, where somebody has none in the reader's language."""
    return {actor: texts.gettext(name) if name in {UNNAMED, PROGRAM} else name for actor, name in names.items()}


def told_apart(names: Mapping[str, str]) -> Mapping[str, str]:
    """Names to choose from: with what they stand for where several are called the same."""
    called = Counter(names.values())
    return {id: f"{name} ({id.partition(':')[2] or id})" if called[name] > 1 else name for id, name in names.items()}


class Actors:
    """Those that are known now: accounts, keys, and the people of the chat."""

    def __init__(self, request: PageRequest) -> None:
        self._request = request

    @cached_property
    def known(self) -> Mapping[str, str]:
        """What each is called, by how it signs."""
        unit, tenant_id = self._request.unit, self._request.tenant.id
        chat = unit.provider(Role.CHAT)
        return {
            **{f"account:{each.id}": each.email for each in unit.stores.accounts.all(tenant_id)},
            **{f"key:{each.id}": each.name for each in unit.stores.api_keys.all(tenant_id)},
            **{actor: self._request.texts.gettext(name) for actor, name in NOBODYS.items()},
            **{each.accounts[chat]: each.name for each in self._members if chat in each.accounts},
        }

    def name_of(self, field: str, id: str) -> str:
        """What an id stands for, by the field that has it."""
        match field:
            case "account":
                return self.name(f"account:{id}", id)
            case "channel":
                return self._channels.get(id, id)
            case "team" | "team_id":
                return next((each.name for each in self._teams if each.id == id), id)
            case _:
                return self.name(id)

    @cached_property
    def _teams(self) -> Sequence[Team]:
        return self._request.stores.directory.teams(self._request.tenant.id)

    @cached_property
    def _channels(self) -> Mapping[str, str]:
        return channel_names(self._request.unit)

    @cached_property
    def _members(self) -> Sequence[Member]:
        return self._request.stores.directory.members(self._request.tenant.id)

    @cached_property
    def _targets(self) -> Mapping[str, str]:
        """What else is told of, by its id."""
        return {each.id: each.name for each in self._members}

    def name(self, actor: str, then: str = "") -> str:
        """What somebody, or something, is called; what is not there any more as it was called `then`, or by its id."""
        return self.known.get(actor) or self._targets.get(actor) or then or actor
