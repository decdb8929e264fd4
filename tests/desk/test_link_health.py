"""Link health at the desk: what needs a person, one source's link, and how the watch keeps to its times."""

from __future__ import annotations

import csv
import html
import io
import re
import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from desk.models import Proposal
from desk.services import proposals
from desk.services.moves import take_new_address
from desk.services.refusals import LookAgain
from history.services import stating
from sources import upkeep
from sources.addresses import identity_key, likeness_key
from sources.captures import storing
from sources.captures.uploads import uploaded
from sources.models import (
    ArchiveJob,
    Finding,
    Host,
    LinkCheck,
    LinkState,
    Passage,
    PassageState,
    SilentEdit,
    Snapshot,
    Source,
    StateChange,
    TextVersion,
)
from sources.outcomes import Likeness, Outcome
from sources.quotations import PassageStanding
from sources.services import override_state
from sources.states import State
from sources.upkeep import make_room_for_checks
from sources.watching import watch_sources
from tests.desk import record
from tests.desk.pages import typed_in
from tests.sources.records import source_at, sources_at

pytestmark = pytest.mark.django_db

ALL = "/desk/link-health/"
SCHEDULE = "/desk/link-health/schedule/"


def at(source, act="", key=None):
    return f"{ALL}{source.slug}/" + (f"{act}/" if act else "") + (f"{key}/" if key else "")


def in_days(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


@pytest.fixture
def editor():
    return record.person("eve", Role.EDITOR)


@pytest.fixture
def keyboard(editor, sign_in):
    return sign_in(editor)


@pytest.fixture
def source():
    one = source_at("https://news.example/pause")
    watch_sources()
    return one


def finding(source, kind=Finding.Kind.DEAD, *, hours_ago=1, weighty=(), quotations=0, **values):
    return Finding.objects.create(
        source=source,
        kind=kind,
        opened_at=timezone.now() - timedelta(hours=hours_ago),
        evidence={"weighty": list(weighty), "quotations": quotations},
        **values,
    )


def text_of(source, text):
    return TextVersion.objects.create(
        source=source, seen_from=timezone.now(), text=text, digest=hash(text) % 2**60, words=len(text.split())
    )


def silent_edit(source, **values):
    now = timezone.now()
    return SilentEdit.objects.create(
        source=source,
        kind=SilentEdit.Kind.EDITED,
        before=text_of(source, "We will never sell it."),
        after=text_of(source, "We will sell it."),
        last_seen_before=now - timedelta(days=2),
        first_seen_after=now - timedelta(days=1),
        changes=[["We will never sell it.", "We will sell it."]],
        weighty=["never"],
        **values,
    )


# --- who may come in ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [ALL, SCHEDULE, f"{ALL}source-0/"])
def test_whoever_is_not_signed_in_is_asked_to(client, source, page):
    answer = client.get(page)

    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={page}")


@pytest.mark.parametrize("page", [ALL, SCHEDULE, f"{ALL}source-0/"])
def test_an_account_without_a_role_sees_nothing_of_it(sign_in, source, page):
    sign_in(record.person("reader")).open(page, status=403)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CONTRIBUTOR])
@pytest.mark.parametrize(
    "act", ["check", "accept", "look-for-copy", "end-override", "override", "upload", "take-address"]
)
def test_who_only_reads_or_proposes_does_not_decide_what_readers_are_told_of_a_source(sign_in, source, act, role):
    keyboard = sign_in(record.person("ada", role))

    page = keyboard.open(at(source))

    assert at(source, act) not in page
    assert keyboard.post(at(source, act), {}).status_code == 403


def test_nobody_acts_on_a_source_without_signing_in(client, source):
    opened = finding(source)

    client.post(at(source, "close", opened.pk), {"because": "Let me."})

    assert Finding.objects.get().closed_at is None


def test_a_page_of_another_name_is_not_there(keyboard, source):
    keyboard.open(f"{ALL}nothing/", status=404)
    assert keyboard.post(at(source, "explode"), {}).status_code == 404
    assert keyboard.post(at(source, "close"), {"because": "All."}).status_code == 404


# --- all sources --------------------------------------------------------------------------------------------------


def test_with_nothing_on_record_it_says_so(keyboard):
    page = keyboard.open(ALL)

    assert "Nothing needs a person" in page
    assert "No word of a person is in force" in page


def test_every_desk_page_leads_to_link_health(keyboard):
    assert f'href="{ALL}"' in keyboard.open("/desk/")


def test_sources_are_counted_by_their_badge(keyboard):
    works, dead, _, _ = sources_at([f"https://site.example/{name}" for name in "abcd"])
    source_at(None, name="no-address")
    watch_sources()
    LinkState.objects.filter(pk=works.pk).update(state=State.LIVE)
    LinkState.objects.filter(pk=dead.pk).update(state=State.DEAD)

    page = keyboard.open(ALL)

    for slug, count in [("works", 1), ("dead", 1), ("unchecked", 2), ("failing", 0)]:
        assert f'data-badge="{slug}" data-count="{count}"' in page


