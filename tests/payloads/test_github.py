"""Whatever GitHub delivers is taken in, and what we know of the code afterwards is what a reader of it would say."""

import json
import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from pm_assistant.domain.code import CodeComment
from pm_assistant.domain.tenants import Provider
from tests.builders import ACME
from tests.contracts.vendor_contracts import given, load, needs_contracts
from tests.integrations.signing import github_signed
from tests.payloads.product import WORKSPACES, Product
from tests.payloads.variations import WORDS, allowed, at, bounded, chances, moved, paths, put, renumbered, spoilt

type Json = dict[str, Any]

RECORDED = given("github/given/webhooks")
any_recording, seeds = st.sampled_from(RECORDED), st.integers(0, 2**32)
every_recording = pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
NEVER_READ = {"check_run", "github_app_authorization", "ping", "push"}
pytestmark = needs_contracts


def event_of(path: Path) -> str:
    """The name in the header, which is the first word of the file's."""
    return path.stem.partition(".")[0]


def recorded(path: Path) -> Json:
    """A recording, sent to our tenant."""
    payload: Json = json.loads(path.read_text())
    if "installation" in payload or event_of(path) not in NEVER_READ:
        payload["installation"] = {**payload.get("installation", {}), "id": int(WORKSPACES[Provider.GITHUB])}
    return payload


def delivered(event: str, *payloads: Json) -> tuple[Product, list[int]]:
    """What our product is after some deliveries, and what each was answered."""
    product = Product()
    answers = [
        product.receive(Provider.GITHUB, github_signed(json.dumps(payload).encode(), event))[0] for payload in payloads
    ]
    product.work()
    return product, answers


# What a reader of the payload expects; of everything else nothing.


def expected(event: str, payload: Json) -> Mapping[str, Any]:
    """What is known after a delivery, in plain words."""
    return {**EMPTY, **(READERS[event](payload) if event in READERS else {})}


def _repository(payload: Json) -> Mapping[str, Any]:
    place = payload["repository"]
    if place.get("updated_at") is None:
        return {}
    if payload["action"] == "deleted" and "pull_request" not in payload:
        return {}
    facts = (place["full_name"], place["private"], place.get("archived") or False)
    return {"repositories": {str(place["id"]): facts}}


def _pull_request(payload: Json) -> Mapping[str, Any]:
    pull, place = payload["pull_request"], str(payload["repository"]["id"])
    people = [_login(each) for each in pull.get("requested_reviewers") or () if each]
    teams = [each["name"] for each in pull.get("requested_teams") or () if each]
    facts = {
        "title": pull.get("title") or "",
        "text": pull.get("body") or "",
        "author": _login(pull.get("user")),
        "draft": pull.get("draft") or False,
        "closed": pull.get("state") == "closed",
        "merged": bool(pull.get("merged_at")),
        "branch": pull["head"]["ref"],
        "base": pull["base"]["ref"],
        "labels": [each["name"] for each in pull.get("labels") or () if each.get("name")],
        "assignees": [_login(each) for each in pull.get("assignees") or () if each],
        "requested": people + teams,
    }
    return {**_repository(payload), "pull requests": {f"{place}:{pull['number']}": facts}}


def _review(payload: Json) -> Mapping[str, Any]:
    review, place = payload["review"], str(payload["repository"]["id"])
    number = payload["pull_request"]["number"]
    reviews = {str(review["id"]): (_login(review.get("user")), review["state"])}
    said = {f"{place}:{number}:review-{review['id']}": review["body"]} if review.get("body") else {}
    return {**_pull_request(payload), "reviews": reviews, "comments": said}


def _thread(payload: Json) -> Mapping[str, Any]:
    return {**_pull_request(payload), "threads": {payload["thread"]["node_id"]: payload["action"] == "resolved"}}


def _remark(payload: Json) -> Mapping[str, Any]:
    return {**_pull_request(payload), "comments": _comments(payload, payload["pull_request"]["number"])}


def _comment(payload: Json) -> Mapping[str, Any]:
    on_issue = {} if payload["issue"].get("pull_request") else _issue({**payload, "action": "edited"})
    comments = _comments(payload, payload["issue"]["number"])
    return {**_repository({**payload, "action": ""}), **on_issue, "comments": comments}


def _comments(payload: Json, number: int) -> Mapping[str, str]:
    comment, place = payload["comment"], payload["repository"]["id"]
    return {} if payload["action"] == "deleted" else {f"{place}:{number}:{comment['id']}": comment.get("body") or ""}


