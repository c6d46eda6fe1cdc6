"""What `report` is told by its environment."""

from pm_assistant.runtime.settings import (
    IndexSettings,
    MailSettings,
    ModelSettings,
    PublicSettings,
    QueueSettings,
    VendorSettings,
    WorkerSettings,
)


class ReportSettings(
    WorkerSettings,
    IndexSettings,
    QueueSettings,
    VendorSettings,
    MailSettings,
    PublicSettings,
    ModelSettings,
):
    """Environment of `report`."""

    public_url: str
    reports_queue_url: str
    jobs_queue_url: str
