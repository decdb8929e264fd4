"""When the scheduler starts the tasks of this room; config/celery.py takes it from here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

BEAT: dict[str, dict[str, Any]] = {
    "lease due sources": {
        "task": "sources.tasks.lease_due_sources",
        "schedule": timedelta(seconds=30),
        # A scheduler that comes back after an hour need not ask a hundred times.
        "options": {"expires": 25},
    },
    "watch all sources": {
        "task": "sources.tasks.watch_all_sources",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3_000},
    },
    "make room for coming checks": {
        "task": "sources.tasks.make_room_for_coming_checks",
        "schedule": timedelta(hours=12),
        "options": {"expires": 40_000},
    },
    "tally checks and let old ones go": {
        "task": "sources.tasks.tally_and_let_go",
        "schedule": crontab(hour="3", minute="17"),
        "options": {"expires": 40_000},
    },
    "ask public archives": {
        "task": "sources.tasks.ask_public_archives",
        "schedule": timedelta(seconds=60),
        "options": {"expires": 55},
    },
}
