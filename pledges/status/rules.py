"""From the story of a clause to its status on a day: the headline is the first rule that fires."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pledges.vocabulary import Standing

from .answers import CLOSED, Answer, Cause, Clock, ClockKind, Conduct, Headline, Rule, Text
from .facts import Effect
from .stories import Story, Term, Use

SOON = timedelta(days=90)
RANK = {headline: rank for rank, headline in enumerate(Headline)}
CONDUCT_RANK = {conduct: rank for rank, conduct in enumerate(Conduct)}
COMPLETED_AS = {
    Standing.STATED: Conduct.DECLARED,
    Standing.REPORTED: Conduct.REPORTED,
    Standing.FOUND: Conduct.CONFIRMED,
}
TEXT_OF_MARK = {
    Rule.NARROWED: Text.NARROWED,
    Rule.WIDENED: Text.WIDENED,
    Rule.REWORDED: Text.REWORDED,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The status of one clause in one reading of the vague dates, and what closed it.

    Of several that are open the least leads the pledge.
    """

    key: str
    answer: Answer
    precedence: tuple[int, ...] = ()
    closed_by: Effect | Term | None = None


NOT_MADE_YET = Outcome("", Answer(Headline.NOT_MADE_YET, Text.NOT_MADE_YET, Conduct.NONE))


def outcome(story: Story, day: date, *, lapsed: bool) -> Outcome:
    """The status of a clause on a day, given whether its term is over."""
    headline, conduct = _headline(story, day, lapsed), _conduct(story)
    answer = Answer(headline, _text(story, lapsed), conduct, _causes(story, headline, conduct))
    precedence = (RANK[headline], CONDUCT_RANK[conduct], story.order)
    closed_by = (story.ended.effect if story.ended else story.term) if headline in CLOSED else None
    return Outcome(story.clause.key, answer, precedence, closed_by)


def _headline(story: Story, day: date, lapsed: bool) -> Headline:
    fires = {
        Headline.CONTRADICTED: bool(story.contradicted),
        Headline.WITHDRAWN: story.withdrawn is not None,
        Headline.SUPERSEDED: story.superseded is not None,
        Headline.COMPLETED: story.completed is not None,
        Headline.RELEASED: story.released is not None,
        Headline.LAPSED: lapsed,
        Headline.OVERDUE: _is_overdue(story, day),
        Headline.DISPUTED: story.in_force and bool(story.disputed),
        Headline.NARROWED: story.in_force and story.mark is not None and story.mark.rule is Rule.NARROWED,
        Headline.IN_FORCE: story.in_force,
    }
    return next((headline for headline in Headline if fires.get(headline)), Headline.ANNOUNCED)


def _is_overdue(story: Story, day: date) -> bool:
    due = story.clause.due
    return story.is_act and due is not None and due.latest is not None and day > due.latest


def _text(story: Story, lapsed: bool) -> Text:
    if story.withdrawn is not None:
        return Text.REMOVED if story.withdrawn.rule is Rule.REMOVED else Text.WITHDRAWN
    if story.superseded is not None:
        return Text.SUPERSEDED
    if story.released is not None:
        return Text.RELEASED
    if lapsed:
        return Text.LAPSED
    if not story.in_force:
        return Text.ANNOUNCED
    return TEXT_OF_MARK[story.mark.rule] if story.mark is not None else Text.IN_FORCE


def _conduct(story: Story) -> Conduct:
    if story.contradicted:
        return Conduct.CONTRADICTED
    if story.disputed:
        return Conduct.DISPUTED
    if story.completed is not None:
        return COMPLETED_AS[Standing(story.completed.effect.standing)]
    return Conduct.NONE if story.searched is None else Conduct.NOTHING_CONTRARY


def _causes(story: Story, headline: Headline, conduct: Conduct) -> tuple[Cause, ...]:
    """Every effect without which the answer would be another, or would be put differently; in their order."""
    uses: list[Use | None] = [
        story.begun,
        story.took_effect,
        story.mark,
        story.extended,
        story.withdrawn,
        story.restored,
        story.superseded,
        story.completed,
        story.released,
        *story.contradicted,
        *story.disputed,
        story.cleared,
        story.searched if conduct is Conduct.NOTHING_CONTRARY else None,
    ]
    if headline is Headline.LAPSED and story.term is not None:
        uses.append(Use(story.term.set_by, Rule.LAPSED))
    if headline is Headline.OVERDUE:
        uses.append(Use(story.worded_by.effect, Rule.OVERDUE))
    known = [use for use in uses if use is not None]
    known.sort(key=lambda use: use.effect.position)
    return tuple(dict.fromkeys(use.cause for use in known))


def clock(story: Story, day: date) -> Clock:
    """What the calendar says of a clause on a day; nothing once it has ended."""
    term, due, key = story.term, story.clause.due, story.clause.key
    if story.ended is not None or (term is not None and term.surely_over(day)):
        return Clock(ClockKind.NONE, clause=key)
    if story.is_act and due is not None:
        return Clock(ClockKind.OVERDUE if _is_overdue(story, day) else ClockKind.DUE_BY, due, key)
    if term is not None:
        soon = term.earliest is None or term.earliest - day <= SOON
        return Clock(ClockKind.ENDING if soon else ClockKind.RUNNING, term.says, key)
    if story.extended is not None:
        return Clock(ClockKind.OPEN_ENDED, clause=key)
    return Clock(ClockKind.CONDITION_OPEN if story.clause.conditions else ClockKind.NO_TERM, clause=key)
