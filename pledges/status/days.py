"""The status of a pledge on each day, where dates may be vague.

An effect whose date is a span may have happened on any of its days, but never before its predecessor in the
stored order. So on a given day certainly some first effects have happened, and possibly some more: the
status is worked out after each number of effects that is possible, and is clear where all agree. The same
holds for the last day of a term that is known only roughly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from .answers import Answer, Cause, ClauseStatus, Clock, ClockKind, Conduct, Headline, PledgeStatus, StatusSpan, Text
from .facts import Effect, Facts
from .rules import NOT_MADE_YET, Outcome, clock, outcome
from .stories import Chapter, Story, Term, told

PRESSING = {kind: rank for rank, kind in enumerate(ClockKind)}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The facts of a pledge read once: what stands after each effect, and when each can have happened."""

    effects: tuple[Effect, ...]
    chapters: tuple[Chapter, ...]
    earliest: tuple[date | None, ...]
    latest: tuple[date | None, ...]

    @classmethod
    def of(cls, facts: Facts) -> Timeline:
        effects, chapters = told(facts)
        earliest, latest = possible_days(effects)
        return cls(effects, chapters, earliest, latest)

    def happened(self, day: date) -> range:
        """How many effects can have happened by the end of that day, from the fewest to the most."""
        fewest = sum(1 for last in self.latest if last is not None and last <= day)
        most = sum(1 for first in self.earliest if first is None or first <= day)
        return range(fewest, most + 1)

    def status_on(self, day: date) -> PledgeStatus:
        leads: list[Outcome] = []
        of_clause: dict[str, list[Outcome]] = {}
        happened = self.happened(day)
        order = self.chapters[happened[-1]]
        for count in happened:
            chapter = self.chapters[count]
            groups = _groups(chapter, day)
            leads += self._leads(groups)
            for key in order:
                of_clause.setdefault(key, [])
                if key not in chapter:
                    of_clause[key].append(NOT_MADE_YET)
            for group in groups:
                for option in group:
                    for one in option:
                        of_clause[one.key].append(one)
        leading = {lead.key for lead in leads}
        return PledgeStatus(
            self._agreed(leads),
            tuple(ClauseStatus(key, self._agreed(found), key in leading) for key, found in of_clause.items()),
        )

    def _leads(self, groups: Sequence[Sequence[Sequence[Outcome]]]) -> list[Outcome]:
        """Which clauses can lead: the open one that ranks first, or the last to close where none is open."""
        if not groups:
            return [NOT_MADE_YET]
        leads: list[Outcome | None] = [None]
        for group in groups:
            bests = [
                min((one for one in option if one.closed_by is None), key=_precedence, default=None) for option in group
            ]
            pairs = [_first(lead, best) for lead in leads for best in bests]
            leads = list({one and (one.key, one.answer): one for one in pairs}.values())
        found = [lead for lead in leads if lead is not None]
        if None in leads:
            found += self._last_to_close([one for group in groups for one in group[-1]])
        return found

    def _last_to_close(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """All that can have been the last. Of effects that is known from their order; terms may be vague."""
        place = {effect.id: n for n, effect in enumerate(self.effects)}
        closings: list[tuple[date, date, Outcome]] = []
        last_place = max((place[one.closed_by.id] for one in outcomes if isinstance(one.closed_by, Effect)), default=0)
        for one in outcomes:
            if isinstance(one.closed_by, Term):
                first, last = one.closed_by.earliest, one.closed_by.latest
                closings.append((_following(first) or date.min, _following(last) or date.max, one))
            elif isinstance(one.closed_by, Effect) and place[one.closed_by.id] == last_place:
                first, last = self.earliest[last_place], self.latest[last_place]
                closings.append((first or date.min, last or date.max, one))
        bound = max(first for first, _, _ in closings)
        can_be_last = [(first, last, one) for first, last, one in closings if last >= bound]
        if all(first == last for first, last, _ in can_be_last):
            return [min((one for _, _, one in can_be_last), key=_precedence)]
        together: dict[object, Outcome] = {}  # what closed on one and the same day, known or not
        for _, _, one in sorted(can_be_last, key=lambda closing: closing[2].precedence):
            same = _bounds(one.closed_by) if isinstance(one.closed_by, Term) else last_place
            together.setdefault(same, one)
        return list(together.values())

    def _agreed(self, outcomes: Sequence[Outcome]) -> Answer:
        """One answer where all possibilities agree, else which there are."""
        answers = [one.answer for one in outcomes]
        headlines = [headline for headline in Headline if any(a.headline is headline for a in answers)]
        texts = [text for text in Text if any(a.text is text for a in answers)]
        conducts = [conduct for conduct in Conduct if any(a.conduct is conduct for a in answers)]
        if len(headlines) == len(texts) == len(conducts) == 1:
            return answers[0]  # the fewest effects suffice to cause it
        return Answer(
            headlines[0] if len(headlines) == 1 else Headline.UNCLEAR,
            texts[0] if len(texts) == 1 else Text.UNCLEAR,
            conducts[0] if len(conducts) == 1 else Conduct.UNCLEAR,
            self._in_order(cause for answer in answers for cause in answer.causes),
            tuple(headlines) if len(headlines) > 1 else (),
            tuple(texts) if len(texts) > 1 else (),
            tuple(conducts) if len(conducts) > 1 else (),
        )

    def _in_order(self, causes: Iterable[Cause]) -> tuple[Cause, ...]:
        place = {effect.id: n for n, effect in enumerate(self.effects)}
        return tuple(sorted(dict.fromkeys(causes), key=lambda cause: place[cause.effect]))

    def turning_days(self) -> list[date]:
        """The days on which the status can change, and no others."""
        days = {day for day in (*self.earliest, *self.latest) if day is not None}
        for story in {id(story): story for chapter in self.chapters for story in chapter.values()}.values():
            term, due = story.term, story.clause.due
            ends = [term.earliest, term.latest] if term else []
            days |= {day + ONE_DAY for day in (*ends, due.latest if due else None) if day and day < date.max}
        first = self.earliest[0] if self.earliest else None
        return sorted(day for day in days if first is None or day >= first)

    def spans(self) -> list[StatusSpan]:
        if not self.effects:
            return []
        turns = self.turning_days()
        starts: list[date | None] = [*turns]
        if self.earliest[0] is None and turns[0] > date.min:
            starts.insert(0, None)
        spans: list[StatusSpan] = []
        for start, following in pairwise([*starts, date.max]):
            status = self.status_on(start or turns[0] - ONE_DAY)
            before = spans.pop() if spans and spans[-1].status == status else None
            day_from = before.day_from if before else start
            assert following is not None  # noqa: S101 -- only the first start can be open
            spans.append(StatusSpan(day_from, following - ONE_DAY, status))
        spans[-1] = StatusSpan(spans[-1].day_from, None, spans[-1].status)
        return spans

    def clocks_on(self, day: date) -> tuple[Clock, ...]:
        chapters = [self.chapters[count] for count in self.happened(day)]
        clocks = []
        for key in chapters[-1]:
            found = {
                clock(chapter[key], day) if key in chapter else Clock(ClockKind.NONE, clause=key)
                for chapter in chapters
            }
            clocks.append(found.pop() if len(found) == 1 else Clock(ClockKind.UNCLEAR, clause=key))
        return tuple(clocks)


def possible_days(effects: Sequence[Effect]) -> tuple[tuple[date | None, ...], tuple[date | None, ...]]:
    """The first and the last day on which each effect can have happened, given the order of all.

    None is an open end. An effect is not earlier than its predecessor, and has happened by the time that a
    later one has.
    """
    earliest: list[date | None] = []
    running: date | None = None
    for effect in effects:
        first = effect.date.earliest
        running = max(running, first) if running and first else running or first
        earliest.append(running)
    latest: list[date | None] = []
    bound: date | None = None
    for effect, first in zip(reversed(effects), reversed(earliest), strict=True):
        last = effect.date.latest
        if last is not None and first is not None:
            last = max(last, first)
        bound = min(bound, last) if bound and last else bound or last
        latest.append(bound)
    return tuple(earliest), tuple(reversed(latest))


def _groups(chapter: Chapter, day: date) -> list[list[list[Outcome]]]:
    """Clauses whose terms end on one and the same unknown day, each group with what is possible for it."""
    sure: list[Outcome] = []
    vague: dict[tuple[date | None, date | None], list[Story]] = {}
    for story in chapter.values():
        term = story.term
        if term is not None and term.maybe_over(day):
            vague.setdefault(_bounds(term), []).append(story)
        else:
            sure.append(outcome(story, day, lapsed=term is not None and term.surely_over(day)))
    groups = [[sure]] if sure else []
    groups += [
        [[outcome(story, day, lapsed=lapsed) for story in stories] for lapsed in (False, True)]
        for stories in vague.values()
    ]
    return groups


def _following(day: date | None) -> date | None:
    return day + ONE_DAY if day is not None and day < date.max else day


def _precedence(one: Outcome) -> tuple[int, ...]:
    return one.precedence


def _first(one: Outcome | None, other: Outcome | None) -> Outcome | None:
    return min((each for each in (one, other) if each is not None), key=_precedence, default=None)


def _bounds(term: Term) -> tuple[date | None, date | None]:
    return term.earliest, term.latest


# --- what the rest of the product asks ------------------------------------------------------------------


def status_on(facts: Facts, day: date) -> PledgeStatus:
    """The status at the end of a day: what was true then, by what is known now."""
    return Timeline.of(facts).status_on(day)


def spans(facts: Facts) -> list[StatusSpan]:
    """The status of every day from the first on which the pledge can have been made, without end.

    The spans follow each other without a hole and without an overlap, and neighbours differ. Before the
    first there is no status. Where it is open since when the pledge exists, the first span has no start.
    """
    return Timeline.of(facts).spans()


def clauses_clocks_on(facts: Facts, day: date) -> tuple[Clock, ...]:
    """What the calendar says of each clause on record by that day."""
    return Timeline.of(facts).clocks_on(day)


def clock_on(facts: Facts, day: date) -> Clock:
    """What the calendar says of the pledge: the clock of its most pressing clause."""
    clocks = clauses_clocks_on(facts, day)
    return min(clocks, key=lambda one: (PRESSING[one.kind], _until(one)), default=Clock(ClockKind.NONE))


def _until(one: Clock) -> date:
    return (one.until.earliest or one.until.sorts_on) if one.until else date.max


def shown_on(facts: Facts, day: date) -> tuple[Effect, ...]:
    """Effects that can have happened by a day and bear on no answer: shown beside the status."""
    timeline = Timeline.of(facts)
    status = timeline.status_on(day)
    used = {cause.effect for answer in (status.answer, *(c.answer for c in status.clauses)) for cause in answer.causes}
    return tuple(effect for effect in timeline.effects[: timeline.happened(day)[-1]] if effect.id not in used)


def unanswered_on(facts: Facts, day: date) -> tuple[Effect, ...]:
    """Questions put to the company by a day to which no answer is on record."""
    return tuple(effect for effect in shown_on(facts, day) if effect.kind == "asked" and effect.answered is False)
