"""Every public page that the browser tests open and ``script/pictures`` photographs.

Add a line for each new kind of page, and one for each state of it that looks different. The records
named here are those of the starter data.
"""

from __future__ import annotations

from typing import NamedTuple


class Page(NamedTuple):
    """An address of the site and the status of its answer."""

    path: str
    status: int = 200


PAGES: list[Page] = [
    Page("/"),
    Page("/timeline/"),
    Page("/timeline/?company=microsoft&year=2020"),
    Page("/timeline/?q=rekognition&as_of=2020-06-12"),
    Page("/companies/"),
    Page("/companies/microsoft/"),
    Page("/pledges/"),
    Page("/sources/"),
    Page("/about/"),
    Page("/methodology/"),
    Page("/timeline/?kind=no-such-kind", 400),
    Page("/no-such-page/", 404),
]
