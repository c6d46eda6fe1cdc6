"""What a person answers to the team's questions, or adds: kept for one local day, changed by saying it again."""

from collections.abc import Mapping, Sequence
from datetime import date

from pm_assistant.domain.errors import Forbidden, InvalidRequest
from pm_assistant.domain.model import Model
from pm_assistant.domain.questions import LONGEST_ANSWER, Meaning, ReportAnswer, ReportAnswers, ReportQuestion
from pm_assistant.domain.reports import AnswersChanged
from pm_assistant.domain.tenants import Member, Standing
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit


class Questionnaire(Model):
    """What a person is asked on a day, and has said so far.

    Attributes:
        day: by the person's own clock.
        answers: to the questions, and what was said beside them.
    """

    day: date
    questions: tuple[ReportQuestion, ...]
    answers: tuple[ReportAnswer, ...] = ()


def questionnaire_for(member: Member, unit: Unit) -> Questionnaire:
    """What a person is asked today, and has said so far.

    Raises:
        Forbidden: it is no full member of the workspace: what is said is for the team's post, in the person's name.
    """
    _check_speaks(member, unit)
    questions, day = unit.stores.tenants.get(unit.tenant_id).settings.report_questions, _today(member, unit)
    return Questionnaire(day=day, questions=questions, answers=tuple(_words_of(member, day, unit)))


def say_for_report(member: Member, given: Mapping[str, str], unit: Unit) -> Questionnaire:
    """Keep what a person says for the team's report of today, in the place of what was said today before.

    Where that report is out it is brought up to date; also where the same is said again, as whoever was interrupted
    before that could be asked for says it again.

    Args:
        member: who says it.
        given: the words, by question; behind an empty one those that nobody asked for.
        unit: of work.

    Raises:
        Forbidden: as of `questionnaire_for`.
        InvalidRequest: the team does not ask that, or not any more, or the words are too many.
    """
    _check_speaks(member, unit)
    settings = unit.stores.tenants.get(unit.tenant_id).settings
    asked = {question.text: question for question in settings.report_questions}
    if unknown := given.keys() - asked.keys() - {""}:
        raise InvalidRequest(f"the team does not ask that: {min(unknown)}", field="answers")
    if any(len(text.strip()) > LONGEST_ANSWER for text in given.values()):
        raise InvalidRequest(f"an answer has {LONGEST_ANSWER} characters at most", field="answers")
    answers = [
        ReportAnswer(question=text, meaning=question.meaning, text=given[text])
        for text, question in asked.items()
        if given.get(text, "").strip()
    ]
    if given.get("", "").strip():
        answers.append(ReportAnswer(meaning=Meaning.FREE, text=given[""]))
    day = _today(member, unit)
    said = ReportAnswers(member_id=member.id, day=day, answers=tuple(answers), at=unit.now())
    if tuple(_words_of(member, day, unit)) != said.answers:
        unit.stores.report_answers.put(unit.tenant_id, said, keep_days=settings.retention_days)
    changed = AnswersChanged(tenant_id=unit.tenant_id, member_id=member.id, day=day)
    unit.queues.reports.put(changed, group=unit.tenant_id)
    return Questionnaire(day=day, questions=settings.report_questions, answers=said.answers)


def _words_of(member: Member, day: date, unit: Unit) -> Sequence[ReportAnswer]:
    said = unit.stores.report_answers.some(unit.tenant_id, [(day, member.id)])
    return said[0].answers if said else ()


def _today(member: Member, unit: Unit) -> date:
    return unit.now().astimezone(member.zone).date()


def speaks(member: Member, unit: Unit) -> bool:
    """Whether a person may say something for the team's report: a full member of the workspace."""
    return member.standings.get(unit.provider(Role.CHAT)) is Standing.MEMBER


def _check_speaks(member: Member, unit: Unit) -> None:
    if not speaks(member, unit):
        raise Forbidden("only full members of the workspace speak in the team's report")
