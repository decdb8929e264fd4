"""What was typed into a form that could not be taken is shown again: nothing that somebody wrote is lost.

A form is not taken when its sender is no longer signed in, or when its token is of an earlier sign-in. The page that
says so repeats what was sent, escaped, and offers to send it to the same address once more. It repeats no password,
and nothing that another site has sent: otherwise that site could write the form, and one click here would sign it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import UnreadablePostError
from django.shortcuts import render, resolve_url
from django.urls import reverse

Answer = Callable[[HttpRequest], HttpResponseBase]
MOST_FIELDS = 2_000
MOST_CHARACTERS = 1_000_000  # of all names and values together
# Fields by which a browser proves something rather than says something.
SECRETS = ("password", "token", "secret")
# Fields that nobody types: how many rows a form has, and which state of an entry it shows.
BESIDE_WHAT_IS_TYPED = ("_FORMS", "-id", "seen", "read", "next")


@dataclass(frozen=True)
class Typed:
    """One field as it was sent. ``shown``: whether somebody may have typed it."""

    name: str
    value: str
    shown: bool


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form without a token, or with one of an earlier sign-in."""
    return unsent(request)


def unsent(request: HttpRequest) -> HttpResponse:
    """The page that says that nothing was saved, with what was typed and a way to send it again."""
    sender = _sender(request)
    signs_in = request.path == reverse("accounts:login")
    typed = [] if signs_in or sender == "elsewhere" else _typed(request)
    context = {
        "typed": typed,
        "too_much": typed is None,
        "signs_in": signs_in,
        # Not every program says where a form comes from; a browser does.
        "may_send_again": bool(typed) and sender == "here",
        "here": request.get_full_path(),
        "person": request.user if request.user.is_authenticated else None,
    }
    return render(request, "403_csrf.html", context, status=403)


def _sender(request: HttpRequest) -> str:
    """Whether the form was sent from a page of this site: "here", "elsewhere" or, where nothing says so, ""."""
    said = request.headers.get("Origin") or request.headers.get("Referer")
    if not said:
        return ""
    try:
        whence = urlsplit(said)
    except ValueError:
        return "elsewhere"
    return "here" if (whence.scheme, whence.netloc) == (request.scheme, request.get_host()) else "elsewhere"


def _typed(request: HttpRequest) -> list[Typed] | None:
    """The fields of a form, in their order; None if there are too many to repeat, or they cannot be read."""
    try:
        sent = [(name, str(value)) for name, values in request.POST.lists() for value in values]
    except (UnreadablePostError, RequestDataTooBig, TooManyFieldsSent):
        return None
    if len(sent) > MOST_FIELDS or sum(len(name) + len(value) for name, value in sent) > MOST_CHARACTERS:
        return None
    return list(_worth_repeating(sent))


def _worth_repeating(sent: list[tuple[str, str]]) -> Iterator[Typed]:
    for name, value in sent:
        if any(word in name.lower() for word in SECRETS):
            continue
        shown = bool(value.strip()) and not name.startswith("_") and not name.endswith(BESIDE_WHAT_IS_TYPED)
        # A NUL has no place on a page, and is refused in a form anyway.
        yield Typed(name.replace("\0", "\ufffd"), value.replace("\0", "\ufffd"), shown)


class NothingTypedIsLost:
    """Where a form would be answered by the way to the log-in, says so on a page that keeps what was typed."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.answer(request)
        if request.method == "POST" and response.status_code == 302 and self._leads_to_the_log_in(response):
            return unsent(request)
        return response

    @staticmethod
    def _leads_to_the_log_in(response: HttpResponseBase) -> bool:
        path = urlsplit(response.headers.get("Location", "")).path
        return path in (resolve_url(settings.LOGIN_URL), "/admin/login/")
