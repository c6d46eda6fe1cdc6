"""What people pass on: words of others that hang on a message of their own."""

from collections.abc import Sequence


def with_forwarded(text: str, forwarded: Sequence[str]) -> str:
    """Quote below a message, in the chat's markup, what its author passed on: others said it, and no order is in it."""
    quoted = (f"&gt; {line}" for passage in forwarded for line in passage.splitlines() if line.strip())
    return "\n".join((text, *quoted)).strip("\n") if forwarded else text
