"""Linear's API as it behaves on bad days, and what exactly we send it."""

import json
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import cache
from typing import Any

import httpx
import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    IntValueNode,
    SelectionNode,
    SelectionSetNode,
    build_schema,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from pm_assistant.domain.catch_up import PlanningPage
from pm_assistant.domain.decisions import Outcome, Stake
from pm_assistant.domain.errors import (
    AccessRevoked,
    InvalidRequest,
    RateLimited,
    UpstreamError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.events import TicketRemoved
from pm_assistant.domain.people import Listing
from pm_assistant.domain.planning import Attachment, PlanName, RelationType
from pm_assistant.domain.tenants import Provider, Standing
from pm_assistant.integrations.linear import documents
from pm_assistant.integrations.linear.client import LinearTracker
from pm_assistant.integrations.linear.wire import STAKES
from pm_assistant.runtime.batch import family_of
from tests.builders import DOING, NOW
from tests.contracts.vendor_contracts import ROOT, needs_contracts

ID = "0b8f5a7e-3c1d-4e2f-9a6b-7c8d9e0f1a2b"
NOBODY = {"nodes": [], "pageInfo": {"hasNextPage": False}}
COMMENT = {
    "id": ID,
    "url": "https://linear.app/acme/issue/ENG-1#comment-1",
    "body": "hello",
    "editedAt": None,
    "children": NOBODY,
}
STATES = [
    {"id": "s-todo", "name": "Todo", "type": "unstarted", "position": 1},
    {"id": "s-doing", "name": "In Progress", "type": "started", "position": 2},
]
TEAM = {"id": "t-1", "key": "ENG", "name": "Engineering", "visibility": "public", "states": {"nodes": STATES}}
ISSUE = {
    "id": ID,
    "identifier": "ENG-1",
    "title": "Checkout",
    "description": None,
    "url": "https://linear.app/acme/issue/ENG-1",
    "priority": 2.0,
    "createdAt": "2026-11-01T10:00:00.000Z",
    "updatedAt": "2026-11-02T10:00:00.000Z",
    "startedAt": None,
    "completedAt": None,
    "state": {"id": "s-todo", "name": "Todo", "type": "unstarted"},
    "team": {"id": "t-1"},
    "assignee": {"id": "u-1", "name": "Ada"},
    "creator": {"id": "u-2"},
    "parent": None,
    "previousIdentifiers": ["OPS-3"],
    "estimate": 3.0,
    "dueDate": "2026-12-24",
    "project": {"id": "p-1", "name": "Launch"},
    "cycle": {"id": "c-1", "number": 12.0, "name": None, "startsAt": "2026-11-02T10:00:00.000Z", "endsAt": None},
    "labels": {"nodes": [{"id": "l-1", "name": "Bug"}]},
    "archivedAt": None,
    "trashed": None,
    "comments": {"nodes": [{"user": {"isMe": True}}], "pageInfo": {"hasNextPage": False}},
    "botActor": None,
    "history": NOBODY,
    "children": NOBODY,
    "relations": NOBODY,
    "inverseRelations": NOBODY,
    "attachments": NOBODY,
    "workflow": TEAM,
}
PAGE = {"hasNextPage": False, "endCursor": None}
USER = {"id": "u-1", "name": "Ada", "email": "a@acme.test", "active": True, "app": False, "timezone": "Europe/Berlin"}
ANSWERS: dict[str, Any] = {
    "issues": {"nodes": [ISSUE], "pageInfo": PAGE},
    "issue": ISSUE,
    "teams": {"nodes": [TEAM], "pageInfo": PAGE},
    "users": {"nodes": [USER], "pageInfo": PAGE},
    "comment": {**COMMENT, "body": "other"},
    "commentCreate": {"comment": {**COMMENT, "body": "other"}},
    "commentUpdate": {"comment": COMMENT},
    "commentDelete": {"success": True},
    "issueDelete": {"success": True},
    "issueCreate": {"issue": ISSUE},
    "issueUpdate": {"issue": {**ISSUE, "state": {"id": "s-doing", "name": "In Progress", "type": "started"}}},
}

type Handler = Callable[[dict[str, Any]], httpx.Response]


def good(body: dict[str, Any]) -> httpx.Response:
    """Linear on a good day."""
    operation = body["operationName"]
    return httpx.Response(200, json={"data": {operation: ANSWERS[operation]}})


def moved_since(body: dict[str, Any]) -> httpx.Response:
    """Linear once the issue is in progress."""
    if body["operationName"] == "issue":
        return httpx.Response(200, json={"data": {"issue": ANSWERS["issueUpdate"]["issue"]}})
    return good(body)


def failed(code: str, status: int = 200, *, presentable: str | None = None, **headers: str) -> httpx.Response:
    """A GraphQL error."""
    extensions = {"code": code} | ({"userPresentableMessage": presentable} if presentable else {})
    errors = [{"message": "the words of people", "extensions": extensions}]
    return httpx.Response(status, json={"errors": errors, "data": None}, headers=headers)


def tracker(handler: Handler, sent: list[dict[str, Any]] | None = None, bearer: str = "lin_oauth_1") -> LinearTracker:
    """A tracker whose Linear is a function."""

    def answer(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        if sent is not None:
            sent.append({**body, "authorization": request.headers["authorization"]})
        return handler(body)

    return LinearTracker(bearer, "https://linear.test/graphql", transport=httpx.MockTransport(answer))


def everything(linear: LinearTracker) -> None:
    """Use every method."""
    linear.read_tickets(since=None)
    linear.read_tickets(since=NOW, until=NOW, cursor="c-1")
    linear.teams()
    linear.members()
    linear.comment("ENG-1", id=ID, body="hello")
    linear.create("t-1", id=ID, title="Checkout", body="", priority=2)
    linear.move(ID, DOING)


@cache
def official() -> GraphQLSchema:
    """Linear's own schema."""
    return build_schema((ROOT / "linear/schema/schema.graphql").read_text(), assume_valid_sdl=True)


@pytest.mark.thorough
@needs_contracts
@pytest.mark.parametrize("name", [name for name in vars(documents) if name.isupper() and "FIELDS" not in name])
def test_every_document_is_valid(name: str) -> None:
    """Against the official schema, fragments included."""
    assert [] == [error.message for error in validate(official(), parse(getattr(documents, name)))]


@needs_contracts
def test_every_request_is_one_linear_accepts() -> None:
    """Document and variables of everything we ever send, the calls that undo it included."""
    sent: list[dict[str, Any]] = []
    linear = tracker(good, sent)
    everything(linear)
    outcomes = [
        linear.comment("ENG-1", id=ID, body="hello"),
        linear.create("t-1", id=ID, title="Checkout", body="", priority=2)[1],
        linear.move(ID, DOING)[1],
    ]
    for outcome in outcomes[:2]:
        linear.undo(outcome)
    tracker(moved_since, sent).undo(outcomes[2])

    assert {"commentDelete", "issueDelete", "issueUpdate"} <= {body["operationName"] for body in sent}
    for body in sent:
        operation = get_operation_ast(parse(body["query"]), body["operationName"])
        assert operation is not None
        values = get_variable_values(official(), operation.variable_definitions, body["variables"])
        assert isinstance(values, dict), values
    mutations = official().mutation_type
    assert mutations is not None
    for call in (json.loads(outcome.inverse) for outcome in outcomes):
        assert set(call["variables"]) <= set(mutations.fields[call["operation"]].args)


def test_a_comment_subscribes_nobody() -> None:
    """Quiet by default."""
    sent: list[dict[str, Any]] = []

    tracker(good, sent).comment("i-1", id=ID, body="other")

    [create] = sent
    assert create["variables"]["input"]["doNotSubscribeToIssue"]


@pytest.mark.parametrize(("token", "header"), [("lin_oauth_1", "Bearer lin_oauth_1"), ("lin_api_1", "lin_api_1")])
def test_a_personal_key_is_sent_without_bearer(token: str, header: str) -> None:
    """Linear tells the two apart by it."""
    sent: list[dict[str, Any]] = []

    tracker(good, sent, token).teams()

    assert [header] == [body["authorization"] for body in sent]


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (failed("RATELIMITED", 400), RateLimited),
        (httpx.Response(429), RateLimited),
        (failed("AUTHENTICATION_ERROR", 400), AccessRevoked),
        (httpx.Response(401, text="no"), AccessRevoked),
        (failed("INTERNAL_SERVER_ERROR"), UpstreamUnavailable),
        (httpx.Response(503, text="<html>"), UpstreamUnavailable),
        (httpx.Response(200, text="<html>"), UpstreamUnavailable),
        (httpx.Response(200, json=[]), UpstreamUnavailable),
        (httpx.Response(200, json={"data": None}), UpstreamUnavailable),
        (httpx.Response(200, json={"data": {}}), UpstreamUnavailable),
        (httpx.Response(200, json={"data": {"teams": {"nodes": [{}], "pageInfo": PAGE}}}), UpstreamUnavailable),
        (failed("INPUT_ERROR"), UpstreamRejected),
        (failed("FORBIDDEN", 403), UpstreamRejected),
        *((httpx.Response(status, text="<html>no"), UpstreamUnavailable) for status in (400, 403, 404)),
        (failed("LOCK_TIMEOUT"), UpstreamUnavailable),
        (httpx.Response(200, json={"errors": ["no"]}), UpstreamRejected),
        (httpx.Response(200, json={"errors": {"message": "no"}}), UpstreamRejected),
        (httpx.Response(200, json={"errors": [{"message": "no", "extensions": ["no"]}]}), UpstreamRejected),
    ],
)
def test_every_failure_becomes_one_of_ours(response: httpx.Response, error: type[UpstreamError]) -> None:
    """Linear says no with many statuses; the code counts, and a status without one is whoever stands before Linear."""
    with pytest.raises(UpstreamError) as caught:
        tracker(lambda _: response).teams()

    assert error.__name__ == family_of(caught.value)
    assert "people" not in str(caught.value)


