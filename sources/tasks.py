"""What the worker does for the care of sources. Each task may run twice, late or not at all without harm."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from sources import leases, services
from sources.limits import limits
from sources.states import rules
from sources.sweeping import HOSTS_PER_MESSAGE, check_leases

HOSTS_AT_ONCE = 100


@shared_task(ignore_result=True)
def lease_due_sources() -> int:
    """Take back leases that ran out, claim hosts that are due, and send their work out."""
    leases.reap()
    claimed = leases.claim(most=HOSTS_AT_ONCE)
    for first in range(0, len(claimed), HOSTS_PER_MESSAGE):
        # A message that lies longer than its leases hold would only be looked at and thrown away.
        check_hosts.apply_async(
            [claimed[first : first + HOSTS_PER_MESSAGE]], expires=leases.BEGIN_WITHIN.total_seconds()
        )
    return len(claimed)


# Its own time limits end the work; Celery's come after them, as a last resort.
@shared_task(ignore_result=True, soft_time_limit=420, time_limit=450)
def check_hosts(claimed: list[tuple[int, int]]) -> int:
    """Check the due sources of hosts that were leased. Does nothing for leases that are not to be had any more."""
    given = [leases.Lease(*pair) for pair in claimed]
    return sum(len(batch) for batch in check_leases(given, limits=limits(), rules=rules()))


@shared_task(ignore_result=True)
def watch_all_sources() -> int:
    """Find sources that nobody put under watch, and exemptions that have ended."""
    return services.watch_sources()


@shared_task(ignore_result=True)
def make_room_for_coming_checks() -> int:
    """Make the partitions of the coming months."""
    today = leases.database_now().date()
    return services.make_room_for_checks(first=today, last=today + timedelta(days=100))
