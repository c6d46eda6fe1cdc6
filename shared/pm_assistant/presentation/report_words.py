"""The form in which people answer their team's questions, or add a word to its report, and what they are told then."""

from collections.abc import Iterable, Sequence
from datetime import date

from pm_assistant.domain.answers import Subject
from pm_assistant.domain.forms import ANSWER, Field, Form
from pm_assistant.domain.questions import LONGEST_ANSWER, ReportAnswer, ReportQuestion
from pm_assistant.presentation.i18n import Texts


def report_words_form(
    questions: Sequence[ReportQuestion], said: Iterable[ReportAnswer], thread: Subject | None, texts: Texts
) -> Form:
    """What a person may say for today's report of the team, with what was said before.

    Args:
        questions: that the team asks.
        said: today so far.
        thread: where the person's own report stands; None where there is none.
        texts: write in the person's language.
    """
    before = {answer.question: answer.text for answer in said}
    beside = texts.gettext("Anything else for the team") if questions else texts.gettext("For the team")
    labels = {**{question.text: question.text for question in questions}, "": beside}
    fields = (
        Field(
            id=f"{ANSWER}{question}",
            label=label,
            value=before.get(question, ""),
            most=LONGEST_ANSWER,
            lines=True,
            optional=True,
        )
        for question, label in labels.items()
    )
    return Form(
        kind="report_words",
        thread=thread,
        title=texts.gettext("Tell the team"),
        send=texts.gettext("Save"),
        cancel=texts.gettext("Cancel"),
        fields=tuple(fields),
    )


def kept_words(day: date, lost: Iterable[tuple[str, str]], texts: Texts) -> str:
    """What has become of what somebody said.

    Args:
        day: for whose report it is kept.
        lost: answers to what is not asked any more, each behind its question.
        texts: write in the person's language.
    """
    kept = texts.gettext("The team's report of {day} quotes you, also where it is out already.", day=texts.day(day))
    gone = (
        texts.gettext("Nobody asks “{question}” any more, so this is not kept: “{answer}”", question=ask, answer=words)
        for ask, words in lost
    )
    return "\n".join([kept, *gone])


def nobody_reads(texts: Texts) -> str:
    """Why there is nothing to say."""
    return texts.gettext("Your team asks nothing, and has a report in no channel: nobody would read it.")


def too_long(texts: Texts) -> str:
    """Why what somebody said is not kept; what they said before is."""
    return texts.gettext("An answer has {most} characters at most: nothing was changed.", most=str(LONGEST_ANSWER))
