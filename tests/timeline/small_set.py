"""Data sets of a few rows, in the format of ``data/README.md``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILES = ("companies", "sources", "pledges", "investments", "developments", "rounds")
COMPANY = {
    "slug": "acme",
    "name": "Acme",
    "aliases": [],
    "roles": ["vendor"],
    "country": "US",
    "parent": None,
    "wikidata": None,
    "website": None,
    "note": None,
}
SOURCE = {
    "id": "report",
    "url": "https://news.example/report",
    "title": "The report",
    "title_basis": "page",
    "authors": [],
    "publisher": "The Example",
    "published": "2020-06-10",
    "language": "en",
    "type": "news",
    "first_reported_by": None,
    "syndicated_from": None,
    "note": None,
}
DEVELOPMENT = {
    "id": "fined",
    "kind": "fine",
    "date": "2020-06-10",
    "title": "Acme is fined",
    "summary": "A fine.",
    "companies": ["acme"],
    "jurisdictions": ["US"],
    "amounts": [],
    "outcome": None,
}
PLEDGE = {
    "id": "acme-stops",
    "company": "acme",
    "title": "No sales to police",
    "summary": "Acme will not sell to police.",
    "made_on": "2020-06-10",
    "actions": ["stop-selling"],
    "technologies": ["facial-recognition"],
    "audiences": ["police"],
    "jurisdictions": ["US"],
    "binding": "voluntary",
    "condition": {"kind": "none", "text": None, "date": None},
    "form": "undertaking",
}


def cited(source: str = "report", *, stance: str = "supports", quote: str | None = None) -> dict[str, Any]:
    return {"source": source, "stance": stance, "locator": None, "quote": quote}


def development(**values: Any) -> dict[str, Any]:
    return {**DEVELOPMENT, "sources": [cited()], **values}


def pledge(**values: Any) -> dict[str, Any]:
    name = values.get("id", PLEDGE["id"])
    made = {
        "id": f"{name}-made",
        "date": values.get("made_on", PLEDGE["made_on"]),
        "kind": "made",
        "summary": "Said on its site.",
        "standing": "stated",
        "sources": [cited()],
    }
    return {**PLEDGE, "events": [made], **values}


def source(**values: Any) -> dict[str, Any]:
    name = values.get("id", SOURCE["id"])
    return {**SOURCE, "url": f"https://news.example/{name}", **values}


def write_set(folder: Path, **lists: list[dict[str, Any]]) -> None:
    """Write the files of a set. Without companies or sources there is one of each."""
    lists.setdefault("companies", [{}])
    lists["companies"] = [{**COMPANY, **row} for row in lists["companies"]]
    lists.setdefault("sources", [source()])
    for name in FILES:
        ordered = sorted(lists.get(name, []), key=lambda row: row.get("id") or row["slug"])
        written = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ordered)
        (folder / f"{name}.jsonl").write_text(written, encoding="utf-8")
