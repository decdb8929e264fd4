"""The sources behind a selection as CSL-JSON 1.0.2: an array of items."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from pledges.services.reading import Quoted
from sources.citing.csl import csl_item
from timeline.exports.about import About


def csl_json_lines(sources: Iterable[Quoted], about: About) -> Iterator[str]:
    """The file in pieces; each item says under ``custom`` of which selection it is part."""
    before = "[\n"
    for one in sources:
        item = csl_item(one.source, quotations=one.quotations)
        item["custom"] |= {"selection": about.selection, "as-of": about.as_of}
        yield before + json.dumps(item, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"
