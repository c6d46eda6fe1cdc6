"""A person's page as Slack's home tab.

Limits are Slack's (docs.slack.dev, reference/views and reference/methods/views.publish): 100 blocks and 250 kB.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from pm_assistant.domain.forms import ReportForm, SettingsForm
from pm_assistant.domain.home import Home, HomeSection
from pm_assistant.integrations.slack.blocks import (
    MAX_DETAIL,
    MAX_SECTION,
    Block,
    button,
    context,
    entry_blocks,
    escape,
    link,
    mrkdwn,
    plain,
    section_blocks,
)
from pm_assistant.integrations.slack.interactions import SAY, SETTINGS
from pm_assistant.presentation.i18n import Texts, texts_in

MAX_BLOCKS, MAX_BYTES = 100, 200_000
"""Bytes with room to spare: Slack counts what it makes of the page."""
EVEN_CUT = 4
"""Blocks that a section takes of which nothing else has room: rule, heading, text, and how many more it has."""
MAX_WORDS = 3_000
"""Of what one decision would write; the rest is in its thread."""

OPENS: Mapping[SettingsForm | ReportForm, str] = {
    **{form: action_id for action_id, form in SETTINGS.items()},
    "report_words": SAY,
}


def home_view(home: Home) -> Block:
    """The page as a view: sections in their order, cut where Slack takes no more, which is then said."""
    blocks: list[Block] = []
    room, texts = MAX_BYTES, texts_in(home.language)
    for number, part in enumerate(home.sections):
        groups, hidden = list(_groups(part, texts)), part.more
        blocks += [{"type": "divider"}] if blocks else []
        most = MAX_BLOCKS - EVEN_CUT * (len(home.sections) - number - 1) - 1
        for done, group in enumerate(groups):
            size = len(json.dumps(group))
            if done and (len(blocks) + len(group) > most or size > room):
                hidden += len(groups) - done
                break
            blocks += group
            room -= size
        blocks += [context(texts.ngettext("… and {count} more.", "… and {count} more.", hidden))] if hidden else []
    return {"type": "home", "blocks": blocks}


def _groups(part: HomeSection, texts: Texts) -> Iterator[list[Block]]:
    """What is shown together or not at all."""
    header: Block = {"type": "header", "text": {"type": "plain_text", "text": plain(part.title), "emoji": False}}
    yield [header, *([context(escape(part.text, MAX_DETAIL))] if part.text else [])]
    yield from ([mrkdwn(text)] for text in _texts(link(line.text, line.url) for line in part.lines))
    if part.buttons:
        yield [{"type": "actions", "elements": [button(each.label, OPENS[each.opens], "") for each in part.buttons]}]
    yield from (section_blocks(section, texts) for section in part.parts)
    yield from (entry_blocks(entry, MAX_WORDS, texts) for entry in part.entries)


def _texts(lines: Iterable[str]) -> Iterator[str]:
    """Lines one below the other, in as few texts as they take."""
    text = ""
    for line in (f"• {line}" for line in lines):
        if text and len(text) + 1 + len(line) > MAX_SECTION:
            yield text
            text = line
        else:
            text = f"{text}\n{line}" if text else line
    if text:
        yield text
