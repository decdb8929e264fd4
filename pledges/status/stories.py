"""What the effects did to each clause, one after the other. No day is looked at but that of an effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from dates.edtf import EdtfDate
from pledges.vocabulary import Nature, PledgeEffect, Standing

from .answers import Cause, Rule
from .facts import Clause, Effect, Facts, TermsVersion

CHANGES_WORDING = frozenset(
    {
        PledgeEffect.MADE,
        PledgeEffect.EXTENDED,
        PledgeEffect.NARROWED,
        PledgeEffect.WIDENED,
        PledgeEffect.REWORDED,
        PledgeEffect.SUPERSEDED,
    }
)
# What, if it is only alleged, is a claim against the company, and so a dispute.
AGAINST_THE_TEXT = frozenset(
    {
        PledgeEffect.NARROWED,
        PledgeEffect.WITHDRAWN,
        PledgeEffect.REMOVED,
        PledgeEffect.SUPERSEDED,
        PledgeEffect.CONDITION_MET,
    }
)
AGAINST_THE_CONDUCT = frozenset({PledgeEffect.BROKEN, PledgeEffect.CONTRARY_PRACTICE})
MARKS = {
    PledgeEffect.NARROWED: Rule.NARROWED,
    PledgeEffect.WIDENED: Rule.WIDENED,
    PledgeEffect.REWORDED: Rule.REWORDED,
}
BREACHES = {Standing.FOUND: Rule.BREACH_FOUND, Standing.STATED: Rule.BREACH_ADMITTED}
# From the weakest to the strongest word for an act that was done.
COMPLETION = (Standing.STATED, Standing.REPORTED, Standing.FOUND)


@dataclass(frozen=True, slots=True)
class Use:
    """An effect and the rule that uses it."""

    effect: Effect
    rule: Rule

    @property
    def cause(self) -> Cause:
        return Cause(self.effect.id, self.rule)


@dataclass(frozen=True, slots=True)
class Term:
    """The last day in force: the earliest and the latest day that it can be (None: open), and who says so."""

    earliest: date | None
    latest: date | None
    says: EdtfDate
    set_by: Effect

    def surely_over(self, day: date) -> bool:
        return self.latest is not None and day > self.latest

    def maybe_over(self, day: date) -> bool:
        """Whether it cannot be told on that day if the clause has ended."""
        return not self.surely_over(day) and (self.earliest is None or day > self.earliest)


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to one clause so far.

    ``order`` is its place among the clauses. ``in_force`` is false while a lasting clause waits to take
    effect. ``mark`` is the last change of scope or, without one, of wording.
    """

    clause: Clause
    order: int
    begun: Use
    worded_by: Use
    present: bool = True
    in_force: bool = True
    took_effect: Use | None = None
    mark: Use | None = None
    extended: Use | None = None
    withdrawn: Use | None = None
    restored: Use | None = None
    superseded: Use | None = None
    released: Use | None = None
    completed: Use | None = None
    contradicted: tuple[Use, ...] = ()
    disputed: tuple[Use, ...] = ()
    cleared: Use | None = None
    searched: Use | None = None

    @property
    def is_act(self) -> bool:
        return self.clause.nature == Nature.ACT

    @property
    def ended(self) -> Use | None:
        """What ended the clause, calendar apart; the first rule that fires."""
        return self.withdrawn or self.superseded or self.completed or self.released

    @property
    def term(self) -> Term | None:
        """When the clause ends by the calendar.

        Several dates: whichever comes first ends it. An extension replaces them, unless a later wording
        names a date again; an extension without a date leaves no term.
        """
        ends = [condition.ends for condition in self.clause.conditions if condition.ends is not None]
        extended = self.extended
        if extended and (not ends or extended.effect.position >= self.worded_by.effect.position):
            until = extended.effect.until
            return Term(until.earliest, until.latest, says=until, set_by=extended.effect) if until else None
        if not ends:
            return None
        opens = any(end.earliest is None for end in ends)
        return Term(
            None if opens else min(end.earliest for end in ends if end.earliest),
            min((end.latest for end in ends if end.latest), default=None),
            says=min(ends, key=lambda end: end.latest or date.max),
            set_by=self.worded_by.effect,
        )


