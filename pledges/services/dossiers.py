"""Reading pledges with all that bears on their status and scope, in a number of queries that does not grow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Q, QuerySet

from dates.edtf import parse
from pledges import status
from pledges.models import Answer, Citation, Clause, Condition, Dispute, Effect, Pledge, StatusSpan, Terms
from pledges.vocabulary import PledgeEffect


@dataclass(frozen=True)
class ReadClause:
    clause: Clause
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Version:
    """One version of the terms with its clauses, in their order."""

    terms: Terms
    clauses: tuple[ReadClause, ...]


@dataclass(frozen=True)
class Dossier:
    """A pledge, its effects in their order, and the versions of its terms, oldest first. Only what is public."""

    pledge: Pledge
    effects: tuple[Effect, ...]
    versions: tuple[Version, ...]

    @cached_property
    def facts(self) -> status.Facts:
        """The same as the status engine reads it."""
        slug_of = {effect.pk: effect.slug for effect in self.effects}
        return status.Facts(
            form=self.pledge.form,
            effects=tuple(_effect(effect) for effect in self.effects),
            terms=tuple(
                status.TermsVersion(slug_of[version.terms.introduced_by_id], tuple(map(_clause, version.clauses)))
                for version in self.versions
                if version.terms.introduced_by_id in slug_of
            ),
        )

    def happened_by(self, day: date) -> list[Effect]:
        """The effects that can have happened by the end of a day."""
        return [effect for effect in self.effects if effect.date_earliest is None or effect.date_earliest <= day]

    def version_on(self, day: date) -> Version | None:
        """The terms in force on a day: the last that can have begun by then. None before the first."""
        begun = {effect.pk for effect in self.happened_by(day)}
        return next((v for v in reversed(self.versions) if v.terms.introduced_by_id in begun), None)

    @property
    def made(self) -> Effect | None:
        return next((effect for effect in self.effects if effect.kind == PledgeEffect.MADE), None)


def _effect(effect: Effect) -> status.Effect:
    return status.Effect(
        id=effect.slug,
        kind=effect.kind,
        standing=effect.standing,
        position=effect.position,
        date=parse(effect.date),
        clauses=None if effect.clause_keys is None else frozenset(effect.clause_keys),
        until=parse(effect.until) if effect.until else None,
        superseded_by=effect.superseded_by.slug if effect.superseded_by else None,
        whole=effect.whole is not False,
        answered=effect.answered,
    )


def _clause(read: ReadClause) -> status.Clause:
    return status.Clause(
        key=read.clause.key,
        nature=read.clause.nature,
        conditions=tuple(
            status.Condition(condition.kind, parse(condition.ends) if condition.ends else None)
            for condition in read.conditions
        ),
        due=parse(read.clause.due_on) if read.clause.due_on else None,
    )


def dossiers(pledges: Sequence[Pledge]) -> dict[int, Dossier]:
    """All that bears on the status of the given pledges, by their keys. Four queries."""
    keys = [pledge.pk for pledge in pledges]
    effects: dict[int, list[Effect]] = defaultdict(list)
    public = Effect.objects.public().filter(pledge__in=keys).select_related("event", "superseded_by")
    for effect in public.order_by("pledge_id", "position", "pk"):
        effects[effect.pledge_id or 0].append(effect)
    versions = _versions(keys)
    return {pledge.pk: Dossier(pledge, tuple(effects[pledge.pk]), tuple(versions[pledge.pk])) for pledge in pledges}


def _versions(keys: Sequence[int]) -> dict[int, list[Version]]:
    conditions: dict[int, list[Condition]] = defaultdict(list)
    for condition in Condition.objects.filter(clause__terms__pledge__in=keys).order_by("clause_id", "position", "pk"):
        conditions[condition.clause_id or 0].append(condition)
    clauses: dict[int, list[ReadClause]] = defaultdict(list)
    for clause in Clause.objects.filter(terms__pledge__in=keys).order_by("terms_id", "position", "pk"):
        clauses[clause.terms_id].append(ReadClause(clause, tuple(conditions[clause.pk])))
    found: dict[int, list[Version]] = defaultdict(list)
    worded = Terms.objects.filter(pledge__in=keys).select_related("wording_source__link_state")
    for terms in worded.order_by("pledge_id", "position", "pk"):
        found[terms.pledge_id].append(Version(terms, tuple(clauses[terms.pk])))
    return found


def spans_of(pledges: Iterable[Pledge]) -> dict[int, list[StatusSpan]]:
    """The stored status of each pledge over time, oldest first. One query."""
    found: dict[int, list[StatusSpan]] = defaultdict(list)
    for span in StatusSpan.objects.filter(pledge__in=[pledge.pk for pledge in pledges]).order_by("pledge_id", "days"):
        found[span.pledge_id].append(span)
    return found


def citations_of_effects(effects: Sequence[Effect]) -> dict[int, list[Citation]]:
    """The citations of each effect, and behind them those of its event, in their order. One query."""
    events = {effect.event_id for effect in effects}
    cited = Citation.objects.filter(Q(effect__in=[effect.pk for effect in effects]) | Q(event__in=events))
    own: dict[int, list[Citation]] = defaultdict(list)
    shared: dict[int, list[Citation]] = defaultdict(list)
    for citation in with_sources(cited):
        if citation.effect_id is not None:
            own[citation.effect_id].append(citation)
        elif citation.event_id is not None:
            shared[citation.event_id].append(citation)
    return {effect.pk: [*own[effect.pk], *shared[effect.event_id]] for effect in effects}


def with_sources(citations: QuerySet[Citation]) -> list[Citation]:
    """The citations of a queryset in their order, each with its source, the state of its link and its passage.

    What rests on a source that is no longer, or not yet, public is left out.
    """
    rows = citations.select_related("source__link_state", "source__copy_of", "source__first_report", "passage__state")
    return [one for one in rows.order_by("position", "pk") if one.source.is_public]


@dataclass(frozen=True)
class Asked:
    """A dispute with its answers, each with its citations."""

    dispute: Dispute
    answers: tuple[tuple[Answer, tuple[Citation, ...]], ...]


def disputes_about(*, pledges: Sequence[Pledge] = (), condition: Q | None = None) -> list[Asked]:
    """The public disputes about some pledges and their effects, or about what a condition says. Two queries.

    :param condition: on ``Dispute``, instead of the pledges.
    """
    about = condition if condition is not None else Q(pledge__in=pledges) | Q(effect__pledge__in=pledges)
    public = Dispute.objects.public().filter(about)
    answers = list(
        Answer.objects.filter(dispute__in=public)
        .select_related("dispute__effect")
        .order_by("dispute__position", "dispute_id", "position", "pk")
    )
    cited: dict[int, list[Citation]] = defaultdict(list)
    for citation in with_sources(Citation.objects.filter(answer__in=[answer.pk for answer in answers])):
        cited[citation.answer_id or 0].append(citation)
    found: dict[int, list[Answer]] = defaultdict(list)
    for answer in answers:
        found[answer.dispute_id].append(answer)
    return [
        Asked(group[0].dispute, tuple((answer, tuple(cited[answer.pk])) for answer in group))
        for group in found.values()
    ]


def asked_by(day: date) -> Q:
    """Disputes about what had happened by a day: the pledge was made by then, or the step was taken."""
    made = Q(pledge__made_earliest__isnull=True) | Q(pledge__made_earliest__lte=day)
    taken = Q(effect__date_earliest__isnull=True) | Q(effect__date_earliest__lte=day)
    return Q(pledge__isnull=False) & made | Q(effect__isnull=False) & taken


def disputed_pledges(pledges: Sequence[Pledge], *, on: date) -> set[int]:
    """Which of the given pledges have a question on which sources disagree, about what is shown on a day. One query."""
    keys = [pledge.pk for pledge in pledges]
    public = Dispute.objects.public().filter(asked_by(on), Q(pledge__in=keys) | Q(effect__pledge__in=keys))
    rows = public.values_list("pledge_id", "effect__pledge_id")
    return {key for pair in rows for key in pair if key is not None}
