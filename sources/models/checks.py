"""What is known of a source's address, what each check saw, and what follows for a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from sources.outcomes import Likeness, Outcome
from sources.states import Standing, State, WatchClass
from sources.text import Drift

from .source import Passage, Source


class Host(models.Model):
    """One registrable domain: asked politely, by one worker at a time.

    The lease is what makes that so: a number that a worker must show again when it writes.
    """

    key = models.TextField(unique=True)
    due_at = models.DateTimeField(null=True, help_text="When the first of its sources may be asked for.")
    lease = models.BigIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    resume_at = models.DateTimeField(null=True, help_text="Not to be asked before, by its own word or by ours.")
    backoff_seconds = models.IntegerField(default=0)
    frozen_until = models.DateTimeField(null=True, help_text="The whole host was failing: no strikes until then.")
    robots = models.JSONField(default=dict, help_text="robots.txt as last read, by origin: its text and when.")
    crawl_delay = models.FloatField(null=True, help_text="Seconds between two requests, by its robots.txt.")

    SITE_MAY = ("SELECT", "INSERT", "UPDATE")

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(leased_until=None), name="hosts_that_fall_due"),
            models.Index(fields=["leased_until"], condition=~Q(leased_until=None), name="hosts_that_are_leased"),
        ]

    def __str__(self) -> str:
        return self.key


class LinkStateQuerySet(models.QuerySet["LinkState"]):
    def due(self, *, at: datetime) -> Self:
        """Sources that may be checked now and are not held by a worker."""
        return self.filter(due_at__lte=at, lease=None)

    def overridden(self, *, at: datetime) -> Self:
        """Those of which readers are told a person's word."""
        return self.filter(override_state__isnull=False, override_until__gt=at)

    def watched(self) -> Self:
        return self.filter(due_at__isnull=False)


