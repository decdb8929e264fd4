"""Cards by which other sites show a link to a page of the record: 1,200 by 630 pixels, drawn from the record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from companies.models import Company
from dates.edtf import display, display_day
from pledges.models import Event, Investment, Pledge
from pledges.services.dossiers import dossiers
from pledges.services.reading import for_timeline, happenings
from sources.models import Source
from timeline.asking import Row, address_of, find
from timeline.context import current_counts
from timeline.figures import in_lines
from timeline.naming import investment_title
from timeline.pictures import as_png, definitions, style, tokens
from timeline.standing import standing
from timeline.totals import totals_of
from timeline.words import HEADLINES, counted

WIDTH, HEIGHT = 1200, 630
TITLE_LETTERS: Final = 40
TITLE_LINES: Final = 4
BELOW_LETTERS: Final = 92


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a card says.

    over: what kind of page it is, and whose. title: its name. headline: slug of a pledge's status, or nothing.
    said: one or two sentences. foot: the day and the address.
    """

    over: str
    title: str
    headline: str = ""
    said: str = ""
    foot: str = ""


def png_of(card: Card) -> bytes:
    """The card in pixels."""
    return as_png(_svg_of(card), zoom=1.0)


def _svg_of(card: Card) -> str:
    title = in_lines(card.title, TITLE_LETTERS, TITLE_LINES)
    return render_to_string(
        "timeline/card.svg",
        {
            "card": card,
            "name": settings.SITE_NAME,
            "title": _placed(title, first=188, step=66),
            "status": HEADLINES.get(card.headline, ""),
            "status_y": 188 + 66 * len(title) - 30,
            "said": _placed(in_lines(card.said, BELOW_LETTERS, 2), first=HEIGHT - 128, step=32),
            "style": style(),
            "definitions": definitions(),
            "paper": tokens()["--paper"],
            "ink": tokens()["--ink"],
            "quiet": tokens()["--ink-2"],
            "rule": tokens()["--ink"],
            "accent": tokens().get(f"--{card.headline}-fill", tokens()["--ink"]),
        },
    )


def _placed(lines: Sequence[str], *, first: int, step: int) -> list[tuple[int, str]]:
    return [(first + step * number, line) for number, line in enumerate(lines)]


# --- what the cards of each kind of page say ---------------------------------------------------------------------


def _foot(path: str, day: date) -> str:
    as_of = _("As of %(date)s") % {"date": display_day(day)}
    return f"{as_of}  ·  {urlsplit(settings.SITE_URL).netloc}{path}"


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
        over=_("Pledge"),
        title=f"{pledge.company.name}: {pledge.title}",
        headline=stands.answer.headline.value,
        said=pledge.summary,
        foot=_foot(address_of("pledge", slug), day),
    )


def _company(slug: str, day: date) -> Card:
    company = _found(Company.objects.all(), kind="company", slug=slug)
    counts = totals_of([company], day)[company.pk]
    return Card(
        over=_("Company"),
        title=company.name,
        # Translators: as “On record: 3 pledges, 2 of them in force, and 40 events.”
        said=_("On record: %(pledges)s, %(in_force)s of them in force, and %(events)s.")
        % {
            "pledges": counted(counts["pledges"], "pledge"),
            "in_force": counts["in_force"],
            "events": counted(counts["entries"], "event"),
        },
        foot=_foot(address_of("company", slug), day),
    )


def _event(slug: str, day: date) -> Card:
    event = _found(for_timeline(Event.objects.all()), kind="event", slug=slug)
    happening = happenings([event], on=day)[0]
    return Card(
        over=_("Event, %(date)s") % {"date": display(event.date)},
        title=happening.title,
        said=happening.summary,
        foot=_foot(address_of("event", slug), day),
    )


def _investment(slug: str, day: date) -> Card:
    row = _found(Investment.objects.select_related("investor", "through", "investee"), kind="investment", slug=slug)
    return Card(
        over=_("Investment, %(date)s") % {"date": display(row.announced_on)},
        title=investment_title(row),
        foot=_foot(address_of("investment", slug), day),
    )


def _source(slug: str, day: date) -> Card:
    source = _found(Source.objects.all(), kind="source", slug=slug)
    publisher = source.publisher or _("Publisher not stated")
    published = f"{publisher}, {display(source.published)}" if source.published else publisher
    return Card(
        over=_("Source"),
        title=source.title,
        # Translators: below the title of a source, as “Reuters, 10 June 2020. What it bears out, …”
        said=_("%(published)s. What it bears out, and whether its link works.") % {"published": published},
        foot=_foot(address_of("source", slug), day),
    )


KINDS: Final[dict[str, Callable[[str, date], Card]]] = {
    "pledge": _pledge,
    "company": _company,
    "event": _event,
    "investment": _investment,
    "source": _source,
}


def card_of_the_site(day: date) -> Card:
    counts = current_counts()
    said = ""
    if counts is not None:
        numbers = {"events": counted(counts.events, "event"), "sources": counted(counts.sources, "source")}
        said = _("%(events)s, %(sources)s, every line with its source.") % numbers
    return Card(
        # Translators: what this site is
        over=_("The public record"),
        title=_("What companies promised about facial recognition, and whether they kept it"),
        said=said,
        foot=_foot("", day),
    )
