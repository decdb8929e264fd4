"""Brings the database to this version of the code: migrations as the owner, then the rights of the site's role."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connections, transaction

from history.recorded import renew_views
from history.roles import grant_site_role

# Any number will do, so long as nothing else in this database takes it.
ONLY_ONE_MIGRATOR = 7_305_561_020


class Command(BaseCommand):
    help = (
        "Migrate as the owner's role, one at a time, and give the site's role its rights. Safe to run again. "
        "With --data, load a data set if the record is still empty."
    )
    # The tables it would check may not be there yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", type=Path, metavar="DIR", help="starter data for an empty record")
        parser.add_argument("--static", action="store_true", help="collect static files too")

    def handle(self, *, data: Path | None, static: bool, **options: Any) -> None:
        if "owner" not in settings.DATABASES:
            raise CommandError(
                "DATABASE_OWNER_URL is not set. Migrations run as the role that owns the tables, which the site's "
                "own role (DATABASE_URL) must not be: set it for this command."
            )
        verbosity = options["verbosity"]
        try:
            self._migrate(verbosity)
        except OperationalError as error:
            first_line = (str(error).strip().splitlines() or ["no reason given"])[0]
            raise CommandError(f"The database does not answer as it should: {first_line}") from error
        call_command("sync_roles", verbosity=max(verbosity - 1, 0))
        if static:
            call_command("collectstatic", interactive=False, verbosity=max(verbosity - 1, 0))
        if data and not self._has_a_record():
            call_command("load_dataset", str(data), verbosity=verbosity)

    def _migrate(self, verbosity: int) -> None:
        owner = connections["owner"]
        with owner.cursor() as cursor:
            # Another migrator may take minutes; a table that is in use is waited for briefly, as the settings say.
            cursor.execute("SET lock_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [ONLY_ONE_MIGRATOR])
            cursor.execute("RESET lock_timeout")
            try:
                call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
                with transaction.atomic(using="owner"):
                    renew_views(cursor)
                role = settings.DATABASES["default"]["USER"]
                if role != settings.DATABASES["owner"]["USER"]:
                    grant_site_role(owner, role=role)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ONLY_ONE_MIGRATOR])

    def _has_a_record(self) -> bool:
        """Whether anything has been entered or loaded yet."""
        models = [apps.get_model(name) for name in ("companies.Company", "sources.Source", "pledges.Event")]
        return any(model._default_manager.exists() for model in models)
