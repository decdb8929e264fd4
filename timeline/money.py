"""Investments as pages show them: each sum as reported, side by side, and never added up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from companies.models import Company
from dates.edtf import display
from pledges.models import Citation, Effect, Investment
from pledges.vocabulary import AmountIs, ExitKind, HoldingEffect, Stake
from timeline.components import CitationMark, ShownDate
from timeline.naming import investment_address, investor_name
from timeline.references import References
from timeline.shown import shown_date, sum_words
from timeline.words import Labels


@dataclass(frozen=True)
class ReadInvestment:
    """An investment with its effects in their order; ``of`` is the company whose page it is read for, if any."""

    investment: Investment
    effects: tuple[Effect, ...]
    of: Company | None = None

    def made_by(self, company: Company) -> bool:
        return company.pk in (self.investment.investor_id, self.investment.through_id)

    @property
    def invested(self) -> Effect | None:
        return next((effect for effect in self.effects if effect.kind == HoldingEffect.INVESTED), None)

    @property
    def exits(self) -> list[Effect]:
        return [effect for effect in self.effects if effect.kind != HoldingEffect.INVESTED]


@dataclass(frozen=True, kw_only=True)
class InvestmentShown:
    """A row of a table of investments."""

    href: str
    investor: str
    investor_href: str
    through: str
    investee: str
    investee_href: str
    round: str
    since: ShownDate
    until: ShownDate | None
    until_word: str
    sum: str
    measures: str
    ended: str
    citations: Sequence[CitationMark]
    exit_citations: Sequence[CitationMark]


def with_effects(investments: Iterable[Investment], *, of: Company | None = None) -> list[ReadInvestment]:
    """The given investments with what happened to each. One query."""
    rows = list(investments)
    effects: dict[int, list[Effect]] = defaultdict(list)
    public = Effect.objects.public().filter(investment__in=[row.pk for row in rows]).select_related("event")
    for effect in public.order_by("investment_id", "position", "pk"):
        effects[effect.investment_id or 0].append(effect)
    return [ReadInvestment(row, tuple(effects[row.pk]), of) for row in rows]


def public_investments() -> QuerySet[Investment]:
    return Investment.objects.public().select_related("investor", "through", "investee", "round")


def investments_of(company: Company) -> list[ReadInvestment]:
    """What a company invested and received, newest first. Two queries."""
    about = Q(investor=company) | Q(through=company) | Q(investee=company)
    rows = public_investments().filter(about).order_by("-announced_earliest", "-pk")
    return with_effects(rows, of=company)


EXIT_WORDS: Final = Labels(
    {
        ExitKind.ANNOUNCED_DIVESTMENT: gettext_lazy("Sale of the stake announced"),
        ExitKind.DIVESTMENT: gettext_lazy("Stake sold"),
        ExitKind.ACQUISITION: gettext_lazy("The company was acquired"),
        # Translators: its shares are traded on an exchange since
        ExitKind.LISTING: gettext_lazy("The company was listed"),
        # Translators: the stake
        ExitKind.WRITE_OFF: gettext_lazy("Written off"),
    }
)


def ended_words(exits: Sequence[Effect]) -> str:
    """How a stake ended, or that nothing is on record."""
    if not exits:
        return _("No sale on record")
    last = exits[-1]
    words = EXIT_WORDS.get(last.exit_kind or "") or pgettext("a stake", "Ended")
    proceeds = sum_words(last.amount, last.currency)
    if not proceeds:
        return words
    # Translators: how a stake ended, as “Stake sold”, and for how much
    return _("%(how)s, %(sum)s as reported") % {"how": words, "sum": proceeds}


def measures(amount_is: str | None) -> str:
    """What a sum measures, in words."""
    return str(AmountIs(amount_is).label) if amount_is else ""


SUMS: Final = Labels(
    {
        # Translators: all that all investors gave at one time
        AmountIs.ROUND: gettext_lazy("round of %(sum)s"),
        AmountIs.STAKE: "%(sum)s",
        AmountIs.SETTLEMENT: gettext_lazy("settlement of %(sum)s"),
        AmountIs.FINE: gettext_lazy("fine of %(sum)s"),
        AmountIs.FINE_PAID: gettext_lazy("fine of %(sum)s, paid"),
        AmountIs.PENALTY_MAXIMUM: gettext_lazy("penalty of at most %(sum)s"),
        AmountIs.FEES: gettext_lazy("fees of %(sum)s"),
        AmountIs.CONTRACT: gettext_lazy("contract of %(sum)s"),
        AmountIs.ACQUISITION: gettext_lazy("price of %(sum)s"),
        AmountIs.VALUATION: gettext_lazy("valuation of %(sum)s"),
        AmountIs.TOTAL_RAISED: gettext_lazy("%(sum)s raised in all"),
        AmountIs.EXIT: gettext_lazy("proceeds of %(sum)s"),
    }
)


def measured_sum(investment: Investment) -> str:
    """The sum with what it measures: “round of USD 74 million”. The sum alone is this investor's own part."""
    amount = sum_words(investment.amount, investment.currency)
    return SUMS[investment.amount_is] % {"sum": amount} if amount and investment.amount_is else amount


def is_acquisition(investment: Investment) -> bool:
    """Whether the whole company was bought, so that it is no stake among others."""
    return investment.amount_is == AmountIs.ACQUISITION


def exit_words(exits: Sequence[Effect]) -> str:
    """When a stake ended, or that its sale is announced and no more: “sale announced 27 March 2020”."""
    if not exits:
        return ""
    last = exits[-1]
    if last.kind == HoldingEffect.EXIT_ANNOUNCED:
        return _("sale announced %(date)s") % {"date": display(last.date)}
    # Translators: a stake
    return _("ended %(date)s") % {"date": display(last.date)}


def shown_investment(
    read: ReadInvestment, citations: Mapping[int, Sequence[Citation]], references: References
) -> InvestmentShown:
    row = read.investment
    exits = read.exits
    invested = read.invested
    return InvestmentShown(
        href=investment_address(row),
        investor=investor_name(row),
        investor_href=f"/companies/{row.investor.slug}/" if row.investor else "",
        through=row.through.name if row.through and row.through_id != row.investor_id else "",
        investee=row.investee.name,
        investee_href=f"/companies/{row.investee.slug}/",
        round=row.round_name or "",
        since=shown_date(row.announced_on, printed=row.date_printed, basis=row.date_basis),
        until=shown_date(exits[-1].date) if exits else None,
        # Translators: in brackets behind a date
        until_word=_("sale announced") if exits and exits[-1].kind == HoldingEffect.EXIT_ANNOUNCED else "",
        sum=sum_words(row.amount, row.currency),
        measures=measures(row.amount_is) if row.amount is not None else "",
        ended=ended_words(exits),
        citations=references.marks(citations.get(invested.pk, ())[:3]) if invested else (),
        exit_citations=references.marks(citations.get(exits[-1].pk, ())[:3]) if exits else (),
    )


def stake_words(stake: str) -> str:
    return STAKES.get(stake) or pgettext("a stake", "Not stated")


STAKES: Final = Labels(
    {
        Stake.MINORITY: pgettext_lazy("a stake", "Minority"),
        Stake.MAJORITY: pgettext_lazy("a stake", "Majority"),
    }
)
