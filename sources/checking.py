"""Check many sources at once: one lane a host, gently within a lane, side by side across lanes.

Knows no database and no Celery: the worker, the `check_links` command and `probe_urls` all hand it lanes
and take results as they come.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import ssl
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

from sources.addresses import RefusedAddress, read, registrable_domain
from sources.fetching import Fetcher, LookUp, system_lookup
from sources.limits import Limits
from sources.made_up import MadeUp
from sources.outcomes import (
    FAILING,
    Known,
    Outcome,
    Signs,
    Verdict,
    answer_for_made_up,
    judge,
    judge_by_made_up,
    reads_text,
    said_by,
    short_digest,
    sibling_to_ask,
    signs,
)
from sources.quotations import Found
from sources.replies import Conditions, Fault, Reply
from sources.robots import LONGEST_FILE, MOST_HOPS, Robots, RobotsFile, file_of, is_old, origin
from sources.states import Rules, Sighting, Standing, needs_second_look
from sources.text import Drift, PageText

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
Clock = Callable[[], datetime]
READERS = 2  # texts of pages read at once: it is work for the processor, not for the network
MOST_WAITING = 200  # results that nobody has written yet; further pages are not asked for
MOST_ORIGINS = 20  # whose robots.txt and made-up addresses are asked for in one visit


def utc_now() -> datetime:
    return datetime.now(UTC)


class Job(NamedTuple):
    """One source to check."""

    key: int
    url: str
    slot: datetime | None = None
    lease: int = 0
    conditions: Conditions | None = None
    known: Known | None = None
    standing: Standing | None = None  # without one no second look is taken
    capture: bool = False  # hand out the whole reply where the text is new
    passages: tuple[int, ...] = ()  # whose quotations `known` holds, in the same order

    @property
    def reads_text(self) -> bool:
        return self.capture or self.known is not None


class Lane(NamedTuple):
    """The jobs of one host, done one after the other."""

    name: str
    jobs: Sequence[Job]
    host_id: int = 0
    lease: int = 0
    wait: float = 0.0  # seconds before its first request
    robots: Mapping[str, RobotsFile] | None = None  # by origin, as they were read last


class Result(NamedTuple):
    """What came of one job. Of the page it holds digests; its text if that is new, its bytes if these are wanted."""

    job: Job
    at: datetime
    verdict: Verdict
    status: int | None
    final_url: str
    hops: tuple[tuple[str, int], ...]
    digest: int | None
    etag: str | None
    last_modified: str | None
    retry_after: int | None
    elapsed_ms: int
    wire_bytes: int
    confirmed: bool = False
    reply: Reply | None = None  # for a capture: only if the job wants one and the text is new
    failed: bool = False  # the check itself did, so that nothing was learnt of the page

    @property
    def page(self) -> PageText | None:
        return self.verdict.page

    @property
    def text_digest(self) -> int | None:
        return self.verdict.text_digest

    @property
    def drift(self) -> Drift | None:
        return self.verdict.drift

    @property
    def found(self) -> tuple[Found, ...] | None:
        return self.verdict.found

    def sighting(self, *, counts: bool = True) -> Sighting:
        return Sighting(
            at=self.at,
            outcome=self.verdict.outcome,
            status=self.status,
            likeness=self.verdict.likeness,
            moved_to=self.verdict.moved_to,
            confirmed=self.confirmed,
            counts=counts,
            drift=self.verdict.drift,
        )


class LaneEnded(NamedTuple):
    """A lane has come to its end; jobs that were not done are left as they were."""

    lane: Lane
    undone: int
    robots: Mapping[str, RobotsFile] | None = None  # by origin, for the next visit; None where none was needed
    gap_seconds: float = 0.0  # what the host wants between two requests, by our limits and its Crawl-delay


def lane_name(url: str) -> str:
    """The host that an address is asked from, as far as politeness goes: its registrable domain."""
    try:
        return registrable_domain(read(url).host)
    except RefusedAddress:
        return ""


class Visit:
    """One visit to a host: when it may be asked next, and what it said once for all of its pages."""

    def __init__(self, *, limits: Limits, wait: float = 0.0, robots: Mapping[str, RobotsFile] | None = None) -> None:
        self.gap = limits.gap_seconds
        self.robots = dict(robots or {})
        self.was_told_to_wait = False
        self._may_ask_at = asyncio.get_running_loop().time() + wait
        self._ends: float | None = None
        self.fresh: set[str] = set()  # origins whose robots.txt is known for this visit
        self._read: dict[str, Robots] = {}

    def end_after(self, seconds: float | None) -> None:
        self._ends = None if seconds is None else asyncio.get_running_loop().time() + seconds

    @property
    def has_time(self) -> bool:
        """Whether a further request would begin within the budget."""
        return self._ends is None or max(self._may_ask_at, asyncio.get_running_loop().time()) <= self._ends

    @property
    def rest(self) -> float:
        """The moment, by the event loop's clock, from which the host may be asked."""
        return self._may_ask_at

    async def turn(self) -> None:
        """Wait until the host may be asked."""
        wait = self._may_ask_at - asyncio.get_running_loop().time()
        if wait > 0:
            await asyncio.sleep(wait)

    def answered(self) -> None:
        """Begin the gap, from the answer on: the request may have gone out late, while results were written."""
        # A little unevenness, so that many workers never fall into step.
        self._may_ask_at = asyncio.get_running_loop().time() + self.gap * random.uniform(1.0, 1.2)  # noqa: S311

    def rules_of(self, where: str, *, user_agent: str) -> Robots:
        if where not in self._read:
            self._read[where] = Robots(self.robots[where], user_agent=user_agent)
        return self._read[where]


