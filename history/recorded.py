"""What the record said at a time: each table under the history once more, as its rows stood then.

The schema ``recorded`` has a view for each of these tables, of the same name and with the same columns, which reads the
history alone. With that schema in front, whatever reads the record reads it as it stood (docs/decisions/0025).
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias, TypeVar, cast

from django.apps import apps
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper
from psycopg2 import extensions, sql

from history.models import Publication, Published, Revision

Cursor: TypeAlias = CursorWrapper | extensions.cursor
SCHEMA: Final = "recorded"
HISTORY: Final = "history_revision"

# --- reading --------------------------------------------------------------------------------------------------------

_moment: ContextVar[datetime | None] = ContextVar("the time at which the record is read", default=None)


def moment() -> datetime | None:
    """The time at which the record is being read; None where it is read as it stands."""
    return _moment.get()


@contextmanager
def said_at(at: datetime) -> Iterator[None]:
    """Read the record as it stood at a time, by the same queries as ever. Nothing can be written meanwhile.

    What has no history (the care of links, people) is read as it is now.
    """
    inner = connection.in_atomic_block
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not inner:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute("SELECT current_setting('search_path'), coalesce(current_setting('recorded.at', true), '')")
            before = cursor.fetchone()
            _set(cursor, search_path=f"{SCHEMA}, public", **{"recorded.at": at.isoformat()})
        token = _moment.set(at)
        try:
            yield
        finally:
            _moment.reset(token)
        if inner:
            with connection.cursor() as cursor:
                _set(cursor, search_path=before[0], **{"recorded.at": before[1]})


def put(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Let a table that is worked out from the record have these rows, for as long as the record is read at a time.

    :param model: one with ``WORKED_OUT``.
    :param rows: by column, in the form that JSON gives them. Missing columns are NULL.
    """
    with connection.cursor() as cursor:
        _set(cursor, **{rows_setting(model): json.dumps(rows)})


def rows_setting(model: type[models.Model]) -> str:
    """The setting that holds, in a transaction that reads at a time, what a derived table would have."""
    return f"{SCHEMA}.{model._meta.db_table}"


def _set(cursor: CursorWrapper, **settings: str) -> None:
    """Set something for the rest of the transaction: a pooler gives the next one a clean session."""
    calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
    cursor.execute(f"SELECT {calls}", [word for pair in settings.items() for word in pair])


# --- what is known beside it ----------------------------------------------------------------------------------------

RowT = TypeVar("RowT", bound=Published)


def begins() -> datetime | None:
    """When the first of the record was published; None while nothing is."""
    return Publication.objects.order_by("pk").values_list("at", flat=True).first()


def first_published(row: Published) -> datetime | None:
    """When a row became public."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(at) FROM public.history_revision"
            " WHERE table_name = %s AND row_id = %s AND state->>'publication_id' IS NOT NULL",
            [row._meta.db_table, row.pk],
        )
        (at,) = cursor.fetchone()
    return cast("datetime | None", at)


def last_change() -> datetime | None:
    """When the record was last changed."""
    return Revision.objects.order_by("-pk").values_list("at", flat=True).first()


def present(model: type[RowT], **known: object) -> RowT | None:
    """A row as it is now, also while the record is read at a time.

    :param known: one column, or ``pk``, and its value.
    """
    ((column, value),) = known.items()
    name = "id" if column == "pk" else column
    statement = f'SELECT * FROM public."{model._meta.db_table}" WHERE "{name}" = %s'  # noqa: S608 -- names of ours
    return next(iter(model._default_manager.raw(statement, [value])), None)


# --- the views ------------------------------------------------------------------------------------------------------

TABLES: Final = """
SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod), y.typcategory,
    a.attname = 'slug' OR EXISTS (
        SELECT FROM pg_constraint f WHERE f.conrelid = t.oid AND f.contype = 'f' AND f.conkey = ARRAY[a.attnum]
        AND f.confrelid <> 'public.history_publication'::regclass
    )
