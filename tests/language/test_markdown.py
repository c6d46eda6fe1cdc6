"""Rules of reading what somebody says in Markdown."""

import random
import re
from collections.abc import Iterable, Iterator
from itertools import count

from markdown_it import MarkdownIt

from pm_assistant.language.markdown import Document, Token, TokenKind

MARKS = ("", "", "", "> ", "- ", "* ", "1. ", "    ", "  ", "   ", "## ", "> - ", "- > ")
WORDS = ("K", "K", "K and K", "`K`", "`K", "K` b", "``K``", "```", "~~~", "````", "```py", "", "", "---", "**K**")
MORE = ("~~K~~", "[K](u)", "<b>K</b>", "\\`K`", "<!-- K -->", "K <!-- K --> K")
COMMON_MARK = MarkdownIt("commonmark", {"html": True})


def documents() -> Iterator[str]:
    """Texts of a few lines, whose words are K0, K1 …; the same ones each time."""
    chance = random.Random(7)  # noqa: S311
    for _ in range(2_000):
        lines = [chance.choice(MARKS) + chance.choice(WORDS + MORE) for _ in range(chance.randint(1, 6))]
        numbers = count()
        pieces = "\n".join(lines).split("K")
        yield pieces[0] + "".join(f"K{next(numbers)}{piece}" for piece in pieces[1:])


def shown(text: str) -> Iterator[str]:
    """The words that a reader of the page sees as the author's own, says another reader of CommonMark."""
    quotes = 0
    for token in COMMON_MARK.parse(text):
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if quotes:
            continue
        if token.type == "html_block":
            yield from re.findall(r"K\d+", re.sub(r"<!--.*?-->", "", token.content, flags=re.DOTALL))
        for child in token.children or ():
            if child.type == "text":
                yield from re.findall(r"K\d+", child.content)


def said(tokens: Iterable[Token]) -> Iterator[str]:
    """The words that we read."""
    for token in tokens:
        if token.kind is TokenKind.RUN:
            yield from re.findall(r"K\d+", token.text)
        yield from said(token.label)


def test_words_are_the_authors_where_commonmark_shows_them_so() -> None:
    """Nothing is read that is code, quoted or commented out, and hardly anything is left out."""
    total = left_out = 0
    for text in documents():
        theirs, ours = set(shown(text)), {word for _, tokens in Document(text).lines for word in said(tokens)}
        assert ours <= theirs, text
        total, left_out = total + len(theirs), left_out + len(theirs - ours)
    assert total > 2_000
    assert left_out < total / 100
