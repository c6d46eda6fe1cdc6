"""Whether words ask people something: a question mark that ends a word of theirs, in any script."""

import re

from pm_assistant.language.text import plain

_ADDRESS = re.compile(r"\w+://\S+")
_ASKS = re.compile("\uff1f|[?\u061f\u037e](?=[\\s?!\"'\u201d\u2019\u00bb):]|$)", re.MULTILINE)


def asks(text: str) -> bool:
    """Whether somebody who writes this wants to know something; code, addresses and quotes of others ask nothing."""
    return _ASKS.search(_ADDRESS.sub(" ", plain(text, {}, spoken=True))) is not None
