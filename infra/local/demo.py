"""The product's main job before one's eyes: a working day in Slack becomes changes in Linear and a standup.

`python -m infra.local.demo` takes the demo team in, lets its day happen once, follows it through the running stack and
tells what came of it. With a developer's own tokens in `.env` it reads the real services.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from infra.local import summary
from infra.local.client import Mailbox
from infra.local.entrance import entrance
from infra.local.intake import every, take_in
from infra.local.own import own_workspace
from infra.local.stack import INTERRUPTED, Stack, read_env
from infra.local.summary import Standup
from infra.local.tools import LOCAL, ROOT, LocalError
from pm_assistant.cli.client import StackClient, open_stack
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.errors import ProductError
from pm_assistant.domain.jobs import Recurring, RecurringDue
from pm_assistant.domain.reports import ReportDue
from pm_assistant.domain.tenants import Member, Provider
from pm_assistant.domain.vendors import Role
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.workflows.code.recurring import delivery_key

PATIENCE_SECONDS = 240.0

type Json = dict[str, Any]

console = Console(highlight=False, soft_wrap=True)


def demo_day(local: Stack) -> None:
    """Let the demo team's day happen and tell what came of it; what has happened before is not repeated.

    Raises:
        LocalError: the day did not come to its end in time.
    """
    client = seed(local)
    _play(client)
    hour = _compare(client)
    standups = _standups(client, _busiest(client))
    with _progress() as bars:
        compared = bars.add_task("comparison with what is built", total=1)
        _wait(lambda: _is_settled(client, hour), "what is built was not compared")
        bars.update(compared, completed=1)
    summary.tell(console, client, standups)
    console.print(f"\nCome in as the owner of {client.tenant.name}, once, within a quarter of an hour:")
    console.print(f"  {entrance(local)}")


def seed(local: Stack) -> StackClient:
    """Take the demo team in, through the doors that everybody uses."""
    with closing(take_in(local)) as api:
        client = open_stack(profile=None, stack=None, region=None, tenant=None)
        people, tickets = (len(every(api, f"/v1/{what}")) for what in ("members", "tickets"))
        ties = ", ".join(VENDORS[Provider(tie["provider"])].label for tie in every(api, "/v1/connections"))
    console.print(f"{client.tenant.name} is connected to {ties}: {people} people, {tickets} tickets.")
    return client


def _play(client: StackClient) -> None:
    begun = datetime.now(UTC) - timedelta(seconds=1)
    control = f"{client.stack.sandbox_url}/_sandbox/play"
    day = _get(control)
    if day["posted"] < day["total"]:
        httpx.post(control, json={"speed": 25}, timeout=10).raise_for_status()
    with _progress() as bars:
        messages_bar = bars.add_task("messages through the signed webhook", total=day["total"])
        decisions_bar = bars.add_task("decisions", total=None)

        def over() -> bool:
            at = _get(control)
            decisions = client.stores.decisions.since(client.tenant_id, begun)
            bars.update(messages_bar, completed=at["delivered"])
            bars.update(decisions_bar, completed=len(decisions))
            if at["failed"]:
                raise LocalError(f"{at['failed']} messages were not taken by the webhook; see .local/logs")
            waiting = any(decision.state is DecisionState.QUEUED for decision in decisions)
            return not at["running"] and at["delivered"] == at["total"] and not client.busy() and not waiting

        _wait(over, "the day did not settle")
        all_decisions = client.stores.decisions.since(client.tenant_id, begun)
        bars.update(decisions_bar, total=len(all_decisions), completed=len(all_decisions))


def _compare(client: StackClient) -> RecurringDue:
    """Let an hour come in which what is built is compared with the rest, once a day; the clock brings all others."""
    due_at = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    hour = RecurringDue(tenant_id=client.tenant_id, kind=Recurring.COMPARISON, due_at=due_at)
    client.unit.queues.jobs.put(hour, group=client.tenant_id)
    return hour


def _is_settled(client: StackClient, hour: RecurringDue) -> bool:
    """Whether the hour is over, and what it found is done."""
    waiting = (d.state is DecisionState.QUEUED for d in client.stores.decisions.since(client.tenant_id, hour.due_at))
    return client.stores.deliveries.delivered(client.tenant_id, delivery_key(hour)) and not any(waiting)


def _busiest(client: StackClient) -> list[Member]:
    """Of each time zone the person with the most open tickets, whose standup shows most; the busiest of all first."""
    tickets = [t for t in client.stores.tickets.all(client.tenant_id) if not t.state.type.closed]
    chat, tracker = (client.unit.provider(role) for role in (Role.CHAT, Role.TRACKER))
    people = [p for p in client.stores.directory.members(client.tenant_id) if {chat, tracker} <= p.accounts.keys()]
    people.sort(key=lambda person: sum(ticket.assignee_id == person.accounts[tracker] for ticket in tickets))
    busiest = {person.time_zone: person for person in people}
    return sorted(busiest.values(), key=people.index, reverse=True)


def _standups(client: StackClient, members: Sequence[Member]) -> list[Standup]:
    """Have standups made due by the real clockwork, once a day, and wait for them to arrive where each wants it."""
    at = datetime.now(UTC) + timedelta(seconds=2)
    mailbox = Mailbox(client.stack.aws_endpoint_url or "")
    with _progress() as bars:
        arriving = bars.add_task("standups: Scheduler, report, Slack DM or e-mail", total=len(members))
        for member in members:
            _have_made(member, at, client, is_there=_last_standup(client, mailbox, member).arrived)

        def arrived() -> list[Standup]:
            standups = [_last_standup(client, mailbox, member) for member in members]
            bars.update(arriving, completed=sum(standup.arrived for standup in standups))
            return standups

        _wait(lambda: all(standup.arrived for standup in arrived()), "not every standup arrived")
    return arrived()


def _have_made(member: Member, at: datetime, client: StackClient, *, is_there: bool) -> None:
    """Have a person's standup made once a day, and again where it is there no more.

    The emulated mail service forgets what it has sent when it is stopped.
    """
    due = ReportDue(tenant_id=client.tenant_id, member_id=member.id, once=f"demo-{at:%Y-%m-%d}")
    if client.stores.deliveries.delivered(client.tenant_id, due.delivery_key(due.day(at, member))):
        if is_there:
            return
        due = due.model_copy(update={"once": f"demo-{at:%Y-%m-%d-%H%M%S}"})
    client.unit.schedules.put_once(due, at)


def _last_standup(client: StackClient, mailbox: Mailbox, member: Member) -> Standup:
    mails = mailbox.to(member.email) if member.email else []
    return Standup(
        member=member,
        message=next(reversed(_reports_to(client, member)), None),
        mail=next((mail for mail in reversed(mails) if "Standup" in mail["Subject"]), None),
    )


def _reports_to(client: StackClient, member: Member) -> list[Json]:
    """The reports in a person's direct messages, oldest first."""
    state = _get(f"{client.stack.sandbox_url}/_sandbox/state")["slack"]
    private = [c["id"] for c in state["channels"] if c["type"] == "im" and member.slack_id in c["members"]]
    return [
        message
        for channel in private
        for message in state["messages"].get(channel, [])
        if message.get("metadata", {}).get("event_type") == "pm_assistant_report"
    ]


