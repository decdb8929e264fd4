"""Room for checks to come, and what stays of those that are let go; hosts that have more sources than time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection

from sources.limits import Limits
from sources.states import Rules

KEPT_FOR = timedelta(days=90)
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


def _call(statement: str, parameters: Sequence[date]) -> int:
    with connection.cursor() as cursor:
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
