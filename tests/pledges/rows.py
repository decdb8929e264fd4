"""Rows of ``data/pledges.jsonl`` as the facts that a status is worked out from."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from dates.edtf import parse
from pledges.status import Clause, Condition, Effect, Facts, TermsVersion
from pledges.vocabulary import usual_nature

DATA = Path(__file__).parents[2] / "data" / "pledges.jsonl"


@cache
def pledge_rows() -> dict[str, dict[str, Any]]:
    """Every pledge of the starter data, by its identifier."""
    lines = DATA.read_text(encoding="utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def facts_of(row: dict[str, Any]) -> Facts:
    """The facts in one row, with what ``data/README.md`` says about fields that are left out."""
    return Facts(
        form=row["form"],
        effects=tuple(_effect(position, entry) for position, entry in enumerate(row["events"])),
        terms=tuple(
            TermsVersion(row["events"][terms.get("introduced_by", 0)]["id"], _clauses(terms, row))
            for terms in row.get("terms", [row])
        ),
    )


def _effect(position: int, entry: dict[str, Any]) -> Effect:
    return Effect(
        id=entry["id"],
        kind=entry["kind"],
        standing=entry["standing"],
        position=position,
        date=parse(entry["date"]),
        clauses=frozenset(entry["clauses"]) if "clauses" in entry else None,
        until=parse(entry["until"]) if entry.get("until") else None,
        superseded_by=entry.get("superseded_by"),
        whole=entry.get("whole", True),
        answered=entry.get("answered"),
    )


def _clauses(terms: dict[str, Any], row: dict[str, Any]) -> tuple[Clause, ...]:
    if "clauses" in terms:
        return tuple(
            Clause(c["key"], c["nature"], _conditions(c["conditions"]), parse(c["due_on"]) if c["due_on"] else None)
            for c in terms["clauses"]
        )
    conditions = _conditions(terms["conditions"] if "conditions" in terms else [terms["condition"]])
    due = parse(row["due_on"]) if row.get("due_on") else None
    return tuple(
        Clause(action, nature, conditions, due if nature == "act" else None)
        for action in terms["actions"]
        for nature in [str(usual_nature(action))]
    )


def _conditions(entries: list[dict[str, Any]]) -> tuple[Condition, ...]:
    return tuple(
        Condition(entry["kind"], parse(entry["date"]) if entry["date"] else None)
        for entry in entries
        if entry["kind"] != "none"
    )