@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.ConnectError, httpx.RemoteProtocolError])
def test_a_broken_line_is_an_outage(error: type[httpx.TransportError]) -> None:
    """The request may have been carried out."""

    def broken(_: dict[str, Any]) -> httpx.Response:
        raise error("broken")

    with pytest.raises(UpstreamUnavailable, match=error.__name__):
        tracker(broken).teams()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17.0),
        ({"retry-after": "soon"}, 60.0),
        ({"retry-after": "nan"}, 60.0),
        ({"retry-after": "0"}, 1.0),
        ({"date": "Fri, 20 Nov 2026 09:30:00 GMT", "x-ratelimit-requests-reset": "1795167045000"}, 45.0),
        ({"date": "Fri, 20 Nov 2026 09:30:00 GMT", "x-ratelimit-requests-reset": "9999999999999"}, 3600.0),
        ({}, 60.0),
        *(
            (
                {
                    "date": "Fri, 20 Nov 2026 09:30:00 GMT",
                    "x-ratelimit-requests-remaining": "2000",
                    "x-ratelimit-requests-reset": "1795167002000",
                    f"x-ratelimit-{used_up}-remaining": "0",
                    f"x-ratelimit-{used_up}-reset": "1795169400000",
                    "x-ratelimit-other-remaining": remaining,
                    "x-ratelimit-other-reset": "1795169700000",
                },
                seconds,
            )
            for used_up in ("complexity", "endpoint-requests", "of-next-year")
            for remaining, seconds in (("5", 2400.0), ("0", 2700.0))
        ),
        (
            {
                "date": "Fri, 20 Nov 2026 09:30:00 GMT",
                "x-ratelimit-requests-reset": "1795167002000",
                "x-ratelimit-complexity-reset": "1795169400000",
            },
            2400.0,
        ),
    ],
)
def test_the_waiting_time_is_linears_own(headers: dict[str, str], seconds: float) -> None:
    """Measured on its clock, and bounded; of several limits the one that is used up counts, else the last to end."""
    with pytest.raises(RateLimited) as caught:
        tracker(lambda _: failed("RATELIMITED", 400, **headers)).teams()

    assert seconds == caught.value.retry_after