def _get(url: str) -> Json:
    body: Json = httpx.get(url, timeout=10).raise_for_status().json()
    return body


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        yield bars


def _wait(over: Callable[[], bool], what: str) -> None:
    """Ask until it is so, twice in a row: a queue may look empty between two receives.

    Raises:
        LocalError: it took too long.
    """
    deadline, confirmed = time.monotonic() + PATIENCE_SECONDS, 0
    while confirmed < 2:
        if time.monotonic() > deadline:
            raise LocalError(
                f"{what} within {PATIENCE_SECONDS:.0f} s: look at `uv run pm operator status` and .local/logs"
            )
        time.sleep(0.5)
        confirmed = confirmed + 1 if over() else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run on the stack in `--dir`; prints one line for what a developer has to put right."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.demo", description=__doc__)
    parser.add_argument("--dir", type=Path, default=LOCAL)
    parser.add_argument("--execute", action="store_true", help="with your own tokens: do it, not only show it")
    options = parser.parse_args(arguments)
    try:
        local = Stack.of(options.dir)
        os.environ["PM_STACK_FILE"] = str(local.file)
        own = read_env(ROOT / ".env")
        tokens = {"SLACK_TOKEN", "LINEAR_API_KEY"}
        if given_tokens := tokens & own.keys():
            if missing := tokens - given_tokens:
                raise LocalError(f".env lacks {missing.pop()}: your own workspace needs both tokens, the demo none")
            own_workspace(console, local, own, execute=options.execute)
        else:
            demo_day(local)
    except httpx.HTTPError as error:
        print(f"error: the sandbox does not answer ({type(error).__name__}): make up", file=sys.stderr)
        return 1
    except (LocalError, ProductError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted: the stack runs on; show the day again with: make demo", file=sys.stderr)
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
