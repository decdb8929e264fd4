"""The look holds together: tokens, patterns, marks, and parts that say what they take."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.template.loader import render_to_string

from config.static import without_comments
from tests.browser import samples
from timeline import words
from timeline.components import Histogram, Status, TermBar, YearCount
from timeline.figures import Bar, Lane, Stretch
from timeline.lanes import finding

TEMPLATES = Path(settings.BASE_DIR) / "templates"
STATIC = Path(settings.BASE_DIR) / "static"
PARTS = sorted((TEMPLATES / "components").glob("*.html"))
EVERY_TEMPLATE = sorted(TEMPLATES.rglob("*.html"))

every_part = pytest.mark.parametrize("part", PARTS, ids=[part.stem for part in PARTS])
every_template = pytest.mark.parametrize(
    "template", EVERY_TEMPLATE, ids=[str(template.relative_to(TEMPLATES)) for template in EVERY_TEMPLATE]
)
every_headline = pytest.mark.parametrize("headline", words.HEADLINES)
every_link_state = pytest.mark.parametrize("state", words.LINK_STATES)


def declared(block: str) -> dict[str, str]:
    """The custom properties that a block of CSS sets."""
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block))


@pytest.fixture(scope="module")
def tokens() -> dict[str, dict[str, str]]:
    """What each of the three blocks of tokens.css sets: light, dark by device, dark by choice."""
    text = (STATIC / "css" / "tokens.css").read_text()
    by_device = re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\n  \}', text, re.DOTALL)
    by_choice = re.search(r':root\[data-theme="dark"\] \{(.*?)\n\}', text, re.DOTALL)
    light = re.search(r":root \{(.*?)\n\}", text, re.DOTALL)
    assert by_device
    assert by_choice
    assert light
    return {
        "light": declared(light[1]),
        "dark by device": declared(by_device[1]),
        "dark by choice": declared(by_choice[1]),
    }


def test_dark_is_the_same_by_device_and_by_choice(tokens: dict[str, dict[str, str]]) -> None:
    assert tokens["dark by device"] == tokens["dark by choice"]


@every_headline
def test_a_headline_has_colours_a_pattern_a_class_and_words(tokens: dict[str, dict[str, str]], headline: str) -> None:
    sprite = render_to_string("components/sprite.html")
    styles = (STATIC / "css" / "site.css").read_text()

    for theme in tokens.values():
        assert {f"--{headline}-ink", f"--{headline}-wash", f"--{headline}-fill"} <= set(theme)
    assert f'id="pt-{headline}"' in sprite
    assert f".st-{headline} {{" in styles
    assert words.HEADLINE_MEANINGS[headline]


@every_link_state
def test_a_link_state_has_a_colour_a_mark_and_words(tokens: dict[str, dict[str, str]], state: str) -> None:
    sprite = render_to_string("components/sprite.html")

    for theme in tokens.values():
        assert f"--{state}" in theme
    assert f'id="i-{state}"' in sprite
    assert all(words.LINK_STATES[state])


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2.2 computes it, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark by device"])
def test_text_stands_out_from_every_ground_it_may_sit_on(tokens: dict[str, dict[str, str]], theme: str) -> None:
    colours = tokens[theme]
    grounds = ["--paper", "--surface", "--sunk"]
    texts = ["--ink", "--ink-2", "--ink-3", "--link", *(f"--{state}" for state in words.LINK_STATES)]
    pairs = [(text, ground) for text in texts for ground in grounds]
    pairs += [(f"--{headline}-ink", f"--{headline}-wash") for headline in words.HEADLINES]
    pairs += [(text, "--mark") for text in ("--ink", "--ink-2", "--ink-3", "--link")]

    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}

    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < 4.5} == {}


@every_part
def test_a_part_says_in_its_first_line_what_it_takes(part: Path) -> None:
    first_line = part.read_text().splitlines()[0]

    assert re.match(r"\{# .+ Takes(:| nothing)", first_line), first_line


@every_template
def test_a_part_is_given_only_what_it_takes(template: Path) -> None:
    # Of text that is a variable in an extends or a form's own rendering we know nothing; parts are all named.
    includes = re.findall(r"\{% include \"components/[^%]*%\}", template.read_text())

    assert [include for include in includes if not include.endswith("only %}")] == []


@every_template
def test_no_template_writes_a_style_or_a_script_into_the_page(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", template.read_text())

    assert not re.search(r"""\sstyle=["'{]""", text)
    assert not re.search(r"\son[a-z]+=", text)
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)", text)


