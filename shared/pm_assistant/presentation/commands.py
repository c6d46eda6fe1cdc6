"""Answers that one person alone sees."""

from collections.abc import Iterable, Sequence

from pm_assistant.domain.replies import Reply
from pm_assistant.domain.reports import Line, Report, Section, Subscription

MOST_LINES = 12
"""Of more, nobody reads the rest in a chat."""
HELP = Reply(
    title="What I can tell you, and you alone",
    text=(
        "/pm today: what is done, in progress and next for you\n"
        "/pm week: your week\n"
        "/pm untracked: talk about work that has no ticket\n"
        "/pm waiting: what waits for an answer\n"
        "/pm settings: when and how you are told\n"
        "/pm undo: take back what you had me do last\n"
        "On a message, \u201cTrack this\u201d makes a ticket of it or tells the ticket that it is about."
    ),
)
NOTHING_TO_UNDO = Reply(
    title="Nothing to take back",
    text="Among what was decided last, a week back at most, is nothing that you had me do and that still stands.",
)
NO_STRANGERS = Reply(title="Sorry", text="I answer people of the team's own workspace only.")


def refusal(reason: str) -> Reply:
    """Why nothing comes of what somebody wanted."""
    return Reply(title="Nothing was done", text=f"{reason[:1].upper()}{reason[1:]}.")


def report_reply(report: Report) -> Reply:
    """A report, for whoever has just asked for it."""
    return Reply(title=report.title, sections=report.sections, language=report.language)


def list_reply(title: str, lines: Sequence[Line], *, text: str = "") -> Reply:
    """Things under one heading, below a word about them; what is cut off is counted."""
    cut = f"{title} ({MOST_LINES} of {len(lines)})" if len(lines) > MOST_LINES else title
    return Reply(title=title, text=text, sections=(Section(title=cut, lines=tuple(lines[:MOST_LINES])),))


def settings_reply(wishes: Iterable[tuple[Subscription, str]]) -> Reply:
    """When and how somebody is told what, each with whose clock that is."""
    lines = [
        f"{wish.kind.title()}: {wish.hour:02}:{wish.minute:02} ({zone}) on {', '.join(map(str.title, wish.weekdays))}, "
        f"by {wish.delivery.title()}"
        for wish, zone in wishes
    ]
    return Reply(title="When you are told", text="\n".join(lines or ["You are sent no reports."]))


def undoing(lines: Iterable[Line]) -> Reply:
    """What is being taken back."""
    return Reply(title="I take back", sections=(Section(title="What you had me do last", lines=tuple(lines)),))
