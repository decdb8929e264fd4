"""Asking for a digest, confirming and leaving it, as a reader without an account does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from companies.models import Company
from digests import asking, sending
from digests.links import Purpose, token_for
from digests.models import CONFIRM_WITHIN, Asked, Subscription
from history.models import Revision
from sources.leases import database_now
from tests import factories as make
from tests.digests.readers import ANN, BOB, asked, days_from_now, link_in, subscribed

pytestmark = pytest.mark.django_db
FORM = {"address": ANN, "rhythm": "weekly"}


def written(client, query="", **values):
    return client.post(f"/digests/?{query}", {**FORM, **values})


def page_of(subscription, purpose):
    return f"/digests/{purpose}/{token_for(subscription, purpose)}/"


# --- asking ---------------------------------------------------------------------------------------------------


def test_the_page_says_which_selection_it_is_about_and_how_large_it_is(client):
    make.an_event(companies=[make.a_company("acme")])
    make.an_event()

    text = client.get("/digests/?company=acme").text

    assert "<strong>company is Acme</strong>" in text
    assert '1 event: <a href="/timeline/?company=acme">' in text


def test_without_a_selection_it_is_about_every_event(client):
    assert "<strong>every event on record</strong>" in client.get("/digests/").text


def test_a_selection_that_cannot_be_read_is_refused_by_name(client):
    answer = client.get("/digests/?kind=no-such-kind")

    assert answer.status_code == 400
    assert "<code>kind</code>" in answer.text


def test_a_selection_too_long_to_be_kept_is_refused_before_anything_is_typed(client):
    query = "&".join(f"publisher=p{number:03}{'x' * 40}" for number in range(60))
    for number in range(60):
        make.a_source(publisher=f"p{number:03}{'x' * 40}")

    answer = client.get(f"/digests/?{query}")

    assert answer.status_code == 400
    assert "too long for a digest" in answer.text


def test_the_day_of_the_page_is_left_aside_and_the_page_says_so(client):
    text = client.get("/digests/?as_of=2020-06-12&order=oldest").text
    written(client, "as_of=2020-06-12&order=oldest&utm_source=x")

    assert "The day that the page showed is left aside" in text
    assert Subscription.objects.get().selection == ""


def test_one_selection_has_one_spelling_however_its_address_is_written(client):
    for slug in ("acme", "bolt"):
        make.a_company(slug)

    written(client, "year=2020&company=bolt&company=acme")
    written(client, "company=acme&company=bolt&year=2020")

    assert Subscription.objects.get().selection == "company=acme&company=bolt&year=2020"


def test_asking_leads_to_a_page_that_says_to_look_into_the_mail(client):
    answer = written(client)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/digests/asked/")
    assert "Look into your mail" in client.get("/digests/asked/").text
    waiting = Subscription.objects.get()
    assert (waiting.address, waiting.rhythm, waiting.language) == (ANN, "weekly", "en-gb")
    assert waiting.confirmed_at is None


def test_no_page_sets_a_cookie(client):
    waiting = subscribed()

    for answer in (
        client.get("/digests/"),
        written(client, address=BOB),
        client.get("/digests/asked/"),
        client.get(page_of(waiting, Purpose.CONFIRM)),
        client.get(page_of(waiting, Purpose.LEAVE)),
        client.post(page_of(waiting, Purpose.LEAVE)),
    ):
        assert not answer.cookies


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Write your e-mail address."),
        ("   ", "Write your e-mail address."),
        ("ann", "This is not an e-mail address."),
        ("ann@", "This is not an e-mail address."),
        ("ann@localhost@", "This is not an e-mail address."),
        ("ann@reader.example\nBcc: bob@reader.example", "Write one address and nothing else"),
        ("ann@reader.example\r\n\r\nBuy this", "Write one address and nothing else"),
        ("ann@reader.example%0aBcc:bob@reader.example", "This is not an e-mail address."),
        ("ann@reader.example, bob@reader.example", "Write one address and nothing else"),
        ("ann@reader.example;bob@reader.example", "Write one address and nothing else"),
        ("Ann <ann@reader.example>", "Write one address and nothing else"),
        ('"ann\x01"@reader.example', "Write one address and nothing else"),
        ("ann\x0b@reader.example", "Write one address and nothing else"),
        ("ann\u2028@reader.example", "Write one address and nothing else"),
        (f"{'a' * 65}@reader.example", "longer than any e-mail address"),
        (f"ann@{'reader.' * 36}example", "longer than any e-mail address"),
    ],
)
def test_an_address_that_is_none_or_more_than_one_is_refused_and_shown_again(client, address, sentence):
    answer = written(client, address=address)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Error: " in answer.text
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("address", ["ann+digests@reader.example", "ann@READER.example", "o'neil@reader.example"])
def test_ordinary_addresses_are_taken(client, address):
    assert written(client, address=f" {address} ").status_code == 302


def test_how_often_must_be_one_of_the_two(client):
    assert written(client, rhythm="hourly").status_code == 422
    assert "Choose how often." in written(client, rhythm="").text


def test_a_form_on_another_site_cannot_make_its_readers_ask(client):
    answer = client.post("/digests/", FORM, headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403
    assert not Subscription.objects.exists()


def test_where_no_mail_is_sent_the_page_says_so_and_takes_no_address(client, settings):
    settings.DIGESTS = False

    page, answer = client.get("/digests/"), written(client)

    assert page.status_code == 200
    assert "This installation sends no mail." in page.text
    assert '<form method="post" class' not in page.text
    assert answer.status_code == 409
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("sends", [True, False])
def test_pages_lead_to_digests_only_where_mail_is_sent(client, settings, sends):
    settings.DIGESTS = sends
    make.an_event(companies=[make.a_company("acme")])

    timeline, company = client.get("/timeline/?company=acme").text, client.get("/companies/acme/").text
    following, privacy = client.get("/about/following/").text, client.get("/about/privacy/").text

    assert ('href="/digests/?company=acme"' in timeline) is sends
    assert ('href="/digests/?company=acme"' in company) is sends
    assert ('href="/digests/"' in following) is sends
    assert ("This installation sends no mail" in following) is not sends
    assert ("deleted after three days" in privacy) is sends
    assert timedelta(days=3) == CONFIRM_WITHIN


# --- nobody learns who gets a digest ----------------------------------------------------------------------------


def test_the_answer_is_the_same_whether_an_address_is_known_or_not(client):
    subscribed(address=ANN)

    known, unknown = written(client, address=ANN), written(client, address=BOB)

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert known.content == unknown.content


def test_an_address_is_sent_three_mails_a_day_at_most_and_the_answer_stays_the_same(client):
    answers = [written(client, f"year={2010 + number}") for number in range(5)]

    assert {answer.status_code for answer in answers} == {302}
    assert Subscription.objects.count() == 3
    assert Asked.objects.count() == 3


def test_other_spellings_of_a_mailbox_count_as_the_same(client):
    for address in ("ann+a@reader.example", "Ann+b@Reader.example", "ANN@reader.example", "ann+c@reader.example"):
        written(client, address=address)

    assert Asked.objects.count() == 3


def test_asking_again_for_the_same_selection_asks_once_more_by_mail_with_what_was_last_chosen(client):
    written(client, rhythm="daily")
    sending.send_due()
    written(client, rhythm="weekly")
    sending.send_due()

    assert Subscription.objects.get().rhythm == "weekly"
    assert len(mail.outbox) == 2


def test_an_address_has_twenty_digests_at_most():
    for number in range(22):
        asked(f"year={2000 + number}", at=days_from_now(number / 3))

    assert Subscription.objects.count() == asking.MOST_OF_AN_ADDRESS


def test_in_all_only_so_many_are_asked_an_hour_and_the_page_says_when_to_come_again(client, settings):
    settings.DIGESTS_ASKED_AN_HOUR = 2
    for number in range(2):
        written(client, address=f"reader-{number}@reader.example")

    answer = written(client)

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert "Try again in an hour" in answer.text
    assert f'value="{ANN}"' in answer.text
    assert not Subscription.objects.of_address(ANN).exists()


def test_an_hour_later_others_are_asked_again(settings):
    settings.DIGESTS_ASKED_AN_HOUR = 1
    asked(address=BOB, at=database_now() - timedelta(minutes=61))

    asked(address=ANN)

    assert Subscription.objects.count() == 2


def test_what_is_counted_holds_no_address_and_is_deleted_after_a_day():
    asked()

    assert "ann" not in Asked.objects.get().address_digest
    asking.forget(at=days_from_now(1.01))
    assert not Asked.objects.exists()


# --- confirming ---------------------------------------------------------------------------------------------------


def test_the_first_mail_leads_to_a_page_on_which_to_say_yes(client):
    make.a_company("acme")
    written(client, "company=acme")

    sending.send_due()

    (letter,) = mail.outbox
    assert letter.to == [ANN]
    assert "company is Acme" in letter.body
    page = client.get(link_in(letter.body))
    assert "Do you want this digest?" in page.text
    assert "<strong>company is Acme</strong>" in page.text
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_program_that_follows_links_confirms_nothing_and_leaves_nothing(client, method):
    asked()
    waiting = Subscription.objects.get()

    for purpose in Purpose:
        assert getattr(client, method)(page_of(waiting, purpose)).status_code == 200

    waiting.refresh_from_db()
    assert waiting.confirmed_at is None


def test_saying_yes_begins_the_digest_and_the_page_says_so_from_then_on(client):
    asked(rhythm="weekly")
    waiting = Subscription.objects.get()
    page = page_of(waiting, Purpose.CONFIRM)

    answer = client.post(page)
    again = client.post(page)

    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    assert again.status_code == 302
    assert "once a week, on Monday" in client.get(page).text
    waiting.refresh_from_db()
    assert waiting.confirmed_at is not None
    assert waiting.due_at.weekday() == 0


def test_what_is_not_confirmed_in_time_is_gone_and_can_be_asked_for_again(client):
    asked(at=days_from_now(-4))
    waiting = Subscription.objects.get()

    for answer in (client.get(page_of(waiting, Purpose.CONFIRM)), client.post(page_of(waiting, Purpose.CONFIRM))):
        assert answer.status_code == 410
        assert "Nothing to confirm" in answer.text
        assert 'href="/digests/"' in answer.text

    assert asking.forget() == 1
    assert not Subscription.objects.exists()
    assert client.get(page_of(waiting, Purpose.CONFIRM)).status_code == 410


def test_what_was_confirmed_or_can_be_still_is_not_forgotten():
    subscribed(address=ANN, at=days_from_now(-2))
    asked(address=BOB, at=days_from_now(-2))

    assert asking.forget() == 0
    assert asking.forget(at=days_from_now(2)) == 1
    assert Subscription.objects.get().address == ANN


@pytest.mark.parametrize("token", ["x", "0" * 32, f"{'0' * 32}.{'x' * 43}", "....", "é" * 20])
@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_link_that_is_not_ours_is_said_to_be_incomplete(client, purpose, token):
    for method in (client.get, client.post):
        answer = method(f"/digests/{purpose}/{token}/")

        assert answer.status_code == 404
        assert "This link is not complete" in answer.text


def test_a_link_to_confirm_does_not_leave_nor_the_other_way_round(client):
    subscription = subscribed()

    assert client.post(f"/digests/leave/{token_for(subscription, Purpose.CONFIRM)}/").status_code == 404
    assert client.post(f"/digests/confirm/{token_for(subscription, Purpose.LEAVE)}/").status_code == 404
    assert Subscription.objects.exists()


def test_links_hold_while_the_secret_of_the_site_is_exchanged(client, settings):
    subscription = subscribed()
    page = page_of(subscription, Purpose.LEAVE)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"

    assert "Leave this digest?" in client.get(page).text


def test_a_new_digest_of_the_same_selection_takes_the_place_of_the_earlier_one_and_goes_on_from_there():
    earlier = subscribed(rhythm="daily")

    later = subscribed(rhythm="weekly", address=ANN.upper())

    assert Subscription.objects.get() == later
    assert later.told == earlier.told


def retract(company):
    with make.published("It was another company"):
        Company.objects.filter(pk=company.pk).update(retracted_because="It was another company")


def test_a_selection_that_can_no_longer_be_read_is_not_begun(client):
    company = make.a_company("acme")
    asked("company=acme")
    waiting = Subscription.objects.get()
    retract(company)

    for answer in (client.get(page_of(waiting, Purpose.CONFIRM)), client.post(page_of(waiting, Purpose.CONFIRM))):
        assert answer.status_code == 409
        assert "The selection cannot be read any more" in answer.text
        assert "<code>company</code>" in answer.text
    waiting.refresh_from_db()
    assert waiting.confirmed_at is None
    assert client.get(page_of(waiting, Purpose.LEAVE)).status_code == 200


# --- leaving ------------------------------------------------------------------------------------------------------


def test_one_click_on_the_page_leaves_and_the_address_is_gone(client):
    subscription = subscribed()
    subscribed(address=BOB)
    page = page_of(subscription, Purpose.LEAVE)

    answer = client.post(page)

    assert answer.status_code == 200
    assert "You have left" in answer.text
    assert [one.address for one in Subscription.objects.all()] == [BOB]
    assert "Nothing to leave" in client.get(page).text
    assert client.post(page).status_code == 200


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_the_button_of_a_mail_program_leaves_without_cookies_tokens_or_redirects(kind):
    subscription = subscribed()
    bodies = {
        "application/x-www-form-urlencoded": b"List-Unsubscribe=One-Click",
        "multipart/form-data; boundary=x": b"--x\r\nContent-Disposition: form-data;"
        b' name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
    }

    strict = Client(enforce_csrf_checks=True)
    answer = strict.generic(
        "POST", page_of(subscription, Purpose.LEAVE), bodies[kind], kind, headers={"sec-fetch-site": "cross-site"}
    )

    assert answer.status_code == 200
    assert not Subscription.objects.exists()


def test_all_digests_of_an_address_are_left_at_once_if_its_reader_says_so(client):
    subscription = subscribed()
    subscribed("year=2020", address=ANN.title())
    asked("year=2021")
    subscribed(address=BOB)

    answer = client.post(page_of(subscription, Purpose.LEAVE), {"everything": "1"})

    assert "No more digests are sent to this address" in answer.text
    assert [one.address for one in Subscription.objects.all()] == [BOB]


def test_who_was_asked_and_does_not_want_it_can_have_the_address_deleted_at_once(client):
    asked()

    client.post(page_of(Subscription.objects.get(), Purpose.LEAVE))

    assert not Subscription.objects.exists()


def test_no_page_shows_an_address(client):
    subscription = subscribed()

    for purpose in Purpose:
        assert "reader.example" not in client.get(page_of(subscription, purpose)).text


def test_no_address_is_in_the_history(client):
    subscription = subscribed()
    client.post(page_of(subscription, Purpose.LEAVE))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid::regclass::text ~ '^digests_' AND NOT tgisinternal"
        )
        assert cursor.fetchone() == (0,)
    assert not Revision.objects.filter(table_name__startswith="digests").exists()
