"""Pledges, and their wording and scope over time."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Q
from django.utils.translation import pgettext_lazy

from companies.models import Company
from dates.fields import EDTFField
from history.models import Published, PublishedQuerySet
from sources.models import DateBasis, Source

from ..vocabulary import Action, Binding, ConditionKind, Form, Nature


def words() -> ArrayField[list[str], list[str]]:
    """A list of words, each lower case with hyphens (checked in the database)."""
    return ArrayField(models.CharField(max_length=60), default=list, blank=True)


def actions() -> ArrayField[list[str], list[str]]:
    return ArrayField(models.CharField(max_length=20, choices=Action), default=list, blank=True)


class PledgeQuerySet(PublishedQuerySet["Pledge"]):
    def made_by(self, company: Company) -> Self:
        return self.filter(company=company)

    def with_their_companies(self) -> Self:
        """Public pledges of public companies."""
        return self.public().filter(company__publication__isnull=False, company__retracted_because="")


class Pledge(Published):
    """A commitment by one company. Its status is computed (see ``pledges/status.py``), never typed."""

    slug = models.SlugField(max_length=200, unique=True)
    company = models.ForeignKey(Company, models.PROTECT, related_name="pledges")
    title = models.CharField(max_length=300)
    summary = models.TextField()
    form = models.CharField(max_length=11, choices=Form)
    binding = models.CharField(max_length=10, choices=Binding)
    made_on = EDTFField("made on", earliest="made_earliest", latest="made_latest")
    made_earliest = models.DateField(null=True, editable=False)
    made_latest = models.DateField(null=True, editable=False)
    # What the pledge is about in one line; the terms and clauses say what holds when.
    actions = actions()
    technologies = words()
    audiences = words()
    jurisdictions = words()
    due_on = EDTFField("due on", earliest="due_earliest", latest="due_latest", null=True, blank=True)
    due_earliest = models.DateField(null=True, editable=False)
    due_latest = models.DateField(null=True, editable=False)
    read_twice = models.BooleanField("read by a second reader", default=False)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["company", "made_earliest", "id"], name="pledges_of_a_company")]
        constraints = [
            models.CheckConstraint(
                name="a_pledge_is_imposed_exactly_where_a_court_or_regulator_binds",
                condition=Q(form="imposed", binding__in=["settlement", "order"])
                | (~Q(form="imposed") & ~Q(binding__in=["settlement", "order"])),
            ),
            models.CheckConstraint(
                name="a_pledge_has_a_title_and_a_summary",
                condition=~Q(title__regex=r"^\s*$") & ~Q(summary__regex=r"^\s*$"),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Terms(models.Model):
    """One version of a pledge's wording and scope, from an effect on, until the next version."""

    class WordingBasis(models.TextChoices):
        QUOTED = "quoted", pgettext_lazy("whose words the terms are in", "the pledge’s own words")
        DESCRIBED = "described", pgettext_lazy("whose words the terms are in", "in the words of this record")
        UNWORDED = "", pgettext_lazy("whose words the terms are in", "not worded: as the summary of the pledge says")

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="terms")
    position = models.PositiveSmallIntegerField()
    introduced_by = models.ForeignKey("pledges.Effect", models.PROTECT, related_name="terms_introduced")
    starts = EDTFField("from", earliest="starts_earliest", latest="starts_latest")
    starts_earliest = models.DateField(null=True, editable=False)
    starts_latest = models.DateField(null=True, editable=False)
    days = DateRangeField(
        null=True,
        editable=False,
        help_text="Derived: from the earliest day, not before the predecessor's, to the day before the next "
        "version. Empty where it was replaced on the same day.",
    )
    wording = models.TextField(blank=True, default="")
    wording_basis = models.CharField(max_length=9, choices=WordingBasis, blank=True, default="")
    wording_source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="terms_worded")
    actions = actions()
    technologies = words()
    audiences = words()
    excludes = ArrayField(models.TextField(), default=list, blank=True)
    jurisdictions = words()
    clauses_given = models.BooleanField(
        default=False,
        help_text="Whether the clauses were read one by one, or follow from the actions: one for each.",
    )

    class Meta:
        verbose_name_plural = "terms"
        constraints = [
            models.UniqueConstraint(
                fields=["pledge", "position"],
                name="versions_of_terms_have_an_order",
                deferrable=Deferrable.DEFERRED,
            ),
            ExclusionConstraint(
                name="terms_of_a_pledge_do_not_overlap",
                expressions=[(F("pledge"), RangeOperators.EQUAL), (F("days"), RangeOperators.OVERLAPS)],
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="wording_says_whether_it_is_quoted",
                condition=Q(wording="", wording_basis="") | (~Q(wording="") & ~Q(wording_basis="")),
            ),
            models.CheckConstraint(
                name="only_quoted_wording_names_its_source",
                condition=Q(wording_source__isnull=True) | Q(wording_basis="quoted"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pledge}, from {self.starts}"


class Clause(models.Model):
    """One action that is promised: what, about which technologies, to whom, where, for how long."""

    terms = models.ForeignKey(Terms, models.CASCADE, related_name="clauses")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=60, help_text="The same clause keeps its key from version to version.")
    action = models.CharField(max_length=20, choices=Action)
    nature = models.CharField(max_length=7, choices=Nature)
    text = models.TextField(blank=True, default="")
    technologies = words()
    audiences = words()
    excludes = ArrayField(models.TextField(), default=list, blank=True)
    jurisdictions = words()
    due_on = EDTFField("due on", earliest="due_earliest", latest="due_latest", null=True, blank=True)
    due_earliest = models.DateField(null=True, editable=False)
    due_latest = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["terms", "key"], name="a_clause_has_a_key_of_its_own"),
            models.UniqueConstraint(
                fields=["terms", "position"], name="clauses_have_an_order", deferrable=Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                name="only_an_act_has_a_due_date", condition=Q(due_on__isnull=True) | Q(nature="act")
            ),
        ]

    def __str__(self) -> str:
        return self.text or self.get_action_display()


