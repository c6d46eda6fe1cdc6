"""Keys with which programs use what people use."""

import secrets
from collections.abc import Mapping
from http import HTTPStatus

from pm_assistant.domain.accounts import Scope
from pm_assistant.presentation.i18n import gettext_noop
from pm_assistant.web.actors import Actors
from pm_assistant.web.html import page, see_other
from pm_assistant.web.listing import Listing
from pm_assistant.web.request import PageRequest, chosen, current_request, needs
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.accounts.keys import create_key, revoke_key

router = Router()

SCOPES: Mapping[Scope, str] = {
    Scope.READ: gettext_noop("Read"),
    Scope.RUN: gettext_noop("Read, answer and run things"),
    Scope.ADMIN: gettext_noop("All that an admin may"),
}
"""What a key may be allowed."""
LONGEST_NAME = 100
PAGE = 50
"""Keys on a page."""


@router.get("/keys", **needs(Scope.ADMIN))
def list_keys() -> Response[str]:
    """The keys that count, made last first, and the form that makes one."""
    return _page(current_request(router))


@router.post("/keys", **needs(Scope.ADMIN))
def make_key() -> Response[str]:
    """Make a key, which this answer alone shows: it is kept nowhere, and no address has it.

    The same form sent twice makes one key, and what is shown last is what counts.
    """
    request = current_request(router)
    name, scope = request.field("name"), chosen(request.field("scope"), SCOPES)
    if not 1 <= len(name) <= LONGEST_NAME:
        return _page(request, error="name")
    if scope is None:
        return _page(request, error="scope")
    key, secret = create_key(name, scope, request.caller, request.unit, write=request.write_of(scope, name))
    request.note("key.created", f"key:{key.id}", name=key.name, scope=key.scope.value)
    return _page(request, status=HTTPStatus.CREATED, made=(key, secret))


@router.post("/keys/<key_id>/revoke", **needs(Scope.ADMIN))
def end_key(key_id: str) -> Response[str]:
    """Revoke a key; it ends at once."""
    request = current_request(router)
    key = revoke_key(key_id, request.unit)
    request.note("key.revoked", f"key:{key.id}", name=key.name)
    return see_other(request, "/keys?answered=yes")


def _page(
    request: PageRequest,
    *,
    error: str = "",
    status: HTTPStatus | None = None,
    made: object = None,
) -> Response[str]:
    texts = request.texts
    words = {
        "name": texts.gettext("Please say what the key is for, in at most 100 characters."),
        "scope": texts.gettext("Please choose what it may do."),
    }
    listing = Listing.of(request, "/keys", "q")
    search = listing.wanted["q"].casefold()
    keys = [key for key in request.stores.api_keys.all(request.tenant.id) if search in key.name.casefold()]
    keys.sort(key=lambda key: key.created_at, reverse=True)
    shown, listing = listing.part_of(keys, start=request.start, size=PAGE)
    actors = Actors(request)
    return page(
        request,
        "keys.html",
        status=status or (HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK),
        made=made,
        errors={error: words[error]} if error else {},
        keys=[(key, actors.name(key.created_by)) for key in shown],
        count=len(keys),
        listing=listing,
        scopes={scope.value: texts.gettext(name) for scope, name in SCOPES.items()},
        filled={"name": request.field("name"), "scope": request.field("scope")} if error else {"name": "", "scope": ""},
        once=secrets.token_hex(16),
    )
