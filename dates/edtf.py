"""Dates as the record writes them: Extended Date/Time Format, ISO 8601-2, levels 0 and 1.

A date keeps the text that was written and gets two derived days, the first and the last day of the span
that the text names. ``~`` (about) and ``?`` (uncertain) are kept as marks and do not widen the span: by how
much would be an invention.

Understood: ``2020-06-11``, ``2020-06``, ``2020``, ``2022-22`` (seasons 21 to 24, northern hemisphere),
``2020-06-XX``, ``2020-XX``, ``2020-XX-XX``, ``201X``, ``20XX``, each with ``~``, ``?`` or ``%`` after it, and
intervals of two such dates, of which one may be open (``..``) or not known (empty). Times of day, years
before 1 or after 9999 and sets are not dates of this record and are refused.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from django.utils import translation
from django.utils.translation import pgettext, pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LONGEST = 40
# In English, as editors type them and are told of them; how they are printed stands with the printing below.
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
SEASONS = {21: "spring", 22: "summer", 23: "autumn", 24: "winter"}
# Winter runs into the next year, so that the seasons of one year sort as their numbers do.
SEASON_STARTS = {21: 3, 22: 6, 23: 9, 24: 12}


class NotEdtf(ValueError):
    """A text that is no date of this record. The message says how to mend it."""


class Precision(StrEnum):
    """How closely a date is known: the smallest unit that its text names."""

    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"
    DECADE = "decade"
    CENTURY = "century"
    INTERVAL = "interval"


End = Literal["open", "unknown"]


@dataclass(frozen=True, slots=True)
class EdtfDate:
    """A date as written, with the days it may mean.

    ``earliest`` is None where the start is open or not known, ``latest`` is None where the end is; never
    both. ``start`` and ``end`` are the two halves of an interval: a date, or which way it is missing.
    """

    text: str
    earliest: date | None
    latest: date | None
    precision: Precision
    approximate: bool = False
    uncertain: bool = False
    start: EdtfDate | End | None = None
    end: EdtfDate | End | None = None

    @property
    def sorts_on(self) -> date:
        """The day to sort by: the earliest, or the latest where the start is open."""
        day = self.earliest or self.latest
        assert day is not None  # noqa: S101 -- parse() refuses an interval that is open on both sides
        return day

    @property
    def is_interval(self) -> bool:
        return self.precision is Precision.INTERVAL

    @property
    def is_exact_day(self) -> bool:
        """True where the text names one day and does not qualify it."""
        return self.precision is Precision.DAY and not self.approximate and not self.uncertain

    def __str__(self) -> str:
        return self.text


SINGLE = re.compile(
    r"(?P<year>[0-9]{4}|[0-9]{3}X|[0-9]{2}XX)(?:-(?P<month>[0-9]{2}|XX)(?:-(?P<day>[0-9]{2}|XX))?)?(?P<mark>[~?%]?)"
)


@lru_cache(maxsize=16384)
def parse(text: str) -> EdtfDate:
    """Read a date as written.

    :param text: EDTF, without white space around it.
    :raises NotEdtf: if it is none, with a message that says how to mend it.
    """
    if len(text) > LONGEST:
        raise NotEdtf(f"A date has at most {LONGEST} characters, not {len(text)}. Write it as 2020-06-11.")
    if text.count("/") == 1 and not SLASHED.fullmatch(text):
        return _interval(text)
    return _single(text)


def is_edtf(text: str) -> bool:
    """Whether ``parse`` would take it."""
    try:
        parse(text)
    except NotEdtf:
        return False
    return True


def _interval(text: str) -> EdtfDate:
    first, last = text.split("/")
    start, end = _half(first), _half(last)
    if not isinstance(start, EdtfDate) and not isinstance(end, EdtfDate):
        raise NotEdtf(f"“{text}” names no day at all. Give the start or the end, or leave the date empty.")
    dates = [half for half in (start, end) if isinstance(half, EdtfDate)]
    earliest = start.earliest if isinstance(start, EdtfDate) else None
    latest = end.latest if isinstance(end, EdtfDate) else None
    if earliest and latest and earliest > latest:
        raise NotEdtf(f"“{text}” ends before it starts. Write the earlier date first: {last}/{first}.")
    return EdtfDate(
        text=text,
        earliest=earliest,
        latest=latest,
        precision=Precision.INTERVAL,
        approximate=any(half.approximate for half in dates),
        uncertain=any(half.uncertain for half in dates),
        start=start,
        end=end,
    )


def _half(text: str) -> EdtfDate | End:
    if text == "..":
        return "open"
    if text == "":
        return "unknown"
    return _single(text)


def _single(text: str) -> EdtfDate:
    found = SINGLE.fullmatch(text)
    if found is None:
        raise NotEdtf(_how_to_mend(text))
    year, month, day, mark = found.group("year", "month", "day", "mark")
    if "X" in year and month is not None:
        raise NotEdtf(f"“{text}” names a month of an unknown year. Write {year} alone, or the whole year.")
    if month == "XX" and day not in (None, "XX"):
        raise NotEdtf(f"“{text}” names a day of an unknown month. Write {year}, or the month as well.")
    if int(year.replace("X", "9")) == 0:
        raise NotEdtf(f"“{text}”: there is no year 0000. Write a year from 0001 to 9999.")
    earliest, latest, precision = _span(text, year=year, month=month, day=day)
    return EdtfDate(
        text=text,
        earliest=earliest,
        latest=latest,
        precision=precision,
        approximate=mark in ("~", "%"),
        uncertain=mark in ("?", "%"),
    )


def _span(text: str, *, year: str, month: str | None, day: str | None) -> tuple[date, date, Precision]:
    first_year, last_year = max(int(year.replace("X", "0")), 1), int(year.replace("X", "9"))
    if month is None or month == "XX":
        precision = (Precision.YEAR, Precision.DECADE, Precision.CENTURY)[year.count("X")]
        return date(first_year, 1, 1), date(last_year, 12, 31), precision
    number = int(month)
    if number in SEASONS:
        if day is not None:
            raise NotEdtf(f"“{text}” names a day of a season. Write {year}-{month}, or a month with the day.")
        return *_season(first_year, number), Precision.SEASON
    if not 1 <= number <= 12:
        raise NotEdtf(
            f"“{text}”: there is no month {month}. Months are 01 to 12; 21 is spring, 22 summer, 23 autumn, 24 winter."
        )
    days = monthrange(first_year, number)[1]
    if day is None or day == "XX":
        return date(first_year, number, 1), date(first_year, number, days), Precision.MONTH
    if not 1 <= int(day) <= days:
        raise NotEdtf(
            f"“{text}”: {MONTHS[number - 1]} {year} has days 01 to {days}. "
            f"Correct the day, or write {year}-{month} if only the month is known."
        )
    exact = date(first_year, number, int(day))
    return exact, exact, Precision.DAY


def _season(year: int, number: int) -> tuple[date, date]:
    month = SEASON_STARTS[number]
    first = date(year, month, 1)
    if number == 24:
        return first, date.max if year == date.max.year else date(year + 1, 3, 1) - timedelta(days=1)
    return first, date(year, month + 2, monthrange(year, month + 2)[1])


# --- what people write instead -------------------------------------------------------------------------

NUMBERS = re.compile(r"([0-9]{1,4})([/.\-])([0-9]{1,2})\2([0-9]{1,4})")
SLASHED = re.compile(r"([0-9]{1,2})([/.])([0-9]{4})")
LOOSE = re.compile(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?[~?%]?")
WORDS = re.compile(
    r"(?:(?P<day>[0-9]{1,2})\.?\s+)?(?P<month>[A-Za-z]{3,9})\.?\s+(?:(?P<after>[0-9]{1,2}),?\s+)?(?P<year>[0-9]{4})"
)


def _how_to_mend(text: str) -> str:
    """Say what is probably meant. Always ends with something that can be typed as it stands."""
    shown = text if text.isprintable() else ascii(text)[1:-1]
    if not text.strip():
        return "The date is empty. Write it as 2020-06-11, 2020-06 or 2020."
    if text != text.strip():
        return f"“{shown}” has white space around it. Write {ascii(text.strip())[1:-1]}."
    for guess in (_numbers, _loose, _words, _habits):
        advice = guess(text)
        if advice:
            return f"“{shown}” {advice}"
    return (
        f"“{shown}” is not a date as this record writes it. Write 2020-06-11, 2020-06 or 2020; "
        "add ~ for about, ? for uncertain; write 2020-06/2020-08 for a span, ../2020-06 for an open start."
    )


def _write(fault: str, *candidates: str, question: str = "") -> str | None:
    """The fault and what to write instead, of which only real dates are offered; None if none is one."""
    real = [text for text in dict.fromkeys(candidates) if is_edtf(text)]
    if len(real) > 1 and question:
        fault = question
    return f"{fault} Write {' or '.join(real)}." if real else None


def _numbers(text: str) -> str | None:
    if short := SLASHED.fullmatch(text):
        return _write("has the year last.", f"{short[3]}-{short[1]:>02}")
    found = NUMBERS.fullmatch(text)
    if found is None:
        return None
    one, mark, two, three = found.groups()
    if len(one) == 4 and mark != "-":
        return _write("has the wrong marks between its numbers.", f"{one}-{two:>02}-{three:>02}")
    if len(three) == 4 and len(one) <= 2:
        day_first, month_first = f"{three}-{two:>02}-{one:>02}", f"{three}-{one:>02}-{two:>02}"
        question = "can mean two days, with the day first or the month first: which is meant?"
        return _write("has the year last.", day_first, month_first, question=question)
    return None if len(one) == 4 else "does not give the year in four digits first. Write it as 2020-06-11."


def _loose(text: str) -> str | None:
    if re.fullmatch(r"[0-9]{8}", text):
        return _write("lacks its hyphens.", f"{text[:4]}-{text[4:6]}-{text[6:]}")
    found = LOOSE.fullmatch(text)
    if found is None:
        return None
    year, month, day = found.groups()
    return _write("lacks a zero.", f"{year}-{month:>02}" + (f"-{day:>02}" if day else ""))


def _words(text: str) -> str | None:
    found = WORDS.fullmatch(text)
    if found is None:
        return None
    name, year, day = found["month"].lower(), found["year"], found["day"] or found["after"]
    for number, season in SEASONS.items():
        if name == season:
            return _write("is in words.", f"{year}-{number}")
    for number, month in enumerate(MONTHS, start=1):
        if month.lower().startswith(name):
            return _write("is in words.", f"{year}-{number:02}" + (f"-{day:>02}" if day else ""))
    return _write("is in words.", f"{year}~") if name in ("about", "circa", "around") else None


def _habits(text: str) -> str | None:
    if found := re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ].*", text):
        return _write("has a time of day, or words after the date.", found[1])
    if found := re.fullmatch(r"(?:c\.?|ca\.?|~)\s*([0-9]{4}(?:-[0-9]{2}){0,2})", text):
        return _write("has its “about” in front.", f"{found[1]}~")
    if found := re.fullmatch(r"([0-9]{3})0s", text):
        return _write("is a decade.", f"{found[1]}X")
    if re.fullmatch(r"[0-9xXuU\-]+[~?%]?", text) and re.search(r"[xuU]", text):
        return _write("must have a capital X where a digit is not known.", text.upper().replace("U", "X"))
    if re.search(r"\s[-–—]\s|[–—]", text):
        return "is a span with a dash. Put a slash between its dates: 2020-07-19/2020-07-25."
    if text.count("/") > 1:
        return "has more than one slash. A span has one: 2020-07-19/2020-07-25."
    if "/" in text or "open" in text.lower() or "unknown" in text.lower():
        return "has an end that cannot be read. Write .. for an open one: ../2021-12 or 2019-08/..."
    return None


# --- printing ------------------------------------------------------------------------------------------


class Form(NamedTuple):
    """How a date is written: with a month in three letters, for tables; within a sentence, behind a preposition.

    English writes a date alike by itself and within a sentence. Other languages put an article before it there
    (“el 11 de junio de 2020”), whatever the preposition.
    """

    short: bool = False
    in_sentence: bool = False

    @property
    def inside(self) -> Form:
        """The form behind one of the words that belong to a date, such as “about”."""
        return self._replace(in_sentence=True)

    @property
    def between_dashes(self) -> Form:
        """The form in a span, where no preposition asks for an article."""
        return self._replace(in_sentence=False)


MONTH_NAMES: Final = (
    pgettext_lazy("month", "January"),
    pgettext_lazy("month", "February"),
    pgettext_lazy("month", "March"),
    pgettext_lazy("month", "April"),
    pgettext_lazy("month", "May"),
    pgettext_lazy("month", "June"),
    pgettext_lazy("month", "July"),
    pgettext_lazy("month", "August"),
    pgettext_lazy("month", "September"),
    pgettext_lazy("month", "October"),
    pgettext_lazy("month", "November"),
    pgettext_lazy("month", "December"),
)
SHORT_MONTH_NAMES: Final = (
    pgettext_lazy("short month", "Jan"),
    pgettext_lazy("short month", "Feb"),
    pgettext_lazy("short month", "Mar"),
    pgettext_lazy("short month", "Apr"),
    pgettext_lazy("short month", "May"),
    pgettext_lazy("short month", "Jun"),
    pgettext_lazy("short month", "Jul"),
    pgettext_lazy("short month", "Aug"),
    pgettext_lazy("short month", "Sep"),
    pgettext_lazy("short month", "Oct"),
    pgettext_lazy("short month", "Nov"),
    pgettext_lazy("short month", "Dec"),
)
SEASON_NAMES: Final[Mapping[int, StrPromise]] = {
    21: pgettext_lazy("date", "spring %(year)s"),
    22: pgettext_lazy("date", "summer %(year)s"),
    23: pgettext_lazy("date", "autumn %(year)s"),
    24: pgettext_lazy("date", "winter %(year)s"),
}
SEASON_NAMES_IN_SENTENCE: Final[Mapping[int, StrPromise]] = {
    21: pgettext_lazy("date in a sentence", "spring %(year)s"),
    22: pgettext_lazy("date in a sentence", "summer %(year)s"),
    23: pgettext_lazy("date in a sentence", "autumn %(year)s"),
    24: pgettext_lazy("date in a sentence", "winter %(year)s"),
}


def display(value: str | EdtfDate, *, short: bool = False, in_sentence: bool = False, locale: str | None = None) -> str:
    """A date for people, with just the precision that its text has: “about 7 July 2021”.

    :param value: EDTF text, or what ``parse`` made of it.
    :param short: month names in three letters, for tables.
    :param in_sentence: behind a preposition or a verb (“since ...”), where some languages want an article.
    :param locale: one of the languages of the site, such as ``en-gb``; the active one, if not given.
    :raises NotEdtf: if the text is no date.
    :raises ValueError: for a language that the site does not have.
    """
    if locale is not None:
        with translation.override(_known(locale)):
            return display(value, short=short, in_sentence=in_sentence)
    read = parse(value) if isinstance(value, str) else value
    form = Form(short, in_sentence)
    return _display_interval(read, form) if read.is_interval else _display_single(read, form)


def display_day(day: date, *, short: bool = False, in_sentence: bool = False) -> str:
    """A known day for people: “11 June 2020”, or “11 Jun 2020”. In the active language, as ``display``."""
    return _day(day, Form(short, in_sentence))


def _known(locale: str) -> str:
    try:
        return translation.get_supported_language_variant(locale)
    except LookupError as fault:
        raise ValueError(f"This site has no language “{locale}” to print dates in.") from fault


def _display_single(value: EdtfDate, form: Form) -> str:
    if value.approximate:
        words = pgettext("date", "about %(date)s") % {"date": _plain(value, form.inside)}
    else:
        words = _plain(value, form)
    return pgettext("date", "%(date)s (uncertain)") % {"date": words} if value.uncertain else words


def _plain(value: EdtfDate, form: Form) -> str:
    first = value.earliest
    assert first is not None  # noqa: S101 -- only intervals have an open start
    year = f"{first.year:04}"
    match value.precision:
        case Precision.DAY:
            return _day(first, form)
        case Precision.MONTH:
            return _month_of_year(first, form)
        case Precision.SEASON:
            names = SEASON_NAMES_IN_SENTENCE if form.in_sentence else SEASON_NAMES
            return names[int(value.text[5:7])] % {"year": year}
        case Precision.DECADE:
            return _decade(f"{value.text[:3]}0", form)
        case Precision.CENTURY:
            return _century(f"{value.text[:2]}00", form)
    return year


def _day(day: date, form: Form) -> str:
    parts = {"day": day.day, "month": _month(day.month, form), "year": f"{day.year:04}"}
    if form.short:
        # Translators: “short date” stands in tables, its month in three letters: “11 jun 2020”.
        return pgettext("short date", "%(day)s %(month)s %(year)s") % parts
    if form.in_sentence:
        # Translators: “date in a sentence” stands behind words such as “since %(date)s” or “about %(date)s”, with the
        # article that it needs there: “el 11 de junio de 2020”, but “junio de 2020”.
        return pgettext("date in a sentence", "%(day)s %(month)s %(year)s") % parts
    # Translators: “date” stands by itself: “11 de junio de 2020”.
    return pgettext("date", "%(day)s %(month)s %(year)s") % parts


def _month_of_year(first: date, form: Form) -> str:
    parts = {"month": _month(first.month, form), "year": f"{first.year:04}"}
    if form.short:
        return pgettext("short date", "%(month)s %(year)s") % parts
    if form.in_sentence:
        return pgettext("date in a sentence", "%(month)s %(year)s") % parts
    return pgettext("date", "%(month)s %(year)s") % parts


def _decade(year: str, form: Form) -> str:
    if form.in_sentence:
        # Translators: the ten years from %(year)s on, as “2010s”, behind words such as “since”.
        return pgettext("decade in a sentence", "%(year)ss") % {"year": year}
    # Translators: the ten years from %(year)s on, as “2010s”.
    return pgettext("decade", "%(year)ss") % {"year": year}


def _century(year: str, form: Form) -> str:
    if form.in_sentence:
        # Translators: the hundred years from %(year)s on, as “1900s”, behind words such as “since”.
        return pgettext("century in a sentence", "%(year)ss") % {"year": year}
    # Translators: the hundred years from %(year)s on, as “1900s”.
    return pgettext("century", "%(year)ss") % {"year": year}


def _display_interval(value: EdtfDate, form: Form) -> str:
    start, end = value.start, value.end
    if not isinstance(start, EdtfDate):
        assert isinstance(end, EdtfDate)  # noqa: S101 -- parse() refuses the rest
        until = {"date": _display_single(end, form.inside)}
        if start == "open":
            # Translators: %(date)s at the latest; how much earlier is open.
            return pgettext("date", "by %(date)s") % until
        return pgettext("date", "unknown start, until %(date)s") % until
    if not isinstance(end, EdtfDate):
        since = {"date": _display_single(start, form.inside)}
        if end == "open":
            return pgettext("date", "from %(date)s") % since
        return pgettext("date", "from %(date)s, end not known") % since
    first, last = start.earliest, end.earliest
    assert first is not None  # noqa: S101 -- halves of an interval are closed
    assert last is not None  # noqa: S101
    if start.is_exact_day and end.is_exact_day:
        if first == last:
            return _day(first, form)
        if first.year == last.year:
            return _days_of_a_year(first, last, form)
    halves = {"start": _display_single(start, form.between_dashes), "end": _display_single(end, form.between_dashes)}
    if _is_year_alone(start) and _is_year_alone(end):
        return pgettext("years", "%(start)s–%(end)s") % halves
    return pgettext("dates", "%(start)s – %(end)s") % halves


def _is_year_alone(value: EdtfDate) -> bool:
    return value.precision is Precision.YEAR and not value.approximate and not value.uncertain


def _days_of_a_year(first: date, last: date, form: Form) -> str:
    parts = {
        "first": first.day,
        "last": last.day,
        "first_month": _month(first.month, form),
        "month": _month(last.month, form),
        "year": f"{last.year:04}",
    }
    if first.month == last.month:
        if form.short:
            return pgettext("short date", "%(first)s–%(last)s %(month)s %(year)s") % parts
        return pgettext("date", "%(first)s–%(last)s %(month)s %(year)s") % parts
    if form.short:
        return pgettext("short date", "%(first)s %(first_month)s – %(last)s %(month)s %(year)s") % parts
    return pgettext("date", "%(first)s %(first_month)s – %(last)s %(month)s %(year)s") % parts


def _month(number: int, form: Form) -> str:
    return str((SHORT_MONTH_NAMES if form.short else MONTH_NAMES)[number - 1])
