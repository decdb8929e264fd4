"""What happened: events, who took part, and what each event did to a pledge or an investment."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Deferrable, F, Q

from companies.models import Company
from dates.fields import EDTFField
from history.models import Published, PublishedQuerySet
from sources.models import DateBasis

from ..vocabulary import AmountIs, EventKind, ExitKind, HoldingEffect, Part, PartyKind, PledgeEffect, Standing
from .money import Investment
from .pledge import Pledge, words

SLUG_LENGTH = 200


def happened_by(day: date, *, event: str = "") -> Q:
    """That an event had begun by a day.

    What has no known start is sorted by its latest day, which may lie ahead. It had happened, though, when it was
    entered.

    :param event: the way to the event, such as ``event__``; empty where the rows are events.
    """
    return Q(**{f"{event}sorts_on__lte": day}) | Q(
        **{f"{event}date_earliest__isnull": True, f"{event}publication__at__date__lte": day}
    )


class EventQuerySet(PublishedQuerySet["Event"]):
    def happened_by(self, day: date) -> Self:
        return self.filter(happened_by(day))

    def newest_first(self) -> EventQuerySet:
        return self.order_by("-sorts_on", "-pk")

    def oldest_first(self) -> EventQuerySet:
        return self.order_by("sorts_on", "pk")


class Event(Published):
    """One happening on a date: one row of the timeline, belonging to no one.

    An event without a kind and title is a step in the life of one pledge or investment and nothing
    besides: it is named after its effect.
    """

    slug = models.SlugField(max_length=SLUG_LENGTH, unique=True)
    kind = models.CharField(max_length=20, choices=EventKind, blank=True, default="")
    date = EDTFField("date", earliest="date_earliest", latest="date_latest", sorts_on="sorts_on")
    date_earliest = models.DateField(null=True, editable=False)
    date_latest = models.DateField(null=True, editable=False)
    sorts_on = models.DateField(editable=False, help_text="The earliest day, or the latest where the start is open.")
    date_printed = models.TextField("date as printed", null=True, blank=True)
    date_basis = models.CharField(max_length=8, choices=DateBasis, null=True, blank=True)
    title = models.CharField(max_length=300, blank=True, default="")
    summary = models.TextField(blank=True, default="")
    jurisdictions = words()
    outcome = models.TextField(null=True, blank=True)
    no_support = models.TextField(
        "why nothing supports it",
        null=True,
        blank=True,
        help_text="Only where no source supports it. It still cites one that disputes it or gives the context.",
    )
    read_twice = models.BooleanField("read by a second reader", default=False)
    companies: models.ManyToManyField[Company, EventCompany] = models.ManyToManyField(
        Company, through="EventCompany", related_name="events", blank=True
    )
    follows: models.ManyToManyField[Event, EventFollows] = models.ManyToManyField(
        "self", symmetrical=False, through="EventFollows", related_name="followed_by", blank=True
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-sorts_on", "-id"], name="events_newest_first"),
            models.Index(fields=["kind", "-sorts_on", "-id"], name="events_of_a_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                name="an_event_of_a_kind_has_a_title",
                condition=Q(kind="", title="") | (~Q(kind="") & ~Q(title__regex=r"^\s*$")),
            ),
            models.CheckConstraint(
                name="the_days_of_an_event_are_in_order",
                condition=Q(date_earliest__isnull=True)
                | Q(date_latest__isnull=True)
                | Q(date_earliest__lte=F("date_latest")),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.slug


class EventCompany(models.Model):
    """A company that an event concerns, whether or not its part is recorded."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="event_companies")
    company = models.ForeignKey(Company, models.PROTECT, related_name="event_companies")
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "companies concerned"
        constraints = [models.UniqueConstraint(fields=["event", "company"], name="an_event_names_a_company_once")]

    def __str__(self) -> str:
        return str(self.company)


