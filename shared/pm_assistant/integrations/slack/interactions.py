"""What people press, choose and fill in at Slack: on cards, and in the forms that these open.

docs.slack.dev, reference/interaction-payloads. A form's state is Slack's; what it is about lies in its
`private_metadata`, which Slack hands back as we gave it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from pm_assistant.domain.answers import WHY_NOT, Answer, Edited, FormKind, Given, Scope, Subject
from pm_assistant.domain.events import ButtonPressed, Dropped
from pm_assistant.domain.forms import ANSWER, OrderForm, ReportForm, SettingsForm
from pm_assistant.domain.surfaces import (
    Asked,
    ReportSnoozed,
    ReportWordsAsked,
    ReportWordsGiven,
    SettingsAsked,
    SettingsChosen,
    SurfaceUsed,
    TicketAsked,
    TicketDisowned,
    TicketWritten,
    TrackingAsked,
    TrackingChosen,
)
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Message
from pm_assistant.integrations.slack.wire import SPEECH, SlackMessage
from pm_assistant.integrations.webhooks import Payload, parse, read_json, required

BUTTONS: Mapping[str, Answer] = {
    "decision.approve": "approve",
    "decision.dismiss": "dismiss",
    "decision.retry": "retry",
    "decision.undo": "undo",
}
"""What the buttons on a card say, by `action_id`; their value is `<decision id>:<revision>`: what was seen counts."""
OPENERS: Mapping[str, FormKind] = {"decision.edit": "edit", "decision.relink": "relink"}
"""The buttons that have something filled in first; their values likewise."""
WHY_NOT_MENU, OTHER_REASON = "decision.why_not", "other"
"""A menu of reasons; what it is about is the id of its block, behind `BLOCK`."""
MUTE_MENU = "decision.mute"
"""A menu of what is not to be asked any more; likewise."""
SCOPES: tuple[Scope, ...] = ("thread", "kind", "ticket", "channel")
SNOOZE: Mapping[str, str] = {"report.again.hour": "hour", "report.again.tomorrow": "tomorrow"}
"""The buttons below a report that have it sent again, by `action_id`; their value is its kind."""
NOT_MINE = "report.not_mine"
"""A menu of the tickets in a report."""
SAY = "report.say"
"""What lets somebody say something for the team's report, below their own and on their page."""
REPORT_FORMS: Mapping[str, ReportForm] = {"form.report_words": "report_words"}
"""What is said there, by `callback_id`."""
BLOCK = "decision|"
FORMS: Mapping[str, FormKind] = {"form.edit": "edit", "form.relink": "relink", "form.dismiss": "dismiss"}
"""Forms that end in an answer, by `callback_id`."""
ORDER_FORMS: Mapping[str, OrderForm] = {"form.track": "track", "form.new": "new"}
"""Forms that have something done."""
TRACK, NEW = "shortcut.track", "shortcut.new"
"""What the manifest offers in menus: on a message, and anywhere."""
WHAT, TEAM = "what", "team"
SETTINGS: Mapping[str, SettingsForm] = {
    "home.reports": "reports",
    "home.language": "language",
    "home.quiet_hours": "quiet_hours",
}
"""The buttons of a person's page that open a form, by `action_id`."""
SETTINGS_FORMS: Mapping[str, SettingsForm] = {f"settings.{form}": form for form in SETTINGS.values()}
"""What is set there, by `callback_id`."""
TITLE, TEXT, PRIORITY, TICKET, TICKET_KEY, WORDS = "title", "text", "priority", "ticket", "ticket_key", "words"
"""The fields of forms, by `block_id`; a long text is in several, `text.0` and on."""


class Named(Payload):
    """Anything that has an id."""

    id: str = Field(min_length=1)


class Option(Payload):
    """A choice among several."""

    value: str


class Element(Payload):
    """A pressed, chosen or filled element."""

    action_id: str = ""
    block_id: str = ""
    value: str | None = None
    selected_option: Option | None = None
    selected_options: tuple[Option, ...] = ()

    @property
    def said(self) -> str:
        """What was written or chosen, of several with commas between; nothing if neither."""
        if self.selected_options:
            return ",".join(option.value for option in self.selected_options)
        return self.selected_option.value if self.selected_option else self.value or ""


class Container(Payload):
    """Where a pressed element stands."""

    message_ts: str | None = None
    thread_ts: str | None = None
    channel_id: str | None = None

    @property
    def thread(self) -> Subject | None:
        """The thread, if it is in one, or may begin one."""
        root_ts = self.thread_ts or self.message_ts
        return Subject(channel=self.channel_id, root_ts=root_ts) if self.channel_id and root_ts else None


