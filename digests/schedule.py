"""When the scheduler starts the tasks of this room, and when digests fall due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

BEAT: dict[str, dict[str, Any]] = {
    "send digests": {
        "task": "digests.tasks.send_digests",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 25},
    },
    "forget addresses": {
        "task": "digests.tasks.forget_addresses",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3_000},
    },
}
SENT_AT_HOUR: Final = 6  # UTC
MONDAY: Final = 0


def next_due(rhythm: str, after: datetime) -> datetime:
    """The next morning, or the morning of the next Monday, after a time."""
    due = after.replace(hour=SENT_AT_HOUR, minute=0, second=0, microsecond=0)
    if due <= after:
        due += timedelta(days=1)
    while rhythm == "weekly" and due.weekday() != MONDAY:
        due += timedelta(days=1)
    return due
