"""How far the team trusts us with each kind of action, what has earned that, and what it never wants to be asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import NamedTuple

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.errors import InvalidRequest, ProductError
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.jobs import Backtest, JobKind, Order
from pm_assistant.domain.kinds import ActionKind
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.model import Model
from pm_assistant.domain.rules import Effect, TeamRule
from pm_assistant.domain.tenants import Mode, Rule, Settings
from pm_assistant.presentation.cards import percent_in
from pm_assistant.presentation.i18n import Texts, gettext_noop
from pm_assistant.runtime.http import status_of
from pm_assistant.web.actors import in_words
from pm_assistant.web.beginning import begin
from pm_assistant.web.html import page, see_other
from pm_assistant.web.pages.decisions import KINDS
from pm_assistant.web.refusals import refusal
from pm_assistant.web.request import PageRequest, chosen, current_request, needs, parsed
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.accounts.rules import RuleSeen, change_rule, make_rule, rules_seen, take_back_rule
from pm_assistant.workflows.connections.queries import channel_names
from pm_assistant.workflows.pipeline.deciders import names_of
from pm_assistant.workflows.pipeline.muting import wished_rule
from pm_assistant.workflows.pipeline.trust import StreamView, show_autonomy
from pm_assistant.workflows.tenants.settings import change_settings

router = Router()

MODES: Mapping[Mode, str] = {
    Mode.OFF: gettext_noop("Never"),
    Mode.PROPOSE: gettext_noop("Ask"),
    Mode.EARNED: gettext_noop("Ask until your answers show that it is right"),
    Mode.AUTO: gettext_noop("Do it, from this confidence on"),
}
EFFECTS: Mapping[str, str] = {
    "never": gettext_noop("never ask"),
    "ask": gettext_noop("always ask first"),
}


class KindView(NamedTuple):
    """One kind of action, with the rule for it and the numbers that speak for it or against it."""

    kind: ActionKind
    label: str
    rule: Rule
    streams: Sequence[StreamView]


class RuleForm(Model):
    """How a kind of action is to be treated."""

    mode: Mode
    threshold: int

    def rule(self) -> Rule:
        """The rule that it means."""
        if not 0 <= self.threshold <= 100:
            raise InvalidRequest(Translatable("a confidence lies between 0 and 100"), field="threshold")
        return Rule(mode=self.mode, threshold=self.threshold / 100)


@router.get("/automation", **needs(Scope.READ))
def show_automation() -> Response[str]:
    """Each kind of action with its rule and its numbers, and the rules that people have made."""
    return _page(current_request(router))


@router.post("/automation/kinds/<kind>", **needs(Scope.ADMIN))
def set_kind(kind: str) -> Response[str]:
    """Trust us with a kind of action as far as the form says."""
    request = current_request(router)
    try:
        wanted = parsed(RuleForm, {name: request.field(name) for name in RuleForm.model_fields}).rule()
        changed = change_settings(Settings(rules={_kind(kind): wanted}), request.unit)
    except InvalidRequest as error:
        return _page(request, error=error)
    request.note("settings.changed", **changed.changes)
    return see_other(request, "/automation?answered=yes")


@router.post("/automation/trial", **needs(Scope.RUN))
def try_threshold() -> Response[str]:
    """Judge the last two weeks once more with another threshold, without doing anything, and show what came of it."""
    request = current_request(router)
    try:
        threshold = parsed(RuleForm, {"mode": Mode.AUTO, "threshold": request.field("threshold")}).rule().threshold
    except InvalidRequest as error:
        return _page(request, error=error)
    job = begin(Order(kind=JobKind.BACKTEST, backtest=Backtest(variant=Variant(threshold=threshold))), request)
    return see_other(request, f"/jobs/{job.id}")


@router.post("/automation/rules", **needs(Scope.RUN))
def add_rule() -> Response[str]:
    """Make a rule; what is asked and is what it says is not to be asked is withdrawn."""
    request = current_request(router)
    fields = {name: request.field(name) or None for name in ("kind", "channel", "label")}
    about = fields | {"effect": request.field("effect"), "note": request.field("note"), "until": _until(request)}
    try:
        checked = parsed(TeamRule, about | {"id": "new", "owner": request.caller.actor, "made_at": request.now})
        about = {name: getattr(checked, name) for name in about}
        rule = make_rule(
            wished_rule(request.caller.actor, about, request.field("ticket") or None, request.unit), request.unit
        )
    except InvalidRequest as error:
        return _page(request, error=error)
    request.note("rule.made", rule.id, **rule.said)
    return see_other(request, "/automation?answered=yes")


@router.post("/automation/rules/<rule_id>", **needs(Scope.RUN))
def edit_rule(rule_id: str) -> Response[str]:
    """Change a rule's effect, end or note, or take it over."""
    request = current_request(router)
    effect: Effect = "ask" if request.field("effect") == "ask" else "never"
    changes: dict[str, object] = {"effect": effect, "note": request.field("note")[:500]}
    if "take_over" in request.form:
        changes |= {"owner": request.caller.actor, "ended": None}
    try:
        changes["until"] = _until(request)
        rule = change_rule(rule_id, lambda before: before.model_copy(update=changes), request.unit)
    except InvalidRequest as error:
        return _page(request, error=error)
    request.note("rule.changed", rule.id, **rule.said)
    return see_other(request, "/automation?answered=yes")


