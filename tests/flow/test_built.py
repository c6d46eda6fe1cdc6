"""What was deployed holds what pages need, made ahead."""

import gzip
import json
import subprocess
import sys

import pytest

from infra.local.deployment import BUILD
from pm_assistant.web.build import LICENCE
from tests.flow.conftest import Outside

pytestmark = pytest.mark.stack

SITE = BUILD / "Layer" / "python"
BUILT = SITE / "pm_assistant" / "web" / "built"


def test_the_layer_has_htmx_with_its_licence_and_nothing_else_of_its_package(outside: Outside) -> None:
    """One file out of the locked wheel, plain and packed; neither the package nor what it wants came along."""
    assert outside.described["public_url"]
    name = json.loads((BUILT / "manifest.json").read_text())["htmx.js"]

    assert (BUILT / name).read_bytes() == gzip.decompress((BUILT / f"{name}.gz").read_bytes())
    assert (BUILT / LICENCE).read_text().startswith("MIT License\n")
    assert [] == [path.name for path in SITE.iterdir() if "django" in path.name or "asgiref" in path.name]
    assert not (SITE.parent / "scripts").exists()


def test_the_layer_renders_pages_without_having_their_texts(outside: Outside) -> None:
    """So nothing is parsed, and what is loaded instead is bytecode."""
    assert outside.described["public_url"]
    program = """
from pm_assistant.web.assets import asset_url
from pm_assistant.web.rendering import render
assert asset_url("app.css")
print(render("refused.html", status_code=404, gettext=str, link=str, asset=str, viewer=None, due=None, language="en"))
"""
    env = {"PYTHONPATH": str(SITE), "POWERTOOLS_SERVICE_NAME": "web"}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)

    assert "There is no such page</h1>" in done.stdout
    assert [] == [*SITE.glob("pm_assistant/web/templates/*.html")]
    modules = {path.stem for path in BUILT.glob("templates/tmpl_*.py")}
    assert modules == {path.stem.partition(".")[0] for path in BUILT.glob("templates/__pycache__/tmpl_*.pyc")} != set()
