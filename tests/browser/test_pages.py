"""Every public page of the whole site with the starter data, in a browser."""

from __future__ import annotations

import re

import pytest

from tests.browser.audit import (
    accessibility_faults,
    at_width,
    contrast_faults,
    in_the_dark,
    keyboard_faults,
    paper_faults,
    sideways_faults,
    structure_faults,
)
from tests.browser.conftest import Tab
from tests.browser.pages import PAGES, Page
from tests.browser.serving import WholeSite

pytestmark = pytest.mark.browser

every_page = pytest.mark.parametrize("page", PAGES, ids=[page.path for page in PAGES])


@pytest.fixture
def opened(site: WholeSite, open_tab: Tab):
    """Opens a page, and gives it with what it did wrong on the way."""

    def opens(page: Page, **how: object):
        tab, witness = open_tab(**how)
        answer = tab.goto(f"{site.address}{page.path}", wait_until="load")
        assert answer is not None
        assert answer.status == page.status, site.logged()
        # A browser notes every answer of 400 and above on the console; for such a page it is the right one.
        return tab, [fault for fault in witness.faults if page.status < 400 or "Failed to load resource" not in fault]

    return opens


# One visit for all of it, since to open a page takes as long as most of what is looked at then.
@every_page
def test_a_page_can_be_used_by_everybody_in_any_theme_by_keys_on_paper_and_without_scripts(
    site: WholeSite, opened, page: Page
) -> None:
    tab, faults = opened(page)

    faults += structure_faults(tab) + sideways_faults(tab) + accessibility_faults(tab)
    with in_the_dark(tab):
        faults += contrast_faults(tab)
    # What cannot be read has no day, and a link out of a letter is nobody else's.
    printed = (
        f"{site.address}{page.dated}" if page.status != 400 and not page.path.startswith("/digests/leave/") else ""
    )
    faults += keyboard_faults(tab) + paper_faults(tab, address=printed)
    assert faults == []

    without_scripts, faults = opened(page, scripts=False)
    assert _but_for_the_time(without_scripts.locator("main").inner_text()) == _but_for_the_time(
        tab.locator("main").inner_text()
    )
    assert faults == []


def _but_for_the_time(said: str) -> str:
    """What a page says; its address for citing holds the minute in which it was asked for."""
    return re.sub(r"recorded=[\d:TZ.+-]+", "recorded=", said)


@every_page
def test_a_page_can_be_read_by_everybody_on_a_narrow_screen(opened, page: Page) -> None:
    tab, faults = opened(page, width=390)

    faults += sideways_faults(tab) + accessibility_faults(tab)
    with at_width(tab, 320):
        faults += sideways_faults(tab)
    assert faults == []
