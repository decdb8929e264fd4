"""Quoted words, noted once a source."""

from __future__ import annotations

from sources.models import Passage, Source


def passage_of(*, source: Source, exact: str) -> Passage:
    """The passage of a source with these words; made if there is none. Call within ``recording``.

    :param exact: the words as printed, without quotation marks around them.
    """
    noted = Passage.objects.filter(source=source, exact=exact).order_by("pk").first()
    return noted or Passage.objects.create(source=source, exact=exact)
