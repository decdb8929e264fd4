"""Pages can be read in another language: every text of a template is marked, and the page says what is in which."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.template.loader import render_to_string
from django.utils import translation

from tests.browser import samples
from tests.translations import in_spanish

TEMPLATES = Path(settings.BASE_DIR) / "templates"
STYLES = Path(settings.BASE_DIR) / "static" / "css"
# The editors' own pages are in English only.
OF_READERS = [
    path
    for path in sorted(TEMPLATES.rglob("*.html"))
    if not {"desk", "admin"}.intersection(path.relative_to(TEMPLATES).parts)
]
# Names, and what is written alike everywhere.
ALIKE = re.compile(r"Pledge Record|BibTeX|RIS|SVG|PNG|SHA-256|robots\.txt|/[a-z/]+\.(?:atom|ics)")

of_readers = pytest.mark.parametrize(
    "template", OF_READERS, ids=[str(template.relative_to(TEMPLATES)) for template in OF_READERS]
)


def printed(source: str, **given: object) -> str:
    return engines["django"].from_string(f"{{% load i18n wording %}}{source}").render(given)


def not_marked(template: str) -> list[str]:
    """What a template prints in words of its own, none of which can be translated."""
    text = re.sub(r"\{#.*?#\}|\{% blocktranslate.*?endblocktranslate %\}", "", template, flags=re.DOTALL)
    text = re.sub(r"\{% include .*?%\}", lambda tag: re.sub(r'_\(".*?"\)|"components/.*?"', "", tag[0]), text)
    in_tags = re.findall(r'\{% include [^%]*\b(?:heading|text|label)="([^"]*)"', text)
    in_filters = re.findall(r'\|default(?:_if_none)?:"([^"]*)"', text)
    in_attributes = re.findall(r'\s(?:aria-label|title|placeholder|alt|data-l)="([^"{}]*)"', text)
    outside = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.DOTALL)
    shown = re.sub(r"<[^<>]*>", "\n", outside).splitlines()
    return [
        words
        for words in in_tags + in_filters + in_attributes + shown
        if re.search(r"[^\W\d_]{2}", ALIKE.sub("", words))
    ]


@of_readers
def test_every_text_of_a_page_can_be_translated(template: Path) -> None:
    assert not_marked(template.read_text()) == []


@pytest.mark.parametrize(
    ("language", "begins"),
    [("en-gb", '<html lang="en">'), ("es", '<html lang="es">'), ("he", '<html lang="he" dir="rtl">')],
)
def test_a_page_says_its_language_and_which_way_it_is_read(language: str, begins: str) -> None:
    with translation.override(language):
        assert begins in render_to_string("404.html")


def test_a_text_of_the_record_says_that_it_is_in_english_where_the_page_is_not() -> None:
    row = {"entry": samples.ENTRIES[0]}

    with translation.override("es"):
        elsewhere = render_to_string("components/entry_row.html", row)
    assert f'<p><span lang="en" dir="auto">{samples.ENTRIES[0].summary}' in elsewhere
    assert f"<p>{samples.ENTRIES[0].summary}" in render_to_string("components/entry_row.html", row)


def test_a_text_of_the_record_is_escaped_once_in_every_language() -> None:
    for language in ("en-gb", "es"):
        with translation.override(language):
            assert "a &lt; b &amp; c" in printed("{{ words|as_recorded }}", words="a < b & c")


def test_nothing_stays_nothing_in_every_language() -> None:
    with translation.override("es"):
        assert printed("{{ words|as_recorded }}", words="") == ""


def test_a_count_keeps_its_bare_number_for_scripts() -> None:
    assert printed('{{ n|tally:"event" }}', n=1204) == '<span data-count="1204">1,204</span> events'
    assert printed('{{ n|tally:"company" }}', n=1) == '<span data-count="1">1</span> company'


def test_a_day_in_words_carries_the_day_for_machines() -> None:
    at = datetime(2020, 6, 11, 8, 5, tzinfo=UTC)

    assert printed("{{ day|marked_day }}", day=date(2020, 6, 11)) == '<time datetime="2020-06-11">11 June 2020</time>'
    assert printed('{{ at|marked_day:"c" }}', at=at) == '<time datetime="2020-06-11T08:05:00+00:00">11 June 2020</time>'
    assert (
        printed("{{ at|marked_moment }}", at=at)
        == '<time datetime="2020-06-11T08:05:00+00:00">11 June 2020, 08:05</time>'
    )


def test_a_sentence_around_a_date_can_be_turned_round() -> None:
    span = {"spans": samples.SPANS}
    turned = {(None, "%(first_date)s to %(last_date)s"): "hasta %(last_date)s, desde %(first_date)s"}

    with in_spanish(turned):
        spans = render_to_string("components/span_list.html", span)

    assert re.search(r"hasta <time[^>]*>[^<]*</time>, desde <time", spans)
    assert re.search(r"</time> to <time", render_to_string("components/span_list.html", span))


def test_what_css_prints_comes_from_the_page() -> None:
    with in_spanish({("theme", "now"): "ahora"}):
        form = render_to_string("components/theme_form.html", {"theme": "dark", "here": "/"})

    assert 'value="dark" aria-current="true" data-now="ahora"' in form
    styles = (STYLES / "site.css").read_text()
    assert re.findall(r'content: "[^"]*[a-z]{2}[^"]*"', styles) == []


@pytest.mark.parametrize("sheet", ["tokens.css", "site.css", "charts.css", "lists.css", "records.css", "compare.css"])
def test_layout_names_no_left_and_no_right(sheet: str) -> None:
    rules = re.sub(r"/\*.*?\*/", "", (STYLES / sheet).read_text(), flags=re.DOTALL)

    sides = re.findall(r"[{;]\s*((?:[a-z-]+-)?(?:left|right)(?:-[a-z]+)?:[^;}]*|text-align: (?:left|right))", rules)
    four_values = re.findall(r"[{;]\s*((?:padding|margin|inset|border-width): [^;}]+)", rules)
    uneven = [
        rule
        for rule in four_values
        if len(parts := re.findall(r"(?:[\w.-]|\([^()]*\))+", rule.partition(":")[2])) == 4 and parts[1] != parts[3]
    ]

    assert sides == []
    assert uneven == []
