"""A company: who it is, what it pledged, when, and in whom it invested; and the list of companies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, Max, Min, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from companies.models import Company, CompanyName, Identifier, Ownership
from dates.edtf import display
from pledges.models import EventMark, Pledge, StatusSpan
from pledges.services.dossiers import citations_of_effects, disputed_pledges, dossiers, spans_of
from sources.models import SilentEdit
from timeline.asking import Elsewhere, chosen, day_asked, find, kept_day, readable, tombstone, with_day
from timeline.components import Crumb, Facet, FacetGroup, FacetValue
from timeline.edits import KINDS, edit_address, edits_behind
from timeline.figures import Lane, draw
from timeline.keyset import Key, keyset_page, pager
from timeline.lanes import between, happenings_of, holding, newest_events, shown_lately
from timeline.money import investments_of, shown_investment
from timeline.narrowing import Narrowing, with_words
from timeline.places import place_label
from timeline.references import References
from timeline.rows import entry_row
from timeline.standing import bar, card, span_on
from timeline.totals import totals_of
from timeline.vocabularies import JURISDICTION

LATEST = 6
MOST_EDITS = 3
OPEN = frozenset(
    {"in-force", "in-force-narrowed", "in-force-disputed", "announced", "overdue", "contradicted", "unclear"}
)


@require_safe
@readable
def company_page(request: HttpRequest, slug: str) -> HttpResponse:
    day, kept = day_asked(request), kept_day(request)
    company = find(Company.objects.select_related("merged_into"), kind="company", slug=slug)
    if company.merged_into is not None:
        raise Elsewhere(f"/companies/{company.merged_into.slug}/")
    if company.retracted_because:
        return tombstone(request, company, kind="company")
    references = References(at=timezone.now(), listed=False)
    pledges = list(Pledge.objects.public().made_by(company).order_by("-made_earliest", "-pk"))
    read = dossiers(pledges)
    spans = spans_of(pledges)
    differs = disputed_pledges(pledges, on=day)
    investments = investments_of(company)
    made = [dossier.made for dossier in read.values() if dossier.made]
    citations = citations_of_effects([*made, *(effect for one in investments for effect in one.effects)])
    latest = shown_lately(newest_events(company, day, most=LATEST), day, most=LATEST)
    entries = totals_of([company], day)[company.pk]["entries"]
    current = {pledge.pk: span_on(spans[pledge.pk], day) for pledge in pledges}
    shown = sorted(pledges, key=lambda pledge: _rank(current[pledge.pk]))
    bars = [bar(read[p.pk], spans[p.pk], day, differs=p.pk in differs) for p in reversed(pledges)]
    lane = Lane(
        name=company.name,
        note=_count(len(pledges), "pledge") if pledges else "No pledge found",
        bars=[one for one in bars if one],
        holdings=[drawn for one in investments if (drawn := holding(one, company, day))],
        happenings=happenings_of([company], day)[slug],
        more=lambda first, last: between(slug, first, last),
    )
    names = list(CompanyName.objects.filter(company=company).order_by("position"))
    owners = list(
        Ownership.objects.filter(Q(company=company) | Q(owner=company))
        .select_related("owner", "company")
        .order_by("-until_latest", "company__sort_name", "pk")
    )
    context = {
        "as_of": day,
        "company": company,
        "crumbs": [
            Crumb(label="Overview", href=with_day("/", kept)),
            Crumb(label="Companies", href=with_day("/companies/", kept)),
            Crumb(label=company.name),
        ],
        "lead": _lead(company, [current[pledge.pk] for pledge in pledges], entries, investments),
        "roles": ", ".join(Company.Role(role).label for role in company.roles),
        "seat": place_label(company.country) if company.country else "",
        "names": [_dated(name.name, name.used_from, name.used_until) for name in names],
        "owners": [(one.owner, _span(one.since, one.until)) for one in owners if one.company_id == company.pk],
        "owned": [(one.company, _span(one.since, one.until)) for one in owners if one.owner_id == company.pk],
        "identifiers": list(Identifier.objects.filter(company=company).order_by("scheme")),
        "entries": str(entries),
        "years": _years(company, day),
        "cards": [
            card(
                read[pledge.pk],
                day,
                citations=citations,
                references=references,
                differs=pledge.pk in differs,
                kept=kept,
            )
            for pledge in shown
        ],
        "picture": draw(
            key="company",
            title=f"{company.name}: pledges, stakes and events over time",
            description="Bars run from the day a pledge was made to the day it ended. The same facts are listed as "
            "cards and entries on this page, and in the table below the picture.",
            lanes=[lane],
            today=day,
        ),
        "made": [shown_investment(i, citations, references) for i in investments if i.made_by(company)],
        "received": [shown_investment(i, citations, references) for i in investments if not i.made_by(company)],
        "edits": [
            (f"{KINDS[SilentEdit.Kind(one.kind)]}: {one.source.title}", edit_address(one.pk), one)
            for one in edits_behind(company, day)[:MOST_EDITS]
        ],
        "latest": [entry_row(one, references) for one in latest],
    }
    return render(request, "timeline/company.html", context)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _rank(span: StatusSpan | None) -> int:
    """Open pledges before those that have ended, and these before what was not made yet."""
    return 2 if span is None else 0 if span.headline in OPEN else 1


def _dated(name: str, used_from: str | None, used_until: str | None) -> str:
    span = _span(used_from, used_until)
    return f"{name} ({span})" if span else name


def _span(since: str | None, until: str | None) -> str:
    if since and until:
        return f"{display(since)} to {display(until)}"
    return f"since {display(since)}" if since else f"until {display(until)}" if until else ""


def _years(company: Company, day: date) -> str:
    marks = EventMark.objects.shown_on(day).filter(facet="group", value=company.slug)
    ends = marks.aggregate(first=Min("event__sorts_on"), last=Max("event__sorts_on"))
    if ends["first"] is None:
        return ""
    first, last = ends["first"].year, ends["last"].year
    return f"{first} to {last}" if first != last else f"{first}"


NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")
PLURAL = {
    "contradicted": ("is contradicted", "are contradicted"),
    "withdrawn": ("was withdrawn", "were withdrawn"),
    "superseded": ("was superseded", "were superseded"),
    "completed": ("is completed", "are completed"),
    "released": ("has ended as its condition was met", "have ended as their conditions were met"),
    "lapsed": ("has lapsed", "have lapsed"),
    "overdue": ("is overdue", "are overdue"),
    "in-force-disputed": ("is in force and disputed", "are in force and disputed"),
    "in-force-narrowed": ("is in force, narrowed", "are in force, narrowed"),
    "in-force": ("is in force", "are in force"),
    "announced": ("has been announced", "have been announced"),
    "unclear": ("is unclear", "are unclear"),
    "not-made-yet": ("had not been made by this day", "had not been made by this day"),
}
TOLD = (
    "in-force",
    "in-force-narrowed",
    "in-force-disputed",
    "contradicted",
    "overdue",
    "announced",
    "completed",
    "lapsed",
    "released",
    "superseded",
    "withdrawn",
    "unclear",
    "not-made-yet",
)


def _lead(company: Company, spans: Sequence[StatusSpan | None], events: int, investments: Sequence[object]) -> str:
    """The pledges of a company in a sentence: “Four pledges: two are in force, one is completed ...”."""
    if not spans:
        through = " and ".join(word for word, rows in (("events", events), ("investments", len(investments))) if rows)
        said = f"No pledge by {company.name} is on record. That says nothing about the company."
        return f"{said} It appears in the record through {through}." if through else said
    counts = Counter(span.headline if span else "not-made-yet" for span in spans)
    number = NUMBERS[len(spans)] if len(spans) < len(NUMBERS) else f"{len(spans):,}"
    if len(spans) == 1:
        return f"One pledge, which {PLURAL[next(iter(counts))][0]}."
    if set(counts) == {"not-made-yet"}:
        return f"{number} pledges, none of which had been made by this day."
    parts = []
    for headline in TOLD:
        if counts[headline]:
            many = counts[headline] != 1
            said = NUMBERS[counts[headline]].lower() if counts[headline] < len(NUMBERS) else str(counts[headline])
            parts.append(f"{said} {PLURAL[headline][many]}")
    said = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else f"all {PLURAL[next(iter(counts))][1]}"
    return f"{number} pledges: {said}."


# --- the list -----------------------------------------------------------------------------------------------


@require_safe
@readable
def company_list(request: HttpRequest) -> HttpResponse:
    """Every company, by what it does."""
    day = day_asked(request)
    asked = Narrowing(request, takes=("q", "role", "jurisdiction"))
    roles = chosen(request, "role", list(Company.Role.values))
    every = Company.objects.public().filter(merged_into__isnull=True)
    if asked.words:
        called = CompanyName.objects.filter(company=OuterRef("pk")).filter(with_words(asked.words, "name"))
        every = every.filter(with_words(asked.words, "name") | Exists(called))
    if places := asked.chosen("jurisdiction", JURISDICTION):
        every = every.filter(country__in=list(places))
    selected = every.filter(roles__overlap=roles) if roles else every
    page = keyset_page(
        selected, keys=[Key("sort_name", str), Key("pk", int)], cursor=request.GET.get("cursor", ""), size=50
    )
    counts = totals_of(page.rows, day)
    total = selected.count()
    by_role = Counter[str]()
    for named in every.values_list("roles", flat=True):
        by_role.update(named)
    facet = Facet(
        name="role",
        label="What it does",
        groups=[
            FacetGroup(
                values=[
                    FacetValue(
                        value=role.value,
                        label=role.label.capitalize(),
                        count=by_role[role.value],
                        chosen=role.value in roles,
                    )
                    for role in Company.Role
                ]
            )
        ],
        open=True,
        unit=("company", "companies"),
    )
    context = {
        "as_of": day,
        "rows": [
            {
                "company": company,
                "seat": place_label(company.country) if company.country else "",
                "roles": ", ".join(Company.Role(role).label for role in company.roles),
                **counts[company.pk],
            }
            for company in page.rows
        ],
        "total": total,
        "facets": [facet],
        "chosen": asked.narrowed_by,
        "search": asked.given.get("q", ""),
        "kept": asked.kept_beside(("q", "role")),
        "pager": pager(
            request,
            page,
            note=f"{len(page.rows)} shown of {total:,}.",
            back="Back",
            on="On",
            label="Pages of companies",
        ),
    }
    return render(request, "timeline/companies.html", context)
