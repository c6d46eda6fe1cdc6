"""What a tenant's answers have earned us, as far as policy has to know it: it stands beside the tenant's settings."""

import math
from datetime import datetime, timedelta
from typing import Self

from pydantic import AwareDatetime, Field

from pm_assistant.domain.model import Model

BANDS = (0.0, 0.7, 0.85)
"""Where the bands of confidence begin in which trust is earned: how right we are differs between them."""
FITTED_EVERY = timedelta(days=7)
"""How long confidences are taken for what answers have made of them."""
SURE = 1e-4
"""No confidence is nearer to 0 or 1 than that: it keeps odds finite."""


def log_odds(p: float) -> float:
    """The logarithm of the odds of a probability."""
    p = min(max(p, SURE), 1 - SURE)
    return math.log(p / (1 - p))


def sigmoid(x: float) -> float:
    """The probability of which these are the log odds."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def band_of(confidence: float) -> float:
    """The band that a confidence lies in."""
    return max(low for low in BANDS if low <= confidence)


class Calibration(Model):
    """Makes of an analyst's confidence how often people agree.

    Attributes:
        offset: by how much this tenant's people agree more or less often than those of all tenants.
        version: how often it has been fitted.
    """

    slope: float
    intercept: float
    offset: float = 0.0
    version: int = 1

    def of(self, confidence: float) -> float:
        """How often people agree where the analyst is so sure."""
        return sigmoid(self.slope * log_odds(confidence) + self.intercept + self.offset)


class Earned(Model):
    """What has been earned so far.

    Attributes:
        promoted: the streams of decisions that are trusted to act unasked where the rule is `earned`, and since when.
        calibrations: by kind of action and what judged.
        fitted_at: when they were last fitted.
    """

    promoted: dict[str, AwareDatetime] = Field(default_factory=dict)
    calibrations: dict[str, Calibration] = Field(default_factory=dict)
    fitted_at: AwareDatetime | None = None

    def calibrated(self, judged: str, confidence: float) -> float:
        """How often people agree with such a confidence; it itself where nobody has found out yet.

        Args:
            judged: kind of action and what judged (`judged_as`).
            confidence: as it was given.
        """
        calibration = self.calibrations.get(judged)
        return calibration.of(confidence) if calibration is not None else confidence

    def is_outdated(self, *, at: datetime) -> bool:
        """Whether confidences are to be fitted again."""
        return self.fitted_at is None or at - self.fitted_at >= FITTED_EVERY

    def trusting(self, stream: str, *, since: AwareDatetime | None) -> Self:
        """The same where a stream has earned trust by then, or has lost it."""
        others = {id: at for id, at in self.promoted.items() if id != stream}
        return self.model_copy(update={"promoted": others | ({stream: since} if since is not None else {})})
