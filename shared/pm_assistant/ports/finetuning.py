"""Training a model further on what a team has answered."""

from typing import Protocol

from pm_assistant.domain.finetuning import Lesson, Training


class FineTuning(Protocol):
    """Who trains the model that judges."""

    def example(self, lesson: Lesson) -> bytes:
        """One line of a training file, with its end, in the form in which the model is asked and has to answer."""
        ...

    def start(self, run_id: str, training_file: bytes) -> Training:
        """Begin a training, or find the one that was begun for that run before.

        Raises:
            UpstreamRejected: the vendor does not take the file, or does not train that model.
            UpstreamUnavailable: it did not answer; repeat.
        """
        ...

    def look(self, training: Training) -> Training:
        """How far a training is.

        Raises:
            UpstreamUnavailable: the vendor did not answer; repeat.
        """
        ...

    def end(self, training: Training) -> None:
        """Call a training off if it is not over, and delete what was uploaded for it; repeating is harmless.

        Raises:
            UpstreamUnavailable: the vendor did not answer; repeat.
        """
        ...
