"""Being told of what changes: the calendar of days on which pledges end, and the addresses for search engines."""

import re
import xml.etree.ElementTree as ElementTree
from datetime import date

import pytest
from django.test import override_settings
from icalendar import Calendar

from pledges.models import Clause, Condition
from tests import factories as make
from tests.timeline.reading import text_of
from timeline.sitemaps import TEXTS

pytestmark = pytest.mark.django_db
CALENDAR = "/timeline/calendar.ics"


def until(ends: str, *, company, title="A pause", **values):
    """A pledge that ends on a date."""
    with make.published():
        pledge = make.a_pledge(company=company, title=title, **values)
        Condition.objects.create(
            clause=Clause.objects.get(terms__pledge=pledge), position=0, kind="until-date", ends=ends
        )
    return pledge


def entries(client, query="") -> list:
    return Calendar.from_ical(text_of(client, f"{CALENDAR}{query}")).walk("VEVENT")


def test_each_day_on_which_a_pledge_ends_is_an_entry_of_that_whole_day(client):
    pledge = until("2031-06-10", company=make.a_company("acme"))

    answer = client.get(CALENDAR)
    (entry,) = entries(client)

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert (entry["SUMMARY"], entry.decoded("DTSTART"), entry.decoded("DTEND")) == (
        "Acme: A pause ends",
        date(2031, 6, 10),
        date(2031, 6, 11),
    )
    assert entry["URL"] == f"http://testserver/pledges/{pledge.slug}/"
    assert entry["UID"].endswith(f":pledges/{pledge.slug}/stop-selling")


def test_where_no_more_than_the_month_is_known_the_entry_lasts_the_month_and_says_so(client):
    until("2031-02", company=make.a_company("acme"))

    (entry,) = entries(client)

    assert (entry.decoded("DTSTART"), entry.decoded("DTEND")) == (date(2031, 2, 1), date(2031, 3, 1))
    assert "The record knows no more of the day than: February 2031." in entry["DESCRIPTION"]


def test_an_extended_pledge_keeps_its_entry_and_moves_to_its_new_day(client):
    pledge = until("2021-06-10", company=make.a_company("acme"))
    (before,) = entries(client, "?as_of=2020-12-01")

    make.an_effect(pledge, "extended", "2021-05-18", until="2022-06-10")
    (after,) = entries(client, "?as_of=2021-06-01")

    assert before["UID"] == after["UID"]
    assert (before.decoded("DTSTART"), after.decoded("DTSTART")) == (date(2021, 6, 10), date(2022, 6, 10))


def test_what_was_withdrawn_has_no_day_any_more(client):
    pledge = until("2031-06-10", company=make.a_company("acme"))
    make.an_effect(pledge, "withdrawn", "2021-01-01")

    assert entries(client) == []


def test_the_calendar_of_a_selection_has_its_pledges_alone_and_its_name(client):
    until("2031-06-10", company=make.a_company("acme"))
    until("2032-01-01", company=make.a_company("bolt"), title="Another")

    calendar = Calendar.from_ical(text_of(client, f"{CALENDAR}?company=bolt"))

    assert [entry["SUMMARY"] for entry in calendar.walk("VEVENT")] == ["Bolt: Another ends"]
    assert "company is Bolt" in calendar["X-WR-CALNAME"]
    assert f'href="{CALENDAR}?company=bolt"' in text_of(client, "/timeline/?company=bolt")


def test_titles_with_commas_line_ends_and_right_to_left_words_come_back_as_they_were(client):
    title = "Pause; of “sales”, وعد, for\\now"
    until("2031-06-10", company=make.a_company("acme"), title=title)

    (entry,) = entries(client)

    assert entry["SUMMARY"] == f"Acme: {title} ends"
    assert all(len(line.encode()) <= 75 for line in text_of(client, CALENDAR).split("\r\n"))


def test_nothing_of_drafts_is_in_the_calendar_and_an_empty_one_is_valid(client):
    until("2031-06-10", company=make.a_company("acme"), draft=True)

    assert entries(client) == []


def test_a_selection_that_cannot_be_read_has_no_calendar(client):
    assert client.get(f"{CALENDAR}?kind=none-such").status_code == 400


# --- search engines ------------------------------------------------------------------------------------------------


def locations(client, path: str) -> list[str]:
    found = ElementTree.fromstring(text_of(client, path))
    return [one.text or "" for one in found.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


@override_settings(SITE_URL="https://record.example")
def test_every_page_of_the_record_is_in_the_sitemap_under_its_own_address(client):
    company = make.a_company("acme")
    pledge, event = make.a_pledge(company=company), make.an_event("suit")
    make.a_company("hidden", draft=True)

    index = locations(client, "/sitemap.xml")
    all_of_them = [page for one in index for page in locations(client, one.removeprefix("https://record.example"))]

    assert f"https://record.example/companies/{company.slug}/" in all_of_them
    assert f"https://record.example/pledges/{pledge.slug}/" in all_of_them
    assert f"https://record.example/events/{event.slug}/" in all_of_them
    assert not any("hidden" in page for page in all_of_them)
    assert "Sitemap: https://record.example/sitemap.xml" in text_of(client, "/robots.txt")


@pytest.mark.parametrize("path", TEXTS)
def test_each_page_that_the_sitemap_names_is_there_with_a_title_and_a_description(client, path):
    page = text_of(client, path)

    assert re.search(r"<title>[^<]{5,}</title>", page)
    assert re.search(r'<meta name="description" content="[^"]{50,}">', page)
    assert 'rel="canonical"' in page


def test_reading_sets_no_cookie_as_the_page_on_privacy_says(client):
    make.a_pledge(company=make.a_company("acme"))

    for path in (*TEXTS, "/companies/acme/", CALENDAR):
        assert not client.get(path).cookies


def test_the_page_on_following_names_addresses_that_answer(client):
    for address in re.findall(r'<code class="copy">[^<]*?//[^/]+(/[^<]+)</code>', text_of(client, "/about/following/")):
        assert client.get(address).status_code == 200
