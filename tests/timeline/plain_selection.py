"""Which events a selection of the starter data holds, read from the files alone.

Nothing of the product is used here: it is what a reader with a text editor and a calendar would find.
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "data"


@dataclass
class Plain:
    """One happening as the files tell it: its date, and what it is found by."""

    date: str
    companies: set[str] = field(default_factory=set)
    parts: set[tuple[str, str]] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    standings: set[str] = field(default_factory=set)
    actions: set[str] = field(default_factory=set)
    audiences: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@cache
def happenings() -> dict[str, Plain]:
    """All happenings by their identifier."""
    found = {row["id"]: _development(row) for row in rows("developments")}
    for pledge in rows("pledges"):
        for position, entry in enumerate(pledge["events"]):
            one = found.setdefault(entry.get("event") or entry["id"], Plain(entry["date"]))
            one.companies.add(pledge["company"])
            one.kinds.add(entry["kind"])
            one.standings.add(entry["standing"])
            one.sources.update(cited["source"] for cited in entry["sources"])
            for clause in _clauses_at(pledge, position, entry):
                one.actions.add(clause["action"])
                one.audiences.update(clause["audiences"])
                one.places.update(clause["jurisdictions"])
    for stake in rows("investments"):
        one = found.setdefault(stake.get("announced_event") or stake["id"], Plain(stake["announced_on"]))
        _stake(one, stake, "invested", stake["sources"])
        left = stake["exit"]
        if left:
            one = found.setdefault(left.get("event") or f"{stake['id']}-exit", Plain(left["date"]))
            done = "exit-announced" if left["kind"] == "announced-divestment" else "exit-completed"
            _stake(one, stake, done, left["sources"])
    return found


def _development(row: dict[str, Any]) -> Plain:
    parties = row.get("parties", [])
    return Plain(
        row["date"],
        companies={*row["companies"], *(party["company"] for party in parties if party["company"])},
        parts={(party["company"], party["part"]) for party in parties if party["company"]},
        kinds={row["kind"]},
        places=set(row["jurisdictions"]),
        sources={cited["source"] for cited in row["sources"]},
    )


def _stake(one: Plain, stake: dict[str, Any], kind: str, sources: list[dict[str, Any]]) -> None:
    one.companies.update(who for who in (stake["investor"], stake["through"], stake["investee"]) if who)
    one.kinds.add(kind)
    one.sources.update(cited["source"] for cited in sources)


def _clauses_at(pledge: dict[str, Any], position: int, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """The clauses of the last terms that were introduced by then; what is alleged introduces none."""
    events = pledge["events"]
    terms = [
        version
        for version in pledge.get("terms") or [pledge | {"introduced_by": 0}]
        if version["introduced_by"] <= position
        and (version["introduced_by"] == 0 or events[version["introduced_by"]]["standing"] != "alleged")
    ]
    latest = terms[-1]
    clauses = latest.get("clauses") or [
        {
            "key": action,
            "action": action,
            "audiences": latest["audiences"],
            "jurisdictions": latest["jurisdictions"],
        }
        for action in latest["actions"]
    ]
    return [clause for clause in clauses if "clauses" not in entry or clause["key"] in entry["clauses"]]


def with_subsidiaries(company: str) -> set[str]:
    """A company and all that it owns, directly or not."""
    parents = {row["slug"]: row["parent"] for row in rows("companies")}
    group = {company}
    while more := {slug for slug, parent in parents.items() if parent in group} - group:
        group |= more
    return group


def span(text: str) -> tuple[date, date]:
    """The first and last day that a date may mean."""
    if "/" in text:
        first, last = text.split("/")
        return (
            date.min if first == ".." else span(first)[0],
            date.max if last == ".." else span(last)[1],
        )
    numbers = [int(part) for part in re.findall(r"[0-9]+", text)]
    if len(numbers) == 1:
        return date(numbers[0], 1, 1), date(numbers[0], 12, 31)
    year, month, *day = numbers
    if day:
        return date(year, month, day[0]), date(year, month, day[0])
    if month > 20:
        start, end = {21: (3, 5), 22: (6, 8), 23: (9, 11)}[month]
        return date(year, start, 1), date(year, end, monthrange(year, end)[1])
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def overlaps(one: Plain, first: str, last: str) -> bool:
    earliest, latest = span(one.date)
    return earliest <= date.fromisoformat(last) and latest >= date.fromisoformat(first)


def within(one: Plain, country: str) -> bool:
    return any(place == country or place.startswith(f"{country}-") for place in one.places)


def where(holds: Callable[[Plain], bool]) -> set[str]:
    """The happenings for which something holds."""
    return {name for name, one in happenings().items() if holds(one)}


def sources_where(holds: Callable[[dict[str, Any]], bool]) -> set[str]:
    return {row["id"] for row in rows("sources") if holds(row)}


def newest_first_day(one: Plain) -> str:
    """The day by which a happening is sorted: the earliest, or the latest where the start is open."""
    first, last = span(one.date)
    return (last if first == date.min else first).isoformat()
