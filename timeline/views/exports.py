"""What a list selects, as a file: all of it, streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pledges.services.reading import Happening, Quoted, every_happening, every_quoted, for_timeline, sources_behind
from timeline.asking import readable
from timeline.exports.about import About, about, file_name
from timeline.exports.bibtex import bibtex_lines
from timeline.exports.csl_json import csl_json_lines
from timeline.exports.csv import csv_lines
from timeline.exports.jsonl import jsonl_lines
from timeline.exports.ris import ris_lines
from timeline.filters import Selection, read_selection
from timeline.pages import for_export, read_cursor


class OfEvents(NamedTuple):
    """A format with one row for each event."""

    write: Callable[[Iterable[Happening], About], Iterator[str]]
    content_type: str
    extension: str
    details: bool = False


class OfSources(NamedTuple):
    """A format with one reference for each source behind the events."""

    write: Callable[[Iterable[Quoted], About], Iterator[str]]
    content_type: str
    extension: str


FORMATS: Final[dict[str, OfEvents | OfSources]] = {
    "csv": OfEvents(csv_lines, "text/csv; charset=utf-8; header=present", "csv"),
    "jsonl": OfEvents(jsonl_lines, "application/x-ndjson; charset=utf-8", "jsonl", details=True),
    "bibtex": OfSources(bibtex_lines, "application/x-bibtex; charset=utf-8", "bib"),
    "ris": OfSources(ris_lines, "application/x-research-info-systems; charset=utf-8", "ris"),
    "csl-json": OfSources(csl_json_lines, "application/vnd.citationstyles.csl+json; charset=utf-8", "json"),
}


@require_safe
@readable
def export(request: HttpRequest, name: str) -> HttpResponseBase:
    """A selection in one of the formats. ``X-Row-Count`` says how many events, or sources, are in it."""
    form = FORMATS.get(name)
    if form is None:
        said = _("There is no export of that name. There are: %(names)s.") % {"names": ", ".join(FORMATS)}
        return HttpResponse(f"{said}\n", status=404, content_type="text/plain; charset=utf-8")
    selection = read_selection(request.GET)
    if selection.cursor:
        # All is exported, from the top; a place that is none is refused all the same.
        read_cursor(selection.cursor, order=selection.order)
    told = about(selection, site=request.build_absolute_uri("/").rstrip("/"))
    pieces, number = (
        _of_events(form, selection, told) if isinstance(form, OfEvents) else _of_sources(form, selection, told)
    )
    response = StreamingHttpResponse(pieces, content_type=form.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(selection, extension=form.extension)}"'
    response.headers["X-Row-Count"] = str(number)
    return response


def _of_events(form: OfEvents, selection: Selection, said: About) -> tuple[Iterator[str], int]:
    events = selection.events()
    rows = for_timeline(for_export(selection, events))
    happenings = every_happening(rows, on=selection.as_of, details=form.details, around=True)
    return form.write(happenings, said), events.count()


def _of_sources(form: OfSources, selection: Selection, said: About) -> tuple[Iterator[str], int]:
    found = sources_behind(selection.events())
    return form.write(every_quoted(found), said), len(found)
