"""What a page's address asks for: a record, a day, one value of a few.

What cannot be read is refused by name; what has moved leads on; what was retracted says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import wraps
from typing import Final, TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from history.models import FormerSlug, Published

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)
MOST_NAMED: Final = 20  # values of a parameter that a refusal names

RECORDED: Final = gettext_lazy(
    "Pages show the record as it is now. What it said at a time stands in the history of each record; "
    "to see what was true on a day, use as_of=2020-06-12. Leave “recorded” out."
)


class CannotRead(Exception):
    """Some parameters have no meaning here. ``problems``: each with a sentence that says what is allowed."""

    def __init__(self, *problems: tuple[str, str]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{name}: {sentence}" for name, sentence in problems))


class Elsewhere(Exception):
    """What is asked for has another address for good."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(address)


def day_asked(request: HttpRequest) -> date:
    """The day that the page shows: ``as_of``, or today.

    :raises CannotRead: if it is not written as a day, or lies outside the years that pages show.
    """
    written = request.GET.get("as_of", "")
    if not written:
        return timezone.localdate()
    try:
        return read_day(written)
    except ValueError as fault:
        raise CannotRead(("as_of", str(fault))) from None


def read_day(written: str) -> date:
    """A day that pages can show, written as 2020-06-12.

    :raises ValueError: with a sentence that says what is allowed.
    """
    try:
        # fromisoformat also takes 20200612 and 2020-W24-5, which our addresses do not.
        day = datetime.strptime(written, "%Y-%m-%d").date()
    except ValueError:
        day = None
    if day is None or day.isoformat() != written:
        said = _("“%(written)s” is not a day. Write it as 2020-06-12: year, month and day.")
        raise ValueError(said % {"written": shown(written)})
    if not FIRST_DAY <= day <= LAST_DAY:
        said = _("Choose a day from %(first)s to %(last)s, not %(written)s.")
        raise ValueError(said % {"first": FIRST_DAY, "last": LAST_DAY, "written": written})
    return day


def kept_day(request: HttpRequest) -> str:
    """What keeps the day of this page in links to other pages: “as_of=2020-06-12”, or nothing."""
    written = request.GET.get("as_of", "")
    return f"as_of={written}" if written else ""


def with_day(address: str, kept: str) -> str:
    """An address with the day that ``kept_day`` gave."""
    if not kept:
        return address
    path, mark, fragment = address.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{kept}{mark}{fragment}"


def in_language_asked(request: HttpRequest, address: str) -> str:
    """An address with the language that this one asks for (“lang=es”), so that the pages of a file stay in one."""
    asked = request.GET.get("lang", "")
    return with_day(address, f"lang={asked}") if asked in dict(settings.LANGUAGES) else address


def shown(value: str) -> str:
    """A value of an address, fit to be repeated in a sentence."""
    plain = "".join(letter if letter.isprintable() else "�" for letter in value)
    return plain if len(plain) <= 60 else f"{plain[:60]}…"


def chosen(request: HttpRequest, name: str, allowed: Sequence[str]) -> list[str]:
    """The values of a parameter that may be given several times.

    :raises CannotRead: if one is not among the allowed.
    """
    values = list(dict.fromkeys(value for value in request.GET.getlist(name) if value))
    unknown = [value for value in values if value not in allowed]
    if unknown:
        raise CannotRead((name, _not_known(unknown[0], allowed)))
    return values


def _not_known(value: str, allowed: Sequence[str]) -> str:
    listed, more = ", ".join(allowed[:MOST_NAMED]), len(allowed) - MOST_NAMED
    if more > 0:
        said = ngettext("%(values)s and %(number)s more", "%(values)s and %(number)s more", more)
        listed = said % {"values": listed, "number": more}
    # Translators: after “Allowed:”, where a list has no values so far
    some = listed or pgettext("values", "nothing yet")
    return _("“%(value)s” is not known here. Allowed: %(values)s.") % {"value": shown(value), "values": some}


Row = TypeVar("Row", bound=Published)


def find(rows: QuerySet[Row], *, kind: str, slug: str) -> Row:
    """The record at an address: public, or public once and retracted since.

    :param kind: as in the address, one of ``company``, ``pledge``, ``investment``, ``event``, ``source``.
    :raises Elsewhere: if it has another address now.
    :raises Http404: if there is none, or it is not public yet.
    """
    row = rows.filter(slug=slug, publication__isnull=False).first()
    if row is not None:
        return row
    former = FormerSlug.objects.filter(kind=kind, slug=slug).first()
    if former is None:
        raise Http404(f"No {kind} has this address.")
    raise Elsewhere(address_of(kind, former.current_slug))


FOLDERS: Final = {
    "company": "companies",
    "pledge": "pledges",
    "investment": "investments",
    "event": "events",
    "source": "sources",
}


def address_of(kind: str, slug: str) -> str:
    return f"/{FOLDERS[kind]}/{slug}/"


def readable(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view that answers 400, naming what is allowed, where its address cannot be read, and leads on from
    former addresses."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            if request.GET.get("recorded"):
                raise CannotRead(("recorded", str(RECORDED)))
            return view(request, *args, **kwargs)
        except CannotRead as fault:
            return render(request, "400.html", {"problems": fault.problems}, status=400)
        except Elsewhere as elsewhere:
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(f"{elsewhere.address}?{query}" if query else elsewhere.address)

    return answered


def tombstone(request: HttpRequest, row: Published, *, kind: str) -> HttpResponse:
    """The page of what was retracted: that it was, and why, and nothing of what it said."""
    return render(request, "timeline/retracted.html", {"kind": kind, "why": row.retracted_because})
