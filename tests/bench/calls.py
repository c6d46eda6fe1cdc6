"""How many messages people wrote for each model call, on the stack as it has run so far.

make up && uv run python -m tests.bench.calls
"""

import httpx

from pm_assistant.cli.client import open_stack
from pm_assistant.domain.errors import ProductError


def main() -> None:
    """Print messages, calls and their ratio."""
    client = open_stack(profile=None, stack=None, region=None, tenant=None)
    state = httpx.get(f"{client.stack.sandbox_url}/_sandbox/state", timeout=10).raise_for_status().json()
    messages = [message for channel in state["slack"]["messages"].values() for message in channel]
    people = sum(not message.get("bot_id") for message in messages)
    calls = state["requests"].get("openai.responses", 0)
    if not (people and calls):
        raise SystemExit(f"error: {people} messages and {calls} model calls: there is nothing to measure")
    print(f"{people} messages, {calls} model calls: {people / calls:.2f} messages per model call")


if __name__ == "__main__":
    try:
        main()
    except ProductError as error:
        raise SystemExit(str(error)) from error
