"""People read words on pages: nothing is called there as programs call it."""

import ast
import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import pm_assistant
from pm_assistant.api.routes import operator as by_api
from pm_assistant.domain.accounts import Role
from pm_assistant.domain.disagreements import Disagreement, DisagreementKind, Receipt
from pm_assistant.domain.jobs import Finding, JobKind, JobState, Order
from pm_assistant.domain.people import Flaw
from pm_assistant.domain.portability import _KINDS, EXPORT_ONLY
from pm_assistant.domain.rules import OWNER_LEFT, TeamRule
from pm_assistant.domain.tenants import ActionKind, Settings
from pm_assistant.presentation.trail import ACTIONS, LOOKS
from pm_assistant.web.naming import FIELDS, IDS, SETTINGS, VALUES
from pm_assistant.web.pages import operator as by_page
from pm_assistant.workflows.accounts.audit import entry
from pm_assistant.workflows.code.catch_up import Counts
from pm_assistant.workflows.connections.leavers import Departed
from pm_assistant.workflows.connections.sync import Findings, Synced
from pm_assistant.workflows.tenants import closing, erasing
from tests.builders import ACME, NOW, a_job
from tests.web.browser import Browser, WebWorld, a_web_world
from tests.web.pictures import PAGES, PUBLIC, STILLS, Picture, Viewer, browser_of
from tests.web.routes import address, page_routes
from tests.web.worlds import Writing, a_day

RESULTS: Sequence[type[BaseModel]] = (Finding, Synced, Findings, Flaw, Departed, Counts, Disagreement, Receipt)
"""What jobs tell, whose results are not figures or reports."""
NOTING = {"note", "note_for_operators", "note_of_account", "entry", "_note"}
"""What adds to the trail."""
OF_ENTRIES = {"once", "at", "target", "actor", "actor_name", "request_id", "origin", "proven"}
ACTION = re.compile(r"[a-z]+\.[a-z_]+")
IDENTIFIER = re.compile(
    r"\b[a-z]+(?:_[a-z]+)+\b|\b(?!www\.)[a-z]{2,}\.[a-z]+_?[a-z]*\b(?!\.)|\b\d{4}-\d\d(?:-\d\d)?(?:T[\d:]+)?\b"
)
"""A name with underscores or points, or a day as programs write it."""
EXAMPLES = {"2026-12-24"}
"""What a form takes, as it takes it."""
QUOTED = {"a", "code", "blockquote", "pre", "textarea", "script", "style"}
"""In what a name may stand: words of others, links to what is theirs, and what is said to be for programs."""


class Prose(HTMLParser):
    """What a page says itself, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.quoted = 0
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing within a quotation is ours."""
        self.quoted += tag in QUOTED

    def handle_endtag(self, tag: str) -> None:
        """The quotation is over."""
        self.quoted -= tag in QUOTED

    def handle_data(self, data: str) -> None:
        """Keep what is ours."""
        if not self.quoted and data.strip():
            self.pieces.append(" ".join(data.split()))


def identifiers(html: str) -> set[str]:
    """What of a page's own words is called as programs call it; addresses of mails and sites are not."""
    prose = Prose()
    prose.feed(html)
    words = re.sub(r"\S+@\S+|https?://\S+|\b[\w-]+\.(?:test|com|app|io|dev|example)\b", " ", "\n".join(prose.pieces))
    return set(IDENTIFIER.findall(words)) - EXAMPLES


NOT_UNDONE = {
    "id": "d",
    "kind": "comment",
    "ticket": {"text": "ENG-1", "url": "https://linear.app/acme/issue/ENG-1"},
    "because": "not taken back: people have changed it since (text)",
    "evidence": ["https://acme.slack.com/archives/C0ENG/p1"],
}


