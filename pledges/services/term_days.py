"""On which days each version of a pledge's terms holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from psycopg2.extras import DateRange


def term_days(starts: Sequence[date | None]) -> list[DateRange]:
    """The days of each version, in their order: up to the day before the next one, none beginning before the last.

    :param starts: the earliest day of each; None where it is not known, which is as early as the one before.
    :returns: ranges without their last day; empty where a version was replaced on the day on which it began.
    """
    clamped: list[date | None] = []
    for start in starts:
        before = clamped[-1] if clamped else None
        clamped.append(before if start is None or (before is not None and start < before) else start)
    days = []
    for number, start in enumerate(clamped):
        if number + 1 == len(clamped):
            days.append(DateRange(start, None, "[)" if start else "()"))
        elif clamped[number + 1] == start:
            days.append(DateRange(empty=True))
        else:
            days.append(DateRange(start, clamped[number + 1], "[)" if start else "()"))
    return days
