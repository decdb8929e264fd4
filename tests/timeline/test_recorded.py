"""Pages show what the record said at a time, whatever was changed since; other pages refuse to."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import psycopg2
import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from companies.models import Company
from history.models import FormerSlug
from pledges.models import Clause, Event, Investment, Pledge
from sources.models import Source
from tests import factories as make
from tests.edits import edit_at_random
from tests.timeline.reading import text_of
from timeline.recorded import written

# These tests commit: times differ only between transactions.
pytestmark = pytest.mark.django_db(transaction=True)

HEADLINE = re.compile(r'data-headline="([a-z-]+)"')
PRESENT = "This is what the record said"


def now() -> str:
    """The time by the clock that the history goes by, as an address gives it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (at,) = cursor.fetchone()
    return written(at)


def changed(row: Pledge | Event | Investment | Company | Source, **values: object) -> None:
    with make.published("It was read again"):
        type(row)._default_manager.filter(pk=row.pk).update(**values)


def renamed(kind: str, row: Pledge | Event | Investment | Company | Source, slug: str) -> None:
    FormerSlug.objects.create(kind=kind, slug=row.slug, current_slug=slug)
    changed(row, slug=slug)


def headline(page: str) -> str:
    found = HEADLINE.search(page)
    assert found
    return found[1]


# --- what was said then -------------------------------------------------------------------------------------------


def test_a_pledge_shows_the_words_it_had_then(client: Client) -> None:
    pledge = make.a_pledge("the-pledge", title="No sales at all", summary="It said no sales.")
    then = now()
    changed(pledge, title="Hardly any sales", summary="It says hardly any.")

    page = text_of(client, f"/pledges/the-pledge/?recorded={then}")

    assert "No sales at all" in page
    assert "It said no sales." in page
    assert "ardly any" not in page
    assert "No sales at all" not in text_of(client, "/pledges/the-pledge/")


def test_its_terms_and_clauses_too(client: Client) -> None:
    pledge = make.a_pledge("the-pledge")
    then = now()
    with make.published("Two more clauses"):
        narrowed = make.an_effect(pledge, "narrowed", "2021-01-01")
        make.terms(pledge, narrowed, actions=["stop-using", "delete-data"])
        Clause.objects.filter(terms__position=0).update(text="In other words now")

    page = text_of(client, f"/pledges/the-pledge/?recorded={then}")

    assert "other words" not in page
    assert 'id="terms"' not in page or "1 version" in page
    assert "2 versions" in text_of(client, "/pledges/the-pledge/")


def test_its_status_follows_from_what_was_on_record_then(client: Client) -> None:
    pledge = make.a_pledge("the-pledge", made_on="2020-06-10")
    then = now()
    with make.published("It was taken back in 2021"):
        make.an_effect(pledge, "withdrawn", "2021-03-01")

    for address, expected in (
        ("", "withdrawn"),
        ("?as_of=2020-12-31", "in-force"),
        (f"?recorded={then}", "in-force"),
        # What was true in 2022, by what was known when nobody had entered the withdrawal.
        (f"?as_of=2022-01-01&recorded={then}", "in-force"),
        (f"?as_of=2022-01-01&recorded={now()}", "withdrawn"),
        (f"?as_of=2020-01-01&recorded={now()}", "not-made-yet"),
    ):
        assert headline(text_of(client, f"/pledges/the-pledge/{address}")) == expected, address


def test_an_event_shows_the_status_and_the_places_that_it_had_then(client: Client) -> None:
    event = make.an_event("the-event", date="2021-01-01")
    pledge = make.a_pledge(jurisdictions=["FR"], made_on="2021-01-01", event=event)
    make.a_dispute(event)
    then = now()
    with make.published("Other words"):
        make.an_effect(pledge, "withdrawn", "2022-01-01")
        Clause.objects.update(jurisdictions=["BR"])

    page = text_of(client, f"/events/the-event/?recorded={then}")

    assert "France" in page
    assert "Brazil" not in page
    assert headline(page) == "in-force"
    assert headline(text_of(client, "/events/the-event/")) == "withdrawn"


def test_an_investment_shows_the_sums_it_had_then(client: Client) -> None:
    stake = make.an_investment("the-stake", amount=5_000_000, currency="USD", amount_is="stake")
    then = now()
    changed(stake, amount=7_000_000)

    page = text_of(client, f"/investments/the-stake/?recorded={then}")

    assert "USD 5 million" in page
    assert "USD 7 million" not in page


