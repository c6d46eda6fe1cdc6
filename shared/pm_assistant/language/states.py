"""What a team calls the states of its workflow, in whatever language it works."""

import re
from collections.abc import Sequence

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


_WORK = re.compile(
    fold(
        r"progress|\bdoing|develop|\bdev\b|\bbuild|implement|coding|\bworking|in arbeit|umsetzung"
        r"|bearbeitung|entwicklung"
        r"|en cours|en curso|en marcha|desarrollo|andamento|desenvolvimento|in corso|lavorazione|sviluppo"
        r"|в работе|разработ"
        r"|w toku|realizacj|対応中|作業中|開発中|進行中|进行中|开发中|处理中|진행|개발|작업|चालू|प्रगति"
    )
)
_OTHER_STAGES = re.compile(
    fold(
        r"monitor|roll-?(?:ing )?out|document|follow-?up|needs? info|pending|backend|frontend|\bprod|\bbeta"
        r"|triage|design"
        r"|\bspec|research|discovery|refine|delegat|editing|konzept|analy|dogfood|\bga\b|設計|设计|기획|diseno"
        r"|дизайн|аналит"
    )
)
"""What states are called that are neither work, nor review, nor tests."""
_NO_STAGE = re.compile(fold(r"fail|rework|design|konzept|기획|需求|writing"))
"""What makes of a state with `review` or `test` in its name another one: `Review failed`, `Design review`."""
_WAITING_OR_DELIVERY = re.compile(
    fold(
        r"\bready|\bdeploy|\bmerge|\brelease|\blaunch"
        r"|\bblock|\bon hold|\bhold\b|\bwait|\bpause|\bparked|\bstuck|\bwartet|\bwarten"
        r"|\bblockiert|angehalten|zurückgestellt"
        r"|\bbloque|en espera|\bpausad|en attente|\bem espera|\bin attesa|\bsospes|\bfermo|wstrzyman|zablokowan|oczekuj"
        r"|блок|ожид|пауз|отлож|保留|待ち|ブロック|中断|阻塞|等待|暂停|挂起|보류|대기|차단|रुका|प्रतीक्षा"
    )
)


def is_handed_to_test(said: str) -> bool:
    """Whether something is said to lie where it is tried out, and so is not done."""
    return _TO_TEST.search(fold(said)) is not None


def is_test(state: TicketState) -> bool:
    """Whether work in a state is tried out before it counts as done."""
    return state.type is StateType.STARTED and says_test(state.name) and not _NO_STAGE.search(fold(state.name))


def says_test(said: str) -> bool:
    """Whether words are of trying out what was built."""
    return _TEST.search(fold(said)) is not None


def first_in_work(team: Team) -> TicketState | None:
    """Where a team has what is worked on, by the name; or else what comes first of all that is called otherwise."""
    others = _otherwise_named(team)
    return next((state for state in others if _WORK.search(fold(state.name))), next(iter(others), None))


def reviewed_in(team: Team) -> Sequence[TicketState]:
    """Where a team has what others look at, by the names; or else what comes first after what is worked on."""
    named = [state for state in team.states if is_review(state) and not is_test(state)]
    return named or _after_work(team)[:1]


def tried_out_in(team: Team) -> Sequence[TicketState]:
    """Where a team tries out what was built, by the names; or else what comes last before it is done.

    That is none where it is no other than what is worked on or looked at.
    """
    named = [state for state in team.states if is_test(state)]
    review = reviewed_in(team)
    started = [state for state in team.states if state.type is StateType.STARTED]
    after = started[started.index(review[-1]) + 1 :] if review else []
    return named or [state for state in _after_work(team) if state in after][-1:]


def _after_work(team: Team) -> Sequence[TicketState]:
    """What comes after what is worked on, in states whose names tell nothing."""
    work, others = first_in_work(team), _otherwise_named(team)
    after = others[others.index(work) + 1 :] if work is not None else []
    return [state for state in after if not (_WORK.search(fold(state.name)) or _OTHER_STAGES.search(fold(state.name)))]


def _otherwise_named(team: Team) -> Sequence[TicketState]:
    """What is begun, in states whose names tell nothing else: not of review and test, of waiting or of delivery."""
    begun = (state for state in team.states if state.type is StateType.STARTED)
    return [s for s in begun if not (is_review(s) or is_test(s) or _WAITING_OR_DELIVERY.search(fold(s.name)))]


def is_review(state: TicketState) -> bool:
    """Whether work in a state is looked at by others; the tracker counts it as started, as all that is in hand."""
    name = fold(state.name)
    return state.type is StateType.STARTED and bool(_REVIEW.search(name)) and not _NO_STAGE.search(name)
