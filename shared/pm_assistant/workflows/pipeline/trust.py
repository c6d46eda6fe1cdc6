"""Say what people's answers have earned us, with the numbers that it rests on."""

from collections.abc import Sequence

from pydantic import AwareDatetime, Field

from pm_assistant.domain.autonomy import ALPHA, BAR, STILL_ASKED, TrackRecord
from pm_assistant.domain.calibration import Fitted, FollowingWeek
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import ActionKind, Mode, Rule, Tenant
from pm_assistant.domain.trust import BANDS
from pm_assistant.ports.unit import Unit


class BinView(Model):
    """Decisions of about one confidence."""

    low: float = Field(description="where the stretch begins; it is a tenth long")
    answers: int = Field(description="how many there were")
    confidence: float = Field(description="the mean of theirs")
    right: float = Field(description="the share of them that people agreed with")


class StreamView(Model):
    """How right one stream of decisions has been, and what that allows."""

    kind: ActionKind
    at_least: float = Field(description="the least confidence in it, as it was judged")
    below: float = Field(description="where the next band of confidence begins")
    judged_by: str = Field(description="model, prompt and version of the rules")
    answers: int = Field(
        description="that count: each conversation once, and of those in agreement at most half from one person"
    )
    right: int = Field(description="how many of them agreed")
    lower_bound: float = Field(description="how often people agree at least, with the certainty that is asked for")
    trusted_since: AwareDatetime | None = Field(description="since when that is enough; none if it is not")
    mode: Mode = Field(description="what the team's rule for the kind says")
    acts: bool = Field(description="whether it is done unasked because of its answers, from the rule's threshold on")
    reason: str = Field(description="why it is trusted, or is not")


class CalibrationView(Model):
    """What the confidences of one kind are worth, as one model, prompt and version of the rules gives them."""

    kind: ActionKind
    judged_by: str = Field(description="model, prompt and version of the rules")
    version: int = Field(description="how often it has been fitted")
    fitted_at: AwareDatetime = Field(description="when that was, last")
    slope: float = Field(description="of the line over log odds")
    intercept: float = Field(description="of that line")
    offset: float = Field(description="by how much this team's people agree more or less often than those of all teams")
    answers: int = Field(description="of this team that it rests on")
    pooled: int = Field(description="of all teams, as numbers only")
    bins: tuple[BinView, ...] = Field(description="how often people agreed, by what the confidence is worth")
    error: float = Field(description="by how much both differ on average")
    error_interval: tuple[float, float] = Field(description="in which that lies with a certainty of 95 %")
    raw_error: float = Field(description="the same of confidences as they were given")
    following_week: FollowingWeek | None = Field(
        description="how the version before did on the answers that came after it; none if there are none"
    )


class Autonomy(Model):
    """What people's answers have earned us, and by which measure."""

    bar: float = Field(description="how often people have to agree")
    certainty: float = Field(description="with which that has to be known, at every look")
    still_asked: float = Field(description="the share of what may be done that people are asked about all the same")
    streams: tuple[StreamView, ...] = Field(description="each by kind, band of confidence and what judged")
    calibrations: tuple[CalibrationView, ...] = Field(description="fitted every week, and by the run `calibrate`")


def show_autonomy(tenant: Tenant, unit: Unit) -> Autonomy:
    """Say of each stream of decisions that people have answered how right it has been."""
    records = sorted(unit.stores.track_records.all(unit.tenant_id), key=lambda record: (record.kind, -record.band))
    return Autonomy(
        bar=BAR,
        certainty=1 - ALPHA,
        still_asked=STILL_ASKED,
        streams=tuple(_views(records, tenant)),
        calibrations=tuple(map(_calibration, unit.stores.calibrations.all(unit.tenant_id))),
    )


def _views(records: Sequence[TrackRecord], tenant: Tenant) -> Sequence[StreamView]:
    return [_view(record, tenant.settings.rules.get(record.kind, Rule()).mode) for record in records]


def _view(record: TrackRecord, mode: Mode) -> StreamView:
    right, wrong = record.tally
    return StreamView(
        kind=record.kind,
        at_least=record.band,
        below=min((low for low in BANDS if low > record.band), default=1.0),
        judged_by=record.judged_by,
        answers=right + wrong,
        right=right,
        lower_bound=record.lower_bound,
        trusted_since=record.promoted_at,
        mode=mode,
        acts=mode is Mode.EARNED and record.promoted_at is not None,
        reason=record.reason,
    )


def _calibration(fitted: Fitted) -> CalibrationView:
    line = fitted.calibration
    return CalibrationView(
        kind=fitted.kind,
        judged_by=fitted.judged_by,
        version=line.version,
        fitted_at=fitted.at,
        slope=line.slope,
        intercept=line.intercept,
        offset=line.offset,
        answers=fitted.answers,
        pooled=fitted.pooled,
        bins=tuple(BinView(**each._asdict()) for each in fitted.bins),
        error=fitted.error,
        error_interval=fitted.interval,
        raw_error=fitted.raw_error,
        following_week=fitted.following_week,
    )
