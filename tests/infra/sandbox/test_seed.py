"""The demo's files and the state file."""

import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from infra.local.processes import free_port
from infra.sandbox.core.store import StateUnreadable, Store
from infra.sandbox.play import at, midnight
from infra.sandbox.seed import DEMO, SeedInvalid, Utterance, load_day, load_world
from infra.sandbox.world import SandboxWorld
from tests.infra.sandbox.running import DAY, GITHUB, SECRETS, TEAM, TICKETS, Json, wait_until, write_demo

PULL: Json = {"repository": "web", "by": "ana", "days_ago": 2, "title": "ENG-1 Mend it", "head": "ana/eng-1"}
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def _worked(**step: object) -> Json:
    return GITHUB | {"pull_requests": [PULL | {"then": [step]}]}


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("team", TEAM | {"people": []}, "team.json: people"),
        ("team", TEAM | {"extra": 1}, "team.json: extra"),
        ("github", GITHUB | {"owners": ["stranger"]}, "github.json: owners: no person stranger"),
        ("github", GITHUB | {"repositories": [{}]}, "github.json: repositories.0.id"),
        ("github", GITHUB | {"pull_requests": [PULL | {"by": "nobody"}]}, "pull_requests.0: no person nobody"),
        ("github", GITHUB | {"pull_requests": [PULL | {"repository": "no"}]}, "pull_requests.0: no repository no"),
        ("github", GITHUB | {"pull_requests": [PULL | {"reverts": "no"}]}, "pull_requests.0: nothing comes from no"),
        ("github", _worked(do="merge", by="ana", days_ago=3), "pull_requests.0.then.0.days_ago: before"),
        ("github", _worked(do="approve", by="ana", days_ago=1), "then.0: Can not approve your own pull request"),
        ("github", _worked(do="check", value="well", days_ago=1), "then.0: checks do not end as well"),
        ("tickets", [TICKETS[0] | {"key": "eng 1"}], "tickets.json: 0.key"),
        ("tickets", [TICKETS[0] | {"state": "Nonsense"}], "no state Nonsense"),
        ("tickets", [TICKETS[0] | {"assignee": "nobody"}], "no person nobody"),
        ("tickets", [TICKETS[1]], "no ticket ENG-1"),
        ("day", [DAY[0] | {"at": "9:02"}], "day.json: 0.at"),
        ("day", [DAY[0] | {"user": "nobody"}], "no user nobody"),
        ("day", [DAY[0], DAY[0]], "used twice"),
        ("day", [DAY[2]], "m1 was not said before"),
    ],
)
def test_a_wrong_demo_file_is_named_with_its_field(tmp_path: Path, file: str, content: Json, complaint: str) -> None:
    """The text says what to mend."""
    demo = write_demo(tmp_path / "demo")
    (demo / f"{file}.json").write_text(json.dumps(content))

    with pytest.raises(SeedInvalid, match=complaint):
        load_day(demo, load_world(demo, NOW))


@pytest.mark.skipif(not (DEMO / "day.json").exists(), reason="the demo is not written yet")
def test_the_demo_itself_is_right() -> None:
    """The team, its tickets and its day fit together."""
    world = load_world(DEMO, NOW)

    assert load_day(DEMO, world)
    assert world.issues


@pytest.mark.parametrize("home", [DEMO, DEMO / "larkspur"])
def test_the_demos_pull_requests_name_tickets_that_are_there(home: Path) -> None:
    """Where they name any; some were merged and their ticket is open, and some are an app's."""
    world = load_world(home, NOW)
    keys = {world.identifier(each): each for each in world.issues.values()}
    named = {
        pull.id: [keys[key.upper()] for key in re.findall(r"(?i)\b(?:ENG|OPS|SHOP)-\d+\b", f"{pull.head} {pull.body}")]
        for pull in world.github.pulls.values()
    }
    merged = [each for each in world.github.pulls.values() if each.merged_at]

    assert len(named) >= 5
    assert [each for each in merged for issue in named[each.id] if world.state(issue.state_id).type == "unstarted"], (
        "none was merged whose ticket waits"
    )
    assert {True, False} == {each.draft for each in world.github.pulls.values()}
    assert [each for each in world.github.pulls.values() if each.author.endswith("[bot]")]
    assert all(each.created_at <= each.updated_at <= NOW for each in world.github.pulls.values())


