"""From the story of a clause to its status on a day: the headline is the first rule that fires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pledges.vocabulary import ConditionKind, Standing

from .answers import CLOSED, Answer, Cause, Clock, ClockKind, Conduct, Headline, Rule, Text
from .stories import Story, Use

SOON = timedelta(days=90)
HEADLINES = tuple(Headline)
CONDUCTS = tuple(Conduct)
COMPLETED_AS = {
    Standing.STATED: Conduct.DECLARED,
    Standing.REPORTED: Conduct.REPORTED,
    Standing.FOUND: Conduct.CONFIRMED,
}
OF_RULE = {
    Rule.REMOVED: Text.REMOVED,
    Rule.NARROWED: Text.NARROWED,
    Rule.WIDENED: Text.WIDENED,
    Rule.REWORDED: Text.REWORDED,
}
NOT_MADE_YET = Answer(Headline.NOT_MADE_YET, Text.NOT_MADE_YET, Conduct.NONE)


@dataclass(frozen=True, slots=True)
class Verdictless:
    """Placeholder."""
