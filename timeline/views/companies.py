"""A company: who it is, what it pledged, when, and in whom it invested; and the list of companies."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.db.models import Exists, Max, Min, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from companies.models import Company, CompanyName, Identifier, Ownership
from dates.edtf import display
from pledges.models import EventMark, Pledge, StatusSpan
from pledges.services.dossiers import citations_of_effects, disputed_pledges, dossiers, spans_of
from sources.models import SilentEdit
from timeline.asking import (
    Elsewhere,
    chosen,
    day_asked,
    find,
    kept_day,
    kept_time,
    readable,
    shows_recorded,
    tombstone,
    with_day,
)
from timeline.components import UNITS, Crumb, Facet, FacetGroup, FacetValue
from timeline.edits import KINDS, edit_address, edits_behind
from timeline.figures import Lane, draw
from timeline.keyset import Key, keyset_page, pager, shown_of
from timeline.lanes import between, happenings_of, holding, newest_events, shown_lately
from timeline.leads import NOT_MADE_YET, lead
from timeline.money import investments_of, shown_investment
from timeline.narrowing import Narrowing, with_words
from timeline.places import place_label
from timeline.references import References
from timeline.replies import questions_in, reply
from timeline.rows import entry_row
from timeline.standing import bar, card, span_on
from timeline.ties import ties_of
from timeline.totals import totals_of
from timeline.vocabularies import JURISDICTION, capital
from timeline.words import counted

LATEST = 6
MOST_EDITS = 3
OPEN = frozenset(
    {"in-force", "in-force-narrowed", "in-force-disputed", "announced", "overdue", "contradicted", "unclear"}
)


@require_safe
@readable
@shows_recorded
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
    asked = questions_in(read.values(), day)
    citations = citations_of_effects(
        [*made, *(effect for _dossier, effect in asked), *(effect for one in investments for effect in one.effects)]
    )
    latest = shown_lately(newest_events(company, day, most=LATEST), day, most=LATEST)
    entries = totals_of([company], day)[company.pk]["entries"]
    current = {pledge.pk: span_on(spans[pledge.pk], day) for pledge in pledges}
    shown = sorted(pledges, key=lambda pledge: _rank(current[pledge.pk]))
    bars = [bar(read[p.pk], spans[p.pk], day, differs=p.pk in differs) for p in reversed(pledges)]
    drawn = [one for one in bars if one]
    cards = {
        pledge.pk: card(
            read[pledge.pk],
            day,
            citations=citations,
            references=references,
            differs=pledge.pk in differs,
            kept=kept_time(request),
        )
        for pledge in shown
    }
    lane = Lane(
        name=company.name,
        note=counted(len(drawn), "pledge") if drawn else _("No pledge found"),
        bars=drawn,
        holdings=[stake for one in investments if (stake := holding(one, company, day))],
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
            Crumb(label=_("Overview"), href=with_day("/", kept)),
            Crumb(label=_("Companies"), href=with_day("/companies/", kept)),
            Crumb(label=company.name),
        ],
        "lead": lead(
            company.name,
            [span.headline if span else NOT_MADE_YET for span in current.values()],
            events=bool(entries),
            investments=bool(investments),
        ),
        "roles": _roles(company),
        "seat": place_label(company.country) if company.country else "",
        "names": [_dated(name.name, name.used_from, name.used_until) for name in names],
        "ties": ties_of(company, day, ownerships=owners, investments=investments),
        "replies": [reply(dossier, effect, citations, references) for dossier, effect in asked],
        "identifiers": list(Identifier.objects.filter(company=company).order_by("scheme")),
        "entries": str(entries),
        "years": _years(company, day),
        "cards": [one for key, one in cards.items() if current[key] is not None],
        "later": [one for key, one in cards.items() if current[key] is None],
        "picture": draw(
            key="company",
            title=_("%(company)s: pledges, stakes and events over time") % {"company": company.name},
            description=_(
                "Bars run from the day a pledge was made to the day it ended. The same facts are listed as cards and "
                "entries on this page, and in the table below the picture."
            ),
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


def _roles(company: Company) -> str:
    return ", ".join(str(Company.Role(role).label) for role in company.roles)


def _rank(span: StatusSpan | None) -> int:
    """Open pledges before those that have ended, and these before what was not made yet."""
    return 2 if span is None else 0 if span.headline in OPEN else 1


def _dated(name: str, used_from: str | None, used_until: str | None) -> str:
    span = _span(used_from, used_until)
    return f"{name} ({span})" if span else name


def _span(since: str | None, until: str | None) -> str:
    if since and until:
        span = {"since": display(since, in_sentence=True), "until": display(until, in_sentence=True)}
        return _("%(since)s to %(until)s") % span
    if since:
        return _("since %(since)s") % {"since": display(since, in_sentence=True)}
    return _("until %(until)s") % {"until": display(until, in_sentence=True)} if until else ""


def _years(company: Company, day: date) -> str:
    marks = EventMark.objects.shown_on(day).filter(facet="group", value=company.slug)
    ends = marks.aggregate(first=Min("event__sorts_on"), last=Max("event__sorts_on"))
    if ends["first"] is None:
        return ""
    first, last = ends["first"].year, ends["last"].year
    # Translators: two years
    return _("%(first)s to %(last)s") % {"first": first, "last": last} if first != last else f"{first}"


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
        label=_("What it does"),
        groups=[
            FacetGroup(
                values=[
                    FacetValue(
                        value=role.value,
                        label=capital(str(role.label)),
                        count=by_role[role.value],
                        chosen=role.value in roles,
                    )
                    for role in Company.Role
                ]
            )
        ],
        open=True,
        unit=UNITS["company"],
    )
    context = {
        "as_of": day,
        "rows": [
            {
                "company": company,
                "seat": place_label(company.country) if company.country else "",
                "roles": _roles(company),
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
            note=shown_of(len(page.rows), total),
            back=pgettext("pages of a list", "Back"),
            on=pgettext("pages of a list", "On"),
            label=_("Pages of companies"),
        ),
    }
    return render(request, "timeline/companies.html", context)