class LinkState(models.Model):
    """The published state of a source's address, and all that the next check needs.

    There is one for every source with an address; `sources.watching.watch_sources` sees to it.
    """

    source = models.OneToOneField(Source, models.PROTECT, primary_key=True, related_name="link_state")
    host = models.ForeignKey(Host, models.PROTECT, related_name="link_states", db_index=False)
    watched = models.UUIDField(editable=False, help_text="Digest of the address that all of this is about.")
    own_page = models.BooleanField(default=False, help_text="A company's own page that holds a quotation.")
    enrolled_at = models.DateTimeField()

    state = models.CharField(max_length=12, choices=State, default=State.UNCHECKED)
    since = models.DateTimeField(null=True)
    moved = models.BooleanField(default=False)
    changed = models.BooleanField(default=False)
    hijacked = models.BooleanField(default=False)
    tls_problem = models.BooleanField("TLS problem", default=False)
    has_archive = models.BooleanField(default=False, help_text="A public archive holds a copy.")

    override_state = models.CharField(max_length=12, choices=State, null=True, blank=True)
    override_until = models.DateTimeField(null=True, blank=True)
    override_because = models.TextField(blank=True, default="")
    overridden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    hard_strikes = ArrayField(models.DateTimeField(), default=list, blank=True)
    removals = ArrayField(models.DateTimeField(), default=list, blank=True)
    soft_strikes = ArrayField(models.DateTimeField(), default=list, blank=True)
    blocked_since = models.DateTimeField(null=True)
    moved_to = models.TextField(null=True)
    moved_sightings = models.SmallIntegerField(default=0)
    streak = models.SmallIntegerField(default=0)

    last_ok_at = models.DateTimeField(null=True)
    last_checked_at = models.DateTimeField(null=True)
    last_outcome = models.SmallIntegerField(choices=Outcome, null=True)
    last_status = models.SmallIntegerField(null=True)
    last_by_network = models.BooleanField(default=False)
    last_reason = models.TextField(blank=True, default="")

    etag = models.TextField(null=True)
    last_modified = models.TextField(null=True)
    digest = models.BigIntegerField(null=True, help_text="First eight bytes of the SHA-256 of the last good body.")
    drift = models.SmallIntegerField(choices=Drift, null=True, help_text="Of that body, from the accepted text.")
    text_digest = models.BigIntegerField(null=True, help_text="The same of the main text that was read last.")
    text_seen_at = models.DateTimeField(null=True, help_text="When the page last showed that text.")
    baseline = models.ForeignKey(
        "sources.TextVersion",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="The text that the page is held against: the first one read, or the last that a person accepted.",
    )

    due_at = models.DateTimeField(null=True, help_text="Empty: not to be checked.")
    lease = models.BigIntegerField(null=True)
    tries = models.SmallIntegerField(default=0, help_text="Checks begun since the last one that ended.")

    objects = LinkStateQuerySet.as_manager()

    SITE_MAY = ("SELECT", "INSERT", "UPDATE")

    class Meta:
        indexes = [
            models.Index(fields=["host", "due_at"], name="sources_due_by_host"),
            models.Index(fields=["last_checked_at"], name="sources_by_last_check"),
            models.Index(fields=["state", "source"], name="sources_by_link_state"),
        ]
        constraints = [
            models.CheckConstraint(
                name="an_overridden_state_says_until_when_and_why",
                condition=Q(override_state=None)
                | Q(override_until__isnull=False) & ~Q(override_because__regex=r"^\s*$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.get_state_display()}"

    @property
    def standing(self) -> Standing:
        """This row as the state machine reads it."""
        return Standing(
            state=State(self.state),
            since=self.since,
            moved=self.moved,
            changed=self.changed,
            hijacked=self.hijacked,
            tls_problem=self.tls_problem,
            hard_strikes=tuple(self.hard_strikes),
            removals=tuple(self.removals),
            soft_strikes=tuple(self.soft_strikes),
            blocked_since=self.blocked_since,
            moved_to=self.moved_to,
            moved_sightings=self.moved_sightings,
            streak=self.streak,
            last_ok_at=self.last_ok_at,
        )

    def take(self, standing: Standing) -> None:
        """Set this row's fields from a standing; nothing is saved."""
        for name, value in standing._asdict().items():
            setattr(self, name, list(value) if isinstance(value, tuple) else value)

    def is_overridden(self, *, at: datetime) -> bool:
        """Whether a person's word holds."""
        return bool(self.override_state and self.override_until and at < self.override_until)

    def published_state(self, *, at: datetime) -> State:
        """The state that readers are shown: a person's word while it holds, else the checks'."""
        word = self.override_state if self.is_overridden(at=at) else None
        return State(word or self.state)

    def watch_class(self, *, at: datetime, young_days: float) -> WatchClass:
        if self.own_page:
            return WatchClass.OWN_PAGE
        if (at - self.enrolled_at).total_seconds() < young_days * 86_400:
            return WatchClass.YOUNG
        return WatchClass.OTHER


class LinkCheck(models.Model):
    """What one check saw. Append-only, one row for a source and the slot it was due in, kept for 90 days.

    The table is partitioned by month of the slot; it holds no address, only small codes. Its columns stand in an order
    that leaves no gaps between them: each further one, however small, costs eight bytes.
    """

    class Discarded(models.IntegerChoices):
        """Why a failure was no strike."""

        NO = 0, pgettext_lazy("why a failed check did not count", "counted")
        OWN_FAULT = 1, pgettext_lazy("why a failed check did not count", "our own line was failing")
        HOST_INCIDENT = 2, pgettext_lazy("why a failed check did not count", "the whole host was failing")

    pk = models.CompositePrimaryKey("source_id", "slot")
    source = models.ForeignKey(Source, models.PROTECT, related_name="link_checks", db_index=False)
    slot = models.DateTimeField(help_text="When it was due.")
    digest = models.BigIntegerField(null=True)
    late_seconds = models.IntegerField(help_text="Whole seconds from then until it was made.")
    elapsed_ms = models.IntegerField()
    wire_bytes = models.IntegerField()
    outcome = models.SmallIntegerField(choices=Outcome)
    status = models.SmallIntegerField(null=True)
    hops = models.SmallIntegerField()
    likeness = models.SmallIntegerField(choices=Likeness)
    discarded = models.SmallIntegerField(choices=Discarded, default=Discarded.NO)
    drift = models.SmallIntegerField(choices=Drift, null=True, help_text="From the accepted text; empty: not told.")

    SITE_MAY = ("SELECT", "INSERT")

    def __str__(self) -> str:
        return f"{self.checked_at:%Y-%m-%d %H:%M} {self.get_outcome_display()}"

    @property
    def checked_at(self) -> datetime:
        return self.slot + timedelta(seconds=self.late_seconds)


class CheckTally(models.Model):
    """The checks of a source in a month, counted. Stays when the checks themselves are let go after 90 days."""

    pk = models.CompositePrimaryKey("source_id", "month")
    source = models.ForeignKey(Source, models.PROTECT, related_name="check_tallies", db_index=False)
    month = models.DateField(help_text="Its first day.")
    checks = models.IntegerField()
    alive = models.IntegerField()
    failing = models.IntegerField()
    refused = models.IntegerField(help_text="Blocked, limited, or not to be asked.")
    not_counted = models.IntegerField(help_text="Failures that were our own line's or a whole host's.")
    wire_bytes = models.BigIntegerField()
    elapsed_ms = models.BigIntegerField()

    SITE_MAY = ("SELECT",)

    def __str__(self) -> str:
        return f"{self.source}, {self.month:%Y-%m}: {self.checks} checks"


class StateChange(models.Model):
    """One change of a published state or flag, with what it rests on. Kept for ever."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="state_changes")
    at = models.DateTimeField()
    before = models.CharField(max_length=12, choices=State)
    after = models.CharField(max_length=12, choices=State)
    flags = ArrayField(models.CharField(max_length=11), default=list, help_text="The flags that stood after it.")
    reason = models.TextField()
    outcome = models.SmallIntegerField(choices=Outcome, null=True)
    evidence = models.JSONField(default=dict)

    SITE_MAY = ("SELECT", "INSERT")

    class Meta:
        indexes = [models.Index(fields=["source", "-at"], name="state_changes_of_a_source")]
        constraints = [models.CheckConstraint(name="a_change_of_state_says_why", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}, {self.at:%Y-%m-%d}"


class Finding(models.Model):
    """What follows from checks for a person. Open until a person, or a later check, closes it."""

    class Kind(models.TextChoices):
        DEAD = "dead", "the page is gone"
        ANSWERS_AGAIN = "answers-again", "a lost address answers again with something else"
        MOVED = "moved", "the page has moved for good"
        HIJACKED = "hijacked", "another party holds the address"
        REFUSED = "refused", "the address may not be asked for"
        WRONG_TYPE = "wrong-type", "the page became a log-in or a file of another kind"
        QUOTATION = "quotation", "a quotation no longer stands on the page"
        CHANGED = "changed", "the page says something else"
        SILENT_EDIT = "silent-edit", "a company changed or removed its own page"
        STUCK = "stuck", "the check itself failed"

    source = models.ForeignKey(Source, models.PROTECT, related_name="findings")
    passage = models.ForeignKey(Passage, models.PROTECT, null=True, blank=True, related_name="findings")
    kind = models.CharField(max_length=13, choices=Kind)
    detail = models.TextField(blank=True, default="")
    evidence = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_because = models.TextField(blank=True, default="")

    SITE_MAY = ("SELECT", "INSERT", "UPDATE")

    class Meta:
        indexes = [models.Index(fields=["kind", "opened_at"], condition=Q(closed_at=None), name="open_findings")]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "kind", "passage"],
                condition=Q(closed_at=None),
                nulls_distinct=False,
                name="a_finding_is_open_once",
            ),
            models.CheckConstraint(
                name="a_closed_finding_says_why",
                condition=Q(closed_at=None) | ~Q(closed_because__regex=r"^\s*$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.get_kind_display()}"
