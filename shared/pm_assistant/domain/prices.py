"""What a plan or a change of it would cost, as the payment provider reckons it; we never do."""

from pydantic import AwareDatetime, Field

from pm_assistant.domain.model import Model
from pm_assistant.domain.plans import Plan


class PriceQuestion(Model):
    """What somebody may come to pay for.

    Attributes:
        customer_id: whose it would be; None for who has bought nothing yet.
        subscription_id: what it would change; None where it would be bought anew.
    """

    plan: Plan
    seats: int = Field(ge=1)
    customer_id: str | None = None
    subscription_id: str | None = None


class PricePreview(Model):
    """What the next payment would come to, in the smallest unit of its currency, and what stands for what in it."""

    currency: str = Field(description="in three letters, such as `eur`")
    total: int = Field(description="what would be charged next, in the currency's smallest unit; negative for a credit")
    each_period: int = Field(description="of that, what a whole period costs from then on, before tax")
    prorated: int = Field(description="of that, what is charged or credited for the rest of the period that runs")
    tax: int = Field(description="of that, tax, as far as it is known before the address is")
    due_at: AwareDatetime | None = Field(description="when; none for at once")
