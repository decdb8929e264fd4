"""What every page's frame is told: the day it shows, the theme, the counts in the bar.

:func:`site` is the template context processor. It reads the address and one cookie; it asks the
database only when the bar prints the counts, and then once a minute at most.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.encoding import escape_uri_path

from dates.edtf import display_day
from history.recorded import moment
from timeline.asking import FOLDERS, kept_time, read_day, with_day
from timeline.recorded import Then, then

THEME_COOKIE: Final = "theme"
THEMES: Final = ("light", "dark")
COUNTS_KEY: Final = "counts-on-record"
COUNTS_KEPT_FOR: Final = 60  # seconds

# Which entry of the navigation an address belongs to, by how it begins.
_SECTIONS: Final = (
    ("/timeline/", "timeline"),
    ("/events/", "timeline"),
    ("/companies/", "companies"),
    ("/pledges/", "pledges"),
    ("/investments/", "companies"),
    ("/sources/", "sources"),
    ("/methodology/", "method"),
)

_KINDS: Final = {folder: kind for kind, folder in FOLDERS.items()}
_RECORD: Final = re.compile(rf"/({'|'.join(_KINDS)})/([\w-]+)/")
# Pages about all of a kind have addresses of the same form.
_NO_RECORDS: Final = frozenset({"compare", "edits", "schedule"})

# A place in a list belongs to one day's list; another day starts at the top.
_OF_THIS_DAY_ONLY: Final = ("as_of", "cursor")


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How much is on record. links_checked_on: the latest day on which a link was checked."""

    events: int
    sources: int
    links_checked_on: date | None = None


@dataclass(frozen=True)
class Site:
    """The frame around a page. Nothing is worked out before a template asks for it."""

    request: HttpRequest

    @cached_property
    def theme(self) -> str:
        """What the reader has chosen, "light" or "dark"; empty if nothing."""
        chosen = self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def path(self) -> str:
        """The page's path, ready to be written into a link."""
        return escape_uri_path(self.request.path)

    @property
    def here(self) -> str:
        """The address of this page within the site, for forms that come back to it."""
        return self.request.get_full_path()

    @property
    def canonical(self) -> str:
        """The page's address without any parameter; lists that differ set their own."""
        return self.request.build_absolute_uri(self.request.path)

    @property
    def recorded(self) -> Then | None:
        """The time at which the page shows what the record said; None for a page of what it says now."""
        return then()

    @property
    def address_now(self) -> str:
        """This page as the record stands now, on the same day if one was asked for."""
        query = urlencode([*([("as_of", self.as_of_given)] if self.as_of_given else []), *self.other_than_times])
        return f"{self.path}?{query}" if query else self.path

    @property
    def other_than_times(self) -> list[tuple[str, str]]:
        """What the address asks for besides the day and the time."""
        return [(name, value) for name, value in self.other_parameters if name != "recorded"]

    @property
    def kept(self) -> str:
        """What keeps the day and the time of this page in links to other pages that show both."""
        return kept_time(self.request)

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Each language of the site: its tag, and its own name for itself."""
        return list(settings.LANGUAGES)

    @property
    def addresses_by_language(self) -> list[tuple[str, str]]:
        """The address of this page in each language, behind its tag."""
        rest = self._without_language
        return [
            (code, self.request.build_absolute_uri(f"{self.path}?{urlencode([*rest, ('lang', code)])}"))
            for code, _name in settings.LANGUAGES
        ]

    @property
    def _without_language(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self.request.GET.lists() if name != "lang" for value in values]

    @property
    def here_in_any_language(self) -> str:
        """The address of this page within the site, for the form that chooses a language."""
        query = urlencode(self._without_language)
        return f"{self.path}?{query}" if query else self.path

    @property
    def language_chosen(self) -> str:
        """The language that this reader has chosen to see; empty where the browser decides."""
        chosen = self.request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        return chosen if chosen in dict(settings.LANGUAGES) else ""

    @property
    def card(self) -> str:
        """The address of the picture by which other sites show a link to this page: under the name of the site."""
        found = _RECORD.fullmatch(self.request.path)
        # A card says what the record says now.
        is_record = found is not None and found[2] not in _NO_RECORDS and not self.recorded
        path = f"/cards/{_KINDS[found[1]]}/{found[2]}.png" if found and is_record else "/cards/record.png"
        kept = f"as_of={self.as_of_given}" if self.as_of_given else ""
        return f"{settings.SITE_URL.rstrip('/')}{with_day(path, kept)}"

    @property
    def sends_digests(self) -> bool:
        """Whether selections can be followed by e-mail here."""
        return bool(settings.DIGESTS)

    @property
    def section(self) -> str:
        if self.path == "/":
            return "overview"
        return next((name for start, name in _SECTIONS if self.path.startswith(start)), "")

    @cached_property
    def as_of_given(self) -> str:
        """The day asked for, as written, if it is one. A view refuses others; the frame does not."""
        written = self.request.GET.get("as_of", "")
        try:
            return read_day(written).isoformat()
        except ValueError:
            return ""

    @cached_property
    def as_of(self) -> date:
        return date.fromisoformat(self.as_of_given) if self.as_of_given else timezone.localdate(moment())

    @property
    def as_of_words(self) -> str:
        return display_day(self.as_of)

    @cached_property
    def other_parameters(self) -> list[tuple[str, str]]:
        """What the address asks for besides the day, in order, to be kept when the day changes."""
        return [
            (name, value)
            for name, values in self.request.GET.lists()
            if name not in _OF_THIS_DAY_ONLY
            for value in values
        ]

    @property
    def address_today(self) -> str:
        """This page without its day."""
        query = urlencode(self.other_parameters)
        return f"{self.path}?{query}" if query else self.path

    @property
    def dated_address(self) -> str:
        """This page with its day, as printed at its foot."""
        query = urlencode([*self.other_parameters, ("as_of", self.as_of.isoformat())], safe=":")
        return self.request.build_absolute_uri(f"{self.path}?{query}")

    @cached_property
    def counts(self) -> Counts | None:
        # What is on record now has no place on a page of what it said before.
        return None if self.recorded else current_counts()


def current_counts() -> Counts | None:
    """The figures in the bar, at most a minute old; None where they cannot be had."""
    counts: Counts | None = cache.get(COUNTS_KEY)
    if counts is None:
        try:
            counts = _counted()
        except DatabaseError:
            # The frame also stands around the page that says what has failed.
            return None
        cache.set(COUNTS_KEY, counts, COUNTS_KEPT_FOR)
    return counts


def _counted() -> Counts:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM pledges_event WHERE publication_id IS NOT NULL AND retracted_because = ''),"
            " (SELECT count(*) FROM sources_source WHERE publication_id IS NOT NULL AND retracted_because = ''),"
            " (SELECT max(last_checked_at) FROM sources_linkstate)"
        )
        events, sources, checked_at = cursor.fetchone()
    checked_on = timezone.localdate(checked_at) if checked_at else None
    return Counts(events=events, sources=sources, links_checked_on=checked_on)


def site(request: HttpRequest) -> dict[str, Site]:
    """Context processor: ``site`` in every template rendered for a request."""
    return {"site": Site(request)}
