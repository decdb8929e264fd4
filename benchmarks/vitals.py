"""What a reader waits for: bytes, requests and the figures by which browsers rate pages.

Chromium opens each page with an empty cache, over lines as slow as readers have them (as Lighthouse takes them: for a
phone 150 ms and 1.6 Mbit/s with a processor four times slower, for a desk 40 ms and 10 Mbit/s), and says itself what
it saw. The site is served as in production, by gunicorn with the files that were collected.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from benchmarks.database import own_database
from benchmarks.measuring import load, median, table

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.serving import WholeSite

# Goals: of a page with its styles as sent, and of the figures, those that browsers' makers call good.
PAGE_BYTES = 20_000
PAINT_MS = 2_500
SHIFT = 0.1
BLOCKED_MS = 200


class Line(NamedTuple):
    """A reader's device. slower: how many times its processor is slower than this one."""

    name: str
    width: int
    delay_ms: float
    bytes_a_second: float
    slower: int


PHONE = Line("phone, 390", 390, 150, 1_638_400 / 8, 4)
DESK = Line("desk, 1280", 1280, 40, 10_240_000 / 8, 1)

PAGES = (
    "/",
    "/timeline/",
    "/companies/microsoft/",
    "/pledges/amazon-rekognition-moratorium/",
    "/sources/reuters-2020-06-11-police-ban/",
)
MANY = ("/", "/timeline/", "/timeline/picture/")

KINDS = {"Document": "document", "Stylesheet": "styles", "Script": "scripts", "Font": "fonts", "Image": "images"}

# Attached before anything of the page runs.
WITNESS = """
window.seen = { paint: 0, shift: 0, blocked: 0, longest: 0 };
const watch = (type, take) =>
  new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
watch("largest-contentful-paint", (entry) => { seen.paint = entry.startTime; });
watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
watch("longtask", (entry) => {
  seen.blocked += Math.max(entry.duration - 50, 0);
  seen.longest = Math.max(seen.longest, entry.duration);
});
"""


@dataclass
class Visit:
    """One opening of a page. sent: bytes over the line by kind, headers included."""

    paint: float = 0.0
    shift: float = 0.0
    blocked: float = 0.0
    longest: float = 0.0
    sent: Counter[str] = field(default_factory=Counter)
    requests: int = 0


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/bench vitals", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--events", type=int, default=5_000, help="events of the large record; 0 leaves it out")
    parser.add_argument("--weight-only", action="store_true", help="bytes and requests, which no load changes")
    given = parser.parse_args(arguments)
    rounds = 1 if given.weight_only else given.rounds

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["DATABASE_STATEMENT_TIMEOUT"] = "0"
    import django

    django.setup()
    from tests.browser.chromium import chromium

    missed: list[str] = []
    with starter_site() as site, chromium() as browser:
        missed += _measured("The starter data", site, browser, PAGES, rounds, weight_only=given.weight_only)
    if given.events:
        with large_site(given.events) as site, chromium() as browser:
            name = f"A record of {given.events:,} events"
            missed += _measured(name, site, browser, MANY, rounds, weight_only=given.weight_only)
    for line in missed:
        print(f"missed: {line}", file=sys.stderr)
    return 1 if missed else 0


@contextmanager
def starter_site() -> Iterator[WholeSite]:
    """The site with the starter data, as production serves it."""
    from tests.browser.serving import CHECKOUT

    with own_database("vitals"), _served(data=CHECKOUT / "data") as site:
        yield site


@contextmanager
def large_site(events: int) -> Iterator[WholeSite]:
    """The site with as many events, on 400 companies with 600 pledges."""
    from benchmarks.pages import fill

    with own_database("vitals_many"):
        fill(companies=400, pledges=600, events=events)
        with _served() as site:
            yield site


