"""Which states would differ if the rules were others: stored checks folded again, under both sets of rules.

Nothing is written. What a check saw is taken as it was stored; whether a failure was counted, or was put down to a
whole host or to our own line, was decided when it was made and is not decided again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from sources.limits import converted, refuse_outside, takes
from sources.models import LinkCheck, LinkState, StateChange
from sources.outcomes import Likeness, Outcome
from sources.states import Rules, Sighting, Standing, State, replay
from sources.text import Drift

_AT_ONCE = 1_000
# What turns stored sightings into states. All other rules say when to look again, or were applied to a check
# before it was stored.
_REPLAYED = (
    "strike_gap_hours",
    "dead_after_strikes",
    "dead_after_days",
    "dead_after_removals",
    "dead_after_soft_strikes",
    "dead_after_soft_days",
    "suspect_after_soft_strikes",
    "unverifiable_after_days",
    "moved_after_sightings",
)


class Outlook(NamedTuple):
    """One source whose published state would be another."""

    slug: str
    now: str
    then: str
    checks: int


class BadRule(ValueError):
    """A rule that is unknown, cannot be read, or cannot be tried on stored checks; the message says which."""


def changed_rules(rules: Rules, given: Sequence[str]) -> Rules:
    """Rules with some of them replaced.

    :param given: such as ``dead_after_strikes=4``; the names are those of `Rules`, with or without LINK_CHECK_.
    :raises BadRule: naming what cannot be used, and what could be.
    """
    known = {each.name: each for each in fields(Rules)}
    changes = {}
    for one in given:
        name, equals, value = one.partition("=")
        name = name.strip().lower().removeprefix("link_check_")
        if not equals or name not in known:
            raise BadRule(f"“{one}” is no rule. Write NAME=VALUE with one of: {', '.join(_REPLAYED)}.")
        if name not in _REPLAYED:
            raise BadRule(f"{name} says when and how to look, not what follows; stored checks cannot tell about it.")
        try:
            changes[name] = converted(value.strip(), kind=str(known[name].type))
            refuse_outside(changes[name], **known[name].metadata)
        except (TypeError, ValueError, OverflowError) as fault:
            wanted = takes(str(known[name].type), **known[name].metadata)
            raise BadRule(f"{name}: “{value}” cannot be read: {wanted}.") from fault
    return replace(rules, **changes)


def outlooks(*, current: Rules, changed: Rules, counts: Counter[tuple[str, str]] | None = None) -> Iterator[Outlook]:
    """Every source whose state, folded from its stored checks, differs between two sets of rules.

    :param counts: if given, counts the states of all sources, as (now, then).
    """
    ids = list(LinkState.objects.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), _AT_ONCE):
        yield from _of(ids[first : first + _AT_ONCE], current=current, changed=changed, counts=counts)


def _of(
    source_ids: Sequence[int], *, current: Rules, changed: Rules, counts: Counter[tuple[str, str]] | None
) -> Iterator[Outlook]:
    states = {
        row.pk: row
        for row in LinkState.objects.filter(pk__in=source_ids).select_related("source").defer("source__note")
    }
    checks = LinkCheck.objects.filter(source__in=source_ids).order_by("source_id", "slot").iterator(chunk_size=5_000)
    starts = _starts(source_ids)
    for source_id, rows in groupby(checks, key=lambda check: check.source_id):
        state = states[source_id]
        stored = list(rows)
        sightings = [_sighting(check, state) for check in stored]
        start = Standing()
        for moment, standing in starts.get(source_id, []):
            if moment < stored[0].checked_at:
                start = standing
        now, then = (replay(sightings, rules, standing=start) for rules in (current, changed))
        if counts is not None:
            counts[(_published(now), _published(then))] += 1
        if _published(now) != _published(then):
            yield Outlook(state.source.slug, _published(now), _published(then), len(stored))


def _starts(source_ids: Sequence[int]) -> dict[int, list[tuple[datetime, Standing]]]:
    """Where each source stood after each change, in order: a history that was let go begins in the middle."""
    found: dict[int, list[tuple[datetime, Standing]]] = {}
    for change in StateChange.objects.filter(source__in=source_ids).order_by("source_id", "at", "pk"):
        standing = Standing(
            state=State(change.after),
            since=change.at,
            moved="moved" in change.flags,
            changed="changed" in change.flags,
            hijacked="hijacked" in change.flags,
            tls_problem="tls_problem" in change.flags,
        )
        found.setdefault(change.source_id, []).append((change.at, standing))
    return found


def _sighting(check: LinkCheck, state: LinkState) -> Sighting:
    outcome = Outcome(check.outcome)
    return Sighting(
        at=check.checked_at,
        outcome=outcome,
        status=check.status,
        likeness=Likeness(check.likeness),
        # The address is kept once a source, not with each check.
        moved_to=state.moved_to or "elsewhere" if outcome is Outcome.OK_MOVED else None,
        # Where no second look was needed then, one is taken to agree: the outlook shows the most that could follow.
        confirmed=True,
        counts=check.discarded == LinkCheck.Discarded.NO,
        drift=None if check.drift is None else Drift(check.drift),
    )


def _published(standing: Standing) -> str:
    return ", ".join([standing.state.value, *(name.replace("_", " ") for name in standing.flags)])
