"""From a delivery of the code host to what people see of it."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.bounds import LONGEST_TEXT
from pm_assistant.domain.code import CheckResult, Stage, pull_request_id
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.events import CodeChanged, EventEnvelope, WebhookEvent
from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations.github.webhook import GitHubWebhook
from pm_assistant.workflows.pipeline.analyze import analyze
from tests.builders import ACME, GLOBEX, NOW, a_connection, a_member, a_tenant
from tests.fakes.unit import FakeUnit
from tests.integrations.signing import SECRET, github_signed

REPOSITORY = {
    "id": 900,
    "full_name": "acme/shop",
    "html_url": "https://github.com/acme/shop",
    "private": True,
    "default_branch": "main",
    "updated_at": NOW.isoformat(),
}
PULL_REQUEST_ID = pull_request_id("900", 1)
ADA, GRACE = {"login": "ada", "id": 1, "type": "User"}, {"login": "grace", "id": 2, "type": "User"}


class Building(FakeUnit):
    """A tenant that is told what is built."""

    def __init__(self) -> None:
        super().__init__()
        for tenant in (ACME, GLOBEX):
            self.stores.tenants.put(a_tenant(tenant))
            self.stores.connections.put(a_connection(tenant, Provider.GITHUB))
        self.stores.directory.put_members(ACME, [a_member("ada", accounts={Provider.GITHUB: "Ada"})])

    def deliver(self, event: str, **payload: Any) -> CodeChanged:
        """Take in a signed delivery."""
        body = {"repository": REPOSITORY, "installation": {"id": 7}, "sender": GRACE, **payload}
        accepted = GitHubWebhook(SECRET).accept(github_signed(json.dumps(body).encode(), event), NOW)
        assert isinstance(accepted, WebhookEvent)
        assert isinstance(accepted.happening, CodeChanged)
        assert "7" == accepted.external_id
        analyze(EventEnvelope(tenant_id=ACME, event=accepted.happening), self)
        return accepted.happening


def a_payload(seconds: float = 0, **changes: Any) -> Mapping[str, Any]:
    """A pull request, so many seconds later."""
    return {
        "number": 1,
        "title": "Keep the coupon",
        "body": "Fixes ENG-1",
        "html_url": "https://github.com/acme/shop/pull/1",
        "user": GRACE,
        "state": "open",
        "draft": False,
        "created_at": NOW.isoformat(),
        "updated_at": (NOW + timedelta(seconds=seconds)).isoformat(),
        "closed_at": None,
        "merged_at": None,
        "head": {"ref": "keep", "sha": "c0ffee", "repo": {"id": 900}},
        "base": {"ref": "main", "sha": "f00d"},
        "assignees": [],
        "requested_reviewers": [ADA],
        "requested_teams": [{"name": "Reviewers"}],
        "labels": [{"name": "bug"}],
        **changes,
    }


def test_a_pull_request_is_known_as_github_tells_it() -> None:
    """Everything that its payload says, and its text beside it."""
    unit = Building()
    unit.deliver("pull_request", action="opened", pull_request=a_payload(additions=3, deletions=1, changed_files=2))
    known = unit.stores.code.pull_request(ACME, PULL_REQUEST_ID)
    assert known is not None
    assert known.facts is not None
    assert known.size is not None
    assert ("Keep the coupon", "keep", "c0ffee", "main", False) == (
        known.facts.title,
        known.facts.branch,
        known.facts.head,
        known.facts.base,
        known.facts.from_fork,
    )
    assert (("ada", "Reviewers"), ("bug",), 3, 1) == (
        known.facts.requested,
        known.facts.labels,
        known.size.additions,
        known.size.deletions,
    )
    assert Stage.REVIEW_REQUESTED is known.stage
    assert "Fixes ENG-1" == unit.stores.code.description(ACME, known.id)
    assert unit.stores.code.pull_request(GLOBEX, known.id) is None


def test_a_merge_outlasts_what_comes_late() -> None:
    """GitHub gives no order; the time of the pull request does."""
    unit = Building()
    closed = {"state": "closed", "closed_at": NOW.isoformat(), "merged_at": NOW.isoformat()}
    unit.deliver("pull_request", action="closed", pull_request=a_payload(9, **closed))
    unit.deliver("pull_request", action="edited", pull_request=a_payload(3, title="Old title"))
    known = unit.stores.code.pull_request(ACME, PULL_REQUEST_ID)
    assert known is not None
    assert Stage.MERGED is known.stage


def test_the_words_of_a_review_are_a_comment() -> None:
    """Most reviews have none; an edit may take them away."""
    unit = Building()
    review = {"id": 5, "user": ADA, "state": "approved", "submitted_at": NOW.isoformat(), "html_url": "u", "body": None}
    deliveries = (("submitted", None), ("submitted", "Like ENG-1"), ("edited", "Like ENG-2"), ("edited", ""))
    texts = []
    for second, (action, body) in enumerate(deliveries):
        words = {**review, "body": body}
        unit.deliver("pull_request_review", action=action, review=words, pull_request=a_payload(second))
        texts.append([(comment.id, comment.text) for comment in unit.stores.code.comments(ACME, "900", 1)])
    assert [[], *([("review-5", text)] for text in ("Like ENG-1", "Like ENG-2", ""))] == texts


def test_what_a_later_delivery_leaves_out_is_not_forgotten() -> None:
    """A review's delivery tells its pull request without sizes."""
    unit = Building()
    unit.deliver("pull_request", action="opened", pull_request=a_payload(additions=3, deletions=1, changed_files=2))
    review = {"id": 5, "user": ADA, "state": "approved", "submitted_at": NOW.isoformat(), "html_url": "u"}
    unit.deliver("pull_request_review", action="submitted", review=review, pull_request=a_payload(5))
    known = unit.stores.code.pull_request(ACME, PULL_REQUEST_ID)
    assert known is not None
    assert known.size is not None
    assert Stage.APPROVED is known.stage
    dismissed = {**review, "state": "dismissed"}
    unit.deliver("pull_request_review", action="dismissed", review=dismissed, pull_request=a_payload(8))
    unit.deliver("pull_request_review", action="submitted", review=review, pull_request=a_payload(5))
    known = unit.stores.code.pull_request(ACME, PULL_REQUEST_ID)
    assert known is not None
    assert Stage.REVIEW_REQUESTED is known.stage


