"""What pages, files and refusals say follows the language of the reader, a whole sentence at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import Client

from tests import factories as make
from tests.translations import Texts, in_spanish
from timeline import changes, words
from timeline.components import Pager
from timeline.edits import KINDS
from timeline.fields import LABELS, field_words
from timeline.figures import Bar, Lane, Stretch
from timeline.filters import IN_WORDS, EventFilter, ValuesFilter, read_date, read_selection
from timeline.lanes import finding
from timeline.leads import ALL, ONE, SOME, TOLD, lead
from timeline.templatetags.display import grouped, hours
from timeline.views.edits import moment

DATES: Texts = {
    ("month", "June"): "junio",
    ("date", "%(day)s %(month)s %(year)s"): "%(day)s de %(month)s de %(year)s",
    ("date in a sentence", "%(day)s %(month)s %(year)s"): "el %(day)s de %(month)s de %(year)s",
}


def test_every_field_that_readers_are_shown_a_change_of_has_a_label_of_its_own() -> None:
    tables = {model._meta.db_table: model for model in apps.get_models()}
    unnamed = [
        f"{table}.{column.name}"
        for table in changes.NOUNS
        for column in tables[table]._meta.fields
        if not column.is_relation
        and changes._for_readers(table, column.name)
        and column.name not in LABELS
        and f"{table}.{column.name}" not in LABELS
    ]

    assert unnamed == []


def test_every_part_of_the_record_has_a_name_by_itself_and_one_for_counts() -> None:
    assert set(changes.NAMES) == set(changes.NOUNS)
    assert set(changes.NOUNS.values()) <= set(words.NOUNS)


def test_every_status_has_its_sentences_for_the_pledges_of_a_company() -> None:
    assert set(ONE) == set(ALL) == set(SOME) == set(TOLD) == set(words.HEADLINES)


def test_every_parameter_of_a_list_can_be_said_in_words() -> None:
    said_otherwise = {"own", "disputed", "order"}
    several = {name for name, one in EventFilter.base_filters.items() if isinstance(one, ValuesFilter)}

    assert set(IN_WORDS) == several - said_otherwise


def test_the_pledges_of_a_company_are_told_in_a_sentence() -> None:
    texts: Texts = {
        ("number of pledges", "one"): "una",
        ("number of pledges", "two"): "dos",
        ("number of pledges", "three"): "tres",
        (None, "%(number)s pledges: %(parts)s."): "%(number)s promesas: %(parts)s.",
        (None, ("%(number)s is in force", "%(number)s are in force")): (
            "%(number)s está vigente",
            "%(number)s están vigentes",
        ),
        (None, ("%(number)s was withdrawn", "%(number)s were withdrawn")): (
            "%(number)s fue retirada",
            "%(number)s fueron retiradas",
        ),
    }
    pledges = ["in-force", "withdrawn", "in-force"]

    assert lead("Acme", pledges, events=True, investments=False) == (
        "Three pledges: two are in force and one was withdrawn."
    )
    with in_spanish(texts):
        assert lead("Acme", pledges, events=True, investments=False) == (
            "Tres promesas: dos están vigentes y una fue retirada."
        )


@pytest.mark.parametrize(
    ("events", "investments", "through"),
    [
        (False, False, ""),
        (True, False, " It appears in the record through events."),
        (False, True, " It appears in the record through investments."),
        (True, True, " It appears in the record through events and investments."),
    ],
)
def test_a_company_without_a_pledge_is_told_apart_by_what_is_on_record(
    events: bool, investments: bool, through: str
) -> None:
    said = f"No pledge by Acme is on record. That says nothing about the company.{through}"

    assert lead("Acme", [], events=events, investments=investments) == said


def test_a_number_above_twelve_is_written_in_figures() -> None:
    pledges = ["in-force"] * 13 + ["lapsed"]

    assert lead("Acme", pledges, events=True, investments=False) == "14 pledges: 13 are in force and one has lapsed."


def test_the_heading_of_the_picture_has_a_sentence_for_each_case() -> None:
    texts: Texts = {
        (None, ("one company", "%(number)s companies")): ("una empresa", "%(number)s empresas"),
        (
            None,
            "The one pledge by %(companies)s is in force, and names no end date",
        ): "Sigue vigente, sin fecha de fin, la única promesa de %(companies)s",
    }
    stretch = Stretch(headline="in-force", word="", since=date(2020, 6, 10))
    lanes = [Lane(name="Acme", bars=[Bar(label="A pause", href="/pledges/a/", stretches=[stretch])])]

    with in_spanish(texts):
        assert finding(lanes, set()) == "Sigue vigente, sin fecha de fin, la única promesa de una empresa"


def test_a_selection_is_said_in_words() -> None:
    texts: Texts = {
        **DATES,
        (None, "company is %(values)s"): "empresa: %(values)s",
        (None, "year is %(values)s"): "año: %(values)s",
        (None, "%(some)s or %(other)s"): "%(some)s o %(other)s",
        (None, "from %(since)s"): "desde %(since)s",
    }
    asked = QueryDict("year=2019&year=2020&year=2021&from=2020-06-11")

    assert read_selection(asked).in_words == "year is 2019 or 2020 or 2021; from 11 June 2020"
    with in_spanish(texts):
        assert read_selection(asked).in_words == "año: 2019 o 2020 o 2021; desde el 11 de junio de 2020"


def test_the_two_ends_of_a_selection_that_are_one_day_are_said_once() -> None:
    assert read_selection(QueryDict("from=2020-06-11&to=2020-06-11")).in_words == "11 June 2020"
    assert read_selection(QueryDict("from=2020-06&to=2021")).in_words == "June 2020 to 2021"


def test_a_date_that_cannot_be_read_is_refused_in_the_language_of_the_reader() -> None:
    texts: Texts = {
        (
            None,
            "“%(written)s” is not a date as this record writes it. Write 2020-06-11, 2020-06 or 2020.",
        ): "«%(written)s» no es una fecha. Escríbala como 2020-06-11, 2020-06 o 2020.",
    }

    with pytest.raises(ValidationError, match="has the wrong marks"):
        read_date("2020/06/11")
    with in_spanish(texts), pytest.raises(ValidationError, match=r"«2020/06/11» no es una fecha"):
        read_date("2020/06/11")


@pytest.mark.django_db
def test_a_value_that_is_not_known_is_refused_in_the_language_of_the_reader(client: Client) -> None:
    texts: Texts = {
        (
            None,
            "“%(value)s” is not known here. Allowed: %(values)s.",
        ): "No se conoce aquí «%(value)s». Valores posibles: %(values)s.",
    }

    with in_spanish(texts):
        page = client.get("/companies/?role=seller&lang=es")

    assert page.status_code == 400
    assert "No se conoce aquí «seller». Valores posibles: vendor, investor, customer, platform." in page.text


@pytest.mark.django_db
def test_a_feed_names_the_language_that_it_is_in(client: Client) -> None:
    make.an_event("one", title="One")
    texts: Texts = {(None, "%(site)s: every event"): "%(site)s: todos los hechos"}

    assert 'xml:lang="en"' in client.get("/timeline/feed.atom").text
    with in_spanish(texts):
        feed = client.get("/timeline/feed.atom?lang=es").text

    assert 'xml:lang="es"' in feed
    assert "Pledge Record: todos los hechos" in feed


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/timeline/feed.atom", "/sources/edits/feed.atom"])
def test_the_pages_of_a_feed_stay_in_the_language_of_the_first(client: Client, address: str) -> None:
    with in_spanish({}):
        feed = client.get(f"{address}?lang=es").text

    assert f'<link href="http://testserver{address}?lang=es" rel="self"' in feed
    assert f'<link href="http://testserver{address}?lang=es" rel="first"' in feed
    assert "lang=" not in client.get(f"{address}?lang=no-language").text.replace("xml:lang=", "")


def test_what_is_worded_once_is_read_in_the_language_of_each_page() -> None:
    texts: Texts = {
        ("what became of a page", "Removed"): "Retirada",
        (None, "Newer"): "Más recientes",
    }

    assert (KINDS["removed"], Pager().newer_label) == ("Removed", "Newer")
    with in_spanish(texts):
        assert (KINDS["removed"], Pager().newer_label) == ("Retirada", "Más recientes")
    assert (KINDS["removed"], Pager().newer_label) == ("Removed", "Newer")


def test_numbers_are_written_as_the_language_writes_them() -> None:
    texts: Texts = {(None, ("%(number)s hour", "%(number)s hours")): ("%(number)s hora", "%(number)s horas")}
    sums = [field_words("pledges_investment", "amount", one) for one in ("74000000.00", "1234.5", "0.05")]

    assert sums == ["74,000,000", "1,234.50", "0.05"]
    assert [hours(one) for one in (1, 1.5, 36, 48, 0)] == ["1 hour", "1.5 hours", "36 hours", "2 days", "0 hours"]
    with in_spanish(texts):
        assert field_words("pledges_investment", "amount", "12345.5") == "12.345,50"
        assert grouped(12345) == "12.345"
        assert [hours(one) for one in (1, 1.5)] == ["1 hora", "1,5 horas"]


def test_a_moment_of_the_ledger_names_its_day_as_the_language_does() -> None:
    at = datetime(2026, 6, 3, 8, 0, tzinfo=UTC)

    assert moment(at) == "3 June 2026, 08:00"
    with in_spanish(DATES):
        assert moment(at) == "3 de junio de 2026, 08:00"
