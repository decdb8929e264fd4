"""Lists of records take what makes sense for them, and never look narrowed when they are not."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from history.models import FormerSlug
from tests import factories as make
from tests.timeline.reading import COUNT, text_of
from tests.timeline.test_pages_states import changed

pytestmark = pytest.mark.django_db


def listed(client: Client, address: str) -> list[str]:
    """The records that a list links to, in its order; their number is the one that it prints."""
    kind = address.split("/")[1]
    page = text_of(client, address)
    body = page.partition("<tbody")[2].partition("</tbody>")[0]
    found = list(dict.fromkeys(re.findall(rf'href="/{kind}/([a-z0-9-]+)/', body)))
    number = COUNT.search(page)
    assert number
    assert int(number[1]) == len(found), address
    return found


def refusal(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 400, address
    return unescape(response.text)


@pytest.fixture
def pledges(db: None) -> None:
    whole = make.a_company("whole", name="Société Whole")
    part = make.a_company("part", name="Part")
    with make.published():
        part.ownerships.create(owner=whole)
    make.a_pledge(
        "of-whole", company=whole, title="No sales to schools", jurisdictions=["US-IL"], audiences=["schools"]
    )
    make.a_pledge("of-part", company=part, made_on="2019", actions=["delete-data"], technologies=["face-detection"])
    make.a_dispute(make.a_pledge("of-others", made_on="2021-05-01", jurisdictions=["GB"]))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"of-whole", "of-part", "of-others"}),
        ("company=whole", {"of-whole", "of-part"}),
        ("company=whole&own=1", {"of-whole"}),
        ("q=SCHOOLS", {"of-whole"}),
        ("q=societe+sales", {"of-whole"}),
        ("q=nothing+of+the+kind", set()),
        ("action=delete-data", {"of-part"}),
        ("technology=face-detection", {"of-part"}),
        ("audience=schools", {"of-whole"}),
        ("jurisdiction=US", {"of-whole", "of-part"}),
        ("jurisdiction=US-IL", {"of-whole"}),
        ("year=2019", {"of-part"}),
        ("year=2019&year=2021", {"of-part", "of-others"}),
        ("disputed=1", {"of-others"}),
        ("status=in-force&company=whole&year=2020", {"of-whole"}),
    ],
)
def test_pledges_are_narrowed_by(client: Client, pledges: None, query: str, expected: set[str]) -> None:
    assert set(listed(client, f"/pledges/?{query}")) == expected


def test_pledges_are_found_by_the_clauses_that_are_in_force_on_the_day(client: Client) -> None:
    pledge = make.a_pledge("narrowed-later", made_on="2020-06-10", technologies=["facial-recognition"])
    make.terms(pledge, make.an_effect(pledge, "narrowed", "2022-01-01"), technologies=["face-comparison"])

    assert listed(client, "/pledges/?technology=face-comparison") == ["narrowed-later"]
    assert listed(client, "/pledges/?technology=face-comparison&as_of=2021-01-01") == []
    assert listed(client, "/pledges/?technology=facial-recognition&as_of=2021-01-01") == ["narrowed-later"]


def test_an_investment_shows_the_sum_that_it_leads_with_among_the_sums(client: Client) -> None:
    stake = make.an_investment("own-part", amount=200_000, currency="USD", amount_is="stake")
    with make.published():
        make.cite(stake.claims.create(position=0, amount=5_000_000, currency="USD", amount_is="round"))

    sums = text_of(client, "/investments/own-part/").partition("Sums, as reported")[2].partition("</table>")[0]

    assert "USD 200,000" in sums
    assert "USD 5 million" in sums


def test_the_form_of_a_list_carries_along_what_it_does_not_show(client: Client, pledges: None) -> None:
    page = text_of(client, "/pledges/?q=sales&action=stop-selling&year=2020&as_of=2024-01-01")

    form = page.partition('id="filters"')[2].partition("</form>")[0]
    hidden = re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]+)"', form)
    assert hidden == [("action", "stop-selling"), ("year", "2020"), ("as_of", "2024-01-01")]
    assert 'name="q" type="search" maxlength="200" value="sales"' in form


def test_investments_are_narrowed_by_any_company_in_them_and_by_year(client: Client) -> None:
    whole, part, seller = make.a_company("whole"), make.a_company("part"), make.a_company("seller")
    with make.published():
        part.ownerships.create(owner=whole)
    make.an_investment("made", investor=part, investee=seller)
    make.an_investment("received", investee=whole, announced_on="2021-03")
    make.an_investment("other")

    assert set(listed(client, "/investments/?company=whole")) == {"made", "received"}
    assert listed(client, "/investments/?company=whole&own=1") == ["received"]
    assert listed(client, "/investments/?company=seller&year=2019") == ["made"]
    assert "Showing only Whole; 2021." in text_of(client, "/investments/?company=whole&year=2021")


def test_companies_are_found_by_name_former_name_and_seat(client: Client) -> None:
    meta = make.a_company("meta", name="Meta", country="US")
    make.a_company("clearview", name="Clearview", country="US")
    make.a_company("nec", name="NEC", country="JP")
    with make.published():
        meta.names.create(position=0, name="Facebook")

    assert listed(client, "/companies/?q=facebook") == ["meta"]
    assert listed(client, "/companies/?jurisdiction=JP") == ["nec"]
    assert listed(client, "/companies/?q=clear+view") == ["clearview"]


def test_sources_are_found_by_words_publisher_and_year(client: Client) -> None:
    make.a_source("a", title="Café cameras", publisher="The Wire", published="2020-05")
    make.a_source("b", title="Other cameras", publisher="The Example", published=None)

    assert listed(client, "/sources/?q=cafe") == ["a"]
    assert listed(client, "/sources/?publisher=The+Example") == ["b"]
    assert listed(client, "/sources/?year=2020") == ["a"]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/pledges/?publisher=The+Example", "publisher"),
        ("/pledges/?kind=fine", "kind"),
        ("/investments/?status=in-force", "status"),
        ("/investments/?q=face", "q"),
        ("/companies/?year=2020", "year"),
        ("/companies/?company=acme", "company"),
        ("/sources/?company=acme", "company"),
        ("/sources/?order=oldest", "order"),
    ],
)
def test_what_only_the_timeline_takes_is_refused_by_name(client: Client, address: str, name: str) -> None:
    said = refusal(client, address)

    assert f"<code>{name}</code>: This list does not take it. It takes " in said
    assert "/timeline/ takes all" in said


@pytest.mark.parametrize("address", ["/", "/pledges/", "/sources/", "/companies/"])
def test_what_means_nothing_anywhere_is_left_aside(client: Client, address: str) -> None:
    assert client.get(f"{address}?utm_source=mail&company=&kind=").status_code == 200


# --- names that lead on -------------------------------------------------------------------------------------------


def test_a_merged_company_selects_what_it_is_part_of(client: Client) -> None:
    whole, part = make.a_company("whole"), make.a_company("part")
    make.a_pledge("of-part", company=part)
    make.an_event("of-whole", companies=[whole])
    changed(part, merged_into=whole)

    assert [*client.get("/timeline/?company=part").context["selection"].values["company"]] == ["whole"]
    assert set(listed(client, "/pledges/?company=part")) == {"of-part"}
    assert 'id="event-of-whole"' in text_of(client, "/timeline/?company=part")


def test_a_former_address_and_the_present_one_are_one_company(client: Client) -> None:
    make.a_pledge("promised", company=make.a_company("present"))
    FormerSlug.objects.create(kind="company", slug="former", current_slug="present")

    for query in ("company=former", "company=former&company=present"):
        assert listed(client, f"/pledges/?{query}") == ["promised"]
        assert client.get(f"/timeline/?{query}").status_code == 200
    assert "“nobody”" in refusal(client, "/timeline/?company=former&company=nobody")


# --- searches that PostgreSQL cannot read -------------------------------------------------------------------------


@pytest.mark.parametrize("search", ["-" * 100, "- " * 60, f"a {'-' * 41}(41) b", '"-' * 40, "-a " * 60, "or " * 60])
@pytest.mark.parametrize("path", ["/timeline/", "/timeline/export/csv/", "/timeline/feed.atom"])
def test_a_search_of_many_hyphens_is_answered(client: Client, path: str, search: str) -> None:
    make.an_event(title="Something")

    response = client.get(path, {"q": search})

    assert response.status_code == 200
    assert b"".join(response.streaming_content) if response.streaming else response.content


def test_a_hyphen_within_a_word_and_before_one_keeps_its_meaning(client: Client) -> None:
    make.an_event("one", title="Clearview-AI sues")
    make.an_event("two", title="Clearview-AI settles")

    assert 'id="event-one"' in text_of(client, "/timeline/?q=clearview-ai")
    without = text_of(client, "/timeline/?q=clearview-ai+-settles")
    assert 'id="event-one"' in without
    assert 'id="event-two"' not in without


# --- the day ------------------------------------------------------------------------------------------------------


def test_the_dated_address_of_today_shows_what_the_list_shows(client: Client) -> None:
    make.an_event("by-the-end-of-the-century", date="../2099")
    make.an_event("last-year", date="2025")
    make.an_event("ahead", date="2098-01-01")

    page = client.get("/timeline/")
    dated = client.get(page.context["site"].dated_address.removeprefix("http://testserver"))

    assert page.context["counts"].events == dated.context["counts"].events == 2
    assert 'id="event-by-the-end-of-the-century"' in dated.text


def test_what_has_no_known_start_is_not_shown_for_days_before_it_was_known(client: Client) -> None:
    make.an_event("by-2021", date="../2021")

    assert "event-by-2021" not in text_of(client, "/timeline/?as_of=2020-01-01")
    assert "event-by-2021" in text_of(client, "/timeline/?as_of=2022-01-01")


def test_accounts_differ_about_what_had_happened_by_the_day(client: Client) -> None:
    pledge = make.a_pledge("disputed", made_on="2020-06-10")
    later = make.a_pledge("later-disputed", made_on="2020-06-10")
    make.a_dispute(pledge)
    make.a_dispute(make.an_effect(later, "clarified", "2022-01-01"))

    def differ(day: str, address: str) -> bool:
        return "Accounts differ" in text_of(client, f"{address}?as_of={day}").partition("<main")[2]

    assert not differ("2020-06-09", "/pledges/disputed/")
    assert differ("2020-06-10", "/pledges/disputed/")
    assert set(listed(client, "/pledges/?disputed=1&as_of=2021-01-01")) == {"disputed"}
    assert set(listed(client, "/pledges/?disputed=1&as_of=2022-01-01")) == {"disputed", "later-disputed"}


def test_an_event_that_lies_ahead_of_the_day_says_so(client: Client) -> None:
    make.an_event("sued", date="2020-05-28", outcome="Settled in 2022.")

    assert "this had not happened yet" in text_of(client, "/events/sued/?as_of=2019-01-01")
    assert "this had not happened yet" not in text_of(client, "/events/sued/?as_of=2020-05-28")


def test_a_step_after_the_day_is_not_said_to_change_nothing(client: Client) -> None:
    make.a_pledge("promised", made_on="2020-06-10")

    page = text_of(client, "/pledges/promised/?as_of=2020-01-01")

    assert "What happened after" in page
    assert "Does not change the status" not in page


# --- what is kept for others --------------------------------------------------------------------------------------


def test_whoever_keeps_copies_of_pages_is_told_that_the_theme_stands_in_them(client: Client) -> None:
    assert "Cookie" in client.get("/timeline/")["Vary"]
    assert "Cookie" not in client.get("/timeline/feed.atom").get("Vary", "")


def test_the_mark_of_the_site_is_found_where_programs_look_for_it(client: Client) -> None:
    answer = client.get("/favicon.ico")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/static/icons/favicon")