def test_a_queue_is_entered_and_left() -> None:
    """Only the name of the action tells."""
    unit, stages = Building(), []
    for seconds, action in enumerate(("opened", "enqueued", "dequeued")):
        unit.deliver("pull_request", action=action, pull_request=a_payload(seconds))
        known = unit.stores.code.pull_request(ACME, PULL_REQUEST_ID)
        stages.append(known.stage if known else None)
    assert [Stage.REVIEW_REQUESTED, Stage.QUEUED, Stage.REVIEW_REQUESTED] == stages


def test_what_github_does_not_know_any_more_is_survived() -> None:
    """An account that is gone, a fork that is gone, a word that is new, and a body that is null."""
    unit = Building()
    gone = a_payload(user=None, body=None, head={"ref": "keep", "sha": "c0ffee", "repo": None}, merged_by=None)
    review = {"id": 5, "user": None, "state": "applauded", "submitted_at": NOW.isoformat(), "html_url": "u"}
    unit.deliver("pull_request_review", action="submitted", review=review, pull_request=gone, news={"from": "GitHub"})
    known = unit.stores.code.pull_request(ACME, PULL_REQUEST_ID)
    assert known is not None
    assert known.facts is not None
    assert (None, True, "") == (
        known.facts.author,
        known.facts.from_fork,
        unit.stores.code.description(ACME, known.id),
    )


