"""What was read from a page, each value with where it stood. Nothing of it is accepted by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from sources.reading import plain
from sources.text import PageText

T = TypeVar("T")
NO_TEXT = PageText("", "")


class Value(NamedTuple, Generic[T]):
    """One reading of a field. `basis` says in words where it was read; not `sure` is a guess, to be confirmed."""

    value: T
    basis: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """A page read for its entry; in each list the reading to be preferred comes first.

    Where `refused` holds a sentence, nothing was read: what came is not the page. Dates are EDTF. `possible` are the
    days that one printed date may mean, where it does not say which of its numbers is the month.
    """

    refused: str = ""
    title: list[Value[str]] = field(default_factory=list)
    authors: list[Value[tuple[str, ...]]] = field(default_factory=list)
    publisher: list[Value[str]] = field(default_factory=list)
    published: list[Value[str]] = field(default_factory=list)
    possible: list[Value[str]] = field(default_factory=list)
    updated: list[Value[str]] = field(default_factory=list)
    language: list[Value[str]] = field(default_factory=list)
    canonical: list[Value[str]] = field(default_factory=list)
    type: list[Value[str]] = field(default_factory=list)
    paywalled: list[Value[bool]] = field(default_factory=list)
    syndicated_from: list[Value[str]] = field(default_factory=list)
    text: PageText = NO_TEXT


FIELDS = (
    "title",
    "authors",
    "publisher",
    "published",
    "updated",
    "language",
    "canonical",
    "type",
    "paywalled",
    "syndicated_from",
)


def agreed(values: Iterable[Value[T]], *, alike: Callable[[T], Any] = lambda value: value) -> list[Value[T]]:
    """Each value once, by its best basis; where the page itself says two things, neither is sure.

    A guess neither confirms a value that is stated nor casts doubt on it.

    :param alike: what two values have in common that differ in writing alone.
    """
    found: dict[Any, Value[T]] = {}
    for value in values:
        key = alike(value.value)
        earlier = found.get(key)
        if earlier is None:
            found[key] = value
        elif value.sure and not earlier.sure:
            found[key] = earlier._replace(basis=f"{earlier.basis}; {value.basis}", sure=True)
    stated = [value for value in found.values() if value.sure]
    if len(stated) > 1:
        return [value._replace(sure=False) for value in found.values()]
    return sorted(found.values(), key=lambda value: not value.sure)


def same_words(text: str) -> str:
    """A text as it is compared: without case, marks and spaces."""
    return "".join(letter for letter in plain(text) if letter.isalnum())
