"""Acting as somebody, and ordering misbehaviour."""

import time

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.infra.sandbox.github.flow import user_token
from tests.infra.sandbox.linear.flow import authorize as linear_authorize
from tests.infra.sandbox.running import (
    GENERAL,
    LINEAR_TOKEN,
    OPENAI_KEY,
    SECRETS,
    SLACK_TOKEN,
    Json,
    Receiver,
    Sandbox,
    wait_until,
)
from tests.infra.sandbox.slack.flow import install as slack_install

COMMENT = "mutation Comment($input: CommentCreateInput!) { commentCreate(input: $input) { comment { id } } }"


def messages(sandbox: Sandbox) -> list[Json]:
    """What stands in the general channel."""
    found: list[Json] = sandbox.state()["slack"]["messages"][GENERAL]
    return found


def comments(sandbox: Sandbox) -> list[str]:
    """The comments on ENG-1."""
    issue = next(each for each in sandbox.state()["linear"]["issues"] if each["identifier"] == "ENG-1")
    return [comment["body"] for comment in issue["comments"]]


@pytest.mark.parametrize("channel", [GENERAL, "general", "#general"])
@pytest.mark.parametrize("user", ["ana", "@ana", "Ana Ruiz", "U0ANA"])
def test_people_and_channels_go_by_id_or_name(sandbox: Sandbox, channel: str, user: str) -> None:
    """The answer gives the addresses."""
    answer = sandbox.control("slack/messages", channel=channel, user=user, text="Hi")

    assert {"ok": True, "ts": answer["ts"], "channel": GENERAL, "thread_ts": None} == answer
    assert [("U0ANA", "Hi")] == [(each["user"], each["text"]) for each in messages(sandbox)]


def test_a_message_can_be_backdated(sandbox: Sandbox) -> None:
    """It stands where it belongs; a ts that is taken moves on by the smallest step."""
    later = sandbox.control("slack/messages", channel="general", user="ana", text="now")["ts"]
    earlier = [
        sandbox.control("slack/messages", channel="general", user="ana", text="then", ts=ts)["ts"]
        for ts in ("1750000000.5", 1750000000.5)
    ]

    assert ["1750000000.500000", "1750000000.500001"] == earlier
    assert [*earlier, later] == [each["ts"] for each in messages(sandbox)]


def test_a_reply_to_a_reply_joins_the_thread(sandbox: Sandbox) -> None:
    """Slack has no threads in threads."""
    root = sandbox.control("slack/messages", channel="general", user="ana", text="root")["ts"]
    reply = sandbox.control("slack/messages", channel="general", user="ben", text="a", thread_ts=root)["ts"]
    nested = sandbox.control("slack/messages", channel="general", user="ana", text="b", thread_ts=reply)

    assert root == nested["thread_ts"]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("slack/messages", {"channel": "nowhere", "user": "ana", "text": "x"}, "channel"),
        ("slack/messages", {"channel": "general", "user": "nobody", "text": "x"}, "user"),
        ("slack/messages", {"channel": "general", "user": "ana"}, "text"),
        ("slack/messages", {"channel": "general", "user": "ana", "text": ""}, "text"),
        ("slack/messages", {"channel": "general", "user": "ana", "text": "x", "thread_ts": "1.000000"}, "thread_ts"),
        ("slack/messages", {"channel": "general", "user": "ana", "text": "x", "deliveries": 0}, "deliveries"),
        ("slack/messages", {"channel": "general", "user": "ana", "text": "x", "ts": "soon"}, "ts"),
        ("slack/edit", {"channel": "general", "ts": "1.000000", "text": "x"}, "ts"),
        ("slack/delete", {"channel": "general", "ts": "1.000000"}, "ts"),
        ("linear/issues", {"team": "OPS", "title": "x"}, "team"),
        ("linear/issues", {"team": "ENG"}, "title"),
        ("linear/issues/ENG-99", {"state": "Started"}, "identifier"),
        ("linear/issues/ENG-1", {"state": "Nonsense"}, "state"),
        ("linear/issues/ENG-1", {"title": None}, "title"),
        ("linear/issues/ENG-1", {"priority": None}, "priority"),
        ("linear/issues/ENG-1", {"assignee": "nobody"}, "assignee"),
        ("linear/issues/ENG-1", {"team": "OPS"}, "team"),
        ("linear/issues/ENG-1", {"related": "ENG-99"}, "related"),
        ("linear/comments/none", {"body": "x"}, "id"),
        ("linear/projects/Nowhere", {"name": "x"}, "name"),
        ("faults", {"vendor": "jira", "kind": "timeout"}, "vendor"),
        ("faults", {"vendor": "slack", "kind": "nonsense"}, "kind"),
        ("faults", {"vendor": "slack", "kind": "timeout", "times": 0}, "times"),
        ("faults", {"vendor": "linear", "operation": "commentCreat", "kind": "timeout"}, "operation"),
        ("faults", {"vendor": "slack", "operation": "ChatPostMessage", "kind": "timeout"}, "operation"),
        ("config", {"ack_seconds": 0}, "ack_seconds"),
        ("config", {"colour": "red"}, "colour"),
        ("config", {"github_private_key": "-----BEGIN PRIVATE KEY-----"}, "github_private_key"),
        ("config", {"github_app_id": "mine"}, "github_app_id"),
        ("oauth/expire", {"vendor": "openai"}, "vendor"),
        ("oauth/revoke", {}, "vendor"),
        ("github/suspend", {}, "installation_id"),
        ("github/delete", {"installation_id": 1}, "installation_id"),
        ("play", {"speed": 0}, "speed"),
    ],
)
def test_bad_input_names_the_field_and_changes_nothing(sandbox: Sandbox, path: str, body: Json, field: str) -> None:
    """Controls answer 400 with the field."""
    answer = sandbox.http.post(f"/_sandbox/{path}", json=body)

    problem = answer.json()
    assert "application/problem+json" == answer.headers["content-type"]
    assert (400, 400, field) == (answer.status_code, problem["status"], problem["field"])
    assert {"type": "about:blank", "title": "Bad Request"}.items() <= problem.items()
    assert [] == messages(sandbox)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "nonsense", 404), ("PUT", "config", 405)])
