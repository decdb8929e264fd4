"""Terms of pledges that end by themselves, and what is due by a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from pledges.models import Clause, Condition, Effect, Pledge
from pledges.services.dossiers import Dossier, dossiers
from pledges.status import Clock, ClockKind, clauses_clocks_on

RUNNING: Final = (ClockKind.RUNNING, ClockKind.ENDING, ClockKind.DUE_BY)
MOST_TERMS: Final = 100


@dataclass(frozen=True)
class Term:
    """A term that runs on a day: of which pledge, of which clause, since when and until when."""

    pledge: Pledge
    dossier: Dossier
    clock: Clock
    until: date

    @property
    def whole(self) -> bool:
        """Whether it is the only clause of its pledge."""
        version = self.dossier.versions[-1] if self.dossier.versions else None
        return version is None or len(version.clauses) < 2


def terms_ahead(day: date) -> list[Term]:
    """Terms and due dates that are still to come, the nearest first; one a pledge. Six queries."""
    named = Condition.objects.filter(clause__isnull=False, ends_latest__gte=day)
    extended = Effect.objects.public().filter(until_latest__gte=day)
    due = Clause.objects.filter(due_latest__gte=day)
    keys = list(
        named.order_by()
        .values_list("clause__terms__pledge", "ends_latest")
        .union(
            extended.order_by().values_list("pledge", "until_latest"),
            due.order_by().values_list("terms__pledge", "due_latest"),
        )
        .order_by("ends_latest")[:MOST_TERMS]
    )
    rows = (
        Pledge.objects.with_their_companies()
        .filter(pk__in={key for key, _ in keys}, made_earliest__lte=day)
        .select_related("company")
    )
    found = []
    for dossier in dossiers(list(rows)).values():
        clocks = [one for one in clauses_clocks_on(dossier.facts, day) if one.kind in RUNNING and one.until]
        ends = [(one.until.latest or one.until.sorts_on, one) for one in clocks if one.until]
        nearest = min(ends, key=lambda end: end[0], default=None)
        if nearest is not None and nearest[0] >= day:
            found.append(Term(dossier.pledge, dossier, nearest[1], nearest[0]))
    return sorted(found, key=lambda one: (one.until, one.pledge.pk))
