"""Forms as Slack's modals.

Limits are Slack's (docs.slack.dev, reference/views and block-kit): 100 blocks, 24 characters of a title and on the
button, 3,000 in a field and in what we give it to keep, 75 of a choice, 2,000 of a label.
"""

from pm_assistant.domain.forms import Choice, Field, Form
from pm_assistant.integrations.slack.blocks import Block, plain
from pm_assistant.integrations.slack.interactions import FORMS, ORDER_FORMS, REPORT_FORMS, SETTINGS_FORMS, About

MAX_TITLE, MAX_LABEL, MAX_CHOICE, MAX_FIELD = 24, 2_000, 75, 3_000
FEW = 10
"""As many choices are shown one below the other."""


def form_view(form: Form) -> Block:
    """A form as a modal; what it is about lies in it, and comes back with it."""
    known = (*FORMS.items(), *ORDER_FORMS.items(), *SETTINGS_FORMS.items(), *REPORT_FORMS.items())
    named = {kind: name for name, kind in known}
    return {
        "type": "modal",
        "callback_id": named[form.kind],
        "private_metadata": About(answers=form.answers, thread=form.thread).model_dump_json(),
        "title": _text(form.title, MAX_TITLE),
        "submit": _text(form.send, MAX_TITLE),
        "close": _text(form.cancel, MAX_TITLE),
        "blocks": [_input(field) for field in form.fields],
    }


def _input(field: Field) -> Block:
    return {
        "type": "input",
        "block_id": field.id,
        "label": _text(field.label, MAX_LABEL),
        "optional": field.optional,
        "element": _menu(field) if field.choices else _written(field),
    }


def _written(field: Field) -> Block:
    most = min(field.most, MAX_FIELD)
    element: Block = {"type": "plain_text_input", "action_id": field.id, "multiline": field.lines, "max_length": most}
    return element | ({"initial_value": field.value[:most]} if field.value else {})


def _menu(field: Field) -> Block:
    if field.several:
        return _checkboxes(field)
    kind = "radio_buttons" if len(field.choices) <= FEW and field.optional else "static_select"
    options = {choice.value: _option(choice) for choice in field.choices}
    element: Block = {"type": kind, "action_id": field.id, "options": [*options.values()]}
    return element | ({"initial_option": options[field.value]} if field.value in options else {})


def _checkboxes(field: Field) -> Block:
    options = [_option(choice) for choice in field.choices]
    chosen = [option for option in options if option["value"] in field.value.split(",")]
    element: Block = {"type": "checkboxes", "action_id": field.id, "options": options}
    return element | ({"initial_options": chosen} if chosen else {})


def _option(choice: Choice) -> Block:
    return {"text": _text(choice.label, MAX_CHOICE), "value": choice.value}


def _text(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": plain(text, limit), "emoji": False}
