"""What must hold of every page in a browser, as lists of faults in words (an empty list is good)."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pypdf import PdfReader

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


# What a page offers to the keyboard, in the order of reading, and how each looks while the focus is elsewhere. Where
# the focus stands is noted as the next key goes down, when the page has come to rest.
WALK = """() => {
  // Of radio buttons a key reaches one, and arrows the others.
  const stands = (one) => {
    const group = one.type === "radio" ? [...document.getElementsByName(one.name)] : [one];
    return one === (group.find((other) => other.checked) ?? group[0]);
  };
  const offered = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter((one) => one.tabIndex >= 0 && !one.disabled && one.type !== "hidden" && one.checkVisibility())
    .filter(stands);
  const look = (one) => [one, one.parentElement, one.firstElementChild].filter(Boolean).map((part) => {
    const style = getComputedStyle(part);
    return [style.outline, style.boxShadow, style.stroke, style.strokeWidth].join();
  }).join();
  const before = new Map(offered.map((one) => [one, look(one)]));
  const name = (one) => one.outerHTML.replace(/\\s+/g, " ").slice(0, 110);
  const reached = [], faults = [];
  const note = () => {
    const one = document.activeElement;
    if (one === document.body || one === reached.at(-1)) return;
    reached.push(one);
    if (look(one) === before.get(one)) faults.push("nothing shows the focus on " + name(one));
    const box = (one instanceof SVGElement ? one.firstElementChild : one).getClientRects()[0];
    // Of what is larger than the window, the middle of what is seen.
    const x = (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2;
    const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
    const seen = box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
    const there = seen ? document.elementFromPoint(x, y) : null;
    if (!there) faults.push("the focus is outside the window, on " + name(one));
    else if (!one.contains(there) && !there.contains(one)) faults.push(name(there) + " covers the one with the focus, "
      + name(one));
  };
  document.addEventListener("keydown", note, true);
  window.walk = { steps: offered.length, end: () => {
    note();
    document.removeEventListener("keydown", note, true);
    const place = offered.findIndex((one, place) => reached[place] !== one);
    if (place >= 0) faults.push(
      `key ${place + 1} of ${offered.length} leads to ${reached[place] ? name(reached[place]) : "nothing"}, not to `
      + name(offered[place]));
    else if (reached.length > offered.length && reached[offered.length] !== offered[0])
      faults.push("not offered, yet reached: " + name(reached[offered.length]));
    return faults;
  } };
  return offered.length;
}"""


def keyboard_faults(page: Page) -> list[str]:
    """Walks a page by the keyboard alone, from the link that skips to its content to its end.

    All that is offered is reached once, in the order in which it is read; one sees where the focus is; nothing holds
    it. What is folded opens and closes, and the first link leads to the content.
    """
    steps = page.evaluate(WALK)
    for _ in range(steps + 1):
        page.keyboard.down("Tab")
    page.keyboard.up("Tab")
    faults: list[str] = page.evaluate("window.walk.end()")
    for fold in page.locator("summary:visible").all():
        fold.focus()
        page.keyboard.press("Enter")
        opened = fold.evaluate("one => one.parentElement.open")
        page.keyboard.press("Enter")
        if opened == fold.evaluate("one => one.parentElement.open"):
            faults.append(f"does not open and close by a key: {fold.inner_text()}")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    if page.evaluate("document.activeElement.id") != "main":
        faults.append("the first link does not lead to the content")
    return faults


# Not on paper: words of the navigation, the filters and whatever else only a screen can act on.
NOT_ON_PAPER = (
    "Skip to main content",
    "OverviewTimelinePledgesCompanies",
    "Choose another date",
    "Show events",
    "Clear all",
    "Download every event",
    "Match my device",
)


def paper_faults(page: Page, *, address: str) -> list[str]:
    """What is wrong with a page as it is printed: its first sheet, and its last ones with its address and its sources.

    :param address: of the page, with its day; empty for a page that is printed without.
    """
    links = page.eval_on_selector_all(
        '.reflist a[href^="http"]', "links => links.map(link => link.getAttribute('href'))"
    )
    wanted = [_pattern(one) for one in ([address] if address else []) + links]
    first, *others = PdfReader(io.BytesIO(page.pdf())).pages
    beginning = _bare(first.extract_text())
    printed = beginning if not others else ""
    # To read a sheet takes time, and there may be twenty.
    while others and not (printed and all(re.search(one, printed) for one in wanted)):
        printed = _bare(others.pop().extract_text()) + printed
    printed = beginning + printed
    faults = [f"is printed: {words}" for words in NOT_ON_PAPER if _bare(words) in printed]
    return faults + [f"is not printed: {one}" for one in wanted if not re.search(one, printed)]


def _pattern(address: str) -> str:
    return re.escape(_bare(address)).replace("DAY", r"\d{4}-\d\d-\d\d")


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)
