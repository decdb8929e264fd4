"""Pages and pictures of a large record: time on the server, bytes, statements.

A database of its own holds as many companies, pledges and events as asked for, spread over ten years, a few companies
with much and most with little. Every page is asked for in this process, so that no network is in the figures.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import time
from collections.abc import Sequence
from datetime import date, timedelta

from benchmarks.database import own_database
from benchmarks.measuring import load, median, table

FIRST = date(2016, 1, 1)
DAYS = 3_650
KINDS = ("lawsuit", "statement", "audit", "legislation", "campaign", "contract", "ruling")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/bench pages", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--companies", type=int, default=400)
    parser.add_argument("--pledges", type=int, default=600)
    parser.add_argument("--events", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args(arguments)

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["DATABASE_STATEMENT_TIMEOUT"] = "0"
    import django

    django.setup()
    with own_database("pages"):
        began = time.monotonic()
        busiest = fill(companies=given.companies, pledges=given.pledges, events=given.events)
        print(
            f"{given.companies:,} companies, {given.pledges:,} pledges, {given.events:,} other events, written in "
            f"{time.monotonic() - began:.0f} s. Load: {load()}."
        )
        _measure(busiest, rounds=given.rounds)
    return 0


def fill(*, companies: int, pledges: int, events: int) -> list[str]:
    """:returns: the slugs of the companies with most on record."""
    from tests import factories as make

    chance = random.Random(7)

    def day() -> str:
        return (FIRST + timedelta(days=chance.randrange(DAYS))).isoformat()

    with make.published("A benchmark"):
        every = [make.a_company(f"company-{number:04}", name=f"Company {number:04}") for number in range(companies)]
        # As in every record, a few have most of it.
        weights = [1 / (place + 3) for place in range(companies)]
        source = make.a_source("report")
        for number in range(pledges):
            (company,) = chance.choices(every, weights)
            made = make.a_pledge(company=company, made_on=day(), source=source, title=f"No sales of kind {number}")
            if number % 4 == 0:
                make.an_effect(made, "withdrawn", "2026-06-01", source=source)
        for number in range(events):
            make.an_event(
                title=f"What happened, number {number}",
                kind=chance.choice(KINDS),
                date=day(),
                companies=list({one.pk: one for one in chance.choices(every, weights, k=2)}.values()),
                source=source,
            )
    return [one.slug for one in every[:4]]


def _measure(busiest: Sequence[str], *, rounds: int) -> None:
    from django.db import connection
    from django.db.models import Count
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from pledges.models import Event, Pledge
    from timeline.recorded import written

    client = Client(HTTP_HOST="127.0.0.1")
    first = busiest[0]
    # What the record says, and what it said at a time.
    now = written(timezone.now())
    pledge = Pledge.objects.annotate(effects_there=Count("effects")).order_by("-effects_there", "pk")[0]
    records = (f"/pledges/{pledge.slug}/", f"/events/{Event.objects.latest('pk').slug}/", f"/companies/{first}/")
    four = "&".join(f"company={slug}" for slug in busiest)
    paths = (
        "/",
        "/timeline/",
        f"/timeline/?company={first}",
        "/timeline/?q=happened",
        "/timeline/picture/",
        "/timeline/picture/?sheet=10",
        "/timeline/picture/?kind=lawsuit",
        "/timeline/picture.svg",
        "/timeline/picture.png",
        f"/companies/{first}/",
        f"/companies/compare/?{four}",
        "/companies/",
        "/pledges/",
        *(f"{address}{asked}" for address in records for asked in ("", f"?recorded={now}")),
    )
    rows = []
    for path in paths:
        client.get(path)
        times = []
        for _ in range(rounds):
            began = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - began) * 1_000)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(path)
        body = answer.content
        rows.append(
            (
                path,
                answer.status_code,
                f"{median(times):.0f}",
                len(asked),
                f"{len(body):,}",
                f"{len(gzip.compress(body, 6)):,}",
            )
        )
    print(table(("page", "status", "ms", "statements", "bytes", "compressed"), rows))
