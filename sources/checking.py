"""Check many sources at once: one lane a host, gently within a lane, side by side across lanes.

Knows no database and no Celery: the worker, the `check_links` command and `probe_urls` all hand it lanes
and take results as they come.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from sources.addresses import RefusedAddress, read, registrable_domain
from sources.fetching import Fetcher, LookUp, system_lookup
from sources.limits import Limits
from sources.outcomes import FAILING, Known, Outcome, Verdict, judge, short_digest
from sources.replies import Conditions, Reply
from sources.states import Rules, Sighting, Standing, needs_second_look

Item = TypeVar("Item")
Clock = Callable[[], datetime]


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
    passages: tuple[int, ...] = ()  # whose quotations `known` holds, in the same order
    capture: bool = False  # keep the answer if its text is new


class Lane(NamedTuple):
    """The jobs of one host, done one after the other."""

    name: str
    jobs: Sequence[Job]
    host_id: int = 0
    lease: int = 0
    wait: float = 0.0  # seconds before its first request


class Result(NamedTuple):
    """What came of one job. Holds nothing of the page but digests, so that many may be kept."""

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
    reply: Reply | None = None  # kept only where the job wants a capture and the text is new

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


def lane_name(url: str) -> str:
    """The host that an address is asked from, as far as politeness goes: its registrable domain."""
    try:
        return registrable_domain(read(url).host)
    except RefusedAddress:
        return ""


class Checker:
    """Runs lanes with one fetcher. Use as an async context manager."""

    def __init__(
        self,
        *,
        limits: Limits,
        rules: Rules,
        clock: Clock = utc_now,
        look_up: LookUp = system_lookup,
    ) -> None:
        """:param clock: the time a check is stamped with; limits run on the machine's own clock."""
        self.limits = limits
        self.rules = rules
        self._clock = clock
        self._look_up = look_up
        self._fetcher = Fetcher(limits=limits, look_up=look_up)

    async def __aenter__(self) -> Checker:
        await self._fetcher.__aenter__()
        return self

    async def __aexit__(self, *reason: object) -> None:
        await self._fetcher.__aexit__(*reason)

    async def check(self, job: Job) -> Result:
        """One source: fetch, judge, and look a second time where it matters."""
        reply = await self._fetcher.fetch(job.url, conditions=job.conditions)
        first = _result(job, reply, at=self._clock())
        if job.standing is None or not needs_second_look(job.standing, first.sighting(), self.rules):
            return first
        await asyncio.sleep(self.limits.gap_seconds)
        # Fresh connections, fresh name look-ups, another HTTP version: nothing shared with the first look.
        async with Fetcher(limits=self.limits, look_up=self._look_up, old_protocol=True) as other:
            reply = await other.fetch(job.url)
        second = _result(job, reply, at=first.at)
        if second.verdict.outcome in FAILING:
            return first._replace(confirmed=True)
        return second

    async def run(self, lane: Lane, *, budget: float | None = None) -> AsyncGenerator[Result, None]:
        """The lane's results as they come, with a gap between any two requests.

        Stops early when `budget` seconds are over or the host asks to be left alone.
        """
        loop = asyncio.get_running_loop()
        ends = None if budget is None else loop.time() + budget
        wait = lane.wait
        for job in lane.jobs:
            if ends is not None and loop.time() + wait > ends:
                return
            await asyncio.sleep(wait)
            began = loop.time()
            result = await self.check(job)
            yield result
            if result.verdict.outcome is Outcome.RATE_LIMITED:
                return
            asked = bool(result.hops) or result.verdict.by_network
            # A little unevenness, so that many workers never fall into step.
            gap = self.limits.gap_seconds * random.uniform(1.0, 1.2) if asked else 0.0  # noqa: S311
            wait = max(0.0, began + gap - loop.time())


def _result(job: Job, reply: Reply, *, at: datetime) -> Result:
    verdict = judge(reply, known=job.known)
    return Result(
        job=job,
        at=at,
        verdict=verdict,
        reply=reply if job.capture and verdict.page is not None else None,
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

    Between two batches nothing runs, so the caller may write to the database in its own thread. Closing
    the generator stops what is under way.
    """

    async def work(queue: asyncio.Queue[Result | LaneEnded]) -> None:
        async with checker() as one:
            slots = asyncio.Semaphore(one.limits.connections)

            async def do(lane: Lane) -> None:
                done = 0
                async with slots, contextlib.aclosing(one.run(lane, budget=budget)) as results:
                    async for result in results:
                        done += 1
                        queue.put_nowait(result)
                queue.put_nowait(LaneEnded(lane, len(lane.jobs) - done))

            async with asyncio.TaskGroup() as group:
                for lane in lanes:
                    group.create_task(do(lane))

    return in_batches(work, every=every)


def in_batches(
    work: Callable[[asyncio.Queue[Item]], Coroutine[Any, Any, None]], *, every: float
) -> Generator[list[Item], None, None]:
    """Run a coroutine that fills a queue, and give out what the queue holds from time to time."""
    loop = asyncio.new_event_loop()
    try:
        queue: asyncio.Queue[Item] = asyncio.Queue()
        task = loop.create_task(work(queue))
        while not (task.done() and queue.empty()):
            loop.run_until_complete(asyncio.wait({task}, timeout=every))
            batch = [queue.get_nowait() for _ in range(queue.qsize())]
            if batch:
                yield batch
        task.result()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            loop.run_until_complete(task)
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
