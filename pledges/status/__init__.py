"""Status is computed, never typed: pure functions of terms, effects and a day.

``facts`` is what goes in, ``answers`` what comes out. ``stories`` follows each clause through the effects,
``rules`` turns its story into a headline, ``days`` deals with vague dates and spans, ``words`` says it all
in a reader's language. Nothing in here knows a model, a request or today's date.
"""

from .answers import (
    CLOSED,
    Answer,
    Cause,
    ClauseStatus,
    Clock,
    ClockKind,
    Conduct,
    Headline,
    PledgeStatus,
    Rule,
    StatusSpan,
    Text,
)
from .days import clauses_clocks_on, clock_on, shown_on, spans, status_on, unanswered_on
from .facts import Clause, Condition, Effect, Facts, TermsVersion
from .words import (
    clock_label,
    conduct_label,
    explanation,
    headline_label,
    headline_rule,
    rule_label,
    text_label,
    unclear_label,
)

__all__ = [
    "CLOSED",
    "Answer",
    "Cause",
    "Clause",
    "ClauseStatus",
    "Clock",
    "ClockKind",
    "Condition",
    "Conduct",
    "Effect",
    "Facts",
    "Headline",
    "PledgeStatus",
    "Rule",
    "StatusSpan",
    "TermsVersion",
    "Text",
    "clauses_clocks_on",
    "clock_label",
    "clock_on",
    "conduct_label",
    "explanation",
    "headline_label",
    "headline_rule",
    "rule_label",
    "shown_on",
    "spans",
    "status_on",
    "text_label",
    "unanswered_on",
    "unclear_label",
]
