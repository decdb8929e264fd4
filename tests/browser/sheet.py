"""Routes of a site that has one page: the sheet of parts. Used by tests, never by the product."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from tests.browser import samples
from timeline.views.display import set_theme


def sheet(request: HttpRequest) -> HttpResponse:
    template = engines["django"].from_string(Path(__file__).with_name("sheet.html").read_text())
    return HttpResponse(template.render({"s": samples}, request))


urlpatterns = [path("", sheet), path("theme/", set_theme)]
