"""What people do in Slack beside talking and pressing our buttons, as its events tell.

docs.slack.dev, reference/events. A reaction names its emoji by one of its names, and a skin tone behind `::`.
"""

from collections.abc import Mapping

from pydantic import Field

from pm_assistant.domain.events import Dropped
from pm_assistant.domain.reactions import Reaction
from pm_assistant.domain.surfaces import Asked, DetailsWanted, LinkShared, ReactionAdded, SessionStopped
from pm_assistant.integrations.slack.wire import TIMESTAMP
from pm_assistant.integrations.webhooks import Payload, parse

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
