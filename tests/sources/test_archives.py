"""Public archives: what they are asked, what is made of their answers, and how they fail. All against a real server."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sources.archives.cdx import CdxArchive
from sources.archives.copies import (
    Archive,
    ArchiveBusy,
    ArchiveFault,
    ArchiveRefused,
    ArchiveSaidNonsense,
    ArchiveUnreachable,
    Failed,
    Memento,
    Pending,
    Saved,
    SaveJob,
    nearest_of,
    proven,
)
from sources.archives.installed import archives_of, saver_of
from sources.archives.limits import ArchiveLimits, archive_limits, fetch_limits
from sources.archives.timegate import TimeGateArchive
from sources.fetching import Fetcher
from tests.sources.archive_server import KEYS, ArchiveServer, Job, archive_serving
from tests.sources.conftest import QUICK

PAGE = "https://www.example.org/news/2020/pause.html?lang=en"
DAY = date(2020, 6, 10)


@pytest.fixture
def server() -> Iterator[ArchiveServer]:
    with archive_serving() as one:
        yield one


def limits_for(server: ArchiveServer, **changes: Any) -> ArchiveLimits:
    return replace(
        ArchiveLimits(
            cdx_url=server.cdx_url,
            replay_url=server.replay_url,
            timegates=server.gate_url,
            save_url=server.save_url,
            access_key=KEYS[0],
            secret_key=KEYS[1],
            gap_seconds=0,
            save_gap_seconds=0,
            total_seconds=5,
        ),
        **changes,
    )


class Archives:
    """Asks each kind of archive for real, one call at a time."""

    def __init__(self, server: ArchiveServer) -> None:
        self.server = server
        self.limits = limits_for(server)

    def ask(self, kind: str, method: str, *arguments: Any, seconds: float = 5) -> Any:
        async def once() -> Any:
            limits = fetch_limits(replace(self.limits, total_seconds=seconds), base=QUICK)
            async with Fetcher(limits=limits) as fetcher:
                return await getattr(self.make(kind, fetcher), method)(*arguments)

        return asyncio.run(once())

    def make(self, kind: str, fetcher: Fetcher) -> Archive:
        if kind == "cdx":
            return CdxArchive(fetcher=fetcher, limits=self.limits)
        if kind == "timegate":
            return TimeGateArchive(self.limits.timegate_urls[0], fetcher=fetcher, limits=self.limits)
        saver = saver_of(self.limits, fetcher)
        assert saver is not None
        return saver


@pytest.fixture
def archives(server: ArchiveServer) -> Archives:
    return Archives(server)


every_kind = pytest.mark.parametrize("kind", ["cdx", "timegate", "save"])


# --- The same of every archive ------------------------------------------------------------------------------------


@every_kind
def test_the_copy_nearest_to_the_day_is_found_before_or_after_it(server, archives, kind):
    for timestamp in ("20180101000000", "20200601120000", "20200612080000", "20240101000000"):
        server.hold(PAGE, timestamp)

    found = archives.ask(kind, "nearest", PAGE, DAY)

    assert found.captured_at == datetime(2020, 6, 12, 8, tzinfo=UTC)
    assert found.archived_url == f"{server.replay_url}20200612080000/{PAGE}"
    assert found.gap_days(DAY) == 2
    assert (found.original_url, found.status, found.archive) == (PAGE, 200, "127.0.0.1")


@every_kind
def test_where_no_copy_is_there_is_none(server, archives, kind):
    server.hold("https://other.example/", "20200610000000")

    assert archives.ask(kind, "nearest", PAGE, DAY) is None


@every_kind
def test_a_fragment_is_not_sent(server, archives, kind):
    server.hold(PAGE, "20200610000000")

    assert archives.ask(kind, "nearest", PAGE + "#part", DAY) is not None
    assert not [path for path in server.paths() if "part" in path]


@every_kind
def test_a_copy_under_http_or_without_www_is_one_of_the_same_page(server, archives, kind):
    server.hold("http://example.org:80/news/2020/pause.html?lang=en", "20200610000000")

    assert archives.ask(kind, "nearest", PAGE, DAY).gap_days(DAY) == 0


@every_kind
@pytest.mark.parametrize("status", [301, 404, 503])
def test_copies_of_errors_and_redirects_are_no_copies_of_the_page(server, archives, kind, status):
    server.hold(PAGE, "20200610000000", status=status)
    server.said.ignores_the_query = True

    assert archives.ask(kind, "nearest", PAGE, DAY) is None


@every_kind
def test_a_copy_can_be_looked_up_again(server, archives, kind):
    server.hold(PAGE, "20200612080000")
    memento = archives.ask(kind, "nearest", PAGE, DAY)

    assert archives.ask(kind, "holds", memento)


@every_kind
def test_a_copy_that_was_taken_out_is_not_held_any_more(server, archives, kind):
    server.hold(PAGE, "20200612080000")
    memento = archives.ask(kind, "nearest", PAGE, DAY)
    server.held.clear()

    assert not archives.ask(kind, "holds", memento)


@every_kind
def test_another_copy_of_the_page_is_not_the_one_that_is_looked_for(server, archives, kind):
    server.hold(PAGE, "20190101000000")
    memento = Memento(f"{server.replay_url}20200612080000/{PAGE}", datetime(2020, 6, 12, 8, tzinfo=UTC), PAGE, 200, "x")

    assert not archives.ask(kind, "holds", memento)


FAILURES = [
    ("busy", ArchiveBusy, 90),
    ("busy without a time", ArchiveBusy, 300),
    ("resting", ArchiveBusy, 120),
    ("over its traffic", ArchiveBusy, 300),
    ("broken", ArchiveUnreachable, None),
    ("cut off", ArchiveUnreachable, None),
    ("excluded", ArchiveRefused, None),
    ("excluded by robots", ArchiveRefused, None),
    ("forbidden", ArchiveRefused, None),
    ("withheld", ArchiveRefused, None),
    ("a page", ArchiveSaidNonsense, None),
    ("bytes", ArchiveSaidNonsense, None),
    ("huge", ArchiveSaidNonsense, None),
    ("deep", ArchiveSaidNonsense, None),
    ("a number", ArchiveSaidNonsense, None),
    ("not http", ArchiveSaidNonsense, None),
]


@pytest.mark.parametrize(
    ("kind", "broken", "fault", "retry_after"),
    [
        (kind, *failure)
        for kind in ("cdx", "timegate", "save")
        for failure in FAILURES
        if (kind, failure[0]) != ("timegate", "cut off")  # only the head of its answer is read
    ],
)
def test_each_way_to_fail_has_its_name_and_a_sentence(server, archives, kind, broken, fault, retry_after):
    server.said.broken = broken

    with pytest.raises(ArchiveFault) as raised:
        archives.ask(kind, "nearest", PAGE, DAY)

    assert type(raised.value) is fault
    assert raised.value.retry_after == retry_after
    assert str(raised.value).startswith("127.0.0.1 ")
    assert str(raised.value).endswith(".")


@every_kind
def test_an_archive_that_does_not_answer_in_time_is_unreachable(server, archives, kind):
    server.said.broken = "silent"

    with pytest.raises(ArchiveUnreachable, match="no answer in time"):
        archives.ask(kind, "nearest", PAGE, DAY, seconds=0.2)


@every_kind
def test_a_page_whose_address_is_too_long_to_be_asked_about_is_refused(archives, kind):
    with pytest.raises(ArchiveRefused, match="longer than"):
        archives.ask(kind, "nearest", PAGE + "&x=" + "y" * 1_990, DAY)


@every_kind
def test_a_failure_while_looking_up_again_does_not_mean_that_the_copy_is_gone(server, archives, kind):
    server.hold(PAGE, "20200612080000")
    memento = archives.ask(kind, "nearest", PAGE, DAY)
    server.said.broken = "busy"

    with pytest.raises(ArchiveBusy):
        archives.ask(kind, "holds", memento)


# --- The index ----------------------------------------------------------------------------------------------------


def test_an_index_is_asked_for_successes_nearest_first(server, archives):
    archives.ask("cdx", "nearest", PAGE, DAY)

    (path,) = server.paths()
    assert path.startswith("/cdx/search/cdx?url=https%3A%2F%2Fwww.example.org%2Fnews%2F2020%2Fpause.html%3Flang%3Den&")
    for part in ("output=json", "filter=statuscode%3A200", "sort=closest", "closest=20200610120000", "limit=50"):
        assert part in path.split("&")


def test_the_nearest_is_worked_out_where_the_index_does_not_sort(server, archives):
    server.said.ignores_the_query = True
    for timestamp in ("20180101000000", "20200611000000", "20240101000000"):
        server.hold(PAGE, timestamp)

    assert archives.ask("cdx", "nearest", PAGE, DAY).gap_days(DAY) == 1


def test_pywb_answers_an_object_a_line_and_nothing_with_404(server, archives):
    server.said.pywb = True

    assert archives.ask("cdx", "nearest", PAGE, DAY) is None

    server.hold(PAGE, "20200611000000")
    server.hold(PAGE, "20200911000000")

    assert archives.ask("cdx", "nearest", PAGE, DAY).gap_days(DAY) == 1


def test_the_digest_of_the_index_is_kept_and_told_apart(server, archives):
    held = server.hold(PAGE, "20200611000000")
    found = archives.ask("cdx", "nearest", PAGE, DAY)

    assert found.digest == held.digest

    held.digest = "XAHDNHZ5P3GSSSNJ3DMEOJF7BMCCPZR3"

    assert not archives.ask("cdx", "holds", found)


HEAD = '["urlkey","timestamp","original","mimetype","statuscode","digest","length"]'
GOOD = f'["x","20200611000000","{PAGE}","text/html","200","Q4YULN754FHV2U6Q5JUT6Q2P57WEWNNY","9"]'


@pytest.mark.parametrize(
    "body",
    [
        f"[{HEAD},{GOOD}]",
        f"[{HEAD},{GOOD},{GOOD}]",
        f'[{HEAD},["x","2020"],{GOOD}]',
        f"[{HEAD},null,7,{{}},[],{GOOD}]",
        f"[{HEAD},{GOOD},[],[\"org%2Cexample%29%2F+20200611000000%21\"]]",
        f'[{HEAD},["x","20201399000000","{PAGE}","text/html","200","-","9"],{GOOD}]',
        f'[{HEAD},["x","29990101000000","{PAGE}","text/html","200","-","9"],{GOOD}]',
        f'[{HEAD},["x",20200611000000,"{PAGE}",null,200,null,9]]',
        f'[{HEAD},["x","20200610000000","https://another.example/","text/html","200","-","9"],{GOOD}]',
        f'[{HEAD},["x","20200610000000","javascript:alert(1)","text/html","200","-","9"],{GOOD}]',
        f'[["timestamp","original","statuscode"],["20200611000000","{PAGE}","200"]]',
    ],
)  # fmt: skip
def test_rows_that_are_of_no_use_do_not_spoil_the_others(server, archives, body):
    server.said.cdx_body = body

    assert archives.ask("cdx", "nearest", PAGE, DAY).gap_days(DAY) == 1


@pytest.mark.parametrize("body", ["", " \n", "[]", f"[{HEAD}]", f'[{HEAD},["x","20200611000000"]]'])
def test_an_empty_list_is_no_copy(server, archives, body):
    server.said.cdx_body = body

    assert archives.ask("cdx", "nearest", PAGE, DAY) is None


@pytest.mark.parametrize(
    "body",
    [
        f"[{HEAD},{GOOD[:-20]}",
        '{"message": "no JSON table"',
        '"words"',
        "[1, 2]",
        '[["urlkey","mimetype"],["x","text/html"]]',
        f'[{HEAD},["x","yesterday","{PAGE}","text/html","200","-","9"]]',
    ],
)
def test_what_is_no_list_of_copies_is_not_taken_for_an_empty_one(server, archives, body):
    server.said.cdx_body = body

    with pytest.raises(ArchiveSaidNonsense):
        archives.ask("cdx", "nearest", PAGE, DAY)


def test_an_address_that_is_no_index_is_not_taken_for_an_empty_one(server, archives):
    archives.limits = replace(archives.limits, cdx_url=server.url("/nothing/here"))

    with pytest.raises(ArchiveSaidNonsense, match="404"):
        archives.ask("cdx", "nearest", PAGE, DAY)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([PAGE, "20200611000000", "200"]),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.sampled_from(["timestamp", "url", "status"]), inner),
    max_leaves=30,
)


@given(rows=st.lists(JSON, max_size=6))
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_json_an_index_sends_it_is_a_copy_none_or_a_typed_failure(server, archives, rows):
    import json

    server.said.cdx_body = json.dumps([json.loads(HEAD), *rows])

    try:
        found = archives.ask("cdx", "nearest", PAGE, DAY)
    except ArchiveFault:
        return
    assert found is None or found.status == 200


# --- TimeGates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["302", "200", "200 without Content-Location"])
def test_a_timegate_may_send_on_or_answer_itself(server, archives, style):
    server.hold(PAGE, "20200612080000")
    server.said.style = style

    found = archives.ask("timegate", "nearest", PAGE, DAY)

    assert found.captured_at == datetime(2020, 6, 12, 8, tzinfo=UTC)
    assert found.archived_url == (
        f"{server.gate_url}{PAGE}" if "without" in style else f"{server.replay_url}20200612080000/{PAGE}"
    )
    assert server.asked[0].headers["accept-datetime"] == "Wed, 10 Jun 2020 12:00:00 GMT"


def test_only_the_head_of_a_copy_is_asked_for_and_all_of_it_where_that_is_not_allowed(server, archives):
    server.hold(PAGE, "20200612080000")

    archives.ask("timegate", "nearest", PAGE, DAY)

    assert {asked.headers["method"] for asked in server.asked} == {"HEAD"}

    server.said.no_head = True

    assert archives.ask("timegate", "nearest", PAGE, DAY) is not None


def test_a_timegate_may_lead_to_another_archive(server, archives):
    with archive_serving() as other:
        other.hold(PAGE, "20200611000000")
        server.said.gate_leads_to = f"{other.replay_url}20200611000000/{PAGE}"

        found = archives.ask("timegate", "nearest", PAGE, DAY)

        assert found.archived_url == server.said.gate_leads_to


def test_a_timegate_cannot_lead_into_a_private_network(server, archives):
    server.said.gate_leads_to = "http://169.254.169.254/latest/"

    with pytest.raises(ArchiveSaidNonsense, match="not an address on the public internet"):
        archives.ask("timegate", "nearest", PAGE, DAY)


@pytest.mark.parametrize("steps", ["itself", "ever on"])
def test_a_timegate_that_leads_round_and_round_is_left(server, archives, steps):
    server.said.gate_leads_to = f"/gate/{PAGE}" if steps == "itself" else "deeper/"

    with pytest.raises(ArchiveSaidNonsense, match="leads"):
        archives.ask("timegate", "nearest", PAGE, DAY)

    assert len(server.asked) <= archives.limits.hops + 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Memento-Datetime": ""},
        {"Memento-Datetime": "a day in June"},
        {"Memento-Datetime": "Fri, 31 Dec 2199 23:59:59 GMT"},
        {"Content-Location": "javascript:alert(1)"},
    ],
)
def test_a_page_that_does_not_say_of_when_it_is_is_no_copy(server, archives, headers):
    server.hold(PAGE, "20200612080000")
    server.said.style = "200"
    server.said.gate_headers = headers

    with pytest.raises(ArchiveSaidNonsense):
        archives.ask("timegate", "nearest", PAGE, DAY)


@pytest.mark.parametrize(
    ("link", "found"),
    [
        (f'<{PAGE}>; rel="original"', True),
        (f"<{PAGE}>;rel=original", True),
        (f'<https://a.example/>; rel="timegate", <{PAGE}>; title="x"; rel="first original"', True),
        ('<https://another.example/>; rel="original"', False),
        ("<>;;;,,<<>>; rel=", True),  # says nothing: the page asked for is meant
    ],
)
def test_a_copy_of_another_page_is_not_taken_for_one_of_this(server, archives, link, found):
    server.hold(PAGE, "20200612080000")
    server.said.gate_headers = {"Link": link}

    assert (archives.ask("timegate", "nearest", PAGE, DAY) is not None) is found


# --- Saving -------------------------------------------------------------------------------------------------------


def success(timestamp: str = "20260301120000", original: str = PAGE) -> dict[str, object]:
    return {"status": "success", "job_id": "spn2-9b1f03", "original_url": original, "timestamp": timestamp}


def error(word: str) -> dict[str, object]:
    return {"status": "error", "job_id": "spn2-9b1f03", "status_ext": word, "message": "Words of the archive."}


@pytest.fixture
def job(archives: Archives) -> SaveJob:
    return archives.ask("save", "save", PAGE + "#part")


def test_a_save_is_asked_for_with_keys_and_followed_until_it_is_done(server, archives, job):
    server.jobs[job.id] = Job([{"status": "pending", "job_id": job.id}, success()])

    assert server.forms == [
        {"url": PAGE, "capture_all": "0", "skip_first_archive": "1", "if_not_archived_within": "86400"}
    ]
    assert archives.ask("save", "outcome", job) == Pending(retry_after=10)
    assert archives.ask("save", "outcome", job) == Saved(
        Memento(
            f"{server.replay_url}20260301120000/{PAGE}", datetime(2026, 3, 1, 12, tzinfo=UTC), PAGE, 200, "127.0.0.1"
        )
    )


def test_a_copy_of_the_page_that_was_led_to_is_said_to_be_of_another(server, archives, job):
    server.jobs[job.id] = Job([success(original="https://www.example.org/log-in")])

    assert archives.ask("save", "outcome", job).elsewhere


def test_keys_that_are_not_accepted_are_named_but_not_shown(archives):
    archives.limits = replace(archives.limits, secret_key="not-that-one")

    with pytest.raises(ArchiveRefused, match="ARCHIVE_ACCESS_KEY and ARCHIVE_SECRET_KEY") as raised:
        archives.ask("save", "save", PAGE)

    assert "not-that-one" not in str(raised.value) + repr(archives.limits)


def test_keys_do_not_travel_along_a_redirect(server, archives):
    with archive_serving() as other:
        server.said.save_leads_to = other.save_url

        with pytest.raises(ArchiveSaidNonsense):
            archives.ask("save", "save", PAGE)

        assert other.asked == []


@pytest.mark.parametrize(
    ("word", "fault", "retry_after"),
    [
        ("error:user-session-limit", ArchiveBusy, 60),
        ("error:too-many-daily-captures", ArchiveBusy, 86_400),
        ("error:max-daily-bandwidth", ArchiveBusy, 86_400),
        ("error:blocked-url", ArchiveRefused, None),
        ("error:invalid-url-syntax", ArchiveRefused, None),
        ("error:service-unavailable", ArchiveUnreachable, 3_600),
        ("error:something-new", ArchiveUnreachable, 86_400),
    ],
)
def test_a_save_that_is_not_taken_on_says_so_with_status_200(server, archives, word, fault, retry_after):
    server.said.save_body = f'{{"status": "error", "status_ext": "{word}", "message": "Words of the archive."}}'

    with pytest.raises(ArchiveFault) as raised:
        archives.ask("save", "save", PAGE)

    assert type(raised.value) is fault
    assert raised.value.retry_after == retry_after


@pytest.mark.parametrize(
    ("word", "retry_after", "for_good"),
    [
        ("error:too-many-daily-captures", 86_400, False),
        ("error:user-session-limit", 60, False),
        ("error:blocked-url", None, True),
        ("error:filesize-limit", None, True),
        ("error:no-access", 86_400, False),
        ("error:not-found", 86_400, False),
        ("error:invalid-host-resolution", 86_400, False),
        ("error:service-unavailable", 3_600, False),
        ("error:too-many-requests", 3_600, False),
        ("error:<b>something new</b>", 86_400, False),
        ("", 86_400, False),
    ],
)
def test_a_save_that_failed_says_whether_and_when_to_try_again(server, archives, job, word, retry_after, for_good):
    server.jobs[job.id] = Job([error(word)])

    outcome = archives.ask("save", "outcome", job)

    assert isinstance(outcome, Failed)
    assert (outcome.retry_after, outcome.for_good) == (retry_after, for_good)
    assert outcome.reason.startswith("127.0.0.1 ")
    assert "<" not in outcome.reason


def test_a_save_that_the_archive_has_forgotten_may_be_asked_for_anew(archives, job):
    assert archives.ask("save", "outcome", job) == Failed("127.0.0.1 no longer knows of this save.", retry_after=0)


@pytest.mark.parametrize(
    "said",
    [
        {"status": "success"},
        success(timestamp="yesterday"),
        success(timestamp="20201399000000"),
        success(original="javascript:alert(1)"),
        {"status": "success", "timestamp": 20260301120000, "original_url": ["x"]},
        {"status": "resting"},
        {},
    ],
)
def test_a_save_whose_standing_cannot_be_read_is_neither_done_nor_failed(server, archives, job, said):
    server.jobs[job.id] = Job([said])

    with pytest.raises(ArchiveSaidNonsense):
        archives.ask("save", "outcome", job)


@pytest.mark.parametrize("said", ["{}", '{"job_id": "../user"}', '{"job_id": 7}', "[]", "<html>Saved!</html>"])
def test_a_save_without_a_number_is_not_taken_on(server, archives, said):
    server.said.save_body = said

    with pytest.raises(ArchiveSaidNonsense):
        archives.ask("save", "save", PAGE)


@pytest.mark.parametrize(("broken", "fault", "retry_after"), FAILURES)
@pytest.mark.parametrize("call", ["save", "outcome"])
def test_saving_fails_by_the_same_names(server, archives, job, call, broken, fault, retry_after):
    server.said.broken = broken

    with pytest.raises(ArchiveFault) as raised:
        archives.ask("save", call, PAGE if call == "save" else job)

    assert type(raised.value) is fault
    assert raised.value.retry_after == retry_after


# --- Answers that are wrong ---------------------------------------------------------------------------------------

LATE = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
DONE = Saved(Memento("", datetime(2026, 3, 1, 12, tzinfo=UTC), PAGE, 200, "x"))


def proof(archives: Archives, outcome: Any) -> Memento | None:
    async def once() -> Memento | None:
        async with Fetcher(limits=fetch_limits(archives.limits, base=QUICK)) as fetcher:
            job = SaveJob("spn2-1", PAGE, LATE, "x")
            return await proven(archives.make("save", fetcher), job, outcome, younger_than=timedelta(days=1))

    return asyncio.run(once())


def test_a_save_that_calls_itself_done_is_believed_once_the_copy_is_found(server, archives):
    assert proof(archives, DONE) is None

    server.hold(PAGE, "20260301120000")

    assert proof(archives, DONE) == DONE.memento


def test_a_copy_that_is_not_in_the_index_yet_is_not_believed_yet(server, archives):
    server.hold(PAGE, "20260301120000")
    server.listed = False

    assert proof(archives, DONE) is None


def test_a_save_that_calls_itself_failed_may_have_left_a_copy(server, archives):
    failed = Failed("It failed.")

    assert proof(archives, failed) is None

    server.hold(PAGE, "20240101000000")

    assert proof(archives, failed) is None  # that one was there before

    server.hold(PAGE, "20260301115959")

    assert proof(archives, failed).captured_at == datetime(2026, 3, 1, 11, 59, 59, tzinfo=UTC)


# --- Several archives ---------------------------------------------------------------------------------------------


def search(day: date, *servers: ArchiveServer) -> Any:
    async def once() -> Any:
        limits = limits_for(servers[0])
        async with Fetcher(limits=fetch_limits(limits, base=QUICK)) as fetcher:
            each = [CdxArchive(fetcher=fetcher, limits=limits_for(server)) for server in servers]
            return await nearest_of(each, PAGE, day)

    return asyncio.run(once())


def test_the_nearest_copy_of_all_archives_is_taken_and_the_failures_of_some_are_told(server):
    with archive_serving() as second, archive_serving() as third:
        server.hold(PAGE, "20200101000000")
        second.said.broken = "busy"
        third.hold(PAGE, "20200609000000")

        found = search(DAY, server, second, third)

    assert found.memento.gap_days(DAY) == 1
    assert [type(fault) for fault in found.failures] == [ArchiveBusy]


def test_no_copy_with_a_failure_is_told_apart_from_no_copy(server):
    assert search(DAY, server) == (None, ())

    server.said.broken = "broken"

    assert [str(fault) for fault in search(DAY, server).failures] == ["127.0.0.1 is in trouble (status 502)."]


def test_of_two_copies_of_one_day_the_one_nearer_to_noon_is_taken(server):
    with archive_serving() as second:
        server.hold(PAGE, "20200610000000")
        second.hold(PAGE, "20200610130000")

        assert search(DAY, server, second).memento.captured_at.hour == 13


# --- Manners and settings -----------------------------------------------------------------------------------------


def test_an_archive_is_given_its_pause_between_two_questions(server, archives):
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def ask_index_and_gate() -> None:
        limits = replace(archives.limits, gap_seconds=30)
        async with Fetcher(limits=fetch_limits(limits, base=QUICK)) as fetcher:
            both = archives_of(limits, fetcher)
            for archive in both:
                archive._asker._pause = pause
            await asyncio.gather(*(archive.nearest(PAGE, DAY) for archive in [*both, *both]))

    asyncio.run(ask_index_and_gate())

    assert len(pauses) == 3
    assert all(20 < seconds <= 30 for seconds in pauses)


def test_archives_without_an_address_are_switched_off():
    fetcher = Fetcher(limits=QUICK)

    assert archives_of(ArchiveLimits(), fetcher) == []
    assert saver_of(ArchiveLimits(), fetcher) is None


def test_archives_with_an_address_are_asked_in_their_order(server):
    fetcher = Fetcher(limits=QUICK)
    limits = limits_for(server, timegates="https://one.example/tg/, https://two.example/")

    assert [archive.name for archive in archives_of(limits, fetcher)] == ["127.0.0.1", "one.example", "two.example"]


def test_the_installations_settings_are_read(settings):
    settings.ARCHIVE_CDX_URL = "https://index.example/cdx"
    settings.ARCHIVE_GAP_SECONDS = "7.5"

    assert (archive_limits().cdx_url, archive_limits().gap_seconds) == ("https://index.example/cdx", 7.5)


def test_secret_keys_are_not_shown():
    assert "hush" not in repr(ArchiveLimits(access_key="hush-1", secret_key="hush-2"))
