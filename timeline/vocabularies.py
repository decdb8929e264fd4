"""What each parameter of a list may be given: closed lists, and lists that grow with the record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

import pycountry
from django.db.models import TextChoices
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from companies.models import Company, CompanyName
from history.models import FormerSlug
from pledges.models import Event, EventMark
from pledges.vocabulary import (
    AUDIENCES,
    STEPS,
    TECHNOLOGIES,
    Action,
    EventKind,
    HoldingEffect,
    Part,
    Standing,
    label_of,
)
from sources.health import SLUGS
from sources.models import Source
from timeline import words
from timeline.asking import shown
from timeline.places import BESIDE_ISO, place_label
from timeline.words import Labels, number, quoted

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_COMPARED: Final = 4000
MOST_LISTED: Final = 40
LONGEST_COMPARED: Final = 300
PLACE: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?|world")


@dataclass(frozen=True)
class Vocabulary:
    """The values that a parameter takes.

    labels: of some values, those that are known, each as it is called now, with the words for it. A former name
        of something comes back under its present one.
    every: all values, to tell a reader who gave another.
    called: what else each value is called, or was, by which a reader may look for it.
    """

    labels: Callable[[Sequence[str]], dict[str, str]]
    every: Callable[[], Iterable[str]]
    called: Callable[[], Mapping[str, Sequence[str]]] = dict


def capital(text: str) -> str:
    """With a capital letter in front."""
    return text[:1].upper() + text[1:]


def closed(labels: Mapping[str, str]) -> Vocabulary:
    return Vocabulary(lambda given: {one: labels[one] for one in given if one in labels}, lambda: labels)


def _capitalised(text: StrOrPromise) -> str:
    return capital(str(text))


_capital = lazy(_capitalised, str)


def _labels(*lists: type[TextChoices]) -> Labels:
    return Labels({str(value): _capital(label) for one in lists for value, label in one.choices})


EFFECTS: Final = Labels({str(kind): _capital(name) for kind, name in STEPS.items()})
HOLDINGS: Final = _labels(HoldingEffect)
KINDS: Final = _labels(EventKind)
STATUSES: Final = words.HEADLINES
STANDINGS: Final = Labels(
    {
        str(Standing.STATED): pgettext_lazy("who says so", "Stated by the company"),
        str(Standing.REPORTED): pgettext_lazy("who says so", "Reported"),
        str(Standing.ALLEGED): pgettext_lazy("who says so", "Alleged"),
        str(Standing.FOUND): pgettext_lazy("who says so", "Found by an audit, regulator or court"),
    }
)
ACTIONS: Final = _labels(Action)
ROLES: Final = _labels(Part)
SOURCE_TYPES: Final = _labels(Source.Type)
HEALTH: Final = Labels(
    {
        "works": gettext_lazy("Link works"),
        "moved": gettext_lazy("Link moved"),
        "changed": gettext_lazy("Page changed"),
        "cannot-be-checked": gettext_lazy("Cannot be checked"),
        "failing": gettext_lazy("Link failing"),
        "dead": gettext_lazy("Link dead"),
        "archived": gettext_lazy("Archived copy only"),
        "unchecked": gettext_lazy("Not checked yet"),
    }
)
assert set(HEALTH) == set(SLUGS)  # noqa: S101 -- two lists of the same slugs
ORDERS: Final = Labels(
    {
        "newest": gettext_lazy("Newest first"),
        "oldest": gettext_lazy("Oldest first"),
        "relevance": gettext_lazy("Best match first"),
    }
)
YES: Final = Labels({"1": gettext_lazy("yes")})


def _companies(given: Sequence[str]) -> dict[str, str]:
    found = _present(given)
    missing = [slug for slug in given if slug not in found]
    if missing:
        renamed = dict(FormerSlug.objects.filter(kind="company", slug__in=missing).values_list("slug", "current_slug"))
        present = _present(list(renamed.values()))
        found |= {former: present[now] for former, now in renamed.items() if now in present}
    return dict(found[slug] for slug in given if slug in found)


def _present(slugs: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Slug and name of some companies, or of what they were merged into."""
    rows = Company.objects.public().filter(slug__in=slugs)
    named = rows.values_list("slug", "name", "merged_into__slug", "merged_into__name")
    return {slug: (whole or slug, whole_name or name) for slug, name, whole, whole_name in named}


def _open_list(facet: str, known: Iterable[str], label: Callable[[str], str]) -> Vocabulary:
    """
    :param known: values that it has without the record.
    """
    always = frozenset(known)

    def marked(given: Sequence[str]) -> list[str]:
        asked = [EventMark.objects.filter(facet=facet, value=one).values_list("value", flat=True)[:1] for one in given]
        # One look into the index for each value, all in one query.
        return list(asked[0].union(*asked[1:], all=True)) if asked else []

    def labels(given: Sequence[str]) -> dict[str, str]:
        met = always | set(marked([one for one in given if one not in always]))
        return {one: capital(label(one)) for one in given if one in met}

    def every() -> Iterable[str]:
        return sorted({*always, *EventMark.objects.filter(facet=facet).values_list("value", flat=True).distinct()})

    return Vocabulary(labels, every)


