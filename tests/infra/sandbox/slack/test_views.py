"""Modals as Slack has them, and the product's own forms all the way there and back."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.answers import Edited
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.events import ButtonPressed
from pm_assistant.domain.reports import Card
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.integrations.slack.blocks import card_blocks
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.integrations.slack.views import form_view
from pm_assistant.integrations.slack.webhook import SlackWebhook
from pm_assistant.presentation.cards import card_of
from pm_assistant.presentation.forms import form_of
from pm_assistant.presentation.i18n import texts_in
from tests.builders import a_comment, a_decision, a_ticket
from tests.contracts.vendor_contracts import block_flaws, needs_contracts
from tests.infra.sandbox.browsing import press
from tests.infra.sandbox.running import GENERAL, SECRETS, SLACK_TOKEN, Json, Receiver, Sandbox

NEW = a_decision(
    action=CreateTicket(title="Coupon vanishes", description="Since\nMonday.", priority=3), state=DecisionState.PROPOSED
)
CARD = card_of([NEW], {}, texts_in(None))
CHANGED = [("title", "Basket forgets"), ("priority", "3")]
TITLE: Json = {"type": "plain_text", "text": "Hello"}
VIEW: Json = {"type": "modal", "title": TITLE, "blocks": [{"type": "section", "text": TITLE}]}


def posted(sandbox: Sandbox, card: Card) -> str:
    """Let the app show a card, and return the page of its message."""
    answer = sandbox.slack("chat.postMessage", channel=GENERAL, text="card", blocks=card_blocks(card))
    assert answer["ok"], answer
    return f"/slack/archives/{GENERAL}/p{answer['ts'].replace('.', '')}"


def heard(receiver: Receiver, kind: str) -> tuple[Json, ButtonPressed]:
    """The last thing of a kind that Slack told, as it came and as we read it."""
    told = receiver.wait(1, "slack", kind)[-1]
    accepted = SlackWebhook(SECRETS["slack_signing_secret"]).accept(
        WebhookRequest(headers=dict(told.headers), body=told.raw), datetime.now(UTC)
    )
    assert isinstance(accepted, ButtonPressed)
    return told.body, accepted


def chat(sandbox: Sandbox) -> SlackChat:
    """The product's own hands."""
    return SlackChat(SLACK_TOKEN, f"{sandbox.url}/slack/api/", timeout=2)


def place_of(card: Card, action_id: str) -> str:
    """Where an element stands in a card."""
    for number, block in enumerate(card_blocks(card)):
        elements: Any = block.get("elements", [])
        for position, element in enumerate(elements):
            if element.get("action_id") == action_id:
                return f"{number}.{position}"
    raise AssertionError(action_id)


def test_what_is_asked_is_edited_in_a_modal_and_comes_back_worded(sandbox: Sandbox, receiver: Receiver) -> None:
    """Pressed, opened once, filled in and sent off; what is left alone comes back as it was."""
    card = card_of([NEW], {}, texts_in(None))
    path = posted(sandbox, card)
    press(sandbox.http, path, place_of(card, "decision.edit"), more=[("person", "ben")])
    body, pressed = heard(receiver, "block_actions")
    assert ("edit", NEW.id, "digest-1", "U0BEN") == (
        pressed.opens,
        pressed.decision_id,
        pressed.revision,
        pressed.user_id,
    )
    assert body["trigger_id"] == pressed.trigger_id

    for _ in range(2):
        chat(sandbox).open_form(pressed.trigger_id or "", form_of("edit", NEW, (), texts_in(None)))

    page = sandbox.http.get(path).text
    [view] = {link.split("'")[0] for link in page.split("href='") if link.startswith("/slack/views/")}
    shown = sandbox.http.get(view).text
    assert "Coupon vanishes" in shown
    assert "Since\nMonday.</textarea>" in shown
    assert "<option value='3' selected>Medium</option>" in shown
    answer = press(sandbox.http, view, "submit", more=[*CHANGED, ("text.0", "Since\r\nMonday.")])
    assert (303, path) == (answer.status_code, answer.headers["location"])
    _, sent = heard(receiver, "view_submission")
    assert ("edit", NEW.id, "digest-1", "U0BEN", NEW.thread) == (
        sent.answer,
        sent.decision_id,
        sent.revision,
        sent.user_id,
        sent.pressed_in,
    )
    assert Edited(title="Basket forgets", text="Since\nMonday.", priority=3) == sent.edited
    assert 404 == sandbox.http.get(view).status_code


