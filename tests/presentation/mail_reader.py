"""Reads a mail as a mail program does, and holds it against what mail programs know."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from pm_assistant.domain.accounts import Mail

FEATURES = json.loads((Path(__file__).parent / "mail_features.json").read_text("utf-8"))
"""What mails may use, with where each is tested and which programs know it."""


class Reader(HTMLParser):
    """What a mail is made of, where its links lead, and what is seen of it.

    Attributes:
        links: addresses, in order.
        styles: what stands in its style elements.
        shown: its text, without title and preview.
        preview: what only the list of a mailbox shows.
    """

    def __init__(self, mail: Mail) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.inline: list[str] = []
        self.classes: set[str] = set()
        self.links: list[str] = []
        self.styles: list[str] = []
        self.shown: list[str] = []
        self.preview = self.language = ""
        self._inside: list[tuple[str, bool]] = []
        self.feed(mail.html)
        self.close()
        assert [] == self._inside, "an element is left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what it is."""
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes |= given.keys()
        self.inline.append(given.get("style", ""))
        self.classes |= set(given.get("class", "").split())
        self.links += [given["href"]] if "href" in given else []
        self.language = given.get("lang", self.language)
        if tag != "meta":
            self._inside.append((tag, "display:none" in given.get("style", "")))

    def handle_endtag(self, tag: str) -> None:
        """It ends as it was nested."""
        assert tag == self._inside.pop()[0]

    def handle_data(self, data: str) -> None:
        """Sort what is seen from what is not."""
        inside = {tag for tag, _ in self._inside}
        if "style" in inside:
            self.styles.append(data)
        elif any(hidden for _, hidden in self._inside):
            self.preview += data
        elif "title" not in inside:
            self.shown.append(data)

    def flaws(self) -> Iterator[str]:
        """What of it mail programs do not know."""
        known = {kind: {*FEATURES.get(kind, ()), *FEATURES["everywhere"].get(kind, ())} for kind in FEATURES}
        for kind, used in (
            ("tags", self.tags),
            ("attributes", self.attributes),
            ("properties", set(self.properties())),
        ):
            yield from (f"{kind}: {name}" for name in used - known[kind])
        queries = {name for style in self.styles for name in re.findall(r"@media \(([a-z-]+):", style)}
        yield from (f"queries: {name}" for name in queries - known["queries"])
        rules = {rule for style in self.styles for rule in re.findall(r"@[a-z-]+", style)}
        yield from (f"rule: {rule}" for rule in rules - {"@media"})
        selectors = {name for style in self.styles for name in re.findall(r"(?m)^([^{}@]+)\{", style)}
        yield from (
            f"selector: {name}" for name in selectors if name != ":root" and name[1:] not in self.classes | LAID_OUT
        )

    def properties(self) -> Iterator[str]:
        """The CSS properties that it uses, inline and in its style elements."""
        bodies = [*self.inline, *(body for style in self.styles for body in re.findall(r"\{([^{}]*)\}", style))]
        for declaration in ";".join(bodies).split(";"):
            if declaration.strip():
                yield declaration.partition(":")[0].strip()


LAID_OUT = {"code", "ink", "link", "act", "on-act"}
"""Classes of parts that not every mail has."""
