"""The pages: every link leads somewhere, everything can be read, and nothing that people wrote is more than text."""

import json
import re

import pytest

from infra.sandbox.core.markdown import markdown_html
from infra.sandbox.slack.markup import mrkdwn_html
from infra.sandbox.slack.signing import signature as slack_signature
from tests.infra.sandbox.browsing import press
from tests.infra.sandbox.running import GENERAL, PRIVATE, SECRETS, Json, Receiver, Sandbox, contract, wait_until

NAMES = {"U0ANA": "Ana <Ruiz>"}
COMMENT = "mutation($input: CommentCreateInput!) { commentCreate(input: $input) { comment { id } } }"
LINK = re.compile(r"href='([^']+)'")


def _say(sandbox: Sandbox, text: str, **more: object) -> str:
    ts: str = sandbox.control("slack/messages", channel="general", user="ana", text=text, **more)["ts"]
    return ts


def _page(sandbox: Sandbox, path: str) -> str:
    answer = sandbox.http.get(path)
    assert 200 == answer.status_code
    return answer.text


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("*now* _or_ ~never~", "<b>now</b> <em>or</em> <s>never</s>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("`a *b* <c>` done", "<code>a *b* &lt;c&gt;</code> done"),
        ("```\nif x:\n  y\n```\nso", "<pre>if x:\n  y</pre>so"),
        (
            "&gt; said\n> again\nI agree\nreally",
            "<blockquote>said</blockquote><blockquote>again</blockquote>I agree<br>really",
        ),
        ("<@U0ANA> in <#C1|general> <!here>", "<b>@Ana &lt;Ruiz&gt;</b> in <b>#general</b> <b>@here</b>"),
        (
            "*<https://a.test/?b=1&amp;c=_d_|the *docs*>*",
            "<b><a href='https://a.test/?b=1&amp;c=_d_'>the *docs*</a></b>",
        ),
        ("<javascript:alert(1)|safe>", "&lt;javascript:alert(1)|safe&gt;"),
        ("<https://a.test/'onclick='x|hm>", "<a href='https://a.test/&#x27;onclick=&#x27;x'>hm</a>"),
        (":tada: at 10:30:15 :unheard_of:", "🎉 at 10:30:15 :unheard_of:"),
        ("`held` \ue0000\ue001 &#xe000;0&#xe001;", "<code>held</code> 0 &amp;#xe000;0&amp;#xe001;"),
    ],
)
def test_slack_markup_is_shown_and_all_else_is_text(written: str, shown: str) -> None:
    """Emphasis, code, quotes, mentions, links and emoji; nothing else gets through."""
    assert shown == mrkdwn_html(written, NAMES)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**now** _or_ never", "<div class='text'><b>now</b> <em>or</em> never</div>"),
        ("one\ntwo\n\n- three", "<div class='text'>one<br>two</div><div class='text'>• three</div>"),
        (r"\*not bold\* \<b\> \[no\](x)", "<div class='text'>*not bold* &lt;b&gt; [no](x)</div>"),
        (r"[a \[b\]](http://a.test/_c_)", "<div class='text'><a href='http://a.test/_c_'>a [b]</a></div>"),
        ("[x](javascript:alert(1))", "<div class='text'>[x](javascript:alert(1))</div>"),
        (
            "see http://a.test/'x",
            "<div class='text'>see <a href='http://a.test/&#x27;x'>http://a.test/&#x27;x</a></div>",
        ),
    ],
)
def test_markdown_is_shown_and_all_else_is_text(written: str, shown: str) -> None:
    """Paragraphs, bullets, emphasis, code and links; what the product escapes is shown as it was written."""
    assert shown == markdown_html(written)


def test_the_index_lists_channels_and_tickets_by_state(sandbox: Sandbox) -> None:
    """What is worked on comes first, and every link of the index and of the pages behind it resolves."""
    ts = _say(sandbox, "Hello", thread_ts=None)
    sandbox.slack("chat.postMessage", channel="U0ANA", text="Your standup")
    sandbox.linear(COMMENT, input={"issueId": "ENG-1", "body": "Said"})
    sandbox.control("github/pulls", repository="web", user="ana", title="ENG-1 Mend it", head="ana/eng-1")
    sandbox.control("github/issues", repository="web", user="ben", title="It is slow")

    index = _page(sandbox, "/")

    order = [
        index.index(each) for each in ("Slack channels", "#general", "#leads", "Direct messages", "Linear tickets")
    ]
    order += [index.index(each) for each in ("Started", "ENG-1", "Backlog", "ENG-2", "Completed", "ENG-3")]
    assert sorted(order) == order
    assert "1 comment<" in index
    seen = {"/", f"/slack/archives/{GENERAL}/p{ts.replace('.', '')}"}
    todo = set(seen)
    while todo:
        page = _page(sandbox, todo.pop())
        found = {link.partition("#")[0] for link in LINK.findall(page) if link.startswith("/")} - {"/_sandbox/state"}
        todo |= found - seen
        seen |= found
    assert {
        f"/slack/archives/{PRIVATE}",
        "/linear/acme/issue/ENG-2",
        "/github/acme/web/pull/1",
        "/github/acme/web/issues/2",
    } <= seen


