"""What a PDF says of itself. All of it guesses: its properties are often those of the file that it was made from."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict

from sources.intake.days import is_past, printed_days
from sources.intake.values import Value

logger = logging.getLogger(__name__)

_NO_TITLE = re.compile(
    r"\.(?:docx?|pdf|indd|pptx?|rtf|odt|tex|html?)\Z|\Amicrosoft (?:word|powerpoint)|\Auntitled", re.I
)
_NO_AUTHOR = re.compile(r"\A(?:user|admin|administrator|owner|author|unknown|microsoft.*)\Z", re.IGNORECASE)
_MADE = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})")
_FIRST_PAGE = 3_000  # characters


class Found(TypedDict):
    """Fields of a reading."""

    title: list[Value[str]]
    authors: list[Value[tuple[str, ...]]]
    published: list[Value[str]]
    possible: list[Value[str]]


def read_pdf(body: bytes, text: str, *, today: date) -> Found:
    """Title, authors and date by the properties of a PDF and its first page.

    :param text: its words, as `sources.text.page_text` has them.
    """
    found = Found(title=[], authors=[], published=[], possible=[])
    properties = _properties(body)
    title = properties.get("/Title", "")
    if len(title) > 3 and not _NO_TITLE.search(title):
        found["title"].append(Value(title[:500], "the properties of the PDF: Title", False))
    first = text[:_FIRST_PAGE]
    heading = next((line for line in first.split("\n") if 8 <= len(line) <= 200 and not line.isdigit()), "")
    if heading and heading != title:
        found["title"].append(Value(heading, "the first line of the PDF", False))
    author = properties.get("/Author", "")
    if 2 < len(author) <= 120 and not _NO_AUTHOR.match(author):
        names = tuple(name.strip() for name in re.split(r"[;,]| and ", author) if name.strip())
        found["authors"].append(Value(names, "the properties of the PDF: Author", False))
    for printed in printed_days(first, today=today, most=1):
        basis = f"the first page of the PDF, which says “{printed.words}”"
        chosen = found["published"] if len(printed.days) == 1 else found["possible"]
        chosen += [Value(day, basis, False) for day in printed.days]
    made = _MADE.match(properties.get("/CreationDate", ""))
    if (
        made
        and is_past(day := "-".join(made.groups()), today=today)
        and day not in [v.value for v in found["published"]]
    ):
        found["published"].append(Value(day, "the properties of the PDF: CreationDate", False))
    return found


def _properties(body: bytes) -> dict[str, str]:
    from pypdf import PdfReader

    found = {}
    try:
        given: Mapping[str, Any] = PdfReader(io.BytesIO(body)).metadata or {}
        for name in ("/Title", "/Author", "/CreationDate"):
            value = given.get(name)
            if value is not None:
                found[name] = " ".join(str(value)[:1_000].split())
    except Exception:  # broken files fail in any way
        logger.debug("the properties of a PDF could not be read", exc_info=True)
    return found
