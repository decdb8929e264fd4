"""What the worker does for the care of sources. Each task may run twice, late or not at all without harm."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from sources import archiving, leases, upkeep, watching
from sources.archives.limits import archive_limits
from sources.limits import limits
from sources.states import rules
from sources.sweeping import HOSTS_PER_MESSAGE, check_leases

HOSTS_AT_ONCE = 100
ARCHIVE_JOBS_AT_ONCE = 10


@shared_task(ignore_result=True)
def lease_due_sources() -> int:
    """Take back leases that ran out, claim hosts that are due, and send their work out."""
    leases.reap()
    within = timedelta(seconds=limits().begin_seconds)
    claimed = leases.claim(most=HOSTS_AT_ONCE, within=within)
    for first in range(0, len(claimed), HOSTS_PER_MESSAGE):
        # A message that lies longer than its leases hold would only be looked at and thrown away.
        check_hosts.apply_async([claimed[first : first + HOSTS_PER_MESSAGE]], expires=within.total_seconds())
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
    return watching.watch_sources()


@shared_task(ignore_result=True)
def make_room_for_coming_checks() -> int:
    """Make the partitions of the coming months."""
    today = leases.database_now().date()
    return upkeep.make_room_for_checks(first=today, last=today + upkeep.MADE_AHEAD)


@shared_task(ignore_result=True, soft_time_limit=1_800, time_limit=1_900)
def tally_and_let_go() -> int:
    """Count the checks of the latest months, and drop the months that are older than checks are kept."""
    today = leases.database_now().date()
    upkeep.tally_checks(today=today)
    return upkeep.let_old_checks_go(today=today)


@shared_task(ignore_result=True, soft_time_limit=540, time_limit=570)
def ask_public_archives() -> int:
    """Look copies up, have copies made, look them up again: what is due of it."""
    jobs = archiving.claim_jobs(most=ARCHIVE_JOBS_AT_ONCE)
    return archiving.ask_archives(jobs, asked=archive_limits())