def test_a_source_shows_what_it_was_called_and_what_cited_it(client: Client) -> None:
    source = make.a_source("the-source", title="As it was printed")
    make.an_event(title="The first event", source=source)
    then = now()
    make.an_event(title="The second event", source=source)
    changed(source, title="As it was corrected")

    page = text_of(client, f"/sources/the-source/?recorded={then}")

    assert "As it was printed" in page
    assert "The first event" in page
    assert "As it was corrected" not in page
    assert "The second event" not in page


def test_a_company_shows_its_pledges_and_events_of_then(client: Client) -> None:
    company = make.a_company("acme", name="Acme")
    make.an_event(title="The first event", companies=[company])
    then = now()
    make.a_pledge(company=company, title="A later pledge")
    make.an_event(title="The second event", companies=[company])

    page = text_of(client, f"/companies/acme/?recorded={then}")

    assert "The first event" in page
    assert "No pledge is on record" in page
    assert "The second event" not in page
    assert "A later pledge" not in page


def test_what_was_taken_out_since_is_there_again(client: Client) -> None:
    pledge = make.a_pledge()
    effect = pledge.effects.get()
    second = make.cite(effect, make.a_source(title="A second witness"))
    then = now()
    with make.published("It says nothing of it"):
        second.delete()

    assert "A second witness" in text_of(client, f"/pledges/{pledge.slug}/?recorded={then}")
    assert "A second witness" not in text_of(client, f"/pledges/{pledge.slug}/")


def test_what_stood_then_is_shown_with_the_word_that_it_was_retracted_since(client: Client) -> None:
    pledge = make.a_pledge("the-pledge", title="A wrongful claim")
    then = now()
    changed(pledge, retracted_because="It was another company.")
    later = now()

    page = text_of(client, f"/pledges/the-pledge/?recorded={then}")

    assert "A wrongful claim" in page
    assert "data-retracted-since" in page
    assert "It was another company." in page
    tombstone = text_of(client, f"/pledges/the-pledge/?recorded={later}")
    assert "A wrongful claim" not in tombstone
    assert 'data-retracted="pledge"' in tombstone
    assert "data-retracted-since" not in tombstone


def test_what_was_a_draft_then_is_not_shown(client: Client) -> None:
    pledge = make.a_pledge("the-pledge", draft=True)
    then = now()
    with make.published("Two people agree") as publication:
        Event.objects.update(publication=publication)
        pledge.effects.update(publication=publication)
        Pledge.objects.update(publication=publication)

    assert client.get("/pledges/the-pledge/").status_code == 200
    answer = client.get(f"/pledges/the-pledge/?recorded={then}")
    assert answer.status_code == 404
    assert f'data-begins="{timezone.localdate()}"' in answer.text


def test_what_a_court_had_taken_out_does_not_come_back(
    client: Client, as_owner: psycopg2.extensions.connection
) -> None:
    pledge = make.a_pledge("the-pledge", title="About a private person")
    then = now()
    changed(pledge, title="Taken out")
    with as_owner.cursor() as cursor:
        cursor.execute("ALTER TABLE history_revision DISABLE TRIGGER the_history_is_append_only")
        cursor.execute(
            """UPDATE history_revision SET state = '{"redacted": {"reason": "Order of a court"}}'"""
            " WHERE table_name = 'pledges_pledge' AND row_id = %s",
            [pledge.pk],
        )
        cursor.execute("ALTER TABLE history_revision ENABLE TRIGGER the_history_is_append_only")

    answer = client.get(f"/pledges/the-pledge/?recorded={then}")

    assert answer.status_code == 404
    assert "private person" not in answer.text


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "maker"),
    [
        ("pledge", make.a_pledge),
        ("event", make.an_event),
        ("investment", make.an_investment),
        ("source", make.a_source),
        ("company", make.a_company),
    ],
)
def test_a_renamed_record_is_found_by_both_names_at_any_time(
    client: Client, kind: str, maker: Callable[[str], Pledge]
) -> None:
    row = maker("former")
    then = now()
    renamed(kind, row, "present")
    later = now()
    folder = {"company": "companies"}.get(kind, f"{kind}s")

    def led(name: str, at: str) -> str:
        answer = client.get(f"/{folder}/{name}/?recorded={at}")
        return answer.headers.get("Location", "") or str(answer.status_code)

    assert led("former", then) == "200"
    assert led("present", then) == f"/{folder}/former/?recorded={then}"
    assert led("former", later) == f"/{folder}/present/?recorded={later}"
    assert led("present", later) == "200"
    assert led("never", then) == "404"


def test_a_merged_company_has_its_page_at_a_time_before(client: Client) -> None:
    whole, part = make.a_company("whole"), make.a_company("part", name="The part")
    then = now()
    changed(part, merged_into=whole)

    assert "The part" in text_of(client, f"/companies/part/?recorded={then}")
    led = client.get(f"/companies/part/?recorded={now()}")
    assert (led.status_code, led["Location"].partition("?")[0]) == (301, "/companies/whole/")