def test_a_refusal_is_told_in_linears_words_for_people() -> None:
    """The technical message may quote what was sent."""
    refusal = failed("INPUT_ERROR", presentable="Could not find referenced Team.")

    with pytest.raises(UpstreamRejected, match=r"Linear refused: Could not find referenced Team\.$"):
        tracker(lambda _: refusal).teams()


@pytest.mark.parametrize("status", [200, 400])
def test_a_taken_id_means_that_it_is_there(status: int) -> None:
    """Linear refuses the second insert; the read decides."""

    def conflict(body: dict[str, Any]) -> httpx.Response:
        return failed("INPUT_ERROR", status) if body["operationName"].endswith("Create") else good(body)

    linear = tracker(conflict)

    assert COMMENT["url"] == linear.comment("i-1", id=ID, body="hello").url
    assert "ENG-1" == linear.create("t-1", id=ID, title="x", body="", priority=0)[0].key


def test_an_issue_missing_from_a_success_is_read() -> None:
    """The payload's issue is nullable."""

    def empty(body: dict[str, Any]) -> httpx.Response:
        if body["operationName"] == "issueCreate":
            return httpx.Response(200, json={"data": {"issueCreate": {"issue": None}}})
        return good(body)

    assert "ENG-1" == tracker(empty).create("t-1", id=ID, title="x", body="", priority=0)[0].key


