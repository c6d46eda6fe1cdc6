"""What somebody says in GitHub's Markdown, line by line; what is quoted, shown as code or commented out is left out.

A reader of structure and not a renderer: it follows CommonMark where that decides whether words are the author's own,
and takes time in proportion to the text, whatever stands in it.
"""

import html
import re
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from typing import NamedTuple

CODE = "\0"
"""Stands for what is shown as code, and in the text of a line for all that its author does not say."""

_INDENT = re.compile(r"[ \t]*+")
_MARKER = re.compile(r"(?:[-*+]|[0-9]{1,9}[.)])(?=[ \t]|$)")
_BOX = re.compile(r"\[([ xX])\](?=[ \t])")
_RULE = re.compile(r"(?:(?:\*[ \t]*+){3,}|(?:-[ \t]*+){3,}|(?:_[ \t]*+){3,}|=++[ \t]*+)$")
_HEADING = re.compile(r"#{1,6}(?=[ \t]|$)")
_FENCE = re.compile(r"(?:`{3,}+(?=[^`]*$)|~{3,}+)")
_LIST_MARKS = " \t-*+.)0123456789"
_QUOTED_WORDS = re.compile(
    r"(?:>|[-*+][ \t]|[0-9]{1,9}[.)][ \t]|[ \t])*+(?![-*+_][-*+_ \t]*+$|#{1,6}[ \t]|`{3}|~{3}|[-*+]$|$|<!--)"
)
"""What a quote ends with if it may go on without its mark: words of a paragraph."""
_DEFINITION = re.compile(r"\[([^\[\]]{1,200})\]:[ \t]*+(?:<([^<>]*+)>|([^\s<>]++))(?:[ \t]++[\"'(][^\n]*+)?[ \t]*+$")
_STARTS = re.compile(rf"{_MARKER.pattern}|{_HEADING.pattern}|{_FENCE.pattern}|{_RULE.pattern}|>")
"""What begins something new in the midst of a paragraph; any other line goes on with it, however it is indented."""
_BACKTICKS = re.compile(r"(?<!\\)`++")
_BREAKING_TAG = re.compile(r"</?(?:blockquote|details|summary|div|p|ul|ol|li|table|h[1-6]|pre)\b", re.I)

