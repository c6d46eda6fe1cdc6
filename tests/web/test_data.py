"""What a team takes along and brings in, and its end."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.jobs import JobKind, JobState, Order
from pm_assistant.domain.tenants import Suspension, TenantState
from tests.builders import ACME, GLOBEX, NOW, a_job, a_tenant
from tests.fakes.aws import FakeArchives
from tests.web.browser import PASSWORD, Browser, PageAnswer, WebWorld

UPLOAD = "0123456789abcdef" * 2
EVIL = "<img src=x onerror=alert(1)>"


def an_export(web: WebWorld, *, days_ago: int = 0, state: JobState = JobState.DONE, id: str) -> str:
    """An export of so many days ago, whose file is there if it is done."""
    at = datetime.now(UTC) - timedelta(days=days_ago)
    order = Order(kind=JobKind.EXPORT, dry_run=False)
    job = a_job(order=order, state=state, created_at=at, updated_at=at, id=id)
    web.api.stores.jobs.put(job)
    if state is JobState.DONE:
        web.api.app.archives.publish(job.tenant_id, f"{job.id}.zip", b"archive")
    return job.id


def proof_in(page: PageAnswer) -> str:
    """What the form that ends a team proves itself by."""
    found = re.search(r'name="proof" value="(\w+)"', page.html)
    assert found is not None
    return found[1]


def actions(web: WebWorld) -> list[str]:
    """What the trail has, newest first."""
    return [entry.action for entry in web.api.stores.audit.latest(ACME, limit=20)]


def test_an_export_is_begun_once_and_followed_there(web: WebWorld) -> None:
    """A form sent twice begins one; while it goes on, the page asks for its own part again."""
    browser = web.browser()
    for _ in range(2):
        answer = browser.post("/data/exports")
        assert (303, "/data") == (answer.status, answer.headers["location"])
    [due] = web.api.queued("jobs")
    job = web.api.stores.jobs.get(ACME, due["job_id"])
    assert (JobKind.EXPORT, False) == (job.order.kind, job.order.dry_run)
    page = browser.get("/data")
    assert 'hx-trigger="every 2s"' in page.html
    assert {"Waiting", web.account().email} <= set(page.text.split("\n"))
    assert "/file" not in page.html
    assert ["run.started"] == actions(web)


def test_a_finished_export_leads_to_its_file_by_a_link_made_then(web: WebWorld) -> None:
    """No page holds the link itself; what is too old is not offered."""
    job_id, old = an_export(web, id="20261120T093000000000-a"), an_export(web, id="20261101T0-b", days_ago=9)
    browser = web.browser()
    page = browser.get("/data")
    assert "hx-trigger" not in page.html
    assert [f"/data/exports/{job_id}/file"] == re.findall(r'href="(/data/exports/[^"]+)"', page.html)
    assert f"/jobs/{old}" in page.html
    assert "archives.test" not in page.html
    answer = browser.get(f"/data/exports/{job_id}/file")
    assert (303, f"https://archives.test/acme/exports/{job_id}.zip") == (answer.status, answer.headers["location"])
    assert "no-store" == answer.headers["cache-control"]


def test_an_export_that_is_not_done_or_not_theirs_leads_to_no_file(web: WebWorld) -> None:
    """Nor does a job that is no export, nor one whose file is not kept any more."""
    browser = web.browser()
    waiting = an_export(web, id="20261120T093000000000-w", state=JobState.WAITING)
    assert "/data" == browser.get(f"/data/exports/{waiting}/file").headers["location"]
    foreign = a_job(GLOBEX, id="20261120T093000000000-g", order=Order(kind=JobKind.EXPORT), state=JobState.DONE)
    sync = a_job(id="20261120T093000000000-s", order=Order(kind=JobKind.SYNC), state=JobState.DONE)
    for job in (foreign, sync):
        web.api.stores.jobs.put(job)
        assert 404 == browser.get(f"/data/exports/{job.id}/file").status
    gone = an_export(web, id="20261120T093000000000-z")
    web.api.app.archives.erase(ACME)
    assert 404 == browser.get(f"/data/exports/{gone}/file").status


def test_a_file_goes_straight_to_where_it_is_kept_and_is_brought_in_when_that_is_pressed(web: WebWorld) -> None:
    """The page's policy lets its form go there and nowhere else; no link begins anything."""
    browser, archives = web.browser(), web.api.app.archives
    assert isinstance(archives, FakeArchives)
    assert 'action="/data/uploads" hx-boost="false"' in browser.get("/data").html
    place = browser.post("/data/uploads").headers["location"]
    assert re.fullmatch(r"/data/uploads/[0-9a-f]{32}", place)
    page = browser.get(place)
    policy = page.headers["content-security-policy"].split("; ")
    assert "form-action 'self' https://archives.test" in policy
    assert "form-action 'self'" in browser.get("/data").headers["content-security-policy"].split("; ")
    fields = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]+)">', page.html))
    assert fields["key"] == f"acme/uploads/{place.rpartition('/')[2]}"
    assert 'action="https://archives.test/"' in page.html
    assert fields["success_action_redirect"].startswith("https://api.pm.test/data/imports/")

    back = "/data/imports/" + fields["success_action_redirect"].rpartition("/")[2]
    assert "Your file is here" in browser.get(f"{back}?bucket=b&key=k&etag=%22e%22", sec_fetch_site="cross-site").text
    assert [] == web.api.queued("jobs")
    for _ in range(2):
        assert 303 == browser.post("/data/imports", {"upload_id": back.rpartition("/")[2]}).status
    [due] = web.api.queued("jobs")
    order = web.api.stores.jobs.get(ACME, due["job_id"]).order
    assert (JobKind.IMPORT, back.rpartition("/")[2]) == (order.kind, order.upload_id)
    assert ["run.started", "upload.offered"] == actions(web)