Chapter = Mapping[str, Story]


def told(facts: Facts) -> tuple[tuple[Effect, ...], tuple[Chapter, ...]]:
    """The effects in their order from the making on, and what they add up to after 0, 1, 2 ... of them.

    What stands before the making, or makes the pledge a second time, is left out: it cannot bear on it.
    """
    ordered = sorted(facts.effects, key=lambda effect: (effect.position, effect.id))
    made = next((n for n, effect in enumerate(ordered) if effect.kind == PledgeEffect.MADE), len(ordered))
    effects = tuple(effect for n, effect in enumerate(ordered[made:]) if n == 0 or effect.kind != PledgeEffect.MADE)
    versions = {version.introduced_by: version for version in facts.terms}
    first_effective = _belongs_to(effects, versions)
    chapters: list[Chapter] = [{}]
    for effect in effects:
        chapter = dict(chapters[-1])
        version = versions.get(effect.id)
        if effect.standing == Standing.ALLEGED and effect.kind != PledgeEffect.MADE:
            version = None  # a claim never changes the text
        if version is not None:
            _reword(chapter, effect, version, waits_for=first_effective.get(effect.id, ()))
        for key, story in chapter.items():
            if effect.concerns(key) and (story.present or story.ended):
                chapter[key] = _told_of(story, effect, version)
        chapters.append(chapter)
    return effects, tuple(chapters)


def _belongs_to(effects: tuple[Effect, ...], versions: Mapping[str, TermsVersion]) -> dict[str, tuple[Effect, ...]]:
    """Which “took effect” goes with which wording: the wording just before it, not one of years ago."""
    found: dict[str, tuple[Effect, ...]] = {}
    wording: str | None = None
    for effect in effects:
        if effect.standing == Standing.ALLEGED and effect.kind != PledgeEffect.MADE:
            continue
        if effect.kind in CHANGES_WORDING or effect.id in versions:
            wording = effect.id
        elif effect.kind == PledgeEffect.EFFECTIVE and wording is not None:
            found[wording] = (*found.get(wording, ()), effect)
    return found


def _reword(chapter: dict[str, Story], effect: Effect, version: TermsVersion, *, waits_for: tuple[Effect, ...]) -> None:
    """Replace the wording: clauses stay, come or go."""
    kept = {clause.key: clause for clause in version.clauses}
    by_made = effect.kind == PledgeEffect.MADE
    for key, clause in kept.items():
        story = chapter.get(key)
        if story is not None and story.present:
            chapter[key] = replace(story, clause=clause, worded_by=Use(effect, Rule.REWORDED))
            continue
        begun = Use(effect, Rule.MADE if by_made else Rule.ADDED)
        waits = any(one.concerns(key) for one in waits_for)
        order = story.order if story is not None else len(chapter)
        chapter[key] = Story(
            clause=clause,
            order=order,
            begun=begun,
            worded_by=begun,
            in_force=clause.nature != Nature.ACT and not waits,
            # A breach that was found is not undone by leaving the clause out and taking it up again.
            contradicted=story.contradicted if story is not None else (),
        )
    for key, story in chapter.items():
        if key not in kept and story.present:
            chapter[key] = _dropped(story, effect)


def _dropped(story: Story, effect: Effect) -> Story:
    """A clause that the new wording no longer has. One that had ended stays as it ended."""
    if story.ended:
        return replace(story, present=False)
    if effect.kind == PledgeEffect.SUPERSEDED:
        return replace(story, present=False, superseded=Use(effect, Rule.SUPERSEDED))
    if effect.kind == PledgeEffect.NARROWED:
        return replace(story, present=False, withdrawn=Use(effect, Rule.DROPPED))
    if effect.kind in (PledgeEffect.WITHDRAWN, PledgeEffect.REMOVED):
        return replace(story, present=False, withdrawn=Use(effect, Rule(effect.kind)))
    return replace(story, present=False, superseded=Use(effect, Rule.REPLACED))


