"""A page is in the language that its address asks for, else in the reader's choice, else in the browser's."""

from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db
ENGLISH, SPANISH = "What it is not", "Qué no es"


def shown(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_page_is_in_english_where_nobody_asks_for_anything_else(client: Client) -> None:
    page = shown(client, "/about/")
    assert ENGLISH in page
    assert '<html lang="en"' in page


def test_the_browser_is_asked_and_copies_are_kept_apart_by_what_it_says(client: Client) -> None:
    answer = client.get("/about/", headers={"accept-language": "fr;q=0.9, es-MX;q=0.8, en;q=0.5"})
    assert SPANISH in answer.content.decode()
    assert answer.headers["Content-Language"] == "es"
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in answer.headers["Vary"].split(",")}


def test_the_readers_choice_goes_before_the_browsers(client: Client) -> None:
    answer = client.post("/language/", {"language": "es", "next": "/about/?as_of=2020-06-12"})
    assert answer.headers["Location"] == "/about/?as_of=2020-06-12"
    assert SPANISH in shown(client, "/about/", **{"accept-language": "en"})
    client.post("/language/", {"language": "auto", "next": "/"})
    assert ENGLISH in shown(client, "/about/", **{"accept-language": "en"})


def test_the_address_goes_before_both(client: Client) -> None:
    client.post("/language/", {"language": "es"})
    page = shown(client, "/about/?lang=en")
    assert ENGLISH in page
    assert SPANISH in shown(client, "/about/?lang=es", **{"accept-language": "en"})


def test_a_language_that_is_not_offered_is_left_aside_and_not_kept(client: Client) -> None:
    assert ENGLISH in shown(client, "/about/?lang=tlh")
    answer = client.post("/language/", {"language": "tlh"})
    assert answer.status_code == 400
    assert answer.content.decode() == "language: choose one of en-gb, es, auto."


def test_each_page_names_its_addresses_in_the_other_languages(client: Client) -> None:
    page = shown(client, "/about/?as_of=2020-06-12&lang=es")
    found = dict(re.findall(r'<link rel="alternate" hreflang="(\w+)" href="([^"]+)"', page))
    assert found == {
        "en": "http://testserver/about/?as_of=2020-06-12&amp;lang=en-gb",
        "es": "http://testserver/about/?as_of=2020-06-12&amp;lang=es",
    }
    assert 'name="next" value="/about/?as_of=2020-06-12"' in page  # the choice is not undone by the address


def test_files_are_the_same_for_everybody_unless_the_address_says_otherwise(client: Client, starter_data: None) -> None:
    for address in ("/timeline/feed.atom", "/timeline/calendar.ics", "/timeline/export/csv/", "/cards/record.png"):
        plain = client.get(address)
        spanish = client.get(address, headers={"accept-language": "es"})
        assert plain.getvalue()[:2_000] == spanish.getvalue()[:2_000]
        assert "Accept-Language" not in spanish.headers.get("Vary", "")
    feed = client.get("/timeline/feed.atom?lang=es").getvalue().decode()
    assert "todos los hechos" in feed


def test_where_the_record_is_written_pages_stay_in_english(client: Client) -> None:
    answer = client.get("/desk/?lang=es", headers={"accept-language": "es"}, follow=False)
    assert answer.headers["Content-Language"] == "en-gb"


@override_settings(LANGUAGES=[("en-gb", "English"), ("he", "עברית")])
def test_a_language_from_right_to_left_turns_the_page(client: Client) -> None:
    assert '<html lang="he" dir="rtl"' in shown(client, "/about/?lang=he")
