"""What lists of companies, pledges, investments and sources may be narrowed by.

They take those parameters of the timeline that make sense for them, with the same values and the same refusals. What
only the timeline takes is refused by name: a list must never look as if it had been narrowed when it was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import pycountry
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from companies.models import Company
from timeline.asking import CannotRead
from timeline.filters import PARAMETERS, Values, read_search
from timeline.vocabularies import YES, Vocabulary, closed

# Every list has a day and a place in it.
ALWAYS: Final = ("as_of", "cursor")


class Narrowing:
    """The parameters that a list was given.

    :param takes: the parameters that mean something to the list, besides its day and place.
    :raises CannotRead: if others are given that mean something on the timeline.
    """

    def __init__(self, request: HttpRequest, *, takes: Sequence[str]) -> None:
        self.given = request.GET
        self.takes = takes
        elsewhere = [name for name in PARAMETERS if name not in (*takes, *ALWAYS) and self._said(name)]
        if elsewhere:
            # Translators: names of parameters in an address
            said = _("This list does not take it. It takes %(parameters)s; /timeline/ takes all.")
            raise CannotRead(*((name, said % {"parameters": ", ".join(takes)}) for name in elsewhere))

    def _said(self, name: str) -> list[str]:
        return [value for value in self.given.getlist(name) if value.strip()]

    def chosen(self, name: str, vocabulary: Vocabulary) -> dict[str, str]:
        """The values of a parameter, each with what it is called.

        :raises CannotRead: if one is not known.
        """
        try:
            return Values(vocabulary=vocabulary).clean(self.given.getlist(name))
        except ValidationError as fault:
            raise CannotRead((name, fault.messages[0])) from None

    def companies(self, slugs: Iterable[str]) -> QuerySet[Company]:
        """Some companies, with those that they own unless ``own=1`` leaves these out."""
        if self.chosen("own", closed(YES)):
            return Company.objects.filter(slug__in=list(slugs))
        return Company.objects.in_groups(list(slugs))

    @property
    def words(self) -> list[str]:
        """The words that are searched for, each of which must be found.

        :raises CannotRead: if they are too many.
        """
        try:
            return read_search(self.given.get("q", "").strip()).replace('"', " ").split()
        except ValidationError as fault:
            raise CannotRead(("q", fault.messages[0])) from None

    def kept_beside(self, shown: Sequence[str]) -> list[tuple[str, str]]:
        """What a form that shows some parameters must carry along of the others."""
        names = [name for name in (*self.takes, "as_of") if name not in shown]
        return [(name, value) for name in names for value in self._said(name)]

    @property
    def narrowed_by(self) -> list[str]:
        return [value for name in self.takes for value in self._said(name)]


def with_words(words: Sequence[str], *columns: str) -> Q:
    """Rows in which each word stands in one of some columns, with or without capitals and accents."""
    found = Q()
    for word in words:
        somewhere = Q()
        for column in columns:
            somewhere |= Q(**{f"{column}__unaccent__icontains": word})
        found &= somewhere
    return found


def with_parts(codes: Iterable[str]) -> list[str]:
    """Some places and, for a country, all its parts (ISO 3166-2)."""
    found = list(codes)
    for code in codes:
        if len(code) == 2:
            parts = pycountry.subdivisions.get(country_code=code) or ()  # type: ignore[no-untyped-call]
            found += [part.code for part in parts]
    return found
