"""The vendors' own contracts: official schemas and recorded payloads, read from outside the project."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(os.environ.get("PM_CONTRACTS", Path(__file__).parents[3] / "shared" / "contracts"))

needs_contracts = pytest.mark.skipif(
    not ROOT.is_dir(), reason="vendor contracts are not here: set PM_CONTRACTS to their folder"
)


def given(folder: str) -> list[Path]:
    """Recorded payloads of a folder such as `slack/given/events`; empty where the contracts are absent."""
    return sorted((ROOT / folder).glob("*"))


def load(path: str) -> Any:
    """A JSON file of the contracts."""
    return json.loads((ROOT / path).read_text())
