"""Reading a page for its entry: what is certain is right, what is a guess says so, and hostile pages do no harm."""

import json
import random
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from sources.addresses import identity_key
from sources.intake import Reading, Value, read_page
from sources.intake.days import printed_days, stated_day
from sources.replies import Fault, Hop, Reply
from tests.sources.intake_truth import TRUTHS, Truth
from tests.sources.pdfs import a_pdf

PAGES = Path(__file__).parent / "intake_pages"
TODAY = date(2026, 3, 2)
FIELDS = ("title", "authors", "publisher", "published", "type", "language", "paywalled", "syndicated_from", "canonical")
SURE_AT_LEAST = 310
FOUND_AT_LEAST = 425


def reply_of(body: bytes | str, *, url: str = "https://paper.example/story", content_type: str = "text/html") -> Reply:
    body = body.encode() if isinstance(body, str) else body
    hops = (Hop(url, 200, None, None),)
    return Reply(url=url, final_url=url, hops=hops, status=200, content_type=content_type, body=body, whole=True)


def reading_of(body: bytes | str, **given: str) -> Reading:
    return read_page(reply_of(body, **given), today=TODAY)


def fixture(truth: Truth) -> Reading:
    return reading_of((PAGES / f"{truth.page}.html").read_bytes(), url=truth.url)


def mark(field: str, truth: Truth, reading: Reading) -> str:
    """How one field was read: the value preferred, measured by what a person reads."""
    wanted = getattr(truth, field)
    if field == "canonical" and not truth.refused:
        wanted = identity_key(wanted or truth.url)
    values: list[Value] = getattr(reading, field)
    if not values or (field == "canonical" and truth.refused):
        return "right" if wanted in (None, "") else "open"
    first = values[0]
    if first.value == wanted:
        return "right" if first.sure else "guess right"
    return "WRONG" if first.sure else "guess wrong"


def test_nothing_is_read_wrongly_from_the_pages_without_being_marked_as_a_guess():
    totals: Counter[str] = Counter()
    wrong = []
    rows = []
    for truth in TRUTHS:
        reading = fixture(truth)
        marks = {field: mark(field, truth, reading) for field in FIELDS}
        totals.update(marks.values())
        wrong += [(truth.page, field, getattr(reading, field)) for field, one in marks.items() if one == "WRONG"]
        rows.append(f"{truth.page:30}" + "".join(f"{one:13}" for one in marks.values()))
    print("\n" + " " * 30 + "".join(f"{field[:12]:13}" for field in FIELDS))
    print("\n".join(rows))
    print(dict(totals))

    assert wrong == []
    assert totals["right"] >= SURE_AT_LEAST
    assert totals["right"] + totals["guess right"] >= FOUND_AT_LEAST


@pytest.mark.parametrize("truth", [one for one in TRUTHS if one.refused], ids=lambda truth: truth.page)
def test_nothing_is_read_from_what_is_not_the_page(truth):
    reading = fixture(truth)

    assert truth.refused in reading.refused
    assert (reading.title, reading.published, reading.text.main) == ([], [], "")


@pytest.mark.parametrize("truth", [one for one in TRUTHS if one.possible], ids=lambda truth: truth.page)
def test_a_date_that_may_mean_two_days_is_left_to_the_editor(truth):
    reading = fixture(truth)

    assert reading.published == []
    assert tuple(value.value for value in reading.possible) == truth.possible
    assert "day first" in reading.possible[0].basis
    assert "month first" in reading.possible[1].basis


def by_name(page: str) -> Reading:
    return fixture(next(truth for truth in TRUTHS if truth.page == page))


def test_two_dates_that_contradict_each_other_are_both_shown_and_neither_is_sure():
    assert by_name("contradicting_dates").published == [
        Value("2019-07-17", "JSON-LD of the page: datePublished", False),
        Value("2022-01-05", "meta tag article:published_time", False),
    ]


def test_the_day_is_the_one_that_the_page_prints_not_that_of_universal_time():
    assert by_name("after_midnight_in_utc").published == [
        Value("2020-06-25", "the day as the page prints it", False),
        Value("2020-06-26", "JSON-LD of the page: datePublished", False),
    ]


