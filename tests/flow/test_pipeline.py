"""One message's way through the deployed stack: real signatures, real queues, real functions."""

import json
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from pm_assistant.domain.jobs import JobDue, JobKind, Order
from pm_assistant.domain.reports import ReportDue
from pm_assistant.runtime import wiring
from pm_assistant.workflows.jobs import new_job
from tests.flow.conftest import Outside

pytestmark = pytest.mark.stack


def test_a_conversation_becomes_exactly_one_comment_with_its_permalink(outside: Outside) -> None:
    """The right ticket hears of it once, the thread gets one card with a link to it."""
    said = outside.say("The attendance CSV export of Boulderwerk timed out again, gateway timeout after 30 seconds")

    outside.until(lambda: outside.comments_about("ENG-17", said["ts"]), "the comment")
    outside.until(lambda: outside.cards(said), "the card")
    outside.quiet()

    assert 1 == len(outside.all_comments_about(said["ts"]))
    [card] = outside.cards(said)
    assert "ENG-17" in json.dumps(card["blocks"])


def test_chatter_changes_nothing(outside: Outside) -> None:
    """No comment, no card, no ticket; only a line in the log."""
    issues = len(outside.state()["linear"]["issues"])
    said = outside.say("lunch at the thai place in ten?", channel="random")

    outside.quiet()

    assert [] == outside.all_comments_about(said["ts"])
    assert [] == outside.cards(said)
    assert issues == len(outside.state()["linear"]["issues"])


def test_ten_quick_messages_in_a_thread_are_analysed_once(outside: Outside) -> None:
    """The settle time turns a flurry into one judgement."""
    asked = outside.state()["requests"].get("openai.responses", 0)
    said = outside.say("Database connections run out during the Monday peak, pool is exhausted", channel="ops")
    for number in range(9):
        outside.say(f"detail {number} on the connection pool", channel="ops", thread_ts=said["ts"])

    outside.until(lambda: outside.comments_about("OPS-15", said["ts"]), "the comment")
    outside.quiet()

    assert 1 == outside.state()["requests"]["openai.responses"] - asked
    assert 1 == len(outside.all_comments_about(said["ts"]))


@pytest.mark.parametrize(
    ("fresh_event_ids", "key", "text"),
    [
        (False, "OPS-17", "Certificates of studio domains are not renewed again, customers see a browser warning"),
        (True, "OPS-14", "Postgres upgrade from 13 to 16: rehearsed it on staging, 11 minutes read-only"),
    ],
)
def test_five_deliveries_have_one_effect(outside: Outside, fresh_event_ids: bool, key: str, text: str) -> None:
    """A message is known by where and when it was said, whatever event id its delivery carries."""
    said = outside.say(text, channel="ops", user="tobias", deliveries=5, fresh_event_ids=fresh_event_ids)

    outside.until(lambda: outside.comments_about(key, said["ts"]), "the comment")
    outside.quiet()

    assert 1 == len(outside.all_comments_about(said["ts"]))
    assert 1 == len(outside.cards(said))


def test_an_edit_that_changes_the_subject_is_judged_again(outside: Outside) -> None:
    """What somebody corrected is what counts."""
    said = outside.say("hm, one moment", channel="engineering", user="priya")
    outside.quiet()
    assert [] == outside.all_comments_about(said["ts"])

    outside.control(
        "slack/edit",
        channel=said["channel"],
        ts=said["ts"],
        text="receipts for EU studios still show no separate VAT, two more studios complained",
    )

    outside.until(lambda: outside.comments_about("ENG-22", said["ts"]), "the comment")


