"""What `analyze` is told by its environment."""

from pm_assistant.runtime.settings import (
    AnalystSettings,
    IndexSettings,
    QueueSettings,
    ScheduleSettings,
    WorkerSettings,
)


class AnalyzeSettings(WorkerSettings, IndexSettings, QueueSettings, AnalystSettings, ScheduleSettings):
    """Environment of `analyze`."""

    events_queue_url: str
    actions_queue_url: str
    reports_queue_url: str
    jobs_queue_url: str
