"""For those who run the site: does this process answer, and has it all it needs?

Asked by machines that know an address but no name of the site, so it is answered before the Host header is looked at.
"""

from collections.abc import Callable

from celery import current_app
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while this process answers, whatever else is broken."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and Redis are there; else 503, with what is missing and why."""
    found = {}
    for name, ask in CHECKS.items():
        try:
            found[name] = ask()
        except Exception as error:  # whatever it is, it is the answer
            found[name] = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
    missing = {name: what for name, what in found.items() if what != "ok"}
    status = {"status": "missing " + ", ".join(missing) if missing else "ready", **found}
    return JsonResponse(status, status=503 if missing else 200)


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def migrations() -> str:
    executor = MigrationExecutor(connection)
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
