"""The list of events, and the same as a feed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_safe

from pledges.models import Pledge
from pledges.services.dossiers import dossiers
from pledges.services.reading import for_timeline, happenings
from timeline.asking import in_language_asked, readable
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
from timeline.words import counted, number

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ENTRIES_IN_A_FEED: Final = 100
CITATIONS: Final = (("bibtex", "BibTeX", ".bib"), ("ris", "RIS", "Zotero, EndNote"), ("csl-json", "CSL-JSON", ".json"))
DATA: Final = (
    # Translators: what a file with data holds
    ("csv", "CSV", gettext_lazy("one row an event")),
    ("jsonl", "JSON Lines", gettext_lazy("with sources")),
)


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

    def links(formats: Iterable[tuple[str, str, StrOrPromise]]) -> list[MenuLink]:
        return [
            MenuLink(label=label, hint=str(hint), href=selection.address(reverse("timeline-export", args=[name])))
            for name, label, hint in formats
        ]

    words = selection.in_words
    numbers = {"events": counted(counts.events, "event"), "sources": counted(counts.sources, "source")}
    if words:
        # Translators: the selection is one as “company is Microsoft; year is 2020”
        intro = _("%(events)s, %(sources)s in this selection: %(selection)s.") % {**numbers, "selection": words}
    else:
        intro = _("%(events)s, %(sources)s in this selection: the whole record.") % numbers
    to_cite = ngettext("The %(number)s source, to cite", "The %(number)s sources, to cite", counts.sources)
    return Menu(
        label=_("Cite / Download"),
        intro=intro,
        groups=[
            (to_cite % {"number": number(counts.sources)}, links(CITATIONS)),
            # Translators: files to download
            (_("Data"), links(DATA)),
        ],
        foot=_("Files name the selection and its date where their format can."),
    )


def pager_of(selection: Selection, page: Page, counts: Counts, path: str) -> Pager | None:
    """The ways to the rows before and after, with how many there are."""
    if not (page.newer or page.older):
        return None
    before = counts.before
    rest = counts.events - before - len(page.events)
    if selection.order == "relevance":
        # Translators: links to other pages of a list
        forwards, backwards = pgettext("pages of a list", "Next"), pgettext("pages of a list", "Back")
        shown = len(page.events)
        note = ngettext("%(number)s event on this page.", "%(number)s events on this page.", shown)
        note %= {"number": number(shown)}
    else:
        note = _("%(first)s to %(last)s of %(all)s.") % {
            "first": number(before + 1),
            "last": number(before + len(page.events)),
            "all": number(counts.events),
        }
        if selection.order == "oldest":
            # Translators: links to other pages of a list of events; the number is of the events behind them
            forwards, backwards, end = _("Newer: %(number)s more, up to %(year)s"), _("Older"), max(counts.begun)
        else:
            forwards, backwards, end = _("Older: %(number)s more, back to %(year)s"), _("Newer"), min(counts.begun)
        forwards %= {"number": number(rest), "year": end}
    if selection.cursor:
        note = _("%(note)s This address keeps its place when events are added.") % {"note": note}
    return Pager(
        newer_href=selection.address(path, cursor=page.newer) if page.newer else "",
        older_href=selection.address(path, cursor=page.older) if page.older else "",
        newer_label=backwards,
        older_label=forwards,
        note=note,
        label=_("More events"),
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
        feed=in_language_asked(request, selection.address(path, cursor=selection.cursor)),
        selected=selection.in_words,
        updated=last_changes(shown),
        first=in_language_asked(request, selection.address(path)),
        following=in_language_asked(request, selection.address(path, cursor=page.older)) if page.older else "",
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
