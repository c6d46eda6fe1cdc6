"""What `connect` is told by its environment."""

from pm_assistant.runtime.settings import PublicSettings, QueueSettings, ScheduleSettings, StoreSettings, VendorSettings


class ConnectSettings(StoreSettings, QueueSettings, VendorSettings, ScheduleSettings, PublicSettings):
    """Environment of `connect`."""

    reports_queue_url: str
    jobs_queue_url: str
