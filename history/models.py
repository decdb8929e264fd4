"""Who changed what, when, why, and by whose acceptance.

Revisions are written by the database itself (see ``history/migrations/0002``), so that no path round
the code is a path round the history.
"""

from __future__ import annotations

from typing import Self, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q


class Publication(models.Model):
    """What makes a change public: two people who agree, or the signed load of a data set."""

    class Kind(models.TextChoices):
        REVIEW = "review", "proposed by one person, accepted by another"
        DATASET = "dataset", "load of a data set"

    kind = models.CharField(max_length=7, choices=Kind)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="proposed_publications"
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="accepted_publications"
    )
    dataset_name = models.CharField(max_length=200, null=True, blank=True)
    dataset_digest = models.CharField("SHA-256 of the data set", max_length=64, null=True, blank=True)
    signature = models.TextField("signature over the digest", null=True, blank=True)
    why = models.TextField("reason")
    # Set by the database: a publication covers the transaction in which it is made and no other.
    at = models.DateTimeField(auto_now_add=True)
    transaction = models.BigIntegerField(default=0, editable=False)

    SITE_MAY = ("SELECT", "INSERT")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_publication_is_a_review_by_two_people_or_a_signed_load",
                condition=Q(
                    kind="review",
                    proposed_by__isnull=False,
                    accepted_by__isnull=False,
                    dataset_digest__isnull=True,
                )
                | Q(
                    kind="dataset",
                    proposed_by__isnull=True,
                    accepted_by__isnull=True,
                    dataset_name__isnull=False,
                    # An unknown digest would be neither wrong nor right, which lets a row pass.
                    dataset_digest__isnull=False,
                    signature__isnull=False,
                    dataset_digest__regex=r"^[0-9a-f]{64}$",
                    signature__regex=r".{20,}",
                ),
            ),
            models.CheckConstraint(
                name="nobody_accepts_their_own_proposal",
                condition=Q(proposed_by__isnull=True) | ~Q(proposed_by=models.F("accepted_by")),
            ),
            models.CheckConstraint(name="a_publication_says_why", condition=~Q(why__regex=r"^\s*$")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d}"


RowT = TypeVar("RowT", bound="Published", covariant=True)


class PublishedQuerySet(models.QuerySet[RowT]):
    def public(self) -> Self:
        """What a reader may see: accepted, and not retracted since."""
        return self.filter(publication__isnull=False, retracted_because="")

    def drafts(self) -> Self:
        return self.filter(publication__isnull=True)


class Published(models.Model):
    """A row that is public from its first publication on, and is retracted with a reason, never deleted."""

    publication = models.ForeignKey(
        Publication, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    retracted_because = models.TextField(
        "retracted because",
        blank=True,
        default="",
        help_text="Leave empty while the entry stands. With a reason here the entry leaves all lists, "
        "and its page says that it was retracted and why.",
    )

    SITE_MAY = ("SELECT", "INSERT", "UPDATE")

    class Meta:
        abstract = True

    @property
    def is_public(self) -> bool:
        return self.publication_id is not None and not self.retracted_because


class Revision(models.Model):
    """One state of one row. Append-only; written by triggers alone."""

    class Operation(models.TextChoices):
        INSERTED = "I", "added"
        UPDATED = "U", "changed"
        DELETED = "D", "taken out"

    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    operation = models.CharField(max_length=1, choices=Operation)
    at = models.DateTimeField()
    transaction = models.BigIntegerField()
    who_id = models.BigIntegerField(null=True)
    by_role = models.CharField("database role", max_length=63)
    via = models.CharField("application", max_length=63)
    why = models.TextField()
    publication_id = models.BigIntegerField(null=True)
    state = models.JSONField("the row after the change, or before it was taken out")

    SITE_MAY = ("SELECT",)

    class Meta:
        indexes = [
            models.Index(fields=["table_name", "row_id", "-id"], name="revisions_of_a_row"),
            models.Index(fields=["transaction"], name="revisions_of_a_transaction"),
            models.Index(fields=["at"], name="revisions_by_time"),
            # Few rows are ever taken out; what once belonged to a record is found among these.
            models.Index(fields=["table_name", "id"], condition=Q(operation="D"), name="revisions_of_removals"),
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id} {self.get_operation_display()} {self.at:%Y-%m-%d %H:%M}"


class FormerSlug(models.Model):
    """An address that a record once had. It redirects for ever and is never given to another record."""

    kind = models.CharField(max_length=20)
    slug = models.SlugField(max_length=200)
    current_slug = models.SlugField(max_length=200)

    SITE_MAY = ("SELECT", "INSERT", "UPDATE")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "slug"], name="a_former_slug_leads_to_one_record"),
            models.CheckConstraint(
                name="a_former_slug_is_not_the_current_one", condition=~Q(slug=models.F("current_slug"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.slug} → {self.current_slug}"


def slug_is_free(*, kind: str, slug: str) -> None:
    """Refuse a slug that once belonged to another record.

    :raises ValidationError: naming the record that the slug leads to.
    """
    former = FormerSlug.objects.filter(kind=kind, slug=slug).first()
    if former:
        raise ValidationError(
            {"slug": f"“{slug}” is a former address of “{former.current_slug}” and redirects there: choose another."}
        )
