"""Every public page of the whole site with the starter data, in a browser."""

from __future__ import annotations

import pytest

from tests.browser.audit import Witness, accessibility_faults, sideways_faults, structure_faults
from tests.browser.conftest import Window
from tests.browser.pages import PAGES, Page
from tests.browser.serving import WholeSite

pytestmark = pytest.mark.browser

every_page = pytest.mark.parametrize("page", PAGES, ids=[page.path for page in PAGES])


@every_page
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_can_be_read_by_everybody(
    site: WholeSite, open_window: Window, page: Page, width: int, theme: str
) -> None:
    tab = open_window(width=width, theme=theme).new_page()
    witness = Witness(tab, site=site.address)

    answer = tab.goto(f"{site.address}{page.path}", wait_until="load")

    assert answer is not None
    assert answer.status == page.status, site.logged()
    # A browser notes every answer of 400 and above on the console; for such a page it is the right one.
    noted = [fault for fault in witness.faults if page.status < 400 or "Failed to load resource" not in fault]
    assert noted + sideways_faults(tab) + accessibility_faults(tab) == []


@every_page
def test_a_page_is_complete_without_scripts(site: WholeSite, open_window: Window, page: Page) -> None:
    with_scripts = open_window().new_page()
    without = open_window(scripts=False).new_page()
    with_scripts.goto(f"{site.address}{page.path}")

    answer = without.goto(f"{site.address}{page.path}")

    assert answer is not None
    assert answer.status == page.status, site.logged()
    assert without.locator("main").inner_text() == with_scripts.locator("main").inner_text()
    assert structure_faults(with_scripts) == []


@every_page
def test_a_page_fits_a_screen_of_320_pixels(site: WholeSite, open_window: Window, page: Page) -> None:
    tab = open_window(width=320).new_page()

    tab.goto(f"{site.address}{page.path}")

    assert sideways_faults(tab) == []
