"""What a date of the record means, how it is printed, and what is said about one that cannot be read."""

import warnings
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from dates.edtf import NotEdtf, Precision, display, display_day, is_edtf, parse
from tests.translations import in_spanish

with warnings.catch_warnings():
    # The published reader of the format, here as a judge only, warns of its own grammar when imported.
    warnings.simplefilter("ignore")
    import edtf as judge


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("2020-06-11", date(2020, 6, 11), date(2020, 6, 11), "day"),
        ("2019-10", date(2019, 10, 1), date(2019, 10, 31), "month"),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29), "month"),
        ("2018", date(2018, 1, 1), date(2018, 12, 31), "year"),
        ("2021-07-07~", date(2021, 7, 7), date(2021, 7, 7), "day"),
        ("2018?", date(2018, 1, 1), date(2018, 12, 31), "year"),
        ("2018%", date(2018, 1, 1), date(2018, 12, 31), "year"),
        ("2020-06-XX", date(2020, 6, 1), date(2020, 6, 30), "month"),
        ("2020-XX", date(2020, 1, 1), date(2020, 12, 31), "year"),
        ("2020-XX-XX", date(2020, 1, 1), date(2020, 12, 31), "year"),
        ("201X", date(2010, 1, 1), date(2019, 12, 31), "decade"),
        ("20XX", date(2000, 1, 1), date(2099, 12, 31), "century"),
        ("2020-21", date(2020, 3, 1), date(2020, 5, 31), "season"),
        ("2022-22", date(2022, 6, 1), date(2022, 8, 31), "season"),
        ("2022-23", date(2022, 9, 1), date(2022, 11, 30), "season"),
        ("2023-24", date(2023, 12, 1), date(2024, 2, 29), "season"),
        ("2020-07-19/2020-07-25", date(2020, 7, 19), date(2020, 7, 25), "interval"),
        ("2019-01~/2019-11", date(2019, 1, 1), date(2019, 11, 30), "interval"),
        ("2022-04~/2022-09-28~", date(2022, 4, 1), date(2022, 9, 28), "interval"),
        ("../2021-12", None, date(2021, 12, 31), "interval"),
        ("2019-08/..", date(2019, 8, 1), None, "interval"),
        ("/2021-12", None, date(2021, 12, 31), "interval"),
        ("2019-08/", date(2019, 8, 1), None, "interval"),
    ],
)
def test_a_date_spans_the_days_that_its_text_names(text, earliest, latest, precision):
    read = parse(text)

    assert (read.earliest, read.latest, read.precision) == (earliest, latest, Precision(precision))


def test_about_and_uncertain_are_kept_and_do_not_widen_the_span():
    plain, about, uncertain, both = (
        parse(text) for text in ("2020-06-10", "2020-06-10~", "2020-06-10?", "2020-06-10%")
    )

    assert {(read.earliest, read.latest) for read in (plain, about, uncertain, both)} == {
        (date(2020, 6, 10), date(2020, 6, 10))
    }
    assert [(read.approximate, read.uncertain) for read in (plain, about, uncertain, both)] == [
        (False, False),
        (True, False),
        (False, True),
        (True, True),
    ]


def test_a_date_sorts_by_its_first_day_and_an_open_start_by_its_last():
    assert parse("2019-10").sorts_on == date(2019, 10, 1)
    assert parse("2019-08/..").sorts_on == date(2019, 8, 1)
    assert parse("../2021-12").sorts_on == date(2021, 12, 31)