class Party(models.Model):
    """A company, or a named body or person that is none, with its part in an event."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="parties")
    position = models.PositiveSmallIntegerField()
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="parts")
    name = models.CharField(max_length=300, null=True, blank=True)
    kind = models.CharField(max_length=11, choices=PartyKind)
    part = models.CharField(max_length=11, choices=Part)

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.CheckConstraint(
                name="a_party_is_either_a_company_on_record_or_a_name",
                condition=Q(company__isnull=False, name__isnull=True)
                | (Q(company__isnull=True, name__isnull=False) & ~Q(name__regex=r"^\s*$")),
            ),
            models.UniqueConstraint(
                fields=["event", "company", "name", "part"],
                nulls_distinct=False,
                name="a_party_takes_a_part_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company or self.name} {self.get_part_display()}"


class Amount(models.Model):
    """A sum that an event is about, with what it measures."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="amounts")
    position = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=20, decimal_places=2)
    currency = models.CharField(max_length=3, help_text="ISO 4217, such as USD.")
    amount_is = models.CharField("measures", max_length=15, choices=AmountIs)

    class Meta:
        constraints = [
            models.CheckConstraint(name="an_amount_is_not_negative", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="an_amount_has_a_currency_of_three_letters", condition=Q(currency__regex=r"^[A-Z]{3}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,.0f} ({self.get_amount_is_display()})"


class EventFollows(models.Model):
    """That an event is a consequence or the next step of another: lawsuit, ruling, settlement."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="follows_links")
    follows = models.ForeignKey(Event, models.PROTECT, related_name="followed_links")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "follows"], name="an_event_follows_another_once"),
            models.CheckConstraint(name="an_event_does_not_follow_itself", condition=~Q(event=F("follows"))),
        ]

    def __str__(self) -> str:
        return f"{self.event} follows {self.follows}"


class EffectQuerySet(PublishedQuerySet["Effect"]):
    def on_pledges(self) -> EffectQuerySet:
        return self.filter(pledge__isnull=False).order_by("pledge_id", "position", "pk")


class Effect(Published):
    """What an event did to one pledge, or to one investment."""

    slug = models.SlugField(max_length=SLUG_LENGTH, unique=True)
    event = models.ForeignKey(Event, models.PROTECT, related_name="effects")
    pledge = models.ForeignKey(Pledge, models.PROTECT, null=True, blank=True, related_name="effects")
    investment = models.ForeignKey(Investment, models.PROTECT, null=True, blank=True, related_name="effects")
    kind = models.CharField(max_length=17, choices=PledgeEffect.choices + HoldingEffect.choices)
    standing = models.CharField("who says so", max_length=8, choices=Standing)
    position = models.PositiveSmallIntegerField(help_text="Its place in the life of the pledge or investment.")
    date = EDTFField("date", earliest="date_earliest", latest="date_latest")
    date_earliest = models.DateField(null=True, editable=False)
    date_latest = models.DateField(null=True, editable=False)
    date_printed = models.TextField("date as printed", null=True, blank=True)
    date_basis = models.CharField(max_length=8, choices=DateBasis, null=True, blank=True)
    summary = models.TextField(blank=True, default="")
    clause_keys = ArrayField(
        models.CharField(max_length=60), null=True, blank=True, help_text="Empty: the whole pledge."
    )
    until = EDTFField("extended until", earliest="until_earliest", latest="until_latest", null=True, blank=True)
    until_earliest = models.DateField(null=True, editable=False)
    until_latest = models.DateField(null=True, editable=False)
    superseded_by = models.ForeignKey(Pledge, models.PROTECT, null=True, blank=True, related_name="supersedes")
    whole = models.BooleanField("supersedes the whole pledge", null=True, blank=True)
    searched_where = models.TextField("where it was looked for", null=True, blank=True)
    answered = models.BooleanField(null=True, blank=True)
    answer = models.TextField("what came of the question", null=True, blank=True)
    exit_kind = models.CharField(max_length=20, choices=ExitKind, null=True, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, null=True, blank=True)
    no_support = models.TextField(
        "why nothing supports it",
        null=True,
        blank=True,
        help_text="Only where no source supports it. It still cites one that disputes it or gives the context.",
    )

    objects = EffectQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["event", "id"], name="effects_of_an_event")]
        constraints = [
            models.CheckConstraint(
                name="an_effect_is_on_exactly_one_pledge_or_investment",
                condition=Q(pledge__isnull=False, investment__isnull=True, kind__in=PledgeEffect.values)
                | Q(pledge__isnull=True, investment__isnull=False, kind__in=HoldingEffect.values),
            ),
            models.UniqueConstraint(
                fields=["pledge", "position"],
                name="effects_on_a_pledge_have_an_order",
                deferrable=Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["investment", "position"],
                name="effects_on_an_investment_have_an_order",
                deferrable=Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["pledge"], condition=Q(kind="made"), name="a_pledge_is_made_once"),
            models.CheckConstraint(
                name="a_pledge_is_made_before_anything_else_happens_to_it",
                condition=Q(pledge__isnull=True) | Q(kind="made", position=0) | ~Q(kind="made") & Q(position__gt=0),
            ),
            models.CheckConstraint(
                name="only_an_extension_has_a_new_end", condition=Q(until__isnull=True) | Q(kind="extended")
            ),
            models.CheckConstraint(
                name="a_superseded_pledge_names_its_successor_and_how_much",
                condition=Q(kind="superseded", superseded_by__isnull=False, whole__isnull=False)
                | (~Q(kind="superseded") & Q(superseded_by__isnull=True, whole__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_pledge_does_not_supersede_itself",
                condition=Q(superseded_by__isnull=True) | ~Q(superseded_by=F("pledge")),
            ),
            models.CheckConstraint(
                name="a_question_says_whether_it_was_answered",
                condition=Q(kind="asked", answered__isnull=False)
                | (~Q(kind="asked") & Q(answered__isnull=True, answer__isnull=True)),
            ),
            models.CheckConstraint(
                name="only_a_search_says_where", condition=Q(searched_where__isnull=True) | Q(kind="searched")
            ),
            models.CheckConstraint(
                name="only_an_exit_has_an_exit_kind_and_proceeds",
                condition=Q(kind__in=["exit-announced", "exit-completed"], exit_kind__isnull=False)
                | (
                    ~Q(kind__in=["exit-announced", "exit-completed"])
                    & Q(exit_kind__isnull=True, amount__isnull=True, currency__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="proceeds_of_an_exit_have_a_currency",
                condition=Q(amount__isnull=True)
                | Q(amount__gte=0, currency__isnull=False, currency__regex=r"^[A-Z]{3}$"),
            ),
            models.CheckConstraint(
                name="the_days_of_an_effect_are_in_order",
                condition=Q(date_earliest__isnull=True)
                | Q(date_latest__isnull=True)
                | Q(date_earliest__lte=F("date_latest")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.pledge or self.investment}"
