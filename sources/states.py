"""From outcomes to what is published of a source: state, flags, and when to look again.

Everything here is a pure function of a standing, one sighting and the rules. `replay` folds a history
of sightings, so that changed rules can be tried on stored outcomes before they go live.

No single bad night marks anything dead: strikes count only when days apart, a second look must agree,
and strikes made while a whole host or our own line was failing are not counted, or are taken back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from sources.limits import LONGEST_HOURS, between, from_settings
from sources.outcomes import ALIVE, FAILING, HARD, Likeness, Outcome
from sources.text import Drift

LONGEST_DAYS = LONGEST_HOURS // 24
MOST_STRIKES = 12  # kept of one kind: the first, and the latest
FLAGS = ("moved", "changed", "hijacked", "tls_problem")


class State(TextChoices):
    """What is published of a source's address."""

    UNCHECKED = "unchecked", pgettext_lazy("state of a link", "not checked yet")
    LIVE = "live", pgettext_lazy("state of a link", "works")
    SUSPECT = "suspect", pgettext_lazy("state of a link", "failing")
    DEAD = "dead", pgettext_lazy("state of a link", "dead")
    UNVERIFIABLE = "unverifiable", pgettext_lazy("state of a link", "cannot be checked")
    EXEMPT = "exempt", pgettext_lazy("state of a link", "not checked")


class WatchClass(TextChoices):
    """How closely a source is watched."""

    OWN_PAGE = "own-page", "a company’s own page that holds a quotation"
    YOUNG = "young", "entered lately"
    OTHER = "other", "any other"


@dataclass(frozen=True, slots=True)
class Rules:
    """The thresholds. Each is a setting: `LINK_CHECK_` and its name in capitals."""

    strike_gap_hours: float = between(72, 0, LONGEST_HOURS)
    dead_after_strikes: int = between(3, 1, MOST_STRIKES)
    dead_after_days: float = between(6, 0, LONGEST_DAYS)
    dead_after_removals: int = between(2, 1, MOST_STRIKES)  # answers of 410
    dead_after_soft_strikes: int = between(5, 1, MOST_STRIKES)
    dead_after_soft_days: float = between(14, 0, LONGEST_DAYS)
    suspect_after_soft_strikes: int = between(2, 1, MOST_STRIKES)
    unverifiable_after_days: float = between(14, 0, LONGEST_DAYS)
    moved_after_sightings: int = between(3, 1, 1_000)
    # Host incident
    host_share: float = between(0.30, 0.01, 1)
    host_least_sources: int = between(5, 1, 100_000)
    host_window_hours: float = between(24, 0.01, LONGEST_HOURS)
    host_freeze_hours: float = between(48, 0, LONGEST_HOURS)
    host_quiet_days: float = between(14, 0, LONGEST_DAYS)  # a host that still fails after its freeze is no new incident
    # A whole host with other texts than were accepted
    usurped_least_sources: int = between(3, 2, 100_000)
    usurped_window_days: float = between(14, 0.01, LONGEST_DAYS)
    # Own fault
    own_share: float = between(0.20, 0.01, 1)
    own_least_checks: int = between(10, 1, 100_000)
    own_least_hosts: int = between(5, 1, 100_000)
    own_window_minutes: float = between(60, 0.1, LONGEST_HOURS * 60)
    own_retry_minutes: float = between(60, 0.1, LONGEST_HOURS * 60)
    # When to look again
    own_page_hours: float = between(24, 0.01, LONGEST_HOURS)
    young_hours: float = between(48, 0.01, LONGEST_HOURS)
    young_days: float = between(30, 0, LONGEST_DAYS)
    other_hours: float = between(168, 0.01, LONGEST_HOURS)
    growth: float = between(1.5, 1, 10)
    longest_hours: float = between(720, 0.01, LONGEST_HOURS)
    suspect_first_hours: float = between(24, 0.01, LONGEST_HOURS)
    suspect_hours: float = between(72, 0.01, LONGEST_HOURS)
    unverifiable_hours: float = between(336, 0.01, LONGEST_HOURS)
    dead_days: tuple[float, ...] = between((7.0, 14.0, 30.0, 90.0), 0.01, LONGEST_DAYS)
    refused_days: float = between(30, 0.01, LONGEST_DAYS)
    jitter: float = between(0.15, 0, 0.9)
    first_spread_hours: float = between(24, 0, LONGEST_HOURS)  # over which an import's first checks are spread
    backoff_seconds: int = between(60, 1, LONGEST_HOURS * 3600)
    longest_backoff_seconds: int = between(21_600, 1, LONGEST_HOURS * 3600)


def rules() -> Rules:
    """The rules of this installation.

    :raises ValueError: naming the setting that cannot be read.
    """
    return from_settings(Rules)


