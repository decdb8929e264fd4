"""When the scheduler starts the tasks of this room."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

BEAT: dict[str, dict[str, Any]] = {
    "want archived copies": {
        "task": "pledges.tasks.want_archived_copies",
        "schedule": timedelta(minutes=30),
        "options": {"expires": 1_700},
    },
}
