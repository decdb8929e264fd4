"""One database for each run, made and migrated by the owner's role; the tests run as the site's role.

And what more than one room's tests are shown on: the starter data, and small data sets of a test's own.
"""

import contextlib
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from celery import current_app
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections, transaction
from django.test import TransactionTestCase, override_settings
from psycopg2 import sql

from pledges.dataset.loading import load
from tests.small_set import write_set
from tests.worker import Worker

TEMPLATE_SUFFIX = "_empty"
DATA = Path(__file__).parents[1] / "data"


def pytest_configure(config: pytest.Config) -> None:
    if not os.environ.get("DATABASE_URL"):
        raise pytest.UsageError("The tests need PostgreSQL and Redis: run script/test, with the same arguments.")
    # WhiteNoise warns of a folder that is not there; before files are collected there is none.
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


class RunDatabase:
    """The database of this run, and an untouched copy of it from which it can be made again."""

    def __init__(self) -> None:
        self.name = f"test_{os.getpid()}_{secrets.token_hex(3)}"
        self.maintenance = settings.DATABASES["owner"]["NAME"]

    def point_at(self, name: str) -> None:
        for alias in ("default", "owner"):
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
            settings.DATABASES[alias]["NAME"] = name

    def connect_as_owner(self, database: str) -> "psycopg2.extensions.connection":
        """Beside Django, which keeps tests from using a second alias."""
        parameters = connections["owner"].get_connection_params()
        chosen = {name: parameters[name] for name in ("host", "port", "user", "password") if name in parameters}
        connection = psycopg2.connect(**chosen, dbname=database)
        connection.autocommit = True
        return connection

    def _as_owner(self, *statements: sql.Composable) -> None:
        with contextlib.closing(self.connect_as_owner(self.maintenance)) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def make(self) -> None:
        template = self.name + TEMPLATE_SUFFIX
        self._as_owner(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(template)))
        self.point_at(template)
        call_command("prepare", verbosity=0)
        self.point_at(self.name)
        self._as_owner(self._copy())

    def make_again(self) -> None:
        """Throw away what a test committed: the seeds of the migrations are back, sequences start anew."""
        for alias in ("default", "owner"):
            connections[alias].close()
        self._as_owner(*self._drop(self.name), self._copy())
        ContentType.objects.clear_cache()

    def drop(self) -> None:
        for alias in ("default", "owner"):
            connections[alias].close()
        self._as_owner(*self._drop(self.name), *self._drop(self.name + TEMPLATE_SUFFIX))

    def _copy(self) -> sql.Composable:
        template = sql.Identifier(self.name + TEMPLATE_SUFFIX)
        return sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(self.name), template)

    def _drop(self, name: str) -> tuple[sql.Composable, sql.Composable]:
        # Processes that a test started may hold connections still. WITH (FORCE) would also try to end a vacuum
        # of the server's own, which the owner may not; a plain DROP sends it away and waits for all of them.
        end = sql.SQL(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = {} AND backend_type = 'client backend'"
        ).format(sql.Literal(name))
        return end, sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[RunDatabase]:
    database = RunDatabase()
    with django_db_blocker.unblock():
        database.make()

    yield database

    with django_db_blocker.unblock():
        database.drop()


@pytest.fixture(scope="session", autouse=True)
def _tests_that_commit_leave_nothing(django_db_setup: RunDatabase) -> Iterator[None]:
    """Django would TRUNCATE as the site's role, which may not; the database is made again instead."""
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _self: django_db_setup.make_again())

    yield

    patch.undo()


@pytest.fixture
def as_owner(django_db_setup: RunDatabase, transactional_db: None) -> Iterator["psycopg2.extensions.connection"]:
    """A connection as the owner's role, for tests of what even the owner cannot do. It sees what is committed."""
    with contextlib.closing(django_db_setup.connect_as_owner(django_db_setup.name)) as connection:
        yield connection


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[Worker]:
    """A real worker process, with tasks that see what the test committed; queues are empty before and after."""
    current_app.control.purge()
    one = Worker(log=tmp_path / "worker.log")
    one.start()

    yield one

    one.stop()
    current_app.control.purge()


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """The real hash takes half a second by design."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture(scope="module")
def _loaded(django_db_setup: object, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load(DATA)

        yield

        transaction.set_rollback(True)


@pytest.fixture
def starter_data(_loaded: None) -> Iterator[None]:
    """The starter data. What a test changes is taken back. Not beside ``db``: it is a transaction of its own."""
    with transaction.atomic():
        yield

        transaction.set_rollback(True)


@pytest.fixture
def enter(db: None, tmp_path: Path) -> Callable[..., None]:
    """Enter a small data set: lists of rows, of which each names only what matters to the test."""

    def entered(**lists: list[dict[str, Any]]) -> None:
        write_set(tmp_path, **lists)
        load(tmp_path)

    return entered
