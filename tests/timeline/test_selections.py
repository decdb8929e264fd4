"""The same selection is the same events everywhere, and those that the files themselves hold."""

import pytest
from django.test import Client

from tests.timeline import plain_selection as plain
from tests.timeline.reading import by_feed, by_page, count_on_page, csv_rows, json_rows

pytestmark = pytest.mark.usefixtures("starter_data")

MICROSOFT = plain.with_subsidiaries("microsoft")
META = plain.with_subsidiaries("meta")
GOOGLE = plain.with_subsidiaries("google")
BUZZFEED = plain.sources_where(lambda source: source["publisher"] == "BuzzFeed News")
COURTS = plain.sources_where(lambda source: source["type"] in ("court", "legislation"))

SELECTIONS = {
    "company=microsoft&year=2020": plain.where(
        lambda one: one.companies & MICROSOFT and plain.overlaps(one, "2020-01-01", "2020-12-31")
    ),
    "company=microsoft&own=1": plain.where(lambda one: "microsoft" in one.companies),
    "kind=fine&kind=settlement&kind=made&jurisdiction=US": plain.where(
        lambda one: one.kinds & {"fine", "settlement", "made"} and plain.within(one, "US")
    ),
    "from=2021-06&to=2022-22&audience=police&audience=law-enforcement": plain.where(
        lambda one: one.audiences & {"police", "law-enforcement"} and plain.overlaps(one, "2021-06-01", "2022-08-31")
    ),
    "publisher=BuzzFeed+News": plain.where(lambda one: one.sources & BUZZFEED),
    "source_type=court&source_type=legislation&standing=found": plain.where(
        lambda one: one.sources & COURTS and "found" in one.standings
    ),
    "company=clearview-ai&role=fined&role=sued": plain.where(
        lambda one: one.parts & {("clearview-ai", "fined"), ("clearview-ai", "sued")}
    ),
    "company=meta&company=google&action=stop-offering&action=delete-data": plain.where(
        lambda one: (
            one.companies & (META | plain.with_subsidiaries("google"))
            and one.actions & {"stop-offering", "delete-data"}
        )
    ),
    "as_of=2020-06-12": plain.where(lambda one: plain.newest_first_day(one) <= "2020-06-12"),
    "": set(plain.happenings()),
}


@pytest.mark.parametrize("query", SELECTIONS)
def test_page_exports_and_feed_hold_what_the_files_hold(client: Client, query: str) -> None:
    expected = SELECTIONS[query]
    assert expected, "a selection that holds nothing shows nothing"

    pages = by_page(client, query)
    table = [row["event"] for row in csv_rows(client, query)]
    objects = [row["event"] for row in json_rows(client, query)]
    feed = by_feed(client, query)

    assert set(pages) == expected
    assert len(pages) == len(expected) == count_on_page(client, query)
    assert table == pages
    assert objects == pages
    assert feed == pages


def test_every_row_names_the_companies_and_places_by_which_it_is_found(client: Client) -> None:
    held = plain.happenings()

    table, objects = csv_rows(client, ""), json_rows(client, "")

    for row in table:
        assert set(filter(None, row["companies"].split(" || "))) == held[row["event"]].companies, row["event"]
        assert set(filter(None, row["jurisdictions"].split(" || "))) == held[row["event"]].places, row["event"]
    for one in objects:
        assert {company["slug"] for company in one["companies_concerned"]} == held[one["event"]].companies
        assert set(one["jurisdictions_concerned"]) == held[one["event"]].places


def test_what_an_event_lists_comes_first_and_stays_apart_from_what_it_did(client: Client) -> None:
    rows = {row["event"]: row for row in csv_rows(client, "")}

    for one in json_rows(client, ""):
        listed = [company["slug"] for company in one["companies"]]
        concerned = [company["slug"] for company in one["companies_concerned"]]
        assert concerned[: len(listed)] == listed
        assert rows[one["event"]]["companies"] == " || ".join(concerned)


def test_the_page_of_a_step_names_whose_pledge_it_is(client: Client) -> None:
    text = client.get("/events/apple-no-face-recognition-in-stores-made-2021/").content.decode()

    assert '<dt>Companies</dt><dd><a href="/companies/apple/">Apple</a></dd>' in text


def test_rows_come_newest_first_and_the_other_way_round(client: Client) -> None:
    newest = by_page(client, "company=amazon")
    oldest = by_page(client, "company=amazon&order=oldest")

    assert oldest == newest[::-1]
    days = [plain.newest_first_day(plain.happenings()[name]) for name in newest]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("name", ["csv", "jsonl"])
def test_an_export_says_how_many_events_are_in_it(client: Client, name: str) -> None:
    response = client.get(f"/timeline/export/{name}/?company=ibm")
    b"".join(response.streaming_content)

    assert response.headers["X-Row-Count"] == str(count_on_page(client, "company=ibm"))


def test_every_value_of_every_facet_leaves_as_many_events_as_it_says(client: Client) -> None:
    facets = client.get("/timeline/?company=microsoft&jurisdiction=US").context["facets"]

    for facet in facets:
        for value in [one for group in facet.groups for one in (*group.values, *group.folded)][:6]:
            query = {"company": "microsoft", "jurisdiction": "US", facet.name: value.value}
            left = client.get("/timeline/", query).context["counts"].events
            assert left == value.count, (facet.name, value.value)


def test_every_bar_of_the_years_leaves_as_many_events_as_it_says(client: Client) -> None:
    years = client.get("/timeline/?company=clearview-ai&year=2020").context["histogram"].years

    assert len(years) > 3
    for year in years:
        left = client.get(f"/timeline/?company=clearview-ai&year={year.year}").context["counts"].events
        assert left == year.count, year.year


def test_statuses_are_those_of_the_day(client: Client) -> None:
    in_2020 = by_page(client, "company=amazon&status=in-force&as_of=2020-07-01")
    later = by_page(client, "company=amazon&status=lapsed&as_of=2020-07-01")

    assert "amazon-rekognition-moratorium-made-2020" in in_2020
    assert later == []


def test_words_are_found_with_and_without_accents_and_as_phrases(client: Client) -> None:
    one_word = set(by_page(client, "q=Rekognition"))
    phrase = set(by_page(client, 'q="police+use+of+Rekognition"'))
    without = set(by_page(client, "q=Rekognition+-police"))

    assert phrase < one_word
    assert without < one_word
    assert phrase.isdisjoint(without)


def test_best_matches_come_first_and_none_is_left_out(client: Client) -> None:
    best = by_page(client, "q=police&order=relevance")
    newest = by_page(client, "q=police")

    assert sorted(best) == sorted(newest)
    assert best != newest


def test_a_citation_export_holds_each_source_once(client: Client) -> None:
    counts = client.get("/timeline/").context["counts"]

    response = client.get("/timeline/export/ris/")
    records = b"".join(response.streaming_content).decode()

    assert counts.sources == int(response.headers["X-Row-Count"]) == records.count("\r\nER  - \r\n")
    assert counts.sources == len(plain.rows("sources"))