def test_a_promise_that_turned_comes_first_and_the_oldest_first_among_equals(keyboard):
    one, other, removed = sources_at([f"https://site.example/{name}" for name in "abc"])
    wanted = [
        finding(removed, Finding.Kind.SILENT_EDIT, hours_ago=2, quotations=1),
        finding(one, Finding.Kind.SILENT_EDIT, weighty=["never"]),
        finding(one, Finding.Kind.HIJACKED),
        finding(one, Finding.Kind.DEAD, hours_ago=9),
        finding(other, Finding.Kind.DEAD),
        finding(other, Finding.Kind.SILENT_EDIT, hours_ago=99),
        finding(one, Finding.Kind.QUOTATION, hours_ago=20),
        finding(one, Finding.Kind.MOVED),
        finding(one, Finding.Kind.CHANGED),
    ]

    page = keyboard.open(ALL)

    places = [page.index(f'data-finding="{one.pk}"') for one in wanted]
    assert places == sorted(places)


def test_a_finding_is_listed_with_what_was_seen_and_what_hangs_on_it(keyboard):
    record.public_pledge()
    cited = Source.objects.get()
    finding(cited, detail="404 three times over.")

    page = keyboard.open(ALL)

    assert "404 three times over." in page
    assert 'data-l="Citations">1<' in page
    assert f'href="{at(cited)}"' in page


def test_beyond_fifty_findings_all_are_counted_and_the_queries_stay_the_same(keyboard):
    some = sources_at([f"https://site.example/{number}" for number in range(55)])
    watch_sources()
    finding(some[0])
    keyboard.open(ALL)
    with CaptureQueriesContext(connection) as with_one:
        keyboard.open(ALL)
    for source in some[1:]:
        finding(source)

    with CaptureQueriesContext(connection) as with_many:
        page = keyboard.open(ALL)

    assert "55 open, the first 50 shown" in page
    assert page.count("data-finding=") == 50
    assert len(with_many) == len(with_one)


def test_words_of_persons_are_listed_while_they_hold(keyboard, editor):
    holds, over = sources_at(["https://site.example/a", "https://site.example/b"])
    watch_sources()
    now = timezone.now()
    for source, until, because in [(holds, 7, "I read it."), (over, -1, "Long ago.")]:
        override_state(source=source, state=State.LIVE, until=now + timedelta(days=until), because=because, by=editor)

    page = keyboard.open(ALL)

    assert "I read it." in page
    assert "Long ago." not in page


# --- one source ---------------------------------------------------------------------------------------------------


def test_a_source_shows_what_changed_in_a_quotation_word_by_word(keyboard, source):
    with stating(who=None, why="a test"):
        passage = Passage.objects.create(source=source, exact="We will never sell it.")
    now = timezone.now()
    PassageState.objects.create(
        passage=passage,
        standing=PassageStanding.ALTERED,
        since=now,
        last_looked_at=now,
        text="We will sell it.",
        score=90,
        weighty=["never"],
    )

    page = keyboard.open(at(source))

    assert '<del><span class="vh">removed: </span>never' in page
    assert "Words of weight: never" in page


def test_what_was_quoted_and_read_is_shown_as_text_not_run(keyboard, source):
    finding(source, detail="<script>alert(1)</script>")

    assert "<script>alert" not in keyboard.open(at(source))
    assert "<script>alert" not in keyboard.open(ALL)


def test_copies_and_what_archives_said_are_listed(keyboard, source):
    now = timezone.now()
    Snapshot.objects.create(
        source=source, kind=Snapshot.Kind.MEMENTO, url="https://archive.example/1", captured_at=now, digest="ab" * 32
    )
    ArchiveJob.objects.create(
        source=source, kind=ArchiveJob.Kind.SAVE, asked_at=now, due_at=now, ended_at=now, said="The archive refused."
    )

    page = keyboard.open(at(source))

    assert ">abababababab<" in page
    assert "The archive refused." in page


def test_a_source_without_an_address_offers_nothing_about_its_link(keyboard):
    source = source_at(None)

    page = keyboard.open(at(source))
    answer = keyboard.post(at(source, "check"), {})

    assert "has no address" in page
    assert at(source, "check") not in page
    assert (answer.status_code, "give it one first" in answer.content.decode()) == (400, True)


def test_a_finding_is_closed_with_a_reason(keyboard, editor, source):
    opened = finding(source)

    answer = keyboard.post(at(source, "close", opened.pk), {"because": "The page is back."})

    opened.refresh_from_db()
    assert answer.redirect_chain == [(at(source), 302)]
    assert (opened.closed_because, opened.closed_by) == ("The page is back.", editor)
    assert "Closed: the page is gone." in answer.content.decode()


