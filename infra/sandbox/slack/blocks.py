"""The limits of Block Kit that a client most easily runs into (docs.slack.dev/reference/block-kit)."""

from infra.sandbox.core.state import Json

MAX_BLOCKS = 50
_TYPES = {"section", "header", "divider", "context", "actions", "image", "rich_text", "input", "markdown", "video"}
_TEXT = {"section": 3000, "header": 150}
_ELEMENTS = {"context": 10, "actions": 25}


def flaws(blocks: object) -> list[str]:
    """What Slack would object to, as it words its `response_metadata.messages`; empty if nothing."""
    if not isinstance(blocks, list):
        return ["[ERROR] must be an array [json-pointer:/blocks]"]
    objections = []
    if len(blocks) > MAX_BLOCKS:
        objections.append(f"[ERROR] no more than {MAX_BLOCKS} items allowed [json-pointer:/blocks]")
    ids = [block["block_id"] for block in blocks if isinstance(block, dict) and "block_id" in block]
    if len(ids) != len(set(ids)):
        objections.append("[ERROR] block_id must be unique [json-pointer:/blocks]")
    for number, block in enumerate(blocks):
        at = f"/blocks/{number}"
        if not isinstance(block, dict) or block.get("type") not in _TYPES:
            objections.append(f"[ERROR] unsupported type [json-pointer:{at}/type]")
        else:
            objections += _block_flaws(block, at)
    return objections


def _block_flaws(block: Json, at: str) -> list[str]:
    kind = block["type"]
    objections = []
    if len(str(block.get("block_id", ""))) > 255:
        objections.append(_too_long(f"{at}/block_id", 255))
    if kind in _TEXT:
        objections += _text_flaws(block.get("text"), _TEXT[kind], f"{at}/text", needed=not block.get("fields"))
    fields = block.get("fields") or []
    if len(fields) > 10:
        objections.append(f"[ERROR] no more than 10 items allowed [json-pointer:{at}/fields]")
    for number, field in enumerate(fields):
        objections += _text_flaws(field, 2000, f"{at}/fields/{number}")
    if kind in _ELEMENTS:
        objections += _element_flaws(block.get("elements"), _ELEMENTS[kind], at)
    return objections


def _element_flaws(elements: object, limit: int, at: str) -> list[str]:
    if not isinstance(elements, list) or not elements:
        return [f"[ERROR] missing required field: elements [json-pointer:{at}]"]
    if len(elements) > limit:
        return [f"[ERROR] no more than {limit} items allowed [json-pointer:{at}/elements]"]
    objections = []
    for number, element in enumerate(elements):
        where = f"{at}/elements/{number}"
        if not isinstance(element, dict):
            objections.append(f"[ERROR] must be an object [json-pointer:{where}]")
        elif element.get("type") == "button":
            objections += _button_flaws(element, where)
        elif element.get("type") in {"mrkdwn", "plain_text"}:
            objections += _text_flaws(element, 3000, where)
    return objections


def _button_flaws(button: Json, at: str) -> list[str]:
    objections = _text_flaws(button.get("text"), 75, f"{at}/text")
    limits = {"action_id": 255, "value": 2000, "url": 3000}
    return objections + [
        _too_long(f"{at}/{name}", limit) for name, limit in limits.items() if len(str(button.get(name, ""))) > limit
    ]


def _text_flaws(text: object, limit: int, at: str, *, needed: bool = True) -> list[str]:
    if text is None:
        return [f"[ERROR] missing required field: text [json-pointer:{at}]"] if needed else []
    if not isinstance(text, dict) or text.get("type") not in {"mrkdwn", "plain_text"}:
        return [f"[ERROR] unsupported type [json-pointer:{at}/type]"]
    content = text.get("text")
    if not isinstance(content, str) or not content:
        return [f"[ERROR] must be more than 0 characters [json-pointer:{at}/text]"]
    return [_too_long(f"{at}/text", limit)] if len(content) > limit else []


def _too_long(at: str, limit: int) -> str:
    return f"[ERROR] must be less than {limit + 1} characters [json-pointer:{at}]"
