"""Makes ahead what pages need, so that a cold start parses, hashes and compresses nothing.

The layer's build runs `python -m pm_assistant.web.build`, which writes it beside this module.
"""

import gzip
import hashlib
import json
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

from jinja2 import FileSystemLoader

from pm_assistant.web.assets import BUILT, MANIFEST
from pm_assistant.web.rendering import COMPILED, STATIC, TEMPLATES, environment

HTMX = "django_htmx/static/django_htmx/htmx-4.min.js"
"""Where the package that ships htmx has it; the package is not loaded, for it would want Django."""
LICENCE = "htmx.LICENSE.txt"


@cache
def bundle() -> dict[str, bytes]:
    """All files to be written: each by its name with its digest, plain and compressed, and the manifest of names."""
    files, names = {LICENCE: _licence()}, {}
    for name, content in _sources().items():
        stem, _, kind = name.rpartition(".")
        names[name] = f"{stem}.{hashlib.sha256(content).hexdigest()[:16]}.{kind}"
        files[names[name]] = content
        files[f"{names[name]}.gz"] = gzip.compress(content, mtime=0)
    return files | {MANIFEST: json.dumps(names).encode()}


def write(folder: Path) -> None:
    """Write the bundle into a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in bundle().items():
        (folder / name).write_bytes(content)


def compile_templates(folder: Path) -> None:
    """Write each template as a module of Python into a folder of its own.

    Raises:
        TemplateSyntaxError: one cannot be read.
    """
    from_texts = environment(FileSystemLoader(TEMPLATES))
    from_texts.compile_templates(folder, extensions=["html"], zip=None, ignore_errors=False)


def _sources() -> dict[str, bytes]:
    own = {path.name: path.read_bytes() for path in STATIC.iterdir()}
    return own | {"htmx.js": Path(str(distribution("django-htmx").locate_file(HTMX))).read_bytes()}


def _licence() -> bytes:
    """That of the package; htmx itself, under 0BSD, asks for none to be passed on."""
    text = distribution("django-htmx").read_text("licenses/LICENSE")
    if text is None:
        raise FileNotFoundError("django-htmx has no licence")
    return text.encode()


if __name__ == "__main__":
    write(BUILT)
    compile_templates(COMPILED)
