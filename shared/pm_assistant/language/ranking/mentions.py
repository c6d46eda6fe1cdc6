"""Which of our tickets a message names."""

import html
import re
from collections.abc import Iterator

from pm_assistant.domain.index import TicketIndex
from pm_assistant.language.links import read_mentions
from pm_assistant.language.text import STRUCK
from pm_assistant.language.tickets import keys_in

_SPACED = re.compile(r"(?<![A-Za-z0-9])([A-Z][A-Z0-9]{1,9})[ #](\d{1,6})(?![A-Za-z0-9])")


def named_in(message: str, index: TicketIndex, *, workspace: str | None = None) -> Iterator[int]:
    """The numbers of the tickets that a message in Slack's mrkdwn names, by a key of now or before, or by address.

    What stands in quotes, in code, in other trackers' addresses, or is struck out, names none.
    """
    marked = html.unescape(STRUCK.sub(" ", _SPACED.sub(r"\1-\2", message)))
    keys = {key for key in keys_in(marked) if any(True for _ in index.numbers_with_key(key))}
    if keys:
        teams = {key.partition("-")[0] for key in keys}
        for key in read_mentions(marked, team_keys=teams, tickets=keys, workspace=workspace):
            yield from index.numbers_with_key(key)
