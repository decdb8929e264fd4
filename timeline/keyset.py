"""Pages of companies, pledges, investments and sources by their place: as ``timeline/pages.py`` does for events.

A cursor names a row by what the list is sorted by, so that a saved address shows the same place after entries
were added, and every page costs the same.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from timeline.asking import CannotRead
from timeline.components import Pager
from timeline.words import number

PAGE_SIZE: Final = 25
LONGEST_CURSOR: Final = 2000

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Key:
    """One column that a list is sorted by; it must never be null. kind: of its values."""

    name: str
    kind: type[int] | type[str] | type[date] | type[datetime]
    falls: bool = False


@dataclass(frozen=True)
class KeysetPage(Generic[Row]):
    """Some rows in their order, and cursors of what lies before and behind; a way that leads nowhere is empty."""

    rows: Sequence[Row]
    back: str = ""
    on: str = ""


def no_such_place() -> CannotRead:
    """What answers a cursor that this site did not write for the list."""
    return CannotRead(
        (
            "cursor",
            _("It is not a place in this list. Leave “cursor” out to start at the top, and follow the links there."),
        )
    )


def _read(text: str, keys: Sequence[Key]) -> tuple[bool, list[Any]]:
    """Whether the page goes on after a row, and by what that row is sorted.

    :raises CannotRead: if this site did not write the cursor for such a list.
    """
    if len(text) > LONGEST_CURSOR:
        raise no_such_place()
    try:
        after, *parts = unpacked(text)
        values = [_value(part, key) for part, key in zip(parts, keys, strict=True)]
    except UNREADABLE:
        raise no_such_place() from None
    if after not in (0, 1) or _written(after == 1, values) != text:
        raise no_such_place()
    return after == 1, values


def _value(part: Any, key: Key) -> Any:
    if key.kind is datetime:
        moment = datetime.fromisoformat(part)
        if moment.tzinfo is None:
            raise ValueError(part)
        return moment
    if key.kind is date:
        return date.fromisoformat(part)
    if key.kind is int:
        if not isinstance(part, int) or not abs(part) < 2**63:
            raise ValueError(part)
        return part
    if not isinstance(part, str) or "\x00" in part:
        raise ValueError(part)
    part.encode()  # a lone surrogate is no text
    return part


def _written(after: bool, values: Sequence[Any]) -> str:
    return packed([int(after), *(value.isoformat() if isinstance(value, date) else value for value in values)])


def packed(said: Sequence[Any]) -> str:
    """What names a place, as letters that an address can carry."""
    written = json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def unpacked(text: str) -> Any:
    """What ``packed`` was given.

    Whoever reads it must see that packing it again gives the same text: there is no second spelling of a place.

    :raises Exception: one of ``UNREADABLE``, if nothing of the kind was packed.
    """
    return json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))


UNREADABLE: Final = (binascii.Error, ValueError, TypeError, OverflowError, RecursionError)


def keyset_page(rows: QuerySet[Row], *, keys: Sequence[Key], cursor: str, size: int = PAGE_SIZE) -> KeysetPage[Row]:
    """The page at a cursor: one query, or two where the way back has reached the start.

    :param keys: what the list is sorted by, ending in something unique.
    :raises CannotRead: if the cursor is none of ours.
    """
    ordered = rows.order_by(*(f"-{key.name}" if key.falls else key.name for key in keys))
    if not cursor:
        return _page(list(ordered[: size + 1]), keys, size, before=False)
    after, values = _read(cursor, keys)
    if after:
        return _page(list(ordered.filter(_beyond(keys, values, on=True))[: size + 1]), keys, size, before=True)
    found = list(ordered.reverse().filter(_beyond(keys, values, on=False))[: size + 1])
    if len(found) <= size:
        return _page(list(ordered[: size + 1]), keys, size, before=False)
    rows_back = found[:size][::-1]
    return KeysetPage(
        rows_back, back=_place(rows_back[0], keys, after=False), on=_place(rows_back[-1], keys, after=True)
    )


def _page(found: list[Row], keys: Sequence[Key], size: int, *, before: bool) -> KeysetPage[Row]:
    shown = found[:size]
    if not shown:
        return KeysetPage([])
    return KeysetPage(
        shown,
        back=_place(shown[0], keys, after=False) if before else "",
        on=_place(shown[-1], keys, after=True) if len(found) > size else "",
    )


def _place(row: Model, keys: Sequence[Key], *, after: bool) -> str:
    return _written(after, [getattr(row, key.name) for key in keys])


def _beyond(keys: Sequence[Key], values: Sequence[Any], *, on: bool) -> Q:
    """The rows behind a place: later in the first key, or equal in it and later in the next, and so on."""
    beyond = Q()
    equal = Q()
    for key, value in zip(keys, values, strict=True):
        step = "lt" if key.falls == on else "gt"
        beyond |= equal & Q(**{f"{key.name}__{step}": value})
        equal &= Q(**{key.name: value})
    return beyond


def shown_of(shown: int, total: int) -> str:
    """“25 shown of 1,204.”"""
    said = ngettext("%(number)s shown of %(all)s.", "%(number)s shown of %(all)s.", shown)
    return said % {"number": shown, "all": number(total)}


def pager(request: HttpRequest, page: KeysetPage[Row], *, note: str, back: str, on: str, label: str) -> Pager:
    """The ways to the pages before and behind, with all else that the address asks for."""

    def address(cursor: str) -> str:
        if not cursor:
            return ""
        kept = [(name, value) for name, values in request.GET.lists() if name != "cursor" for value in values]
        return "?" + urlencode([*kept, ("cursor", cursor)])

    return Pager(
        newer_href=address(page.back),
        older_href=address(page.on),
        newer_label=back,
        older_label=on,
        note=note,
        label=label,
    )