def test_what_is_not_there_after_all_keeps_its_first_error() -> None:
    """A failed read says nothing new."""

    def never(body: dict[str, Any]) -> httpx.Response:
        if body["operationName"] == "commentCreate":
            return failed("INPUT_ERROR", presentable="Comment is too long.")
        return failed("INPUT_ERROR", presentable="Could not find referenced Comment.")

    with pytest.raises(UpstreamRejected, match=r"too long"):
        tracker(never).comment("i-1", id=ID, body="hello")


@pytest.mark.parametrize("write", ["comment", "create"])
@pytest.mark.parametrize(
    ("read", "error"),
    [
        (failed("RATELIMITED", 400), RateLimited),
        (httpx.Response(502), UpstreamUnavailable),
        (httpx.ReadTimeout("late"), UpstreamUnavailable),
        (failed("AUTHENTICATION_ERROR"), AccessRevoked),
    ],
)
def test_a_refusal_is_final_only_if_the_read_says_that_nothing_is_there(
    write: str, read: httpx.Response | httpx.HTTPError, error: type[UpstreamError]
) -> None:
    """An earlier try, whose answer was lost, may have written what this one is refused for."""

    def taken(body: dict[str, Any]) -> httpx.Response:
        if body["operationName"].endswith("Create"):
            return failed("INPUT_ERROR", presentable="conflict on insert")
        if isinstance(read, httpx.HTTPError):
            raise read
        return read

    linear = tracker(taken)
    writes: dict[str, Callable[[], object]] = {
        "comment": lambda: linear.comment("i-1", id=ID, body="hello"),
        "create": lambda: linear.create("t-1", id=ID, title="x", body="", priority=0),
    }
    with pytest.raises(UpstreamError) as caught:
        writes[write]()
    assert error.__name__ == family_of(caught.value)


def test_what_reads_or_is_written_under_our_id_is_asked_again_and_nothing_else() -> None:
    """A second move might undo what a person has done in between."""
    sent: list[dict[str, Any]] = []

    def away(body: dict[str, Any]) -> httpx.Response:
        failing = {"teams", "commentCreate", "issueUpdate"}
        return httpx.Response(503) if body["operationName"] in failing else good(body)

    linear = tracker(away, sent)
    calls: list[Callable[[], object]] = [
        linear.teams,
        lambda: linear.comment("i-1", id=ID, body="hello"),
        lambda: linear.move(ID, DOING),
    ]
    for call in calls:
        with suppress(UpstreamError):
            call()

    asked = Counter(body["operationName"] for body in sent)
    assert (3, 3, 1) == (asked["teams"], asked["commentCreate"], asked["issueUpdate"])


@pytest.mark.parametrize("code", ["RATELIMITED", "AUTHENTICATION_ERROR"])
def test_what_was_surely_not_done_is_not_read_back(code: str) -> None:
    """Another request would make it worse."""
    sent: list[dict[str, Any]] = []

    with pytest.raises(UpstreamError):
        tracker(lambda _: failed(code, 400), sent).comment("i-1", id=ID, body="hello")
    assert ["commentCreate"] == [body["operationName"] for body in sent]


def test_a_move_that_did_not_happen_stays_an_outage() -> None:
    """The read shows the old state."""

    def lost(body: dict[str, Any]) -> httpx.Response:
        return httpx.Response(502) if body["operationName"] == "issueUpdate" else good(body)

    with pytest.raises(UpstreamUnavailable):
        tracker(lost).move(ID, DOING)


@pytest.mark.parametrize(
    "inverse",
    [
        {"operation": "teamDelete", "variables": {"id": ID}},
        {"operation": "issueDelete", "variables": None},
        {"variables": {"id": ID}},
        {"operation": "commentDelete", "variables": {"id": "another"}},
        {"operation": "issueDelete", "variables": {"id": "another"}, "unless_left": "s-todo"},
        {"operation": "issueDelete", "variables": {"id": ID, "permanentlyDelete": True}, "unless_left": "s-todo"},
        {"operation": "issueUpdate", "variables": {"id": "another", "input": {"stateId": "s-doing"}}},
        {"operation": "issueUpdate", "variables": {"id": ID, "input": {"stateId": "s-doing", "title": "Hi"}}},
        {"operation": "issueUpdate", "variables": {"id": ID, "input": {"description": "![](https://evil.test)"}}},
        {"operation": "issueUpdate", "variables": {"id": ID}, "unless_left": "s-todo"},
    ],
)
def test_nothing_is_taken_back_but_what_we_wrote(inverse: dict[str, Any]) -> None:
    """Whatever the log holds, three mutations are sent for it at most, about its own outcome, and change a state."""
    sent: list[dict[str, Any]] = []

    with pytest.raises(InvalidRequest):
        tracker(good, sent).undo(Outcome(external_id=ID, url="", inverse=json.dumps(inverse)))
    assert [] == sent


