"""The data that ship with the product hold no slips of transcription."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "data"
A_WORD = re.compile(r"[^\W\d_]{2,}")


def quotations(value: Any) -> Iterator[str]:
    """Every quotation in a row, however deep."""
    if isinstance(value, dict):
        yield from filter(None, [value.get("quote")])
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inside:
        yield from quotations(one)


def test_every_quotation_of_the_starter_data_has_a_word_in_it() -> None:
    rows = [json.loads(line) for file in DATA.glob("*.jsonl") for line in file.read_text("utf-8").splitlines()]

    quoted = [words for row in rows for words in quotations(row)]

    assert len(quoted) > 50
    assert [words for words in quoted if not A_WORD.search(words)] == []
