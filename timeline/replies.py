"""What companies were asked about their pledges, and what they answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pledges.models import Citation, Effect
from pledges.services.dossiers import Dossier
from pledges.vocabulary import PledgeEffect
from timeline.components import CitationMark, ShownDate
from timeline.naming import pledge_address
from timeline.references import References
from timeline.shown import shown_date


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One question and what came of it: the answer on record, or that there is none."""

    pledge: str
    href: str
    on: ShownDate
    question: str
    answered: bool
    answer: str
    citations: Sequence[CitationMark]


def questions_in(read: Iterable[Dossier], day: date) -> list[tuple[Dossier, Effect]]:
    """What had been asked by a day, the latest first, each with the pledge that it was about."""
    found = [
        (dossier, effect)
        for dossier in read
        for effect in dossier.happened_by(day)
        if effect.kind == PledgeEffect.ASKED
    ]
    return sorted(found, key=lambda one: (one[1].date_earliest or one[1].date_latest or day, one[1].pk), reverse=True)


def reply(
    dossier: Dossier, effect: Effect, citations: Mapping[int, Sequence[Citation]], references: References
) -> Reply:
    return Reply(
        pledge=dossier.pledge.title,
        href=pledge_address(dossier.pledge),
        on=shown_date(effect.date, printed=effect.date_printed, basis=effect.date_basis),
        question=effect.summary,
        answered=bool(effect.answered),
        answer=effect.answer or "",
        citations=references.marks(citations.get(effect.pk, ())[:3]),
    )
