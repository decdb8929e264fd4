"""For those who run the site: does this process answer, and has it all it needs?

Asked by machines that know an address but no name of the site, so it is answered before the Host header is looked at.
"""

import threading
import time
from collections.abc import Callable
from contextlib import closing

from celery import current_app
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

# Whoever asks gives up after some five seconds.
ANSWER_SECONDS = 4
CONNECT_SECONDS = 2  # the shortest that libpq keeps


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while this process answers, whatever else is broken."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and Redis are there; else 503, with what is missing and why."""
    found = answers()
    missing = {name: what for name, what in found.items() if what != "ok"}
    status = {"status": "missing " + ", ".join(missing) if missing else "ready", **found}
    return JsonResponse(status, status=503 if missing else 200)


def answers() -> dict[str, str]:
    """What each check says, all asked at once; one that is not done in time is given up."""
    found: dict[str, str] = {}

    def ask(name: str) -> None:
        try:
            found[name] = CHECKS[name]()
        except Exception as error:  # whatever it is, it is the answer
            found[name] = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"

    asking = [threading.Thread(target=ask, args=[name], daemon=True) for name in CHECKS]
    for each in asking:
        each.start()
    until = time.monotonic() + ANSWER_SECONDS
    for each in asking:
        each.join(max(0.0, until - time.monotonic()))
    return {name: found.get(name, f"no answer within {ANSWER_SECONDS} s") for name in CHECKS}


def new_connection() -> "closing[BaseDatabaseWrapper]":
    """This thread's connection, for one question. One that is open already may wait for ever for a hung database."""
    own = connections[DEFAULT_DB_ALIAS].copy()
    own.settings_dict["OPTIONS"]["connect_timeout"] = CONNECT_SECONDS
    # By the name too: models, that of the migrations among them, ask for it so.
    connections[DEFAULT_DB_ALIAS] = own
    return closing(own)


def database() -> str:
    with new_connection() as own, own.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def migrations() -> str:
    with new_connection() as own:
        executor = MigrationExecutor(own)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not waiting:
        return "ok"
    first = ", ".join(f"{each.app_label}.{each.name}" for each, _ in waiting[:3])
    return f"{len(waiting)} not applied ({first} ...): run manage.py prepare"


def redis() -> str:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return "ok"


CHECKS: dict[str, Callable[[], str]] = {"database": database, "migrations": migrations, "redis": redis}


class Health:
    """Answers ``/healthz`` and ``/readyz``; everything else goes on."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer
        self.views = {"/healthz": healthz, "/readyz": readyz}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.views.get(request.path_info, self.answer)(request)
