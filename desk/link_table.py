"""All sources that are watched, as rows of a page and of a file, chosen by how their links stand."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from pledges.services.resting import Resting, resting_on
from sources.citing.cells import Written, inert
from sources.health import SLUGS, Badge, badge_of, slug_expression
from sources.models import Finding, LinkState, Source, SourceQuerySet
from sources.outcomes import Outcome
from sources.seen import SAW, look

SOURCES_A_PAGE: Final = 25
CHECKS_SHOWN: Final = 12
ROWS_AT_ONCE: Final = 500
PERSON: Final = "needs-a-person"
BY_HAND: Final = "by-hand"
FILTERS: Final = (*SLUGS, PERSON, BY_HAND)


class Mark(NamedTuple):
    """One check in a strip: its look, its day, and what it saw."""

    link_state: str
    on: str
    saw: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A source, how its link stands, its last checks with the newest at the end, and what rests on it."""

    source: Source
    state: LinkState | None
    badge: Badge
    by_hand: bool
    strip: Sequence[Mark]
    rests: Resting


class Place(NamedTuple):
    """Where a page of the list begins: after a row going down, or before one going up. Empty: at the start."""

    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some rows, and the addresses of the pages around; empty where there is none."""

    rows: Sequence[Row]
    back: str = ""
    on: str = ""


def watched() -> SourceQuerySet:
    return Source.objects.with_address().filter(retracted_because="")


def selected(*, chosen: str, words: str, at: datetime) -> SourceQuerySet:
    """
    :param chosen: one of ``FILTERS``, or nothing.
    :param words: each must stand in the title, the publisher or the address.
    """
    rows = watched()
    if chosen == PERSON:
        rows = rows.filter(Exists(Finding.objects.filter(closed_at=None, source=OuterRef("pk"))))
    elif chosen == BY_HAND:
        rows = rows.filter(link_state__in=LinkState.objects.overridden(at=at))
    elif chosen:
        rows = rows.annotate(badge_slug=slug_expression(at=at)).filter(badge_slug=chosen)
    for word in words.split():
        rows = rows.filter(
            Q(title__unaccent__icontains=word) | Q(publisher__unaccent__icontains=word) | Q(url__icontains=word)
        )
    return rows


def page_of(rows: SourceQuerySet, place: Place, *, kept: dict[str, str], at: datetime) -> Page:
    """Entered last first. A place is the number of a row, so that it stays when others are added."""

    def address(name: str, source: Source) -> str:
        return "?" + urlencode({**{k: v for k, v in kept.items() if v}, name: source.pk}) + "#all"

    rows = rows.select_related("link_state")
    if place.before is not None:
        found = list(rows.filter(pk__gt=place.before).order_by("pk")[: SOURCES_A_PAGE + 1])
        shown, has_back, has_on = found[:SOURCES_A_PAGE][::-1], len(found) > SOURCES_A_PAGE, bool(found)
    else:
        below = rows if place.after is None else rows.filter(pk__lt=place.after)
        found = list(below.order_by("-pk")[: SOURCES_A_PAGE + 1])
        shown, has_back, has_on = found[:SOURCES_A_PAGE], place.after is not None, len(found) > SOURCES_A_PAGE
    return Page(
        rows=shown_rows(shown, at=at),
        back=address("before", shown[0]) if shown and has_back else "",
        on=address("after", shown[-1]) if shown and has_on else "",
    )


def shown_rows(sources: Sequence[Source], *, at: datetime, strips: bool = True) -> list[Row]:
    """:param sources: with their link states at hand. Two queries, or one without the strips."""
    keys = [source.pk for source in sources]
    rests = resting_on(keys)
    strip = last_checks(keys) if strips else {}
    return [
        Row(
            source=source,
            state=state,
            badge=badge_of(state, at=at),
            by_hand=state is not None and state.is_overridden(at=at),
            strip=strip.get(source.pk, ()),
            rests=rests.get(source.pk, Resting()),
        )
        for source in sources
        for state in [getattr(source, "link_state", None)]
    ]


def last_checks(sources: Collection[int], *, most: int = CHECKS_SHOWN) -> dict[int, list[Mark]]:
    """The last checks of each of some sources, oldest first. One query, which reads no more than these."""
    found: dict[int, list[Mark]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.source_id, c.slot + make_interval(secs => c.late_seconds), c.outcome
            FROM unnest(%s::bigint[]) given(source_id) CROSS JOIN LATERAL (
                SELECT source_id, slot, late_seconds, outcome FROM sources_linkcheck
                WHERE source_id = given.source_id ORDER BY slot DESC LIMIT %s
            ) c ORDER BY c.source_id, c.slot
            """,
            [list(sources), most],
        )
        for source, checked_at, outcome in cursor.fetchall():
            found[source].append(
                Mark(look(outcome), f"{checked_at.day} {checked_at:%B %Y}", str(SAW[Outcome(outcome)]))
            )
    return found


# --- as a file --------------------------------------------------------------------------------------------------

COLUMNS: Final = (
    "source", "title", "publisher", "address", "badge", "reason", "since", "last_checked", "last_answered", "next_due",
    "events", "rest_on_it_alone", "open_findings", "set_by_hand_until", "new_address",
)  # fmt: skip


def csv_lines(rows: SourceQuerySet, *, at: datetime) -> Iterator[str]:
    """The sources of a list as comma-separated values, the names of the columns first; some hundreds at a time."""
    written = Written()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    yield written.taken()
    rows = rows.select_related("link_state").order_by("-pk")
    batch = list(rows[:ROWS_AT_ONCE])
    while batch:
        kinds: dict[int, list[str]] = defaultdict(list)
        opened = Finding.objects.filter(closed_at=None, source__in=batch).order_by("kind", "pk")
        for source, kind in opened.values_list("source", "kind"):
            kinds[source].append(kind)
        for row in shown_rows(batch, at=at, strips=False):
            writer.writerow([inert(cell) for cell in _cells(row, kinds[row.source.pk])])
        yield written.taken()
        batch = list(rows.filter(pk__lt=batch[-1].pk)[:ROWS_AT_ONCE])


def _cells(row: Row, kinds: Sequence[str]) -> list[str]:
    source, state = row.source, row.state

    def moment(value: datetime | None) -> str:
        return f"{value:%Y-%m-%dT%H:%M:%SZ}" if value else ""

    return [
        source.slug,
        source.title,
        source.publisher or "",
        source.url or "",
        row.badge.label,
        row.badge.reason,
        moment(state.since) if state else "",
        moment(state.last_checked_at) if state else "",
        moment(state.last_ok_at) if state else "",
        moment(state.due_at) if state else "",
        str(row.rests.events),
        str(row.rests.alone),
        "; ".join(dict.fromkeys(kinds)),
        moment(state.override_until) if state and row.by_hand else "",
        (state.moved_to or "") if state else "",
    ]