@pytest.mark.parametrize(
    ("text", "long", "short"),
    [
        ("2020-06-11", "11 June 2020", "11 Jun 2020"),
        ("2019-06", "June 2019", "Jun 2019"),
        ("2018", "2018", "2018"),
        ("2021-07-07~", "about 7 July 2021", "about 7 Jul 2021"),
        ("2018?", "2018 (uncertain)", "2018 (uncertain)"),
        ("2018%", "about 2018 (uncertain)", "about 2018 (uncertain)"),
        ("2022-22", "summer 2022", "summer 2022"),
        ("2020-06-XX", "June 2020", "Jun 2020"),
        ("201X", "2010s", "2010s"),
        ("19XX", "1900s", "1900s"),
        ("2020-07-19/2020-07-25", "19–25 July 2020", "19–25 Jul 2020"),
        ("2024-03-11/2024-05-30", "11 March – 30 May 2024", "11 Mar – 30 May 2024"),
        ("2021-11-02/2024-07-31", "2 November 2021 – 31 July 2024", "2 Nov 2021 – 31 Jul 2024"),
        ("2019-01/2019-11", "January 2019 – November 2019", "Jan 2019 – Nov 2019"),
        ("2019-01~/2019-11", "about January 2019 – November 2019", "about Jan 2019 – Nov 2019"),
        ("2018/2020", "2018–2020", "2018–2020"),
        ("2020-06-11/2020-06-11", "11 June 2020", "11 Jun 2020"),
        ("../2021-12", "by December 2021", "by Dec 2021"),
        ("2019-08/..", "from August 2019", "from Aug 2019"),
        ("2019-08/", "from August 2019, end not known", "from Aug 2019, end not known"),
        ("/2021-12", "unknown start, until December 2021", "unknown start, until Dec 2021"),
    ],
)
def test_a_date_is_printed_with_the_precision_that_it_has(text, long, short):
    assert display(text) == long
    assert display(text, short=True) == short


SPANISH = {
    ("month", "January"): "enero",
    ("month", "March"): "marzo",
    ("month", "May"): "mayo",
    ("month", "June"): "junio",
    ("month", "July"): "julio",
    ("month", "November"): "noviembre",
    ("month", "December"): "diciembre",
    ("short month", "May"): "may",
    ("short month", "Jul"): "jul",
    ("short month", "Dec"): "dic",
    ("date", "%(day)s %(month)s %(year)s"): "%(day)s de %(month)s de %(year)s",
    ("date in a sentence", "%(day)s %(month)s %(year)s"): "el %(day)s de %(month)s de %(year)s",
    ("date", "%(month)s %(year)s"): "%(month)s de %(year)s",
    ("date in a sentence", "%(month)s %(year)s"): "%(month)s de %(year)s",
    ("date", "summer %(year)s"): "verano de %(year)s",
    ("date in a sentence", "summer %(year)s"): "el verano de %(year)s",
    ("decade", "%(year)ss"): "década de %(year)s",
    ("decade in a sentence", "%(year)ss"): "la década de %(year)s",
    ("century", "%(year)ss"): "siglo que empieza en %(year)s",
    ("century in a sentence", "%(year)ss"): "el siglo que empieza en %(year)s",
    ("date", "about %(date)s"): "hacia %(date)s",
    ("date", "%(date)s (uncertain)"): "%(date)s (dudoso)",
    ("date", "by %(date)s"): "a más tardar: %(date)s",
    ("date", "from %(date)s"): "desde %(date)s",
    ("date", "from %(date)s, end not known"): "desde %(date)s, no se sabe hasta cuándo",
    ("date", "unknown start, until %(date)s"): "no se sabe desde cuándo, hasta %(date)s",
    ("date", "%(first)s–%(last)s %(month)s %(year)s"): "%(first)s–%(last)s de %(month)s de %(year)s",
    (
        "date",
        "%(first)s %(first_month)s – %(last)s %(month)s %(year)s",
    ): "%(first)s de %(first_month)s – %(last)s de %(month)s de %(year)s",
}