class MadeUpAnswers:
    """What hosts answered for a made-up address: each is asked once, as far as memory goes."""

    def __init__(self, *, hosts: int = 1_000, characters: int = 2_000_000) -> None:
        self._hosts = hosts
        self._room = characters
        self._answers: OrderedDict[str, MadeUp | None] = OrderedDict()

    def __contains__(self, host: str) -> bool:
        return host in self._answers

    def get(self, host: str) -> MadeUp | None:
        return self._answers.get(host)

    def says_no(self, host: str) -> bool:
        """Whether a host is known to say that a made-up address is not there, as it should."""
        return host in self._answers and self._answers[host] is None

    def put(self, host: str, answer: MadeUp | None) -> None:
        self._answers[host] = answer
        self._room -= _size(answer)
        while len(self._answers) > 1 and (self._room < 0 or len(self._answers) > self._hosts):
            _, dropped = self._answers.popitem(last=False)
            self._room += _size(dropped)


def _size(answer: MadeUp | None) -> int:
    return len(answer.visible) + len(answer.main) if answer else 0


class Checker:
    """Runs lanes with one fetcher. Use as an async context manager."""

    def __init__(
        self,
        *,
        limits: Limits,
        rules: Rules,
        clock: Clock = utc_now,
        look_up: LookUp = system_lookup,
        settled_signs: Signs | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """
        :param clock: the time a check is stamped with; limits run on the machine's own clock.
        :param settled_signs: what pages are told apart by, where it is not this installation's settings.
        :param trust: by which certificates are verified, where it is not by the authorities that the system trusts.
        """
        self.limits = limits
        self.rules = rules
        self.signs = settled_signs or signs()
        self._clock = clock
        self._look_up = look_up
        self._trust = trust
        self._fetcher = Fetcher(limits=limits, look_up=look_up, trust=trust)
        self._slots = asyncio.Semaphore(limits.connections)
        self._readers = asyncio.Semaphore(READERS)
        self._made_up = MadeUpAnswers()

    async def __aenter__(self) -> Checker:
        await self._fetcher.__aenter__()
        return self

    async def __aexit__(self, *reason: object) -> None:
        await self._fetcher.__aexit__(*reason)

    async def check(self, job: Job, visit: Visit) -> Result:
        """One source: fetch, judge, and look a second time where it matters.

        Pages are written by others, and one that nobody foresaw must not hold up the rest: what fails in us is a
        result too.
        """
        try:
            return await self._check(job, visit)
        except Exception as fault:
            visit.answered()
            return failed(job, fault, at=self._clock())

    async def _check(self, job: Job, visit: Visit) -> Result:
        may_ask = await self._may_read(job.url, job, visit)
        if not may_ask and self.limits.robots_for_checks:
            return self._closed(job)
        at = self._clock
        first = await self._look(job, visit, self._ask(job.url, visit, conditions=job.conditions), at=at)
        if job.standing is None or not needs_second_look(job.standing, first.sighting(), self.rules):
            return first
        second = await self._look(job, visit, self._ask_otherwise(job.url, visit), at=lambda: first.at)
        if second.verdict.outcome in FAILING:
            return first._replace(confirmed=True)
        return second

    async def run(self, lane: Lane, *, budget: float | None = None) -> AsyncGenerator[Result | LaneEnded, None]:
        """The lane's results as they come, with a gap between any two requests, and its end.

        Stops early when `budget` seconds are over or the host asks to be left alone.
        """
        visit = Visit(limits=self.limits, wait=lane.wait, robots=lane.robots)
        visit.end_after(budget)
        done = 0
        for job in lane.jobs:
            if not visit.has_time or visit.was_told_to_wait:
                break
            result = await self.check(job, visit)
            done += 1
            yield result
        yield LaneEnded(
            lane,
            len(lane.jobs) - done,
            robots=visit.robots or None,
            gap_seconds=visit.gap,
        )

    async def _ask(
        self,
        url: str,
        visit: Visit,
        *,
        conditions: Conditions | None = None,
        hops: int | None = None,
        first_bytes: int | None = None,
    ) -> Reply:
        await visit.turn()
        async with self._slots:
            reply = await self._fetcher.fetch(url, conditions=conditions, hops=hops, first_bytes=first_bytes)
        if reply.fault not in _NOBODY_ASKED or reply.hops:
            visit.answered()
        return reply

    async def _ask_otherwise(self, url: str, visit: Visit) -> Reply:
        """Fresh connections, fresh name look-ups, another HTTP version: nothing shared with the first look."""
        await visit.turn()
        async with (
            self._slots,
            Fetcher(limits=self.limits, look_up=self._look_up, old_protocol=True, trust=self._trust) as other,
        ):
            reply = await other.fetch(url)
        visit.answered()
        return reply

    async def _look(self, job: Job, visit: Visit, asking: Awaitable[Reply], *, at: Clock) -> Result:
        """A reply judged, with what the host says of robots and of made-up addresses where that matters."""
        known = Known() if job.known is None and job.capture else job.known
        reply = await asking
        may_read = True
        if reads_text(reply, known):
            for url in dict.fromkeys((job.url, reply.final_url)):
                may_read = may_read and await self._may_read(url, job, visit)
        verdict = await self._judge(reply, known, may_read=may_read)
        if verdict.outcome is Outcome.RATE_LIMITED:
            visit.was_told_to_wait = True
        result = _result(job, reply, verdict, at=at())
        if job.capture and verdict.page is not None:
            result = result._replace(reply=reply)
        if not may_read or self._made_up.says_no(_host(job.url)):
            return result
        sibling = sibling_to_ask(reply, verdict)
        if sibling is None:
            return result
        said = said_by(reply, verdict, signs=self.signs)
        del reply  # many may wait for their answer at once
        made_up = await self._made_up_answer(sibling, job, visit)
        if made_up is None:
            return result
        verdict = await asyncio.to_thread(judge_by_made_up, verdict, said, made_up, signs=self.signs)
        return result._replace(verdict=verdict, reply=result.reply if verdict.page is not None else None)

    async def _judge(self, reply: Reply, known: Known | None, *, may_read: bool) -> Verdict:
        if not may_read or not reads_text(reply, known):
            return judge(reply, known=known, may_read=may_read, signs=self.signs)
        async with self._readers:
            return await asyncio.to_thread(judge, reply, known=known, signs=self.signs)

    async def _made_up_answer(self, sibling: str, job: Job, visit: Visit) -> MadeUp | None:
        """The answer of a host for a made-up address, asked for once."""
        host = _host(job.url)
        if host in self._made_up:
            return self._made_up.get(host)
        if not visit.has_time or visit.was_told_to_wait or not await self._may_read(sibling, job, visit):
            return None
        answer = await self._ask(sibling, visit)
        if answer.status == 429 or (answer.status == 503 and answer.retry_after is not None):
            visit.was_told_to_wait = True
            return None
        async with self._readers:
            made_up = await asyncio.to_thread(answer_for_made_up, answer, with_main=job.known is not None)
        self._made_up.put(host, made_up)
        return made_up

    # --- What the site asks of robots ---

    async def _may_read(self, url: str, job: Job, visit: Visit) -> bool:
        """Whether the site lets robots read an address. Its robots.txt is asked for if that is not known."""
        if not job.reads_text and not self.limits.robots_for_checks:
            return True
        try:
            where = origin(url)
        except RefusedAddress:
            return True  # it will not be asked for
        if where not in visit.fresh:
            await self._read_robots(where, visit)
        return visit.rules_of(where, user_agent=self.limits.user_agent).may_read(url)

    async def _read_robots(self, where: str, visit: Visit) -> None:
        now = self._clock()
        if is_old(visit.robots.get(where), at=now, hours=self.limits.robots_hours):
            if len(visit.fresh) < MOST_ORIGINS:
                reply = await self._ask(f"{where}/robots.txt", visit, hops=MOST_HOPS, first_bytes=LONGEST_FILE)
                visit.robots[where] = file_of(reply, at=now, user_agent=self.limits.user_agent)
            else:
                visit.robots[where] = RobotsFile(None, now)
        visit.fresh.add(where)
        rules = visit.rules_of(where, user_agent=self.limits.user_agent)
        visit.gap = max(visit.gap, rules.crawl_delay(longest=self.limits.longest_crawl_delay_seconds))

    def _closed(self, job: Job) -> Result:
        verdict = Verdict(Outcome.BLOCKED, "robots.txt asks robots not to read it")
        return _result(job, Reply(url=job.url, final_url=job.url), verdict, at=self._clock())


_NOBODY_ASKED = (Fault.UNSAFE, Fault.UNSUPPORTED)


def _host(url: str) -> str:
    try:
        return origin(url)
    except RefusedAddress:
        return ""


def failed(job: Job, fault: Exception, *, at: datetime) -> Result:
    """The result of a check that failed in us. Call it where the fault was caught, for the log has it in full."""
    logger.exception("The check of %s failed in us", job.url)
    verdict = Verdict(Outcome.BLOCKED, "our own check failed, and nothing was learnt of the page")
    return _result(job, Reply(url=job.url, final_url=job.url), verdict, at=at)._replace(failed=True)


def _result(job: Job, reply: Reply, verdict: Verdict, *, at: datetime) -> Result:
    return Result(
        job=job,
        at=at,
        verdict=verdict,
        status=reply.status,
        final_url=reply.final_url,
        hops=tuple((hop.url, hop.status) for hop in reply.hops),
        digest=short_digest(reply.digest),
        etag=reply.etag if len(reply.hops) == 1 else None,
        last_modified=reply.last_modified if len(reply.hops) == 1 else None,
        retry_after=reply.retry_after,
        elapsed_ms=reply.elapsed_ms,
        wire_bytes=reply.wire_bytes,
    )


def sweep(
    lanes: Iterable[Lane], *, checker: Callable[[], Checker], budget: float | None = None, every: float = 1.0
) -> Generator[list[Result | LaneEnded], None, None]:
    """Run lanes side by side and give out what came, in batches, about once in `every` seconds.

    They go on in a thread of their own while the caller writes to the database in its thread. Closing the generator
    stops what is under way.
    """

    async def work(queue: SimpleQueue[Result | LaneEnded]) -> None:
        async with checker() as one:
            slots = asyncio.Semaphore(one.limits.connections)

            async def do(lane: Lane) -> None:
                async with slots, contextlib.aclosing(one.run(lane, budget=budget)) as results:
                    async for result in results:
                        queue.put(result)
                        while queue.qsize() > MOST_WAITING:
                            await asyncio.sleep(every)

            async with asyncio.TaskGroup() as group:
                for lane in lanes:
                    group.create_task(do(lane))

    return in_batches(work, every=every)


def in_batches(
    work: Callable[[SimpleQueue[Item]], Coroutine[Any, Any, None]], *, every: float
) -> Generator[list[Item], None, None]:
    """Run a coroutine that fills a queue, and give out what the queue holds from time to time.

    It runs in a thread of its own and goes on while the caller is busy with a batch. Were it to stand still, sites
    whose answers had to wait meanwhile would seem to have been too slow.
    """
    loop = asyncio.new_event_loop()
    found: SimpleQueue[Item] = SimpleQueue()
    over = threading.Event()
    task = loop.create_task(work(found))

    def run() -> None:
        try:
            loop.run_until_complete(asyncio.wait({task}))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            over.set()

    thread = threading.Thread(target=run, name="requests", daemon=True)
    thread.start()
    try:
        while not (over.is_set() and found.empty()):
            over.wait(every)
            batch = [found.get_nowait() for _ in range(found.qsize())]
            if batch:
                yield batch
        task.result()
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            task.result()
        loop.close()
