"""In which language somebody in the chat reads."""

from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.i18n import Texts, texts_in


def texts_for(account: str, unit: Unit) -> Texts:
    """Writes in the language of whoever has an account in the chat; in English for whom we do not know."""
    chat, members = unit.provider(Role.CHAT), unit.stores.directory.members(unit.tenant_id)
    reader = next((member for member in members if member.accounts.get(chat) == account), None)
    return texts_in(reader.language if reader else None)
