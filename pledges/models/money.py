"""Money: rounds, investments, and the numbers that sources give for them.

Numbers of different sources stand side by side and are never added up.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Deferrable, F, Q

from companies.models import Company
from dates.fields import EDTFField
from history.models import Published, PublishedQuerySet
from sources.models import DateBasis

from ..vocabulary import AmountIs, Stake


class Round(Published):
    """Money raised by a company from all investors together. Its sum is a claim, as sources give it."""

    slug = models.SlugField(max_length=200, unique=True)
    investee = models.ForeignKey(Company, models.PROTECT, related_name="rounds")
    name = models.CharField(max_length=200, null=True, blank=True)
    announced_on = EDTFField("announced on", earliest="announced_earliest", latest="announced_latest")
    announced_earliest = models.DateField(null=True, editable=False)
    announced_latest = models.DateField(null=True, editable=False)
    announced_event = models.ForeignKey(
        "pledges.Event", models.PROTECT, null=True, blank=True, related_name="rounds_announced"
    )
    claims_on = models.ForeignKey(
        "Investment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The investment whose page carries the claims and disputes about the whole round.",
    )
    note = models.TextField(null=True, blank=True)

    objects = PublishedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.investee}, {self.name or self.announced_on}"


class Investment(Published):
    """One investor's part in a round."""

    slug = models.SlugField(max_length=200, unique=True)
    investor = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="investments")
    through = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="investments_made_for_owner"
    )
    investee = models.ForeignKey(Company, models.PROTECT, related_name="investments_received")
    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="investments")
    round_name = models.CharField("round as named", max_length=200, null=True, blank=True)
    announced_on = EDTFField("announced on", earliest="announced_earliest", latest="announced_latest")
    announced_earliest = models.DateField(null=True, editable=False)
    announced_latest = models.DateField(null=True, editable=False)
    date_printed = models.TextField("date as printed", null=True, blank=True)
    date_basis = models.CharField(max_length=8, choices=DateBasis, null=True, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, null=True, blank=True)
    amount_is = models.CharField("measures", max_length=15, choices=AmountIs, null=True, blank=True)
    stake = models.CharField(max_length=8, choices=Stake, default=Stake.UNKNOWN)
    co_investors: models.ManyToManyField[Company, CoInvestor] = models.ManyToManyField(
        Company, through="CoInvestor", related_name="co_investments", blank=True
    )
    note = models.TextField(null=True, blank=True)
    read_twice = models.BooleanField("read by a second reader", default=False)

    objects = PublishedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_investment_says_what_its_amount_measures",
                condition=Q(amount__isnull=True)
                | Q(amount__gte=0, currency__isnull=False, currency__regex=r"^[A-Z]{3}$", amount_is__isnull=False),
            ),
            models.CheckConstraint(
                name="a_company_does_not_invest_in_itself",
                condition=Q(investor__isnull=True) | ~Q(investor=F("investee")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.investor or 'Undisclosed investor'} in {self.investee}"


class CoInvestor(models.Model):
    """Another company that took part in the same round."""

    investment = models.ForeignKey(Investment, models.CASCADE, related_name="co_investor_links")
    company = models.ForeignKey(Company, models.PROTECT, related_name="co_investor_links")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["investment", "company"], name="a_co_investor_is_named_once")]

    def __str__(self) -> str:
        return str(self.company)


class Claim(models.Model):
    """A number that somebody gives for a round or an investment, with what it measures."""

    round = models.ForeignKey(Round, models.CASCADE, null=True, blank=True, related_name="claims")
    investment = models.ForeignKey(Investment, models.CASCADE, null=True, blank=True, related_name="claims")
    position = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True, default="")
    amount = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, null=True, blank=True)
    amount_is = models.CharField("measures", max_length=15, choices=AmountIs)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_claim_is_about_exactly_one_round_or_investment",
                condition=Q(round__isnull=False, investment__isnull=True)
                | Q(round__isnull=True, investment__isnull=False),
            ),
            models.CheckConstraint(
                name="a_claimed_amount_has_a_currency",
                condition=Q(amount__isnull=True)
                | Q(amount__gte=0, currency__isnull=False, currency__regex=r"^[A-Z]{3}$"),
            ),
            models.UniqueConstraint(
                fields=["round", "position"],
                name="claims_on_a_round_have_an_order",
                deferrable=Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["investment", "position"],
                name="claims_on_an_investment_have_an_order",
                deferrable=Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.text or f"{self.currency or ''} {self.amount if self.amount is not None else 'sum not known'}"
