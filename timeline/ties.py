"""Who owns a company and holds stakes in it, and what it owns and holds: the ties that are drawn on its page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from companies.models import Company, Ownership
from dates.edtf import display
from timeline.lanes import exits_by
from timeline.money import ReadInvestment, is_acquisition
from timeline.naming import investment_address, investor_name


@dataclass(frozen=True, kw_only=True)
class Tie:
    """One line of the drawing, from the company in the middle to another.

    owns: the whole of it, else a stake. ended: what the day shows as over. words: what kind of tie, from when to when.
    href: of the other's page, where it has one. basis: of the investment behind it, where there is one.
    """

    name: str
    href: str
    owns: bool
    ended: bool
    words: str
    basis: str = ""


@dataclass(frozen=True)
class Ties:
    """above: owners and investors of a company. below: what it owns and holds."""

    above: Sequence[Tie]
    below: Sequence[Tie]

    def __bool__(self) -> bool:
        return bool(self.above or self.below)


def ties_of(
    company: Company, day: date, *, ownerships: Iterable[Ownership], investments: Iterable[ReadInvestment]
) -> Ties:
    """The ties of a company that had begun by a day: what lasts before what is over, the whole before a stake.

    :param ownerships: those in which it is the owner or the owned.
    :param investments: those that it made or received.
    """
    above: list[Tie] = []
    below: list[Tie] = []
    for one in ownerships:
        if (one.since_earliest or one.since_latest or day) <= day:
            (above if one.company_id == company.pk else below).append(_owned(one, company, day))
    for read in investments:
        if (read.investment.announced_earliest or read.investment.announced_latest or day) <= day:
            (below if read.made_by(company) else above).append(_held(read, company, day))
    return Ties(_in_order(above), _in_order(below))


def _in_order(ties: Iterable[Tie]) -> list[Tie]:
    return sorted(ties, key=lambda tie: (tie.ended, not tie.owns, tie.name.casefold()))


def _owned(one: Ownership, company: Company, day: date) -> Tie:
    other = one.owner if one.company_id == company.pk else one.company
    until = one.until_latest or one.until_earliest
    ended = until is not None and until < day
    return Tie(
        name=other.name,
        href=f"/companies/{other.slug}/",
        owns=True,
        ended=ended,
        words=_owned_words(one.since, one.until if ended else None),
    )


def _owned_words(since: str | None, until: str | None) -> str:
    if since and until:
        return _("owned from %(since)s to %(until)s") % {"since": display(since), "until": display(until)}
    if until:
        return _("owned until %(until)s") % {"until": display(until)}
    return _("owned since %(since)s") % {"since": display(since)} if since else _("owned, since when is not stated")


def _held(read: ReadInvestment, company: Company, day: date) -> Tie:
    row = read.investment
    exits = exits_by(read, day)
    ended = any(effect.kind == "exit-completed" for effect in exits)
    other = row.investee if read.made_by(company) else row.investor
    since = display(row.announced_on)
    whole = is_acquisition(row)
    said = {"since": since, "until": display(exits[-1].date)} if exits else {"since": since}
    if ended:
        words = _("stake from %(since)s, ended %(until)s") % said
    elif exits:
        words = _("stake since %(since)s, sale announced %(until)s") % said
    else:
        words = (_("bought %(since)s") if whole else _("stake since %(since)s")) % said
    return Tie(
        name=other.name if other else investor_name(row),
        href=f"/companies/{other.slug}/" if other else "",
        owns=whole,
        ended=ended,
        words=words,
        basis=investment_address(row),
    )
