"""Room for checks to come, and what stays of those that are let go; hosts that have more sources than time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, Min, Q
from django.db.models.functions import Greatest

from sources.limits import Limits
from sources.models import ArchiveJob, Host, LinkState
from sources.states import Rules

KEPT_FOR = timedelta(days=90)
OVERDUE_AFTER = timedelta(hours=1)
MADE_AHEAD = timedelta(days=100)


def make_room_for_checks(*, first: date, last: date) -> int:
    """Make the monthly partitions for checks that fall due between two days. Safe to repeat."""
    return _call("SELECT sources_make_check_partitions(%s, %s)", [first, last])


def tally_checks(*, today: date) -> int:
    """Count the checks of this month and the last, source by source. Safe to repeat.

    :returns: how many rows were written.
    """
    this_month = today.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    return sum(_call("SELECT sources_tally_checks(%s)", [month]) for month in (last_month, this_month))


def let_old_checks_go(*, today: date) -> int:
    """Drop the months that are wholly older than 90 days, once they are counted. Safe to repeat.

    :returns: how many months were let go.
    """
    return _call("SELECT sources_let_checks_go(%s)", [today - KEPT_FOR])


# Counting a month of a large record takes longer than any statement for a page may.
_LONGEST_CALL = "25min"


def _call(statement: str, parameters: Sequence[date]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [_LONGEST_CALL])
        cursor.execute(statement, parameters)
        number: int = cursor.fetchone()[0]
        return number


class OverfullHost(NamedTuple):
    """A host whose sources want more requests than its gap lets through."""

    key: str
    sources: int
    wanted_seconds: float  # of asking, in a day
    available_seconds: float = 86_400.0

    @property
    def share(self) -> float:
        """How many times over its day is filled."""
        return self.wanted_seconds / self.available_seconds


def overfull_hosts(*, at: datetime, limits: Limits, rules: Rules, most: int = 50) -> list[OverfullHost]:
    """Hosts that cannot meet the intervals of their sources, the fullest first.

    Each check takes a gap, and each source wants as many checks a day as its class is given; what a host asks for
    by Crawl-delay stretches its gap.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT h.key, wanted.sources, wanted.checks * greatest(%(gap)s, coalesce(h.crawl_delay, 0)) AS seconds
            FROM (
                SELECT host_id, count(*) AS sources, sum(CASE
                    WHEN state = 'dead' THEN 1.0 / %(dead_days)s
                    WHEN state = 'unverifiable' THEN 24.0 / %(unverifiable)s
                    WHEN state = 'suspect' THEN 24.0 / %(suspect)s
                    WHEN own_page THEN 24.0 / %(own_page)s
                    WHEN enrolled_at > %(young_since)s THEN 24.0 / %(young)s
                    ELSE 24.0 / %(other)s END) AS checks
                FROM sources_linkstate WHERE due_at IS NOT NULL GROUP BY host_id
                HAVING count(*) >= 2
            ) wanted JOIN sources_host h ON h.id = wanted.host_id
            WHERE wanted.checks * greatest(%(gap)s, coalesce(h.crawl_delay, 0)) > 86400
            ORDER BY seconds DESC LIMIT %(most)s
            """,
            {
                "gap": limits.gap_seconds,
                "dead_days": rules.dead_days[-1],
                "unverifiable": rules.unverifiable_hours,
                "suspect": rules.suspect_hours,
                "own_page": rules.own_page_hours,
                "young": rules.young_hours,
                "young_since": at - timedelta(days=rules.young_days),
                "other": rules.other_hours,
                "most": most,
            },
        )
        return [OverfullHost(key, sources, float(seconds)) for key, sources, seconds in cursor.fetchall()]


class Timetable(NamedTuple):
    """How the watch keeps to its times, counted in sources."""

    watched: int
    due_now: int
    overdue: int  # due for longer than `OVERDUE_AFTER`
    oldest_due: datetime | None
    being_checked: int
    checked_in_hour: int
    checked_in_day: int
    due_in_hour: int
    due_in_day: int
    due_in_week: int


def timetable(*, at: datetime) -> Timetable:
    """What is due, was checked and falls due, seen from a moment. What a worker holds is not counted as due.

    A source that was checked twice in a day counts once: the checks themselves are kept by the day they were due.
    """
    hour, day = timedelta(hours=1), timedelta(days=1)
    waits = Q(due_at__isnull=False, lease=None)
    due = waits & Q(due_at__lte=at)

    def falls_due(within: timedelta) -> Count:
        return Count("pk", filter=waits & Q(due_at__gt=at, due_at__lte=at + within))

    def checked(within: timedelta) -> Count:
        return Count("pk", filter=Q(last_checked_at__gt=at - within, last_checked_at__lte=at))

    return Timetable(
        **LinkState.objects.aggregate(
            watched=Count("pk", filter=Q(due_at__isnull=False)),
            due_now=Count("pk", filter=due),
            overdue=Count("pk", filter=waits & Q(due_at__lt=at - OVERDUE_AFTER)),
            oldest_due=Min("due_at", filter=due),
            being_checked=Count("pk", filter=Q(lease__isnull=False)),
            checked_in_hour=checked(hour),
            checked_in_day=checked(day),
            due_in_hour=falls_due(hour),
            due_in_day=falls_due(day),
            due_in_week=falls_due(timedelta(days=7)),
        )
    )


class HostsNow(NamedTuple):
    """How many hosts are held by workers, and how many are left alone."""

    leased: int
    run_out: int  # their worker is gone; the next reaping takes them back
    waiting: int
    frozen: int


def hosts_now(*, at: datetime) -> HostsNow:
    return HostsNow(
        **Host.objects.aggregate(
            leased=Count("pk", filter=Q(leased_until__gte=at)),
            run_out=Count("pk", filter=Q(leased_until__lt=at)),
            waiting=Count("pk", filter=Q(resume_at__gt=at)),
            frozen=Count("pk", filter=Q(frozen_until__gt=at)),
        )
    )


def resting_hosts(*, at: datetime, most: int = 50) -> list[Host]:
    """Hosts that are not to be asked yet, or whose failures do not count for now; the longest rest first."""
    # Greatest leaves out what is empty.
    rest = Greatest("resume_at", "frozen_until")
    return list(Host.objects.filter(Q(resume_at__gt=at) | Q(frozen_until__gt=at)).order_by(rest.desc(), "key")[:most])


class ArchiveWork(NamedTuple):
    """What is to be asked of public archives."""

    waiting: int
    due: int
    oldest_due: datetime | None
    ended_today: int


def archive_work(*, at: datetime) -> ArchiveWork:
    """Jobs that have not ended, and those that ended since midnight of the day that `at` is in."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    due = Q(ended_at=None, due_at__lte=at)
    return ArchiveWork(
        **ArchiveJob.objects.aggregate(
            waiting=Count("pk", filter=Q(ended_at=None)),
            due=Count("pk", filter=due),
            oldest_due=Min("due_at", filter=due),
            ended_today=Count("pk", filter=Q(ended_at__gte=midnight, ended_at__lte=at)),
        )
    )


def oldest_month_of_checks() -> date | None:
    """The first month whose single checks are still on record, by its first day."""
    with connection.cursor() as cursor:
        cursor.execute(
            r"""
            SELECT min(to_date(substring(c.relname FROM '\d{4}_\d{2}$'), 'YYYY_MM'))
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'public.sources_linkcheck'::regclass
            """
        )
        month: date | None = cursor.fetchone()[0]
        return month
