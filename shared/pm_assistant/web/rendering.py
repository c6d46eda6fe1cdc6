"""Makes pages of templates. Whatever is put into one is escaped there; only our own style and script are not."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"


def render(template: str, **values: object) -> str:
    """Fill a template with values; one that the template uses and that is not given is an error."""
    return _environment().get_template(template).render(values)


@cache
def read_asset(name: str) -> str:
    """A style or script of ours, to stand in a page as it is."""
    return (TEMPLATES / name).read_text("utf-8")


def csp_source(asset: str) -> str:
    """How a page's policy names a style or script that stands in it (CSP 3, hash source)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(asset.encode()).digest()).decode()}'"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
