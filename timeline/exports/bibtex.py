"""The sources behind a selection as BibTeX, one entry each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pledges.services.reading import Quoted
from sources.citing.bibtex import bibtex_entry
from sources.citing.csl import csl_item
from timeline.exports.about import About


def bibtex_lines(sources: Iterable[Quoted], about: About) -> Iterator[str]:
    """The file in pieces; its first lines, which BibTeX reads over, say what was selected."""
    # An @ would begin an entry. Addresses hold none, as query strings write it %40.
    said = about.selection.replace("@", "%40")
    yield f"% Pledge Record: the sources behind {said}\n% As of {about.as_of}\n\n"
    for one in sources:
        yield bibtex_entry(csl_item(one.source, quotations=one.quotations))
