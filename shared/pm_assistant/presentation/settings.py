"""The forms in which people set when they are told what, in which language, and when nobody is asked."""

from collections.abc import Iterator, Mapping, Sequence

from pm_assistant.domain.forms import Choice, Field, Form, SettingsForm
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import OWN_REPORTS, ReportChannel, ReportKind, Subscription, Weekday
from pm_assistant.domain.tenants import Member, QuietHours
from pm_assistant.presentation.i18n import Texts, gettext_noop

NAMES: Mapping[ReportKind, str] = {
    ReportKind.STANDUP: gettext_noop("Standup"),
    ReportKind.WEEKLY: gettext_noop("Weekly report"),
    ReportKind.OVERVIEW: gettext_noop("Overview of a team"),
}
DAYS: Sequence[Weekday] = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
WAYS: Mapping[ReportChannel, str] = {ReportChannel.SLACK: "Slack", ReportChannel.EMAIL: gettext_noop("E-mail")}
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


def reports_form(
    wishes: Mapping[ReportKind, Subscription], usual: Mapping[ReportKind, Sequence[Weekday]], texts: Texts
) -> Form:
    """When each report comes, and how.

    Args:
        wishes: what the person has wished for so far.
        usual: the weekdays of a report that nobody has said otherwise of.
        texts: write in the reader's language.
    """
    fields = [field for kind in OWN_REPORTS for field in _report(kind, wishes.get(kind), usual[kind], texts)]
    way = next((wish.delivery for wish in wishes.values()), ReportChannel.SLACK)
    ways = tuple(Choice(value=each, label=texts.gettext(label)) for each, label in WAYS.items())
    fields.append(Field(id=WAY, label=texts.gettext("They reach me by"), value=way, choices=ways))
    return _form("reports", texts.gettext("My reports"), fields, texts)


def language_form(member: Member, texts: Texts) -> Form:
    """In which language a person is written to."""
    chosen = member.language if "language" in member.by_hand and member.language else AS_IN_CHAT
    choices = (
        Choice(value=AS_IN_CHAT, label=texts.gettext("As in Slack")),
        *(Choice(value=each, label=label) for each, label in LANGUAGES.items()),
    )
    field = Field(id=LANGUAGE, label=texts.gettext("I read"), value=chosen, choices=choices)
    return _form("language", texts.gettext("My language"), [field], texts)


def quiet_hours_form(quiet: QuietHours | None, time_zone: str, texts: Texts) -> Form:
    """When nobody of the team is asked anything."""
    zone = quiet.time_zone if quiet else time_zone
    hours = (quiet.start, quiet.end) if quiet and quiet.start != quiet.end else (NEVER, "08:00")
    start = texts.gettext("Nobody is asked from ({zone})", zone=zone)
    fields = (
        Field(id=START, label=start, value=hours[0], choices=_times(hours[0], texts)),
        Field(id=END, label=texts.gettext("Until"), value=hours[1], choices=_times(hours[1], texts)[1:]),
    )
    return _form("quiet_hours", texts.gettext("Quiet hours"), fields, texts)


def said_of(wish: Subscription | None, kind: ReportKind, texts: Texts) -> str:
    """When a report comes, in words."""
    report = texts.gettext(NAMES[kind])
    if wish is None:
        return texts.gettext("{report}: not at all", report=report)
    names = zip(DAYS, texts.weekdays(short=True), strict=True)
    days, way = ", ".join(name for day, name in names if day in wish.weekdays), texts.gettext(WAYS[wish.delivery])
    return texts.gettext("{report}: at {time}, {days}, by {way}", report=report, time=_clock(wish), days=days, way=way)


def said_of_quiet(quiet: QuietHours | None, texts: Texts) -> str:
    """When nobody is asked, in words."""
    if quiet is None or quiet.start == quiet.end:
        return texts.gettext("Quiet hours: none")
    values = {"start": quiet.start, "end": quiet.end, "zone": quiet.time_zone}
    return texts.gettext("Quiet hours: {start} to {end} ({zone})", **values)


def said_of_language(member: Member, texts: Texts) -> str:
    """In which language a person is written to, in words."""
    return texts.gettext("Language: {language}", language=LANGUAGES[member.language or Language.ENGLISH])


def _form(kind: SettingsForm, title: str, fields: Sequence[Field], texts: Texts) -> Form:
    words = {"send": texts.gettext("Save"), "cancel": texts.gettext("Cancel")}
    return Form(kind=kind, title=title, fields=tuple(fields), **words)


def _report(kind: ReportKind, wish: Subscription | None, usual: Sequence[Weekday], texts: Texts) -> Iterator[Field]:
    report = texts.gettext(NAMES[kind])
    time = _clock(wish) if wish else NEVER
    yield Field(
        id=f"{kind}.{TIME}", label=texts.gettext("{report} at", report=report), value=time, choices=_times(time, texts)
    )
    days = tuple(Choice(value=day, label=name) for day, name in zip(DAYS, texts.weekdays(), strict=True))
    chosen = ",".join(wish.weekdays if wish else usual)
    yield Field(
        id=f"{kind}.{WEEKDAYS}",
        label=texts.gettext("{report} on", report=report),
        value=chosen,
        choices=days,
        several=True,
    )


def _times(known: str, texts: Texts) -> tuple[Choice, ...]:
    """Never, every half hour, and what is set already."""
    half_hours = {f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)}
    times = sorted(half_hours | ({known} - {NEVER}))
    return (Choice(value=NEVER, label=texts.gettext("Not at all")), *(Choice(value=time, label=time) for time in times))


def _clock(wish: Subscription) -> str:
    return f"{wish.hour:02}:{wish.minute:02}"
