"""Selections as subscriptions keep them: what the address of the timeline has behind its “?”, in one spelling."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from digests.models import LONGEST_SELECTION
from timeline.asking import CannotRead
from timeline.filters import Selection, read_selection

# What only says how a list is shown, or of which day or time: a digest tells of what is new.
LEFT_ASIDE: Final = ("order", "cursor", "as_of", "recorded")


def query_of(selection: Selection) -> str:
    """A selection in the one spelling that all of its addresses share.

    :raises CannotRead: if it is too long to be kept.
    """
    pairs = selection.pairs(without=LEFT_ASIDE)
    names = list(dict.fromkeys(name for name, _value in pairs))
    ordered = sorted(pairs, key=lambda pair: (names.index(pair[0]), pair[1]))
    query = urlencode(ordered)
    if len(query) > LONGEST_SELECTION:
        sentence = _(
            "This selection is too long for a digest: its address has %(length)s characters, and %(most)s can be kept."
            " Choose fewer values, or several digests."
        )
        raise CannotRead(("selection", sentence % {"length": len(query), "most": LONGEST_SELECTION}))
    return query


def selection_of(query: str) -> Selection:
    """The selection that was kept, as it reads today: companies that were renamed or merged are found again.

    :raises CannotRead: if something that it names is no longer known.
    """
    return read_selection(QueryDict(query))


def in_words(selection: Selection) -> str:
    """“company is Microsoft; year is 2020”, or that it is everything."""
    return selection.in_words or _("every event on record")


def in_our_words(selection: Selection) -> str:
    """The same without the words that are searched for: whoever asks may have typed anything there, and the first
    mail goes to somebody who may not have asked."""
    if not selection.q:
        return in_words(selection)
    rest = replace(selection, q="").in_words
    if not rest:
        return _("events that hold certain words, which the page shows")
    return _("%(selection)s; and certain words, which the page shows") % {"selection": rest}
