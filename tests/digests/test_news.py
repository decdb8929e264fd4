"""What a digest tells: each event that was added to a selection or changed in it, once, and nothing else.

These tests commit: what a moment has seen is known of ended transactions.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import F
from django.http import QueryDict
from django.utils import timezone

from digests.moments import Moment, this_moment
from digests.news import MOST_TOLD, News, news
from history.services import sign_dataset, stating
from pledges.models import Event
from pledges.services.recording import recording
from sources.models import Source
from tests import factories as make
from timeline.filters import read_selection

pytestmark = pytest.mark.django_db(transaction=True)


def told(query: str = "", *, since: Moment, days: int = 0) -> News:
    """What there is to tell of a selection, so many days from now."""
    selection = read_selection(QueryDict(query))
    return news(replace(selection, now=timezone.now() + timedelta(days=days)), since=since)


def slugs(some: News) -> tuple[list[str], list[str]]:
    """Those that are new, and those that were changed."""
    return (
        [one.event.slug for one in some.added],
        [one.happening.event.slug for one in some.changed],
    )


def changed(event: Any, why: str = "A slip of the pen", **values: Any) -> None:
    with make.published(why):
        Event.objects.filter(pk=event.pk).update(**values)


def test_what_was_there_before_is_not_told_and_what_came_since_is_told_once():
    make.an_event("before")
    first = this_moment()
    make.an_event("since")
    second = this_moment()

    assert slugs(told(since=first)) == (["since"], [])
    assert not told(since=second)


def test_only_what_is_in_the_selection_is_told():
    acme, bolt = make.a_company("acme"), make.a_company("bolt")
    since = this_moment()
    make.an_event("of-acme", companies=[acme])
    make.an_event("of-bolt", companies=[bolt])

    assert slugs(told("company=acme", since=since)) == (["of-acme"], [])


def test_a_draft_is_told_when_it_is_published_and_not_before():
    since = this_moment()
    draft = make.an_event("draft", draft=True)

    assert not told(since=since)

    with make.published() as publication:
        Event.objects.filter(pk=draft.pk).update(publication=publication)
    assert slugs(told(since=since)) == (["draft"], [])


def test_a_changed_event_is_told_with_the_reason():
    event = make.an_event("one")
    since = this_moment()
    changed(event, "The paper says so", summary="Two people sued.")

    (one,) = told(since=since).changed

    assert [(change.why, change.what) for change in one.changes] == [("The paper says so", "Changed: 1 event")]


@pytest.mark.parametrize("what", ["citation", "effect", "party", "dispute", "answer"])
def test_what_belongs_to_an_event_counts_as_a_change_of_it(what):
    pledge = make.a_pledge("pledge")
    event = pledge.effects.get().event
    dispute = make.a_dispute(event)
    since = this_moment()
    with make.published():
        if what == "citation":
            make.cite(pledge.effects.get())
        elif what == "effect":
            make.an_effect(pledge, "reaffirmed", event=event)
        elif what == "party":
            event.parties.create(position=0, kind="court", name="A court", part="decides")
        elif what == "dispute":
            make.a_dispute(pledge.effects.get())
        else:
            dispute.answers.update(reason="It rests on a paper.")

    assert slugs(told(since=since)) == ([], [event.slug])


def test_an_event_that_was_only_written_again_has_not_changed():
    event = make.an_event("one")
    since = this_moment()
    changed(event, summary=event.summary)

    assert not told(since=since)


def test_an_event_that_comes_into_the_selection_by_a_change_is_told():
    acme = make.a_company("acme")
    event = make.an_event("one")
    since = this_moment()
    with make.published():
        event.event_companies.create(company=acme, position=0)

    assert slugs(told("company=acme", since=since)) == ([], ["one"])


def test_what_was_entered_before_its_day_is_told_on_its_day():
    tomorrow = timezone.localdate() + timedelta(days=1)
    make.an_event("tomorrow", date=tomorrow.isoformat())
    since = this_moment()

    assert not told(since=since)
    assert slugs(told(since=since, days=1)) == (["tomorrow"], [])
    assert not told(since=Moment(since.at + timedelta(days=1), since.snapshot), days=1)


def test_what_is_published_for_a_day_to_come_is_not_told_twice():
    since = this_moment()
    make.an_event("tomorrow", date=(timezone.localdate() + timedelta(days=1)).isoformat())
    later = this_moment()

    assert not told(since=since)
    assert slugs(told(since=later, days=2)) == (["tomorrow"], [])


def test_retracted_events_are_counted_for_the_whole_record_and_make_no_mail_by_themselves():
    gone, stays = make.an_event("gone"), make.an_event("stays")
    since = this_moment()
    changed(gone, retracted_because="It never happened")

    alone = told(since=since)
    changed(stays, summary="Three people sued.")
    beside = told(since=since)

    assert (bool(alone), alone.retracted) == (False, 1)
    assert (bool(beside), beside.retracted) == (True, 1)
    later = this_moment()
    changed(gone, retracted_because="It never happened, say both sides")
    changed(stays, summary="Four people sued.")
    assert told(since=later).retracted == 0


def test_what_began_before_a_digest_and_was_committed_after_it_is_told_in_the_next():
    begun, may_end = threading.Event(), threading.Event()

    def publish_slowly() -> None:
        try:
            with make.published():
                make.an_event("slow")
                begun.set()
                may_end.wait(30)
        finally:
            connections.close_all()

    writer = threading.Thread(target=publish_slowly)
    first = this_moment()
    writer.start()
    assert begun.wait(30)
    publish_beside("quick")
    second = this_moment()
    try:
        assert slugs(told(since=first)) == (["quick"], [])
    finally:
        may_end.set()
        writer.join()

    assert Event.objects.get(slug="slow").publication.at < second.at
    assert slugs(told(since=second)) == (["slow"], [])


def publish_beside(slug: str) -> None:
    """An event in a transaction of its own: the factories would put it into the one that is open."""
    with transaction.atomic():
        publication = sign_dataset(name="tests", digest="0" * 64, why="Quickly")
        public: dict[str, Any] = {"slug": slug, "title": slug, "publication": publication}
        with recording(who=None, why="Quickly", publication=publication):
            event = Event.objects.create(kind="lawsuit", date="2020-06-10", **public)
            event.citations.create(source=Source.objects.create(type="news", **public), position=0)


def test_in_a_database_that_was_restored_from_a_dump_the_time_tells():
    # There the numbers of transactions begin anew, far below those of the snapshot.
    since = replace(this_moment(), snapshot="900000000000:900000000000:")
    make.an_event("since")

    assert slugs(told(since=since)) == (["since"], [])
    assert not told(since=Moment(this_moment().at, since.snapshot))


def test_a_mail_holds_forty_of_each_and_says_how_many_more_there_are():
    since = this_moment()
    with make.published():
        for number in range(MOST_TOLD + 3):
            make.an_event(f"event-{number:02}", date=f"2020-06-{number % 28 + 1:02}")

    some = told(since=since)

    assert (len(some.added), some.more) == (MOST_TOLD, 3)
    assert some.added[0].event.date == "2020-06-28"


def test_what_was_changed_is_found_among_many_that_were_only_written_again():
    with make.published():
        for number in range(MOST_TOLD + 3):
            make.an_event(f"event-{number:02}", date=f"2020-06-{number % 28 + 1:02}")
        oldest = make.an_event("oldest", date="2019")
    since = this_moment()
    with make.published():
        Event.objects.update(read_twice=F("read_twice"))
        Event.objects.filter(pk=oldest.pk).update(summary="Two people sued.")

    assert slugs(told(since=since)) == ([], ["oldest"])


def test_it_takes_few_questions_to_find_that_nothing_is_new(django_assert_max_num_queries):
    make.an_event()
    since = this_moment()

    with django_assert_max_num_queries(8):
        assert not told(since=since)


def test_drafts_that_are_written_meanwhile_say_nothing():
    event = make.an_event("one")
    since = this_moment()
    with stating(who=None, why="Not yet"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pledges_party (event_id, position, kind, name, part)"
            " SELECT id, 0, 'court', 'A court', 'decides' FROM pledges_event WHERE false AND id = %s",
            [event.pk],
        )
    make.an_event("other", draft=True)

    assert not told(since=since)
