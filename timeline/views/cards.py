"""The card of a page, for sites that show links to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from companies.models import Company
from dates.edtf import display, display_day
from pledges.models import Event, Investment, Pledge
from pledges.services.dossiers import dossiers
from pledges.services.reading import for_timeline, happenings
from sources.models import Source
from timeline.asking import Row, address_of, day_asked, find, readable
from timeline.cards import Card, png_of
from timeline.context import current_counts
from timeline.naming import investment_title
from timeline.pictures import KEPT_FOR
from timeline.standing import standing
from timeline.views.companies import counts_for
from timeline.words import counted


def _foot(path: str, day: date) -> str:
    return f"As of {display_day(day)}  ·  {urlsplit(settings.SITE_URL).netloc}{path}"


def _found(rows: QuerySet[Row], *, kind: str, slug: str) -> Row:
    """:raises Http404: if there is none that is public, or it was retracted."""
    row = find(rows, kind=kind, slug=slug)
    if row.retracted_because:
        raise Http404("It was retracted.")
    return row


def _pledge(slug: str, day: date) -> Card:
    pledge = _found(Pledge.objects.select_related("company"), kind="pledge", slug=slug)
    stands = standing(dossiers([pledge])[pledge.pk], day)
    return Card(
        over="Pledge",
        title=f"{pledge.company.name}: {pledge.title}",
        headline=stands.answer.headline.value,
        said=pledge.summary,
        foot=_foot(address_of("pledge", slug), day),
    )


def _company(slug: str, day: date) -> Card:
    company = _found(Company.objects.all(), kind="company", slug=slug)
    counts = counts_for([company], day)[company.pk]
    return Card(
        over="Company",
        title=company.name,
        said=f"On record: {counted(counts['pledges'], 'pledge')}, {counts['in_force']} of them in force, and "
        f"{counted(counts['entries'], 'event')}.",
        foot=_foot(address_of("company", slug), day),
    )


def _event(slug: str, day: date) -> Card:
    event = _found(for_timeline(Event.objects.all()), kind="event", slug=slug)
    happening = happenings([event], on=day)[0]
    return Card(
        over=f"Event, {display(event.date)}",
        title=happening.title,
        said=happening.summary,
        foot=_foot(address_of("event", slug), day),
    )


def _investment(slug: str, day: date) -> Card:
    row = _found(Investment.objects.select_related("investor", "through", "investee"), kind="investment", slug=slug)
    return Card(
        over=f"Investment, {display(row.announced_on)}",
        title=investment_title(row),
        foot=_foot(address_of("investment", slug), day),
    )


def _source(slug: str, day: date) -> Card:
    source = _found(Source.objects.all(), kind="source", slug=slug)
    when = f", {display(source.published)}" if source.published else ""
    return Card(
        over="Source",
        title=source.title,
        said=f"{source.publisher or 'Publisher not stated'}{when}. What it bears out, and whether its link works.",
        foot=_foot(address_of("source", slug), day),
    )


KINDS: Final[dict[str, Callable[[str, date], Card]]] = {
    "pledge": _pledge,
    "company": _company,
    "event": _event,
    "investment": _investment,
    "source": _source,
}


@require_safe
@readable
def card(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """The card of one record."""
    if kind not in KINDS:
        raise Http404("No card of that kind.")
    return _answer(KINDS[kind](slug, day_asked(request)))


@require_safe
@readable
def site_card(request: HttpRequest) -> HttpResponse:
    """The card of all other pages."""
    counts = current_counts()
    said = (
        f"{counted(counts.events, 'event')}, {counted(counts.sources, 'source')}, every line with its source."
        if counts
        else ""
    )
    return _answer(
        Card(
            over="The public record",
            title="What companies promised about facial recognition, and whether they kept it",
            said=said,
            foot=_foot("", day_asked(request)),
        )
    )


def _answer(shown: Card) -> HttpResponse:
    answer = HttpResponse(png_of(shown), content_type="image/png")
    patch_cache_control(answer, public=True, max_age=KEPT_FOR)
    return answer