def test_the_day_of_a_last_change_is_no_day_of_publication():
    reading = by_name("policy_last_updated")

    assert reading.published == []
    assert [value.value for value in reading.updated] == ["2023-03-03"]


def test_a_publishers_name_is_taken_off_a_title_and_the_basis_says_so():
    reading = reading_of(
        "<meta property='og:title' content='Acme stops - The Daily'><meta property='og:site_name' content='The Daily'>"
    )

    assert reading.title == [Value("Acme stops", "meta tag og:title, without the publisher’s name at its end")]


def test_a_title_keeps_an_end_that_is_not_the_publishers_name():
    title = "Acme stops - what now"
    reading = reading_of(
        f"<meta property='og:title' content='{title}'><meta property='og:site_name' content='The Daily'>"
    )

    assert reading.title == [Value(title, "meta tag og:title")]


def test_a_canonical_address_on_another_site_or_of_the_front_page_is_doubtful():
    away = by_name("canonical_to_another_site").canonical
    front = by_name("canonical_to_front_page").canonical

    assert [value.basis for value in away] == [
        "the address that answered",
        "link rel=canonical; doubtful, for it is on another site",
    ]
    assert front[-1].basis == "link rel=canonical; doubtful, for it is the front page"
    assert not any(value.sure for value in away + front)


def test_a_publisher_is_never_made_up():
    assert by_name("time_only").publisher == [Value("stadium-post.example", "the domain of the address", False)]


# --- PDF -----------------------------------------------------------------------------------------------------------


def test_a_courts_pdf_is_read_and_all_of_it_is_a_guess():
    body = a_pdf(
        "Doe v. Lumen Optics, Inc.", "Court of Appeals, Ninth District", "Filed August 8, 2019",
        "Before Hart, Bell and Moreno, judges. The order of the lower court stands.",
        Title="Microsoft Word - opinion.docx", CreationDate="D:20190807120000Z",
    )  # fmt: skip
    reading = reading_of(body, url="https://www.ca9.uscourts.gov/opinions/18-15982.pdf", content_type="application/pdf")

    assert [value.value for value in reading.title] == ["Doe v. Lumen Optics, Inc."]
    assert [value.value for value in reading.published] == ["2019-08-08", "2019-08-07"]
    assert reading.type[0].value == "court"
    assert not any(value.sure for value in [*reading.title, *reading.published, *reading.type])
    assert "The order of the lower court stands." in reading.text.main


def test_a_reports_pdf_is_read_by_its_properties():
    body = a_pdf(
        "Faces in the Crowd", "April 13, 2021", "Open Rights Institute",
        Title="Faces in the Crowd: A Study", Author="Ngozi Okafor; Per Lindqvist", CreationDate="D:20210412",
    )  # fmt: skip
    reading = reading_of(body, url="https://open-rights.example/files/faces.pdf", content_type="application/pdf")

    assert reading.title[0] == Value("Faces in the Crowd: A Study", "the properties of the PDF: Title", False)
    assert reading.authors[0].value == ("Ngozi Okafor", "Per Lindqvist")
    assert (reading.published[0].value, reading.type[0].value) == ("2021-04-13", "report")


# --- Days ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2020-06-10T23:30:00-07:00", ("2020-06-10",)),
        ("2020-06-10 23:30", ("2020-06-10",)),
        ("20200610", ("2020-06-10",)),
        ("2020/06/10", ("2020-06-10",)),
        ("2020-06", ("2020-06",)),
        ("2020", ("2020",)),
        ("Wed, 10 Jun 2020 12:00:00 GMT", ("2020-06-10",)),
        ("June 10th, 2020", ("2020-06-10",)),
        ("Sept. 3, 2020", ("2020-09-03",)),
        ("1er juin 2020", ("2020-06-01",)),
        ("10 de junio de 2020", ("2020-06-10",)),
        ("10.06.2020", ("2020-06-10",)),
        ("13/06/2020", ("2020-06-13",)),
        ("06/13/2020", ("2020-06-13",)),
        ("06/06/2020", ("2020-06-06",)),
        ("06/11/2020", ("2020-11-06", "2020-06-11")),
        ("2020年6月10日", ("2020-06-10",)),
        ("2020년 6월 10일", ("2020-06-10",)),
        ("١٠ يونيو ٢٠٢٠", ("2020-06-10",)),
        ("10 ביוני 2020", ("2020-06-10",)),
        ("3 days ago", ()),
        ("yesterday", ()),
        ("2020-02-31", ()),
        ("1970-01-01", ()),
        ("0001-01-01T00:00:00", ()),
        ("2026-03-03", ("2026-03-03",)),
        ("2026-03-04", ()),
        ("10 June 2020 – 12 June 2020", ()),
    ],
)
def test_a_day_is_read_as_it_is_written_and_never_guessed(text, days):
    assert stated_day(text, today=TODAY) == days


