"""Long work on pages: what runs, how far it is, what came of it."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from pm_assistant.api.routes.runs import Workflow
from pm_assistant.domain import causes
from pm_assistant.domain.accounts import Role
from pm_assistant.domain.actions import TAKEN_BACK
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.jobs import Job, JobKind, JobState, Order
from pm_assistant.presentation.jobs import KINDS, STATES
from pm_assistant.web.pages import jobs
from pm_assistant.workflows.accounts.audit import entry
from tests.builders import ACME, GLOBEX, NOW, a_decision, a_job, a_member
from tests.web.browser import WebWorld


def test_whoever_begins_a_job_is_led_to_where_it_can_be_followed(web: WebWorld) -> None:
    """It is on its way, in the trail, and only tried unless somebody wants it done."""
    browser = web.browser(Role.MEMBER)
    answer = browser.post("/jobs", {"kind": "sync", "dry_run": "yes"})
    assert 303 == answer.status
    [due] = web.api.queued("jobs")
    assert f"/jobs/{due['job_id']}" == answer.headers["location"]
    job = web.api.stores.jobs.get(ACME, due["job_id"])
    assert (JobKind.SYNC, True, f"account:{web.account(Role.MEMBER).id}") == (
        job.order.kind,
        job.order.dry_run,
        job.asked_by,
    )
    assert ["run.started"] == [entry.action for entry in web.api.stores.audit.latest(ACME, limit=9)]
    page = browser.get(answer.headers["location"])
    assert "Read everything from the vendors" in page.text
    assert 'hx-trigger="every 2s"' in page.html


@pytest.mark.parametrize("kind", ["", "delete", "export", "nonsense"])
def test_nothing_else_can_be_begun_there(kind: str, web: WebWorld) -> None:
    """What ends a team or takes its words along has its own page, and its own rights."""
    assert 400 == web.browser().post("/jobs", {"kind": kind}).status
    assert [] == web.api.queued("jobs")


def test_a_job_that_is_over_says_what_came_of_it_and_is_not_asked_for_again(web: WebWorld) -> None:
    """With why it failed, and what was too much to be kept counted."""
    now = datetime.now(UTC)
    job = a_job(
        state=JobState.FAILED,
        error="Linear <b>refused</b>",
        results=({"title": "<i>x</i>"},),
        left_out=3,
        created_at=now,
        updated_at=now,
    )
    web.api.stores.jobs.put(job)
    page = web.browser().get(f"/jobs/{job.id}")
    assert "hx-trigger" not in page.html
    assert {"Failed", "Linear <b>refused</b>", "<i>x</i>", "3 more results"} <= set(page.text.split("\n"))
    assert "<i>x" not in page.html


def test_jobs_come_newest_first_page_by_page(web: WebWorld) -> None:
    """Each once."""
    now = datetime.now(UTC)
    for number in range(60):
        web.api.stores.jobs.put(a_job(id=f"20261120T0930{number:02}000000-x", created_at=now, updated_at=now))
    browser, path, seen = web.browser(), "/jobs", []
    while path:
        html = browser.get(path).html
        seen += re.findall(r'href="/jobs/([^"]+)"', html)
        further = re.search(r'href="(/jobs\?before=[^"]+)"', html)
        path = further[1] if further else ""
    assert sorted(seen, reverse=True) == seen
    assert 60 == len(set(seen))


def test_jobs_in_one_state_are_found_page_by_page(web: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many others lie between; what fits nothing says so."""
    now, browser = datetime.now(UTC), web.browser()
    for number in range(60):
        state = JobState.FAILED if number % 20 == 0 else JobState.DONE
        job = a_job(id=f"20261120T0930{number:02}000000-x", state=state, created_at=now, updated_at=now)
        web.api.stores.jobs.put(job)

    def found(path: str) -> list[str]:
        html = browser.get(path).html
        further = re.search(r'href="(/jobs\?state=[^"]+before=[^"]+)"', html)
        return re.findall(r'href="/jobs/([^"]+)"', html) + (found(further[1].replace("&amp;", "&")) if further else [])

    failed = [f"20261120T0930{number:02}000000-x" for number in (40, 20, 0)]
    assert failed == found("/jobs?state=failed")
    assert "Nothing fits." in browser.get("/jobs?state=running").text
    monkeypatch.setattr(jobs, "MOST_READ", 15)
    assert failed == found("/jobs?state=failed")
    assert "Nothing like that so far back as was looked." in browser.get("/jobs?state=running").text
    assert 57 == len(found("/jobs?state=done"))


