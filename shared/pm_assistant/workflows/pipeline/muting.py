"""Whoever is asked too often says so on the card: in this thread, or about this ticket, nothing more is asked."""

from collections.abc import Mapping
from typing import assert_never

from pm_assistant.domain.accounts import SCOPE_OF, Scope
from pm_assistant.domain.answers import Scope as Muted
from pm_assistant.domain.decisions import CALLERS, OPERATOR, ActionRequest, Decision
from pm_assistant.domain.errors import AccessRevoked, InvalidRequest, NotConnected, NotFound
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.people import known_by
from pm_assistant.domain.portability import TIMESTAMP
from pm_assistant.domain.rules import TeamRule
from pm_assistant.domain.tenants import Channels, Settings
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.audit import entry
from pm_assistant.workflows.accounts.rules import make_rule, rule_id
from pm_assistant.workflows.connections.queries import channel_meant
from pm_assistant.workflows.pipeline.permissions import reason_to_refuse, tell_gone, tell_refusal
from pm_assistant.workflows.pipeline.ticket_keys import ticket_with_key
from pm_assistant.workflows.tenants.audience import open_to_all
from pm_assistant.workflows.tenants.settings import change_settings

NO_THREAD = Translatable("it is asked in no thread")


def mute(request: ActionRequest, muted: Muted, unit: Unit) -> None:
    """Keep what somebody does not want to be asked any more, if that person may answer; safe to repeat.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
        Conflict: others kept changing the tenant; repeat.
    """
    by = request.answered_by or ""
    try:
        decision = unit.stores.decisions.get(unit.tenant_id, request.decision_id)
    except NotFound:
        tell_gone(request, unit)
        return
    try:
        reason = reason_to_refuse(by, unit) or _muted(decision, muted, by, unit)
        if reason is not None:
            tell_refusal(request, decision, reason, unit)
    except (NotConnected, AccessRevoked):
        return  # Who that is nobody can tell us any more, nor can they be told.
    except InvalidRequest as error:
        tell_refusal(request, decision, error.words, unit)


def wished_rule(owner: str, about: Mapping[str, object], ticket_key: str | None, unit: Unit) -> TeamRule:
    """The rule that somebody wishes for in a form; to wish for it twice makes one rule.

    Args:
        owner: who wishes for it, as answers are signed.
        about: fields of the rule; `channel` as it is called, or by its id.
        ticket_key: of the only ticket that it is about, however it is spelt; None for any.
        unit: of work.

    Raises:
        InvalidRequest: the team knows no such ticket or label that everybody may see, we are in no such channel, or
            a thread is none by its form.
    """
    fields = dict(about)
    if (root_ts := fields.get("root_ts")) is not None and not TIMESTAMP.fullmatch(str(root_ts)):
        raise InvalidRequest("a thread is named by its first message, such as 1795000000.000100", field="root_ts")
    if (written := fields.get("channel")) is not None:
        fields["channel"] = channel_meant(str(written), unit, field="channel")
    if (label := fields.get("label")) is not None:
        fields["label"] = _label_meant(str(label), unit)
    if ticket_key is not None:
        ticket = ticket_with_key(ticket_key.upper(), unit.stores.index.read(unit.tenant_id), unit)
        if ticket is None:
            raise InvalidRequest(Translatable("{ticket} is no ticket that I know", ticket=ticket_key), field="ticket")
        fields |= {"ticket_id": ticket.id, "ticket_key": ticket.key}
    what = "|".join(f"{name}={fields.get(name)}" for name in ("kind", "channel", "root_ts", "ticket_id", "label"))
    fields |= {"id": rule_id(unit.tenant_id, owner, what), "owner": owner, "made_at": unit.now()}
    return TeamRule.model_validate(fields)


def _label_meant(written: str, unit: Unit) -> str:
    """A label as tickets that everybody may read bear it, however it is written."""
    index = unit.stores.index.read(unit.tenant_id)
    teams = {team.id for team in open_to_all(index.teams)}
    known = {label for head in index.tickets if head.team_id in teams for label in head.labels}
    same = sorted(label for label in known if label.casefold() == written.casefold())
    if not same:
        raise InvalidRequest(Translatable("no ticket that I know has the label {label}", label=written), field="label")
    return written if written in same else same[0]


def rule_from(decision: Decision, muted: Muted, owner: str, unit: Unit) -> TeamRule:
    """The rule that somebody means who says on a decision what is not to be asked any more.

    Raises:
        InvalidRequest: it is asked in no thread, or is about no ticket.
    """
    matter, ticket = decision.matter(), decision.action.about_ticket
    if matter.channel is None and muted != "ticket":
        raise InvalidRequest(NO_THREAD)
    if ticket is None and muted == "ticket":
        raise InvalidRequest(Translatable("it is about no one ticket"))
    key = next((t.key for t in unit.stores.tickets.some(unit.tenant_id, [ticket])), None) if ticket else None
    about = {
        "thread": {"channel": matter.channel, "root_ts": matter.root_ts},
        "channel": {"channel": matter.channel},
        "kind": {"channel": matter.channel, "kind": matter.kind},
        "ticket": {"ticket_id": ticket, "ticket_key": key},
    }[muted]
    id = rule_id(unit.tenant_id, owner, "|".join(f"{name}={value}" for name, value in sorted(about.items())))
    return TeamRule.model_validate({"id": id, "owner": owner, "made_at": unit.now(), **about})


def _muted(decision: Decision, muted: Muted, by: str, unit: Unit) -> str | None:
    """Why it is not muted; None once it is."""
    match muted:
        case "thread" | "kind" | "ticket":
            rule = make_rule(rule_from(decision, muted, by, unit), unit)
            unit.stores.audit.add(
                unit.tenant_id, entry("rule.made", at=unit.now(), actor=by, target=rule.id, **rule.said)
            )
            return None
        case "channel":
            return _unread(decision, by, unit)
        case _:
            assert_never(muted)


def _unread(decision: Decision, by: str, unit: Unit) -> str | None:
    """Have a channel not read any more, where whoever says so may change settings; else say who can."""
    channel = decision.matter().channel
    if channel is None:
        return NO_THREAD
    admins = _admins(unit)
    if not by.startswith((OPERATOR, *CALLERS)) and by not in admins:
        names = ", ".join(sorted(set(admins.values())))
        if not names:
            return Translatable("only an admin can do that")
        return Translatable("only an admin can have a channel not read; ask {people}", people=names)
    before = unit.stores.tenants.get(unit.tenant_id).settings.channels
    if channel not in before.deny:
        deny = Channels(allow=before.allow, deny=(*before.deny, channel))
        changed = change_settings(Settings(channels=deny), unit)
        unit.stores.audit.add(unit.tenant_id, entry("settings.changed", at=unit.now(), actor=by, **changed.changes))
    return None


def _admins(unit: Unit) -> dict[str, str]:
    """The names of those in the chat whose login may change settings, by their accounts there."""
    chat, members = unit.provider(Role.CHAT), unit.stores.directory.members(unit.tenant_id)
    accounts = unit.stores.accounts.all(unit.tenant_id)
    may = [known_by(a.email, members) for a in accounts if SCOPE_OF[a.role].covers(Scope.ADMIN)]
    return {member.accounts[chat]: member.name for member in may if member is not None and chat in member.accounts}
