"""The card in a thread: what we did or would do about it; plain text, which the chat adapter escapes."""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple, assert_never

from pm_assistant.domain.actions import (
    ChangeTicket,
    CloseTree,
    Closing,
    Comment,
    CreateTicket,
    Ignore,
    LinkPullRequest,
    MoveTicket,
)
from pm_assistant.domain.decisions import EXPIRED, Answer, Decision, DecisionState, external_id, percent
from pm_assistant.domain.reports import Card, CardEntry
from pm_assistant.domain.work import Ticket
from pm_assistant.presentation.deeds import PRIORITIES, imperative, past
from pm_assistant.presentation.i18n import Texts, gettext_noop
from pm_assistant.presentation.reasons import reason_in

PRIVATE, OURS = gettext_noop("a ticket of a private team"), gettext_noop("a ticket of the team's")
MOST_NAMED = 5
"""Tickets that are named to show that another is over, or waits."""
NONE: Mapping[str, Sequence[str]] = MappingProxyType({})
BUTTONS: tuple[Answer, ...] = ("approve", "edit", "relink", "dismiss", "retry")
"""What can be answered on a card, beside Undo."""
UNDO_OFFERED_FOR = timedelta(days=7)
"""How long what was done is one press from being taken back; later an order does it, or the API."""


class Deciding(NamedTuple):
    """What is known of those who decide, and of when and where.

    Attributes:
        names: of whoever has answered, by how answers are signed; None where there is none to be told.
        home_team: the name of the team that gets new tickets.
        at: now; None offers nothing that ends.
    """

    names: Mapping[str, str] = MappingProxyType({})
    home_team: str = ""
    at: datetime | None = None


NOBODY = Deciding()


def card_of(
    decisions: Sequence[Decision],
    tickets: Mapping[str, Ticket],
    texts: Texts,
    *,
    withheld: Set[str] = frozenset(),
    blockers: Mapping[str, Sequence[str]] = NONE,
    deciding: Deciding = NOBODY,
) -> Card:
    """Say in one card what we did or would do about a thread; no entries if there is nothing to say any more.

    Where people of other companies read it, it names no ticket and gives no reason, which may name one.

    Args:
        decisions: all of the thread.
        tickets: those that they are about, by id.
        texts: write in the language of those who read it.
        withheld: the ids of those of which not everybody in the thread may read.
        blockers: the keys of the open tickets that block one, by its id.
        deciding: who has answered, and what can still be.
    """
    first = decisions[0]
    outside = any(decision.outside for decision in decisions)
    entries: list[CardEntry] = []
    asked = set[str]()
    for decision in sorted(decisions, key=_likeliest_first):
        entry = entry_of(decision, tickets, texts, withheld=withheld, outside=outside, deciding=deciding)
        if entry is not None:
            entry = asked_below(entry, decision, asked, texts)
            asked.add(decision.id)
            blocking = () if outside else blockers.get(decision.action.about_ticket or "", ())
            entries += [_blocked(entry, blocking, texts), *_closings(decision, tickets, texts, outside=outside)]
    id = external_id(f"{first.tenant_id}|{first.subject.id}", "card")
    return Card(id=id, entries=tuple(entries), language=texts.language)


def _likeliest_first(decision: Decision) -> float:
    """Where a decision comes: of those that cannot all be right the likeliest is asked first, below all others."""
    return 1 - decision.confidence if decision.state is DecisionState.PROPOSED and decision.alternatives else 0.0


def answer_to(
    ordered: Sequence[Decision],
    decisions: Sequence[Decision],
    tickets: Mapping[str, Ticket],
    texts: Texts,
    *,
    withheld: Set[str] = frozenset(),
    deciding: Deciding = NOBODY,
) -> Card:
    """Say what became of what one message ordered, with what it took back; no entries before anything has.

    Args:
        ordered: all that followed from the message.
        decisions: all of the thread.
        tickets: as for a card.
        texts: likewise.
        withheld: likewise.
        deciding: likewise.
    """
    outside = any(decision.outside for decision in decisions)
    by_id = {decision.id: decision for decision in decisions}
    entries: list[CardEntry | None] = []
    for decision in ordered:
        entries.append(_answer(decision, tickets, texts, withheld=withheld, outside=outside, deciding=deciding))
        ended = decision.order.takes_back if decision.order and decision.performed else ()
        for target in (by_id[id] for id in dict.fromkeys(ended) if id in by_id):
            entries.append(entry_of(target, tickets, texts, withheld=withheld, outside=outside, deciding=deciding))
    message_id = ordered[0].order.message_id if ordered[0].order else ""
    said = dict.fromkeys(entry for entry in entries if entry is not None)
    id = external_id(f"{ordered[0].tenant_id}|{message_id}", "answer")
    return Card(id=id, entries=tuple(said), language=texts.language)


