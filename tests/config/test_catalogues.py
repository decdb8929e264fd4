"""The catalogues of translations hold every text that is marked for translation, and hold it whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

from config.environment import CHECKOUT

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|%s|%d")
ROOMS = ("accounts", "companies", "config", "dates", "digests", "history", "pledges", "sources", "timeline")
TRANSLATIONS = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def folder(code: str) -> Path:
    return CHECKOUT / "locale" / code / "LC_MESSAGES"


def catalogue(code: str) -> Catalog:
    with (folder(code) / "django.po").open("rb") as file:
        return read_po(file, locale=code)


def marked() -> Iterator[tuple[str | None, str]]:
    """Every text that is marked in code or templates, with its context."""
    for room in ROOMS:
        for file in sorted((CHECKOUT / room).rglob("*.py")):
            for _, message, _, context in extract("python", BytesIO(file.read_bytes()), keywords=KEYWORDS):
                yield context, message if isinstance(message, str) else message[0]
    for file in sorted((CHECKOUT / "templates").rglob("*.*")):
        # What Django makes of a template for xgettext has calls between letters that mean nothing.
        source = templatize(file.read_text()).encode()
        for _, message, _, context in extract("javascript", BytesIO(source), keywords=KEYWORDS):
            yield context, message if isinstance(message, str) else message[0]


def texts(message: Message) -> list[tuple[str, str]]:
    """Each form of a message beside its translation."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[min(number, 1)], form) for number, form in enumerate(message.string)]


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_every_marked_text_is_translated(code):
    whole = catalogue(code)
    missing = [
        message
        for context, message in sorted(set(marked()), key=str)
        if (found := whole.get(message, context)) is None or found.fuzzy or not all(new for _, new in texts(found))
    ]
    assert missing == []


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_a_translation_keeps_the_places_for_values_and_the_white_space_at_its_ends(code):
    wrong = [
        (old, new)
        for message in catalogue(code)
        if message.id
        for old, new in texts(message)
        # A form of the plural may say “one” in words.
        if (set(PLACEHOLDER.findall(new)) - set(PLACEHOLDER.findall(old)))
        or (isinstance(message.id, str) and sorted(PLACEHOLDER.findall(new)) != sorted(PLACEHOLDER.findall(old)))
        or (old[:1].isspace(), old[-1:].isspace()) != (new[:1].isspace(), new[-1:].isspace())
    ]
    assert wrong == []


@pytest.mark.parametrize("code", TRANSLATIONS)
def test_the_compiled_catalogue_is_that_of_the_written_one(code):
    compiled = BytesIO()
    write_mo(compiled, catalogue(code))
    compiled.seek(0)
    with (folder(code) / "django.mo").open("rb") as file:
        shipped = read_mo(file)
    assert {(one.id, one.context): one.string for one in shipped if one.id} == {
        (one.id, one.context): one.string for one in read_mo(compiled) if one.id
    }
