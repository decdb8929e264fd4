"""Pictures of pages of a running server, at two widths and in two themes. Run by ``script/pictures``."""

from __future__ import annotations

import argparse
import base64
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Error, Page

from tests.browser import pages
from tests.browser.chromium import NoChromium, chromium, window
from tests.browser.serving import CHECKOUT, served, with_database

WIDTHS = (1280, 390)
THEMES = ("light", "dark")
# What README and docs/ show, by the name of its files: what one sees of it first.
IN_DOCUMENTS: Final = {
    "overview": "/",
    "timeline": "/timeline/?company=microsoft",
    "company": "/companies/amazon/",
    "pledge": "/pledges/amazon-rekognition-moratorium/",
    "source": "/sources/lost-page/",
    "compare": "/companies/compare/?company=microsoft&company=amazon&company=ibm&company=meta",
    "picture": "/timeline/picture/?company=microsoft&company=amazon&company=clearview-ai",
}
DOCUMENTS: Final = CHECKOUT / "docs" / "pictures"
# Of these, the part of a page that is seen, and how much smaller it is than on the screen.
SEEN: Final = {1280: (860, 0.6), 390: (780, 0.8)}
QUALITY: Final = 55


def file_name(path: str, width: int, theme: str) -> str:
    """The name for /companies/microsoft/?as_of=2020-06-12 is "companies-microsoft-as_of-2020-06-12-390-dark.png"."""
    words = re.sub(r"[^\w.]+", "-", path).strip("-") or "overview"
    return f"{words}-{width}-{theme}.png"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/pictures",
        description="Saves a picture of each page at 1280 and 390 pixels, light and dark.",
        epilog="script/pictures --documents needs no server: it makes those of docs/pictures/ anew.",
    )
    parser.add_argument("site", nargs="?", help="address of a running server, as http://127.0.0.1:8000")
    parser.add_argument("folder", nargs="?", type=Path, help="where to save the pictures; made if missing")
    parser.add_argument("paths", nargs="*", help="pages, as /timeline/ (default: every page that tests open)")
    parser.add_argument("--width", type=int, action="append", help=f"instead of {WIDTHS}; may be repeated")
    parser.add_argument("--theme", choices=THEMES, action="append", help="instead of both")
    parser.add_argument("--documents", action="store_true", help="make the pictures of docs/pictures/ anew")
    asked = parser.parse_intermixed_args()
    if not asked.documents and not asked.folder:
        parser.error("Give the address of a running server and a folder, or --documents.")
    widths, themes = asked.width or WIDTHS, asked.theme or THEMES
    try:
        if asked.documents:
            with own_site() as site:
                return documents(site, DOCUMENTS)
        paths = asked.paths or [page.path for page in pages.PAGES]
        return whole_pages(asked.site.rstrip("/"), asked.folder, paths, widths, themes)
    except NoChromium as missing:
        print(missing, file=sys.stderr)
        return 2


def whole_pages(site: str, folder: Path, paths: list[str], widths: list[int], themes: list[str]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    faults = 0
    with chromium() as browser:
        for width in widths:
            for theme in themes:
                context = window(browser, width=width, theme=theme)
                sheet = context.new_page()
                for path in paths:
                    name = folder / file_name(path, width, theme)
                    try:
                        answer = sheet.goto(f"{site}{path}", wait_until="load")
                    except Error as fault:
                        print(f"{path}: {fault.message.splitlines()[0]}", file=sys.stderr)
                        faults += 1
                        continue
                    sheet.screenshot(path=name, full_page=True)
                    print(f"{answer.status if answer else '---'} {name}")
                context.close()
    return 1 if faults else 0


def documents(site: str, folder: Path) -> int:
    """The pictures that README and docs/ show, small ones."""
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for width in WIDTHS:
            for theme in THEMES:
                context = window(browser, width=width, theme=theme)
                sheet = context.new_page()
                for name, path in IN_DOCUMENTS.items():
                    sheet.goto(f"{site}{path}", wait_until="networkidle")
                    saved = folder / f"{name}-{width}-{theme}.webp"
                    saved.write_bytes(_small_picture(sheet, width))
                    print(f"{saved.stat().st_size:>7,} {saved.relative_to(CHECKOUT)}")
                context.close()
    return 0


def _small_picture(sheet: Page, width: int) -> bytes:
    """What one sees of a page first, smaller, as WebP, which Playwright itself does not write."""
    height, scale = SEEN[width]
    devtools = sheet.context.new_cdp_session(sheet)
    taken = devtools.send(
        "Page.captureScreenshot",
        {
            "format": "webp",
            "quality": QUALITY,
            "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": scale},
            "captureBeyondViewport": True,
        },
    )
    devtools.detach()
    return base64.b64decode(taken["data"])


@contextmanager
def own_site() -> Iterator[str]:
    """A site with the starter data and all that ``states`` adds, on services of its own; gives its address."""
    from config import environment
    from config.embedded.run import throwaway_services

    with throwaway_services(environment.home()) as (_, settings), tempfile.TemporaryDirectory() as folder:
        os.environ.update(settings | {"DJANGO_SETTINGS_MODULE": "config.settings"})
        import django

        django.setup()
        from django.conf import settings as chosen

        from benchmarks.database import own_database

        with own_database("pictures"):
            name = chosen.DATABASES["default"]["NAME"]
            database = {key: with_database(os.environ[key], name) for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
            with served(os.environ | database, folder=Path(folder), data=CHECKOUT / "data") as site:
                site.manage("shell", "--verbosity", "0", "--command", "from tests.browser.states import add; add()")
                yield site.address


if __name__ == "__main__":
    sys.exit(main())