FROM pg_class t
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type y ON y.oid = a.atttypid
WHERE t.relnamespace = 'public'::regnamespace AND (t.relname = ANY(%s) OR EXISTS (
    SELECT FROM pg_trigger g WHERE g.tgrelid = t.oid AND g.tgname = 'history_of_additions'
))
ORDER BY t.relname, a.attnum
"""

# Asked once a query, not once a row.
AT: Final = "(SELECT current_setting('recorded.at')::timestamptz)"

# A row stands as its latest revision by then left it, unless that took it out. The view has no DISTINCT and no join,
# so that it is folded into the query that asks: a search by a column becomes one of the history, by the indexes below.
# Asked as “not before the latest” and not as “the latest”, of which the planner would think that one row is all there
# is. A state without the key of its row is what a lawful order has left of one.
ROWS_THEN: Final = """
CREATE VIEW {view} AS SELECT {columns} FROM public.history_revision r
WHERE r.table_name = {table} AND r.at <= {at} AND r.operation <> 'D' AND r.state->>'id' IS NOT NULL AND r.id >= (
    SELECT n.id FROM public.history_revision n
    WHERE n.table_name = {table} AND n.row_id = r.row_id AND n.at <= {at} ORDER BY n.id DESC LIMIT 1
)
"""
ROWS_PUT: Final = """
CREATE VIEW {view} AS SELECT * FROM jsonb_to_recordset(
    coalesce(nullif(current_setting({setting}, true), ''), '[]')::jsonb
) AS put({columns})
"""
HISTORY_THEN: Final = "CREATE VIEW {view} AS SELECT {columns} FROM public.{table} WHERE at <= {at}"
INDEX: Final = """
CREATE INDEX IF NOT EXISTS {name} ON public.history_revision (({value}))
WHERE table_name = {table} AND state->>{key} IS NOT NULL
"""


@dataclass(frozen=True)
class Column:
    """A column of a table, as the catalogue has it. sought: rows are looked for by it."""

    name: str
    kind: str
    is_list: bool
    sought: bool

    def value(self, missing: sql.Composable | None = None) -> sql.Composable:
        """What a state says of it.

        :param missing: what a state says that was written before there was such a column; NULL if None.
        """
        if self.name == "id":
            return sql.SQL("row_id")
        key = sql.Literal(self.name)
        if self.is_list:
            words = "ARRAY(SELECT jsonb_array_elements_text(state->{0}))"
            said = f"CASE WHEN jsonb_typeof(state->{{0}}) = 'array' THEN {words} END"
        else:
            said = "state->{0}" if self.kind == "jsonb" else "state->>{0}"
        value = sql.SQL(f"({said})::{self.kind}").format(key)
        if missing is None:
            return value
        whole = sql.SQL("CASE WHEN state ? {} THEN {} ELSE {}::{} END")
        return whole.format(key, value, missing, sql.SQL(self.kind))


def renew_views(cursor: Cursor) -> None:
    """Bring the views, and the indexes that they are read by, in step with the tables. Safe to repeat.

    Runs after every migration: what is as it should be is not touched, so that nobody waits.

    :param cursor: of the owner's role, in a transaction.
    """
    worked_out = {model._meta.db_table: model for model in apps.get_models() if getattr(model, "WORKED_OUT", False)}
    cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    wanted: dict[str, sql.Composable] = {}
    for table, columns in _tables(cursor, [HISTORY, *worked_out]).items():
        if table == HISTORY:
            wanted[table] = _history_then(columns)
        elif table in worked_out:
            wanted[table] = _rows_put(worked_out[table], columns)
        else:
            wanted[table] = _rows_then(table, columns, _missing(table))
            for column in columns:
                if column.sought:
                    cursor.execute(_index(table, column))
    _replace(cursor, {table: view.as_string(cursor.connection) for table, view in wanted.items()})


def _tables(cursor: Cursor, more: list[str]) -> dict[str, list[Column]]:
    """The columns of each table under the history, and of some more."""
    cursor.execute(TABLES, [more])
    found: dict[str, list[Column]] = defaultdict(list)
    for table, name, kind, category, sought in cursor.fetchall():
        # Without its length, a text is compared as it stands, and by an index on it.
        plain = "character varying" if kind.startswith("character varying") and category != "A" else kind
        found[table].append(Column(name, plain, category == "A", sought))
    return found


def _missing(table: str) -> dict[str, sql.Composable]:
    """What migrations gave the rows that were there when they added a column: its default."""
    found: dict[str, sql.Composable] = {}
    for model in apps.get_models():
        if model._meta.db_table == table:
            for field in model._meta.concrete_fields:
                default = field.get_default() if field.has_default() else None
                if default is not None and field.column:
                    found[field.column] = sql.Literal(field.get_db_prep_save(default, connection))
    return found


def _view(table: str) -> sql.Composable:
    return sql.Identifier(SCHEMA, table)


def _rows_then(table: str, columns: Sequence[Column], missing: Mapping[str, sql.Composable]) -> sql.Composable:
    listed = [
        sql.SQL("{} AS {}").format(column.value(missing.get(column.name)), sql.Identifier(column.name))
        for column in columns
    ]
    return sql.SQL(ROWS_THEN).format(
        view=_view(table), columns=sql.SQL(", ").join(listed), table=sql.Literal(table), at=sql.SQL(AT)
    )


def _history_then(columns: Sequence[Column]) -> sql.Composable:
    """What had been changed by then, so that no page tells of later changes."""
    listed = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    return sql.SQL(HISTORY_THEN).format(
        view=_view(HISTORY), columns=listed, table=sql.Identifier(HISTORY), at=sql.SQL(AT)
    )


def _rows_put(model: type[models.Model], columns: Sequence[Column]) -> sql.Composable:
    listed = [sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.kind)) for column in columns]
    return sql.SQL(ROWS_PUT).format(
        view=_view(model._meta.db_table), setting=sql.Literal(rows_setting(model)), columns=sql.SQL(", ").join(listed)
    )


def _index(table: str, column: Column) -> sql.Composable:
    return sql.SQL(INDEX).format(
        name=sql.Identifier(f"recorded_{table}_{column.name}"),
        value=column.value(),
        table=sql.Literal(table),
        key=sql.Literal(column.name),
    )


def _replace(cursor: Cursor, wanted: Mapping[str, str]) -> None:
    """Make the views that are not there or were made otherwise; take out those that nobody wants any more."""
    digests = {table: hashlib.sha256(view.encode()).hexdigest() for table, view in wanted.items()}
    cursor.execute(
        "SELECT c.relname, coalesce(obj_description(c.oid, 'pg_class'), '') FROM pg_class c"
        " WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'v'",
        [SCHEMA],
    )
    there = dict(cursor.fetchall())
    for table in sorted(there.keys() | wanted.keys()):
        if there.get(table) == digests.get(table):
            continue
        cursor.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(_view(table)))
        if table in wanted:
            cursor.execute(wanted[table])
            cursor.execute(sql.SQL("COMMENT ON VIEW {} IS {}").format(_view(table), sql.Literal(digests[table])))
