"""How a time of the record is asked for, and who refuses it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from history.models import Publication
from tests import factories as make
from timeline.recorded import plainest, read_time, written

pytestmark = pytest.mark.django_db

# --- how a time is written ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-03T12:00Z", "2026-03-03T12:00Z"),
        ("2026-03-03T12:00:00Z", "2026-03-03T12:00Z"),
        ("2026-03-03T12:00:07Z", "2026-03-03T12:00:07Z"),
        ("2026-03-03T12:00:07.25Z", "2026-03-03T12:00:07.250000Z"),
        ("2026-03-03T12:00+01:00", "2026-03-03T11:00Z"),
        # As a plus sign arrives that was not escaped.
        ("2026-03-03T12:00 01:00", "2026-03-03T11:00Z"),
        ("2026-03-03T00:30-05:00", "2026-03-03T05:30Z"),
        ("2026-03-03", "2026-03-03"),
    ],
)
def test_a_time_has_one_plain_form(text: str, expected: str) -> None:
    assert written(read_time(text)) == expected


def test_a_day_means_its_end() -> None:
    assert read_time("2026-03-03") == datetime(2026, 3, 3, 23, 59, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026-03-03T12:00",
        "2026-03-03 12:00Z",
        "2026-03-03T12Z",
        "2026-03-03t12:00z",
        "2026-3-3",
        "20260303T1200Z",
        "2026-02-30",
        "2026-03-03T24:30Z",
        "2026-03-03T12:00:61Z",
        "2026-03-03T12:00+25:00",
        "0001-01-01T00:00+01:00",
        "٢٠٢٦-03-03",
        "2026-03-03T12:00Z'; SELECT pg_sleep(9); --",
        "☃" * 500,
    ],
)
def test_what_is_no_time_is_refused_with_what_is_allowed(client: Client, text: str) -> None:
    make.a_pledge("the-pledge")

    answer = client.get("/pledges/the-pledge/", {"recorded": text})

    assert answer.status_code == 400
    assert "<code>recorded</code>" in answer.text
    assert "2026-03-03T12:00Z" in answer.text


def test_a_time_that_lies_ahead_is_refused(client: Client) -> None:
    make.a_pledge("the-pledge")
    ahead = timezone.now() + timedelta(minutes=5)
    today = f"{timezone.now():%Y-%m-%d}"

    for text, said in ((written(ahead), "lies ahead"), ("2999-01-01", "lies ahead"), (today, "not over yet")):
        answer = client.get("/pledges/the-pledge/", {"recorded": text})
        assert answer.status_code == 400
        assert said in answer.text, text


def test_before_the_record_began_it_said_nothing(client: Client) -> None:
    make.a_pledge("the-pledge")

    answer = client.get("/pledges/the-pledge/?recorded=2019-01-01")

    assert answer.status_code == 404
    assert answer["X-Robots-Tag"] == "noindex"
    assert "This record said nothing then" in answer.text
    assert f'data-begins="{Publication.objects.get().at:%Y-%m-%d}"' in answer.text


def test_while_nothing_is_on_record_it_says_nothing(client: Client) -> None:
    assert client.get("/pledges/the-pledge/?recorded=2019-01-01").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/timeline/",
        "/timeline/export/csv/",
        "/timeline/feed.atom",
        "/timeline/calendar.ics",
        "/timeline/picture/",
        "/timeline/picture.svg",
        "/companies/",
        "/companies/compare/",
        "/companies/compare/export/csv/",
        "/pledges/",
        "/investments/",
        "/sources/",
        "/sources/edits/",
        "/corrections/",
        "/cards/record.png",
        "/about/",
        "/methodology/",
        "/about/licence/",
        "/report-an-error/",
    ],
)
def test_a_page_that_cannot_show_it_says_which_can(client: Client, address: str) -> None:
    answer = client.get(f"{address}?recorded=2026-03-03T12:00Z")

    assert answer.status_code == 400
    assert "<code>recorded</code>" in answer.text
    assert "/pledges/…/?recorded=" in answer.text


@pytest.mark.parametrize(
    ("since", "before", "expected"),
    [
        ("2026-03-03T10:15:30.5", "2026-05-01T00:00:00", "2026-03-03"),
        ("2026-03-03T10:15:30.5", "2026-03-03T18:00:00", "2026-03-03T11:00Z"),
        ("2026-03-03T10:15:30.5", "2026-03-03T10:20:00", "2026-03-03T10:16Z"),
        ("2026-03-03T10:15:30.5", "2026-03-03T10:15:50", "2026-03-03T10:15:31Z"),
        ("2026-03-03T10:15:30.5", "2026-03-03T10:15:30.7", "2026-03-03T10:15:30.500000Z"),
    ],
)
def test_a_time_is_told_no_closer_than_the_next_change_makes_it(since: str, before: str, expected: str) -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert written(plainest(at(since), at(before))) == expected
