"""What people type, choose in menus and send off in forms is read as what they ask of us."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from infra.sandbox.slack.views import flaws
from pm_assistant.domain.answers import Subject
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.events import Dropped
from pm_assistant.domain.languages import Language
from pm_assistant.domain.questions import LONGEST_QUESTION, MOST_QUESTIONS, ReportQuestion
from pm_assistant.domain.surfaces import (
    CommandTyped,
    ReportWordsGiven,
    SurfaceUsed,
    TicketAsked,
    TicketWritten,
    TrackingAsked,
    TrackingChosen,
)
from pm_assistant.integrations.slack.surfaces import LONGEST_COMMAND
from pm_assistant.integrations.slack.views import form_view
from pm_assistant.integrations.slack.webhook import SlackWebhook
from pm_assistant.presentation.forms import new_ticket_form, tracking_form
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.report_words import report_words_form
from tests.builders import ENG, NOW, a_message, a_ticket
from tests.contracts.vendor_contracts import block_flaws, needs_contracts
from tests.integrations.signing import SECRET, slack_form, slack_signed

HOOK = "https://hooks.slack.com/commands/T1/2/x"
TYPED = {"command": "/pm", "text": "today", "team_id": "T1", "user_id": "U1", "response_url": HOOK, "trigger_id": "1.2"}
WHO = {"team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "1.2", "response_url": HOOK}
MESSAGE = {"type": "message", "user": "U2", "ts": "1700000000.000100", "text": "Broken"}
ENGLISH, GERMAN = texts_in(Language.ENGLISH), texts_in(Language.GERMAN)
ON = {"type": "message_action", "callback_id": "shortcut.track", "channel": {"id": "C1", "name": "privategroup"}, **WHO}


def typed(**fields: str) -> Any:
    """What a command is read as."""
    body = urlencode({**TYPED, **fields}).encode()
    request = slack_signed(body, NOW, content_type="application/x-www-form-urlencoded")
    return SlackWebhook(SECRET).accept(request, NOW)


def used(payload: dict[str, Any]) -> Any:
    """What an interaction is read as."""
    return SlackWebhook(SECRET).accept(slack_form({"payload": json.dumps(payload)}, NOW), NOW)


def sent(view: Any, filled: dict[str, str]) -> Any:
    """What is read of a form of ours that somebody has filled in so."""
    values = {}
    for block in view["blocks"]:
        value = filled.get(block["block_id"], "")
        is_menu = "options" in block["element"]
        answer = {"selected_option": {"value": value} if value else None} if is_menu else {"value": value or None}
        values[block["block_id"]] = {block["element"]["action_id"]: answer}
    return used({"type": "view_submission", "view": {**view, "id": "V7", "state": {"values": values}}, **WHO}).asked


def test_a_command_is_what_somebody_asks_of_a_workspace() -> None:
    """Or of an organisation, where that has let us in."""
    assert CommandTyped(text="today", answer_to=HOOK, trigger_id="1.2") == typed().asked
    assert isinstance(typed(), SurfaceUsed)
    assert ("T1", "U1") == (typed().external_id, typed().user_id)
    assert "E1" == typed(enterprise_id="E1", is_enterprise_install="true", team_id="").external_id
    assert "T1" == typed(enterprise_id="E1", is_enterprise_install="false").external_id
    assert LONGEST_COMMAND == len(typed(text="x" * 4_000).asked.text)
    assert "" == typed(text="").asked.text


def test_a_command_that_is_none_of_ours_is_dropped() -> None:
    """Another app's in the same workspace never comes, but an old one of ours might."""
    assert Dropped(reason="slash command") == typed(command="/other")


@pytest.mark.parametrize("missing", ["user_id", "response_url", "trigger_id", "team_id"])
def test_a_command_that_cannot_be_answered_is_refused(missing: str) -> None:
    """Slack always sends these."""
    body = urlencode({name: value for name, value in TYPED.items() if name != missing}).encode()
    with pytest.raises(InvalidRequest):
        SlackWebhook(SECRET).accept(slack_signed(body, NOW, content_type="application/x-www-form-urlencoded"), NOW)


def test_a_shortcut_brings_the_message_as_one_that_not_everybody_may_read() -> None:
    """Slack does not say who reads the channel; a reply stands in its thread."""
    asked = used({**ON, "message": {**MESSAGE, "thread_ts": "1699999999.000100"}}).asked
    assert isinstance(asked, TrackingAsked)
    assert (HOOK, "1.2") == (asked.answer_to, asked.trigger_id)
    message = asked.message
    assert message is not None
    assert ("C1", "1699999999.000100", "U2", "Broken", True) == (
        message.channel,
        message.root_ts,
        message.author,
        message.text,
        message.private,
    )


