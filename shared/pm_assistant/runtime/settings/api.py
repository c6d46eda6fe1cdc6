"""What `api` is told by its environment."""

from pydantic import Field

from pm_assistant.runtime.settings import (
    Addresses,
    ArchiveSettings,
    BudgetSettings,
    ConversationSettings,
    IndexSettings,
    MailSettings,
    PaymentSettings,
    PublicSettings,
    QueueSettings,
    ScheduleSettings,
    UserSettings,
    VendorSettings,
)


class ApiSettings(
    IndexSettings,
    QueueSettings,
    VendorSettings,
    UserSettings,
    ScheduleSettings,
    ArchiveSettings,
    MailSettings,
    PublicSettings,
    ConversationSettings,
    BudgetSettings,
    PaymentSettings,
):
    """Environment of `api`."""

    actions_queue_url: str
    reports_queue_url: str
    jobs_queue_url: str
    requests_per_minute: int = Field(default=600, gt=0)
    operator_emails: Addresses = ()
