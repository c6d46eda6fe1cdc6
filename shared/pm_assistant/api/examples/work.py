"""What is said, decided and tracked, and the rules for it."""

from datetime import timedelta

from pm_assistant.api.examples.company import (
    ACCOUNT,
    CHANNEL,
    CHAT,
    DECISION,
    EARLIER,
    EXPERIMENT,
    LATER,
    NOW,
    ROOT,
    SUMMARY,
    TENANT,
    TICKET_ID,
    TRACKER,
    lena,
    ticket,
)
from pm_assistant.domain.actions import Comment
from pm_assistant.domain.answers import Subject
from pm_assistant.domain.bots import AuthorKind
from pm_assistant.domain.calibration import FollowingWeek
from pm_assistant.domain.code import CheckResult, ReviewState, Stage
from pm_assistant.domain.decisions import DecisionState, Evidence, Outcome, RunnerUp
from pm_assistant.domain.disagreements import Disagreement, DisagreementKind, Receipt
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.links import LinkKind, LinkSource
from pm_assistant.domain.model import Model
from pm_assistant.domain.planning import RelationRole
from pm_assistant.domain.rules import TeamRule
from pm_assistant.domain.sequential import Sample
from pm_assistant.domain.shadow import ShadowedKind, ShadowReport
from pm_assistant.domain.tenants import (
    ActionKind,
    Mode,
)
from pm_assistant.domain.trials import Experiment, Side
from pm_assistant.domain.work import MessageId
from pm_assistant.workflows.accounts.rules import RuleSeen
from pm_assistant.workflows.code.queries import LinkedTicket, PullRequestView, ReviewView
from pm_assistant.workflows.pipeline.queries import (
    AttachedPage,
    CommentView,
    ConversationView,
    DecisionView,
    MessageView,
    TicketReference,
    TicketRelation,
    TicketView,
)
from pm_assistant.workflows.pipeline.trust import Autonomy, BinView, CalibrationView, StreamView

_reference = TicketReference(
    **{name: value for name, value in dict(ticket).items() if name in TicketReference.model_fields}
)
_rule = TeamRule(
    id="0f8fad5b-d9cb-569f-a165-70867728950e",
    kind="create",
    channel=CHANNEL,
    owner=f"account:{ACCOUNT}",
    made_at=NOW,
    until=LATER,
    note="Nothing said there is work.",
)
_decision = DecisionView(
    id=DECISION,
    tenant_id=TENANT,
    subject=Subject(channel=CHANNEL, root_ts=ROOT),
    action=Comment(ticket_id=TICKET_ID, summary=SUMMARY),
    confidence=0.91,
    reason="The conversation reports the very double booking that the ticket is about.",
    evidence=(
        Evidence(
            message_id=MessageId(f"{CHANNEL}:{ROOT}"),
            url=f"{CHAT}/archives/{CHANNEL}/p1795166400000100",
            root_ts=ROOT,
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
    as_of=EARLIER,
    created_at=EARLIER,
    updated_at=NOW,
    performed="b5bb9d8014a0f9b1",
    performed_action=Comment(ticket_id=TICKET_ID, summary=SUMMARY),
    keep_days=90,
    ticket=_reference,
    channel_name="#support",
    outcome=Outcome(
        external_id="e4eaaaf2-d142-41b4-b9e2-9f3c6a7d5e10",
        url=f"{TRACKER}/issue/ENG-34#comment-e4eaaaf2",
        inverse='{"operation": "commentDelete", "id": "e4eaaaf2-d142-41b4-b9e2-9f3c6a7d5e10"}',
    ),
    decided_by="slack:U07C5P1XZ8M",
    version=4,
)
_experiment = Experiment(
    id=EXPERIMENT,
    kind=ActionKind.MOVE,
    b=Variant(threshold=0.7),
    began_at=NOW - timedelta(days=21),
    ends_at=LATER,
    started_by=f"account:{ACCOUNT}",
    looked_at=NOW,
    sides={
        "a": Side(conversations=212, asked=48, answered=41, approved=33, done=35, microdollars=410.0, latency_ms=900.0),
        "b": Side(conversations=198, asked=21, answered=19, approved=17, done=44, microdollars=405.0, latency_ms=910.0),
    },
    counted={"a": Sample(size=29, total=23.5), "b": Sample(size=14, total=12.0)},
    counted_until=NOW - timedelta(days=7),
    p_value=0.64,
)

ANSWERS: tuple[Model, ...] = (
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
                trusted_since=EARLIER,
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
                fitted_at=EARLIER,
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
    _experiment,
    ShadowReport(
        on=True,
        since=NOW - timedelta(days=14),
        began_at=NOW - timedelta(days=9),
        kinds=(ShadowedKind(kind=ActionKind.MOVE, asked=17, done=4, agreed=12, differed=6, open=3),),
    ),
    lena,
    ticket,
    TicketView(
        **dict(ticket),
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
                        "url": f"{TRACKER}/issue/ENG-31",
                    }
                ),
            ),
        ),
        attachments=(AttachedPage(title="Book a spot in one step", url="https://github.com/velunda/booking/pull/7"),),
        comments=(
            CommentView(
                author="Lena Brandt",
                at=EARLIER,
                text="Happens on slow networks only.",
                url=f"{TRACKER}/issue/ENG-34#comment-a58739dc",
            ),
        ),
    ),
    ConversationView(
        id=f"{CHANNEL}:{ROOT}",
        channel=CHANNEL,
        began_at=EARLIER,
        untracked=False,
        messages=(
            MessageView(
                id=f"{CHANNEL}:{ROOT}",
                author="Marta Ruiz",
                at=EARLIER,
                text="Another studio has two people confirmed for one last spot",
                edited=False,
                url=f"{CHAT}/archives/{CHANNEL}/p1795166400000100",
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
                at=EARLIER,
                url="https://github.example/velunda/booking/pull/412#pullrequestreview-1",
            ),
        ),
        unresolved_threads=1,
        branch="lena/eng-34-hold-the-spot",
        base="main",
        labels=("bug",),
        tickets=(
            LinkedTicket(
                id=TICKET_ID,
                key=ticket.key,
                title=ticket.title,
                url=ticket.url,
                kind=LinkKind.CLOSES,
                source=LinkSource.BODY,
                words="Fixes ENG-34",
                confidence=0.99,
            ),
        ),
        additions=64,
        deletions=12,
        created_at=EARLIER,
        updated_at=NOW,
        closed_at=None,
        merged_at=None,
    ),
    Disagreement(
        id="4f1d2c3b5a697887",
        kind=DisagreementKind.MERGED_BUT_OPEN,
        since=EARLIER,
        ticket_id=TICKET_ID,
        receipts=(
            Receipt(text=f"{ticket.key} {ticket.title}", url=ticket.url),
            Receipt(
                text="velunda/booking#412 Hold a spot while it is being booked",
                url="https://github.example/velunda/booking/pull/412",
            ),
        ),
    ),
    _decision,
    _rule,
    RuleSeen(**_rule.model_dump(), in_force=True),
)