def test_a_finding_is_not_closed_without_a_reason_and_only_its_own_form_says_so(keyboard, source):
    one, other = finding(source), finding(source, Finding.Kind.MOVED)

    answer = keyboard.post(at(source, "close", one.pk), {"because": " "})

    page = answer.content.decode()
    assert answer.status_code == 400
    assert not Finding.objects.exclude(closed_at=None).exists()
    assert f'id="close-{one.pk}-because_error"' in page
    assert f'id="close-{other.pk}-because_error"' not in page
    assert "<title>Error: " in page


def test_a_finding_that_somebody_closed_meanwhile_stays_as_they_closed_it(keyboard, source):
    opened = finding(source, closed_at=timezone.now(), closed_because="Seen by Bob.")

    answer = keyboard.post(at(source, "close", opened.pk), {"because": "Mine."})

    opened.refresh_from_db()
    assert opened.closed_because == "Seen by Bob."
    assert "closed meanwhile: Seen by Bob." in answer.content.decode()


def test_a_finding_of_another_source_is_not_closed_here(keyboard):
    one, other = sources_at(["https://site.example/a", "https://site.example/b"])

    answer = keyboard.post(at(one, "close", finding(other).pk), {"because": "Wrong."})

    assert answer.status_code == 404


def test_a_source_is_checked_now(keyboard, source):
    LinkState.objects.update(due_at=timezone.now() + timedelta(days=5))

    answer = keyboard.post(at(source, "check"), {})

    assert LinkState.objects.get().due_at <= timezone.now()
    assert "It will be checked" in answer.content.decode()


def test_a_source_that_is_being_checked_is_not_asked_for_twice(keyboard, source):
    LinkState.objects.update(lease=1)

    answer = keyboard.post(at(source, "check"), {})

    assert (answer.status_code, "at this moment" in answer.content.decode()) == (400, True)


def test_what_a_person_saw_is_what_readers_see_until_its_day(keyboard, editor, source):
    keyboard.post(at(source, "override"), {"state": "live", "until": in_days(30), "because": "It opens in a browser."})

    link = LinkState.objects.get()
    assert link.published_state(at=timezone.now() + timedelta(days=29)) == State.LIVE
    assert link.published_state(at=timezone.now() + timedelta(days=32)) == State.UNCHECKED
    assert link.overridden_by == editor
    assert "It opens in a browser." in keyboard.open(at(source))


@pytest.mark.parametrize(
    ("wrong", "name", "said"),
    [
        ({"until": ""}, "until", "Say until which day it holds"),
        ({"until": "soon"}, "until", "Write the day as year, month and day"),
        ({"until": "2020-06-10"}, "until", "This day is over"),
        ({"until": "2999-01-01"}, "until", "A year ahead is the most"),
        ({"because": " "}, "because", "Give a reason."),
        ({"state": "unchecked"}, "state", "Choose one of the states"),
        ({"state": ""}, "state", "Say what the page was like."),
    ],
)
def test_what_is_wrong_with_a_persons_word_is_said_at_its_field_and_nothing_is_lost(
    keyboard, source, wrong, name, said
):
    typed = {"state": "dead", "until": in_days(30), "because": "I rang them up."} | wrong

    answer = keyboard.post(at(source, "override"), typed)

    page = answer.content.decode()
    assert answer.status_code == 400
    assert f'id="override-{name}_error"><span class="error-text">{said}' in page
    assert LinkState.objects.get().override_state is None
    kept = typed_in(page)
    assert (kept["until"], kept["because"]) == ([typed["until"]], [typed["because"]])


@pytest.mark.parametrize(("days", "status"), [(-1, 400), (0, 200), (365, 200), (366, 400)])
def test_a_persons_word_holds_from_today_to_a_year_ahead(keyboard, source, days, status):
    typed = {"state": "live", "until": in_days(days), "because": "Paper on file."}

    answer = keyboard.post(at(source, "override"), typed)

    assert answer.status_code == status
    assert LinkState.objects.get().override_state == (State.LIVE if status == 200 else None)


def test_a_persons_word_is_ended_before_its_day_and_the_checks_begin_again(keyboard, editor, source):
    until = timezone.now() + timedelta(days=9)
    override_state(source=source, state=State.EXEMPT, until=until, because="They asked us.", by=editor)
    assert LinkState.objects.get().due_at is None

    keyboard.post(at(source, "end-override"), {})

    link, change = LinkState.objects.get(), StateChange.objects.latest("pk")
    assert (link.override_state, link.override_until, link.override_because) == (None, None, "")
    assert link.due_at is not None
    assert (change.before, change.after) == (State.EXEMPT, State.UNCHECKED)
    assert "eve" not in change.reason.split() + str(change.evidence).split()