class FormState(Payload):
    """What was filled in, by block and element."""

    values: dict[str, dict[str, Element]] = Field(default_factory=dict)


class View(Payload):
    """A form."""

    id: str = ""
    callback_id: str = ""
    private_metadata: str = ""
    state: FormState = Field(default_factory=FormState)

    @property
    def filled(self) -> Mapping[str, str]:
        """What was filled in, by block."""
        return {block: next(iter(elements.values())).said for block, elements in self.state.values.items() if elements}


class Place(Named):
    """A channel; a private one has no name here."""

    name: str = ""


class Interaction(Payload):
    """The `payload` of an interaction form; an app installed for a whole organisation may get no `team`."""

    type: str
    team: Named | None = None
    enterprise: Named | None = None
    is_enterprise_install: bool = False
    user: Named | None = None
    trigger_id: str | None = None
    response_url: str | None = None
    callback_id: str = ""
    channel: Place | None = None
    message: SlackMessage | None = None
    container: Container = Field(default_factory=Container)
    actions: tuple[Element, ...] = ()
    view: View | None = None

    @property
    def installed_on(self) -> str | None:
        """The workspace, or the organisation, whose installation this is about."""
        installation = self.enterprise if self.is_enterprise_install else self.team
        return installation.id if installation else None


class About(BaseModel):
    """What a form is about, as it lies in the form: `<decision id>:<revision>`, and the thread of its card."""

    answers: str
    thread: Subject | None = None


def read_interaction(payload: Mapping[str, object], now: datetime) -> ButtonPressed | SurfaceUsed | Dropped:
    """Read what somebody pressed, chose or sent off, or a shortcut; what is none of our elements is no answer.

    Raises:
        InvalidRequest: it is ours and not of the form that we gave it.
    """
    interaction = parse(Interaction, payload, within="payload")
    if (asked := _asked(interaction, now) or _asked_of_report(interaction)) is not None:
        return SurfaceUsed(
            provider=Provider.SLACK,
            external_id=required(interaction.installed_on, "payload.team"),
            user_id=required(interaction.user.id if interaction.user else None, "payload.user"),
            asked=asked,
        )
    given = _given(interaction)
    if given is None:
        return Dropped(reason="interaction")
    return ButtonPressed(
        provider=Provider.SLACK,
        external_id=required(interaction.installed_on, "payload.team"),
        user_id=required(interaction.user.id if interaction.user else None, "payload.user"),
        **{name: getattr(given, name) for name in Given.model_fields},
    )


def _asked(interaction: Interaction, now: datetime) -> Asked | None:
    """What a shortcut, a page, or a form that has something done or set asks of us; None where it is none of these."""
    match interaction.type:
        case "message_action" if interaction.callback_id == TRACK:
            opener = {"trigger_id": interaction.trigger_id, "answer_to": interaction.response_url}
            return parse(TrackingAsked, {"message": _said(interaction, now), **opener}, within="payload")
        case "shortcut" if interaction.callback_id == NEW:
            return parse(TicketAsked, {"trigger_id": interaction.trigger_id}, within="payload")
        case "view_submission" if interaction.view is not None and interaction.view.callback_id in ORDER_FORMS:
            return _ordered(interaction.view)
        case "block_actions" if (form := _wanted_form(interaction)) is not None:
            return parse(SettingsAsked, {"form": form, "trigger_id": interaction.trigger_id}, within="payload")
        case "view_submission" if interaction.view is not None and interaction.view.callback_id in SETTINGS_FORMS:
            form, filled = SETTINGS_FORMS[interaction.view.callback_id], interaction.view.filled
            return parse(SettingsChosen, {"form": form, "filled": filled}, within="payload.view")
        case _:
            return None


def _wanted_form(interaction: Interaction) -> SettingsForm | None:
    return next((SETTINGS[each.action_id] for each in interaction.actions if each.action_id in SETTINGS), None)


def _said(interaction: Interaction, now: datetime) -> Message | None:
    """The message that a shortcut is used on, if a person wrote it.

    Slack does not say who reads the channel, so not everybody may; where we were told of the message, that counts.
    """
    said, channel = interaction.message, interaction.channel
    if said is None or channel is None or said.by_bot or said.subtype not in SPEECH or not (said.ts and said.user):
        return None
    edited_ts = said.edited.ts if said.edited else None
    return said.to_message(
        channel=channel.id, ts=said.ts, author=said.user, edited_ts=edited_ts, private=True, received_at=now
    )


