"""A selection as a picture, on a page and as a file that stands by itself."""

import re
import struct
import xml.etree.ElementTree as ElementTree

import pytest

from tests import factories as make
from tests.timeline.reading import text_of
from timeline.figures import MOST_ROWS
from timeline.sheets import LANES

pytestmark = pytest.mark.django_db
PICTURE = "/timeline/picture/"
SVG = "{http://www.w3.org/2000/svg}"


def words_of(svg: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.fixture
def record():
    """Acme has a pledge and was sued; Bolt is named in the suit, and has a pledge that the suit does not concern."""
    acme, bolt = make.a_company("acme"), make.a_company("bolt")
    make.a_pledge("stop", company=acme, title="No sales")
    make.a_pledge("limit", company=bolt, title="Fewer sales")
    make.an_event("suit", title="The great suit", companies=[acme, bolt])
    return acme, bolt


def test_a_picture_of_companies_has_all_that_is_on_record_of_them(client, record):
    page = text_of(client, f"{PICTURE}?company=acme")

    assert "The one pledge by one company is in force" in page
    assert "No sales" in page
    assert "The great suit" in page
    assert "Fewer sales" not in page


def test_a_picture_of_a_narrower_selection_has_only_what_it_selects_and_says_what_that_is(client, record):
    page = text_of(client, f"{PICTURE}?kind=lawsuit")

    assert "0 pledges and 1 event of 2 companies" in page
    assert "No pledge among these" in page
    assert "No sales" not in page


def test_the_file_stands_by_itself_and_says_what_it_is_of_which_day_and_whence(client, record):
    answer = client.get("/timeline/picture.svg?company=acme&as_of=2020-07-01")
    svg = answer.content.decode()

    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert 'filename="pledge-record-acme-as-of-2020-07-01.svg"' in answer.headers["Content-Disposition"]
    assert "The one pledge by one company is in force, and names no end date" in words_of(svg)
    assert "Pledges, stakes and other events: company is Acme. As of 1 July 2020." in words_of(svg)
    assert "Pledge Record, CC BY 4.0, http://testserver/timeline/picture/?company=acme&as_of=2020-07-01" in words_of(
        svg
    )
    assert "In force" in words_of(svg)
    # Nothing in it leads outside, and no colour is left to a page.
    assert "var(" not in svg
    assert not re.search(r"(?:href|src)=\"(?!#)|url\((?!#)|@import|<script", svg)
    used = set(re.findall(r"url\(#([\w-]+)\)", svg)) | set(re.findall(r'href="#([\w-]+)"', svg))
    assert used <= set(re.findall(r'id="([\w-]+)"', svg))


def test_the_same_in_pixels_is_sharp_enough_for_print(client, record):
    png = client.get("/timeline/picture.png?company=acme").content

    width, height = struct.unpack(">II", png[16:24])
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert width == 2240
    assert height > 300


def test_a_browser_may_use_the_style_within_the_file_and_nothing_else(client, record):
    policy = client.get("/timeline/picture.svg?company=acme").headers["Content-Security-Policy"]

    assert "style-src 'unsafe-inline'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in client.get(f"{PICTURE}?company=acme").headers["Content-Security-Policy"]


def test_a_hostile_title_breaks_no_file(client):
    make.a_pledge(
        company=make.a_company("evil", name="Evil & <b>Sons</b>"), title='</svg><script>alert("x")</script> “ב'
    )

    svg = text_of(client, "/timeline/picture.svg?company=evil")

    assert "<script" not in svg
    assert any("</svg><script>" in words for words in words_of(svg))
    assert client.get("/timeline/picture.png?company=evil").status_code == 200


def test_many_companies_come_in_sheets_those_with_most_events_first(client):
    for number in range(LANES + 3):
        company = make.a_company(f"maker-{number:02}")
        for _ in range(2 if number == 7 else 1):
            make.an_event(companies=[company])

    first, second = text_of(client, PICTURE), text_of(client, f"{PICTURE}?sheet=2")
    shown = [re.findall(r'<a href="/companies/(maker-\d\d)/" aria-label', page) for page in (first, second)]

    assert shown[0][0] == "maker-07"
    assert len(set(shown[0])) == LANES
    assert len(set(shown[1])) == 3
    assert not set(shown[0]) & set(shown[1])
    assert f'href="{PICTURE}?sheet=2"' in first
    assert f'href="{PICTURE}"' in second


def test_the_table_below_names_some_events_of_a_company_and_leads_to_the_others(client):
    company = make.a_company("acme")
    for number in range(MOST_ROWS + 5):
        make.an_event(title=f"Suit {number}", companies=[company], date="2020-06-10")

    page = text_of(client, f"{PICTURE}?company=acme")

    table = page[page.index("<table") :]
    assert table.count(">Suit ") == MOST_ROWS
    assert '<a href="/timeline/?company=acme&amp;from=2020-06-10&amp;to=2020-06-10">5 more events</a>' in table


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        (f"{PICTURE}?sheet=0", 400, "Write the number of a sheet"),
        (f"{PICTURE}?sheet=x", 400, "Write the number of a sheet"),
        (f"{PICTURE}?kind=none-such", 400, "none-such"),
        ("/timeline/picture.png?as_of=today", 400, "is not a day"),
        ("/timeline/picture.gif", 404, "There are: svg, png."),
        ("/timeline/picture.svg?q=xylophone", 404, "There is nothing to draw."),
        (f"{PICTURE}?q=xylophone", 200, "There is nothing to draw"),
        (f"{PICTURE}?sheet=9", 200, "There is nothing to draw"),
    ],
)
def test_what_cannot_be_drawn_is_told(client, record, path, status, said):
    answer = client.get(path)

    assert (answer.status_code, said in answer.content.decode()) == (status, True)


def test_nothing_of_a_draft_is_drawn(client):
    company = make.a_company("acme")
    make.an_event(companies=[company])
    make.a_pledge(company=company, title="A secret plan", draft=True)

    assert "A secret plan" not in text_of(client, f"{PICTURE}?company=acme")


def test_more_companies_and_events_take_no_more_queries(client, django_assert_max_num_queries):
    for number in range(8):
        company = make.a_company(f"maker-{number}")
        make.a_pledge(company=company)
        make.an_event(companies=[company], title=f"Suit {number}")

    with django_assert_max_num_queries(30):
        client.get(PICTURE)
