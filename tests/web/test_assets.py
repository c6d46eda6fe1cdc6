"""Styles and scripts: an address for each content, compressed for whoever takes it so, built ahead for the layer."""

import gzip
import hashlib
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from pm_assistant.web import assets
from pm_assistant.web.assets import MANIFEST, asset_url, serve
from pm_assistant.web.build import LICENCE, bundle, write
from pm_assistant.web.rendering import STATIC

ROOT = Path(__file__).parents[2]
HTMX_SHA256 = "28fae7bbe8e8142b702debb9d5234a9a436d9435a4b5165b195aa1a7ed840d25"
NAMES = ["htmx.js", *sorted(path.name for path in STATIC.glob("*"))]


def path_name(name: str) -> str:
    """The last part of a file's address."""
    return asset_url(name).removeprefix("/assets/")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_served_at_the_address_of_its_content(name: str) -> None:
    """So that whoever has kept it never gets another under the same address, and may keep it for good."""
    asset = serve(path_name(name), "")

    assert asset is not None
    stem, digest, kind = path_name(name).split(".")
    assert (name, digest) == (f"{stem}.{kind}", hashlib.sha256(asset.body).hexdigest()[:16])
    assert {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"} == asset.headers
    types = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
    assert types[kind] == asset.content_type


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        ("gzip, deflate, br, zstd", True),
        ("GZIP;q=0.5", True),
        ("br;q=1.0, *;q=0.1", True),
        ("gzip; q=0, *", False),
        ("gzip;q=0.000", False),
        ("*;q=0", False),
        ("identity", False),
        ("br", False),
        (";;q=,", False),
        ("", False),
    ],
)
def test_a_file_is_compressed_for_whoever_takes_it_so(accepted: str, compressed: bool) -> None:
    """As Accept-Encoding says it; what is unpacked is the very file."""
    asset, plain = serve(path_name("htmx.js"), accepted), serve(path_name("htmx.js"), "")

    assert asset is not None
    assert plain is not None
    assert ("gzip" if compressed else "") == asset.encoding
    assert compressed == ("Content-Encoding" in asset.headers)
    assert plain.body == (gzip.decompress(asset.body) if compressed else asset.body)


@pytest.mark.parametrize(
    "unknown",
    ["htmx.js", "htmx.0123456789abcdef.js", "htmx.js.gz", "../assets.py", MANIFEST, LICENCE, "", "htmx..js"],
)
def test_what_is_not_there_or_not_any_more_is_not_served(unknown: str) -> None:
    """Neither another version nor any other file of ours."""
    assert serve(unknown, "gzip") is None
    assert serve(f"{path_name('htmx.js')}.gz", "gzip") is None


def test_a_page_cannot_name_a_file_that_is_not_there() -> None:
    """It fails where the page is tested, not in a browser."""
    with pytest.raises(KeyError, match="typo"):
        asset_url("typo.css")


def test_what_is_built_is_served_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The layer makes nothing of its own: what the build has written is what browsers get."""
    write(tmp_path)
    name = json.loads((tmp_path / MANIFEST).read_text())["htmx.js"]
    (tmp_path / f"{name}.gz").write_bytes(b"as it was built")
    monkeypatch.setattr(assets, "BUILT", tmp_path)
    assets._read.cache_clear()
    assets._manifest.cache_clear()

    try:
        built = serve(name, "gzip")
        assert f"/assets/{name}" == asset_url("htmx.js")
    finally:
        assets._read.cache_clear()
        assets._manifest.cache_clear()

    assert built is not None
    assert b"as it was built" == built.body


def test_two_builds_of_the_same_are_the_same() -> None:
    """No time of day in them; otherwise each deployment would be another."""
    first = bundle()
    bundle.cache_clear()

    assert first == bundle()


def test_htmx_is_the_one_that_was_looked_at() -> None:
    """Another version may swap, inherit and evaluate differently: who raises it reads what changed, then this."""
    locked = {each["name"]: each for each in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    package, content = locked["django-htmx"], bundle()[path_name("htmx.js")]

    assert "1.29.0" == package["version"]
    assert ["sha256:0ec5be1645ed71e6787bd75e0250624f00274ac3bb1730f07b6629a95688929b"] == [
        wheel["hash"] for wheel in package["wheels"]
    ]
    assert HTMX_SHA256 == hashlib.sha256(content).hexdigest()
    assert bundle()[LICENCE].startswith(b"MIT License\n")
    assert {"django", "asgiref"}.isdisjoint(locked)


@pytest.mark.thorough
def test_who_is_served_what_was_built_loads_no_builder(tmp_path: Path) -> None:
    """A cold start neither hashes nor compresses."""
    write(tmp_path)
    program = """
import json, pathlib, sys
from pm_assistant.web import assets
assets.BUILT = pathlib.Path(sys.argv[1])
assert assets.serve(assets.asset_url("htmx.js").rpartition("/")[2], "gzip")
unneeded = {"gzip", "hashlib", "importlib.metadata", "django_htmx", "pm_assistant.web.build"}
print(json.dumps(sorted(unneeded & set(sys.modules))))
"""
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": "shared"}, capture_output=True, text=True, check=True)

    assert [] == json.loads(done.stdout)
