"""What every export says of itself: which selection it is, of which day, and where the record stands."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from timeline.filters import Selection

LONGEST_NAME: Final = 80
UNSAFE: Final = re.compile(r"[^a-z0-9-]+")


@dataclass(frozen=True)
class About:
    """A selection as exports name it.

    site: the address of the site, without a slash at its end.
    selection: the address of the list that holds the same events.
    as_of: the day of the statuses, as 2020-06-12.
    at: the moment of the states of links.
    """

    site: str
    selection: str
    as_of: str
    at: datetime

    def address(self, path: str) -> str:
        """The full address of a page of this site."""
        return f"{self.site}{path}"


def about(selection: Selection, *, site: str) -> About:
    """:param site: such as https://example.org"""
    return About(
        site=site,
        selection=site + selection.address("/timeline/"),
        as_of=selection.as_of.isoformat(),
        at=selection.now,
    )


def file_name(selection: Selection, *, extension: str) -> str:
    """A name for the file, after the selection and its day, in plain ASCII: “pledge-record-microsoft-2020...”."""
    pairs = selection.pairs(without=["order", "cursor", "as_of"])
    # “1” says nothing without the name of what it is.
    said = [name if name in ("own", "disputed") else value for name, value in pairs]
    words = "-".join(filter(None, (_plain(value) for value in said)))
    name = f"pledge-record-{words}"[:LONGEST_NAME].rstrip("-") if words else "pledge-record"
    return f"{name}-as-of-{selection.as_of.isoformat()}.{extension}"


def _plain(value: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode()
    return UNSAFE.sub("-", ascii_only.lower()).strip("-")
