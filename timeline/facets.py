"""Counting a selection: how many events and sources, and how many each further choice would leave.

Everything is one query, whatever is chosen. The counts of a facet leave its own choice aside and respect all
others: an event counts there if it fails no condition, or that one alone.
"""
# ruff: noqa: S608 -- the statement is put together from parts of our own; values are parameters

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.db.models import BooleanField, Case, Value, When

from pledges.models import Event
from pledges.services.reading import BEHIND
from sources.health import slug_expression
from sources.models import Source
from timeline.filters import BY_MARKS, Selection

# The widest axis of years; a record that is longer shows its latest.
MOST_YEARS: Final = 60


@dataclass(frozen=True)
class Counts:
    """What was counted.

    events, sources: of the selection. record: all public events.
    before: events of the selection that come before a given row.
    facets: for each parameter, how many events each of its values would leave.
    names: what the companies among these values are called.
    years: for each year, how many events it would leave (those whose date may fall into it).
    begun: for each year, how many events of the selection are listed under it.
    """

    events: int = 0
    sources: int = 0
    record: int = 0
    before: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    years: Mapping[int, int] = field(default_factory=dict)
    begun: Mapping[int, int] = field(default_factory=dict)


def counts_of(selection: Selection, *, first: Event | None = None) -> Counts:
    """Count a selection and what each further choice would leave of it. One query.

    :param first: a row, of which is counted how many come before it in the order of the selection.
    """
    counting = _Counting(selection, first)
    with connection.cursor() as cursor:
        cursor.execute(counting.sql, counting.parameters)
        rows = cursor.fetchall()
    return _read(rows)


def _read(rows: list[tuple[str, str, str | None, int]]) -> Counts:
    facets: dict[str, dict[str, int]] = defaultdict(dict)
    names: dict[str, str] = {}
    numbers: dict[str, int] = {}
    years: dict[int, int] = {}
    begun: dict[int, int] = {}
    for what, value, name, number in rows:
        if what == "number":
            numbers[value] = number
        elif what == "year":
            years[int(value)] = number
        elif what == "begun":
            begun[int(value)] = number
        else:
            facets[what][value] = number
            if name:
                names[value] = name
    return Counts(**numbers, facets=facets, names=names, years=dict(sorted(years.items())), begun=begun)


