"""What an address may ask for, what is refused, and what a refusal says."""

from html import unescape

import pytest
from django.test import Client

from tests.timeline.reading import by_page, count_on_page

pytestmark = pytest.mark.usefixtures("starter_data")


def refusal(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 400, address
    return unescape(response.content.decode())


@pytest.mark.parametrize(
    ("query", "name", "allowed"),
    [
        ("company=microsofft", "company", "microsoft"),
        ("kind=fined", "kind", "fine"),
        ("status=kept", "status", "in-force-disputed"),
        ("standing=proven", "standing", "found"),
        ("action=stop", "action", "stop-selling"),
        ("technology=faces", "technology", "facial-recognition"),
        ("audience=cops", "audience", "police"),
        ("jurisdiction=USA", "jurisdiction", "US"),
        ("role=boss", "role", "sued"),
        ("year=20", "year", "2020"),
        ("from=11/06/2020", "from", "2020-06-11"),
        ("to=yesterday", "to", "2020-06-11"),
        ("source_type=newspaper", "source_type", "news"),
        ("publisher=Buzzfeed", "publisher", "BuzzFeed News"),
        ("health=broken", "health", "cannot-be-checked"),
        ("disputed=perhaps", "disputed", "1"),
        ("own=yes", "own", "1"),
        ("order=random", "order", "newest"),
        ("cursor=abc", "cursor", "Leave “cursor” out"),
        ("as_of=2020-6-1", "as_of", "2020-06-12"),
        ("as_of=20200612", "as_of", "2020-06-12"),
        ("recorded=2020-01-01", "recorded", "as_of"),
    ],
)
@pytest.mark.parametrize("path", ["/timeline/", "/timeline/export/csv/", "/timeline/feed.atom"])
def test_an_unknown_value_is_refused_with_its_name_and_what_is_allowed(
    client: Client, path: str, query: str, name: str, allowed: str
) -> None:
    said = refusal(client, f"{path}?{query}")

    problem = said.partition(f"<code>{name}</code>:")[2].partition("</li>")[0]
    assert allowed in problem


def test_a_long_list_of_what_is_allowed_is_cut_and_begins_with_the_nearest(client: Client) -> None:
    said = refusal(client, "/timeline/?company=clearview")

    allowed = said.partition("Allowed: ")[2].partition("</li>")[0]
    assert allowed.startswith("clearview-ai, ")
    assert allowed.count(",") == 40
    assert "and 66 more" in allowed


def test_all_that_is_wrong_is_said_at_once(client: Client) -> None:
    said = refusal(client, "/timeline/?company=nobody&kind=nothing&year=never")

    for name in ("company", "kind", "year"):
        assert f"<code>{name}</code>:" in said


def test_what_was_typed_is_not_repeated_raw_or_whole(client: Client) -> None:
    response = client.get("/timeline/", {"company": "<script>alert(1)</script>" + "x" * 5000})

    page = response.content.decode()
    assert response.status_code == 400
    assert "<script>alert" not in page
    assert "x" * 100 not in page


@pytest.mark.parametrize(
    "query", ["utm_source=mail", "company=&kind=&from=&to=&q=", "q=&cursor=&as_of=&order=", "page=2&own="]
)
def test_unknown_parameters_and_empty_values_are_left_aside(client: Client, query: str) -> None:
    everything = count_on_page(client, "")

    assert count_on_page(client, query) == everything


def test_a_repeated_parameter_means_or_and_different_ones_mean_and(client: Client) -> None:
    fines = set(by_page(client, "kind=fine"))
    bans = set(by_page(client, "kind=local-ban"))
    in_2020 = set(by_page(client, "year=2020"))

    assert set(by_page(client, "kind=fine&kind=local-ban")) == fines | bans
    assert set(by_page(client, "kind=local-ban&year=2020")) == bans & in_2020


def test_a_country_takes_in_its_parts_and_a_part_only_itself(client: Client) -> None:
    country = set(by_page(client, "jurisdiction=US"))
    part = set(by_page(client, "jurisdiction=US-IL"))
    world = set(by_page(client, "jurisdiction=world"))

    assert part
    assert part < country
    assert not world <= country


def test_a_company_takes_in_what_it_owns_unless_asked_not_to(client: Client) -> None:
    group = set(by_page(client, "company=google"))
    alone = set(by_page(client, "company=google&own=1"))

    assert alone <= group


def test_places_that_exist_but_are_on_no_record_hold_nothing(client: Client) -> None:
    assert count_on_page(client, "jurisdiction=IS") == 0


def test_a_span_that_ends_before_it_begins_is_refused(client: Client) -> None:
    assert "Swap the two" in refusal(client, "/timeline/?from=2021&to=2020")


def test_a_search_of_marks_alone_finds_nothing_and_breaks_nothing(client: Client) -> None:
    for search in ("???", "-", '"', "the", "a or", "!!&|:*", "'", "\\"):
        assert client.get("/timeline/", {"q": search}).status_code == 200


def test_an_overlong_search_is_refused(client: Client) -> None:
    assert "at most 200 characters" in refusal(client, "/timeline/?q=" + "police+" * 60)


def test_a_chip_takes_its_own_filter_away_and_no_other(client: Client) -> None:
    chips = client.get("/timeline/?company=microsoft&company=amazon&year=2020&as_of=2021-01-01").context["chips"]

    without = {chip.label: chip.href for chip in chips}
    assert without["Company: Microsoft"] == "/timeline/?company=amazon&year=2020&as_of=2021-01-01"
    assert without["Year: 2020"] == "/timeline/?company=microsoft&company=amazon&as_of=2021-01-01"