def _issue(payload: Json) -> Mapping[str, Any]:
    issue, place = payload["issue"], str(payload["repository"]["id"])
    at_place = _repository({**payload, "action": ""})
    if payload["action"] in {"deleted", "transferred"}:
        return at_place
    facts = {
        "title": issue["title"],
        "text": issue.get("body") or "",
        "author": _login(issue.get("user")),
        "closed": issue.get("state") == "closed" or bool(issue.get("closed_at")),
        "labels": [each["name"] for each in issue.get("labels") or () if each and each.get("name")],
        "assignees": [_login(each) for each in issue.get("assignees") or () if each],
    }
    return {**at_place, "issues": {f"{place}:{issue['number']}": facts}}


def _suite(payload: Json) -> Mapping[str, Any]:
    suite, at_place = payload["check_suite"], _repository({**payload, "action": ""})
    if payload["action"] not in {"completed", "rerequested"}:
        return at_place
    return {**at_place, "checks": {suite["head_sha"]: _RESULTS.get(suite.get("conclusion"), "pending")}}


def _status(payload: Json) -> Mapping[str, Any]:
    at_place = _repository({**payload, "action": ""})
    return {**at_place, "checks": {payload["sha"]: _RESULTS.get(payload["state"], "pending")}}


def _installation(payload: Json) -> Mapping[str, Any]:
    return {"lost": payload["action"] in {"deleted", "suspend"}}


_PASSED = ("success", "neutral", "skipped")
_FAILED = ("failure", "error", "timed_out", "action_required", "startup_failure", "cancelled")
_RESULTS = dict.fromkeys(_PASSED, "passed") | dict.fromkeys(_FAILED, "failed")
READERS: Mapping[str, Callable[[Json], Mapping[str, Any]]] = {
    "pull_request": _pull_request,
    "pull_request_review": _review,
    "pull_request_review_thread": _thread,
    "pull_request_review_comment": _remark,
    "issue_comment": _comment,
    "issues": _issue,
    "check_suite": _suite,
    "status": _status,
    "repository": _repository,
    "installation": _installation,
}
EMPTY: Json = {
    **{kind: {} for kind in ("repositories", "pull requests", "reviews", "threads", "comments", "issues", "checks")},
    "lost": False,
}


def _login(user: Json | None) -> str | None:
    return None if user is None else user.get("login") or user.get("name")


def known(product: Product) -> Mapping[str, Any]:
    """What our product knows, in the same words."""
    code = product.stores.code
    pulls = {id: pull for (_, id), pull in code._pull_requests.items() if pull.facts}
    comments = [part for part in code._alone.values() if isinstance(part, CodeComment) and not part.deleted]
    return {
        "repositories": {place.id: (place.name, place.private, place.archived) for place in code.repositories(ACME)},
        "pull requests": {
            id: {
                "title": pull.facts.title,
                "text": code.description(ACME, id),
                "author": pull.facts.author and pull.facts.author.login,
                "draft": pull.facts.draft,
                "closed": pull.facts.closed_at is not None,
                "merged": pull.facts.merged_at is not None,
                "branch": pull.facts.branch,
                "base": pull.facts.base,
                "labels": list(pull.facts.labels),
                "assignees": [each.login for each in pull.facts.assignees],
                "requested": list(pull.facts.requested),
            }
            for id, pull in pulls.items()
            if pull.facts
        },
        "reviews": {
            id: (review.author and review.author.login, review.state)
            for pull in pulls.values()
            for id, review in pull.reviews.items()
        },
        "threads": {id: thread.resolved for pull in pulls.values() for id, thread in pull.threads.items()},
        "comments": {f"{each.repository_id}:{each.number}:{each.id}": each.text for each in comments},
        "issues": {
            f"{issue.repository_id}:{issue.number}": {
                "title": issue.title,
                "text": issue.text,
                "author": issue.author and issue.author.login,
                "closed": issue.closed_at is not None,
                "labels": list(issue.labels),
                "assignees": [each.login for each in issue.assignees],
            }
            for issue in code.issues(ACME)
        },
        "checks": {commit: checks.result for (_, (_, commit)), checks in code._checks.items()},
        "lost": product.stores.connections.get(ACME, Provider.GITHUB).broken_since is not None,
    }


@every_recording
def test_what_is_recorded_is_known_as_it_says(path: Path) -> None:
    """Once or twice: it is taken, and says the same."""
    payload = recorded(path)

    product, answers = delivered(event_of(path), payload, payload)

    assert ([200, 200], []) == (answers, product.given_up)
    assert expected(event_of(path), payload) == known(product)


