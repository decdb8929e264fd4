"""The system's Chromium, driven by Playwright: where it is and how it is started."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A browser that speaks to nobody but the server under test.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # What is not on this machine does not exist.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
HOW_TO_INSTALL = (
    "No Chromium was found. Install it (Debian: apt-get install chromium; macOS: brew install chromium) "
    "or set CHROMIUM to the path of its program."
)


class NoChromium(Exception):
    """There is no browser to open pages with."""


def program() -> Path:
    """The path of Chromium: the one named by ``CHROMIUM``, else the first on the PATH.

    :raises NoChromium: with a sentence that says how to install one.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if Path(named).is_file():
            return Path(named)
        raise NoChromium(f"CHROMIUM is {named}, where there is no program. {HOW_TO_INSTALL}")
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    raise NoChromium(HOW_TO_INSTALL)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser, closed at the end."""
    path = program()
    # Chromium's own sandbox refuses to start as root; the pages are ours.
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, headless=True, args=[*QUIET, *root], chromium_sandbox=not root
        )
        try:
            yield browser
        finally:
            browser.close()


def window(browser: Browser, *, width: int, theme: str, scripts: bool = True) -> BrowserContext:
    """A fresh window: no cookies, a width in CSS pixels, the device's theme ("light" or "dark")."""
    return browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=theme,  # type: ignore[arg-type]
        java_script_enabled=scripts,
        locale="en-GB",
        timezone_id="UTC",
        reduced_motion="reduce",
    )