class Sighting(NamedTuple):
    """One check as the state machine sees it."""

    at: datetime
    outcome: Outcome
    status: int | None = None
    likeness: Likeness = Likeness.UNKNOWN
    moved_to: str | None = None
    confirmed: bool = False  # a second look, by a fresh way, saw the source failing too
    counts: bool = True  # False: seen while a whole host or our own line was failing
    drift: Drift | None = None  # from the accepted text; None where it was not told


class Standing(NamedTuple):
    """What is known of a source's address, all in all. Strikes are kept as the moments they were counted."""

    state: State = State.UNCHECKED
    since: datetime | None = None  # when the state or a flag last changed
    moved: bool = False
    changed: bool = False
    hijacked: bool = False
    tls_problem: bool = False
    hard_strikes: tuple[datetime, ...] = ()
    removals: tuple[datetime, ...] = ()
    soft_strikes: tuple[datetime, ...] = ()  # every failing outcome, the hard ones included
    blocked_since: datetime | None = None
    moved_to: str | None = None
    moved_sightings: int = 0
    streak: int = 0  # checks since the last change of anything
    last_ok_at: datetime | None = None

    @property
    def has_strikes(self) -> bool:
        return bool(self.hard_strikes or self.soft_strikes or self.removals)

    @property
    def flags(self) -> tuple[str, ...]:
        """The names of the flags that are up."""
        return tuple(name for name in FLAGS if getattr(self, name))


class Step(NamedTuple):
    """What one sighting made of a standing. `reason` is set if the state or a flag changed."""

    standing: Standing
    reason: str = ""
    review: bool = False  # a person is to look


def apply(standing: Standing, sighting: Sighting, rules: Rules) -> Step:
    """Fold one sighting into a standing."""
    if standing.state is State.EXEMPT or not sighting.counts:
        return Step(standing)
    outcome = sighting.outcome
    if outcome in ALIVE:
        step = _alive(standing, sighting, rules)
    elif outcome in FAILING:
        step = _failing(standing, sighting, rules)
    elif outcome is Outcome.BLOCKED:
        step = _blocked(standing, sighting, rules)
    elif outcome is Outcome.USURPED:
        step = Step(
            standing._replace(hijacked=True, state=_not_below(standing.state, State.SUSPECT)),
            "Another party holds the address now; it is no longer linked.",
            review=True,
        )
    elif outcome is Outcome.TLS_PROBLEM:
        step = Step(standing._replace(tls_problem=True), "The certificate of the site does not hold.")
    elif outcome in (Outcome.WRONG_TYPE, Outcome.UNSAFE, Outcome.UNSUPPORTED):
        step = Step(standing, review=True)
    else:  # rate limited: says nothing
        step = Step(standing)
    return _settled(standing, step, sighting)


def _settled(before: Standing, step: Step, sighting: Sighting) -> Step:
    after = step.standing
    if sighting.outcome not in (Outcome.TLS_PROBLEM, Outcome.RATE_LIMITED) and _was_heard(sighting):
        after = after._replace(tls_problem=False)
    changed = _published(after) != _published(before)
    after = after._replace(streak=0 if changed else min(after.streak + 1, 1_000))
    if changed:
        after = after._replace(since=sighting.at)
    reason = step.reason
    if changed and not reason:
        reason = "The certificate of the site holds again." if before.tls_problem else "It answers as it should again."
    return Step(after, reason if changed else "", step.review)


def _published(standing: Standing) -> tuple[object, ...]:
    return (standing.state, standing.flags)


def _was_heard(sighting: Sighting) -> bool:
    return sighting.status is not None or sighting.outcome in ALIVE


def _not_below(state: State, least: State) -> State:
    return state if state is State.DEAD else least