def _ordered(view: View) -> Asked:
    filled = view.filled
    written: dict[str, object] = {
        "form": view.id,
        "words": filled.get(WORDS, "").strip(),
        "team": filled.get(TEAM) or None,
    }
    match ORDER_FORMS[view.callback_id]:
        case "new":
            return parse(TicketWritten, written, within="payload.view")
        case "track":
            about = parse(About, read_json(view.private_metadata.encode(), field="payload.view.private_metadata"))
            ticket = filled.get(TICKET_KEY, "").strip() or filled.get(TICKET) or None
            chosen = {"thread": about.thread, "what": filled.get(WHAT), "ticket": ticket}
            return parse(TrackingChosen, written | chosen, within="payload.view")


def _asked_of_report(interaction: Interaction) -> Asked | None:
    """What somebody pressed or chose below a report, or said for one; None where it was nothing there."""
    if interaction.type == "view_submission" and interaction.view and interaction.view.callback_id in REPORT_FORMS:
        return _said_for_report(interaction.view)
    place = interaction.container.thread
    for element in interaction.actions if interaction.type == "block_actions" else ():
        if (until := SNOOZE.get(element.action_id)) is not None:
            kind, _, team_id = required(element.value, "payload.actions.value").partition(":")
            pressed = {"kind": kind, "team_id": team_id or None, "until": until, "pressed_in": place}
            return parse(ReportSnoozed, pressed, within="payload")
        if element.action_id == NOT_MINE:
            return parse(TicketDisowned, {"ticket_id": element.said, "pressed_in": place}, within="payload")
        if element.action_id == SAY:
            opener = {"trigger_id": interaction.trigger_id, "pressed_in": place}
            return parse(ReportWordsAsked, opener, within="payload")
    return None


def _said_for_report(view: View) -> Asked:
    about = parse(About, read_json(view.private_metadata.encode(), field="payload.view.private_metadata"))
    words = {id.removeprefix(ANSWER): said for id, said in view.filled.items() if id.startswith(ANSWER)}
    return parse(ReportWordsGiven, {"words": words, "pressed_in": about.thread}, within="payload.view")


def _given(interaction: Interaction) -> Given | None:
    match interaction.type:
        case "block_actions":
            pressed = (_pressed(element, interaction) for element in interaction.actions)
            return next((given for given in pressed if given is not None), None)
        case "view_submission" if interaction.view is not None and interaction.view.callback_id in FORMS:
            return _sent_off(interaction.view)
        case _:
            return None


def _pressed(element: Element, interaction: Interaction) -> Given | None:
    opener: dict[str, str | None] = {"trigger_id": interaction.trigger_id}
    chosen: Mapping[str, object]
    if (answer := BUTTONS.get(element.action_id)) is not None:
        about, chosen = required(element.value, "payload.actions.value"), {"answer": answer}
    elif (form := OPENERS.get(element.action_id)) is not None:
        about, chosen = required(element.value, "payload.actions.value"), {"opens": form, **opener}
    elif element.action_id == WHY_NOT_MENU:
        about, reason = element.block_id.removeprefix(BLOCK), WHY_NOT.get(element.said)
        chosen = {"answer": "dismiss", "remark": reason} if reason else {"opens": "dismiss", **opener}
    elif element.action_id == MUTE_MENU:
        scope = next((scope for scope in SCOPES if scope == element.said), None)
        about, chosen = element.block_id.removeprefix(BLOCK), {"mutes": scope}
    else:
        return None
    return _on(about, chosen, thread=interaction.container.thread)


def _sent_off(view: View) -> Given:
    about = parse(About, read_json(view.private_metadata.encode(), field="payload.view.private_metadata"))
    filled = view.filled
    chosen: dict[str, object] = {"answer": FORMS[view.callback_id]}
    match FORMS[view.callback_id]:
        case "edit":
            chosen["edited"] = _edited(filled)
        case "relink":
            chosen["ticket"] = filled.get(TICKET_KEY, "").strip() or filled.get(TICKET)
        case "dismiss":
            chosen["remark"] = filled.get(WORDS)
    return _on(about.answers, chosen, thread=about.thread)


def _edited(filled: Mapping[str, str]) -> Edited:
    parts: Sequence[str] = sorted((block for block in filled if block.startswith(f"{TEXT}.")), key=_number)
    priority = filled.get(PRIORITY, "")
    written = {
        "title": filled.get(TITLE) or None,
        "text": "".join(filled[part] for part in parts) if parts else None,
        "priority": priority or None,
    }
    return parse(Edited, written, within="payload.view.state")


def _number(block: str) -> int:
    digits = block.removeprefix(f"{TEXT}.")
    return int(digits) if digits.isascii() and digits.isdecimal() else 0


def _on(about: str, chosen: Mapping[str, object], *, thread: Subject | None) -> Given:
    decision_id, _, revision = about.partition(":")
    about_it = {"decision_id": decision_id, "revision": revision or None, "pressed_in": thread}
    return parse(Given, {**about_it, **chosen}, within="payload")
