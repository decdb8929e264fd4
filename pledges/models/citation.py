"""What ties the record to its sources: citations, and questions on which sources disagree."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Self

from django.db import models
from django.db.models import Deferrable, Q

from history.models import Published, PublishedQuerySet
from sources.models import Passage, Source

from ..vocabulary import Stance
from .happening import Effect, Event
from .money import Claim, Investment
from .pledge import Pledge


def exactly_one(*names: str) -> Q:
    """That exactly one of the named foreign keys is set."""
    condition = Q()
    for name in names:
        condition |= Q(**{f"{other}__isnull": other != name for other in names})
    return condition


class Dispute(Published):
    """A question on which sources disagree. Without a preferred answer it is open."""

    pledge = models.ForeignKey(Pledge, models.PROTECT, null=True, blank=True, related_name="disputes")
    effect = models.ForeignKey(Effect, models.PROTECT, null=True, blank=True, related_name="disputes")
    investment = models.ForeignKey(Investment, models.PROTECT, null=True, blank=True, related_name="disputes")
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="disputes")
    position = models.PositiveSmallIntegerField()
    question = models.TextField()

    objects = PublishedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_dispute_is_about_one_pledge_effect_investment_or_event",
                condition=exactly_one("pledge", "effect", "investment", "event"),
            ),
            models.CheckConstraint(name="a_dispute_asks_a_question", condition=~Q(question__regex=r"^\s*$")),
        ]

    def __str__(self) -> str:
        return self.question


class Answer(models.Model):
    """One answer to a disputed question."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="answers")
    position = models.PositiveSmallIntegerField()
    answer = models.TextField()
    preferred = models.BooleanField(default=False)
    reason = models.TextField("why it is preferred, or what it rests on", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dispute"], condition=Q(preferred=True), name="at_most_one_answer_is_preferred"
            ),
            models.UniqueConstraint(
                fields=["dispute", "position"], name="answers_have_an_order", deferrable=Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                name="a_preferred_answer_gives_a_reason",
                condition=Q(preferred=False) | (Q(reason__isnull=False) & ~Q(reason__regex=r"^\s*$")),
            ),
        ]

    def __str__(self) -> str:
        return self.answer


def _stands(path: str) -> Q:
    """That what a path of links leads to is public, and not retracted."""
    return Q(**{f"{path}__publication__isnull": False, f"{path}__retracted_because": ""})


class CitationQuerySet(models.QuerySet["Citation"]):
    def public(self) -> Self:
        """Those from public sources that bear on something public: not on a draft, nor on what was retracted."""
        of_effect = (
            _stands("effect") & _stands("effect__event") & (_stands("effect__pledge") | _stands("effect__investment"))
        )
        of_claim = _stands("claim__investment") | _stands("claim__round")
        asked = "answer__dispute"
        about = ("pledge", "investment", "event", "effect")
        of_answer = _stands(asked) & reduce(or_, (_stands(f"{asked}__{name}") for name in about))
        return self.filter(_stands("source"), _stands("event") | of_effect | of_claim | of_answer)


class Citation(models.Model):
    """A source bearing on exactly one event, effect, claim or answer."""

    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="citations")
    effect = models.ForeignKey(Effect, models.PROTECT, null=True, blank=True, related_name="citations")
    claim = models.ForeignKey(Claim, models.CASCADE, null=True, blank=True, related_name="citations")
    answer = models.ForeignKey(Answer, models.CASCADE, null=True, blank=True, related_name="citations")
    position = models.PositiveSmallIntegerField()
    source = models.ForeignKey(Source, models.PROTECT, related_name="citations")
    stance = models.CharField(max_length=8, choices=Stance, default=Stance.SUPPORTS)
    locator = models.TextField(null=True, blank=True)
    passage = models.ForeignKey(Passage, models.PROTECT, null=True, blank=True, related_name="citations")

    objects = CitationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["source", "id"], name="citations_of_a_source")]
        constraints = [
            models.CheckConstraint(
                name="a_citation_bears_on_exactly_one_event_effect_claim_or_answer",
                condition=exactly_one("event", "effect", "claim", "answer"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.get_stance_display()}"
