"""What the fields of the record's rows are called, and what they hold, in the words that pages use for them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, Final

from babel.numbers import format_decimal
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import pgettext, pgettext_lazy

from dates.edtf import display, parse
from dates.fields import EDTFField
from pledges.vocabulary import AUDIENCES, TECHNOLOGIES, label_of
from timeline.languages import language_name
from timeline.places import place_label
from timeline.words import Labels, locale

# By the name of the field, or of its table and itself where several tables have one of that name.
LABELS: Final = Labels(
    {
        "action": pgettext_lazy("field", "Action"),
        "actions": pgettext_lazy("field", "Actions"),
        # Translators: of money
        "amount": pgettext_lazy("field", "Amount"),
        # Translators: what a sum of money measures
        "amount_is": pgettext_lazy("field", "Measures"),
        "announced_on": pgettext_lazy("field", "Announced on"),
        # Translators: to a disputed question
        "answer": pgettext_lazy("field", "Answer"),
        "pledges_effect.answer": pgettext_lazy("field", "What came of the question"),
        # Translators: whether the company answered a question
        "answered": pgettext_lazy("field", "Answered"),
        "audiences": pgettext_lazy("field", "Audiences"),
        "authors": pgettext_lazy("field", "Authors"),
        # Translators: whether a pledge is voluntary, or in a contract or an order
        "binding": pgettext_lazy("field", "Binding"),
        "clause_keys": pgettext_lazy("field", "Clauses"),
        "country": pgettext_lazy("field", "Country of its seat"),
        "currency": pgettext_lazy("field", "Currency"),
        "date": pgettext_lazy("field", "Date"),
        # Translators: how a date is known
        "date_basis": pgettext_lazy("field", "Date basis"),
        "date_printed": pgettext_lazy("field", "Date as printed"),
        # Translators: the day by which an act must be done
        "due_on": pgettext_lazy("field", "Due on"),
        # Translators: on which a condition of a pledge ends it
        "ends": pgettext_lazy("field", "Date"),
        "exact": pgettext_lazy("field", "Quoted words"),
        # Translators: exceptions
        "excludes": pgettext_lazy("field", "Excludes"),
        # Translators: how an investor’s stake ended
        "exit_kind": pgettext_lazy("field", "Exit kind"),
        "first_reported_by": pgettext_lazy("field", "First reported by"),
        # Translators: of a pledge: an undertaking, a practice, or imposed
        "form": pgettext_lazy("field", "Form"),
        "jurisdictions": pgettext_lazy("field", "Jurisdictions"),
        "kind": pgettext_lazy("field", "Kind"),
        "language": pgettext_lazy("field", "Language"),
        # Translators: page or section of a source
        "locator": pgettext_lazy("field", "Locator"),
        "made_on": pgettext_lazy("field", "Made on"),
        # Translators: of the conditions that end a pledge, the one to name first
        "matters_most": pgettext_lazy("field", "Matters most"),
        "name": pgettext_lazy("field", "Name"),
        # Translators: of a clause: an act done once, or something lasting
        "nature": pgettext_lazy("field", "Nature"),
        "no_support": pgettext_lazy("field", "Why nothing supports it"),
        "note": pgettext_lazy("field", "Note"),
        # Translators: of an event
        "outcome": pgettext_lazy("field", "Outcome"),
        # Translators: that somebody took in an event
        "part": pgettext_lazy("field", "Part"),
        # Translators: of the answers to a disputed question
        "preferred": pgettext_lazy("field", "Preferred"),
        # Translators: the words before quoted words
        "prefix": pgettext_lazy("field", "Prefix"),
        # Translators: date of a source
        "published": pgettext_lazy("field", "Published"),
        "publisher": pgettext_lazy("field", "Publisher"),
        "question": pgettext_lazy("field", "Question"),
        "read_twice": pgettext_lazy("field", "Read by a second reader"),
        "reason": pgettext_lazy("field", "Why it is preferred, or what it rests on"),
        "retracted_because": pgettext_lazy("field", "Retracted because"),
        # Translators: of a company: vendor, investor, …
        "roles": pgettext_lazy("field", "Roles"),
        # Translators: of investment
        "round_name": pgettext_lazy("field", "Round as named"),
        # Translators: of an identifier
        "scheme": pgettext_lazy("field", "Scheme"),
        "searched_where": pgettext_lazy("field", "Where it was looked for"),
        # Translators: date from which a company has been owned
        "since": pgettext_lazy("field", "Since"),
        "slug": pgettext_lazy("field", "Address"),
        "stake": pgettext_lazy("field", "Stake"),
        # Translators: whether a source supports or disputes something
        "stance": pgettext_lazy("field", "Stance"),
        # Translators: of a step: the company, journalists, a court, …
        "standing": pgettext_lazy("field", "Who says so"),
        # Translators: date from which a wording holds
        "starts": pgettext_lazy("field", "From"),
        # Translators: the words after quoted words
        "suffix": pgettext_lazy("field", "Suffix"),
        "summary": pgettext_lazy("field", "Summary"),
        # Translators: whose text a source copies
        "syndicated_from": pgettext_lazy("field", "Syndicated from"),
        "technologies": pgettext_lazy("field", "Technologies"),
        "text": pgettext_lazy("field", "Text"),
        "title": pgettext_lazy("field", "Title"),
        # Translators: how the title of a source is known
        "title_basis": pgettext_lazy("field", "Title basis"),
        "type": pgettext_lazy("field", "Type"),
        # Translators: date until which a company was owned
        "until": pgettext_lazy("field", "Until"),
        "pledges_effect.until": pgettext_lazy("field", "Extended until"),
        "url": pgettext_lazy("field", "Address"),
        # Translators: date from which a company had a name
        "used_from": pgettext_lazy("field", "From"),
        # Translators: date until which a company had a name
        "used_until": pgettext_lazy("field", "Until"),
        # Translators: of an identifier
        "value": pgettext_lazy("field", "Value"),
        "website": pgettext_lazy("field", "Website"),
        # Translators: yes or no
        "whole": pgettext_lazy("field", "Supersedes the whole pledge"),
        "wording": pgettext_lazy("field", "Wording"),
        # Translators: how the words of a pledge are known
        "wording_basis": pgettext_lazy("field", "Wording basis"),
    }
)
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
    label = LABELS.get(f"{table}.{name}") or LABELS.get(name)
    if label is None:
        field = _field(table, name)
        label = (str(field.verbose_name) if field else name).replace("_", " ")
        label = label[:1].upper() + label[1:]
    return label


def field_words(table: str, name: str, value: Any) -> str:
    """What a field holds, as a reader reads it: “about 5 August 2021”, “police; customers”. Nothing for nothing.

    :param value: as the history keeps it, in JSON.
    """
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return pgettext("what a field holds", "yes") if value else pgettext("what a field holds", "no")
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
        amount = round(Decimal(str(value)), 2)
        whole = amount == amount.to_integral_value()
        return format_decimal(amount, "#,##0" if whole else "#,##0.00", locale=locale())
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(value)


def date_words(text: str) -> str:
    """A date as it is printed; any other words as they are."""
    try:
        return display(parse(text))
    except ValueError:
        return text
