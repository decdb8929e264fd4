"""What can only be found by comparing a data set with the record: what clashes, and what is only there."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from django.db import connection

from companies.models import Company
from pledges.models import Dispute, Effect, Event, Investment, Pledge, Round
from sources.models import Source

from .faults import FILES, Fault

# Each gives the file, the line, the field and the words of a fault, of rows that wait in the temporary tables.
CLASHES: tuple[str, ...] = (
    """
    SELECT 'sources.jsonl', s.line, 'url', format('is the address of the source "%s" on record, which these files '
        'give another id or none. Use that id.', t.slug)
    FROM staged_sources_source s JOIN sources_source t ON t.identity_key = s.identity_key AND t.slug <> s.slug
    WHERE NOT EXISTS (SELECT FROM staged_sources_source n WHERE n.slug = t.slug)
    """,
    """
    SELECT 'companies.jsonl', s.line, s.scheme, format('%s is that of the company "%s" on record, which these files '
        'do not have. Use that slug, or correct the number.', s.value, c.slug)
    FROM staged_companies_identifier s
    JOIN companies_identifier t ON t.scheme = s.scheme AND t.value = s.value
    JOIN companies_company c ON c.id = t.company_id
    WHERE NOT EXISTS (SELECT FROM staged_companies_company n WHERE n.slug = c.slug)
    """,
    """
    SELECT CASE WHEN s.pledge IS NULL THEN 'investments.jsonl' ELSE 'pledges.jsonl' END, s.line, 'events',
        format('"%s" is on record as a step of "%s". Give this one an id of its own.', s.slug, coalesce(p.slug, i.slug))
    FROM staged_pledges_effect s JOIN pledges_effect t ON t.slug = s.slug
    LEFT JOIN pledges_pledge p ON p.id = t.pledge_id LEFT JOIN pledges_investment i ON i.id = t.investment_id
    WHERE p.slug IS DISTINCT FROM s.pledge OR i.slug IS DISTINCT FROM s.investment
    """,
    """
    SELECT 'pledges.jsonl', s.line, 'events[0].id', format('is "%s", but on record the pledge was made in the step '
        '"%s". Keep that id.', s.slug, t.slug)
    FROM staged_pledges_effect s JOIN pledges_pledge p ON p.slug = s.pledge
    JOIN pledges_effect t ON t.pledge_id = p.id AND t.kind = 'made' AND t.slug <> s.slug
    WHERE s.kind = 'made'
    """,
    *(
        f"""
    SELECT '{file}', s.line, '{field}', format('"%s" is a former address of "%s" and redirects there. Use that one.',
        s.slug, f.current_slug)
    FROM staged_{table} s JOIN history_formerslug f ON f.kind = '{kind}' AND f.slug = s.slug
    """  # noqa: S608 -- the names are those below
        for file, field, table, kind in (
            ("companies.jsonl", "slug", "companies_company", "company"),
            ("sources.jsonl", "id", "sources_source", "source"),
            ("developments.jsonl", "id", "pledges_event", "event"),
            ("pledges.jsonl", "id", "pledges_pledge", "pledge"),
            ("investments.jsonl", "id", "pledges_investment", "investment"),
        )
    ),
)
ENTRIES = (Company, Source, Event, Pledge, Round, Investment, Effect)


def faults() -> list[Fault]:
    """Where a data set that waits in the temporary tables clashes with the record."""
    found: list[Fault] = []
    with connection.cursor() as cursor:
        for clash in CLASHES:
            cursor.execute(clash)
            found.extend(Fault(FILES.index(file), line, field, words) for file, line, field, words in cursor.fetchall())
    return found


def left_on_record() -> dict[str, list[str]]:
    """What is public on record and not in the files, by what it is called. It stays as it is."""
    left: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for model in ENTRIES:
            table = model._meta.db_table
            cursor.execute(
                f"SELECT t.slug FROM {table} t WHERE t.publication_id IS NOT NULL AND t.retracted_because = ''"  # noqa: S608
                f' AND NOT EXISTS (SELECT FROM found_{table} f WHERE f.id = t.id) ORDER BY t.slug COLLATE "C"'
            )
            if names := [row[0] for row in cursor.fetchall()]:
                left[str(model._meta.verbose_name_plural)] = names
        cursor.execute(
            "SELECT d.question FROM pledges_dispute d WHERE d.publication_id IS NOT NULL AND d.retracted_because = ''"
            " AND NOT EXISTS (SELECT FROM found_pledges_dispute f WHERE f.id = d.id)"
            " AND (EXISTS (SELECT FROM found_pledges_pledge f WHERE f.id = d.pledge_id)"
            " OR EXISTS (SELECT FROM found_pledges_effect f WHERE f.id = d.effect_id)"
            " OR EXISTS (SELECT FROM found_pledges_investment f WHERE f.id = d.investment_id)"
            " OR EXISTS (SELECT FROM found_pledges_event f WHERE f.id = d.event_id)) ORDER BY d.id"
        )
        if questions := [row[0] for row in cursor.fetchall()]:
            left[str(Dispute._meta.verbose_name_plural)] = questions
    return left


class Moved(NamedTuple):
    """An effect on record that the files do not have, and the place that it takes among those that they do."""

    effect: int
    position: int


def keep_places_of_what_is_left() -> list[Moved]:
    """Let effects that the files no longer have stand where they stood: after the one that came before them.

    The places of the others, in the temporary tables, make room for them.

    :returns: those that must move for it.
    """
    moved: list[Moved] = []
    for whole in ("pledge", "investment"):
        for on_record, given in _lives(whole):
            order: list[tuple[int | None, str]] = [(None, handle) for handle in given]
            before: int | None = None
            numbers = {handle: number for number, handle, _ in on_record}
            by_number = {number: handle for handle, number in numbers.items()}
            for number, handle, is_given in on_record:
                if not is_given:
                    place = _place_of(order, before, by_number)
                    order.insert(place, (number, handle))
                before = number
            moved.extend(_moves(on_record, order))
    return moved


def _place_of(order: list[tuple[int | None, str]], before: int | None, by_number: dict[int, str]) -> int:
    """Where the one goes that stood after ``before``. Nothing comes before the first."""
    handles = [handle for _, handle in order]
    if before is None:
        return min(1, len(handles))
    return handles.index(by_number[before]) + 1


def _moves(on_record: list[tuple[int, str, bool]], order: list[tuple[int | None, str]]) -> list[Moved]:
    moves: list[Moved] = []
    with connection.cursor() as cursor:
        for position, (number, handle) in enumerate(order):
            if number is None:
                cursor.execute(
                    "UPDATE staged_pledges_effect SET position = %s WHERE slug = %s AND position <> %s",
                    [position, handle, position],
                )
            else:
                cursor.execute("SELECT FROM pledges_effect WHERE id = %s AND position <> %s", [number, position])
                if cursor.rowcount:
                    moves.append(Moved(number, position))
    return moves


def _lives(whole: str) -> list[tuple[list[tuple[int, str, bool]], list[str]]]:
    """Of every pledge or investment with an effect that the files lack: its effects on record, and those given.

    Of each effect on record its number, its slug, and whether it is given.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.{whole}_id, t.id, t.slug, f.id IS NOT NULL, w.handle FROM pledges_effect t"  # noqa: S608
            f" JOIN found_pledges_{whole} w ON w.id = t.{whole}_id"
            " LEFT JOIN found_pledges_effect f ON f.id = t.id"
            f" WHERE EXISTS (SELECT FROM pledges_effect o WHERE o.{whole}_id = t.{whole}_id"
            "   AND NOT EXISTS (SELECT FROM found_pledges_effect x WHERE x.id = o.id))"
            f" ORDER BY t.{whole}_id, t.position"
        )
        lives: dict[str, list[tuple[int, str, bool]]] = defaultdict(list)
        for _, number, slug, is_given, handle in cursor.fetchall():
            lives[handle].append((number, slug, is_given))
        cursor.execute(
            f"SELECT s.{whole}, s.slug FROM staged_pledges_effect s WHERE s.{whole} = ANY(%s)"  # noqa: S608
            f" ORDER BY s.{whole}, s.position",
            [list(lives)],
        )
        given: dict[str, list[str]] = defaultdict(list)
        for handle, slug in cursor.fetchall():
            given[handle].append(slug)
    return [(on_record, given[handle]) for handle, on_record in lives.items()]


