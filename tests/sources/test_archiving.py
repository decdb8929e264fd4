"""Copies in public archives: wanted near the day of an event, asked for by one worker at a time, believed when seen."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from history.services import stating
from pledges.services.copies import want_copies_near_events
from sources.archives.limits import ArchiveLimits
from sources.archiving import (
    HELD_FOR,
    MOST_TRIES,
    ask_archives,
    claim_jobs,
    keep_upload,
    link_capture,
    store_capture,
    want_copies,
    want_saves,
    want_verifying,
)
from sources.captures import storing
from sources.models import ArchiveJob, LinkState, Passage, Snapshot, Source
from sources.watching import watch_sources
from tests import factories as make
from tests.sources.archive_server import KEYS, ArchiveServer, Job, archive_serving
from tests.sources.records import source_at, sources_at

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
PAGE = "https://news.example/pause"
EVENT = date(2020, 6, 10)
WORDS = "We will not sell facial recognition to the police."


@pytest.fixture
def server() -> Iterator[ArchiveServer]:
    with archive_serving() as one:
        yield one


@pytest.fixture
def asked(server, settings) -> ArchiveLimits:
    settings.LINK_CHECK_ALLOWED_NETWORKS = "127.0.0.0/8"
    return ArchiveLimits(
        cdx_url=server.cdx_url,
        replay_url=server.replay_url,
        save_url=server.save_url,
        access_key=KEYS[0],
        secret_key=KEYS[1],
        gap_seconds=0,
        save_gap_seconds=0,
        total_seconds=5,
    )


@pytest.fixture
def source(db) -> Source:
    one = source_at(PAGE)
    watch_sources(at=NOW)
    return one


@pytest.fixture
def work(asked) -> Callable[..., int]:
    """Do what is due at a moment."""

    def do(at: datetime = NOW, **changes: object) -> int:
        return ask_archives(claim_jobs(most=10, at=at), asked=replace(asked, **changes), at=at)

    return do


def test_the_copy_nearest_to_the_event_is_found_with_its_gap(server, source, work):
    for timestamp in ("20191101120000", "20200622080000", "20240101000000"):
        server.hold(PAGE, timestamp)
    want_copies([(source.pk, EVENT)], at=NOW)

    assert work() == 1

    copy = Snapshot.objects.get()
    assert (copy.captured_at.date(), copy.gap_days) == (date(2020, 6, 22), 12)
    assert copy.url == f"{server.replay_url}20200622080000/{PAGE}"
    assert copy.verified_at == NOW
    assert LinkState.objects.get().has_archive


def quoted(source: Source, *words: str) -> None:
    with stating(who=None, why="a test"):
        for exact in words:
            Passage.objects.create(source=source, exact=exact)


def test_the_quotations_are_looked_for_in_the_copy(server, source, work):
    quoted(source, WORDS, "We will delete every face that we hold.")
    server.hold(PAGE, "20200611000000", body=f"<html><body><p>{WORDS}</p><p>{'Other words. ' * 40}</p></body></html>")
    want_copies([(source.pk, EVENT)], at=NOW)

    work()

    copy = Snapshot.objects.get()
    assert (copy.quotations_asked, copy.quotations_found) == (2, 1)


def test_a_copy_that_shows_nothing_tells_nothing_of_the_quotations(server, source, work):
    quoted(source, WORDS)
    server.hold(PAGE, "20200611000000")
    want_copies([(source.pk, EVENT)], at=NOW)

    work()

    copy = Snapshot.objects.get()
    assert (copy.quotations_asked, copy.quotations_found) == (None, None)


def test_a_source_that_lost_its_address_meanwhile_is_not_looked_for(server, source, work):
    want_copies([(source.pk, EVENT)], at=NOW)
    with stating(who=None, why="a test"):
        Source.objects.filter(pk=source.pk).update(url=None, identity_key=None, likeness_key=None)

    work()

    assert ArchiveJob.objects.get().said == "The source has no address any more."
    assert server.paths() == []


def test_without_an_archive_nothing_is_looked_for_and_it_says_so(source, work):
    want_copies([(source.pk, EVENT)], at=NOW)

    work(cdx_url="", replay_url="", save_url="", access_key="", secret_key="")

    assert ArchiveJob.objects.get().said == "No archive is named in the settings."


def test_a_copy_in_an_archive_that_is_not_asked_any_more_is_left_as_it_is(server, source, work):
    server.hold(PAGE, "20200611000000")
    want_copies([(source.pk, EVENT)], at=NOW)
    work()
    copy = Snapshot.objects.get()
    Snapshot.objects.update(archive="an-archive-of-old")
    want_verifying([copy], at=NOW)

    work(ArchiveJob.objects.get(kind="verify").due_at)

    assert ArchiveJob.objects.get(kind="verify").said == "The archive an-archive-of-old is not asked here."
    assert Snapshot.objects.get().lost_at is None


def test_looking_twice_for_the_same_day_asks_once(server, source, work):
    want_copies([(source.pk, EVENT)], at=NOW)
    want_copies([(source.pk, EVENT)], at=NOW)
    assert ArchiveJob.objects.count() == 1

    work()  # there is none
    assert ArchiveJob.objects.get().said == "No archive has a copy."
    assert want_copies([(source.pk, EVENT)], at=NOW + timedelta(days=20)) == 0
    assert want_copies([(source.pk, EVENT)], at=NOW + timedelta(days=31)) == 1


def test_an_archive_in_trouble_is_asked_again_later_and_nothing_is_concluded(server, source, work):
    server.hold(PAGE, "20200622080000")
    server.said.broken = "busy"
    want_copies([(source.pk, EVENT)], at=NOW)

    assert work() == 0
    job = ArchiveJob.objects.get()
    assert job.ended_at is None
    assert job.due_at >= NOW + timedelta(seconds=90)
    server.said.broken = ""
    assert work(job.due_at) == 1
    assert Snapshot.objects.exists()


def test_an_archive_that_never_answers_right_is_given_up_in_words(server, source, work):
    server.said.broken = "a page"
    want_copies([(source.pk, EVENT)], at=NOW)

    at = NOW
    for _ in range(MOST_TRIES):
        work(at)
        at = ArchiveJob.objects.get().due_at

    job = ArchiveJob.objects.get()
    assert job.ended_at is not None
    assert job.said.startswith(f"Given up after {MOST_TRIES} tries.")


def test_an_excluded_site_is_not_asked_for_again(server, source, work):
    server.said.broken = "excluded"
    want_copies([(source.pk, EVENT)], at=NOW)

    assert work() == 1
    assert not Snapshot.objects.exists()


def test_archives_are_asked_by_one_worker_at_a_time_and_a_lost_one_costs_a_wait(source):
    want_copies([(source.pk, EVENT)], at=NOW)
    want_copies([(source.pk, date(2021, 1, 1))], at=NOW)
    held = claim_jobs(most=1, at=NOW)

    assert claim_jobs(most=1, at=NOW + timedelta(minutes=1)) == []
    again = claim_jobs(most=2, at=NOW + HELD_FOR)
    assert held[0].pk in [job.pk for job in again]


def test_an_answer_that_comes_after_its_job_was_taken_over_is_dropped(server, source, asked):
    server.hold(PAGE, "20200622080000")
    want_copies([(source.pk, EVENT)], at=NOW)
    late = claim_jobs(most=1, at=NOW)
    claim_jobs(most=1, at=NOW + HELD_FOR)

    assert ask_archives(late, asked=asked, at=NOW + HELD_FOR) == 0
    assert not Snapshot.objects.exists()


def test_a_save_is_followed_until_the_copy_is_seen_and_looked_up_again_a_day_later(server, source, work):
    server.jobs["spn2-9b1f03"] = Job(
        [
            {"status": "pending"},
            {"status": "success", "timestamp": "20260302080100", "original_url": PAGE, "http_status": 200},
        ]
    )
    server.hold(PAGE, "20260302080100")
    want_saves([source.pk], at=NOW)

    at = NOW
    for _ in range(3):
        work(at)
        at = ArchiveJob.objects.filter(kind="save").get().due_at

    assert server.forms[0]["url"] == PAGE
    assert Snapshot.objects.get().captured_at == datetime(2026, 3, 2, 8, 1, tzinfo=UTC)
    verifying = ArchiveJob.objects.get(kind="verify")
    assert verifying.due_at >= NOW + timedelta(days=1)
    work(verifying.due_at)
    verifying.refresh_from_db()
    assert verifying.said == "The copy is still there."


def test_a_copy_that_an_archive_no_longer_has_is_lost_after_several_looks(server, source, work):
    server.jobs["spn2-9b1f03"] = Job(
        [{"status": "success", "timestamp": "20260302080100", "original_url": PAGE, "http_status": 200}]
    )
    server.hold(PAGE, "20260302080100")
    want_saves([source.pk], at=NOW)
    work(NOW)
    work(NOW + timedelta(minutes=5))
    server.held.clear()

    for _ in range(4):
        work(ArchiveJob.objects.get(kind="verify").due_at)

    assert Snapshot.objects.get().lost_at is not None
    assert not LinkState.objects.get().has_archive


def test_a_save_that_is_said_to_have_failed_and_did_not_is_found(server, source, work):
    server.jobs["spn2-9b1f03"] = Job([{"status": "error", "status_ext": "error:proxy-error", "message": "no"}])
    want_saves([source.pk], at=NOW)
    work(NOW)
    server.hold(PAGE, f"{datetime.now(UTC):%Y%m%d%H%M%S}")
    work(ArchiveJob.objects.get().due_at)

    assert Snapshot.objects.get().kind == "memento"


def test_without_keys_nothing_is_saved_and_it_says_so(source, work):
    want_saves([source.pk], at=NOW)

    work(save_url="", access_key="", secret_key="")

    assert "needs an address and keys" in ArchiveJob.objects.get().said


def test_every_source_of_a_published_event_is_looked_for_near_the_events_day(db):
    source = make.a_source("report", url=PAGE)
    event = make.an_event("pause", date="2020-06-10")
    make.cite(event, source)

    assert want_copies_near_events() >= 1
    assert (source.pk, EVENT) in ArchiveJob.objects.values_list("source_id", "near")
    assert want_copies_near_events() == 0


# --- Copies of our own -------------------------------------------------------------------------------------------


def captured(fetch, web, source: Source, path: str) -> Snapshot:
    return link_capture(store_capture(fetch(web.url(path)), at=NOW), source_id=source.pk)


def test_captures_form_a_chain_that_a_command_verifies(web, fetch, db, capsys):
    for number, one in enumerate(sources_at([web.url("/ok"), web.url("/squeezed"), web.url("/paywalled")])):
        captured(fetch, web, one, ("/ok", "/squeezed", "/paywalled")[number])

    call_command("verify_captures")

    newest = Snapshot.objects.get(link_number=3).link_digest
    assert capsys.readouterr().out == f"3 captures are whole. Newest link: {newest}\n"
    call_command("verify_captures", newest=newest)


def test_an_exchanged_file_is_found(web, fetch, db, capsys):
    snapshot = captured(fetch, web, source_at(web.url("/ok")), "/ok")
    place = storing.storage().path(snapshot.file)  # type: ignore[attr-defined]
    with open(place, "r+b") as file:
        file.write(b"nothing of the kind")

    with pytest.raises(CommandError, match="1 thing is wrong"):
        call_command("verify_captures")
    assert "file exchanged" in capsys.readouterr().out


def test_a_chain_made_anew_is_told_by_the_link_that_was_noted(web, fetch, db):
    captured(fetch, web, source_at(web.url("/ok")), "/ok")

    with pytest.raises(CommandError):
        call_command("verify_captures", newest="0" * 64)


@pytest.mark.parametrize("noted", ["", "abc", "a\udcff"])
def test_what_was_noted_of_the_chain_must_be_a_digest(web, fetch, db, noted):
    captured(fetch, web, source_at(web.url("/ok")), "/ok")

    with pytest.raises(CommandError, match="takes the 64 hexadecimal digits"):
        call_command("verify_captures", newest=noted)


def test_a_digest_may_be_noted_in_capitals_with_a_line_end(web, fetch, db):
    newest = captured(fetch, web, source_at(web.url("/ok")), "/ok").link_digest or ""

    call_command("verify_captures", newest=f"{newest.upper()}\n")


def mail_with(words: str) -> bytes:
    return (
        "From: press@company.example\r\nTo: desk@record.example\r\nSubject: Our answer\r\nMIME-Version: 1.0\r\n"
        f"Date: Mon, 2 Mar 2026 08:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n"
    ).encode()


def test_a_mail_that_an_editor_gives_is_a_capture_in_the_chain(source, editor):
    snapshot = keep_upload(source, io.BytesIO(mail_with(WORDS)), "answer.eml", by=editor)

    assert (snapshot.kind, snapshot.note, snapshot.uploaded_by_id) == ("upload", "answer.eml", editor.pk)
    assert snapshot.media_type == "message/rfc822"
    call_command("verify_captures", stdout=io.StringIO())


def test_a_quotation_is_looked_for_in_a_mail_that_an_editor_gives(source, editor):
    with stating(who=None, why="a test"):
        Passage.objects.create(source=source, exact=WORDS.removesuffix("."))
        Passage.objects.create(source=source, exact="We delete every picture of a face")

    snapshot = keep_upload(source, io.BytesIO(mail_with(WORDS)), "answer.eml", by=editor)

    assert (snapshot.quotations_asked, snapshot.quotations_found) == (2, 1)


def test_a_file_that_is_not_what_its_name_says_is_refused_at_its_field(source, editor):
    with pytest.raises(ValidationError) as refused:
        keep_upload(source, io.BytesIO(b"MZ\x90 a program"), "report.pdf", by=editor)

    assert "not that" in refused.value.message_dict["file"][0]
    assert not Snapshot.objects.exists()
