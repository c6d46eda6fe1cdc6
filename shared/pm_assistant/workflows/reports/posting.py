"""Put a report where people read it in the chat: one message, and what does not fit in its thread; each part once."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple, Protocol

from pm_assistant.domain.reports import Report
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.folding import folded
from pm_assistant.workflows.sending import send_once


class Send(Protocol):
    """Sends a part, below a message or on its own, and says where it stands."""

    def __call__(self, report: Report, *, below: str | None) -> str: ...  # noqa: D102


class Find(Protocol):
    """Says where a part stands that was sent since then, if it was."""

    def __call__(self, report: Report, *, below: str | None, since: datetime) -> str | None: ...  # noqa: D102


class Place(NamedTuple):
    """Somewhere in the chat."""

    send: Send
    find: Find


def person(user_id: str, unit: Unit) -> Place:
    """The conversation with one person."""
    chat = unit.chat
    return Place(partial(chat.direct_message, user_id), partial(chat.find_direct_message, user_id))


def channel(channel_id: str, unit: Unit) -> Place:
    """A channel."""
    return Place(partial(unit.chat.post_report, channel_id), partial(unit.chat.find_report, channel_id))


def post_once(key: str, place: Place, report: Report, unit: Unit, *, remember: Callable[[], None]) -> None:
    """Post a report as `send_once` does, and note it when all of it is there; whoever comes back goes on with the rest.

    Raises:
        NotFound: we may not write there.
        RateLimited: the chat wants to be asked later; repeat.
        UpstreamUnavailable: it is not known whether a part was sent; repeat, and it will be looked for.
    """
    first, *rest = folded(report)
    cards, tenant_id = unit.stores.cards, unit.tenant_id

    def sent(part: Report, below: str | None) -> str:
        name = f"report|{key}" if below is None else f"report|{key}|{part.id}"
        if (ts := cards.ts(tenant_id, name)) is not None:
            return ts
        placed: list[str] = []

        def note(ts: str) -> None:
            placed.append(ts)
            if rest:
                cards.put_ts(tenant_id, name, ts)
            else:
                remember()

        send_once(
            name,
            unit,
            send=lambda: place.send(part, below=below),
            find=lambda since: place.find(part, below=below, since=since),
            remember=note,
        )
        return placed[0]

    root = sent(first, None)
    for part in rest:
        sent(part, root)
    if rest:
        remember()
