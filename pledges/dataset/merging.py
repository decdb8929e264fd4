"""Writing what differs: rows are handed over by COPY, compared in the database, and written in sets.

Nothing is asked row by row, and nothing that is equal is touched: a second load leaves no trace in the history.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from psycopg2 import sql
from psycopg2.extras import Range

from .tables import BY_MODEL, TABLES, Table

FLUSH_AT = 4_000_000  # characters held before they are sent
SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\v": "\\v", "\f": "\\f", "\b": "\\b"})
IN_A_LIST = str.maketrans({"\\": "\\\\", '"': '\\"'})


@dataclass(frozen=True)
class Change:
    """How many rows of a table were added, changed and taken out."""

    table: str
    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def total(self) -> int:
        return self.added + self.changed + self.removed


def _cell(value: Any) -> str:
    """A value in the text format of COPY."""
    match value:
        case None:
            return "\\N"
        case str():
            return value.translate(SPECIAL)
        case bool():
            return "t" if value else "f"
        case date():
            return value.isoformat()
        case Range():
            if value.isempty:
                return "empty"
            lower, upper = value.lower or "", value.upper or ""
            return f"{value._bounds[0]}{lower},{upper}{value._bounds[1]}"
        case list() | tuple():
            listed = ",".join(f'"{item.translate(IN_A_LIST)}"' for item in value)
            return f"{{{listed}}}".translate(SPECIAL)
        case _:
            return str(value)


class Stage:
    """Rows of a data set on their way into the record, in temporary tables of this transaction."""

    def __init__(self) -> None:
        self._lines: dict[type[models.Model], list[str]] = {table.model: [] for table in TABLES}
        self._held = 0
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(
                    sql.SQL("CREATE TEMPORARY TABLE {} (handle text, line integer, {}) ON COMMIT DROP").format(
                        _staged(table),
                        sql.SQL(", ").join(
                            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(_kind_of(table, name)))
                            for name in table.fields
                        ),
                    )
                )

    def add(self, model: type[models.Model], handle: str, *, line: int, **values: Any) -> None:
        """Hand over one row. Fields that are not named are null."""
        get = values.get
        cells = "\t".join([_cell(get(name)) for name in BY_MODEL[model].fields])
        text = f"{handle.translate(SPECIAL)}\t{line}\t{cells}\n"
        self._lines[model].append(text)
        self._held += len(text)
        if self._held > FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        """Send what is held."""
        with connection.cursor() as cursor:
            for model, lines in self._lines.items():
                if lines:
                    statement = sql.SQL("COPY {} FROM STDIN").format(_staged(BY_MODEL[model]))
                    with connection.wrap_database_errors:
                        cursor.cursor.copy_expert(statement, io.StringIO("".join(lines)))
                    lines.clear()
        self._held = 0

    def find(self) -> None:
        """Find out which rows are on record already, and number the others. Rows must not be added after this."""
        self.flush()
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(sql.SQL("ANALYZE {}").format(_staged(table)))
            for table in TABLES:
                _find(cursor, table)

    def write(self, *, publication: int) -> list[Change]:
        """Write what differs. Entries that are not handed over stay as they are.

        :param publication: its number; by it drafts and new entries become public.
        """
        with connection.cursor() as cursor:
            removed = {table.model: _remove(cursor, table) for table in TABLES}
            return [
                # What is changed makes room for what is added: a former owner for the present one.
                Change(
                    table.name,
                    changed=_change(cursor, table, publication),
                    added=_add(cursor, table, publication),
                    removed=removed[table.model],
                )
                for table in TABLES
            ]

    def drop(self) -> None:
        """Make room for another set within the same transaction; its end would do the same."""
        with connection.cursor() as cursor:
            every = [named(table) for table in TABLES for named in (_staged, _found, _gone)]
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.SQL(", ").join(every)))


# --- names --------------------------------------------------------------------------------------------------------


def _staged(table: Table) -> sql.Identifier:
    return sql.Identifier("pg_temp", f"staged_{table.name}")


def _found(table: Table) -> sql.Identifier:
    return sql.Identifier("pg_temp", f"found_{table.name}")


def _gone(table: Table) -> sql.Identifier:
    return sql.Identifier("pg_temp", f"gone_{table.name}")


def _on_record(table: Table) -> sql.Identifier:
    return sql.Identifier("public", table.name)


def _column(table: Table, name: str) -> str:
    """The column of a field in its table on record."""
    return str(_field(table, name).column)


def _field(table: Table, name: str) -> models.Field[Any, Any]:
    field = table.model._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101 -- only fields with a column are named
    return field


def _kind_of(table: Table, name: str) -> str:
    """The type of a field where it is handed over: links as handles."""
    if name in table.links:
        return "text"
    return str(_field(table, name).db_type(connection))


def _count(cursor: CursorWrapper) -> int:
    return max(int(cursor.rowcount), 0)


# --- finding ------------------------------------------------------------------------------------------------------


def _find(cursor: CursorWrapper, table: Table) -> None:
    matches = [_matches(table, parent) for parent in table.parents or ("",)]
    cursor.execute(
        sql.SQL(
            "CREATE TEMPORARY TABLE {found} ON COMMIT DROP AS"
            " SELECT handle, coalesce(id, nextval({sequence})) AS id, id IS NULL AS is_new"
            " FROM ({matches}) m ORDER BY line, handle"
        ).format(
            found=_found(table),
            sequence=sql.Literal(f"public.{table.name}_id_seq"),
            matches=sql.SQL(" UNION ALL ").join(matches),
        )
    )
    cursor.execute(sql.SQL("ANALYZE {}").format(_found(table)))


def _matches(table: Table, parent: str) -> sql.Composable:
    """Each row that is handed over (with the given parent) and the number of the row on record that it is."""
    joins: list[sql.Composable] = []
    same: list[sql.Composable] = []
    if parent:
        joins.append(
            sql.SQL("JOIN {} parent ON parent.handle = s.{}").format(
                _found(BY_MODEL[table.links[parent]]), sql.Identifier(parent)
            )
        )
        same.append(sql.SQL("t.{} = parent.id").format(sql.Identifier(_column(table, parent))))
    for name in table.match:
        column = sql.Identifier(_column(table, name))
        if name in table.links:
            other = sql.Identifier(f"of_{name}")
            joins.append(
                sql.SQL("LEFT JOIN {} {} ON {}.handle = s.{}").format(
                    _found(BY_MODEL[table.links[name]]), other, other, sql.Identifier(name)
                )
            )
            same.append(sql.SQL("t.{} IS NOT DISTINCT FROM {}.id").format(column, other))
        elif parent:
            same.append(sql.SQL("t.{} IS NOT DISTINCT FROM s.{}").format(column, sql.Identifier(name)))
        else:
            same.append(sql.SQL("t.{} = s.{}").format(column, sql.Identifier(name)))
    number: sql.Composable = sql.SQL("t.id")
    if table.else_match:
        # What stands in the same place, if nothing that is handed over is that row already.
        column = sql.Identifier(table.else_match)
        taken = sql.SQL(" AND ").join(
            sql.SQL("u.{0} IS NOT DISTINCT FROM e.{0}").format(sql.Identifier(name)) for name in table.match
        )
        number = sql.SQL(
            "coalesce(t.id, (SELECT e.id FROM {record} e WHERE e.{parent_id} = parent.id AND e.{column} = s.{column}"
            " AND NOT EXISTS (SELECT FROM {staged} u WHERE u.{parent} = s.{parent} AND {taken})"
            " ORDER BY e.id LIMIT 1))"
        ).format(
            record=_on_record(table),
            parent_id=sql.Identifier(_column(table, parent)),
            column=column,
            staged=_staged(table),
            parent=sql.Identifier(parent),
            taken=taken,
        )
    return sql.SQL(
        "(SELECT DISTINCT ON (s.handle) s.handle, s.line, {number} AS id"
        " FROM {staged} s {joins} LEFT JOIN {record} t ON {same} ORDER BY s.handle, t.id)"
    ).format(
        number=number,
        staged=_staged(table),
        joins=sql.SQL(" ").join(joins),
        record=_on_record(table),
        same=sql.SQL(" AND ").join(same),
    )


# --- writing ------------------------------------------------------------------------------------------------------


def _resolved(table: Table) -> sql.Composable:
    """The rows as the table on record has them: links as numbers."""
    return sql.SQL("SELECT f.id, f.is_new, {fields} FROM {staged} s JOIN {found} f USING (handle) {joins}").format(
        fields=sql.SQL(", ").join(
            [sql.SQL("s.{}").format(sql.Identifier(name)) for name in table.columns]
            + [
                sql.SQL("{}.id AS {}").format(sql.Identifier(f"of_{name}"), sql.Identifier(_column(table, name)))
                for name in table.links
            ]
        ),
        staged=_staged(table),
        found=_found(table),
        joins=sql.SQL(" ").join(
            sql.SQL("LEFT JOIN {} {} ON {}.handle = s.{}").format(
                _found(BY_MODEL[model]),
                sql.Identifier(f"of_{name}"),
                sql.Identifier(f"of_{name}"),
                sql.Identifier(name),
            )
            for name, model in table.links.items()
        ),
    )


def _values(table: Table, *, publication: int, new: bool) -> dict[str, sql.Composable]:
    """What each column becomes. An entry keeps its first publication, and a retraction until it is lifted."""
    values: dict[str, sql.Composable] = {}
    for name in table.fields:
        column = _column(table, name)
        values[column] = sql.SQL("n.{}").format(sql.Identifier(column))
        if name == "retracted_because":
            before = sql.SQL("''") if new else sql.SQL("t.retracted_because")
            values[column] = sql.SQL("coalesce(n.retracted_because, {})").format(before)
    if table.is_published:
        first = sql.Literal(publication)
        values["publication_id"] = first if new else sql.SQL("coalesce(t.publication_id, {})").format(first)
    return values


def _add(cursor: CursorWrapper, table: Table, publication: int) -> int:
    values = _values(table, publication=publication, new=True)
    cursor.execute(
        sql.SQL("INSERT INTO {} (id, {}) SELECT n.id, {} FROM ({}) n WHERE n.is_new ORDER BY n.id").format(
            _on_record(table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(values.values()),
            _resolved(table),
        )
    )
    return _count(cursor)


def _change(cursor: CursorWrapper, table: Table, publication: int) -> int:
    values = _values(table, publication=publication, new=False)
    statement = sql.SQL(
        "UPDATE {} t SET ({}) = ROW({}) FROM ({}) n WHERE t.id = n.id AND NOT n.is_new"
        " AND ROW({}) IS DISTINCT FROM ROW({})"
    ).format(
        _on_record(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(values.values()),
        _resolved(table),
        sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(column)) for column in values),
        sql.SQL(", ").join(values.values()),
    )
    changed = 0
    if table.first:
        cursor.execute(statement + sql.SQL(f" AND {table.first}"))
        changed = _count(cursor)
    cursor.execute(statement)
    return changed + _count(cursor)


def _remove(cursor: CursorWrapper, table: Table) -> int:
    """Take out the parts that their wholes no longer have, and the parts of what was taken out itself."""
    if table.stays or not table.parents:
        return 0
    wholes = [
        sql.SQL("t.{} IN ({})").format(
            sql.Identifier(_column(table, parent)),
            sql.SQL(" UNION ALL ").join(
                [sql.SQL("SELECT id FROM {} WHERE NOT is_new").format(_found(above))]
                + ([] if above.stays or not above.parents else [sql.SQL("SELECT id FROM {}").format(_gone(above))])
            ),
        )
        for parent in table.parents
        for above in [BY_MODEL[table.links[parent]]]
    ]
    cursor.execute(
        sql.SQL(
            "CREATE TEMPORARY TABLE {gone} ON COMMIT DROP AS SELECT t.id FROM {record} t"
            " WHERE ({wholes}) AND NOT EXISTS (SELECT FROM {found} f WHERE f.id = t.id)"
        ).format(gone=_gone(table), record=_on_record(table), wholes=sql.SQL(" OR ").join(wholes), found=_found(table))
    )
    cursor.execute(sql.SQL("DELETE FROM {} t USING {} g WHERE g.id = t.id").format(_on_record(table), _gone(table)))
    return _count(cursor)