def schema_of(event: str, action: str | None) -> tuple[Json, Json]:
    """What GitHub's own description says of a delivery, and all of the description."""
    root = _description()
    hook = root["webhooks"]["-".join([event, *([action] if action else [])]).replace("_", "-")]
    return hook["post"]["requestBody"]["content"]["application/json"]["schema"], root


@cache
def _description() -> Json:
    root: Json = load("github/schema/webhooks.openapi.json")
    return root


@drawn(path=any_recording, seed=seeds)
def test_whatever_the_description_lets_be_null_or_missing_may_be(path: Path, seed: int) -> None:
    """Old recordings are no judges of what comes tomorrow; the vendor's description is."""
    chance, event, payload = chances(seed), event_of(path), recorded(path)
    varied = allowed(payload, *schema_of(event, payload.get("action")), chance, keep=[("installation", "id")])

    product, answers = delivered(event, varied)

    assert ([200], []) == (answers, product.given_up)
    assert expected(event, varied) == known(product)


TEXTS = {"title": 256, "body": 65_536, "name": 50, "full_name": 140, "ref": 244}
"""The fields in which people write, and how much GitHub lets them, in characters."""


def reworded(payload: Json, chance: random.Random) -> Json:
    """Other things, at other times, said in other words; with fields that nobody has heard of."""
    changed: Json = moved(
        renumbered(payload, chance.choice([0, 7, 10**12])), timedelta(seconds=chance.randrange(10**8))
    )
    changed["installation"] = payload["installation"]
    for path in list(paths(changed)):
        name, value = path[-1], at(changed, path)
        if isinstance(value, str) and name in TEXTS and "app" not in path and chance.random() < 0.5:
            words = chance.choice(WORDS) * chance.choice([1, 9, 10_000])
            put(changed, path, words[: TEXTS[str(name)]])
        elif isinstance(value, list) and name in {"labels", "assignees", "requested_reviewers", "requested_teams"}:
            put(changed, path, value * chance.choice([0, 1, 3]))
        elif isinstance(value, dict) and name == "user" and chance.random() < 0.2:
            put(changed, path, chance.choice([None, {**value, "login": "ghost", "id": 10137, "type": "Mannequin"}]))
        elif isinstance(value, dict) and name != "permissions" and chance.random() < 0.2:
            value["added_next_year"] = chance.choice([None, 7, "soon", ["x"], {"deep": {"deeper": []}}])
        elif (
            isinstance(value, int) and name in {"id", "number"} and chance.random() < 0.2 and path[0] != "installation"
        ):
            put(changed, path, str(value))
    return changed


@pytest.mark.thorough
@drawn(path=any_recording, seed=seeds)
def test_whatever_people_write_and_whoever_they_are_is_known_as_it_says(path: Path, seed: int) -> None:
    """In any script, as long as GitHub lets it be, with halves of characters; nobody's if the account is gone."""
    payload = recorded(path)
    if "installation" not in payload:
        return
    varied = reworded(payload, chances(seed))

    product, answers = delivered(event_of(path), varied)

    assert ([200], []) == (answers, product.given_up)
    stored = json.loads(json.dumps(varied, ensure_ascii=False).encode(errors="replace"))
    assert expected(event_of(path), bounded(stored)) == known(product)


@drawn(
    path=any_recording,
    action=st.sampled_from(["opened", "deleted", "transferred", "frobnicated", "", "DELETED", "auto_merge_enabled"]),
)
def test_an_action_that_nobody_has_heard_of_tells_of_the_thing_all_the_same(path: Path, action: str) -> None:
    """What a vendor adds is survived; what is deleted is only what the delivery is about."""
    payload = recorded(path)
    if "action" not in payload or event_of(path) == "installation":
        return
    varied = {**payload, "action": action}

    product, answers = delivered(event_of(path), varied)

    assert set(answers) <= {200, 400}
    assert [] == product.given_up
    if answers == [200]:
        assert expected(event_of(path), varied) == known(product)
    else:
        assert action in {"deleted", "transferred"}


@drawn(path=any_recording, seed=seeds)
def test_whatever_is_odd_is_taken_or_refused(path: Path, seed: int) -> None:
    """Never is it our fault, and nothing waits for people that no person can mend."""
    product, answers = delivered(event_of(path), spoilt(recorded(path), chances(seed)))

    assert set(answers) <= {200, 400}
    assert [] == product.given_up
