"""What people answer only to show that they have read something: it says nothing that was not said before it."""

import re
from functools import cache

from pm_assistant.domain.work import Conversation, Message
from pm_assistant.language.asking import asks
from pm_assistant.language.lexicon import patterns_in
from pm_assistant.language.lookalikes import without_invisible
from pm_assistant.language.text import fold, plain

_LONGEST = 80
"""In characters; whoever writes more says something."""
_MENTION = re.compile(r"<@[^<>]*>")


def without_acknowledgements(conversation: Conversation) -> Conversation:
    """A conversation without the answers at its end that add nothing to what was said.

    Whoever agrees to a question or a proposal adds that it is so. Who began may say by a thanks that the matter is
    settled, so what they say themselves counts always.
    """
    messages = conversation.messages
    if not messages:
        return conversation
    end = len(messages)
    while end > 1 and messages[end - 1].author != messages[0].author and _may_add_nothing(messages[end - 1]):
        end -= 1
    said = messages[:end]
    if any(map(_is_for_agreeing, said)):
        added = (place for place in range(end, len(messages)) if not _shows_only("noted", messages[place]))
        end = max((place + 1 for place in added), default=end)
    return conversation.model_copy(update={"messages": messages[:end]})


def _may_add_nothing(message: Message) -> bool:
    return not message.deleted and not message.files and _shows_only("noted|agreed", message)


def _shows_only(kinds: str, message: Message) -> bool:
    said = _MENTION.sub(" ", without_invisible(message.text)).strip()
    return 0 < len(said) <= _LONGEST and _acknowledges(kinds).fullmatch(fold(said).replace("\u2019", "'")) is not None


def _is_for_agreeing(message: Message) -> bool:
    folded = fold(plain(message.text, {})).replace("\u2019", "'")
    return asks(message.text) or any(pattern.search(folded) for pattern in patterns_in("acknowledgements")["proposes"])


@cache
def _acknowledges(kinds: str) -> re.Pattern[str]:
    """Such words and signs of these kinds alone, each set off from the next, but in scripts that set off nothing."""
    known = patterns_in("acknowledgements")
    words = "|".join(pattern.pattern for kind in kinds.split("|") for pattern in known[kind])
    return re.compile(rf"(?:(?:{words})(?:[\s,.!\u2026~\u3002\uff01\u3001]+|(?<![a-z\u0400-\u04ff])|$))+")
