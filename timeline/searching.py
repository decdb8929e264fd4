"""Help for those who search: the words found are marked, slips of spelling mended, companies recognised by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.core.cache import cache
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from companies.models import Company, CompanyName
from history.models import Publication
from timeline.components import Facet
from timeline.facets import Counts
from timeline.filters import SEARCH_CONFIGURATION, Selection, searchable
from timeline.rows import Section
from timeline.words import around, quoted

# Round what is found; of a part of Unicode that means nothing by itself, so that no text holds them.
BEGINS, ENDS = "\ue000", "\ue001"
SHORTEST_MENDED: Final = 4  # letters
ALIKE_ENOUGH: Final = 75.0  # of 100
MOST_TEXTS: Final = 20_000  # newest, from which words are learnt
WORDS_KEPT_FOR: Final = 3600  # seconds
_WORD: Final = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_OPERATORS: Final = frozenset({"or", "and", "not"})


def marked(sections: Sequence[Section], selection: Selection) -> list[Section]:
    """The same rows, with the words that were searched for marked in their titles and summaries. One query."""
    texts = [text for section in sections for entry in section.entries for text in (entry.title, entry.summary)]
    if not selection.q or not texts:
        return list(sections)
    found = iter(_marked(texts, selection.q))
    return [
        section._replace(entries=[replace(entry, title=next(found), summary=next(found)) for entry in section.entries])
        for section in sections
    ]


def _marked(texts: Sequence[str], q: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ts_headline(%(how)s::regconfig, text, websearch_to_tsquery(%(how)s::regconfig, %(q)s), %(options)s)"
            " FROM unnest(%(texts)s::text[]) WITH ORDINALITY AS t (text, place) ORDER BY place",
            {
                "how": SEARCH_CONFIGURATION,
                "q": searchable(q),
                "options": f"HighlightAll=true, StartSel={BEGINS}, StopSel={ENDS}",
                "texts": [text.replace(BEGINS, "").replace(ENDS, "") for text in texts],
            },
        )
        return [text for (text,) in cursor.fetchall()]


def mended(q: str) -> str:
    """A search with each word that nothing on record holds exchanged for the likest that something does.

    Empty where there is nothing to mend, or nothing to mend it with.
    """
    known = _words_on_record()

    def nearest(found: re.Match[str]) -> str:
        word = found.group()
        if len(word) < SHORTEST_MENDED or word.lower() in known or word.lower() in _OPERATORS:
            return word
        likest = process.extract(word.lower(), known.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE_ENOUGH, limit=5)
        # Among those that are as like, the one that stands there most often.
        return max(likest, key=lambda one: (round(one[1]), known[one[0]]))[0] if likest else word

    said = _WORD.sub(nearest, q)
    return said if said != q else ""


def _words_on_record() -> Mapping[str, int]:
    """The words of public titles, summaries and names in small letters, with how often each stands there."""
    key = f"words-on-record-{Publication.objects.order_by('-pk').values_list('pk', flat=True).first()}"
    words: dict[str, int] | None = cache.get(key)
    if words is None:
        with connection.cursor() as cursor:
            cursor.execute(_WORDS, {"most": MOST_TEXTS, "shortest": SHORTEST_MENDED})
            words = dict(cursor.fetchall())
        cache.set(key, words, WORDS_KEPT_FOR)
    return words


_WORDS: Final = """
    WITH texts AS (
        (SELECT title || ' ' || summary AS text FROM pledges_event
            WHERE publication_id IS NOT NULL AND retracted_because = '' ORDER BY id DESC LIMIT %(most)s)
        UNION ALL
        (SELECT title || ' ' || summary FROM pledges_pledge
            WHERE publication_id IS NOT NULL AND retracted_because = '' ORDER BY id DESC LIMIT %(most)s)
        UNION ALL
        (SELECT name FROM companies_company
            WHERE publication_id IS NOT NULL AND retracted_because = '' ORDER BY id DESC LIMIT %(most)s)
    ), words AS (SELECT regexp_split_to_table(lower(text), '[^[:alpha:]’''-]+') AS word FROM texts)
    SELECT word, count(*) FROM words WHERE length(word) >= %(shortest)s GROUP BY word
"""


def company_meant(q: str, companies: Mapping[str, str]) -> tuple[str, str] | None:
    """The slug and name of the company that a search is the name of.

    :param companies: names by slug.
    """
    name = _plain_name(q)
    return next(((slug, known) for slug, known in companies.items() if known.casefold() == name), None)


def company_called(q: str) -> tuple[str, str] | None:
    """The slug and present name of the company that has, or once had, the name which is searched for. One query."""
    name = _plain_name(q)
    if not name:
        return None
    once = CompanyName.objects.filter(company=OuterRef("pk"), name__iexact=name)
    public = Company.objects.public().filter(merged_into=None)
    return public.filter(Q(name__iexact=name) | Exists(once)).values_list("slug", "name").order_by("pk").first()


def _plain_name(q: str) -> str:
    return " ".join(q.replace('"', " ").split()).casefold()


def segments(text: str) -> Iterable[tuple[str, bool]]:
    """A text from ``marked`` in pieces, each with whether it was found."""
    for piece in re.split(f"({BEGINS}.*?{ENDS})", text, flags=re.DOTALL):
        if piece.startswith(BEGINS):
            yield piece[1:-1], True
        elif piece:
            yield piece, False


@dataclass(frozen=True)
class Hint:
    """Another search that may be meant: the words before a link, the link, its address, the words after."""

    before: str
    label: str
    href: str
    after: str = ""


def hints_of(selection: Selection, counts: Counts, path: str, names: Mapping[str, str]) -> list[Hint]:
    """What else may be meant by the words that are searched for.

    :param path: of the page on which the searches are to be.
    :param names: of the companies that can be chosen, by slug.
    """
    if not selection.q:
        return []
    hints = []
    meant = company_meant(selection.q, names) or (None if counts.events else company_called(selection.q))
    if meant is not None and selection.chosen("company") != [meant[0]]:
        slug, name = meant
        # Translators: the link is the name of a company
        before, after = around(_("All events of %(link)s"))
        hints.append(Hint(before, name, selection.address(path, q=None, company=slug), after))
    if not counts.events and (said := mended(selection.q)):
        other = replace(selection, q=said)
        if other.events().exists():
            # Translators: the link is other words to search for, in quotation marks
            before, after = around(_("Did you mean %(link)s?"))
            hints.append(Hint(before, quoted(said), other.address(path), after))
    return hints


def names_in(facets: Sequence[Facet]) -> dict[str, str]:
    """The names of the companies that can be chosen, by slug."""
    return {
        value.value: value.label
        for facet in facets
        if facet.name == "company"
        for group in facet.groups
        for value in (*group.values, *group.folded)
    }
