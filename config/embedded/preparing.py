"""Bringing an embedded database to this version of the code before anything is asked of it."""

import contextlib
import sys
from pathlib import Path

import psycopg2
from psycopg2 import errors

from config import environment
from config.embedded import CannotStart
from config.embedded.processes import Process
from config.embedded.supervisor import LOOK_EVERY, Supervisor


def is_behind(settings: dict[str, str]) -> bool:
    """Whether the database lacks a migration of this checkout."""
    ours = {(file.parts[-3], file.stem) for file in environment.CHECKOUT.glob("*/migrations/[0-9]*.py")}
    with contextlib.closing(psycopg2.connect(settings["DATABASE_OWNER_URL"])) as connection, connection.cursor() as ask:
        try:
            ask.execute("SELECT app, name FROM django_migrations")
        except errors.UndefinedTable:
            return True
        return not ours <= set(ask.fetchall())


def prepare(
    settings: dict[str, str], *, supervisor: Supervisor, static: bool = False, data: Path | None = None
) -> None:
    """Migrations and rights; static files and starter data where asked for.

    :raises CannotStart: if a step fails; the step has said why.
    """
    command = [sys.executable, "manage.py", "prepare", "--verbosity", "0"]
    step = Process(
        "manage.py prepare",
        command + (["--static"] if static else []) + (["--data", str(data)] if data else []),
        environment=settings,
        folder=environment.CHECKOUT,
    )
    step.start()
    while step.running:
        supervisor.pause(LOOK_EVERY)
        if supervisor.asked_to_stop():
            step.stop()
            return
        supervisor.look()
    if step.child and step.child.returncode:
        raise CannotStart(f"{step.how_it_ended()}; the lines above say why.")