@pytest.mark.parametrize(
    ("part", "given"),
    [
        ("date", {"date": samples.WEEK}),
        ("date", {"date": samples.DAY}),
        ("status_badge", {"status": samples.IN_FORCE}),
        ("differ", {}),
        ("health", {"state": "live"}),
        ("citation_marker", {"citation": samples.TWO[1]}),
        ("citations", {"citations": samples.TWO}),
        ("swatch", {"headline": "lapsed"}),
    ],
)
def test_a_part_that_stands_in_a_sentence_brings_no_blanks(part: str, given: dict[str, object]) -> None:
    printed = render_to_string(f"components/{part}.html", given)

    assert printed == printed.strip()


def test_marks_carry_what_they_say_for_scripts_and_tests() -> None:
    badge = render_to_string("components/status_badge.html", {"status": samples.IN_FORCE})
    marks = render_to_string("components/status_marks.html", {"status": samples.IN_FORCE})
    citation = render_to_string("components/citation_marker.html", {"citation": samples.TWO[1]})

    for printed in (badge, marks):
        assert 'data-headline="in-force"' in printed
        assert 'data-text="in-force"' in printed
        assert 'data-conduct="nothing-contrary"' in printed
        assert 'data-clock="condition-open"' in printed
    assert 'data-link-state="changed"' in citation
    assert "disputes this" in citation


def test_what_disputes_is_said_in_words_and_once() -> None:
    two_against = [*samples.TWO, replace(samples.TWO[1], number=4)]

    assert render_to_string("components/citations.html", {"citations": two_against}).count("disputed in") == 1
    assert "disputed in" not in render_to_string("components/citations.html", {"citations": samples.CITATIONS[:1]})


def bar(name: str, headline: str = "in-force", *, ended: bool = False) -> Bar:
    stretch = Stretch(headline=headline, word="", since=date(2020, 6, 10))
    return Bar(label=name, href=f"/pledges/{name}/", stretches=[stretch], closed=stretch if ended else None)


@pytest.mark.parametrize(
    ("lanes", "heading"),
    [
        ([[]], "No pledge, but events of one company on record"),
        ([["dated"]], "The one pledge by one company is in force, and names an end date"),
        ([["ended"]], "The one pledge by one company is not in force"),
        ([["ended", "ended"], []], "None of 2 pledges by 2 companies is in force"),
        ([["open", "ended"]], "1 of 2 pledges by one company is in force, and it names no end date"),
        ([["open", "dated"], ["ended"]], "2 of 3 pledges by 2 companies are in force, and only one names an end date"),
        ([["open", "open"], ["open"]], "All 3 pledges by 2 companies are in force, and none names an end date"),
        ([["dated", "dated"]], "All 2 pledges by one company are in force, and 2 name an end date"),
    ],
)
def test_the_heading_of_the_picture_states_what_it_shows(lanes: list[list[str]], heading: str) -> None:
    drawn = [Lane(name="Acme", bars=[bar(name, ended=name == "ended") for name in names]) for names in lanes]

    assert finding(drawn, {"/pledges/dated/"}) == heading


def test_a_title_worded_by_us_is_not_shown_as_a_headline() -> None:
    read, described = samples.SOURCES[0], samples.SOURCES[4]

    assert "<cite" in render_to_string("components/source_item.html", {"source": read})
    printed = render_to_string("components/source_item.html", {"source": described})
    assert "<cite" not in printed
    assert "our description; the headline was not seen" in printed


def test_a_vague_date_is_no_machine_date() -> None:
    assert "<time" not in render_to_string("components/date.html", {"date": samples.WEEK})
    assert '<time datetime="2019-06"' in render_to_string("components/date.html", {"date": samples.MONTH})


def test_what_is_not_stated_says_so() -> None:
    assert "Not stated" in render_to_string("components/scope_table.html", {"scope": samples.SCOPE[-1:]})


def test_a_value_that_leaves_nothing_stays_in_its_place() -> None:
    printed = render_to_string("components/facet.html", {"facet": samples.COMPANIES})

    places = [printed.index(value.value) for value in samples.COMPANIES.groups[0].values]
    assert places == sorted(places)
    assert re.search(r'value="axon" disabled', printed)
    assert re.search(r'value="clearview" checked>', printed)


def test_the_histogram_draws_the_fullest_year_to_the_top_and_keeps_empty_years() -> None:
    histogram = Histogram(
        years=[YearCount(year=year, count=count, href="?") for year, count in ((2018, 5), (2019, 0), (2020, 10))]
    )

    low, empty, full = histogram.bars

    assert (full.y, full.height) == (0.0, Histogram.HEIGHT)
    assert low.height == full.height / 2
    assert 0 < empty.height < 1


def test_the_histogram_names_as_many_years_as_fit_and_always_the_last() -> None:
    years = [bar for bar in samples.HISTOGRAM.bars if bar.labelled]

    assert years[-1].year == 2026
    assert min(after.middle - before.middle for before, after in pairwise(years)) >= 34


