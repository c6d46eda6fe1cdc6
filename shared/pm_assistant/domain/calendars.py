"""A person's own calendar, as far as it is connected, and what is kept of it: days, and no words."""

from datetime import date

from pydantic import AwareDatetime, ConfigDict, Field

from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.model import Model
from pm_assistant.domain.workspaces import CalendarProvider, TenantId


class CalendarConnection(Model):
    """One person's tie to their calendar.

    Attributes:
        member_id: whose it is, as the team knows the person.
        account_id: the login of the person who connected it; nobody else ends it.
        sealed_credentials: envelope-encrypted `Credentials`, bound to tenant and vendor.
        absent_days: on which the calendar said, when it was read, that the person is not at work.
        read_at: when that was; None while it has not been.
        unread_since: since when it could not be read for another reason; None while it can.
        broken_since: since when the vendor does not let us in any more; None while it does.
    """

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    tenant_id: TenantId
    member_id: str
    account_id: str
    provider: CalendarProvider
    sealed_credentials: bytes = Field(repr=False)
    connected_at: AwareDatetime
    absent_days: tuple[date, ...] = ()
    read_at: AwareDatetime | None = None
    unread_since: AwareDatetime | None = None
    broken_since: AwareDatetime | None = None


class UnknownPerson(Conflict):
    """The team knows nobody by the address of a login, so there is nobody whose calendar it would be."""