def test_an_inverse_that_does_not_say_how_things_were_left_is_not_carried_out() -> None:
    """We cannot tell whether people have gone on with the issue."""
    inverse = json.dumps({"operation": "issueDelete", "variables": {"id": ID}})

    assert tracker(good).undo(Outcome(external_id=ID, url="", inverse=inverse))


OURS = {"user": {"isMe": True}}


def taken_back(operation: str, there: dict[str, Any], outcome: Callable[[LinearTracker], Outcome]) -> list[Stake]:
    """What keeps that which we left, given how Linear shows it by then."""

    def standing(body: dict[str, Any]) -> httpx.Response:
        if body["operationName"] == operation:
            return httpx.Response(200, json={"data": {operation: there}})
        return good(body)

    return list(tracker(standing).undo(outcome(tracker(good))))


def made(linear: LinearTracker) -> Outcome:
    """We make a ticket."""
    return linear.create("t-1", id=ID, title="Checkout", body="", priority=2)[1]


@pytest.mark.parametrize(
    ("authors", "more", "gone"),
    [
        ([], False, True),
        ([OURS], False, True),
        ([OURS, {"user": {"isMe": False}}], False, False),
        ([{"user": None}], False, False),
        ([OURS], True, False),
    ],
    ids=["nobody", "we", "a person, too", "another integration", "we, and more than was read"],
)
def test_a_ticket_goes_only_if_nobody_else_can_have_written_on_it(
    authors: list[object], more: bool, gone: bool
) -> None:
    """What an integration relays was said by somebody."""
    discussed = {**ISSUE, "comments": {"nodes": authors, "pageInfo": {"hasNextPage": more}}}

    assert gone == (not taken_back("issue", discussed, made))


ME, PERSON = {"isMe": True}, {"isMe": False}
BOT, RULE = {"id": "gh", "type": "github"}, {"id": None, "type": "workflow"}
UNCHANGED = dict.fromkeys([*STAKES, "actor", "botActor", "descriptionUpdatedBy"])


def changed(**what: Any) -> dict[str, Any]:
    """An entry of an issue's history."""
    return {**UNCHANGED, "createdAt": "2026-11-02T10:00:00.000Z", **what}


@pytest.mark.parametrize(
    ("entry", "kept_by"),
    [
        (changed(actor=ME, toTitle="Checkout"), []),
        (changed(actor=PERSON, fromTitle="Checkout", toTitle="Basket"), [Stake.TITLE]),
        (changed(actor=ME, updatedDescription=True, descriptionUpdatedBy=[ME, PERSON]), [Stake.TEXT]),
        (changed(botActor=BOT, attachmentId="a-1", toStateId="s-todo"), [Stake.STATE, Stake.ATTACHMENTS]),
        (changed(botActor=RULE, toAssigneeId="u-1"), []),
        (changed(toCycleId="c-1"), []),
        (changed(botActor={"id": "app", "type": "oauthClient"}, toTitle="Checkout"), []),
        (changed(actor=PERSON), [Stake.OTHER]),
        (changed(actor=PERSON, fromDelegate={"id": "u-2"}, removedLabelIds=["l-1"]), [Stake.ASSIGNEE, Stake.LABELS]),
    ],
    ids=["we", "person", "we and a person", "integration", "rule", "Linear", "we by name", "new to us", "taken off"],
)
def test_whose_a_change_of_a_ticket_is_is_read_from_its_history(entry: dict[str, Any], kept_by: list[Stake]) -> None:
    """What people and integrations did is somebody's; what a rule of Linear's own did is not, and ours is ours."""
    history = {"nodes": [entry], "pageInfo": {"hasNextPage": False}}
    there = {**ISSUE, "botActor": {"id": "app", "type": "oauthClient"}, "history": history}

    assert kept_by == taken_back("issue", there, made)


@pytest.mark.parametrize("more", ["history", "comments"])
def test_a_ticket_of_which_we_have_not_seen_everything_stays(more: str) -> None:
    """Somebody is busy with it."""
    assert taken_back("issue", {**ISSUE, more: {"nodes": [], "pageInfo": {"hasNextPage": True}}}, made)


