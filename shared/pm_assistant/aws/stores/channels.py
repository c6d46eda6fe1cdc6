"""Bring what is kept of a channel up to what the channel is now, on DynamoDB.

Its id stands at the beginning of sort keys, so where it is another all rows move: each is there under its new key
before it is gone under its old one. Decisions go first, so that what is judged meanwhile is found decided.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any

from pydantic import TypeAdapter
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from pm_assistant.aws import tables
from pm_assistant.aws.rows import DecisionRow, LeaseRow, MessageRow
from pm_assistant.aws.stored import stored
from pm_assistant.aws.stores.decisions import decision_row, unchanged_since
from pm_assistant.aws.stores.history import follow_heard
from pm_assistant.aws.stores.messages import DynamoMessages
from pm_assistant.aws.tables import Row
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.errors import Contention
from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import Message


@cache
def _decisions_in_verdict() -> TypeAdapter[list[Decision]]:
    return TypeAdapter(list[Decision])


def follow_channel(tenant_id: TenantId, change: ChannelChanged, *, limit: int) -> int:
    """Change so many rows, and return how many were."""
    rows = chain(
        _decisions(tenant_id, change),
        _judgements(tenant_id, change),
        follow_heard(tenant_id, change),
        _messages(tenant_id, change),
    )
    return sum(1 for _ in islice(rows, limit))


def _decisions(tenant_id: TenantId, change: ChannelChanged) -> Iterator[None]:
    for row in DecisionRow.each(tenant_id, _of(change.channel, DecisionRow.sk, "DECISION#")):
        before = stored(Decision, row.data)
        after = _followed([before], change)[0]
        if after == before:
            continue
        after = after.model_copy(update={"version": before.version + 1})
        moved, way = decision_row(after), Row(row.pk, f"DECISION_ID#{after.id}", data=after.subject.id)

        def write(
            writes: TransactWrite,
            row: DecisionRow = row,
            moved: DecisionRow = moved,
            way: Row = way,
            unchanged: Condition = unchanged_since(before),  # noqa: B008, one for each
        ) -> None:
            if moved.sk == row.sk:
                writes.save(moved, unchanged)
                return
            writes.delete(row, unchanged)
            writes.save(moved)
            writes.save(way)

        if not tables.together(write):
            raise Contention("the decision has moved on")
        yield


def _judgements(tenant_id: TenantId, change: ChannelChanged) -> Iterator[None]:
    """Verdicts, what has been judged, where cards stand and what may have been sent."""
    kinds: tuple[tuple[str, type[Row]], ...] = (
        ("VERDICT#", Row),
        ("CLAIM#", LeaseRow),
        ("CARD#", Row),
        ("OUTBOX#card|", Row),
    )
    for prefix, kind in kinds:
        for row in kind.each(tenant_id, _of(change.channel, kind.sk, prefix)):
            data = row.data
            if prefix == "VERDICT#":
                decisions = _decisions_in_verdict().validate_json(row.data)
                data = _decisions_in_verdict().dump_json(_followed(decisions, change)).decode()
            if change.now is not None:
                sk = row.sk.replace(f"{prefix}{change.channel}:", f"{prefix}{change.now}:", 1)
                _copy(row, sk=sk, data=data).put(Row.pk.does_not_exist())
                row.drop()
                yield
            elif data != row.data:
                _copy(row, data=data).put_over(row)
                yield


def _messages(tenant_id: TenantId, change: ChannelChanged) -> Iterator[None]:
    """What was said; an edit or a deletion that comes in between is found by the next attempt."""
    for row in MessageRow.each(tenant_id, MessageRow.sk.startswith(f"MESSAGE#{change.channel}#")):
        said = json.loads(row.data)
        now = said | {name: True for name in ("private", "outside") if getattr(change, name)}
        if change.now is not None:
            sk = row.sk.replace(f"MESSAGE#{change.channel}#", f"MESSAGE#{change.now}#", 1)
            moved = _copy(row, sk=sk, data=json.dumps(now | {"channel": change.now}))
            moved.put(tables.absent_or(MessageRow.version < row.version))
            row.drop(MessageRow.version == row.version)
            yield
        elif now != said:
            row.change([MessageRow.data.set(json.dumps(now))], MessageRow.data == row.data)
            yield


def _of(channel: str, sk: Any, prefix: str) -> Condition:
    stretch: Condition = sk.between(f"{prefix}{channel}:", f"{prefix}{channel}:~")
    return stretch


def _copy[R: Row](row: R, **changes: object) -> R:
    return type(row)(**{**row.attribute_values, **changes})


def _followed(decisions: Sequence[Decision], change: ChannelChanged) -> list[Decision]:
    return [decision.in_channel(change, _cited(decision, change)) for decision in decisions]


def _cited(decision: Decision, change: ChannelChanged) -> Iterable[Message]:
    """The messages a decision rests on, which may have moved before it."""
    if change.now is None:
        return ()
    places = {
        (channel, root, receipt.ts)
        for receipt in decision.evidence
        for root in (receipt.root_ts or decision.subject.root_ts, receipt.ts)
        for channel in (change.channel, change.now)
    }
    return DynamoMessages().some(decision.tenant_id, places)
