"""A selection as each of its forms gives it: the events of page, exports and feed."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

ENTRY = re.compile(r'<li class="entry[^"]*" id="event-([a-z0-9-]+)"')
OLDER = re.compile(r'<a class="btn btn--line" rel="next" href="([^"]+)"')
COUNT = re.compile(r'data-count="([0-9]+)"')
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode()


def by_page(client: Client, query: str) -> list[str]:
    """The events of all pages, one after another, as the links lead."""
    found: list[str] = []
    address = f"/timeline/?{query}"
    while address:
        page = text_of(client, address)
        found += ENTRY.findall(page)
        older = OLDER.search(page)
        address = older[1].replace("&amp;", "&") if older else ""
    return found


def count_on_page(client: Client, query: str) -> int:
    found = COUNT.search(text_of(client, f"/timeline/?{query}"))
    assert found
    return int(found[1])


def csv_rows(client: Client, query: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(client, f"/timeline/export/csv/?{query}"), newline="")))


def json_rows(client: Client, query: str) -> list[dict[str, Any]]:
    lines = text_of(client, f"/timeline/export/jsonl/?{query}").split("\n")
    return [json.loads(line) for line in lines if line]


def feed_of(client: Client, address: str) -> ElementTree.Element:
    return ElementTree.fromstring(text_of(client, address))


def by_feed(client: Client, query: str) -> list[str]:
    """The events of the feed and of its following pages."""
    found: list[str] = []
    address = f"/timeline/feed.atom?{query}"
    while address:
        feed = feed_of(client, address)
        found += [
            urlsplit(link.attrib["href"]).path.removeprefix("/events/").strip("/")
            for link in feed.findall("a:entry/a:link", ATOM)
        ]
        following = [link.attrib["href"] for link in feed.findall("a:link", ATOM) if link.attrib["rel"] == "next"]
        parts = urlsplit(following[0]) if following else None
        address = f"{parts.path}?{parts.query}" if parts else ""
    return found
