"""Words for steps, kinds and investments, and the addresses of their pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pledges.models import Effect, Event, Investment, Pledge
from pledges.vocabulary import STEPS, EventKind, HoldingEffect, PledgeEffect

# Who says so, in a line under a step.
SAYS_WHO: Final[dict[str, str]] = {
    "stated": "Says who: the company.",
    "reported": "Says who: journalists or other observers.",
    "alleged": "Says who: a party whose claim is contested or undecided.",
    "found": "Says who: an audit, regulator or court.",
}


def step_name(kind: str) -> str:
    """“extended”, “text removed without notice”."""
    return STEPS.get(kind) or HoldingEffect(kind).label


# What weighs against a company is named after who says it, so that no claim reads as a verdict.
CLAIMS: Final[dict[str, dict[str, str]]] = {
    PledgeEffect.BROKEN: {
        "stated": "breach admitted",
        "reported": "breach reported",
        "alleged": "breach alleged",
        "found": "breach found",
    },
    PledgeEffect.CONTRARY_PRACTICE: {
        "stated": "practice against its words, admitted",
        "reported": "practice against its words, reported",
        "alleged": "practice against its words, alleged",
        "found": "practice against its words, found",
    },
    PledgeEffect.NARROWED: {"alleged": "narrowing alleged"},
    PledgeEffect.WITHDRAWN: {"alleged": "withdrawal alleged"},
    PledgeEffect.REMOVED: {"alleged": "removal alleged"},
    PledgeEffect.FULFILLED: {"stated": "done, by its own word", "reported": "done, as reported"},
}


def effect_name(effect: Effect) -> str:
    """What an effect is called, with who says so where that matters: “breach alleged”."""
    return CLAIMS.get(effect.kind, {}).get(effect.standing) or step_name(effect.kind)


def investor_name(investment: Investment) -> str:
    return investment.investor.name if investment.investor else "An investor not named"


def investment_title(investment: Investment) -> str:
    """“Microsoft (through M12) invests in AnyVision”. With investor, fund and company at hand."""
    through = investment.through
    fund = f" (through {through.name})" if through is not None and through != investment.investor else ""
    return f"{investor_name(investment)}{fund} invests in {investment.investee.name}"


def pledge_address(pledge: Pledge) -> str:
    return f"/pledges/{pledge.slug}/"


def event_address(event: Event) -> str:
    return f"/events/{event.slug}/"


def investment_address(investment: Investment) -> str:
    return f"/investments/{investment.slug}/"


def kind_names(event: Event, effects: Sequence[Effect]) -> list[str]:
    """What an event is, in words, each once (“Fine”, “Pledge made”)."""
    names = [EventKind(event.kind).label] if event.kind else []
    names += [step_name(effect.kind) for effect in effects]
    return [name[:1].upper() + name[1:] for name in dict.fromkeys(names)]


def entry_mark(effects: Sequence[Effect]) -> str:
    """The mark of an event in a list: a bar for a pledge's, a diamond for a stake, else a tick."""
    kinds = {effect.kind for effect in effects}
    if HoldingEffect.INVESTED in kinds:
        return "invests"
    if kinds & {HoldingEffect.EXIT_ANNOUNCED, HoldingEffect.EXIT_COMPLETED}:
        return "sells"
    return "bar" if any(effect.pledge_id for effect in effects) else "event"
