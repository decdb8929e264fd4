"""Hosts are claimed with leases: nobody asks a host twice at once, and a lost worker loses nothing."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import Error, IntegrityError, connection, connections, transaction
from django.utils import timezone

from sources import tasks
from sources.checking import Job, Lane, Result
from sources.leases import BEGIN_WITHIN, MOST_TRIES, Lease, begin, claim, end, note_robots, reap
from sources.limits import Limits
from sources.models import Finding, Host, LinkCheck, LinkState
from sources.outcomes import Likeness, Outcome, Verdict
from sources.recording import record_results
from sources.robots import RobotsFile
from sources.services import close_finding
from sources.states import Rules
from sources.sweeping import check_leases
from sources.watching import make_due, watch_sources
from tests.sources.records import source_at, sources_at

RULES = Rules()
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
LEASE_OVER = timedelta(minutes=6, seconds=1)


def watched(urls: list[str]) -> list[int]:
    """Sources at these addresses, all due now."""
    sources = sources_at(urls)
    watch_sources()
    make_due(not_checked_since=LONG_AGO)
    return [source.pk for source in sources]


def found(job: Job, *, outcome: Outcome = Outcome.OK, by_network: bool = False, at: datetime | None = None) -> Result:
    """A result as if the source had been asked."""
    return Result(
        job=job,
        at=at or timezone.now(),
        verdict=Verdict(outcome, "answers", by_network=by_network),
        status=None if by_network else 200,
        final_url=job.url,
        hops=(),
        digest=1,
        etag=None,
        last_modified=None,
        retry_after=None,
        elapsed_ms=1,
        wire_bytes=1,
    )


def jobs_of(lanes: list[Lane]) -> list[Job]:
    return [job for lane in lanes for job in lane.jobs]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_hold_one_host(quick):
    watched([f"https://site-{host}.example/{page}" for host in range(60) for page in range(3)])
    held: list[list[Lease]] = []
    together = threading.Barrier(4)

    def work() -> None:
        mine: list[Lease] = []
        together.wait()
        while got := claim(most=7):
            mine.extend(got)
        held.append(mine)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    hosts = [lease.host_id for mine in held for lease in mine]
    assert len(hosts) == len(set(hosts)) == 60


@pytest.mark.django_db(transaction=True)
def test_a_message_delivered_twice_is_done_once(quick):
    watched(["https://site.example/a", "https://site.example/b"])
    leases = claim(most=10)
    begun: list[list[Lane]] = []
    together = threading.Barrier(2)

    def deliver() -> None:
        together.wait()
        begun.append(begin(leases, limits=quick, rules=RULES))
        connections.close_all()

    deliveries = [threading.Thread(target=deliver) for _ in range(2)]
    for delivery in deliveries:
        delivery.start()
    for delivery in deliveries:
        delivery.join()

    assert sorted(len(jobs_of(lanes)) for lanes in begun) == [0, 2]


def test_a_result_counts_once_and_only_under_its_lease(db, quick):
    watched(["https://site.example/a"])
    (job,) = jobs_of(begin(claim(most=1), limits=quick, rules=RULES))

    written = [record_results([found(job)], rules=RULES) for _ in range(2)]
    foreign = record_results([found(job._replace(lease=job.lease + 1))], rules=RULES)

    assert written == [1, 0]
    assert foreign == 0
    assert LinkCheck.objects.count() == 1


def test_a_worker_that_is_gone_costs_its_lease_and_nothing_else(db, quick):
    ids = watched([f"https://site.example/{page}" for page in range(3)])
    (lost,) = claim(most=1)
    late = jobs_of(begin([lost], limits=quick, rules=RULES))
    record_results([found(late[0])], rules=RULES)

    too_early = reap()
    reaped = reap(at=timezone.now() + LEASE_OVER)
    again = jobs_of(begin(claim(most=1), limits=quick, rules=RULES))

    assert (too_early, reaped) == (0, 1)
    assert sorted(job.key for job in again) == ids[1:]
    assert record_results([found(late[1])], rules=RULES) == 0


def test_a_message_that_was_lost_is_made_up_for_in_two_minutes(db):
    watched(["https://site.example/a"])
    claim(most=1)

    assert reap(at=timezone.now() + BEGIN_WITHIN + timedelta(seconds=1)) == 1
    assert len(claim(most=1)) == 1


def test_how_long_a_message_may_wait_can_be_set(db):
    watched(["https://site.example/a"])
    within = timedelta(seconds=Limits(begin_seconds=30).begin_seconds)
    claim(most=1, within=within)

    assert reap(at=timezone.now() + timedelta(seconds=29)) == 0
    assert reap(at=timezone.now() + timedelta(seconds=31)) == 1


def test_what_was_not_done_is_given_back_and_due_as_before(db, quick):
    watched([f"https://site.example/{page}" for page in range(3)])
    (lease,) = claim(most=1)
    before = set(LinkState.objects.values_list("pk", "due_at"))
    begin([lease], limits=quick, rules=RULES)

    end(lease, rest_seconds=0)

    assert set(LinkState.objects.values_list("pk", "due_at")) == before
    assert not LinkState.objects.exclude(tries=0, lease=None).exists()
    assert len(claim(most=1)) == 1


def test_a_host_rests_from_the_end_of_a_visit_on(db, quick):
    watched(["https://site.example/a", "https://site.example/b"])
    now = timezone.now()
    (lease,) = claim(most=1, at=now)
    begin([lease], limits=quick, rules=RULES, at=now)

    end(lease, rest_seconds=5, at=now + timedelta(seconds=60))

    assert claim(most=1, at=now + timedelta(seconds=64)) == []
    assert len(claim(most=1, at=now + timedelta(seconds=65))) == 1


def test_a_host_that_wants_longer_pauses_has_them_between_visits_too(db, quick):
    watched(["https://site.example/a", "https://site.example/b"])
    now = timezone.now()
    (lease,) = claim(most=1, at=now)
    begin([lease], limits=quick, rules=RULES, at=now)
    note_robots(lease, {"https://site.example": RobotsFile("Crawl-delay: 30", now)}, gap_seconds=30)

    end(lease, rest_seconds=5, at=now)

    assert claim(most=1, at=now + timedelta(seconds=29)) == []
    assert len(claim(most=1, at=now + timedelta(seconds=30))) == 1


def test_a_host_that_asked_for_a_longer_rest_keeps_it(db, quick):
    watched(["https://site.example/a", "https://site.example/b"])
    now = timezone.now()
    (lease,) = claim(most=1, at=now)
    Host.objects.update(resume_at=now + timedelta(hours=1))

    end(lease, rest_seconds=5, at=now)

    assert Host.objects.get().resume_at == now + timedelta(hours=1)


def test_a_source_whose_checks_never_end_is_set_aside_and_shown(db, quick):
    (source_id,) = watched(["https://poison.example/a"])
    now = timezone.now()

    for _ in range(MOST_TRIES):
        begin(claim(most=1, at=now), limits=quick, rules=RULES, at=now)
        now += LEASE_OVER
        reap(at=now)

    assert claim(most=1, at=now) == []
    assert Finding.objects.get().kind == Finding.Kind.STUCK
    assert LinkState.objects.get(pk=source_id).due_at > now + timedelta(hours=23)


def test_no_more_is_claimed_than_workers_get_done(db):
    watched([f"https://site-{host}.example/" for host in range(210)])

    claimed = [len(claim(most=100)) for _ in range(4)]

    assert claimed == [100, 100, 0, 0]


def test_many_sources_of_one_host_are_done_in_turns(db, quick):
    watched([f"https://site.example/{page}" for page in range(50)])

    turns = []
    while leases := claim(most=5):
        jobs = jobs_of(begin(leases, limits=quick, rules=RULES))
        record_results([found(job) for job in jobs], rules=RULES)
        for lease in leases:
            end(lease, rest_seconds=0)
        turns.append(len(jobs))

    assert turns == [20, 20, 10]


def test_a_host_that_asks_for_a_pause_gets_it(db, web, quick):
    watched([web.url("/limited"), web.url("/ok?1"), web.url("/ok?2")])
    now = timezone.now()

    (batch,) = list(check_leases(claim(most=1), limits=quick, rules=RULES))

    host = Host.objects.get()
    assert [result.verdict.outcome for result in batch] == [Outcome.RATE_LIMITED]
    assert host.due_at >= now + timedelta(seconds=120)
    assert claim(most=1) == []
    assert LinkState.objects.filter(tries=0, lease=None).count() == 3


def test_a_night_in_which_our_own_line_fails_marks_nothing(db, quick):
    ids = watched([f"https://site-{number}.example/" for number in range(40)])
    jobs = jobs_of(begin(claim(most=100), limits=quick, rules=RULES))
    results = [found(job, outcome=Outcome.DNS_TEMP, by_network=True) for job in jobs]

    for result in results[:5]:  # the first ones come one by one, when nobody can know yet
        record_results([result], rules=RULES)
    record_results(results[5:], rules=RULES)

    assert not LinkState.objects.exclude(hard_strikes=[], soft_strikes=[]).exists()
    assert LinkCheck.objects.filter(discarded=LinkCheck.Discarded.OWN_FAULT).count() == 35
    assert LinkState.objects.filter(due_at__lte=timezone.now() + timedelta(minutes=75)).count() >= 35
    assert len(ids) == 40


def test_a_host_that_fails_as_a_whole_freezes_the_strikes_of_its_sources(db, quick):
    watched([f"https://site.example/{number}" for number in range(20)])
    jobs = jobs_of(begin(claim(most=1), limits=quick, rules=RULES))
    results = [found(job, outcome=Outcome.GONE if job.key % 2 else Outcome.OK) for job in jobs]

    for result in results:
        record_results([result], rules=RULES)

    assert Host.objects.get().frozen_until > timezone.now() + timedelta(hours=47)
    assert not LinkState.objects.exclude(hard_strikes=[]).exists()
    assert not LinkState.objects.filter(state="suspect").exists()


def test_the_task_takes_what_json_makes_of_a_lease(db, web, settings):
    settings.LINK_CHECK_ALLOWED_NETWORKS = "127.0.0.0/8"
    settings.LINK_CHECK_GAP_SECONDS = "0"
    watched([web.url("/ok"), web.url("/no/such/page")])
    (lease,) = claim(most=1)

    done = tasks.check_hosts([[lease.host_id, lease.number]])
    again = tasks.check_hosts([[lease.host_id, lease.number]])

    assert (done, again) == (2, 0)
    assert sorted(web.pages_asked()) == ["/no/such/page", "/ok"]


def test_a_million_checks_would_fit(db):
    """A row of a check with its index takes at most 130 bytes."""
    source = source_at("https://site.example/")
    watch_sources()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sources_linkcheck SELECT %s, now() + make_interval(secs => n), n, 7, 100, 1000,"
            " 1, 200, 0, 1, 0, 0 FROM generate_series(1, 20000) n",
            [source.pk],
        )
        cursor.execute(
            "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits"
            " WHERE inhparent = 'sources_linkcheck'::regclass"
        )
        (size,) = cursor.fetchone()

    assert size / 20_000 <= 130


def test_a_new_address_against_which_a_person_decided_is_not_proposed_again_but_another_is(db, quick, editor):
    watched(["https://site.example/a"])

    def seen(times: int, to: str | None) -> None:
        for _ in range(times):
            make_due(not_checked_since=timezone.now())
            (lease,) = claim(most=1)
            (job,) = jobs_of(begin([lease], limits=quick, rules=RULES))
            outcome = Outcome.OK if to is None else Outcome.OK_MOVED
            verdict = Verdict(outcome, "answers", Likeness.LIKE, moved_to=to)
            record_results([found(job)._replace(verdict=verdict)], rules=RULES)
            end(lease, rest_seconds=0)

    seen(3, "https://site.example/b")
    close_finding(Finding.objects.get(), because="The new one is for subscribers.", by=editor)
    seen(1, None)
    seen(4, "https://site.example/b")
    assert Finding.objects.get().closed_by == editor

    seen(2, "https://site.example/c")
    assert Finding.objects.filter(closed_at=None).count() == 0
    seen(1, "https://site.example/c")
    assert Finding.objects.get(closed_at=None).detail == "The page has moved for good to https://site.example/c"


def test_checks_and_changes_of_state_cannot_be_rewritten(db, quick):
    watched(["https://site.example/a"])
    (job,) = jobs_of(begin(claim(most=1), limits=quick, rules=RULES))
    record_results([found(job)], rules=RULES)

    for statement in (
        "UPDATE sources_linkcheck SET outcome = 6",
        "DELETE FROM sources_linkcheck",
        "TRUNCATE sources_linkcheck",
        "UPDATE sources_statechange SET after = 'dead'",
        "DELETE FROM sources_statechange",
        "DROP TABLE sources_linkcheck",
    ):
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    assert LinkCheck.objects.count() == 1


def test_a_second_check_of_one_slot_is_refused_by_the_database(db, quick):
    watched(["https://site.example/a"])
    (job,) = jobs_of(begin(claim(most=1), limits=quick, rules=RULES))
    record_results([found(job)], rules=RULES)
    check = LinkCheck.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        LinkCheck.objects.bulk_create([check])