@pytest.mark.parametrize(("latest", "kept_by"), [(ME, []), (PERSON, [Stake.STATE]), (None, [])])
def test_a_move_that_people_have_made_themselves_since_is_not_taken_back(
    latest: dict[str, bool] | None, kept_by: list[Stake]
) -> None:
    """They moved it away and back, or were faster than we: it stands where they want it."""
    moves = [changed(actor=actor, toStateId="s-doing") for actor in (ME, PERSON, latest)]
    for hour, move in enumerate(moves):
        move["createdAt"] = f"2026-11-02T1{hour}:00:00.000Z"
    moved = ANSWERS["issueUpdate"]["issue"]
    there = {**moved, "history": {"nodes": moves, "pageInfo": {"hasNextPage": True}}}

    assert kept_by == taken_back("issue", there, lambda linear: linear.move(ID, DOING)[1])


def test_a_comment_of_which_it_was_not_noted_how_we_left_it_is_taken_back_unless_it_has_replies() -> None:
    """Such are those of before, and those whose answers were lost."""
    inverse = json.dumps({"operation": "commentDelete", "variables": {"id": ID}, "unless_left": None})
    edited = {**COMMENT, "editedAt": "2026-11-02T10:00:00.000Z"}
    replied = {**COMMENT, "children": {"nodes": [{"user": PERSON}], "pageInfo": {"hasNextPage": False}}}

    def before(_: LinearTracker) -> Outcome:
        return Outcome(external_id=ID, url="", inverse=inverse)

    assert [[], [Stake.REPLIES]] == [taken_back("comment", there, before) for there in (edited, replied)]


@pytest.mark.parametrize(("body", "written"), [("hello", False), ("other words", True)], ids=["new", "changed"])
def test_words_are_taken_out_of_a_comment_in_the_trash_though_nothing_new_is_said_there(
    body: str, written: bool
) -> None:
    """Whoever looks into the trash does not find them."""
    sent: list[str] = []

    def trash(request: dict[str, Any]) -> httpx.Response:
        sent.append(request["operationName"])
        if request["operationName"] == "commentCreate":
            return failed("INPUT_ERROR", 400)
        if request["operationName"] == "comment":
            there = {**COMMENT, "body": "hello", "issue": {"trashed": True}}
            return httpx.Response(200, json={"data": {"comment": there}})
        return good(request)

    with nullcontext() if written else pytest.raises(UpstreamRejected, match="trash"):
        tracker(trash).comment("i-1", id=ID, body=body)

    assert written == ("commentUpdate" in sent)


def test_a_comment_that_linear_will_not_delete_is_not_said_to_be_gone() -> None:
    """It is still there to be read."""

    def locked(body: dict[str, Any]) -> httpx.Response:
        return failed("FORBIDDEN", 403) if body["operationName"] == "commentDelete" else good(body)

    outcome = tracker(good).comment("i-1", id=ID, body="hello")
    with pytest.raises(UpstreamRejected):
        tracker(locked).undo(outcome)


@pytest.mark.parametrize("write", ["comment", "create", "move"])
@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (failed("AUTHENTICATION_ERROR", 400), AccessRevoked),
        (failed("FORBIDDEN", 403), UpstreamRejected),
        (failed("GRAPHQL_VALIDATION_FAILED", 400), UpstreamRejected),
        (httpx.Response(403, text="<html>blocked</html>"), UpstreamUnavailable),
    ],
)
def test_only_what_is_said_not_to_be_there_counts_as_taken_back(
    refusal: httpx.Response, error: type[UpstreamError], write: str
) -> None:
    """A refusal of us is not an absence of the thing."""
    linear = tracker(good)
    outcome = {
        "comment": lambda: linear.comment("i-1", id=ID, body="hello"),
        "create": lambda: linear.create("t-1", id=ID, title="x", body="", priority=0)[1],
        "move": lambda: linear.move(ID, DOING)[1],
    }[write]()

    with pytest.raises(error) as caught:
        tracker(lambda _: refusal).undo(outcome)
    assert error.__name__ == family_of(caught.value)
    assert not tracker(lambda _: failed("INPUT_ERROR", presentable="Could not find referenced entity.")).undo(outcome)


def test_pages_are_read_to_the_end() -> None:
    """The cursor leads."""

    def paged(body: dict[str, Any]) -> httpx.Response:
        after = body["variables"]["after"]
        info = {"hasNextPage": after is None, "endCursor": "c-1"}
        return httpx.Response(200, json={"data": {"teams": {"nodes": [TEAM], "pageInfo": info}}})

    assert 2 == len(tracker(paged).teams())


