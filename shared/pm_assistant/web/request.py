"""What a page knows of its request: who looks, in which language and zone, and the unit of work for it."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from pm_assistant.domain.accounts import AuditEntry, Caller, Scope
from pm_assistant.domain.errors import Conflict, Forbidden, InvalidRequest, NotFound, Unauthenticated
from pm_assistant.domain.jobs import APP
from pm_assistant.domain.languages import Language, Translatable, language_of
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.workspaces import zone_named
from pm_assistant.presentation.i18n import Texts, texts_in
from pm_assistant.runtime.http import accepted_language, body, header, public_url
from pm_assistant.runtime.settings import StoreSettings, load
from pm_assistant.runtime.settings.web import WebSettings
from pm_assistant.runtime.unit import AwsApplication, AwsUnit
from pm_assistant.web.cookies import LANGUAGE, ZONE, session_cookie_name
from pm_assistant.web.refusals import ANY_FIELD, LABELS
from pm_assistant.web.routing import Route, Router
from pm_assistant.workflows.accounts.audit import RequestOrigin, entry
from pm_assistant.workflows.accounts.browser_sessions import Viewer, viewer_by

if TYPE_CHECKING:
    from pm_assistant.ports.unit import Stores

settings = cache(lambda: load(WebSettings))

SAFE = frozenset({"GET", "HEAD"})
MOST_FIELDS = 300
"""Fields that a form of ours has at most."""
LONGEST_PLACE = 512
"""Bytes of a place in a list, as in cursors of the API."""


@dataclass(frozen=True)
class PageRequest:
    """One request of a browser.

    Attributes:
        cookies: what the browser keeps for us.
        app: for work that is no tenant's yet.
        now: when it came in.
        language: that the page is to be in.
        zone: in which times are shown.
    """

    event: Mapping[str, Any]
    cookies: Mapping[str, str]
    app: AwsApplication
    now: datetime
    language: Language
    zone: ZoneInfo

    @classmethod
    def of(cls, event: Mapping[str, Any], told: StoreSettings) -> "PageRequest":
        """Read what API Gateway hands over to a function that was told this; of who looks nothing is asked yet."""
        cookies = _cookies(event)
        return cls(
            event=event,
            cookies=cookies,
            app=AwsApplication(told, public_url=public_url(event)),
            now=datetime.now(UTC),
            language=language_of(cookies.get(LANGUAGE)) or accepted_language(event) or Language.ENGLISH,
            zone=zone_named(cookies.get(ZONE, "").replace("%2F", "/")),
        )

    @property
    def method(self) -> str:
        """Such as `GET`."""
        return str(self.event["requestContext"]["http"]["method"])

    @property
    def request_id(self) -> str:
        """Under which the log speaks of it."""
        return str(self.event["requestContext"]["requestId"])

    @property
    def origin(self) -> RequestOrigin:
        """From where it came."""
        address = self.event["requestContext"]["http"]["sourceIp"]
        return RequestOrigin(address=address, request_id=self.request_id, language=self.language)

    @property
    def is_partial(self) -> bool:
        """Whether our script asked, which takes its part of the page that is answered."""
        return header(self.event, "hx-request") == "true"

    @cached_property
    def texts(self) -> Texts:
        """Writes in the page's language."""
        return texts_in(self.language)

    @cached_property
    def token(self) -> str | None:
        """What the browser keeps to prove who is logged in."""
        return self.cookies.get(session_cookie_name(self.app.public_url))

    @cached_property
    def viewer(self) -> Viewer:
        """Who looks.

        Raises:
            Unauthenticated: nobody is logged in, or not any more.
        """
        return viewer_by(self.token, self.app)

    @cached_property
    def known_viewer(self) -> Viewer | None:
        """Who looks; None where nobody is logged in."""
        try:
            return self.viewer
        except Unauthenticated:
            return None

    @property
    def caller(self) -> Caller:
        """The same as whoever calls the API."""
        return self.viewer.caller

    @property
    def tenant(self) -> Tenant:
        """The viewer's tenant, as it was when the request came in."""
        return self.viewer.tenant

    @property
    def stores(self) -> "Stores":
        """All stores; each call takes the tenant from the viewer."""
        return self.app.stores

    @cached_property
    def unit(self) -> AwsUnit:
        """For work of the viewer's tenant."""
        return self.app.unit(self.viewer.tenant.id)

    @cached_property
    def query(self) -> Mapping[str, str]:
        """The address's query; of what stands there twice the last."""
        return dict(parse_qsl(str(self.event.get("rawQueryString", ""))))

    @property
    def before(self) -> str | None:
        """Where a page of a list that goes back in time begins; None for the first. None that we give is longer."""
        return self.query.get("before", "").encode()[:LONGEST_PLACE].decode(errors="ignore") or None

    @property
    def start(self) -> int:
        """How many entries of a list come before the page; what is no number is none."""
        count = self.query.get("from", "")
        return int(count) if re.fullmatch(r"[0-9]{1,6}", count) else 0

    @cached_property
    def form(self) -> Mapping[str, Sequence[str]]:
        """The fields of the form that was posted; one may have several values.

        Raises:
            InvalidRequest: it is no form of ours.
        """
        try:
            return parse_qs(body(self.event).decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError as error:
            raise InvalidRequest("this form cannot be read") from error

    def field(self, name: str) -> str:
        """One field of the form, without spaces around it; empty where it was not filled in."""
        return next(iter(self.form.get(name, ())), "").strip()

    def write_of(self, *values: str) -> str | None:
        """Names what one rendering of a form does with these values, however often it is sent.

        None where no form of ours was sent, which has a field `once` of its own for each rendering.
        """
        once = self.field("once")
        if not re.fullmatch(r"[0-9a-f]{32}", once):
            return None
        named = "|".join((self.caller.actor, once, *values))
        return hashlib.sha256(named.encode()).hexdigest()[:32]

    def link(self, path: str) -> str:
        """The address of a page of ours, wherever the API lives: `path` begins with a slash."""
        return f"{urlsplit(self.app.public_url).path}{path}"

    @property
    def is_operators(self) -> bool:
        """Whether one of those looks who operate the service, beside what they are to their team."""
        viewer = self.known_viewer
        return viewer is not None and viewer.identity.is_operator(settings().operator_emails)

    def note(self, action: str, target: str = "", **detail: str) -> None:
        """Add to the audit trail what the viewer did."""
        self.stores.audit.add(self.tenant.id, self._entry(action, target, detail))

    def note_for_operators(self, action: str, target: str = "", **detail: str) -> None:
        """Add to the operators' own trail what one of them did; no team sees it."""
        self.stores.audit.add(APP, self._entry(action, target, detail))

    def _entry(self, action: str, target: str, detail: Mapping[str, str]) -> AuditEntry:
        caller = self.caller
        return entry(
            action,
            at=self.now,
            target=target,
            actor=caller.actor,
            actor_name=caller.name,
            request_id=self.request_id,
            **detail,
        )


def current_request(router: Router) -> PageRequest:
    """The request that a route is answering."""
    if router.request is None:
        raise AssertionError("no route is answering")
    return router.request


def needs(scope: Scope, *, while_closing: bool = False, while_suspended: bool = False) -> dict[str, Any]:
    """What a page says of itself that only some may see, to be spread into its route.

    Args:
        scope: what the viewer must be allowed; checked before the route runs.
        while_closing: whether it may change something although the team is closing; looking always may.
        while_suspended: the same of a team that is suspended.
    """

    def check(request: PageRequest, _: Route, __: Mapping[str, str], /) -> None:
        if not request.caller.scope.covers(scope):
            raise Forbidden(Translatable("Only an admin of your team may do this."))
        if request.caller.closing and not while_closing and request.method not in SAFE:
            raise Conflict(Translatable("Your team is closing: it can be read, exported and restored."))
        if (suspension := request.tenant.suspended) and not while_suspended and request.method not in SAFE:
            reason = f"{suspension.reason.rstrip('.')}."
            raise Conflict(
                Translatable(
                    "Your team is suspended: {reason} Until that is over it can be read, exported and closed.",
                    reason=reason,
                )
            )

    return {"scope": scope.value, "check": check}


def needs_operator() -> dict[str, Any]:
    """What a page says of itself that only those may see who operate the service; see `needs`.

    For everybody else it is not there, logged in or not. Every look is in the operators' trail, once for each request
    and by the names that the API's routes have there.
    """

    def check(request: PageRequest, route: Route, ids: Mapping[str, str], /) -> None:
        if not request.is_operators:
            raise NotFound("there is no such page")
        request.note_for_operators(f"operator.{route.show.__name__}", ids.get("tenant_id", ""))

    return {"scope": "operator", "check": check}


def needs_nobody() -> dict[str, Any]:
    """What a page says of itself that anybody may see; see `needs`."""
    return {"scope": None}


def parsed[M: Model](kind: type[M], values: Mapping[str, object]) -> M:
    """Read the values of a form.

    Raises:
        InvalidRequest: one cannot be used; names the first such field.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        field = next((str(name) for flaw in error.errors() for name in flaw["loc"][:1]), "")
        label = Translatable(LABELS.get(field, ANY_FIELD))
        raise InvalidRequest(Translatable("This cannot be used: {field}", field=label), field=field) from error


def chosen[T: str](name: str, options: Iterable[T]) -> T | None:
    """The one of several options that an address or a form names; None where it names none of them."""
    return next((option for option in options if option == name), None)


def check_same_origin(event: Mapping[str, Any], own_url: str) -> None:
    """Make sure that what changes something was sent by a page of ours.

    Browsers say by themselves from where a request was made, in a header that no script can write; those that do not
    name the origin of the page (Fetch Metadata; RFC 6454).

    Raises:
        Forbidden: it was not, or the browser does not say.
    """
    if event["requestContext"]["http"]["method"] in SAFE:
        return
    site = header(event, "sec-fetch-site")
    own = urlsplit(own_url)
    same = site == "same-origin" if site else header(event, "origin") == f"{own.scheme}://{own.netloc}"
    if not same:
        raise Forbidden("this was not sent by a page of ours")


def _cookies(event: Mapping[str, Any]) -> Mapping[str, str]:
    """What the browser sent along, by name."""
    pairs = (each.partition("=") for line in event.get("cookies") or () for each in line.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}
