"""Sources as CSL-JSON 1.0.2 items: the form from which every other citation format is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from dates.edtf import EdtfDate, Precision, display, parse
from sources.models import Source

from .words import address_in_text, clean, split_name

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Item = dict[str, Any]

TYPES = {
    Source.Type.NEWS: "article-newspaper",
    Source.Type.WIRE: "article-newspaper",
    Source.Type.OP_ED: "article-newspaper",
    Source.Type.PRESS_RELEASE: "webpage",
    Source.Type.COMPANY_PAGE: "webpage",
    Source.Type.PETITION: "webpage",
    Source.Type.LEGISLATION: "legislation",
    Source.Type.COURT: "legal_case",
    Source.Type.REPORT: "report",
    Source.Type.EMAIL: "personal_communication",
}
GENRES: Final[Mapping[Source.Type, StrPromise]] = {
    Source.Type.PRESS_RELEASE: pgettext_lazy("type of source in a citation", "Press release"),
    Source.Type.PETITION: pgettext_lazy("type of source in a citation", "Petition"),
    Source.Type.OP_ED: pgettext_lazy("type of source in a citation", "Opinion"),
    Source.Type.EMAIL: pgettext_lazy("type of source in a citation", "E-mail"),
}
IN_A_CONTAINER = {"article-newspaper", "webpage"}


def csl_item(source: Source, *, quotations: Sequence[str] = ()) -> Item:
    """One source as an item.

    :param source: with ``copy_of`` and ``first_report`` at hand, or each costs a query.
    :param quotations: the words that are quoted from it, kept in ``annote``.
    :returns: plain JSON. A title that was not read on the page stands in square brackets, as described titles do.
        The date as written (EDTF) and what CSL has no place for are under ``custom``.
    """
    kind = TYPES[Source.Type(source.type)]
    title = clean(source.title)
    item: Item = {"id": source.slug, "type": kind, "title": title if source.is_headline else f"[{title}]"}
    if source.authors:
        item["author"] = [split_name(author) for author in source.authors]
    if source.publisher:
        item["container-title" if kind in IN_A_CONTAINER else "publisher"] = clean(source.publisher)
    if source.published:
        item["issued"] = issued(parse(source.published))
    if source.url:
        item["URL"] = source.url
    if source.language:
        item["language"] = source.language
    genre = GENRES.get(Source.Type(source.type))
    if genre:
        item["genre"] = str(genre)
    remarks = remarks_on(source)
    if remarks:
        item["note"] = " ".join(remarks)
    quoted = [clean(words) for words in quotations]
    if quoted:
        item["annote"] = quoted_words("; ".join(f"“{words}”" for words in quoted))
    item["custom"] = {"source-type": source.type, "title-basis": source.title_basis}
    if source.published:
        item["custom"]["edtf"] = source.published
    if remarks:
        item["custom"]["remarks"] = remarks
    if quoted:
        item["custom"]["quotations"] = quoted
    return item


def remarks_on(source: Source) -> list[str]:
    """What a reader must know to give credit where it is due: copies are named, and who had it first."""
    remarks = []
    if source.copy_of is not None:
        # Translators: %(source)s is a title, its publisher and its address.
        remarks.append(_("Copy of %(source)s.") % {"source": _named(source.copy_of)})
    elif source.syndicated_from:
        remarks.append(_("Copy of a text by %(publisher)s.") % {"publisher": clean(source.syndicated_from)})
    if source.first_report is not None:
        remarks.append(_("First reported in %(source)s.") % {"source": _named(source.first_report)})
    elif source.first_reported_by:
        remarks.append(_("First reported by %(publisher)s.") % {"publisher": clean(source.first_reported_by)})
    if source.title_basis == Source.TitleBasis.ADDRESS:
        remarks.append(_("Title worded after the address of the page; its headline was not seen."))
    elif source.title_basis == Source.TitleBasis.DESCRIPTION:
        remarks.append(_("Title is a description, not a headline."))
    if not source.url:
        remarks.append(_("No address on record."))
    if not source.published:
        remarks.append(_("No date on record."))
    elif "literal" in issued(parse(source.published)):
        remarks.append(published_words(parse(source.published)))
    return remarks


def quoted_words(quotations: str) -> str:
    """“Quoted: “...””, a remark that a format without a place for quotations has."""
    return _("Quoted: %(quotations)s") % {"quotations": quotations}


def published_words(date: EdtfDate) -> str:
    """When a source was published, where a format has no place for so vague a date."""
    return _("Published %(date)s.") % {"date": display(date, in_sentence=True)}


def _named(source: Source) -> str:
    publisher = f", {clean(source.publisher)}" if source.publisher else ""
    address = f", {address_in_text(source.url)}" if source.url else ""
    return f"“{clean(source.title)}”{publisher}{address}"


def issued(date: EdtfDate) -> dict[str, Any]:
    """A date in CSL's terms. No day or month is invented; what has no parts of its own becomes a literal."""
    circa: dict[str, Any] = {"circa": True} if date.approximate or date.uncertain else {}
    if date.precision is Precision.SEASON:
        return {"date-parts": _parts(date), "season": int(date.text[5:7]) - 20, **circa}
    if date.precision is not Precision.INTERVAL:
        parts = _parts(date)
        return {"date-parts": parts, **circa} if parts else {"literal": display(date)}
    start, end = date.start, date.end
    if not isinstance(start, EdtfDate):
        assert isinstance(end, EdtfDate)  # noqa: S101 -- one end of an interval is always given
        # Translators: when a source was published.
        return {"literal": pgettext("published", "before or on %(date)s") % {"date": display(end, in_sentence=True)}}
    ends = [start, end] if isinstance(end, EdtfDate) else [start]
    pieces = [_parts(half) for half in ends]
    if not all(pieces):
        return {"literal": display(date)}
    return {"date-parts": [piece[0] for piece in pieces], **circa}


def _parts(date: EdtfDate) -> list[list[int]]:
    """Year, month and day as far as they are known; empty for decades and centuries."""
    first = date.earliest
    assert first is not None  # noqa: S101 -- only intervals have an open start
    match date.precision:
        case Precision.DAY:
            return [[first.year, first.month, first.day]]
        case Precision.MONTH:
            return [[first.year, first.month]]
        case Precision.YEAR | Precision.SEASON:
            return [[first.year]]
    return []
