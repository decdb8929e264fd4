"""The comparison of companies as comma-separated values (RFC 4180): a row for each answer, or for its lack."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from typing import Final

from sources.citing.cells import Written, inert
from timeline.compare import Found, Group, Ring

COLUMNS: Final = ("question", "company", "ring", "answer", "rests_on", "address", "sources", "as_of")


def side_by_side_csv(groups: Iterable[Group], *, day: date, site: str) -> str:
    """The table as text.

    :param site: scheme and host of the site, without a slash at the end.
    """
    written = Written()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for row in (row for group in groups for row in group.rows):
        for cell in row.cells:
            for one in cell.found or [Found(ring=Ring.NONE, word="Nothing found")]:
                slugs = " || ".join(dict.fromkeys(each.source.slug for each in one.rests_on))
                address = f"{site}{one.href}" if one.href else ""
                answer = (row.question, cell.company.name, one.ring, one.word, one.text, address, slugs)
                writer.writerow([inert(str(value)) for value in (*answer, day.isoformat())])
    return written.taken()