@pytest.mark.parametrize(
    ("text", "alone", "short", "in_sentence"),
    [
        ("2020-05-11", "11 de mayo de 2020", "11 may 2020", "el 11 de mayo de 2020"),
        ("2019-12", "diciembre de 2019", "dic 2019", "diciembre de 2019"),
        ("2018", "2018", "2018", "2018"),
        ("2021-07-07~", "hacia el 7 de julio de 2021", "hacia 7 jul 2021", "hacia el 7 de julio de 2021"),
        ("2018%", "hacia 2018 (dudoso)", "hacia 2018 (dudoso)", "hacia 2018 (dudoso)"),
        ("2022-22", "verano de 2022", "verano de 2022", "el verano de 2022"),
        ("2022-22~", "hacia el verano de 2022", "hacia el verano de 2022", "hacia el verano de 2022"),
        ("201X", "década de 2010", "década de 2010", "la década de 2010"),
        ("19XX", "siglo que empieza en 1900", None, "el siglo que empieza en 1900"),
        ("2020-07-19/2020-07-25", "19–25 de julio de 2020", "19–25 jul 2020", "19–25 de julio de 2020"),
        ("2024-03-11/2024-05-30", "11 de marzo – 30 de mayo de 2024", None, "11 de marzo – 30 de mayo de 2024"),
        ("2019-01~/2019-11", "hacia enero de 2019 – noviembre de 2019", None, None),
        ("2018/2020", "2018–2020", "2018–2020", "2018–2020"),
        ("../2021-12", "a más tardar: diciembre de 2021", "a más tardar: dic 2021", "a más tardar: diciembre de 2021"),
        ("2019-07-03/..", "desde el 3 de julio de 2019", "desde 3 jul 2019", "desde el 3 de julio de 2019"),
        ("2019-07/", "desde julio de 2019, no se sabe hasta cuándo", None, None),
        ("/2021-12", "no se sabe desde cuándo, hasta diciembre de 2021", None, None),
    ],
)
def test_a_date_is_printed_in_the_language_of_the_reader(text, alone, short, in_sentence):
    with in_spanish(SPANISH):
        assert display(text) == alone
        assert short is None or display(text, short=True) == short
        assert in_sentence is None or display(text, in_sentence=True) == in_sentence


def test_in_english_a_date_reads_the_same_within_a_sentence():
    for text in ("2020-06-11", "2019-06", "2018?", "2021-07-07~", "2022-22", "201X", "19XX", "../2021-12", "2018/2020"):
        assert display(text, in_sentence=True) == display(text)


def test_a_known_day_is_printed_in_the_language_of_the_reader():
    day = date(2020, 5, 11)

    assert (display_day(day), display_day(day, short=True)) == ("11 May 2020", "11 May 2020")
    with in_spanish(SPANISH):
        assert (display_day(day), display_day(day, short=True)) == ("11 de mayo de 2020", "11 may 2020")
        assert display_day(day, in_sentence=True) == "el 11 de mayo de 2020"


def test_a_date_can_be_printed_in_another_language_than_that_of_the_reader():
    with in_spanish(SPANISH):
        assert display("2020-06-11", locale="en-gb") == "11 June 2020"
        assert display("2020-06-11") == "11 de junio de 2020"
        with translation.override("en-gb"):
            assert display("2020-06-11", locale="es") == "11 de junio de 2020"


def test_a_language_that_the_site_does_not_have_is_refused():
    with in_spanish(SPANISH), pytest.raises(ValueError, match="no language “de”"):
        display("2020", locale="de")


def test_an_editor_is_told_in_english_how_to_mend_a_date_whatever_the_language():
    with in_spanish(SPANISH), pytest.raises(NotEdtf, match="June 2020 has days 01 to 30"):
        parse("2020-06-31")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("11/06/2020", "which is meant? Write 2020-06-11 or 2020-11-06."),
        ("25/06/2020", "Write 2020-06-25."),
        ("06/25/2020", "Write 2020-06-25."),
        ("06/06/2020", "has the year last. Write 2020-06-06."),
        ("06/2020", "Write 2020-06."),
        ("2020/06/11", "Write 2020-06-11."),
        ("11.06.20", "year in four digits"),
        ("20200611", "Write 2020-06-11."),
        ("2020-6-1", "lacks a zero. Write 2020-06-01."),
        ("June 2020", "Write 2020-06."),
        ("11 June 2020", "Write 2020-06-11."),
        ("Jun 11, 2020", "Write 2020-06-11."),
        ("summer 2022", "Write 2022-22."),
        ("circa 2018", "Write 2018~."),
        ("c. 2018", "Write 2018~."),
        ("2010s", "Write 201X."),
        ("201x", "Write 201X."),
        ("2020-13", "Months are 01 to 12"),
        ("2020-06-31", "June 2020 has days 01 to 30"),
        ("2021-02-29", "February 2021 has days 01 to 28"),
        ("2020-22-01", "names a day of a season"),
        ("201X-05", "Write 201X alone"),
        ("2020-XX-05", "unknown month"),
        ("0000", "no year 0000"),
        ("2020-06-11T10:00", "Write 2020-06-11."),
        ("2020-07-25/2020-07-19", "Write the earlier date first: 2020-07-19/2020-07-25."),
        ("../..", "names no day at all"),
        ("2020 – 2021", "Put a slash"),
        ("2020/2021/2022", "more than one slash"),
        ("2020/soon", "Write 2020-06-11"),
        ("", "empty"),
        (" 2020", "white space"),
        ("2020-06-11\n", "white space"),
        ("٢٠٢٠", "Write 2020-06-11"),
        ("-2020", "Write 2020-06-11"),
        ("2020" * 20, "at most 40 characters"),
    ],
)
def test_a_text_that_is_no_date_is_refused_with_a_way_to_mend_it(text, said):
    with pytest.raises(NotEdtf) as refused:
        parse(text)

    assert said in str(refused.value)


