"""What the markup of a page says of itself beside JSON-LD: meta tags, links, times, headings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

MOST_KEPT = 200  # of one name, and of elements of one kind
LONGEST = 2_000  # characters of a value
_MOST_ELEMENTS = 30_000
_MOST_DEPTHS = 600_000
_LONGEST_SCRIPT = 1_000_000
_DATED = ("datepublished", "datecreated")


class Time(NamedTuple):
    """One `<time>`: what it says to machines and to readers, and whether it is marked as the day of publication."""

    stated: str
    printed: str
    is_published: bool
    beside: bool  # stands in a list of other pages, a comment or the foot
    updates: bool


class Marks(NamedTuple):
    """All of it, names in lower case, values in the order of the page."""

    metas: dict[str, list[str]]
    links: dict[str, list[str]]
    scripts: list[str]
    times: list[Time]
    headings: list[str]
    bylines: list[str]
    title: str
    language: str
    asks_for_password: bool
    extractable: bool  # small enough for libraries whose time grows with the elements and with those above each

    def meta(self, *names: str) -> Iterator[tuple[str, str]]:
        """The values of the named meta tags, each with its name, in the order of the names."""
        for name in names:
            for value in self.metas.get(name.lower(), ()):
                yield name, value


NOTHING = Marks({}, {}, [], [], [], [], "", "", False, False)


def marks_of(root: Any) -> Marks:
    """Go through a parsed page once."""
    from lxml import etree

    metas: dict[str, list[str]] = {}
    links: dict[str, list[str]] = {}
    scripts: list[str] = []
    times: list[Time] = []
    headings: list[str] = []
    bylines: list[str] = []
    title = ""
    password = False
    elements = depth = depths = 0
    beside: list[Any] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            if beside and beside[-1] is element:
                beside.pop()
            continue
        depth += 1
        elements += 1
        depths += depth
        tag = element.tag
        if not isinstance(tag, str):
            continue
        given = element.attrib
        if tag == "meta":
            _note_meta(metas, given)
            continue
        if tag in ("aside", "nav", "footer") or (given and _is_beside(given.get("class", ""))):
            beside.append(element)
        if tag == "link":
            for name in given.get("rel", "").lower().split()[:5]:
                _add(links, name, given.get("href", ""))
        elif tag == "script":
            if "ld+json" in given.get("type", "").lower() and len(scripts) < MOST_KEPT:
                scripts.append((element.text or "")[:_LONGEST_SCRIPT])
        elif tag == "time" and len(times) < MOST_KEPT:
            times.append(_time(element, bool(beside)))
        elif tag == "h1" and len(headings) < MOST_KEPT:
            headings.append(_words(element))
        elif tag == "title" and not title:
            title = _words(element)
        elif tag == "input" and given.get("type", "").lower() == "password":
            password = True
        elif given and not beside and len(bylines) < MOST_KEPT and _is_byline(given):
            bylines.append(_words(element))
    extractable = elements <= _MOST_ELEMENTS and depths <= _MOST_DEPTHS
    language = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    return Marks(metas, links, scripts, times, headings, bylines, title, language.strip(), password, extractable)


def _note_meta(metas: dict[str, list[str]], given: Any) -> None:
    content = " ".join(given.get("content", "").split())
    if not content:
        return
    for attribute in ("property", "name", "itemprop", "http-equiv"):
        name = given.get(attribute, "").strip().lower()
        if name:
            prefix = {"itemprop": "itemprop ", "http-equiv": "http-equiv "}.get(attribute, "")
            _add(metas, prefix + name[:100], content)


def _add(table: dict[str, list[str]], name: str, value: str) -> None:
    value = value.strip()[:LONGEST]
    if not value or (name not in table and len(table) >= MOST_KEPT):
        return
    values = table.setdefault(name, [])
    if len(values) < MOST_KEPT and value not in values:
        values.append(value)


def _time(element: Any, beside: bool) -> Time:
    given = element.attrib
    marks = " ".join((given.get("itemprop", ""), given.get("class", ""))).lower()
    is_published = "pubdate" in given or any(mark in marks for mark in (*_DATED, "published"))
    return Time(
        stated=given.get("datetime", "").strip()[:100],
        printed=_words(element)[:200],
        is_published=is_published,
        beside=beside,
        updates=not is_published and any(mark in marks for mark in ("updated", "modified")),
    )


def _is_byline(given: Any) -> bool:
    if "author" in given.get("rel", "").lower().split() or given.get("itemprop", "").lower() == "author":
        return True
    return any(
        name in ("byline", "article-byline", "c-byline", "author-name") for name in given.get("class", "").split()
    )


def _is_beside(classes: str) -> bool:
    simple = classes.lower()
    return bool(simple) and any(
        mark in simple for mark in ("related", "comment", "sidebar", "recirc", "most-read", "teaser", "footer")
    )


def _words(element: Any) -> str:
    """The words of a small element; of a large one its beginning."""
    from lxml import etree

    pieces: list[str] = []
    for event, inner in islice(etree.iterwalk(element, events=("start", "end")), MOST_KEPT):
        piece = inner.text if event == "start" else inner.tail if inner is not element else None
        pieces.append((piece or "")[:LONGEST])
    return " ".join("".join(pieces)[:LONGEST].split())
