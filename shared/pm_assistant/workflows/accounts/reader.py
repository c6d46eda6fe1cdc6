"""In which language people read: each in their own, a team together in the one that it has set.

Whom nobody knows yet is written to in the language in which whoever has us do so reads.
"""

from collections.abc import Iterable

from pm_assistant.domain.languages import Language, language_of
from pm_assistant.domain.people import known_by
from pm_assistant.domain.tenants import Member, Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Application, Unit
from pm_assistant.presentation.i18n import Texts, texts_in


def texts_for(account: str, unit: Unit) -> Texts:
    """Writes in the language of whoever has an account in the chat; in English for whom we do not know."""
    chat, members = unit.provider(Role.CHAT), unit.stores.directory.members(unit.tenant_id)
    reader = next((member for member in members if member.accounts.get(chat) == account), None)
    return texts_in(reader.language if reader else None)


def texts_at(email: str, members: Iterable[Member], *, asked_in: Language | None = None) -> Texts:
    """Writes in the language of whoever of these people has an address.

    For whom we do not know, or not the language of, it is that of who asks for it, where there is such a one, else
    English.
    """
    reader = known_by(email, members)
    return texts_in((reader.language if reader else None) or asked_in)


def texts_of_login(email: str, app: Application, *, asked_in: Language | None) -> Texts:
    """Writes as above to whoever logs in with an address, as the team of that login knows them."""
    login = app.users.find(email)
    return texts_at(email, app.stores.directory.members(login.tenant_id) if login else (), asked_in=asked_in)


def texts_of_team(tenant: Tenant) -> Texts:
    """Writes what several people of a team read; in English where it has set no language, or none that we write."""
    return texts_in(language_of(tenant.settings.language))
