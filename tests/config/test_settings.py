"""Settings: what cannot be used is refused in one line by every program, and what can be set stands in the manual."""

import ast
import dataclasses
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client, override_settings

from sources.archives.limits import ArchiveLimits
from sources.limits import Limits
from sources.outcomes import Signs
from sources.quotations import PassageRules
from sources.states import Rules
from sources.text import DriftRules

ROOT = Path(__file__).parents[2]
MANAGE = ["manage.py", "check"]
GUNICORN = ["-m", "gunicorn", "config.wsgi", "--config", "config/gunicorn.py", "--bind", "127.0.0.1:0"]
CELERY = ["-m", "celery", "-A", "config", "beat", "--schedule", "/dev/null"]
PREFIXES: dict[type[Any], str] = {
    **dict.fromkeys((Limits, Rules, Signs, DriftRules, PassageRules), "LINK_CHECK_"),
    ArchiveLimits: "ARCHIVE_",
}
# Of a machine, not of an installation.
NOT_FOR_THOSE_WHO_RUN_IT = {"CI", "CHROMIUM", "DJANGO_SETTINGS_MODULE"}


def run(arguments: list[str], **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def refusal(arguments: list[str], **environment: str) -> str:
    """The one line with which a program ends itself."""
    refused = run(arguments, **environment)
    assert refused.returncode == 1, refused.stdout + refused.stderr
    (line,) = refused.stderr.strip().splitlines()
    return line


# --- What cannot be used ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "takes"),
    [
        ("DATABASE_URL", "garbage", "must name PostgreSQL: postgresql://role:password@host:5432/database"),
        ("DATABASE_URL", "postgresql://role@host", "must name PostgreSQL"),
        ("DATABASE_OWNER_URL", "postgresql://role:pa/ss@host/x", "must name PostgreSQL"),
        ("REDIS_URL", "http://x", "write redis://host:6379/0, rediss://host:6379/0 or unix:///path"),
        ("REDIS_URL", "redis://x:port", "write redis://host:6379/0"),
        ("REDIS_URL", "garbage", "write redis://host:6379/0"),
        ("SITE_URL", "nonsense", "write it as https://pledges.example"),
        ("SITE_URL", "https://", "write it as https://pledges.example"),
        ("LOG_LEVEL", "foo", "is 'foo': write one of DEBUG, INFO, WARNING, ERROR, CRITICAL."),
        ("EMAIL_PORT", "65536", "write a number from 1 to 65535."),
        ("PLEDGE_RECORD_HOME", "/proc/x", "Name a folder that can be made and written to."),
        ("PLEDGE_RECORD_HOME", "/dev/null", "/dev/null is not a folder."),
        ("PLEDGE_RECORD_HOME", "/dev/null/x", "/dev/null is not a folder."),
        ("PLEDGE_RECORD_HOME", "~no-such-user/x", "Name a folder that can be made and written to."),
        ("LINK_CHECK_CONNECTIONS", "0", "write a whole number from 1 to 10000."),
        ("LINK_CHECK_GAP_SECONDS", "-5", "write a number from 0 to 3600."),
        ("LINK_CHECK_GAP_SECONDS", "nan", "write a number from 0 to 3600."),
        ("LINK_CHECK_GAP_SECONDS", "abc", "write a number from 0 to 3600."),
        ("LINK_CHECK_DEAD_DAYS", "7,1e9", "write numbers separated by commas, each from 0.01 to 3650."),
        ("LINK_CHECK_USER_AGENT", "Prüfer/1", "“Prüfer/1” cannot be sent: write plain letters on one line."),
        ("LINK_CHECK_USER_AGENT", "one\ntwo", "cannot be sent: write plain letters on one line."),
        ("LINK_CHECK_CONTACT", "büro@record.example", "cannot be sent: write plain letters on one line."),
        ("ARCHIVE_CDX_URL", "web.archive.org", "begin it with https:// or http://."),
        ("ARCHIVE_TIMEGATES", "https://a.example/,ftp://b.example/", "“ftp://b.example/” cannot be asked."),
        ("ARCHIVE_ACCESS_KEY", "only-one", "set both or neither."),
        ("ARCHIVE_SAVE_URL", "https://web.archive.org/save", "set ARCHIVE_ACCESS_KEY and ARCHIVE_SECRET_KEY too."),
        ("ARCHIVE_GAP_SECONDS", "-1", "write a number from 0 to 3600."),
        (
            "CAPTURES_S3_ACCESS_KEY",
            "only-one",
            "CAPTURES_S3_ACCESS_KEY and CAPTURES_S3_SECRET_KEY go together: set both.",
        ),
        ("CAPTURES_S3_ENDPOINT", "s3.example", "write it as https://"),
        ("LINK_CHECK_ALLOWED_NETWORKS", "everywhere", "'everywhere' does not appear to be an IPv4 or IPv6 network."),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line_that_says_what_can(name: str, value: str, takes: str) -> None:
    line = refusal(MANAGE, **{name: value})

    assert line.startswith(name) or name == "LINK_CHECK_CONTACT"
    assert line.endswith((".", "example", "path")) or "must name PostgreSQL" in line
    assert takes in line


@pytest.mark.parametrize("program", [GUNICORN, CELERY], ids=["gunicorn", "celery"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("LOG_LEVEL", "foo"),
        ("DATABASE_URL", "garbage"),
        ("REDIS_URL", "http://x"),
        ("LINK_CHECK_CONNECTIONS", "0"),
    ],
)
def test_web_and_worker_say_it_as_a_command_does(program: list[str], name: str, value: str, tmp_path: Path) -> None:
    faulty = {"PLEDGE_RECORD_HOME": str(tmp_path)} | {name: value}

    assert refusal(program, **faulty) == refusal(MANAGE, **faulty)


@pytest.mark.parametrize("name", ["WEB_THREADS", "WEB_PROCESSES"])
def test_a_web_server_without_threads_or_processes_is_refused(name: str) -> None:
    assert refusal(GUNICORN, **{name: "0"}) == f"{name} is 0: write a number of 1 or more."


def test_a_password_in_an_address_that_cannot_be_read_is_not_repeated() -> None:
    for name, address in (("DATABASE_URL", "postgresql://a:se/cret@b/c"), ("REDIS_URL", "redis//:se/cret@b")):
        assert "cret" not in refusal(MANAGE, **{name: address})


@pytest.mark.parametrize("kind", [Limits, Rules, ArchiveLimits])
def test_every_number_for_link_checks_and_archives_has_bounds_and_a_default_within_them(kind: type[Any]) -> None:
    for field in dataclasses.fields(kind):
        if field.name == "allowed_networks" or field.type == "str":
            continue
        values = field.default if isinstance(field.default, tuple) else (field.default,)
        assert all(field.metadata["least"] <= value <= field.metadata["most"] for value in values), field.name


# --- No database --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ["load_dataset", "data"],
        ["dump_dataset", "{folder}/dump"],
        ["check_links", "--due"],
        ["rebuild_status"],
        ["sync_roles"],
        ["createsuperuser"],
    ],
    ids=lambda command: command[0],
)
def test_a_command_without_a_database_says_so_in_one_line_and_leaves_nothing(command: list[str], tmp_path) -> None:
    home = tmp_path / "home"
    nothing = dict.fromkeys(("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"), "") | {"PLEDGE_RECORD_HOME": str(home)}
    arguments = [part.format(folder=tmp_path) for part in command]

    line = refusal(["manage.py", *arguments], **nothing)

    assert line.startswith("The database does not answer: connection to server on socket ")
    assert f"Run script/manage {' '.join(arguments)}, " in line
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_away_is_named_without_advice_for_a_laptop() -> None:
    line = refusal(["manage.py", "sync_roles"], DATABASE_URL="postgresql://role:secret@127.0.0.1:1/record")

    assert 'connection to server at "127.0.0.1", port 1 failed' in line
    assert line.endswith("See that it runs and that DATABASE_URL is its address.")
    assert "secret" not in line


