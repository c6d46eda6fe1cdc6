"""Static files of the dashboard: found by a name that changes with their content, so that browsers may keep them."""

import gzip
import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from pm_assistant.web.rendering import STATIC


class Asset(NamedTuple):
    """One file as it is sent.

    Attributes:
        body: compressed where `encoding` says so.
        encoding: such as `gzip`; empty for none.
    """

    body: bytes
    content_type: str
    encoding: str


HTMX = "htmx.js"
"""Not ours: the build puts it beside our own files."""
CONTENT_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


def asset_url(name: str) -> str:
    """Where a file such as `app.css` is, below the public address."""
    stem, _, kind = name.rpartition(".")
    return f"/assets/{stem}.{_digest(name)}.{kind}"


def serve(path_name: str, accept_encoding: str) -> Asset | None:
    """A file by the last part of its address; None for one that is not there, or not any more."""
    parts = path_name.split(".")
    if len(parts) != 3 or parts[2] not in CONTENT_TYPES:
        return None
    name = f"{parts[0]}.{parts[2]}"
    if name not in _names() or _digest(name) != parts[1]:
        return None
    compresses = "gzip" in accept_encoding
    body = _compressed(name) if compresses else _content(name)
    return Asset(body, CONTENT_TYPES[parts[2]], "gzip" if compresses else "")


@cache
def _names() -> frozenset[str]:
    return frozenset({*(file.name for file in STATIC.iterdir()), HTMX})


@cache
def _content(name: str) -> bytes:
    built = STATIC / name
    return (_htmx_of_package() if name == HTMX and not built.exists() else built).read_bytes()


def _htmx_of_package() -> Path:
    """Where the package lies that the build takes htmx from; the package itself, which wants Django, is not loaded."""
    spec = find_spec("django_htmx")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("htmx: django-htmx is not installed")
    return Path(spec.origin).parent / "static/django_htmx/htmx-4.min.js"


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(_content(name)).hexdigest()[:12]


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(_content(name), mtime=0)
