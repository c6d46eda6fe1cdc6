"""Answers that one person alone sees, in that person's language."""

from collections.abc import Iterable, Sequence
from datetime import date

from pm_assistant.domain.replies import Reply
from pm_assistant.domain.reports import Line, Report, Section, Subscription
from pm_assistant.presentation.i18n import Texts, gettext_noop
from pm_assistant.presentation.reasons import reason_in
from pm_assistant.presentation.replies import beyond_plan
from pm_assistant.presentation.settings import said_of

MOST_LINES = 12
"""Of more, nobody reads the rest in a chat."""
COMMANDS = {
    "today": gettext_noop("what is done, in progress and next for you"),
    "week": gettext_noop("your week"),
    "untracked": gettext_noop("talk about work that has no ticket"),
    "waiting": gettext_noop("what waits for an answer"),
    "settings": gettext_noop("when and how you are told"),
    "undo": gettext_noop("take back what you had me do last"),
}
"""What each tells or does; the words are understood in other languages, too."""


def help_reply(texts: Texts) -> Reply:
    """What can be asked."""
    lines = [f"/pm {command}: {texts.gettext(meaning)}" for command, meaning in COMMANDS.items()]
    lines.append(texts.gettext("On a message, “Track this” makes a ticket of it or tells the ticket that it is about."))
    return Reply(title=texts.gettext("What I can tell you, and you alone"), text="\n".join(lines))


def nothing_to_undo(texts: Texts) -> Reply:
    """That there is nothing of a person's that could be taken back."""
    text = texts.gettext(
        "Among what was decided last, a week back at most, is nothing that you had me do and that still stands."
    )
    return Reply(title=texts.gettext("Nothing to take back"), text=text)


def no_strangers(texts: Texts) -> Reply:
    """What people of elsewhere are told."""
    text = texts.gettext("I answer people of the team's own workspace only.")
    return Reply(title=texts.gettext("Sorry"), text=text)


def refusal(reason: str, texts: Texts) -> Reply:
    """Why nothing comes of what somebody wanted."""
    said = reason_in(reason, texts)
    return Reply(title=texts.gettext("Nothing was done"), text=f"{said[:1].upper()}{said[1:]}.")


def report_reply(report: Report) -> Reply:
    """A report, for whoever has just asked for it."""
    return Reply(title=report.title, sections=report.sections, language=report.language)


def untracked_reply(lines: Sequence[Line], texts: Texts, *, shown_since: date | None = None) -> Reply:
    """Talk that has no ticket; from when on it is shown, where the team's plan leaves older talk out."""
    older = beyond_plan(shown_since, texts) if shown_since is not None else ""
    return _list(texts.gettext("Conversations without a ticket"), lines, texts, text=older)


def waiting_reply(lines: Sequence[Line], texts: Texts, *, more_may_wait: bool) -> Reply:
    """What waits for an answer; that older questions may wait is said."""
    older = texts.gettext("I looked through the latest decisions only; older questions stand on their cards.")
    return _list(texts.gettext("Waiting for an answer"), lines, texts, text=older if more_may_wait else "")


def settings_reply(wishes: Iterable[tuple[Subscription, str]], texts: Texts) -> Reply:
    """When and how somebody is told what, each with whose clock that is."""
    lines = [f"{said_of(wish, wish.kind, texts)} ({zone})" for wish, zone in wishes]
    text = "\n".join(lines or [texts.gettext("You are sent no reports.")])
    return Reply(title=texts.gettext("When you are told"), text=text)


def undoing(lines: Iterable[Line], texts: Texts) -> Reply:
    """What is being taken back."""
    section = Section(title=texts.gettext("What you had me do last"), lines=tuple(lines))
    return Reply(title=texts.gettext("I take back"), sections=(section,), language=texts.language)


def _list(title: str, lines: Sequence[Line], texts: Texts, *, text: str = "") -> Reply:
    """Things under one heading, below a word about them; what is cut off is counted."""
    cut = texts.gettext("{title} ({shown} of {count})", title=title, shown=str(MOST_LINES), count=str(len(lines)))
    section = Section(title=cut if len(lines) > MOST_LINES else title, lines=tuple(lines[:MOST_LINES]))
    return Reply(title=title, text=text, sections=(section,), language=texts.language)
