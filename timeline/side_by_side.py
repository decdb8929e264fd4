"""Reading what the comparison of companies rests on: their pledges, stakes, questions put to them, cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from companies.models import Company
from dates.edtf import display
from pledges.models import Event, Party, Pledge
from pledges.services.dossiers import citations_of_effects, disputed_pledges, dossiers
from pledges.services.reading import for_timeline, happenings
from pledges.vocabulary import PledgeEffect
from timeline.compare import IN_COURT, MOST_MARKS, Found, Group, OfCompany, Ring, clauses_of, compared, stake_found
from timeline.money import public_investments, with_effects
from timeline.naming import pledge_address
from timeline.references import References

EVENT_KINDS: Final = IN_COURT | {"audit", "legislation", "local-ban"}


def side_by_side(companies: Sequence[Company], day: date, references: References) -> list[Group]:
    """The table. Some fifteen queries, however many companies and pledges there are."""
    keys = [one.pk for one in companies]
    pledges = list(Pledge.objects.public().filter(company__in=keys).order_by("-made_earliest", "-pk"))
    read, differs = dossiers(pledges), disputed_pledges(pledges, on=day)
    stakes = with_effects(
        public_investments().filter(Q(investor__in=keys) | Q(through__in=keys)).order_by("-announced_earliest", "-pk")
    )
    asked = {
        pledge.pk: [one for one in read[pledge.pk].happened_by(day) if one.kind == PledgeEffect.ASKED]
        for pledge in pledges
    }
    wording = [
        effect
        for pledge in pledges
        for effect in read[pledge.pk].effects
        if (version := read[pledge.pk].version_on(day)) and effect.pk == version.terms.introduced_by_id
    ]
    citations = citations_of_effects(
        [*wording, *(e for some in asked.values() for e in some), *(e for one in stakes for e in one.effects)]
    )
    parts: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for party in Party.objects.filter(company__in=keys, event__kind__in=EVENT_KINDS):
        parts[party.event_id][party.company_id or 0].add(party.part)
    events = for_timeline(Event.objects.public().happened_by(day).filter(pk__in=list(parts)).newest_first())
    shown = happenings(list(events), on=day)

    def of(company: Company) -> OfCompany:
        own = [pledge for pledge in pledges if pledge.company_id == company.pk]
        clauses = []
        for pledge in own:
            version = read[pledge.pk].version_on(day)
            rests_on = citations.get(version.terms.introduced_by_id, [])[:MOST_MARKS] if version else []
            clauses += clauses_of(read[pledge.pk], day, disputed=pledge.pk in differs, rests_on=rests_on)
        questions = [
            Found(
                ring=Ring.YES if effect.answered else Ring.NONE,
                word=(_("Answered, %(date)s") if effect.answered else _("Asked, no answer, %(date)s"))
                % {"date": display(effect.date)},
                text=effect.summary,
                href=pledge_address(pledge),
                rests_on=citations.get(effect.pk, [])[:MOST_MARKS],
            )
            for pledge in own
            for effect in asked[pledge.pk]
        ]
        taken = [
            found
            for one in stakes
            if one.made_by(company)
            and (
                found := stake_found(
                    one,
                    rests_on=citations.get(one.effects[-1].pk, [])[:MOST_MARKS] if one.effects else [],
                    day=day,
                )
            )
        ]
        return OfCompany(
            name=company.name,
            slug=company.slug,
            clauses=clauses,
            asked=questions,
            events=[
                (one, frozenset(parts[one.event.pk][company.pk])) for one in shown if company.pk in parts[one.event.pk]
            ],
            stakes=taken,
        )

    return compared([of(company) for company in companies], references.marks)