def test_the_name_that_a_company_had_then_stands_on_its_pledge(client: Client) -> None:
    company = make.a_company(name="Facebook")
    make.a_pledge("the-pledge", company=company)
    then = now()
    changed(company, name="Meta")

    page = text_of(client, f"/pledges/the-pledge/?recorded={then}")

    assert "Facebook" in page
    assert "Meta<" not in page


# --- what the page says of itself ----------------------------------------------------------------------------------


def test_the_page_says_of_what_time_it_is_and_how_to_come_back(client: Client) -> None:
    make.a_pledge("the-pledge")

    page = text_of(client, f"/pledges/the-pledge/?as_of=2020-07-01&recorded={now()}")

    today = timezone.localdate()
    assert PRESENT in page
    assert f"{today.day} {today:%B %Y} at " in page
    assert "1 July 2020" in page
    assert '<a href="/pledges/the-pledge/?as_of=2020-07-01" data-now>' in page
    assert PRESENT not in text_of(client, "/pledges/the-pledge/")


def test_it_is_for_no_search_engine_and_names_the_page_of_now_as_the_true_one(client: Client) -> None:
    make.a_pledge("the-pledge")

    answer = client.get(f"/pledges/the-pledge/?recorded={now()}")

    assert answer["X-Robots-Tag"] == "noindex"
    assert '<link rel="canonical" href="http://testserver/pledges/the-pledge/">' in answer.text
    assert "X-Robots-Tag" not in client.get("/pledges/the-pledge/")


def test_links_to_pages_that_show_the_time_keep_it(client: Client) -> None:
    make.a_pledge("the-pledge", company=make.a_company("acme"))
    then = now()

    page = text_of(client, f"/pledges/the-pledge/?as_of=2021-01-01&recorded={then}")

    assert f'href="/companies/acme/?as_of=2021-01-01&amp;recorded={then}"' in page
    company = text_of(client, f"/companies/acme/?as_of=2021-01-01&recorded={then}")
    assert f'href="/pledges/the-pledge/?as_of=2021-01-01&amp;recorded={then}"' in company
    # Lists show what is on record now, and would refuse the time.
    for address in re.findall(r'href="(/[^"]*)"', page + company):
        if "recorded=" in address:
            assert client.get(address.replace("&amp;", "&")).status_code == 200, address


def test_what_is_on_record_now_is_not_counted_on_it(client: Client) -> None:
    make.a_pledge("the-pledge")
    then = now()
    make.an_event()
    cache.clear()

    text_of(client, f"/pledges/the-pledge/?recorded={then}")

    assert "2 events" in text_of(client, "/pledges/the-pledge/")
    assert "events ·" not in text_of(client, f"/pledges/the-pledge/?recorded={then}")


def test_whoever_is_signed_in_sees_the_same(client: Client) -> None:
    make.a_pledge("the-pledge")
    client.force_login(get_user_model().objects.create_user("ann"))

    assert PRESENT in text_of(client, f"/pledges/the-pledge/?recorded={now()}")


def test_asking_for_the_headers_alone_is_answered_alike(client: Client) -> None:
    make.a_pledge("the-pledge")
    address = f"/pledges/the-pledge/?recorded={now()}"

    assert client.head(address).headers == client.get(address).headers


# --- citing -------------------------------------------------------------------------------------------------------


def cited_address(page: str) -> str:
    """Of this record, which stands behind the reporting."""
    return re.findall(r"UR  - http://testserver(\S+)", page)[-1].replace("&amp;", "&")


def test_the_address_to_cite_goes_on_showing_what_it_showed(client: Client) -> None:
    pledge = make.a_pledge("the-pledge", title="As it was cited")

    address = cited_address(text_of(client, "/pledges/the-pledge/"))
    changed(pledge, title="As it is now")

    assert "as_of" not in address
    assert "As it was cited" in text_of(client, address)
    # On the page that it leads to the same address is cited.
    assert cited_address(text_of(client, address)) == address


def test_it_keeps_the_day_where_one_was_asked_for(client: Client) -> None:
    pledge = make.a_pledge("the-pledge", made_on="2020-06-10")

    address = cited_address(text_of(client, "/pledges/the-pledge/?as_of=2020-12-31"))
    with make.published("Made later than was thought"):
        pledge.effects.update(date="2021-06-10", date_earliest="2021-06-10", date_latest="2021-06-10")
        changed(pledge, made_on="2021-06-10", made_earliest="2021-06-10", made_latest="2021-06-10")

    assert "as_of=2020-12-31" in address
    assert headline(text_of(client, address)) == "in-force"
    assert headline(text_of(client, "/pledges/the-pledge/?as_of=2020-12-31")) == "not-made-yet"


