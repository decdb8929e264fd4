"""What is worked out from the record, worked out from what the record said at a time.

Status and marks have no history: they follow from what has one, by the rules of today.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db import connection
from django.db.models import Q
from psycopg2.extras import DateRange

from companies.models import Company
from history.models import Published
from history.recorded import put, rows_setting
from pledges import status
from pledges.models import Citation, Effect, Event, EventCompany, EventMark, Party, Pledge, StatusSpan
from sources.models import Source

from .derived import MARKS_OF_EVENTS, stored_span
from .dossiers import dossiers

# Of those that cite a source its page shows no more than the newest.
MOST_EVENTS: Final = 100

MARKS_PUT = f"""
{MARKS_OF_EVENTS}
SELECT set_config(%(setting)s, coalesce(jsonb_agg(to_jsonb(fresh))::text, '[]'), true) FROM fresh
"""  # noqa: S608 -- the parts are those of ``derived``


def work_out_around(row: Published) -> None:
    """Work out what a page about something reads: the status of pledges, the marks of events.

    Call while the record is read at a time.
    """
    events = _events_around(row)
    pledges = set(Effect.objects.filter(event__in=events, pledge__isnull=False).values_list("pledge", flat=True))
    if isinstance(row, Pledge):
        pledges.add(row.pk)
    elif isinstance(row, Company):
        pledges.update(Pledge.objects.filter(company=row).values_list("pk", flat=True))
    if pledges:
        _put_spans(pledges)
    if events:
        _put_marks(events)


def _events_around(row: Published) -> set[int]:
    """The events of which a page shows more than the name."""
    if isinstance(row, Event):
        return {row.pk}
    if isinstance(row, Company):
        group = Company.objects.in_groups([row.slug]).values("pk")
        concerned = [
            EventCompany.objects.filter(company__in=group),
            Party.objects.filter(company__in=group),
            Effect.objects.filter(pledge__company__in=group),
            Effect.objects.filter(
                Q(investment__investor__in=group) | Q(investment__through__in=group) | Q(investment__investee__in=group)
            ),
        ]
        return {key for rows in concerned for key in rows.values_list("event", flat=True)}
    if isinstance(row, Source):
        cited = Citation.objects.filter(source=row).values_list("event", "effect__event")
        every = Event.objects.public().filter(pk__in={key for pair in cited for key in pair if key is not None})
        return set(every.newest_first().values_list("pk", flat=True)[:MOST_EVENTS])
    return set()


def _put_spans(keys: Collection[int]) -> None:
    known = dossiers(list(Pledge.objects.public().filter(pk__in=keys)))
    spans = [stored_span(key, span) for key, dossier in known.items() for span in status.spans(dossier.facts)]
    put(StatusSpan, [_columns(number, span) for number, span in enumerate(spans, start=1)])


def _columns(number: int, span: StatusSpan) -> dict[str, Any]:
    said = {field.attname: getattr(span, field.attname) for field in StatusSpan._meta.concrete_fields}
    return said | {"id": number, "days": _written(span.days)}


def _written(days: DateRange) -> str:
    lower, upper = (day.isoformat() if day else "" for day in (days.lower, days.upper))
    return f"{'[' if days.lower_inc else '('}{lower},{upper})"


def _put_marks(keys: Collection[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MARKS_PUT, {"keys": list(keys), "setting": rows_setting(EventMark)})