def test_a_thread_is_kept_together_and_the_linked_message_is_focused(sandbox: Sandbox) -> None:
    """Replies follow their root whatever was said between, and a permalink of a reply scrolls to it."""
    first = _say(sandbox, "first root")
    _say(sandbox, "second root")
    reply = _say(sandbox, "a reply", thread_ts=first)

    page = _page(sandbox, f"/slack/archives/{GENERAL}/p{reply.replace('.', '')}?thread_ts={first}&cid={GENERAL}")

    assert page.index("first root") < page.index("a reply") < page.index("second root")
    focused = re.findall(r"<article id='p(\d+)'[^>]* autofocus>", page)
    assert [reply.replace(".", "")] == focused


def test_a_card_is_shown_with_the_way_to_answer_it(sandbox: Sandbox) -> None:
    """Blocks are rendered, with the buttons, who could press them, and how to do it from a terminal."""
    button: Json = {"type": "button", "action_id": "decision.approve", "value": "0123456789ab"}
    blocks: list[Json] = [
        {"type": "header", "text": {"type": "plain_text", "text": "A *plain* <b>"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "Shall I? *Comment* on <http://a.test/1|ENG-1>"}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "72% sure"}]},
        {"type": "actions", "elements": [button | {"text": {"type": "plain_text", "text": "Approve"}}]},
    ]
    sandbox.slack("chat.postMessage", channel=GENERAL, text="card", blocks=blocks)

    page = _page(sandbox, f"/slack/archives/{GENERAL}")

    assert "<h3>A *plain* &lt;b&gt;</h3>" in page
    assert "Shall I? <b>Comment</b> on <a href='http://a.test/1'>ENG-1</a>" in page
    assert "<button name='pressed' value='3.0'>Approve</button>" in page
    assert "<option value='ana'>Ana Ruiz</option><option value='ben'>Ben Cole</option>" in page
    assert "<code>uv run pm approve 01234567</code>" in page


def _card(sandbox: Sandbox, channel: str = GENERAL) -> str:
    """Let the app ask something, and return the page of its message."""
    button: Json = {"type": "button", "text": {"type": "plain_text", "text": "Press"}}
    elements = [
        button | {"action_id": f"decision.{verb}", "value": f"d1:{number}"}
        for number, verb in enumerate(("approve", "dismiss"))
    ]
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "Shall I?"}},
        {"type": "actions", "elements": [button | {"url": "https://a.test", "value": "x"}, *elements]},
    ]
    posted = sandbox.slack("chat.postMessage", channel=channel, text="card", blocks=blocks)
    return f"/slack/archives/{posted['channel']}/p{posted['ts'].replace('.', '')}"


@pytest.mark.parametrize(("place", "action", "value"), [("1.1", "approve", "d1:0"), ("1.2", "dismiss", "d1:1")])
def test_pressing_a_button_tells_the_app_who_pressed_which(
    sandbox: Sandbox, receiver: Receiver, place: str, action: str, value: str
) -> None:
    """A signed form like Slack's; the browser comes back to the message."""
    path = _card(sandbox)

    answer = press(sandbox.http, path, place, more=[("person", "ben")])
    told = receiver.wait(1, "slack", "block_actions")[0]

    assert (303, path) == (answer.status_code, answer.headers["location"])
    assert "application/x-www-form-urlencoded" == told.headers["content-type"]
    signature = slack_signature(SECRETS["slack_signing_secret"], told.headers["x-slack-request-timestamp"], told.raw)
    assert signature == told.headers["x-slack-signature"]
    assert [(f"decision.{action}", value, "button")] == [
        (each["action_id"], each["value"], each["type"]) for each in told.body["actions"]
    ]
    assert ("U0BEN", "T0TEST", GENERAL) == tuple(told.body[each]["id"] for each in ("user", "team", "channel"))
    given = json.loads(contract("slack/given/events/block_actions.5.json").read_text())
    assert given.keys() <= told.body.keys()
    assert given["actions"][0].keys() <= told.body["actions"][0].keys()


