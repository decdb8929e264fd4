"""The timeline where scripts run: filters take effect in place, under the same addresses, and nothing jumps."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tab
from tests.browser.serving import WholeSite

pytestmark = pytest.mark.browser


@pytest.fixture
def timeline(site: WholeSite, open_tab: Tab):
    tab, witness = open_tab()
    tab.goto(f"{site.address}/timeline/", wait_until="load")
    yield tab
    assert witness.faults == []


def test_a_filter_takes_effect_at_once_in_place_and_in_the_address(timeline) -> None:
    timeline.evaluate("document.querySelector('main').dataset.kept = 'yes'")
    box = timeline.get_by_role("checkbox", name=re.compile("^Microsoft"))
    before = timeline.locator("#results-head strong").inner_text()

    box.focus()
    timeline.keyboard.press("Space")

    timeline.wait_for_url(re.compile(r"company=microsoft"))
    expect(timeline.locator("#results-head strong")).not_to_have_text(before)
    expect(timeline.get_by_role("list", name="Active filters")).to_contain_text("Microsoft")
    expect(box).to_be_focused()
    expect(box).to_be_checked()
    assert timeline.evaluate("document.querySelector('main').dataset.kept") == "yes"
    assert "Microsoft" in timeline.title()


def test_what_a_reader_has_opened_stays_open(timeline) -> None:
    facet = timeline.locator("details.facet", has=timeline.locator("summary", has_text="Who says so"))
    facet.locator("summary").first.click()

    facet.get_by_role("checkbox").first.check()

    timeline.wait_for_url(re.compile(r"standing="))
    expect(timeline.get_by_role("list", name="Active filters")).to_be_visible()
    assert facet.evaluate("one => one.open")


def test_a_filter_is_taken_away_and_back_brings_it_again(timeline) -> None:
    timeline.get_by_role("checkbox", name=re.compile("^Microsoft")).check()
    timeline.wait_for_url(re.compile(r"company=microsoft"))
    chip = timeline.get_by_role("list", name="Active filters").get_by_role("link", name=re.compile("Microsoft"))

    chip.click()
    timeline.wait_for_url(re.compile(r"/timeline/(\?(?!.*company).*)?$"))
    expect(timeline.get_by_role("checkbox", name=re.compile("^Microsoft"))).not_to_be_checked()

    timeline.go_back()
    expect(timeline.get_by_role("checkbox", name=re.compile("^Microsoft"))).to_be_checked()


def test_the_same_address_gives_the_same_list_to_who_comes_later(timeline, site: WholeSite, open_tab: Tab) -> None:
    timeline.get_by_role("checkbox", name=re.compile("^Amazon")).check()
    timeline.wait_for_url(re.compile(r"company=amazon"))
    expect(timeline.get_by_role("list", name="Active filters")).to_contain_text("Amazon")
    in_place = timeline.locator("#results").inner_text()

    later, _ = open_tab(scripts=False)
    later.goto(timeline.url)

    assert later.locator("#results").inner_text() == in_place
