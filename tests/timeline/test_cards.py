"""Cards by which other sites show a link to a page: drawn from the record, of the day of the page."""

import re
import struct

import pytest

from tests import factories as make
from tests.timeline.reading import text_of
from timeline.cards import HEIGHT, WIDTH, Card, png_of

pytestmark = pytest.mark.django_db


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def card_of(client, path: str) -> str:
    """The address of the card that a page names, without the site."""
    found = re.search(r'<meta property="og:image" content="https?://[^/"]+([^"]+)"', text_of(client, path))
    assert found
    return found[1]


def test_each_kind_of_record_has_a_card_that_its_page_names(client):
    company = make.a_company("acme")
    pledge, event = make.a_pledge("stop", company=company), make.an_event("suit", companies=[company])
    investment, source = make.an_investment("stake", investor=company), make.a_source("report")

    for folder, kind, record in (
        ("companies", "company", company),
        ("pledges", "pledge", pledge),
        ("events", "event", event),
        ("investments", "investment", investment),
        ("sources", "source", source),
    ):
        address = card_of(client, f"/{folder}/{record.slug}/")
        answer = client.get(address)
        assert address == f"/cards/{kind}/{record.slug}.png"
        assert answer.headers["Content-Type"] == "image/png"
        assert size_of(answer.content) == (WIDTH, HEIGHT)


@pytest.mark.parametrize("path", ["/", "/timeline/", "/about/", "/companies/compare/", "/sources/edits/"])
def test_all_other_pages_have_the_card_of_the_record(client, path):
    address = card_of(client, path)

    assert address == "/cards/record.png"
    assert size_of(client.get(address).content) == (WIDTH, HEIGHT)


def test_the_card_of_a_pledge_is_that_of_the_day_of_the_page(client):
    pledge = make.a_pledge("stop")
    make.an_effect(pledge, "withdrawn", "2021-01-01")

    then = card_of(client, "/pledges/stop/?as_of=2020-12-01")

    assert then == "/cards/pledge/stop.png?as_of=2020-12-01"
    assert client.get(then).content != client.get("/cards/pledge/stop.png").content


@pytest.mark.parametrize(
    "title",
    [
        "x" * 500,
        "word " * 200,
        "<script>bold</b> & “quotes”",
        "وعد بعدم البيع",
        "警察に販売しない",
        "\u202eback",
    ],
)
def test_any_title_fits_on_a_card(title):
    card = Card(over="Pledge", title=title, headline="in-force", said=title, foot=title)

    assert size_of(png_of(card)) == (WIDTH, HEIGHT)
    assert png_of(card) == png_of(card)


def test_drafts_and_what_was_retracted_have_no_card(client):
    make.a_pledge("hidden", draft=True)
    gone = make.a_source("gone")
    with make.published():
        type(gone).objects.filter(pk=gone.pk).update(retracted_because="It was a hoax.")

    for address in (
        "/cards/pledge/hidden.png",
        "/cards/source/gone.png",
        "/cards/person/x.png",
        "/cards/pledge/none.png",
    ):
        assert client.get(address).status_code == 404
    assert client.get("/cards/record.png?as_of=today").status_code == 400
