"""A selection as a picture in sheets: so many companies each, those with most in it first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from companies.models import Company
from dates.edtf import display_day
from pledges.models import EventMark
from timeline.asking import CannotRead
from timeline.figures import Lane, Swimlane, draw
from timeline.filters import Selection, read_selection
from timeline.lanes import finding, lanes_of
from timeline.naming import pledge_address
from timeline.terms import terms_ahead
from timeline.words import counted

LANES: Final = 20
MOST_BARS: Final = 15  # of a company among others
MOST_SHEETS: Final = 500


@dataclass(frozen=True)
class Sheet:
    """Some of the companies of a selection, those with most in it first."""

    selection: Selection
    number: int

    @property
    def day(self) -> date:
        return self.selection.as_of

    @cached_property
    def by_company(self) -> list[tuple[str, int]]:
        """The companies that the selected events are about, with how many; one more than the sheets hold so far."""
        marks = EventMark.objects.filter(facet="company", event__in=self.selection.events().order_by())
        found = marks.order_by().values_list("value").annotate(n=Count("pk")).order_by("-n", "value")
        chosen = self.selection.chosen("company")
        if chosen:
            found = found.filter(value__in=self._with_parts(chosen))
        return list(found.values_list("value", "n")[(self.number - 1) * LANES : self.number * LANES + 1])

    def _with_parts(self, slugs: list[str]) -> list[str]:
        if self.selection.own:
            return slugs
        return list(Company.objects.in_groups(slugs).values_list("slug", flat=True))

    @property
    def more(self) -> bool:
        return len(self.by_company) > LANES

    @cached_property
    def companies(self) -> list[Company]:
        slugs = [slug for slug, _ in self.by_company[:LANES]]
        found = Company.objects.public().filter(merged_into=None).in_bulk(slugs, field_name="slug")
        return [found[slug] for slug in slugs if slug in found]

    @property
    def of_whole_companies(self) -> bool:
        """Whether all of some companies is asked for, so that something can be said of their pledges as a whole."""
        return {name for name, _ in self.selection.pairs()} <= {"company", "own", "order", "cursor", "as_of"}

    @cached_property
    def heading(self) -> str:
        if not self.lanes:
            return _("No company in this selection")
        if self.of_whole_companies:
            return finding(self.lanes, {pledge_address(term.pledge) for term in terms_ahead(self.day)})
        pledges = counted(sum(len(lane.bars) for lane in self.lanes), "pledge")
        events = counted(len({one.href for lane in self.lanes for one in lane.happenings}), "event")
        company = counted(len(self.lanes), "company") if len(self.lanes) > 1 else self.companies[0].name
        # Translators: “3 pledges and 5 events of Microsoft”, or “of 4 companies”
        return _("%(pledges)s and %(events)s of %(company)s") % {
            "pledges": pledges,
            "events": events,
            "company": company,
        }

    @cached_property
    def lanes(self) -> list[Lane]:
        among = None if self.of_whole_companies else self.selection.events()
        return lanes_of(self.companies, self.day, among=among) if self.companies else []

    @cached_property
    def picture(self) -> Swimlane | None:
        return draw(
            key="selection",
            title=self.heading,
            description=_(
                "One row for each pledge. Bars run from the day a pledge was made to the day it ended; bars with an "
                "arrow have no end date. The line marks %(date)s."
            )
            % {"date": display_day(self.day)},
            lanes=self.lanes,
            today=self.day,
            most_bars=MOST_BARS if len(self.lanes) > 1 else 0,
        )

    def address(self, path: str, *, number: int | None = None) -> str:
        """The address of this sheet, or of another one, in some form."""
        address = self.selection.address(path, without=["order", "cursor"])
        sheet = self.number if number is None else number
        return address if sheet == 1 else f"{address}{'&' if '?' in address else '?'}sheet={sheet}"


def read_sheet(asked: QueryDict) -> Sheet:
    """:raises CannotRead: if the selection or the number of the sheet cannot be read."""
    written = asked.get("sheet", "1")
    number = int(written) if written.isascii() and written.isdecimal() and len(written) < 5 else 0
    if not 1 <= number <= MOST_SHEETS:
        said = _("Write the number of a sheet, from 1 to %(most)s.") % {"most": MOST_SHEETS}
        raise CannotRead(("sheet", said))
    return Sheet(read_selection(asked), number)
