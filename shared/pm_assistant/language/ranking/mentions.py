"""Which of our tickets a message names."""

import html
import re
from collections.abc import Callable, Iterator

from pm_assistant.domain.index import TicketIndex
from pm_assistant.language.links import read_mentions
from pm_assistant.language.text import QUOTE_MARK, STRUCK
from pm_assistant.language.tickets import keys_in

_SPACED = re.compile(r"(?<![A-Za-z0-9])([A-Z][A-Z0-9]{1,9})[ #](\d{1,6})(?![A-Za-z0-9])")


def keys_named_in(
    message: str, is_known: Callable[[str], object], *, workspace: str | None = None, quoted: bool = False
) -> Iterator[str]:
    """The keys of tickets that a message in Slack's mrkdwn names, by key or by address, each once.

    What stands in quotes, in code, in other trackers' addresses, or is struck out, names none.

    Args:
        message: what was said.
        is_known: whether there is a ticket of a key.
        workspace: the tracker's name for the team in addresses; None lets any count.
        quoted: whether what others are quoted with counts, as it does for whoever answers to it.
    """
    message = QUOTE_MARK.sub("", message) if quoted else message
    marked = html.unescape(STRUCK.sub(" ", _SPACED.sub(r"\1-\2", message)))
    keys = {key for key in keys_in(marked) if is_known(key)}
    if keys:
        teams = {key.partition("-")[0] for key in keys}
        yield from read_mentions(marked, team_keys=teams, tickets=keys, workspace=workspace)


def named_in(message: str, index: TicketIndex, *, workspace: str | None = None) -> Iterator[int]:
    """The numbers of the tickets that a message names (`keys_named_in`), by a key of now or before."""
    for key in keys_named_in(message, lambda key: any(True for _ in index.numbers_with_key(key)), workspace=workspace):
        yield from index.numbers_with_key(key)
