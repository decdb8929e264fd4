"""How one record is cited, as a file: what it rests on, and the page of this record with its day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pledges.models import Citation, Event, Investment, Pledge
from pledges.services.dossiers import with_sources
from pledges.services.reading import for_timeline, happenings
from sources.models import Source
from timeline.asking import CannotRead, address_of, day_asked, find, readable, tombstone
from timeline.citing import FORMATS, dated_address, file_of, record_item
from timeline.naming import investment_title

KINDS = ("pledge", "event", "investment", "source")


@require_safe
@readable
def cite(request: HttpRequest, kind: str, slug: str, name: str) -> HttpResponse:
    """One record in one format. A former address leads to the page that it belongs to now."""
    if name not in FORMATS:
        said = _("“%(format)s” is not offered here. Allowed: %(formats)s.")
        raise CannotRead(("format", said % {"format": name[:40], "formats": ", ".join(FORMATS)}))
    if kind not in KINDS:
        raise Http404("No such kind of record is cited.")
    day = day_asked(request)
    if kind == "source":
        source = find(Source.objects.select_related("copy_of", "first_report"), kind=kind, slug=slug)
        if source.retracted_because:
            return tombstone(request, source, kind=kind)
        text = file_of(
            name,
            [source],
            _quotations(Citation.objects.public().filter(source=source).select_related("passage").order_by("pk")),
            None,
        )
    else:
        row, title, citations = _cited(kind, slug, day)
        if row.retracted_because:
            return tombstone(request, row, kind=kind)
        address = dated_address(request, address_of(kind, slug), day)
        item = record_item(kind=kind, slug=slug, title=title, day=day, address=address)
        supporting = {c.source.pk: c.source for c in citations if c.stance == "supports"}
        others = {c.source.pk: c.source for c in citations}
        text = file_of(name, (supporting | others).values(), _quotations(citations), item)
    form = FORMATS[name]
    answer = HttpResponse(text, content_type=form.media_type)
    answer["Content-Disposition"] = f'attachment; filename="pledge-record-{slug[:80]}.{form.extension}"'
    return answer


def _cited(kind: str, slug: str, day: date) -> tuple[Pledge | Event | Investment, str, list[Citation]]:
    """A record, its title, and what it rests on, in order."""
    if kind == "pledge":
        pledge = find(Pledge.objects.select_related("company"), kind=kind, slug=slug)
        about = Q(effect__pledge=pledge) | _of_events(pledge=pledge)
        return pledge, f"{pledge.company.name}: {pledge.title}", _ordered(about)
    if kind == "investment":
        row = find(Investment.objects.select_related("investor", "through", "investee"), kind=kind, slug=slug)
        about = Q(effect__investment=row) | Q(claim__investment=row)
        return row, investment_title(row), _ordered(about | _of_events(investment=row))
    event = find(for_timeline(Event.objects.all()), kind=kind, slug=slug)
    happening = happenings([event], on=day)[0]
    return event, happening.title, list(happening.citations)


def _of_events(**concerns: Pledge | Investment) -> Q:
    """Citations of events that did something to a record, by effects that are public themselves."""
    public = {"event__effects__publication__isnull": False, "event__effects__retracted_because": ""}
    return Q(**public, **{f"event__effects__{name}": row for name, row in concerns.items()})


def _ordered(about: Q) -> list[Citation]:
    """The citations that some condition names, those of effects in the order of the effects."""
    found = with_sources(Citation.objects.public().filter(about).select_related("effect").distinct())
    return sorted(found, key=lambda one: (one.effect is None, one.effect.position if one.effect else 0, one.position))


def _quotations(citations: Iterable[Citation]) -> dict[int, list[str]]:
    """The quoted words, by the key of their source."""
    found: dict[int, list[str]] = defaultdict(list)
    for citation in citations:
        if citation.passage is not None:
            found[citation.source_id].append(citation.passage.exact)
    return found
