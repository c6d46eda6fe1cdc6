"""Styles and scripts, each at an address that changes with its content, so that browsers may keep it for good."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

BUILT = Path(__file__).parent / "built"
"""What the layer's build has written; a checkout has none, and makes the same in memory."""
MANIFEST = "manifest.json"
CONTENT_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


class Asset(NamedTuple):
    """A file as it is sent.

    Attributes:
        encoding: how `body` is compressed, as HTTP calls it; empty where it is not.
    """

    body: bytes
    content_type: str
    encoding: str

    @property
    def headers(self) -> dict[str, str]:
        """What to say about it besides its type: the content at an address never changes."""
        return {
            "Cache-Control": "public, max-age=31536000, immutable",
            "Vary": "Accept-Encoding",
            **({"Content-Encoding": self.encoding} if self.encoding else {}),
        }


def asset_url(name: str) -> str:
    """Where a file such as `app.css` is, below the address of the product.

    Raises:
        KeyError: there is no such file.
    """
    return f"/assets/{_manifest()[name]}"


def serve(path_name: str, accept_encoding: str) -> Asset | None:
    """The file at the last part of an address, compressed for whoever takes it so; None for one of another version."""
    if path_name not in _manifest().values():
        return None
    content_type = CONTENT_TYPES[path_name.rpartition(".")[2]]
    if _takes_gzip(accept_encoding):
        return Asset(_read(f"{path_name}.gz"), content_type, "gzip")
    return Asset(_read(path_name), content_type, "")


def _takes_gzip(accept_encoding: str) -> bool:
    """Whether the header allows it (RFC 9110, 12.5.3): by its name or as one of any, unless with a weight of zero."""
    weights = {}
    for choice in accept_encoding.lower().split(","):
        coding, _, weight = choice.replace(" ", "").partition(";q=")
        weights[coding] = weight or "1"
    return weights.get("gzip", weights.get("*", "0")).strip("0.") != ""


@cache
def _manifest() -> Mapping[str, str]:
    """The name with its digest that each file is served by."""
    names: dict[str, str] = json.loads(_read(MANIFEST))
    return names


@cache
def _read(file: str) -> bytes:
    if BUILT.is_dir():
        return (BUILT / file).read_bytes()
    from pm_assistant.web.build import bundle

    return bundle()[file]