def test_a_job_of_another_tenant_is_not_there(web: WebWorld) -> None:
    """Whoever asks."""
    web.api.stores.jobs.put(a_job(GLOBEX, id="20261120T093000000000-y"))
    assert 404 == web.browser().get("/jobs/20261120T093000000000-y").status


def test_what_could_not_be_judged_is_one_step_away_for_admins(web: WebWorld) -> None:
    """In the trail, which is theirs to read; it says what and why."""
    assert "/audit?what=conversation" not in web.browser(Role.MEMBER).get("/jobs").html
    browser, at = web.browser(Role.ADMIN), datetime.now(UTC)
    web.api.stores.audit.add(ACME, entry("conversation.parked", at=at, because="the model refused"))
    assert 'href="/audit?what=conversation"' in browser.get("/jobs").html
    shown = browser.get("/audit?what=conversation").text
    assert ("Could not judge a conversation" in shown, "the model refused" in shown) == (True, True)


def test_every_kind_and_state_of_a_job_has_its_words() -> None:
    """Also what only the product itself begins."""
    assert set(JobKind) == set(KINDS)
    assert set(JobState) == set(STATES)


def test_what_was_given_up_says_why_and_is_begun_anew_as_it_was_asked_for(web: WebWorld) -> None:
    """Already in the list, which says why, too, and where what could not be done to tickets is, also without a job."""
    now, browser = datetime.now(UTC), web.browser(Role.MEMBER)
    order = Order(kind=JobKind.PROCESS, dry_run=True, since=now)
    job = a_job(order=order, state=JobState.FAILED, error="it broke off", created_at=now, updated_at=now)
    assert 'href="/decisions?state=failed"' in browser.get("/jobs").html
    web.api.stores.jobs.put(job)

    assert "Fehlgeschlagen: es brach ab" in browser.get("/jobs", accept_language="de").text
    for path in ("/jobs", f"/jobs/{job.id}"):
        assert f'action="/jobs/{job.id}/again"' in browser.get(path).html
    answer = browser.post(f"/jobs/{job.id}/again")

    [due] = web.api.queued("jobs")
    assert f"/jobs/{due['job_id']}" == answer.headers["location"]
    assert order == web.api.stores.jobs.get(ACME, due["job_id"]).order


def test_one_attempt_that_failed_begins_one_run_however_often_it_is_pressed(web: WebWorld) -> None:
    """Each press leads there; it is not offered any more, and stands in the trail once. The next has its own."""
    now, browser = datetime.now(UTC), web.browser(Role.MEMBER)
    order = Order(kind=JobKind.SYNC, dry_run=False)
    web.api.stores.jobs.put(job := a_job(order=order, state=JobState.FAILED, created_at=now, updated_at=now))

    led = {browser.post(f"/jobs/{job.id}/again").headers["location"] for _ in range(2)}

    [due] = web.api.queued("jobs")
    assert {f"/jobs/{due['job_id']}"} == led
    assert ["run.started"] == [entry.action for entry in web.api.stores.audit.latest(ACME, limit=9)]
    assert not any("/again" in browser.get(path).html for path in ("/jobs", f"/jobs/{job.id}"))
    assert f'href="/jobs/{due["job_id"]}"' in browser.get(f"/jobs/{job.id}").html
    again = web.api.stores.jobs.get(ACME, due["job_id"])
    web.api.stores.jobs.put(again.failed("it broke off", at=now))
    assert f'action="/jobs/{again.id}/again"' in browser.get("/jobs").html


