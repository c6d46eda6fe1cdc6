"""Commands that look and change nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pm_assistant.cli import views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.members import find_member
from pm_assistant.cli.models import DecisionTold, DisagreementTold, PullTold, ReportTold, TicketInFull
from pm_assistant.cli.options import AsJson, MemberId, Since
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.cli.times import moment
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.work import StateType

if TYPE_CHECKING:
    from pm_assistant.cli.api import Api


def linear(
    target: ApiTarget,
    state: Annotated[list[str] | None, typer.Option("--state", help="Name or type of a state; repeatable.")] = None,
    member_id: Annotated[
        str | None, typer.Option("--member-id", "--assignee", help="Whose: id, name or e-mail, or `none`.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Closed tickets too.")] = False,
    as_json: AsJson = False,
) -> None:
    """The tickets as we know them; open ones unless --all or --state says otherwise."""
    names = {name.casefold() for name in state or ()}
    with target.api() as api:
        whose = {} if member_id in {None, "none"} else {"member_id": find_member(api, member_id or "")["id"]}
        known = list(_tickets(api, names, whose, everything=everything))
    if names:
        _check_states(names, known)
        known = [ticket for ticket in known if {ticket.state.name.casefold(), ticket.state.type} & names]
    tickets = sorted((t for t in known if member_id != "none" or t.assignee_id is None), key=_by_key)
    show_json(tickets) if as_json else show(views.tickets(tickets, datetime.now(UTC)))


def _tickets(api: "Api", names: set[str], whose: dict[str, str], *, everything: bool) -> Iterator[TicketInFull]:
    """Those that may be meant: by their phases, as far as only these are named."""
    phases = {phase.value for phase in StateType}
    if everything or names - phases:
        wanted = [whose]
    else:
        wanted = [
            {"state": phase.value, **whose} for phase in StateType if (phase in names if names else not phase.closed)
        ]
    for query in wanted:
        yield from map(TicketInFull.model_validate, api.items("/v1/tickets", **query))


def _check_states(asked: set[str], known: list[TicketInFull]) -> None:
    """Say which states there are to somebody who names one that is none.

    Raises:
        NotFound: one of them is no type, and the name of no ticket's state.
    """
    names = {ticket.state.name.casefold(): ticket.state.name for ticket in known}
    names |= {phase.value: phase.value for phase in StateType}
    if unknown := sorted(asked - names.keys()):
        raise NotFound(f"No ticket is in a state called {unknown[0]}. There is: {', '.join(names.values())}")


def _by_key(ticket: TicketInFull) -> tuple[str, int]:
    team, _, number = ticket.key.rpartition("-")
    return team, int(number) if number.isdecimal() else 0


def pulls(
    target: ApiTarget,
    over: Annotated[bool, typer.Option("--over", help="Merged and closed ones.")] = False,
    author: Annotated[str | None, typer.Option("--author", help="A person.")] = None,
    reviewer: Annotated[str | None, typer.Option("--reviewer", help="A person whose review is awaited.")] = None,
    as_json: AsJson = False,
) -> None:
    """The hundred pull requests that changed last; open ones unless --over says otherwise."""
    with target.api() as api:
        people = {"author": author, "reviewer": reviewer}
        query = {role: find_member(api, name)["id"] for role, name in people.items() if name}
        page = api.get("/v1/pull-requests", over=str(over).lower(), limit="100", **query)
    listed = [PullTold.model_validate(item) for item in page["items"]]
    show_json(listed) if as_json else show(views.pulls(listed, datetime.now(UTC)))


def disagreements(target: ApiTarget, as_json: AsJson = False) -> None:
    """Where what people say, plan and build does not agree right now, what has lasted longest first."""
    with target.api() as api:
        found = [DisagreementTold.model_validate(item) for item in api.items("/v1/disagreements")]
    show_json(found) if as_json else show(views.disagreements(found, datetime.now(UTC)))


def decisions(
    target: ApiTarget,
    since: Since = "1d",
    state: Annotated[list[DecisionState] | None, typer.Option("--state", help="Only these; repeatable.")] = None,
    as_json: AsJson = False,
) -> None:
    """The decision log: what was concluded, how surely, why, and what came of it."""
    now = datetime.now(UTC)
    with target.api() as api:
        logged = decisions_since(api, moment(since, now))
    listed = [decision for decision in logged if not state or decision.state in state]
    show_json(listed) if as_json else show(views.decisions(listed, now))


def decisions_since(api: "Api", since: datetime) -> list[DecisionTold]:
    """What has changed in the log since then, changed first first."""
    changed = api.items("/v1/decisions", since=since.isoformat())
    return [DecisionTold.model_validate(item) for item in changed][::-1]


def standup(
    target: ApiTarget,
    member_id: MemberId = None,
    send: Annotated[bool, typer.Option("--send", help="Have it delivered to that person.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a standup as it would be now; --send has it delivered to that person as it comes in the morning."""
    with target.api() as api:
        person = find_member(api, member_id) if member_id else None
        query = {"member_id": person["id"]} if person else {}
        report = ReportTold.model_validate(api.get("/v1/standup", **query))
        show_json(report) if as_json else show(views.reports([report]))
        if not send:
            return
        if person is None:
            raise InvalidRequest("Say who gets it: --member-id NAME", field="member_id")
        run = api.post("/v1/workflows/standup", dry_run=False, member_id=person["id"])
    note(f"Asked for, as run {run['id']}: {person['name']} gets it. Watch with: pm runs")
