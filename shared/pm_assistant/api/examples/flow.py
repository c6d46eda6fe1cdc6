"""How work flows, and what is said of it."""

from datetime import date, timedelta

from pm_assistant.api.examples.company import EARLIER, NOW
from pm_assistant.domain.flow import Spread, WeekOfFlow
from pm_assistant.domain.forecast import Forecast, Score
from pm_assistant.domain.model import Model
from pm_assistant.workflows.flow.show import FlowView, ForecastView, TeamFlowView, TicketInProgress
from pm_assistant.workflows.flow.talk import TalkView, TopicView, UnansweredQuestion

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

ANSWERS: tuple[Model, ...] = (
    TalkView(
        day=NOW.date(),
        since=NOW - timedelta(weeks=4),
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
                at=EARLIER,
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
        day=NOW.date(),
        time_zone="Europe/Berlin",
        measured_at=NOW,
        teams=(
            TeamFlowView(
                id="9a0c6f1e-2b7d-4e3a-8c51-0d4f7b2e6a93",
                key="ENG",
                name="Engineering",
                weeks=(
                    WeekOfFlow(
                        begins=NOW.date() - timedelta(days=NOW.weekday() + 7),
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
                        since=EARLIER,
                        days=7.0,
                        late=True,
                    ),
                ),
                in_progress_count=1,
                open_items=31,
                forecast=_forecast,
                forecasts=(
                    Forecast(
                        made_on=NOW.date() - timedelta(days=42),
                        items=12,
                        even=NOW.date() - timedelta(days=21),
                        likely=NOW.date() - timedelta(days=10),
                        done_on=NOW.date() - timedelta(days=14),
                        held=True,
                    ),
                ),
                score=Score(made=1, held=1, even_held=0),
                remarks=("1 of the last 1 forecast held; of 100, 85 should",),
            ),
        ),
    ),
    _forecast,
)
