"""What GitHub could not tell us, as it lists it, and as the sandbox sends it again."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from pm_assistant.domain.deliveries import Delivery
from pm_assistant.domain.errors import Misconfigured, RateLimited
from pm_assistant.integrations.github.app import GitHubApp
from pm_assistant.integrations.github.deliveries import GitHubDeliveries
from tests.builders import NOW
from tests.infra.sandbox.github.flow import asks_for, install, opened
from tests.infra.sandbox.running import SECRETS, Receiver, Sandbox, receiving, serving, wait_until, write_demo
from tests.integrations.oauth_vendors import PEM

APP = GitHubApp("4021", "pm-assistant", "id", "secret", PEM)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Sandbox, Receiver]]:
    """The sandbox and whoever it tells."""
    ids = {"github_app_id": "4021", "github_app_slug": "pm-assistant", "github_private_key": PEM}
    ids |= {"github_client_id": "id", "github_client_secret": "secret"}
    with ExitStack() as stack:
        receiver = stack.enter_context(receiving())
        demo = write_demo(tmp_path / "demo")
        yield stack.enter_context(serving(tmp_path, demo, receiver.url, SECRETS | ids)), receiver


def test_what_failed_is_listed_and_comes_again(running: tuple[Sandbox, Receiver]) -> None:
    """With whose it is, and what we had answered; what has arrived meanwhile is not listed."""
    sandbox, receiver = running
    asks_for(sandbox, "metadata", "members", "pull_requests", events=("pull_request",))
    installation = install(sandbox, receiver)
    receiver.wait(1, "github", "created")
    receiver.answers.append(lambda: 503)
    for title in ("lost", "taken"):
        opened(sandbox, title)
        wait_until(lambda: "pending" not in {each["outcome"] for each in sandbox.state()["deliveries"]})
    github = GitHubDeliveries(APP, api_url=f"{sandbox.url}/github/api")

    [failed] = github.failed(cursor=None).deliveries
    came_before = len(receiver.of("github", "opened"))

    assert (installation, 503, True) == (failed.external_id, failed.status, failed.may_arrive)
    assert github.send_again(failed)
    again = receiver.wait(came_before + 1, "github", "opened")[-1]
    assert (failed.event_id, "lost") == (again.headers["x-github-delivery"], again.body["pull_request"]["title"])
    assert not github.send_again(failed.model_copy(update={"id": 1}))


def test_pages_follow_githubs_cursor_and_a_bad_row_is_passed_over() -> None:
    """Only the cursor of the address that GitHub names is used: our proof goes nowhere else."""
    asked = list[httpx.Request]()
    row = {"id": 7, "guid": "g", "delivered_at": NOW.isoformat(), "status_code": 502, "installation_id": 3}

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(
            200, json=[row, {"id": "?"}], headers={"link": '<https://elsewhere.test/?cursor=v1_7&x=1>; rel="next"'}
        )

    github = GitHubDeliveries(APP, api_url="https://api.github.test", transport=httpx.MockTransport(answer))
    page = github.failed(cursor=None)
    github.failed(cursor=page.cursor)
    assert (Delivery(id=7, event_id="g", at=NOW, external_id="3", status=502),) == page.deliveries
    assert [None, "v1_7"] == [request.url.params.get("cursor") for request in asked]
    assert {("api.github.test", "failure")} == {(each.url.host, each.url.params["status"]) for each in asked}


@pytest.mark.parametrize(
    ("answer", "error"),
    [(httpx.Response(401), Misconfigured), (httpx.Response(403, headers={"retry-after": "9"}), RateLimited)],
)
def test_a_refusal_means_what_it_means_elsewhere(answer: httpx.Response, error: type[Exception]) -> None:
    """It is the app itself who asks."""
    transport = httpx.MockTransport(lambda _: answer)
    github = GitHubDeliveries(APP, api_url="https://api.github.test", transport=transport)
    with pytest.raises(error):
        github.failed(cursor=None)
    with pytest.raises(error):
        github.send_again(Delivery(id=7, event_id="g", at=NOW))
