"""A database for one benchmark alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any


@contextmanager
def own_database(purpose: str) -> Iterator[Any]:
    """A fresh database with all migrations; gives a connection of the owner's. It is dropped at the end."""
    import psycopg2
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    name = f"bench_{purpose}_{os.getpid()}"
    parameters = connections["owner"].get_connection_params()
    reached_by = {key: parameters[key] for key in ("host", "port", "user", "password") if key in parameters}

    def as_owner(database: str) -> Any:
        connection = psycopg2.connect(**reached_by, dbname=database)
        connection.autocommit = True
        return connection

    maintenance = settings.DATABASES["owner"]["NAME"]
    with closing(as_owner(maintenance)) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        for alias in ("default", "owner"):
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
            settings.DATABASES[alias]["NAME"] = name
        call_command("prepare", verbosity=0)
        with closing(as_owner(name)) as owner:
            yield owner
    finally:
        for alias in ("default", "owner"):
            connections[alias].close()
        with closing(as_owner(maintenance)) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
