"""What people order in Slack, on the deployed stack: done as it was said, answered below, and taken back again."""

import json

import pytest

from pm_assistant.workflows.pipeline.tickets import SOON
from tests.flow.conftest import PATIENCE, Json, Outside

pytestmark = pytest.mark.stack


def state_of(outside: Outside, key: str) -> str:
    """The name of the state that a ticket is in."""
    return str(outside.issue(key)["state"]["name"])


def answers(outside: Outside, said: Json) -> str:
    """All that the app has said in a message's thread."""
    return json.dumps([message["blocks"] for message in outside.cards(said)])


def test_a_ticket_is_created_taken_closed_and_reopened_as_ordered(outside: Outside) -> None:
    """By its name as people type it, in the demo's own words; no model is asked."""
    asked = outside.state()["requests"].get("openai.responses", 0)
    title = "Voucher codes with an umlaut are refused"
    said = outside.say(f"@PM Assistant create a ticket: {title}", channel="support", user="dana")

    outside.until(lambda: title in answers(outside, said), "the answer")
    [made] = [issue for issue in outside.state()["linear"]["issues"] if issue["title"] == title]
    key = made["identifier"]

    before = outside.issue(key).get("assigneeId")
    outside.say(f"@PM Assistant I'll take {key}", channel="support", user="dana", thread_ts=said["ts"])
    outside.until(lambda: outside.issue(key).get("assigneeId") != before, "the ticket to be assigned")
    outside.until(lambda: "Assigned to Dana" in answers(outside, said), "the answer")
    outside.say(f"@PM Assistant close {key}", channel="support", user="dana", thread_ts=said["ts"])
    outside.until(lambda: state_of(outside, key) == "Done", "the ticket to be closed")
    outside.until(lambda: "Moved to Done" in answers(outside, said), "the answer")
    outside.say("undo", channel="support", user="dana", thread_ts=said["ts"])
    outside.until(lambda: state_of(outside, key) != "Done", "the ticket to be open again")
    assert outside.issue(key).get("assigneeId") != before
    outside.until(lambda: "Taken back" in answers(outside, said), "the answer")
    # What is below a ticket that was opened again is looked at in a minute, which is all of what others may take.
    outside.quiet(patience=PATIENCE + SOON.total_seconds())

    assert 1 == len([issue for issue in outside.state()["linear"]["issues"] if issue["title"] == title])
    assert [] == outside.all_comments_about(said["ts"])
    assert asked == outside.state()["requests"].get("openai.responses", 0)


def test_what_nobody_may_order_or_that_is_not_there_is_refused_in_the_thread(outside: Outside) -> None:
    """Said five times it is answered once."""
    said = outside.say("@PM Assistant close ENG-9999", channel="support", user="dana", deliveries=5)

    outside.until(lambda: outside.cards(said), "the answer")
    outside.quiet()

    assert 1 == len(outside.cards(said))
    assert "ENG-9999 is no ticket that I know" in answers(outside, said)
