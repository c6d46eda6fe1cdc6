"""What `bill` is told by its environment."""

from pm_assistant.runtime.settings import PaymentSettings, QueueSettings, WorkerSettings


class BillSettings(WorkerSettings, QueueSettings, PaymentSettings):
    """Environment of `bill`."""

    billing_queue_url: str
