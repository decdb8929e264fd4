"""Asking for a digest, confirming it, leaving it. Nothing happens by a GET: programs that read mail follow links.

No page needs a cookie, nor a token against forms of other sites: whoever sends such a form could as well send it from
here, and what a link in a mail allows is proven by the link.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from digests import asking
from digests.forms import AskForm
from digests.links import Purpose, key_in, token_for
from digests.models import CONFIRM_WITHIN, Subscription
from digests.selections import LEFT_ASIDE, in_words, query_of, selection_of
from timeline.asking import CannotRead, readable
from timeline.components import Crumb
from timeline.filters import Selection, read_selection

SAFE_AND_POST: Final = ["GET", "HEAD", "POST"]
AN_HOUR: Final = "3600"  # seconds


def _from_another_site(request: HttpRequest) -> bool:
    """Whether a browser says that the form was sent by a page of another site, whose reader may know nothing of it."""
    return request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")


def _for_one_person(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page at an address that one person was given: kept nowhere, and in no index."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return csrf_exempt(never_cache(require_http_methods(SAFE_AND_POST)(answered)))


@csrf_exempt
@require_http_methods(SAFE_AND_POST)
@readable
def ask(request: HttpRequest) -> HttpResponseBase:
    """The form for a digest of the selection in the address, as the timeline has it there."""
    selection = read_selection(request.GET)
    # Refused before somebody has typed anything.
    query_of(selection)
    if not settings.DIGESTS:
        return _asking(request, selection, AskForm(), status=409 if request.method == "POST" else 200)
    if request.method != "POST":
        return _asking(request, selection, AskForm())
    if _from_another_site(request):
        return render(request, "403.html", {"reason": _("This form was sent from another site.")}, status=403)
    form = AskForm(request.POST)
    if not form.is_valid():
        return _asking(request, selection, form, status=422)
    try:
        asking.ask(**form.cleaned_data, selection=selection, language=get_language() or settings.LANGUAGE_CODE)
    except asking.TooManyAsked:
        response = _asking(request, selection, form, status=429)
        response.headers["Retry-After"] = AN_HOUR
        return response
    return HttpResponseRedirect(_in_the_same_language(request, reverse("digest-asked")))


def _asking(request: HttpRequest, selection: Selection, form: AskForm, *, status: int = 200) -> HttpResponse:
    now = replace(selection, day=None)
    context = {
        "form": form,
        "address": form["address"].value() or "",
        "rhythm": form["rhythm"].value() or "",
        "sends": settings.DIGESTS,
        "too_many": status == 429,
        "selected": in_words(selection),
        "count": now.events().count(),
        "timeline": selection.address("/timeline/", without=LEFT_ASIDE),
        "feed": selection.address("/timeline/feed.atom", without=LEFT_ASIDE),
        "day": selection.day,
        "confirm_days": CONFIRM_WITHIN.days,
        "crumbs": [
            Crumb(label=_("Timeline"), href=selection.address("/timeline/")),
            Crumb(label=_("Digest by e-mail")),
        ],
    }
    return render(request, "digests/ask.html", context, status=status)


def _in_the_same_language(request: HttpRequest, path: str) -> str:
    """Where the address asks for a language, the same on the next page."""
    language = request.GET.get("lang")
    return f"{path}?{urlencode({'lang': language})}" if language else path


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """What to do now. It is the same page for every address, whether it is known or not."""
    context = {
        "confirm_days": CONFIRM_WITHIN.days,
        "most_mails": asking.MOST_MAILS_A_DAY,
        "crumbs": _crumbs(_("Look into your mail")),
    }
    return render(request, "digests/asked.html", context)


@_for_one_person
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page on which an address says yes, and which says afterwards that it has."""
    key = key_in(token, Purpose.CONFIRM)
    if key is None:
        return _not_a_link(request)
    try:
        if request.method == "POST" and asking.confirm(key):
            return HttpResponseRedirect(request.get_full_path())
        subscription = asking.found(key)
        selection = selection_of(subscription.selection) if subscription else None
    except CannotRead as fault:
        return _confirming(request, None, None, problems=fault.problems, status=409)
    return _confirming(request, subscription, selection, status=200 if subscription else 410)


def _confirming(
    request: HttpRequest,
    subscription: Subscription | None,
    selection: Selection | None,
    *,
    problems: list[tuple[str, str]] | None = None,
    status: int,
) -> HttpResponse:
    context = {
        "subscription": subscription,
        "selected": in_words(selection) if selection else "",
        "timeline": selection.address("/timeline/") if selection else "/timeline/",
        "leaving": reverse("digest-leave", args=[token_for(subscription, Purpose.LEAVE)]) if subscription else "",
        "problems": problems,
        "confirm_days": CONFIRM_WITHIN.days,
        "crumbs": _crumbs(_("Confirm a digest")),
    }
    return render(request, "digests/confirm.html", context, status=status)


@_for_one_person
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """The page on which to leave. A POST leaves, from there or from a mail program's own button (RFC 8058)."""
    key = key_in(token, Purpose.LEAVE)
    if key is None:
        return _not_a_link(request)
    left = request.method == "POST" and asking.leave(key, everything="everything" in request.POST)
    subscription = None if left else asking.found(key)
    try:
        selected = in_words(selection_of(subscription.selection)) if subscription else ""
    except CannotRead:
        selected = ""
    context = {
        "left": left,
        "everything": "everything" in request.POST,
        "subscription": subscription,
        "selected": selected,
        "crumbs": _crumbs(_("Leave a digest")),
    }
    return render(request, "digests/leave.html", context)


def _not_a_link(request: HttpRequest) -> HttpResponse:
    return render(request, "digests/not_a_link.html", {"crumbs": _crumbs(_("Digest by e-mail"))}, status=404)


def _crumbs(label: str) -> list[Crumb]:
    return [Crumb(label=_("Follow the record"), href="/about/following/"), Crumb(label=label)]
