"""Events as comma-separated values (RFC 4180): UTF-8, one row an event, the first row names the columns.

Where a cell holds several things they stand apart by `` || ``; the columns of citations go together, the first of
one with the first of the others. Companies and places are all those by which the event is found: its own first, then
those of what it did. What a spreadsheet would take for a formula gets an apostrophe in front; JSON
Lines hold the same texts as they are.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pledges.services.reading import Happening
from sources.citing.cells import Written, inert
from timeline.exports.about import About
from timeline.naming import event_address
from timeline.references import best_copy, link_mark

APART: Final = " || "
COLUMNS: Final = (
    "event",
    "address",
    "date",
    "earliest",
    "latest",
    "date_printed",
    "date_basis",
    "kind",
    "effects",
    "standings",
    "title",
    "summary",
    "outcome",
    "companies",
    "company_names",
    "jurisdictions",
    "pledges",
    "statuses",
    "investments",
    "disputed",
    "sources",
    "source_bears_on",
    "source_stances",
    "source_titles",
    "source_titles_are",
    "source_publishers",
    "source_dates",
    "source_types",
    "source_addresses",
    "source_link_states",
    "source_archived_copies",
    "source_locators",
    "source_quotations",
    "as_of",
    "selection",
)
ROWS_AT_ONCE: Final = 50


def csv_lines(happenings: Iterable[Happening], about: About) -> Iterator[str]:
    """The file in pieces, the names of the columns first."""
    written = Written()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    yield written.taken()
    for number, happening in enumerate(happenings, start=1):
        writer.writerow([inert(cell) for cell in cells(happening, about)])
        if number % ROWS_AT_ONCE == 0:
            yield written.taken()
    rest = written.taken()
    if rest:
        yield rest


def cells(happening: Happening, about: About) -> Sequence[str]:
    """One event as the texts of ``COLUMNS``."""
    event, effects, citations = happening.event, happening.effects, happening.citations
    sources = [citation.source for citation in citations]
    effect_of = {effect.pk: effect.slug for effect in effects}
    archived = {source: best_copy(copies, near=event.date_latest) for source, copies in happening.around.copies.items()}
    pledges = happening.pledges
    spans = {span.pledge_id: span for span in happening.statuses}
    return (
        event.slug,
        about.address(event_address(event)),
        event.date,
        event.date_earliest.isoformat() if event.date_earliest else "",
        event.date_latest.isoformat() if event.date_latest else "",
        event.date_printed or "",
        event.date_basis or "",
        event.kind,
        joined(effect.kind for effect in effects),
        joined(effect.standing for effect in effects),
        happening.title,
        happening.summary,
        event.outcome or "",
        joined(company.slug for company in happening.around.companies),
        joined(company.name for company in happening.around.companies),
        joined(happening.around.places),
        joined(pledge.slug for pledge in pledges),
        joined(spans[pledge.pk].headline if pledge.pk in spans else "not-made-yet" for pledge in pledges),
        joined(investment.slug for investment in happening.investments),
        "yes" if happening.disputed else "no",
        joined(source.slug for source in sources),
        joined(effect_of.get(citation.effect_id or 0, "event") for citation in citations),
        joined(citation.stance for citation in citations),
        joined(source.title for source in sources),
        joined(source.title_basis for source in sources),
        joined(source.publisher for source in sources),
        joined(source.published for source in sources),
        joined(source.type for source in sources),
        joined(source.url for source in sources),
        joined(link_mark(source, at=about.at) for source in sources),
        joined(copy.url if (copy := archived.get(source.pk)) else "" for source in sources),
        joined(citation.locator for citation in citations),
        joined(citation.passage.exact if citation.passage else "" for citation in citations),
        about.as_of,
        about.selection,
    )


def joined(values: Iterable[str | None]) -> str:
    """Several texts in one cell. Nothing is left out, so that cells can be read side by side."""
    return APART.join(" ".join((value or "").replace("||", "| |").split()) for value in values)
