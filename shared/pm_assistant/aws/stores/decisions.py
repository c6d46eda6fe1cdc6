"""The decision log, on DynamoDB.

A decision is `DECISION#<subject>#<id>`, so that a card is built from one consistent read; `DECISION_ID#<id>` says which
subject an id belongs to, which never changes. The index orders decisions by `updated_at`, then by id: no two share a
place. What is begun for a run leaves `RUN_ACT#<run>#<moment>#<id>`, so that it is found for as long as the run is.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice

from pynamodb.expressions.condition import Condition

from pm_assistant.aws import tables
from pm_assistant.aws.rows import DecisionRow
from pm_assistant.aws.stored import readable, stored
from pm_assistant.aws.stores.jobs import KEEP
from pm_assistant.aws.tables import Row
from pm_assistant.domain.decisions import BegunAct, Decision, reconcile_with_log
from pm_assistant.domain.errors import Conflict, Contention, NotFound
from pm_assistant.domain.tenants import TenantId

ATTEMPTS = 5
"""How often `save` follows a row that changes under it; more writers than that at once do not exist."""
REPORTED = 512
"""Of so many rows a container keeps what they say; a few megabytes."""


class DynamoDecisions:
    """The log (`Decisions`)."""

    def save(self, decision: Decision, *, seen: Mapping[str, Decision] | None = None) -> Decision:
        """Log a decision or renew it, on condition that nobody wrote since it was seen, or else since it is read."""
        if seen is not None and (written := self._written(decision, seen.get(decision.id))):
            return written
        for _ in range(ATTEMPTS):
            logged = DecisionRow.find(decision.tenant_id, _sk(decision))
            before = stored(Decision, logged.data) if logged else None
            if before is not None and reconcile_with_log(before, decision) == before:
                return before
            if written := self._written(decision, before):
                return written
        raise Contention("the decision keeps changing")

    def _written(self, decision: Decision, before: Decision | None) -> Decision | None:
        """What the log holds once a decision is written over `before`; None if it has moved on, or stays as it is."""
        if before is None:
            # First the way to it: a way that leads nowhere does no harm, a row that no id leads to would.
            Row(tables.partition(decision.tenant_id), f"DECISION_ID#{decision.id}", data=decision.subject.id).put()
            return decision if decision_row(decision).put(DecisionRow.pk.does_not_exist()) else None
        after = reconcile_with_log(before, decision)
        with suppress(Conflict):
            return self.replace(after, before=before) if after != before else None
        return None

    def get(self, tenant_id: TenantId, decision_id: str) -> Decision:
        """Read one."""
        subject = Row.find(tenant_id, f"DECISION_ID#{decision_id}")
        row = subject and DecisionRow.find(tenant_id, f"DECISION#{subject.data}#{decision_id}")
        if not row:
            raise NotFound("no such decision")
        return stored(Decision, row.data)

    def replace(self, decision: Decision, *, before: Decision) -> Decision:
        """Store what has become of a decision, in one conditional write."""
        after = decision.model_copy(update={"version": before.version + 1})
        if after.begun_in_run and not before.begun_in_run:
            after = after.model_copy(update={"begun_at": after.updated_at})
            _run_act(after).put()  # Before the log says so: a way that leads to nothing done does no harm.
        row = decision_row(after)
        if not row.put(unchanged_since(before) | (DecisionRow.data == row.data)):
            raise Contention("the decision has moved on")
        return after

    def between(self, tenant_id: TenantId, channel: str, first_ts: str, last_ts: str) -> Sequence[Decision]:
        """All decisions of a stretch of a channel, in one consistent read."""
        stretch = DecisionRow.sk.between(f"DECISION#{channel}:{first_ts}#", f"DECISION#{channel}:{last_ts}#~")
        decisions = (stored(Decision, row.data) for row in DecisionRow.among(tenant_id, stretch))
        return sorted(decisions, key=lambda decision: (decision.created_at, decision.id))

    def since(self, tenant_id: TenantId, since: datetime) -> Sequence[Decision]:
        """Decisions updated since then, through the index: what was stored a moment ago may be missing."""
        updated = DecisionRow.gsi_sk >= tables.stamp(since)
        rows = DecisionRow.indexed(tables.recent(tenant_id, "DECISION"), updated, only=[DecisionRow.data])
        return list(readable(lambda row: _logged(row.data), rows))

    def latest(self, tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[tuple[str, Decision]]:
        """Decisions updated last first, through the index: what was stored a moment ago may be missing."""
        below = DecisionRow.gsi_sk < (before or "~")
        recent, needed = tables.recent(tenant_id, "DECISION"), [DecisionRow.data, DecisionRow.gsi_sk]
        rows = DecisionRow.indexed(recent, below, each=limit, last_first=True, only=needed)
        return list(islice(readable(lambda row: (row.gsi_sk, stored(Decision, row.data)), rows), limit))

    def begun_in_run(
        self, tenant_id: TenantId, run: str, *, before: str | None = None, limit: int
    ) -> Sequence[BegunAct]:
        """What was begun for a run, last first, in one consistent read."""
        rows = Row.newest(tenant_id, f"RUN_ACT#{run}", before=before, each=limit)
        places = (row.sk.removeprefix(f"RUN_ACT#{run}#") for row in islice(rows, limit))
        parted = ((place, *place.split("#", 1)) for place in places)
        return [BegunAct(place, decision_id, datetime.fromisoformat(moment)) for place, moment, decision_id in parted]

    def page(self, tenant_id: TenantId, *, after: str | None = None, limit: int) -> Sequence[tuple[str, Decision]]:
        """The next so many decisions in the order of their subjects, in one consistent read."""
        rows = DecisionRow.page(tenant_id, "DECISION", after=after, limit=limit)
        return [(row.sk.removeprefix("DECISION#"), stored(Decision, row.data)) for row in rows]


@lru_cache(maxsize=REPORTED)
def _logged(data: str) -> Decision:
    """What a row of the log says: for each person who is told of a day the same rows are read, and say the same."""
    return stored(Decision, data)


def _sk(decision: Decision) -> str:
    return f"DECISION#{decision.subject.id}#{decision.id}"


def decision_row(decision: Decision) -> DecisionRow:
    """How a decision stands in the log."""
    return DecisionRow(
        tables.partition(decision.tenant_id),
        _sk(decision),
        gsi_pk=tables.recent(decision.tenant_id, "DECISION"),
        gsi_sk=f"{tables.stamp(decision.updated_at)}#{decision.id}",
        data=decision.model_dump_json(exclude_none=True),  # most of the log is what has not happened
        state=decision.state,
        revision=decision.revision,
        version=decision.version,
        expires_at=decision.updated_at + timedelta(days=decision.keep_days) if decision.keep_days else None,
    )


def _run_act(decision: Decision) -> Row:
    moment = tables.stamp(decision.updated_at)
    sk = f"RUN_ACT#{decision.run}#{moment}#{decision.id}"
    return Row(tables.partition(decision.tenant_id), sk, expires_at=decision.updated_at + KEEP)


def unchanged_since(before: Decision) -> Condition:
    """That the log has not changed a decision since; one that it never changed bears no version."""
    unchanged = DecisionRow.version == before.version
    return unchanged if before.version else unchanged | (DecisionRow.pk.exists() & DecisionRow.version.does_not_exist())
