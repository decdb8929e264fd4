"""Who: companies, their names over time, their owners, what they do, and how others identify them."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import pgettext_lazy
from stdnum import lei

from dates.fields import EDTFField
from history.models import Published, PublishedQuerySet


class CompanyQuerySet(PublishedQuerySet["Company"]):
    def owned_by(self, company: Company) -> CompanyQuerySet:
        """Companies whose owner at present is the given one."""
        return self.filter(ownerships__owner=company, ownerships__until__isnull=True)

    def in_groups(self, slugs: Sequence[str]) -> CompanyQuerySet:
        """Some companies, all that they own at present, directly or not, and what was merged into any of these."""
        below = """
            WITH RECURSIVE below(id) AS (
                SELECT id FROM companies_company WHERE slug = ANY(%s)
                UNION
                SELECT down.id FROM below CROSS JOIN LATERAL (
                    SELECT o.company_id AS id FROM companies_ownership o WHERE o.owner_id = below.id AND o.until IS NULL
                    UNION ALL
                    SELECT c.id FROM companies_company c WHERE c.merged_into_id = below.id
                ) down
            ) SELECT id FROM below"""
        return self.filter(pk__in=RawSQL(below, [list(slugs)]))  # noqa: S611 -- a text of ours; the slugs are parameters

    def by_name(self) -> CompanyQuerySet:
        return self.order_by("sort_name", "pk")


class Company(Published):
    """A company that makes, funds, sells, hosts or uses facial recognition."""

    class Role(models.TextChoices):
        VENDOR = "vendor", pgettext_lazy("role of a company", "vendor")
        INVESTOR = "investor", pgettext_lazy("role of a company", "investor")
        CUSTOMER = "customer", pgettext_lazy("role of a company", "customer")
        PLATFORM = "platform", pgettext_lazy("role of a company", "platform")

    slug = models.SlugField(max_length=200, unique=True)
    name = models.CharField(max_length=200)
    sort_name = models.GeneratedField(
        # No ICU collation is at hand everywhere, so names are sorted by this column.
        expression=models.Func(models.F("name"), function="companies_sort_name"),
        output_field=models.TextField(),
        db_persist=True,
    )
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    country = models.CharField(
        "country of its seat", max_length=2, null=True, blank=True, help_text="ISO 3166-1, such as US."
    )
    website = models.URLField(max_length=500, null=True, blank=True, help_text="For orientation; not a source.")
    note = models.TextField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "companies"
        indexes = [models.Index(fields=["sort_name"], name="companies_by_name")]
        constraints = [
            models.CheckConstraint(
                name="a_country_is_two_capital_letters",
                condition=Q(country__isnull=True) | Q(country__regex=r"^[A-Z]{2}$"),
            ),
            models.CheckConstraint(
                name="a_company_has_roles_that_are_known",
                condition=Q(roles__contained_by=["vendor", "investor", "customer", "platform"]),
            ),
            models.CheckConstraint(
                name="a_company_does_not_take_the_address_of_the_comparison",
                condition=~Q(slug="compare"),
                violation_error_message="“compare” is the page on which companies are compared: choose another.",
            ),
            models.CheckConstraint(name="a_company_has_a_name", condition=~Q(name__regex=r"^\s*$")),
            models.CheckConstraint(
                name="a_company_is_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("pk")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CompanyName(models.Model):
    """Another name of a company: a former one with its dates, a brand, an abbreviation."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="names")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    used_from = EDTFField("from", earliest="used_from_earliest", latest="used_from_latest", null=True, blank=True)
    used_from_earliest = models.DateField(null=True, editable=False)
    used_from_latest = models.DateField(null=True, editable=False)
    used_until = EDTFField("until", earliest="used_until_earliest", latest="used_until_latest", null=True, blank=True)
    used_until_earliest = models.DateField(null=True, editable=False)
    used_until_latest = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "position"],
                name="names_of_a_company_have_an_order",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="a_name_is_not_given_up_before_it_is_used",
                condition=Q(used_from_earliest__isnull=True)
                | Q(used_until_latest__isnull=True)
                | Q(used_from_earliest__lte=models.F("used_until_latest")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Ownership(models.Model):
    """One company owning another, for a time."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="ownerships")
    owner = models.ForeignKey(Company, models.PROTECT, related_name="holdings")
    since = EDTFField("since", earliest="since_earliest", latest="since_latest", null=True, blank=True)
    since_earliest = models.DateField(null=True, editable=False)
    since_latest = models.DateField(null=True, editable=False)
    until = EDTFField("until", earliest="until_earliest", latest="until_latest", null=True, blank=True)
    until_earliest = models.DateField(null=True, editable=False)
    until_latest = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_company_does_not_own_itself", condition=~Q(company=models.F("owner"))),
            models.UniqueConstraint(
                fields=["company"], condition=Q(until__isnull=True), name="a_company_has_one_present_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} owned by {self.owner}"


class Identifier(models.Model):
    """How others identify a company."""

    class Scheme(models.TextChoices):
        WIKIDATA = "wikidata", "Wikidata"
        LEI = "lei", pgettext_lazy("scheme of identifiers", "Legal Entity Identifier (ISO 17442)")

    company = models.ForeignKey(Company, models.PROTECT, related_name="identifiers")
    scheme = models.CharField(max_length=10, choices=Scheme)
    value = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "value"], name="an_identifier_names_one_company"),
            models.UniqueConstraint(fields=["company", "scheme"], name="a_company_has_one_identifier_of_a_scheme"),
            models.CheckConstraint(
                name="an_identifier_has_the_form_of_its_scheme",
                condition=Q(scheme="wikidata", value__regex=r"^Q[1-9][0-9]*$")
                | Q(scheme="lei", value__regex=r"^[0-9A-Z]{18}[0-9]{2}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} {self.value}"

    def clean(self) -> None:
        if self.scheme == self.Scheme.LEI and not lei.is_valid(self.value):
            raise ValidationError(
                {"value": f"“{self.value}” is not a valid LEI: 20 letters and digits, the last two check digits."}
            )
