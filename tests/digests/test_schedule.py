"""On which mornings digests fall due."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digests.schedule import next_due


@pytest.mark.parametrize(
    ("rhythm", "after", "due"),
    [
        ("daily", (2026, 12, 1, 5, 59), (2026, 12, 1, 6)),
        ("daily", (2026, 12, 1, 6, 0), (2026, 12, 2, 6)),
        ("daily", (2026, 12, 31, 12), (2027, 1, 1, 6)),
        ("weekly", (2026, 12, 1, 12), (2026, 12, 7, 6)),
        ("weekly", (2026, 12, 7, 5), (2026, 12, 7, 6)),
        ("weekly", (2026, 12, 7, 7), (2026, 12, 14, 6)),
    ],
)
def test_digests_are_due_in_the_morning(rhythm, after, due):
    assert next_due(rhythm, datetime(*after, tzinfo=UTC)) == datetime(*due, tzinfo=UTC)
