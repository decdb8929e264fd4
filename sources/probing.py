"""Check addresses from a list, one verdict an address, without a database and in little memory.

Addresses are read as there is room for them, and never more than two windows of them are held, one read ahead and
one in work, however long the list is. One host is asked by one lane, with the usual gap.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Generator, Iterator
from queue import SimpleQueue
from typing import NamedTuple

from sources.checking import Checker, Job, Result, Visit, in_batches, lane_name
from sources.fetching import LookUp, system_lookup
from sources.limits import Limits
from sources.reading_ahead import ReadAhead
from sources.states import Rules, hint

WINDOW = 5_000
CHECKS_AT_ONCE = 512


class Probe(NamedTuple):
    """One address and what it answered. The fields are those of the command's output."""

    url: str
    outcome: str
    state_hint: str
    status: int | None
    hops: int
    final_url: str
    elapsed_ms: int
    bytes: int
    reason: str


def probe(
    urls: Iterator[str],
    *,
    limits: Limits,
    ordered: bool = False,
    window: int = WINDOW,
    every: float = 0.2,
    look_up: LookUp = system_lookup,
) -> Generator[Probe, None, None]:
    """Check every address of an iterator; results come as they are ready, or in the order of the input."""
    feed = _Feed(urls, limits=limits, window=window, look_up=look_up)
    waiting: dict[int, Result] = {}
    following = 0
    for batch in in_batches(feed.run, every=every):
        if ordered:
            waiting.update((result.job.key, result) for result in batch)
            batch = []
            while following in waiting:
                batch.append(waiting.pop(following))
                following += 1
        feed.make_room(len(batch))
        yield from map(_probe, batch)


def _probe(result: Result) -> Probe:
    return Probe(
        url=result.job.url,
        outcome=result.verdict.outcome.label,
        state_hint=hint(result.verdict.outcome).value,
        status=result.status,
        hops=max(0, len(result.hops) - 1),
        final_url=result.final_url,
        elapsed_ms=result.elapsed_ms,
        bytes=result.wire_bytes,
        reason=result.verdict.reason,
    )


class _Feed:
    """Sorts addresses into lanes while there is room, and runs the lanes."""

    def __init__(self, urls: Iterator[str], *, limits: Limits, window: int, look_up: LookUp) -> None:
        self._urls = urls
        self._limits = limits
        self._look_up = look_up
        self._lanes: dict[str, deque[Job]] = {}
        self._rest: dict[str, float] = {}  # when a host that was asked lately may be asked again
        self._window = window
        self._room = asyncio.Semaphore(window)
        self._loop: asyncio.AbstractEventLoop | None = None

    def make_room(self, places: int) -> None:
        """Results were taken. May be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._release, places)

    def _release(self, places: int) -> None:
        for _ in range(places):
            self._room.release()

    async def run(self, queue: SimpleQueue[Result]) -> None:
        self._loop = asyncio.get_running_loop()
        checker = Checker(limits=self._limits, rules=Rules(), look_up=self._look_up)
        # Beside those that are asked, many wait for their turn to be asked for a made-up address.
        slots = asyncio.Semaphore(CHECKS_AT_ONCE)
        fault: Exception | None = None
        with ReadAhead(self._urls, most=self._window) as urls:
            async with checker, asyncio.TaskGroup() as group:
                number = 0
                try:
                    async for url in urls:
                        await self._room.acquire()
                        self._add(Job(key=number, url=url), group, checker, slots, queue)
                        number += 1
                except Exception as unreadable:  # what was read before is checked all the same
                    fault = unreadable
        if fault is not None:
            raise fault

    def _add(
        self,
        job: Job,
        group: asyncio.TaskGroup,
        checker: Checker,
        slots: asyncio.Semaphore,
        queue: SimpleQueue[Result],
    ) -> None:
        name = lane_name(job.url)
        if name in self._lanes:
            self._lanes[name].append(job)
            return
        self._lanes[name] = deque([job])
        group.create_task(self._work(name, checker, slots, queue))

    async def _work(self, name: str, checker: Checker, slots: asyncio.Semaphore, queue: SimpleQueue[Result]) -> None:
        loop = asyncio.get_running_loop()
        jobs = self._lanes[name]
        visit = Visit(limits=self._limits, wait=max(0.0, self._rest.get(name, 0.0) - loop.time()))
        while jobs:
            await visit.turn()
            job = jobs.popleft()
            async with slots:
                result = await checker.check(job, visit)
            queue.put(result)
            if name:
                self._rest[name] = visit.rest
        del self._lanes[name]
        if len(self._rest) > 10_000:
            now = loop.time()
            self._rest = {host: moment for host, moment in self._rest.items() if moment > now}
