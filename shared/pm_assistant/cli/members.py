"""Finding people of the team by what they are called."""

from typing import TYPE_CHECKING, Any

from pm_assistant.domain.errors import InvalidRequest, NotFound

if TYPE_CHECKING:
    from pm_assistant.cli.api import Api, Json


def find_member(api: "Api", query: str, *, in_full: bool = False) -> "Json":
    """Somebody by id, account, address or name, or, unless it has to be in full, by how the name begins.

    Raises:
        NotFound: nobody is called that, or more than one; names who there is.
        InvalidRequest: nobody is named.
    """
    if not query.strip():
        raise InvalidRequest("say who it is, by name, e-mail or id: pm people lists them", field="member_id")
    people, folded = list(api.items("/v1/members")), query.casefold()
    found = [person for person in people if folded in _names(person)]
    if not found and not in_full:
        found = [person for person in people if any(name.startswith(folded) for name in _names(person))]
    if len(found) == 1:
        return found[0]
    there = ", ".join(sorted(person["name"] for person in found or people)) or "nobody yet; run: pm sync"
    raise NotFound(f"{query} is {'more than one person' if found else 'nobody here'}. There is: {there}")


def _names(person: dict[str, Any]) -> set[str]:
    accounts = (person.get("accounts") or {}).values()
    spellings = (person["id"], person["name"], person.get("email"), *person.get("emails", ()), *accounts)
    return {name.casefold() for name in spellings if name}
