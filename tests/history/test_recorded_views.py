"""The record can be read as it stood at any time: each table under the history has a view that says so."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.utils import timezone

from companies.models import Company
from history.recorded import moment, renew_views, said_at
from pledges.dataset.dumping import dump
from pledges.models import Clause, Effect, Pledge, Terms
from tests import factories as make
from tests.edits import edit_at_random


def now() -> datetime:
    """The time by the clock that the history goes by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (at,) = cursor.fetchone()
    assert isinstance(at, datetime)
    return at


def columns(schema: str) -> dict[str, dict[str, str]]:
    """Name and type of each column of each table of a schema; the length of a text aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname, format_type(a.atttypid, CASE WHEN a.atttypid <> 'varchar'::regtype"
            " THEN a.atttypmod END) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0"
            " AND NOT a.attisdropped ORDER BY c.relname, a.attnum",
            [schema],
        )
        found: dict[str, dict[str, str]] = {}
        for table, column, kind in cursor.fetchall():
            found.setdefault(table, {})[column] = kind
    return found


def under_the_history() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'history_of_additions'")
        return {table for (table,) in cursor.fetchall()}


def test_every_table_under_the_history_and_every_derived_one_has_a_view_with_the_same_columns(db: None) -> None:
    views, tables = columns("recorded"), columns("public")
    derived = {"pledges_statusspan", "pledges_eventmark", "pledges_eventtext"}

    assert views.keys() == under_the_history() | derived | {"history_revision"}
    for table, found in views.items():
        assert found == tables[table], table


def test_now_every_view_shows_the_rows_of_its_table(starter_data: None) -> None:
    at = timezone.now() + timedelta(days=1)
    for table in sorted(under_the_history()):
        with said_at(at), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM (TABLE recorded.{table} EXCEPT ALL TABLE public.{table}) more"
                f" UNION ALL SELECT count(*) FROM (TABLE public.{table} EXCEPT ALL TABLE recorded.{table}) fewer"
            )
            assert cursor.fetchall() == [(0,), (0,)], table


def test_reading_at_a_time_ends_with_the_block(transactional_db: None) -> None:
    company = make.a_company(name="Acme")
    before = now()
    with make.published():
        Company.objects.filter(pk=company.pk).update(name="Apex")

    with said_at(before):
        assert moment() == before
        assert Company.objects.get().name == "Acme"

    assert moment() is None
    assert Company.objects.get().name == "Apex"


def test_within_a_transaction_too_and_after_a_fault(transactional_db: None) -> None:
    company = make.a_company(name="Acme")
    before = now()
    with make.published():
        Company.objects.filter(pk=company.pk).update(name="Apex")

    def failing() -> None:
        with said_at(before):
            assert Company.objects.get().name == "Acme"
            raise LookupError

    with transaction.atomic():
        with said_at(before):
            assert Company.objects.get().name == "Acme"
        assert Company.objects.get().name == "Apex"
        with pytest.raises(LookupError):
            failing()
        assert Company.objects.get().name == "Apex"
        with make.published():
            Company.objects.update(name="Third")

    assert Company.objects.get().name == "Third"


def test_nothing_can_be_written_while_the_record_is_read_at_a_time(transactional_db: None) -> None:
    make.a_company()

    with pytest.raises(DatabaseError), said_at(now()), connection.cursor() as cursor:
        cursor.execute("UPDATE public.companies_company SET name = 'Other'")


def test_the_site_may_read_the_views_and_no_more(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(has_table_privilege(oid, 'SELECT')),"
            " bool_or(has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER'))"
            " FROM pg_class WHERE relnamespace = 'recorded'::regnamespace AND relkind = 'v'"
        )
        assert cursor.fetchone() == (True, False)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM recorded.companies_company",
        "DROP VIEW recorded.companies_company",
        "CREATE VIEW recorded.mine AS SELECT 1",
        "DROP SCHEMA recorded CASCADE",
    ],
)
def test_the_site_can_put_nothing_in_their_place(db: None, statement: str) -> None:
    with pytest.raises(ProgrammingError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert refused.value.__cause__.pgcode == "42501"


def test_without_a_time_the_views_say_nothing_rather_than_anything(db: None) -> None:
    make.a_company()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM recorded.companies_company")


def test_a_state_from_before_a_column_was_added_has_its_default(
    as_owner: psycopg2.extensions.connection,
) -> None:
    pledge = make.a_pledge()
    with as_owner.cursor() as cursor:
        cursor.execute("ALTER TABLE history_revision DISABLE TRIGGER the_history_is_append_only")
        cursor.execute("UPDATE history_revision SET state = state - 'read_twice' - 'audiences' - 'due_on'")
        cursor.execute("ALTER TABLE history_revision ENABLE TRIGGER the_history_is_append_only")

    with said_at(now()):
        then = Pledge.objects.get()

    assert (then.title, then.read_twice, then.audiences, then.due_on) == (pledge.title, False, [], None)


def test_what_the_owner_took_out_by_a_lawful_order_does_not_come_back(
    as_owner: psycopg2.extensions.connection,
) -> None:
    company = make.a_company(name="A private person")
    before = now()
    with make.published():
        Company.objects.filter(pk=company.pk).update(name="Taken out")
    tombstone = """{"redacted": {"digest": "00", "reason": "Order of a court", "on": "2026-03-03"}}"""
    with as_owner.cursor() as cursor:
        cursor.execute("ALTER TABLE history_revision DISABLE TRIGGER the_history_is_append_only")
        cursor.execute(
            "UPDATE history_revision SET state = %s WHERE table_name = 'companies_company' AND row_id = %s",
            [tombstone, company.pk],
        )
        cursor.execute("ALTER TABLE history_revision ENABLE TRIGGER the_history_is_append_only")

    with said_at(before):
        assert not Company.objects.exists()
    with said_at(now()):
        assert not Company.objects.exists()


def test_the_views_follow_the_tables_when_these_change(as_owner: psycopg2.extensions.connection) -> None:
    with as_owner.cursor() as cursor:
        cursor.execute("ALTER TABLE companies_company ADD COLUMN motto text NOT NULL DEFAULT 'none'")
        cursor.execute("ALTER TABLE companies_company DROP COLUMN website CASCADE")
        renew_views(cursor)

    assert columns("recorded")["companies_company"] == columns("public")["companies_company"]


def test_views_that_are_as_they_should_be_are_not_touched(as_owner: psycopg2.extensions.connection) -> None:
    def numbers() -> list[tuple[int]]:
        with as_owner.cursor() as cursor:
            cursor.execute(
                "SELECT oid FROM pg_class WHERE relnamespace = 'recorded'::regnamespace"
                " OR relname LIKE 'recorded%' ORDER BY oid"
            )
            return list(cursor.fetchall())

    before = numbers()
    with as_owner.cursor() as cursor:
        renew_views(cursor)

    assert numbers() == before
    assert len(before) > 50


def test_rows_of_one_thing_are_found_by_an_index(transactional_db: None) -> None:
    with make.published():
        for number in range(40):
            make.a_pledge(f"pledge-{number}")
    with said_at(now()), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for rows, index in (
            (Effect.objects.filter(pledge=7), "recorded_pledges_effect_pledge_id"),
            (Terms.objects.filter(pledge=7), "recorded_pledges_terms_pledge_id"),
            (Clause.objects.filter(terms__in=[7, 8]), "recorded_pledges_clause_terms_id"),
            (Pledge.objects.filter(slug="pledge-7"), "recorded_pledges_pledge_slug"),
            (Pledge.objects.filter(pk=7), "revisions_of_a_row"),
        ):
            assert index in rows.explain(), index


# --- whatever is changed -------------------------------------------------------------------------------------------


def dumped(folder: Path) -> dict[str, str]:
    dump(folder)
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.parametrize("seed", range(4))
def test_the_whole_record_at_a_time_is_what_was_dumped_at_that_time(
    transactional_db: None, tmp_path: Path, seed: int
) -> None:
    """Whatever was changed since, in any order."""
    chance = random.Random(seed)
    told: list[tuple[datetime, dict[str, str]]] = []
    for number in range(15):
        edit_at_random(chance, first=not number)
        told.append((now(), dumped(tmp_path / f"then-{number}")))

    for number, (at, said) in enumerate(told):
        with said_at(at):
            assert dumped(tmp_path / f"now-{number}") == said, number
