"""Events of the record as rows of a list, ready to be printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pledges.services.reading import Happening
from pledges.vocabulary import AUDIENCES, PledgeEffect, Stance, Standing, label_of
from timeline.components import CitationMark, EntryRow, Status
from timeline.figures import shortened
from timeline.naming import entry_mark, event_address, kind_names
from timeline.places import place_label
from timeline.references import References
from timeline.shown import shown_date, span_shown

MOST_STATUSES: Final = 4
MOST_TAGS: Final = 3
LONGEST_NAME: Final = 60
STRENGTH: Final = (Stance.DISPUTES, Stance.SUPPORTS, Stance.CONTEXT)
# Where it matters most that a claim is not read as a verdict.
AGAINST: Final = frozenset({PledgeEffect.BROKEN, PledgeEffect.CONTRARY_PRACTICE, PledgeEffect.NARROWED})


class Section(NamedTuple):
    """Rows under one heading. ``number``: how many of the selection belong there, on other pages too."""

    heading: str
    number: int
    entries: Sequence[EntryRow]


def entry_row(happening: Happening, references: References, *, here: bool = False) -> EntryRow:
    """One event as a row.

    :param references: numbers the sources of the page.
    :param here: for the row from which the reader came.
    """
    event = happening.event
    return EntryRow(
        slug=event.slug,
        href=event_address(event),
        title=happening.title,
        date=shown_date(event.date, printed=event.date_printed, basis=event.date_basis),
        summary=happening.summary,
        mark=entry_mark(happening.effects),
        statuses=statuses_of(happening),
        citations=citations_of(happening, references),
        kinds=kinds_of(happening),
        tags=tags_of(happening),
        differs=happening.disputed,
        here=here,
    )


def citations_of(happening: Happening, references: References) -> list[CitationMark]:
    """One mark for each source: one that disputes any of it is marked so, whatever else it supports."""
    marks: dict[int, CitationMark] = {}
    for mark in references.marks(happening.citations):
        before = marks.get(mark.number)
        if before is None or STRENGTH.index(mark.stance) < STRENGTH.index(before.stance):
            marks[mark.number] = mark
    return sorted(marks.values(), key=lambda mark: (mark.stance == Stance.DISPUTES, mark.number))


def statuses_of(happening: Happening) -> list[Status]:
    """The statuses of the pledges concerned. Where there are several, each says whose."""
    pledges = happening.pledges
    shown = [(pledge, span_shown(happening.status_of(pledge))) for pledge in pledges]
    if len(shown) == 1:
        return [status for _, status in shown]
    same_company = len({pledge.company_id for pledge in pledges}) == 1
    named = []
    for pledge, status in shown[:MOST_STATUSES]:
        name = shortened(pledge.title, LONGEST_NAME) if same_company else pledge.company.name
        named.append(
            Status(headline=status.headline, text=status.text, conduct=status.conduct, label=f"{name}: {status.words}")
        )
    return named


def kinds_of(happening: Happening) -> list[str]:
    """What it is, in words; where somebody speaks against a company, with who says so."""
    names = kind_names(happening.event, happening.effects)
    if any(effect.kind in AGAINST and effect.standing == Standing.ALLEGED for effect in happening.effects):
        names.append(pgettext("a breach or narrowing", "Alleged"))
    if any(effect.kind in AGAINST and effect.standing == Standing.FOUND for effect in happening.effects):
        names.append(pgettext("a breach or narrowing", "Found"))
    return names


def tags_of(happening: Happening) -> list[str]:
    """To whom, and where; what else may help to choose."""
    audiences = [label_of(one, AUDIENCES) for pledge in happening.pledges for one in pledge.audiences]
    places = [place_label(code) for code in places_of(happening)]
    return [
        *(name[:1].upper() + name[1:] for name in list(dict.fromkeys(audiences))[:MOST_TAGS]),
        *list(dict.fromkeys(places))[:MOST_TAGS],
    ]


def places_of(happening: Happening) -> list[str]:
    """Codes of the places concerned: the event's own, else those of the pledges."""
    codes = happening.event.jurisdictions or [code for pledge in happening.pledges for code in pledge.jurisdictions]
    return list(dict.fromkeys(codes))


def by_year(
    happenings: Iterable[Happening], references: References, numbers: Mapping[int, int] | None = None
) -> list[Section]:
    """Rows under the years that they are sorted by, in the order given.

    :param numbers: how many events each year has; those given are counted where it is missing.
    """
    years = []
    for year, group in groupby(happenings, key=lambda one: one.event.sorts_on.year):
        entries = [entry_row(one, references) for one in group]
        years.append(Section(f"{year:04}", (numbers or {}).get(year, len(entries)), entries))
    return years


def by_match(happenings: Iterable[Happening], references: References, number: int) -> list[Section]:
    """Rows in the order of how well they match, under one heading."""
    entries = [entry_row(one, references) for one in happenings]
    return [Section(_("Best matches"), number, entries)] if entries else []