@pytest.mark.parametrize(
    ("vendor", "operation", "kind", "more"),
    [
        ("linear", "commentCreate", "rate_limit", {"times": 2, "retry_after": 1}),
        ("linear", "commentCreate", "server_error", {"times": 2}),
        ("linear", "commentCreate", "timeout", {"times": 1}),
        ("linear", "commentCreate", "page", {"times": 2}),
        ("linear", "commentCreate", "reset", {"times": 1}),
        ("slack", "chat.postMessage", "cut", {"times": 1}),
        ("slack", "chat.postMessage", "rate_limit", {"times": 2, "retry_after": 1}),
        ("slack", "chat.postMessage", "server_error", {"times": 2}),
        ("slack", "chat.postMessage", "timeout", {"times": 1}),
    ],
)
def test_a_failing_vendor_delays_the_effect_and_never_doubles_it(
    outside: Outside, vendor: str, operation: str, kind: str, more: dict[str, int]
) -> None:
    """Also when the request was carried out and only the answer was lost."""
    outside.break_vendor(vendor, operation, kind, **more)
    # In a thread of its own, as people would: a burst in the channel would be one subject with the case before.
    root = outside.say("have a look, please", user="jonah")
    text = "Public API answers 500 instead of 429 above the rate limit, Bonvivo polls too fast"
    said = outside.say(text, user="arjun", thread_ts=root["ts"])

    outside.until(lambda: outside.comments_about("ENG-48", said["ts"]), "the comment")
    outside.until(lambda: outside.cards(root), "the card")
    outside.quiet()

    assert 1 == len(outside.all_comments_about(said["ts"]))
    assert 1 == len(outside.cards(root))


def test_a_wrong_or_stale_signature_is_refused_and_leaves_no_row(outside: Outside) -> None:
    """Nothing is stored before the sender is proven."""
    before = outside.rows()
    body = outside.message_event("forged", ts=f"{time.time():.6f}")

    forged = outside.webhook("slack", body, {**outside.signed_slack(body), "x-slack-signature": "v0=00"})
    stale = outside.webhook("slack", body, outside.signed_slack(body, at=time.time() - 301))
    unsigned = outside.webhook("slack", body, {})
    junk = outside.webhook("slack", body, {**outside.signed_slack(body), "x-slack-request-timestamp": "soon"})
    linear = outside.webhook("linear", b"{}", {"linear-signature": "00"})

    assert [401] * 5 == [answer.status_code for answer in (forged, stale, unsigned, junk, linear)]
    assert before == outside.rows()


def test_five_raw_deliveries_of_one_message_have_one_effect(outside: Outside) -> None:
    """Also of a message that is gone from Slack by the time we act: there is no thread left for a card."""
    ts = f"{time.time():.6f}"
    for number in range(5):
        body = outside.message_event(
            "Last spot can be booked twice: two people, one place", ts=ts, event_id=f"Ev{number}"
        )
        assert outside.webhook("slack", body, outside.signed_slack(body)).is_success

    outside.until(lambda: outside.comments_about("ENG-34", ts), "the comment")
    outside.quiet()

    assert 1 == len(outside.all_comments_about(ts))
    assert [] == [letter.body for letter in outside.client.dead_letters("actions").list()]


def test_malformed_json_is_a_clear_400(outside: Outside) -> None:
    """The answer is a problem document."""
    body = b'{"type": "event_callback", '

    answer = outside.webhook("slack", body, outside.signed_slack(body))

    assert 400 == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]


def test_a_missing_field_is_named(outside: Outside) -> None:
    """A message without a channel cannot be placed."""
    event = json.loads(outside.message_event("where?", ts="1.000000"))
    del event["event"]["channel"]
    body = json.dumps(event).encode()

    answer = outside.webhook("slack", body, outside.signed_slack(body))

    assert (400, "event.channel") == (answer.status_code, answer.json().get("field"))


def test_an_unknown_workspace_is_acknowledged_and_dropped(outside: Outside) -> None:
    """Slack must not repeat it, and nothing is kept of it."""
    before = outside.rows()
    body = outside.message_event("hello", ts=f"{time.time():.6f}", team="T0NOBODY")

    answer = outside.webhook("slack", body, outside.signed_slack(body))

    assert (200, "unknown workspace") == (answer.status_code, answer.json()["reason"])
    assert before == outside.rows()


def test_slack_can_verify_the_address(outside: Outside) -> None:
    """The challenge comes back."""
    body = b'{"type": "url_verification", "challenge": "abc"}'

    assert "abc" == outside.webhook("slack", body, outside.signed_slack(body)).json()["challenge"]


