"""The frame of a page: theme, day, and forms that keep what the reader asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory

from pledges.models import Event
from sources.models import Host, LinkState, Source
from tests import factories as make
from timeline.context import Site

pytestmark = [pytest.mark.urls("tests.browser.sheet"), pytest.mark.django_db]


def site_at(address: str) -> Site:
    return Site(RequestFactory().get(address))


def test_a_chosen_theme_is_kept_and_leads_back_to_the_page(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": "/?as_of=2020-06-12"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/?as_of=2020-06-12")
    cookie = answer.cookies["theme"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("dark", "Lax", True)
    assert 'data-theme="dark"' in client.get("/").content.decode()


def test_matching_the_device_forgets_the_choice(client: Client) -> None:
    client.post("/theme/", {"theme": "dark", "next": "/"})

    client.post("/theme/", {"theme": "auto", "next": "/"})

    assert "data-theme" not in client.get("/").content.decode()


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.org/",
        "//example.org/",
        "/\\example.org",
        "javascript:alert(1)",
        "http:///example.org",
        "page",
        "",
    ],
)
def test_choosing_a_theme_never_leads_off_the_site(client: Client, elsewhere: str) -> None:
    answer = client.post("/theme/", {"theme": "light", "next": elsewhere})

    assert answer.headers["Location"] == "/"


def test_an_unknown_theme_is_refused_with_what_is_allowed(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "sepia", "next": "/"})

    assert answer.status_code == 400
    assert answer.content.decode() == "theme: choose one of light, dark, auto."


def test_a_link_cannot_change_the_theme(client: Client) -> None:
    assert client.get("/theme/?theme=dark").status_code == 405


def test_a_cookie_that_is_no_theme_changes_nothing(client: Client) -> None:
    client.cookies["theme"] = '"><script>'

    assert "data-theme" not in client.get("/").content.decode()


def test_the_bar_shows_the_day_asked_for() -> None:
    site = site_at("/timeline/?as_of=2020-06-12")

    assert (site.as_of, site.as_of_given) == (date(2020, 6, 12), "2020-06-12")


@pytest.mark.parametrize(
    "written", ["", "yesterday", "2020-02-30", "20200612", "2020-W24-5", "2020-6-1", "2020-06-12 "]
)
def test_the_frame_shows_today_where_the_day_cannot_be_read(written: str) -> None:
    assert site_at(f"/timeline/?as_of={written}").as_of_given == ""


def test_another_day_keeps_the_filters_and_leaves_the_place_in_the_list() -> None:
    site = site_at("/timeline/?company=microsoft&company=amazon&as_of=2020-06-12&cursor=abc&q=a%26b")

    assert site.other_parameters == [("company", "microsoft"), ("company", "amazon"), ("q", "a&b")]
    assert site.address_today == "/timeline/?company=microsoft&company=amazon&q=a%26b"


def test_the_printed_address_holds_the_day() -> None:
    assert site_at("/companies/?as_of=2020-06-12").dated_address == "http://testserver/companies/?as_of=2020-06-12"


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/", "overview"),
        ("/timeline/", "timeline"),
        ("/events/x/", "timeline"),
        ("/companies/microsoft/", "companies"),
        ("/pledges/x/", "pledges"),
        ("/sources/x/", "sources"),
        ("/methodology/", "method"),
        ("/about/", ""),
    ],
)
def test_the_navigation_marks_where_the_reader_is(path: str, section: str) -> None:
    assert site_at(path).section == section


def test_what_the_address_says_is_escaped_in_the_frame(client: Client) -> None:
    page = client.get("/", {"x": '"><script>alert(1)</script>'}).content.decode()

    assert "<script>" not in page


def test_the_page_asks_nothing_of_the_reader_that_would_keep_it_from_being_shared(client: Client) -> None:
    answer = client.get("/")

    assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert not answer.cookies


@pytest.mark.urls("config.urls")
def test_the_bar_says_how_much_is_on_record_and_when_links_were_last_checked(client: Client) -> None:
    source = make.a_source()
    make.an_event(source=source)
    make.an_event("not-accepted-yet", draft=True)
    Host.objects.create(key="news.example")
    LinkState.objects.create(
        source=source,
        host=Host.objects.get(),
        watched=uuid4(),
        enrolled_at=datetime(2026, 1, 1, tzinfo=UTC),
        last_checked_at=datetime(2026, 2, 3, 12, tzinfo=UTC),
    )

    page = client.get("/companies/").content.decode()

    assert f"{Event.objects.public().count()} event" in page
    assert f"{Source.objects.public().count()} source" in page
    assert 'last link check <time datetime="2026-02-03">3 February 2026</time>' in page
