"""Attempts to sign in: under which name they are counted, and what is said after too many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axes.helpers import get_cool_off
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

LONGEST_NAME_COUNTED = 255  # what the table of attempts takes


def counted_name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str | None:
    """The name that an attempt counts against. Longer names than any account has count by how they begin."""
    given = (credentials or request.POST).get("username")
    return None if given is None else str(given)[:LONGEST_NAME_COUNTED]


def too_many(
    request: HttpRequest, _answer: HttpResponse | None = None, _credentials: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The page after too many attempts; it says when to try again."""
    response = render(request, "429.html", status=429)
    cool_off = get_cool_off(request)
    if cool_off is not None:
        response.headers["Retry-After"] = str(int(cool_off.total_seconds()))
    return response