def told_results() -> Mapping[JobKind, Sequence[Mapping[str, Any]]]:
    """What jobs of a kind tell, as they do."""
    finding = Finding(
        kind=ActionKind.CREATE,
        would="ask",
        title="Cache the search",
        text="it takes eight seconds",
        confidence=0.8,
        reason="both speak of it",
        evidence=("https://acme.slack.com/archives/C0ENG/p1",),
        private=True,
    )
    disagreement = Disagreement(
        id="d",
        kind=DisagreementKind.MERGED_BUT_OPEN,
        since=NOW,
        ticket_id="ticket-1",
        receipts=(Receipt(text="acme/shop#1", url="https://github.com/acme/shop/pull/1"),),
    )
    found = Findings(flaws=(Flaw(id="U1", problem="no name", left_out=True),), left=(Departed(member_id="ada"),))
    return {
        JobKind.PROCESS: [finding.model_dump(mode="json")],
        JobKind.SYNC: [Synced(members=3, tickets=1_200).model_dump(mode="json"), found.model_dump(mode="json")],
        JobKind.RECONCILE: [disagreement.model_dump(mode="json")],
        JobKind.CATCH_UP: [Counts(pull_requests=4).model_dump(mode="json"), {"missing": ["github"]}],
        JobKind.EXPORT: [{"file": "export.zip", "counts": dict.fromkeys((*_KINDS, *sorted(EXPORT_ONLY)), 2)}],
        JobKind.ERASE_PERSON: [{name: 1 for name, _ in erasing.PARTS}],
        JobKind.RESUME: [{"sent": 3}],
        JobKind.UNDO: [NOT_UNDONE, {"undone": 3, "not_undone": 1}],
        JobKind.CALIBRATE: [{"judged_by": "rules", "raw_error": 0.1}],
    }


def detailed() -> Mapping[str, Mapping[str, str]]:
    """Entries of the trail, with what each tells."""
    return {
        "run.started": {"kind": "move-tickets", "dry_run": "true"},
        "settings.changed": {"ask_from": "0.5 -> 0.6", "quiet_hours": 'null -> {"start": "20:00"}'},
        "subscription.made": {"kind": "standup", "team": "team-eng"},
        "tenant.closing": {"closes_at": NOW.isoformat()},
        "billing.portal_opened": {"flow": "payment_method"},
        "oauth.refused": {"reason": "vendor_error"},
        "member.changed": {"fields": "away_until, time_zone"},
        "role.changed": {"role": "owner", "keys_revoked": "2"},
        "decision.refused": {"answer": "why_not"},
        "rule.made": {
            "effect": "never",
            "kind": "move",
            "channel": "C0ENG",
            "one_thread": "true",
            "until": NOW.isoformat(),
        },
        "rule.ended": {"effect": "ask", "ticket": "ENG-1", "label": "ops", "reason": OWNER_LEFT},
    }


@pytest.fixture(scope="module")
def opened() -> Iterator[Mapping[str, str]]:
    """Every page of a team in the middle of its day, with jobs of each kind and a full trail, by its address."""
    with a_web_world() as web:
        yield dict(_opened(web))


def _opened(web: WebWorld) -> Iterator[tuple[str, str]]:
    ids, now = a_day(web, Writing()), datetime.now(UTC)
    paths = [each for each in PAGES.values() if each.status == 200]
    for kind, results in told_results().items():
        job = a_job(id=f"{now:%Y%m%dT%H%M%S}-{kind}", state=JobState.DONE, order=Order(kind=kind), results=results)
        web.api.stores.jobs.put(job.model_copy(update={"created_at": now, "updated_at": now}))
        paths.append(Picture(f"/jobs/{job.id}"))
    for action, detail in detailed().items():
        target = "slack" if action.startswith("oauth") else ""
        web.api.stores.audit.add(ACME, entry(action, at=now, target=target, **detail))
    paths += [each for name, each in PUBLIC.items() if name != "manual"]
    browsers: dict[Viewer, Browser] = {viewer: browser_of(viewer, web) for viewer in (Role.OWNER, "operator")}
    for path in ("/operator", "/operator/trail", f"/operator/tenants/{ACME}"):
        browsers["operator"].get(path)
    for picture in paths:
        browser = browsers[picture.viewer] if picture.viewer else Browser()
        yield picture.path, browser.get(address(picture.path, ids)).html
    yield from ((name, str(still().body)) for name, still in STILLS.items())


def test_no_page_calls_anything_as_programs_call_it(opened: Mapping[str, str]) -> None:
    """Neither a field, nor a value, nor an action, nor a day."""
    assert {} == {path: found for path, html in opened.items() if (found := identifiers(html))}


def test_names_are_found_that_are_not_for_people() -> None:
    """So that the pages above are those on which one would be found; what is quoted, or an address, is none."""
    assert {"dry_run", "operator.list_tenants", "2026-11"} == identifiers(
        "<p>dry_run</p><td>operator.list_tenants</td><b>2026-11</b><code>a_b</code><a>c.d</a> ada@acme.test linear.app"
    )


