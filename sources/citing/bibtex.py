"""CSL-JSON items as classic BibTeX entries, in UTF-8."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from dates.edtf import EdtfDate, Precision, parse

from .csl import Item, published_words
from .words import clean, plain_address, without_emphasis

TYPES: Final = {"article-newspaper": "article", "report": "techreport"}
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Braces are counted even where they are escaped, so that they are written as commands.
ESCAPES: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
    }
)
# An address stays as it is, but for what would end its field or break a line.
IN_ADDRESSES: Final = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"})
NOT_IN_KEYS: Final = re.compile(r"[^A-Za-z0-9:.+/-]+")


def bibtex_entry(item: Item) -> str:
    """One entry, with a blank line after it.

    :param item: from ``csl_item``. Its id becomes the key.
    """
    kind = TYPES.get(item["type"], "misc")
    place = {"article": "journal", "techreport": "institution"}.get(kind, "howpublished")
    custom = item.get("custom", {})
    dates, said = bibtex_dates(parse(custom["edtf"])) if "edtf" in custom else ({}, "")
    remarks = [said, item.get("genre", ""), *custom.get("remarks", ())]
    fields = {
        "author": " and ".join(_author(name) for name in item.get("author", ())),
        "title": f"{{{escape(item['title'])}}}",  # no style may take the capitals from a headline
        place: escape(item.get("container-title") or item.get("publisher", "")),
        **dates,
        "url": plain_address(item.get("URL", "")).translate(IN_ADDRESSES),
        "language": escape(item.get("language", "")),
        "note": escape(" ".join(_sentence(remark) for remark in remarks if remark)),
        "annote": escape(item.get("annote", "")),
    }
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}" for name, value in fields.items() if value]
    return f"@{kind}{{{key(item['id'])},\n" + ",\n".join(lines) + "\n}\n\n"


def key(identifier: str) -> str:
    """An ASCII key that is always the same for the same identifier."""
    plain = unicodedata.normalize("NFKD", identifier).encode("ascii", "ignore").decode()
    return NOT_IN_KEYS.sub("-", plain).strip("-") or "source"


def escape(text: str) -> str:
    """Text in which nothing is a command."""
    return without_emphasis(clean(text)).translate(ESCAPES)


def bibtex_dates(when: EdtfDate) -> tuple[dict[str, str], str]:
    """The fields ``year``, ``month`` and ``day`` as far as they are known, and words for the rest.

    Classic BibTeX has years and months only: spans, seasons and doubt are said in words.
    """
    first = when.start if when.is_interval else when
    if not isinstance(first, EdtfDate) or first.precision in (Precision.DECADE, Precision.CENTURY):
        return {}, ""  # there is a remark that says it
    day = first.earliest
    assert day is not None  # noqa: S101 -- only intervals have an open start
    fields = {"year": f"{day.year:04}"}
    if first.precision in (Precision.DAY, Precision.MONTH):
        fields["month"] = MONTHS[day.month - 1]
    if first.precision is Precision.DAY:
        fields["day"] = str(day.day)
    vague = when.approximate or when.uncertain or first.precision is Precision.SEASON
    return fields, published_words(when) if vague or when.is_interval else ""


def _author(name: dict[str, str]) -> str:
    if "literal" in name:
        return f"{{{escape(name['literal'])}}}"
    return ", ".join(escape(name[part]) for part in ("family", "suffix", "given") if part in name)


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."
