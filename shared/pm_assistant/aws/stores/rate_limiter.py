"""Counting what may only be done so often, on DynamoDB."""

import hashlib
from datetime import UTC, datetime

from pm_assistant.aws.rows import CounterRow


class DynamoRateLimiter:
    """Counters (`RateLimiter`) in fixed windows: `LIMIT#<digest of who>`, as `who` may be an address; they expire."""

    def count(self, who: str, *, now: datetime, window_seconds: int) -> int:
        """Count one more, in one request."""
        start = _start(now, window_seconds)
        row = CounterRow(_pk(who), f"{window_seconds}#{start}")
        row.change(
            [
                CounterRow.counted.add(1),
                CounterRow.expires_at.set(datetime.fromtimestamp(start + window_seconds, UTC)),
            ]
        )
        return int(row.counted)

    def counted(self, who: str, *, now: datetime, window_seconds: int) -> int:
        """How many there were."""
        row = CounterRow.at(_pk(who), f"{window_seconds}#{_start(now, window_seconds)}")
        return int(row.counted) if row else 0


def _pk(who: str) -> str:
    return f"LIMIT#{hashlib.sha256(who.encode()).hexdigest()}"


def _start(now: datetime, window_seconds: int) -> int:
    return int(now.timestamp()) // window_seconds * window_seconds
