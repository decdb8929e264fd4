"""The sources behind a selection as RIS, one record each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pledges.services.reading import Quoted
from sources.citing.csl import csl_item
from sources.citing.ris import ris_record
from timeline.exports.about import About


def ris_lines(sources: Iterable[Quoted], _about: About) -> Iterator[str]:
    """The file in pieces. RIS has no place for words about the whole: the name of the file says what was selected."""
    for one in sources:
        yield ris_record(csl_item(one.source, quotations=one.quotations))
