"""Where it was said: sources, what they copy, what they cite, and the passages quoted from them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Deferrable, F, Q
from django.utils.translation import pgettext_lazy

from dates.fields import EDTFField
from history.models import Published, PublishedQuerySet


class DateBasis(models.TextChoices):
    """Where a date comes from."""

    PRINTED = "printed", pgettext_lazy("where a date comes from", "as printed in a source")
    COMPUTED = "computed", pgettext_lazy("where a date comes from", "worked out from a weekday or a period")
    INFERRED = "inferred", pgettext_lazy("where a date comes from", "inferred from the report or the circumstances")


class SourceQuerySet(PublishedQuerySet["Source"]):
    def with_address(self) -> SourceQuerySet:
        return self.exclude(url__isnull=True)


class Source(Published):
    """Something that can be cited. It may have no address and no date, and says so."""

    class Type(models.TextChoices):
        NEWS = "news", pgettext_lazy("type of source", "news report")
        WIRE = "wire", pgettext_lazy("type of source", "wire report")
        PRESS_RELEASE = "press-release", pgettext_lazy("type of source", "press release")
        COMPANY_PAGE = "company-page", pgettext_lazy("type of source", "company page")
        PETITION = "petition", pgettext_lazy("type of source", "petition")
        LEGISLATION = "legislation", pgettext_lazy("type of source", "legislation")
        COURT = "court", pgettext_lazy("type of source", "court or regulator")
        REPORT = "report", pgettext_lazy("type of source", "report")
        OP_ED = "op-ed", pgettext_lazy("type of source", "opinion")
        EMAIL = "e-mail", pgettext_lazy("type of source", "e-mail")

    class TitleBasis(models.TextChoices):
        PAGE = "page", pgettext_lazy("where a title comes from", "as printed on the page")
        ADDRESS = "address", pgettext_lazy("where a title comes from", "worded after the page’s address")
        DESCRIPTION = "description", pgettext_lazy("where a title comes from", "a description, not a headline")

    slug = models.SlugField(max_length=200, unique=True)
    url = models.TextField("address", null=True, blank=True)
    identity_key = models.TextField(
        null=True, editable=False, help_text="The address without what never changes the page; unique."
    )
    likeness_key = models.TextField(
        null=True, editable=False, help_text="The address without what seldom changes the page; only warns."
    )
    title = models.TextField()
    title_basis = models.CharField(max_length=11, choices=TitleBasis, default=TitleBasis.PAGE)
    authors = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    publisher = models.CharField(max_length=300, null=True, blank=True)
    published = EDTFField("published", earliest="published_earliest", latest="published_latest", null=True, blank=True)
    published_earliest = models.DateField(null=True, editable=False)
    published_latest = models.DateField(null=True, editable=False)
    date_printed = models.TextField("date as printed", null=True, blank=True)
    date_basis = models.CharField(max_length=8, choices=DateBasis, null=True, blank=True)
    language = models.CharField(max_length=35, null=True, blank=True, help_text="ISO 639-1, such as en.")
    type = models.CharField(max_length=13, choices=Type)
    first_reported_by = models.CharField(max_length=300, null=True, blank=True)
    first_report = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="later_reports")
    syndicated_from = models.CharField(max_length=300, null=True, blank=True)
    copy_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="copies")
    cites: models.ManyToManyField[Source, CitedWork] = models.ManyToManyField(
        "self", symmetrical=False, through="CitedWork", related_name="cited_by", blank=True
    )
    note = models.TextField(null=True, blank=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["likeness_key"], name="sources_by_likeness"),
            models.Index(F("publisher"), F("id"), name="sources_by_publisher"),
        ]
        constraints = [
            models.UniqueConstraint(
                # At the end of a statement, so that one may exchange the addresses of two sources.
                fields=["identity_key"],
                name="an_address_is_on_record_once",
                deferrable=Deferrable.IMMEDIATE,
            ),
            models.CheckConstraint(name="a_source_has_a_title", condition=~Q(title__regex=r"^\s*$")),
            models.CheckConstraint(
                name="a_source_does_not_take_the_address_of_a_page_about_all",
                condition=~Q(slug__in=["edits", "schedule"]),
                violation_error_message="“edits” and “schedule” are pages about all sources: choose another.",
            ),
            models.CheckConstraint(
                name="an_address_begins_with_http",
                condition=Q(url__isnull=True) | Q(url__iregex=r"^https?://[^\s/]"),
            ),
            models.CheckConstraint(
                name="an_address_has_an_identity_key",
                condition=Q(url__isnull=True, identity_key__isnull=True)
                | Q(url__isnull=False, identity_key__isnull=False),
            ),
            models.CheckConstraint(
                name="a_source_is_not_a_copy_of_itself",
                condition=Q(copy_of__isnull=True) | ~Q(copy_of=F("pk")),
            ),
            models.CheckConstraint(
                name="a_source_is_not_its_own_first_report",
                condition=Q(first_report__isnull=True) | ~Q(first_report=F("pk")),
            ),
            models.CheckConstraint(
                name="a_publication_date_is_in_order",
                condition=Q(published_earliest__isnull=True)
                | Q(published_latest__isnull=True)
                | Q(published_earliest__lte=F("published_latest")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_headline(self) -> bool:
        """Whether the title was read from the page and may be shown as its headline."""
        return self.title_basis == self.TitleBasis.PAGE


class CitedWork(models.Model):
    """One source that names another as where it has something from."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="cited_works")
    cited = models.ForeignKey(Source, models.PROTECT, related_name="cited_in")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "cited"], name="a_source_cites_another_once"),
            models.CheckConstraint(name="a_source_does_not_cite_itself", condition=~Q(source=F("cited"))),
        ]

    def __str__(self) -> str:
        return f"{self.source} cites {self.cited}"


class Passage(models.Model):
    """Quoted words in a source, with the words around them where these are known.

    The three parts are those of a TextQuoteSelector (W3C Web Annotation Data Model).
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="passages")
    exact = models.TextField()
    prefix = models.TextField(blank=True, default="")
    suffix = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "exact", "prefix", "suffix"], name="a_passage_is_on_record_once"),
            # Lets a citation's foreign key say that its passage stands in its own source.
            models.UniqueConstraint(fields=["id", "source"], name="a_passage_stands_in_one_source"),
            models.CheckConstraint(name="a_passage_has_words", condition=~Q(exact__regex=r"^\s*$")),
        ]

    def __str__(self) -> str:
        return f"“{self.exact}”"
