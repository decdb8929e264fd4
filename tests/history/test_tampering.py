"""The site's own role can neither rewrite the history, nor forge it, nor switch it off."""

from __future__ import annotations

import psycopg2
import pytest
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.utils import Error

from companies.models import Company
from history.models import Publication, Revision
from history.services import stating
from tests import factories

NOT_ALLOWED = "42501"  # SQLSTATE: insufficient privilege

ATTEMPTS = {
    "rewrite a revision": "UPDATE history_revision SET why = 'something else'",
    "take a revision out": "DELETE FROM history_revision",
    "empty the history": "TRUNCATE history_revision",
    "forge a revision": "INSERT INTO history_revision SELECT * FROM history_revision",
    "drop the history": "DROP TABLE history_revision",
    "rename the history": "ALTER TABLE history_revision RENAME TO history_of_old",
    "rewrite a publication": "UPDATE history_publication SET why = 'something else'",
    "take a publication out": "DELETE FROM history_publication",
    "empty the publications": "TRUNCATE history_publication CASCADE",
    "drop a trigger": "DROP TRIGGER history_of_changes ON companies_company",
    "disable a trigger": "ALTER TABLE companies_company DISABLE TRIGGER history_of_changes",
    "disable all triggers": "ALTER TABLE companies_company DISABLE TRIGGER ALL",
    "replay without triggers": "SET session_replication_role = replica",
    "replace the writer": "CREATE OR REPLACE FUNCTION history_write() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NULL; END'",
    "change the writer": "ALTER FUNCTION history_write() SET search_path = pg_temp, public",
    "drop the writer": "DROP FUNCTION history_write() CASCADE",
    "stop watching": "SELECT history_unwatch('companies_company')",
    "watch something else": "SELECT history_watch('companies_company', 'false')",
    "become the owner": "SET ROLE {owner}",
    "empty a table of the record": "TRUNCATE companies_company CASCADE",
    "drop a rule": "ALTER TABLE companies_company DROP CONSTRAINT a_company_has_a_name",
    "delete an entry": "DELETE FROM companies_company",
    "make a table of one's own": "CREATE TABLE public.mine (id int)",
    "make a function of one's own": "CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT null'",
    "make a trigger of one's own": "CREATE TRIGGER mine BEFORE INSERT ON history_revision FOR EACH ROW"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "read the servers files": "SELECT pg_read_file('/etc/passwd')",
    "run a program": "COPY companies_company TO PROGRAM 'cat'",
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_site_may_not(db: None, attempt: str) -> None:
    factories.a_company()
    statement = ATTEMPTS[attempt].format(owner=settings.DATABASES["owner"]["USER"])

    with pytest.raises(ProgrammingError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert refused.value.__cause__.pgcode == NOT_ALLOWED


def test_a_table_of_the_same_name_in_front_does_not_catch_the_revisions(db: None) -> None:
    company = factories.a_company(draft=True)
    before = Revision.objects.count()

    with stating(who=None, why="Behind a mask"), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE history_revision (LIKE public.history_revision INCLUDING ALL)")
        cursor.execute("SET LOCAL search_path = pg_temp, public")
        cursor.execute("UPDATE public.companies_company SET name = 'Mask' WHERE id = %s", [company.pk])
        cursor.execute("SELECT count(*) FROM pg_temp.history_revision")
        caught = cursor.fetchone()
        cursor.execute("SET LOCAL search_path = public; DROP TABLE pg_temp.history_revision")

    assert caught == (0,)
    assert Revision.objects.count() == before + 1
    assert Revision.objects.latest("pk").why == "Behind a mask"


def test_a_forged_publication_in_front_publishes_nothing(transactional_db: None) -> None:
    company = factories.a_company()
    publication = Publication.objects.get()

    def forged() -> None:
        with stating(who=None, why="Forged", publication=publication), connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE history_publication ON COMMIT DROP AS SELECT id, kind, why, at,"
                " pg_current_xact_id()::text::bigint AS transaction FROM public.history_publication"
            )
            cursor.execute("SET LOCAL search_path = pg_temp, public")
            cursor.execute("UPDATE public.companies_company SET name = 'Forged' WHERE id = %s", [company.pk])

    with pytest.raises(IntegrityError) as refused:
        forged()

    assert refused.value.__cause__.diag.constraint_name == "a_publication_covers_one_transaction"


def test_operators_of_ones_own_do_not_change_what_the_rules_mean(db: None) -> None:
    company = factories.a_company()

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.never(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
            "CREATE OPERATOR pg_temp.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = pg_temp.never);"
            "SET LOCAL search_path = pg_temp, pg_catalog, public;"
            "SELECT history_state(null, 'why', 999999);"
            "UPDATE public.companies_company SET name = 'Other'"
        )

    assert Company.objects.get().name == company.name


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history_revision SET why = 'something else'",
        "DELETE FROM history_revision",
        "UPDATE history_publication SET why = 'something else'",
        "DELETE FROM history_publication",
    ],
)
def test_even_the_owner_does_not_rewrite_the_history_by_mistake(
    as_owner: psycopg2.extensions.connection, statement: str
) -> None:
    factories.a_company()

    with pytest.raises(psycopg2.IntegrityError) as refused, as_owner.cursor() as cursor:
        cursor.execute(statement)

    assert refused.value.diag.constraint_name == "the_history_is_append_only"


def test_every_table_of_the_record_is_under_the_history(db: None) -> None:
    # Not part of the record: the history itself, what is derived, addresses that lead on, and the care of links.
    beside = {"history_publication", "history_revision", "history_formerslug"}
    derived = {"pledges_statusspan", "pledges_eventmark", "pledges_eventtext"}

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(t.tgname::text ORDER BY t.tgname) FILTER (WHERE t.tgname LIKE 'history_of_%')"
            " FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgenabled = 'O'"
            " WHERE c.relkind = 'r'"
            " AND c.relname ~ '^(companies|pledges|history)_|^sources_(source|passage|citedwork)$'"
            " GROUP BY c.relname"
        )
        watched = dict(cursor.fetchall())

    every = ["history_of_additions", "history_of_changes", "history_of_removals"]
    assert {table for table, triggers in watched.items() if triggers != every} == beside | derived
