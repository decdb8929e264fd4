"""The private PostgreSQL: made on first use, three roles, reached by a Unix socket only.

The supervisor's role is a superuser and makes the other two. The *owner* owns the database, may create others
(for tests), and migrates. The *site* may do what the owner grants it and nothing else.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg2
from psycopg2 import sql

from config.embedded import CannotStart
from config.embedded.places import DATABASE, OWNER_ROLE, SITE_ROLE, SUPERVISOR_ROLE, Places, services_user
from config.embedded.processes import LINUX, Process, last_lines, private_folder
from config.embedded.programs import postgresql_for, within_reach

SETTINGS = {
    "listen_addresses": "",
    "port": "5432",  # names the socket; no port is opened
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "60",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "1",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "off",
    "cluster_name": "pledge-record",
}
# For a cluster whose content is worth nothing after the tests.
WITHOUT_DURABILITY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
}


class Cluster:
    """One cluster of one home folder, as a process of the supervisor.

    :param durable: whether what is committed must survive a loss of power; tests do without.
    """

    def __init__(self, where: Places, *, durable: bool = True) -> None:
        self.where, self.durable = where, durable
        self.user = services_user(where)
        self.log = where.logs / "postgresql.log"
        found = postgresql_for(where.cluster)
        self.programs = within_reach(found.bin / "postgres", found.movable, where=where, user=self.user).parent
        self.major = found.major
        settings = SETTINGS | {"unix_socket_directories": str(where.run)}
        if not durable:
            settings |= WITHOUT_DURABILITY
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process = Process(
            "PostgreSQL",
            [self.programs / "postgres", "-D", where.cluster, *options],
            user=self.user,
            log=self.log,
            environment=plain_environment(),
            asks_to_stop=signal.SIGINT,  # fast: open transactions are rolled back, nothing waits for clients
            insists_to_stop=signal.SIGQUIT,  # at once; the next start reads the log again, nothing is lost
            ends_with_parent=signal.SIGINT,
            patience=60,
            ready=self.answers,
        )

    def prepare(self) -> None:
        """Make the cluster if there is none, and end a server that outlived its supervisor.

        :raises CannotStart: if the folder cannot be used.
        """
        private_folder(self.where.run, user=self.user)
        if not (self.where.cluster / "PG_VERSION").exists():
            self._initialise()
        private_folder(self.where.cluster, user=self.user)
        self._end_leftover()

    def _end_leftover(self) -> None:
        """Wait for a server whose supervisor was killed: on Linux it is ending by itself, elsewhere it is told to."""
        told = LINUX
        until = time.monotonic() + 30
        while (left := self._leftover()) is not None:
            if not told or time.monotonic() > until:
                self._run("pg_ctl", "stop", "-D", self.where.cluster, "-m", "fast", "-w", "-t", "60", check=False)
                if self._leftover() == left:
                    raise CannotStart(f"Another PostgreSQL (process {left}) runs on {self.where.cluster}. Stop it.")
                told = True
            time.sleep(0.05)

    def _leftover(self) -> int | None:
        """The process that runs on this cluster now, if any; a number that the system gave to another is none."""
        try:
            pid = int((self.where.cluster / "postmaster.pid").read_text().split()[0])
            command = subprocess.run(  # noqa: S603
                ["ps", "-ww", "-o", "command=", "-p", str(pid)],  # noqa: S607  its place differs between systems
                capture_output=True,
                text=True,
                check=False,
            ).stdout
        except (OSError, ValueError, IndexError):
            return None
        return pid if str(self.where.cluster) in command else None

    def _initialise(self) -> None:
        """Made beside its place and moved there when it is whole: an interrupted start leaves no half cluster."""
        unfinished = self.where.cluster.with_name("postgres.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        private_folder(unfinished, user=self.user)
        locale = ["--locale=C.UTF-8"]
        if not LINUX:
            locale = ["--locale=C"]
            if self.major >= 17:
                locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run(
            "initdb", "-D", unfinished, "-U", SUPERVISOR_ROLE, "--encoding=UTF8", *locale,
            "--auth-local=trust", "--auth-host=reject", *([] if self.durable else ["--no-sync"]),
        )  # fmt: skip
        unfinished.rename(self.where.cluster)

    def _run(self, program: str, *arguments: str | Path, check: bool = True) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            done = subprocess.run(  # noqa: S603
                [self.programs / program, *arguments],
                cwd="/",
                env=plain_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
                check=False,
            )
        if check and done.returncode:
            raise CannotStart(f"{program} failed with code {done.returncode}:\n{last_lines(self.log)}")

    def answers(self) -> bool:
        """Whether our own server, not another one on the same socket, takes connections."""
        with contextlib.suppress(OSError, ValueError, psycopg2.OperationalError):
            # While the server writes it, the file is empty.
            first_line = (self.where.cluster / "postmaster.pid").read_text().partition("\n")[0]
            if int(first_line) == self.process.pid:
                self.connect("postgres").close()
                return True
        return False

    def connect(self, database: str, *, role: str = SUPERVISOR_ROLE) -> "psycopg2.extensions.connection":
        """A connection in autocommit mode."""
        connection = psycopg2.connect(
            host=str(self.where.run), port=5432, user=role, dbname=database, connect_timeout=5
        )
        connection.autocommit = True
        return connection

    def make_roles_and_database(self) -> None:
        """The two roles and the database, where they are missing."""
        connection = self.connect("postgres")
        with contextlib.closing(connection), connection.cursor() as cursor:
            for role, rights in ((OWNER_ROLE, "CREATEDB"), (SITE_ROLE, "NOCREATEDB")):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                if not cursor.fetchone():
                    cursor.execute(
                        sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {}").format(
                            sql.Identifier(role), sql.SQL(rights)
                        )
                    )
            if not self.durable:
                # So that the test run may end the site's connections to a database it wants to drop.
                cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(SITE_ROLE), sql.Identifier(OWNER_ROLE)))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE))
                )


def has_database(where: Places) -> bool:
    """Whether the cluster of these folders takes the site's role to its database, whoever runs it."""
    with contextlib.suppress(psycopg2.OperationalError):
        psycopg2.connect(where.database_url(), connect_timeout=5).close()
        return True
    return False


def plain_environment() -> dict[str, str]:
    """What PostgreSQL's programs need, without the PG* variables by which someone reaches another server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C.UTF-8" if LINUX else "C"}
