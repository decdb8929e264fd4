"""Whatever way a change takes, the history shows who made it, when and why; and what does not say so is refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.forms import modelform_factory
from django.utils import timezone

from accounts.models import User
from companies.models import Company
from history.models import Revision
from history.services import accept, sign_dataset, signature_holds, stating
from pledges.models import Pledge
from tests import factories

COLUMNS = "(slug, name, roles, retracted_because)"


def by_the_orm() -> None:
    Company.objects.create(slug="acme", name="Acme")


def in_bulk() -> None:
    Company.objects.bulk_create([Company(slug="acme", name="Acme")])


def by_a_form() -> None:
    form = modelform_factory(Company, fields=["slug", "name", "roles"])({"slug": "acme", "name": "Acme"})
    form.save()


def by_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO companies_company {COLUMNS} VALUES ('acme', 'Acme', '{{}}', '')")


def by_copy() -> None:
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.cursor.copy_expert(f"COPY companies_company {COLUMNS} FROM STDIN", io.StringIO("acme\tAcme\t{}\t\n"))


ADDITIONS = [by_the_orm, in_bulk, by_a_form, by_sql, by_copy]


def saved() -> None:
    company = Company.objects.get()
    company.name = "Apex"
    company.save()


def updated() -> None:
    Company.objects.update(name="Apex")


def updated_in_bulk() -> None:
    company = Company.objects.get()
    company.name = "Apex"
    Company.objects.bulk_update([company], ["name"])


def updated_by_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE companies_company SET name = 'Apex'")


def upserted() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO companies_company {COLUMNS} VALUES ('acme', 'Apex', '{{}}', '')"
            " ON CONFLICT (slug) DO UPDATE SET name = excluded.name"
        )


def merged() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "MERGE INTO companies_company c USING (VALUES ('acme')) n(slug) ON n.slug = c.slug"
            " WHEN MATCHED THEN UPDATE SET name = 'Apex'"
        )


CHANGES = [saved, updated, updated_in_bulk, updated_by_sql, upserted, merged]

Path = Callable[[], None]


def rule_broken_by(path: Path) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        path()
    return str(refused.value.__cause__.diag.constraint_name)


@pytest.fixture
def ann(db: None) -> User:
    return User.objects.create_user("ann")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob")


@pytest.mark.parametrize("path", ADDITIONS)
def test_what_is_added_says_who_when_and_why(ann: User, path: Path) -> None:
    with stating(who=ann, why="Found in the register"):
        path()

    revision = Revision.objects.get(table_name="companies_company")
    assert (revision.operation, revision.who_id, revision.why) == ("I", ann.pk, "Found in the register")
    assert revision.state["name"] == "Acme"
    assert revision.row_id == Company.objects.get().pk
    assert revision.by_role == settings.DATABASES["default"]["USER"]
    assert timezone.now() - revision.at < timedelta(minutes=5)


@pytest.mark.parametrize("path", CHANGES)
def test_what_is_changed_says_who_when_and_why(ann: User, path: Path) -> None:
    factories.a_company("acme", draft=True)

    with stating(who=ann, why="It was renamed"):
        path()

    revision = Revision.objects.filter(table_name="companies_company").latest("pk")
    assert (revision.operation, revision.who_id, revision.why) == ("U", ann.pk, "It was renamed")
    assert revision.state["name"] == "Apex"


def test_what_is_taken_out_is_kept_in_the_history(ann: User) -> None:
    company = factories.a_company(draft=True)
    with stating(who=ann, why="From the register"):
        name = company.names.create(position=0, name="Acme Ltd")

    with stating(who=ann, why="Not its name"):
        company.names.all().delete()

    revision = Revision.objects.filter(table_name="companies_companyname").latest("pk")
    assert (revision.operation, revision.row_id, revision.why) == ("D", name.pk, "Not its name")
    assert revision.state["name"] == "Acme Ltd"


def test_one_statement_that_changes_many_rows_leaves_a_revision_of_each(ann: User) -> None:
    with stating(who=ann, why="Three at once"):
        Company.objects.bulk_create([Company(slug=f"company-{n}", name=f"Company {n}") for n in range(3)])

    assert Revision.objects.filter(table_name="companies_company", why="Three at once").count() == 3


@pytest.mark.parametrize("path", ADDITIONS)
def test_nothing_is_added_without_a_reason(db: None, path: Path) -> None:
    assert rule_broken_by(path) == "a_change_says_who_and_why"


@pytest.mark.parametrize("path", CHANGES)
def test_nothing_is_changed_without_a_reason(db: None, path: Path) -> None:
    factories.a_company("acme", draft=True)

    assert rule_broken_by(path) == "a_change_says_who_and_why"


def test_a_reason_of_white_space_is_none(ann: User) -> None:
    def with_a_blank_reason() -> None:
        with stating(who=ann, why=" \t"):
            by_the_orm()

    assert rule_broken_by(with_a_blank_reason) == "a_change_says_who_and_why"


def test_a_reason_does_not_outlive_its_transaction(ann: User) -> None:
    with stating(who=ann, why="The first"):
        by_the_orm()

    assert rule_broken_by(updated) == "a_change_says_who_and_why"


def test_the_reason_of_an_outer_change_holds_again_after_an_inner_one(ann: User, bob: User) -> None:
    with stating(who=ann, why="The whole"):
        with stating(who=bob, why="A part"):
            by_the_orm()
        updated()

    assert list(Revision.objects.order_by("pk").values_list("who_id", "why")) == [
        (bob.pk, "A part"),
        (ann.pk, "The whole"),
    ]


def test_what_is_undone_leaves_no_trace(ann: User) -> None:
    with transaction.atomic():
        with stating(who=ann, why="To be undone"):
            by_the_orm()
        transaction.set_rollback(True)

    assert not Revision.objects.exists()


# --- what is public -----------------------------------------------------------------------------------------------

# Each table of the record, with something in it that is public or part of something public.
PUBLIC = {
    "companies_company": "name = 'x'",
    "sources_source": "title = 'x'",
    "sources_passage": "exact = 'x'",
    "pledges_event": "summary = 'x'",
    "pledges_effect": "summary = 'x'",
    "pledges_pledge": "title = 'x'",
    "pledges_terms": "excludes = '{x}'",
    "pledges_clause": "text = 'x'",
    "pledges_investment": "note = 'x'",
    "pledges_round": "note = 'x'",
    "pledges_claim": "text = 'x'",
    "pledges_dispute": "question = 'x'",
    "pledges_answer": "answer = 'x'",
    "pledges_citation": "locator = 'x'",
}


@pytest.mark.parametrize("table", PUBLIC)
def test_nothing_public_changes_without_a_publication(ann: User, table: str) -> None:
    pledge = factories.a_pledge()
    factories.cite(pledge.effects.get(), quote="we stop")
    factories.an_investment()
    factories.a_round()
    factories.a_dispute(pledge)

    def changed() -> None:
        with stating(who=ann, why="An improvement"), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {PUBLIC[table]}")

    assert rule_broken_by(changed) == "a_public_change_has_a_publication"


def test_a_draft_is_published_by_two_people(ann: User, bob: User) -> None:
    company = factories.a_company(draft=True)

    with transaction.atomic():
        publication = accept(proposed_by=ann, accepted_by=bob, why="It holds")
        with stating(who=bob, why="It holds", publication=publication):
            company.publication = publication
            company.save()

    assert Revision.objects.latest("pk").publication_id == publication.pk
    assert Company.objects.public().get() == company


def test_nobody_publishes_alone(ann: User) -> None:
    company = factories.a_company(draft=True)

    def published() -> None:
        company.publication = sign_dataset(name="earlier", digest="0" * 64, why="Earlier")
        with stating(who=ann, why="I say so"):
            company.save()

    assert rule_broken_by(published) == "a_public_change_has_a_publication"


def test_nobody_accepts_their_own_proposal(ann: User) -> None:
    assert (
        rule_broken_by(lambda: accept(proposed_by=ann, accepted_by=ann, why="I agree with myself"))
        == "nobody_accepts_their_own_proposal"
    )


@pytest.mark.parametrize(
    "values",
    [
        "'dataset', NULL, NULL, 'set', NULL, NULL, 'why'",
        "'dataset', NULL, NULL, 'set', repeat('0', 64), NULL, 'why'",
        "'dataset', NULL, NULL, 'set', 'short', repeat('s', 40), 'why'",
        "'review', NULL, NULL, NULL, NULL, NULL, 'why'",
    ],
)
def test_a_publication_is_a_review_or_a_signed_load(db: None, values: str) -> None:
    def invented() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO history_publication (kind, proposed_by_id, accepted_by_id, dataset_name, dataset_digest,"
                f" signature, why, transaction, at) VALUES ({values}, 0, now())"
            )

    assert rule_broken_by(invented) == "a_publication_is_a_review_by_two_people_or_a_signed_load"


def test_a_publication_says_why(ann: User, bob: User) -> None:
    assert rule_broken_by(lambda: accept(proposed_by=ann, accepted_by=bob, why=" ")) == "a_publication_says_why"


def test_a_publication_covers_no_transaction_but_its_own(transactional_db: None) -> None:
    with factories.published() as publication:
        pledge = factories.a_pledge()

    def later() -> None:
        with stating(who=None, why="Once more", publication=publication):
            Pledge.objects.filter(pk=pledge.pk).update(title="Another title")

    assert rule_broken_by(later) == "a_publication_covers_one_transaction"


def test_a_publication_cannot_claim_another_transaction(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO history_publication (kind, dataset_name, dataset_digest, signature, why, transaction, at)"
            " VALUES ('dataset', 'set', repeat('0', 64), repeat('s', 40), 'why', 1, '2001-01-01')"
            " RETURNING transaction = pg_current_xact_id()::text::bigint, at = transaction_timestamp()"
        )
        said = cursor.fetchone()

    assert said == (True, True)


def test_a_signature_holds_for_what_was_signed_alone(db: None) -> None:
    signed = sign_dataset(name="set", digest="0" * 64, why="Load")

    assert signature_holds(signed)
    signed.dataset_digest = "1" * 64
    assert not signature_holds(signed)
    signed.signature = "0" * 64 + ":" + "s" * 40
    assert not signature_holds(signed)
