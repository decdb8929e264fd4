"""From rows of the record to the lanes of the picture of companies by time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from companies.models import Company
from dates.edtf import display
from pledges.models import Effect, Event, EventMark, Investment, Pledge, StatusSpan
from pledges.models.happening import EventQuerySet
from pledges.services.dossiers import Dossier, disputed_pledges, dossiers, spans_of
from pledges.services.reading import Happening as Shown
from pledges.services.reading import for_timeline, happenings
from timeline.figures import Happening, Holding, Lane
from timeline.money import (
    ReadInvestment,
    exit_words,
    is_acquisition,
    measured_sum,
    public_investments,
    with_effects,
)
from timeline.naming import investment_address, investor_name
from timeline.standing import bar
from timeline.vocabularies import capital
from timeline.words import counted

# Read beyond those that are shown, since some are left out then.
SPARE: Final = 10


def newest_events(company: Company, day: date, *, most: int) -> list[Event]:
    """The newest events of a company, its subsidiaries included, that had begun by a day. One query."""
    found = Event.objects.public().happened_by(day).filter(marks__facet="group", marks__value=company.slug)
    return list(for_timeline(found).newest_first()[: most + SPARE])


def shown_lately(events: Sequence[Event], day: date, *, most: int) -> list[Shown]:
    """The first of some events as rows show them, without steps of what was retracted. Four queries."""
    read = happenings(events[: most + SPARE], on=day)
    return [one for one in read if one.event.title or one.effects][:most]


def happenings_of(
    companies: Sequence[Company], day: date, *, among: EventQuerySet | None = None
) -> dict[str, list[Happening]]:
    """All that happened to some companies by a day, newest first, by slug. One query.

    Without what is no more than a step of one pledge or stake. Of an event only what is drawn is read, since a
    company may have thousands.

    :param among: of these events alone.
    """
    slugs = [company.slug for company in companies]
    marks = EventMark.objects.shown_on(day).filter(facet="group", value__in=slugs).exclude(event__title="")
    if among is not None:
        marks = marks.filter(event__in=among.order_by())
    columns = ("slug", "title", "date", "date_earliest", "date_latest", "sorts_on")
    rows = marks.order_by("-event__sorts_on", "-event_id").values_list("value", *(f"event__{one}" for one in columns))
    found: dict[str, list[Happening]] = defaultdict(list)
    for company, slug, title, edtf, earliest, latest, sorts_on in rows:
        first = earliest or sorts_on
        if first <= day:
            found[company].append(
                Happening(
                    title=title,
                    href=f"/events/{slug}/",
                    earliest=first,
                    latest=min(latest or sorts_on, day),
                    edtf=edtf,
                )
            )
    return found


def between(slug: str, first: date, last: date) -> str:
    """The address of a company's events from one day to another. Whole years and months are named as such."""
    begins, ends = f"{first}", f"{last}"
    if first.day == 1 and (last + timedelta(days=1)).day == 1:
        whole_years = first.month == 1 and last.month == 12
        begins, ends = (f"{one:%Y}" if whole_years else f"{one:%Y-%m}" for one in (first, last))
    return f"/timeline/?{urlencode({'company': slug, 'from': begins, 'to': ends})}"


def _days(earliest: date | None, latest: date | None) -> tuple[date, date]:
    first = earliest or latest
    last = latest or earliest
    assert first is not None  # noqa: S101 -- a date names at least one day
    assert last is not None  # noqa: S101
    return first, last


def exits_by(read: ReadInvestment, day: date) -> list[Effect]:
    """What had been announced or done by a day to end a stake."""
    return [effect for effect in read.exits if _days(effect.date_earliest, effect.date_latest)[0] <= day]


def holding(read: ReadInvestment, company: Company, day: date) -> Holding | None:
    """A stake as two diamonds and a line; None if it was taken after the day.

    :param company: whose lane it is: the investor's names the company it holds, the other's names the investor.
    """
    row = read.investment
    since = _days(row.announced_earliest, row.announced_latest)
    if since[0] > day:
        return None
    exits = exits_by(read, day)
    investor = investor_name(row)
    amount = measured_sum(row)
    ended = exit_words(exits)
    # Translators: who holds a stake, and from when, read aloud
    held = _("%(investor)s, from %(since)s")
    said = [held % {"investor": investor, "since": display(row.announced_on, in_sentence=True)}]
    if ended:
        said.append(capital(ended))
    return Holding(
        label=_holding_label(row, read.made_by(company)),
        kind=pgettext("kind of investment", "Acquisition")
        if is_acquisition(row)
        else pgettext("kind of investment", "Stake"),
        href=investment_address(row),
        since=since,
        since_words=display(row.announced_on),
        until=_days(exits[-1].date_earliest, exits[-1].date_latest) if exits else None,
        until_words=ended,
        # Translators: a sum of money
        note=_("%(sum)s, as reported") % {"sum": amount} if amount else "",
        said=". ".join(said),
    )


