"""Addresses of single things at the API."""

from urllib.parse import quote

from pm_assistant.domain.errors import InvalidRequest


def below(path: str, id: str) -> str:
    """Where something is by its id, which somebody may have typed: whatever it is, that leads to nothing else.

    Raises:
        InvalidRequest: it is no id.
    """
    if not id.strip(" ."):
        raise InvalidRequest("an id is missing: name it as it is listed", field="id")
    return f"{path}/{quote(id, safe='')}"