def test_a_reason_is_chosen_from_a_menu_and_dismisses_at_once(sandbox: Sandbox, receiver: Receiver) -> None:
    """Something else is asked for in a modal."""
    card = card_of([NEW], {}, texts_in(None))
    path, place = posted(sandbox, card), place_of(card, "decision.why_not")
    press(sandbox.http, path, place, more=[("person", "ben"), (f"chosen.{place}", "already_done")])
    _, chosen = heard(receiver, "block_actions")
    assert ("dismiss", "Already done", NEW.id, "digest-1") == (
        chosen.answer,
        chosen.remark,
        chosen.decision_id,
        chosen.revision,
    )
    receiver.received.clear()
    press(sandbox.http, path, place, more=[("person", "ben"), (f"chosen.{place}", "other")])
    _, other = heard(receiver, "block_actions")
    assert (None, "dismiss", True) == (other.answer, other.opens, bool(other.trigger_id))


def test_the_ticket_that_is_meant_is_chosen_or_named(sandbox: Sandbox, receiver: Receiver) -> None:
    """A key that somebody writes is what they mean, whatever is chosen beside it."""
    decision = a_decision(state=DecisionState.PROPOSED)
    card = card_of([decision], {"ticket-1": a_ticket(1)}, texts_in(None))
    path = posted(sandbox, card)
    for filled, meant in ((("ticket", "ENG-7"), "ENG-7"), (("ticket_key", " eng-9 "), "eng-9")):
        receiver.received.clear()
        press(sandbox.http, path, place_of(card, "decision.relink"), more=[("person", "ben")])
        _, pressed = heard(receiver, "block_actions")
        chat(sandbox).open_form(pressed.trigger_id or "", form_of("relink", decision, [a_ticket(7)], texts_in(None)))
        page = sandbox.http.get(path).text
        [view] = {link.split("'")[0] for link in page.split("href='") if link.startswith("/slack/views/")}
        press(sandbox.http, view, "submit", more=[filled])
        _, sent = heard(receiver, "view_submission")
        assert ("relink", meant) == (sent.answer, sent.ticket)


def test_a_press_counts_once_and_for_three_seconds(sandbox: Sandbox, receiver: Receiver) -> None:
    """And what was never pressed never did."""
    with pytest.raises(NotFound):
        chat(sandbox).open_form("1.2.nothing", form_of("edit", NEW, (), texts_in(None)))
    press(sandbox.http, posted(sandbox, CARD), place_of(CARD, "decision.edit"), more=[("person", "ben")])
    body, _ = heard(receiver, "block_actions")
    used = [sandbox.slack("views.open", trigger_id=body["trigger_id"], view=VIEW) for _ in range(2)]
    assert [None, "exchanged_trigger_id"] == [answer.get("error") for answer in used]


FIELD: Json = {"type": "input", "block_id": "f", "label": TITLE, "element": {"type": "plain_text_input"}}
LONG: Json = {"type": "plain_text", "text": "x" * 80}


@pytest.mark.parametrize(
    "change",
    [
        {"type": "home"},
        {"title": {"type": "plain_text", "text": "x" * 25}},
        {"private_metadata": "x" * 3_001},
        {"blocks": [FIELD]},
        {"submit": TITLE, "blocks": [FIELD | {"block_id": str(number)} for number in range(101)]},
        {"submit": TITLE, "blocks": [FIELD | {"element": {"type": "plain_text_input", "initial_value": "x" * 3_001}}]},
        {"submit": TITLE, "blocks": [FIELD | {"element": {"type": "plain_text_input", "max_length": 3_001}}]},
        {"submit": TITLE, "blocks": [FIELD | {"element": {"type": "static_select", "options": []}}]},
        {
            "submit": TITLE,
            "blocks": [FIELD | {"element": {"type": "radio_buttons", "options": [{"text": LONG, "value": "1"}]}}],
        },
    ],
)
def test_a_modal_beyond_slacks_limits_is_refused(sandbox: Sandbox, change: Json) -> None:
    """With what is wrong."""
    answer = sandbox.slack("views.open", trigger_id="1.2.x", view=VIEW | change)
    assert ("invalid_arguments", True) == (answer["error"], bool(answer["response_metadata"]["messages"]))


@needs_contracts
@pytest.mark.parametrize("kind", ["edit", "relink", "dismiss"])
def test_our_modals_are_of_slacks_own_form(sandbox: Sandbox, receiver: Receiver, kind: Any) -> None:
    """Every block fits Slack's schema, and Slack takes them at their longest."""
    long = a_decision(action=a_comment(summary="<!channel> " * 800), state=DecisionState.PROPOSED)
    others = [a_ticket(number, title="x" * 400) for number in range(20)]
    press(sandbox.http, posted(sandbox, CARD), place_of(CARD, "decision.edit"), more=[("person", "ben")])
    body, _ = heard(receiver, "block_actions")

    view: Any = form_view(form_of(kind, long, others, texts_in(None)))

    assert [] == block_flaws(view["blocks"])
    answer = sandbox.slack("views.open", trigger_id=body["trigger_id"], view=json.dumps(view))
    assert answer["ok"], answer
