"""Who may answer what the product asks: looked up when the answer is carried out, for it may have waited for days."""

from contextlib import suppress
from typing import assert_never

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.decisions import CALLERS, OPERATOR, ActionRequest, Answer, Decision, Subject
from pm_assistant.domain.errors import AccessRevoked, NotConnected, NotFound, Unauthenticated, UpstreamUnavailable
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.people import with_account
from pm_assistant.domain.tenants import Member, Standing, TenantState
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.reasons import nothing_done
from pm_assistant.workflows.accounts.audit import entry
from pm_assistant.workflows.accounts.authorize import caller_named
from pm_assistant.workflows.accounts.reader import texts_for
from pm_assistant.workflows.connections.leavers import note_departures
from pm_assistant.workflows.connections.people import keep_person

NEEDED = Scope.RUN
"""What a caller of the API must be allowed to answer, by the time of asking and by that of doing."""
CLOSING = Translatable("the team is leaving us, and until that is called off no answer counts")
REMOVED = Translatable("the account or key is not there any more")
GONE = Translatable("what was asked here is not kept any more")
CHANGED_SINCE_SEEN = Translatable("it has changed since you saw it, so look at it again")
ANSWERED_BEFORE = Translatable("somebody has answered it already")
NOT_ASKED = Translatable("nobody is asked about it any more")
UNKNOWN = Translatable("you are nobody whom we know of this workspace")


def reason_to_refuse(actor: str, unit: Unit) -> str | None:
    """Why somebody may not answer, in words for them; None if they may.

    To be known is not to be trusted. Operators hold the stack's own keys. Callers of the API need the right to answer
    still. In the chat only full members of the team's own workspace answer.

    Raises:
        NotConnected: nobody can be asked, for the tenant has no chat (any more).
        UpstreamUnavailable: the chat did not answer, and never said before what they are; repeat.
    """
    if actor.startswith(OPERATOR):
        return None
    if unit.stores.tenants.get(unit.tenant_id).state is TenantState.CLOSING:
        return CLOSING
    return _lacks_right(actor, unit) if actor.startswith(CALLERS) else _lacks_standing(actor, unit)


def reason_void(request: ActionRequest, answer: Answer | None, decision: Decision) -> str | None:
    """Why an answer fits nothing that is asked or done, in words for whoever gives it; None if it does."""
    if request.revision not in {None, decision.revision}:
        return CHANGED_SINCE_SEEN
    if answer is not None and not decision.accepts(answer):
        return ANSWERED_BEFORE if decision.decided_by is not None else NOT_ASKED
    return None


def tell_gone(request: ActionRequest, unit: Unit) -> None:
    """Tell whoever pressed a button of an old card that there is nothing left to answer."""
    if request.pressed_in is not None and request.answered_by is not None:
        with suppress(NotFound, NotConnected, AccessRevoked):
            _whisper(request.pressed_in, request.answered_by, GONE, unit)


def _whisper(thread: Subject, person: str, reason: str, unit: Unit) -> None:
    unit.chat.post_ephemeral(thread.channel, thread.root_ts, person, nothing_done(reason, texts_for(person, unit)))


def tell_refusal(request: ActionRequest, decision: Decision, reason: str, unit: Unit) -> None:
    """Tell whoever answered that nothing was done: nobody else in the chat sees it, of the API's callers the trail."""
    actor = request.answered_by or ""
    if actor.startswith(CALLERS):
        about = {"answer": request.answer or "", "reason": reason}
        refused = entry("decision.refused", at=unit.now(), actor=actor, target=decision.id, **about)
        unit.stores.audit.add(unit.tenant_id, refused)
    elif actor and decision.thread is not None and not actor.startswith(OPERATOR):
        with suppress(NotFound):
            _whisper(decision.thread, actor, reason, unit)


def _lacks_right(actor: str, unit: Unit) -> str | None:
    try:
        caller = caller_named(actor, unit)
    except Unauthenticated:
        return REMOVED
    return None if caller.scope.covers(NEEDED) else Translatable("this needs the scope {scope}", scope=NEEDED)


def _lacks_standing(account: str, unit: Unit) -> str | None:
    standing = _standing(account, unit)
    match standing:
        case Standing.MEMBER:
            return None
        case Standing.GUEST:
            return Translatable("guests of the workspace cannot answer for the team")
        case Standing.OUTSIDER:
            return Translatable("only people of the team's own workspace can answer")
        case Standing.LEFT:
            return Translatable("your account is deactivated")
        case None:
            return UNKNOWN
        case _:
            assert_never(standing)


def _standing(account: str, unit: Unit) -> Standing | None:
    """What an account is in the workspace: the chat is asked each time, for people come, go and change.

    While it does not answer, what it said last counts.
    """
    chat, members = unit.provider(Role.CHAT), unit.stores.directory.members(unit.tenant_id)
    known = next((member for member in members if member.accounts.get(chat) == account), None)
    try:
        found = unit.chat.member(account)
    except NotFound:
        if known is None:
            return None
        found = with_account(known, chat, account, Standing.LEFT)
    except UpstreamUnavailable:
        stored = known.standings.get(chat) if known else None
        if stored is None:
            raise
        return stored
    standing = found.standings.get(chat)
    if known is not None:
        as_of = {"changed_at": known.changed_at | found.changed_at}
        found = with_account(known, chat, account, standing).model_copy(update=as_of)
    _keep(found, known, unit)
    return standing


def _keep(found: Member, known: Member | None, unit: Unit) -> None:
    """Keep what the chat says somebody is; of whom we never heard, only who is of the team's own workspace."""
    chat = unit.provider(Role.CHAT)
    if known is None:
        keep_person(found, unit)
    elif found.standings.get(chat) is Standing.LEFT:
        note_departures({(chat, found.accounts[chat])}, [known], unit)
    elif found != known:
        unit.stores.directory.replace_member(unit.tenant_id, found, before=known)
