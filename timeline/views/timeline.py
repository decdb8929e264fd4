"""The list of events, and the same as a feed."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from pledges.models import Pledge
from pledges.services.dossiers import dossiers
from pledges.services.reading import for_timeline, happenings
from timeline.asking import readable
from timeline.calendars import calendar_of, deadlines
from timeline.components import Menu, MenuLink, Pager
from timeline.exports.about import about, file_name
from timeline.facets import Counts, counts_of
from timeline.feeds import atom, last_changes, last_publication, latest_changes
from timeline.filters import Selection, read_selection
from timeline.pages import MOST_RANKED, Page, page_of
from timeline.references import References
from timeline.rows import by_match, by_year
from timeline.searching import hints_of, marked, names_in
from timeline.sidebar import chips_of, facets_of, histogram_of, kept_beside
from timeline.vocabularies import ORDERS
from timeline.words import counted

ENTRIES_IN_A_FEED: Final = 100
CITATIONS: Final = (("bibtex", "BibTeX", ".bib"), ("ris", "RIS", "Zotero, EndNote"), ("csl-json", "CSL-JSON", ".json"))
DATA: Final = (("csv", "CSV", "one row an event"), ("jsonl", "JSON Lines", "with sources"))


@require_safe
@readable
def timeline(request: HttpRequest) -> HttpResponse:
    """Events by the filters of the address, 25 a page, with what each further choice would leave."""
    selection = read_selection(request.GET)
    page = page_of(selection, for_timeline(selection.events()))
    shown = happenings(page.events, on=selection.as_of)
    counts = counts_of(selection, first=page.events[0] if page.events else None)
    references = References(at=selection.now, listed=False)
    path = reverse("timeline")
    best_first = selection.order == "relevance"
    sections = by_match(shown, references, counts.events) if best_first else by_year(shown, references, counts.begun)
    facets = facets_of(selection, counts)
    names = names_in(facets)
    context = {
        "selection": selection,
        "as_of": selection.day,
        "counts": counts,
        "sections": marked(sections, selection),
        "names": sorted(names.values(), key=str.casefold),
        "hints": hints_of(selection, counts, path, names),
        "facets": facets,
        "histogram": histogram_of(selection, counts, path),
        "chips": chips_of(selection, path),
        "kept": kept_beside(selection),
        "cleared": selection.address(path, without=[name for name, _ in selection.pairs() if name != "as_of"]),
        "orders": orders_of(selection, path),
        "menu": menu_of(selection, counts),
        "feed": selection.address(reverse("timeline-feed"), without=["order"]),
        "picture": selection.address(reverse("timeline-picture"), without=["order", "cursor"]),
        "calendar": selection.address(reverse("timeline-calendar"), without=["order", "cursor"]),
        "digest": selection.address("/digests/", without=["order"]),
        "canonical": request.build_absolute_uri(selection.address(path)),
        "pager": pager_of(selection, page, counts, path),
        "most_ranked": MOST_RANKED if best_first and counts.events > MOST_RANKED else 0,
    }
    return render(request, "timeline/timeline.html", context)


def orders_of(selection: Selection, path: str) -> list[tuple[str, str]]:
    """The orders that the list can have, with their addresses; empty for the one that it has."""
    offered = [name for name in ORDERS if name != "relevance" or selection.q]
    return [(ORDERS[name], "" if name == selection.order else selection.address(path, order=name)) for name in offered]


def menu_of(selection: Selection, counts: Counts) -> Menu:
    """What the selection can be taken away as."""

    def links(formats: tuple[tuple[str, str, str], ...]) -> list[MenuLink]:
        return [
            MenuLink(
                label=label, hint=hint, href=selection.address(reverse("timeline-export", args=[name]), without=[])
            )
            for name, label, hint in formats
        ]

    said = f"{counted(counts.events, 'event')}, {counted(counts.sources, 'source')} in this selection"
    words = selection.in_words
    return Menu(
        label="Cite / Download",
        intro=f"{said}: {words}." if words else f"{said}: the whole record.",
        groups=[(f"The {counted(counts.sources, 'source')}, to cite", links(CITATIONS)), ("Data", links(DATA))],
        foot="Files name the selection and its date where their format can.",
    )


def pager_of(selection: Selection, page: Page, counts: Counts, path: str) -> Pager | None:
    """The ways to the rows before and after, with how many there are."""
    if not (page.newer or page.older):
        return None
    before = counts.before
    rest = counts.events - before - len(page.events)
    oldest_first = selection.order == "oldest"
    forwards, backwards = ("Newer", "Older") if oldest_first else ("Older", "Newer")
    if selection.order == "relevance":
        forwards, backwards = "Next", "Back"
        note = f"{counted(len(page.events), 'event')} on this page."
    else:
        note = f"{before + 1:,} to {before + len(page.events):,} of {counts.events:,}."
        last = max(counts.begun) if oldest_first else min(counts.begun)
        forwards = f"{forwards}: {rest:,} more, {'up' if oldest_first else 'back'} to {last}"
    return Pager(
        newer_href=selection.address(path, cursor=page.newer) if page.newer else "",
        older_href=selection.address(path, cursor=page.older) if page.older else "",
        newer_label=backwards,
        older_label=forwards,
        note=f"{note} This address keeps its place when events are added." if selection.cursor else note,
        label="More events",
    )


@require_safe
@readable
def feed(request: HttpRequest) -> HttpResponse:
    """The same selection as an Atom feed, newest first, 100 events a page."""
    selection = read_selection(request.GET)
    page = page_of(selection, for_timeline(selection.events()), size=ENTRIES_IN_A_FEED)
    shown = happenings(page.events, on=selection.as_of)
    path = reverse("timeline-feed")
    xml = atom(
        shown,
        about(selection, site=request.build_absolute_uri("/").rstrip("/")),
        feed=selection.address(path, cursor=selection.cursor),
        selected=selection.in_words,
        updated=last_changes(shown),
        first=selection.address(path),
        following=selection.address(path, cursor=page.older) if page.older else "",
    )
    return HttpResponse(xml, content_type="application/atom+xml; charset=utf-8")


@require_safe
@readable
def calendar(request: HttpRequest) -> HttpResponse:
    """Days on which terms of the pledges behind the same selection end, fall due or are looked at, as a calendar."""
    selection = read_selection(request.GET)
    pledges = Pledge.objects.public().select_related("company").order_by("pk")
    if not selection.is_everything:
        pledges = pledges.filter(pk__in=selection.events().order_by().values("effects__pledge"))
    rows = list(pledges)
    file = calendar_of(
        deadlines(dossiers(rows).values(), selection.as_of),
        selected=selection.in_words,
        site=request.build_absolute_uri("/").rstrip("/"),
        changed=latest_changes("pledges_pledge", [pledge.pk for pledge in rows]),
        otherwise=last_publication(),
    )
    answer = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'inline; filename="{file_name(selection, extension="ics")}"'
    return answer
