"""What people do in Slack beside talking among themselves and pressing our buttons, as its events and forms tell.

docs.slack.dev, reference/events and interactivity/implementing-slash-commands. A reaction names its emoji by one of its
names, and a skin tone behind `::`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from pm_assistant.domain.events import Dropped
from pm_assistant.domain.reactions import Reaction
from pm_assistant.domain.surfaces import (
    Asked,
    CommandTyped,
    DetailsWanted,
    HomeOpened,
    LinkShared,
    QuestionAsked,
    ReactionAdded,
    SessionStopped,
    SurfaceUsed,
)
from pm_assistant.domain.workspaces import Provider
from pm_assistant.integrations.slack.wire import TIMESTAMP
from pm_assistant.integrations.webhooks import Payload, parse, required

if TYPE_CHECKING:
    from pm_assistant.integrations.slack.webhook import MessageEvent

COMMAND, LONGEST_COMMAND = "/pm", 300
"""The command that the manifest offers, and the characters behind it that may mean something."""
LONGEST_QUESTION = 4_000
EMOJI: Mapping[str, Reaction] = {
    "white_check_mark": Reaction.APPROVE,
    "heavy_check_mark": Reaction.APPROVE,
    "ballot_box_with_check": Reaction.APPROVE,
    "thumbsdown": Reaction.UNDO,
    "-1": Reaction.UNDO,
    "ticket": Reaction.TICKET,
    "admission_tickets": Reaction.TICKET,
}
"""What reactions mean, by each name that Slack may give them."""


class Item(Payload):
    """What was reacted to; only a message has a channel and a timestamp."""

    type: str = ""
    channel: str | None = Field(default=None, max_length=64)
    ts: str | None = Field(default=None, pattern=TIMESTAMP)


class ReactionEvent(Payload):
    """An event of type `reaction_added`."""

    user: str = Field(min_length=1, max_length=64)
    reaction: str
    item: Item


class SharedLink(Payload):
    """A link to one of our pages."""

    url: str = Field(max_length=3_000)


class LinkEvent(Payload):
    """An event of type `link_shared`; while a message is being written its channel is `COMPOSER`."""

    user: str = Field(min_length=1, max_length=64)
    channel: str = Field(min_length=1, max_length=64)
    unfurl_id: str | None = Field(default=None, max_length=500)
    source: str | None = Field(default=None, max_length=64)
    links: tuple[SharedLink, ...] = ()


class DetailsEvent(Payload):
    """An event of type `entity_details_requested`."""

    user: str = Field(min_length=1, max_length=64)
    trigger_id: str = Field(min_length=1, max_length=500)
    entity_url: str = Field(max_length=3_000)


class StopEvent(Payload):
    """An event of type `agent_session_stopped`."""

    user: str = Field(min_length=1, max_length=64)
    channel: str = Field(min_length=1, max_length=64)
    thread_ts: str = Field(pattern=TIMESTAMP)


class ShownView(Payload):
    """What somebody sees of ours; Slack gives each version of it another `hash`."""

    hash: str | None = Field(default=None, max_length=255)


class HomeEvent(Payload):
    """An event of type `app_home_opened`; it tells of the tab with our messages, too."""

    user: str = Field(min_length=1, max_length=64)
    tab: str = ""
    view: ShownView = Field(default_factory=ShownView)


class SlashCommand(Payload):
    """A command that somebody typed, in the fields of a form."""

    team_id: str | None = None
    enterprise_id: str | None = None
    is_enterprise_install: str = ""
    user_id: str = Field(min_length=1, max_length=64)
    text: str = ""
    response_url: str
    trigger_id: str

    @property
    def installed_on(self) -> str | None:
        """The workspace, or the organisation, whose installation this is about."""
        return self.enterprise_id if self.is_enterprise_install == "true" else self.team_id


MOST_LINKS = 10


def read_surface(kind: str, event: Mapping[str, object], *, outside: bool = False) -> tuple[str, Asked] | Dropped:
    """Who did something at a surface, and what; what means nothing to us is dropped.

    Args:
        kind: type of the event.
        event: as Slack tells it.
        outside: people of other companies are in its channel.

    Raises:
        InvalidRequest: the event lacks what it is about.
    """
    match kind:
        case "reaction_added":
            return _reaction(parse(ReactionEvent, event, within="event"))
        case "app_home_opened":
            return _home(parse(HomeEvent, event, within="event"))
        case "link_shared":
            return _links(parse(LinkEvent, event, within="event"), outside=outside)
        case "entity_details_requested":
            wanted = parse(DetailsEvent, event, within="event")
            return wanted.user, DetailsWanted(trigger_id=wanted.trigger_id, link=wanted.entity_url)
        case "agent_session_stopped":
            stopped = parse(StopEvent, event, within="event")
            return stopped.user, SessionStopped(channel=stopped.channel, root_ts=stopped.thread_ts)
        case _:
            return Dropped(reason="event type")


def _links(event: LinkEvent, *, outside: bool) -> tuple[str, Asked] | Dropped:
    if event.unfurl_id is None or event.source is None:
        return Dropped(reason="incomplete event")
    links = tuple(link.url for link in event.links[:MOST_LINKS])
    shared = LinkShared(
        channel=event.channel, outside=outside, unfurl_id=event.unfurl_id, source=event.source, links=links
    )
    return event.user, shared


def _reaction(event: ReactionEvent) -> tuple[str, Asked] | Dropped:
    means = EMOJI.get(event.reaction.partition("::")[0])
    if means is None or event.item.channel is None or event.item.ts is None:
        return Dropped(reason="reaction")
    return event.user, ReactionAdded(means=means, channel=event.item.channel, ts=event.item.ts)


def _home(event: HomeEvent) -> tuple[str, Asked] | Dropped:
    return (event.user, HomeOpened(shown=event.view.hash)) if event.tab == "home" else Dropped(reason="another tab")


def read_question(event: MessageEvent) -> tuple[str, Asked] | Dropped:
    """Who says something to us alone, and what; what they change afterwards, or a bot says, asks nothing."""
    if event.by_bot or event.subtype is not None or not (event.user and event.ts and event.text):
        return Dropped(reason="direct message")
    root_ts, text = event.thread_ts or event.ts, event.text[:LONGEST_QUESTION]
    return event.user, QuestionAsked(channel=event.channel, root_ts=root_ts, ts=event.ts, text=text)


def read_command(fields: Mapping[str, str]) -> SurfaceUsed | Dropped:
    """Who typed our command, and what behind it; another app's is dropped.

    Args:
        fields: of the form that Slack posts.

    Raises:
        InvalidRequest: it lacks who typed it, where, or how to answer.
    """
    if fields["command"] != COMMAND:
        return Dropped(reason="slash command")
    command = parse(SlashCommand, fields)
    typed = CommandTyped(
        text=command.text[:LONGEST_COMMAND], answer_to=command.response_url, trigger_id=command.trigger_id
    )
    installation = required(command.installed_on, "team_id")
    return SurfaceUsed(provider=Provider.SLACK, external_id=installation, user_id=command.user_id, asked=typed)
