"""What the page of a company says first: where its pledges stand, in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

from timeline.vocabularies import capital
from timeline.words import Labels, listed, number

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

NOT_MADE_YET: Final = "not-made-yet"
# How many pledges; further numbers are written in figures.
NUMBERS: Final = Labels(
    {
        "1": pgettext_lazy("number of pledges", "one"),
        "2": pgettext_lazy("number of pledges", "two"),
        "3": pgettext_lazy("number of pledges", "three"),
        "4": pgettext_lazy("number of pledges", "four"),
        "5": pgettext_lazy("number of pledges", "five"),
        "6": pgettext_lazy("number of pledges", "six"),
        "7": pgettext_lazy("number of pledges", "seven"),
        "8": pgettext_lazy("number of pledges", "eight"),
        "9": pgettext_lazy("number of pledges", "nine"),
        "10": pgettext_lazy("number of pledges", "ten"),
        "11": pgettext_lazy("number of pledges", "eleven"),
        "12": pgettext_lazy("number of pledges", "twelve"),
    }
)
# What is said of a company's only pledge, of all of its pledges alike, and of some of them.
ONE: Final = Labels(
    {
        "contradicted": gettext_lazy("One pledge, which is contradicted."),
        "withdrawn": gettext_lazy("One pledge, which was withdrawn."),
        "superseded": gettext_lazy("One pledge, which was superseded."),
        "completed": gettext_lazy("One pledge, which is completed."),
        "released": gettext_lazy("One pledge, which has ended as its condition was met."),
        "lapsed": gettext_lazy("One pledge, which has lapsed."),
        "overdue": gettext_lazy("One pledge, which is overdue."),
        "in-force-disputed": gettext_lazy("One pledge, which is in force and disputed."),
        "in-force-narrowed": gettext_lazy("One pledge, which is in force, narrowed."),
        "in-force": gettext_lazy("One pledge, which is in force."),
        "announced": gettext_lazy("One pledge, which has been announced."),
        "unclear": gettext_lazy("One pledge, which is unclear."),
        NOT_MADE_YET: gettext_lazy("One pledge, which had not been made by this day."),
    }
)
ALL: Final = Labels(
    {
        # Translators: the number is written out, as “Four pledges: all are in force.”
        "contradicted": gettext_lazy("%(number)s pledges: all are contradicted."),
        "withdrawn": gettext_lazy("%(number)s pledges: all were withdrawn."),
        "superseded": gettext_lazy("%(number)s pledges: all were superseded."),
        "completed": gettext_lazy("%(number)s pledges: all are completed."),
        "released": gettext_lazy("%(number)s pledges: all have ended as their conditions were met."),
        "lapsed": gettext_lazy("%(number)s pledges: all have lapsed."),
        "overdue": gettext_lazy("%(number)s pledges: all are overdue."),
        "in-force-disputed": gettext_lazy("%(number)s pledges: all are in force and disputed."),
        "in-force-narrowed": gettext_lazy("%(number)s pledges: all are in force, narrowed."),
        "in-force": gettext_lazy("%(number)s pledges: all are in force."),
        "announced": gettext_lazy("%(number)s pledges: all have been announced."),
        "unclear": gettext_lazy("%(number)s pledges: all are unclear."),
        NOT_MADE_YET: gettext_lazy("%(number)s pledges, none of which had been made by this day."),
    }
)
SOME: Final[Mapping[str, StrPromise]] = {
    # Translators: part of a sentence as “Four pledges: two are in force, one is completed and one was withdrawn.”
    "contradicted": ngettext_lazy("%(number)s is contradicted", "%(number)s are contradicted", "n"),
    "withdrawn": ngettext_lazy("%(number)s was withdrawn", "%(number)s were withdrawn", "n"),
    "superseded": ngettext_lazy("%(number)s was superseded", "%(number)s were superseded", "n"),
    "completed": ngettext_lazy("%(number)s is completed", "%(number)s are completed", "n"),
    "released": ngettext_lazy(
        "%(number)s has ended as its condition was met", "%(number)s have ended as their conditions were met", "n"
    ),
    "lapsed": ngettext_lazy("%(number)s has lapsed", "%(number)s have lapsed", "n"),
    "overdue": ngettext_lazy("%(number)s is overdue", "%(number)s are overdue", "n"),
    "in-force-disputed": ngettext_lazy(
        "%(number)s is in force and disputed", "%(number)s are in force and disputed", "n"
    ),
    "in-force-narrowed": ngettext_lazy("%(number)s is in force, narrowed", "%(number)s are in force, narrowed", "n"),
    "in-force": ngettext_lazy("%(number)s is in force", "%(number)s are in force", "n"),
    "announced": ngettext_lazy("%(number)s has been announced", "%(number)s have been announced", "n"),
    "unclear": ngettext_lazy("%(number)s is unclear", "%(number)s are unclear", "n"),
    NOT_MADE_YET: ngettext_lazy(
        "%(number)s had not been made by this day", "%(number)s had not been made by this day", "n"
    ),
}
# What stands first, what was not made by the day last.
TOLD: Final = (
    "in-force",
    "in-force-narrowed",
    "in-force-disputed",
    "contradicted",
    "overdue",
    "announced",
    "completed",
    "lapsed",
    "released",
    "superseded",
    "withdrawn",
    "unclear",
    NOT_MADE_YET,
)


def lead(company: str, headlines: Sequence[str], *, events: bool, investments: bool) -> str:
    """“Four pledges: two are in force, one is completed and one was withdrawn.”

    :param headlines: one of each pledge.
    :param events, investments: whether the company has any on record.
    """
    if not headlines:
        return _nothing_pledged(company, events, investments)
    counts = Counter(headlines)
    if len(headlines) == 1:
        return ONE[headlines[0]]
    said = {"number": capital(_in_letters(len(headlines)))}
    if len(counts) == 1:
        return ALL[next(iter(counts))] % said
    parts = [
        SOME[headline] % {"n": counts[headline], "number": _in_letters(counts[headline])}
        for headline in TOLD
        if counts[headline]
    ]
    # Translators: as “Four pledges: two are in force, one is completed and one was withdrawn.”
    return _("%(number)s pledges: %(parts)s.") % {**said, "parts": listed(parts)}


def _in_letters(count: int) -> str:
    """“four”, and numbers above twelve in figures."""
    return NUMBERS.get(str(count)) or number(count)


def _nothing_pledged(company: str, events: bool, investments: bool) -> str:
    said = _("No pledge by %(company)s is on record. That says nothing about the company.")
    if events and investments:
        said = _(
            "No pledge by %(company)s is on record. That says nothing about the company. It appears in the record "
            "through events and investments."
        )
    elif events:
        said = _(
            "No pledge by %(company)s is on record. That says nothing about the company. It appears in the record "
            "through events."
        )
    elif investments:
        said = _(
            "No pledge by %(company)s is on record. That says nothing about the company. It appears in the record "
            "through investments."
        )
    return said % {"company": company}
