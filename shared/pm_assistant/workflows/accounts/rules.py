"""What a team's people decide once for all: made, changed, taken back, and ended when their owner leaves."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pm_assistant.domain.decisions import NAMESPACE, ActionRequest, Decision, DecisionState
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.rules import MOST_RULES, OWNER_LEFT, TeamRule, conflicting
from pm_assistant.domain.tenants import Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.audit import entry
from pm_assistant.workflows.update import update_tenant

LOOKED_BACK = timedelta(days=30)
"""What is asked for longer than this may go on being asked."""
SOON_SECONDS = 60
"""After so long what was to be withdrawn is, or whoever was at it is interrupted and begins anew."""


class RuleSeen(TeamRule):
    """A rule, whether it is in force, and which others say otherwise of what both may be about."""

    channel_name: str | None = None
    in_force: bool
    conflicts: tuple[str, ...] = ()


def rules_seen(tenant: Tenant, channels: Mapping[str, str], *, at: datetime) -> Sequence[RuleSeen]:
    """All of a team's rules, those that have ended among them, latest first; `channels` are the names that we know."""
    latest_first = sorted(tenant.rules, key=lambda rule: (rule.made_at, rule.id), reverse=True)
    return [
        RuleSeen(
            **rule.model_dump(),
            channel_name=channels.get(rule.channel or ""),
            in_force=rule.counts(at),
            conflicts=tuple(conflicting(rule, tenant.rules, at=at)),
        )
        for rule in latest_first
    ]


def rule_id(tenant_id: str, owner: str, what: str) -> str:
    """Derive a rule's id from who wants what: to want it twice makes one rule."""
    return str(uuid.uuid5(NAMESPACE, f"{tenant_id}|rule|{owner}|{what}"))


def make_rule(rule: TeamRule, unit: Unit) -> TeamRule:
    """Keep a rule, or what has become of it, and ask no longer what it says is not to be asked.

    Raises:
        InvalidRequest: it is about nothing in particular, is over already, or there are too many.
        Conflict: others kept changing the tenant.
    """
    _check_end(rule, unit)
    return _keep(rule, unit)


def _check_end(rule: TeamRule, unit: Unit) -> None:
    if rule.until is not None and rule.until <= unit.now():
        raise InvalidRequest(Translatable("that is over already: a rule ends later than now"), field="until")


def _keep(rule: TeamRule, unit: Unit) -> TeamRule:
    if not (rule.kind or rule.channel or rule.ticket_id or rule.label):
        raise InvalidRequest(Translatable("say what the rule is about: a kind, a channel, a ticket or a label"))
    if rule.root_ts is not None and rule.channel is None:
        raise InvalidRequest(Translatable("a thread is one of a channel: say which"), field="channel")

    def with_it(rules: Sequence[TeamRule]) -> Sequence[TeamRule]:
        others = [other for other in rules if other.id != rule.id]
        if len(others) >= MOST_RULES:  # Those that are over make room.
            others = [other for other in others if other.counts(unit.now())]
        if len(others) >= MOST_RULES:
            raise InvalidRequest(
                Translatable("a team has at most {count} rules: take one back first", count=str(MOST_RULES))
            )
        return [*others, rule]

    _change(with_it, unit)
    if rule.effect == "never" and rule.counts(unit.now()):
        _ask_no_longer(rule, unit)
    return rule


def change_rule(id: str, change: Callable[[TeamRule], TeamRule], unit: Unit) -> TeamRule:
    """Change a rule; one that is over may stay so.

    Raises:
        NotFound: there is none of that id.
        InvalidRequest: as `make_rule` says.
    """
    before = _rule(id, unit)
    rule = change(before)
    if rule.until != before.until:
        _check_end(rule, unit)
    return _keep(rule, unit)


def take_back_rule(id: str, unit: Unit) -> TeamRule:
    """Forget a rule; what it kept from being asked is asked again when it is talked of again.

    Raises:
        NotFound: there is none of that id.
    """
    rule = _rule(id, unit)
    _change(lambda rules: [other for other in rules if other.id != id], unit)
    return rule


def end_rules_of(owners: Collection[str], unit: Unit) -> None:
    """End the rules of people who have left, and say so in the audit trail; anybody may take them over."""
    if not owners:
        return
    tenant = unit.stores.tenants.get(unit.tenant_id)
    ending = {rule.id: rule.said for rule in tenant.rules if rule.owner in owners and rule.ended is None}
    if not ending:
        return
    over = {"ended": OWNER_LEFT}
    _change(lambda rules: [r.model_copy(update=over) if r.id in ending else r for r in rules], unit)
    for id, said in sorted(ending.items()):
        noted = entry("rule.ended", at=unit.now(), target=id, reason=OWNER_LEFT, **said)
        unit.stores.audit.add(unit.tenant_id, noted)


def forget_notes_of(owners: Collection[str], unit: Unit) -> None:
    """Empty what somebody noted on rules."""
    without: dict[str, Any] = {"note": ""}
    _change(lambda rules: [r.model_copy(update=without) if r.owner in owners else r for r in rules], unit)


def _rule(id: str, unit: Unit) -> TeamRule:
    rules = unit.stores.tenants.get(unit.tenant_id).rules
    found = next((rule for rule in rules if rule.id == id), None)
    if found is None:
        raise NotFound("no such rule")
    return found


def _change(change: Callable[[Sequence[TeamRule]], Iterable[TeamRule]], unit: Unit) -> None:
    update_tenant(
        unit.tenant_id,
        lambda tenant: tenant.model_copy(update={"rules": tuple(change(tenant.rules))}),
        unit.stores.tenants,
    )


def _ask_no_longer(rule: TeamRule, unit: Unit) -> None:
    """Withdraw what is asked and is what a rule is about; nobody has refused it."""
    asked = unit.stores.decisions.since(unit.tenant_id, unit.now() - LOOKED_BACK)
    for decision in asked:
        if decision.state is DecisionState.PROPOSED and decision.order is None and _is_about(rule, decision, unit):
            after = decision.withdrawn("a rule of the team's", into=DecisionState.LOGGED, at=unit.now())
            showing = ActionRequest(tenant_id=unit.tenant_id, decision_id=decision.id, only_show=True)
            # Before it is withdrawn, too: whoever is interrupted behind that would find nothing that is still asked.
            unit.queues.actions.put(showing, group=unit.tenant_id, delay_seconds=SOON_SECONDS)
            unit.stores.decisions.replace(after.held(rule), before=decision)
            unit.queues.actions.put(showing, group=unit.tenant_id)


def _is_about(rule: TeamRule, decision: Decision, unit: Unit) -> bool:
    return rule.applies(decision.matter(labels_that_matter(decision, [rule], unit)))


def labels_that_matter(decision: Decision, rules: Iterable[TeamRule], unit: Unit) -> Sequence[str]:
    """The labels of the ticket that a decision is about, as we know it now; none where no rule is about labels."""
    ticket_id = decision.action.about_ticket
    if ticket_id is None or not any(rule.label is not None and rule.counts(unit.now()) for rule in rules):
        return ()
    return [label for ticket in unit.stores.tickets.some(unit.tenant_id, [ticket_id]) for label in ticket.labels]
