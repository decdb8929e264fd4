"""From rows of the record to what the parts of a page print: dates, statuses, sums."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from dates.edtf import EdtfDate, Precision, display, display_day, parse
from pledges.models import StatusSpan
from pledges.status import Answer, Clock, ClockKind, Conduct, Headline, Text, clock_label, conduct_label, text_label
from pledges.status import unclear_label as status_label
from timeline.components import ShownDate, Status
from timeline.words import Labels, locale, quoted

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

VAGUE: Final[Mapping[Precision, StrPromise]] = {
    # Translators: of a date only this is known; it stands in brackets behind it
    Precision.MONTH: gettext_lazy("month only"),
    Precision.SEASON: gettext_lazy("season only"),
    Precision.YEAR: gettext_lazy("year only"),
    Precision.DECADE: gettext_lazy("decade only"),
    Precision.CENTURY: gettext_lazy("century only"),
}
INFERRED: Final = Labels({"inferred": gettext_lazy("inferred"), "computed": gettext_lazy("worked out")})


def shown_date(edtf: str, *, printed: str | None = None, basis: str | None = None, short: bool = False) -> ShownDate:
    """A stored date as a page shows it.

    :param printed: the words that a source uses for it (“on Friday”).
    :param basis: where it comes from, one of ``DateBasis``.
    """
    read = parse(edtf)
    return ShownDate(text=display(read, short=short), machine=_machine(read), edtf=edtf, why=_why(read, printed, basis))


def word_before(read: EdtfDate) -> str:
    """What joins a date to a verb: “on” 10 June 2021, “in” May 2027; nothing before “about” and “by”."""
    if read.is_exact_day:
        return pgettext("before a day", "on")
    plain = read.precision in (Precision.MONTH, Precision.YEAR) and not read.approximate and not read.is_interval
    return pgettext("before a month or a year", "in") if plain else ""


def shown_day(day: date, *, short: bool = False) -> ShownDate:
    return ShownDate(text=display_day(day, short=short), machine=day.isoformat(), edtf=day.isoformat())


def _machine(read: EdtfDate) -> str:
    """What ``<time datetime>`` allows: a day, a month or a year; nothing for spans, seasons and decades."""
    if read.earliest is None:
        return ""
    match read.precision:
        case Precision.DAY:
            return read.earliest.isoformat()
        case Precision.MONTH:
            return f"{read.earliest:%Y-%m}"
        case Precision.YEAR:
            return f"{read.earliest.year:04}"
    return ""


def _why(read: EdtfDate, printed: str | None, basis: str | None) -> str:
    if read.is_exact_day and not (printed and basis == "computed"):
        return ""
    if printed:
        return quoted(printed.strip("“”"))
    if read.is_interval:
        closed = isinstance(read.start, EdtfDate) and isinstance(read.end, EdtfDate)
        return _("span of days") if closed else _("not dated")
    return INFERRED.get(basis or "", "") if read.approximate else str(VAGUE.get(read.precision, ""))


def status_shown(answer: Answer, *, clock: Clock | None = None, whole: bool = False) -> Status:
    """The answer of the status engine as badge and marks.

    :param whole: with the words of the two marks and the clock, for the page of the pledge itself.
    """
    kind = clock.kind.value if clock and clock.kind is not ClockKind.NONE else ""
    return Status(
        headline=answer.headline.value,
        text=answer.text.value,
        conduct=answer.conduct.value,
        clock=kind,
        label=status_label(answer) if answer.headlines else "",
        text_label=text_label(answer.text) if whole else "",
        conduct_label=conduct_label(answer.conduct) if whole else "",
        clock_label=clock_label(clock) if whole and clock and clock.kind is not ClockKind.NONE else "",
    )


def span_shown(span: StatusSpan | None) -> Status:
    """A stored span of days as a badge. No span: the pledge had not been made by then."""
    if span is None:
        return Status(headline=Headline.NOT_MADE_YET.value, text=Text.NOT_MADE_YET.value, conduct=Conduct.NONE.value)
    headlines = tuple(Headline(one) for one in span.alternatives)
    answer = Answer(Headline(span.headline), Text(span.text), Conduct(span.conduct), headlines=headlines)
    return status_shown(answer)


MILLION: Final = Decimal(1_000_000)
BILLION: Final = 1000 * MILLION


def sum_words(amount: Decimal | None, currency: str | None) -> str:
    """“USD 74 million”; nothing where no sum is known."""
    if amount is None:
        return ""
    said = {"currency": currency or ""}
    if amount >= BILLION:
        billions = amount / BILLION
        # Translators: a thousand million; currency is a code as USD
        words = ngettext("%(currency)s %(number)s billion", "%(currency)s %(number)s billion", _for_plural(billions))
        return (words % {**said, "number": _decimal(billions, "0.###")}).strip()
    if amount >= MILLION:
        millions = amount / MILLION
        # Translators: currency is a code as USD
        words = ngettext("%(currency)s %(number)s million", "%(currency)s %(number)s million", _for_plural(millions))
        return (words % {**said, "number": _decimal(millions, "0.###")}).strip()
    in_full = round(amount, 2)
    number = _decimal(in_full, "#,##0" if in_full == int(in_full) else "#,##0.00")
    # Translators: a sum below a million; currency is a code as USD
    return (_("%(currency)s %(number)s") % {**said, "number": number}).strip()


def _decimal(number: Decimal, pattern: str) -> str:
    return format_decimal(number, format=pattern, locale=locale())


def _for_plural(number: Decimal) -> int:
    """What a plural goes by: 1 only for exactly one, not for “1.5”."""
    return 1 if number == 1 else 2
