"""The files of a data set as a reader with a text editor sees them, and what the database holds of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection

DATA = Path(__file__).parents[2] / "data"
FILES = (
    "companies.jsonl",
    "sources.jsonl",
    "developments.jsonl",
    "pledges.jsonl",
    "rounds.jsonl",
    "investments.jsonl",
)
ROOMS_ON_RECORD = ("companies", "sources", "pledges", "history")


def rows_of(folder: Path, file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / file).read_text(encoding="utf-8").split("\n") if line]


def write_rows(folder: Path, file: str, rows: list[dict[str, Any]]) -> None:
    (folder / file).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def change_rows(folder: Path, file: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change each row of a file in place."""
    rows = rows_of(folder, file)
    for row in rows:
        change(row)
    write_rows(folder, file, rows)


def everything() -> dict[str, list[str]]:
    """Every row of every table of the record and of its history, derived rows included, as the database has it."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.app_label in ROOMS_ON_RECORD:
                cursor.execute(f"SELECT (t.ctid, t)::text FROM {model._meta.db_table} t ORDER BY 1")
                found[model._meta.db_table] = [row[0] for row in cursor.fetchall()]
    return found