@pytest.mark.parametrize(
    ("days", "gone", "width"), [(365, 0, 0.0), (365, 365, 308.0), (365, 400, 308.0), (0, 0, 308.0)]
)
def test_a_term_is_never_drawn_beyond_its_end(days: int, gone: int, width: float) -> None:
    bar = TermBar(headline="in-force", days=days, gone=gone, from_text="", left_text="")

    assert bar.gone_width == width


def test_a_status_given_other_words_keeps_them() -> None:
    assert Status(headline="unclear", label="Unclear: lapsed or in force").words == "Unclear: lapsed or in force"
    assert Status(headline="completed").words == "Completed"


def test_fonts_come_with_their_licence() -> None:
    fonts = {font.name.split("-roman")[0].split("-italic")[0] for font in (STATIC / "fonts").glob("*.woff2")}

    assert fonts == {"source-sans-3", "source-serif-4"}
    for licence in ("SourceSans3-OFL.txt", "SourceSerif4-OFL.txt"):
        assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts" / licence).read_text().upper()


# --- sheets ---------------------------------------------------------------------------------------------------

EVERY_PAGE = ("tokens", "site")
SOME_PAGES = ("charts", "lists", "records", "compare", "desk")
WITH_SHEETS = [one for one in (TEMPLATES / "timeline").glob("*.html") if "{% block styles %}<" in one.read_text()]


def with_its_parts(template: Path, seen: set[Path] | None = None) -> str:
    """The text of a template with that of all that it includes."""
    seen = seen if seen is not None else set()
    if template in seen:
        return ""
    seen.add(template)
    text = template.read_text()
    return text + "".join(with_its_parts(TEMPLATES / name, seen) for name in re.findall(r'{% include "([^"]+)"', text))


def selectors_in(sheet: str) -> list[str]:
    rules = re.sub(r"/\*.*?\*/", "", (STATIC / "css" / f"{sheet}.css").read_text(), flags=re.DOTALL)
    heads = re.findall(r"([^{};]+)\{", re.sub(r"@[^{]*\{", "", rules))
    return [one.strip() for head in heads for one in re.split(r",(?![^(]*\))", head)]


def classes_in(sheet: str) -> set[str]:
    return {name for selector in selectors_in(sheet) for name in re.findall(r"\.([a-z][\w-]*)", selector)}


def parts_in(sheet: str) -> set[str]:
    """The classes that selectors begin with: what they are about, not what stands within it."""
    return {found[1] for selector in selectors_in(sheet) if (found := re.match(r"\.([a-z][\w-]*)", selector))}


def sheets_of(template: Path) -> list[str]:
    return re.findall(r'static "css/(\w+)\.css"', template.read_text())


@every_template
def test_a_page_asks_for_the_sheet_of_each_part_that_only_one_sheet_knows(template: Path) -> None:
    text = template.read_text()
    if not re.match(r'(?:{#.*?#}\s*)?{% extends "(?:base|desk/base).html"', text):
        return
    printed = {one for group in re.findall(r'class="([^"]*)"', with_its_parts(template)) for one in group.split()}
    known = {sheet: parts_in(sheet) for sheet in (*EVERY_PAGE, *SOME_PAGES)}
    asked = {*EVERY_PAGE, *sheets_of(template), *(sheets_of(TEMPLATES / "desk/base.html") if "desk/" in text else [])}

    missing = {
        name: sheets
        for name in printed
        if (sheets := {sheet for sheet in known if name in known[sheet]}) and not sheets & asked
    }

    assert missing == {}


@pytest.mark.parametrize("template", WITH_SHEETS, ids=[template.stem for template in WITH_SHEETS])
def test_the_styles_of_a_page_stay_small(template: Path) -> None:
    sheets = [(STATIC / "css" / f"{name}.css").read_text() for name in (*EVERY_PAGE, *sheets_of(template))]

    assert sum(len(brotli.compress(without_comments(sheet).encode())) for sheet in sheets) < 11_000


def test_no_sheet_has_rules_for_what_no_page_prints() -> None:
    written = "".join(file.read_text() for file in [*EVERY_TEMPLATE, *(STATIC / "js").glob("*.js")])
    written += "".join(file.read_text() for file in (Path(settings.BASE_DIR) / "timeline").rglob("*.py"))
    words_written = set(re.findall(r"[\w-]+", written))
    # Made up by templates from a beginning and a value.
    made = re.compile(r"(?:st|h|a|matrix|toast|tie|ties__side|stance|chart__button|[tp])-{1,2}[\w-]+")

    unknown = {
        name
        for sheet in ("site", *SOME_PAGES)
        for name in classes_in(sheet) - words_written
        if not made.fullmatch(name)
    }

    assert unknown == set()
