"""What people ask by `/pm`, each answered alone: what is told here nobody else in the channel sees."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice, takewhile
from typing import assert_never

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import ActionRequest, Decision, more_may_wait
from pm_assistant.domain.errors import AccessRevoked, NotConnected, NotFound
from pm_assistant.domain.listing import MOST_READ, latest
from pm_assistant.domain.replies import Reply
from pm_assistant.domain.reports import Line, ReportDue, ReportKind
from pm_assistant.domain.surfaces import CommandTyped, SettingsAsked, SurfaceRequest
from pm_assistant.domain.tenants import Member
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Ticket
from pm_assistant.language.commands import Command, read_command
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.cards import PRIVATE, UNDO_OFFERED_FOR, concerned, question
from pm_assistant.presentation.commands import (
    help_reply,
    no_strangers,
    nothing_to_undo,
    refusal,
    report_reply,
    settings_reply,
    undoing,
    untracked_reply,
    waiting_reply,
)
from pm_assistant.presentation.deeds import past
from pm_assistant.presentation.i18n import Texts, texts_in
from pm_assistant.presentation.reasons import reason_in
from pm_assistant.workflows.pipeline.permissions import reason_to_refuse
from pm_assistant.workflows.pipeline.untracked import LOOKS_BACK, drafts_of, untracked_talk
from pm_assistant.workflows.reports.report import compose
from pm_assistant.workflows.surfaces.settings import open_settings
from pm_assistant.workflows.surfaces.viewers import may_answer, viewer_of
from pm_assistant.workflows.tenants.audience import public_tickets

REPORTED = {Command.TODAY: ReportKind.STANDUP, Command.WEEK: ReportKind.WEEKLY}
PAGE = 100
"""Decisions that are read at once, changed last first."""


def answer_command(typed: CommandTyped, request: SurfaceRequest, unit: Unit) -> None:
    """Do what was asked for, once, and tell whoever asked; where they can be told no more, nobody is.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
        Conflict: the same is being done right now; repeat.
    """
    with suppress(NotFound, NotConnected, AccessRevoked), unit.noticing_loss():
        reply = _reply(typed, request, unit)
        unit.chat.respond(typed.answer_to, reply)


def _reply(typed: CommandTyped, request: SurfaceRequest, unit: Unit) -> Reply:
    viewer = known_viewer(request.user_id, unit)
    if viewer is None:
        return no_strangers(texts_in(None))
    texts = texts_in(viewer.language)
    match read_command(typed.text):
        case Command.TODAY | Command.WEEK as command:
            return _report(REPORTED[command], viewer, request, unit)
        case Command.UNTRACKED:
            return _untracked(viewer, request, unit, texts)
        case Command.WAITING:
            return _waiting(viewer, request, unit, texts)
        case Command.UNDO:
            return _undo(typed, request, unit, texts)
        case Command.SETTINGS:
            return _settings(typed, viewer, request, unit, texts)
        case Command.HELP:
            return help_reply(texts)
        case command:
            assert_never(command)


def known_viewer(account: str, unit: Unit) -> Member | None:
    """The person behind an account; of whom we never heard, the chat is asked."""
    viewer = viewer_of(account, unit.stores.directory.members(unit.tenant_id), unit)
    if viewer is None and reason_to_refuse(account, unit) is None:
        viewer = viewer_of(account, unit.stores.directory.members(unit.tenant_id), unit)
    return viewer


def _report(kind: ReportKind, viewer: Member, request: SurfaceRequest, unit: Unit) -> Reply:
    """The report as it would be sent now; that it was looked at changes nothing of when it comes, and from when on."""
    due = ReportDue(tenant_id=unit.tenant_id, member_id=viewer.id, kind=kind, due_at=request.asked_at)
    return report_reply(compose(due, viewer, unit))


def _settings(typed: CommandTyped, viewer: Member, request: SurfaceRequest, unit: Unit, texts: Texts) -> Reply:
    """What is set, beside the form that changes it; it opens for three seconds, and what is set stands here anyway."""
    open_settings(SettingsAsked(form="reports", trigger_id=typed.trigger_id), request, unit)
    own = (wish for wish in unit.stores.subscriptions.all(unit.tenant_id) if wish.member_id == viewer.id)
    return settings_reply([(wish, wish.clock_for(viewer)) for wish in own], texts)


def _untracked(viewer: Member, request: SurfaceRequest, unit: Unit, texts: Texts) -> Reply:
    tenant = unit.stores.tenants.get(unit.tenant_id)
    since = request.asked_at - LOOKS_BACK
    shown_since = tenant.reaching(since, at=unit.now())
    talk = untracked_talk(since, tenant, unit) if may_answer(viewer, unit) else ()
    drafts = drafts_of(talk, tenant, unit)
    titled = ((draft, draft.action) for draft in drafts)
    lines = [
        Line(
            text=action.title if isinstance(action, CreateTicket) else reason_in(draft.reason, texts),
            url=draft.evidence[0].url,
        )
        for draft, action in titled
    ]
    return untracked_reply(lines, texts, shown_since=shown_since.date() if shown_since > since else None)


def _waiting(viewer: Member, request: SurfaceRequest, unit: Unit, texts: Texts) -> Reply:
    """What is asked in public, what is about the person's own tickets first; guests are asked nothing."""
    latest = [*_latest(unit)] if may_answer(viewer, unit) else []
    asked = [d for d in latest if d.awaits_answer and not (d.private or d.outside)]
    tickets = _tickets(asked, unit)
    account = viewer.accounts.get(unit.provider(Role.TRACKER))
    own = {ticket.id for ticket in tickets.values() if account is not None and ticket.assignee_id == account}
    asked.sort(key=lambda decision: own.isdisjoint(concerned(decision)))
    is_cut = more_may_wait(latest, limit=MOST_READ, at=request.asked_at)
    lines = list(_lines(asked, tickets, lambda decision: question(decision, texts), texts))
    return waiting_reply(lines, texts, more_may_wait=is_cut)


