"""Words for steps, kinds and investments, and the addresses of their pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pledges.models import Effect, Event, Investment, Pledge
from pledges.vocabulary import STEPS, EventKind, HoldingEffect, PledgeEffect
from timeline.words import Labels

# Who says so, in a line under a step.
SAYS_WHO: Final = Labels(
    {
        "stated": gettext_lazy("Says who: the company."),
        "reported": gettext_lazy("Says who: journalists or other observers."),
        "alleged": gettext_lazy("Says who: a party whose claim is contested or undecided."),
        "found": gettext_lazy("Says who: an audit, regulator or court."),
    }
)


def step_name(kind: str) -> str:
    """“extended”, “text removed without notice”."""
    return str(STEPS.get(kind) or HoldingEffect(kind).label)


# What weighs against a company is named after who says it, so that no claim reads as a verdict.
CLAIMS: Final[Mapping[str, Mapping[str, str]]] = {
    PledgeEffect.BROKEN: Labels(
        {
            "stated": gettext_lazy("breach admitted"),
            "reported": gettext_lazy("breach reported"),
            "alleged": gettext_lazy("breach alleged"),
            "found": gettext_lazy("breach found"),
        }
    ),
    PledgeEffect.CONTRARY_PRACTICE: Labels(
        {
            # Translators: it did something that stands against the words of its pledge
            "stated": gettext_lazy("practice against its words, admitted"),
            "reported": gettext_lazy("practice against its words, reported"),
            "alleged": gettext_lazy("practice against its words, alleged"),
            "found": gettext_lazy("practice against its words, found"),
        }
    ),
    PledgeEffect.NARROWED: Labels({"alleged": gettext_lazy("narrowing alleged")}),
    PledgeEffect.WITHDRAWN: Labels({"alleged": gettext_lazy("withdrawal alleged")}),
    PledgeEffect.REMOVED: Labels({"alleged": gettext_lazy("removal alleged")}),
    PledgeEffect.FULFILLED: Labels(
        {
            "stated": pgettext_lazy("a pledge", "done, by its own word"),
            "reported": pgettext_lazy("a pledge", "done, as reported"),
        }
    ),
}


def effect_name(effect: Effect) -> str:
    """What an effect is called, with who says so where that matters: “breach alleged”."""
    return CLAIMS.get(effect.kind, {}).get(effect.standing) or step_name(effect.kind)


def investor_name(investment: Investment) -> str:
    return investment.investor.name if investment.investor else _("An investor not named")


def investment_title(investment: Investment) -> str:
    """“Microsoft (through M12) invests in AnyVision”. With investor, fund and company at hand."""
    through = investment.through
    named = {"investor": investor_name(investment), "company": investment.investee.name}
    if through is not None and through != investment.investor:
        return _("%(investor)s (through %(fund)s) invests in %(company)s") % {**named, "fund": through.name}
    return _("%(investor)s invests in %(company)s") % named


def pledge_address(pledge: Pledge) -> str:
    return f"/pledges/{pledge.slug}/"


def event_address(event: Event) -> str:
    return f"/events/{event.slug}/"


def investment_address(investment: Investment) -> str:
    return f"/investments/{investment.slug}/"


def kind_names(event: Event, effects: Sequence[Effect]) -> list[str]:
    """What an event is, in words, each once (“Fine”, “Pledge made”)."""
    names = [str(EventKind(event.kind).label)] if event.kind else []
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
