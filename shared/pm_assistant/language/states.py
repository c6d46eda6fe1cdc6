"""What a team calls the states of its workflow, in whatever language it works."""

import re

from pm_assistant.domain.work import StateType, TicketState
from pm_assistant.language.text import fold

_REVIEW = re.compile(
    fold(
        r"\breview|revis(?:i[oó]n|ão|ione)|relecture|\brevue\b|prüfung|abnahme|ревью|проверк|レビュー|審査|确认|审核|评审"
        r"|검토|리뷰|समीक्षा|रिव्यू|مراجعة"
    )
)


def is_review(state: TicketState) -> bool:
    """Whether work in a state is looked at by others; the tracker counts it as started, as all that is in hand."""
    return state.type is StateType.STARTED and _REVIEW.search(fold(state.name)) is not None
