"""Every part that pages are built from, seen in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser import samples
from tests.browser.audit import Witness, accessibility_faults, sideways_faults, structure_faults
from tests.browser.conftest import Window
from timeline import context, words

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _counts_of_the_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet has no record behind it whose rows could be counted."""
    monkeypatch.setattr(context, "current_counts", lambda: samples.COUNTS)


def opened(open_window: Window, address: str, **how: object) -> tuple[Page, Witness]:
    page = open_window(**how).new_page()
    witness = Witness(page, site=address)
    page.goto(f"{address}/", wait_until="load")
    return page, witness


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_every_part_can_be_read_by_everybody(sheet: str, open_window: Window, width: int, theme: str) -> None:
    page, witness = opened(open_window, sheet, width=width, theme=theme)

    faults = witness.faults + structure_faults(page) + sideways_faults(page) + accessibility_faults(page)

    assert faults == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_headline_has_a_colour_and_a_pattern_of_its_own(sheet: str, open_window: Window, theme: str) -> None:
    page, _ = opened(open_window, sheet, theme=theme)

    patterns = {slug: page.locator(f"#pt-{slug}").inner_html() for slug in words.HEADLINES}
    inks = page.eval_on_selector_all(
        ".legend .bar[class*='st-']", "bars => bars.map(bar => getComputedStyle(bar).getPropertyValue('--b-ink'))"
    )

    assert len({*patterns.values()} - {""}) >= len(words.HEADLINES) - 1, "only two outlines may share a blank ground"
    assert "" not in inks


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marks_and_borders_stand_out_three_to_one(sheet: str, open_window: Window, theme: str) -> None:
    page, _ = opened(open_window, sheet, theme=theme)
    names = [f"--{slug}-fill" for slug in words.HEADLINES] + [f"--{state}" for state in words.LINK_STATES]

    ratios = page.evaluate(CONTRASTS, [*names, "--rule-strong", "--focus"])

    assert {name: ratio for name, ratio in ratios.items() if ratio < 3} == {}


def test_a_menu_opens_without_a_script_and_stays_on_the_screen(sheet: str, open_window: Window) -> None:
    page, _ = opened(open_window, sheet, width=320, scripts=False)

    for menu in page.locator("details.menu > summary").all():
        menu.click()
        body = menu.locator("xpath=following-sibling::*").bounding_box()

        assert body is not None
        assert body["x"] >= 0
        assert body["x"] + body["width"] <= 320
        menu.click()


def test_filters_open_over_the_page_on_a_narrow_screen_without_a_script(sheet: str, open_window: Window) -> None:
    page, _ = opened(open_window, sheet, width=390, scripts=False)
    assert not page.get_by_role("button", name="Show events").is_visible()

    page.get_by_role("link", name="Filters (2)").click()

    assert page.get_by_role("button", name="Show events").is_visible()
    assert page.get_by_label("Amazon").is_enabled()
    assert page.get_by_label("Axon").is_disabled(), "a value that leaves nothing stays, and cannot be chosen"
    assert page.get_by_label("Clearview AI").is_enabled(), "what is chosen can be taken away"


def test_a_reader_can_force_the_theme_without_a_script(sheet: str, open_window: Window) -> None:
    page, _ = opened(open_window, sheet, theme="light", scripts=False)
    page.goto(f"{sheet}/?as_of=2020-06-12")

    page.get_by_role("button", name="Dark").click()

    assert page.url == f"{sheet}/?as_of=2020-06-12"
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_role("button", name="Match my device").click()
    assert page.locator("html").get_attribute("data-theme") is None


def test_the_keyboard_reaches_the_content_first(sheet: str, open_window: Window) -> None:
    page, _ = opened(open_window, sheet)

    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to main content"
    page.keyboard.press("Enter")

    assert page.locator(":focus").get_attribute("id") == "main"


def test_text_may_be_twice_as_large_without_sideways_scrolling(sheet: str, open_window: Window) -> None:
    page, _ = opened(open_window, sheet, width=640)

    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert sideways_faults(page) == []


def test_in_forced_colours_every_status_keeps_its_word_and_outline(sheet: str, open_window: Window) -> None:
    page, _ = opened(open_window, sheet)

    page.emulate_media(forced_colors="active")

    for badge in page.locator(".badge").all():
        assert badge.inner_text().strip()
        assert badge.evaluate("element => getComputedStyle(element).borderTopStyle") != "none"


def test_on_paper_the_address_with_its_date_is_printed_and_the_navigation_is_not(
    sheet: str, open_window: Window
) -> None:
    page, _ = opened(open_window, sheet)
    page.goto(f"{sheet}/?as_of=2020-06-12")

    page.emulate_media(media="print")

    assert f"{sheet}/?as_of=2020-06-12" in page.locator("footer").inner_text()
    assert not page.get_by_role("navigation", name="Main").is_visible()
    assert not page.locator(".facets").is_visible()


# The contrast of custom properties against the grounds that marks stand on, by WCAG's formula.
CONTRASTS = """(names) => {
  const style = getComputedStyle(document.documentElement);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = (name) => {
    canvas.fillStyle = style.getPropertyValue(name).trim();
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ratio = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((first, second) => first - second);
    return (light + 0.05) / (dark + 0.05);
  };
  return Object.fromEntries(names.map((name) =>
    [name, Math.min(ratio(name, "--surface"), ratio(name, "--paper"))]));
}"""
