"""Judge once more what was said, without acting, and hold it against what people did: the backtest."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Unpack

from pm_assistant.domain.backtest import (
    MOST_EXAMPLES,
    BacktestReport,
    Progress,
    Side,
    SideReport,
    compare,
    examples_of,
    under,
)
from pm_assistant.domain.decisions import Decision, Judgement
from pm_assistant.domain.errors import InvalidRequest, Misconfigured, UpstreamRejected
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.jobs import Backtest, Job, Step
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.work import Conversation
from pm_assistant.ports.unit import Unit
from pm_assistant.ports.vendors import Analyst, JudgingContext
from pm_assistant.workflows.pipeline.backfill import JUDGED_PER_STEP, JUDGING, conversations_since, place
from pm_assistant.workflows.pipeline.hindsight import Hindsight, moment_of
from pm_assistant.workflows.pipeline.judge import judge

LOOKS_BACK = timedelta(days=14)


def backtest(job: Job, unit: Unit) -> Step:
    """Take a backtest to the next conversations; what has come of it so far is its cursor, and at the end its result.

    Nothing but the job itself is written. It ends early once the model has cost what it may.
    """
    order = job.order.backtest or Backtest()
    tenant, since = unit.stores.tenants.get(job.tenant_id), job.order.since or job.created_at - LOOKS_BACK
    progress = job.progress(Progress) or _beginning(order)
    conversations = conversations_since(since, job, tenant, unit)
    remaining = [conversation for conversation in conversations if place(conversation) > progress.place]
    until, handled = unit.now() + JUDGING, 0
    if batch := remaining[:JUDGED_PER_STEP]:
        rerun = _Rerun(order, tenant, Hindsight(batch, unit), unit)
        for conversation in batch:
            if progress.microdollars >= order.most_microdollars or (handled and unit.now() >= until):
                break
            progress = rerun.after(conversation, progress)
            handled += 1
    is_over = handled == len(remaining) or progress.microdollars >= order.most_microdollars
    return Step(
        done=len(conversations) - len(remaining) + handled,
        total=len(conversations),
        cursor=None if is_over else progress.model_dump_json(),
        results=(_report(progress, since, len(conversations)),) if is_over else (),
    )


class _Rerun:
    """Judges conversations as they were, on every side of a backtest."""

    def __init__(self, order: Backtest, tenant: Tenant, hindsight: Hindsight, unit: Unit) -> None:
        self._tenant, self._hindsight, self._unit = tenant, hindsight, unit
        self._offline = order.analyst == "offline"

    def after(self, conversation: Conversation, progress: Progress) -> Progress:
        """The progress with one more conversation behind it; one that the model refuses is counted and left out."""
        behind = progress.model_copy(update={"place": place(conversation)})
        labels = self._hindsight.labels(conversation)
        moment = moment_of(conversation, labels)
        try:
            decided, cost = self._decided(conversation.until(moment), moment, progress.sides)
        except UpstreamRejected:
            return behind.model_copy(update={"refused": progress.refused + 1})

        def by_people(decision: Decision) -> bool:
            return self._hindsight.done_by_people(decision, conversation)

        verdicts = [compare(decisions, labels, done_by_people=by_people) for decisions in decided]
        sides = zip(progress.sides, decided, verdicts, strict=True)
        actions = [*(d.action for d in chain(*decided)), *(label.action for label in labels)]
        found = examples_of(labels, verdicts, ticket_keys=self._hindsight.keys(actions))
        return behind.model_copy(
            update={
                "judged": progress.judged + 1,
                "microdollars": progress.microdollars + cost,
                "sides": tuple(side.having_judged(decisions, verdict) for side, decisions, verdict in sides),
                "examples": (*progress.examples, *found)[:MOST_EXAMPLES],
            }
        )

    def _decided(
        self, conversation: Conversation, moment: datetime, sides: Sequence[Side]
    ) -> tuple[Sequence[Sequence[Decision]], int]:
        """What would be decided on each side, and what the model cost; whoever judges alike for two is asked once."""
        asked: dict[tuple[str | None, str | None], _Once] = {}
        decided = []
        for side in sides:
            variant = side.variant or Variant()
            analyst = asked.setdefault((variant.prompt, variant.model), _Once(self._analyst_of(variant)))
            settings = under(self._tenant.settings, variant)
            tenant = self._tenant.model_copy(update={"settings": settings, "experiments": ()})
            try:
                verdict = judge(conversation, tenant, self._hindsight.before(moment, conversation, analyst))
            except Misconfigured as error:
                if variant.prompt is None and variant.model is None:
                    raise
                words = Translatable("the variant's prompt or model cannot be asked: {error}", error=error.words)
                raise InvalidRequest(words) from error
            decided.append(verdict.decisions)
        return decided, sum(analyst.cost for analyst in asked.values())

    def _analyst_of(self, variant: Variant) -> Analyst:
        return self._unit.offline_analyst if self._offline else self._unit.analyst_as(variant)


class _Once:
    """An analyst that is asked once, and says the same again (`Analyst`)."""

    def __init__(self, analyst: Analyst) -> None:
        self._analyst = analyst
        self._judgement: Judgement | None = None

    def judge(self, conversation: Conversation, **context: Unpack[JudgingContext]) -> Judgement:
        """What the analyst said."""
        if self._judgement is None:
            self._judgement = self._analyst.judge(conversation, **context)
        return self._judgement

    @property
    def cost(self) -> int:
        """What asking it has cost, in millionths of a dollar."""
        return self._judgement.cost_microdollars if self._judgement else 0


def _beginning(order: Backtest) -> Progress:
    variant = (Side(variant=order.variant),) if order.variant else ()
    return Progress(sides=(Side(), *variant))


def _report(progress: Progress, since: datetime, conversations: int) -> dict[str, Any]:
    report = BacktestReport(
        since=since,
        conversations=conversations,
        judged=progress.judged,
        refused=progress.refused,
        microdollars=progress.microdollars,
        sides=tuple(SideReport.of(side) for side in progress.sides),
        examples=progress.examples,
    )
    return report.model_dump(mode="json")