def test_a_word_that_ended_by_itself_is_not_ended_again(keyboard, editor, source):
    until = timezone.now() - timedelta(days=1)
    override_state(source=source, state=State.LIVE, until=until, because="Once.", by=editor)

    answer = keyboard.post(at(source, "end-override"), {})

    assert (answer.status_code, "it ended already" in answer.content.decode()) == (400, True)
    assert StateChange.objects.count() == 1


def test_the_text_as_it_is_now_is_accepted(keyboard, source):
    version = text_of(source, "We pause for a year.")
    LinkState.objects.update(changed=True)
    finding(source, Finding.Kind.CHANGED)

    keyboard.post(at(source, "accept"), {})

    link = LinkState.objects.get()
    assert (link.changed, link.baseline) == (False, version)
    assert not Finding.objects.filter(closed_at=None).exists()


def test_a_text_that_was_never_read_is_not_accepted(keyboard, source):
    answer = keyboard.post(at(source, "accept"), {})

    assert at(source, "accept") not in keyboard.open(at(source))
    assert (answer.status_code, "none to accept" in answer.content.decode()) == (400, True)


def test_where_no_archive_is_named_none_is_offered(keyboard, source, settings):
    settings.ARCHIVE_CDX_URL, settings.ARCHIVE_TIMEGATES = "", ""

    assert at(source, "look-for-copy") not in keyboard.open(at(source))
    assert "No public archive is named" in keyboard.post(at(source, "look-for-copy"), {}).content.decode()


def test_an_archived_copy_is_looked_for(keyboard, source, settings):
    settings.ARCHIVE_CDX_URL = "https://archive.example/cdx"
    assert at(source, "look-for-copy") in keyboard.open(at(source))

    keyboard.post(at(source, "look-for-copy"), {})
    keyboard.post(at(source, "look-for-copy"), {})

    job = ArchiveJob.objects.get()
    assert (job.source, job.kind, job.ended_at) == (source, ArchiveJob.Kind.LOOK_UP, None)


def test_a_file_that_an_editor_gives_is_kept_as_a_copy(keyboard, editor, source):
    page = b"<!doctype html><html><title>Pause</title><body><p>We pause for a year.</p></body></html>"

    keyboard.post(at(source, "upload"), {"file": SimpleUploadedFile("pause.html", page, "text/html")})

    copy = Snapshot.objects.get()
    assert (copy.source, copy.kind, copy.uploaded_by) == (source, Snapshot.Kind.UPLOAD, editor)
    assert "pause.html" in keyboard.open(at(source))


PAUSE = b"<!doctype html><html><title>Pause</title><body><p>We pause for a year.</p><script>1</script></body></html>"


def given_pause(keyboard, source):
    file = SimpleUploadedFile("pause.html", PAUSE, "text/html")
    return keyboard.client.post(at(source, "upload"), {"file": file}, follow=True).content.decode()


def test_it_is_said_whether_the_quoted_words_stand_in_a_file_that_an_editor_gives(keyboard, source):
    with stating(who=None, why="a test"):
        Passage.objects.create(source=source, exact="We pause for a year.")

    assert "Kept: pause.html. Yes, the quoted passage" in given_pause(keyboard, source)


def test_the_same_file_is_kept_once(keyboard, source):
    given_pause(keyboard, source)

    assert "This file is kept already: pause.html." in given_pause(keyboard, source)
    assert Snapshot.objects.count() == 1


def test_a_copy_of_our_own_is_given_as_a_file_and_never_shown_as_a_page(keyboard, source):
    given_pause(keyboard, source)
    address = f"/desk/link-health/{source.slug}/copies/{Snapshot.objects.get().pk}/"

    file = keyboard.client.get(address)

    assert f'href="{address}" download' in keyboard.open(at(source))
    assert file.content == PAUSE
    assert file["Content-Disposition"].startswith("attachment;")
    assert (file["Content-Type"], "sandbox" in file["Content-Security-Policy"]) == ("application/octet-stream", True)


def test_a_copy_is_found_under_its_own_source_alone_and_by_those_who_have_signed_in(keyboard, client, source):
    given_pause(keyboard, source)
    number = Snapshot.objects.get().pk
    other = source_at("https://site.example/other", name="other")

    keyboard.open(f"/desk/link-health/{other.slug}/copies/{number}/", status=404)
    assert client.get(f"/desk/link-health/{source.slug}/copies/{number}/").status_code == 302


def test_a_copy_whose_file_was_exchanged_is_not_handed_out(keyboard, source):
    given_pause(keyboard, source)
    copy = Snapshot.objects.get()
    other = uploaded(b"<html><body><p>We never paused.</p></body></html>", media_type="text/html", name="x.html",
                     at=timezone.now())  # fmt: skip
    with open(storing.storage().path(copy.file), "wb") as file:
        file.write(other)

    keyboard.open(f"/desk/link-health/{source.slug}/copies/{copy.pk}/", status=404)


