"""Days on which terms end, acts fall due or conditions are looked at, as a calendar (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as Entry

from dates.edtf import EdtfDate, display
from pledges.models import Pledge
from pledges.services.dossiers import Dossier
from pledges.status import ClockKind, clauses_clocks_on
from timeline.feeds import plain, tag
from timeline.naming import pledge_address
from timeline.scope import clause_words
from timeline.standing import DUE, promise_of

REFRESH: Final = timedelta(days=1)
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A day that the words of a pledge name. key: of the clause, which keeps it from version to version."""

    pledge: Pledge
    key: str
    clause: str
    kind: ClockKind
    on: EdtfDate

    @property
    def days(self) -> tuple[date, date]:
        """First and last day that are meant: one day, or all of a month or year where no more is known."""
        first = self.on.earliest or self.on.sorts_on
        return first, max(first, self.on.latest or first)

    @property
    def said(self) -> str:
        """“Amazon: Moratorium on police use ends”."""
        what = _("%(company)s: %(pledge)s falls due") if self.kind in DUE else _("%(company)s: %(pledge)s ends")
        return what % {"company": self.pledge.company.name, "pledge": self.pledge.title}


def deadlines(read: Iterable[Dossier], day: date) -> Iterator[Deadline]:
    """The days that clauses name, as their words stand on a day; extensions included, ended clauses left out."""
    for dossier in read:
        version = dossier.version_on(day)
        clauses = {one.clause.key: clause_words(promise_of(one)) for one in version.clauses} if version else {}
        for clock in clauses_clocks_on(dossier.facts, day):
            if clock.until is not None and clock.kind is not ClockKind.NONE and clock.clause:
                yield Deadline(
                    pledge=dossier.pledge,
                    key=clock.clause,
                    clause=clauses.get(clock.clause, ""),
                    kind=clock.kind,
                    on=clock.until,
                )


def calendar_of(
    found: Iterable[Deadline], *, selected: str, site: str, changed: Mapping[int, datetime], otherwise: datetime
) -> bytes:
    """The calendar as a file: an entry of whole days for each deadline, the same entry from one reading to the next.

    :param selected: what was selected, in words; empty for everything.
    :param site: such as https://example.org
    :param changed: when each pledge last changed, by its key; ``otherwise`` of those that are not in it.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//Terms of pledges//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if selected:
        # Translators: the selection is one as “company is Microsoft; year is 2020”
        name = _("%(site)s: dates of %(selection)s") % {"site": settings.SITE_NAME, "selection": plain(selected)}
    else:
        name = _("%(site)s: dates of every pledge") % {"site": settings.SITE_NAME}
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for one in sorted(found, key=lambda each: (each.days, each.pledge.slug, each.key)):
        first, last = one.days
        entry = Entry()
        entry.add("uid", tag("pledges", one.pledge.slug, one.key))
        entry.add("dtstamp", changed.get(one.pledge.pk, otherwise))
        entry.add("last-modified", changed.get(one.pledge.pk, otherwise))
        entry.add("dtstart", first)
        entry.add("dtend", last + ONE_DAY)  # the day after the last (section 3.6.1)
        entry.add("summary", plain(one.said))
        said = [f"{one.clause}."]
        if first != last:
            said.append(_("The record knows no more of the day than: %(date)s.") % {"date": display(one.on)})
        entry.add("description", plain(" ".join(said)))
        entry.add("url", f"{site}{pledge_address(one.pledge)}")
        entry.add("transp", "TRANSPARENT")
        calendar.add_component(entry)
    return bytes(calendar.to_ical())