def test_what_is_no_control_is_a_problem_too(sandbox: Sandbox, method: str, path: str, status: int) -> None:
    """In the same form."""
    answer = sandbox.http.request(method, f"/_sandbox/{path}")
    assert ("application/problem+json", status) == (answer.headers["content-type"], answer.json()["status"])
    assert "there is no such control" == answer.json()["detail"]


def test_a_body_that_is_not_json_is_refused(sandbox: Sandbox) -> None:
    """So is one that is no object."""
    answers = [sandbox.http.post("/_sandbox/slack/messages", content=content) for content in (b"{", b"[]")]

    assert [400, 400] == [answer.status_code for answer in answers]


def test_requests_are_counted_by_operation(sandbox: Sandbox) -> None:
    """Whether they succeed or not."""
    sandbox.slack("chat.postMessage", channel=GENERAL, text="x")
    sandbox.slack("chat.postMessage", channel="C0NOWHERE", text="x")
    sandbox.linear(COMMENT, input={"issueId": "ENG-1", "body": "x"})
    sandbox.linear("{ viewer { id } }")

    assert {"linear.Comment": 1, "linear.viewer": 1, "slack.chat.postMessage": 2} == sandbox.state()["requests"]


def test_the_state_shows_no_tokens_or_secrets(sandbox: Sandbox, receiver: Receiver, registered: dict[str, str]) -> None:
    """It is for people's eyes; what OAuth handed out stays inside as well."""
    sandbox.control("config", slack_token_rotation=True)
    granted = [slack_install(sandbox, receiver), linear_authorize(sandbox, receiver)]
    user = user_token(sandbox, receiver)
    text = sandbox.http.get("/_sandbox/state").text

    tokens = [each[name] for each in granted for name in ("access_token", "refresh_token")]
    secrets = [value for name, value in (SECRETS | registered).items() if "secret" in name or "key" in name]
    assert [] == [word for word in (SLACK_TOKEN, LINEAR_TOKEN, user, *tokens, *secrets) if word in text]


def test_slacks_rate_limit_is_429_with_retry_after(sandbox: Sandbox) -> None:
    """It strikes as often as ordered and only the operation named."""
    sandbox.control("faults", vendor="slack", operation="chat.postMessage", kind="rate_limit", retry_after=7)
    client = WebClient(token=SLACK_TOKEN, base_url=f"{sandbox.url}/slack/api/")
    client.auth_test()

    with pytest.raises(SlackApiError) as limited:
        client.chat_postMessage(channel=GENERAL, text="x")

    assert (429, "7") == (limited.value.response.status_code, limited.value.response.headers["retry-after"])
    assert "ratelimited" == limited.value.response["error"]
    assert client.chat_postMessage(channel=GENERAL, text="x")["ok"]


