"""What `act` is told by its environment."""

from pm_assistant.runtime.settings import (
    ConversationSettings,
    IndexSettings,
    PublicSettings,
    QueueSettings,
    ScheduleSettings,
    VendorSettings,
    WorkerSettings,
)


class ActSettings(
    WorkerSettings,
    IndexSettings,
    QueueSettings,
    VendorSettings,
    ScheduleSettings,
    ConversationSettings,
    PublicSettings,
):
    """Environment of `act`."""

    public_url: str
    actions_queue_url: str
    reports_queue_url: str
    jobs_queue_url: str
