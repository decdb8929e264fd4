"""Who gets a digest of what. No history is kept of these rows: when an address leaves, it is gone."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Lower
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from digests.moments import Moment

CONFIRM_WITHIN: Final = timedelta(days=3)
UNREADABLE_FOR: Final = timedelta(days=30)
LONGEST_ADDRESS: Final = 254  # RFC 5321, as corrected: that of a path, less its brackets
LONGEST_SELECTION: Final = 2_000  # what an index can hold beside the address


class Rhythm(models.TextChoices):
    """How often a digest is sent, if there is anything to tell."""

    DAILY = "daily", _("Every day on which something is new")
    WEEKLY = "weekly", _("Once a week, on Monday, if something is new")


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)

    def waiting(self, *, at: datetime) -> Self:
        """Those that can still be confirmed."""
        return self.filter(confirmed_at=None, asked_at__gt=at - CONFIRM_WITHIN)

    def run_out(self, *, at: datetime) -> Self:
        """Those that nobody has confirmed in time."""
        return self.filter(confirmed_at=None, asked_at__lte=at - CONFIRM_WITHIN)

    def of_address(self, address: str) -> Self:
        """All of an address, however its letters were written."""
        return self.alias(plain_address=Lower("address")).filter(plain_address=address.lower())

    def due(self, *, at: datetime) -> Self:
        """Those of which a mail is to be written now, and which no worker has in hand."""
        free = Q(held_until=None) | Q(held_until__lte=at)
        wanted = Q(confirmed_at__isnull=False) | Q(asked_at__gt=at - CONFIRM_WITHIN)
        return self.filter(free, wanted, due_at__lte=at)


class Subscription(models.Model):
    """An address that has asked for a digest of a selection, and has confirmed it or not yet.

    key: what the links in mails name it by, signed.
    selection: what the address of the timeline has behind its “?”; empty for every event.
    told_at, told_snapshot: the moment up to which the reader has been told; see ``Moment``.
    due_at: when the next mail is to be written, if there is anything to say; none while a confirmation is awaited.
    held_until: until then a worker has it in hand. If that is lost, another takes it up then.
    tries: how often the next mail was begun. refusals: how often the mail server would not have the address.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    address = models.EmailField("e-mail address", max_length=LONGEST_ADDRESS)
    selection = models.TextField(blank=True)
    language = models.CharField(max_length=10)
    rhythm = models.CharField(max_length=6, choices=Rhythm)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    told_snapshot = models.TextField(blank=True, default="")
    due_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    refusals = models.PositiveSmallIntegerField(default=0)
    unreadable_since = models.DateTimeField(null=True, help_text="When the reader was told that it cannot be read.")

    objects = SubscriptionQuerySet.as_manager()

    SITE_MAY = ("SELECT", "INSERT", "UPDATE", "DELETE")

    class Meta:
        indexes = [models.Index(fields=["due_at", "id"], name="digests_that_fall_due")]
        constraints = [
            models.CheckConstraint(
                name="an_address_of_a_digest_is_one_line",
                condition=Q(address__regex=r"^[^\s[:cntrl:]@]+@[^\s[:cntrl:]@]+$"),
            ),
            models.CheckConstraint(name="a_digest_is_daily_or_weekly", condition=Q(rhythm__in=["daily", "weekly"])),
            models.CheckConstraint(
                name="a_digest_tells_from_its_confirmation_on",
                condition=Q(confirmed_at__isnull=True, told_at__isnull=True, told_snapshot="")
                | Q(
                    confirmed_at__isnull=False,
                    told_at__isnull=False,
                    due_at__isnull=False,
                    told_snapshot__regex=r"^[0-9]+:[0-9]+:[0-9,]*$",
                ),
            ),
            models.CheckConstraint(
                name="the_selection_of_a_digest_is_short",
                condition=LessThanOrEqual(Length("selection"), LONGEST_SELECTION),
            ),
            models.UniqueConstraint(
                Lower("address"),
                "selection",
                name="an_address_gets_a_digest_of_a_selection_once",
                condition=Q(confirmed_at__isnull=False),
            ),
            models.UniqueConstraint(
                Lower("address"),
                "selection",
                name="an_address_is_asked_once_about_a_selection",
                condition=Q(confirmed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        # Never the address: what is printed is also logged.
        return f"digest {self.pk}, {self.rhythm}"

    @property
    def told(self) -> Moment | None:
        return Moment(self.told_at, self.told_snapshot) if self.told_at else None

    @property
    def confirm_by(self) -> datetime:
        return self.asked_at + CONFIRM_WITHIN


class Asked(models.Model):
    """That a mail was sent to an address which had confirmed nothing yet: counted for a day, then deleted.

    address_digest: keyed with the secret of the site, so that it is no list of addresses.
    """

    address_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    SITE_MAY = ("SELECT", "INSERT", "DELETE")

    class Meta:
        verbose_name_plural = "asked"
        indexes = [
            models.Index(fields=["at"], name="asked_by_time"),
            models.Index(fields=["address_digest", "at"], name="asked_by_address"),
        ]

    def __str__(self) -> str:
        return f"asked on {self.at:%Y-%m-%d}"
