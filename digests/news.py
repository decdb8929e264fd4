"""What is new in a selection since a moment: events that were added to it, and what was changed in others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from digests.moments import SINCE, Moment
from history.models import Revision
from pledges.models.happening import EventQuerySet
from pledges.services.reading import Happening, for_timeline, happenings
from timeline.changes import Change, Row, changes_in_full, changes_to
from timeline.filters import Selection

MOST_TOLD: Final = 40  # of each list

# The rows that were published since a moment and belong to an event: itself, what it did, who took part, what is cited
# for it, what is disputed about it.
TOUCHED: Final = f"""
    WITH fresh AS MATERIALIZED (
        SELECT r.table_name, r.row_id, r.publication_id, r.operation, r.state FROM history_revision r
        WHERE r.publication_id IS NOT NULL AND {SINCE}
    )
    SELECT row_id AS event_id, table_name, row_id, publication_id, operation FROM fresh
    WHERE table_name = 'pledges_event'
    UNION ALL
    SELECT (state->>'event_id')::bigint, table_name, row_id, publication_id, operation FROM fresh
    WHERE table_name IN ('pledges_effect', 'pledges_party', 'pledges_amount', 'pledges_eventcompany',
        'pledges_eventfollows', 'pledges_citation', 'pledges_dispute') AND state->>'event_id' IS NOT NULL
    UNION ALL
    SELECT f.event_id, n.table_name, n.row_id, n.publication_id, n.operation FROM fresh n
    JOIN pledges_effect f ON f.id = (n.state->>'effect_id')::bigint
    WHERE n.table_name IN ('pledges_citation', 'pledges_dispute')
    UNION ALL
    SELECT coalesce(d.event_id, f.event_id), n.table_name, n.row_id, n.publication_id, n.operation FROM fresh n
    JOIN pledges_dispute d ON d.id = (n.state->>'dispute_id')::bigint LEFT JOIN pledges_effect f ON f.id = d.effect_id
    WHERE n.table_name = 'pledges_answer' AND coalesce(d.event_id, f.event_id) IS NOT NULL
"""  # noqa: S608 -- the parts are our own; values are parameters

RETRACTED: Final = f"""
    SELECT count(*) FROM pledges_event e WHERE e.retracted_because <> '' AND EXISTS (
        SELECT FROM history_revision r WHERE r.table_name = 'pledges_event' AND r.row_id = e.id AND {SINCE}
        AND r.state->>'retracted_because' <> ''
    ) AND NOT EXISTS (
        SELECT FROM history_revision r WHERE r.table_name = 'pledges_event' AND r.row_id = e.id AND NOT ({SINCE})
        AND r.state->>'retracted_because' <> ''
    )
"""  # noqa: S608


@dataclass(frozen=True)
class Changed:
    """An event that was there before, with what was changed since, newest first."""

    happening: Happening
    changes: Sequence[Change]


@dataclass(frozen=True)
class News:
    """What to tell of a selection.

    added, changed: newest event first, not more than fit into a mail. more: how many others there are.
    retracted: how many events of the whole record were retracted; by what they were found is no longer known.
    """

    added: Sequence[Happening]
    changed: Sequence[Changed]
    more: int = 0
    retracted: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed)


def news(selection: Selection, *, since: Moment) -> News:
    """What was added to a selection since a moment, and what was changed in it, as the transaction sees it."""
    publications = _publications(since)
    events = selection.events()
    # Some events are entered before their day; nothing is published on the day itself.
    by_its_day = Q(date_earliest__isnull=False, sorts_on__gt=since.day, sorts_on__lte=selection.as_of)
    is_new = Q(publication__in=publications) | by_its_day
    added, more_added = _some(events.filter(is_new))
    if not publications:
        return News(happenings(added, on=selection.as_of), [], more_added)
    touched = RawSQL(f"SELECT event_id FROM ({TOUCHED}) touched", since.since)  # noqa: S608, S611
    changes, more_changed = _some_changes(events.filter(pk__in=touched).exclude(is_new), since)
    others = list(for_timeline(events.filter(pk__in=changes)).newest_first())
    changed = [Changed(one, changes[one.event.pk]) for one in happenings(others, on=selection.as_of)]
    return News(happenings(added, on=selection.as_of), changed, more_added + more_changed, _retracted(since))


def _publications(since: Moment) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT r.publication_id FROM history_revision r"  # noqa: S608
            f" WHERE r.publication_id IS NOT NULL AND {SINCE}",
            since.since,
        )
        return [number for (number,) in cursor.fetchall()]


def _some(events: EventQuerySet) -> tuple[list[Any], int]:
    """The newest of some events, and how many others there are."""
    some = list(for_timeline(events).newest_first()[: MOST_TOLD + 1])
    more = events.count() - MOST_TOLD if len(some) > MOST_TOLD else 0
    return some[:MOST_TOLD], more


def _some_changes(events: EventQuerySet, since: Moment) -> tuple[dict[int, list[Change]], int]:
    """The changes of the newest of some events in which a reader can see any, and how many others may have some."""
    keys = list(events.newest_first().values_list("pk", flat=True))
    found: dict[int, list[Change]] = {}
    for start in range(0, len(keys), MOST_TOLD):
        for key, changes in _changes(keys[start : start + MOST_TOLD], since).items():
            if changes and len(found) == MOST_TOLD:
                return found, len(keys) - keys.index(key)
            if changes:
                found[key] = changes
    return found, 0


def _changes(keys: Sequence[int], since: Moment) -> dict[int, list[Change]]:
    """The publications since a moment that changed anything which a reader can see, of each event."""
    rows: dict[int, dict[Row, None]] = defaultdict(dict)
    numbers: dict[int, set[int]] = defaultdict(set)
    came_or_went: dict[int, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT event_id, table_name, row_id, publication_id, operation FROM ({TOUCHED}) touched"  # noqa: S608
            " WHERE event_id = ANY(%s) ORDER BY table_name, row_id",
            [*since.since, list(keys)],
        )
        for event, table, row, number, operation in cursor.fetchall():
            rows[event][table, row] = None
            numbers[event].add(number)
            if operation != Revision.Operation.UPDATED:
                came_or_went[event].add(number)
    found: dict[int, list[Change]] = {}
    for key in keys:
        # Rows are also written again where only their place in a list has changed.
        seen = {one.change.number for one in changes_in_full(list(rows[key])) if one.rows} & numbers[key]
        found[key] = [one for one in changes_to(list(rows[key])) if one.number in seen | came_or_went[key]]
    return found


def _retracted(since: Moment) -> int:
    with connection.cursor() as cursor:
        cursor.execute(RETRACTED, [*since.since, *since.since])
        return int(cursor.fetchone()[0])
