"""The tenant itself: its plan, what is used of it, what runs, and how all fares."""

from datetime import timedelta

from pm_assistant.api.examples.company import ACCOUNT, EARLIER, LATER, NOW, RUN, TENANT, UPLOAD
from pm_assistant.api.routes.billing import PaymentPage
from pm_assistant.api.routes.finetunes import FineTune
from pm_assistant.api.routes.runs import Export, RunDetail, RunSummary, Upload
from pm_assistant.api.routes.tenant import TenantSummary
from pm_assistant.domain.billing import BillingState, Feature
from pm_assistant.domain.health import FunctionHealth, QueueHealth, StageHealth, TenantHealth
from pm_assistant.domain.jobs import JobKind, JobState
from pm_assistant.domain.model import Model
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.prices import PricePreview
from pm_assistant.domain.tenants import (
    Settings,
    Tenant,
)
from pm_assistant.workflows.billing.queries import BillingView
from pm_assistant.workflows.tenants.usage import Usage

_run = RunSummary(
    id=RUN,
    kind=JobKind.PROCESS,
    dry_run=True,
    since=NOW - timedelta(days=1),
    member_id=None,
    person=None,
    state=JobState.DONE,
    done=1,
    total=1,
    error=None,
    undoes=None,
    undone_by=None,
    asked_by=f"account:{ACCOUNT}",
    created_at=EARLIER,
    updated_at=NOW,
)

ANSWERS: tuple[Model, ...] = (
    Usage(
        month="2026-11",
        judgements=1874,
        cost_dollars=4.36,
        budget_dollars=20.0,
        budget_used_up=False,
        unanswered_since=None,
    ),
    BillingView(
        plan=Plan.TEAM,
        state=BillingState.ACTIVE,
        features=tuple(Feature),
        trial_ends_at=None,
        period_end=LATER,
        cancel_at=None,
        grace_ends_at=None,
        invoiced_until=None,
        seats=12,
        people=9,
        people_limit=12,
        people_beyond=0,
        month="2026-11",
        decisions=1_874,
        decisions_limit=3_600,
        decisions_left=1_726,
        decisions_beyond=0,
        connections_limit=None,
        history_days=90,
        can_buy=False,
        can_manage=True,
    ),
    PricePreview(currency="eur", total=16_387, each_period=14_400, prorated=1_987, tax=0, due_at=LATER),
    PaymentPage(url="https://checkout.stripe.com/c/pay/cs_live_a1B2c3"),
    StageHealth(
        looked_at=NOW,
        measured=True,
        queues=(QueueHealth(name="actions", oldest_seconds=41.0, waiting=3, parked=0),),
        functions=(
            FunctionHealth(name="act", calls_of_hour=212, errors_of_hour=1, calls_of_day=4870, errors_of_day=9),
        ),
    ),
    TenantHealth.of(Tenant(id=TENANT, name="Velunda", created_at=EARLIER), month="2026-11", at=NOW),
    TenantSummary.of(Tenant(id=TENANT, name="Velunda", created_at=EARLIER)),
    Settings(),
    _run,
    RunDetail(**_run.model_dump(), results=(), left_out=0),
    Export(run_id=RUN, state=JobState.DONE, url="https://archives.example/…"),
    FineTune(
        run_id=RUN,
        state=JobState.DONE,
        error=None,
        trained_on=212,
        held_out=53,
        held_out_since=EARLIER,
        training="succeeded",
        base="gpt-4o-mini-2024-07-18",
        model="ft:gpt-4o-mini-2024-07-18:velunda:pm-assistant:9xY2kQ7b",
        urls=("https://archives.example/…",),
    ),
    Upload(upload_id=UPLOAD, url="https://archives.example/…"),
)
