"""Routes of a site that has one page: the sheet of parts. Used by tests, never by the product."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from tests.browser import samples
from timeline.context import Counts, Site
from timeline.views.display import set_theme


class SiteOfSheet(Site):
    """The frame with counts of its own: the sheet has no record behind it."""

    @property
    def counts(self) -> Counts:
        return samples.COUNTS


def sheet(request: HttpRequest) -> HttpResponse:
    template = engines["django"].from_string(Path(__file__).with_name("sheet.html").read_text())
    return HttpResponse(template.render({"s": samples, "site": SiteOfSheet(request)}, request))


urlpatterns = [path("", sheet), path("theme/", set_theme)]
