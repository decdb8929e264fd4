"""A real Celery worker on the database and the broker of the test run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from celery import current_app
from django.conf import settings

START_SECONDS = 60.0


class Worker:
    """One worker process; it may be killed and started again.

    :param log: file that takes what it says.
    :param threads: how many tasks it runs at once.
    """

    def __init__(self, *, log: Path, threads: int = 2) -> None:
        self.log, self.threads = log, threads
        self.name = f"test-{os.getpid()}-{time.monotonic_ns()}@localhost"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        arguments = [sys.executable, "-m", "celery", "-A", "config", "worker", "--hostname", self.name]
        arguments += ["--pool", "threads", "--concurrency", str(self.threads), "--loglevel", "WARNING"]
        arguments += ["--without-gossip", "--without-mingle"]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                arguments, cwd=settings.BASE_DIR, env=os.environ | {"DATABASE_URL": site_url()}, stdout=out, stderr=out
            )
        until = time.monotonic() + START_SECONDS
        while not current_app.control.ping([self.name], timeout=0.3):
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"The worker did not come up:\n{self.log.read_text()[-3000:]}")

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def kill(self) -> None:
        """As the kernel does when memory is short: at once, without a word."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """In good order: tasks that run are finished."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()


def site_url() -> str:
    """The address of this run's database under the site's role."""
    database = settings.DATABASES["default"]
    secret = f":{quote(database['PASSWORD'], safe='')}" if database["PASSWORD"] else ""
    host = quote(database["HOST"], safe="")
    return f"postgresql://{database['USER']}{secret}@{host}:{database['PORT'] or 5432}/{database['NAME']}"