def _holding_label(row: Investment, invests: bool) -> str:
    whole = is_acquisition(row)
    if invests:
        said = _("Acquisition of %(company)s") if whole else _("Stake in %(company)s")
        return said % {"company": row.investee.name}
    said = _("%(investor)s buys the company") if whole else _("%(investor)s invests")
    return said % {"investor": investor_name(row)}


def lanes_of(companies: Sequence[Company], day: date, *, among: EventQuerySet | None = None) -> list[Lane]:
    """A lane for each of some companies. Nine queries, however many there are.

    Of a company's stakes only those that it took are drawn here, to keep its lane short.

    :param among: draw only these events, and the pledges and stakes that they concern.
    """
    keys = [company.pk for company in companies]
    made = Pledge.objects.public().filter(company__in=keys)
    taken = public_investments().filter(Q(investor__in=keys) | Q(through__in=keys))
    if among is not None:
        concerned = Effect.objects.public().filter(event__in=among.order_by())
        made = made.filter(pk__in=concerned.values("pledge"))
        taken = taken.filter(pk__in=concerned.values("investment"))
    pledges = list(made.order_by("made_earliest", "pk"))
    read, spans, differs = dossiers(pledges), spans_of(pledges), disputed_pledges(pledges, on=day)
    stakes = with_effects(taken.order_by("announced_earliest", "pk"))
    events = happenings_of(companies, day, among=among)
    nothing = _("No pledge found") if among is None else _("No pledge among these")
    return [_lane(company, day, pledges, read, spans, differs, stakes, events, nothing) for company in companies]


def finding(lanes: Sequence[Lane], ending: Collection[str]) -> str:
    """What the picture of some companies shows, in one sentence, to be its heading.

    :param ending: addresses of the pledges that name an end date, or have a clause that does.
    """
    bars = [one for lane in lanes for one in lane.bars]
    standing = [one for one in bars if not one.closed and one.stretches[-1].headline.startswith("in-force")]
    dated = sum(one.href in ending for one in standing)
    # Translators: of pledges, events …, behind “by” or “of”
    of_companies = ngettext("one company", "%(number)s companies", len(lanes)) % {"number": len(lanes)}
    return _finding(len(bars), len(standing), dated) % {
        "companies": of_companies,
        "all": len(bars),
        "standing": len(standing),
        "dated": dated,
    }


def _finding(every: int, standing: int, dated: int) -> str:
    """The sentence for so many pledges, of which some stand, of which some name an end date."""
    if not every:
        return _("No pledge, but events of %(companies)s on record")
    if every == 1:
        if not standing:
            return _("The one pledge by %(companies)s is not in force")
        if not dated:
            return _("The one pledge by %(companies)s is in force, and names no end date")
        return _("The one pledge by %(companies)s is in force, and names an end date")
    if not standing:
        return _("None of %(all)s pledges by %(companies)s is in force")
    if standing == 1:
        if not dated:
            return _("%(standing)s of %(all)s pledges by %(companies)s is in force, and it names no end date")
        return _("%(standing)s of %(all)s pledges by %(companies)s is in force, and it names an end date")
    if standing == every:
        if not dated:
            return _("All %(all)s pledges by %(companies)s are in force, and none names an end date")
        return ngettext(
            "All %(all)s pledges by %(companies)s are in force, and only one names an end date",
            "All %(all)s pledges by %(companies)s are in force, and %(dated)s name an end date",
            dated,
        )
    if not dated:
        return _("%(standing)s of %(all)s pledges by %(companies)s are in force, and none names an end date")
    return ngettext(
        "%(standing)s of %(all)s pledges by %(companies)s are in force, and only one names an end date",
        "%(standing)s of %(all)s pledges by %(companies)s are in force, and %(dated)s name an end date",
        dated,
    )


def _lane(
    company: Company,
    day: date,
    pledges: Sequence[Pledge],
    read: Mapping[int, Dossier],
    spans: Mapping[int, Sequence[StatusSpan]],
    differs: set[int],
    stakes: Sequence[ReadInvestment],
    events: Mapping[str, Sequence[Happening]],
    nothing: str,
) -> Lane:
    own = [pledge for pledge in pledges if pledge.company_id == company.pk]
    drawn = [
        bar(read[pledge.pk], spans.get(pledge.pk, ()), day, differs=pledge.pk in differs, who=company.name)
        for pledge in own
    ]
    bars = [one for one in drawn if one is not None]
    taken = [holding(one, company, day) for one in stakes if one.made_by(company)]
    holdings = [one for one in taken if one is not None]
    slug = company.slug
    return Lane(
        name=company.name,
        note=counted(len(bars), "pledge") if bars else nothing,
        href=f"/companies/{slug}/",
        bars=bars,
        holdings=holdings,
        happenings=events.get(slug, ()),
        more=lambda first, last: between(slug, first, last),
    )
