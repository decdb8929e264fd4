"""Pages of a selection by their place in it: every page costs the same, and its address keeps its place.

A cursor names a row by what it is sorted by, not by how many come before it, so that a saved address shows the
same place after entries were added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib.postgres.search import SearchRank
from django.db.models import F, IntegerField, Q
from django.db.models.functions import Cast

from pledges.models import Event
from pledges.models.happening import EventQuerySet
from timeline.filters import Selection
from timeline.keyset import UNREADABLE, no_such_place, packed, unpacked

PAGE_SIZE: Final = 25
LONGEST_CURSOR: Final = 200
# Ranking reads every hit, so only the newest are ranked; the page says so.
MOST_RANKED: Final = 2000


@dataclass(frozen=True)
class Cursor:
    """A place between two rows.

    order: of the list that it belongs to.
    after: whether the page goes on after the row, or ends before it.
    day, key: of the row. rank: its rank, in a list of best matches.
    """

    order: str
    after: bool
    day: date
    key: int
    rank: int = 0

    @property
    def text(self) -> str:
        said = [self.order[0], int(self.after), self.day.isoformat(), self.key]
        if self.order == "relevance":
            said.append(self.rank)
        return packed(said)


def read_cursor(text: str, *, order: str) -> Cursor:
    """A cursor from an address.

    :raises CannotRead: if this site did not write it, or for a list in another order.
    """
    if len(text) > LONGEST_CURSOR:
        raise no_such_place()
    try:
        letter, after, day, key, *rank = unpacked(text)
        cursor = Cursor(
            order=order,
            after=after == 1,
            day=date.fromisoformat(day),
            key=int(key),
            rank=int(rank[0]) if rank else 0,
        )
    except UNREADABLE:
        raise no_such_place() from None
    # What was read must be exactly what this site writes: no second spelling of the same place.
    if letter != order[0] or cursor.text != text or not 0 < cursor.key < 2**63:
        raise no_such_place()
    return cursor


@dataclass(frozen=True)
class Page:
    """Some rows of a selection, with the ways on. A way that leads nowhere is empty."""

    events: Sequence[Event]
    newer: str = ""
    older: str = ""


def page_of(selection: Selection, events: EventQuerySet, *, size: int = PAGE_SIZE) -> Page:
    """The page that a selection's cursor asks for: one query, or two where the way back has reached the start.

    :param events: those of the selection, in no order.
    :raises CannotRead: if the cursor is none of ours.
    """
    cursor = read_cursor(selection.cursor, order=selection.order) if selection.cursor else None
    ordered = in_order(selection, events)
    if cursor is None or cursor.after:
        found = list(_beyond(ordered, cursor)[: size + 1])
        return _page(selection, found[:size], before=cursor is not None, after=len(found) > size)
    found = list(_beyond(ordered.reverse(), cursor)[: size + 1])
    if len(found) <= size:
        found = list(ordered[: size + 1])
        return _page(selection, found[:size], before=False, after=len(found) > size)
    return _page(selection, found[:size][::-1], before=True, after=True)


def in_order(selection: Selection, events: EventQuerySet) -> EventQuerySet:
    """The events in the order that was asked for; of best matches only the newest are ranked."""
    if selection.order == "oldest":
        return events.oldest_first()
    if selection.order == "newest" or selection.query is None:
        return events.newest_first()
    newest = events.newest_first().values("pk")[:MOST_RANKED]
    # In millionths: a number that an address can carry and that compares alike in both directions.
    rank = Cast(SearchRank(F("text__words"), selection.query) * 1_000_000.0, IntegerField())
    return Event.objects.filter(pk__in=newest).annotate(rank=rank).order_by("-rank", "-sorts_on", "-pk")


def for_export(selection: Selection, events: EventQuerySet) -> EventQuerySet:
    """The events in an order that all of them can be read in: best matches are newest first there."""
    return events.oldest_first() if selection.order == "oldest" else events.newest_first()


def _beyond(ordered: EventQuerySet, cursor: Cursor | None) -> EventQuerySet:
    if cursor is None:
        return ordered
    # The rows go down where newest or best come first and are read forwards, or oldest first and backwards.
    falls = (cursor.order == "oldest") != cursor.after
    step = "lt" if falls else "gt"
    # The first condition says nothing new, but it is what the index is searched by.
    beyond = Q(**{f"sorts_on__{step}e": cursor.day}) & (
        Q(**{f"sorts_on__{step}": cursor.day}) | Q(**{f"pk__{step}": cursor.key})
    )
    if cursor.order == "relevance":
        beyond = Q(**{f"rank__{step}": cursor.rank}) | Q(rank=cursor.rank) & beyond
    return ordered.filter(beyond)


def _page(selection: Selection, events: Sequence[Event], *, before: bool, after: bool) -> Page:
    if not events:
        return Page(events)
    return Page(
        events,
        newer=_place(selection, events[0], after=False) if before else "",
        older=_place(selection, events[-1], after=True) if after else "",
    )


def _place(selection: Selection, event: Event, *, after: bool) -> str:
    rank = int(getattr(event, "rank", 0))
    return Cursor(selection.order, after, event.sorts_on, event.pk, rank).text