def test_a_run_that_was_named_and_never_noted_is_begun_by_the_next_press(web: WebWorld) -> None:
    """Under the name that it was given: nothing that was interrupted there stays so, nor leads to what is not there."""
    now, named = datetime.now(UTC), "20261120T090000-again"
    job = a_job(order=Order(kind=JobKind.SYNC, dry_run=False), state=JobState.FAILED, updated_at=now)
    web.api.stores.jobs.put(job.model_copy(update={"begun_again_by": named}))
    html = web.browser().get(f"/jobs/{job.id}").html
    assert (f'action="/jobs/{job.id}/again"' in html, named in html) == (True, False)
    assert f"/jobs/{named}" == web.browser().post(f"/jobs/{job.id}/again").headers["location"]
    assert [named] == [due["job_id"] for due in web.api.queued("jobs")]


def test_why_a_vendor_failed_a_job_is_said_in_the_readers_language(web: WebWorld) -> None:
    """As it was kept, in English; where it stands."""
    job = a_job(state=JobState.FAILED, error=str(causes.is_broken("Linear")), created_at=NOW, updated_at=NOW)
    web.api.stores.jobs.put(job)
    for path in ("/jobs", f"/jobs/{job.id}"):
        assert "die Verbindung zu Linear ist unterbrochen" in web.browser().get(path, accept_language="de").text


def test_that_words_were_deleted_is_said_in_the_readers_language(web: WebWorld) -> None:
    """In each field of a result that had quoted them; what people wrote stays as it is."""
    results = ({"title": TAKEN_BACK, "reason": TAKEN_BACK}, {"title": "the scope is now read"})
    web.api.stores.jobs.put(a_job(id="run-7", state=JobState.DONE, results=results, created_at=NOW, updated_at=NOW))
    text = web.browser().get("/jobs/run-7", accept_language="de").text
    assert (2, 0) == (text.count("Was dazu gesagt wurde, wurde in Slack gelöscht."), text.count(TAKEN_BACK))
    assert "the scope is now read" in text


def test_what_anybody_may_have_run_by_a_program_can_be_tried_again_on_a_page() -> None:
    """Also what is added."""
    assert {JobKind(each) for each in Workflow} == jobs.REPEATABLE


@pytest.mark.parametrize(
    ("kind", "role", "may"),
    [
        (JobKind.BACKTEST, Role.MEMBER, True),
        (JobKind.ERASE_PERSON, Role.MEMBER, False),
        (JobKind.ERASE_PERSON, Role.ADMIN, True),
        (JobKind.EXPORT, Role.ADMIN, False),
        (JobKind.EXPORT, Role.OWNER, True),
    ],
)
def test_what_fewer_may_begin_is_begun_anew_by_them_alone(kind: JobKind, role: Role, may: bool, web: WebWorld) -> None:
    """They have the button, and nobody else could press it."""
    web.api.stores.directory.put_members(ACME, [a_member("bo")])
    member_id = "U0BO" if kind is JobKind.ERASE_PERSON else None
    order = Order(kind=kind, dry_run=False, member_id=member_id)
    web.api.stores.jobs.put(job := a_job(order=order, state=JobState.FAILED, updated_at=datetime.now(UTC)))
    browser = web.browser(role)

    assert [may, may] == ["/again" in browser.get(path).html for path in ("/jobs", f"/jobs/{job.id}")]
    assert (303 if may else 409) == browser.post(f"/jobs/{job.id}/again").status
    assert [order] * may == [web.api.stores.jobs.get(ACME, due["job_id"]).order for due in web.api.queued("jobs")]


@pytest.mark.parametrize(("state", "kind"), [(JobState.DONE, JobKind.SYNC), (JobState.FAILED, JobKind.DELETE)])
def test_only_what_was_given_up_and_anybody_may_begin_is_begun_anew(
    state: JobState, kind: JobKind, web: WebWorld
) -> None:
    """What ends a team has its own page."""
    web.api.stores.jobs.put(job := a_job(order=Order(kind=kind), state=state, updated_at=datetime.now(UTC)))

    assert not any("/again" in web.browser().get(path).html for path in ("/jobs", f"/jobs/{job.id}"))
    assert 409 == web.browser().post(f"/jobs/{job.id}/again").status
    assert [] == web.api.queued("jobs")


