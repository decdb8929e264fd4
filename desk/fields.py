"""What may be typed into a field of the record, and what is said where it may not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pycountry
from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError

EDTF_HELP = (
    "As closely as it is known: 2020-06-11, 2020-06, 2020, 2022-22 (summer), 2020-06~ (about), "
    "2020-06-01/2020-06-07 (between), ../2021-12 (by)."
)
LONGEST_KEY = 19  # digits; the largest key of all has as many
_WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
# They turn the order of what follows round, and so show something else than is stored.
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs by name, and nothing to the eye
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def check_visible(text: str) -> None:
    """Refuse text that shows nothing, or something else than it says.

    :raises ValidationError: saying which.
    """
    if _TURNING.search(text):
        raise ValidationError("This text holds invisible marks that reverse its direction: type it anew.")
    if _CONTROL.search(text):
        raise ValidationError("This text holds control characters that cannot be seen: type it anew.")
    if text and not any(unicodedata.category(one)[0] in "LNPS" and one not in _BLANK_LETTERS for one in text):
        raise ValidationError("This text holds nothing that can be seen: write something, or leave it empty.")


def check_word(word: str) -> None:
    if not _WORD.match(word):
        raise ValidationError(f"“{word}”: write it in small letters with hyphens, such as facial-recognition.")


def check_place(code: str) -> None:
    """:raises ValidationError: unless the code is one of ISO 3166-1 or 3166-2, ``EU`` or ``world``."""
    parts: Any = pycountry.subdivisions
    if code not in ("EU", "world") and not pycountry.countries.get(alpha_2=code) and not parts.get(code=code):
        raise ValidationError(f"“{code}” is no place: write US, US-IL (ISO 3166), EU or world.")


def check_country(code: str) -> None:
    if pycountry.countries.get(alpha_2=code) is None:
        raise ValidationError(f"“{code}” is no country code: write two capital letters (ISO 3166-1), such as US.")


def check_currency(code: str) -> None:
    if pycountry.currencies.get(alpha_3=code) is None:
        raise ValidationError(f"“{code}” is no currency: write three capital letters (ISO 4217), such as USD.")


def check_language(code: str) -> None:
    if pycountry.languages.get(alpha_2=code) is None:
        raise ValidationError(f"“{code}” is no language code: write two small letters (ISO 639-1), such as en.")


class WordsAround(forms.CharField):
    """The words before or after a quotation: the space next to it and the ends of blocks are part of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "strip": False})

    def to_python(self, value: Any) -> Any:
        # Browsers send line breaks in two characters.
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class ListField(forms.CharField):
    """Several texts in one field, each once and in order.

    :param separator: between two of them: a comma, or a line break where the texts may hold commas.
    :param check: refuses one of them with a ``ValidationError``.
    :param null: whether an empty list means None.
    """

    def __init__(
        self, *, separator: str, check: Callable[[str], None] = check_visible, null: bool = False, **kwargs: Any
    ) -> None:
        self.separator, self.check, self.null = separator, check, null
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) or value is None:
            value = [item for item in (part.strip() for part in (value or "").split(self.separator)) if item]
        return value or (None if self.null else [])

    def prepare_value(self, value: Any) -> Any:
        joined = "\n" if self.separator == "\n" else f"{self.separator} "
        return joined.join(value) if isinstance(value, list) else value

    def run_validators(self, value: Any) -> None:
        faults: list[ValidationError] = []
        for item in value or []:
            try:
                self.check(item)
            except ValidationError as fault:
                faults.append(fault)
        faults += [
            ValidationError(f"“{item}” is in the list twice: remove one of the two.")
            for item in dict.fromkeys(value or [])
            if value.count(item) > 1
        ]
        if faults:
            raise ValidationError(faults)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != (self.to_python(data) or []))


def is_key(text: Any) -> bool:
    """Whether a text can be the key of a row: digits, and no more of them than the database takes."""
    given = str(text)
    return given.isascii() and given.isdecimal() and len(given) < LONGEST_KEY


class ChosenRecord(AutocompleteSelect):
    """A choice among records, found by typing. What is no key chooses none: the form says so at the field."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [key if is_key(key) else "" for key in value], attr)


class SeveralChoices(forms.TypedMultipleChoiceField):
    """Several of a fixed list, as check boxes."""

    widget = forms.CheckboxSelectMultiple

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(initial or []) != set(data or [])
