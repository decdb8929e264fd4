"""Saying who changes the record, why, and by which publication."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core import signing
from django.db import connection, transaction

from accounts.models import User

from .models import Publication, Revision

DATASET_SALT = "history.dataset"

# A row of the record: its table and its key.
Row = tuple[str, int]


def _state(*, who: int | None, why: str, publication: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT history_state(%s, %s, %s)", [who, why, publication])


def _stated() -> tuple[int | None, str, int | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nullif(current_setting('record.who', true), '')::bigint,"
            " coalesce(current_setting('record.why', true), ''),"
            " nullif(current_setting('record.publication', true), '')::bigint"
        )
        who, why, publication = cursor.fetchone()
    return who, why, publication


@contextmanager
def stating(*, who: User | None, why: str, publication: Publication | None = None) -> Iterator[None]:
    """One transaction in which every change carries who made it, why, and by which publication.

    The database refuses changes outside such a transaction. Inside another one the outer statement
    holds again afterwards.

    :param who: None where no person stands behind it, as for a data set.
    :param publication: needed as soon as something public changes; made in the same transaction.
    """
    with transaction.atomic():
        before = _stated()
        _state(who=who.pk if who else None, why=why, publication=publication.pk if publication else None)
        yield
        _state(who=before[0], why=before[1], publication=before[2])


def accept(*, proposed_by: User, accepted_by: User, why: str) -> Publication:
    """The publication of what one person proposed and another accepted. Call within a transaction.

    :raises django.db.IntegrityError: if both are the same person.
    """
    return Publication.objects.create(
        kind=Publication.Kind.REVIEW, proposed_by=proposed_by, accepted_by=accepted_by, why=why
    )


def sign_dataset(*, name: str, digest: str, why: str) -> Publication:
    """The publication of a data set, signed with this site's key. Call within a transaction.

    :param digest: SHA-256 of the data set, in hexadecimal.
    """
    return Publication.objects.create(
        kind=Publication.Kind.DATASET,
        dataset_name=name,
        dataset_digest=digest,
        signature=signing.Signer(salt=DATASET_SALT).sign(digest),
        why=why,
    )


def signature_holds(publication: Publication) -> bool:
    """Whether a data-set publication was signed with this site's key (or one of its former keys)."""
    try:
        signed = signing.Signer(salt=DATASET_SALT).unsign(publication.signature or "")
    except signing.BadSignature:
        return False
    return signed == publication.dataset_digest


def publication_on_trial(*, why: str) -> Publication:
    """A publication under which a change to what is public can be tried, in a transaction that is undone.

    It is signed by nobody: were it ever kept, ``signature_holds`` would say so. Call within a transaction.
    """
    return Publication.objects.create(
        kind=Publication.Kind.DATASET,
        dataset_name="a trial, to be undone",
        dataset_digest=hashlib.sha256(b"").hexdigest(),
        signature="on trial: nobody has signed this",
        why=why,
    )


def _listed(rows: Iterable[Row]) -> tuple[list[str], list[int]]:
    listed = sorted(set(rows))
    return [table for table, _ in listed], [key for _, key in listed]


def latest_revision(rows: Iterable[Row]) -> int:
    """The number of the latest revision of any of the rows; 0 where there is none.

    It grows with each change to one of them, so it says whether they are still as they were read.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(latest.id), 0) FROM unnest(%s::text[], %s::bigint[]) AS asked(table_name, row_id)"
            " CROSS JOIN LATERAL (SELECT r.id FROM history_revision r WHERE r.table_name = asked.table_name"
            " AND r.row_id = asked.row_id ORDER BY r.id DESC LIMIT 1) latest",
            _listed(rows),
        )
        (number,) = cursor.fetchone()
    return int(number)


def last_revisions(rows: Iterable[Row]) -> dict[Row, Revision]:
    """The latest revision of each of the rows."""
    found = Revision.objects.raw(
        "SELECT latest.* FROM unnest(%s::text[], %s::bigint[]) AS asked(table_name, row_id)"
        " CROSS JOIN LATERAL (SELECT r.* FROM history_revision r WHERE r.table_name = asked.table_name"
        " AND r.row_id = asked.row_id ORDER BY r.id DESC LIMIT 1) latest",
        _listed(rows),
    )
    return {(revision.table_name, revision.row_id): revision for revision in found}


def revisions_of(rows: Iterable[Row], *, since: int = 0) -> list[Revision]:
    """The revisions of the rows after a given one, oldest first."""
    return list(
        Revision.objects.raw(
            "SELECT r.* FROM unnest(%s::text[], %s::bigint[]) AS asked(table_name, row_id)"
            " JOIN history_revision r USING (table_name, row_id) WHERE r.id > %s ORDER BY r.id",
            [*_listed(rows), since],
        )
    )


def removals_from(owners: Iterable[tuple[str, str, int]], *, since: int = 0) -> list[Revision]:
    """The revisions by which parts of something were taken out, oldest first.

    :param owners: table of the parts, its column that names what they belong to, and the key of that.
    :param since: the revision after which removals count.
    """
    listed = sorted(set(owners))
    return list(
        Revision.objects.raw(
            "SELECT r.* FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS asked(table_name, part_of, owner)"
            " JOIN history_revision r ON r.table_name = asked.table_name AND r.operation = 'D'"
            " AND (r.state->>asked.part_of)::bigint = asked.owner WHERE r.id > %s ORDER BY r.id",
            [[o[0] for o in listed], [o[1] for o in listed], [o[2] for o in listed], since],
        )
    )


def before(revisions: Iterable[Revision]) -> dict[int, Revision]:
    """The revision before each of the given ones, by the number of the given one; none where a row was new."""
    asked = {revision.pk: (revision.table_name, revision.row_id) for revision in revisions}
    found = Revision.objects.raw(
        "SELECT earlier.*, asked.id AS later FROM unnest(%s::bigint[], %s::text[], %s::bigint[])"
        " AS asked(id, table_name, row_id) CROSS JOIN LATERAL (SELECT r.* FROM history_revision r"
        " WHERE r.table_name = asked.table_name AND r.row_id = asked.row_id AND r.id < asked.id"
        " ORDER BY r.id DESC LIMIT 1) earlier",
        [list(asked), [table for table, _ in asked.values()], [key for _, key in asked.values()]],
    )
    return {int(vars(revision)["later"]): revision for revision in found}
