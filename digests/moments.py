"""What the database had seen by a moment, so that nothing published falls between two digests.

A publication carries the time at which its transaction began, and may be committed long after: one that began before a
digest was written and ended afterwards would be missed by its time. PostgreSQL's own snapshot says which transactions
had ended. Its numbers begin anew in a database that was restored from a dump; there the time tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.utils import timezone

# Of the rows of the history, here called r: those that were not there yet at a moment. The first line finds them by
# index, the second is exact.
SINCE: Final = """
    (r.transaction >= %s OR r.at > %s)
    AND (NOT pg_visible_in_snapshot(r.transaction::text::xid8, %s::pg_snapshot) OR r.at > %s)
"""


@dataclass(frozen=True)
class Moment:
    """A time by the clock of the database, and which transactions had ended by then (``pg_snapshot``)."""

    at: datetime
    snapshot: str

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)

    @property
    def since(self) -> list[Any]:
        """The parameters of ``SINCE``."""
        first_unfinished = int(self.snapshot.split(":")[0])
        return [first_unfinished, self.at, self.snapshot, self.at]


def this_moment() -> Moment:
    """The moment that the transaction sees, where it sees only one; else now."""
    with connection.cursor() as cursor:
        # The clock is read when the snapshot has been taken: what began later than the time is not in the snapshot.
        cursor.execute("SELECT clock_timestamp(), pg_current_snapshot()::text")
        return Moment(*cursor.fetchone())