def _answer(
    decision: Decision,
    tickets: Mapping[str, Ticket],
    texts: Texts,
    *,
    withheld: Set[str],
    outside: bool,
    deciding: Deciding,
) -> CardEntry | None:
    """What became of one thing that was ordered: nobody needs to be told how sure that is."""
    because = "" if outside else reason_in(decision.error or decision.reason, texts)
    if not isinstance(decision.action, Ignore):
        entry = entry_of(decision, tickets, texts, withheld=withheld, outside=outside, deciding=deciding)
        return entry and entry.model_copy(update={"detail": because})
    if decision.state is DecisionState.DISMISSED:
        return CardEntry(headline=texts.gettext("Not done"), detail=because, answers=())
    ends = decision.order is not None and decision.order.takes_back
    if decision.performed is None or ends:
        return None
    return CardEntry(headline=texts.gettext("Nothing will be done about this"), detail=because, answers=())


def entry_of(
    decision: Decision,
    tickets: Mapping[str, Ticket],
    texts: Texts,
    *,
    withheld: Set[str],
    outside: bool,
    deciding: Deciding,
) -> CardEntry | None:
    """Say one decision, to be read with others or alone; None where there is nothing to say of it.

    Args:
        decision: what it is about.
        tickets: as for a card.
        texts: likewise.
        withheld: likewise.
        outside: whether people of other companies read it.
        deciding: as for a card.
    """
    dismissed = decision.state is DecisionState.DISMISSED and decision.decided_by is not None
    dismissed = dismissed and not decision.not_chosen  # What was chosen says enough.
    stuck = decision.state is DecisionState.FAILED or decision.waiting is not None
    over = decision.gone or decision.expired
    said = decision.awaits_answer or dismissed or stuck or over or decision.performed
    if not said or isinstance(decision.action, Ignore):
        return None
    hidden = not withheld.isdisjoint(concerned(decision))
    # Neither title, nor reason, nor address: all of them may bear a private ticket's words.
    link_text, url = (texts.gettext(PRIVATE), "") if hidden else _link(decision, tickets)
    if outside:
        link_text, url = texts.gettext(OURS) if decision.action.about_ticket else link_text, ""
    answers = tuple(answer for answer in BUTTONS if decision.accepts(answer))
    seen = f"{decision.id}:{decision.revision}"
    return CardEntry(
        headline=_headline(decision, texts),
        link_text=link_text,
        url=url,
        detail=_detail(decision, deciding, texts, withheld=hidden or outside),
        text="" if hidden or outside or not _is_to_be_written(decision) else decision.action.words or "",
        awaits_answer=seen if answers else None,
        answers=answers,
        asks_why=decision.state is DecisionState.PROPOSED,
        undoes=seen if _offers_undo(decision, deciding) else None,
    )


def logged_entry_of(
    decision: Decision, tickets: Mapping[str, Ticket], texts: Texts, *, withheld: Set[str]
) -> CardEntry | None:
    """Say what was only noted: what it would have been, and why; None for whatever was more than that."""
    if decision.state is not DecisionState.LOGGED or decision.performed or isinstance(decision.action, Ignore):
        return None
    hidden = not withheld.isdisjoint(concerned(decision))
    link_text, url = (texts.gettext(PRIVATE), "") if hidden else _link(decision, tickets)
    return CardEntry(
        headline=imperative(decision.action, texts),
        link_text=link_text,
        url=url,
        detail=_detail(decision, NOBODY, texts, withheld=hidden),
        answers=(),
    )


def concerned(decision: Decision) -> Set[str]:
    """The ids of the tickets that an entry may name: those that it is about, and the one that it has made."""
    made = {decision.outcome.external_id} if decision.outcome and isinstance(decision.action, CreateTicket) else set()
    return {*decision.action.tickets, *made}


