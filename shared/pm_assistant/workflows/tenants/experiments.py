"""Try another way to judge on a part of a team's conversations: begin that, look at it each day, end it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from pydantic import Field

from pm_assistant.domain.errors import Conflict, InvalidRequest
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import ActionKind, Mode, Rule, Settings, Tenant
from pm_assistant.domain.trials import MATURES_IN, Experiment, ExperimentState, Guards, looked_at
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.workflows.accounts.audit import entry
from pm_assistant.workflows.update import update_tenant

FROM_TALK = frozenset({ActionKind.COMMENT, ActionKind.CREATE, ActionKind.MOVE})
"""What follows from a conversation, and so has a side."""
LEAST_KEPT = MATURES_IN + timedelta(days=7)
"""How long decisions have to be kept: until they count, and for a while in which nobody may have looked."""
LONGEST_DAYS = 180
STOPPED = "a person ended it"


class ExperimentRequest(Model):
    """What is to be tried, and on how many conversations."""

    kind: ActionKind = Field(description="of action that it is about: `comment`, `create` or `move`")
    a: Variant | None = Field(default=None, description="what is done otherwise than the settings say on side `a`")
    b: Variant = Field(description="likewise on side `b`")
    share: float = Field(default=0.5, ge=0.05, le=0.95, description="of the conversations, how many are on side `b`")
    days: int = Field(default=28, ge=1, le=LONGEST_DAYS, description="for how long conversations are taken in")
    guards: Guards | None = Field(default=None, description="what ends it at once, if not the usual")


def start_experiment(wish: ExperimentRequest, unit: Unit, *, id: str, started_by: str) -> Experiment:
    """Begin an experiment; safe to repeat under the same id. Conversations that are judged from then on are in it.

    Raises:
        InvalidRequest: there would be nothing to compare; names the field.
        Conflict: one about that kind of action is running, or another is at work on the tenant's; repeat.
    """
    experiments, tenant_id = unit.stores.experiments, unit.tenant_id
    with unit.lease("experiments", lasts=LEASE):
        known = {experiment.id: experiment for experiment in experiments.all(tenant_id)}
        if id not in known:
            _check(wish, unit.stores.tenants.get(tenant_id).settings, running(known.values()))
            began_at = unit.now()
            known[id] = Experiment(
                id=id,
                kind=wish.kind,
                a=wish.a or Variant(),
                b=wish.b,
                share=wish.share,
                guards=wish.guards or Guards(),
                began_at=began_at,
                ends_at=began_at + timedelta(days=wish.days),
                started_by=started_by,
            )
            experiments.put(tenant_id, known[id])
        _judge_by(known.values(), unit)
        return known[id]


def stop_experiment(experiment_id: str, unit: Unit) -> Experiment:
    """End an experiment at once: from then on the settings alone count. One that is over stays as it is.

    What was put on its way by its rules is not done any more where the settings do not allow it.

    Raises:
        NotFound: the tenant has no such experiment.
        Conflict: another is at work on the tenant's experiments; repeat.
    """
    experiments, tenant_id = unit.stores.experiments, unit.tenant_id
    with unit.lease("experiments", lasts=LEASE):
        experiment = experiments.get(tenant_id, experiment_id)
        if experiment.state is ExperimentState.RUNNING:
            experiment = experiment.ended(ExperimentState.STOPPED, STOPPED, at=unit.now())
            experiments.put(tenant_id, experiment)
        _judge_by(experiments.all(tenant_id), unit)
        return experiment


def look_at_experiments(unit: Unit, *, at: datetime) -> Sequence[Experiment]:
    """Bring the figures of what is running up to date, and end what is over; safe to repeat for the same moment.

    The audit trail says how each ended, and who has won. The settings stay as they are: to adopt a winner is a person's
    doing.

    Args:
        unit: of work.
        at: the moment that it is looked at for, such as that of a schedule.

    Returns:
        What was running.

    Raises:
        Conflict: another is at work on the tenant's experiments; repeat.
    """
    experiments, tenant_id = unit.stores.experiments, unit.tenant_id
    if not running(experiments.all(tenant_id)):
        return ()
    with unit.lease("experiments", lasts=LEASE):
        known = {experiment.id: experiment for experiment in experiments.all(tenant_id)}
        going_on = running(known.values())
        since = min((experiment.began_at for experiment in going_on), default=at)
        decisions = unit.stores.decisions.since(tenant_id, since)
        for experiment in going_on:
            after = known[experiment.id] = looked_at(experiment, decisions, at=at)
            if after.state is not ExperimentState.RUNNING:
                _note(after, unit, at=at)
            experiments.put(tenant_id, after)
        _judge_by(known.values(), unit)
        return [known[experiment.id] for experiment in going_on]


def running(experiments: Iterable[Experiment]) -> Sequence[Experiment]:
    """Those that are not over."""
    return [experiment for experiment in experiments if experiment.state is ExperimentState.RUNNING]


def _check(wish: ExperimentRequest, settings: Settings, others: Iterable[Experiment]) -> None:
    if wish.kind not in FROM_TALK:
        raise InvalidRequest("only what follows from a conversation can be tried on some of them", field="kind")
    if settings.rules.get(wish.kind, Rule()).mode is Mode.OFF:
        raise InvalidRequest("the settings switch that kind of action off", field="kind")
    if settings.shadow:
        raise InvalidRequest("in shadow mode nobody is asked, so nobody answers", field="kind")
    if timedelta(days=settings.retention_days) < LEAST_KEPT:
        raise InvalidRequest(f"decisions have to be kept for {LEAST_KEPT.days} days to count", field="kind")
    _check_sides(wish.a or Variant(), wish.b)
    if any(other.kind is wish.kind for other in others):
        raise Conflict("an experiment about that kind of action is running")


def _check_sides(a: Variant, b: Variant) -> None:
    if a == b:
        raise InvalidRequest("both sides would do the same", field="b")
    for field, variant in (("a", a), ("b", b)):
        if variant.prompt is not None or variant.model is not None:
            raise InvalidRequest(
                "only from where on is asked or acted can be tried, not another prompt or model", field=field
            )


def _judge_by(experiments: Iterable[Experiment], unit: Unit) -> None:
    """Have judging know what is running: it stands beside the settings, which judging reads anyway."""
    designs = tuple(experiment.design for experiment in running(experiments))

    def following(tenant: Tenant) -> Tenant:
        return tenant.model_copy(update={"experiments": designs})

    update_tenant(unit.tenant_id, following, unit.stores.tenants)


def _note(experiment: Experiment, unit: Unit, *, at: datetime) -> None:
    about = {"kind": experiment.kind, "state": experiment.state, "because": experiment.because or ""}
    winner = {"winner": experiment.winner} if experiment.winner is not None else {}
    ended = entry("experiment.ended", at=at, target=experiment.id, **about, **winner)
    # The very same entry, should this be interrupted and done again.
    id = f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{experiment.id}"
    unit.stores.audit.add(unit.tenant_id, ended.model_copy(update={"id": id}))
