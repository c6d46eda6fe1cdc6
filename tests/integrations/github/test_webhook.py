"""GitHub's deliveries, recorded and made up."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pm_assistant.domain.errors import InvalidRequest, Unauthenticated
from pm_assistant.domain.events import AccessLost, AccessRestored, Dropped, GrantChanged, WebhookEvent
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.integrations.github.webhook import GitHubWebhook
from tests.builders import NOW
from tests.contracts.vendor_contracts import given, load, needs_contracts
from tests.integrations.signing import SECRET, github_signed

RECORDED = given("github/given/webhooks")


def accept(payload: Any, event: str = "installation") -> object:
    """Deliver a payload, signed."""
    return GitHubWebhook(SECRET).accept(github_signed(json.dumps(payload).encode(), event), NOW)


def happened(action: str, **changes: Any) -> dict[str, Any]:
    """What happened to an installation."""
    return {"action": action, "installation": {"id": 7, "app_id": 2, "account": {"login": "acme"}, **changes}}


@needs_contracts
def test_the_signature_is_the_published_one() -> None:
    """GitHub's own example."""
    vector = load("signature_vectors.json")["github"]["vector"]
    request = WebhookRequest(
        headers={"x-hub-signature-256": vector["signature"], "x-github-event": "push"}, body=vector["body"].encode()
    )
    with pytest.raises(InvalidRequest, match="JSON"):  # authentic, and no JSON
        GitHubWebhook(vector["secret"]).accept(request, NOW)
    with pytest.raises(Unauthenticated):
        GitHubWebhook(vector["secret"] + "x").accept(request, NOW)


@pytest.mark.parametrize(
    ("action", "happening"),
    [
        ("deleted", AccessLost(reason="installation deleted")),
        ("suspend", AccessLost(reason="installation suspend", at=NOW)),
        ("unsuspend", AccessRestored(at=NOW + timedelta(minutes=1))),
    ],
)
def test_what_happens_to_an_installation_is_what_happens_to_our_access(
    action: str, happening: AccessLost | AccessRestored
) -> None:
    """Deleted, suspended, and no longer suspended, and when the latter two were."""
    times = {
        "suspended_at": None if action == "unsuspend" else NOW.isoformat(),
        "updated_at": (NOW + timedelta(minutes=1)).isoformat(),
    }
    expected = WebhookEvent(provider=Provider.GITHUB, external_id="7", happening=happening)
    assert expected == accept(happened(action, **times))


def test_a_suspension_without_its_time_is_one_all_the_same() -> None:
    """Then it counts from when it comes."""
    happenings = [accept(happened(action)) for action in ("suspend", "unsuspend")]
    expected = [AccessLost(reason="installation suspend"), AccessRestored()]
    assert expected == [each.happening for each in happenings if isinstance(each, WebhookEvent)]


@pytest.mark.parametrize("action", ["deleted", "suspend", "unsuspend"])
@pytest.mark.parametrize("account", [{"account": {"slug": "acme-group", "id": 3}}, {"account": None}, {}])
def test_whose_installation_it_is_does_not_matter(action: str, account: dict[str, Any]) -> None:
    """An enterprise has no login, and an account may be gone; GitHub does not tell it again."""
    payload = {"action": action, "installation": {"id": 7, "app_id": 2, **account}}
    answer = accept(payload)
    assert isinstance(answer, WebhookEvent)
    assert "7" == answer.external_id


def test_an_event_that_names_no_installation_is_dropped() -> None:
    """There is nothing that it could be about."""
    assert Dropped(reason="no installation") == accept({"action": "deleted", "installation": None})


def test_permissions_that_an_owner_has_accepted_are_what_is_granted_from_then_on() -> None:
    """Each with all that it includes, and since when; GitHub does not send it again."""
    permissions = {"metadata": "read", "issues": "write"}
    answer = accept(happened("new_permissions_accepted", permissions=permissions, updated_at=NOW.isoformat()))
    granted = GrantChanged(scopes=("issues:read", "issues:write", "metadata:read"), at=NOW)
    assert WebhookEvent(provider=Provider.GITHUB, external_id="7", happening=granted) == answer


@pytest.mark.parametrize("action", ["created", "new_permissions_accepted", "something new"])
def test_what_does_not_touch_our_access_is_dropped(action: str) -> None:
    """The callback tells us of an installation that was created; what was accepted has to be said."""
    assert Dropped(reason="installation event") == accept(happened(action))


@pytest.mark.parametrize(("event", "reason"), [("ping", "ping"), ("push", "event type"), ("", "event type")])
def test_other_events_are_dropped(event: str, reason: str) -> None:
    """They are none of our business, so far."""
    assert Dropped(reason=reason) == accept({"zen": "Keep it logically awesome."}, event)


def test_the_name_of_the_event_is_believed_only_as_far_as_the_body_bears_it_out() -> None:
    """The header is not signed: another event of the same body must not pass for the end of an installation."""
    comment = {"action": "deleted", "installation": {"id": 7, "node_id": "x"}, "comment": {}}
    with pytest.raises(InvalidRequest, match=r"installation\.app_id"):
        accept(comment, "installation")


@needs_contracts
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name)
def test_every_recorded_delivery_is_read_or_dropped(path: Path) -> None:
    """Real payloads, under the event their file is named after."""
    request = github_signed(path.read_bytes(), path.name.partition(".")[0])
    assert isinstance(GitHubWebhook(SECRET).accept(request, NOW), WebhookEvent | Dropped)


@needs_contracts
def test_recorded_installations_are_what_they_are() -> None:
    """Which recordings change our access, or what it allows."""
    paths = {path.stem: path for path in RECORDED if path.name.startswith("installation.")}
    answers = {name: accept(json.loads(path.read_text())) for name, path in paths.items()}
    changed = {
        name: (answer.external_id, answer.happening.type)
        for name, answer in answers.items()
        if isinstance(answer, WebhookEvent)
    }
    assert {
        "installation.deleted.1": ("2", "access_lost"),
        "installation.new_permissions_accepted.1": ("957387", "grant_changed"),
        "installation.suspend.1": ("16598467", "access_lost"),
        "installation.unsuspend.1": ("16598467", "access_restored"),
    } == changed


@needs_contracts
def test_the_recorded_end_of_a_suspension_is_not_before_it() -> None:
    """Which is what tells the two apart when they come the wrong way round."""
    lost, restored = (
        accept(load(f"github/given/webhooks/installation.{action}.1.json")) for action in ("suspend", "unsuspend")
    )
    assert isinstance(lost, WebhookEvent)
    assert isinstance(restored, WebhookEvent)
    assert isinstance(lost.happening, AccessLost)
    assert isinstance(restored.happening, AccessRestored)
    assert lost.happening.at is not None
    assert restored.happening.at is not None
    assert lost.happening.at <= restored.happening.at


@needs_contracts
@pytest.mark.parametrize("name", ["pull_request.opened.1", "issue_comment.deleted.1", "ping.1", "push.1"])
def test_a_recorded_delivery_under_a_false_name_changes_nothing(name: str) -> None:
    """Whoever replays one cannot make it an installation's end."""
    payload = load(f"github/given/webhooks/{name}.json")
    with pytest.raises(InvalidRequest):
        accept(payload)
