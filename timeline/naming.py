"""How events and investments are called on pages, in lists and in files.

An event that has no title of its own is a step in the life of one pledge or investment, and is named after
what it did to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pledges.models import Effect, Event, Investment, Pledge
from pledges.vocabulary import EventKind, ExitKind, HoldingEffect, PledgeEffect

# What a step did, to stand after the pledge's title.
STEPS: Final[dict[str, str]] = {
    PledgeEffect.MADE: "pledge made",
    PledgeEffect.EFFECTIVE: "takes effect",
    PledgeEffect.CLARIFIED: "clarified",
    PledgeEffect.EXTENDED: "extended",
    PledgeEffect.NARROWED: "narrowed",
    PledgeEffect.WIDENED: "widened",
    PledgeEffect.REWORDED: "reworded",
    PledgeEffect.REAFFIRMED: "reaffirmed",
    PledgeEffect.WITHDRAWN: "withdrawn",
    PledgeEffect.REMOVED: "text removed without notice",
    PledgeEffect.SUPERSEDED: "superseded",
    PledgeEffect.CONDITION_MET: "what was to end it has happened",
    PledgeEffect.FULFILLED: "done",
    PledgeEffect.BROKEN: "breach claimed or found",
    PledgeEffect.CONTRARY_PRACTICE: "practice against its words",
    PledgeEffect.PRACTICE: "practice beside it",
    PledgeEffect.CLEARED: "allegation not borne out",
    PledgeEffect.SEARCHED: "searched, nothing contrary found",
    PledgeEffect.ASKED: "company asked",
}
# Who says so, in a line under a step.
SAYS_WHO: Final[dict[str, str]] = {
    "stated": "Says who: the company.",
    "reported": "Says who: journalists or other observers.",
    "alleged": "Says who: a party whose claim is contested or undecided.",
    "found": "Says who: an audit, regulator or court.",
}
EXITS: Final[dict[str, str]] = {
    ExitKind.ANNOUNCED_DIVESTMENT: "announces the sale of its stake in",
    ExitKind.DIVESTMENT: "sells its stake in",
    ExitKind.ACQUISITION: "leaves with the acquisition of",
    ExitKind.LISTING: "leaves with the listing of",
    ExitKind.WRITE_OFF: "writes off its stake in",
}


def step_name(kind: str) -> str:
    """“extended”, “text removed without notice”."""
    return STEPS.get(kind) or HoldingEffect(kind).label


def investor_name(investment: Investment) -> str:
    return investment.investor.name if investment.investor else "An investor not named"


def investment_title(investment: Investment) -> str:
    """“Microsoft invests in AnyVision”."""
    return f"{investor_name(investment)} invests in {investment.investee.name}"


def step_title(effect: Effect) -> str:
    """The name of an event that is nothing but this effect."""
    if effect.pledge is not None:
        return f"{effect.pledge.title}: {step_name(effect.kind)}"
    assert effect.investment is not None  # noqa: S101 -- an effect is on one or the other
    if effect.kind == HoldingEffect.INVESTED:
        return investment_title(effect.investment)
    verb = EXITS.get(effect.exit_kind or "", "ends its stake in")
    return f"{investor_name(effect.investment)} {verb} {effect.investment.investee.name}"


def event_title(event: Event, effects: Sequence[Effect]) -> str:
    """What an event is called.

    :param effects: of this event, in their order, with pledge or investment at hand.
    """
    if event.title:
        return event.title
    return step_title(effects[0]) if effects else event.slug.replace("-", " ").capitalize()


def event_summary(event: Event, effects: Sequence[Effect]) -> str:
    """What happened, in a sentence or two: the event's own summary, or that of its first effect that has one."""
    return event.summary or next((effect.summary for effect in effects if effect.summary), "")


def kind_names(event: Event, effects: Sequence[Effect]) -> list[str]:
    """What an event is, in words, each once (“Fine”, “Pledge made”)."""
    names = [EventKind(event.kind).label] if event.kind else []
    for effect in effects:
        names.append(step_name(effect.kind))
    return [name[:1].upper() + name[1:] for name in dict.fromkeys(names)]


def pledge_address(pledge: Pledge) -> str:
    return f"/pledges/{pledge.slug}/"


def event_address(event: Event) -> str:
    return f"/events/{event.slug}/"


def investment_address(investment: Investment) -> str:
    return f"/investments/{investment.slug}/"


def entry_mark(effects: Sequence[Effect]) -> str:
    """The mark of an event in a list: a bar for a pledge's, a diamond for a stake, else a tick."""
    kinds = {effect.kind for effect in effects}
    if HoldingEffect.INVESTED in kinds:
        return "invests"
    if kinds & {HoldingEffect.EXIT_ANNOUNCED, HoldingEffect.EXIT_COMPLETED}:
        return "sells"
    return "bar" if any(effect.pledge_id for effect in effects) else "event"
