"""The model field that keeps a date as written beside the days that it may mean."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from dates.fields import EDTFField


class Happening(models.Model):  # noqa: DJ008
    date = EDTFField(null=True, blank=True, sorts_on="date_sorts_on")
    date_earliest = models.DateField(null=True, editable=False)
    date_latest = models.DateField(null=True, editable=False)
    date_sorts_on = models.DateField(null=True, editable=False)

    class Meta:
        app_label = "tests_of_dates"
        managed = False


class Misdeclared(models.Model):  # noqa: DJ008
    until_earliest = models.DateField(null=True)
    until = EDTFField(null=True, earliest="until_earliest", latest="until_latest")

    class Meta:
        app_label = "tests_of_dates"
        managed = False


def as_saved(happening: Happening) -> Happening:
    """Give each field its turn, in order, as saving and bulk_create do."""
    for field in Happening._meta.concrete_fields:
        field.pre_save(happening, add=True)
    return happening


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "sorts_on"),
    [
        ("2020-06", date(2020, 6, 1), date(2020, 6, 30), date(2020, 6, 1)),
        ("../2021-12", None, date(2021, 12, 31), date(2021, 12, 31)),
        ("2019-08/..", date(2019, 8, 1), None, date(2019, 8, 1)),
        (None, None, None, None),
        ("", None, None, None),
    ],
)
def test_the_days_beside_a_date_are_filled_in_as_it_is_saved(text, earliest, latest, sorts_on):
    happening = Happening(date=text, date_earliest=date(1999, 1, 1), date_latest=date(1999, 1, 1))

    as_saved(happening)

    assert happening.date == text
    assert (happening.date_earliest, happening.date_latest) == (earliest, latest)
    assert happening.date_sorts_on == sorts_on


def test_a_date_that_cannot_be_read_is_refused_in_forms_with_a_way_to_mend_it():
    field = Happening._meta.get_field("date").formfield()

    with pytest.raises(ValidationError, match="Write 2020-06-11 or 2020-11-06"):
        field.clean("11/06/2020")


def test_a_form_keeps_the_text_as_it_was_written():
    field = Happening._meta.get_field("date").formfield()

    assert field.clean(" 2021-07-07~ ") == "2021-07-07~"
    assert field.clean("") is None


def test_a_migration_writes_down_only_what_differs_from_the_usual():
    field = EDTFField(earliest="until_earliest", latest=None, sorts_on="until_sorts_on", null=True)

    name, path, args, kwargs = field.deconstruct()

    assert (name, path, args) == (None, "dates.fields.EDTFField", [])
    assert kwargs == {
        "earliest": "until_earliest",
        "latest": None,
        "sorts_on": "until_sorts_on",
        "null": True,
    }
    assert EDTFField(**kwargs).deconstruct()[3] == kwargs
    assert EDTFField().deconstruct()[3] == {}


def test_a_day_declared_before_its_date_or_missing_is_reported():
    faults = Misdeclared._meta.get_field("until").check()

    assert [fault.id for fault in faults] == ["dates.E002", "dates.E001"]
    assert Happening._meta.get_field("date").check() == []