def test_a_copy_whose_file_is_gone_is_not_there(keyboard, source):
    given_pause(keyboard, source)
    copy = Snapshot.objects.get()
    storing.storage().delete(copy.file)

    keyboard.open(f"/desk/link-health/{source.slug}/copies/{copy.pk}/", status=404)


def test_the_address_of_a_form_that_was_refused_leads_to_the_page_it_stands_on(keyboard, source):
    answer = keyboard.client.get(at(source, "override"))

    assert (answer.status_code, answer["Location"]) == (302, at(source))


def test_what_was_typed_about_something_that_was_closed_meanwhile_is_shown(keyboard, source):
    opened = finding(source)
    keyboard.post(at(source, "close", opened.pk), {"because": "It is there."})

    answer = keyboard.post(at(source, "close", opened.pk), {"because": "A long reason of my own."})

    assert "You wrote: “A long reason of my own.”" in answer.content.decode()


def test_a_reason_that_cannot_be_seen_is_none(keyboard, source):
    opened = finding(source)

    answer = keyboard.post(at(source, "close", opened.pk), {"because": "\u200b\u00a0\u200b"})

    assert "nothing that can be seen" in answer.content.decode()
    assert not Finding.objects.exclude(closed_at=None).exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Choose a file."),
        ({"file": SimpleUploadedFile("report.pdf", b"", "application/pdf")}, "The file is empty"),
        ({"file": SimpleUploadedFile("report.pdf", b"MZ a program", "application/pdf")}, "not that"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_at_its_field(keyboard, source, given, said):
    answer = keyboard.post(at(source, "upload"), given)

    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'id="upload-file_error"' in page
    assert said in page
    assert not Snapshot.objects.exists()


def test_an_entry_of_the_ledger_is_withdrawn_with_a_reason(keyboard, source):
    edit = silent_edit(source)

    refused = keyboard.post(at(source, "withdraw", edit.pk), {"because": ""})
    edit.refresh_from_db()
    assert (refused.status_code, edit.withdrawn_because) == (400, "")
    assert f'id="withdraw-{edit.pk}-because_error"' in refused.content.decode()

    keyboard.post(at(source, "withdraw", edit.pk), {"because": "Only a counter."})
    again = keyboard.post(at(source, "withdraw", edit.pk), {"because": "Another reason."})

    edit.refresh_from_db()
    assert edit.withdrawn_because == "Only a counter."
    assert "It was withdrawn before" in again.content.decode()


# --- the timetable ------------------------------------------------------------------------------------------------


def test_the_schedule_of_an_empty_record_is_shown(keyboard):
    page = keyboard.open(SCHEDULE)

    assert "No check is overdue." in page
    assert "None: every host" in page


def test_the_schedule_tells_what_is_due_and_what_was_checked():
    now = timezone.now()
    hours = {"overdue": -3, "due": -0.5, "soon": 0.5, "today": 20, "this-week": 100, "later": 400, "held": -5}
    some = dict(zip(hours, sources_at([f"https://{name}.example/" for name in hours]), strict=True))
    watch_sources(at=now)
    for name, source in some.items():
        LinkState.objects.filter(pk=source.pk).update(due_at=now + timedelta(hours=hours[name]))
    LinkState.objects.filter(pk=some["held"].pk).update(lease=1)
    LinkState.objects.filter(pk=some["soon"].pk).update(last_checked_at=now - timedelta(minutes=30))
    LinkState.objects.filter(pk=some["later"].pk).update(last_checked_at=now - timedelta(hours=5))

    assert upkeep.timetable(at=now) == upkeep.Timetable(
        watched=7,
        due_now=2,
        overdue=1,
        oldest_due=now - timedelta(hours=3),
        being_checked=1,
        checked_in_hour=1,
        checked_in_day=2,
        due_in_hour=1,
        due_in_day=2,
        due_in_week=3,
    )


def test_the_schedule_tells_which_hosts_are_held_and_which_are_left_alone(keyboard):
    now = timezone.now()
    hour = timedelta(hours=1)
    Host.objects.create(key="held.example", leased_until=now + hour)
    Host.objects.create(key="lost.example", leased_until=now - hour)
    Host.objects.create(key="busy.example", resume_at=now + hour)
    Host.objects.create(key="down.example", resume_at=now - hour, frozen_until=now + 2 * hour)
    Host.objects.create(key="free.example", resume_at=now - hour)

    assert upkeep.hosts_now(at=now) == upkeep.HostsNow(leased=1, run_out=1, waiting=1, frozen=1)
    assert [host.key for host in upkeep.resting_hosts(at=now)] == ["down.example", "busy.example"]
    page = keyboard.open(SCHEDULE)
    assert "busy.example" in page
    assert "free.example" not in page


def test_the_schedule_tells_what_archives_are_to_be_asked(source):
    noon = timezone.now().replace(hour=12)
    hour = timedelta(hours=1)
    for kind, due, ended in [
        (ArchiveJob.Kind.LOOK_UP, noon - hour, None),
        (ArchiveJob.Kind.SAVE, noon + hour, None),
        (ArchiveJob.Kind.SAVE, noon - hour, noon - hour),
        (ArchiveJob.Kind.SAVE, noon - hour, noon - 13 * hour),
    ]:
        ArchiveJob.objects.create(source=source, kind=kind, asked_at=due, due_at=due, ended_at=ended)

    assert upkeep.archive_work(at=noon) == upkeep.ArchiveWork(waiting=2, due=1, oldest_due=noon - hour, ended_today=1)


def test_the_first_month_of_single_checks_is_told():
    first = date(2001, 2, 1)
    upkeep.make_room_for_checks(first=first, last=first)

    assert upkeep.oldest_month_of_checks() == first


# --- the table of all sources ------------------------------------------------------------------------------------


def shown(page):
    return re.findall(r'data-source="([^"]+)"', page)


@pytest.fixture
def many(db):
    """Sixty sources, of which the first is dead, the second waits for a person, and the third has a person's word."""
    sources = sources_at(f"https://site-{number}.example/story" for number in range(60))
    watch_sources(at=timezone.now())
    LinkState.objects.filter(source=sources[0]).update(state=State.DEAD)
    finding(sources[1])
    override_state(
        source=sources[2],
        state=State.LIVE,
        until=timezone.now() + timedelta(days=9),
        because="Seen in a browser.",
        by=record.person("carl", Role.EDITOR),
    )
    return sources


def test_all_sources_are_listed_the_last_entered_first_page_by_page_and_back(keyboard, many):
    first = keyboard.open(ALL)
    on = html.unescape(re.search(r'rel="next" href="([^"#]+)', first)[1])
    second = keyboard.open(ALL + on)
    third = keyboard.open(ALL + html.unescape(re.search(r'rel="next" href="([^"#]+)', second)[1]))
    back = keyboard.open(ALL + html.unescape(re.search(r'rel="prev" href="([^"#]+)', second)[1]))

    slugs = [source.slug for source in many][::-1]
    assert shown(first) + shown(second) + shown(third) == slugs
    assert shown(back) == shown(first)
    assert 'rel="next"' not in third
    assert 'rel="prev"' not in first


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("badge=dead", [0]),
        ("badge=needs-a-person", [1]),
        ("badge=by-hand", [2]),
        ("badge=dead&q=site-1", []),
        ("q=site-59.example", [59]),
        ("q=SOURCE+12", [12]),
        ("q=%25_", []),
        ("after=0", []),
        ("after=x&before=99999999999999999999&q=site-7.example", [7]),
    ],
)
def test_the_list_is_narrowed_by_state_and_by_words_and_so_is_its_file(keyboard, many, asked, expected):
    page = keyboard.open(f"{ALL}?{asked}")
    file = keyboard.client.get(f"/desk/link-health.csv?{asked}")

    slugs = [many[number].slug for number in expected]
    assert shown(page) == slugs
    if "after=0" not in asked:
        assert [row["source"] for row in csv.DictReader(io.StringIO(file.getvalue().decode()))] == slugs
    assert ("No source fits" in page) == (not expected)


