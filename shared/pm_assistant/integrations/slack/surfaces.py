"""What people do in Slack beside talking and pressing our buttons, as its events tell.

docs.slack.dev, reference/events. A reaction names its emoji by one of its names, and a skin tone behind `::`.
"""

from collections.abc import Mapping

from pydantic import Field

from pm_assistant.domain.events import Dropped
from pm_assistant.domain.surfaces import Asked, Reaction, ReactionAdded
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


def read_surface(kind: str, event: Mapping[str, object]) -> tuple[str, Asked] | Dropped:
    """Who did something at a surface, and what; what means nothing to us is dropped.

    Raises:
        InvalidRequest: the event lacks what it is about.
    """
    match kind:
        case "reaction_added":
            return _reaction(parse(ReactionEvent, event, within="event"))
        case _:
            return Dropped(reason="event type")


def _reaction(event: ReactionEvent) -> tuple[str, Asked] | Dropped:
    means = EMOJI.get(event.reaction.partition("::")[0])
    if means is None or event.item.channel is None or event.item.ts is None:
        return Dropped(reason="reaction")
    return event.user, ReactionAdded(means=means, channel=event.item.channel, ts=event.item.ts)