def test_a_text_is_kept_as_far_as_a_row_and_a_message_hold_it() -> None:
    """All that GitHub takes in most scripts, and of any other the beginning."""
    unit, longest = Building(), "\N{HIRAGANA LETTER A}" * 60_000
    for number, body in enumerate((longest, "\N{PARTY POPPER}" * 65_536)):
        payload = a_payload(body=body, updated_at=f"2026-11-20T13:00:0{number}Z")
        unit.deliver("pull_request", action="edited", pull_request=payload)
        kept = unit.stores.code.description(ACME, PULL_REQUEST_ID)
        assert body.startswith(kept)
        assert LONGEST_TEXT == len(kept.encode())


def test_checks_of_a_fork_are_found_by_their_commit() -> None:
    """GitHub does not say there which pull request they are of."""
    unit = Building()
    unit.deliver("pull_request", action="opened", pull_request=a_payload())
    for id, conclusion in ((1, "success"), (2, "failure"), (3, "surprise")):
        suite = {"id": id, "head_sha": "c0ffee", "status": "completed", "conclusion": conclusion}
        unit.deliver(
            "check_suite",
            action="completed",
            check_suite={**suite, "app": {"name": "CI"}, "pull_requests": [], "updated_at": NOW.isoformat()},
        )
    commit = ("900", "c0ffee")
    assert CheckResult.FAILED is unit.stores.code.checks(ACME, [commit])[commit].result
    status = {"sha": "c0ffee", "context": "ci/old", "state": "pending", "updated_at": NOW.isoformat()}
    unit.deliver("status", **status)
    assert 4 == len(unit.stores.code.checks(ACME, [commit])[commit].checks)


def test_a_suite_that_was_merely_asked_for_says_nothing() -> None:
    """Every app that may write checks is asked, and most never answer."""
    unit = Building()
    suite = {"id": 1, "head_sha": "c0ffee", "status": "queued", "conclusion": None, "app": {"name": "CI"}}
    unit.deliver("check_suite", action="requested", check_suite={**suite, "updated_at": NOW.isoformat()})
    assert {} == dict(unit.stores.code.checks(ACME, [("900", "c0ffee")]))


def a_remark(id: int, text: str = "Looks good", seconds: float = 0) -> Mapping[str, Any]:
    """A comment."""
    at = (NOW + timedelta(seconds=seconds)).isoformat()
    return {"id": id, "user": ADA, "body": text, "html_url": "u", "created_at": NOW.isoformat(), "updated_at": at}


def test_comments_of_pull_requests_and_issues_are_kept_and_deleted_ones_are_not() -> None:
    """In the conversation and on lines; a late copy brings none back."""
    unit = Building()
    issue = {"number": 1, "title": "t", "created_at": NOW.isoformat(), "updated_at": NOW.isoformat()}
    of_pull_request = {**issue, "pull_request": {"url": "u"}}
    unit.deliver("issue_comment", action="created", issue=of_pull_request, comment=a_remark(1))
    unit.deliver("pull_request_review_comment", action="created", pull_request=a_payload(), comment=a_remark(2))
    for action in ("created", "deleted", "created"):
        unit.deliver("issue_comment", action=action, issue=of_pull_request, comment=a_remark(3))
    known = unit.stores.code.comments(ACME, "900", 1)
    assert [("1", False), ("2", False), ("3", True)] == [(comment.id, comment.deleted) for comment in known]
    assert [] == list(unit.stores.code.issues(ACME))
    unit.deliver("issue_comment", action="created", issue={**issue, "number": 4}, comment=a_remark(5))
    assert [4] == [known.number for known in unit.stores.code.issues(ACME)]


