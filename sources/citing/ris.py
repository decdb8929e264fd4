"""CSL-JSON items as RIS records: UTF-8, lines ended by CRLF, one value a line."""

from __future__ import annotations

from datetime import date
from typing import Final

from dates.edtf import EdtfDate, Precision, parse

from .csl import Item, quoted_words
from .words import clean, plain_address, without_emphasis

TYPES: Final = {
    "article-newspaper": "NEWS",
    "webpage": "ELEC",
    "report": "RPRT",
    "legislation": "STAT",
    "legal_case": "CASE",
    "personal_communication": "ICOMM",
}
# As programs read them, whatever the language.
SEASONS: Final = ("Spring", "Summer", "Autumn", "Winter")


def ris_record(item: Item) -> str:
    """One reference, from ``TY`` to ``ER``, each line ended by CRLF.

    :param item: from ``csl_item``.
    """
    lines = [("TY", TYPES.get(item["type"], "GEN")), ("ID", item["id"]), ("TI", item["title"])]
    lines += [("AU", _author(name)) for name in item.get("author", ())]
    lines += [("T2", item.get("container-title", "")), ("PB", item.get("publisher", ""))]
    edtf = item.get("custom", {}).get("edtf")
    if edtf:
        lines += ris_dates(parse(edtf))
    lines += [("UR", item.get("URL", "")), ("LA", item.get("language", "")), ("M3", item.get("genre", ""))]
    lines += [("N1", remark) for remark in item.get("custom", {}).get("remarks", ())]
    lines += [("N1", quoted_words(f"“{words}”")) for words in item.get("custom", {}).get("quotations", ())]
    written = ((tag, plain_address(value) if tag == "UR" else _plain(value)) for tag, value in lines)
    return "".join(f"{tag}  - {value}\r\n" for tag, value in written if value) + "ER  - \r\n"


def _plain(text: str) -> str:
    return without_emphasis(clean(text))


def ris_dates(when: EdtfDate) -> list[tuple[str, str]]:
    """``PY`` and ``DA`` (year/month/day/words), with what is not known left out.

    A date without a first year has neither: it stands in a remark.
    """
    if not when.is_interval:
        return _dated(when, when, "")
    start, end = when.start, when.end
    if not isinstance(start, EdtfDate):
        return []
    until = f"to {end.text.rstrip('~?%')}" if isinstance(end, EdtfDate) else "onwards"
    return _dated(start, when, until)


def _dated(first: EdtfDate, whole: EdtfDate, until: str) -> list[tuple[str, str]]:
    day: date | None = first.earliest
    words = "circa" if whole.approximate or whole.uncertain else ""
    month = number = ""
    if day is None or first.precision in (Precision.DECADE, Precision.CENTURY):
        return []
    if first.precision is Precision.SEASON:
        words = f"{SEASONS[int(first.text[5:7]) - 21]}{' circa' if words else ''}"
    if first.precision in (Precision.DAY, Precision.MONTH):
        month = f"{day.month:02}"
    if first.precision is Precision.DAY:
        number = f"{day.day:02}"
    said = ", ".join(part for part in (words, until) if part)
    return [("PY", f"{day.year:04}"), ("DA", f"{day.year:04}/{month}/{number}/{said}")]


def _author(name: dict[str, str]) -> str:
    if "literal" in name:
        return name["literal"]
    return ", ".join(name[part] for part in ("family", "given", "suffix") if part in name)
