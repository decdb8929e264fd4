"""The addresses of all pages of the record, for search engines (sitemaps.org), in files of at most 10,000."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Model, QuerySet

from companies.models import Company
from pledges.models import Event, Investment, Pledge
from sources.models import Source
from timeline.asking import address_of
from timeline.feeds import day_of

A_FILE: Final = 10_000
TEXTS: Final = (
    "/",
    "/timeline/",
    "/companies/",
    "/companies/compare/",
    "/pledges/",
    "/investments/",
    "/sources/",
    "/sources/edits/",
    "/corrections/",
    "/methodology/",
    "/about/",
    "/about/following/",
    "/about/our-robot/",
    "/about/licence/",
    "/about/privacy/",
    "/report-an-error/",
)


if TYPE_CHECKING:  # only there is it generic
    Base = Sitemap[Any]
else:
    Base = Sitemap


class _OfThisSite(Base):
    limit = A_FILE

    def get_domain(self, site: Any = None) -> str:
        # The address that readers know, not the one under which a request happened to come.
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme


class _Records(_OfThisSite):
    """The public records of one kind, each with the day on which it was last published."""

    def __init__(self, kind: str, model: type[Model]) -> None:
        self.kind, self.model = kind, model

    def items(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.public()  # type: ignore[attr-defined]
        if self.model is Company:
            rows = rows.filter(merged_into=None)
        return rows.order_by("pk").values_list("slug", "publication__at")

    def location(self, item: tuple[str, datetime]) -> str:
        return address_of(self.kind, item[0])

    def lastmod(self, item: tuple[str, datetime]) -> datetime:
        return day_of(item[1])


class _Texts(_OfThisSite):
    def items(self) -> list[str]:
        return list(TEXTS)

    def location(self, item: str) -> str:
        return item


SITEMAPS: Final[dict[str, Base]] = {
    "pages": _Texts(),
    "companies": _Records("company", Company),
    "pledges": _Records("pledge", Pledge),
    "investments": _Records("investment", Investment),
    "events": _Records("event", Event),
    "sources": _Records("source", Source),
}
