"""What `receive` is told by its environment."""

from pm_assistant.runtime.settings import QueueSettings, SecretSettings, StoreSettings


class ReceiveSettings(StoreSettings, QueueSettings, SecretSettings):
    """Environment of `receive`."""

    events_queue_url: str
    actions_queue_url: str
    reports_queue_url: str
    jobs_queue_url: str
