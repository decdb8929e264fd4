"""Taking the files apart: one JSON object a line, read one after the other, never all at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from .faults import FILES

OPTIONAL_FILES = frozenset({"rounds.jsonl"})
LONGEST_NUMBER = 40  # characters; no field holds one that needs more


class Line(NamedTuple):
    """One line of a file: what it holds, or what is wrong with it."""

    file: str
    number: int
    entry: Any
    fault: str = ""


class NoDataset(Exception):
    """A folder that holds no data set; the message says what is missing."""


class _Refused(ValueError):
    pass


def find_files(folder: Path) -> list[Path]:
    """The files of a data set, in the order in which they are read.

    :raises NoDataset: if the folder or one of the files is not there, or cannot be read.
    """
    if not folder.is_dir():
        raise NoDataset(f"{folder} is not a folder. Name the folder that holds companies.jsonl and the other files.")
    there = [name for name in FILES if (folder / name).exists()]
    missing = [name for name in FILES if name not in OPTIONAL_FILES and name not in there]
    if missing:
        raise NoDataset(f"{folder} has no {', '.join(missing)}. A data set has all of: {', '.join(FILES)}.")
    for name in there:
        if not (folder / name).is_file():
            raise NoDataset(f"{folder / name} is not a file. Put the file of that name in its place.")
    return [folder / name for name in there]


def is_first_format(folder: Path) -> bool:
    """Whether there are pledges and none says its form, as in the first format."""
    with (folder / "pledges.jsonl").open("rb") as lines:
        says_form = [b'"form"' in line for line in lines]
    return bool(says_form) and not any(says_form)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Refused(f"the field “{twice}” stands twice in one object. Leave one of them out.")
    return found


def _no_number(text: str) -> Any:
    raise _Refused(f"{text} is no number that can be stored. Write the number, or null.")


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise _Refused(f"a number has {len(text)} digits, more than any field holds. Write it anew, or null.")
    return int(text)


def _decimal(text: str) -> Decimal:
    try:
        if len(text) <= LONGEST_NUMBER:
            return Decimal(text)
    except InvalidOperation:
        pass
    raise _Refused(f"the number {text[:LONGEST_NUMBER]} has more digits than any field holds. Write it anew, or null.")


def parse_line(text: bytes) -> Any:
    """What a line holds.

    :raises ValueError: with a message that says how to mend it.
    """
    if not text.strip():
        raise _Refused("the line is empty. Delete it.")
    try:
        return json.loads(
            text.decode("utf-8"),
            parse_int=_whole,
            parse_float=_decimal,
            parse_constant=_no_number,
            object_pairs_hook=_once,
        )
    except UnicodeDecodeError as fault:
        raise _Refused(f"byte {fault.start + 1} is not UTF-8. Save the file as UTF-8.") from fault
    except json.JSONDecodeError as fault:
        hint = (
            "The file begins with a byte order mark: save it without."
            if text.startswith(b"\xef\xbb\xbf")
            else ("Write one JSON object on a line: names and texts between quotation marks, a comma between fields.")
        )
        raise _Refused(f"not JSON: {fault.msg.lower()} at character {fault.colno}. {hint}") from fault
    except RecursionError as fault:
        raise _Refused("is nested too deeply. Write it as the description of the format shows.") from fault


class Dataset:
    """A folder with the files of a data set. Its digest is known once all lines were read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = find_files(folder)
        self.first_format = is_first_format(folder)
        self.counts: dict[str, int] = {}
        self._digest = hashlib.sha256()

    @property
    def digest(self) -> str:
        """SHA-256 over the names and contents of the files, in hexadecimal."""
        return self._digest.hexdigest()

    @property
    def has_rounds(self) -> bool:
        return any(path.name == "rounds.jsonl" for path in self.files)

    def lines(self) -> Iterator[Line]:
        """Every line of every file, in an order in which what is pointed to mostly comes first."""
        for path in self.files:
            self._digest.update(f"{path.name}\n".encode())
            number = 0
            with path.open("rb") as lines:
                for number, text in enumerate(lines, 1):
                    self._digest.update(text)
                    try:
                        yield Line(path.name, number, parse_line(text))
                    except _Refused as fault:
                        yield Line(path.name, number, None, str(fault))
            self.counts[path.name] = number
