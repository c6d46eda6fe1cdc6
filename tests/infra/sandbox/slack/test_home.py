"""The home tab as Slack has it: opened, published over what was shown, and pressed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema_rs import Draft7Validator

from infra.sandbox.slack.buttons import buttons
from infra.sandbox.slack.views import flaws as modal_flaws
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.events import ButtonPressed
from pm_assistant.domain.forms import Form
from pm_assistant.domain.home import Home, HomeButton, HomeSection
from pm_assistant.domain.languages import Language
from pm_assistant.domain.surfaces import HomeOpened, SettingsAsked, SettingsChosen, SurfaceUsed
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.integrations.slack.home import home_view
from pm_assistant.integrations.slack.views import form_view
from pm_assistant.integrations.slack.webhook import SlackWebhook
from pm_assistant.presentation.cards import card_of
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.settings import language_form, quiet_hours_form, reports_form
from pm_assistant.workflows.reports.kinds import REPORTS
from tests.builders import a_decision, a_member
from tests.contracts.vendor_contracts import load, needs_contracts
from tests.infra.sandbox.running import SECRETS, SLACK_TOKEN, Json, Receiver, Sandbox

ASKED = a_decision(state=DecisionState.PROPOSED)
HOME = Home(
    sections=(HomeSection(title="Waiting for your answer", entries=card_of([ASKED], {}, texts_in(None)).entries),)
)
PAGE = "/slack/home/ben"
EMPTY: Json = {"type": "home", "blocks": []}


def heard(receiver: Receiver, kind: str) -> tuple[Json, Any]:
    """The last thing of a kind that Slack told, as it came and as we read it."""
    told = receiver.wait(1, "slack", kind)[-1]
    request = WebhookRequest(headers=dict(told.headers), body=told.raw)
    receiver.received.clear()
    return told.body, SlackWebhook(SECRETS["slack_signing_secret"]).accept(request, datetime.now(UTC))


def test_a_page_is_opened_published_and_pressed(sandbox: Sandbox, receiver: Receiver) -> None:
    """There and back, as whoever's page it is; what is shown is told with the next opening."""
    chat = SlackChat(SLACK_TOKEN, f"{sandbox.url}/slack/api/", timeout=2)
    sandbox.http.post(f"{PAGE}/open")
    _, opened = heard(receiver, "app_home_opened")
    assert isinstance(opened, SurfaceUsed)
    assert ("U0BEN", HomeOpened(shown=None)) == (opened.user_id, opened.asked)

    version = chat.publish_home(opened.user_id, HOME)

    assert "Shall I? Comment on" in sandbox.http.get(PAGE).text
    sandbox.http.post(f"{PAGE}/open")
    _, again = heard(receiver, "app_home_opened")
    assert HomeOpened(shown=version) == again.asked
    blocks: Any = home_view(HOME)["blocks"]
    place = next(place for place, element in buttons(blocks) if "approve" in element["action_id"])
    sandbox.http.post(f"{PAGE}/press", data={"pressed": place})
    body, pressed = heard(receiver, "block_actions")
    assert "view" == body["container"]["type"]
    assert isinstance(pressed, ButtonPressed)
    assert ("approve", ASKED.id, "U0BEN", None) == (
        pressed.answer,
        pressed.decision_id,
        pressed.user_id,
        pressed.pressed_in,
    )


@needs_contracts
def test_opening_is_told_as_slack_does(sandbox: Sandbox, receiver: Receiver) -> None:
    """By its own schema, with and without something that is shown."""
    schema = load("slack/schema/events_and_blocks.types.schema.json")
    validator = Draft7Validator({**schema, "$ref": "#/definitions/AppHomeOpenedEvent"})
    for _ in range(2):
        sandbox.http.post(f"{PAGE}/open")
        body, _ = heard(receiver, "app_home_opened")
        assert [] == [error.message for error in validator.iter_errors(body["event"])]
        sandbox.slack("views.publish", user_id="U0BEN", view=EMPTY)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"view": EMPTY, "hash": "0.stale"}, "hash_conflict"),
        ({"view": {"type": "modal", "blocks": []}}, "invalid_arguments"),
        ({"view": {"type": "home", "blocks": [{"type": "divider"}] * 101}}, "invalid_arguments"),
        ({"view": {"type": "home", "blocks": [], "private_metadata": "x" * 3_001}}, "invalid_arguments"),
        ({"view": {**EMPTY, "callback_id": "x" * 256}}, "invalid_arguments"),
        ({"view": EMPTY, "user_id": "U0NOBODY"}, "user_not_found"),
    ],
)
def test_what_slack_refuses_is_refused(sandbox: Sandbox, arguments: Json, error: str) -> None:
    """A version that is not shown any more, what is no home tab or too large for one, and nobody's."""
    answer = sandbox.slack("views.publish", **{"user_id": "U0BEN", **arguments})

    assert error == answer["error"]


def test_settings_are_opened_filled_in_and_sent_off(sandbox: Sandbox, receiver: Receiver) -> None:
    """Several boxes of one field come together."""
    button = HomeButton(label="When reports come…", opens="reports")
    chat = SlackChat(SLACK_TOKEN, f"{sandbox.url}/slack/api/", timeout=2)
    chat.publish_home("U0BEN", Home(sections=(HomeSection(title="Settings", buttons=(button,)),)))
    sandbox.http.post(f"{PAGE}/press", data={"pressed": "1.0"})
    _, wanted = heard(receiver, "block_actions")
    assert isinstance(wanted.asked, SettingsAsked)
    assert ("U0BEN", "reports") == (wanted.user_id, wanted.asked.form)

    usual = {kind: spec.usual_weekdays for kind, spec in REPORTS.items()}
    chat.open_form(wanted.asked.trigger_id, reports_form({}, usual, texts_in(None)))

    page = sandbox.http.get(PAGE).text
    [view] = {link.split("'")[0] for link in page.split("href='") if link.startswith("/slack/views/")}
    chosen = {"standup.time": "08:30", "standup.days": ["MON", "WED"], "weekly.time": "never", "weekly.days": "FRI"}
    sandbox.http.post(view, data={**chosen, "way": "slack", "do": "submit"})
    _, sent = heard(receiver, "view_submission")
    assert SettingsChosen(form="reports", filled={**chosen, "standup.days": "MON,WED", "way": "slack"}) == sent.asked


@needs_contracts
@pytest.mark.parametrize(
    "form",
    [
        form
        for texts in map(texts_in, Language)
        for form in (
            reports_form({}, {kind: spec.usual_weekdays for kind, spec in REPORTS.items()}, texts),
            language_form(a_member(), texts),
            quiet_hours_form(None, "Europe/Berlin", texts),
        )
    ],
    ids=lambda form: f"{form.kind}-{form.send}",
)
def test_the_forms_of_settings_are_modals_as_slack_takes_them(form: Form) -> None:
    """By its own schema and by the limits of its manual."""
    schema = load("slack/schema/events_and_blocks.types.schema.json")
    view = form_view(form)

    assert [] == list(Draft7Validator({**schema, "$ref": "#/definitions/ModalView"}).iter_errors(view))
    assert [] == modal_flaws(view)