class _Counting:
    """The statement that counts, put together from the conditions of a selection."""

    def __init__(self, selection: Selection, first: Event | None) -> None:
        self.selection = selection
        self.first = first
        self.conditions = selection.conditions
        self.parameters: list[Any] = []

    @property
    def sql(self) -> str:
        """The statement; fills in the parameters in the order in which they stand in it."""
        self.parameters = []
        base, parameters = self._base()
        self.parameters += parameters
        columns = "".join(f", c{place}" for place in range(len(self.conditions)))
        parts = [
            f"base(id, day, earliest, latest{columns}) AS MATERIALIZED ({base})",
            f"near AS MATERIALIZED (SELECT id, day, earliest, latest, {self._missing()} AS missing FROM base)",
            "bounds AS (SELECT extract(year FROM min(day))::int lo, extract(year FROM max(day))::int hi FROM base)",
            "chosen AS MATERIALIZED (SELECT id, day FROM near WHERE missing = '')",
            BEHIND,
        ]
        return f"WITH {', '.join(parts)} {' UNION ALL '.join(self._counted())}"

    def _base(self) -> tuple[str, list[Any]]:
        """All events for which anything can be counted, with whether each condition holds."""
        events = Event.objects.public().filter(self.selection.fixed)
        holds = {
            f"c{place}": Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
            for place, condition in enumerate(self.conditions.values())
        }
        rows = events.annotate(**holds).values("pk", "sorts_on", "date_earliest", "date_latest", *holds)
        sql, parameters = rows.query.sql_with_params()
        return sql, list(parameters)

    def _missing(self) -> str:
        """The one facet whose condition an event fails; empty if it fails none, NULL if it fails more."""
        if not self.conditions:
            return "''::text"
        columns = [f"c{place}" for place in range(len(self.conditions))]
        failed = " + ".join(f"(NOT {column})::int" for column in columns)
        named = " ".join(
            f"WHEN NOT {column} THEN '{name}'" for column, name in zip(columns, self.conditions, strict=True)
        )
        return f"CASE {failed} WHEN 0 THEN '' WHEN 1 THEN CASE {named} END END"

    def _counted(self) -> list[str]:
        return [
            *self._numbers(),
            self._marks(),
            self._roles(),
            self._places(),
            self._statuses(),
            self._health(),
            # An open start or end reaches as far as the axis does.
            f"""SELECT 'year', y::text, NULL, count(*) FROM near CROSS JOIN bounds CROSS JOIN LATERAL generate_series(
                greatest(coalesce(extract(year FROM earliest)::int, lo), lo, hi - {MOST_YEARS - 1}),
                least(coalesce(extract(year FROM latest)::int, hi), hi)) AS y
                WHERE missing IN ('', 'year') GROUP BY y""",
            "SELECT 'begun', extract(year FROM day)::int::text, NULL, count(*) FROM chosen GROUP BY 2",
        ]

    def _numbers(self) -> list[str]:
        counted = [
            # Before all others, so that the columns have their types.
            "SELECT 'number'::text, 'events'::text, NULL::text, count(*) FROM chosen",
            "SELECT 'number', 'sources', NULL, count(DISTINCT source_id) FROM behind",
            "SELECT 'number', 'record', NULL, count(*) FROM pledges_event"
            " WHERE publication_id IS NOT NULL AND retracted_because = ''",
        ]
        if self.first is not None:
            sign = "<" if self.selection.order == "oldest" else ">"
            counted.append(f"SELECT 'number', 'before', NULL, count(*) FROM chosen WHERE (day, id) {sign} (%s, %s)")
            self.parameters += [self.first.sorts_on, self.first.pk]
        return counted

    def _marks(self) -> str:
        facets = {facet: name for name, facet in BY_MARKS.items()}
        facets["company" if self.selection.own else "group"] = "company"
        self.parameters += [list(facets), list(facets.values())]
        return """SELECT f.name, m.value, min(o.name), count(*)
            FROM unnest(%s::text[], %s::text[]) AS f(facet, name)
            JOIN pledges_eventmark m ON m.facet = f.facet
            JOIN near n ON n.id = m.event_id AND (n.missing = '' OR n.missing = f.name)
            LEFT JOIN companies_company o ON f.name = 'company' AND o.slug = m.value
            GROUP BY f.name, m.value"""

    def _roles(self) -> str:
        companies = self.selection.chosen("company")
        if not companies:
            return """SELECT 'role', m.value, NULL, count(*) FROM near n JOIN pledges_eventmark m
                ON m.event_id = n.id AND m.facet = 'role' WHERE n.missing IN ('', 'role') GROUP BY m.value"""
        # The part that one of the chosen companies had, not anybody's.
        self.parameters.append(companies)
        return """SELECT 'role', split_part(m.value, ':', 2), NULL, count(DISTINCT n.id) FROM near n
            JOIN pledges_eventmark m ON m.event_id = n.id AND m.facet = 'company-role'
            WHERE n.missing IN ('', 'role') AND split_part(m.value, ':', 1) = ANY(%s) GROUP BY 2"""

    def _places(self) -> str:
        return """SELECT 'jurisdiction', p.code, NULL, count(DISTINCT n.id) FROM near n
            JOIN pledges_eventmark m ON m.event_id = n.id AND m.facet = 'jurisdiction'
            CROSS JOIN LATERAL (VALUES (m.value), (split_part(m.value, '-', 1))) AS p(code)
            WHERE n.missing IN ('', 'jurisdiction') GROUP BY p.code"""

    def _statuses(self) -> str:
        self.parameters.append(self.selection.as_of)
        return """SELECT 'status', coalesce(s.headline, 'not-made-yet'), NULL, count(DISTINCT n.id) FROM near n
            JOIN pledges_effect f ON f.event_id = n.id AND f.publication_id IS NOT NULL AND f.retracted_because = ''
            JOIN pledges_pledge p ON p.id = f.pledge_id AND p.publication_id IS NOT NULL AND p.retracted_because = ''
            LEFT JOIN pledges_statusspan s ON s.pledge_id = p.id AND s.days @> %s::date
            WHERE n.missing IN ('', 'status') GROUP BY 2"""

    def _health(self) -> str:
        at = self.selection.now
        health = Source.objects.public().filter(url__isnull=False).annotate(health=slug_expression(at=at))
        sql, parameters = health.values("pk", "health").query.sql_with_params()
        self.parameters += parameters
        return f"""SELECT 'health', h.slug, NULL, count(DISTINCT e.id) FROM (
                SELECT n.id, c.source_id FROM near n JOIN pledges_citation c ON c.event_id = n.id
                WHERE n.missing IN ('', 'health')
                UNION ALL SELECT n.id, c.source_id FROM near n
                JOIN pledges_effect f ON f.event_id = n.id AND f.publication_id IS NOT NULL AND f.retracted_because = ''
                JOIN pledges_citation c ON c.effect_id = f.id WHERE n.missing IN ('', 'health')
            ) e JOIN ({sql}) AS h(id, slug) ON h.id = e.source_id GROUP BY h.slug"""
