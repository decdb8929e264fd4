"""Working out what is derived: status spans of pledges; marks and words of events."""

from __future__ import annotations

from collections.abc import Iterable


def refresh_pledges(keys: Iterable[int]) -> None:
    """Work out the status spans, and the days of the terms, of the given pledges again."""


def refresh_events(keys: Iterable[int]) -> None:
    """Work out again by what the given events are found."""
