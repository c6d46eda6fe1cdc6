"""What a team takes along and brings in, and its end: for owners alone, as in the API."""

import hmac
import re
import secrets
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.errors import Conflict, Forbidden, InvalidRequest, NotFound
from pm_assistant.domain.jobs import Job, JobKind, Order
from pm_assistant.presentation.jobs import STATES
from pm_assistant.web.actors import Actors
from pm_assistant.web.beginning import begin
from pm_assistant.web.html import HEADERS, POLICY_OF_WAYS_OUT, page, see_other
from pm_assistant.web.request import PageRequest, current_request, needs
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.accounts.keys import digest
from pm_assistant.workflows.tenants.closing import GRACE, call_off, close
from pm_assistant.workflows.tenants.export import find_export

router = Router()

LATEST = 50
"""Jobs among which exports and imports are looked for."""
KEPT = timedelta(days=7)
"""How long a file is kept, as template.yaml says of the bucket."""
ALWAYS = needs(Scope.OWNER, while_closing=True, while_suspended=True)
"""Who may leave takes their data along, whatever becomes of the team."""


@router.get("/data", **ALWAYS)
def show_data() -> Response[str]:
    """Exports and imports with how far they are, and how the team ends."""
    return _page(current_request(router))


@router.post("/data/exports", **ALWAYS)
def begin_export() -> Response[str]:
    """Begin an export, unless one is under way: then that one goes on."""
    request = current_request(router)
    _begin(Order(kind=JobKind.EXPORT, dry_run=False), request)
    return see_other(request, "/data")


@router.get("/data/exports/<job_id>/file", **ALWAYS)
def get_export(job_id: str) -> Response[str]:
    """Lead on to the file, by a link that is made for this very request: it is good for whoever has it."""
    request = current_request(router)
    _, url = find_export(job_id, request.unit)
    if url is None:
        return see_other(request, "/data")
    return Response(303, content_type="text/plain", body="", headers={**HEADERS, "Location": url})


@router.post("/data/uploads", **needs(Scope.OWNER))
def offer_upload() -> Response[str]:
    """Make a place for a file, and go to where it is chosen."""
    request = current_request(router)
    upload_id = secrets.token_hex(16)
    request.note("upload.offered", upload_id)
    return see_other(request, f"/data/uploads/{upload_id}")


@router.get("/data/uploads/<upload_id>", **needs(Scope.OWNER))
def show_upload(upload_id: str) -> Response[str]:
    """The form that sends a file straight to where it is kept, which leads the browser back here."""
    request = current_request(router)
    own = urlsplit(request.app.public_url)
    then = f"{own.scheme}://{own.netloc}{request.link(f'/data/imports/{_checked(upload_id)}')}"
    form = request.unit.archives.upload_form(request.tenant.id, upload_id, then=then)
    place = urlsplit(form.url)
    answer = page(request, "upload.html", form=form)
    answer.headers["Content-Security-Policy"] = (
        f"{POLICY_OF_WAYS_OUT}; form-action 'self' {place.scheme}://{place.netloc}"
    )
    return answer


@router.get("/data/imports/<upload_id>", **needs(Scope.OWNER))
def show_uploaded(upload_id: str) -> Response[str]:
    """Ask whether what was uploaded is to be brought in; nothing begins by a link."""
    return page(current_request(router), "import.html", upload_id=_checked(upload_id))


@router.post("/data/imports", **needs(Scope.OWNER))
def begin_import() -> Response[str]:
    """Begin to bring in what was uploaded, unless that is under way already."""
    request = current_request(router)
    upload_id = _checked(request.field("upload_id"))
    _begin(Order(kind=JobKind.IMPORT, dry_run=False, upload_id=upload_id), request)
    return see_other(request, "/data")


@router.post("/data/end", **needs(Scope.OWNER, while_suspended=True))
def end_team() -> Response[str]:
    """Announce the end of the team; its exact name confirms that it is meant."""
    request = current_request(router)
    if not hmac.compare_digest(request.field("proof"), _proof(request)):
        raise Forbidden("this was not sent by the page that asks for it")
    try:
        tenant = close(request.field("confirm"), request.unit, asked_by=request.caller.actor)
    except InvalidRequest:
        flaw = request.texts.gettext("This is not the exact name of your team.")
        return _page(request, status=HTTPStatus.BAD_REQUEST, flaw=flaw)
    request.note("tenant.closing", closes_at=tenant.closes_at.isoformat() if tenant.closes_at else "")
    return see_other(request, "/data")


@router.post("/data/restore", **ALWAYS)
def restore_team() -> Response[str]:
    """Call the end of the team off."""
    request = current_request(router)
    try:
        call_off(request.unit)
    except Conflict:
        return see_other(request, "/data")
    request.note("tenant.restored")
    return see_other(request, "/data?answered=yes")


def _page(request: PageRequest, *, status: HTTPStatus = HTTPStatus.OK, flaw: str = "") -> Response[str]:
    actors = Actors(request)
    jobs = [job.seen(request.now) for job in _jobs(request)]
    return page(
        request,
        "data.html",
        status=status,
        flaw=flaw,
        jobs=[(job, request.texts.gettext(STATES[job.state]), actors.name(job.asked_by)) for job in jobs],
        kept_since=request.now - KEPT,
        under_way=any(not job.finished for job in jobs),
        days=GRACE.days,
        proof=_proof(request),
    )


def _jobs(request: PageRequest) -> list[Job]:
    latest = request.stores.jobs.latest(request.tenant.id, limit=LATEST)
    return [job for job in latest if job.order.kind in {JobKind.EXPORT, JobKind.IMPORT}]


def _begin(order: Order, request: PageRequest) -> None:
    """Begin a job, but none that is under way or done already: a form is easily sent twice."""
    for job in _jobs(request):
        same = (job.order.kind, job.order.upload_id) == (order.kind, order.upload_id)
        if same and (order.upload_id or not job.seen(request.now).finished):
            return
    begin(order, request)


def _checked(upload_id: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{32}", upload_id, re.ASCII):
        raise NotFound("there is no such upload")
    return upload_id


def _proof(request: PageRequest) -> str:
    """What only a page of this very login has: the end of a team rests on more than on where a form came from."""
    return digest(f"end|{request.token}")
