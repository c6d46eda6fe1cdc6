"""All of a team's settings as the page has them: what each is called, does, and takes; how a form says it.

A setting of `Settings` that is neither here nor on a page of its own fails a test.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Literal, NamedTuple, assert_never

from pm_assistant.domain.questions import LONGEST_QUESTION, MOST_QUESTIONS, Meaning
from pm_assistant.domain.tenants import LONGEST_GUIDANCE, PrivateCode, Reaction
from pm_assistant.presentation.i18n import gettext_noop

ELSEWHERE: Mapping[str, str] = {"rules": "/automation"}
"""Settings that have a page of their own."""
MEANINGS: Mapping[str, str] = {
    Meaning.FREE: gettext_noop("What the person says"),
    Meaning.BLOCKER: gettext_noop("What keeps the person from going on"),
    Meaning.PLAN: gettext_noop("What the person does next"),
}
_NUMBER = gettext_noop("Please give a number from {least} to {most}.")
_CHOICE = gettext_noop("Please choose one of these.")
_CLOCK = gettext_noop("Please give both times, such as 20:00 and 08:00, or neither.")
_COUNTRY = gettext_noop("No public holidays are known of this country, or of this part of it.")
_CHANNELS = gettext_noop("Please give channels that I am in, or their ids, one in each line.")
_LINES = gettext_noop("Please give one in each line, and none that is very long.")


class Kind(StrEnum):
    """How a setting is filled in."""

    NUMBER = "number"
    PERCENT = "percent"
    CHECK = "check"
    CLOCK = "clock"
    TEXT = "text"
    LONG = "long"
    LINES = "lines"
    CHANNELS = "channels"
    """Their names, where we know them; else their ids."""
    TEAM = "team"
    CHOICE = "choice"
    CHECKS = "checks"
    DAYS = "days"
    QUESTIONS = "questions"


type Written = Literal[
    Kind.NUMBER,
    Kind.PERCENT,
    Kind.CLOCK,
    Kind.TEXT,
    Kind.LONG,
    Kind.LINES,
    Kind.CHANNELS,
    Kind.TEAM,
    Kind.CHOICE,
    Kind.DAYS,
]
"""What is one field of its form."""


class Setting(NamedTuple):
    """One setting.

    Attributes:
        name: its place in `Settings`, with points.
        what: it does, in a sentence.
        wrong: what is said beside it where it cannot be used; `{least}` and `{most}` stand for its bounds.
        options: what can be chosen, as people read it.
    """

    name: str
    kind: Kind
    label: str
    what: str
    wrong: str = _NUMBER
    least: int = 0
    most: int = 100
    options: Mapping[str, str] = {}


class Group(NamedTuple):
    """Settings that are thought of, and saved, together."""

    id: str
    title: str
    settings: Sequence[Setting]

    @property
    def names(self) -> set[str]:
        """The names of what is saved, without what is in it."""
        return {setting.name.partition(".")[0] for setting in self.settings}


GROUPS: Sequence[Group] = (
    Group(
        "asking",
        gettext_noop("When I ask"),
        (
            Setting(
                "ask_from",
                Kind.PERCENT,
                gettext_noop("Ask from this confidence on, in percent"),
                gettext_noop("What I am less sure of is only noted."),
            ),
            Setting(
                "settle_seconds",
                Kind.NUMBER,
                gettext_noop("Seconds of quiet"),
                gettext_noop("So long nobody has to say anything before I judge what was said."),
                most=900,
            ),
            Setting(
                "reactions",
                Kind.CHECKS,
                gettext_noop("Reactions that count"),
                gettext_noop("A reaction to a message does what it says here."),
                _CHOICE,
                options={
                    Reaction.APPROVE: gettext_noop("✅ on a card: yes"),
                    Reaction.UNDO: gettext_noop("👎 on a card: no, or undo it"),
                    Reaction.TICKET: gettext_noop("🎫 on a message: make a ticket of it"),
                },
            ),
            Setting(
                "shadow",
                Kind.CHECK,
                gettext_noop("Only watch"),
                gettext_noop("All is judged and noted; nobody is asked, and nothing is done but what people order."),
                _CHOICE,
            ),
        ),
    ),
    Group(
        "quiet",
        gettext_noop("Quiet hours"),
        (
            Setting(
                "quiet_hours.start",
                Kind.CLOCK,
                gettext_noop("From"),
                gettext_noop("From this time on nobody is asked anything; empty for never."),
                _CLOCK,
            ),
            Setting(
                "quiet_hours.end",
                Kind.CLOCK,
                gettext_noop("Until"),
                gettext_noop("From this time on people are asked again."),
                _CLOCK,
            ),
            Setting(
                "quiet_hours.time_zone",
                Kind.TEXT,
                gettext_noop("Time zone"),
                gettext_noop("By whose clock, such as Europe/Berlin."),
                gettext_noop("There is no such time zone. They are called as Europe/Berlin is."),
            ),
        ),
    ),
    Group(
        "holidays",
        gettext_noop("Holidays"),
        (
            Setting(
                "holidays.country",
                Kind.TEXT,
                gettext_noop("Country"),
                gettext_noop(
                    "On its public holidays no report comes by itself: two letters such as DE, or empty for none."
                ),
                _COUNTRY,
            ),
            Setting(
                "holidays.subdivision",
                Kind.TEXT,
                gettext_noop("Part of the country"),
                gettext_noop("Whose holidays differ: such as BE for Berlin, or empty for the whole country."),
                _COUNTRY,
            ),
            Setting(
                "holidays.days",
                Kind.DAYS,
                gettext_noop("Days of your own"),
                gettext_noop("No report comes on these either: one a line, such as 2026-12-24 Christmas Eve."),
                gettext_noop("Please give one day in each line, such as 2026-12-24 Christmas Eve."),
            ),
        ),
    ),
    Group(
        "writing",
        gettext_noop("Tickets and language"),
        (
            Setting(
                "home_team_id",
                Kind.TEAM,
                gettext_noop("Team for new tickets"),
                gettext_noop("There I make tickets that nothing else says a team of."),
                _CHOICE,
            ),
            Setting(
                "language",
                Kind.TEXT,
                gettext_noop("Language of tickets"),
                gettext_noop("What is written into tickets is in it, such as de; empty for that of the conversation."),
                gettext_noop("Please give a language such as de or pt-BR."),
            ),
            Setting(
                "guidance",
                Kind.LONG,
                gettext_noop("How your team works"),
                gettext_noop("In your own words, for the model that judges; what it may do stays as it is."),
                gettext_noop("Please say it in at most {most} characters."),
                most=LONGEST_GUIDANCE,
            ),
        ),
    ),
    Group(
        "reading",
        gettext_noop("What is read"),
        (
            Setting(
                "channels.allow",
                Kind.CHANNELS,
                gettext_noop("Only these channels"),
                gettext_noop("One a line; empty for all that I am in."),
                _CHANNELS,
            ),
            Setting(
                "channels.deny",
                Kind.CHANNELS,
                gettext_noop("Never these channels"),
                gettext_noop("One a line; what is said there is not read."),
                _CHANNELS,
            ),
            Setting(
                "private_code",
                Kind.CHOICE,
                gettext_noop("Private repositories"),
                gettext_noop("What everybody in the team is shown of them."),
                _CHOICE,
                options={
                    PrivateCode.NOTHING: gettext_noop("Nothing"),
                    PrivateCode.LINKS: gettext_noop("Links without words"),
                    PrivateCode.EVERYTHING: gettext_noop("Everything"),
                },
            ),
            Setting(
                "bots.dependency_bots",
                Kind.LINES,
                gettext_noop("Programs that raise versions"),
                gettext_noop("Logins, one a line; what they do is nobody's work."),
                _LINES,
            ),
            Setting(
                "bots.coding_agents",
                Kind.LINES,
                gettext_noop("Programs that write code"),
                gettext_noop("Logins, one a line; what they do is a person's work."),
                _LINES,
            ),
            Setting(
                "bots.review_bots",
                Kind.LINES,
                gettext_noop("Programs that review"),
                gettext_noop("Logins, one a line; what they say is nobody's review."),
                _LINES,
            ),
            Setting(
                "bots.humans",
                Kind.LINES,
                gettext_noop("People who are taken for programs"),
                gettext_noop("Logins, one a line; here they count as people."),
                _LINES,
            ),
        ),
    ),
    Group(
        "keeping",
        gettext_noop("What is kept"),
        (
            Setting(
                "retention_days",
                Kind.NUMBER,
                gettext_noop("Days"),
                gettext_noop("So long the text of messages is kept."),
                least=1,
                most=3_650,
            ),
            Setting(
                "training_consent",
                Kind.CHECK,
                gettext_noop("A model may learn from your answers"),
                gettext_noop("Without who said what; it then judges for your team alone."),
                _CHOICE,
            ),
        ),
    ),
    Group(
        "reports",
        gettext_noop("Reports of the team"),
        (
            Setting(
                "phrased_reports",
                Kind.CHECK,
                gettext_noop("The model words the lines"),
                gettext_noop("What it adds to the facts is dropped."),
                _CHOICE,
            ),
            Setting(
                "report_questions",
                Kind.QUESTIONS,
                gettext_noop("Question"),
                gettext_noop("People are asked this for the team's report."),
                gettext_noop("Please ask different questions of at most {most} characters each."),
                most=LONGEST_QUESTION,
                options=MEANINGS,
            ),
        ),
    ),
    Group(
        "cost",
        gettext_noop("Cost"),
        (
            Setting(
                "model_budget_dollars",
                Kind.NUMBER,
                gettext_noop("Dollars a month"),
                gettext_noop(
                    "So much the model may cost; then I judge without it. Empty for what the operator allows."
                ),
                most=1_000_000,
            ),
        ),
    ),
)


def said(setting: Setting, form: Mapping[str, Sequence[str]], channels: Mapping[str, str]) -> object:
    """What a form says of a setting, as `Settings` reads it.

    Args:
        setting: which.
        form: its fields.
        channels: the ids of channels by their names.

    Raises:
        ValueError: it says nothing that can be read.
    """
    match setting.kind:
        case Kind.CHECK:
            return setting.name in form
        case Kind.CHECKS:
            return list(dict.fromkeys(form.get(setting.name, ())))
        case Kind.QUESTIONS:
            parts = ("text", "meaning")
            rows = [{part: _field(form, f"{setting.name}.{n}.{part}") for part in parts} for n in range(MOST_QUESTIONS)]
            return [row for row in rows if row["text"]]
        case kind:
            return _read(_field(form, setting.name), kind, channels)


def _field(form: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(form.get(name, ())), "").replace("\r\n", "\n").strip()


def _read(text: str, kind: Written, channels: Mapping[str, str]) -> object:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    match kind:
        case Kind.NUMBER | Kind.PERCENT:
            return _number(text, parts=100 if kind is Kind.PERCENT else 1) if text else None
        case Kind.LINES:
            return lines
        case Kind.CHANNELS:
            return list(dict.fromkeys(channels.get(line.removeprefix("#"), line) for line in lines))
        case Kind.DAYS:
            days = [line.partition(" ") for line in lines]
            return [{"day": day, "name": name.strip() or day} for day, _, name in days]
        case Kind.CLOCK | Kind.TEXT | Kind.LONG | Kind.TEAM | Kind.CHOICE:
            return text or None
        case _:
            assert_never(kind)


def filled(setting: Setting, value: object, names: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    """A setting's value as a form that was filled in with it would say it, by the names of its fields.

    Args:
        setting: which.
        value: as JSON.
        names: of channels by their ids.
    """
    match value:
        case None | False:
            return {}
        case list() if setting.kind is Kind.QUESTIONS:
            rows = enumerate(value)
            return {f"{setting.name}.{n}.{part}": [row[part]] for n, row in rows for part in ("text", "meaning")}
        case list() if setting.kind is Kind.CHECKS:
            return {setting.name: value}
        case list():
            return {setting.name: ["\n".join(_line(each, setting.kind, names) for each in value)]}
        case True:
            return {setting.name: ["yes"]}
        case int() | float():
            return {setting.name: [f"{value * (100 if setting.kind is Kind.PERCENT else 1):.10g}"]}
        case _:
            return {setting.name: [str(value)]}


def _line(each: object, kind: Kind, names: Mapping[str, str]) -> str:
    match each:
        case {"day": day, "name": name}:
            return f"{day} {name}"
        case _ if kind is Kind.CHANNELS and each in names:
            return f"#{names[str(each)]}"
        case _:
            return str(each)


def _number(text: str, *, parts: int) -> float | int:
    if not re.fullmatch(r"[0-9]{1,9}([.,][0-9]{1,9})?", text):
        raise ValueError("this is no number")
    number = float(text.replace(",", "."))
    return number / parts if parts > 1 else int(number) if number.is_integer() else number
