"""What a vendor tried to tell us."""

from pydantic import AwareDatetime

from pm_assistant.domain.model import Model


class Delivery(Model):
    """One attempt to tell our app of an event.

    Attributes:
        id: of the attempt; a later one has a higher id.
        event_id: the same for all attempts at one event.
        external_id: of the workspace that it is about; None if it is about none.
        status: what we answered; 0 if nothing.
    """

    id: int
    event_id: str
    at: AwareDatetime
    external_id: str | None = None
    status: int = 0

    @property
    def may_arrive(self) -> bool:
        """Whether another attempt could go better: what we have refused once we would refuse again."""
        return self.status in {408, 429} or not 400 <= self.status < 500


class DeliveryPage(Model):
    """A page of deliveries, and the vendor's cursor of the following one; None if there is none."""

    deliveries: tuple[Delivery, ...] = ()
    cursor: str | None = None