@pytest.mark.parametrize("action", ["deleted", "transferred"])
def test_an_issue_that_is_deleted_or_moved_away_is_gone(action: str) -> None:
    """Where it moved to it is opened."""
    unit = Building()
    issue = {"number": 4, "title": "t", "created_at": NOW.isoformat(), "updated_at": NOW.isoformat()}
    unit.deliver("issues", action="opened", issue=issue)
    unit.deliver("issues", action=action, issue=issue)
    assert [] == list(unit.stores.code.issues(ACME))


@pytest.mark.parametrize("action", ["deleted", "transferred"])
@pytest.mark.parametrize("first", ["comment", "issue"])
def test_what_was_said_on_an_issue_goes_with_it_whichever_is_heard_of_first(action: str, first: str) -> None:
    """GitHub deletes those comments, or has them elsewhere, and tells of none; on other numbers all stays."""
    unit = Building()
    issue = {"number": 4, "title": "t", "created_at": NOW.isoformat(), "updated_at": NOW.isoformat()}
    unit.deliver("issue_comment", action="created", issue={**issue, "number": 5}, comment=a_remark(6))
    if first == "issue":
        unit.deliver("issues", action=action, issue=issue)
    unit.deliver("issue_comment", action="created", issue=issue, comment=a_remark(7))
    if first == "comment":
        unit.deliver("issues", action=action, issue=issue)
    comments = [comment for _, comment in unit.stores.code.comments_page(ACME, limit=9)]
    assert {("6", False), ("7", True)} == {(comment.id, comment.deleted) for comment in comments}
    assert [""] == [comment.text for comment in comments if comment.deleted]


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("issues", {"action": "deleted", "issue": {"number": 4, "title": "t"}, "comment": {"id": 1}}),
        ("repository", {"action": "deleted", "label": {"name": "bug"}}),
        ("repository", {"action": "deleted", "comment": {"id": 1}, "issue": {"number": 1}}),
    ],
)
def test_what_is_deleted_is_what_the_delivery_is_about(event: str, payload: dict[str, Any]) -> None:
    """Nobody has signed the header that names the event: a deleted comment is not the end of an issue."""
    if "issue" in payload:
        payload["issue"] |= {"created_at": NOW.isoformat(), "updated_at": NOW.isoformat()}
    with pytest.raises(InvalidRequest, match="not about"):
        Building().deliver(event, **payload)


def test_a_repository_that_is_renamed_keeps_what_it_held() -> None:
    """It is known by its id."""
    unit = Building()
    unit.deliver("pull_request", action="opened", pull_request=a_payload())
    later = (NOW + timedelta(days=1)).isoformat()
    unit.deliver(
        "repository", action="renamed", repository={**REPOSITORY, "full_name": "acme/store", "updated_at": later}
    )
    assert ["acme/store"] == [repository.name for repository in unit.stores.code.repositories(ACME)]
    assert unit.stores.code.pull_request(ACME, PULL_REQUEST_ID) is not None


def test_repositories_that_are_taken_back_are_not_shown_and_come_back_whole() -> None:
    """People choose what we may read."""
    unit = Building()
    unit.deliver("pull_request", action="opened", pull_request=a_payload())
    for seconds, (removed, added) in enumerate((([{"id": 900}], []), ([], [{"id": 900}]))):
        at = (NOW + timedelta(seconds=seconds)).isoformat()
        unit.deliver(
            "installation_repositories",
            installation={"id": 7, "updated_at": at},
            repositories_removed=removed,
            repositories_added=added,
        )
        assert len(added) == len(unit.stores.code.repositories(ACME))
    unit.deliver(
        "repository", action="deleted", repository={**REPOSITORY, "updated_at": (NOW + timedelta(1)).isoformat()}
    )
    assert [] == list(unit.stores.code.repositories(ACME))


def test_that_the_code_host_was_heard_of_is_noted() -> None:
    """Its connection shows it."""
    unit = Building()
    unit.deliver("repository", action="edited")
    assert NOW == unit.stores.connection_states.activity(ACME)[Provider.GITHUB].last_event_at
