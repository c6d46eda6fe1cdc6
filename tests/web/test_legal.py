"""Public pages say what is true of the product, and plainly what nobody has said of whoever runs it."""

import re

import pytest

from pm_assistant.cli.doctor.checks import IMPRINT
from pm_assistant.domain.accounts import Role
from pm_assistant.domain.languages import Language
from pm_assistant.domain.tenants import Provider
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.runtime.settings import LegalSettings
from pm_assistant.runtime.settings.web import WebSettings
from pm_assistant.web import request as web_request
from pm_assistant.web.pages.legal import (
    ARCHIVE_DAYS,
    AWS,
    DEAD_LETTER_DAYS,
    OPENAI,
    OTHERS,
    UNSAID,
)
from tests.builders import ACME
from tests.documents import ROOT
from tests.infra.test_template import template
from tests.web.browser import Browser, WebWorld

PAGES = ("/privacy", "/terms", "/subprocessors", "/support")
SAID = {
    "LEGAL_NAME": "Hedge & Sons Ltd",
    "LEGAL_ADDRESS": "1 Lane, Town",
    "CONTACT_EMAIL": "help@hedge.test",
    "GOVERNING_LAW": "Ireland",
}


@pytest.fixture
def filled(web: WebWorld, monkeypatch: pytest.MonkeyPatch) -> WebWorld:
    """A stage of whose operator all is said."""
    for name, value in SAID.items():
        monkeypatch.setenv(name, value)
    web_request.settings.cache_clear()
    return web


@pytest.mark.parametrize("path", PAGES)
def test_anybody_may_read_them_and_every_page_leads_there(filled: WebWorld, path: str) -> None:
    """Logged in or not; who runs the service stands on each."""
    for browser in (Browser(), filled.browser(Role.MEMBER)):
        page = browser.get(path)
        assert 200 == page.status
        assert {"Hedge & Sons Ltd", "1 Lane, Town", "help@hedge.test"} <= set(page.text.split("\n"))
        assert "has not said yet" not in page.text
        assert f'href="{path}"' in browser.get("/login").html + browser.get("/today").html + browser.get("/no").html


@pytest.mark.parametrize("path", PAGES)
def test_what_nobody_has_said_is_said_to_be_missing(web: WebWorld, path: str) -> None:
    """At the head of each, and where it would stand; nothing is made up."""
    page = Browser().get(path)

    assert 200 == page.status
    missing = "who runs it, their address, where to write to, by which country's law."
    assert f"Whoever runs this service has not said yet: {missing}" in page.text
    assert 3 <= page.text.count("not said yet")
    assert "mailto:" not in page.html


@pytest.mark.parametrize("name", SAID)
def test_each_thing_that_is_missing_is_named_alone(
    filled: WebWorld, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the doctor asks for the same things."""
    monkeypatch.delenv(name)
    web_request.settings.cache_clear()

    assert f"has not said yet: {UNSAID[name.lower()]}." in Browser().get("/terms").text
    assert set(UNSAID) == set(IMPRINT) == set(LegalSettings().unsaid)


def test_what_an_operator_has_said_is_escaped(web: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is a name."""
    monkeypatch.setenv("LEGAL_NAME", "<i>Hedge</i>")
    web_request.settings.cache_clear()

    assert all("<i>Hedge" not in Browser().get(path).html for path in PAGES)


def test_who_else_gets_data_is_listed_with_what_and_when(web: WebWorld) -> None:
    """Every vendor that a team may connect, where we run, the model, and who takes payments."""
    shown = Browser().get("/subprocessors").text

    assert all(other.name in shown for other in (AWS, OPENAI, *OTHERS))
    assert {provider.value for provider in Provider} <= {other.name.lower() for other in OTHERS}
    assert "Stripe" in shown


def test_a_stage_that_asks_no_model_names_none(web: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so; where it runs is said, if that is known."""
    monkeypatch.setenv("ANALYST", "offline")
    monkeypatch.setenv("DATA_REGION", "eu-central-1")
    web_request.settings.cache_clear()

    shown = Browser().get("/subprocessors").text

    assert "OpenAI" not in shown
    assert "this service judges by itself" in shown
    assert "eu-central-1" in shown


def test_how_long_things_are_kept_is_what_the_template_says(web: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dead letters and files by their own rules, logs by the stage's parameter."""
    written = (ROOT / "template.yaml").read_text()
    assert f"MessageRetentionPeriod: {DEAD_LETTER_DAYS * 86_400} # they may quote" in written
    assert [str(ARCHIVE_DAYS)] == re.findall(r"ExpirationInDays: (\d+)", written)
    assert "PointInTimeRecoveryEnabled: true }" in written  # without another length, which is 35 days
    monkeypatch.setenv("LOG_RETENTION_DAYS", "14")
    web_request.settings.cache_clear()

    lines = Browser().get("/privacy").text.split("\n")

    assert "14 days" == lines[lines.index("Technical logs") + 1]
    assert lines[lines.index("Messages, decisions and what was made of them") + 1].startswith("90 days ")


def test_the_function_is_told_all_of_it() -> None:
    """By the template, from the stage's parameters."""
    told = template()["WebFunction"]["Properties"]["Environment"]["Variables"]
    assert {name.upper() for name in LegalSettings.model_fields} <= told.keys()
    assert LegalSettings.model_fields.keys() <= WebSettings.model_fields.keys()


def test_whoever_asks_for_help_finds_their_teams_id(web: WebWorld) -> None:
    """Once they have logged in, and not another team's."""
    assert ACME in web.browser().get("/support").text.split("\n")
    assert ACME not in Browser().get("/support").text.split("\n")


@pytest.mark.parametrize(("language", "privacy"), [("de", "Datenschutz"), ("ja", "プライバシー")])
def test_frames_are_in_the_readers_language_and_contracts_in_english(
    web: WebWorld, language: str, privacy: str
) -> None:
    """The English is marked as such, for whoever has it read aloud; who reads English is told nothing about it."""
    page = Browser().get("/privacy", accept_language=language)

    assert f'<html lang="{language}">' in page.html
    assert privacy in page.text.split("\n")
    assert '<article lang="en">' in page.html
    notice = texts_in(Language(language)).gettext("This text is in English, the language in which it counts.")
    assert notice in page.text.split("\n")
    assert "This text is in English" not in Browser().get("/privacy").text