class Condition(models.Model):
    """What would end a promise. By when an act must be done is a due date, not a condition."""

    pledge = models.ForeignKey(Pledge, models.CASCADE, null=True, blank=True, related_name="conditions")
    terms = models.ForeignKey(Terms, models.CASCADE, null=True, blank=True, related_name="conditions")
    clause = models.ForeignKey(Clause, models.CASCADE, null=True, blank=True, related_name="conditions")
    position = models.PositiveSmallIntegerField()
    matters_most = models.BooleanField(
        default=False, help_text="On a pledge: the one that is named where there is room for one."
    )
    kind = models.CharField(max_length=12, choices=ConditionKind)
    text = models.TextField(null=True, blank=True)
    ends = EDTFField("date", earliest="ends_earliest", latest="ends_latest", null=True, blank=True)
    ends_earliest = models.DateField(null=True, editable=False)
    ends_latest = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_condition_belongs_to_exactly_one_pledge_terms_or_clause",
                condition=Q(pledge__isnull=False, terms__isnull=True, clause__isnull=True)
                | Q(pledge__isnull=True, terms__isnull=False, clause__isnull=True)
                | Q(pledge__isnull=True, terms__isnull=True, clause__isnull=False),
            ),
            models.CheckConstraint(
                name="only_a_condition_until_a_date_has_a_date",
                condition=Q(ends__isnull=True) | Q(kind="until-date"),
            ),
            models.CheckConstraint(
                name="only_a_pledge_says_which_condition_matters_most",
                condition=Q(matters_most=False) | Q(pledge__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["pledge"],
                condition=Q(matters_most=True),
                name="one_condition_of_a_pledge_matters_most",
            ),
        ]

    def __str__(self) -> str:
        return self.text or self.get_kind_display()


__all__ = ["Clause", "Condition", "DateBasis", "Pledge", "PledgeQuerySet", "Terms"]
