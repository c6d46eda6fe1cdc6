"""The vendors' own contracts: official schemas and recorded payloads, read from outside the project."""

import json
import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft7Validator

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


def block_flaws(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    """What Slack's own schema finds wrong with the blocks of a message or a view."""
    known = _blocks()
    return [
        flaw
        for block in blocks
        for flaw in (
            [error.message for error in known[block["type"]].iter_errors(block)]
            if block.get("type") in known
            else [f"there is no block of the type {block.get('type')}"]
        )
    ]


@cache
def _blocks() -> Mapping[str, Draft7Validator]:
    """By type: to hold each block against all that there are takes many times as long, and says less."""
    schema = load("slack/schema/events_and_blocks.types.schema.json")
    known: dict[str, Draft7Validator] = {}
    for each in schema["definitions"]["KnownBlock"]["anyOf"]:
        definition = schema["definitions"][each["$ref"].rpartition("/")[2]]
        [kind] = {form["properties"]["type"]["const"] for form in definition.get("anyOf", [definition])}
        known[kind] = Draft7Validator({**schema, "$ref": each["$ref"]})
    return known
