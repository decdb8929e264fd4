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
    counts = totals_of([company], day)[company.pk]
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


def card_of_the_site(day: date) -> Card:
    counts = current_counts()
    said = (
        f"{counted(counts.events, 'event')}, {counted(counts.sources, 'source')}, every line with its source."
        if counts
        else ""
    )
    return Card(
        over="The public record",
        title="What companies promised about facial recognition, and whether they kept it",
        said=said,
        foot=_foot("", day),
    )
