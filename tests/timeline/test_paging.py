"""Pages keep their place, cost the same however long the list is, and refuse places that are none."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.small_set import cited, development, pledge, source
from tests.timeline.reading import ENTRY, OLDER, by_page, text_of

Enter = Callable[..., None]
MANY = 60


def days(number: int, *, first: int = 0) -> list[dict[str, Any]]:
    """Fines on consecutive days, two on each."""
    return [
        development(id=f"fine-{n:03}", date=f"2020-{1 + n // 56:02}-{1 + n // 2 % 28:02}") for n in range(first, number)
    ]


def newer_link(page: str) -> str:
    return page.partition('rel="prev" href="')[2].rpartition('"')[0].partition('"')[0].replace("&amp;", "&")


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_the_pages_hold_every_event_once_and_lead_back_as_they_came(client: Client, enter: Enter, order: str) -> None:
    enter(developments=days(MANY))
    first = text_of(client, f"/timeline/?order={order}")
    second = text_of(client, OLDER.search(first)[1].replace("&amp;", "&"))
    third = text_of(client, OLDER.search(second)[1].replace("&amp;", "&"))

    assert [len(ENTRY.findall(page)) for page in (first, second, third)] == [25, 25, 10]
    assert OLDER.search(third) is None
    back = text_of(client, newer_link(third.partition('class="pager"')[2]))
    assert ENTRY.findall(back) == ENTRY.findall(second)
    start = text_of(client, newer_link(back.partition('class="pager"')[2]))
    assert ENTRY.findall(start) == ENTRY.findall(first)


def test_a_saved_address_keeps_its_place_when_events_are_added(client: Client, enter: Enter) -> None:
    enter(developments=days(MANY))
    saved = OLDER.search(text_of(client, "/timeline/"))[1].replace("&amp;", "&")
    before = ENTRY.findall(text_of(client, saved))

    enter(developments=[*days(MANY), *(development(id=f"new-{n}", date="2024-01-01") for n in range(30))])

    assert ENTRY.findall(text_of(client, saved)) == before


def test_the_page_says_where_in_the_list_it_is(client: Client, enter: Enter) -> None:
    enter(developments=days(MANY))
    first = text_of(client, "/timeline/")
    second = text_of(client, OLDER.search(first)[1].replace("&amp;", "&"))

    assert "Older: 35 more, back to 2020" in first
    assert "26 to 50 of 60." in second


def written(*said: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%00",
        "a" * 5000,
        written(),
        written("n", 1, "2020-06-10"),
        written("n", 1, "2020-06-31", 5),
        written("n", 1, "2020-06-10", "5"),
        written("n", 1, "2020-06-10", -5),
        written("n", 1, "2020-06-10", 2**70),
        written("n", 2, "2020-06-10", 5),
        written("n", 1, "2020-06-10", 5, 6, 7),
        written("o", 1, "2020-06-10", 5),
        written("n", 1, "20200610", 5),
        written("n", 1, 20200610, 5),
        written("n", 1, "2020-06-10", 1.5),
        written("n", 1, "2020-06-10", True),
        written("n", 1, None, 5),
        written("n", 1, "2020-06-10", 5) + "==",
        "W" * 150,
        "[" * 100,
    ],
)
def test_a_place_that_this_site_did_not_write_is_refused(client: Client, db: None, cursor: str) -> None:
    assert client.get(f"/timeline/?cursor={cursor}").status_code == 400


def test_a_place_in_another_order_is_refused(client: Client, enter: Enter) -> None:
    enter(developments=days(MANY))
    place = OLDER.search(text_of(client, "/timeline/"))[1].partition("cursor=")[2]

    assert client.get(f"/timeline/?order=oldest&cursor={place}").status_code == 400


def full_rows(number: int) -> dict[str, list[dict[str, Any]]]:
    """Events with everything that a row can show, each resting on sources of its own."""
    sources = [source(id=f"s-{n}-{m}") for n in range(number) for m in range(2)]
    both = [[cited(f"s-{n}-0", quote="so it said"), cited(f"s-{n}-1", stance="disputes")] for n in range(number)]
    return {
        "companies": [{}, *({"slug": f"c-{n}", "name": f"C {n}"} for n in range(number))],
        "sources": [source(), *sources],
        "developments": [development(id=f"d-{n}", companies=[f"c-{n}"], sources=both[n]) for n in range(number)],
        "pledges": [pledge(id=f"p-{n}", company=f"c-{n}") for n in range(number)],
    }


ADDRESSES = [
    "/timeline/",
    "/timeline/?company=acme&status=in-force&kind=made&jurisdiction=US&year=2020&order=oldest",
    "/timeline/?q=police&order=relevance",
    "/timeline/feed.atom",
    "/timeline/export/csv/",
    "/timeline/export/jsonl/",
    "/timeline/export/bibtex/",
    "/timeline/export/ris/",
    "/timeline/export/csl-json/",
]


@pytest.fixture
def costs(client: Client, enter: Enter) -> Callable[[int], dict[str, int]]:
    def counted(number: int) -> dict[str, int]:
        enter(**full_rows(number))
        found = {}
        for address in ADDRESSES:
            cache.clear()
            with CaptureQueriesContext(connection) as queries:
                text_of(client, address)
            found[address] = len(queries)
        return found

    return counted


def test_pages_feed_and_exports_cost_the_same_queries_with_one_row_and_with_twenty(
    costs: Callable[[int], dict[str, int]],
) -> None:
    one = costs(1)

    twenty = costs(20)

    assert twenty == one
    assert all(number <= 8 for address, number in twenty.items() if address.startswith("/timeline/?")), twenty
    assert twenty["/timeline/"] <= 8


def test_a_long_list_is_walked_to_its_end(client: Client, enter: Enter) -> None:
    enter(developments=days(MANY))

    assert len(set(by_page(client, "kind=fine"))) == MANY
