"""The answers that a status consists of. Their values are addresses and data attributes: they never change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from dates.edtf import EdtfDate


class Headline(StrEnum):
    """In the order in which they are tried: the first that fires is the headline of a clause."""

    NOT_MADE_YET = "not-made-yet"
    CONTRADICTED = "contradicted"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    COMPLETED = "completed"
    RELEASED = "released"
    LAPSED = "lapsed"
    OVERDUE = "overdue"
    DISPUTED = "in-force-disputed"
    NARROWED = "in-force-narrowed"
    IN_FORCE = "in-force"
    ANNOUNCED = "announced"
    UNCLEAR = "unclear"


# A contradicted clause is open: a breach does not end a promise.
CLOSED = frozenset({Headline.WITHDRAWN, Headline.SUPERSEDED, Headline.COMPLETED, Headline.RELEASED, Headline.LAPSED})


class Text(StrEnum):
    """What became of the words."""

    NOT_MADE_YET = "not-made-yet"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    SUPERSEDED = "superseded"
    RELEASED = "released"
    LAPSED = "lapsed"
    NARROWED = "narrowed"
    WIDENED = "widened"
    REWORDED = "reworded"
    IN_FORCE = "in-force"
    ANNOUNCED = "announced"
    UNCLEAR = "unclear"


class Conduct(StrEnum):
    """What is on record about keeping them."""

    CONTRADICTED = "contradicted"
    CONFIRMED = "completed-confirmed"
    REPORTED = "completed-reported"
    DECLARED = "completed-declared"
    DISPUTED = "disputed"
    NOTHING_CONTRARY = "nothing-contrary"
    NONE = "none"
    UNCLEAR = "unclear"


class Rule(StrEnum):
    """Which rule used an effect."""

    MADE = "made"
    ADDED = "added"
    TOOK_EFFECT = "took-effect"
    NARROWED = "narrowed"
    WIDENED = "widened"
    REWORDED = "reworded"
    EXTENDED = "extended"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    DROPPED = "dropped"
    SUPERSEDED = "superseded"
    REPLACED = "replaced"
    RELEASED = "released"
    RESTORED = "restored"
    LAPSED = "lapsed"
    OVERDUE = "overdue"
    COMPLETED = "completed"
    BREACH_FOUND = "breach-found"
    BREACH_ADMITTED = "breach-admitted"
    DISPUTED = "disputed"
    CLEARED = "cleared"
    SEARCHED = "searched"


class ClockKind(StrEnum):
    """What the calendar says on a day, the most pressing first."""

    OVERDUE = "overdue"
    ENDING = "ending"
    DUE_BY = "due-by"
    RUNNING = "running"
    CONDITION_OPEN = "condition-open"
    OPEN_ENDED = "open-ended"
    NO_TERM = "no-term"
    UNCLEAR = "unclear"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Cause:
    """An effect, by its id, and the rule that used it."""

    effect: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Answer:
    """Headline, text and conduct with what caused them.

    Where vague dates leave more than one answer, the answer is UNCLEAR and the alternatives say which, in
    the order of the rules; otherwise there are none.
    """

    headline: Headline
    text: Text
    conduct: Conduct
    causes: tuple[Cause, ...] = ()
    headlines: tuple[Headline, ...] = ()
    texts: tuple[Text, ...] = ()
    conducts: tuple[Conduct, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For a JSON column. ``from_json`` reads it back."""
        return {
            "headline": self.headline.value,
            "text": self.text.value,
            "conduct": self.conduct.value,
            "causes": [{"effect": cause.effect, "rule": cause.rule.value} for cause in self.causes],
            "headlines": [one.value for one in self.headlines],
            "texts": [one.value for one in self.texts],
            "conducts": [one.value for one in self.conducts],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(
            Headline(stored["headline"]),
            Text(stored["text"]),
            Conduct(stored["conduct"]),
            tuple(Cause(one["effect"], Rule(one["rule"])) for one in stored["causes"]),
            tuple(Headline(one) for one in stored["headlines"]),
            tuple(Text(one) for one in stored["texts"]),
            tuple(Conduct(one) for one in stored["conducts"]),
        )


@dataclass(frozen=True, slots=True)
class ClauseStatus:
    """The status of one clause. ``leads`` marks the clause whose answer is that of the pledge."""

    key: str
    answer: Answer
    leads: bool = False

    def as_json(self) -> dict[str, Any]:
        """For a JSON column. ``from_json`` reads it back."""
        return {"key": self.key, "leads": self.leads, **self.answer.as_json()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(stored["key"], Answer.from_json(stored), stored["leads"])


@dataclass(frozen=True, slots=True)
class PledgeStatus:
    """The status of a pledge: that of the clause that leads, and of each clause."""

    answer: Answer
    clauses: tuple[ClauseStatus, ...] = ()

    @property
    def headline(self) -> Headline:
        return self.answer.headline

    @property
    def text(self) -> Text:
        return self.answer.text

    @property
    def conduct(self) -> Conduct:
        return self.answer.conduct

    @property
    def causes(self) -> tuple[Cause, ...]:
        return self.answer.causes

    @property
    def others(self) -> tuple[ClauseStatus, ...]:
        """The clauses that do not give the pledge its headline."""
        return tuple(clause for clause in self.clauses if not clause.leads)

    def clause(self, key: str) -> ClauseStatus:
        """The status of one clause.

        :raises KeyError: if no clause of that key is on record by then.
        """
        for clause in self.clauses:
            if clause.key == key:
                return clause
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class StatusSpan:
    """Days, both inclusive, on which the status stays as it is.

    ``day_from`` is None where it is not known since when the pledge exists, ``day_to`` where it goes on.
    """

    day_from: date | None
    day_to: date | None
    status: PledgeStatus


@dataclass(frozen=True, slots=True)
class Clock:
    """What the calendar says of a clause (or of the most pressing clause of a pledge)."""

    kind: ClockKind
    until: EdtfDate | None = None
    clause: str | None = None
