"""Days as pages write them, read without guessing: a date that may mean two days keeps both.

Times of day and zones are left alone: the day is the one that is written.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from typing import NamedTuple

from dates.edtf import is_edtf, parse

EARLIEST = date(1990, 1, 1)
LONGEST = 200  # characters of a text that is said to be a date

_MONTHS = """
january jan januar jänner janvier janv enero ene janeiro gennaio gen januari январь января янв يناير ינואר
february feb februar février févr fév febrero febreiro fevereiro fev febbraio februari февраль февраля фев فبراير פברואר
march mar märz mrz mars marzo março maart март марта مارس מרץ
april apr avril avr abril abr aprile апрель апреля апр أبريل ابريل אפריל
may mai mayo maio maggio mei май мая مايو מאי
june jun juni juin junio junho giugno июнь июня июн يونيو יוני
july jul juli juillet juil julio julho luglio июль июля июл يوليو יולי
august aug août aout agosto ago augustus август августа авг أغسطس اغسطس אוגוסט
september sep sept septembre septiembre setembro set settembre сентябрь сентября сен سبتمبر ספטמבר
october oct oktober okt octobre octubre outubro out ottobre ott октябрь октября окт أكتوبر اكتوبر אוקטובר
november nov novembre noviembre novembro ноябрь ноября ноя نوفمبر נובמבר
december dec dezember dez décembre déc diciembre dic dezembro dicembre декабрь декабря дек ديسمبر דצמבר
"""
_MONTH_OF = {
    unicodedata.normalize("NFKC", name).casefold(): number
    for number, line in enumerate(_MONTHS.strip().splitlines(), start=1)
    for name in line.split()
}
_NAMES = "|".join(sorted(map(re.escape, _MONTH_OF), key=len, reverse=True))
_BEFORE, _AFTER = r"(?<![\w./-])", r"(?![\w/-]|\.\d)"
_OF = r"(?:\s+(?:de|of|del|di))?"
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?=$|[T\s,;])")
_YEAR = re.compile(r"(\d{4})\Z")
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})(?=$|[T\s]|\d{6}\Z)")
_YEAR_FIRST = re.compile(_BEFORE + r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})(?![\d/-])")
_CJK = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월](?:\s?(\d{1,2})\s?[日일])?")
_DAY_FIRST = re.compile(
    _BEFORE + rf"(\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?{_OF}\s+(?:ב|ב-)?({_NAMES})\.?,?{_OF}\s+(\d{{4}}){_AFTER}"
)
_MONTH_FIRST = re.compile(rf"(?<!\w)({_NAMES})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}}){_AFTER}")
_NUMBERS = re.compile(_BEFORE + rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}){_AFTER}")


class Printed(NamedTuple):
    """A date in a text. Several `days` where its numbers may be read two ways; `words` as printed."""

    days: tuple[str, ...]
    words: str
    at: int = 0


def stated_day(text: str, *, today: date) -> tuple[str, ...]:
    """What a text says that is meant to be a date: one EDTF date, two that it may be, or none.

    A month or a year alone stays one. What lies before 1990 or after tomorrow is none: clocks at zero, slips.
    """
    simple = _simple(text)[:LONGEST].strip()
    for pattern in (_ISO, _SOLID, _YEAR):
        if found := pattern.match(simple):
            return _within([_edtf(*found.groups())], today)
    written = printed_days(simple, today=today, most=2)
    # Two dates are a span, or a date and its revision: which is meant is not said.
    return written[0].days if len(written) == 1 else ()


def printed_days(text: str, *, today: date, most: int = 20) -> list[Printed]:
    """The dates written out in a running text, in order: with a day, a month and a year."""
    simple = _simple(text)
    found: dict[int, Printed] = {}

    def note(at: re.Match[str], *days: str) -> None:
        if at.start() not in found and (real := _within(days, today)):
            found[at.start()] = Printed(real, at.group().strip(), at.start())

    for one in _CJK.finditer(simple):
        if one[3]:
            note(one, _edtf(one[1], one[2], one[3]))
    for one in _DAY_FIRST.finditer(simple):
        note(one, _edtf(one[3], str(_MONTH_OF[one[2]]), one[1]))
    for one in _MONTH_FIRST.finditer(simple):
        note(one, _edtf(one[3], str(_MONTH_OF[one[1]]), one[2]))
    for one in _YEAR_FIRST.finditer(simple):
        note(one, _edtf(one[1], one[3], one[4]))
    for one in _NUMBERS.finditer(simple):
        # With points between them, the day is first wherever people write so.
        readings = [_edtf(one[4], one[3], one[1])]
        if one[2] != ".":
            readings.append(_edtf(one[4], one[1], one[3]))
        note(one, *dict.fromkeys(readings))
    return [found[at] for at in sorted(found)][:most]


def is_past(day: str, *, today: date) -> bool:
    """Whether a date is one on which a page may have been published: from 1990 to tomorrow."""
    return bool(_within([day], today))


def _simple(text: str) -> str:
    """Without case and marks, all digits the plain ones; of the same length nowhere promised."""
    spaced = unicodedata.normalize("NFKC", text)
    digits = "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in spaced)
    return digits.translate({0x200E: None, 0x200F: None, 0xAD: None}).casefold()


def _edtf(year: str, month: str | None = None, day: str | None = None) -> str:
    return "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])


def _within(days: list[str] | tuple[str, ...], today: date) -> tuple[str, ...]:
    real = [parse(day) for day in days if is_edtf(day)]
    latest = today + timedelta(days=1)
    return tuple(
        day.text for day in real if day.earliest and day.latest and day.earliest <= latest and day.latest >= EARLIEST
    )
