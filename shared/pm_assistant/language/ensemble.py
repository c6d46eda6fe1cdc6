"""What a text is by two models at once: by its features in any order, and by its words in their context."""

from collections.abc import Mapping
from typing import NamedTuple

from pm_assistant.language import encoder
from pm_assistant.language.classifier import Classifier, softmax
from pm_assistant.language.encoder import Task


class Ensemble[Label](NamedTuple):
    """Two models that tell the same; what speaks for each label is added up.

    Attributes:
        features: tells it by features; its labels are those of the task, in the same order.
        task: what the encoder is asked.
        shares: how much counts what each of the two says.
    """

    features: Classifier[Label]
    task: Task
    shares: tuple[float, float]

    def likelihoods(self, text: str) -> Mapping[Label, float]:
        """How likely each label is for a text; it adds up to 1."""
        both = zip(self.features.evidence(text), encoder.scores(self.task, text), strict=True)
        of_features, of_context = self.shares
        scores = [of_features * one + of_context * other for one, other in both]
        return dict(zip(self.features.labels, softmax(scores), strict=True))
