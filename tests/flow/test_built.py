"""What was deployed holds what pages need, made ahead."""

import gzip
import json

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
