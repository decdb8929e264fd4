"""What a page's address asks for: the day, and one value of a few. What cannot be read is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)


class CannotRead(Exception):
    """Some parameters have no meaning here. ``problems``: each with a sentence that says what is allowed."""

    def __init__(self, *problems: tuple[str, str]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{name}: {sentence}" for name, sentence in problems))


def day_asked(request: HttpRequest) -> date:
    """The day that the page shows: ``as_of``, or today.

    :raises CannotRead: if it is not written as a day, or lies outside the years that pages show.
    """
    written = request.GET.get("as_of", "")
    if not written:
        return timezone.localdate()
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = None
    # fromisoformat also takes 20200612 and 2020-W24-5, which our addresses do not.
    if day is None or day.isoformat() != written:
        sentence = f"“{written[:40]}” is not a day. Write it as 2020-06-12: year, month and day."
        raise CannotRead(("as_of", sentence))
    if not FIRST_DAY <= day <= LAST_DAY:
        raise CannotRead(("as_of", f"choose a day from {FIRST_DAY} to {LAST_DAY}, not {written}."))
    return day


def chosen(request: HttpRequest, name: str, allowed: Sequence[str]) -> list[str]:
    """The values of a parameter that may be given several times.

    :raises CannotRead: if one is not among the allowed.
    """
    values = list(dict.fromkeys(value for value in request.GET.getlist(name) if value))
    unknown = [value for value in values if value not in allowed]
    if unknown:
        some = ", ".join(allowed[:20]) + (f" and {len(allowed) - 20} more" if len(allowed) > 20 else "")
        raise CannotRead((name, f"“{unknown[0][:60]}” is not known here. Allowed: {some or 'nothing yet'}."))
    return values


def readable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that answers 400, naming what is allowed, where its address cannot be read."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except CannotRead as fault:
            return render(request, "400.html", {"problems": fault.problems}, status=400)

    return answered
