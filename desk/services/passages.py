"""Quoted words, noted once a source."""

from __future__ import annotations

from sources.models import Passage, Source
from sources.quotations import Quotation


def passage_of(*, source: Source, quotation: Quotation) -> Passage:
    """The passage of a source with these words; made if there is none. Call within ``recording``.

    :param quotation: the words as printed, without quotation marks around them, and the words around them where these
        are known.
    """
    noted = Passage.objects.filter(source=source, exact=quotation.exact).order_by("pk").first()
    return noted or Passage.objects.create(source=source, **quotation._asdict())
