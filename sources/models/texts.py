"""What a watched page said, when, and what became of the words that were quoted from it. Kept for ever."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from sources.quotations import PassageStanding
from sources.text import Drift

from .copies import Snapshot
from .source import Passage, Source


class TextVersion(models.Model):
    """The main text of a page as it stood for a while."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="text_versions")
    seen_from = models.DateTimeField(help_text="The first check that read it.")
    seen_until = models.DateTimeField(null=True, help_text="The last check that read it; empty while it stands.")
    title = models.TextField(blank=True, default="")
    language = models.CharField(max_length=35, null=True)
    text = models.TextField()
    digest = models.BigIntegerField()
    words = models.IntegerField()
    drift = models.SmallIntegerField(choices=Drift, default=Drift.NONE, help_text="From the version before it.")
    fingerprints = ArrayField(models.BigIntegerField(), default=list, help_text="By which copies of it are found.")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, related_name="text_versions")

    SITE_MAY = ("SELECT", "INSERT", "UPDATE")

    class Meta:
        indexes = [
            models.Index(fields=["source", "-seen_from"], name="text_versions_of_a_source"),
            GinIndex(fields=["fingerprints"], name="text_versions_by_fingerprint"),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_text_is_seen_until_after_it_is_seen_from",
                condition=Q(seen_until=None) | Q(seen_until__gte=F("seen_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}, as read on {self.seen_from:%Y-%m-%d}"


class PassageState(models.Model):
    """Whether a passage stands on its page, by the last visit that could tell, and since when."""

    passage = models.OneToOneField(Passage, models.PROTECT, primary_key=True, related_name="state")
    standing = models.CharField(max_length=10, choices=PassageStanding)
    since = models.DateTimeField()
    last_looked_at = models.DateTimeField()
    last_present_at = models.DateTimeField("last seen word for word", null=True)
    text = models.TextField(blank=True, default="", help_text="What stands there instead.")
    score = models.FloatField(default=0)
    weighty = ArrayField(
        models.CharField(max_length=40), default=list, help_text="Words of negation, time or scope that came or went."
    )
    context_changed = models.BooleanField(default=False, help_text="The words right before or after it changed.")

    SITE_MAY = ("SELECT", "INSERT", "UPDATE")

    def __str__(self) -> str:
        return f"{self.passage}: {self.get_standing_display()}"


class PassageEvent(models.Model):
    """One change of a passage's standing. Append-only."""

    passage = models.ForeignKey(Passage, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    before = models.CharField(max_length=10, choices=PassageStanding, null=True)
    after = models.CharField(max_length=10, choices=PassageStanding)
    text = models.TextField(blank=True, default="")
    weighty = ArrayField(models.CharField(max_length=40), default=list)

    SITE_MAY = ("SELECT", "INSERT")

    class Meta:
        indexes = [models.Index(fields=["passage", "-at"], name="passage_events_of_a_passage")]

    def __str__(self) -> str:
        return f"{self.passage}: {self.before} → {self.after}, {self.at:%Y-%m-%d}"


class SilentEdit(models.Model):
    """A change that a company made to its own page, or the page's removal, without saying so.

    It happened between `last_seen_before` and `first_seen_after`. It changes no status by itself.
    """

    class Kind(models.TextChoices):
        EDITED = "edited", "edited"
        REWRITTEN = "rewritten", "rewritten"
        REPLACED = "replaced", "replaced by another text"
        REMOVED = "removed", "removed"

    source = models.ForeignKey(Source, models.PROTECT, related_name="silent_edits")
    kind = models.CharField(max_length=9, choices=Kind)
    before = models.ForeignKey(TextVersion, models.PROTECT, null=True, related_name="+")
    after = models.ForeignKey(TextVersion, models.PROTECT, null=True, related_name="+")
    last_seen_before = models.DateTimeField()
    first_seen_after = models.DateTimeField()
    changes = models.JSONField(
        default=list, help_text="The sentences that went and those that came: pairs of texts, either may be empty."
    )
    weighty = ArrayField(models.CharField(max_length=40), default=list)
    quotations = models.SmallIntegerField(default=0, help_text="How many quoted passages it touched.")
    restored_at = models.DateTimeField(null=True, help_text="When the earlier text stood there again.")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.TextField(
        blank=True, default="", help_text="Why an editor took it from the ledger: it was no change of the page's text."
    )

    SITE_MAY = ("SELECT", "INSERT", "UPDATE")

    class Meta:
        indexes = [models.Index(fields=["-first_seen_after", "-id"], name="silent_edits_newest_first")]
        constraints = [
            models.UniqueConstraint(fields=["source", "first_seen_after"], name="a_silent_edit_is_listed_once"),
            models.CheckConstraint(
                name="a_silent_edit_has_a_window_of_time", condition=Q(last_seen_before__lte=F("first_seen_after"))
            ),
            models.CheckConstraint(
                name="a_removal_has_no_text_after_it_and_every_other_edit_has",
                condition=Q(kind="removed", after=None) | ~Q(kind="removed") & Q(after__isnull=False),
            ),
            models.CheckConstraint(
                name="a_withdrawn_edit_says_when_and_why",
                condition=Q(withdrawn_at=None, withdrawn_because="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because__regex=r"^\s*$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.get_kind_display()}, {self.first_seen_after:%Y-%m-%d}"
