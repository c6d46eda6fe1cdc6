"""The limits of Block Kit that a client most easily runs into (docs.slack.dev/reference/block-kit)."""

from infra.sandbox.core.state import Json

MAX_BLOCKS, MAX_BLOCKS_OF_VIEW = 50, 100
MAX_OPTIONS = {"static_select": 100, "radio_buttons": 10, "checkboxes": 10, "overflow": 5}
_TYPES = {"section", "header", "divider", "context", "actions", "image", "rich_text", "input", "markdown", "video"}
_TEXT = {"section": 3000, "header": 150}
_ELEMENTS = {"context": 10, "actions": 25}


def flaws(blocks: object, *, most: int = MAX_BLOCKS) -> list[str]:
    """What Slack would object to, as it words its `response_metadata.messages`; empty if nothing."""
    if not isinstance(blocks, list):
        return ["[ERROR] must be an array [json-pointer:/blocks]"]
    objections = []
    if len(blocks) > most:
        objections.append(f"[ERROR] no more than {most} items allowed [json-pointer:/blocks]")
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
        objections += text_flaws(block.get("text"), _TEXT[kind], f"{at}/text", needed=not block.get("fields"))
    fields = block.get("fields") or []
    if len(fields) > 10:
        objections.append(f"[ERROR] no more than 10 items allowed [json-pointer:{at}/fields]")
    for number, field in enumerate(fields):
        objections += text_flaws(field, 2000, f"{at}/fields/{number}")
    if kind == "input":
        objections += text_flaws(block.get("label"), 2000, f"{at}/label")
        objections += _element_flaw(block.get("element"), f"{at}/element")
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
        objections += _element_flaw(element, f"{at}/elements/{number}")
    return objections


def _element_flaw(element: object, at: str) -> list[str]:
    if not isinstance(element, dict):
        return [f"[ERROR] must be an object [json-pointer:{at}]"]
    match element.get("type"):
        case "button":
            return _button_flaws(element, at)
        case "mrkdwn" | "plain_text":
            return text_flaws(element, 3000, at)
        case "static_select" | "radio_buttons" | "checkboxes" | "overflow" as kind:
            return _options_flaws(element, MAX_OPTIONS[kind], at)
        case "plain_text_input":
            return _input_flaws(element, at)
        case _:
            return []


def _options_flaws(element: Json, most: int, at: str) -> list[str]:
    options = element.get("options")
    if not isinstance(options, list) or not 1 <= len(options) <= most:
        return [f"[ERROR] must have between 1 and {most} items [json-pointer:{at}/options]"]
    objections = []
    for number, option in enumerate(options):
        where = f"{at}/options/{number}"
        objections += text_flaws(option.get("text"), 75, f"{where}/text")
        if len(str(option.get("value", ""))) > 150:
            objections.append(_too_long(f"{where}/value", 150))
    initial = element.get("initial_options", [element["initial_option"]] if "initial_option" in element else [])
    if any(option not in options for option in initial):
        objections.append(f"[ERROR] must match one of the options [json-pointer:{at}/initial_option]")
    return objections + text_flaws(element.get("placeholder"), 150, f"{at}/placeholder", needed=False)


def _input_flaws(element: Json, at: str) -> list[str]:
    most = element.get("max_length", 3000)
    if not isinstance(most, int) or not 1 <= most <= 3000:
        return [f"[ERROR] must be between 1 and 3000 [json-pointer:{at}/max_length]"]
    return [_too_long(f"{at}/initial_value", most)] if len(str(element.get("initial_value", ""))) > most else []


def _button_flaws(button: Json, at: str) -> list[str]:
    objections = text_flaws(button.get("text"), 75, f"{at}/text")
    limits = {"action_id": 255, "value": 2000, "url": 3000}
    return objections + [
        _too_long(f"{at}/{name}", limit) for name, limit in limits.items() if len(str(button.get(name, ""))) > limit
    ]


def text_flaws(text: object, limit: int, at: str, *, needed: bool = True) -> list[str]:
    """What Slack would object to in a text object."""
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