def test_a_page_of_tickets_tells_of_the_next_one_and_of_what_was_put_away() -> None:
    """It asks once; what was archived counts as removed, at that moment."""
    asked = list[dict[str, Any]]()
    away = {**ISSUE, "id": "away", "archivedAt": NOW.isoformat()}

    def paged(body: dict[str, Any]) -> httpx.Response:
        asked.append(body["variables"])
        info = {"hasNextPage": True, "endCursor": "c-2"}
        return httpx.Response(200, json={"data": {"issues": {"nodes": [ISSUE, away], "pageInfo": info}}})

    page = tracker(paged).read_tickets(since=NOW, cursor="c-1")
    assert ([ID], "c-2") == ([ticket.id for ticket in page.tickets], page.cursor)
    assert (TicketRemoved(ticket_id="away", at=NOW),) == page.removed
    assert [("c-1", True)] == [(variables["after"], variables["archived"]) for variables in asked]


@pytest.mark.parametrize("name", [name for name in vars(documents) if name.isupper() and "FIELDS" not in name])
def test_no_document_costs_more_than_linear_takes(name: str) -> None:
    """By its own reckoning: a tenth of a point for a property, one for an object, times the length of the list."""
    document = parse(getattr(documents, name))
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}

    def points(selections: SelectionSetNode) -> float:
        return sum(map(points_of, selections.selections))

    def points_of(node: SelectionNode) -> float:
        if isinstance(node, FragmentSpreadNode):
            return points(fragments[node.name.value].selection_set)
        assert isinstance(node, FieldNode)
        if node.selection_set is None:
            return 0.1
        lengths = (a.value for a in node.arguments if a.name.value == "first")
        times = next((int(length.value) for length in lengths if isinstance(length, IntValueNode)), 1)
        is_wrapped = node.name.value in {"nodes", "pageInfo"}
        return times * (points(node.selection_set) + (0 if is_wrapped else 1))

    operation = get_operation_ast(document)
    assert operation is not None
    assert points(operation.selection_set) < 10_000


@pytest.mark.thorough
@pytest.mark.parametrize("listed", ["teams", "users"])
@pytest.mark.parametrize(
    ("following", "problem"),
    [
        (lambda number: "c-1", "back to a page that has been read"),
        (lambda number: f"c-{number % 5}", "back to a page that has been read"),
        (lambda number: "", "back to a page that has been read"),
        (lambda number: f"c-{number}", "does not end"),
    ],
    ids=["the same", "a circle", "the first", "ever another"],
)
def test_pages_that_do_not_end_end_in_an_error(listed: str, following: Callable[[int], str], problem: str) -> None:
    """The cursor is the vendor's word; nothing of ours would stop us."""
    numbers = iter(range(2_000))

    def paged(body: dict[str, Any]) -> httpx.Response:
        info = {"hasNextPage": True, "endCursor": following(next(numbers))}
        nodes = good(body).json()["data"][listed]["nodes"]
        return httpx.Response(200, json={"data": {listed: {"nodes": nodes, "pageInfo": info}}})

    linear = tracker(paged)
    read: Callable[[], object] = {"teams": linear.teams, "users": linear.members}[listed]
    with pytest.raises(UpstreamUnavailable, match=problem):
        read()


@pytest.mark.parametrize(
    ("said", "standing"),
    [({}, Standing.MEMBER), ({"guest": True}, Standing.GUEST), ({"active": False, "guest": True}, Standing.LEFT)],
)
def test_what_an_account_is_in_the_organisation_is_linears_to_say(said: dict[str, bool], standing: Standing) -> None:
    """Guests see some teams, and who was deactivated none."""
    users = {"nodes": [{**USER, **said}], "pageInfo": PAGE}
    [member] = tracker(lambda _: httpx.Response(200, json={"data": {"users": users}})).members()

    assert {Provider.LINEAR: standing} == member.standings


@pytest.mark.parametrize("field", ["issues", "teams", "users"])
def test_a_row_that_cannot_be_read_costs_that_row(field: str) -> None:
    """It is left out and named, and the others are read."""
    nodes = [ANSWERS[field]["nodes"][0], {"id": "bad", "name": 7, "key": 7, "title": 7}]
    linear = tracker(lambda _: httpx.Response(200, json={"data": {field: {"nodes": nodes, "pageInfo": PAGE}}}))
    if field == "issues":
        page = linear.read_tickets(since=None)
        count, flaws = len(page.tickets), page.flaws
    else:
        read: Listing[Any] = linear.teams() if field == "teams" else linear.members()
        count, flaws = len(read), read.flaws

    assert 1 == count
    assert [("bad", True)] == [(flaw.id, flaw.left_out) for flaw in flaws]