# --- Where captures are kept --------------------------------------------------------------------------------------


def test_captures_go_to_a_bucket_once_one_is_named() -> None:
    named = {"CAPTURES_S3_BUCKET": "captures", "CAPTURES_S3_ENDPOINT": "https://s3.example", "CAPTURES_S3_REGION": "eu"}
    keys = {"CAPTURES_S3_ACCESS_KEY": "key", "CAPTURES_S3_SECRET_KEY": "hush"}
    code = (
        "import django, sys; django.setup(); from django.core.files.storage import storages;"
        "before = 'boto3' in sys.modules; one = storages['captures'];"
        "print(before, type(one).__name__, one.bucket_name, one.endpoint_url, one.region_name, one.access_key)"
    )

    there = run(["-c", code], DJANGO_SETTINGS_MODULE="config.settings", **named, **keys)

    assert there.stdout.split() == ["False", "CaptureBucket", "captures", "https://s3.example", "eu", "key"], (
        there.stderr
    )


# --- The manual ---------------------------------------------------------------------------------------------------


def variables_read() -> Iterator[tuple[str, object]]:
    """Every environment variable that the code reads, with the default that is written there, or None."""
    for file in sorted((ROOT / "config").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            called = ast.unparse(node.func)
            if re.fullmatch(r"environment\.[a-z_]+|(os\.)?environ\.(get|setdefault)|text|flag|number|names", called):
                default = node.args[1].value if len(node.args) > 1 and isinstance(node.args[1], ast.Constant) else None
                yield str(node.args[0].value), default
    for kind, prefix in PREFIXES.items():
        for field in dataclasses.fields(kind):
            yield f"{prefix}{field.name.upper()}", field.default if field.metadata else None


def rows_of_the_manual() -> dict[str, list[str]]:
    """The variables in the tables of settings, each with the other cells of its row."""
    part = (ROOT / "docs/operations.md").read_text().split("\n## Settings\n")[1].split("\n## ")[0]
    rows: dict[str, list[str]] = {}
    for line in part.splitlines():
        first, *others = (cell.strip() for cell in line.strip("|").split("|"))
        for name in re.findall(r"`([A-Z0-9_]+)`", first) if line.startswith("| `") else []:
            assert name not in rows, f"{name} stands there twice"
            rows[name] = others
    return rows


def as_written(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(as_written(each) for each in value)
    return f"{value:g}" if isinstance(value, float) else str(int(value) if isinstance(value, bool) else value)


def test_every_variable_that_is_read_stands_in_the_manual_and_no_other() -> None:
    read = {name for name, _ in variables_read() if name not in PREFIXES.values()} - NOT_FOR_THOSE_WHO_RUN_IT

    assert read == set(rows_of_the_manual())


def test_defaults_and_bounds_in_the_manual_are_those_of_the_code() -> None:
    rows = rows_of_the_manual()
    for name, default in variables_read():
        if default is not None and name in rows and name not in ("EMAIL_HOST", "BEHIND_PROXY"):
            assert as_written(default) in rows[name][0], name
    for kind, prefix in PREFIXES.items():
        for field in dataclasses.fields(kind):
            if field.metadata:
                bounds = f"{as_written(field.metadata['least'])}, {as_written(field.metadata['most'])}"
                assert rows[f"{prefix}{field.name.upper()}"][1] == bounds, field.name


def test_commands_and_units_are_told_of_one_home_folder() -> None:
    manual = (ROOT / "docs/operations.md").read_text().split("\n## With systemd\n")[1].split("\n## ")[0]

    assert [line.strip() for line in manual.splitlines() if "PLEDGE_RECORD_HOME" in line] == [
        "PLEDGE_RECORD_HOME=/var/lib/pledge-record"
    ]


# --- Containers ---------------------------------------------------------------------------------------------------


def test_containers_are_given_every_setting_and_only_one_of_them_the_owners_password() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]

    for name in ("prepare", "web", "worker", "beat"):
        assert services[name]["env_file"] == ".env"
        given = services[name]["environment"]
        # What stands here comes before what stands in the file.
        assert (given["POSTGRES_PASSWORD"], given["OWNER_PASSWORD"]) == ("", "")
        assert ("OWNER_PASSWORD" in given["DATABASE_OWNER_URL"]) is (name == "prepare")
        assert {key for key in given if not key.endswith("_PASSWORD")} <= set(rows_of_the_manual())


# --- What is logged -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["celery.beat", "celery.worker.strategy", "celery.app.trace"])
def test_what_celery_sends_and_receives_is_not_told_for_ever(name: str) -> None:
    assert settings.LOGGING["loggers"]["celery"]["level"] == "WARNING"
    assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    assert logging.getLogger(name).isEnabledFor(logging.WARNING)


@pytest.mark.django_db
@pytest.mark.parametrize("https", [True, False])
def test_a_wrong_name_of_the_site_costs_one_short_line(https: bool, caplog: pytest.LogCaptureFixture) -> None:
    with override_settings(SECURE_SSL_REDIRECT=https):
        response = Client().get("/", headers={"host": "elsewhere.example" * 100})

    assert response.status_code == HTTPStatus.BAD_REQUEST
    (record,) = caplog.records
    assert (record.levelname, record.exc_info) == ("WARNING", None)
    assert len(record.getMessage()) <= 200
