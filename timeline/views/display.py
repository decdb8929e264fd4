"""How a reader wants pages shown. Kept in a cookie of their browser, nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from timeline.context import THEME_COOKIE, THEMES

A_YEAR = 365 * 24 * 60 * 60
AS_THE_DEVICE_SAYS = "auto"


# Without a token, so that public pages hold nothing of the reader's and may be kept by a proxy. The
# worst that another site could do with it is to turn our pages dark.
@csrf_exempt
@require_POST
@never_cache
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme and go back. Takes ``theme`` (light, dark, auto) and ``next`` (a local address)."""
    return _kept(request, "theme", THEME_COOKIE, offered=THEMES)


@csrf_exempt
@require_POST
@never_cache
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back. Takes ``language`` (one of ours, auto) and ``next`` (a local address)."""
    return _kept(request, "language", settings.LANGUAGE_COOKIE_NAME, offered=[code for code, _ in settings.LANGUAGES])


def _kept(request: HttpRequest, name: str, cookie: str, *, offered: Sequence[str]) -> HttpResponse:
    chosen = request.POST.get(name, "")
    if chosen not in (*offered, AS_THE_DEVICE_SAYS):
        allowed = ", ".join((*offered, AS_THE_DEVICE_SAYS))
        return HttpResponseBadRequest(
            _("%(name)s: choose one of %(allowed)s.") % {"name": name, "allowed": allowed}, content_type="text/plain"
        )
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None) or not target.startswith("/"):
        target = "/"
    answer = HttpResponseRedirect(target)
    if chosen == AS_THE_DEVICE_SAYS:
        answer.delete_cookie(cookie, samesite="Lax")
    else:
        answer.set_cookie(cookie, chosen, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    return answer


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The mark of the site, for programs that ask for it without reading a page."""
    return HttpResponseRedirect(static("icons/favicon.svg"))