@pytest.mark.parametrize(("name", "zone"), [(None, "Mars/Olympus"), ("", ""), (" \u2003", None)])
def test_somebody_of_whom_little_is_said_is_somebody_all_the_same(name: str | None, zone: str | None) -> None:
    """Name, address and zone have something in their place; an unknown zone is said."""
    user = {**USER, "name": name, "displayName": name, "email": None, "timezone": zone}
    answer = {"data": {"users": {"nodes": [user], "pageInfo": PAGE}}}
    members = tracker(lambda _: httpx.Response(200, json=answer)).members()

    assert [("u-1", None, "UTC")] == [(member.name, member.email, member.time_zone) for member in members]
    assert (zone is not None) == bool(members.flaws)


def test_a_phase_that_we_have_not_heard_of_is_open_work_in_its_place() -> None:
    """One odd state costs neither its team nor the others."""
    states = [*STATES, {"id": "s-held", "name": "On hold", "type": "paused", "position": 3}]
    team = {**TEAM, "states": {"nodes": states}}
    answer = {"data": {"teams": {"nodes": [team], "pageInfo": PAGE}}}
    [read] = tracker(lambda _: httpx.Response(200, json=answer)).teams()

    assert ["s-todo", "s-doing", "s-held"] == [state.id for state in read.states]
    assert ("paused", False) == (read.states[-1].other_type, read.states[-1].type.closed)
    assert read.forwards(read.states[1], read.states[2])
    assert not read.forwards(read.states[2], read.states[0])


def test_a_list_beside_the_tickets_that_cannot_be_read_costs_that_list() -> None:
    """Or that row; an answer without such lists is one."""
    named = {"id": "p-1", "name": "Launch", "updatedAt": "2026-11-01T10:00:00.000Z"}
    elsewhere = {"id": "c-1", "body": "On a document", "updatedAt": "2026-11-01T10:00:00.000Z"}

    def answered(body: dict[str, Any]) -> httpx.Response:
        data = good(body).json()["data"]
        lists = {"projects": {"nodes": [named, {"id": "p-2", "name": {}}]}, "comments": {"nodes": [elsewhere]}}
        return httpx.Response(200, json={"data": data | lists | {"attachments": {"nodes": 7}}})

    page = tracker(answered).read_tickets(since=NOW)

    assert ["Launch"] == [part.name for part in page.planning.parts if isinstance(part, PlanName)]
    assert (1, ["attachments: not of the documented form", "name: string_type"]) == (
        len(page.tickets),
        [flaw.problem for flaw in page.planning.flaws],
    )
    assert PlanningPage() == tracker(good).read_tickets(since=NOW).planning


def test_only_the_lists_that_go_on_are_asked_for_again() -> None:
    """Each from where it stands; what was put away counts as gone."""
    asked: list[dict[str, Any]] = []
    moment = "2026-11-01T10:00:00.000Z"
    attached = {"id": "a-1", "url": "https://shop.test/1", "updatedAt": moment, "archivedAt": moment}

    def answered(body: dict[str, Any]) -> httpx.Response:
        asked.append(body["variables"])
        info = {"hasNextPage": body["operationName"] == "issues", "endCursor": "a-1"}
        attachments = {"nodes": [attached | {"issue": {"id": ID}}], "pageInfo": info}
        data = good(body).json()["data"] if body["operationName"] == "issues" else {}
        return httpx.Response(200, json={"data": data | {"attachments": attachments}})

    linear = tracker(answered)
    cursor = linear.read_tickets(since=NOW).planning.cursor
    assert cursor is not None
    page = linear.read_planning(since=NOW, cursor=cursor)

    wanted = {name: asked[-1][name] for name in ("attachments", "attachmentsAfter", "comments", "commentsAfter")}
    assert {"attachments": True, "attachmentsAfter": "a-1", "comments": False, "commentsAfter": None} == wanted
    assert (None, [True]) == (page.cursor, [part.removed for part in page.parts if isinstance(part, Attachment)])


def test_a_relation_of_a_new_kind_is_one_all_the_same() -> None:
    """The kinds are Linear's to name."""
    ends = {"issue": {"id": ID}, "relatedIssue": {"id": "issue-2"}, "updatedAt": "2026-11-01T10:00:00.000Z"}
    rows = [{"id": str(number), "type": type, **ends} for number, type in enumerate(("blocks", "causes", None))]

    def answered(body: dict[str, Any]) -> httpx.Response:
        data = good(body).json()["data"]
        return httpx.Response(200, json={"data": data | {"issueRelations": {"nodes": rows}}})

    planning = tracker(answered).read_tickets(since=NOW).planning

    assert planning.relations is not None
    assert [RelationType.BLOCKS, RelationType.OTHER] == [relation.type for relation in planning.relations.relations]
    assert ["2"] == [flaw.id for flaw in planning.flaws]