@pytest.mark.parametrize("limit", ["requests", "complexity", "endpoint-requests"])
@pytest.mark.parametrize("operation", ["Comment", "commentCreate", "*"])
def test_linears_rate_limit_is_400_with_a_code(sandbox: Sandbox, operation: str, limit: str) -> None:
    """A fault finds its request by the document's name or its root field; only the limit that struck is used up."""
    sandbox.control("faults", vendor="linear", operation=operation, kind="rate_limit", retry_after=3, limit=limit)

    limited = sandbox.graphql(COMMENT, input={"issueId": "ENG-1", "body": "x"})
    afterwards = sandbox.graphql(COMMENT, input={"issueId": "ENG-1", "body": "x"})

    assert (400, "RATELIMITED") == (limited.status_code, limited.json()["errors"][0]["extensions"]["code"])
    remaining = {name for name, value in limited.headers.items() if name.endswith("-remaining") and value == "0"}
    assert {f"x-ratelimit-{limit}-remaining"} == remaining
    assert 0 < int(limited.headers[f"x-ratelimit-{limit}-reset"]) - time.time() * 1000 <= 3000
    assert 200 == afterwards.status_code
    assert ["x"] == comments(sandbox)


def test_other_refusals_do_nothing(sandbox: Sandbox) -> None:
    """Server errors and revoked access leave no trace but the count."""
    for kind in ("server_error", "revoked"):
        sandbox.control("faults", vendor="linear", kind=kind)
        sandbox.control("faults", vendor="slack", kind=kind)
        sandbox.control("faults", vendor="openai", kind=kind)
    linear = [sandbox.graphql(COMMENT, input={"issueId": "ENG-1", "body": "x"}) for _ in range(2)]
    slack = [sandbox.slack("chat.postMessage", channel=GENERAL, text="x") for _ in range(2)]
    openai = [sandbox.http.post("/openai/v1/responses", json={}) for _ in range(2)]

    assert [503, 401] == [answer.status_code for answer in linear]
    assert ["internal_error", "token_revoked"] == [answer["error"] for answer in slack]
    assert [500, 401] == [answer.status_code for answer in openai]
    assert [] == comments(sandbox)
    assert [] == messages(sandbox)


@pytest.mark.parametrize(("after", "expected"), [(True, ["x"]), (False, [])])
def test_a_timeout_may_have_done_its_work(sandbox: Sandbox, after: bool, expected: list[str]) -> None:
    """The client gets no answer and cannot know."""
    sandbox.control("faults", vendor="linear", operation="commentCreate", kind="timeout", after=after)

    with pytest.raises(httpx.ReadTimeout):
        sandbox.http.post(
            "/linear/graphql",
            json={"query": COMMENT, "variables": {"input": {"issueId": "ENG-1", "body": "x"}}},
            headers={"authorization": "Bearer lin-oauth-test"},
            timeout=0.5,
        )

    assert expected == comments(sandbox)


@pytest.mark.parametrize("kind", ["page", "cut", "reset"])
def test_an_answer_may_be_lost_though_the_work_is_done(sandbox: Sandbox, kind: str) -> None:
    """A proxy's page, half an answer and a broken connection are all that the client gets to see."""
    sandbox.control("faults", vendor="linear", operation="commentCreate", kind=kind)

    with pytest.raises((httpx.RemoteProtocolError, ValueError)):
        sandbox.graphql(COMMENT, input={"issueId": "ENG-1", "body": "x"}).json()

    assert ["x"] == comments(sandbox)


def test_a_proxy_may_keep_a_request_to_itself(sandbox: Sandbox) -> None:
    """With `after` false nothing has been done."""
    sandbox.control("faults", vendor="linear", operation="commentCreate", kind="page", after=False)

    answer = sandbox.graphql(COMMENT, input={"issueId": "ENG-1", "body": "x"})

    assert (200, True) == (answer.status_code, answer.text.startswith("<!doctype html>"))
    assert [] == comments(sandbox)


