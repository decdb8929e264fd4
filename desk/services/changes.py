"""Changes to rows: tried and noted without being made, and made later as they were noted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from django.db import connection, models, transaction
from psycopg2 import sql

from accounts.models import User
from history.models import Publication, Published
from history.services import publication_on_trial
from pledges.models import Terms
from pledges.services.recording import recording

from .entries import BY_TABLE, Entry, entry_of, named
from .refusals import GroundMoved

# Worked out again whenever the record changes, so nobody proposes it. The others follow from what a row says.
WORKED_OUT: dict[type[models.Model], frozenset[str]] = {Terms: frozenset({"days"})}

Values = dict[str, Any]


@dataclass(frozen=True)
class RowChange:
    """What happens to one row. Values are those of its columns in JSON, numbers with a point as text.

    Added: ``after`` has the whole row. Changed: both have the columns that differ. Taken out: ``before`` has
    the whole row.
    """

    table: str
    key: int
    operation: Literal["I", "U", "D"]
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)

    @property
    def model(self) -> type[models.Model]:
        return BY_TABLE[self.table]

    def as_json(self) -> Values:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Values) -> RowChange:
        """:raises KeyError: if it names a table that is not one of the record."""
        if values["table"] not in BY_TABLE:
            raise KeyError(values["table"])
        return cls(**values)


def _columns(model: type[models.Model]) -> list[str]:
    """The columns of a table that somebody may have written."""
    return [
        str(field.column)
        for field in model._meta.concrete_fields
        if not field.primary_key
        and not getattr(field, "generated", False)
        and field.column != "publication_id"
        and field.name not in WORKED_OUT.get(model, ())
    ]


def _written(model: type[models.Model], state: str | None) -> Values | None:
    """What somebody may have written in a row, from its state in the history."""
    if state is None:
        return None
    # As text, so that no digit of a sum of money is lost on the way.
    whole = json.loads(state, parse_float=str)
    missing = {f.column: f.get_default() for f in model._meta.concrete_fields if f.column not in whole}
    return {column: (missing | whole)[column] for column in _columns(model)}


def latest_number() -> int:
    """The number of the latest revision in the whole history."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM history_revision")
        (number,) = cursor.fetchone()
    return int(number)


