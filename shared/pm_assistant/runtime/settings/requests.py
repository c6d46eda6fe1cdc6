"""What whoever answers people's requests is told by its environment."""

from pm_assistant.runtime.settings import (
    Addresses,
    ArchiveSettings,
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


class RequestSettings(
    IndexSettings,
    QueueSettings,
    VendorSettings,
    UserSettings,
    ScheduleSettings,
    ArchiveSettings,
    MailSettings,
    PublicSettings,
    ConversationSettings,
    PaymentSettings,
):
    """What the API and the pages need alike, for they call the same use cases."""

    actions_queue_url: str
    reports_queue_url: str
    jobs_queue_url: str
    operator_emails: Addresses = ()
