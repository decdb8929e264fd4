"""What pages say in a sentence or a label reads as one thing, and as the right one."""

from __future__ import annotations

import html
import re
from datetime import date
from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from django.test import Client
from psycopg2.extras import DateRange

from dates.edtf import parse
from pledges.models import StatusSpan
from pledges.status import Clock, ClockKind
from tests import factories as make
from timeline.components import FacetValue
from timeline.standing import pledge_clock_label, spans_shown
from timeline.vocabularies import nearest

TODAY = date(2026, 1, 1)
MAY_2027 = parse("2027-05")


def span(first: str, after: str | None, headline: str, *, text: str = "in-force", conduct: str = "none") -> StatusSpan:
    days = DateRange(date.fromisoformat(first), date.fromisoformat(after) if after else None)
    return StatusSpan(days=days, headline=headline, alternatives=[], text=text, conduct=conduct)


def test_neighbouring_statuses_that_read_the_same_are_one_stretch() -> None:
    spans = [
        span("2020-01-01", "2021-01-01", "in-force"),
        span("2021-01-01", "2022-01-01", "in-force-disputed", conduct="disputed"),
        span("2022-01-01", "2023-01-01", "in-force-disputed", text="narrowed", conduct="disputed"),
        span("2023-01-01", None, "in-force"),
    ]

    shown = spans_shown(spans, TODAY, made_on="2020-01-01")

    assert [(one.status.words, one.from_date.edtf, one.until_date and one.until_date.edtf) for one in shown] == [
        ("In force", "2020-01-01", "2020-12-31"),
        ("In force, disputed", "2021-01-01", "2022-12-31"),
        ("In force", "2023-01-01", None),
    ]
    assert (shown[1].status.text, shown[1].status.conduct) == ("", "disputed")


def test_no_two_neighbours_of_any_pledge_read_the_same(client: Client, starter_data: None) -> None:
    for slug in ("dahua", "clearview-ai"):
        for pledge in set(re.findall(r'href="(/pledges/[a-z0-9-]+/)"', client.get(f"/companies/{slug}/").text)):
            words = [one.status.words for one in client.get(pledge).context["spans"]]
            assert all(one != other for one, other in pairwise(words)), pledge


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ([], "Until May 2027"),
        ([Clock(ClockKind.RUNNING, MAY_2027, "b")], "Until May 2027"),
        ([Clock(ClockKind.NO_TERM, None, "b")], "One clause: until May 2027"),
        ([Clock(ClockKind.RUNNING, MAY_2027, "b"), Clock(ClockKind.NO_TERM, None, "c")], "2 clauses: until May 2027"),
        ([Clock(ClockKind.NONE, None, "b")], "Until May 2027"),
    ],
)
def test_a_clock_says_whether_it_is_of_the_whole_pledge_or_of_a_part(others: list[Clock], said: str) -> None:
    clock = Clock(ClockKind.RUNNING, MAY_2027, "a")

    assert pledge_clock_label(clock, [clock, *others]) == said


def test_sentence_and_clock_of_a_pledge_do_not_contradict_each_other(client: Client, starter_data: None) -> None:
    text = client.get("/pledges/clearview-aclu-settlement-terms/?as_of=2026-01-01").text

    assert "with no end date, but for one clause, which runs until May 2027." in text
    assert "One clause: until May 2027" in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pledges", "said"),
    [
        (1, "One pledge, which had not been made by this day."),
        (2, "Two pledges, none of which had been made by this day."),
    ],
)
def test_a_day_before_all_pledges_of_a_company_is_said_so(client: Client, pledges: int, said: str) -> None:
    company = make.a_company("acme")
    for _ in range(pledges):
        make.a_pledge(company=company)

    assert said in client.get("/companies/acme/?as_of=2010-01-01").text


@pytest.mark.parametrize(("count", "said"), [(0, "0 pledges"), (1, "1 pledge"), (2, "2 pledges")])
def test_a_facet_counts_one_pledge_and_two_pledges(count: int, said: str) -> None:
    value = FacetValue(value="in-force", label="In force", count=count)

    part = render_to_string(
        "components/facet_value.html", {"name": "status", "value": value, "unit": ("pledge", "pledges")}
    )

    assert re.sub(r"<[^>]+>", "", part).strip().endswith(said)


def test_a_former_name_is_as_near_as_the_present_one() -> None:
    every = ["costco", "foxconn", "glade-brook", "meta"]

    found = nearest("facebook", every, most=2, called={"meta": ["Meta", "Facebook"]})

    assert found[0] == "meta"


@pytest.mark.parametrize("address", ["/timeline/?company=facebook", "/pledges/?company=facebook"])
def test_who_asks_for_a_former_name_is_told_the_present_one(client: Client, starter_data: None, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 400
    assert re.search(r"“facebook” is not known here\. Allowed: meta \(Facebook\), ", html.unescape(response.text))