def test_a_filter_that_does_not_exist_is_refused_with_those_that_do(keyboard, many):
    page = keyboard.open(f"{ALL}?badge=brilliant", status=400)
    file = keyboard.client.get("/desk/link-health.csv?badge=brilliant")

    assert "not filtered by “brilliant”. Choose one of: works, moved" in page
    assert (file.status_code, "needs-a-person" in file.content.decode()) == (400, True)


def test_the_table_costs_as_many_queries_for_many_sources_as_for_one(keyboard, source):
    with CaptureQueriesContext(connection) as of_one:
        keyboard.open(ALL)
    sources_at((f"https://more-{number}.example/" for number in range(40)), name="more")
    watch_sources(at=timezone.now())
    with CaptureQueriesContext(connection) as of_many:
        keyboard.open(ALL)

    assert len(of_many) == len(of_one)


def test_titles_that_a_spreadsheet_would_run_are_texts_in_the_file(keyboard, source):
    with stating(who=None, why="a test"):
        Source.objects.filter(pk=source.pk).update(title="=1+1")

    file = keyboard.client.get("/desk/link-health.csv").getvalue().decode()

    assert "'=1+1" in file


def test_the_strip_shows_the_last_twelve_checks_the_newest_last(keyboard, source):
    now = timezone.now()
    make_room_for_checks(first=now.date() - timedelta(days=40), last=now.date())
    for number in range(14):
        LinkCheck.objects.create(
            source=source,
            slot=now - timedelta(days=number),
            late_seconds=0,
            elapsed_ms=1,
            wire_bytes=1,
            outcome=Outcome.GONE if number == 0 else Outcome.OK,
            hops=0,
            likeness=Likeness.UNKNOWN,
        )

    strip = re.search(r'<ol class="strip strip--sm".*?</ol>', keyboard.open(ALL), re.DOTALL)[0]

    assert strip.count("<li") == 12
    assert [look in strip.rpartition("<li")[2] for look in ("h-suspect", "not found")] == [True, True]


