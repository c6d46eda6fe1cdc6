"""Commands that look: what they find, and that programs can read it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pm_assistant.cli.commands import following
from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.code import TicketLinks
from pm_assistant.domain.decisions import DecisionState, Outcome, Waiting
from pm_assistant.domain.rules import HeldBy
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Channel
from tests.builders import (
    ACME,
    DOING,
    DONE,
    NOW,
    a_comment,
    a_decision,
    a_link_to,
    a_member,
    a_message,
    a_pull_request,
    a_repository,
    a_ticket,
    a_tree,
)
from tests.cli.customers import Customer


def log(customer: Customer, **changes: Any) -> str:
    """Put a decision of just now into the log and return its id."""
    now = datetime.now(UTC)
    decision = a_decision(ACME, message=a_message(), **{"updated_at": now, "created_at": now, **changes})
    return customer.world.stores.decisions.save(decision).id


@pytest.mark.parametrize(
    "command",
    [
        "linear",
        "pulls",
        "disagreements",
        "decisions",
        "untracked",
        "process",
        "standup --member-id ada",
    ],
)
def test_every_reading_command_prints_json_and_nothing_else(customer: Customer, command: str) -> None:
    """Programs parse the whole of stdout."""
    log(customer)

    answer = customer.pm(*command.split(), "--json")

    assert 0 == answer.code
    assert answer.json is not None


def test_pulls_shows_open_pull_requests_and_whose_review_is_awaited(customer: Customer) -> None:
    """One line each; what is over is asked for."""
    member = a_member("ada", accounts={Provider.SLACK: "U0ADA", Provider.GITHUB: "ada"})
    customer.world.stores.directory.put_members(ACME, [member])
    merged = a_pull_request(2, title="Old", closed_at=NOW, merged_at=NOW)
    for part in (a_repository(), a_pull_request(requested=("Ada",)), merged):
        customer.world.stores.code.record(ACME, part, keep_days=30)

    assert "shop#1" in (shown := customer.pm("pulls").out)
    assert "Old" not in shown
    assert [2] == [pull["number"] for pull in customer.pm("pulls", "--over", "--json").json]
    assert [1] == [pull["number"] for pull in customer.pm("pulls", "--reviewer", "ada", "--json").json]
    assert [] == customer.pm("pulls", "--author", "ada", "--json").json


def test_disagreements_are_shown_with_all_that_they_rest_on(customer: Customer) -> None:
    """A ticket in progress, and what was merged for it."""
    now = datetime.now(UTC)
    ticket = a_ticket(7, state=DOING, updated_at=now, title="Keep the coupon")
    customer.world.stores.tickets.put(ACME, ticket)
    merged_at = now - timedelta(days=2)
    facts = a_pull_request(2, at=merged_at, closed_at=merged_at, merged_at=merged_at)
    links = (a_link_to(ticket.key, ticket_id=ticket.id),)
    found = TicketLinks(pull_request_id=facts.pull_request_id, at=merged_at, links=links)
    for part in (a_repository(), facts, found):
        customer.world.stores.code.record(ACME, part, keep_days=30)

    shown = customer.pm("disagreements").out

    assert "merged but open" in shown
    assert shown.index("ENG-7 Keep the coupon") < shown.index("acme/shop#2")


def test_linear_shows_open_tickets_and_all_on_demand(customer: Customer) -> None:
    """Closed tickets are left out unless asked for."""
    customer.world.stores.tickets.put(ACME, a_ticket(3, state=DONE))

    assert ["ENG-1", "ENG-2"] == [ticket["key"] for ticket in customer.pm("linear", "--json").json]
    assert ["ENG-1", "ENG-2", "ENG-3"] == [ticket["key"] for ticket in customer.pm("linear", "--all", "--json").json]


def test_linear_filters_by_state_and_person(customer: Customer) -> None:
    """A state goes by its name or type, a person by the beginning of the name."""
    customer.world.stores.tickets.put(ACME, a_ticket(10, state=DOING, assignee_id=None))

    assert ["ENG-10"] == [ticket["key"] for ticket in customer.pm("linear", "--state", "in progress", "--json").json]
    assert ["ENG-10"] == [ticket["key"] for ticket in customer.pm("linear", "--state", "started", "--json").json]
    assert ["ENG-2"] == [ticket["key"] for ticket in customer.pm("linear", "--member-id", "bo", "--json").json]
    assert ["ENG-10"] == [ticket["key"] for ticket in customer.pm("linear", "--assignee", "none", "--json").json]


def test_a_state_that_is_none_is_answered_with_those_there_are(customer: Customer) -> None:
    """Whoever misspells one does not conclude that nothing is in it; a phase may be empty."""
    answer = customer.pm("linear", "--state", "nope")
    beside = customer.pm("linear", "--state", "started", "--state", "nope")

    assert (1, "") == (answer.code, answer.out)
    assert answer.err.startswith("No ticket is in a state called nope. There is: Todo, ")
    assert "canceled" in answer.err
    assert "No tickets." in customer.pm("linear", "--state", "canceled").out
    assert (1, answer.err) == (beside.code, beside.err)


def test_only_open_tickets_are_fetched_where_only_they_are_shown(customer: Customer) -> None:
    """A team has thousands of closed ones."""
    customer.pm("linear")

    assert ["state=completed", "state=canceled"] == [
        closed for closed in ("state=completed", "state=canceled") if not any(closed in each for each in customer.asked)
    ]
    assert all("state=" in each for each in customer.asked)


@pytest.mark.parametrize(
    "command", ["decisions", "linear --all", "untracked", "pulls", "disagreements", "keys list", "people"]
)
def test_on_a_terminal_of_80_columns_a_row_is_a_line(
    customer: Customer, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """What does not fit is seen to be cut, which the last line says; addresses are behind what they are about."""
    done = Outcome(external_id="c1", url="https://linear.app/acme/issue/ENG-1#comment-c1", inverse="{}")
    log(customer, state=DecisionState.DONE, outcome=done, reason="both speak of coupon and checkout " * 9)
    customer.world.stores.tickets.put(ACME, a_ticket(3, title="A title that is longer than any terminal is wide " * 3))
    pull = a_pull_request(1, title="ENG-48 Answer 429 above the limit and say in Retry-After when to come again")
    for part in (a_repository(), pull):
        customer.world.stores.code.record(ACME, part, keep_days=30)
    customer.pm("keys", "make", "the nightly import of what the warehouse has learnt of the world since")
    monkeypatch.delenv("COLUMNS")
    piped = customer.pm(*command.split()).out.splitlines()
    monkeypatch.setenv("COLUMNS", "80")

    lines = customer.pm(*command.split()).out.splitlines()

    assert max(map(len, lines)) <= 80
    assert len(piped) == len(lines)
    assert any("…" in line for line in lines) is ("wider than this terminal" in lines[-1])
    assert "https://" not in "".join(lines)
    assert "wider" not in piped[-1]
    assert "…" not in "".join(piped)


def test_a_row_that_fits_is_a_line(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipe every row is, with its addresses spelt out."""
    log(customer, reason="both speak")
    piped = customer.pm("decisions").out
    monkeypatch.setenv("COLUMNS", "100")

    assert "https://linear.app/acme/issue/ENG-1" not in customer.pm("decisions").out
    assert 3 == len(customer.pm("decisions").out.splitlines()) == len(piped.splitlines())