@pytest.mark.parametrize("change", [{"bot_id": "B1"}, {"subtype": "channel_join"}, {"user": None}, {"ts": None}])
def test_what_no_person_said_is_no_message(change: dict[str, Any]) -> None:
    """Whoever used the shortcut is told so."""
    assert used({**ON, "message": {**MESSAGE, **change}}).asked.message is None


def test_the_shortcut_that_is_anywhere_asks_for_a_new_ticket() -> None:
    """Others are none of ours."""
    anywhere = {"type": "shortcut", **WHO}
    assert TicketAsked(trigger_id="1.2") == used({**anywhere, "callback_id": "shortcut.new"}).asked
    assert Dropped(reason="interaction") == used({**anywhere, "callback_id": "shortcut.old"})
    assert Dropped(reason="interaction") == used({**ON, "callback_id": "shortcut.new", "message": MESSAGE})


@pytest.mark.parametrize(
    ("filled", "chosen"),
    [
        ({"what": "create"}, {"what": "create"}),
        (
            {"what": "create", "words": " Rotate keys ", "team": "OPS"},
            {"what": "create", "words": "Rotate keys", "team": "OPS"},
        ),
        ({"what": "add", "ticket": "ENG-1"}, {"what": "add", "ticket": "ENG-1"}),
        ({"what": "add", "ticket": "ENG-1", "ticket_key": " eng-9 "}, {"what": "add", "ticket": "eng-9"}),
    ],
)
def test_a_form_comes_back_as_it_was_filled_in(filled: dict[str, str], chosen: dict[str, str]) -> None:
    """About the thread that it was opened on; a key that somebody wrote is what they mean."""
    message = a_message(root_ts="1.1")
    ops = ENG.model_copy(update={"id": "team-ops", "key": "OPS"})
    view = form_view(tracking_form(message, [a_ticket(1), a_ticket(2)], [ENG, ops], ENGLISH, known=True))
    thread = Subject(channel=message.channel, root_ts="1.1")
    assert TrackingChosen.model_validate({"form": "V7", "thread": thread, **chosen}) == sent(view, filled)


def test_a_ticket_that_somebody_wrote_comes_as_it_was_written() -> None:
    """With whose it is to be."""
    ops = ENG.model_copy(update={"id": "team-ops", "key": "OPS"})
    view = form_view(new_ticket_form([ENG, ops], ENGLISH))
    assert TicketWritten(form="V7", words="Rotate\nkeys", team="OPS") == sent(
        view, {"words": "Rotate\nkeys", "team": "OPS"}
    )


@pytest.mark.parametrize("place", [None, Subject(channel="D1", root_ts="1.2")])
def test_what_is_said_for_a_report_comes_by_the_question_it_answers(place: Subject | None) -> None:
    """A question is known by its text; what nobody asked stands behind an empty one."""
    question = ReportQuestion(text="What is in your way, “today”?")
    view = form_view(report_words_form([question], [], place, ENGLISH))
    words = {question.text: "The vendor", "": "Out at 4"}

    filled = {f"answer.{asked}": said for asked, said in words.items()}
    assert ReportWordsGiven(words=words, pressed_in=place) == sent(view, filled)


@needs_contracts
@pytest.mark.parametrize("tickets", [0, 1, 40])
def test_our_forms_are_of_slacks_own_form(tickets: int) -> None:
    """Every block fits Slack's schema and limits, however many tickets and teams there are and whatever they say."""
    likely = [a_ticket(number, title="x" * 400) for number in range(tickets)]
    teams = [ENG.model_copy(update={"key": f"T{number}", "name": "y" * 200}) for number in range(tickets * 5)]
    questions = [ReportQuestion(text=f"{number}{'z' * (LONGEST_QUESTION - 1)}") for number in range(MOST_QUESTIONS)]
    words = report_words_form(questions, [], None, GERMAN)
    for form in (
        tracking_form(a_message(), likely, teams, GERMAN, known=bool(likely)),
        new_ticket_form(teams, GERMAN),
        words,
    ):
        view: Any = form_view(form)
        assert [] == block_flaws(view["blocks"])
        assert [] == flaws(view)
