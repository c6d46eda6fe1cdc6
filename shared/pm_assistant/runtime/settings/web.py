"""What `web` is told by its environment."""

from pm_assistant.runtime.settings import (
    Addresses,
    ArchiveSettings,
    ConversationSettings,
    IndexSettings,
    LegalSettings,
    MailSettings,
    PaymentSettings,
    PublicSettings,
    QueueSettings,
    ScheduleSettings,
    UserSettings,
    VendorSettings,
)


class WebSettings(
    IndexSettings,
    QueueSettings,
    UserSettings,
    PublicSettings,
    ConversationSettings,
    ScheduleSettings,
    MailSettings,
    VendorSettings,
    ArchiveSettings,
    LegalSettings,
    PaymentSettings,
):
    """Environment of `web`."""

    actions_queue_url: str
    reports_queue_url: str
    jobs_queue_url: str
    operator_emails: Addresses = ()