def _detail(decision: Decision, deciding: Deciding, texts: Texts, *, withheld: bool) -> str:
    """Why, and who decided; where not all may read that, how sure it is and no more."""
    percent = percent_in(decision.confidence, texts)
    ended = decision.state in {DecisionState.FAILED, DecisionState.DONE, DecisionState.UNDONE}
    parts = [reason_in(decision.error, texts) if ended and decision.error else ""]
    if withheld:
        parts.append(texts.gettext("{percent} sure", percent=percent))
    else:
        reason = reason_in(decision.reason, texts)
        parts += [_decided(decision, deciding, texts), _fields(decision, deciding, texts)]
        parts.append(texts.gettext("{percent} sure: {reason}", percent=percent, reason=reason))
    return " · ".join(filter(None, parts))


def percent_in(confidence: float, texts: Texts) -> str:
    """How sure something is, as people read it."""
    return texts.gettext("{number}%", number=percent(confidence).removesuffix("%"))


def _decided(decision: Decision, deciding: Deciding, texts: Texts) -> str:
    """Who has answered, where somebody has and it is not asked anew."""
    name = deciding.names.get(decision.decided_by or "")
    if name is None or decision.state is DecisionState.PROPOSED:
        return ""
    return texts.gettext("Decided by {name}", name=reason_in(name, texts))


def _fields(decision: Decision, deciding: Deciding, texts: Texts) -> str:
    """What a new ticket is to have beside its text, and who may take it."""
    action = decision.action
    if not isinstance(action, CreateTicket) or not _is_to_be_written(decision):
        return ""
    team = action.team.name if action.team else deciding.home_team
    fields = [texts.gettext("in {team}", team=team)] if team else []
    if action.parent is not None:
        fields.append(texts.gettext("below {ticket}", ticket=action.parent.name))
    if action.regression_of is not None:
        fields.append(texts.gettext("regression of {ticket}", ticket=action.regression_of.name))
    fields.append(texts.gettext(PRIORITIES[action.priority]))
    fields += (texts.gettext("label {label}", label=label.name) for label in action.labels)
    if (assignee := action.suggested_assignee) is not None:
        because = reason_in(assignee.because, texts)
        fields.append(texts.gettext("for {person}, {because}", person=assignee.name, because=because))
    listed = ", ".join(fields)
    return f"{listed[:1].upper()}{listed[1:]}"


def _is_to_be_written(decision: Decision) -> bool:
    """Whether its words are what people say yes to; of what is done, the tracker tells."""
    return decision.state is DecisionState.PROPOSED or (decision.state is DecisionState.FAILED and not decision.undoing)


def _offers_undo(decision: Decision, deciding: Deciding) -> bool:
    """Whether it can be taken back, and was done lately, which it was not where people were asked in vain for weeks."""
    lately = deciding.at is not None and deciding.at - decision.updated_at < UNDO_OFFERED_FOR
    return lately and decision.undoable and not decision.awaits_answer and decision.error != EXPIRED


def _blocked(entry: CardEntry, keys: Sequence[str], texts: Texts) -> CardEntry:
    """An entry about a ticket that waits for others; to say so keeps nobody from anything."""
    if not keys:
        return entry
    blocked = texts.gettext("Blocked by {keys}", keys=_some(keys, len(keys), texts))
    return entry.model_copy(update={"detail": f"{blocked} · {entry.detail}"})


def _some(keys: Sequence[str], count: int, texts: Texts) -> str:
    """The first of several keys, and how many more there are."""
    named = ", ".join(keys[:MOST_NAMED])
    others = count - len(keys[:MOST_NAMED])
    return texts.ngettext("{keys} and {count} more", "{keys} and {count} more", others, keys=named) if others else named


def _closings(decision: Decision, tickets: Mapping[str, Ticket], texts: Texts, *, outside: bool) -> Iterator[CardEntry]:
    """Each ticket that is closed with others, and what shows that it is over."""
    if not isinstance(decision.action, CloseTree) or outside:
        return
    for closing in decision.action.closings:
        shown = [tickets[each].key for each in closing.because if each in tickets]
        because = texts.gettext("Because of {keys}", keys=_some(shown, len(closing.because), texts))
        text, url = _closed(closing, tickets, texts)
        yield CardEntry(headline=f"{closing.to.name}:", link_text=text, url=url, detail=because)