def a_job_that_did_something(web: WebWorld, **changes: Any) -> Job:
    """One that is over, with an act that was begun for it."""
    now = datetime.now(UTC)
    defaults = {"state": JobState.DONE, "done": 3, "order": Order(kind=JobKind.PROCESS, dry_run=False)}
    job = a_job(**{**defaults, "created_at": now, "updated_at": now, **changes})
    web.api.stores.jobs.put(job)
    queued = web.api.stores.decisions.save(a_decision(state=DecisionState.QUEUED, run=job.id))
    web.api.stores.decisions.replace(queued.begun(None, at=now), before=queued)
    return job


def test_all_that_a_job_did_is_undone_by_one_that_can_be_followed(web: WebWorld) -> None:
    """What that means is said before; each of the two leads to the other afterwards, and the trail tells of it."""
    job, browser = a_job_that_did_something(web), web.browser(Role.MEMBER)
    page = browser.get(f"/jobs/{job.id}")
    assert "<summary>Undo all that it did…</summary>" in page.html
    assert "What people have gone on with stays" in page.text

    answer = browser.post(f"/jobs/{job.id}/undo")

    [due] = web.api.queued("jobs")
    assert (303, f"/jobs/{due['job_id']}") == (answer.status, answer.headers["location"])
    assert job.id == web.api.stores.jobs.get(ACME, due["job_id"]).order.undoes
    assert f'href="/jobs/{job.id}"' in browser.get(answer.headers["location"]).html
    assert f'href="/jobs/{due["job_id"]}"' in browser.get(f"/jobs/{job.id}").html
    assert ["run.started"] == [entry.action for entry in web.api.stores.audit.latest(ACME, limit=9)]


def test_what_a_job_did_before_its_first_step_failed_can_be_undone(web: WebWorld) -> None:
    """Nobody has counted it, and it is there all the same."""
    job = a_job_that_did_something(web, state=JobState.FAILED, done=0)
    assert f"/jobs/{job.id}/undo" in web.browser(Role.MEMBER).get(f"/jobs/{job.id}").html


@pytest.mark.parametrize(
    "changes",
    [
        {"state": JobState.RUNNING},
        {"order": Order(kind=JobKind.PROCESS)},
        {"order": Order(kind=JobKind.SYNC, dry_run=False)},
    ],
    ids=["still going", "only tried", "no acts"],
)
def test_where_nothing_can_be_undone_there_is_no_button_and_pressing_it_says_so(
    web: WebWorld, changes: dict[str, Any]
) -> None:
    """In the reader's language."""
    job, browser = a_job_that_did_something(web, **changes), web.browser(Role.MEMBER)
    assert "/undo" not in browser.get(f"/jobs/{job.id}").html

    assert 409 == browser.post(f"/jobs/{job.id}/undo").status
    assert [] == web.api.queued("jobs")


@pytest.mark.parametrize("done", [0, 3])
def test_of_a_job_that_did_nothing_there_is_nothing_to_undo(web: WebWorld, done: int) -> None:
    """Though it has judged what was said: the button is for what was begun because of it."""
    now = datetime.now(UTC)
    job = a_job(order=Order(kind=JobKind.PROCESS, dry_run=False), state=JobState.DONE, done=done, updated_at=now)
    web.api.stores.jobs.put(job)
    assert "/undo" not in web.browser(Role.MEMBER).get(f"/jobs/{job.id}").html


def test_what_could_not_be_undone_is_listed_with_why_in_the_readers_language(web: WebWorld) -> None:
    """With the way to it, and how many were."""
    stays = {"id": "d", "kind": "comment", "ticket": {"text": "ENG-1", "url": "https://linear.app/acme/issue/ENG-1"}}
    stays |= {"because": "not taken back: people have changed it since (text)"}
    order = Order(kind=JobKind.UNDO, dry_run=False, undoes="run-1")
    job = a_job_that_did_something(web, order=order, results=(stays, {"undone": 3, "not_undone": 1}))

    page = web.browser().get(f"/jobs/{job.id}", accept_language="de")

    assert "nicht zurückgenommen: Leute haben es seither geändert (Text)" in page.text
    assert 'href="https://linear.app/acme/issue/ENG-1"' in page.html
    assert "Nicht zurückgenommen" in page.text
