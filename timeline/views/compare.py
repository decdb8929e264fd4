"""Several companies side by side: the same questions put to each, as a page and as a file."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from companies.models import Company
from dates.edtf import display, display_day
from pledges.models import Event, Party, Pledge
from pledges.services.dossiers import citations_of_effects, disputed_pledges, dossiers
from pledges.services.reading import for_timeline, happenings
from pledges.vocabulary import PledgeEffect
from sources.citing.cells import Written, inert
from timeline.asking import CannotRead, day_asked, kept_day, readable, with_day
from timeline.compare import (
    IN_COURT,
    LEAST,
    MOST,
    MOST_MARKS,
    Found,
    Group,
    OfCompany,
    Ring,
    clauses_of,
    compared,
    in_a_sentence,
    stake_found,
)
from timeline.components import Chip, Menu, MenuLink
from timeline.money import public_investments, with_effects
from timeline.naming import pledge_address
from timeline.narrowing import Narrowing
from timeline.references import References
from timeline.vocabularies import COMPANY

AT_FIRST: Final = 4  # companies with most on record, where none is chosen
HERE: Final = "/companies/compare/"
EVENT_KINDS: Final = IN_COURT | {"audit", "legislation", "local-ban"}
COLUMNS: Final = ("question", "company", "ring", "answer", "rests_on", "address", "sources", "as_of")


@require_safe
@readable
def compare(request: HttpRequest) -> HttpResponse:
    """Companies across, questions down."""
    day, kept = day_asked(request), kept_day(request)
    companies, chosen = _companies(request)
    references = References(at=timezone.now(), listed=False)
    groups = _compared(companies, day, references)
    address = request.build_absolute_uri(_address(companies, day))
    context = {
        "as_of": day,
        "companies": companies,
        "groups": groups,
        "columns": len(companies) + 1,
        "chips": [
            Chip(label=one.name, href=with_day(_address([c for c in companies if c != one]), kept)) for one in companies
        ]
        if chosen and len(companies) > 1
        else [],
        "chosen": chosen,
        "others": _others(companies) if len(companies) < MOST else [],
        "too_few": len(companies) < LEAST,
        "sentences": [
            in_a_sentence(row, day=display_day(day), record=address)
            for group in groups
            for row in group.rows
            if any(cell.found for cell in row.cells)
        ],
        "picture": _address(companies, day if kept else None, path="/timeline/picture/"),
        "menu": Menu(
            label="Download",
            intro=f"{_names(companies)}, as of {display_day(day)}.",
            groups=[("The table", [MenuLink(label="CSV", href=_address(companies, day, path=f"{HERE}export/csv/"))])],
        ),
    }
    return render(request, "timeline/compare.html", context)


@require_safe
@readable
def export(request: HttpRequest) -> HttpResponse:
    """The same as comma-separated values (RFC 4180): a row for each answer, and one where nothing was found."""
    day = day_asked(request)
    companies, _ = _companies(request)
    references = References(at=timezone.now(), listed=False)
    written = Written()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    site = request.build_absolute_uri("/").rstrip("/")
    for group in _compared(companies, day, references):
        for row in group.rows:
            for cell in row.cells:
                for one in cell.found or [Found(ring=Ring.NONE, word="Nothing found")]:
                    slugs = " || ".join(dict.fromkeys(each.source.slug for each in one.rests_on))
                    address = f"{site}{one.href}" if one.href else ""
                    cells = (
                        row.question,
                        cell.company.name,
                        one.ring,
                        one.word,
                        one.text,
                        address,
                        slugs,
                        day.isoformat(),
                    )
                    writer.writerow([inert(str(value)) for value in cells])
    response = HttpResponse(written.taken(), content_type="text/csv; charset=utf-8; header=present")
    name = f"compare-{'-'.join(one.slug for one in companies)}"[:100]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-as-of-{day.isoformat()}.csv"'
    return response


def _companies(request: HttpRequest) -> tuple[list[Company], bool]:
    """The companies asked for, in their order, and whether any were; else those with most on record.

    :raises CannotRead: if one is not known, or they are too many.
    """
    asked = Narrowing(request, takes=("company",))
    slugs = list(asked.chosen("company", COMPANY))
    public = Company.objects.public().filter(merged_into__isnull=True)
    if not slugs:
        made = Count("pledges", filter=Q(pledges__publication__isnull=False, pledges__retracted_because=""))
        return list(public.annotate(made=made).filter(made__gt=0).order_by("-made", "sort_name")[:AT_FIRST]), False
    if len(slugs) > MOST:
        raise CannotRead(("company", f"Choose {LEAST} to {MOST} companies to compare, not {len(slugs)}."))
    found = {one.slug: one for one in public.filter(slug__in=slugs)}
    return [found[slug] for slug in slugs if slug in found], True


def _others(companies: Sequence[Company]) -> list[Company]:
    """Companies that can be added: those with a pledge on record, by name."""
    public = Company.objects.public().filter(merged_into__isnull=True)
    with_pledges = Pledge.objects.public().values("company")
    return list(public.filter(pk__in=with_pledges).exclude(pk__in=[one.pk for one in companies]).order_by("sort_name"))


def _address(companies: Sequence[Company], day: date | None = None, *, path: str = HERE) -> str:
    query = QueryDict(mutable=True)
    query.setlist("company", [one.slug for one in companies])
    if day is not None:
        query["as_of"] = day.isoformat()
    return f"{path}?{query.urlencode()}" if query else path


def _names(companies: Sequence[Company]) -> str:
    return ", ".join(one.name for one in companies)


def _compared(companies: Sequence[Company], day: date, references: References) -> list[Group]:
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
                word=f"{'Answered' if effect.answered else 'Asked, no answer'}, {display(effect.date)}",
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