@pytest.mark.parametrize("upload_id", ["../globex/uploads/1", "", "x" * 32, UPLOAD + "\n", UPLOAD.upper()])
def test_what_is_no_upload_is_not_brought_in(upload_id: str, web: WebWorld) -> None:
    """However it is spelt."""
    assert 404 == web.browser().post("/data/imports", {"upload_id": f"{upload_id} x"}).status
    assert [] == web.api.queued("jobs")


def test_why_an_import_failed_is_told_as_text(web: WebWorld) -> None:
    """In the words of what was wrong with the file."""
    now = datetime.now(UTC)
    job = a_job(
        order=Order(kind=JobKind.IMPORT, upload_id=UPLOAD),
        state=JobState.FAILED,
        error=EVIL,
        created_at=now,
        updated_at=now,
    )
    web.api.stores.jobs.put(job)
    page = web.browser().get("/data")
    assert EVIL in page.text
    assert EVIL not in page.html


def test_a_team_ends_by_its_exact_name_and_goes_on_when_that_is_called_off(web: WebWorld) -> None:
    """Everybody is told meanwhile; what comes back is as it was."""
    browser = web.browser()
    page = browser.get("/data")
    refused = browser.post("/data/end", {"confirm": "acme", "proof": proof_in(page)})
    assert 400 == refused.status
    assert "This is not the exact name of your team." in refused.text
    assert TenantState.ACTIVE is web.api.stores.tenants.get(ACME).state

    assert 303 == browser.post("/data/end", {"confirm": "Acme", "proof": proof_in(refused)}).status
    assert TenantState.CLOSING is web.api.stores.tenants.get(ACME).state
    closing = browser.get("/data")
    assert "Call it off: the team is to go on" in closing.text
    assert "will be deleted" in web.browser(Role.MEMBER).get("/today").text
    assert 409 == browser.post("/data/end", {"confirm": "Acme", "proof": proof_in(page)}).status
    assert 303 == browser.post("/data/exports").status

    assert "/data?answered=yes" == browser.post("/data/restore").headers["location"]
    assert TenantState.ACTIVE is web.api.stores.tenants.get(ACME).state
    assert "/data" == browser.post("/data/restore").headers["location"]
    assert ["tenant.restored", "run.started", "tenant.closing"] == actions(web)


def test_the_end_of_a_team_needs_the_form_of_this_very_login(web: WebWorld) -> None:
    """Not that of another one, and not none."""
    browser, other = web.browser(), web.browser()
    for proof in ("", "0" * 64, proof_in(other.get("/data"))):
        assert 403 == browser.post("/data/end", {"confirm": "Acme", "proof": proof}).status
    assert TenantState.ACTIVE is web.api.stores.tenants.get(ACME).state


def test_whoever_logs_in_anew_in_the_middle_goes_on_where_they_were(web: WebWorld) -> None:
    """A form of the login that ended does nothing but lead to the next one."""
    browser = web.browser()
    proof = proof_in(browser.get("/data"))
    browser.cookies.clear()
    answer = browser.post("/data/end", {"confirm": "Acme", "proof": proof})
    assert (303, "/login") == (answer.status, answer.headers["location"])
    assert (303, "/login?next=/data") == (
        (asked := browser.get("/data")).status,
        asked.headers["location"],
    )
    browser.post("/login", {"email": web.account().email, "password": PASSWORD})
    assert 403 == browser.post("/data/end", {"confirm": "Acme", "proof": proof}).status
    assert TenantState.ACTIVE is web.api.stores.tenants.get(ACME).state


def test_a_suspended_team_is_exported_and_ended_and_brings_nothing_in(web: WebWorld) -> None:
    """As the operator's pages say."""
    web.api.stores.tenants.put(a_tenant(ACME, suspension=Suspension(began_at=NOW, reason="unpaid")))
    browser = web.browser()
    assert 303 == browser.post("/data/exports").status
    assert 409 == browser.post("/data/uploads").status
    assert 303 == browser.post("/data/end", {"confirm": "Acme", "proof": proof_in(browser.get("/data"))}).status


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER])
def test_all_of_it_is_for_owners(role: Role, web: WebWorld) -> None:
    """It holds what was said in private, and ends everything."""
    browser = web.browser(role)
    for path in ("/data", "/data/exports/x/file", f"/data/uploads/{UPLOAD}", f"/data/imports/{UPLOAD}"):
        assert 403 == browser.get(path).status
    for path in ("/data/exports", "/data/uploads", "/data/imports", "/data/end", "/data/restore"):
        assert 403 == browser.post(path, {"confirm": "Acme", "upload_id": UPLOAD}).status
    assert 303 == Browser().post("/data/end").status
    assert [] == web.api.queued("jobs")