def test_numbers_that_are_no_dates_are_not_taken_for_dates():
    assert printed_days("Call 555-10-2020 or see 1.06.2020.1 and 12/31/2020/5, pages 4-2020.", today=TODAY) == []


# --- Hostile pages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_any_bytes_are_read_without_harm(seed):
    noise = random.Random(seed)
    parts = [
        b"<", b">", b"<meta property='og:title' content='", b"'", b'<script type="application/ld+json">', b"{", b"[",
        b'"@type":"NewsArticle",', b"</script>", b"<time datetime=", b"<h1>", b"</html>", b"\0", b"&#x110000;",
        b"<svg><title>", b"06/11/2020", noise.randbytes(40),
    ]  # fmt: skip
    body = b"".join(noise.choice(parts) for _ in range(3_000))

    assert isinstance(reading_of(body), Reading)
    assert isinstance(reading_of(b"%PDF-1.7\n" + body, content_type="application/pdf"), Reading)


@pytest.mark.parametrize(
    "script",
    [
        "[" * 200_000,
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        json.dumps({"@graph": [{"@type": "NewsArticle", "headline": "x" * 50, "@id": str(n)} for n in range(20_000)]}),
        '{"@type":"NewsArticle","headline":' + "9" * 100_000 + ',"datePublished":"2020-01-01"}',
        '{"@type":"NewsArticle","@id":"a","author":{"@id":"a"},"headline":["",[[[[[[[["deep"]]]]]]]]]}',
        '{"datePublished":' * 50_000,
        '{"@type":["NewsArticle",null,7],"headline":{"@value":{"@value":7}},"author":[null,7,[[]]],"publisher":[]}',
        "null",
    ],
    ids=["brackets", "braces", "crowd", "number", "ring", "half", "odd types", "null"],
)
def test_json_ld_that_is_a_trap_is_passed_over(script):
    page = f'<html><script type="application/ld+json">{script}</script><h1>A heading</h1><p>Words.</p></html>'

    assert reading_of(page).refused == ""


@pytest.mark.parametrize(
    "body",
    [
        "<div class='related'>" * 100_000,
        "<h1>" * 300_000,
        "<time datetime=2020-01-01>" * 80_000,
        "<meta property='og:title' content='x'>" * 50_000,
        "<p class=byline>" + "By A and B, " * 150_000,
        "6/11/" * 400_000,
        "<p>" + "10 " * 600_000,
    ],
    ids=["nested", "headings", "times", "metas", "by-line", "slashes", "numbers"],
)
def test_two_megabytes_of_markup_are_read_in_their_stride(body):
    assert reading_of(body[:2_000_000]).refused == ""


def test_a_page_that_could_not_be_had_says_why():
    reading = read_page(Reply(url="https://a.example/", final_url="https://a.example/", fault=Fault.NO_SUCH_NAME))

    assert reading.refused == "Nothing was read: the page could not be had (no such name)."


def test_what_only_the_scripts_of_a_page_say_is_no_part_of_its_words():
    text = by_name("arc_metered").text

    assert "isAccessibleForFree" not in text.whole
    assert text.whole.startswith("News\nSport\nMaker bars police")


def test_control_characters_in_a_page_cost_it_no_words():
    reading = reading_of("<title>T</title><h1>A heading</h1><p>Before<script>1</script>\x01 behind &#1; it.</p>")

    assert reading.text.whole == "A heading\nBefore behind it."