def test_the_file_is_for_those_who_have_signed_in(client, sign_in):
    assert client.get("/desk/link-health.csv").status_code == 302
    sign_in(record.person("reader")).open("/desk/link-health.csv", status=403)


# --- a page that has moved ----------------------------------------------------------------------------------------

OLD, NEW = "https://news.example/pause", "https://news.example/articles/pause"


def moves(source, *, to=NEW):
    """What is known of a page that has moved for good, with the finding that says so."""
    watch_sources()
    LinkState.objects.filter(pk=source.pk).update(
        state=State.LIVE,
        since=timezone.now() - timedelta(days=40),
        moved=True,
        moved_to=to,
        moved_sightings=3,
        streak=5,
        last_outcome=Outcome.OK_MOVED,
        last_ok_at=timezone.now(),
        text_digest=7,
        etag='"a"',
    )
    finding(source, Finding.Kind.MOVED, detail=f"The page has moved for good to {to}")
    return source


@pytest.fixture
def moved():
    """A source that is public."""
    with transaction.atomic():
        publication = record.by_load()
        with stating(who=None, why="Load of a data set", publication=publication):
            return moves(
                record.source(
                    "pause",
                    url=OLD,
                    identity_key=identity_key(OLD),
                    likeness_key=likeness_key(OLD),
                    publication=publication,
                )
            )


def taken(keyboard, source, **typed):
    return keyboard.post(at(source, "take-address"), {"address": NEW, "because": "It moved.", **typed})


def test_the_new_address_of_a_page_is_taken_once_a_second_person_accepts_it(keyboard, moved):
    assert "Take the new address" in keyboard.open(at(moved))

    answer = taken(keyboard, moved)

    proposal = Proposal.objects.get()
    assert "Submitted for review" in answer.content.decode()
    assert proposal.changes[0]["after"]["url"] == NEW
    page = keyboard.open(at(moved))
    assert f"proposal {proposal.pk}, by eve" in page
    assert "Take the new address" not in page
    moved.refresh_from_db()
    assert moved.url == OLD

    proposals.accept(proposal=proposal, by=record.person("bob", Role.REVIEWER), read=1)

    moved.refresh_from_db()
    assert (moved.url, moved.identity_key, moved.likeness_key) == (NEW, identity_key(NEW), likeness_key(NEW))


def test_at_its_new_address_a_page_is_the_same_page(moved, keyboard):
    taken(keyboard, moved)
    proposals.accept(proposal=Proposal.objects.get(), by=record.person("bob", Role.REVIEWER), read=1)

    watch_sources()

    state = LinkState.objects.get()
    assert (state.state, state.moved, state.moved_to, state.text_digest, state.etag) == ("live", False, None, 7, None)
    assert state.due_at <= timezone.now()
    assert StateChange.objects.get().reason == "The source was given the address to which its page had moved."
    assert Finding.objects.get().closed_because == "The source has another address now."


def test_a_source_that_is_given_some_other_address_starts_anew():
    moves(source_at(OLD))
    with stating(who=None, why="A test"):
        Source.objects.update(url=f"{NEW}?other", identity_key=identity_key(f"{NEW}?other"))

    watch_sources()

    assert (LinkState.objects.get().state, LinkState.objects.get().text_digest) == ("unchecked", None)
    assert Finding.objects.get().closed_because == "The source has another address now."


def test_a_draft_has_its_new_address_at_once(keyboard):
    source = moves(source_at(OLD))

    answer = taken(keyboard, source)

    assert "Taken. It will be checked at its new address soon." in answer.content.decode()
    assert Source.objects.get().url == NEW
    assert LinkState.objects.get().state == "live"


def test_an_address_that_another_source_has_is_not_taken_and_the_other_is_named(keyboard, moved):
    source_at(NEW, name="other")

    answer = taken(keyboard, moved, because="It moved, I saw it.")

    page = answer.content.decode()
    assert answer.status_code == 400
    assert "on record as “other 0” (other-0)" in page
    assert "It moved, I saw it." in page
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ({"moved_to": f"{NEW}/2"}, f"the page has moved to {NEW}/2"),
        ({"moved": False, "moved_to": None}, "the page has moved nowhere for good"),
    ],
)
def test_an_address_that_is_no_longer_the_one_that_was_shown_is_not_taken(keyboard, moved, now, words):
    LinkState.objects.update(**now)

    answer = taken(keyboard, moved)

    assert (answer.status_code, words in answer.content.decode()) == (400, True)
    assert not Proposal.objects.exists()


