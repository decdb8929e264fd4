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


INVESTMENT = {
    "id": "fund-in-acme",
    "investor": "fund",
    "through": None,
    "investee": "acme",
    "round": None,
    "announced_on": "2019-06",
    "amount": None,
    "currency": None,
    "amount_is": None,
    "stake": "unknown",
    "co_investors": [],
    "exit": None,
    "claims": [],
    "note": None,
}
ROUND = {
    "id": "acme-series-a",
    "investee": "acme",
    "name": "Series A",
    "announced_on": "2019-06",
    "amount": None,
    "currency": None,
    "announced_event": None,
    "claims_on": None,
    "note": None,
}


def cited(source: str = "report", *, stance: str = "supports", quote: str | None = None) -> dict[str, Any]:
    return {"source": source, "stance": stance, "locator": None, "quote": quote}


def company(slug: str = "acme", **values: Any) -> dict[str, Any]:
    return {**COMPANY, "slug": slug, "name": slug.title(), **values}


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


def step(kind: str, date: str = "2021-06-10", **values: Any) -> dict[str, Any]:
    """What happened to a pledge after it was made."""
    said = {"kind": kind, "date": date, "summary": f"It was {kind}.", "standing": "stated"}
    return {"id": f"acme-stops-{kind}-{date}", **said, "sources": [cited()], **values}


def clause(key: str = "stop-selling", **values: Any) -> dict[str, Any]:
    said = {"key": key, "action": key, "nature": "lasting", "text": "", "technologies": [], "audiences": []}
    return {**said, "excludes": [], "jurisdictions": [], "conditions": [], "due_on": None, **values}


def terms(start: str, introduced_by: int, **values: Any) -> dict[str, Any]:
    scope = {"actions": ["stop-selling"], "technologies": [], "audiences": [], "excludes": [], "jurisdictions": []}
    return {"from": start, "wording": None, **scope, "conditions": [], "introduced_by": introduced_by, **values}


def dispute(question: str = "Is it so?", **values: Any) -> dict[str, Any]:
    positions = [
        {"answer": answer, "preferred": False, "reason": None, "sources": [cited()]} for answer in ("Yes", "No")
    ]
    return {"question": question, "positions": positions, **values}


def investment(**values: Any) -> dict[str, Any]:
    return {**INVESTMENT, "sources": [cited()], **values}


def exit_of(kind: str = "divestment", date: str = "2021-06-10", **values: Any) -> dict[str, Any]:
    return {"date": date, "kind": kind, "amount": None, "currency": None, "sources": [cited()], **values}


def claim(amount: float | None = 74_000_000, **values: Any) -> dict[str, Any]:
    said = {"text": "The whole round", "amount": amount, "currency": "USD", "amount_is": "round", "source": "report"}
    return {**said, "stance": "supports", "locator": None, **values}


def round_of_financing(**values: Any) -> dict[str, Any]:
    return {**ROUND, "sources": [cited()], **values}


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
        # Half a character has no bytes; as JSON writes it out, it has.
        (folder / f"{name}.jsonl").write_bytes(written.encode("utf-8", "backslashreplace"))
