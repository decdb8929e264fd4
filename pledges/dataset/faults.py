"""What is wrong with a data set, collected over all of its files before anything is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

FILES = (
    "companies.jsonl",
    "sources.jsonl",
    "developments.jsonl",
    "pledges.jsonl",
    "rounds.jsonl",
    "investments.jsonl",
)


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong, where it is, and how to mend it."""

    place: int
    line: int
    field: str
    words: str

    @property
    def file(self) -> str:
        return FILES[self.place]

    def __str__(self) -> str:
        """One line, whatever the files hold."""
        return printable(f"{self.file}:{self.line}: {self.field}: {self.words}")


class Faulty(Exception):
    """A data set with faults; nothing of it was written."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))


def printable(text: str) -> str:
    """A text with what cannot be seen or written out replaced by how a program would name it."""
    return text if text.isprintable() else "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def nearest(word: str, known: Iterable[str], *, most: int = 3) -> str:
    """A question that offers the nearest known words: “ Did you mean X or Y?”; empty if none is near."""
    near = get_close_matches(word, list(known), n=most, cutoff=0.7)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def listed(words: Iterable[str], *, most: int = 40) -> str:
    """Words for a message, cut off where there are very many."""
    words = list(words)
    shown = ", ".join(words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"