def _alive(standing: Standing, sighting: Sighting, rules: Rules) -> Step:
    if sighting.likeness is Likeness.UNLIKE or (
        standing.state is State.DEAD and sighting.likeness is not Likeness.LIKE
    ):
        # Something answers where the source was lost; whether it is the source is for a person to say.
        return Step(
            standing._replace(changed=standing.changed or sighting.likeness is Likeness.UNLIKE, last_ok_at=sighting.at),
            "The page now says something else.",
            review=True,
        )
    after = standing._replace(
        state=State.LIVE,
        hijacked=False if sighting.likeness is Likeness.LIKE else standing.hijacked,
        changed=standing.changed if sighting.drift is None else sighting.drift >= Drift.EDITED,
        hard_strikes=(),
        removals=(),
        soft_strikes=(),
        blocked_since=None,
        last_ok_at=sighting.at,
    )
    if after.hijacked:
        # Only the text itself shows that the address is the source's again.
        return Step(standing, review=True)
    if sighting.moved_to is None:
        after = after._replace(moved=False, moved_to=None, moved_sightings=0)
    else:
        same = sighting.moved_to == standing.moved_to
        seen = min(standing.moved_sightings + 1, 1_000) if same else 1
        for_good = sighting.outcome is Outcome.OK_MOVED
        after = after._replace(
            moved=for_good and seen >= rules.moved_after_sightings, moved_to=sighting.moved_to, moved_sightings=seen
        )
    if after.moved and not standing.moved:
        return Step(after, "The page has moved for good; the new address is proposed.", review=True)
    if after.changed and not standing.changed and standing.state is State.LIVE:
        return Step(after, "The text of the page has changed.", review=True)
    if standing.changed and not after.changed and standing.state is State.LIVE:
        return Step(after, "The page shows its earlier text again.")
    reason = {
        State.UNCHECKED: "It answered for the first time.",
        State.SUSPECT: "It answers again.",
        State.UNVERIFIABLE: "It can be checked again.",
        State.DEAD: "The same page answers again.",
    }.get(standing.state, "")
    return Step(after, reason)


def _failing(standing: Standing, sighting: Sighting, rules: Rules) -> Step:
    after = _with_strikes(standing, sighting, rules)
    if standing.state is State.DEAD:
        return Step(after)
    if _enough_to_be_dead(after, rules) and sighting.confirmed:
        return Step(after._replace(state=State.DEAD), _why_dead(after, sighting, rules), review=True)
    if sighting.outcome in HARD:
        return Step(after._replace(state=State.SUSPECT), "It failed; it is looked at again over the next days.")
    if len(after.soft_strikes) >= rules.suspect_after_soft_strikes:
        return Step(after._replace(state=State.SUSPECT), "It did not answer, days apart.")
    return Step(after)


def _with_strikes(standing: Standing, sighting: Sighting, rules: Rules) -> Standing:
    gap = timedelta(hours=rules.strike_gap_hours)

    def struck(strikes: tuple[datetime, ...]) -> tuple[datetime, ...]:
        if strikes and sighting.at - strikes[-1] < gap:
            return strikes
        # The first one is kept: how long it has been failing is counted from there.
        return (*strikes[:1], *strikes[1:][2 - MOST_STRIKES :], sighting.at)

    after = standing._replace(soft_strikes=struck(standing.soft_strikes))
    if sighting.outcome in HARD:
        after = after._replace(hard_strikes=struck(standing.hard_strikes))
    if sighting.status == 410:
        after = after._replace(removals=struck(standing.removals))
    return after


def _enough_to_be_dead(standing: Standing, rules: Rules) -> bool:
    def over(strikes: tuple[datetime, ...], count: int, days: float) -> bool:
        return len(strikes) >= count and strikes[-1] - strikes[0] >= timedelta(days=days)

    return (
        over(standing.hard_strikes, rules.dead_after_strikes, rules.dead_after_days)
        or over(standing.removals, rules.dead_after_removals, rules.strike_gap_hours / 24)
        or over(standing.soft_strikes, rules.dead_after_soft_strikes, rules.dead_after_soft_days)
    )


def _why_dead(standing: Standing, sighting: Sighting, rules: Rules) -> str:
    first = min(standing.soft_strikes)
    days = (sighting.at - first).days
    if len(standing.removals) >= rules.dead_after_removals:
        return f"The site said {len(standing.removals)} times over {days} days that the page was removed for good."
    if len(standing.hard_strikes) >= rules.dead_after_strikes:
        return f"The page was missing {len(standing.hard_strikes)} times over {days} days, and on a second look."
    return f"There was no answer {len(standing.soft_strikes)} times over {days} days, nor on a second look."


def needs_second_look(standing: Standing, sighting: Sighting, rules: Rules) -> bool:
    """Whether this sighting would make a source dead, if a second look agrees."""
    if standing.state in (State.DEAD, State.EXEMPT) or not sighting.counts or sighting.outcome not in FAILING:
        return False
    return _enough_to_be_dead(_with_strikes(standing, sighting, rules), rules)


def _blocked(standing: Standing, sighting: Sighting, rules: Rules) -> Step:
    since = standing.blocked_since or sighting.at
    after = standing._replace(blocked_since=since)
    long_enough = sighting.at - since >= timedelta(days=rules.unverifiable_after_days)
    if long_enough and standing.state not in (State.DEAD, State.UNVERIFIABLE):
        return Step(after._replace(state=State.UNVERIFIABLE), "The site has refused our checks for two weeks.")
    return Step(after)


def hijacked_with_its_host(step: Step, *, at: datetime) -> Step:
    """The step of a source whose text is another, as are those of its whole host."""
    standing = step.standing
    if standing.hijacked:
        return step
    after = standing._replace(hijacked=True, state=_not_below(standing.state, State.SUSPECT), streak=0, since=at)
    return Step(after, "The whole site shows other texts now: another party may hold the address.", review=True)


