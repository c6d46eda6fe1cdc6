"""Markdown as HTML: paragraphs, bullets, links, emphasis and code; all else is text, and HTML is escaped."""

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from infra.sandbox.core.emoji import with_emoji

_PLAYED = ("fence", "backticks", "emphasis", "strikethrough", "link", "linkify", "newline", "escape", "entity")
_TAGS = {
    "paragraph_open": "<div class='text'>",
    "paragraph_close": "</div>",
    "strong_open": "<b>",
    "strong_close": "</b>",
}


def markdown_html(text: str) -> Markup:
    """What people and apps write about tickets and pull requests, for the page."""
    bulleted = re.sub(r"^[-*+] +(?=\S)", "• ", text.strip(), flags=re.M)
    return Markup(_PARSER.render(bulleted))  # noqa: S704 - the renderer escapes every text


class _Renderer(RendererHTML):
    """Writes the page's own classes and tags."""

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Words, with their emoji."""
        return with_emoji(escape(tokens[idx].content))

    def softbreak(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The end of a line."""
        return "<br>"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Where a link leads."""
        return f"<a href='{escape(str(tokens[idx].attrGet('href')))}'>"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A block of code, in no language."""
        return f"<pre>{escape(tokens[idx].content.rstrip())}</pre>"

    def renderToken(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Everything that is a mere tag."""
        return _TAGS.get(tokens[idx].type) or super().renderToken(tokens, idx, options, env)


class _Markdown(MarkdownIt):
    """Reads what people write most."""

    def __init__(self) -> None:
        super().__init__("zero", {"html": False, "linkify": True}, renderer_cls=_Renderer)
        # Bare words such as `checkout.py` are no addresses.
        if self.linkify is not None:
            self.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
        self.enable(_PLAYED)

    def validateLink(self, url: str) -> bool:
        """Only the web is linked to; anything else stays the text that it is."""
        return url.startswith(("http://", "https://"))


_PARSER = _Markdown()
