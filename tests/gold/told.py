"""The gold sets: what is told of invented teams in `teams.json` and `conversations.jsonl`, and what is expected.

By the first the offline analyst is made better; the one held out tells what that is worth, and is not looked into.
"""

import json
from pathlib import Path
from typing import Any

from tests.gold.score import rows_of

FOLDER = Path(__file__).parent
HELD_OUT = FOLDER / "held_out"


def teams_of(folder: Path) -> list[dict[str, Any]]:
    """The teams of a set."""
    teams: list[dict[str, Any]] = json.loads((folder / "teams.json").read_text("utf-8"))
    return teams


TEAMS = teams_of(FOLDER)
ROWS: list[dict[str, Any]] = [dict(row) for row in rows_of(FOLDER / "conversations.jsonl")]
