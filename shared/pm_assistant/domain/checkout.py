"""What somebody comes to the payment provider's pages for."""

from enum import StrEnum

from pydantic import Field

from pm_assistant.domain.model import Model
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.workspaces import TenantId


class CheckoutOrder(Model):
    """What somebody is about to buy.

    Attributes:
        key: of this purchase; the same order has the same.
        success_url: where the buyer comes back to; that they do proves nothing.
        cancel_url: where they come back to without having bought.
    """

    tenant_id: TenantId
    customer_id: str
    plan: Plan
    seats: int = Field(ge=1)
    key: str
    success_url: str
    cancel_url: str


class PortalFlow(StrEnum):
    """What somebody comes to the provider's portal for."""

    PAYMENT_METHOD = "payment_method"
    UPDATE = "update"
    CANCEL = "cancel"
