"""What a team calls the states of its workflow, in whatever language it works."""

import re

from pm_assistant.domain.work import StateType, Team, TicketState
from pm_assistant.language.text import fold

_REVIEW = re.compile(
    fold(
        r"\breview|revis(?:i[oó]n|ão|ione)|relecture|\brevue\b|prüfung|abnahme|ревью|проверк|レビュー|審査|确认|审核|评审"
        r"|검토|리뷰|समीक्षा|रिव्यू|مراجعة"
    )
)


_TEST = re.compile(
    fold(
        r"\b(?:re)?test|\bqa\b|\bq\.a\.|quality|staging|\bverif|\bvalida|\buat\b|prüf|abnahme|\bprueba|\brecette|homolog|collaud"
        r"|тест|проверк|приемк|検証|テスト|確認|实机|測試|测试|验证|验收|테스트|검증|परीक्षण|जांच|टेस्ट"
    )
)


_TO_TEST = re.compile(
    fold(
        r"\b(?:on|to|in|into|for|with|auf|aufs|zur|zum|im|en|a|al|para|em|na|no|nel|in|на|в|w)"
        r" (?:the |our |el |la |l'|den |der |dem )?(?:staging|test\w*|qa|uat|abnahme|prueba\w*|probar|recette"
        r"|homolog\w*|collaudo|preprod\w*|тест\w*|стейдж\w*|проверк\w*)\b|\bqa (?:can|has|hat|kann|puede)\b"
        r"|(?:検証|テスト|ステージング)(?:環境|機|用)|(?:测试|预发|验证)(?:环境|服)|(?:테스트|검증) ?(?:서버|환경)"
    )
)


def is_handed_to_test(said: str) -> bool:
    """Whether something is said to lie where it is tried out, and so is not done."""
    return _TO_TEST.search(fold(said)) is not None


def is_test(state: TicketState) -> bool:
    """Whether work in a state is tried out before it counts as done."""
    return state.type is StateType.STARTED and says_test(state.name)


def says_test(said: str) -> bool:
    """Whether words are of trying out what was built."""
    return _TEST.search(fold(said)) is not None


def first_in_work(team: Team) -> TicketState | None:
    """Where a team has what is worked on, and neither looked at by others nor tried out."""
    begun = (state for state in team.states if state.type is StateType.STARTED)
    return next((state for state in begun if not (is_review(state) or is_test(state))), None)


def is_review(state: TicketState) -> bool:
    """Whether work in a state is looked at by others; the tracker counts it as started, as all that is in hand."""
    return state.type is StateType.STARTED and _REVIEW.search(fold(state.name)) is not None
