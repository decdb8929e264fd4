"""Bringing a database to this version, and what is said of an installation that is not as it should be."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from psycopg2 import sql

from tests.conftest import RunDatabase
from tests.worker import site_url

pytestmark = pytest.mark.django_db

PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "pledges.example",
    "SITE_URL": "https://pledges.example",
    "HTTPS": "",
    "DEBUG": "",
    "DATABASE_OWNER_URL": "",
}


def manage(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def empty_database(django_db_setup: RunDatabase) -> Iterator[dict[str, str]]:
    """A database with nothing in it; gives the addresses of the two roles."""
    name = f"{django_db_setup.name}_new"
    identifier = sql.Identifier(name)
    connection = django_db_setup.connect_as_owner(django_db_setup.maintenance)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(identifier))

        yield {
            "DATABASE_URL": os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}",
            "DATABASE_OWNER_URL": os.environ["DATABASE_OWNER_URL"].rsplit("/", 1)[0] + f"/{name}",
        }

        cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))
    connection.close()


def test_two_at_once_bring_an_empty_database_to_this_version_one_after_the_other(
    empty_database: dict[str, str],
) -> None:
    command = [sys.executable, "manage.py", "prepare", "--verbosity", "0"]
    both = [
        subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ | empty_database, stderr=subprocess.PIPE)
        for _ in range(2)
    ]

    said = [each.communicate(timeout=120)[1].decode() for each in both]

    assert [each.returncode for each in both] == [0, 0], said
    with psycopg2.connect(empty_database["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('history_revision', 'INSERT'), count(*) FROM django_migrations")
        may_write_history, migrations = cursor.fetchone()
    connection.close()
    assert not may_write_history
    assert migrations > 20


def test_migrations_without_the_owners_address_are_refused_with_its_name() -> None:
    refused = manage("prepare", DATABASE_OWNER_URL="", SECRET_KEY=PRODUCTION["SECRET_KEY"])

    assert refused.returncode == 1
    assert "DATABASE_OWNER_URL is not set" in refused.stderr


def test_production_without_a_key_is_refused_with_the_way_to_make_one(tmp_path: Path) -> None:
    refused = manage("check", SECRET_KEY="", PLEDGE_RECORD_HOME=str(tmp_path))

    assert refused.returncode == 1
    assert "SECRET_KEY is not set. Set it to a long random text" in refused.stderr


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("HTTPS", "perhaps", "HTTPS is 'perhaps': write 1 or 0."),
        ("DATABASE_STATEMENT_TIMEOUT", "long", "DATABASE_STATEMENT_TIMEOUT is 'long': write a whole number."),
        ("DATABASE_CONNECTION_AGE", "-1", "DATABASE_CONNECTION_AGE is -1: write a number of 0 or more."),
        ("DATABASE_URL", "mysql://somewhere/x", "must name PostgreSQL: postgresql://role:password@host:5432/database"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named_with_what_to_write(name: str, value: str, message: str) -> None:
    refused = manage("check", **{name: value})

    assert refused.returncode == 1
    assert message in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_shipped_production_settings_have_nothing_to_be_said_about(tmp_path: Path) -> None:
    production = PRODUCTION | {"STATIC_ROOT": str(tmp_path), "DATABASE_URL": site_url()}
    collected = manage("collectstatic", "--no-input", "--verbosity", "0", **production)

    checked = manage("check", "--deploy", "--database", "default", "--fail-level", "INFO", **production)

    assert collected.returncode == 0, collected.stderr
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


@pytest.mark.parametrize(
    ("faulty", "said"),
    [
        ({"DATABASE_URL": "owner"}, "config.E002"),
        ({"DATABASE_URL": "owner", "DATABASE_OWNER_URL": "owner"}, "config.E001"),
        ({"REDIS_URL": ""}, "config.E003"),
        ({"HTTPS": "0"}, "config.E004"),
        ({"ALLOWED_HOSTS": "*"}, "config.E005"),
    ],
)
def test_a_deployment_that_protects_nothing_is_an_error(faulty: dict[str, str], said: str) -> None:
    owner_url = os.environ["DATABASE_OWNER_URL"].rsplit("/", 1)[0] + "/" + settings.DATABASES["default"]["NAME"]
    environment = PRODUCTION | {"DATABASE_URL": site_url()} | faulty
    environment = {name: owner_url if value == "owner" else value for name, value in environment.items()}

    checked = manage("check", "--deploy", **environment)

    assert checked.returncode == 1
    assert said in checked.stderr


def test_a_command_that_needs_no_service_runs_without_any(tmp_path: Path) -> None:
    nothing = dict.fromkeys(("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY"), "")

    done = manage("check", **nothing, PLEDGE_RECORD_HOME=str(tmp_path / "home"))

    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "home").exists()
