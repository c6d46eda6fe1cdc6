"""What the sandbox's GitHub tells, read by our product: in any order and more than once, it is what is on GitHub."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pm_assistant.domain.code import CodePart, PullRequest, Stage
from pm_assistant.domain.events import CodeChanged, WebhookEvent
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.integrations.github.webhook import GitHubWebhook
from tests.builders import ACME
from tests.fakes.code import FakeCode
from tests.infra.sandbox.github.flow import at_work, opened, work_through
from tests.infra.sandbox.running import SECRETS, Json, Receiver, Sandbox, SetClock, serving, wait_until

ORDERS = 25
FOREVER = 10_000


@pytest.mark.thorough
def test_whatever_the_order_our_picture_is_githubs(
    tmp_path: Path, demo: Path, receiver: Receiver, registered: dict[str, str], assertion: Callable[..., str]
) -> None:
    """Every delivery is taken, and every pull request and issue ends as it is there."""
    clock = SetClock()
    now = int(clock().timestamp())
    receiver.received.clear()
    receiver.answers.clear()
    with serving(tmp_path / "state", demo, receiver.url, SECRETS | registered, clock=clock) as sandbox:
        at_work(sandbox, receiver, assertion(iat=now - 30, exp=now + 500))
        work_through(sandbox, lambda: clock.pass_by(seconds=1))
        _in_every_state(sandbox, clock)
        wait_until(lambda: all(each["outcome"] == "delivered" for each in sandbox.state()["deliveries"]))
        there = sandbox.state()["github"]

    source = GitHubWebhook(SECRETS["github_webhook_secret"])
    events = [source.accept(WebhookRequest(headers=e.headers, body=e.raw), clock()) for e in receiver.of("github")]
    parts = [
        part
        for event in events
        if isinstance(event, WebhookEvent) and isinstance(event.happening, CodeChanged)
        for part in event.happening.parts
    ]
    known = _known(parts)
    stages = {each.id: each.stage for _, each in (*_all(known, over=True), *_all(known, over=False))}

    ids = {"acme/api": 12, "ana-dev/site": 11}
    assert {f"{ids[each['repository']]}:{each['number']}": _stage(each) for each in there["pull_requests"]} == stages
    assert set(Stage) == {*stages.values()}
    assert {each["title"] for each in there["issues"]} == {each.title for each in known.issues(ACME)}
    # The site was taken elsewhere at last, and we are told no more of it.
    assert {("acme/site", True, False), ("acme/api", True, False), ("acme/jobs", True, False)} == {
        (each.name, each.private, each.archived) for each in known.repositories(ACME)
    }
    assert [False] == [each.resolved for _, pull in _all(known, over=True) for each in pull.threads.values()]
    for seed in range(ORDERS):
        shuffled = [*parts, *parts]
        random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order
        assert _facts(known) == _facts(_known(shuffled)), f"seed {seed}"


def _in_every_state(sandbox: Sandbox, clock: SetClock) -> None:
    """Pull requests that stay as far as they are."""
    for state, steps in {
        "open": [],
        "draft": [("", {"user": "ana", "do": "draft"})],
        "asked": [("", {"user": "ana", "do": "request_review", "value": "ben"})],
        "objected": [("/review", {"user": "ben", "state": "changes_requested", "body": "No"})],
        "approved": [("/review", {"user": "ben", "state": s, "body": "So"}) for s in ("changes_requested", "approved")],
        "queued": [("", {"user": "ana", "do": do}) for do in ("enqueue", "dequeue", "enqueue")],
        "closed": [("", {"user": "ana", "do": do}) for do in ("close", "reopen", "close")],
    }.items():
        clock.pass_by(seconds=1)
        pull = opened(sandbox, f"stays {state}", repository="api")
        for path, body in steps:
            clock.pass_by(seconds=1)
            sandbox.control(pull + path, **body)


def _stage(shown: Json) -> Stage:
    """How far the sandbox says that it is."""
    for is_so, stage in (
        (shown["merged"], Stage.MERGED),
        (shown["state"] == "closed", Stage.CLOSED),
        (shown["draft"], Stage.DRAFT),
        (shown["queued"], Stage.QUEUED),
        (shown["decision"] == "changes_requested", Stage.CHANGES_REQUESTED),
        (shown["decision"] == "approved", Stage.APPROVED),
        (shown["asked"], Stage.REVIEW_REQUESTED),
    ):
        if is_so:
            return stage
    return Stage.OPEN


def _known(parts: Sequence[CodePart]) -> FakeCode:
    code = FakeCode()
    for part in parts:
        code.record(ACME, part, keep_days=FOREVER)
    return code


def _all(code: FakeCode, *, over: bool) -> Sequence[tuple[str, PullRequest]]:
    return code.latest_pull_requests(ACME, over=over, limit=FOREVER)


def _facts(code: FakeCode) -> list[str]:
    """All that is known, in an order of its own."""
    return sorted(each.model_dump_json() for each in code.everything(ACME))
