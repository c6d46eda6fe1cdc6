"""Undo a whole run: each act that came of it, as if somebody had said so to that one alone, the last first.

From when that is asked for nothing more is done of the run unasked: what it has on the way is not judged any more, and
what was decided is withdrawn. What it has asked people stays asked, and what they say to that afterwards counts.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pydantic import Field

from pm_assistant.domain.decisions import ActionRequest, BegunAct, Decision, DecisionState
from pm_assistant.domain.errors import Conflict, Contention, Forbidden, Misconfigured, NotFound, UpstreamUnavailable
from pm_assistant.domain.jobs import Job, JobKind, JobState, Order, Step
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.model import Model
from pm_assistant.domain.work import Ticket
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.i18n import gettext_noop
from pm_assistant.workflows.jobs import find_job, start_job
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.permissions import reason_to_refuse
from pm_assistant.workflows.tenants.audience import public_tickets
from pm_assistant.workflows.update import update_job

UNDOABLE = frozenset({JobKind.PROCESS, JobKind.MOVE_TICKETS, JobKind.UNTRACKED})
"""Runs whose decisions say that they came of them."""
PER_STEP = 50
WORKS = timedelta(seconds=150)
"""Nothing is begun later in a step: the function may run for 300 seconds, and a tracker may take its time."""
MOST_LISTED = 500
"""Acts that are listed as not undone, each with why: there is room for so many. All are counted."""
STILL_GOING = Translatable("it is still going, and can be undone once it is over")
NOTHING_TO_UNDO = Translatable("nothing of this can be undone as a whole")
GOES_ON = gettext_noop("not taken back yet: that goes on by itself")
STAYS = gettext_noop("not taken back")
PASSES = (UpstreamUnavailable, Misconfigured, Contention)
"""What passes by itself, or once it is mended."""


class SoFar(Model):
    """How far an undoing has come: its job's cursor.

    Attributes:
        before: the place in the run's acts from before which it goes on.
        undone: how many were taken back.
        not_undone: how many were not.
    """

    before: str | None = None
    undone: int = Field(default=0, ge=0)
    not_undone: int = Field(default=0, ge=0)


class _Act(NamedTuple):
    """What became of an act.

    Attributes:
        decision: as it is now; None where it is not kept any more, or counts at another place.
        goes_on: it is left to go on by itself, like an answer to it alone.
        waits: why it had to wait, where that passes.
    """

    decision_id: str
    decision: Decision | None = None
    goes_on: bool = False
    waits: Exception | None = None

    @property
    def stays_because(self) -> str | None:
        """Why it was not undone; None where nothing is left of it."""
        if self.decision is None or self.decision.state is DecisionState.UNDONE:
            return None
        if self.goes_on or self.decision.unfinished:
            return GOES_ON
        return (self.decision.error or STAYS) if self.decision.undoable else None

    def undone_since(self, at: datetime) -> bool:
        """Whether nothing is left of it since then; what had been undone before is none of it."""
        decision = self.decision
        return decision is not None and decision.state is DecisionState.UNDONE and decision.updated_at >= at


def undo_run(run_id: str, unit: Unit, *, asked_by: str, job_id: str) -> Job:
    """Have a whole run undone; while that goes on, to ask again is to ask for the same.

    Args:
        run_id: what is to be undone.
        unit: of work.
        asked_by: whose right to answer counts for each act.
        job_id: of the run that undoes it, which an earlier attempt may have noted.

    Returns:
        The run that undoes it.

    Raises:
        NotFound: the tenant has no such run (any more).
        Conflict: it is still going, or none that can be undone as a whole.
    """
    run = unit.stores.jobs.get(unit.tenant_id, run_id).seen(unit.now())
    if not can_be_undone(run):
        raise Conflict(NOTHING_TO_UNDO if run.finished else STILL_GOING)
    earlier = find_job(run.undone_by, unit)
    if earlier is not None and earlier.id != job_id and not earlier.seen(unit.now()).finished:
        return earlier
    # First the word that nothing more is to come of it, or that might be missed by whoever is at work on it.
    update_job(run.id, lambda current: current.model_copy(update={"undone_by": job_id}), unit)
    order = Order(kind=JobKind.UNDO, dry_run=False, undoes=run.id)
    return start_job(order, unit, asked_by=asked_by, job_id=job_id)


def can_be_undone(run: Job) -> bool:
    """Whether a run is over and may have left something that can be undone as a whole."""
    return run.finished and not run.order.dry_run and run.order.kind in UNDOABLE


def has_acted(run: Job, unit: Unit) -> bool:
    """Whether anything was begun for a run, in one read; of one that ended with nothing done that is known without."""
    may_have = run.done > 0 or run.state is JobState.FAILED  # A step that failed has not counted what it did.
    return may_have and bool(unit.stores.decisions.begun_in_run(unit.tenant_id, run.id, limit=1))


def take_back(job: Job, unit: Unit) -> Step:
    """Undo the next acts of a run, the last first, and say of each that was not undone why; safe to repeat.

    Where one cannot be dealt with and the next one can, the first goes on by itself, like an answer to it alone. Where
    what they need is away, so that the next one has to wait, too, they wait together.

    Raises:
        Forbidden: whoever asked for it may not answer any more.
        UpstreamUnavailable: what the acts need is away; repeat.
        Contention: others are at work on what is to be taken back; repeat.
    """
    if (reason := reason_to_refuse(job.asked_by, unit)) is not None:
        raise Forbidden(reason)
    so_far = job.progress(SoFar) or SoFar()
    places = unit.stores.decisions.begun_in_run(
        unit.tenant_id, job.order.undoes or "", before=so_far.before, limit=PER_STEP
    )
    acts, waits = _dealt_with(places, job, unit)
    if waits is not None and not acts:
        raise waits
    for each in acts:
        if each.goes_on:
            unit.queues.actions.put(_answer(each.decision_id, job), group=unit.tenant_id)
    return _step(job, so_far, places[: len(acts)], acts, unit, is_last=len(acts) == len(places) < PER_STEP)


def _dealt_with(places: Sequence[BegunAct], job: Job, unit: Unit) -> tuple[list[_Act], Exception | None]:
    """What became of as many as there was time for, from the first on, and what those behind them wait for, if so."""
    until, acts, waits = unit.now() + WORKS, list[_Act](), None
    for place in places:
        if acts and unit.now() >= until:
            break
        acts.append(_taken_back(place, job, unit))
        if len(acts) > 1 and acts[-1].waits and acts[-2].waits:
            break  # What they need is away.
    while acts and acts[-1].waits:
        waits = acts.pop().waits
    return acts, waits


def _taken_back(place: BegunAct, job: Job, unit: Unit) -> _Act:
    """Have one act undone as by its own button; what was begun anew counts where that was last."""
    decision_id = place.decision_id
    try:
        decision = unit.stores.decisions.get(unit.tenant_id, decision_id)
    except NotFound:
        return _Act(decision_id)  # It is not kept any more.
    if not decision.counts_at(place, run=job.order.undoes):
        return _Act(decision_id)
    try:
        if decision.unfinished:  # It is being done, or an earlier attempt did not get to its end.
            decision = _acted(ActionRequest(tenant_id=unit.tenant_id, decision_id=decision_id), decision, unit)
        if decision.undoable:
            decision = _acted(_answer(decision_id, job), decision, unit)
        elif _Act(decision_id, decision).undone_since(job.created_at):  # Its card may not say so yet.
            decision = _acted(_showing(decision_id, unit), decision, unit)
    except PASSES as error:
        return _Act(decision_id, unit.stores.decisions.get(unit.tenant_id, decision_id), goes_on=True, waits=error)
    except Exception:  # one act never stands in the way of the others; who deals with it alone says what it was
        return _Act(decision_id, unit.stores.decisions.get(unit.tenant_id, decision_id), goes_on=True)
    return _Act(decision_id, decision)


def _acted(request: ActionRequest, before: Decision, unit: Unit) -> Decision:
    """Have a request carried out; where only its card could not be shown, that is asked for by itself."""
    try:
        act(request, unit)
    except PASSES:
        decision = unit.stores.decisions.get(unit.tenant_id, before.id)
        if decision == before or decision.unfinished:
            raise
        unit.queues.actions.put(_showing(before.id, unit), group=unit.tenant_id)
        return decision
    return unit.stores.decisions.get(unit.tenant_id, before.id)


def _showing(decision_id: str, unit: Unit) -> ActionRequest:
    return ActionRequest(tenant_id=unit.tenant_id, decision_id=decision_id, only_show=True)


def _answer(decision_id: str, job: Job) -> ActionRequest:
    return ActionRequest(
        tenant_id=job.tenant_id,
        decision_id=decision_id,
        answer="undo",
        answered_by=job.asked_by,
        answered_at=job.created_at,
    )


def _step(
    job: Job, so_far: SoFar, places: Sequence[BegunAct], acts: Sequence[_Act], unit: Unit, *, is_last: bool
) -> Step:
    kept = [(each.decision, because) for each in acts if each.decision and (because := each.stays_because)]
    undone = [each for each in acts if each.undone_since(job.created_at)]
    now = SoFar(
        before=places[-1].place if places else so_far.before,
        undone=so_far.undone + len(undone),
        not_undone=so_far.not_undone + len(kept),
    )
    results = _listed(kept[: max(0, MOST_LISTED - so_far.not_undone)], unit)
    done = job.done + len(places)
    if not is_last:
        return Step(done=done, total=None, cursor=now.model_dump_json(), results=tuple(results))
    counts = {"undone": now.undone, "not_undone": now.not_undone}
    return Step(done=done, total=done, results=(*results, counts))


def _listed(kept: Sequence[tuple[Decision, str]], unit: Unit) -> Sequence[dict[str, Any]]:
    """What stays: on which ticket, where everybody may read that, where it was said, and why it stays."""
    ticket_ids = {decision.id: _ticket_of(decision) for decision, _ in kept}
    known = unit.stores.tickets.some(unit.tenant_id, set(ticket_ids.values())) if kept else ()
    tickets = {ticket.id: ticket for ticket in public_tickets(known, unit)}
    return [_told(decision, because, tickets.get(ticket_ids[decision.id])) for decision, because in kept]


def _ticket_of(decision: Decision) -> str:
    return decision.action.about_ticket or (decision.effect.external_id if decision.effect is not None else "")


def _told(decision: Decision, because: str, ticket: Ticket | None) -> dict[str, Any]:
    return {
        "id": decision.id,
        "kind": decision.action.kind.value,
        "ticket": {"text": ticket.key, "url": ticket.url} if ticket is not None else None,
        "because": because,
        "evidence": [receipt.url for receipt in decision.evidence],
    }
