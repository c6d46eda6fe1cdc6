"""Workers of the deployed stack are killed in the middle of their work; what they were doing is done once all the same.

A killed invocation is an error of the function, and its messages come back when their visibility timeout is over: after
six minutes, which pass more quickly here. A lease ends 90 seconds after its holder was killed; that, too, is hastened.
"""

import signal
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.stack import Stack
from pm_assistant.aws.rows import LeaseRow
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.runtime import wiring
from tests.flow.conftest import Json, Outside
from tests.flow.workers import deaths, workers

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for the workers in /proc"),
]
COMES_BACK = "3"
"""Seconds until what a killed worker had in its hands comes back."""
SAID = {
    "ENG-19": "ENG-19: the calendar subscription is one hour off again at Casa Yoga",
    "ENG-26": "ENG-26: the magic link had expired once more when Kraftwerk opened it",
    "OPS-13": "OPS-13: the oldest job has waited for nine minutes and nobody was told",
}


@pytest.fixture
def impatient(outside: Outside) -> Iterator[Outside]:
    """The stack, whose queues hand out again soon what nobody has seen to."""
    sqs, queues = wiring.client("sqs"), outside.described["queues"]
    urls = [queues[stage] for stage in ("events", "actions", "reports")]
    [usual] = {sqs.get_queue_attributes(QueueUrl=url)["Attributes"]["VisibilityTimeout"] for url in urls}
    for url in urls:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": COMES_BACK})
    # A lost post is looked for at once, not within the minute, and Slack's own repeats come soon.
    outside.control("config", retry_delays=[0.5, 1, 1, 5])
    yield outside
    outside.control("config", retry_delays=[1, 5, 20])
    for url in urls:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": usual})


def test_what_killed_workers_were_doing_is_done_once_and_the_log_says_so(
    impatient: Outside, local_stack: Stack
) -> None:
    """Whether they were taking an event in, judging, or had just asked a vendor for something."""
    outside, parked = impatient, _parked(impatient)

    def kill_while_busy(
        function: str, operation: str, lease: str, faults: Sequence[tuple[str, dict[str, int]]]
    ) -> None:
        vendor, _, name = operation.partition(".")
        asked, died = outside.state()["requests"].get(operation, 0), deaths(local_stack)
        for kind, more in faults:
            outside.break_vendor(vendor, name, kind, **more)
        struck = asked + len(faults)
        outside.until(lambda: outside.state()["requests"].get(operation, 0) >= struck, f"{operation} by {function}")
        for worker in workers(local_stack, function):
            worker.kill()
        LeaseRow.drop_all(_held(lease))  # of the dead: those that take their place are not up yet
        outside.until(lambda: deaths(local_stack) > died, f"the end of {function} at its work")

    # They stop as soon as they are asked for something, and are killed before they have said or done anything.
    for worker in workers(local_stack, "receive"):
        worker.send(signal.SIGSTOP)
    threads = {key: _thread(outside, key) for key in SAID}
    time.sleep(0.5)
    for worker in workers(local_stack, "receive"):
        worker.kill()
    outside.until(lambda: _was_repeated(outside, threads.values()), "a repeat of what was not taken in")
    kill_while_busy("analyze", "openai.responses", "judging|", [("slow", {"retry_after": 5})])
    # One comment is written and nobody hears of it, the other is written when whoever asked for it is dead.
    both = [("timeout", {}), ("slow", {"retry_after": 8})]
    kill_while_busy("act", "linear.commentCreate", "subject|", both)
    kill_while_busy("act", "slack.chat.postMessage", "subject|", [("timeout", {})])

    def settled() -> bool:
        return all(outside.cards(thread) and _done(outside, thread["said"]) for thread in threads.values())

    outside.until(settled, "everything that was asked for")
    outside.quiet()
    for key, thread in threads.items():
        [body] = outside.all_comments_about(thread["said"])
        [decision] = _decisions(outside, thread["said"])
        assert (DecisionState.DONE, [body]) == (decision.state, outside.comments_about(key, thread["said"]))
        assert decision.outcome is not None
        assert decision.outcome.external_id in {comment["id"] for comment in outside.issue(key)["comments"]}
        assert 1 == len(outside.cards(thread))
    assert [] == _held("")
    assert parked == _parked(outside)


def _thread(outside: Outside, key: str) -> Json:
    """Something to do, said in a thread of its own."""
    root = outside.say(f"let's look at {key[:3]}", channel="ops", user="tobias")
    return {**root, "said": outside.say(SAID[key], channel="ops", user="tobias", thread_ts=root["ts"])["ts"]}


def _was_repeated(outside: Outside, threads: Collection[Json]) -> bool:
    """Whether the sandbox had to tell us of any of these messages once more."""
    about = {f"{thread['channel']}/{thread[part]}" for thread in threads for part in ("ts", "said")}
    return any(each["attempts"] > 1 for each in outside.state()["deliveries"] if each["about"] in about)


def _done(outside: Outside, ts: str) -> bool:
    return [DecisionState.DONE] == [decision.state for decision in _decisions(outside, ts)]


def _decisions(outside: Outside, ts: str) -> list[Decision]:
    log = outside.client.stores.decisions.since(outside.client.tenant_id, datetime.now(UTC) - timedelta(minutes=5))
    return [decision for decision in log if any(receipt.message_id.endswith(ts) for receipt in decision.evidence)]


def _parked(outside: Outside) -> set[str]:
    """Everything that was given up, by whichever test."""
    return {letter.id for stage in ("events", "actions") for letter in outside.client.dead_letters(stage).list()}


def _held(lease: str) -> list[LeaseRow]:
    """The leases that somebody has who is alive or dead, with this beginning."""
    return list(LeaseRow.everywhere(LeaseRow.sk.startswith(f"LEASE#{lease}")))
