"""Answers to decisions: those that a card takes, by whoever may answer cards."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pm_assistant.domain.decisions import DecisionState, Outcome
from pm_assistant.domain.jobs import JobKind, JobState, Order
from tests.builders import ACME, ENG, a_comment, a_decision, a_job
from tests.cli.customers import Customer

LEFT = Outcome(external_id="c1", url="https://linear.app/acme/issue/ENG-1#c1", inverse='{"operation": "x"}')


def logged(customer: Customer, **changes: Any) -> str:
    """Log a decision, a proposed one, and return its id."""
    now = datetime.now(UTC)
    decision = a_decision(**{"state": DecisionState.PROPOSED, "created_at": now, "updated_at": now, **changes})
    return customer.world.stores.decisions.save(decision).id


def sent(customer: Customer) -> list[tuple[Any, ...]]:
    """What went onto the actions queue."""
    names = ("decision_id", "answer", "remark", "ticket")
    return [
        (*(request[name] for name in names), request["edited"] and request["edited"]["text"])
        for request in customer.world.queued("actions")
    ]


def test_a_decision_is_answered_by_the_beginning_of_its_id(customer: Customer) -> None:
    """As on its card: yes, in other words, on another ticket, no with a reason."""
    customer.world.stores.directory.put_teams(ACME, [ENG])
    id = logged(customer)

    answers = [
        customer.pm("approve", id[:8]),
        customer.pm("approve", id, "--text", "In my own words."),
        customer.pm("relink", id, "ENG-2"),
        customer.pm("dismiss", id, "--why", "already done"),
    ]

    assert [0, 0, 0, 0] == [answer.code for answer in answers], [answer.err for answer in answers]
    assert [
        (id, "approve", None, None, None),
        (id, "edit", None, None, "In my own words."),
        (id, "relink", None, "ENG-2", None),
        (id, "dismiss", "already done", None, None),
    ] == sent(customer)
    assert f"Asked for: approve {id} (comment). See what comes of it: pm decisions\n" == answers[0].err


def test_a_reason_that_is_left_out_is_asked_for(customer: Customer) -> None:
    """By it the assistant's sense is judged."""
    id = logged(customer)

    assert 0 == customer.pm("dismiss", id, typed="no work\n").code
    assert [(id, "dismiss", "no work", None, None)] == sent(customer)


def test_what_failed_is_tried_again_and_what_was_done_is_undone(customer: Customer) -> None:
    """Each where there is such a thing."""
    failed = logged(customer, state=DecisionState.FAILED)
    done = logged(customer, action=a_comment("ticket-2"), state=DecisionState.DONE, outcome=LEFT)

    assert [0, 0] == [customer.pm("retry", failed).code, customer.pm("undo", done).code]
    assert [(failed, "retry"), (done, "undo")] == [request[:2] for request in sent(customer)]


STAYS = {
    "id": "5f3c1f7e-2222-4444-8888-000000000000",
    "kind": "comment",
    "ticket": {"text": "ENG-1", "url": "https://linear.app/acme/issue/ENG-1"},
    "because": "not taken back: people have changed it since (text)",
    "evidence": ["https://acme.slack.com/archives/C0ENG/p1"],
}


def test_a_whole_run_is_undone_and_what_stays_is_shown_with_why(customer: Customer) -> None:
    """Where somebody changed it since; how many were undone is told beside it."""
    run = a_job(state=JobState.DONE, order=Order(kind=JobKind.PROCESS, dry_run=False))
    customer.world.stores.jobs.put(run)
    customer.results = [STAYS, {"undone": 12, "not_undone": 1}]

    answer, told = customer.pm("undo", "--run", run.id), customer.pm("undo", "--run", run.id, "--json")

    assert "5f3c1f7e comment ENG-1 not taken back: people" in " ".join(answer.out.split())
    assert answer.err.endswith("Undone: 12, not undone: 1\n")
    assert {"undone": 12, "not_undone": 1, "stays": [STAYS]} == told.json
    assert [run.id] * 2 == [job.order.undoes for job in customer.world.stores.jobs.latest(ACME, limit=2)]


@pytest.mark.parametrize("arguments", [[], ["d-1", "--run", "r-1"]], ids=["neither", "both"])
def test_either_a_decision_or_a_run_is_undone(customer: Customer, arguments: list[str]) -> None:
    """Nothing is asked for where that is not said."""
    answer = customer.pm("undo", *arguments)

    assert (1, "Name a decision or, with --run, a run\n", []) == (answer.code, answer.err, customer.asked)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["undo", "--run", "no-such-run"], "no such run\n"),
        (["approve", "zzz"], "No decisions of the last 30 days begin with zzz\n"),
        (["approve", ""], "Name a decision by its id, or by how that begins: pm decisions shows them\n"),
        (["undo", "00000000-0000-0000-0000-000000000000"], "no such decision\n"),
    ],
)
def test_a_decision_that_is_not_meant_clearly_is_one_clear_line(
    customer: Customer, arguments: list[str], error: str
) -> None:
    """Nothing is sent."""
    logged(customer)

    answer = customer.pm(*arguments)

    assert (1, "", error) == (answer.code, answer.out, answer.err)
    assert [] == sent(customer)


def test_what_is_not_proposed_cannot_be_approved(customer: Customer) -> None:
    """The state is named."""
    id = logged(customer, state=DecisionState.DONE)

    answer = customer.pm("approve", id)

    assert (1, "“Approve” is no answer to it as it stands: “Done”\n") == (answer.code, answer.err)
    assert [] == sent(customer)
