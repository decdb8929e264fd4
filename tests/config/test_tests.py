"""The tests' own footing: two roles, a fresh database, nothing left behind."""

import psycopg2
import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.utils import ProgrammingError

pytestmark = pytest.mark.django_db


def test_the_tests_run_as_the_role_that_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        role, superuser, creates_databases = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        (owned,) = cursor.fetchone()

    assert (role, superuser, creates_databases, owned) == ("pledge_record_site", False, False, 0)


def test_the_sites_role_can_neither_empty_nor_change_a_table() -> None:
    attempts = [
        "TRUNCATE accounts_user CASCADE",
        "ALTER TABLE accounts_user DISABLE TRIGGER ALL",
        "CREATE TABLE public.x ()",
    ]

    for statement in attempts:
        with pytest.raises(ProgrammingError) as refusal, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert isinstance(refusal.value.__cause__, psycopg2.errors.InsufficientPrivilege)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_test_commits_is_gone_before_the_next(time: str) -> None:
    get_user_model().objects.create_user(username="someone")

    assert get_user_model().objects.count() == 1