def test_a_poisonous_message_is_parked_with_its_cause(outside: Outside) -> None:
    """What nobody can read goes to the dead letters at once, and says why."""
    url = outside.described["queues"]["events"]
    wiring.client("sqs").send_message(QueueUrl=url, MessageBody='{"tenant_id": 7}', MessageGroupId="demo")
    letters = outside.client.dead_letters("events")

    outside.until(lambda: any(letter.error == "InvalidRequest" for letter in letters.list()), "parking")

    [letter] = [letter for letter in letters.list() if letter.error == "InvalidRequest"]
    assert "unreadable message" in letter.cause


def test_a_vendor_that_is_away_is_waited_for_and_the_card_says_so(outside: Outside) -> None:
    """Nothing is given up; once it is back, the effect comes by itself."""
    outside.break_vendor("linear", "commentCreate", "server_error", times=50)
    said = outside.say("Our e-mails land in spam: gmail put the booking confirmations into junk", channel="ops")

    def says_waiting() -> bool:
        return any("Waiting for Linear since" in card["text"] for card in outside.cards(said))

    outside.until(says_waiting, "a card that says so")
    outside.mend_vendors()

    outside.until(lambda: outside.comments_about("OPS-22", said["ts"]), "the comment")
    outside.until(lambda: not says_waiting(), "a card that says what was done")
    assert 1 == len(outside.all_comments_about(said["ts"]))
    assert [] == [letter.error for letter in outside.client.dead_letters("actions").list()]


def test_quiet_is_only_when_no_run_is_tried_again_in_a_moment(outside: Outside) -> None:
    """What it would do then would befall the next test; one that reads later what was not told is not waited for."""
    unit, reading = outside.client.unit, Order(kind=JobKind.SYNC, dry_run=False, judge=True)
    tried, later = (
        new_job(order, tenant_id=unit.tenant_id, asked_by="account:nobody", now=unit.now())
        for order in (Order(kind=JobKind.PROCESS), reading)
    )
    for job, seconds in ((tried, 6), (later, 600)):
        unit.stores.jobs.put(job)
        unit.queues.jobs.put(
            JobDue(tenant_id=unit.tenant_id, job_id=job.id), group=unit.tenant_id, delay_seconds=seconds
        )

    outside.quiet()

    assert [True, False] == [unit.stores.jobs.get(unit.tenant_id, job.id).finished for job in (tried, later)]
    outside.purge("runs")
    unit.stores.jobs.replace(later.failed("nobody comes for it", at=unit.now()), before=later)


def test_a_person_approves_what_was_proposed_in_private(outside: Outside) -> None:
    """Private talk is only proposed; the button in the card carries it out."""
    said = outside.say("The leaked Postmark mail provider key must be replaced today", channel="leads", user="tobias")
    outside.until(lambda: outside.cards(said), "the card")
    assert [] == outside.all_comments_about(said["ts"])
    [card] = outside.cards(said)
    button = next(b for block in card["blocks"] for b in block.get("elements", []) if b.get("style") == "primary")
    state = outside.state()["slack"]
    payload = {
        "type": "block_actions",
        "team": {"id": state["team"]["id"]},
        "user": {"id": state["users"][0]["id"], "team_id": state["team"]["id"]},
        "actions": [{"action_id": button["action_id"], "value": button["value"], "type": "button"}],
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    form = {"content-type": "application/x-www-form-urlencoded"}

    answer = outside.webhook("slack", body, {**outside.signed_slack(body), **form})

    assert answer.is_success, answer.text
    outside.until(lambda: outside.comments_about("OPS-21", said["ts"]), "the comment")


def test_a_standup_comes_from_the_clockwork_to_a_direct_message(outside: Outside) -> None:
    """Scheduler, report and Slack, with a link on every line."""
    client = outside.client
    people = client.stores.directory.members(client.tenant_id)
    [member] = [person for person in people if person.name.casefold().startswith("priya")]
    at = datetime.now(UTC) + timedelta(seconds=1)
    due = ReportDue(tenant_id=client.tenant_id, member_id=member.id, once="test")

    client.unit.schedules.put_once(due, at)

    def standups() -> list[dict[str, object]]:
        slack = outside.state()["slack"]
        private = [c["id"] for c in slack["channels"] if c["type"] == "im" and c.get("user") == member.slack_id]
        return [m for channel in private for m in slack["messages"].get(channel, []) if m.get("bot_id")]

    outside.until(standups, "the standup")
    [standup] = standups()
    assert "ENG-31" in json.dumps(standup["blocks"])
