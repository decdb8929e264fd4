"""A quotation and the page it was taken from: does it stand there word for word, and if not, what stands there now.

The three parts of a quotation are those of a TextQuoteSelector (W3C Web Annotation Data Model).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

from django.db.models import TextChoices

from sources.reading import plain, stands_in


class Quotation(NamedTuple):
    """Quoted words and the words around them, empty where these are not known."""

    exact: str
    prefix: str = ""
    suffix: str = ""


class PassageStanding(TextChoices):
    """Whether a quotation stands on its page."""

    PRESENT = "present", "stands word for word"
    ALTERED = "altered", "stands there in other words"
    MISSING = "missing", "is no longer there"
    UNREADABLE = "unreadable", "could not be looked for"


class Change(NamedTuple):
    """A run of words of a word diff. `kind` is same, gone or new."""

    kind: str
    words: str


class Found(NamedTuple):
    """What was found of a quotation. `text` is what stands there now, `weighty` the words that change its meaning."""

    standing: PassageStanding
    text: str = ""
    score: float = 0.0  # 0 to 100; 100 only where present
    weighty: tuple[str, ...] = ()
    prefix: str = ""
    suffix: str = ""
    context_changed: bool = False


def find(quotation: Quotation, whole: str) -> Found:
    """Look for a quotation in all the visible text of a page."""
    standing = PassageStanding.PRESENT if stands_in(quotation.exact, plain(whole)) else PassageStanding.MISSING
    return Found(standing)


def anchor(exact: str, whole: str, *, context: int = 32) -> Quotation | None:
    """The quotation with the words before and after it, as they stand in the text; None where it does not stand."""
    return Quotation(exact) if stands_in(exact, plain(whole)) else None


def word_changes(before: str, after: str) -> list[Change]:
    """A word diff, in reading order."""
    return [Change("gone", before), Change("new", after)]


def weighty(changes: Sequence[Change]) -> tuple[str, ...]:
    """The words of negation, time and scope among what is gone or new, in lower case, each once."""
    return ()


def fragment(quotation: Quotation) -> str:
    """The text fragment that leads into the passage, `:~:text=…` (WICG Scroll To Text Fragment), without the #."""
    return ":~:text=" + quote(quotation.exact, safe="")