@router.post("/automation/rules/<rule_id>/end", **needs(Scope.RUN))
def end_rule(rule_id: str) -> Response[str]:
    """Take a rule back."""
    request = current_request(router)
    rule = take_back_rule(rule_id, request.unit)
    request.note("rule.ended", rule_id, **rule.said)
    return see_other(request, "/automation?answered=yes")


def _page(request: PageRequest, *, error: ProductError | None = None) -> Response[str]:
    tenant, unit, texts = request.unit.stores.tenants.get(request.tenant.id), request.unit, request.texts
    autonomy = show_autonomy(tenant, unit)
    channels = channel_names(unit) if any(rule.channel for rule in tenant.rules) else {}
    rules = rules_seen(tenant, channels, at=request.now)
    return page(
        request,
        "automation.html",
        status=status_of(error) if error else HTTPStatus.OK,
        message=refusal(error, request.texts) if error else "",
        kinds=[
            KindView(
                kind,
                texts.gettext(label),
                tenant.settings.rules.get(kind, Rule()),
                [stream for stream in autonomy.streams if stream.kind is kind],
            )
            for kind, label in KINDS.items()
        ],
        bar=percent_in(autonomy.bar, texts),
        modes={mode.value: texts.gettext(label) for mode, label in MODES.items()},
        effects={effect: texts.gettext(label) for effect, label in EFFECTS.items()},
        kind_names={kind.value: texts.gettext(label) for kind, label in KINDS.items()},
        rules=[(rule, _about(rule, texts), _last_day(rule, request)) for rule in rules],
        owners=in_words(names_of({rule.owner for rule in rules}, unit), texts),
        percent=lambda share: percent_in(share, texts),
        is_admin=request.caller.scope.covers(Scope.ADMIN),
        may_run=request.caller.scope.covers(Scope.RUN),
    )


def _about(rule: RuleSeen, texts: Texts) -> str:
    """What a rule is about, in words."""
    parts = []
    if rule.kind:
        parts.append(texts.gettext(KINDS[ActionKind(rule.kind)]))
    if rule.ticket_key:
        parts.append(rule.ticket_key)
    if rule.label:
        parts.append(texts.gettext("label {label}", label=rule.label))
    if rule.channel:
        channel = rule.channel_name or rule.channel
        parts.append(texts.gettext("one thread of {channel}", channel=channel) if rule.root_ts else channel)
    return ", ".join(parts)


def _last_day(rule: RuleSeen, request: PageRequest) -> str:
    """The last whole day on which a rule counts, by the viewer's clock; empty where it has no end."""
    return str((rule.until.astimezone(request.zone) - timedelta(seconds=1)).date()) if rule.until else ""


def _kind(name: str) -> ActionKind:
    kind = chosen(name, KINDS)
    if kind is None:
        raise InvalidRequest("there is no such kind of action", field="kind")
    return kind


def _until(request: PageRequest) -> datetime | None:
    """The end of the day that was chosen, by the viewer's clock; None where none was."""
    chosen = request.field("until")
    if not chosen:
        return None
    try:
        following = datetime.fromisoformat(chosen).date() + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(Translatable("this is no date"), field="until") from error
    return datetime.combine(following, time(), request.zone)
