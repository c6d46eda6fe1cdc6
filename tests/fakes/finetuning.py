"""A vendor of models in memory."""

from pm_assistant.domain.errors import UpstreamRejected
from pm_assistant.domain.finetuning import FEWEST_EXAMPLES, Lesson, Training


class FakeFineTuning:
    """Trains at once whatever it is given, a step further each time that it is looked at.

    Attributes:
        files: what was uploaded and not deleted, by id.
        trainings: by the run that each is of.
        lessons: what lines were made of.
        fails: the reason for which the next training fails.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.trainings: dict[str, Training] = {}
        self.lessons: list[Lesson] = []
        self.fails: str | None = None

    def example(self, lesson: Lesson) -> bytes:
        """A line that can be told from others."""
        self.lessons.append(lesson)
        return f"{lesson!r}\n".encode()

    def start(self, run_id: str, training_file: bytes) -> Training:
        """Begin one, or find it."""
        if run_id not in self.trainings:
            if len(training_file.splitlines()) < FEWEST_EXAMPLES:
                raise UpstreamRejected("the file has too few examples")
            file_id = f"file-{len(self.trainings) + 1}"
            self.files[file_id] = training_file
            training = Training(id=f"job-{run_id}", files=(file_id,), state="waiting", base="base-1")
            self.trainings[run_id] = training
        return self.trainings[run_id]

    def look(self, training: Training) -> Training:
        """A step further than last time."""
        [run_id] = [run_id for run_id, each in self.trainings.items() if each.id == training.id]
        known = self.trainings[run_id]
        if known.state == "running":
            change = {"state": "failed", "error": self.fails} if self.fails else {"state": "succeeded", "model": "ft:1"}
            known = known.model_copy(update=change)
        elif known.state == "waiting":
            known = known.model_copy(update={"state": "running"})
        self.trainings[run_id] = known
        return known

    def end(self, training: Training) -> None:
        """Call it off, and forget its files."""
        for run_id, known in self.trainings.items():
            if known.id == training.id and not known.over:
                self.trainings[run_id] = known.model_copy(update={"state": "cancelled"})
        for file_id in training.files:
            self.files.pop(file_id, None)
