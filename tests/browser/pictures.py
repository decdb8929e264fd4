"""Pictures of pages of a running server, at two widths and in two themes. Run by ``script/pictures``."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from playwright.sync_api import Error

from tests.browser import pages
from tests.browser.chromium import NoChromium, chromium, window

WIDTHS = (1280, 390)
THEMES = ("light", "dark")


def file_name(path: str, width: int, theme: str) -> str:
    """The name for /companies/microsoft/?as_of=2020-06-12 is "companies-microsoft-as_of-2020-06-12-390-dark.png"."""
    words = re.sub(r"[^\w.]+", "-", path).strip("-") or "overview"
    return f"{words}-{width}-{theme}.png"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/pictures",
        description="Saves a picture of each page at 1280 and 390 pixels, light and dark.",
    )
    parser.add_argument("site", help="address of a running server, as http://127.0.0.1:8000")
    parser.add_argument("folder", type=Path, help="where to save the pictures; made if missing")
    parser.add_argument("paths", nargs="*", help="pages, as /timeline/ (default: every page that tests open)")
    parser.add_argument("--width", type=int, action="append", help=f"instead of {WIDTHS}; may be repeated")
    parser.add_argument("--theme", choices=THEMES, action="append", help="instead of both")
    asked = parser.parse_intermixed_args()

    site = asked.site.rstrip("/")
    paths = asked.paths or [page.path for page in pages.PAGES]
    asked.folder.mkdir(parents=True, exist_ok=True)
    faults = 0
    try:
        with chromium() as browser:
            for width in asked.width or WIDTHS:
                for theme in asked.theme or THEMES:
                    context = window(browser, width=width, theme=theme)
                    sheet = context.new_page()
                    for path in paths:
                        name = asked.folder / file_name(path, width, theme)
                        try:
                            answer = sheet.goto(f"{site}{path}", wait_until="load")
                        except Error as fault:
                            print(f"{path}: {fault.message.splitlines()[0]}", file=sys.stderr)
                            faults += 1
                            continue
                        sheet.screenshot(path=name, full_page=True)
                        print(f"{answer.status if answer else '---'} {name}")
                    context.close()
    except NoChromium as missing:
        print(missing, file=sys.stderr)
        return 2
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