def test_what_happened_on_github_stands_there_as_if_it_had_just_been_done() -> None:
    """In its order: numbers, reviews, checks, and a revert that was merged."""
    world = load_world(DEMO, NOW)
    [reverted] = [each for each in world.github.pulls.values() if each.head == "lena/eng-34-double-booking"]
    [revert] = [each for each in world.github.pulls.values() if each.head.startswith("revert-")]
    [import_] = [each for each in world.github.pulls.values() if each.head == "priya/eng-46-import-members"]

    assert (f"revert-{reverted.number}-{reverted.head}", f"Reverts velunda/studio-web#{reverted.number}") == (
        revert.head,
        revert.body,
    )
    assert "github-merge-queue[bot]" == reverted.merged_by
    assert reverted.merged_at
    assert revert.merged_at
    assert reverted.merged_at < revert.merged_at
    assert (3, "approved", "success") == (len(import_.commits), import_.decision, import_.checks)
    numbers = [each.number for each in world.github.pulls.values() if world.repository_of(each).name == "studio-web"]
    assert sorted(numbers) == numbers


@pytest.mark.parametrize(("now", "day"), [("11:29", 21), ("11:31", 21), ("11:32", 22), ("23:59", 22)])
def test_the_day_is_the_latest_that_is_over(now: str, day: int) -> None:
    """Its last message lies in the past."""
    hours, minutes = (int(part) for part in now.split(":"))
    lines = [Utterance(**line) for line in DAY]

    start = midnight(lines, NOW.replace(hour=hours, minute=minutes))

    assert day == at(lines[-1], start).day


def test_a_state_of_another_version_is_refused(tmp_path: Path) -> None:
    """Rather than misread."""
    (tmp_path / "sandbox.json").write_text("{}")

    with pytest.raises(StateUnreadable, match="remove it"):
        Store(tmp_path, SandboxWorld, lambda: load_world(tmp_path, NOW))


def test_a_state_is_one_flat_object_whichever_vendor_a_part_belongs_to(tmp_path: Path) -> None:
    """Files of versions before the vendors had folders are read, also those that knew of no key for OpenAI."""
    world = load_world(DEMO, NOW)
    kept = world.model_dump(mode="json")
    del kept["config"]["openai_api_key"]
    (tmp_path / "sandbox.json").write_text(json.dumps(kept))

    shared = {"people", "codes", "tokens", "tallies", "public_url", "deliveries", "faults", "requests", "config"}
    vendors = {
        "stripe",
        "workspace",
        "channels",
        "messages",
        "ephemerals",
        "triggers",
        "views",
        "response_urls",
        "homes",
        "shared_links",
        "details",
        "sessions",
        "history_read_at",
        "events_told",
        "limit_told_at",
        "organization",
        "teams",
        "labels",
        "projects",
        "cycles",
        "issues",
        "comments",
        "history",
        "relations",
        "attachments",
        "calendars",
    }
    assert shared | vendors | {"webhook_id", "github", "played", "played_day"} == kept.keys()
    assert world == Store(tmp_path, SandboxWorld, lambda: world).world


@pytest.mark.thorough
def test_the_state_survives_being_told_to_stop(tmp_path: Path, registered: dict[str, str]) -> None:
    """The program writes what it knows on SIGTERM and reads it again; its settings come from the environment."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "infra.sandbox", "--port", str(port), "--state", str(tmp_path)]
    secrets = {name.upper(): value for name, value in (SECRETS | registered).items()}

    def run(title: str) -> list[str]:
        with subprocess.Popen(command, env=os.environ | secrets) as program:
            try:
                wait_until(lambda: _answers(url), 15)
                key = httpx.get(f"{url}/_sandbox/state").json()["linear"]["teams"][0]["key"]
                httpx.post(f"{url}/_sandbox/linear/issues", json={"team": key, "title": title})
                state = httpx.get(f"{url}/_sandbox/state").json()
            finally:
                program.send_signal(signal.SIGTERM)
                program.wait(10)
        return [issue["title"] for issue in state["linear"]["issues"] if issue["title"].startswith("Written")]

    assert ["Written first"] == run("Written first")
    assert ["Written first", "Written second"] == run("Written second")


@pytest.mark.thorough
def test_a_setting_that_cannot_be_used_is_named_without_its_value(tmp_path: Path) -> None:
    """The program ends, and its log gives nothing away."""
    command = [sys.executable, "-m", "infra.sandbox", "--port", "1", "--state", str(tmp_path)]
    broken = {"GITHUB_PRIVATE_KEY": "-----BEGIN PRIVATE KEY-----half-a-key"}

    ended = subprocess.run(command, env=os.environ | broken, capture_output=True, text=True, timeout=30, check=False)

    assert (1, True) == (ended.returncode, "github_private_key" in ended.stderr)
    assert "half-a-key" not in ended.stderr


@pytest.mark.thorough
@pytest.mark.parametrize("brain", ["infra.local.nowhere:answer", "infra.local.brain:nothing", "nonsense", ":"])
def test_a_brain_that_is_not_there_is_named_at_the_start(tmp_path: Path, brain: str) -> None:
    """Rather than at the first question."""
    command = [sys.executable, "-m", "infra.sandbox", "--port", "1", "--state", str(tmp_path), "--brain", brain]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert (2, True) == (ended.returncode, f"no brain at {brain!r}" in ended.stderr)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False