@contextmanager
def _served(data: Path | None = None) -> Iterator[WholeSite]:
    from django.conf import settings

    from tests.browser.serving import served, with_database

    name = settings.DATABASES["default"]["NAME"]
    database = {key: with_database(os.environ[key], name) for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    with tempfile.TemporaryDirectory(prefix="vitals-") as folder:
        options = ("--config", "config/gunicorn.py")
        with served(os.environ | database, folder=Path(folder), data=data, options=options) as site:
            yield site


def _measured(
    name: str, site: WholeSite, browser: Browser, paths: Sequence[str], rounds: int, *, weight_only: bool
) -> list[str]:
    """Print what was measured; gives the goals that were missed."""
    weights, figures, missed = [], [], []
    for path in paths:
        first_byte = _first_byte(site, path, rounds)
        for line in (PHONE,) if weight_only else (PHONE, DESK):
            visits = [_visit(site, browser, path, line) for _ in range(rounds)]
            sent = visits[-1].sent
            paint, shift = median([one.paint for one in visits]), median([one.shift for one in visits])
            blocked, longest = median([one.blocked for one in visits]), median([one.longest for one in visits])
            figures.append(
                (
                    path,
                    line.name,
                    f"{first_byte:.0f}",
                    f"{paint:.0f}",
                    f"{shift:.3f}",
                    f"{blocked:.0f}",
                    f"{longest:.0f}",
                )
            )
            if not weight_only:
                where = f"{path} ({name.lower()}), {line.name}"
                missed += [
                    f"{where}: {what} is {measured:g}, at most {goal:g}"
                    for what, measured, goal in (
                        ("largest paint", round(paint), PAINT_MS),
                        ("shift", round(shift, 3), SHIFT),
                        ("blocked", round(blocked), BLOCKED_MS),
                    )
                    if measured > goal
                ]
        page = sent["document"] + sent["styles"]
        weights.append(
            (
                path,
                *(f"{sent[kind]:,}" for kind in KINDS.values()),
                f"{page:,}",
                f"{sum(sent.values()):,}",
                visits[-1].requests,
            )
        )
        if page > PAGE_BYTES:
            missed.append(f"{path} ({name.lower()}): {page:,} bytes with its styles, at most {PAGE_BYTES:,}")
    print(f"\n{name}, {rounds} rounds. Load: {load()}.\n")
    print(table(("page", *KINDS.values(), "document and styles", "all", "requests"), weights))
    if not weight_only:
        head = ("page", "device", "first byte ms", "largest paint ms", "shift", "blocked ms", "longest task ms")
        print(f"\n{table(head, figures)}")
    return missed


def _first_byte(site: WholeSite, path: str, rounds: int) -> float:
    """Milliseconds until the answer begins, without any line between; the first answer is not counted."""
    parts = urlsplit(site.address)
    times = []
    for number in range(rounds + 1):
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=120)
        began = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "br"})
        answer = connection.getresponse()
        if number:
            times.append((time.perf_counter() - began) * 1_000)
        answer.read()
        connection.close()
    return median(times)


def _visit(site: WholeSite, browser: Browser, path: str, line: Line) -> Visit:
    from tests.browser.chromium import window

    visit = Visit()
    # A fresh window has an empty cache.
    context = window(browser, width=line.width, theme="light")
    page = context.new_page()
    page.add_init_script(WITNESS)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": line.delay_ms,
            "downloadThroughput": line.bytes_a_second,
            "uploadThroughput": line.bytes_a_second,
        },
    )
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": line.slower})
    kinds: dict[str, str] = {}

    def answered(event: dict) -> None:  # type: ignore[type-arg]
        kinds[event["requestId"]] = KINDS.get(event["type"], "images")

    def loaded(event: dict) -> None:  # type: ignore[type-arg]
        kind = kinds.get(event["requestId"])
        if kind:
            visit.sent[kind] += round(event["encodedDataLength"])
            visit.requests += 1

    devtools.on("Network.responseReceived", answered)
    devtools.on("Network.loadingFinished", loaded)
    page.goto(f"{site.address}{path}", wait_until="networkidle")
    seen = page.evaluate("window.seen")
    visit.paint, visit.shift = seen["paint"], seen["shift"]
    visit.blocked, visit.longest = seen["blocked"], seen["longest"]
    context.close()
    return visit
