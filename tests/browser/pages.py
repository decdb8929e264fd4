"""Every public page that the browser tests open and ``script/pictures`` photographs.

Add a line for each new kind of page, and one for each state of it that looks different. The records
named here are those of the starter data, and of ``states.py``.
"""

from __future__ import annotations

from typing import NamedTuple


class Page(NamedTuple):
    """An address of the site and the status of its answer."""

    path: str
    status: int = 200

    @property
    def dated(self) -> str:
        """Its address as it is printed, with its day last: DAY where it has none of its own."""
        bare, _, query = self.path.partition("?")
        parameters = query.split("&") if query else []
        day = next((one for one in parameters if one.startswith("as_of=")), "as_of=DAY")
        return f"{bare}?{'&'.join([*(one for one in parameters if one != day), day])}"


PAGES: list[Page] = [
    Page("/"),
    Page("/?as_of=2020-06-12"),
    # The timeline: everything, a selection, a search on another day, nothing found
    Page("/timeline/"),
    Page("/timeline/?company=microsoft&year=2020"),
    Page("/timeline/?q=rekognition&as_of=2020-06-12"),
    Page("/timeline/?q=xylophone"),
    Page("/timeline/?kind=no-such-kind", 400),
    # A selection as a picture, all of it in sheets, and nothing to draw
    Page("/timeline/picture/"),
    Page("/timeline/picture/?kind=lawsuit&as_of=2022-06-01"),
    Page("/timeline/picture/?q=xylophone"),
    # Companies: a pledge-maker, an investor, one that is only named
    Page("/companies/"),
    Page("/companies/microsoft/"),
    Page("/companies/amazon/?as_of=2020-06-12"),
    Page("/companies/clearview-ai/"),
    Page("/companies/compare/"),
    Page("/companies/compare/?company=microsoft&company=amazon&company=ibm&company=meta&as_of=2020-06-12"),
    Page("/companies/compare/?company=ring"),
    # Pledges: narrowed and disputed, an act that is completed, one with two clauses, one before it was made
    Page("/pledges/"),
    Page("/pledges/?status=in-force"),
    Page("/pledges/amazon-rekognition-moratorium/"),
    Page("/pledges/amazon-rekognition-moratorium/?as_of=2021-03-20"),
    Page("/pledges/microsoft-no-us-police-sales/"),
    Page("/pledges/microsoft-no-us-police-sales/?as_of=2019-01-01"),
    Page("/pledges/meta-shut-down-face-recognition/"),
    Page("/pledges/clearview-aclu-settlement-terms/?as_of=2028-06-01"),
    Page("/pledges/google-ai-principles-surveillance/"),
    Page("/pledges/clearview-france-order/"),
    Page("/pledges/microsoft-no-us-police-sales/history/"),
    # What the record said at a time, before it began
    Page("/pledges/microsoft-no-us-police-sales/?recorded=2019-01-01", 404),
    # The rest of the record
    Page("/investments/"),
    Page("/investments/microsoft-m12-anyvision-series-a/"),
    Page("/events/anyvision-audit-findings/"),
    Page("/events/aclu-clearview-settlement/"),
    Page("/sources/"),
    Page("/sources/reuters-2020-06-11-police-ban/"),
    Page("/sources/9to5google-2018-12-13/"),
    Page("/sources/bemparana-folha-2018-09-14-viaquatro/"),
    # Digests by e-mail: what needs no link from a mail (the others: test_digests.py)
    Page("/digests/"),
    Page("/digests/?company=microsoft&company=amazon&kind=lawsuit&as_of=2020-06-12"),
    Page("/digests/asked/"),
    Page("/digests/leave/not-a-link/", 404),
    # About the record
    Page("/about/"),
    Page("/about/following/"),
    Page("/about/licence/"),
    Page("/about/privacy/"),
    Page("/about/our-robot/"),
    Page("/methodology/"),
    Page("/corrections/"),
    Page("/report-an-error/"),
    Page("/no-such-page/", 404),
    # States that the starter data has none of (states.py)
    Page("/companies/a-very-long-name/"),
    Page("/companies/compare/?company=a-very-long-name&company=right-to-left"),
    Page("/pledges/one-long-word/"),
    Page("/pledges/right-to-left/"),
    Page("/sources/lost-page/"),
]
