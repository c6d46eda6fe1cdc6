"""Reports, to whom they come, and what they ask."""

from datetime import date, timedelta

from pm_assistant.api.examples.company import LENA, NOW, ticket
from pm_assistant.api.routes.subscriptions import SentAgain
from pm_assistant.domain.model import Model
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
from pm_assistant.workflows.reports.answers import Questionnaire

_report = Report(
    id="0a9b8c7d-6e5f-4a3b-9c2d-1e0f9a8b7c6d",
    kind=ReportKind.STANDUP,
    title="Standup for Lena Brandt, Friday 20 November",
    day=date(2026, 11, 20),
    sections=(
        Section(
            title="In progress",
            lines=(Line(text=f"{ticket.key} {ticket.title}", url=ticket.url, about=(ticket.id,)),),
            kind=FactKind.IN_PROGRESS,
        ),
    ),
)

ANSWERS: tuple[Model, ...] = (
    _report,
    SentReport(
        kind=_report.kind,
        subscription_id=f"standup.{LENA}",
        day=_report.day,
        at=NOW,
        delivery=ReportChannel.SLACK,
        report=_report,
    ),
    Subscription(member_id=LENA),
    SentAgain(at=NOW + timedelta(hours=1)),
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
)
