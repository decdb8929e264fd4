"""What of the public record rests on sources, and what of it on one alone. Constant numbers of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from pledges.models import Effect, Pledge, Terms


@dataclass(frozen=True, slots=True)
class Resting:
    """How many public events cite a source, and how many of them no other source supports."""

    events: int = 0
    alone: int = 0


# An event stands on what supports it and what its public effects did.
_SUPPORT = """
WITH asked AS (SELECT unnest(%(sources)s::bigint[]) AS source_id),
cited AS (
    SELECT c.source_id, c.event_id FROM asked JOIN pledges_citation c USING (source_id) WHERE c.event_id IS NOT NULL
    UNION
    SELECT c.source_id, f.event_id FROM asked JOIN pledges_citation c USING (source_id)
    JOIN pledges_effect f ON f.id = c.effect_id
    LEFT JOIN pledges_pledge p ON p.id = f.pledge_id LEFT JOIN pledges_investment i ON i.id = f.investment_id
    WHERE f.publication_id IS NOT NULL AND f.retracted_because = ''
    AND coalesce(p.publication_id, i.publication_id) IS NOT NULL
    AND coalesce(p.retracted_because, i.retracted_because) = ''
),
standing AS (
    SELECT cited.* FROM cited JOIN pledges_event e ON e.id = cited.event_id
    WHERE e.publication_id IS NOT NULL AND e.retracted_because = ''
)
SELECT s.source_id, count(*),
    count(*) FILTER (WHERE EXISTS (
        SELECT FROM pledges_citation c WHERE c.event_id = s.event_id AND c.source_id = s.source_id
        AND c.stance = 'supports'
        UNION ALL
        SELECT FROM pledges_effect f JOIN pledges_citation c ON c.effect_id = f.id
        WHERE f.event_id = s.event_id AND c.source_id = s.source_id AND c.stance = 'supports'
        AND f.publication_id IS NOT NULL AND f.retracted_because = ''
    ) AND NOT EXISTS (
        SELECT FROM pledges_citation c JOIN sources_source o ON o.id = c.source_id
        WHERE c.event_id = s.event_id AND c.source_id <> s.source_id AND c.stance = 'supports'
        AND o.publication_id IS NOT NULL AND o.retracted_because = ''
        UNION ALL
        SELECT FROM pledges_effect f JOIN pledges_citation c ON c.effect_id = f.id
        JOIN sources_source o ON o.id = c.source_id
        WHERE f.event_id = s.event_id AND c.source_id <> s.source_id AND c.stance = 'supports'
        AND f.publication_id IS NOT NULL AND f.retracted_because = ''
        AND o.publication_id IS NOT NULL AND o.retracted_because = ''
    ))
FROM standing s GROUP BY s.source_id
"""


def resting_on(sources: Collection[int]) -> dict[int, Resting]:
    """What rests on each of some sources, by their keys; a source on which nothing rests is left out. One query."""
    if not sources:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SUPPORT, {"sources": list(sources)})
        return {source: Resting(events, alone) for source, events, alone in cursor.fetchall()}


def pledges_resting_on(sources: Collection[int]) -> dict[int, list[Pledge]]:
    """The public pledges whose steps or wording cite each of some sources, with their companies. Three queries."""
    found: dict[int, dict[int, Pledge]] = defaultdict(dict)
    effects = (
        Effect.objects.public()
        .filter(citations__source__in=sources, pledge__publication__isnull=False, pledge__retracted_because="")
        .filter(event__publication__isnull=False, event__retracted_because="")
        .values_list("citations__source", "pledge")
        .distinct()
        .order_by("pledge")
    )
    worded = Terms.objects.filter(
        wording_source__in=sources, pledge__publication__isnull=False, pledge__retracted_because=""
    )
    pairs = [*effects, *worded.values_list("wording_source", "pledge")]
    pledges = Pledge.objects.select_related("company").in_bulk({pledge for _, pledge in pairs if pledge})
    for source, pledge in pairs:
        if source in sources and pledge in pledges:
            found[source][pledge] = pledges[pledge]
    return {source: list(some.values()) for source, some in found.items()}
