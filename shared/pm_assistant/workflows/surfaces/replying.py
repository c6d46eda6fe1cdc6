"""Answer people: below a question, once, or to one person alone."""

from collections.abc import Sequence
from contextlib import suppress

from pm_assistant.domain.answers import Subject
from pm_assistant.domain.decisions import external_id
from pm_assistant.domain.errors import AccessRevoked, NotConnected, NotFound
from pm_assistant.domain.reports import Card, CardEntry, Notice
from pm_assistant.domain.surfaces import SurfaceRequest
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.presentation.i18n import Texts
from pm_assistant.workflows.sending import send_once


def reply_once(thread: Subject, message_id: str, lines: Sequence[CardEntry], texts: Texts, unit: Unit) -> None:
    """Put an answer to a message into its thread, unless one stands there.

    Raises:
        Conflict: another is answering; repeat.
        UpstreamUnavailable: it is not known whether it was sent; repeat, and it will be looked for.
    """
    tenant_id, key = unit.tenant_id, f"reply|{message_id}"
    id = external_id(f"{tenant_id}|{message_id}", "reply")
    card = Card(id=id, entries=tuple(lines), language=texts.language)
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


def whisper(place: Subject, request: SurfaceRequest, text: str, unit: Unit) -> None:
    """Say to whoever has pressed something there what came of it; where we cannot, it came of it all the same."""
    with suppress(NotConnected, AccessRevoked, NotFound), unit.noticing_loss():
        unit.chat.post_ephemeral(place.channel, place.root_ts, request.user_id, text)


def tell_directly(kind: str, title: str, text: str, request: SurfaceRequest, unit: Unit) -> None:
    """Tell somebody who did something in no channel what came of it; a `kind` is told once of a request.

    Raises:
        NotConnected: there is no chat (any more).
        AccessRevoked: the chat lets us in no longer.
    """
    id = external_id(f"{unit.tenant_id}|{request.user_id}|{request.asked_at.isoformat()}", kind)
    with suppress(NotFound):
        unit.chat.direct_message(request.user_id, Notice(id=id, title=title, text=text, link_text="", url=""))
