"""Pages that show what this record said at a time: the time in their address, and what they say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from dates.edtf import display_day
from history.models import FormerSlug, Published
from history.recorded import begins, first_published, last_change, present
from pledges.services.at_a_time import work_out_around

# A time with its zone, or a day. In addresses a plus sign that nobody has escaped arrives as a space.
TIME: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(:\d{2}(?:\.\d{1,6})?)?(Z|[+\- ]\d{2}:\d{2}))?", re.ASCII
)


def read_time(written: str) -> datetime:
    """A time at which this record can have said something: 2026-03-03T12:00Z, or a day, which means its end.

    :raises ValueError: with a sentence that says what is allowed.
    """
    found = TIME.fullmatch(written)
    if found is None:
        raise ValueError(_unreadable(written))
    day, clock, seconds, zone = found.groups()
    try:
        if clock is None:
            at = datetime.combine(date.fromisoformat(day), time.max, UTC)
        else:
            at = datetime.fromisoformat(f"{day}T{clock}{seconds or ''}{zone.replace(' ', '+')}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(_unreadable(written)) from None
    if at > timezone.now():
        if at.date() == timezone.now().date() and clock is None:
            raise ValueError(_("This day is not over yet (UTC). Name a time of it that has passed: 2026-03-03T12:00Z."))
        raise ValueError(_("This time lies ahead, and nobody knows what the record will say then."))
    return at


def _unreadable(written: str) -> str:
    plain = "".join(letter if letter.isprintable() else "�" for letter in written[:60])
    return _(
        "“%(written)s” is not a time. Write it as 2026-03-03T12:00Z or 2026-03-03T13:00+01:00, with the zone "
        "behind it, or as a day, 2026-03-03, which means the end of that day in UTC."
    ) % {"written": plain}


def written(at: datetime) -> str:
    """A time as addresses give it, no longer than it must be."""
    at = at.astimezone(UTC)
    if at.time() == time.max:
        return at.date().isoformat()
    precise = "microseconds" if at.microsecond else "seconds" if at.second else "minutes"
    return f"{at.replace(tzinfo=None).isoformat(timespec=precise)}Z"


def fixed_now() -> datetime:
    """The plainest time at which the record said what it says now: the minute, unless something changed in it.

    At what time that was is not told: this is when somebody reads.
    """
    now, changed = timezone.now(), last_change()
    if changed is None:
        return now
    plain = (now.replace(second=0, microsecond=0), now.replace(microsecond=0), now)
    # The clock of the database may be ahead.
    return next((one for one in plain if changed <= one), changed)


def plainest(since: datetime, before: datetime) -> datetime:
    """The plainest time between a change and the next one: when somebody was at work is told no closer than needed."""
    at = since.astimezone(UTC)
    hour = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    minute = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    second = at.replace(microsecond=0) + timedelta(seconds=1)
    later = (datetime.combine(at.date(), time.max, UTC), hour, minute, second)
    return next((one for one in later if since <= one < before), since)


# --- the page that is being shown -----------------------------------------------------------------------------------


class NothingSaid(Http404):
    """The record said nothing at the time, or nothing of this. ``begins``: when it began to, if ever."""

    def __init__(self, begins: datetime | None, *, of_this: bool) -> None:
        self.begins = begins
        self.of_this = of_this
        super().__init__("Nothing was said then.")

    @property
    def begins_words(self) -> str:
        return display_day(timezone.localdate(self.begins)) if self.begins else ""


@dataclass
class Then:
    """What a page says of itself that shows what the record said at a time.

    retracted_because: why what it shows no longer stands, where it was retracted since.
    """

    at: datetime
    retracted_because: str = ""

    @property
    def written(self) -> str:
        return written(self.at)

    @property
    def is_a_day(self) -> bool:
        """Whether the whole of a day is meant."""
        return self.at.time() == time.max

    @property
    def day(self) -> date:
        return self.at.date()

    @property
    def day_words(self) -> str:
        return display_day(self.day)

    @property
    def clock(self) -> str:
        return f"{self.at:%H:%M:%S}" if self.at.second else f"{self.at:%H:%M}"

    def found(self, row: Published) -> None:
        """Make ready what the page of a record reads, and know whether the record still stands."""
        work_out_around(row)
        now = present(type(row), pk=row.pk)
        self.retracted_because = "" if row.retracted_because or now is None else now.retracted_because


_then: ContextVar[Then | None] = ContextVar("what is shown of a time", default=None)


def then() -> Then | None:
    """What the page that is being shown says of its time; None where it shows the record as it stands."""
    return _then.get()


@contextmanager
def showing(at: datetime) -> Iterator[Then]:
    shown = Then(at)
    token = _then.set(shown)
    try:
        yield shown
    finally:
        _then.reset(token)


def called_then(rows: QuerySet[Published], *, kind: str, slug: str) -> str:
    """What a record was called at the time that is being shown, by any name that it has or had.

    :returns: nothing where no record is or was called so.
    :raises NothingSaid: if the record was not public then.
    """
    former = FormerSlug.objects.filter(kind=kind, slug=slug).first()
    now = present(rows.model, slug=former.current_slug if former else slug)
    if now is None or now.publication_id is None:
        return ""
    row = rows.filter(pk=now.pk, publication__isnull=False).first()
    if row is None:
        raise NothingSaid(first_published(now), of_this=True)
    return str(vars(row)["slug"])


def said_something(at: datetime) -> None:
    """Refuse a time before the record began.

    :raises NothingSaid: naming when that was.
    """
    first = begins()
    if first is None or at < first:
        raise NothingSaid(first, of_this=False)