def without_strikes(standing: Standing, *, since: datetime) -> Standing:
    """Take back the strikes counted from a moment on: they were made while a host or our line was failing."""

    def before(strikes: tuple[datetime, ...]) -> tuple[datetime, ...]:
        return tuple(strike for strike in strikes if strike < since)

    after = standing._replace(
        hard_strikes=before(standing.hard_strikes),
        removals=before(standing.removals),
        soft_strikes=before(standing.soft_strikes),
    )
    if after.state is State.SUSPECT and not after.has_strikes and not after.hijacked:
        after = after._replace(state=State.LIVE if after.last_ok_at else State.UNCHECKED)
    return after


def replay(sightings: Iterable[Sighting], rules: Rules, *, standing: Standing | None = None) -> Standing:
    """What a history of sightings comes to under these rules."""
    standing = standing or Standing()
    for sighting in sightings:
        standing = apply(standing, sighting, rules).standing
    return standing


def hint(outcome: Outcome) -> State:
    """The state to which one outcome alone points, for an address of which nothing else is known."""
    if outcome in ALIVE:
        return State.LIVE
    if outcome in FAILING or outcome is Outcome.USURPED:
        return State.SUSPECT
    if outcome in (Outcome.BLOCKED, Outcome.TLS_PROBLEM, Outcome.WRONG_TYPE):
        return State.UNVERIFIABLE
    return State.UNCHECKED


# --- Faults that are not the source's ---------------------------------------------------------------


def is_host_incident(*, failing: int, sources: int, frozen_until: datetime | None, at: datetime, rules: Rules) -> bool:
    """Whether so many of a host's sources fail within a day that it is the host, not they.

    A host that goes on failing after its freeze is not frozen again: then its sources are really gone.
    """
    if frozen_until is not None and at < frozen_until + timedelta(days=rules.host_quiet_days):
        return False
    return failing >= rules.host_least_sources and failing >= rules.host_share * sources


def is_own_fault(*, failing: int, checks: int, failing_hosts: int, rules: Rules) -> bool:
    """Whether so many checks of a run fail in the network that it is our own line."""
    return (
        checks >= rules.own_least_checks
        and failing_hosts >= rules.own_least_hosts
        and failing >= rules.own_share * checks
    )


# --- When to look again --------------------------------------------------------------------------------


def phase(source_id: int) -> float:
    """A number in [0, 1) that is always the same for a source and spreads sources evenly."""
    digest = hashlib.blake2b(source_id.to_bytes(8, "big", signed=True), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def interval(standing: Standing, sighting: Sighting, watch_class: WatchClass, rules: Rules) -> timedelta:
    """How long after this sighting a source is looked at again, before jitter."""
    if not sighting.counts:
        return timedelta(minutes=rules.own_retry_minutes)
    if sighting.outcome in (Outcome.UNSAFE, Outcome.UNSUPPORTED):
        return timedelta(days=rules.refused_days)
    if standing.state is State.DEAD:
        steps = rules.dead_days
        return timedelta(days=steps[min(standing.streak, len(steps) - 1)])
    if standing.state is State.UNVERIFIABLE:
        return timedelta(hours=rules.unverifiable_hours)
    if standing.state is State.SUSPECT or standing.has_strikes or standing.tls_problem:
        first = standing.soft_strikes == (sighting.at,)
        return timedelta(hours=rules.suspect_first_hours if first else rules.suspect_hours)
    base = {
        WatchClass.OWN_PAGE: rules.own_page_hours,
        WatchClass.YOUNG: rules.young_hours,
        WatchClass.OTHER: rules.other_hours,
    }[watch_class]
    if watch_class is not WatchClass.OTHER:
        return timedelta(hours=base)
    return timedelta(hours=min(base * rules.growth ** min(standing.streak, 10), max(base, rules.longest_hours)))


def next_due(
    standing: Standing, sighting: Sighting, *, source_id: int, watch_class: WatchClass, rules: Rules
) -> datetime:
    """When a source falls due again: the interval and up to 15 % more or less, stable for this check.

    Where strikes are being counted only more: a look a little too early would not count as a strike.
    """
    wait = interval(standing, sighting, watch_class, rules)
    seed = hashlib.blake2b(f"{source_id}:{sighting.at.timestamp():.0f}".encode(), digest_size=8).digest()
    share = int.from_bytes(seed, "big") / 2**64
    failing = standing.state is State.SUSPECT or standing.has_strikes
    stretch = 1 + rules.jitter * (share if failing or not sighting.counts else 2 * share - 1)
    return sighting.at + wait * stretch