@pytest.mark.parametrize(
    ("kind", "maker"), [("pledge", make.a_pledge), ("event", make.an_event), ("investment", make.an_investment)]
)
def test_a_citation_as_a_file_names_the_same_address_and_says_what_was_said(
    client: Client, kind: str, maker: Callable[..., Pledge]
) -> None:
    first = make.a_source(title="The first report")
    row = maker("the-record", source=first)
    page = text_of(client, f"/{kind}s/the-record/")
    address = cited_address(page)
    files = re.findall(rf'href="(/cite/{kind}/the-record/[a-z-]+/[^"]*)"', page)
    changed(first, title="The first report, corrected")

    assert len(files) == 3
    for file in files:
        text = text_of(client, file.replace("&amp;", "&"))
        assert address in text, file
        assert "The first report" in text
        assert "corrected" not in text
    assert "corrected" in text_of(client, f"/cite/{kind}/the-record/ris/")
    assert row.slug == "the-record"


def test_a_source_is_cited_as_it_was_on_record(client: Client) -> None:
    source = make.a_source("the-source", title="As printed")
    then = now()
    changed(source, title="As corrected")

    assert "As printed" in text_of(client, f"/cite/source/the-source/ris/?recorded={then}")
    assert "As corrected" in text_of(client, "/cite/source/the-source/ris/")


# --- the history of a page ------------------------------------------------------------------------------------------


def test_each_change_leads_to_the_page_as_it_was_after_it(client: Client) -> None:
    pledge = make.a_pledge("the-pledge", title="Title number 0")
    for number in (1, 2):
        changed(pledge, title=f"Title number {number}")

    page = text_of(client, "/pledges/the-pledge/history/")
    links = re.findall(r'href="(/pledges/the-pledge/\?recorded=[^"]+)"', page)

    assert len(links) == 3
    for number, link in zip((2, 1, 0), links, strict=True):
        assert f"Title number {number}</h1>" in text_of(client, link)


def test_the_history_at_a_time_knows_of_no_later_change(client: Client) -> None:
    pledge = make.a_pledge("the-pledge", title="Title number 0")
    changed(pledge, title="Title number 1")
    then = now()
    changed(pledge, title="Title number 2")

    page = text_of(client, f"/pledges/the-pledge/history/?recorded={then}")

    assert "Title number 1" in page
    assert "Title number 2" not in page
    assert PRESENT in page
    assert "Title number 2" in text_of(client, "/pledges/the-pledge/history/")
    # Nor do the changes at the foot of the page itself.
    assert text_of(client, f"/pledges/the-pledge/?recorded={then}").count("It was read again") == 1


# --- whatever is changed --------------------------------------------------------------------------------------------

PARTS_OF_NOW = re.compile(
    r'<form class="citebox".*?</form>|<dd class="break">http.*?</dd>|[?](?:[^"]*;)?recorded=[^"#]*', re.DOTALL
)


def said(page: str) -> str:
    """What a page says: without the addresses by which it is cited, and the time that its links keep."""
    main = page[page.index("<main") : page.index("</main>")]
    return PARTS_OF_NOW.sub("", main)


def addresses() -> list[str]:
    """The pages of all that is public."""
    rows = (
        ("pledges", Pledge.objects.public()),
        ("events", Event.objects.public()),
        ("investments", Investment.objects.public()),
        ("sources", Source.objects.public()),
        ("companies", Company.objects.public().filter(merged_into=None)),
    )
    found = [f"/{folder}/{row.slug}/" for folder, every in rows for row in every.order_by("pk")]
    return found + [f"{address}history/" for address in found if address.startswith("/pledges/")]


@pytest.mark.parametrize("seed", range(2))
def test_every_page_at_a_time_says_what_it_said_at_that_time(client: Client, seed: int) -> None:
    chance = random.Random(f"pages {seed}")
    told: list[tuple[str, str, str]] = []
    for number in range(10):
        edit_at_random(chance, first=not number)
        pages = [(one, client.get(one)) for one in chance.sample(addresses(), k=min(8, len(addresses())))]
        told += [(now(), one, said(page.text)) for one, page in pages if page.status_code == 200]

    for at, address, expected in told:
        page = client.get(f"{address}?recorded={at}")
        assert page.status_code == 200, (at, address)
        assert said(page.text) == expected, (at, address)
    assert len(told) > 50
