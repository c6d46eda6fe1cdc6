"""The gold set: what is told of invented teams in `teams.json` and `conversations.jsonl`, and what is expected."""

import json
from pathlib import Path
from typing import Any

from tests.gold.score import rows_of

FOLDER = Path(__file__).parent
TEAMS: list[dict[str, Any]] = json.loads((FOLDER / "teams.json").read_text("utf-8"))
ROWS: list[dict[str, Any]] = [dict(row) for row in rows_of(FOLDER / "conversations.jsonl")]
