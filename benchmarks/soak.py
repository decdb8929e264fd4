"""Long runs that kill what they run on and then count: ``script/soak workers``.

The real thing on a throwaway home: four Celery workers (two with processes, two with threads, as the documentation has
them), a scheduler, PostgreSQL with its durability on, Redis, and sites on loopback that write down every request. While
all sources are due, workers, Redis and PostgreSQL are killed with SIGKILL, a second scheduler is started, and messages
are sent twice. Afterwards the sites' own logs and the database must agree:

- every source was checked once for its slot, nothing is left over, leased or stuck;
- a host never had two requests at once, and the gap between two was kept;
- a source was asked once more only if the worker that held its host was killed then, or the database.

Who held which host from when to when is written down by the database itself, with a trigger that is there for this run.

It ends with 1 if anything of this does not hold.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2

from benchmarks.logging_web import PAGES, Request, host, read
from config import environment
from config.embedded import CannotStart
from config.embedded.laptop import laptop_environment
from config.embedded.places import places
from config.embedded.preparing import prepare
from config.embedded.processes import Process
from config.embedded.supervisor import LOOK_EVERY, Services, Supervisor, Watched, say

PORT = 18_600
SITE_PROCESSES = 2
GAP = 1.0
REDIS, POSTGRESQL = "Redis", "PostgreSQL"
LIMITS = {
    "LINK_CHECK_ALLOWED_NETWORKS": "127.0.0.0/8",
    "LINK_CHECK_GAP_SECONDS": str(GAP),
    "LINK_CHECK_TOTAL_SECONDS": "10",
    "LINK_CHECK_BEGIN_SECONDS": "20",
    "LINK_CHECK_LANE_BUDGET_SECONDS": "20",
    "LINK_CHECK_LANE_TAIL_SECONDS": "15",
}
LEASE_SECONDS = 20 + 15
# Work that was begun has a row, with the worker's name. Its end is orderly if the number of the lease is still the
# same: a lease that ran out is taken back under a new number.
WRITE_HOLDINGS_DOWN = """
CREATE TABLE soak_holding (
    host_id bigint, lease bigint, worker text, began timestamptz, ended timestamptz, orderly boolean,
    PRIMARY KEY (host_id, lease)
);
CREATE FUNCTION soak_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    IF new.started_at IS NOT NULL THEN
        INSERT INTO soak_holding VALUES
            (new.id, new.lease, current_setting('application_name'), clock_timestamp(), NULL, NULL);
    ELSE
        UPDATE soak_holding SET ended = clock_timestamp(), orderly = new.lease = old.lease
        WHERE host_id = old.id AND lease = old.lease;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER soak_note AFTER UPDATE OF started_at ON sources_host FOR EACH ROW
    WHEN (old.started_at IS DISTINCT FROM new.started_at) EXECUTE FUNCTION soak_note();