def test_a_rule_is_taken_back_by_how_its_id_begins(customer: Customer) -> None:
    """As the list shows it, whose words are all there on a terminal of 80 columns; of two neither is meant."""
    labels = tuple(map(str, range(17)))
    customer.world.stores.tickets.put(ACME, a_ticket(3, labels=labels))
    made = [customer.world.owner.post("/v1/rules", {"label": label}).json["id"] for label in labels]
    [(digit, _)] = Counter(id[0] for id in made).most_common(1)

    assert (1, True) == ((answer := customer.pm("unmute", digit)).code, f"rules begin with {digit}" in answer.err)
    assert 0 == customer.pm("unmute", made[0][:8]).code
    assert {*made[1:]} == {rule["id"] for rule in customer.pm("rules", "--json").json}


def test_a_rule_names_its_channel(customer: Customer) -> None:
    """By the name that is known, else by its id."""
    for channel in (Channel(id="C0ENG", name="engineering"), Channel(id="C0DARK", name="plans", private=True)):
        place = Position(source=Provider.SLACK, workspace="T0ACME", place=channel.id, channel=channel, read_to=NOW)
        customer.world.stores.readings.put_position(ACME, place)
        customer.world.owner.post("/v1/rules", {"kind": "create", "channel": channel.id})
    shown = customer.pm("rules").out
    assert ("in #engineering" in shown, "in C0DARK" in shown, "plans" in shown) == (True, True, False)


