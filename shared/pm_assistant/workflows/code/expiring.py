"""What people are asked and nobody answers is asked no longer; its card says so."""

from contextlib import suppress
from datetime import timedelta

from pm_assistant.domain.decisions import QUESTION_LASTS
from pm_assistant.domain.errors import Conflict
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.code.asking import replace_and_show

NIGHTS_MISSED = timedelta(days=14)
"""For how long after its time a question is still found that no night has ended."""


def expire_questions(unit: Unit) -> None:
    """End what has waited too long for an answer, as what nobody has said yes or no to; safe to repeat."""
    now = unit.now()
    for decision in unit.stores.decisions.since(unit.tenant_id, now - QUESTION_LASTS - NIGHTS_MISSED):
        with suppress(Conflict):  # Somebody answers it this moment, or it is judged anew: it is no longer that old.
            replace_and_show(decision.unanswered(at=now), decision, unit)