# What is neither a development nor has an effect left: all that there was to it is told elsewhere.
NOTHING_LEFT = "e.kind = '' AND NOT EXISTS (SELECT FROM pledges_effect f WHERE f.event_id = e.id)"


def lift_retractions_of_what_is_told_again() -> None:
    """Let happenings stand again that were retracted when nothing was left of them, and that the files have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE staged_pledges_event s SET retracted_because = '' FROM found_pledges_event w, pledges_event e"  # noqa: S608
            f" WHERE w.handle = s.handle AND e.id = w.id AND s.retracted_because IS NULL AND {NOTHING_LEFT}"
        )


def retract_what_is_told_elsewhere() -> int:
    """Retract happenings of which nothing is left, since their steps belong to other ones now.

    :returns: how many.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pledges_event e SET retracted_because = coalesce((SELECT format("  # noqa: S608
            "'It is told as a part of “%s” now.', coalesce(nullif(n.title, ''), n.slug))"
            " FROM pledges_effect f JOIN pledges_event n ON n.id = f.event_id WHERE f.slug = e.slug),"
            " 'It is told as a part of another event now.')"
            f" WHERE e.publication_id IS NOT NULL AND e.retracted_because = '' AND {NOTHING_LEFT}"
        )
        return int(cursor.rowcount)


def make_room(moved: list[Moved]) -> None:
    """Move the effects that the files do not have to their new places."""
    with connection.cursor() as cursor:
        for one in moved:
            cursor.execute("UPDATE pledges_effect SET position = %s WHERE id = %s", [one.position, one.effect])
