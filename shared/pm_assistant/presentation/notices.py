"""What somebody has to see to, in words: the same on pages, in the chat and in mails."""

from typing import NamedTuple


class NoticeWords(NamedTuple):
    """Something that needs somebody to act.

    Attributes:
        title: in a few words.
        text: what it means, and that nothing is lost by it.
        button: what is to be done.
    """

    title: str
    text: str
    button: str
