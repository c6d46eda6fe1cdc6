"""Long work goes one step further here."""

from collections.abc import Mapping
from functools import cache
from typing import assert_never

from pm_assistant.domain.errors import Conflict, NotFound
from pm_assistant.domain.jobs import APP, JobDue, JobKind, RecurringDue
from pm_assistant.domain.messages import JobsMessage
from pm_assistant.domain.tenants import Provider
from pm_assistant.runtime.batch import QueueMessage, batch_handler, cause_of
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import load
from pm_assistant.runtime.settings.run import RunSettings
from pm_assistant.runtime.unit import AwsUnit
from pm_assistant.workflows.billing.review import BILLING, review_billing
from pm_assistant.workflows.code.catch_up import catch_up
from pm_assistant.workflows.code.reconcile import reconcile
from pm_assistant.workflows.code.recurring import recur
from pm_assistant.workflows.connections.redelivery import redeliver
from pm_assistant.workflows.connections.sync import sync
from pm_assistant.workflows.flow.measure import measure
from pm_assistant.workflows.jobs import TakeStep, give_up, run_step
from pm_assistant.workflows.operator.stage import STAGE, look_at_stage
from pm_assistant.workflows.operator.suspending import send_kept
from pm_assistant.workflows.pipeline.backfill import backfill
from pm_assistant.workflows.pipeline.backtest import backtest
from pm_assistant.workflows.pipeline.calibrate import calibrate
from pm_assistant.workflows.pipeline.finetuning import adopt, finetune
from pm_assistant.workflows.pipeline.undoing import take_back
from pm_assistant.workflows.pipeline.untracked import find_untracked
from pm_assistant.workflows.reports.kinds import SENT_BY
from pm_assistant.workflows.reports.send import send_reports
from pm_assistant.workflows.surfaces.refresh import refreshing_homes
from pm_assistant.workflows.tenants.closing import delete_tenant, sweep
from pm_assistant.workflows.tenants.erasing import erase_person
from pm_assistant.workflows.tenants.export import export
from pm_assistant.workflows.tenants.import_archive import import_archive
from pm_assistant.workflows.tenants.suspension import WITHHELD, is_withheld

settings = cache(lambda: load(RunSettings))

STEPS: Mapping[JobKind, TakeStep] = {
    JobKind.PROCESS: backfill,
    JobKind.MOVE_TICKETS: backfill,
    JobKind.UNTRACKED: find_untracked,
    **dict.fromkeys(SENT_BY, send_reports),
    JobKind.SYNC: sync,
    JobKind.RECONCILE: reconcile,
    JobKind.CALIBRATE: calibrate,
    JobKind.FLOW: measure,
    JobKind.EXPORT: export,
    JobKind.IMPORT: import_archive,
    JobKind.DELETE: delete_tenant,
    JobKind.ERASE_PERSON: erase_person,
    JobKind.CATCH_UP: catch_up,
    JobKind.BACKTEST: backtest,
    JobKind.FINETUNE: finetune,
    JobKind.ADOPT_MODEL: adopt,
    JobKind.RESUME: send_kept,
    JobKind.UNDO: refreshing_homes(take_back),
}
"""What takes a step of each kind of job."""


def on_message(message: JobsMessage) -> None:
    """Take one step of one job, or do what recurs."""
    unit = AwsUnit(settings(), message.root.tenant_id)
    match message.root:
        case JobDue() as due:
            _go_on(due, unit)
        case RecurringDue() as due:
            about = {"tenant": due.tenant_id, "kind": due.kind, "due_at": due.due_at.isoformat()}
            logger().info("recurred", extra={**about, "outcome": recur(due, unit)})
        case _:
            assert_never(message.root)


def _go_on(due: JobDue, unit: AwsUnit) -> None:
    """Take a job's next step, or do what is due for the whole app."""
    if due.tenant_id == APP:
        _for_all(due, unit)
        return
    if is_withheld(due, unit):
        logger().info(WITHHELD, extra={"tenant": due.tenant_id, "run": due.job_id})
        return
    try:
        job = run_step(due, STEPS, unit)
    except NotFound:
        # Its tenant's end may have been interrupted after it had erased this very job.
        rows = sweep(unit)
        if rows is not None:
            logger().info("tenant erased", extra={"tenant": due.tenant_id, "rows": rows, "left": 0})
        return
    if job is None:
        return
    about = {"tenant": job.tenant_id, "run": job.id, "kind": job.order.kind, "state": job.state}
    logger().info("run went on", extra={**about, "done": job.done, "total": job.total, "error": job.error})
    if job.erased:
        counts = {part: count for result in job.results for part, count in result.items()}
        logger().info("tenant erased", extra={"tenant": job.tenant_id, **counts})


def _for_all(due: JobDue, unit: AwsUnit) -> None:
    """Look how the stage fares or what its teams pay for, or ask for what a vendor could not tell us."""
    if due.job_id == STAGE:
        logger().info("stage looked at", extra={"measured": look_at_stage(unit).measured})
        return
    if due.job_id.partition("|")[0] == BILLING:
        if failed := review_billing(due, unit):
            logger().error("teams' billing could not be looked at", extra={"teams": failed})
        return
    count = redeliver(Provider(due.job_id), unit)
    logger().info("sent again", extra={"provider": due.job_id, "deliveries": count})


def on_given_up(message: JobsMessage, error: Exception, _: QueueMessage) -> None:
    """Note that a job has failed, unless the message only kept meeting another that was at work on it."""
    due = message.root
    if isinstance(due, JobDue) and not isinstance(error, Conflict):
        give_up(due, cause_of(error), AwsUnit(settings(), due.tenant_id))


handler = batch_handler(JobsMessage, on_message, settings, on_given_up)