GRANT SELECT ON soak_holding TO PUBLIC;
"""


class Fault(NamedTuple):
    """What was done, when by the wall clock, and to which process."""

    what: str
    at: float
    struck: str | None


class Holding(NamedTuple):
    """The time in which a worker held a host, and whether it gave it back itself."""

    worker: str
    began: float
    ended: float
    orderly: bool


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] != "workers":
        print("script/soak NAME [options]\n\n  workers   kills workers, Redis and PostgreSQL in the middle of a sweep")
        return 0 if not arguments else 2
    parser = argparse.ArgumentParser(prog="script/soak workers")
    parser.add_argument("--hosts", type=int, default=2_000)
    parser.add_argument("--per-host", type=int, default=4)
    parser.add_argument("--most-seconds", type=float, default=420, help="for the sweep (default 420)")
    given = parser.parse_args(arguments[1:])
    os.chdir(environment.CHECKOUT)
    try:
        with _Stage(environment.home() / "soak", hosts=given.hosts) as stage:
            return _workers(stage, per_host=given.per_host, most_seconds=given.most_seconds)
    except (CannotStart, environment.BadSetting) as error:
        say(str(error))
        return 1


class _Stage:
    """Services, sites and site processes of a home that is thrown away. This process is their supervisor."""

    def __init__(self, home: Path, *, hosts: int) -> None:
        self.hosts = hosts
        self.services = Services(places(home), with_postgresql=True, with_redis=True)
        self.home = home
        self.supervisor = Supervisor()
        self.watched: dict[str, Watched] = {}
        self.requests = home / "requests"
        self._sites: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> _Stage:
        if not self.services.lock.take():
            raise CannotStart(f"Another long run is using {self.home}. Wait for it to end.")
        self._throw_away()
        shutil.rmtree(self.home / "log", ignore_errors=True)
        self.requests.mkdir(parents=True)
        self.supervisor.listen_to_signals()
        try:
            self.services.start(self.supervisor)
            os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.soak_settings"
            self.settings = laptop_environment(self.home, self.services.addresses()) | LIMITS
            self.settings |= self.services.addresses()
            os.environ.update(self.settings)
            prepare(self.settings, supervisor=self.supervisor)
            self._start_sites()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *reason: object) -> None:
        self.supervisor.stop()
        for site in self._sites:
            site.terminate()
            site.wait()
        self._throw_away()
        self.services.lock.give_back()

    def _throw_away(self) -> None:
        for folder in (self.services.where.cluster, self.services.where.data / "redis", self.requests):
            shutil.rmtree(folder, ignore_errors=True)

    def _start_sites(self) -> None:
        of_each = -(-self.hosts // SITE_PROCESSES)
        for number in range(SITE_PROCESSES):
            first = number * of_each
            command = [sys.executable, "-m", "benchmarks.logging_web", str(self.requests / f"{number}.log")]
            command += [str(PORT), str(first), str(min(of_each, self.hosts - first))]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._sites.append(process)
            assert process.stdout is not None
            if process.stdout.readline().strip() != b"ready":
                raise CannotStart(f"The sites did not come up; is port {PORT} taken?")

    def start(self, name: str, *arguments: str) -> None:
        """Start a process of the site, to be started again when it falls."""
        celery = [sys.executable, "-W", "ignore:You're running the worker with superuser"]
        process = Process(
            name,
            [*celery, "-m", "celery", "--quiet", "-A", "config", *arguments, "--loglevel", "WARNING"],
            environment=self.settings | {"APPLICATION_NAME": name},
            folder=environment.CHECKOUT,
            log=self.home / "log" / f"{name}.log",
            patience=15,
            ends_with_parent=signal.SIGKILL,
        )
        self.watched[name] = Watched(process)
        self.supervisor.add(self.watched[name])

    def kill(self, name: str, *, with_children: bool = False) -> None:
        """SIGKILL, to one process or to all of its group."""
        by_name = {each.process.name: each.process for each in self.supervisor.watched}
        pid = by_name[name].pid
        if pid is not None:
            (os.killpg if with_children else os.kill)(pid, signal.SIGKILL)

    def read_requests(self) -> list[Request]:
        """All requests that the sites saw. What was cut off by the end is not in it."""
        found = []
        for file in sorted(self.requests.glob("*.log")):
            found += [read(line) for line in file.read_text().splitlines()]
        return found


def _workers(stage: _Stage, *, per_host: int, most_seconds: float) -> int:
    import django

    django.setup()
    from sources.leases import claim
    from sources.tasks import check_hosts

    ids = _due_sources(stage.hosts, per_host)
    slots = _query("SELECT source_id, due_at FROM sources_linkstate")
    _write_holdings_down(stage.settings["DATABASE_OWNER_URL"])
    for number in (1, 2):
        stage.start(f"worker-processes-{number}", "worker", "--pool", "prefork", "--concurrency", "2", *_named(number))
        stage.start(
            f"worker-threads-{number}", "worker", "--pool", "threads", "--concurrency", "2", *_named(number + 2)
        )
    stage.start("scheduler-1", "beat", "--pidfile=")
    began = time.time()
    first_answer: float | None = None
    faults: list[Fault] = []

    def twice() -> None:
        _query("SELECT 1")  # if the database is away the act comes later
        leases = claim(most=20)
        for _ in range(2):
            check_hosts.delay(leases)

    def kill(name: str, *, with_children: bool = False) -> Callable[[], None]:
        return lambda: stage.kill(name, with_children=with_children)

    # Seconds after the first results, so that all of it falls into the midst of the work.
    acts: list[tuple[float, str, str | None, Callable[[], None]]] = [
        (0, "the work of 20 hosts sent twice", None, twice),
        (6, "kill -9 of a worker with processes, alone", "worker-processes-1", kill("worker-processes-1")),
        (12, "kill -9 of a worker with threads", "worker-threads-1", kill("worker-threads-1")),
        (
            18,
            "kill -9 of a worker with its processes",
            "worker-processes-2",
            kill("worker-processes-2", with_children=True),
        ),
        (24, "kill -9 of Redis", REDIS, kill(REDIS)),
        (30, "a second scheduler", None, lambda: stage.start("scheduler-2", "beat", "--pidfile=")),
        (36, "kill -9 of PostgreSQL", POSTGRESQL, kill(POSTGRESQL)),
        (48, "the work of 20 hosts sent twice", None, twice),
    ]
    left = len(ids)
    shown = 0.0
    while left or acts:
        stage.supervisor.pause(LOOK_EVERY)
        stage.supervisor.look()
        now = time.time() - began
        if stage.supervisor.asked_to_stop():
            return 130
        if first_answer is None and left < len(ids):
            first_answer = now
        if acts and first_answer is not None and now - first_answer >= acts[0][0]:
            _, what, struck, act = acts[0]
            with contextlib.suppress(_Away):
                at = time.time()
                act()
                acts.pop(0)
                faults.append(Fault(what, at, struck))
                print(f"{now:6.1f} s  {what}; {left:,} sources left", flush=True)
        with contextlib.suppress(_Away):
            left = _query("SELECT count(*) FROM sources_linkstate WHERE due_at <= now() OR lease IS NOT NULL")[0][0]
        if now - shown >= 15:
            shown = now
            print(f"{now:6.1f} s  {left:,} sources left", flush=True)
        if now > most_seconds:
            print(f"{now:6.1f} s  the time is up")
            break
    print(f"{time.time() - began:6.1f} s  no source is due any more" if not left else "", flush=True)
    # Leases of workers that are gone run out, and are taken back.
    until = time.time() + LEASE_SECONDS + 15
    while time.time() < until and _query("SELECT count(*) FROM sources_host WHERE leased_until IS NOT NULL")[0][0]:
        stage.supervisor.pause(LOOK_EVERY)
        stage.supervisor.look()
    print(f"{time.time() - began:6.1f} s  leases are given back\n", flush=True)
    return _report(stage, ids=ids, slots=dict(slots), faults=faults)


def _named(number: int) -> list[str]:
    return ["--hostname", f"soak-{number}@localhost", "--without-gossip", "--without-mingle"]


def _due_sources(hosts: int, per_host: int) -> list[int]:
    from datetime import UTC, datetime

    from history.services import stating
    from sources.addresses import identity_key, likeness_key
    from sources.models import Source
    from sources.watching import make_due, watch_sources

    urls = [
        f"http://{host(number)}:{PORT}{PAGES}{number}-{page}" for number in range(hosts) for page in range(per_host)
    ]
    with stating(who=None, why="a long run"):
        Source.objects.bulk_create(
            [
                Source(
                    slug=f"source-{number}",
                    url=url,
                    identity_key=identity_key(url),
                    likeness_key=likeness_key(url),
                    title=f"Source {number}",
                    type=Source.Type.NEWS,
                )
                for number, url in enumerate(urls)
            ],
            batch_size=2_000,
        )
    watch_sources()
    ids = make_due(not_checked_since=datetime(2000, 1, 1, tzinfo=UTC))
    print(f"{hosts:,} hosts, {len(ids):,} sources due, {GAP} s between two requests to a host.\n", flush=True)
    return ids


class _Away(Exception):
    """The database does not answer now."""


def _query(statement: str) -> list[Any]:
    from django.db import Error, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())
    except Error as error:
        connection.close()
        raise _Away from error


def _write_holdings_down(owner: str) -> None:
    with contextlib.closing(psycopg2.connect(owner)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(WRITE_HOLDINGS_DOWN)


# --- the proof -------------------------------------------------------------------------------------------------


def _report(stage: _Stage, *, ids: list[int], slots: dict[int, Any], faults: list[Fault]) -> int:
    requests = stage.read_requests()
    urls = {f"{url.split('/')[2].split(':')[0]}/{url.split('/', 3)[3]}": key for key, url in _query(_URLS)}
    asked: dict[int, list[Request]] = defaultdict(list)
    beside = Counter[str]()
    for request in requests:
        if request.path.startswith(PAGES):
            asked[urls[f"{request.host}{request.path}"]].append(request)
        else:
            beside["robots.txt" if request.path == "/robots.txt" else "an address that was made up"] += 1
    checks = _query("SELECT source_id, slot FROM sources_linkcheck")
    of_source = Counter(source_id for source_id, _ in checks)

    proven = _Proven()
    proven.that("every source was checked", not (set(ids) - set(of_source)), len(set(ids) - set(of_source)))
    proven.that(
        "no source was checked twice for one slot",
        len({(source_id, slot) for source_id, slot in checks}) == len(checks) == len(of_source),
        len(checks) - len(of_source),
    )
    proven.that(
        "each check is of the slot in which its source was due",
        all(slots[source_id] == slot for source_id, slot in checks),
        sum(slots[source_id] != slot for source_id, slot in checks),
    )
    leftovers = _query(
        "SELECT (SELECT count(*) FROM sources_host WHERE leased_until IS NOT NULL OR started_at IS NOT NULL),"
        " (SELECT count(*) FROM sources_linkstate WHERE lease IS NOT NULL OR due_at <= now()),"
        " (SELECT count(*) FROM sources_linkstate WHERE tries <> 0 OR last_checked_at IS NULL),"
        " (SELECT count(*) FROM sources_finding), (SELECT count(*) FROM sources_linkstate WHERE state <> 'live')"
    )[0]
    for what, number in zip(
        ("no host is leased", "no source is held or due", "no source is stuck", "no finding was made", "all are live"),
        leftovers,
        strict=True,
    ):
        proven.that(what, number == 0, number)
    at_once, too_soon, least = _pace(requests)
    proven.that("no host had two requests at once", at_once == 0, at_once)
    proven.that(
        f"{GAP} s passed between an answer and the next request (at least {least:.2f} s)", too_soon == 0, too_soon
    )
    unasked = [key for key in of_source if not asked[key]]
    proven.that("no check without a request", not unasked, len(unasked))
    again = {
        key: sorted(found, key=lambda one: one.began) for key, found in asked.items() if len(found) > of_source[key]
    }
    held = _holdings()
    by_cause: Counter[str] = Counter()
    for found in again.values():
        for lost in found[:-1]:
            by_cause[_cause(lost, held[lost.host], faults)] += 1
    unexplained = by_cause.total() - sum(by_cause[what] for what in {fault.what for fault in faults})
    proven.that("asked once more only where a kill cut a check off", not unexplained, unexplained)
    most = max((len(found) for found in asked.values()), default=0)
    of_pages = sum(map(len, asked.values()))
    print(
        f"{of_pages:,} requests of pages, {len(checks):,} checks, {len(again):,} sources asked more than once "
        f"(at most {most} times)"
    )
    for what, number in beside.most_common():
        print(f"  {number:5,} requests of {what}")
    for cause, number in by_cause.most_common():
        print(f"  {number:5,} requests whose check was lost: {cause}")
    print(f"  {sum(not request.answered for request in requests):5,} requests cut off before the answer")
    for log in sorted((stage.home / "log").glob("worker-*.log")):
        print(f"  {log.read_text(errors='replace').count('Traceback'):5,} tracebacks in {log.name}")
    print()
    return proven.shown()


_URLS = "SELECT id, url FROM sources_source"


def _holdings() -> dict[str, list[Holding]]:
    """Of each host, who held it from when to when."""
    held: dict[str, list[Holding]] = defaultdict(list)
    rows = _query(
        "SELECT h.key, s.worker, extract(epoch FROM s.began), extract(epoch FROM coalesce(s.ended, now())), s.orderly"
        " FROM soak_holding s JOIN sources_host h ON h.id = s.host_id"
    )
    for key, worker, began, ended, orderly in rows:
        held[key].append(Holding(worker, float(began), float(ended), orderly))
    return held


def _cause(lost: Request, holdings: list[Holding], faults: list[Fault]) -> str:
    """The kill that a request's check was lost to: it struck who held the host then, or the database.

    That of Redis is none: work that was begun needs no broker.
    """
    holding = next((one for one in holdings if one.began <= lost.began <= one.ended), None)
    if holding is None:
        return "while nobody held its host"
    for fault in faults:
        if holding.began <= fault.at <= holding.ended and fault.struck in (holding.worker, POSTGRESQL):
            return fault.what
    return f"without any fault, {holding.worker} " + (
        "gave its host back" if holding.orderly else "let its lease run out"
    )


def _pace(requests: list[Request]) -> tuple[int, int, float]:
    """How often a host had two requests at once, how often the second came too soon, and the least gap."""
    of_host: dict[str, list[Request]] = defaultdict(list)
    for request in requests:
        of_host[request.host].append(request)
    at_once = too_soon = 0
    least = float("inf")
    for found in of_host.values():
        found.sort(key=lambda one: one.began)
        for before, after in _pairs(found):
            at_once += after.began < before.ended
            too_soon += after.began - before.ended < GAP
            least = min(least, after.began - before.ended)
    return at_once, too_soon, least


def _pairs(found: list[Request]) -> Iterator[tuple[Request, Request]]:
    return itertools.pairwise(found)


class _Proven:
    """What must hold, and whether it did."""

    def __init__(self) -> None:
        self._said: list[tuple[str, bool, int]] = []

    def that(self, what: str, holds: bool, against: int) -> None:
        self._said.append((what, holds, against))

    def shown(self) -> int:
        for what, holds, against in self._said:
            print(f"{'ok  ' if holds else 'FAIL'} {what}" + ("" if holds else f" ({against:,} speak against it)"))
        return 0 if all(holds for _, holds, _ in self._said) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