def _undo(typed: CommandTyped, request: SurfaceRequest, unit: Unit, texts: Texts) -> Reply:
    if (reason := reason_to_refuse(request.user_id, unit)) is not None:
        return refusal(reason, texts)
    # Which is the latest changes with the first that is taken back: what a command meant is kept before it is done.
    keys, key = unit.stores.idempotency_keys, f"command|{request.user_id}|{typed.trigger_id}"
    known = keys.begin(unit.tenant_id, key, fingerprint=Command.UNDO, now=unit.now())
    if isinstance(known, str):
        ids: Sequence[str] = json.loads(known)
    else:
        ids = [decision.id for decision in _done_last(request, unit)]
        keys.finish(unit.tenant_id, key, answer=json.dumps(ids), now=unit.now())
    for id in ids:
        undo = ActionRequest(
            tenant_id=unit.tenant_id,
            decision_id=id,
            answer="undo",
            answered_by=request.user_id,
            answered_at=request.asked_at,
        )
        unit.queues.actions.put(undo, group=unit.tenant_id)
    done = [unit.stores.decisions.get(unit.tenant_id, id) for id in ids]
    lines = _lines(done, _tickets(done, unit), lambda decision: past(decision.action, texts, changed=True), texts)
    return undoing(lines, texts) if done else nothing_to_undo(texts)


def _done_last(request: SurfaceRequest, unit: Unit) -> Sequence[Decision]:
    """What a person had us do last and can be taken back, with all that was done by the same word."""
    since = request.asked_at - UNDO_OFFERED_FOR
    own = [d for d in _latest(unit, since=since) if d.decided_by == request.user_id and d.undoable]
    if not own:
        return ()
    last = own[0]
    return [
        d for d in own if d.id == last.id or (d.order and last.order and d.order.message_id == last.order.message_id)
    ]


def _latest(unit: Unit, *, since: datetime | None = None) -> Iterator[Decision]:
    """Decisions changed last first, as far back as it is worth."""
    decisions, tenant_id = unit.stores.decisions, unit.tenant_id
    placed = latest(lambda before, limit: decisions.latest(tenant_id, before=before, limit=limit), batch=PAGE)
    worth_reading = (decision for _, decision in islice(placed, MOST_READ))
    return takewhile(lambda decision: since is None or decision.updated_at >= since, worth_reading)


def _tickets(decisions: Iterable[Decision], unit: Unit) -> Mapping[str, Ticket]:
    """The tickets that decisions are about, or have made, as far as everybody may read them."""
    ids = {id for decision in decisions for id in concerned(decision)}
    found = unit.stores.tickets.some(unit.tenant_id, ids) if ids else ()
    return {ticket.id: ticket for ticket in public_tickets(found, unit)}


def _lines(
    decisions: Iterable[Decision], tickets: Mapping[str, Ticket], say: Callable[[Decision], str], texts: Texts
) -> Iterator[Line]:
    """One line each, which leads to where it is asked or was said, or else to its ticket.

    The address of a ticket bears its words: of one that not everybody may read there is none, and no line without it.
    """
    for decision in decisions:
        about = concerned(decision)
        ticket = next((tickets[id] for id in about if id in tickets), None)
        if ticket is not None:
            name = f"{ticket.key} {ticket.title}"
        elif about:
            name = texts.gettext(PRIVATE)
        else:
            name = decision.action.title if isinstance(decision.action, CreateTicket) else ""
        said = decision.evidence[0].url if decision.evidence and decision.thread == decision.subject else ""
        if url := said or (ticket.url if ticket else ""):
            yield Line(text=f"{say(decision)} {name}".strip(), url=url)
