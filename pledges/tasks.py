"""What the worker does for the record. Each task may run twice, late or not at all without harm."""

from __future__ import annotations

from celery import shared_task

from pledges.services.copies import want_copies_near_events


@shared_task(ignore_result=True, soft_time_limit=540, time_limit=570)
def want_archived_copies() -> int:
    """Have copies of cited sources looked for in public archives, near the days of the events they bear out."""
    return want_copies_near_events()