def _closed(closing: Closing, tickets: Mapping[str, Ticket], texts: Texts) -> tuple[str, str]:
    ticket = tickets.get(closing.ticket_id)
    return (f"{ticket.key} {ticket.title}", ticket.url) if ticket else (texts.gettext(PRIVATE), "")


def _link(decision: Decision, tickets: Mapping[str, Ticket]) -> tuple[str, str]:
    """What an entry is about, and where that stands."""
    link_text, url = "", decision.outcome.url if decision.outcome else ""
    if decision.state is DecisionState.UNDONE:
        url = ""
    match decision.action:
        case (
            Comment(ticket_id=ticket_id)
            | MoveTicket(ticket_id=ticket_id)
            | ChangeTicket(ticket_id=ticket_id)
            | LinkPullRequest(ticket_id=ticket_id)
            | CloseTree(root_id=ticket_id)
        ):
            if ticket := tickets.get(ticket_id):
                link_text, url = f"{ticket.key} {ticket.title}", ticket.page(url)
        case CreateTicket(title=link_text):
            made = tickets.get(decision.outcome.external_id) if decision.outcome else None
            if made is not None and decision.state is not DecisionState.UNDONE:
                link_text = f"{made.key} {link_text}"
        case Ignore():
            pass
        case _:
            assert_never(decision.action)
    return link_text, url


def _headline(decision: Decision, texts: Texts) -> str:
    asked = imperative(decision.action, texts, again=decision.performed is not None)
    done = _done(decision, texts)
    if decision.awaits_answer:
        return question(decision, texts)
    if decision.waiting is not None:
        name, since = decision.waiting.provider.label, decision.waiting.since
        return texts.gettext(
            "Waiting for {vendor} since {time} UTC, {day}. {what}",
            vendor=name,
            time=texts.time(since),
            day=texts.month_day(since.date()),
            what=texts.gettext("To take back: {what}", what=done) if decision.undoing else asked,
        )
    return _said_of_state(decision, asked, done, texts)


def question(decision: Decision, texts: Texts) -> str:
    """What people are asked in a decision that awaits an answer, before the name of what it is about."""
    if decision.state is DecisionState.PROPOSED:
        what = imperative(decision.action, texts, again=decision.performed is not None)
        return texts.gettext("Shall I? {what}", what=what)
    done = _done(decision, texts)
    if decision.subject.in_chat:
        return texts.gettext("What was said about it has changed. Shall I take it back? {what}", what=done)
    return texts.gettext("It is not over any more. Shall I take it back? {what}", what=done)


def asked_below(entry: CardEntry, decision: Decision, above: Set[str], texts: Texts) -> CardEntry:
    """An entry below others: `or` is asked where one of its alternatives stands among them.

    Args:
        entry: says the decision by itself.
        decision: what it says.
        above: the ids of the decisions that stand above it.
        texts: write in the language of those who read it.
    """
    if decision.state is not DecisionState.PROPOSED or above.isdisjoint(decision.alternatives):
        return entry
    what = imperative(decision.action, texts, again=decision.performed is not None)
    return entry.model_copy(update={"headline": texts.gettext("Or shall I? {what}", what=what)})


def _done(decision: Decision, texts: Texts) -> str:
    return past(decision.action, texts, changed=decision.outcome is not None and decision.outcome.changed)


def _said_of_state(decision: Decision, asked: str, done: str, texts: Texts) -> str:
    match decision.state:
        case DecisionState.FAILED if decision.undoing:
            return texts.gettext("Could not be taken back. {what}", what=done)
        case DecisionState.FAILED:
            return texts.gettext("Could not be done. {what}", what=asked)
        case DecisionState.DISMISSED if decision.gone or decision.expired:
            reason = reason_in(decision.error or "", texts)
            return texts.gettext("Not done, {reason}. {what}", reason=reason, what=asked)
        case DecisionState.DISMISSED if decision.order is not None and decision.error is not None:
            return texts.gettext("Not done. {what}", what=asked)
        case DecisionState.DISMISSED:
            return texts.gettext("Dismissed. {what}", what=asked)
        case DecisionState.UNDONE:
            return texts.gettext("Taken back. {what}", what=done)
        case (
            DecisionState.LOGGED
            | DecisionState.PROPOSED
            | DecisionState.QUEUED
            | DecisionState.ACTING
            | DecisionState.DONE
        ):
            return done
        case _:
            assert_never(decision.state)
