"""How a page of this record is cited: the reporting first, the record second, with its fixed address and date."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dates.edtf import display, display_day
from sources.citing.bibtex import bibtex_entry
from sources.citing.csl import Item, csl_item
from sources.citing.ris import ris_record
from sources.models import Source
from timeline.components import MenuLink
from timeline.references import byline


@dataclass(frozen=True)
class Format:
    """A form of citation that is offered as a file."""

    label: str
    hint: str
    media_type: str
    extension: str
    write: Callable[[Sequence[Item]], str]


def _bibtex(items: Sequence[Item]) -> str:
    return "\n".join(bibtex_entry(item) for item in items)


def _ris(items: Sequence[Item]) -> str:
    return "".join(ris_record(item) for item in items)


def _csl_json(items: Sequence[Item]) -> str:
    return json.dumps(list(items), ensure_ascii=False, indent=2) + "\n"


FORMATS: Final[dict[str, Format]] = {
    "bibtex": Format("BibTeX", ".bib", "application/x-bibtex; charset=utf-8", "bib", _bibtex),
    "ris": Format("RIS", "Zotero, EndNote", "application/x-research-info-systems; charset=utf-8", "ris", _ris),
    "csl-json": Format("CSL-JSON", ".json", "application/vnd.citationstyles.csl+json", "json", _csl_json),
}


@dataclass(frozen=True, kw_only=True)
class CiteBox:
    """What the box “Cite” shows. Part: ``cite_box.html``.

    reporting: the sources in one style, ours first to be cited; record: this page in the same style.
    others: how many further sources the files hold. samples: (name, label, text) of the other forms.
    downloads: all of it as files.
    """

    reporting: Sequence[str]
    others: int
    record: str
    samples: Sequence[tuple[str, str, str]]
    downloads: Sequence[MenuLink]


def dated_address(request: HttpRequest, path: str, day: date) -> str:
    """The address of a page with its day, which shows the same page later on."""
    return request.build_absolute_uri(f"{path}?as_of={day.isoformat()}")


def record_item(*, kind: str, slug: str, title: str, day: date, address: str) -> Item:
    """A page of this record as a CSL-JSON item."""
    as_of = _("As of %(date)s.") % {"date": display_day(day)}
    return {
        "id": f"pledge-record-{kind}-{slug}",
        "type": "webpage",
        "title": title,
        "container-title": settings.SITE_NAME,
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
        "URL": address,
        "note": as_of,
        "custom": {"edtf": day.isoformat(), "remarks": [as_of]},
    }


def plain_source(source: Source) -> str:
    """A source as one line of plain text: who, what, where, when, address."""
    who = byline(source.authors)
    stop = "" if source.title.endswith((".", "?", "!", "…")) else "."
    title = f"“{source.title}{stop}”" if source.is_headline else f"[{source.title}]."
    # Translators: in the place of the date of a source
    when = display(source.published) if source.published else pgettext("citation", "no date")
    where = ", ".join(part for part in (source.publisher or "", when) if part)
    parts = [f"{who}." if who else "", title, f"{where}.", source.url or _("No address on record.")]
    return " ".join(part for part in parts if part)


def plain_record(item: Item, day: date) -> str:
    """A page of this record in the same style."""
    # Translators: how a page of this record is cited; %(site)s is the name of the record
    return _("%(site)s. “%(title)s.” As of %(date)s. %(address)s") % {
        "site": item["container-title"],
        "title": item["title"],
        "date": display_day(day),
        "address": item["URL"],
    }


def cite_box(item: Item, day: date, sources: Iterable[Source], *, kind: str, slug: str, most: int = 1) -> CiteBox:
    """The box of a page.

    :param item: from ``record_item``.
    :param sources: what the page rests on, the one to be cited first in front; a few are shown, files have all.
    """
    every = list(sources)
    items = [*(csl_item(source) for source in every[:most]), item]
    return CiteBox(
        reporting=[plain_source(source) for source in every[:most]],
        others=max(len(every) - most, 0),
        record=plain_record(item, day),
        samples=[("bib", "BibTeX", _bibtex(items)), ("ris", "RIS", _ris(items).replace("\r\n", "\n"))],
        downloads=[
            MenuLink(label=form.label, href=f"/cite/{kind}/{slug}/{name}/?as_of={day.isoformat()}", hint=form.hint)
            for name, form in FORMATS.items()
        ],
    )


def file_of(name: str, sources: Iterable[Source], quotations: dict[int, list[str]], record: Item | None) -> str:
    """The text of a file with the given sources, and this record behind them.

    :param name: one of ``FORMATS``.
    """
    items: list[dict[str, Any]] = [
        csl_item(source, quotations=list(dict.fromkeys(quotations.get(source.pk, ())))) for source in sources
    ]
    return FORMATS[name].write([*items, record] if record else items)
