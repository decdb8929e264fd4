"""Places, languages and sums are called what the language of the page calls them; English has its own short names."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from tests.translations import Texts, in_spanish
from timeline.languages import language_name
from timeline.places import outside, place_label, place_name
from timeline.shown import sum_words


@pytest.mark.parametrize(
    ("code", "in_a_sentence", "by_itself", "spanish"),
    [
        ("US", "the United States", "United States", "Estados Unidos"),
        ("GB", "the United Kingdom", "United Kingdom", "Reino Unido"),
        ("CZ", "the Czech Republic", "Czech Republic", "Chequia"),
        ("DE", "Germany", "Germany", "Alemania"),
        ("US-NY", "New York", "New York", "Nueva York"),
        ("US-IL", "Illinois", "Illinois", "Illinois"),
        ("XX", "XX", "XX", "XX"),
        ("US-ZZ", "US-ZZ", "US-ZZ", "US-ZZ"),
    ],
)
def test_a_place_is_called_what_the_language_calls_it(
    code: str, in_a_sentence: str, by_itself: str, spanish: str
) -> None:
    assert (place_name(code), place_label(code)) == (in_a_sentence, by_itself)
    with translation.override("es"):
        assert (place_name(code), place_label(code)) == (spanish, spanish)


def test_what_is_no_country_has_a_name_too() -> None:
    assert (place_name("world"), place_label("world")) == ("the whole world", "Worldwide")
    assert (place_name("EU"), place_label("EU")) == ("the European Union", "European Union")


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ([], ""),
        (["US", "world"], ""),
        (["US"], "everywhere else"),
        (["US", "US-IL"], "everywhere else"),
        (["US-IL", "US-NY"], "the rest of the United States, and everywhere else"),
        (["US-IL", "CA-BC"], "the rest of Canada and the United States, and everywhere else"),
    ],
)
def test_what_lies_outside_some_places_is_said_in_words(codes: list[str], said: str) -> None:
    assert outside(codes) == said


@pytest.mark.parametrize(
    ("tag", "english", "spanish"),
    [
        ("en", "English", "Inglés"),
        ("pt-BR", "Portuguese", "Portugués"),
        ("el", "Modern Greek", "Griego"),
        ("grc", "Ancient Greek", "Griego antiguo"),
        ("xx-none", "xx-none", "xx-none"),
        ("", "", ""),
    ],
)
def test_a_language_is_called_what_the_language_of_the_page_calls_it(tag: str, english: str, spanish: str) -> None:
    assert language_name(tag) == english
    with translation.override("es"):
        assert language_name(tag) == spanish


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "USD 0"),
        ("0.5", "USD 0.50"),
        ("1234", "USD 1,234"),
        ("999999.99", "USD 999,999.99"),
        ("1000000", "USD 1 million"),
        ("74500000", "USD 74.5 million"),
        ("1234567890", "USD 1.235 billion"),
        ("4000000000000", "USD 4000 billion"),
    ],
)
def test_a_sum_is_written_with_its_currency_and_in_millions_where_it_has_them(amount: str, said: str) -> None:
    assert sum_words(Decimal(amount), "USD") == said


def test_a_sum_that_is_not_known_is_not_written() -> None:
    assert sum_words(None, "USD") == ""


SUMS: Texts = {
    (None, "%(currency)s %(number)s"): "%(number)s %(currency)s",
    (None, ("%(currency)s %(number)s million", "%(currency)s %(number)s million")): (
        "%(number)s millón de %(currency)s",
        "%(number)s millones de %(currency)s",
    ),
}


@pytest.mark.parametrize(
    ("amount", "said"),
    [("1234.5", "1.234,50 USD"), ("1000000", "1 millón de USD"), ("1500000", "1,5 millones de USD")],
)
def test_a_sum_has_the_signs_the_order_and_the_plural_of_the_language(amount: str, said: str) -> None:
    with in_spanish(SUMS):
        assert sum_words(Decimal(amount), "USD") == said
