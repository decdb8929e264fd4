"""Every reading page answers in every state of the record."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from history.models import FormerSlug
from history.services import accept
from pledges.services.recording import recording
from pledges.vocabulary import Form
from tests import factories as make

pytestmark = pytest.mark.django_db

LISTS = ["/", "/companies/", "/pledges/", "/investments/", "/sources/", "/corrections/"]
TEXTS = ["/about/", "/methodology/", "/report-an-error/", "/robots.txt"]
KINDS = ["company", "pledge", "investment", "event", "source"]


def a_record(kind, slug="", **values):
    maker = {
        "company": make.a_company,
        "pledge": make.a_pledge,
        "investment": make.an_investment,
        "event": make.an_event,
        "source": make.a_source,
    }[kind]
    return maker(slug, **values)


def address_of(kind, slug):
    folder = {"company": "companies"}.get(kind, f"{kind}s")
    return f"/{folder}/{slug}/"


def changed(row, **values):
    """One published change to a row, proposed by one person and accepted by another."""
    users = get_user_model().objects
    proposer, _ = users.get_or_create(username="proposer-login", defaults={"email": "proposer@desk.example"})
    acceptor, _ = users.get_or_create(username="acceptor-login", defaults={"credited_as": "B. Reviewer"})
    with transaction.atomic():
        publication = accept(proposed_by=proposer, accepted_by=acceptor, why="The source was read again")
        with recording(who=proposer, why="Note between editors", publication=publication):
            for name, value in values.items():
                setattr(row, name, value)
            row.save()
    return publication


@pytest.mark.parametrize("address", LISTS + TEXTS)
def test_a_page_answers_while_nothing_is_on_record(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", LISTS)
def test_a_list_answers_with_one_record_of_each_kind(client, address):
    for kind in KINDS:
        a_record(kind)

    assert client.get(address).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_has_a_page(client, kind):
    record = a_record(kind)

    assert client.get(address_of(kind, record.slug)).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_has_no_page_yet(client, kind):
    a_record(kind, "not-accepted-yet", draft=True)

    assert client.get(address_of(kind, "not-accepted-yet")).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_an_address_that_names_nothing_is_not_found(client, kind):
    assert client.get(address_of(kind, "no-such-thing")).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_retracted_says_so_and_why_and_nothing_of_what_it_said(client, kind):
    titled = {"company": "name"}.get(kind, "title")
    values = {} if kind == "investment" else {titled: "A wrongful claim"}
    record = a_record(kind, **values)
    changed(record, retracted_because="It was about another company.")

    answer = client.get(address_of(kind, record.slug))

    assert answer.status_code == 200
    assert "It was about another company." in answer.text
    assert "A wrongful claim" not in answer.text


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_retracted_is_in_no_list(client, kind):
    titled = {"company": "name"}.get(kind, "title")
    values = {} if kind == "investment" else {titled: "A wrongful claim"}
    record = a_record(kind, **values)
    changed(record, retracted_because="It was about another company.")

    for address in ["/", "/companies/", "/pledges/", "/investments/", "/sources/"]:
        assert f"/{record.slug}/" not in client.get(address).text


@pytest.mark.parametrize("kind", KINDS)
def test_a_former_address_leads_to_the_present_one_for_good_and_keeps_the_day(client, kind):
    record = a_record(kind)
    FormerSlug.objects.create(kind=kind, slug="as-it-was-called", current_slug=record.slug)

    answer = client.get(address_of(kind, "as-it-was-called") + "?as_of=2020-06-12")

    assert answer.status_code == 301
    assert answer["Location"] == address_of(kind, record.slug) + "?as_of=2020-06-12"


def test_a_company_that_was_merged_leads_to_the_one_it_is_part_of(client):
    whole, part = make.a_company("whole"), make.a_company("part")
    changed(part, merged_into=whole)

    answer = client.get("/companies/part/")

    assert answer.status_code == 301
    assert answer["Location"] == "/companies/whole/"


@pytest.mark.parametrize("day", ["yesterday", "2020-13-01", "20200612", "2020-6-1", "0001-01-01", "9999-12-31", "☃"])
@pytest.mark.parametrize("address", ["/", "/companies/", "/pledges/", "/investments/", "/sources/", "/pledges/one/"])
def test_a_day_that_cannot_be_read_is_refused_with_what_is_allowed(client, address, day):
    make.a_pledge("one")

    answer = client.get(address, {"as_of": day})

    assert answer.status_code == 400
    assert "as_of" in answer.text
    assert "2020-06-12" in answer.text or "1900-01-01" in answer.text


@pytest.mark.parametrize("day", ["1900-01-01", "2020-06-09", "2020-06-10", "2100-12-31"])
def test_every_page_answers_on_any_day(client, day):
    company = make.a_company("acme")
    pledge = make.a_pledge(company=company)
    investment = make.an_investment(investor=company)
    event = make.an_event(companies=[company])
    addresses = ["/", "/companies/", "/companies/acme/", "/pledges/", "/investments/", "/sources/"]
    addresses += [f"/pledges/{pledge.slug}/", f"/investments/{investment.slug}/", f"/events/{event.slug}/"]

    for address in addresses:
        assert client.get(address, {"as_of": day}).status_code == 200


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/pledges/?status=kept", "status"),
        ("/pledges/?company=nobody", "company"),
        ("/companies/?role=spy", "role"),
        ("/sources/?health=poorly", "health"),
        ("/sources/?source_type=rumour", "source_type"),
        ("/pledges/?cursor=abc", "cursor"),
        ("/companies/?cursor=WzEsIngiLCJ5Il0", "cursor"),
        ("/sources/?cursor=%00", "cursor"),
        ("/corrections/?before=x", "before"),
        ("/cite/pledge/one/docx/", "format"),
    ],
)
def test_what_a_list_does_not_know_is_refused_by_name(client, address, name):
    make.a_pledge("one")

    answer = client.get(address)

    assert answer.status_code == 400
    assert name in answer.text or "NUL" in answer.text


@pytest.mark.parametrize("address", [*LISTS, *TEXTS, "/companies/acme/"])
def test_a_reading_page_takes_nothing_in(client, address):
    make.a_company("acme")

    assert client.post(address).status_code == 405


def test_a_source_without_address_and_date_says_so(client):
    source = make.a_source("a-paper", url=None, published=None, language=None, publisher=None)
    make.an_event(source=source)

    answer = client.get("/sources/a-paper/")

    assert "has no address on record" in answer.text
    assert "undated" in answer.text
    assert 'data-link-state="no-address"' in answer.text


def test_a_title_that_was_not_read_on_the_page_is_not_shown_as_a_headline(client):
    make.a_source("a-listing", title="Report on cameras", title_basis="address")

    answer = client.get("/sources/a-listing/")

    assert "Our wording, after the address of the page" in answer.text
    assert "(our description)" in client.get("/sources/").text


def test_titles_from_sources_run_in_their_own_direction(client):
    source = make.a_source("an-arabic-report", title="مايكروسوفت تنهي الاستثمار", language="ar")
    make.a_pledge("pledged", source=source)

    assert 'dir="auto" lang="ar">مايكروسوفت' in client.get("/sources/an-arabic-report/").text
    assert 'lang="ar" dir="auto">مايكروسوفت' in client.get("/pledges/pledged/").text


def test_a_name_of_a_hundred_letters_fits_everywhere(client):
    name = "Vereinigte Gesichtserkennungsgesellschaften " + "X" * 56
    company = make.a_company("long", name=name)
    pledge = make.a_pledge(company=company, title="T" * 100)
    make.an_investment(investor=company)

    for address in ["/", "/companies/", "/companies/long/", "/pledges/", f"/pledges/{pledge.slug}/", "/investments/"]:
        assert client.get(address).status_code == 200
    assert name in client.get("/companies/long/").text


def test_markup_in_the_record_is_text(client):
    company = make.a_company("acme", name='<b>Acme</b> & "Sons"')
    pledge = make.a_pledge(company=company, title="<script>alert(1)</script>")

    for address in ["/", "/companies/", "/companies/acme/", "/pledges/", f"/pledges/{pledge.slug}/"]:
        text = client.get(address).text
        assert "<script>alert" not in text
        assert "<b>Acme" not in text


def test_no_editor_is_named_who_has_not_chosen_a_name(client):
    source = make.a_source()
    pledge = make.a_pledge(source=source)
    changed(pledge, title="Sharper wording")

    pages = [f"/pledges/{pledge.slug}/", f"/pledges/{pledge.slug}/history/", "/corrections/"]
    texts = [client.get(page).text for page in pages]

    for text in texts:
        assert "B. Reviewer" in text
        assert "The source was read again" in text
        for leak in ("proposer-login", "acceptor-login", "proposer@desk.example", "Note between editors"):
            assert leak not in text


def test_a_change_to_something_public_is_a_correction_and_a_new_entry_is_none(client):
    corrected = make.a_pledge(title="As first written")
    make.a_pledge(title="Never changed")
    changed(corrected, title="As it reads now")

    text = client.get("/corrections/").text

    assert "As it reads now" in text
    assert "Never changed" not in text


def test_the_history_of_a_pledge_shows_before_and_after(client):
    pledge = make.a_pledge(title="As first written")
    changed(pledge, title="As it reads now")

    text = client.get(f"/pledges/{pledge.slug}/history/").text

    assert '<del dir="auto">As first written</del>' in text
    assert '<ins dir="auto">As it reads now</ins>' in text


def test_the_history_of_a_pledge_is_in_words(client):
    pledge = make.a_pledge(made_on="2021-08-05~")
    changed(
        pledge,
        made_on="2021-11-02/2024-07-31",
        due_on="../2020-07-29",
        audiences=["law-enforcement", "customers"],
        jurisdictions=["US-IL", "world"],
        form="practice",
        read_twice=True,
    )

    text = client.get(f"/pledges/{pledge.slug}/history/").text

    for words in (
        '<del dir="auto">about 5 August 2021</del>',
        '<ins dir="auto">2 November 2021 – 31 July 2024</ins>',
        '<ins dir="auto">by 29 July 2020</ins>',
        '<ins dir="auto">law enforcement; customers</ins>',
        '<ins dir="auto">Illinois; Worldwide</ins>',
        f'<ins dir="auto">{Form.PRACTICE.label}</ins>',
        '<del dir="auto">no</del></td><td role="cell" data-l="After"><ins dir="auto">yes</ins>',
    ):
        assert words in text
    for raw in ("2021-08-05~", "2021-11-02/2024-07-31", "../2020", "law-enforcement", "US-IL", "stop-selling<"):
        assert raw not in text


def test_a_change_that_reads_the_same_is_listed_all_the_same(client):
    pledge = make.a_pledge(made_on="2020-06")
    changed(pledge, made_on="2020-06-XX")

    text = client.get(f"/pledges/{pledge.slug}/history/").text

    assert '<del dir="auto">June 2020</del>' in text


def test_no_page_tells_the_hour_at_which_an_editor_was_at_work(client):
    pledge = make.a_pledge()
    publication = changed(pledge, title="Sharper wording")

    for address in (f"/pledges/{pledge.slug}/", f"/pledges/{pledge.slug}/history/", "/corrections/"):
        text = client.get(address).text
        assert f'<time datetime="{publication.at:%Y-%m-%d}">{publication.at:%-d %B %Y}</time>' in text
        # The address to cite has the time of reading in it.
        assert f"{publication.at:%H:%M}" not in re.sub(r"recorded=[^\"&<}\s]*", "", text)


def test_what_was_a_draft_is_added_when_it_is_published(client):
    pledge = make.a_pledge(draft=True, company=make.a_company())
    made = pledge.effects.get()
    with make.published("It was accepted") as publication:
        for row in (made.event, pledge, made):
            row.publication = publication
            row.save()
    changed(pledge, title="Sharper wording")

    text = client.get(f"/pledges/{pledge.slug}/").text

    assert '<td role="cell">Changed: 1 pledge</td>' in text
    assert re.search(r"<td role=\"cell\">Added: [^<;]*1 pledge[^<;]*</td>", text)


def test_readers_are_told_where_to_write(client, settings):
    settings.EDITORS_EMAIL = "editors@record.example"

    for address in ["/report-an-error/", "/about/", "/methodology/"]:
        assert 'href="mailto:editors@record.example"' in client.get(address).text


def test_the_method_names_the_user_agent_of_link_checks(client, settings):
    settings.LINK_CHECK_USER_AGENT = "PledgeRecord/9 (+https://record.example/about/)"

    text = client.get("/methodology/").text

    assert 'id="link-checks"' in text
    assert "PledgeRecord/9 (+https://record.example/about/)" in text
