"""The page in the chat and its forms, in the reader's language."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pm_assistant.domain.forms import Form
from pm_assistant.domain.home import Home
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import ReportChannel, ReportKind, Subscription
from pm_assistant.domain.tenants import Activity, QuietHours
from pm_assistant.domain.workspaces import Availability
from pm_assistant.presentation.cards import NOBODY
from pm_assistant.presentation.home import HomeFacts, home_of
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.settings import (
    language_form,
    quiet_hours_form,
    reports_form,
    said_of,
    said_of_language,
    said_of_quiet,
)
from pm_assistant.workflows.reports.kinds import REPORTS
from tests.builders import NOW, a_connection, a_member

LONG_AGO = NOW - timedelta(hours=3)
SAME = {"Slack", "E-mail", *(f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30))}
"""What French, too, says so; and times on the clock."""


def page(language: Language) -> Home:
    """A page with a connection of every state, and all that can be set."""
    texts, ada = texts_in(language), a_member(language=language)
    wish = Subscription(member_id=ada.id, delivery=ReportChannel.EMAIL, weekdays=("MON", "FRI"))
    states = (
        a_connection(broken_since=LONG_AGO, broken_reason="token_revoked"),
        a_connection(availability=Availability(failing_since=LONG_AGO, retry_at=NOW)),
        a_connection(availability=Availability(limited_until=NOW + timedelta(minutes=1))),
        a_connection(),
    )
    facts = HomeFacts(
        decisions=(),
        tickets={},
        withheld=set(),
        deciding=NOBODY,
        said_at={},
        day=None,
        connections=[
            *(("Slack", connection, Activity()) for connection in states),
            ("Slack", a_connection(), Activity(last_event_at=LONG_AGO)),
        ],
        connect_url="",
        answers=True,
        at=NOW,
        settings=(
            (said_of(wish, ReportKind.STANDUP, texts), "reports"),
            (said_of(None, ReportKind.WEEKLY, texts), "reports"),
            (said_of_language(ada, texts), "language"),
            (said_of_quiet(None, texts), "quiet_hours"),
            (said_of_quiet(QuietHours(start="20:00", end="08:00", time_zone="Asia/Tokyo"), texts), None),
        ),
        language=language,
    )
    nothing = home_of(facts._replace(connections=()))
    return home_of(facts).model_copy(update={"sections": (*home_of(facts).sections, *nothing.sections)})


def forms(language: Language) -> Iterator[Form]:
    """All forms of settings."""
    texts = texts_in(language)
    yield reports_form({}, {kind: spec.usual_weekdays for kind, spec in REPORTS.items()}, texts)
    yield language_form(a_member(language=language), texts)
    yield quiet_hours_form(None, "Asia/Tokyo", texts)


def words(language: Language) -> Iterator[str]:
    """All that is read on the page and in the forms that it opens."""
    for section in page(language).sections:
        yield from (section.title, section.text, *(line.text for line in section.lines))
        yield from (button.label for button in section.buttons)
    for form in forms(language):
        yield from (form.title, form.send, form.cancel)
        for field in form.fields:
            yield from (field.label, *(choice.label for choice in field.choices if choice.value not in set(Language)))


@pytest.mark.parametrize("language", [each for each in Language if each is not Language.ENGLISH])
def test_nothing_of_a_page_and_its_forms_is_left_in_english(language: Language) -> None:
    """Headings, settings, how connections are, and what can be chosen; languages go by their own names."""
    told = zip(words(language), words(Language.ENGLISH), strict=True)

    assert set() == {own for own, english in told if own == english and own} - SAME


@pytest.mark.parametrize(
    ("language", "broken", "standup"),
    [
        (
            Language.ENGLISH,
            "Slack: stopped letting us in 3 hours ago; connect it again (token_revoked)",
            "Standup: at 09:00, Mon, Fri, by E-mail",
        ),
        (
            Language.GERMAN,
            "Slack: Zugang verloren vor 3 Stunden; bitte neu verbinden (token_revoked)",
            "Standup: 09:00, Mo, Fr, per E-Mail",
        ),
        (
            Language.SPANISH,
            "Slack: dejó de darnos acceso hace 3 horas; vuelva a conectarlo (token_revoked)",
            "Standup: 09:00, lun, vie, Correo electrónico",
        ),
        (
            Language.FRENCH,
            "Slack: accès perdu il y a 3 heures ; reconnectez-le (token_revoked)",
            "Standup : 09:00, lun., ven., E-mail",
        ),
        (
            Language.JAPANESE,
            "Slack: 3 時間前からアクセスできません。接続し直してください (token_revoked)",
            "スタンドアップ: 月, 金 09:00、メール",
        ),
    ],
)
def test_a_page_is_in_the_readers_language(language: Language, broken: str, standup: str) -> None:
    """How long ago and on which days as people there say it; vendors and their reasons by their own names."""
    told = {text.replace("\u00a0", " ") for text in words(language)}

    assert {broken, standup} <= told


@pytest.mark.parametrize("language", Language)
def test_forms_fit_their_windows(language: Language) -> None:
    """A chat cuts titles and buttons after 24 characters."""
    assert 24 >= max(len(text) for form in forms(language) for text in (form.title, form.send, form.cancel))
