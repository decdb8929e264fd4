"""Saying who changes the record, why, and by which publication."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core import signing
from django.db import connection, transaction

from accounts.models import User

from .models import Publication

DATASET_SALT = "history.dataset"


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
