"""What a tenant may buy: plans, their limits, and the terms that are agreed when one is bought."""

from enum import StrEnum
from functools import cache
from typing import Literal, assert_never

from pydantic import Field

from pm_assistant.domain.model import Model


class Plan(StrEnum):
    """What a tenant may buy, each more than the one before."""

    FREE = "free"
    TEAM = "team"
    BUSINESS = "business"


class Limits(Model):
    """How much of the product a tenant has; none means as much as it likes."""

    people: int | None = Field(description="people who have an account or get reports")
    decisions: int = Field(default=0, description="conversations judged by the model in a month, whoever's they are")
    decisions_per_seat: int = Field(default=0, description="as many more for each seat, for the whole team")
    acts: bool = Field(description="whether anything is done unasked, where the team's rules allow it")
    history_days: int | None = Field(description="how far back what was said and decided is shown and judged anew")
    connections: int | None = Field(description="vendors that can be connected")


type LimitName = Literal["people", "decisions", "history_days", "connections"]
"""What an operator may raise for one tenant."""


@cache
def limits_of(plan: Plan) -> Limits:
    """The one table of what a plan holds; made when it is first asked for, as most requests ask for none of it."""
    match plan:
        case Plan.FREE:
            return Limits(people=5, decisions=200, acts=False, history_days=14, connections=2)
        case Plan.TEAM:
            return Limits(people=100, decisions_per_seat=300, acts=True, history_days=90, connections=None)
        case Plan.BUSINESS:
            return Limits(people=None, decisions_per_seat=1_000, acts=True, history_days=None, connections=None)
        case _:
            assert_never(plan)


class Terms(Model):
    """What was agreed when something was bought: a plan as it was that day, so that nobody's deal changes later.

    Attributes:
        seats: people who are paid for; none means as many as the limits say.
        raises: what an operator has raised limits to, whatever was agreed.
    """

    plan: Plan
    limits: Limits
    seats: int | None = None
    raises: dict[LimitName, int] = Field(default_factory=dict)

    @property
    def decisions(self) -> int:
        """What the model judges in a month, pooled."""
        agreed = self.limits.decisions + self.limits.decisions_per_seat * (self.seats or 0)
        return max(agreed, self.raises.get("decisions", 0))

    @property
    def hard_stop(self) -> int:
        """Until when a limit that is soft is let go: a tenth beyond it."""
        return self.decisions + self.decisions // 10

    @property
    def people(self) -> int | None:
        """How many there may be; None for any number."""
        bounds = [number for number in (self.seats, self.limits.people) if number is not None]
        return self._raised("people", min(bounds, default=None))

    @property
    def history_days(self) -> int | None:
        """How far back what was said and decided is shown; None for all of it."""
        return self._raised("history_days", self.limits.history_days)

    @property
    def connections(self) -> int | None:
        """How many vendors may be connected; None for all of them."""
        return self._raised("connections", self.limits.connections)

    def _raised(self, name: LimitName, agreed: int | None) -> int | None:
        return agreed if agreed is None else max(agreed, self.raises.get(name, 0))


@cache
def free_terms() -> Terms:
    """What everybody has."""
    return Terms(plan=Plan.FREE, limits=limits_of(Plan.FREE))


@cache
def trial_terms() -> Terms:
    """Everything, for as many people as there are."""
    return Terms(plan=Plan.BUSINESS, limits=limits_of(Plan.BUSINESS).model_copy(update={"decisions": 5_000}))
