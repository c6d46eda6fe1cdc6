"""What `run` is told by its environment."""

from pm_assistant.runtime.settings import (
    AnalystSettings,
    ArchiveSettings,
    IndexSettings,
    PaymentSettings,
    PublicSettings,
    QueueSettings,
    ScheduleSettings,
    UserSettings,
    VendorSettings,
    WatchSettings,
    WorkerSettings,
)


class RunSettings(
    WorkerSettings,
    IndexSettings,
    QueueSettings,
    VendorSettings,
    AnalystSettings,
    UserSettings,
    ScheduleSettings,
    ArchiveSettings,
    WatchSettings,
    PaymentSettings,
    PublicSettings,
):
    """Environment of `run`."""

    events_queue_url: str
    actions_queue_url: str
    reports_queue_url: str
    jobs_queue_url: str
    billing_queue_url: str
