"""What the script adds to a picture: keys from mark to mark, a note beside a mark, a closer look."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tab
from tests.browser.serving import WholeSite

pytestmark = pytest.mark.browser
WIDE = ".chart__svg.chart--wide"


@pytest.fixture
def picture(site: WholeSite, open_tab: Tab):
    tab, witness = open_tab()
    tab.goto(f"{site.address}/companies/microsoft/", wait_until="load")
    expect(tab.locator(".chart__zoom.chart--wide button").first).to_be_visible()
    yield tab
    assert witness.faults == []


def test_arrow_keys_lead_from_mark_to_mark_and_enter_still_opens(picture) -> None:
    marks = picture.locator(f"{WIDE} a[aria-label]")
    marks.nth(1).focus()

    picture.keyboard.press("ArrowRight")
    expect(marks.nth(2)).to_be_focused()
    picture.keyboard.press("ArrowUp")
    expect(marks.nth(1)).to_be_focused()
    picture.keyboard.press("End")
    expect(marks.last).to_be_focused()
    picture.keyboard.press("ArrowDown")
    expect(marks.last).to_be_focused()

    picture.keyboard.press("Enter")
    picture.wait_for_url("**/pledges/**")


def test_a_mark_says_what_it_is_when_it_is_pointed_at_or_focused_until_escape(picture) -> None:
    mark = picture.locator(f"{WIDE} a[href*='/pledges/']").first
    note = picture.locator(f"{WIDE} .chart__note")

    mark.hover()
    expect(note).to_have_text(mark.get_attribute("aria-label") or "")
    picture.keyboard.press("Escape")
    expect(note).to_be_hidden()

    mark.focus()
    expect(note).to_be_visible()


def test_a_closer_look_can_be_scrolled_and_taken_back(picture) -> None:
    drawing = picture.locator(f"{WIDE} svg")
    before = drawing.bounding_box()["width"]

    picture.get_by_label("Closer look").first.click()
    assert drawing.bounding_box()["width"] > 1.4 * before
    assert picture.locator(WIDE).evaluate("frame => frame.scrollWidth > frame.clientWidth && frame.tabIndex === 0")
    assert picture.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    picture.get_by_label("Whole picture").first.click()
    assert drawing.bounding_box()["width"] == pytest.approx(before, abs=1)


def test_a_picture_that_is_saved_is_drawn_by_a_browser_in_its_own_colours(site: WholeSite, open_tab: Tab) -> None:
    tab, witness = open_tab()

    tab.goto(f"{site.address}/timeline/picture.svg?company=microsoft", wait_until="load")

    colour = tab.evaluate("getComputedStyle(document.querySelector('.lane-name')).fontWeight")
    assert colour == "600"
    assert witness.faults == []