def test_a_slow_answer_comes_late_but_comes(sandbox: Sandbox) -> None:
    """`retry_after` says how late."""
    sandbox.control("faults", vendor="slack", kind="slow", retry_after=0.3)
    began = time.monotonic()

    assert sandbox.slack("auth.test")["ok"]
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(
    ("vendor", "some"),
    [
        ("slack", {"chat.postMessage", "views.open", "oauth.v2.access"}),
        ("linear", {"commentCreate", "issues", "oauth/token"}),
        ("github", {"pulls/list", "repository", "graphql", "oauth/access_token"}),
        ("google", {"events.list", "token"}),
        ("openai", {"responses", "files"}),
        ("stripe", {"customers.create", "subscriptions.list"}),
    ],
)
def test_a_fault_that_nothing_can_meet_is_refused_with_what_there_is(
    sandbox: Sandbox, vendor: str, some: set[str]
) -> None:
    """It would wait for ever, and whoever asked for it would take the product to stand it."""
    wish = {"vendor": vendor, "operation": "none.such", "kind": "server_error"}

    refused = sandbox.http.post("/_sandbox/faults", json=wish).json()

    said, _, listed = refused["detail"].partition("; there are: ")
    assert f"{vendor} has no operation none.such" == said
    assert some | {"*"} <= {*listed.split(", ")}
    assert all(sandbox.control("faults", **wish | {"operation": name})["ok"] for name in sorted(some))


def test_faults_can_be_seen_and_called_off(sandbox: Sandbox) -> None:
    """What is called off does not happen."""
    sandbox.control("faults", vendor="slack", kind="revoked", times=3)
    sandbox.slack("auth.test")
    waiting = sandbox.http.get("/_sandbox/faults").json()["faults"]
    sandbox.http.delete("/_sandbox/faults")

    assert [("revoked", 2)] == [(fault["kind"], fault["times"]) for fault in waiting]
    assert sandbox.slack("auth.test")["ok"]


def test_the_day_is_played_once_in_the_past(sandbox: Sandbox, receiver: Receiver) -> None:
    """Messages keep the day's spacing and end before now; playing again adds nothing."""

    def played() -> bool:
        progress = sandbox.http.get("/_sandbox/play").json()
        return (3, 3, False) == (progress["posted"], progress["delivered"], progress["running"])

    assert 3 == sandbox.control("play", speed=100)["total"]
    wait_until(played)
    sandbox.control("play")
    wait_until(played)
    root, quick, reply = messages(sandbox)

    assert ["Morning", "Hi!", "ENG-1 is done"] == [root["text"], quick["text"], reply["text"]]
    assert root["ts"] < quick["ts"] < reply["ts"] < f"{time.time():.6f}"
    assert 148 * 60 == int(float(reply["ts"])) - int(float(root["ts"]))
    assert root["ts"] == reply["thread_ts"]
    assert 3 == len(receiver.of("slack"))


def test_reset_goes_back_to_the_seed_and_keeps_the_way_to_the_app(sandbox: Sandbox, receiver: Receiver) -> None:
    """What was said, written and ordered is gone; events still arrive."""
    sandbox.control("slack/messages", channel="general", user="ana", text="x")
    sandbox.linear(COMMENT, input={"issueId": "ENG-1", "body": "x"})
    sandbox.control("faults", vendor="slack", kind="revoked")
    sandbox.control("reset")
    state = sandbox.state()

    assert ([], [], {}, []) == (messages(sandbox), comments(sandbox), state["requests"], state["faults"])
    assert 3 == len(state["linear"]["issues"])
    sandbox.control("slack/messages", channel="general", user="ana", text="after")
    wait_until(lambda: "after" in [each.body["event"]["text"] for each in receiver.of("slack")])


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"model": "gpt", "input": [], "text": {}}'])
def test_a_question_that_cannot_be_read_is_the_clients_mistake(sandbox: Sandbox, content: bytes) -> None:
    """The stand-in for OpenAI answers 400 in OpenAI's form."""
    headers = {"authorization": f"Bearer {OPENAI_KEY}"}
    answer = sandbox.http.post("/openai/v1/responses", content=content, headers=headers)

    assert (400, "invalid_request_error") == (answer.status_code, answer.json()["error"]["type"])
    assert {"openai.responses": 1} == sandbox.state()["requests"]
