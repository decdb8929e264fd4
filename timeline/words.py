"""The words that readers see for the slugs that addresses and data attributes carry, in the language of the page.

Numbers and lists are written as the language has them (CLDR).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from babel.numbers import format_decimal
from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise, StrPromise


class Labels(Mapping[str, str]):
    """What slugs are called: stored once, read in the language that is active when they are asked for."""

    def __init__(self, words: Mapping[str, StrOrPromise]) -> None:
        self._words = words

    def __getitem__(self, slug: str) -> str:
        return str(self._words[slug])

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def __or__(self, others: Labels) -> Labels:
        return Labels({**self._words, **others._words})


class PairsOfLabels(Mapping[str, tuple[str, str]]):
    """The same for slugs that are called one thing in print and another aloud."""

    def __init__(self, pairs: Mapping[str, tuple[StrOrPromise, StrOrPromise]]) -> None:
        self._pairs = pairs

    def __getitem__(self, slug: str) -> tuple[str, str]:
        one, other = self._pairs[slug]
        return str(one), str(other)

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)


HEADLINES: Final = Labels(
    {
        "not-made-yet": pgettext_lazy("status of a pledge", "Not made yet"),
        "contradicted": pgettext_lazy("status of a pledge", "Contradicted"),
        "withdrawn": pgettext_lazy("status of a pledge", "Withdrawn"),
        "superseded": pgettext_lazy("status of a pledge", "Superseded"),
        "completed": pgettext_lazy("status of a pledge", "Completed"),
        "released": pgettext_lazy("status of a pledge", "Released"),
        "lapsed": pgettext_lazy("status of a pledge", "Lapsed"),
        "overdue": pgettext_lazy("status of a pledge", "Overdue"),
        "in-force-disputed": pgettext_lazy("status of a pledge", "In force, disputed"),
        "in-force-narrowed": pgettext_lazy("status of a pledge", "In force, narrowed"),
        "in-force": pgettext_lazy("status of a pledge", "In force"),
        "announced": pgettext_lazy("status of a pledge", "Announced"),
        "unclear": pgettext_lazy("status of a pledge", "Unclear"),
    }
)

# As lists and keys of pictures show them: what stands first, what ended last.
HEADLINE_ORDER: Final = (
    "in-force",
    "in-force-narrowed",
    "in-force-disputed",
    "announced",
    "overdue",
    "completed",
    "lapsed",
    "released",
    "superseded",
    "withdrawn",
    "contradicted",
    "unclear",
    "not-made-yet",
)

HEADLINE_MEANINGS: Final = Labels(
    {
        "in-force": _("stated, and nothing dated has ended it"),
        "in-force-narrowed": _("still stands, but covers less than it first did"),
        "in-force-disputed": _("still stands, and sources disagree on whether it is kept"),
        "completed": _("the act that was promised is done, and a source says so"),
        "announced": _("an act was promised; nothing on record since"),
        "overdue": _("the day by which it was to be done has passed"),
        "lapsed": _("its own end date has passed"),
        "released": _("what was to end it has happened"),
        "superseded": _("another pledge took its place"),
        "withdrawn": _("taken back by the company, or its text removed"),
        "contradicted": _("found broken by a court, a regulator or an audit, or admitted"),
        "unclear": _("the dates on record are too vague to decide between two answers"),
        "not-made-yet": _("made after the date this page shows"),
    }
)

# For each state of a link: the words beside its mark, and the words read aloud after "[n]".
LINK_STATES: Final = PairsOfLabels(
    {
        "live": (_("Link works"), _("link works")),
        "moved": (_("Link moved"), _("link moved")),
        "changed": (_("Page changed"), _("page has changed")),
        "unverifiable": (_("Cannot be checked"), _("link cannot be checked")),
        "suspect": (_("Link failing"), _("link failing")),
        "dead": (_("Link dead"), _("link dead")),
        "archived": (_("Link dead, archived copy"), _("link dead, archived copy")),
        "hijacked": (_("Address taken over"), _("address taken over by somebody else")),
        "tls-problem": (_("Insecure connection"), _("connection not secure")),
        "exempt": (_("Not checked"), _("link is not checked")),
        "unchecked": (_("Not checked yet"), _("link not checked yet")),
        "no-address": (_("No address"), _("has no address")),
    }
)

# States in which a reader is better served by a copy.
LOST: Final = frozenset({"dead", "archived", "hijacked", "suspect"})

STANCES: Final = Labels(
    {
        "supports": _("Supports it"),
        "disputes": _("Disputes it"),
        "context": _("For context"),
    }
)

# What is counted. Each key is the English singular.
NOUNS: Final[Mapping[str, StrPromise]] = {
    "event": ngettext_lazy("%(number)s event", "%(number)s events", "n"),
    "more event": ngettext_lazy("%(number)s more event", "%(number)s more events", "n"),
    "source": ngettext_lazy("%(number)s source", "%(number)s sources", "n"),
    "more source": ngettext_lazy("%(number)s more source", "%(number)s more sources", "n"),
    "pledge": ngettext_lazy("%(number)s pledge", "%(number)s pledges", "n"),
    "more pledge": ngettext_lazy("%(number)s more pledge", "%(number)s more pledges", "n"),
    "investment": ngettext_lazy("%(number)s investment", "%(number)s investments", "n"),
    "company": ngettext_lazy("%(number)s company", "%(number)s companies", "n"),
    # Translators: somebody changed the page of a source without saying so
    "edit": ngettext_lazy("%(number)s edit", "%(number)s edits", "n"),
    "change": ngettext_lazy("%(number)s change", "%(number)s changes", "n"),
    "more change": ngettext_lazy("%(number)s more change", "%(number)s more changes", "n"),
    "sentence": ngettext_lazy("%(number)s sentence", "%(number)s sentences", "n"),
    "more sentence": ngettext_lazy("%(number)s more sentence", "%(number)s more sentences", "n"),
    "passage": ngettext_lazy("%(number)s passage", "%(number)s passages", "n"),
    # Translators: the check of a link
    "check": ngettext_lazy("%(number)s check", "%(number)s checks", "n"),
    # Translators: what a page of a source said at some time
    "text": ngettext_lazy("%(number)s text", "%(number)s texts", "n"),
    # Translators: an archived copy of a page
    "copy": ngettext_lazy("%(number)s copy", "%(number)s copies", "n"),
    # Translators: of the wording of a pledge
    "version": ngettext_lazy("%(number)s version", "%(number)s versions", "n"),
    "question": ngettext_lazy("%(number)s question", "%(number)s questions", "n"),
    "clause": ngettext_lazy("%(number)s clause", "%(number)s clauses", "n"),
    "condition": ngettext_lazy("%(number)s condition", "%(number)s conditions", "n"),
    "day": ngettext_lazy("%(number)s day", "%(number)s days", "n"),
    "hour": ngettext_lazy("%(number)s hour", "%(number)s hours", "n"),
    "month": ngettext_lazy("%(number)s month", "%(number)s months", "n"),
    "name": ngettext_lazy("%(number)s name", "%(number)s names", "n"),
    "owner": ngettext_lazy("%(number)s owner", "%(number)s owners", "n"),
    "identifier": ngettext_lazy("%(number)s identifier", "%(number)s identifiers", "n"),
    "cited work": ngettext_lazy("%(number)s cited work", "%(number)s cited works", "n"),
    "quotation": ngettext_lazy("%(number)s quotation", "%(number)s quotations", "n"),
    "version of the terms": ngettext_lazy("%(number)s version of the terms", "%(number)s versions of the terms", "n"),
    # Translators: what happened to a pledge
    "step": ngettext_lazy("%(number)s step", "%(number)s steps", "n"),
    # Translators: a person or company that took part in an event
    "party": ngettext_lazy("%(number)s party", "%(number)s parties", "n"),
    # Translators: of money
    "sum": ngettext_lazy("%(number)s sum", "%(number)s sums", "n"),
    "company concerned": ngettext_lazy("%(number)s company concerned", "%(number)s companies concerned", "n"),
    "link to an earlier event": ngettext_lazy(
        "%(number)s link to an earlier event", "%(number)s links to earlier events", "n"
    ),
    # Translators: of investment
    "round": ngettext_lazy("%(number)s round", "%(number)s rounds", "n"),
    # Translators: on what somebody invested
    "claim": ngettext_lazy("%(number)s claim", "%(number)s claims", "n"),
    "co-investor": ngettext_lazy("%(number)s co-investor", "%(number)s co-investors", "n"),
    "question on which sources disagree": ngettext_lazy(
        "%(number)s question on which sources disagree", "%(number)s questions on which sources disagree", "n"
    ),
    "answer": ngettext_lazy("%(number)s answer", "%(number)s answers", "n"),
    "citation": ngettext_lazy("%(number)s citation", "%(number)s citations", "n"),
    # Translators: of a table of the record
    "row": ngettext_lazy("%(number)s row", "%(number)s rows", "n"),
}


@lru_cache(maxsize=16)
def _locale_of(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(settings.LANGUAGE_CODE, sep="-")


def locale() -> Locale:
    """The rules and names of the active language."""
    return _locale_of(get_language() or settings.LANGUAGE_CODE)


def number(n: int) -> str:
    """“1,204”."""
    return format_decimal(n, locale=locale())


def counted(number_of: int, noun: str) -> str:
    """“1 event”, “1,204 events”.

    :param noun: one of ``NOUNS``.
    """
    return NOUNS[noun] % {"n": number_of, "number": number(number_of)}


# Before the sound of an i, Spanish has “e” for “y”, which the patterns of CLDR cannot say.
_SAYS_I: Final = re.compile(r"[ií]|h[ií](?![ae])", re.IGNORECASE)


def listed(words: Iterable[str]) -> str:
    """“a, b and c”."""
    every = list(words)
    said = format_list(every, locale=locale())
    if len(every) > 1 and locale().language == "es" and _SAYS_I.match(every[-1]):
        return f"{said.removesuffix(f' y {every[-1]}')} e {every[-1]}"
    return said


def quoted(words: str) -> str:
    """Words between the quotation marks of the page's language."""
    return gettext("“%(words)s”") % {"words": words}


def around(sentence: str) -> tuple[str, str]:
    """What stands before and after the link in a sentence in which ``%(link)s`` marks its place."""
    before, _link, after = sentence.partition("%(link)s")
    return before.rstrip(), after
