"""What the site's database role may do. It owns nothing, so it can neither alter a table nor switch off a trigger."""

from __future__ import annotations

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2 import sql

from history.recorded import SCHEMA

EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")


def rights_by_table() -> dict[str, tuple[str, ...]]:
    """The rights of the site's role on each table of a model; ``SITE_MAY`` on the model narrows them."""
    return {
        model._meta.db_table: getattr(model, "SITE_MAY", EVERYTHING)
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
    }


def grant_site_role(connection: BaseDatabaseWrapper, *, role: str) -> None:
    """Give the site's role exactly its rights. Runs as the owner after every migration; safe to repeat.

    :param connection: a connection of the owner's role.
    :param role: name of the site's role, which must exist.
    """
    name, recorded = sql.Identifier(role), sql.Identifier(SCHEMA)
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor, include_views=True))
        database = sql.Identifier(str(connection.settings_dict["NAME"]))
        statements = [
            sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"),
            sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, name),
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name),
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(name),
            sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(name),
            # What has no model (partitions, the table of migrations) may be read.
            sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {}").format(name),
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}").format(recorded, name),
            sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(recorded, name),
            sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(recorded, name),
        ]
        for table, rights in sorted(rights_by_table().items()):
            if table in existing:
                granted = sql.SQL(", ").join(map(sql.SQL, rights))
                statements.append(sql.SQL("GRANT {} ON {} TO {}").format(granted, sql.Identifier(table), name))
        for statement in statements:
            cursor.execute(statement)
