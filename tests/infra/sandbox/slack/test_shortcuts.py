"""The product's own menus and command all the way there and back: pressed on Slack's pages, read, shown, filled in."""

from datetime import UTC, datetime

from pm_assistant.domain.answers import Subject
from pm_assistant.domain.replies import Reply
from pm_assistant.domain.surfaces import (
    Asked,
    CommandTyped,
    SurfaceUsed,
    TicketAsked,
    TicketWritten,
    TrackingAsked,
    TrackingChosen,
)
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.integrations.slack.webhook import SlackWebhook
from pm_assistant.presentation.forms import new_ticket_form, tracking_form
from pm_assistant.presentation.i18n import texts_in
from tests.builders import ENG, a_ticket
from tests.infra.sandbox.browsing import Fields, press
from tests.infra.sandbox.running import GENERAL, SECRETS, SLACK_TOKEN, Receiver, Sandbox

PAGE = f"/slack/archives/{GENERAL}"
OPS = ENG.model_copy(update={"id": "team-ops", "key": "OPS", "name": "Operations"})


def asked(receiver: Receiver, kind: str) -> Asked:
    """The last thing of a kind that Slack told, as we read it."""
    told = receiver.wait(1, "slack", kind)[-1]
    request = WebhookRequest(headers=dict(told.headers), body=told.raw)
    used = SlackWebhook(SECRETS["slack_signing_secret"]).accept(request, datetime.now(UTC))
    assert isinstance(used, SurfaceUsed)
    assert ("T0TEST", "U0BEN") == (used.external_id, used.user_id)
    return used.asked


def chat(sandbox: Sandbox) -> SlackChat:
    """The product's own hands."""
    return SlackChat(SLACK_TOKEN, f"{sandbox.url}/slack/api/", timeout=2)


def fill_in(sandbox: Sandbox, page: str, fields: Fields) -> None:
    """Fill in the one modal that is open there, and send it off."""
    links = sandbox.http.get(page).text.split("href='")
    [view] = {link.split("'")[0] for link in links if link.startswith("/slack/views/")}
    assert 303 == press(sandbox.http, view, "submit", more=fields).status_code


def test_a_message_is_tracked_from_its_menu(sandbox: Sandbox, receiver: Receiver) -> None:
    """In a thread; what is chosen in the modal comes back about that thread."""
    root = sandbox.control("slack/messages", channel="general", user="ana", text="The export hangs")
    said = sandbox.control("slack/messages", channel="general", user="ana", text="Again!", thread_ts=root["ts"])
    page = f"{PAGE}/p{said['ts'].replace('.', '')}"
    press(sandbox.http, f"{page}/shortcuts", "shortcut.track", more=[("person", "ben")])
    wanted = asked(receiver, "message_action")
    assert isinstance(wanted, TrackingAsked)
    message = wanted.message
    assert message is not None
    assert ("Again!", "U0ANA", root["ts"]) == (message.text, message.author, message.root_ts)

    form = tracking_form(message, [a_ticket(1), a_ticket(7)], [ENG, OPS], texts_in(None), known=True)
    for _ in range(2):
        chat(sandbox).open_form(wanted.trigger_id, form)
    fill_in(sandbox, page, [("what", "add"), ("ticket", "ENG-7"), ("words", "It hangs\r\nagain")])

    chosen = asked(receiver, "view_submission")
    assert isinstance(chosen, TrackingChosen)
    assert (Subject(channel=GENERAL, root_ts=root["ts"]), "add", "ENG-7", "It hangs\nagain", None) == (
        chosen.thread,
        chosen.what,
        chosen.ticket,
        chosen.words,
        chosen.team,
    )
    assert chosen.form.startswith("V")
    chat(sandbox).respond(wanted.answer_to, Reply(title="Seen by Ben alone"))
    assert "Only visible to Ben Cole" in sandbox.http.get(PAGE).text


def test_a_ticket_is_written_from_anywhere(sandbox: Sandbox, receiver: Receiver) -> None:
    """And whose it is to be is chosen beside it."""
    press(sandbox.http, PAGE, "shortcut.new", more=[("typist", "ben")])
    wanted = asked(receiver, "shortcut")
    assert isinstance(wanted, TicketAsked)
    chat(sandbox).open_form(wanted.trigger_id, new_ticket_form([ENG, OPS], texts_in(None)))
    fill_in(sandbox, PAGE, [("words", "Rotate the keys"), ("team", "OPS")])
    written = asked(receiver, "view_submission")
    assert isinstance(written, TicketWritten)
    assert ("Rotate the keys", "OPS") == (written.words, written.team)


def test_a_command_is_answered_on_the_page_of_its_channel(sandbox: Sandbox, receiver: Receiver) -> None:
    """To whoever typed it, while Slack takes the answer."""
    press(sandbox.http, PAGE, "type", more=[("typed", "/pm heute"), ("typist", "ben")])
    typed = asked(receiver, "slash_command")
    assert isinstance(typed, CommandTyped)
    assert "heute" == typed.text
    chat(sandbox).respond(typed.answer_to, Reply(title="Standup for Ben", text="Nothing yet"))
    page = sandbox.http.get(PAGE).text
    assert ("Standup for Ben" in page, "Nothing yet" in page) == (True, True)
