"""Decisions as link previews and Work Objects: blocks for everybody, an entity whose details each person gets alone.

Forms: docs.slack.dev, messaging/work-objects-implementation. What an entity says in `chat.unfurl` is read by all who
read the message; what it says in `entity.presentDetails` by whoever asked for it.
"""

from collections.abc import Mapping

from pm_assistant.domain.previews import Fact, Preview
from pm_assistant.integrations.slack.blocks import MAX_DETAIL, MAX_WORDS, Block, entry_blocks, is_web, plain
from pm_assistant.presentation.i18n import texts_in

ENTITY, KIND, PRODUCT = "slack#/entities/task", "decision", "PM Assistant"
RESTRICTED = {"status": "restricted"}
"""Why there is nothing to be seen: for no person do we say whether there would be."""


def unfurls(previews: Mapping[str, Preview]) -> dict[str, dict[str, list[Block]]]:
    """What stands below each link."""
    return {
        link: {"blocks": entry_blocks(preview.entry, MAX_WORDS, texts_in(preview.language))}
        for link, preview in previews.items()
    }


def entity(preview: Preview, link: str | None = None) -> Block:
    """A decision as an entity; beside a link with the link as it was shared."""
    title = " ".join(filter(None, (preview.entry.headline, preview.entry.link_text)))
    fields: Block = {"status": {"value": preview.status}}
    if preview.entry.detail:
        fields["description"] = {"value": plain(preview.entry.detail, MAX_DETAIL)}
    payload: Block = {
        "attributes": {"title": {"text": plain(title)}, "display_type": "Decision", "product_name": PRODUCT},
        "fields": fields,
    }
    if preview.facts:
        payload["custom_fields"] = [_field(number, fact) for number, fact in enumerate(preview.facts)]
    shown: Block = {
        "entity_type": ENTITY,
        "entity_payload": payload,
        "external_ref": {"id": preview.decision_id, "type": KIND},
        "url": preview.url,
    }
    return shown if link is None else {**shown, "app_unfurl_url": link}


def _field(number: int, fact: Fact) -> Block:
    field: Block = {"key": f"fact{number}", "label": fact.label, "type": "string"}
    field["value"] = plain(fact.text, MAX_DETAIL)
    return {**field, "link": fact.url} if is_web(fact.url) else field
