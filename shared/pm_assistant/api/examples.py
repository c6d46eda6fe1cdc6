"""What goes in and comes out, for a company that does not exist; read when the description is written."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from pm_assistant.api.routes.accounts import AccountSummary, KeySummary, Me, NewKey
from pm_assistant.api.routes.auth import Accepted, Begun, Done, SessionTokens
from pm_assistant.api.routes.billing import PaymentPage
from pm_assistant.api.routes.calendar import CalendarEnded, OwnCalendar
from pm_assistant.api.routes.connections import Disconnected
from pm_assistant.api.routes.finetunes import FineTune
from pm_assistant.api.routes.members import MemberSeen
from pm_assistant.api.routes.runs import Export, RunDetail, RunSummary, Upload
from pm_assistant.api.routes.subscriptions import SentAgain
from pm_assistant.api.routes.tenant import TenantSummary
from pm_assistant.domain.accounts import AuditEntry, Invitation, Role, Scope
from pm_assistant.domain.actions import Comment
from pm_assistant.domain.answers import Subject
from pm_assistant.domain.billing import BillingState, Feature
from pm_assistant.domain.bots import AuthorKind
from pm_assistant.domain.calibration import FollowingWeek
from pm_assistant.domain.code import CheckResult, ReviewState, Stage
from pm_assistant.domain.connections import Link
from pm_assistant.domain.decisions import DecisionState, Evidence, Outcome, RunnerUp
from pm_assistant.domain.disagreements import Disagreement, DisagreementKind, Receipt
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.flow import Spread, WeekOfFlow
from pm_assistant.domain.forecast import Forecast, Score
from pm_assistant.domain.health import FunctionHealth, QueueHealth, StageHealth, TenantHealth
from pm_assistant.domain.jobs import JobKind, JobState
from pm_assistant.domain.links import LinkKind, LinkSource
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import Likeness
from pm_assistant.domain.planning import RelationRole
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.prices import PricePreview
from pm_assistant.domain.questions import Meaning, ReportAnswer, ReportQuestion
from pm_assistant.domain.reports import (
    FactKind,
    Line,
    Report,
    ReportChannel,
    ReportKind,
    Section,
    SentReport,
    Subscription,
)
from pm_assistant.domain.rules import TeamRule
from pm_assistant.domain.sequential import Sample
from pm_assistant.domain.shadow import ShadowedKind, ShadowReport
from pm_assistant.domain.tenants import (
    ActionKind,
    CalendarProvider,
    Member,
    Mode,
    Provider,
    Settings,
    Standing,
    Tenant,
    TenantId,
)
from pm_assistant.domain.trials import Experiment, Side
from pm_assistant.domain.work import Cycle, MessageId, Project, StateType, Ticket, TicketState
from pm_assistant.workflows.accounts.rules import RuleSeen
from pm_assistant.workflows.billing.queries import BillingView
from pm_assistant.workflows.code.queries import LinkedTicket, PullRequestView, ReviewView
from pm_assistant.workflows.connections.queries import ChannelReading, ConnectionHealth, ConnectionStatus, GapView
from pm_assistant.workflows.corridor.queries import (
    AttachedPage,
    CommentView,
    ConversationView,
    DecisionView,
    MessageView,
    TicketReference,
    TicketRelation,
    TicketView,
)
from pm_assistant.workflows.corridor.trust import Autonomy, BinView, CalibrationView, StreamView
from pm_assistant.workflows.flow.show import FlowView, ForecastView, TeamFlowView, TicketInProgress
from pm_assistant.workflows.flow.talk import TalkView, TopicView, UnansweredQuestion
from pm_assistant.workflows.reports.answers import Questionnaire
from pm_assistant.workflows.tenants.usage import Usage

_NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
_EARLIER, _LATER = _NOW - timedelta(minutes=20), _NOW + timedelta(days=7)
_CHAT, _TRACKER = "https://velunda.slack.example", "https://linear.example/velunda"
_TENANT, _ACCOUNT = TenantId("5f0c1d7a9e2b4c6d8f1a3b5c7d9e0f12"), "93e4a8f2-7061-70c3-9d2b-1f6e5a4c3b21"
_LENA, _DANA = "U07B2K9QF1A", "U07D8R0VY2D"
_CHANNEL, _ROOT = "C07A1SUP5T7", "1795166400.000100"
_RUN, _UPLOAD, _KEY = "20261120T093000000000-5d1e7f90", "7c9e6679742540de944be07fc1f90ae7", "a1b2c3d4e5f60718"
_EXPERIMENT = "20261030T093000000000-7f3a9c1e"
_DECISION, _INVITATION = "1b4e28ba-2fa1-51d2-883f-0016d3cca427", "6b86b273ff34fce19d6b804eff5a3f57"
_TICKET_ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
_TOKEN, _PASSWORD = "eyJ…", "four words in a row"
_SUMMARY = "Two members were confirmed for the same last spot."

_ticket = Ticket(
    id=_TICKET_ID,
    key="ENG-34",
    title="Last spot can be booked twice",
    description="Two phones, one second, one spot: both are confirmed.",
    url=f"{_TRACKER}/issue/ENG-34",
    state=TicketState(id="c56a4180-65aa-42ec-a945-5fd21dec0538", name="In Progress", type=StateType.STARTED),
    team_id="9a0c6f1e-2b7d-4e3a-8c51-0d4f7b2e6a93",
    assignee_id="60fa93a1-0081-4441-a635-d8ca86fd6360",
    assignee_name="Lena Brandt",
    creator_id="2c9f4b0e-7d1a-4f6b-9a35-c81e0f7d2b44",
    former_keys=("OPS-7",),
    project=Project(id="4b1f3c52-9c1e-4f7a-a2f4-3d8f0c6b7e15", name="Autumn booking"),
    cycle=Cycle(
        id="0d2f6a8e-5b3c-4d1e-9f70-8a6b4c2d0e1f",
        name="Cycle 12",
        begins_at=_NOW - timedelta(days=4),
        ends_at=_NOW + timedelta(days=10),
    ),
    labels=("bug",),
    label_ids=("6e4da2ed-ee8b-4b19-9cf8-40e5603e04c1",),
    estimate=3,
    due_date=(_NOW + timedelta(days=6)).date(),
    priority=2,
    created_at=_NOW - timedelta(days=3),
    updated_at=_EARLIER,
)
_reference = TicketReference(
    **{name: value for name, value in dict(_ticket).items() if name in TicketReference.model_fields}
)
_rule = TeamRule(
    id="0f8fad5b-d9cb-569f-a165-70867728950e",
    kind="create",
    channel=_CHANNEL,
    owner=f"account:{_ACCOUNT}",
    made_at=_NOW,
    until=_LATER,
    note="Nothing said there is work.",
)
_decision = DecisionView(
    id=_DECISION,
    tenant_id=_TENANT,
    subject=Subject(channel=_CHANNEL, root_ts=_ROOT),
    action=Comment(ticket_id=_TICKET_ID, summary=_SUMMARY),
    confidence=0.91,
    reason="The conversation reports the very double booking that the ticket is about.",
    evidence=(
        Evidence(
            message_id=MessageId(f"{_CHANNEL}:{_ROOT}"),
            url=f"{_CHAT}/archives/{_CHANNEL}/p1795166400000100",
            root_ts=_ROOT,
        ),
    ),
    runners_up=(RunnerUp(ticket_id="7d444840-9dc0-41d1-b245-5ffdce74fad2", score=0.34),),
    model="gpt-5.4-mini",
    prompt="v1",
    tokens_in=2210,
    tokens_out=148,
    latency_ms=1840,
    cost_microdollars=2324,
    policy="1",
    state=DecisionState.DONE,
    revision="b5bb9d8014a0f9b1",
    as_of=_EARLIER,
    created_at=_EARLIER,
    updated_at=_NOW,
    performed="b5bb9d8014a0f9b1",
    performed_action=Comment(ticket_id=_TICKET_ID, summary=_SUMMARY),
    keep_days=90,
    ticket=_reference,
    channel_name="#support",
    outcome=Outcome(
        external_id="e4eaaaf2-d142-41b4-b9e2-9f3c6a7d5e10",
        url=f"{_TRACKER}/issue/ENG-34#comment-e4eaaaf2",
        inverse='{"operation": "commentDelete", "id": "e4eaaaf2-d142-41b4-b9e2-9f3c6a7d5e10"}',
    ),
    decided_by="slack:U07C5P1XZ8M",
    version=4,
)
_run = RunSummary(
    id=_RUN,
    kind=JobKind.PROCESS,
    dry_run=True,
    since=_NOW - timedelta(days=1),
    member_id=None,
    person=None,
    state=JobState.DONE,
    done=1,
    total=1,
    error=None,
    undoes=None,
    undone_by=None,
    asked_by=f"account:{_ACCOUNT}",
    created_at=_EARLIER,
    updated_at=_NOW,
)
_experiment = Experiment(
    id=_EXPERIMENT,
    kind=ActionKind.MOVE,
    b=Variant(threshold=0.7),
    began_at=_NOW - timedelta(days=21),
    ends_at=_LATER,
    started_by=f"account:{_ACCOUNT}",
    looked_at=_NOW,
    sides={
        "a": Side(conversations=212, asked=48, answered=41, approved=33, done=35, microdollars=410.0, latency_ms=900.0),
        "b": Side(conversations=198, asked=21, answered=19, approved=17, done=44, microdollars=405.0, latency_ms=910.0),
    },
    counted={"a": Sample(size=29, total=23.5), "b": Sample(size=14, total=12.0)},
    counted_until=_NOW - timedelta(days=7),
    p_value=0.64,
)
_key = KeySummary(
    id=_KEY,
    name="nightly report",
    scope=Scope.READ,
    created_by=f"account:{_ACCOUNT}",
    created_at=_EARLIER,
    last_used_at=_NOW,
)

_report = Report(
    id="0a9b8c7d-6e5f-4a3b-9c2d-1e0f9a8b7c6d",
    kind=ReportKind.STANDUP,
    title="Standup for Lena Brandt, Friday 20 November",
    day=date(2026, 11, 20),
    sections=(
        Section(
            title="In progress",
            lines=(Line(text=f"{_ticket.key} {_ticket.title}", url=_ticket.url, about=(_ticket.id,)),),
            kind=FactKind.IN_PROGRESS,
        ),
    ),
)
_lena = Member(
    id=_LENA,
    name="Lena Brandt",
    email="lena@velunda.example",
    time_zone="Europe/Berlin",
    accounts={Provider.SLACK: _LENA, Provider.LINEAR: "60fa93a1-0081-4441-a635-d8ca86fd6360"},
    standings={Provider.SLACK: Standing.MEMBER, Provider.LINEAR: Standing.MEMBER},
)
_forecast = ForecastView(
    items=31,
    even=date(2026, 12, 28),
    likely=date(2027, 1, 12),
    share=0.85,
    weeks=12,
    finished=71,
    growth=1.1,
    why=None,
    says="85 % of runs finish by 12 Jan 2027 (50 %: 28 Dec 2026), from 12 weeks, 71 items, growing 1.1 a week",
)
_ANSWERS: tuple[Model, ...] = (
    Accepted(),
    Begun(registration="b7e23ec29af22b0b4e41da31e868d572"),
    Done(),
    SessionTokens(id_token=_TOKEN, refresh_token=_TOKEN, expires_in=3600),
    Me(
        kind="account",
        id=_ACCOUNT,
        name="lena@velunda.example",
        scope=Scope.OWNER,
        tenant_id=_TENANT,
        tenant_name="Velunda",
    ),
    AccountSummary(
        id=_ACCOUNT,
        tenant_id=_TENANT,
        email="lena@velunda.example",
        role=Role.OWNER,
        created_at=_EARLIER,
    ),
    Invitation(
        id=_INVITATION,
        tenant_id=_TENANT,
        email="dana@velunda.example",
        role=Role.MEMBER,
        invited_by=f"account:{_ACCOUNT}",
        created_at=_NOW,
        expires_at=_LATER,
    ),
    _key,
    NewKey(**_key.model_dump(exclude={"last_used_at"}), last_used_at=None, key="pma_5f0c1d7a…"),
    AuditEntry(
        id="20261120T093000.000000-5f3a9c1e-key.created",
        at=_NOW,
        actor=f"account:{_ACCOUNT}",
        actor_name="lena@velunda.example",
        action="key.created",
        target=f"key:{_KEY}",
        detail={"name": "nightly report", "scope": "read"},
        request_id="5f3a9c1e",
    ),
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
        period_end=_LATER,
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
    PricePreview(currency="eur", total=16_387, each_period=14_400, prorated=1_987, tax=0, due_at=_LATER),
    PaymentPage(url="https://checkout.stripe.com/c/pay/cs_live_a1B2c3"),
    StageHealth(
        looked_at=_NOW,
        measured=True,
        queues=(QueueHealth(name="actions", oldest_seconds=41.0, waiting=3, parked=0),),
        functions=(
            FunctionHealth(name="act", calls_of_hour=212, errors_of_hour=1, calls_of_day=4870, errors_of_day=9),
        ),
    ),
    TenantHealth.of(Tenant(id=_TENANT, name="Velunda", created_at=_EARLIER), month="2026-11", at=_NOW),
    TenantSummary.of(Tenant(id=_TENANT, name="Velunda", created_at=_EARLIER)),
    Settings(),
    Autonomy(
        bar=0.9,
        certainty=0.95,
        still_asked=0.05,
        streams=(
            StreamView(
                kind=ActionKind.MOVE,
                at_least=0.85,
                below=1.0,
                judged_by="gpt-5-mini/3/4",
                answers=64,
                right=63,
                lower_bound=0.91,
                trusted_since=_EARLIER,
                mode=Mode.EARNED,
                acts=True,
                reason="promoted after 61 answers; 63 of 64 answers right: at least 91% right with 95% certainty",
            ),
        ),
        calibrations=(
            CalibrationView(
                kind=ActionKind.MOVE,
                judged_by="gpt-5-mini/3/4",
                version=3,
                fitted_at=_EARLIER,
                slope=0.8,
                intercept=-0.3,
                offset=0.1,
                answers=80,
                pooled=2_140,
                bins=(BinView(low=0.8, answers=80, confidence=0.86, right=0.875),),
                error=0.015,
                error_interval=(0.0, 0.09),
                raw_error=0.071,
                following_week=FollowingWeek(answers=18, log_loss=0.35, raw_log_loss=0.41),
            ),
        ),
    ),
    TalkView(
        day=_NOW.date(),
        since=_NOW - timedelta(weeks=4),
        conversations=212,
        messages=1340,
        topics=(
            TopicView(
                key="ENG-34",
                title="Checkout drops the coupon",
                url="https://linear.app/velunda/issue/ENG-34",
                conversations=7,
                messages=61,
            ),
        ),
        untracked_conversations=9,
        untracked_messages=48,
        unanswered=(
            UnansweredQuestion(
                text="Does the export keep the time zone?",
                at=_EARLIER,
                channel="#support",
                url="https://velunda.slack.com/archives/C07A1SUP5T7/p1795166400000100",
            ),
        ),
        unanswered_count=1,
        ticket_hours=Spread(count=12, half=3.5, most=26.0),
        work_days=Spread(count=9, half=4.1, most=11.0),
        report_days=Spread(count=9, half=4.6, most=12.5),
    ),
    FlowView(
        day=_NOW.date(),
        time_zone="Europe/Berlin",
        measured_at=_NOW,
        teams=(
            TeamFlowView(
                id="9a0c6f1e-2b7d-4e3a-8c51-0d4f7b2e6a93",
                key="ENG",
                name="Engineering",
                weeks=(
                    WeekOfFlow(
                        begins=_NOW.date() - timedelta(days=_NOW.weekday() + 7),
                        finished=6,
                        added=1,
                        unplanned=2,
                        reopened=0,
                        in_progress=4,
                        cycle_days=Spread(count=6, half=2.1, most=5.4),
                    ),
                ),
                finished=6,
                unplanned_share=0.33,
                reopened_share=0.0,
                cycle_days=Spread(count=6, half=2.1, most=5.4),
                lead_days=Spread(count=6, half=6.5, most=14.0),
                efficiency=Spread(count=6, half=0.71, most=0.92),
                review_hours=Spread(count=8, half=3, most=9),
                in_progress=(
                    TicketInProgress(
                        key="ENG-12",
                        title="Coupons vanish when people switch to PayPal",
                        url="https://linear.app/velunda/issue/ENG-12",
                        since=_EARLIER,
                        days=7.0,
                        late=True,
                    ),
                ),
                in_progress_count=1,
                open_items=31,
                forecast=_forecast,
                forecasts=(
                    Forecast(
                        made_on=_NOW.date() - timedelta(days=42),
                        items=12,
                        even=_NOW.date() - timedelta(days=21),
                        likely=_NOW.date() - timedelta(days=10),
                        done_on=_NOW.date() - timedelta(days=14),
                        held=True,
                    ),
                ),
                score=Score(made=1, held=1, even_held=0),
                remarks=("1 of the last 1 forecast held; of 100, 85 should",),
            ),
        ),
    ),
    _forecast,
    _experiment,
    ShadowReport(
        on=True,
        since=_NOW - timedelta(days=14),
        began_at=_NOW - timedelta(days=9),
        kinds=(ShadowedKind(kind=ActionKind.MOVE, asked=17, done=4, agreed=12, differed=6, open=3),),
    ),
    _lena,
    MemberSeen(**_lena.model_dump()),
    Likeness(
        member_id=_DANA,
        name="Dana Okafor",
        provider=Provider.GITHUB,
        account="danaokafor",
        other_id="danaokafor",
        other_name="Dana Okafor",
        score=0.9,
        reason="Both are called Dana Okafor.",
    ),
    ConnectionHealth(
        provider=Provider.SLACK,
        state=ConnectionStatus.CONNECTED,
        name="Velunda",
        external_id="T07A1VELUND",
        scopes=("channels:history", "chat:write", "users:read"),
        last_event_at=_NOW,
        last_sync_at=_EARLIER,
        connected_by="lena@velunda.example",
        connected_at=_EARLIER,
        channels=(ChannelReading(name="#studio", known_since=_EARLIER, read_at=_NOW, read_back_to=None),),
        gaps=(GapView(place="#studio", began_at=_EARLIER, ended_at=_EARLIER, repaired_at=_NOW),),
    ),
    OwnCalendar(
        state="connected",
        provider=CalendarProvider.GOOGLE,
        connected_at=_NOW - timedelta(days=30),
        read_at=_EARLIER,
        absent_days=((_NOW + timedelta(days=5)).date(),),
    ),
    CalendarEnded(revoked=True),
    Link(url="https://api.example/oauth/slack/start?link=…", expires_at=_NOW + timedelta(minutes=10)),
    Disconnected(revoked=True),
    _ticket,
    TicketView(
        **dict(_ticket),
        parent=None,
        children=(),
        relations=(
            TicketRelation(
                role=RelationRole.BLOCKED_BY,
                ticket=_reference.model_copy(
                    update={
                        "id": "6b1f7c0e-58c4-4f0e-9a53-1d2a7c90b4e1",
                        "key": "ENG-31",
                        "title": "Move bookings to the new calendar",
                        "url": f"{_TRACKER}/issue/ENG-31",
                    }
                ),
            ),
        ),
        attachments=(AttachedPage(title="Book a spot in one step", url="https://github.com/velunda/booking/pull/7"),),
        comments=(
            CommentView(
                author="Lena Brandt",
                at=_EARLIER,
                text="Happens on slow networks only.",
                url=f"{_TRACKER}/issue/ENG-34#comment-a58739dc",
            ),
        ),
    ),
    ConversationView(
        id=f"{_CHANNEL}:{_ROOT}",
        channel=_CHANNEL,
        began_at=_EARLIER,
        untracked=False,
        messages=(
            MessageView(
                id=f"{_CHANNEL}:{_ROOT}",
                author="Marta Ruiz",
                at=_EARLIER,
                text="Another studio has two people confirmed for one last spot",
                edited=False,
                url=f"{_CHAT}/archives/{_CHANNEL}/p1795166400000100",
            ),
        ),
        decisions=(_decision,),
    ),
    PullRequestView(
        id="700100200:412",
        repository="velunda/booking",
        private=True,
        number=412,
        title="Hold a spot while it is being booked",
        url="https://github.example/velunda/booking/pull/412",
        author="Lena Brandt",
        author_kind=AuthorKind.HUMAN,
        stage=Stage.CHANGES_REQUESTED,
        checks=CheckResult.PASSED,
        requested=("Dana Okafor",),
        reviews=(
            ReviewView(
                reviewer="Dana Okafor",
                state=ReviewState.CHANGES_REQUESTED,
                at=_EARLIER,
                url="https://github.example/velunda/booking/pull/412#pullrequestreview-1",
            ),
        ),
        unresolved_threads=1,
        branch="lena/eng-34-hold-the-spot",
        base="main",
        labels=("bug",),
        tickets=(
            LinkedTicket(
                id=_TICKET_ID,
                key=_ticket.key,
                title=_ticket.title,
                url=_ticket.url,
                kind=LinkKind.CLOSES,
                source=LinkSource.BODY,
                words="Fixes ENG-34",
                confidence=0.99,
            ),
        ),
        additions=64,
        deletions=12,
        created_at=_EARLIER,
        updated_at=_NOW,
        closed_at=None,
        merged_at=None,
    ),
    Disagreement(
        id="4f1d2c3b5a697887",
        kind=DisagreementKind.MERGED_BUT_OPEN,
        since=_EARLIER,
        ticket_id=_TICKET_ID,
        receipts=(
            Receipt(text=f"{_ticket.key} {_ticket.title}", url=_ticket.url),
            Receipt(
                text="velunda/booking#412 Hold a spot while it is being booked",
                url="https://github.example/velunda/booking/pull/412",
            ),
        ),
    ),
    _report,
    SentReport(
        kind=_report.kind,
        subscription_id=f"standup.{_LENA}",
        day=_report.day,
        at=_NOW,
        delivery=ReportChannel.SLACK,
        report=_report,
    ),
    _decision,
    _rule,
    RuleSeen(**_rule.model_dump(), in_force=True),
    Subscription(member_id=_LENA),
    SentAgain(at=_NOW + timedelta(hours=1)),
    _run,
    RunDetail(**_run.model_dump(), results=(), left_out=0),
    Export(run_id=_RUN, state=JobState.DONE, url="https://archives.example/…"),
    FineTune(
        run_id=_RUN,
        state=JobState.DONE,
        error=None,
        trained_on=212,
        held_out=53,
        held_out_since=_EARLIER,
        training="succeeded",
        base="gpt-4o-mini-2024-07-18",
        model="ft:gpt-4o-mini-2024-07-18:velunda:pm-assistant:9xY2kQ7b",
        urls=("https://archives.example/…",),
    ),
    Questionnaire(
        day=date(2026, 11, 20),
        questions=(ReportQuestion(text="What keeps you from going on?", meaning=Meaning.BLOCKER),),
        answers=(
            ReportAnswer(
                question="What keeps you from going on?",
                meaning=Meaning.BLOCKER,
                text="ENG-34 waits for the keys of the test shop",
            ),
        ),
    ),
    Upload(upload_id=_UPLOAD, url="https://archives.example/…"),
)
ANSWERS: dict[str, Any] = {type(answer).__name__: answer.model_dump(mode="json") for answer in _ANSWERS}
"""One of each kind that is answered with, by its name in the code."""

BODIES: dict[str, Any] = {
    "Address": {"email": "lena@velunda.example"},
    "AnswersGiven": {"answers": {"What keeps you from going on?": "ENG-34 waits for the keys of the test shop"}},
    "BacktestWish": {"since": "2026-11-06T00:00:00Z", "threshold": 0.85},
    "AgainWish": {"until": "hour"},
    "AdoptionWish": {"dry_run": False, "most_dollars": 2.5},
    "Approval": {"revision": "b5bb9d8014a0f9b1"},
    "Confirmation": {"confirm": "Velunda"},
    "Credentials": {"email": "lena@velunda.example", "password": _PASSWORD},
    "Purchase": {"plan": "team", "seats": 12},
    "PortalWish": {"flow": "payment_method"},
    "BillingGrant": {
        "trial_ends_at": "2026-12-24T00:00:00Z",
        "raises": {"decisions": 1000},
        "invoiced": {"plan": "business", "seats": 40, "until": "2027-12-01T00:00:00Z"},
    },
    "SuspensionWish": {"reason": "the last invoice was returned; write to help@operator.example"},
    "Correction": {"ticket": "ENG-14"},
    "Dismissal": {"reason": "It is about another class."},
    "FineTuneWish": {"dry_run": True},
    "ImportWish": {"upload_id": _UPLOAD},
    "KeyWish": {"name": "nightly report", "scope": "read"},
    "MemberChange": {"time_zone": "Europe/Berlin"},
    "NewPassword": {"email": "lena@velunda.example", "code": "481516", "password": _PASSWORD},
    "Offer": {"email": "dana@velunda.example", "role": "member"},
    "PasswordChange": {"current": "an earlier choice of words", "password": _PASSWORD},
    "EmailProof": {"code": "eyJhY2NvdW50X2lkIjoi4oCmIn0.Zm9yIHRoZSBtYWlsYm94IGFsb25l"},
    "EmailWish": {"email": "lena.new@velunda.example", "current": _PASSWORD},
    "Proof": {
        "email": "lena@velunda.example",
        "code": "481516",
        "registration": "b7e23ec29af22b0b4e41da31e868d572",
    },
    "ExperimentWish": {"kind": "move", "b": {"threshold": 0.7}},
    "RefreshToken": {"refresh_token": _TOKEN},
    "Registration": {"email": "lena@velunda.example", "password": _PASSWORD, "team_name": "Velunda"},
    "RoleChange": {"role": "admin"},
    "RuleChange": {"until": "2027-03-03T00:00:00Z"},
    "RuleWish": {"kind": "create", "channel": _CHANNEL, "note": "Nothing said there is work."},
    "Settings": {"rules": {"move": {"mode": "auto", "threshold": 0.9}}},
    "ChannelWish": {"hour": 9, "minute": 30, "time_zone": "Europe/Berlin"},
    "SubscriptionWish": {"hour": 9, "minute": 30, "delivery": "slack"},
    "TenantChange": {"name": "Velunda"},
    "UploadWish": {"size": 48_213},
    "VendorAccount": {"account": "danaokafor"},
    "WorkflowWish": {"dry_run": True, "since": "2026-11-19T09:30:00Z"},
}
"""One of each kind that is sent."""

PLACES: dict[str, str] = {
    "account_id": _ACCOUNT,
    "conversation_id": f"{_CHANNEL}:{_ROOT}",
    "decision_id": _DECISION,
    "experiment_id": _EXPERIMENT,
    "finetune_id": _RUN,
    "invitation_id": _INVITATION,
    "key_id": _KEY,
    "kind": "standup",
    "channel_id": "C0ENGINEERS",
    "member_id": _LENA,
    "plan": "team",
    "provider": "slack",
    "pull_request_id": "700100200:412",
    "seats": "12",
    "rule_id": "0f8fad5b-d9cb-569f-a165-70867728950e",
    "team": "ENG",
    "tenant_id": _TENANT,
    "run_id": _RUN,
    "ticket": "ENG-34",
    "workflow": "process",
}
"""What stands in a path, or has to stand in a query, by the name of its parameter."""
