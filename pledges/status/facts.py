"""What the status of a pledge is worked out from: small, frozen, and without a word of prose.

No title, summary, quotation or source is in here, so correcting one cannot move a status.
"""

from __future__ import annotations

from dataclasses import dataclass

from dates.edtf import EdtfDate


@dataclass(frozen=True, slots=True)
class Condition:
    """What would end a clause. ``ends`` is its last day in force, and only a condition of a date has one."""

    kind: str
    ends: EdtfDate | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One action promised. ``due`` says by when an act must be done."""

    key: str
    nature: str
    conditions: tuple[Condition, ...] = ()
    due: EdtfDate | None = None


@dataclass(frozen=True, slots=True)
class TermsVersion:
    """One version of the wording, which replaces the one before it altogether from an effect on."""

    introduced_by: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What one event did to the pledge.

    ``clauses`` are the keys that it concerns, None for the whole pledge. ``until`` is read of an extension
    only, where None means open-ended; ``whole`` of a supersession only.
    """

    id: str
    kind: str
    standing: str
    position: int
    date: EdtfDate
    clauses: frozenset[str] | None = None
    until: EdtfDate | None = None
    superseded_by: str | None = None
    whole: bool = True
    answered: bool | None = None

    def concerns(self, key: str) -> bool:
        return self.clauses is None or key in self.clauses


@dataclass(frozen=True, slots=True)
class Facts:
    """All that bears on the status of one pledge. The order of the tuples does not matter: positions do."""

    effects: tuple[Effect, ...]
    terms: tuple[TermsVersion, ...]
    form: str = "undertaking"
