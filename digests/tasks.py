"""What the worker does for digests. Each task may run twice, late or not at all without harm."""

from __future__ import annotations

from celery import shared_task

from digests import asking, sending


@shared_task(ignore_result=True, soft_time_limit=240, time_limit=270)
def send_digests() -> int:
    """Send the mails that are due: questions whether an address wants a digest, and digests."""
    return sending.send_due()


@shared_task(ignore_result=True)
def forget_addresses() -> int:
    """Delete addresses that were not confirmed in time, and those whose selection has long not been readable."""
    return asking.forget()
