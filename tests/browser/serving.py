"""The whole site in processes of its own, for tests that read its pages as anybody would."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0


def with_database(url: str, name: str) -> str:
    """A database address with another database's name in it."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def database_copied_from(template: str) -> Iterator[dict[str, str]]:
    """A database of its own, dropped at the end; gives the variables that name it."""
    name = f"{template[:40]}_{secrets.token_hex(3)}"
    owner_url = os.environ["DATABASE_OWNER_URL"]
    maintenance = psycopg2.connect(owner_url)
    maintenance.autocommit = True
    try:
        with maintenance.cursor() as cursor:
            cursor.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
            try:
                yield {
                    "DATABASE_URL": with_database(os.environ["DATABASE_URL"], name),
                    "DATABASE_OWNER_URL": with_database(owner_url, name),
                }
            finally:
                cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    finally:
        maintenance.close()


def run(*arguments: str, environment: Mapping[str, str]) -> None:
    """A management command that must succeed; its output is in the failure."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=CHECKOUT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")


def wait_until_it_answers(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the site answers ``/healthz``.

    :raises RuntimeError: with the server's log, if it ends or stays silent.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        # The socket listens already, so this waits for the answer rather than for a refusal.
        line = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                return
        except OSError:
            continue
        finally:
            line.close()
    raise RuntimeError(f"The site did not answer:\n{log.read_text()}")


@dataclass(frozen=True)
class WholeSite:
    """A running site: where it answers, what it has logged, and the variables that its processes have."""

    address: str
    log: Path
    environment: Mapping[str, str]

    def manage(self, *arguments: str) -> None:
        """Run a management command on it."""
        run(*arguments, environment=self.environment)

    def logged(self) -> str:
        """The end of the log, to explain a failure."""
        return "\n".join(self.log.read_text().splitlines()[-200:])


@contextmanager
def whole_site(*, template: str, data: Path, folder: Path) -> Iterator[WholeSite]:
    """The site with a data set loaded, served by gunicorn on a free port.

    template: a migrated, empty database. folder: for static files and the log.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    log = folder / "site.log"
    with database_copied_from(template) as database:
        environment = os.environ | database | {
            "HTTPS": "0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": f"http://127.0.0.1:{port}",
            "STATIC_ROOT": str(folder / "static"),
            "DIGESTS": "1",
        }  # fmt: skip
        run("prepare", "--static", "--data", str(data), environment=environment)
        with log.open("wb") as written:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "config.wsgi:application", "--threads", "4"),
                    *("--bind", f"fd://{listening.fileno()}", "--no-control-socket"),
                ],
                cwd=CHECKOUT,
                env=environment,
                stdout=written,
                stderr=subprocess.STDOUT,
                pass_fds=[listening.fileno()],
            )
            try:
                wait_until_it_answers(port, process, log)
                yield WholeSite(f"http://127.0.0.1:{port}", log, environment)
            finally:
                process.terminate()
                process.wait(timeout=30)
                listening.close()
