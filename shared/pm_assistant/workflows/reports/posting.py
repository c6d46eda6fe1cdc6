"""Put a report where people read it in the chat: one message, and what does not fit in its thread; each part once."""

from collections.abc import Callable, Sequence
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


type Update = Callable[[str, Report], None]
"""Has what stands there say something else."""


class Place(NamedTuple):
    """Somewhere in the chat; without `update` what was sent there stays as it is."""

    send: Send
    find: Find
    update: Update | None = None


def person(user_id: str, unit: Unit) -> Place:
    """The conversation with one person."""
    chat = unit.chat
    return Place(partial(chat.direct_message, user_id), partial(chat.find_direct_message, user_id))


def channel(channel_id: str, unit: Unit) -> Place:
    """A channel, in which a report of ours is found again and changed."""
    chat = unit.chat
    return Place(
        partial(chat.post_report, channel_id),
        partial(chat.find_report, channel_id),
        partial(chat.update_report, channel_id),
    )


def post_once(key: str, place: Place, report: Report, unit: Unit, *, remember: Callable[[Sequence[str]], None]) -> None:
    """Post a report as `send_once` does, and note it when all of it is there; whoever comes back goes on with the rest.

    Args:
        key: names it.
        place: where it is posted.
        report: what is posted.
        unit: of work.
        remember: notes where its parts stand, the message first.

    Raises:
        NotFound: we may not write there.
        RateLimited: the chat wants to be asked later; repeat.
        UpstreamUnavailable: it is not known whether a part was sent; repeat, and it will be looked for.
    """
    first, *rest = folded(report)
    if not rest:
        _send_part(f"report|{key}", first, place, unit, below=None, remember=lambda ts: remember([ts]))
        return
    root = _sent_part(f"report|{key}", first, place, unit, below=None)
    remember([root, *(_sent_part(f"report|{key}|{part.id}", part, place, unit, below=root) for part in rest)])


def repost(key: str, place: Place, report: Report, parts: Sequence[str], update: Update, unit: Unit) -> Sequence[str]:
    """Have a report that was posted say this instead, where it stands; returns where its parts do. May be repeated.

    What it has grown by goes into its thread; a part that it does not need any more says nothing.

    Args:
        key: as it was posted by, and
        place: where.
        report: what it is to say.
        parts: where it stands.
        update: changes what a part says.
        unit: of work.

    Raises:
        NotFound: a part is gone, or we may not change it any more.
        UpstreamUnavailable: it is not known whether all of it was changed; repeat.
    """
    fresh = folded(report)
    empty = report.model_copy(update={"sections": (), "notes": ()})
    for number, ts in enumerate(parts):
        update(ts, fresh[number] if number < len(fresh) else empty.model_copy(update={"id": f"{report.id}.{number}"}))
    more = fresh[len(parts) :]
    return [*parts, *(_sent_part(f"report|{key}|{part.id}", part, place, unit, below=parts[0]) for part in more)]


def _sent_part(name: str, part: Report, place: Place, unit: Unit, *, below: str | None) -> str:
    """Send one of several parts, and remember where it stands until all are there; returns that."""
    cards, tenant_id = unit.stores.cards, unit.tenant_id
    if (ts := cards.ts(tenant_id, name)) is not None:
        return _brought_up(ts, part, place)
    placed: list[str] = []

    def note(ts: str) -> None:
        placed.append(ts)
        cards.put_ts(tenant_id, name, ts)

    _send_part(name, part, place, unit, below=below, remember=note)
    return placed[0]


def _send_part(
    name: str, part: Report, place: Place, unit: Unit, *, below: str | None, remember: Callable[[str], None]
) -> None:
    send_once(
        name,
        unit,
        send=lambda: place.send(part, below=below),
        find=lambda since: _brought_up(place.find(part, below=below, since=since), part, place),
        remember=remember,
    )


def _brought_up[T: (str, str | None)](ts: T, part: Report, place: Place) -> T:
    """Have what an earlier attempt left say what is composed by now, where that can be: it is noted to say so."""
    if ts is not None and place.update is not None:
        place.update(ts, part)
    return ts
