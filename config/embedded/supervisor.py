"""Keeps the services of one home folder running, and ends them all together."""

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from config import environment
from config.embedded import CannotStart, postgresql, redis
from config.embedded.locks import FolderLock
from config.embedded.places import OWNER_ROLE, SITE_ROLE, Places, places
from config.embedded.postgresql import Cluster
from config.embedded.processes import Process
from config.embedded.redis import Store

START_SECONDS = 180.0  # a server that was killed reads its log again before it answers
RESTART_PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)  # seconds before the first restart, the second, ...
STEADY_AFTER = 60.0  # seconds after which earlier falls of a process are forgotten
LOOK_EVERY = 0.25


def say(message: str) -> None:
    """A line for the person at the terminal."""
    print(message, file=sys.stderr, flush=True)


class Watched:
    """A process that is started again when it falls, a little later each time.

    :param before: what to do before each start.
    """

    def __init__(self, process: Process, *, before: Callable[[], None] | None = None) -> None:
        self.process, self.before = process, before
        self.falls = 0
        self.last_start = 0.0
        self.next_start: float | None = None

    def start(self) -> None:
        if self.before:
            self.before()
        self.process.start()
        self.last_start = time.monotonic()
        self.next_start = None

    def look(self) -> None:
        """Notice a fall, and start again when the pause is over.

        :raises CannotStart: if it fell too often.
        """
        now = time.monotonic()
        answers = self.process.ready
        if self.falls and self.next_start is None and self.process.running and answers and answers():
            # What answered and then fell did not fail to start: it may be killed as often as somebody likes.
            self.falls = 0
        if self.next_start is not None:
            if now >= self.next_start:
                say(f"Starting {self.process.name} again.")
                self.start()
            return
        if self.process.running:
            return
        if now - self.last_start > STEADY_AFTER:
            self.falls = 0
        if self.falls == len(RESTART_PAUSES):
            raise CannotStart(
                f"{self.process.how_it_ended()}\n{self.process.name} fell {self.falls + 1} times in a row; "
                "stopping everything."
            )
        say(f"{self.process.name} fell again." if self.falls else self.process.how_it_ended())
        self.next_start = now + RESTART_PAUSES[self.falls]
        self.falls += 1


class Supervisor:
    """Starts processes in order, restarts those that fall, stops them in reverse order."""

    def __init__(self) -> None:
        self.watched: list[Watched] = []
        self.signals = 0
        self.last_signal = 0
        self.first_signal = 0.0
        self._wake_read, self._wake_write = os.pipe()
        for end in (self._wake_read, self._wake_write):
            os.set_blocking(end, False)

    def listen_to_signals(self) -> None:
        """SIGTERM, SIGINT and SIGHUP end everything; a second one does so without patience."""
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # a child's end wakes us at once

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        self.last_signal = number
        if self.signals == 0:
            self.first_signal = now
        elif now - self.first_signal > 1.0:  # some senders send the same one twice
            for each in self.watched:
                each.process.patience = 0.0
        self.signals += 1

    def asked_to_stop(self) -> bool:
        """Whether a signal has come."""
        return self.signals > 0

    def add(self, watched: Watched) -> None:
        watched.start()
        self.watched.append(watched)

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than until the next signal."""
        select.select([self._wake_read], [], [], seconds)
        try:
            while os.read(self._wake_read, 512):
                pass
        except BlockingIOError:
            pass

    def look(self) -> None:
        """One look at every process.

        :raises CannotStart: if one cannot be kept running.
        """
        for each in self.watched:
            each.look()

    def wait_for(self, processes: list[Process], *, seconds: float) -> None:
        """Return once all answer, or a signal has come. Those that fall meanwhile are started again.

        :raises CannotStart: if one cannot be kept running, or the time is up.
        """
        until = time.monotonic() + seconds
        waiting = list(processes)
        while waiting and not self.asked_to_stop():
            self.look()
            waiting = [each for each in waiting if not (each.running and (each.ready is None or each.ready()))]
            if waiting and time.monotonic() > until:
                raise CannotStart(f"{waiting[0].name} did not answer within {seconds:.0f} s; see {waiting[0].log}.")
            if waiting:
                self.pause(0.02)

    def stop(self) -> None:
        for each in reversed(self.watched):
            each.process.stop()
        self.watched.clear()


class Services:
    """The embedded services that one home folder needs, held by one process at a time.

    :param where: the folders.
    :param with_postgresql, with_redis: which of the two to run.
    :param durable: False for tests.
    """

    def __init__(self, where: Places, *, with_postgresql: bool, with_redis: bool, durable: bool = True) -> None:
        self.where, self.durable = where, durable
        self.wants_postgresql, self.wants_redis = with_postgresql, with_redis
        self.lock = FolderLock(where.home / "services.lock")
        self.cluster: Cluster | None = None

    def start(self, supervisor: Supervisor) -> None:
        """Start what is wanted; returns when all answer. The lock must have been taken.

        :raises CannotStart: with what must be mended.
        """
        started: list[Process] = []
        if self.wants_redis:
            store = Store(self.where)
            store.prepare()
            supervisor.add(Watched(store.process, before=store.prepare))
            started.append(store.process)
        if self.wants_postgresql:
            self.cluster = Cluster(self.where, durable=self.durable)
            self.cluster.prepare()
            supervisor.add(Watched(self.cluster.process, before=self.cluster.prepare))
            started.append(self.cluster.process)
        supervisor.wait_for(started, seconds=START_SECONDS)
        if self.cluster and not supervisor.asked_to_stop():
            self.cluster.make_roles_and_database()

    def answer(self) -> bool:
        """Whether the services of this folder answer, whoever runs them; the database is there too."""
        if self.wants_redis and not redis.answers(self.where.redis_socket):
            return False
        return not self.wants_postgresql or postgresql.has_database(self.where)

    def addresses(self) -> dict[str, str]:
        """The environment variables by which the site finds them."""
        found = {}
        if self.wants_postgresql:
            found["DATABASE_URL"] = self.where.database_url(role=SITE_ROLE)
            found["DATABASE_OWNER_URL"] = self.where.database_url(role=OWNER_ROLE)
        if self.wants_redis:
            found["REDIS_URL"] = self.where.redis_url
        return found


def services_wanted(home: Path, *, durable: bool = True) -> Services:
    """The embedded services that the environment leaves open."""
    return Services(
        places(home),
        with_postgresql=not environment.text("DATABASE_URL"),
        with_redis=not environment.text("REDIS_URL"),
        durable=durable,
    )