def test_what_a_job_tells_has_its_words() -> None:
    """Every field of it, and every kind of record in an archive."""
    fields = {name for model in RESULTS for name in model.model_fields} - {"findings"}
    fields |= {name for name, _ in erasing.PARTS}
    fields |= {name for part in closing.PARTS for name in re.findall(r'"(\w+)":', inspect.getsource(part))}
    fields |= {"missing", "sent", "file", "counts", "called_off", "rows", "team_id", "finished", "in_progress", "error"}
    assert set() == fields - FIELDS.keys() - IDS
    assert set() == {f"counts.{kind}" for kind in {*_KINDS, *EXPORT_ONLY}} - FIELDS.keys()
    kinds = {*JobKind, *ActionKind, *DisagreementKind} - {ActionKind.IGNORE}
    assert set() == {str(kind) for kind in kinds} - {str(value) for value in VALUES["kind"]}


def _noted() -> tuple[set[str], set[str]]:
    """The actions that are noted in the trails anywhere in the code, and the fields of their details."""
    actions, fields = set[str](), set[str]()
    for path in Path(str(pm_assistant.__file__)).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name(node.func) in NOTING:
                texts = {each.value for each in node.args if isinstance(each, ast.Constant)}
                found = {text for text in texts if isinstance(text, str) and ACTION.fullmatch(text)}
                if found:
                    actions |= found
                    fields |= {each.arg for each in node.keywords if each.arg is not None} - OF_ENTRIES
    return actions, fields


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", None) or getattr(function, "id", ""))


def test_what_is_noted_in_a_trail_has_its_words() -> None:
    """Each action, each field of what is told of it, each setting, and whatever operators may ask for."""
    actions, fields = _noted()
    assert {"settings.changed", "tenant.suspended"} <= actions
    assert {"dry_run", "closes_at"} <= fields
    assert set() == actions - ACTIONS.keys() - LOOKS.keys()
    rule = {
        "id": "r",
        "owner": "ada",
        "made_at": NOW,
        "until": NOW,
        "kind": "move",
        "channel": "C0ENG",
        "root_ts": "1.0",
    }
    fields |= TeamRule.model_validate(rule | {"ticket_key": "ENG-1", "label": "ops"}).said.keys()
    assert set() == fields - FIELDS.keys()
    assert set() == Settings.model_fields.keys() - SETTINGS.keys()


def test_what_operators_ask_for_has_its_words() -> None:
    """On pages and by the API, whose routes name what is noted."""
    shown = {route.show.__name__ for route in by_page.router.routes}
    asked = set(re.findall(r"@router\.\w+\([^\n]*needs_operator[^\n]*\)\ndef (\w+)", inspect.getsource(by_api)))
    assert 5 < len(shown)
    assert 5 < len(asked)
    assert set() == {f"operator.{name}" for name in shown | asked} - LOOKS.keys()
    assert any(route.scope == "operator" for route in page_routes())


def test_what_has_no_words_stands_as_code(web: WebWorld) -> None:
    """Such as what a version to come tells."""
    now = datetime.now(UTC)
    job = a_job(
        state=JobState.DONE, results=({"of_tomorrow": {"and_then": "<b>x</b>"}},), created_at=now, updated_at=now
    )
    web.api.stores.jobs.put(job)
    html = web.browser().get(f"/jobs/{job.id}").html
    assert "<dt><code>of_tomorrow</code></dt><dd><code>and_then</code>: &lt;b&gt;x&lt;/b&gt;</dd>" in html


def test_a_job_of_reports_shows_them_as_they_would_be_read(web: WebWorld) -> None:
    """Under their own headings, with whose each is."""
    now = datetime.now(UTC)
    report = {"id": "r", "kind": "standup", "title": "Standup for Ada", "day": "2026-11-20"}
    section = {"title": "Done", "kind": "done", "lines": [{"text": "ENG-1 is done", "url": "https://linear.app/1"}]}
    results = ({"member_id": "nobody", **report, "sections": [section]}, {"member_id": "b", "error": "no clock"})
    order = Order(kind=JobKind.STANDUP)
    web.api.stores.jobs.put(a_job(state=JobState.DONE, order=order, results=results, created_at=now, updated_at=now))
    [job] = web.api.stores.jobs.latest(ACME, limit=1)
    lines = web.browser().get(f"/jobs/{job.id}").text.split("\n")
    assert ["Standup for Ada", "Done", "ENG-1 is done", "Who", "nobody"] == lines[lines.index("Standup for Ada") :][:5]
    assert {"What went wrong", "no clock"} <= set(lines)
