"""A selection as a picture: companies by time, on a page and as a file."""

from __future__ import annotations

from typing import Final

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from dates.edtf import display_day
from timeline.asking import readable
from timeline.components import Pager
from timeline.exports.about import file_name
from timeline.pictures import Plate, as_png, as_svg
from timeline.sheets import Sheet, read_sheet
from timeline.sidebar import chips_of

FORMATS: Final = {"svg": "image/svg+xml", "png": "image/png"}


@require_safe
@readable
def picture(request: HttpRequest) -> HttpResponse:
    """The companies of a selection by time, twenty a sheet."""
    sheet = read_sheet(request.GET)
    path, selection = reverse("timeline-picture"), sheet.selection
    files = [(name.upper(), sheet.address(reverse("timeline-picture-file", args=[name]))) for name in FORMATS] + [
        ("CSV", selection.address(reverse("timeline-export", args=["csv"]), without=["order", "cursor"]))
    ]
    context = {
        "as_of": selection.day,
        "selection": selection,
        "sheet": sheet,
        "picture": sheet.picture,
        "heading": sheet.heading,
        "chips": chips_of(selection, path),
        "list": selection.address(reverse("timeline"), without=["cursor"]),
        "files": files if sheet.picture else [],
        "canonical": request.build_absolute_uri(sheet.address(path)),
        "pager": Pager(
            newer_href=sheet.address(path, number=sheet.number - 1) if sheet.number > 1 else "",
            older_href=sheet.address(path, number=sheet.number + 1) if sheet.more else "",
            newer_label=pgettext("pages of a list", "Back"),
            older_label=_("More companies"),
            note=_on_this_sheet(len(sheet.companies)),
            # Translators: of a picture of companies
            label=pgettext("pages of a picture", "Sheets"),
        )
        if sheet.more or sheet.number > 1
        else None,
    }
    return render(request, "timeline/picture.html", context)


def _on_this_sheet(companies: int) -> str:
    return ngettext(
        "%(number)s companies on this sheet, those with most events first.",
        "%(number)s companies on this sheet, those with most events first.",
        companies,
    ) % {"number": companies}


# A drawing opened by itself has its style within.
@csp_replace({"style-src": [UNSAFE_INLINE]})
@require_safe
@readable
def picture_file(request: HttpRequest, name: str) -> HttpResponse:
    """The same as a file, with a heading, a key and a line that says where it is from."""
    if name not in FORMATS:
        said = _("There is no picture of that kind. There are: %(kinds)s.") % {"kinds": ", ".join(FORMATS)}
        return HttpResponse(f"{said}\n", status=404, content_type="text/plain; charset=utf-8")
    sheet = read_sheet(request.GET)
    if sheet.picture is None:
        said = _("There is nothing to draw.")
        return HttpResponse(f"{said}\n", status=404, content_type="text/plain; charset=utf-8")
    svg = as_svg(sheet.picture, _plate(request, sheet))
    answer = HttpResponse(as_png(svg) if name == "png" else svg, content_type=FORMATS[name])
    answer.headers["Content-Disposition"] = f'inline; filename="{file_name(sheet.selection, extension=name)}"'
    return answer


def _plate(request: HttpRequest, sheet: Sheet) -> Plate:
    address = request.build_absolute_uri(sheet.address(reverse("timeline-picture")))
    words, day = sheet.selection.in_words, display_day(sheet.day)
    if words:
        # Translators: the selection is one as “company is Microsoft; year is 2020”
        subject = _("Pledges, stakes and other events: %(selection)s. As of %(date)s.") % {
            "selection": words,
            "date": day,
        }
    else:
        subject = _("Pledges, stakes and other events. As of %(date)s.") % {"date": day}
    return Plate(
        heading=sheet.heading,
        subject=subject,
        below=f"Pledge Record, CC BY 4.0, {address}",
    )
