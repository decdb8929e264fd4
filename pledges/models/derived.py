"""What is worked out from the record and can be worked out again (``manage.py rebuild_status``)."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F

from .happening import Event, happened_by
from .pledge import Pledge


class StatusSpanQuerySet(models.QuerySet["StatusSpan"]):
    def on(self, day: date) -> Self:
        """The spans that hold on that day: at most one a pledge."""
        return self.filter(days__contains=day)


class StatusSpan(models.Model):
    """The status of a pledge over days on which it does not change, with what caused it."""

    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="spans")
    days = DateRangeField(help_text="From the first day to the day after the last; open at the end where it goes on.")
    headline = models.CharField(max_length=20)
    alternatives = models.JSONField(default=list, help_text="Headlines that are possible where the status is unclear.")
    text = models.CharField(max_length=20)
    conduct = models.CharField(max_length=20)
    causes = models.JSONField(default=list, help_text="Keys of the effects that caused it.")
    clauses = models.JSONField(default=list, help_text="The same for each clause.")

    WORKED_OUT = True

    objects = StatusSpanQuerySet.as_manager()

    class Meta:
        indexes = [GistIndex(F("headline"), F("days"), name="status_by_headline_and_day")]
        constraints = [
            ExclusionConstraint(
                name="a_pledge_has_one_status_on_a_day",
                expressions=[(F("pledge"), RangeOperators.EQUAL), (F("days"), RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.pledge}: {self.headline}"


class EventMarkQuerySet(models.QuerySet["EventMark"]):
    def shown_on(self, day: date) -> Self:
        """Marks of the public events that had begun by a day."""
        return self.filter(
            happened_by(day, event="event__"), event__publication__isnull=False, event__retracted_because=""
        )


class EventMark(models.Model):
    """One thing by which an event can be found: a company, a kind, a place. Narrow, to count and filter by."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="marks")
    facet = models.CharField(max_length=12)
    value = models.CharField(max_length=300)

    WORKED_OUT = True

    objects = EventMarkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "facet", "value"], name="an_event_has_a_mark_once")]
        indexes = [models.Index(fields=["facet", "value", "event"], name="events_by_mark")]

    def __str__(self) -> str:
        return f"{self.facet}: {self.value}"


class EventText(models.Model):
    """The words of an event for full-text search, kept away from its narrow row."""

    event = models.OneToOneField(Event, models.CASCADE, primary_key=True, related_name="text")
    words = SearchVectorField()

    WORKED_OUT = True

    class Meta:
        indexes = [GinIndex(fields=["words"], name="events_by_word")]

    def __str__(self) -> str:
        return str(self.event)
