"""Texts of a page in the reader's language: counts, days, texts of the record, parts within sentences.

In sentences to be translated, a placeholder that is called a ``day``, ``date`` or ``moment`` holds just that; one
that is called ``since`` or ``until`` holds the date as it stands behind such a word, with its article where the
language has one (“desde el 11 de junio de 2020”, “desde junio de 2020”).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from django import template
from django.utils.dateformat import format as formatted
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from dates.edtf import display, display_day
from timeline import words
from timeline.components import ShownDate

register = template.Library()

# The language that entries are written in, and that every text of this site has.
OF_THE_RECORD: Final = "en"


def primary(code: str | None) -> str:
    """“en” for “en-gb”."""
    return (code or OF_THE_RECORD).partition("-")[0]


@register.filter
def html_language(code: str) -> str:
    """What a page in this language has in its ``lang``. Our English is that of no country."""
    return OF_THE_RECORD if primary(code) == OF_THE_RECORD else code


@register.filter
def as_recorded(text: str) -> SafeString:
    """A text of the record, which is in English, marked as such on a page in another language."""
    shown = conditional_escape(text)
    if not shown or primary(get_language()) == OF_THE_RECORD:
        return shown
    return format_html('<span lang="{}" dir="auto">{}</span>', OF_THE_RECORD, shown)


@register.filter
def counted(number: int, noun: str) -> str:
    """“1 event”, “1,204 events”.

    :param noun: one of ``words.NOUNS``.
    """
    return words.counted(number, noun)


@register.filter
def tally(number: int, noun: str) -> SafeString:
    """The same with the bare number in an attribute, for scripts and tests."""
    said, shown = words.counted(number, noun), words.number(number)
    before, _, after = said.partition(shown)
    return format_html('{}<span data-count="{}">{}</span>{}', before, number, shown, after)


@register.filter
def in_sentence(shown: ShownDate) -> ShownDate:
    """A date as it stands behind “since”, “until” or “by”."""
    return replace(shown, text=display(shown.edtf, in_sentence=True)) if shown.edtf else shown


@register.filter(expects_localtime=True)
def day(value: date | datetime) -> str:
    """“11 June 2020”."""
    return display_day(value)


@register.filter(expects_localtime=True)
def month(value: date | datetime) -> str:
    """“June 2020”."""
    return display(f"{value:%Y-%m}")


@register.filter(expects_localtime=True)
def moment(value: datetime) -> str:
    """“11 June 2020, 08:00”."""
    return f"{display_day(value)}, {value:%H:%M}"


@register.filter(expects_localtime=True)
def marked_day(value: date | datetime, machine: str = "Y-m-d") -> SafeString:
    """A day as ``<time>``.

    :param machine: how its ``datetime`` is written, as for Django's filter ``date``.
    """
    return format_html('<time datetime="{}">{}</time>', formatted(value, machine), display_day(value))


@register.filter(expects_localtime=True)
def marked_moment(value: datetime) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', formatted(value, "c"), moment(value))


@register.simple_tag(takes_context=True)
def part(context: template.Context, name: str, **given: object) -> SafeString:
    """A part of ``templates/components/``, to be put into a translated sentence. Like ``include … only``."""
    assert context.template is not None  # noqa: S101 -- a tag is always rendered by a template
    return context.template.engine.get_template(name).render(context.new(given))
