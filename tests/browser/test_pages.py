"""Every public page of the whole site with the starter data, in a browser."""

from __future__ import annotations

import pytest

from tests.browser.audit import (
    accessibility_faults,
    at_width,
    contrast_faults,
    in_the_dark,
    sideways_faults,
    structure_faults,
)
from tests.browser.conftest import Tab
from tests.browser.pages import PAGES, Page
from tests.browser.serving import WholeSite

pytestmark = pytest.mark.browser

every_page = pytest.mark.parametrize("page", PAGES, ids=[page.path for page in PAGES])


@every_page
@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_can_be_read_by_everybody(site: WholeSite, open_tab: Tab, page: Page, width: int) -> None:
    tab, witness = open_tab(width=width)

    answer = tab.goto(f"{site.address}{page.path}", wait_until="load")

    assert answer is not None
    assert answer.status == page.status, site.logged()
    # A browser notes every answer of 400 and above on the console; for such a page it is the right one.
    noted = [fault for fault in witness.faults if page.status < 400 or "Failed to load resource" not in fault]
    faults = noted + sideways_faults(tab) + accessibility_faults(tab)
    with in_the_dark(tab):
        faults += contrast_faults(tab)
    if width < 1000:
        with at_width(tab, 320):
            faults += sideways_faults(tab)
    assert faults == []


@every_page
def test_a_page_is_complete_without_scripts(site: WholeSite, open_tab: Tab, page: Page) -> None:
    with_scripts, _ = open_tab()
    without, _ = open_tab(scripts=False)
    with_scripts.goto(f"{site.address}{page.path}")

    answer = without.goto(f"{site.address}{page.path}")

    assert answer is not None
    assert answer.status == page.status, site.logged()
    assert without.locator("main").inner_text() == with_scripts.locator("main").inner_text()
    assert structure_faults(with_scripts) == []