def test_a_press_that_fails_is_not_repeated(sandbox: Sandbox, receiver: Receiver) -> None:
    """In a direct message likewise; Slack shows the person a warning and leaves it at that."""
    path = _card(sandbox, "U0ANA")
    receiver.wait(1, "slack")
    receiver.answers.append(lambda: 500)

    press(sandbox.http, path, "1.1")
    wait_until(lambda: sandbox.state()["deliveries"][-1]["outcome"] == "failed")

    assert 1 == len(receiver.of("slack", "block_actions"))


@pytest.mark.parametrize(
    ("place", "person"), [("1.0", "ana"), ("0.0", "ana"), ("9.9", "ana"), ("", "ana"), ("1.1", "nobody"), ("1.1", "")]
)
def test_what_is_no_button_cannot_be_pressed(sandbox: Sandbox, place: str, person: str) -> None:
    """Links, texts, places that are not there, and nobody's presses."""
    answer = sandbox.http.post(f"{_card(sandbox)}/press", data={"pressed": place, "person": person})

    assert 404 == answer.status_code
    assert [] == [each for each in sandbox.state()["deliveries"] if each["kind"] == "block_actions"]


def test_a_ticket_shows_its_facts_family_and_comments(sandbox: Sandbox) -> None:
    """State, assignee, priority and labels; parent and children link to each other."""
    parent, child = _page(sandbox, "/linear/acme/issue/ENG-1"), _page(sandbox, "/linear/acme/issue/ENG-2")

    for fact in ("Started", "Ana Ruiz", "High", "<span class='badge'>bug</span>", "Sub-tickets", "issue/ENG-2'"):
        assert fact in parent
    assert "<dt>Parent</dt><dd><a href='/linear/acme/issue/ENG-1'>ENG-1 Ticket 1</a></dd>" in child
    assert "Nobody" in child


def test_a_pull_request_shows_its_facts_and_what_was_said(sandbox: Sandbox) -> None:
    """In the order it was said in, where links lead to each remark; also by the repository's old name."""
    pull = "github/pulls/web/1"
    more = {"body": "See **this** <b>", "draft": True, "head": "ana/eng-1"}
    sandbox.control("github/pulls", repository="web", user="ana", title="ENG-1 <i>Mend</i>", **more)
    said = sandbox.control(f"{pull}/comments", user="ben", body="Looking")["id"]
    asked = sandbox.control(f"{pull}/review", user="ben", state="changes_requested", lines={"a.py:3": "Why?"})
    sandbox.control(f"{pull}/threads/{asked['threads'][0]}", user="ana", do="resolve")
    sandbox.control(f"{pull}/checks", conclusion="failure")
    sandbox.control(pull, user="ben", do="label", value="bug")
    sandbox.control("github/repositories/web", user="ana", do="rename", value="site")

    page, listed = _page(sandbox, "/github/acme/web/pull/1"), _page(sandbox, "/github/acme/site")

    assert "<h1>ENG-1 &lt;i&gt;Mend&lt;/i&gt;</h1>" in page
    assert "See <b>this</b> &lt;b&gt;" in page
    for fact in (
        "Draft",
        "changes requested",
        "<dd>failure</dd>",
        "<dd>ana/eng-1</dd>",
        ">bug</span>",
        "a.py:3, resolved",
    ):
        assert fact in page
    assert page.index(f"id='issuecomment-{said}'") < page.index(f"id='pullrequestreview-{asked['review_id']}'")
    assert "acme</a> / site" in listed
    assert "<a href='/github/acme/site/pull/1'>ENG-1 &lt;i&gt;Mend&lt;/i&gt;</a>" in listed
    assert [404, 404] == [sandbox.http.get(f"/github/acme/{path}").status_code for path in ("site/pull/9", "no/pull/1")]


def test_pages_run_nothing_and_load_nothing(sandbox: Sandbox) -> None:
    """The policy forbids scripts and anything from elsewhere, on pages that are not there as well."""
    pages = ("/", f"/slack/archives/{GENERAL}", "/linear/acme/issue/ENG-1", "/slack/archives/C0NOWHERE", "/github/acme")
    for path in pages:
        answer = sandbox.http.get(path)
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
        assert not re.search(r"<script|<link|<img|src=|url\(", answer.text)