# --- properties ----------------------------------------------------------------------------------------

days = st.dates(min_value=date(1000, 1, 1), max_value=date(9998, 12, 31))
marks = st.sampled_from(["", "~", "?", "%"])
singles = st.one_of(
    st.builds(lambda day, mark: f"{day:%Y-%m-%d}{mark}", days, marks),
    st.builds(lambda day, mark: f"{day:%Y-%m}{mark}", days, marks),
    st.builds(lambda day, mark: f"{day:%Y}{mark}", days, marks),
    st.builds(lambda day, season: f"{day:%Y}-{season}", days, st.integers(21, 24)),
    st.builds(lambda day: f"{day:%Y-%m}-XX", days),
    st.builds(lambda day: f"{day.year // 10}X", days),
)
intervals = st.one_of(
    st.builds(lambda one, two: f"{min(one, two)}/{max(one, two)}", days, days),
    st.builds(lambda one, mark: f"../{one}{mark}", days, marks),
    st.builds(lambda one, mark: f"{one}{mark}/..", days, marks),
)


@given(text=st.one_of(singles, intervals))
def test_whatever_is_read_is_a_date_for_the_published_grammar_too(text):
    parse(text)

    judge.parse_edtf(text)


@given(text=singles)
def test_the_first_day_is_never_after_the_last_and_both_are_known(text):
    read = parse(text)

    assert read.earliest <= read.latest
    assert read.sorts_on == read.earliest


@given(text=singles.filter(lambda text: text[-1] not in "~?%" and "-24" not in text[4:]))
def test_an_unmarked_date_spans_the_days_that_the_published_reader_finds(text):
    theirs = judge.parse_edtf(text)

    read = parse(text)

    assert read.earliest.timetuple()[:3] == theirs.lower_strict()[:3]
    assert read.latest.timetuple()[:3] == theirs.upper_strict()[:3]


@given(text=st.one_of(singles, intervals))
def test_printing_never_shows_a_day_that_was_not_written(text):
    shown = display(text)

    if not any(half.count("-") == 2 and "X" not in half for half in text.split("/")):
        assert not any(word.isdigit() and len(word) <= 2 for word in shown.split())


@given(text=st.one_of(st.text(max_size=50), st.text(alphabet="0123456789-/.X~?% JuneT:", max_size=24)))
def test_any_text_is_read_or_refused_and_nothing_else_happens(text):
    if is_edtf(text):
        assert parse(text).text == text
        assert display(text)
    else:
        with pytest.raises(NotEdtf, match=r"[A-Z]"):
            parse(text)


@given(day=days, mark=st.sampled_from("/."), month_first=st.booleans())
def test_what_is_offered_instead_of_a_day_with_the_year_last_can_be_read(day, mark, month_first):
    numbers = [day.month, day.day] if month_first else [day.day, day.month]
    text = mark.join(f"{number:02}" for number in [*numbers, day.year])

    with pytest.raises(NotEdtf) as refused:
        parse(text)

    offered = str(refused.value).rsplit("Write ", 1)[1].rstrip(".").split(" or ")
    assert f"{day:%Y-%m-%d}" in offered
    assert all(is_edtf(text) for text in offered)