def test_the_words_of_a_rule_are_not_cut_on_a_terminal_of_80_columns(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are what it is read for."""
    note = "nobody wants to be asked about what the night job says of itself in there, least of all on Mondays"
    label = "nightly chores of the machines"
    customer.world.stores.tickets.put(ACME, a_ticket(3, labels=(label,)))
    customer.world.owner.post("/v1/rules", {"kind": "create", "label": label, "note": note})
    monkeypatch.setenv("COLUMNS", "80")

    shown = customer.pm("rules").out

    assert max(map(len, shown.splitlines())) <= 80
    assert {*note.split(), "nightly"} <= {*shown.split()}


def test_a_person_nobody_knows_is_answered_with_the_names_there_are(customer: Customer) -> None:
    """A misspelt name is easy to put right."""
    answer = customer.pm("linear", "--assignee", "zoe")

    assert (1, "", "zoe is nobody here. There is: Ada, Bo\n") == (answer.code, answer.out, answer.err)


def test_decisions_show_ticket_confidence_reason_link_and_what_was_done(customer: Customer) -> None:
    """Every line can be checked."""
    done = Outcome(external_id="c1", url="https://linear.app/acme/issue/ENG-1#comment-c1", inverse="{}")
    log(customer, state=DecisionState.DONE, outcome=done)

    shown = customer.pm("decisions").out

    for part in ("ENG-1", "90%", "both speak of coupon and checkout", "archives/C0ENG/p1", "#comment-c1", "done"):
        assert part in shown


def test_decisions_say_how_many_tickets_of_a_tree_are_closed(customer: Customer) -> None:
    """Beside the topmost of them."""
    log(customer, action=a_tree(1, 2), state=DecisionState.PROPOSED)

    shown = " ".join(customer.pm("decisions").out.split())

    assert "close 2 in a tree" in shown
    assert "ENG-1" in shown


@pytest.mark.parametrize(("provider", "name"), [(Provider.LINEAR, "Linear"), (Provider.GITHUB, "GitHub")])
def test_decisions_say_for_whom_they_wait_and_since_when(customer: Customer, provider: Provider, name: str) -> None:
    """Whoever asks why nothing happens is told who is away."""
    waiting = Waiting(provider=provider, since=datetime.now(UTC) - timedelta(hours=2))
    log(customer, waiting=waiting)

    shown = " ".join(customer.pm("decisions").out.split())

    assert f"waiting for {name} since" in shown
    assert f"{waiting.since.astimezone():%H:%M}" in shown
    assert provider == customer.pm("decisions", "--json").json[0]["waiting"]["provider"]


def test_decisions_say_why_no_model_was_asked(customer: Customer) -> None:
    """Whoever wonders at a judgement sees that it is the offline one, and why."""
    log(customer, fallback="the quota is used up")

    assert "judged offline: the quota is used up" in " ".join(customer.pm("decisions").out.split())


def test_decisions_say_which_rule_kept_them_from_being_asked(customer: Customer) -> None:
    """And whose that is, beside why no model was asked."""
    held = HeldBy(rule_id="r-1", effect="never", owner="U0ADA")
    log(customer, held_by=held, fallback="the quota is used up")

    shown = " ".join(customer.pm("decisions").out.split())
    assert "(rule r-1 of U0ADA; judged offline: the quota is used up)" in shown


def test_decisions_are_filtered_by_time_and_state(customer: Customer) -> None:
    """What is older or in another state is left out."""
    id = log(customer, state=DecisionState.PROPOSED)
    log(customer, action=a_comment("ticket-2"), updated_at=datetime.now(UTC) - timedelta(days=2))

    assert [id] == [decision["id"] for decision in customer.pm("decisions", "--json").json]
    assert [id] == [d["id"] for d in customer.pm("decisions", "--since", "3d", "--state", "proposed", "--json").json]
    assert [] == customer.pm("decisions", "--state", "failed", "--json").json


def test_an_unreadable_time_is_one_clear_line(customer: Customer) -> None:
    """It says how to write one."""
    answer = customer.pm("decisions", "--since", "yesterday")

    assert (1, "", "write a time as 30m, 2h, 1d or 2026-11-20T09:30\n") == (answer.code, answer.out, answer.err)


def test_tail_shows_each_change_once(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision that does not move on is not shown again."""
    log(customer)
    monkeypatch.setattr(following, "PAUSE", 0.01)
    monkeypatch.setattr(following, "sleep", lambda _: None)
    clock = iter((0.0, 0.0, 0.02))
    monkeypatch.setattr(following, "monotonic", lambda: next(clock))

    answer = customer.pm("tail", "--since", "1m", "--for", "0.01")

    assert (0, 1) == (answer.code, len(answer.out.splitlines()))
    assert "queued" in answer.out
    assert 2 == len(customer.asked)


def test_tail_goes_on_when_the_api_does_not_answer(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, and ends as it was told to."""
    monkeypatch.setenv("PM_API_URL", "http://127.0.0.1:1")

    answer = customer.pm("tail", "--since", "1m", "--for", "0")

    assert (0, "http://127.0.0.1:1 does not answer; still trying\n") == (answer.code, answer.err)


def test_a_standup_is_shown_as_it_would_be_now(customer: Customer) -> None:
    """Somebody's by name; delivered to nobody."""
    shown = customer.pm("standup", "--member-id", "ada").out

    assert "Standup for Ada" in shown
    assert "ENG-1 Checkout drops the coupon" in shown
    assert "https://linear.app/acme/issue/ENG-1" in shown
    assert shown == customer.pm("standup", "--person", "ada").out  # its former name
    assert [] == customer.world.queued("jobs")


def test_a_standup_is_sent_to_one_person_who_is_named(customer: Customer) -> None:
    """Nobody gets a message by accident."""
    sent = customer.pm("standup", "--member-id", "ada", "--send")

    assert (0, True) == (sent.code, "Ada gets it. Watch with" in sent.err)
    [job] = customer.world.stores.jobs.latest(ACME, before=None, limit=9)
    assert ("standup", "U0ADA", False) == (job.order.kind, job.order.member_id, job.order.dry_run)


def test_one_own_standup_is_for_somebody_who_is_of_the_team(customer: Customer) -> None:
    """A program has none, and is told so in words."""
    answer = customer.pm("standup")

    assert (1, "", 1) == (answer.code, answer.out, answer.err.count("\n"))