# What a word is made of: a script without spaces, such as Japanese, would tie words to the keys beside them.
_LETTER = r"[^\W\u2e80-\U0010ffff]"
_INLINE = re.compile(
    rf"""
      \[(?P<open>)
    | <(?P<address>[a-z][a-z0-9+.-]{{1,31}}:[^\s<>]*+)>
    | <(?P<end>/?)(?P<tag>[a-z][a-z0-9-]*+)(?P<attributes>[^<>]*+)>
    | (?P<url>(?:https?|linear)://[^\s<>"|)\]\0]*[^\s<>"|)\]\0.,;:!?'*_~])
    | \]\([ ]*+<?(?P<target>[^\s()<>]*+)>?(?:[ ]++(?:"[^"]*+"|'[^']*+'|\([^()]*+\)))?[ ]*+\)
    | \]\[(?P<reference>[^\[\]]{{0,200}}+)\]
    | &(?P<entity>[a-z]{{2,8}}|\#[0-9]{{1,7}});
    | (?P<run>{_LETTER}++(?:\\?[-\u2010-\u2013\u2212\ufe63\uff0d'\u2019./@#]{_LETTER}++)*+)
    | (?P<strike>~~)
    | (?P<mark>\0++|[^\s\\\u200b-\u200f\u2060\ufeff])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HREF = re.compile(r"""\bhref\s*+=\s*+["']?([^\s"'<>]++)""", re.I)
_SHOWN = frozenset({"blockquote", "code", "kbd", "pre", "samp"})
"""Tags around what is not the author's statement."""
_STRUCK = frozenset({"del", "s", "strike"})
_BREAKS = frozenset(
    {"br", "p", "div", "li", "ul", "ol", "tr", "td", "th", "table", "hr", "details", "summary", "dt", "dd"}
    | {f"h{level}" for level in range(1, 7)}
)
_FOREIGN_FOLDS = frozenset({"release notes", "changelog", "commits", "original prompt"})
"""Titles that programs give to what they copied from elsewhere and folded away."""
_ADDED = re.compile(
    r"<!-- This is an auto-generated comment:[^>]{0,200}-->.*?(?:<!-- end of auto-generated comment|\Z)", re.DOTALL
)
"""What a program that reviews writes into somebody's description."""
_NESTED = 8
"""Tags that a closing one is looked for in; nobody nests deeper, and looking through all would take too long."""


class LineKind(Enum):
    """What a line is."""

    TEXT = auto()
    ITEM = auto()
    HEADING = auto()


class Line(NamedTuple):
    """A line that the author says.

    Attributes:
        indent: column of an item's mark.
        box: whether an item's box is ticked; None without a box.
        opens: a paragraph, item or heading begins here, rather than goes on.
        apart: an empty line stands before it.
        offset: of `text` in the whole.
        text: without the marks of lists and headings, and with a mark for every character that is shown or struck out.
    """

    kind: LineKind
    indent: int
    box: bool | None
    opens: bool
    apart: bool
    offset: int
    text: str


class TokenKind(Enum):
    """What a piece of a line is."""

    RUN = auto()
    """Letters and digits, and what joins them: a word, a key, a path."""
    MARK = auto()
    ADDRESS = auto()
    LINK = auto()
    BREAK = auto()
    """A tag that ends a statement."""


class Token(NamedTuple):
    """A piece of a line; `text` of an address or link is where it leads."""

    kind: TokenKind
    text: str
    start: int
    end: int
    struck: bool = False
    label: tuple["Token", ...] = ()


class Document:
    """A text in Markdown, read once.

    Attributes:
        lines: that the author says, each with what it is made of; of what is struck out the pieces only.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._definitions: dict[str, str] = {}
        lines = [line for block in self._blocks() for line in _without_code(block)]
        pieces = _Pieces(self._definitions)
        self.lines = [pieces.of(line) for line in lines]

    def _blocks(self) -> Iterator[list[Line]]:
        """Lines that belong together: a paragraph, an item up to the next, a heading."""
        block: list[Line] = []
        for line in _Structure(self._text).lines():
            if definition := _DEFINITION.match(line.text):
                self._definitions.setdefault(definition[1].lower(), definition[2] or definition[3] or "")
                continue
            if line.opens and block:
                yield block
                block = []
            block.append(line)
        if block:
            yield block


def _blank(text: re.Match[str]) -> str:
    return _NOT_LINE_END.sub(" ", text[0])


_NOT_LINE_END = re.compile(r"[^\n]")


class _Structure:
    """Goes through the lines of a text and keeps what earlier lines say about later ones."""

    def __init__(self, text: str) -> None:
        self._text = text = _ADDED.sub(_blank, text)
        self._last_comment_end = text.rfind("-->")
        self._fence: tuple[str, int] | None = None
        self._commented = False
        self._items: list[int] = []  # the columns where the text of the open items begins
        self._paragraph = False
        self._lazy = False  # a quote ended in words, which a line without a mark goes on with
        self._apart = True

    def lines(self) -> Iterator[Line]:
        offset = 0
        for raw in self._text.split("\n"):
            if line := self._line(offset, raw.removesuffix("\r")):
                yield line
            offset += len(raw) + 1

    def _line(self, offset: int, raw: str) -> Line | None:
        if self._fence and self._fenced(raw):
            return None
        begin, indent = _indented(raw)
        goes_on = self._paragraph and not _STARTS.match(raw, begin)
        further_in = begin < len(raw) and indent - self._inside(indent, leave=not goes_on) >= 4
        if further_in and not self._paragraph and not self._commented:
            return None  # code
        shown = self._uncommented(offset, raw)
        start, _ = _indented(shown)
        if start == len(shown):
            self._end_paragraph()
            self._lazy = False
            return None
        item = None
        if not further_in:
            item, start = self._open_items(shown, start, indent)
            if self._is_not_said(shown[start:], opens=item is not None):
                return None
        elif self._lazy:
            return None
        return self._said(shown[start:], offset + start, item)

    def _said(self, rest: str, offset: int, item: int | None) -> Line | None:
        """A line of the author's own."""
        if _RULE.match(rest):
            self._end_paragraph()
            return None
        box = _BOX.match(rest) if item is not None else None
        heading = _HEADING.match(rest)
        mark = box or heading
        skipped = mark.end() if mark else 0
        kind = LineKind.ITEM if item is not None else LineKind.HEADING if heading else LineKind.TEXT
        opens, apart = not self._paragraph or kind is not LineKind.TEXT, self._apart
        self._paragraph, self._apart = not heading and not rest.isspace() and bool(rest), False
        ticked = box[1] != " " if box else None
        return Line(kind, item or 0, ticked, opens, apart, offset + skipped, rest[skipped:])

    def _inside(self, indent: int, *, leave: bool) -> int:
        """Where the text of the item begins that a line at this column stands in; those it is outside of are left."""
        while leave and self._items and indent < self._items[-1]:
            self._items.pop()
        return self._items[-1] if self._items else 0

    def _open_items(self, shown: str, start: int, indent: int) -> tuple[int | None, int]:
        """Take the marks of items off; says the column of the first, and where the text begins."""
        first = None
        while (marker := _MARKER.match(shown, start)) and not _RULE.match(shown, start):
            first = indent if first is None else first
            after, column = _indented(shown, marker.end(), indent + len(marker[0]))
            self._items.append(column if after < len(shown) else indent + len(marker[0]) + 1)
            self._paragraph = False
            start, indent = after, column
        return first, start

    def _is_not_said(self, rest: str, *, opens: bool) -> bool:
        """Whether a line quotes, or begins code."""
        if rest.startswith(">"):
            self._end_paragraph()
            self._lazy = bool(_QUOTED_WORDS.match(rest))
            return True
        if fence := _FENCE.match(rest):
            self._fence = fence[0], self._items[-1] if self._items else 0
            self._end_paragraph()
            self._lazy = False
            return True
        if self._lazy and not opens and not _HEADING.match(rest) and not _BREAKING_TAG.match(rest):
            return True
        self._lazy = False
        return False

    def _fenced(self, raw: str) -> bool:
        """Whether a line stands in the fence that is open; one further left than the fence's item ends it."""
        marks, column = self._fence or ("", 0)
        start, indent = _indented(raw)
        if start < len(raw) and indent < column:
            self._fence = None
            return False
        rest = raw[start:].rstrip()
        if rest.startswith(marks) and not rest.strip(marks[0]) and indent - column < 4:
            self._fence = None
        return True

    def _uncommented(self, offset: int, raw: str) -> str:
        """The line with spaces for comments; one that is opened within a line and never closed is none.

        What a quote comments out ends with it.
        """
        if not self._commented and ("<!--" not in raw or raw.lstrip(_LIST_MARKS).startswith(">")):
            return raw
        without_code = _masked(raw)
        pieces, position = [], 0
        while position < len(raw):
            end = raw.find("-->", position) if self._commented else without_code.find("<!--", position)
            if self._commented:
                stop = len(raw) if end < 0 else end + len("-->")
                pieces.append(" " * (stop - position))
                self._commented = end < 0
            else:
                at_start = end >= 0 and not raw[:end].strip(_LIST_MARKS)
                self._commented = end >= 0 and (at_start or offset + end < self._last_comment_end)
                stop = end if self._commented else len(raw)
                pieces.append(raw[position:stop])
            position = stop
        return "".join(pieces)

    def _end_paragraph(self) -> None:
        self._paragraph, self._apart = False, True


_KINDS = {
    "address": TokenKind.ADDRESS,
    "url": TokenKind.ADDRESS,
    "run": TokenKind.RUN,
    "mark": TokenKind.MARK,
}
"""What the parts of the pattern are that mean nothing else."""


class _Bracket(NamedTuple):
    """Where in the pieces of a line the label of a link may have begun."""

    at: int
    picture: bool = False
    href: str = ""


class _Pieces:
    """Cuts lines into pieces, and knows what a tag that was opened in an earlier line does to later ones."""

    def __init__(self, definitions: Mapping[str, str]) -> None:
        self._definitions = definitions
        self._shown: list[str] = []  # tags that are open around what is not the author's statement
        self._struck = False
        self._fold: list[str] | None = None  # the title of what is folded away, while it is read
        self._tokens: list[Token] = []
        self._brackets: list[_Bracket] = []
        self._unsaid: list[tuple[int, int]] = []

    def of(self, line: Line) -> tuple[Line, list[Token]]:
        self._tokens, self._brackets, self._unsaid = [], [], []
        if line.opens:
            self._struck = False
        for match in _INLINE.finditer(line.text):
            group = match.lastgroup or ""
            start, end = match.start() + line.offset, match.end() + line.offset
            silent = self._is_silent()
            if silent:
                self._unsaid.append((start, end))
            if group == "attributes":
                self._tag(match, start, end)
            elif self._fold is not None:
                self._fold.append(match[0])
            elif not self._shown:
                self._piece(group, match[group], start, end)
            if self._is_silent() and not silent:
                self._unsaid.append((start, end))
        return line._replace(text=self._said(line)), self._tokens

    def _is_silent(self) -> bool:
        return self._struck or bool(self._shown)

    def _said(self, line: Line) -> str:
        pieces: list[str] = []
        position = 0
        for start, end in ((start - line.offset, end - line.offset) for start, end in self._unsaid):
            pieces += line.text[position:start], CODE * (end - start)
            position = end
        return "".join((*pieces, line.text[position:]))

    def _piece(self, group: str, written: str, start: int, end: int) -> None:
        match group:
            case "open":
                picture = bool(self._tokens) and self._tokens[-1].text == "!" and self._tokens[-1].end == start
                self._open(start, end, picture=picture)
            case "target":
                self._close(written, start, end)
            case "reference":
                self._close(self._definitions.get(written.lower(), ""), start, end)
            case "strike":
                self._struck = not self._struck
            case "entity":
                self._add(TokenKind.MARK, html.unescape(f"&{written};").strip(), start, end)
            case _:
                self._add(_KINDS[group], written.replace("\\", ""), start, end)
                if written == "]" and self._brackets:
                    self._brackets.pop()

    def _tag(self, match: re.Match[str], start: int, end: int) -> None:
        tag, ends = match["tag"].lower(), bool(match["end"])
        if tag == "summary":
            self._summary(ends=ends)
        if tag in _SHOWN or (tag == "details" and self._shown):
            self._show(tag, ends=ends)
        elif self._shown:
            return
        elif tag in _STRUCK:
            self._struck = not ends
        elif tag in _BREAKS:
            self._add(TokenKind.BREAK, tag, start, end)
        elif tag == "a" and ends:
            self._close(self._brackets[-1].href if self._brackets else "", start, end)
        elif tag == "a" and (href := _HREF.search(match["attributes"])):
            self._open(start, end, href=href[1])

    def _show(self, tag: str, *, ends: bool) -> None:
        if not ends:
            self._shown.append(tag)
        elif tag in self._shown[-_NESTED:]:
            while self._shown.pop() != tag:
                pass

    def _summary(self, *, ends: bool) -> None:
        if not ends:
            self._fold = []
        elif self._fold is not None:
            title, self._fold = " ".join(self._fold).lower(), None
            if title in _FOREIGN_FOLDS:
                self._shown.append("details")

    def _open(self, start: int, end: int, *, picture: bool = False, href: str = "") -> None:
        self._brackets.append(_Bracket(len(self._tokens), picture, href))
        self._add(TokenKind.MARK, "[", start, end)

    def _close(self, target: str, start: int, end: int) -> None:
        """Make one piece of a label and where it leads; a picture says nothing, a label that leads nowhere stays."""
        if not self._brackets:
            return
        bracket = self._brackets.pop()
        if not target and not bracket.picture:
            return
        first, *label = self._tokens[bracket.at :]
        del self._tokens[bracket.at :]
        if bracket.picture:
            while self._unsaid and self._unsaid[-1][0] >= first.start:
                self._unsaid.pop()
            self._unsaid.append((first.start, end))
            self._add(TokenKind.MARK, CODE, start, end)
        else:
            self._tokens.append(Token(TokenKind.LINK, target, first.start, end, self._struck, tuple(label)))

    def _add(self, kind: TokenKind, text: str, start: int, end: int) -> None:
        if text:
            self._tokens.append(Token(kind, text, start, end, self._struck))


def _indented(text: str, start: int = 0, column: int = 0) -> tuple[int, int]:
    """Where the white space from a place on ends, and in which column that is."""
    end = _INDENT.match(text, start).end()  # type: ignore[union-attr]  # matches everywhere
    for char in text[start:end]:
        column += 4 - column % 4 if char == "\t" else 1
    return end, column


def _code_spans(text: str) -> Iterator[tuple[int, int]]:
    """What stands between backticks: as many of them behind as before it."""
    runs = [match.span() for match in _BACKTICKS.finditer(text)]
    closing: dict[int, list[int]] = {}
    for index in range(len(runs) - 1, -1, -1):
        closing.setdefault(runs[index][1] - runs[index][0], []).append(index)
    index = 0
    while index < len(runs):
        start, end = runs[index]
        candidates = closing[end - start]
        while candidates and candidates[-1] <= index:
            candidates.pop()
        if candidates:
            index = candidates[-1]
            yield start, runs[index][1]
        index += 1


def _masked(text: str) -> str:
    """The text with a mark for every character of code."""
    pieces: list[str] = []
    position = 0
    for start, end in _code_spans(text):
        pieces += text[position:start], CODE * (end - start)
        position = end
    return "".join((*pieces, text[position:]))


def _without_code(block: list[Line]) -> Iterator[Line]:
    """Lines of one paragraph, where code may go on from one to the next."""
    text, position = "\n".join(line.text for line in block), 0
    if "`" not in text:
        yield from block
        return
    masked = _masked(text)
    for line in block:
        yield line._replace(text=masked[position : position + len(line.text)])
        position += len(line.text) + 1


def single_line(text: str) -> tuple[Line, list[Token]]:
    """Read what is no document, such as a title: it has code and links, but no lists, headings and quotes."""
    return _Pieces({}).of(Line(LineKind.TEXT, 0, None, opens=True, apart=True, offset=0, text=_masked(text)))
