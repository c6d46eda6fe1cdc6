"""The forms in which people set when they are told what, in which language, and when nobody is asked."""

from collections.abc import Iterator, Mapping, Sequence

from pm_assistant.domain.forms import Choice, Field, Form
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import ReportChannel, ReportKind, Subscription, Weekday
from pm_assistant.domain.tenants import Member, QuietHours

NAMES: Mapping[ReportKind, str] = {ReportKind.STANDUP: "Standup", ReportKind.WEEKLY: "Weekly report"}
DAYS: Mapping[Weekday, str] = {
    "MON": "Monday",
    "TUE": "Tuesday",
    "WED": "Wednesday",
    "THU": "Thursday",
    "FRI": "Friday",
    "SAT": "Saturday",
    "SUN": "Sunday",
}
WAYS: Mapping[ReportChannel, str] = {ReportChannel.SLACK: "Slack", ReportChannel.EMAIL: "E-mail"}
LANGUAGES: Mapping[Language, str] = {
    Language.ENGLISH: "English",
    Language.GERMAN: "Deutsch",
    Language.SPANISH: "Español",
    Language.FRENCH: "Français",
    Language.JAPANESE: "日本語",
}
NEVER, AS_IN_CHAT = "never", "chat"
"""Choices that are no time, and no language of one's own."""
TIME, WEEKDAYS, WAY, LANGUAGE, START, END = "time", "days", "way", "language", "start", "end"
"""The fields; those of a report stand behind its kind and a point."""


def reports_form(wishes: Mapping[ReportKind, Subscription], usual: Mapping[ReportKind, Sequence[Weekday]]) -> Form:
    """When each report comes, and how.

    Args:
        wishes: what the person has wished for so far.
        usual: the weekdays of a report that nobody has said otherwise of.
    """
    fields = [field for kind in ReportKind for field in _report(kind, wishes.get(kind), usual[kind])]
    way = next((wish.delivery for wish in wishes.values()), ReportChannel.SLACK)
    ways = tuple(Choice(value=each, label=label) for each, label in WAYS.items())
    fields.append(Field(id=WAY, label="They reach me by", value=way, choices=ways))
    return Form(kind="reports", title="My reports", send="Save", fields=tuple(fields))


def language_form(member: Member) -> Form:
    """In which language a person is written to."""
    chosen = member.language if "language" in member.by_hand and member.language else AS_IN_CHAT
    choices = (
        Choice(value=AS_IN_CHAT, label="As in Slack"),
        *(Choice(value=each, label=label) for each, label in LANGUAGES.items()),
    )
    field = Field(id=LANGUAGE, label="I read", value=chosen, choices=choices)
    return Form(kind="language", title="My language", send="Save", fields=(field,))


def quiet_hours_form(quiet: QuietHours | None, time_zone: str) -> Form:
    """When nobody of the team is asked anything."""
    zone = quiet.time_zone if quiet else time_zone
    hours = (quiet.start, quiet.end) if quiet and quiet.start != quiet.end else (NEVER, "08:00")
    fields = (
        Field(id=START, label=f"Nobody is asked from ({zone})", value=hours[0], choices=_times(hours[0])),
        Field(id=END, label="Until", value=hours[1], choices=_times(hours[1])[1:]),
    )
    return Form(kind="quiet_hours", title="Quiet hours", send="Save", fields=fields)


def said_of(wish: Subscription | None, kind: ReportKind) -> str:
    """When a report comes, in words."""
    if wish is None:
        return f"{NAMES[kind]}: not at all"
    days = ", ".join(DAYS[day][:3] for day in DAYS if day in wish.weekdays)
    return f"{NAMES[kind]}: at {_clock(wish)}, {days}, by {WAYS[wish.delivery]}"


def said_of_quiet(quiet: QuietHours | None) -> str:
    """When nobody is asked, in words."""
    if quiet is None or quiet.start == quiet.end:
        return "Quiet hours: none"
    return f"Quiet hours: {quiet.start} to {quiet.end} ({quiet.time_zone})"


def said_of_language(member: Member) -> str:
    """In which language a person is written to, in words."""
    return f"Language: {LANGUAGES[member.language or Language.ENGLISH]}"


def _report(kind: ReportKind, wish: Subscription | None, usual: Sequence[Weekday]) -> Iterator[Field]:
    time = _clock(wish) if wish else NEVER
    yield Field(id=f"{kind}.{TIME}", label=f"{NAMES[kind]} at", value=time, choices=_times(time))
    days = tuple(Choice(value=day, label=label) for day, label in DAYS.items())
    chosen = ",".join(wish.weekdays if wish else usual)
    yield Field(id=f"{kind}.{WEEKDAYS}", label=f"{NAMES[kind]} on", value=chosen, choices=days, several=True)


def _times(known: str) -> tuple[Choice, ...]:
    """Never, every half hour, and what is set already."""
    half_hours = {f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)}
    times = sorted(half_hours | ({known} - {NEVER}))
    return (Choice(value=NEVER, label="Not at all"), *(Choice(value=time, label=time) for time in times))


def _clock(wish: Subscription) -> str:
    return f"{wish.hour:02}:{wish.minute:02}"
