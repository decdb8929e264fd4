"""The card of a page, for sites that show links to it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from timeline.asking import day_asked, readable
from timeline.cards import KINDS, Card, card_of_the_site, png_of
from timeline.pictures import KEPT_FOR


@require_safe
@readable
def card(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """The card of one record."""
    if kind not in KINDS:
        raise Http404("No card of that kind.")
    return _answer(KINDS[kind](slug, day_asked(request)))


@require_safe
@readable
def site_card(request: HttpRequest) -> HttpResponse:
    """The card of all other pages."""
    return _answer(card_of_the_site(day_asked(request)))


def _answer(shown: Card) -> HttpResponse:
    answer = HttpResponse(png_of(shown), content_type="image/png")
    patch_cache_control(answer, public=True, max_age=KEPT_FOR)
    return answer
