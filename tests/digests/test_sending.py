"""Digests on their way: over a real connection to a mail server that is sometimes away, and by workers that die."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, connections

from digests import asking, sending
from digests.models import Subscription
from digests.schedule import BEAT
from digests.tasks import forget_addresses, send_digests
from history.models import FormerSlug
from pledges.models import Event
from tests import factories as make
from tests.digests.readers import ANN, BOB, asked, days_from_now, link_in, sent_after, subscribed
from tests.digests.test_pages import retract

pytestmark = pytest.mark.django_db(transaction=True)


def unfolded(text: str) -> str:
    return " ".join(text.split())


# --- what a mail is -----------------------------------------------------------------------------------------------


def test_the_first_mail_asks_and_holds_no_word_of_the_one_who_asked(post_office):
    make.a_company("acme")
    asked("q=BUY+NOW+https%3A%2F%2Fspam.example&company=acme", rhythm="weekly")

    assert sending.send_due() == 1

    letter = post_office.last
    assert letter.to == [ANN]
    assert letter.message["Subject"] == "Pledge Record: please confirm your digest"
    assert "spam.example" not in letter.raw.decode()
    assert "company is Acme; and certain words, which the page shows" in unfolded(letter.text)
    assert "to this address every week:" in unfolded(letter.text)
    assert link_in(letter.text).startswith("/digests/confirm/")


def test_it_is_sent_once(post_office):
    asked()

    assert [sending.send_due(), sending.send_due(), sent_after(2)] == [1, 0, 0]


def test_a_digest_lists_what_is_new_and_what_was_changed_with_sources_and_addresses(post_office):
    acme = make.a_company("acme")
    old = make.an_event("old", companies=[acme], title="Acme is sued")
    subscribed("company=acme", rhythm="weekly")
    with make.published():
        new = make.an_event("new", companies=[acme], title="Acme\nloses", summary="The court said so. " * 10)
        make.cite(new)
    with make.published("The paper has it otherwise"):
        Event.objects.filter(pk=old.pk).update(summary="Two people sued.")

    assert sent_after(8) == 1

    text = post_office.last.text
    lines = text.splitlines()
    assert "    company is Acme" in lines
    assert "* Acme loses" in lines
    assert "  10 June 2020. Lawsuit. 2 sources." in lines
    assert "  https://record.example/events/new/" in lines
    assert "* Acme is sued" in lines
    assert "The paper has it otherwise (Changed: 1 event)" in unfolded(text)
    assert "https://record.example/timeline/?company=acme" in lines
    assert "once a week if something is new" in unfolded(text)
    assert post_office.last.message["Subject"] == "Pledge Record: 1 new, 1 changed (company is Acme)"
    assert all(len(line) <= 72 or "https://" in line for line in lines)


def test_claims_are_named_as_claims_and_accounts_that_differ_are_said_to(post_office):
    pledge = make.a_pledge()
    subscribed()
    with make.published():
        effect = make.an_effect(pledge, "broken", standing="alleged")
        make.cite(effect, stance="disputes")

    sent_after(1)

    assert "Alleged. 2 sources. Accounts differ." in unfolded(post_office.last.text)


def test_a_mail_is_plain_text_and_nothing_in_it_tells_that_it_was_read(post_office):
    subscribed()
    make.an_event()

    sent_after(1)

    message = post_office.last.message
    assert message.get_content_type() == "text/plain"
    assert "http" not in post_office.last.text.replace("https://record.example/", "")


def test_a_mail_says_by_its_headers_what_it_is_and_how_to_leave(post_office, settings, client):
    settings.EDITORS_EMAIL = "editors@record.example"
    subscribed()
    make.an_event()

    sent_after(1)

    message = post_office.last.message
    assert post_office.last.sender == "digests@record.example"
    assert message["From"] == "Pledge Record <digests@record.example>"
    assert message["Reply-To"] == "editors@record.example"
    assert message["List-Id"] == "<digests.record.example>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@record.example>")
    assert message["Date"]
    assert message["Content-Language"] == "en-gb"
    # A line that long is folded behind the name (RFC 5322, 2.2.3).
    address = message["List-Unsubscribe"].strip().removeprefix("<https://record.example").removesuffix(">")
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscription.objects.exists()


def test_the_link_in_a_mail_leads_out(post_office, client):
    subscribed()
    make.an_event()
    sent_after(1)

    page = client.post(link_in(post_office.last.text))

    assert "You have left" in page.text
    make.an_event()
    assert sent_after(2) == 0


def test_links_lead_to_pages_in_the_language_of_the_reader(post_office):
    subscribed("year=2020", language="es")
    make.an_event()

    sent_after(1)

    text = post_office.last.text
    assert "/timeline/?year=2020&lang=es" in text
    assert all("lang=es" in line for line in text.splitlines() if "https://" in line)


# --- when ---------------------------------------------------------------------------------------------------------


def test_nothing_new_makes_no_mail_and_what_comes_later_is_told_with_the_next(post_office):
    subscribed()

    assert sent_after(1) == 0
    make.an_event("later", title="Later")
    assert sent_after(2) == 1

    assert "* Later" in post_office.last.text
    assert sent_after(3) == 0


def test_a_weekly_digest_waits_for_monday():
    subscribed(rhythm="weekly")
    make.an_event()
    due = Subscription.objects.get().due_at

    assert sending.send_due(at=due - timedelta(seconds=1)) == 0
    assert sending.send_due(at=due) == 1


def test_where_no_mail_is_sent_nothing_is_lost_until_it_is(post_office, settings):
    subscribed()
    make.an_event()
    settings.DIGESTS = False
    assert sent_after(1) == 0

    settings.DIGESTS = True

    assert sent_after(30) == 1


# --- a mail server that is away, or refuses -----------------------------------------------------------------------


def test_while_the_mail_server_is_away_nothing_is_lost_and_few_tries_are_made(post_office, settings, caplog):
    for address in (ANN, BOB):
        subscribed(address=address)
    make.an_event("missed", title="Missed")
    settings.EMAIL_PORT = 1  # where nobody listens

    with caplog.at_level(logging.WARNING, "digests"):
        assert sent_after(1) == 0

    (one,) = caplog.records
    assert "ConnectionRefusedError" in one.getMessage()
    assert sorted(Subscription.objects.values_list("tries", flat=True)) == [0, 1]
    settings.EMAIL_PORT = post_office.port
    assert sent_after(2) == 2
    assert all("* Missed" in letter.text for letter in post_office.letters)


def test_a_server_that_is_busy_is_asked_again_later_and_later(post_office):
    subscribed()
    make.an_event()
    post_office.busy = "451 come again"
    waits = []
    at = days_from_now(1)
    for _ in range(3):
        sending.send_due(at=at)
        due = Subscription.objects.get().due_at
        waits.append(due - at)
        at = due

    assert waits == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert sending.wait_after(100) == timedelta(hours=6)
    post_office.busy = ""
    assert sending.send_due(at=at) == 1
    assert Subscription.objects.get().tries == 0


def test_one_address_that_is_put_off_keeps_no_other_waiting(post_office):
    for address in (ANN, BOB):
        subscribed(address=address)
    make.an_event()
    post_office.refused[ANN] = "450 try later"

    assert sent_after(1) == 1
    assert post_office.last.to == [BOB]
    post_office.refused.clear()
    assert sent_after(1.1) == 1


def test_an_address_that_is_refused_three_days_running_is_given_up_and_deleted(post_office, caplog):
    subscribed(address=ANN)
    subscribed(address=BOB)
    make.an_event()
    post_office.refused[ANN] = "550 5.1.1 no such mailbox"

    with caplog.at_level(logging.WARNING, "digests"):
        for day in (1, 1.5, 2.1, 3.2):
            sent_after(day)

    assert [one.address for one in Subscription.objects.all()] == [BOB]
    assert len(caplog.records) == 3
    assert "reader.example" not in caplog.text


def test_an_address_that_is_taken_again_begins_anew(post_office):
    subscribed()
    make.an_event()
    post_office.refused[ANN] = "550 5.1.1 no such mailbox"
    sent_after(1)
    sent_after(2.1)
    post_office.refused.clear()

    assert sent_after(3.2) == 1
    assert Subscription.objects.get().refusals == 0


def test_a_server_that_will_not_have_us_ends_no_digest(post_office):
    subscribed()
    make.an_event()
    post_office.refused[ANN] = "550 5.7.1 your machine is on a list"

    for day in range(1, 6):
        sent_after(day)

    assert Subscription.objects.get().refusals == 0


def test_no_address_is_logged_whatever_goes_wrong(post_office, monkeypatch, caplog):
    subscribed()
    make.an_event()

    def fails(*_given: object) -> None:
        raise ValueError(f"Invalid address {ANN}")

    monkeypatch.setattr(sending.mails, "digest", fails)
    with caplog.at_level(logging.DEBUG):
        sent_after(1)

    assert "ValueError" in caplog.text
    assert "reader.example" not in caplog.text


# --- workers ------------------------------------------------------------------------------------------------------


def test_a_worker_that_dies_between_sending_and_noting_costs_one_mail_twice(post_office):
    subscribed()
    make.an_event()

    class Died(BaseException):
        """As a process ends: nothing is caught, nothing is noted."""

    def die(*_given: object, **_values: object) -> None:
        raise Died

    at = days_from_now(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "_note", die)
        with pytest.raises(Died):
            sending.send_due(at=at)
    assert len(post_office.letters) == 1

    assert sending.send_due(at=at + timedelta(minutes=4)) == 0
    assert sending.send_due(at=at + timedelta(minutes=6)) == 1
    assert sending.send_due(at=at + timedelta(hours=12)) == 0
    assert len(post_office.letters) == 2


def test_a_server_that_hangs_up_before_it_says_so_costs_one_mail_twice(post_office):
    subscribed()
    make.an_event()
    post_office.hangs_up = True
    at = days_from_now(1)
    sending.send_due(at=at)
    post_office.hangs_up = False

    assert sending.send_due(at=at + timedelta(minutes=6)) == 1
    assert len(post_office.letters) == 2


def test_two_workers_at_once_send_each_digest_once(post_office):
    readers = [f"reader-{number}@reader.example" for number in range(6)]
    for address in readers:
        subscribed(address=address)
    make.an_event()
    at = days_from_now(1)

    def work() -> None:
        try:
            sending.send_due(at=at)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(to for letter in post_office.letters for to in letter.to) == readers


def test_who_leaves_while_a_mail_is_on_its_way_stays_away(post_office):
    subscription = subscribed()
    make.an_event()

    def leaves(_letter: object) -> None:
        asking.leave(subscription.key)
        connection.close()

    post_office.on_letter = leaves

    sent_after(1)

    assert not Subscription.objects.exists()


def test_the_tasks_do_as_the_functions_and_are_on_the_schedule(settings):
    asked(address=ANN)
    asked(address=BOB, at=days_from_now(-4))

    assert send_digests() == 1
    assert forget_addresses() == 1

    assert {entry["task"] for entry in BEAT.values()} == {send_digests.name, forget_addresses.name}
    assert BEAT.items() <= settings.CELERY_BEAT_SCHEDULE.items()
    assert len(mail.outbox) == 1


# --- selections that change their names -----------------------------------------------------------------------------


def test_a_company_that_was_renamed_or_merged_is_found_again(post_office):
    acme, bolt = make.a_company("acme"), make.a_company("bolt")
    subscribed("company=acme")
    with make.published():
        type(acme).objects.filter(pk=acme.pk).update(merged_into=bolt)
        make.an_event("of-bolt", companies=[bolt], title="Of Bolt")

    assert sent_after(1) == 1
    assert "    company is Bolt" in post_office.last.text.splitlines()

    with make.published():
        type(bolt).objects.filter(pk=bolt.pk).update(slug="apex", name="Apex")
        FormerSlug.objects.get_or_create(kind="company", slug="bolt", defaults={"current_slug": "apex"})
        Event.objects.filter(slug="of-bolt").update(summary="Otherwise.")
    assert sent_after(2) == 1
    assert "    company is Apex" in post_office.last.text.splitlines()


def test_a_selection_that_cannot_be_read_any_more_is_told_once_and_forgotten_after_a_month(post_office):
    acme = make.a_company("acme")
    make.an_event("other")
    subscribed("company=acme")
    retract(acme)

    assert [sent_after(day) for day in (1, 2, 3)] == [1, 0, 0]

    text = unfolded(post_office.last.text)
    assert "names something which the record no longer knows" in text
    assert "company: “acme” is not known here." in text
    assert link_in(post_office.last.text).startswith("/digests/leave/")
    assert asking.forget(at=days_from_now(30)) == 0
    assert asking.forget(at=days_from_now(32)) == 1


def test_a_selection_that_can_be_read_again_goes_on_where_it_ended(post_office):
    acme = make.a_company("acme")
    subscribed("company=acme")
    make.an_event("missed", companies=[acme], title="Missed")
    retract(acme)
    sent_after(1)
    with make.published():
        type(acme).objects.filter(pk=acme.pk).update(retracted_because="")

    assert sent_after(2) == 1

    assert "* Missed" in post_office.last.text
    assert Subscription.objects.get().unreadable_since is None
