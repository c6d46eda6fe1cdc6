"""Makes pages of templates. Whatever is put into one is escaped there; only our own style and script are not."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pm_assistant.web.assets import BUILT

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
COMPILED = BUILT / "templates"
"""The templates as Python, which the layer has instead of their texts."""


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


def environment(loader: "BaseLoader") -> "Environment":
    """Templates as all of ours are to be read; those compiled ahead were read so, too."""
    from jinja2 import Environment, StrictUndefined

    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def _environment() -> "Environment":
    from jinja2 import FileSystemLoader, ModuleLoader

    return environment(ModuleLoader(COMPILED) if COMPILED.is_dir() else FileSystemLoader(TEMPLATES))