def test_an_address_inside_a_network_is_not_taken(keyboard, moved):
    LinkState.objects.update(moved_to="http://10.0.0.1/pause")

    answer = taken(keyboard, moved, address="http://10.0.0.1/pause")

    assert (answer.status_code, "not an address on the public internet" in answer.content.decode()) == (400, True)


def test_a_new_address_is_proposed_once_by_the_same_person(keyboard, moved):
    taken(keyboard, moved)

    answer = taken(keyboard, moved)

    assert answer.status_code == 400
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize("missing", ["address", "because"])
def test_nothing_is_taken_without_an_address_and_a_reason(keyboard, moved, missing):
    answer = taken(keyboard, moved, **{missing: " "})

    assert (answer.status_code, Proposal.objects.count()) == (400, 0)


def test_a_source_keeps_its_address_by_a_reason(keyboard, moved):
    assert "Keep the old address" in keyboard.open(at(moved))

    keyboard.post(at(moved, "close", Finding.objects.get().pk), {"because": "The new one is for subscribers."})

    assert Finding.objects.get().closed_because == "The new one is for subscribers."
    moved.refresh_from_db()
    assert moved.url == OLD


def retracted(source) -> None:
    with transaction.atomic(), stating(who=None, why="A test", publication=record.by_load()):
        Source.objects.filter(pk=source.pk).update(retracted_because="It was a hoax.")


def test_a_source_that_was_retracted_takes_no_address_and_no_word_of_a_person(keyboard, moved):
    retracted(moved)

    page = keyboard.open(at(moved))
    answers = [taken(keyboard, moved), keyboard.post(at(moved, "check"), {}), keyboard.post(at(moved, "accept"), {})]

    assert "Take the new address" not in page
    assert "This source was retracted, and is not watched any more: It was a hoax." in page
    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert all("retracted" in answer.content.decode() for answer in answers)
    assert not Proposal.objects.exists()


def test_a_new_address_is_not_accepted_once_its_source_was_retracted(keyboard, moved):
    taken(keyboard, moved)
    retracted(moved)

    with pytest.raises(LookAgain, match="retracted meanwhile"):
        proposals.accept(proposal=Proposal.objects.get(), by=record.person("bob", Role.REVIEWER), read=1)

    moved.refresh_from_db()
    assert moved.url == OLD


def test_a_new_address_is_not_accepted_once_checks_see_the_page_lead_elsewhere(keyboard, moved):
    taken(keyboard, moved)
    LinkState.objects.update(moved_to="https://parking.example/buy", moved=False, state="dead")

    with pytest.raises(LookAgain, match=r"leads to https://parking\.example/buy: look at it again"):
        proposals.accept(proposal=Proposal.objects.get(), by=record.person("bob", Role.REVIEWER), read=1)

    moved.refresh_from_db()
    assert moved.url == OLD


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_new_address_at_once_one_is_told_of_the_other(moved):
    people = [record.person(name, Role.EDITOR) for name in ("eve", "mallory")]
    together = threading.Barrier(2)
    said: list[str] = []

    def take(person) -> None:
        together.wait()
        try:
            take_new_address(moved, shown=NEW, because="It moved.", by=person)
            said.append("proposed")
        except ValidationError as refused:
            said.append(refused.messages[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Proposal.objects.count() == 1
    assert sorted(words.partition(" ")[0] for words in said) == ["Proposal", "proposed"]


def test_an_address_of_a_retracted_source_is_not_offered_to_be_cited(keyboard, moved):
    with transaction.atomic():
        publication = record.by_load()
        with stating(who=None, why="A test", publication=publication):
            keys = {"identity_key": identity_key(NEW), "likeness_key": likeness_key(NEW)}
            other = record.source("other", url=NEW, publication=publication, **keys)
    retracted(other)

    page = taken(keyboard, moved).content.decode()

    assert "it was retracted, and keeps its address" in page
    assert "cite that source" not in page


def test_paging_through_many_sources_shows_each_once(keyboard):
    sources_at([f"https://site.example/{number}" for number in range(160)])
    watch_sources()

    seen: list[str] = []
    address = ALL
    while address:
        page = keyboard.open(address)
        seen += re.findall(r'data-source="([^"]+)"', page)
        on = re.search(r'href="(\?[^"]*after=\d+[^"]*)"', page)
        address = ALL + html.unescape(on[1]) if on else ""

    assert len(seen) == len(set(seen)) == 160
