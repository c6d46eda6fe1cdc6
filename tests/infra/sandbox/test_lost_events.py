"""What the tracker tells and nobody hears is known after the next reading, whatever kind of event was lost."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pm_assistant.domain.events import EventEnvelope
from pm_assistant.domain.jobs import JobDue, JobKind, Order
from pm_assistant.domain.planning import named_now, plan_ids
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Ticket
from pm_assistant.integrations.linear.client import LinearTracker
from pm_assistant.workflows.connections.sync import sync
from pm_assistant.workflows.jobs import run_step, start_job
from pm_assistant.workflows.pipeline.analyze import analyze
from tests.builders import ACME, a_connection, a_tenant
from tests.contracts.sandbox import Sandbox, running
from tests.contracts.test_tracker import LINEAR_TOKEN
from tests.fakes.unit import FakeUnit


class Played(NamedTuple):
    """A sandbox, and the keys of two tickets in it."""

    sandbox: Sandbox
    one: str
    other: str

    def change(self, **fields: object) -> None:
        """Somebody changes the first one."""
        self.sandbox.change_ticket(self.one, **fields)


class Deaf(FakeUnit):
    """A tenant whose tracker tells it nothing."""

    def __init__(self, played: Played) -> None:
        super().__init__(at=datetime.now(UTC))
        self._key = played.one
        self._linear = LinearTracker(LINEAR_TOKEN, f"{played.sandbox.url}/linear/graphql")
        self.stores.tenants.put(a_tenant())
        for provider in (Provider.SLACK, Provider.LINEAR):
            self.stores.connections.put(a_connection(ACME, provider))

    @property  # type: ignore[misc]
    def tracker(self) -> Any:
        """Linear, as the sandbox plays it."""
        return self._linear

    def read(self) -> None:
        """Take the next daily reading, and take in what it brought."""
        self.at = datetime.now(UTC)
        job = start_job(Order(kind=JobKind.SYNC, dry_run=False), self, asked_by="system")
        while not job.finished:
            job = run_step(JobDue(tenant_id=ACME, job_id=job.id), {JobKind.SYNC: sync}, self) or job
        while self.queues.events.puts:
            message = self.queues.events.puts.pop(0).message
            assert isinstance(message, EventEnvelope)
            analyze(message, self)

    @property
    def ticket(self) -> Ticket | None:
        """The first one, as it is called and planned now."""
        known = [ticket for ticket in self.stores.tickets.all(ACME) if ticket.key == self._key]
        names = self.stores.planning.names(ACME, plan_ids(known))
        return next((named_now(ticket, names) for ticket in known), None)

    @property
    def known(self) -> dict[str, object]:
        """What is known that the events below tell of."""
        ticket, planning = self.ticket, self.stores.planning
        id = ticket.id if ticket else ""
        return {
            "keys": sorted(ticket.key for ticket in self.stores.tickets.all(ACME)),
            "title": ticket and ticket.title,
            "plans": ticket and (ticket.project, ticket.cycle, ticket.labels),
            "attached": [each.url for each in planning.attachments(ACME, id)],
            "said": [comment.text for comment in planning.comments(ACME, id, limit=9)],
            "related": [relation.type.value for relation in planning.relations(ACME, id, limit=9)],
        }


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Played]:
    """Two tickets, the first of them planned and talked about."""
    with running(tmp_path) as sandbox:
        played = Played(sandbox, *(sandbox.add_ticket("ENG", title) for title in ("The coupon", "The basket")))
        played.change(project="Launch", cycle="Advent", labels=["flaky"])
        sandbox.comment(played.one, "On mobile, too")
        yield played


def first_comment(sandbox: Sandbox) -> str:
    """Its id."""
    issues = sandbox.state()["linear"]["issues"]
    return str(next(c["id"] for issue in issues for c in issue["comments"] if c["body"] == "On mobile, too"))


LOST: dict[str, tuple[Callable[[Played], object], str]] = {
    "Issue.create": (lambda p: p.sandbox.add_ticket("ENG", "Another one"), "keys"),
    "Issue.update": (lambda p: p.change(title="Another title"), "title"),
    "Issue.remove": (lambda p: p.change(trashed=True), "keys"),
    "Project.update": (lambda p: p.sandbox.rename("projects", "Launch", "Landing"), "plans"),
    "Cycle.update": (lambda p: p.sandbox.rename("cycles", "Advent", "Winter"), "plans"),
    "IssueLabel.update": (lambda p: p.sandbox.rename("labels", "flaky", "regression"), "plans"),
    "Attachment.create": (lambda p: p.change(attachment="https://shop.test/1"), "attached"),
    "Comment.create": (lambda p: p.sandbox.comment(p.one, "Me, too"), "said"),
    "Comment.update": (lambda p: p.sandbox.edit_comment(first_comment(p.sandbox), "On tablets"), "said"),
    "a relation, of which nothing is told": (lambda p: p.change(related=p.other, relation="blocks"), "related"),
}


@pytest.mark.parametrize("lost", LOST)
def test_what_nobody_was_told_is_known_after_the_next_reading(played: Played, lost: str) -> None:
    """As if all of it were read for the first time."""
    change, field = LOST[lost]
    unit = Deaf(played)
    unit.read()
    before = unit.known
    change(played)
    unit.read()
    stranger = Deaf(played)
    stranger.read()

    assert field in {name for name, value in unit.known.items() if value != before[name]}
    assert stranger.known == unit.known
