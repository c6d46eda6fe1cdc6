"""Put an answer below a question, once."""

from collections.abc import Sequence

from pm_assistant.domain.answers import Subject
from pm_assistant.domain.decisions import external_id
from pm_assistant.domain.reports import Card, CardEntry
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.workflows.sending import send_once


def reply_once(thread: Subject, message_id: str, lines: Sequence[CardEntry], unit: Unit) -> None:
    """Put an answer to a message into its thread, unless one stands there.

    Raises:
        Conflict: another is answering; repeat.
        UpstreamUnavailable: it is not known whether it was sent; repeat, and it will be looked for.
    """
    tenant_id, key = unit.tenant_id, f"reply|{message_id}"
    card = Card(id=external_id(f"{tenant_id}|{message_id}", "reply"), entries=tuple(lines))
    with unit.lease(key, lasts=LEASE):
        if unit.stores.cards.ts(tenant_id, key) is not None:
            return
        send_once(
            key,
            unit,
            send=lambda: unit.chat.post(thread.channel, thread.root_ts, card),
            find=lambda since: unit.chat.find_card(thread.channel, thread.root_ts, card, since=since),
            remember=lambda ts: unit.stores.cards.put_ts(tenant_id, key, ts),
        )