def is_place(code: str) -> bool:
    """Whether it is a code of ISO 3166-1 or -2, ``EU`` or ``world``."""
    if code in BESIDE_ISO:
        return True
    if not PLACE.fullmatch(code):
        return False
    if "-" in code:
        return pycountry.subdivisions.get(code=code) is not None  # type: ignore[no-untyped-call]
    return pycountry.countries.get(alpha_2=code) is not None


def _places_on_record() -> Iterable[str]:
    return EventMark.objects.filter(facet="jurisdiction").values_list("value", flat=True).distinct()


def _publishers(given: Sequence[str]) -> dict[str, str]:
    found = Source.objects.public().filter(publisher__in=given).values_list("publisher", flat=True).distinct()
    known = set(found)
    return {name: name for name in given if name in known}


def _is_year(text: str) -> bool:
    return re.fullmatch(r"[0-9]{4}", text) is not None and text != "0000"


def _years_on_record() -> Iterable[str]:
    days = Event.objects.public().values_list("sorts_on__year", flat=True).distinct()
    return [f"{year:04}" for year in sorted(days)]


def _names_of_companies() -> dict[str, list[str]]:
    """Present, former and other names of each company, by its slug."""
    public = Company.objects.public()
    found = {slug: [name] for slug, name in public.values_list("slug", "name")}
    others = CompanyName.objects.filter(company__in=public).order_by("company_id", "position")
    for slug, name in others.values_list("company__slug", "name"):
        found.setdefault(slug, []).append(name)
    return found


COMPANY: Final = Vocabulary(
    _companies, lambda: Company.objects.public().values_list("slug", flat=True), _names_of_companies
)
TECHNOLOGY: Final = _open_list("technology", TECHNOLOGIES, lambda word: label_of(word, TECHNOLOGIES))
AUDIENCE: Final = _open_list("audience", AUDIENCES, lambda word: label_of(word, AUDIENCES))
JURISDICTION: Final = Vocabulary(
    lambda given: {code: place_label(code) for code in given if is_place(code)}, _places_on_record
)
PUBLISHER: Final = Vocabulary(
    _publishers,
    lambda: (
        str(name)
        for name in Source.objects.public().exclude(publisher=None).values_list("publisher", flat=True).distinct()
    ),
)
YEAR: Final = Vocabulary(lambda given: {year: year for year in given if _is_year(year)}, _years_on_record)


def refusal(unknown: str, vocabulary: Vocabulary) -> str:
    """A sentence on a value that is not known, with those that are, the nearest first."""
    every = list(dict.fromkeys(vocabulary.every()))
    called = vocabulary.called()
    wanted = unknown[:LONGEST_COMPARED]
    listed = nearest(wanted, every, most=MOST_LISTED, called=called)
    said = {
        "value": quoted(shown(unknown)),
        "allowed": ", ".join(_with_name(wanted, value, called.get(value, ())) for value in listed),
        "number": number(len(every) - len(listed)),
    }
    if not listed:
        return _("%(value)s is not known here.") % said
    if len(every) == len(listed):
        return _("%(value)s is not known here. Allowed: %(allowed)s.") % said
    return (
        ngettext(
            "%(value)s is not known here. Allowed: %(allowed)s, and %(number)s more.",
            "%(value)s is not known here. Allowed: %(allowed)s, and %(number)s more.",
            len(every) - len(listed),
        )
        % said
    )


def _with_name(wanted: str, value: str, names: Sequence[str]) -> str:
    """The value; where only another name says why it is near, with that name."""
    if _alike(wanted, value):
        return value
    name = next((name for name in names if _alike(wanted, name)), "")
    return f"{value} ({name})" if name else value


def _plain(text: str) -> str:
    return "-".join(text.lower().split())


def _alike(wanted: str, value: str) -> bool:
    one, other = _plain(wanted), _plain(value)
    return one in other or (len(other) > 2 and other in one)


def nearest(
    given: str, every: Iterable[str], *, most: int, called: Mapping[str, Sequence[str]] | None = None
) -> list[str]:
    """The values most like the one that was given: those that hold it or that it holds, then the most alike.

    :param called: other names of the values, which count like the values themselves.
    """
    pool = sorted(every)[:MOST_COMPARED]
    names = called or {}
    wanted = _plain(given)
    matcher = SequenceMatcher(b=wanted)

    def apart(name: str) -> tuple[bool, float]:
        matcher.set_seq1(_plain(name))
        return not _alike(wanted, name), -matcher.ratio()

    def likeness(value: str) -> tuple[tuple[bool, float], str]:
        return min(apart(name) for name in (value, *names.get(value, ()))), value

    return sorted(pool, key=likeness)[:most]
