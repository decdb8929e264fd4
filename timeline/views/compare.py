"""Several companies side by side: the same questions put to each, as a page and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.models import Company
from dates.edtf import display_day
from pledges.models import Pledge
from timeline.asking import CannotRead, day_asked, kept_day, readable, with_day
from timeline.compare import LEAST, MOST, in_a_sentence
from timeline.components import Chip, Menu, MenuLink
from timeline.exports.side_by_side import side_by_side_csv
from timeline.narrowing import Narrowing
from timeline.references import References
from timeline.side_by_side import side_by_side
from timeline.vocabularies import COMPANY

AT_FIRST: Final = 4  # companies with most on record, where none is chosen
HERE: Final = "/companies/compare/"


@require_safe
@readable
def compare(request: HttpRequest) -> HttpResponse:
    """Companies across, questions down."""
    day, kept = day_asked(request), kept_day(request)
    companies, chosen = _companies(request)
    groups = side_by_side(companies, day, References(at=timezone.now(), listed=False))
    address = request.build_absolute_uri(_address(companies, day))
    context = {
        "as_of": day,
        "companies": companies,
        "groups": groups,
        "columns": len(companies) + 1,
        "chips": [
            Chip(label=one.name, href=with_day(_address([c for c in companies if c != one]), kept)) for one in companies
        ]
        if chosen and len(companies) > 1
        else [],
        "chosen": chosen,
        "others": _others(companies) if len(companies) < MOST else [],
        "too_few": len(companies) < LEAST,
        "sentences": [
            in_a_sentence(row, day=display_day(day), record=address)
            for group in groups
            for row in group.rows
            if any(cell.found for cell in row.cells)
        ],
        "picture": _address(companies, day if kept else None, path="/timeline/picture/"),
        "menu": Menu(
            label=_("Download"),
            intro=_("%(companies)s, as of %(date)s.") % {"companies": _names(companies), "date": display_day(day)},
            groups=[
                (_("The table"), [MenuLink(label="CSV", href=_address(companies, day, path=f"{HERE}export/csv/"))])
            ],
        ),
    }
    return render(request, "timeline/compare.html", context)


@require_safe
@readable
def export(request: HttpRequest) -> HttpResponse:
    """The same as comma-separated values."""
    day = day_asked(request)
    companies = _companies(request)[0]
    groups = side_by_side(companies, day, References(at=timezone.now(), listed=False))
    file = side_by_side_csv(groups, day=day, site=request.build_absolute_uri("/").rstrip("/"))
    response = HttpResponse(file, content_type="text/csv; charset=utf-8; header=present")
    name = f"compare-{'-'.join(one.slug for one in companies)}"[:100]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-as-of-{day.isoformat()}.csv"'
    return response


def _companies(request: HttpRequest) -> tuple[list[Company], bool]:
    """The companies asked for, in their order, and whether any were; else those with most on record.

    :raises CannotRead: if one is not known, or they are too many.
    """
    asked = Narrowing(request, takes=("company",))
    slugs = list(asked.chosen("company", COMPANY))
    public = Company.objects.public().filter(merged_into__isnull=True)
    if not slugs:
        made = Count("pledges", filter=Q(pledges__publication__isnull=False, pledges__retracted_because=""))
        return list(public.annotate(made=made).filter(made__gt=0).order_by("-made", "sort_name")[:AT_FIRST]), False
    if len(slugs) > MOST:
        said = _("Choose %(least)s to %(most)s companies to compare, not %(given)s.")
        raise CannotRead(("company", said % {"least": LEAST, "most": MOST, "given": len(slugs)}))
    found = {one.slug: one for one in public.filter(slug__in=slugs)}
    return [found[slug] for slug in slugs if slug in found], True


def _others(companies: Sequence[Company]) -> list[Company]:
    """Companies that can be added: those with a pledge on record, by name."""
    public = Company.objects.public().filter(merged_into__isnull=True)
    with_pledges = Pledge.objects.public().values("company")
    return list(public.filter(pk__in=with_pledges).exclude(pk__in=[one.pk for one in companies]).order_by("sort_name"))


def _address(companies: Sequence[Company], day: date | None = None, *, path: str = HERE) -> str:
    query = QueryDict(mutable=True)
    query.setlist("company", [one.slug for one in companies])
    if day is not None:
        query["as_of"] = day.isoformat()
    return f"{path}?{query.urlencode()}" if query else path


def _names(companies: Sequence[Company]) -> str:
    return ", ".join(one.name for one in companies)
