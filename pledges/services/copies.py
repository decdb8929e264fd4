"""Which copies of sources the record needs: those nearest to the days on which what they bear out happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models.functions import Coalesce

from pledges.models import Citation
from sources.archiving import want_copies

_AT_ONCE = 5_000


def cited_days() -> Iterator[tuple[int, date]]:
    """Each source that is cited for a published event, with the day of that event: its first possible day."""
    day = Coalesce("event__date_earliest", "event__date_latest", "effect__event__date_earliest")
    rows = Citation.objects.public().filter(source__url__isnull=False).annotate(day=day).filter(day__isnull=False)
    yield from rows.order_by("source_id", "day").values_list("source_id", "day").distinct().iterator()


def want_copies_near_events() -> int:
    """Have copies of cited sources looked for, near the days of their events. Safe to repeat.

    :returns: how many look-ups were added.
    """
    added = 0
    pairs: list[tuple[int, date]] = []
    for pair in cited_days():
        pairs.append(pair)
        if len(pairs) == _AT_ONCE:
            added += want_copies(pairs)
            pairs = []
    return added + want_copies(pairs)