def _told_of(story: Story, effect: Effect, version: TermsVersion | None) -> Story:
    """The story of a clause after one more effect that concerns it."""
    kind = effect.kind
    if effect.standing == Standing.ALLEGED and kind in AGAINST_THE_TEXT:
        return _disputed(story, effect)
    if kind in AGAINST_THE_CONDUCT:
        return _told_against(story, effect)
    if effect.standing == Standing.ALLEGED:
        return story
    if not story.present:
        return story
    if kind in MARKS and story.begun.effect.id == effect.id:
        return story  # the clause came with this change; it was not itself changed
    match kind:
        case PledgeEffect.EFFECTIVE if not story.is_act and not story.in_force:
            return replace(story, in_force=True, took_effect=Use(effect, Rule.TOOK_EFFECT))
        case PledgeEffect.EXTENDED:
            return replace(story, extended=Use(effect, Rule.EXTENDED))
        case PledgeEffect.NARROWED | PledgeEffect.WIDENED:
            return replace(story, mark=Use(effect, MARKS[PledgeEffect(kind)]))
        case PledgeEffect.REWORDED if story.mark is None or story.mark.rule is Rule.REWORDED:
            return replace(story, mark=Use(effect, Rule.REWORDED))
        case PledgeEffect.WITHDRAWN | PledgeEffect.REMOVED if version is None or effect.clauses is not None:
            return replace(story, withdrawn=Use(effect, Rule(kind)), restored=None)
        case PledgeEffect.REAFFIRMED if story.withdrawn is not None:
            return replace(story, withdrawn=None, restored=Use(effect, Rule.RESTORED))
        case PledgeEffect.SUPERSEDED if effect.whole or (effect.clauses is not None and version is None):
            return replace(story, superseded=Use(effect, Rule.SUPERSEDED))
        case PledgeEffect.CONDITION_MET:
            return replace(story, released=Use(effect, Rule.RELEASED))
        case PledgeEffect.FULFILLED if story.is_act:
            return _completed(story, effect)
        case PledgeEffect.CLEARED if effect.standing == Standing.FOUND and story.disputed:
            return replace(story, disputed=(), cleared=Use(effect, Rule.CLEARED))
        case PledgeEffect.SEARCHED:
            return replace(story, searched=Use(effect, Rule.SEARCHED))
    return story


def _completed(story: Story, effect: Effect) -> Story:
    """An act was done. A stronger word replaces a weaker one; the company's own ends no dispute."""
    before = story.completed
    if before is None or COMPLETION.index(Standing(effect.standing)) > COMPLETION.index(
        Standing(before.effect.standing)
    ):
        story = replace(story, completed=Use(effect, Rule.COMPLETED))
    return story if effect.standing == Standing.STATED else replace(story, disputed=())


def _told_against(story: Story, effect: Effect) -> Story:
    over = _over_by(story, effect) if effect.kind == PledgeEffect.CONTRARY_PRACTICE else "no"
    if over == "yes":
        return story  # what is done after a promise has ended, or an act is done, is not against it
    if over == "maybe" or effect.standing not in BREACHES:
        return _disputed(story, effect)
    return replace(story, contradicted=(*story.contradicted, Use(effect, BREACHES[Standing(effect.standing)])))


def _over_by(story: Story, effect: Effect) -> Literal["yes", "maybe", "no"]:
    """Whether the clause had ended when an effect happened."""
    if story.ended:
        return "yes"
    term, first, last = story.term, effect.date.earliest, effect.date.latest
    if term is None:
        return "no"
    if first is not None and term.surely_over(first):
        return "yes"
    return "maybe" if last is None or term.surely_over(last) or term.maybe_over(last) else "no"


def _disputed(story: Story, effect: Effect) -> Story:
    return replace(story, disputed=(*story.disputed, Use(effect, Rule.DISPUTED)))
