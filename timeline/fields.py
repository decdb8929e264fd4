"""What the fields of the record's rows are called, and what they hold, in the words that pages use for them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from dates.edtf import display, parse
from dates.fields import EDTFField
from pledges.vocabulary import AUDIENCES, TECHNOLOGIES, label_of
from timeline.languages import language_name
from timeline.places import place_label

LABELS: Final = {"slug": "Address", "clause_keys": "Clauses", "exact": "Quoted words"}
# The folder of the pages of a table's rows.
PAGES: Final = {
    "companies_company": "companies",
    "sources_source": "sources",
    "pledges_pledge": "pledges",
    "pledges_event": "events",
    "pledges_investment": "investments",
}
# Words of lists and codes that the database does not know the labels of.
WORDS: Final[dict[str, Callable[[str], str]]] = {
    "jurisdictions": place_label,
    "country": place_label,
    "technologies": lambda word: label_of(word, TECHNOLOGIES),
    "audiences": lambda word: label_of(word, AUDIENCES),
    "clause_keys": label_of,
    "language": language_name,
}


@cache
def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


@cache
def _field(table: str, name: str) -> models.Field[Any, Any] | None:
    model = _models().get(table)
    try:
        found = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) else None


def field_label(table: str, name: str) -> str:
    """“Made on”."""
    field = _field(table, name)
    label = LABELS.get(name) or (str(field.verbose_name) if field else name)
    label = label.replace("_", " ")
    return label[:1].upper() + label[1:]


def field_words(table: str, name: str, value: Any) -> str:
    """What a field holds, as a reader reads it: “about 5 August 2021”, “police; customers”. Nothing for nothing.

    :param value: as the history keeps it, in JSON.
    """
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    field = _field(table, name)
    if isinstance(value, list):
        item = field.base_field if isinstance(field, ArrayField) else None
        return "; ".join(_one(item, name, one) for one in value)
    if name == "slug" and table in PAGES:
        return f"/{PAGES[table]}/{value}/"
    if name == "answer" and table == "pledges_answer":
        return date_words(str(value))
    return _one(field, name, value)


def _one(field: models.Field[Any, Any] | None, name: str, value: Any) -> str:
    if name in WORDS:
        return WORDS[name](str(value))
    if isinstance(field, EDTFField):
        return date_words(str(value))
    if isinstance(field, models.DecimalField):
        return f"{Decimal(str(value)):,.2f}".removesuffix(".00")
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(value)


def date_words(text: str) -> str:
    """A date as it is printed; any other words as they are."""
    try:
        return display(parse(text))
    except ValueError:
        return text