def changes_since(revision: int) -> list[RowChange]:
    """What this transaction has changed on the record after a revision, in an order that can be repeated."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH here AS ("
            "  SELECT table_name, row_id, max(id) AS last, min(id) AS first FROM history_revision"
            "  WHERE transaction = pg_current_xact_id()::text::bigint AND id > %s GROUP BY table_name, row_id)"
            " SELECT here.table_name, here.row_id, earlier.state::text, now.operation, now.state::text"
            " FROM here JOIN history_revision now ON now.id = here.last"
            " LEFT JOIN LATERAL (SELECT r.operation, r.state FROM history_revision r"
            "   WHERE r.table_name = here.table_name AND r.row_id = here.row_id AND r.id < here.first"
            "   ORDER BY r.id DESC LIMIT 1) earlier ON earlier.operation <> 'D'"
            " ORDER BY here.last",
            [revision],
        )
        found = cursor.fetchall()
    changes = []
    for table, key, earlier, operation, state in found:
        model = BY_TABLE[table]
        before = _written(model, earlier)
        after = _written(model, state) if operation != "D" else None
        if before is None and after is not None:
            changes.append(RowChange(table, key, "I", after=after))
        elif before is not None and after is None:
            changes.append(RowChange(table, key, "D", before=before))
        elif before is not None and after is not None:
            differing = [column for column in after if after[column] != before[column]]
            if differing:
                changes.append(
                    RowChange(
                        table,
                        key,
                        "U",
                        before={column: before[column] for column in differing},
                        after={column: after[column] for column in differing},
                    )
                )
    return changes


def values_now(table: str, key: int, *, lock: bool = False) -> Values | None:
    """What a row says now; None if there is no such row."""
    statement = sql.SQL("SELECT to_jsonb(r)::text FROM {} r WHERE r.id = %s {}")
    with connection.cursor() as cursor:
        cursor.execute(statement.format(sql.Identifier(table), sql.SQL("FOR UPDATE" if lock else "")), [key])
        found = cursor.fetchone()
    return _written(BY_TABLE[table], found[0]) if found else None


def label(model: type[models.Model], column: str) -> str:
    """What a column is called."""
    return str(next(f.verbose_name for f in model._meta.concrete_fields if f.column == column))


def shown_columns(model: type[models.Model]) -> list[str]:
    """The columns that a person writes; days that follow from a date as written are left out."""
    return [f.column for f in model._meta.concrete_fields if f.editable and f.column in _columns(model)]


def hold_to_the_ground(changes: Iterable[RowChange]) -> None:
    """Lock the rows that are to be changed or taken out, and refuse if they say something else by now.

    :raises GroundMoved: naming each field, with what it said and what it says now.
    """
    moved = []
    for change in sorted(changes, key=lambda change: (change.table, change.key)):
        if change.operation == "I":
            continue
        now = values_now(change.table, change.key, lock=True)
        what = named(change.table)
        if now is None:
            moved.append(f"the {what} that it is about has been taken out")
            continue
        shown = shown_columns(change.model)
        for column, before in change.before.items():
            if column in shown and now.get(column) != before:
                moved.append(
                    f"{label(change.model, column)} of the {what} was {_quoted(before)} and is now "
                    f"{_quoted(now.get(column))}"
                )
    if moved:
        raise GroundMoved(
            "The ground has moved: since this was proposed, " + "; ".join(moved) + ". Nothing was overwritten. "
            "Send it back, so that its author can look at it again."
        )


def _quoted(value: Any) -> str:
    match value:
        case None | "" | []:
            return "empty"
        case bool():
            return "yes" if value else "no"
        case list():
            return f"“{', '.join(map(str, value))}”"
        case _:
            return f"“{value}”"


def repeat(changes: Iterable[RowChange], *, publication: Publication | None) -> None:
    """Make noted changes, new rows under the keys that they were given when they were noted.

    Call within ``recording``.

    :param publication: by which new records become public; None leaves them drafts.
    :raises GroundMoved: if a row says something else than when the change was noted.
    :raises django.db.IntegrityError: where a rule of the record is broken.
    """
    changes = list(changes)
    hold_to_the_ground(changes)
    with connection.cursor() as cursor:
        for change in changes:
            table = sql.Identifier(change.table)
            columns = [column for column in _columns(change.model) if column in change.after]
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            values = {column: change.after[column] for column in columns}
            if change.operation == "I":
                values["id"] = change.key
                names = sql.SQL(", ").join([sql.Identifier("id"), names])
                if publication is not None and issubclass(change.model, Published):
                    values["publication_id"] = publication.pk
                    names = sql.SQL(", ").join([sql.Identifier("publication_id"), names])
                cursor.execute(
                    sql.SQL(
                        "INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_record(NULL::{table}, %s)"
                    ).format(table=table, names=names),
                    [json.dumps(values)],
                )
            elif change.operation == "U":
                cursor.execute(
                    sql.SQL(
                        "UPDATE {table} SET ({names}) = ROW({new}) FROM jsonb_populate_record(NULL::{table}, %s) n"
                        " WHERE {table}.id = %s"
                    ).format(
                        table=table,
                        names=names,
                        new=sql.SQL(", ").join(sql.Identifier("n", column) for column in columns),
                    ),
                    [json.dumps(values), change.key],
                )
            else:
                cursor.execute(sql.SQL("DELETE FROM {} WHERE id = %s").format(table), [change.key])


def digest_of(changes: Iterable[RowChange]) -> str:
    """The same text for changes that say the same.

    Rows that are new count by their place, since each time they are tried they are given other keys.
    """
    changes = list(changes)
    places = {(c.table, c.key): f"new {place}" for place, c in enumerate(changes) if c.operation == "I"}

    def by_place(change: RowChange) -> Values:
        after = dict(change.after)
        for one in change.model._meta.concrete_fields:
            if isinstance(one.related_model, type) and one.column in after:
                named = (one.related_model._meta.db_table, after[one.column])
                after[str(one.column)] = places.get(named, after[one.column])
        return change.as_json() | {"key": places.get((change.table, change.key), change.key), "after": after}

    said = json.dumps([by_place(change) for change in changes], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def entry_behind(changes: Iterable[RowChange]) -> Entry:
    """The rows that changes have added or changed, with every draft that becomes public with them.

    Call where the changes have been made.
    """
    keys: dict[type[models.Model], list[int]] = {}
    for change in changes:
        if change.operation != "D":
            keys.setdefault(change.model, []).append(change.key)
    return entry_of(*(row for model, some in keys.items() for row in model._default_manager.filter(pk__in=some)))


def publish(drafts: Iterable[Published], *, publication: Publication) -> None:
    """Make drafts public. Call within ``recording``."""
    keys: dict[type[Published], list[int]] = {}
    for draft in drafts:
        keys.setdefault(type(draft), []).append(int(draft.pk))
    for model in sorted(keys, key=lambda model: model._meta.db_table):
        model._default_manager.filter(pk__in=keys[model], publication__isnull=True).update(publication=publication)


def publish_parts(parts: Iterable[models.Model]) -> None:
    """Let the history say of parts of what is published by which publication they became public.

    Nothing of them changes: only whether their whole is public tells that they are. Call within ``recording``.
    """
    keys: dict[str, list[int]] = {}
    for part in parts:
        keys.setdefault(part._meta.db_table, []).append(int(part.pk))
    with connection.cursor() as cursor:
        for table in sorted(keys):
            statement = sql.SQL("UPDATE {} SET id = id WHERE id = ANY(%s)").format(sql.Identifier(table))
            cursor.execute(statement, [sorted(set(keys[table]))])


class _Undone(Exception):
    """Leaves a transaction without keeping it."""


@dataclass
class Trial:
    """A trial that is going on. ``changes`` is what was changed in it, row by row, filled in at its end."""

    since: int
    publication: Publication
    changes: list[RowChange] = field(default_factory=list)


@contextmanager
def trial(*, who: User, why: str) -> Iterator[Trial]:
    """Whatever is done inside is held to every rule of the record, as if it were accepted; noted; and undone.

    :raises django.db.IntegrityError: where a rule of the record is broken.
    """
    try:
        with transaction.atomic():
            tried = Trial(since=latest_number(), publication=publication_on_trial(why=why))
            with recording(who=who, why=why, publication=tried.publication):
                yield tried
                tried.changes = changes_since(tried.since)
                publish(entry_behind(tried.changes).drafts, publication=tried.publication)
            connection.check_constraints()
            raise _Undone
    except _Undone:
        return
