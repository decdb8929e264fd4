"""Copies of a source: our own captures, editors' files, those in public archives; and what these are asked."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from .source import Source


class Snapshot(models.Model):
    """A copy of a source at a moment.

    A copy of our own has a file, which is not republished, and a place in the chain of all such copies:
    `manage.py verify_captures` recomputes it from the first copy on. The database lets none of that be changed.
    """

    class Kind(models.TextChoices):
        OWN = "own", "our own capture"
        UPLOAD = "upload", "a file that an editor gave"
        MEMENTO = "memento", "a copy in a public archive"

    source = models.ForeignKey(Source, models.PROTECT, related_name="snapshots")
    kind = models.CharField(max_length=7, choices=Kind)
    url = models.TextField("address", null=True, blank=True)
    captured_at = models.DateTimeField()
    digest = models.CharField("SHA-256 of the body", max_length=64, null=True, blank=True)
    note = models.TextField(blank=True, default="")

    # Copies of our own
    file = models.TextField(null=True, blank=True, editable=False, help_text="Its name in the store of captures.")
    file_digest = models.CharField("SHA-256 of the file", max_length=64, null=True, blank=True, editable=False)
    bytes = models.BigIntegerField(null=True, blank=True, editable=False)
    media_type = models.CharField(max_length=100, blank=True, default="")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    link_number = models.BigIntegerField(null=True, unique=True, editable=False, help_text="Its place in the chain.")
    link_before = models.CharField("digest of the link before it", max_length=64, null=True, editable=False)
    link_digest = models.CharField("digest of the chain up to it", max_length=64, null=True, editable=False)

    # Copies in public archives
    archive = models.CharField(max_length=60, blank=True, default="", help_text="Which archive holds it.")
    near = models.DateField(null=True, blank=True, help_text="The day for which a copy was looked for.")
    verified_at = models.DateTimeField(null=True, blank=True, help_text="When the archive last gave it out again.")
    lost_at = models.DateTimeField(null=True, blank=True, help_text="When the archive no longer had it.")
    quotations_asked = models.SmallIntegerField(null=True, blank=True)
    quotations_found = models.SmallIntegerField(null=True, blank=True)

    SITE_MAY = ("SELECT", "INSERT", "UPDATE")

    class Meta:
        indexes = [models.Index(fields=["source", "captured_at"], name="snapshots_of_a_source")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "url"], name="an_archived_copy_is_on_record_once", condition=Q(kind="memento")
            ),
            models.CheckConstraint(
                name="a_copy_in_a_public_archive_has_an_address",
                condition=~Q(kind="memento") | Q(url__iregex=r"^https?://[^\s/]"),
            ),
            models.CheckConstraint(
                name="a_copy_of_our_own_has_a_digest",
                condition=Q(kind="memento") | Q(digest__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="a_copy_with_a_file_is_in_the_chain",
                condition=Q(file=None, link_number=None, link_digest=None)
                | Q(
                    file__isnull=False,
                    file_digest__regex=r"^[0-9a-f]{64}$",
                    bytes__gt=0,
                    link_number__gt=0,
                    link_digest__regex=r"^[0-9a-f]{64}$",
                ),
            ),
            models.CheckConstraint(
                name="an_upload_says_who_gave_it",
                condition=~Q(kind="upload") | Q(uploaded_by__isnull=False, file__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.captured_at:%Y-%m-%d}"

    @property
    def gap_days(self) -> int | None:
        """Days between the day for which it was looked for and the day it was made, never negative."""
        return abs((self.captured_at.date() - self.near).days) if self.near else None


class ArchiveJob(models.Model):
    """Something to be asked of public archives, one at a time and gently, until it came to an end.

    A worker holds a job by a lease with an end, as it holds a host; a lost worker costs a wait.
    """

    class Kind(models.TextChoices):
        LOOK_UP = "look-up", "look for the copy nearest to a day"
        SAVE = "save", "have a copy made"
        VERIFY = "verify", "see whether a copy is still there"

    source = models.ForeignKey(Source, models.PROTECT, related_name="archive_jobs")
    kind = models.CharField(max_length=7, choices=Kind)
    near = models.DateField(null=True, help_text="The day for which a copy is looked for.")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, related_name="archive_jobs")
    asked_at = models.DateTimeField(help_text="When somebody first wanted it.")
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    ticket = models.JSONField(null=True, help_text="What the archive gave for a copy that it is making.")
    ended_at = models.DateTimeField(null=True)
    said = models.TextField(blank=True, default="", help_text="How it ended, or why not yet.")

    SITE_MAY = ("SELECT", "INSERT", "UPDATE")

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(ended_at=None), name="archive_jobs_that_fall_due"),
            models.Index(fields=["source", "kind", "-asked_at"], name="archive_jobs_of_a_source"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "kind", "near", "snapshot"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="an_archive_is_asked_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.source}"
