"""What must hold of every page in a browser, as lists of faults in words (an empty list is good)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# WCAG 2.2 up to AA, and axe's own good practices.
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}


class Witness:
    """Notes what a page says to the console and whom it asks, until it leaves. Attach it before the page is opened."""

    def __init__(self, page: Page, *, site: str) -> None:
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.site = site
        self.page = page
        self.listeners: dict[str, Callable[[Any], None]] = {
            "console": lambda message: self.faults.append(f"console {message.type}: {message.text}"),
            "pageerror": lambda error: self.faults.append(f"script error: {error}"),
            "requestfailed": lambda request: self.faults.append(f"failed: {request.url}"),
            "request": lambda request: self.noted(request.url),
            "response": lambda response: (
                self.faults.append(f"{response.status}: {response.url}")
                if response.status >= 400 and not response.request.is_navigation_request()
                else None
            ),
        }
        for event, listener in self.listeners.items():
            page.on(event, listener)

    def leave(self) -> None:
        for event, listener in self.listeners.items():
            self.page.remove_listener(event, listener)

    def noted(self, url: str) -> None:
        self.requests.append(url)
        if not url.startswith((f"{self.site}/", "data:")):
            self.faults.append(f"asks somebody else: {url}")


# All that a theme can change.
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}


@contextmanager
def in_the_dark(page: Page) -> Iterator[None]:
    """The same page as a device with a dark theme shows it."""
    page.emulate_media(color_scheme="dark")
    yield
    page.emulate_media(color_scheme="light")


@contextmanager
def at_width(page: Page, width: int) -> Iterator[None]:
    """The same page in a window of another width."""
    before = page.viewport_size
    assert before is not None
    page.set_viewport_size({"width": width, "height": before["height"]})
    yield
    page.set_viewport_size(before)


def contrast_faults(page: Page) -> list[str]:
    """What axe finds too faint, one line an element."""
    return accessibility_faults(page, rules=CONTRAST)


def accessibility_faults(page: Page, *, rules: dict[str, Any] = RULES) -> list[str]:
    """Violations that axe finds, one line an element."""
    found = Axe().run(page, options=rules).response["violations"]
    return [
        f"{violation['id']} ({violation['impact']}): {' '.join(map(str, node['target']))}: "
        f"{'; '.join(check['message'] for check in node['any'] + node['all'] + node['none'])}"
        for violation in found
        for node in violation["nodes"]
    ]


def sideways_faults(page: Page) -> list[str]:
    """Whether the page scrolls sideways, and which elements stick out."""
    return page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          const scrolls = (element) => {
            for (let up = element.parentElement; up; up = up.parentElement)
              if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(up).overflowX)) return true;
            return false;
          };
          return [...document.body.querySelectorAll("*")]
            .filter((element) => element.getBoundingClientRect().right > width + 0.5 && !scrolls(element))
            .map((element) => `sticks out to ${Math.round(element.getBoundingClientRect().right)} of ${width}: `
              + element.outerHTML.slice(0, 120))
            .slice(0, 10);
        }"""
    )


def structure_faults(page: Page) -> list[str]:
    """What a page's own markup must keep, whatever it shows."""
    faults: list[str] = []
    ids = page.eval_on_selector_all("[id]", "elements => elements.map(element => element.id)")
    faults += [f"id used {times} times: {name}" for name, times in Counter(ids).items() if times > 1]
    targets = page.eval_on_selector_all('a[href^="#"]', "links => links.map(link => link.getAttribute('href'))")
    faults += [f"leads nowhere: {target}" for target in sorted(set(targets)) if target[1:] not in ids]
    uses = page.eval_on_selector_all("use", "marks => marks.map(mark => mark.getAttribute('href'))")
    faults += [f"no such mark: {mark}" for mark in sorted(set(uses)) if mark[1:] not in ids]
    fills = page.eval_on_selector_all('[fill^="url(#"]', "marks => marks.map(mark => mark.getAttribute('fill'))")
    faults += [f"no such pattern: {fill}" for fill in sorted(set(fills)) if fill[5:-1] not in ids]
    headings = page.locator("h1").count()
    if headings != 1:
        faults.append(f"{headings} headings of the first level")
    if page.locator("[style]").count():
        faults.append("an inline style: " + page.locator("[style]").first.evaluate("element => element.outerHTML"))
    if page.locator("style, script:not([src]):not([type='application/ld+json'])").count():
        faults.append("a style or script written into the page")
    if not page.title().strip() or page.title() == "Pledge Record":
        faults.append(f"the title says nothing: {page.title()!r}")
    return faults
