"""A pledge, how it came to stand where it stands, what changed on its page; and the list of pledges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from dates.edtf import display_day
from pledges.models import Citation, Clause, Dispute, Pledge, StatusSpan
from pledges.models.pledge import PledgeQuerySet
from pledges.services.dossiers import (
    Asked,
    Dossier,
    asked_by,
    citations_of_effects,
    disputed_pledges,
    disputes_about,
    dossiers,
    spans_of,
)
from pledges.vocabulary import Binding, Form
from sources.models import Source
from timeline import scope
from timeline.asking import day_asked, find, readable, tombstone
from timeline.changes import Row, changes_in_full, changes_to
from timeline.citing import cite_box, dated_address, record_item
from timeline.components import UNITS, Crumb, Facet, FacetGroup, FacetValue
from timeline.filters import in_years
from timeline.keyset import Key, keyset_page, pager, shown_of
from timeline.naming import pledge_address
from timeline.narrowing import Narrowing, with_parts, with_words
from timeline.references import References, best_copies
from timeline.shown import shown_date, span_shown
from timeline.standing import (
    clauses_shown,
    dispute_shown,
    questions_of,
    rules_used,
    scope_of,
    span_on,
    spans_shown,
    standing,
    steps,
    terms_shown,
    until_words,
    words_of,
)
from timeline.vocabularies import ACTIONS, AUDIENCE, COMPANY, JURISDICTION, TECHNOLOGY, YEAR, YES, closed
from timeline.words import HEADLINE_ORDER, HEADLINES


@require_safe
@readable
def pledge_page(request: HttpRequest, slug: str) -> HttpResponse:
    day = day_asked(request)
    pledge = find(Pledge.objects.select_related("company", "publication"), kind="pledge", slug=slug)
    if pledge.retracted_because:
        return tombstone(request, pledge, kind="pledge")
    dossier = dossiers([pledge])[pledge.pk]
    citations = citations_of_effects(dossier.effects)
    disputes = disputes_about(pledges=[pledge])
    references = References(at=timezone.now())
    stands = standing(dossier, day)
    version = dossier.version_on(day)
    words = words_of(dossier, day, citations)
    # The words come first on the page, so that their source has the first number.
    words_mark = None
    if words is not None and words.citation is not None:
        # Translators: what a source is used for, in the list of sources
        words_mark = references.mark(words.citation, pgettext("a source is used for", "exact words"))
    elif words is not None and words.source is not None:
        words_mark = references.source(words.source)
    happened = dossier.happened_by(day)
    later = [effect for effect in dossier.effects if effect not in happened]
    # A question about the pledge itself, or about a step taken by then.
    disputable = {None, *(effect.pk for effect in happened)} if happened else set()
    story = steps(happened, causes=stands.causes(), citations=citations, references=references)
    rests_on = citations.get(version.terms.introduced_by_id, ()) if version else ()
    questions = questions_of(dossier, day, references=references, citations=citations)
    clauses = version.clauses if version else ()
    accounts = [dispute_shown(asked, references) for asked in disputes]
    title = f"{pledge.company.name}: {pledge.title}"
    item = record_item(
        kind="pledge", slug=slug, title=title, day=day, address=dated_address(request, pledge_address(pledge), day)
    )
    to_cite = sources_of(dossier, citations, words.source if words else None)
    changes = changes_to(_rows(dossier, disputes, list(citations.values())))
    context = {
        "as_of": day,
        "pledge": pledge,
        "title": title,
        "made": shown_date(pledge.made_on),
        "crumbs": [
            Crumb(label=_("Companies"), href="/companies/"),
            Crumb(label=pledge.company.name, href=f"/companies/{pledge.company.slug}/"),
            Crumb(label=pledge.title),
        ],
        "stands": stands,
        "differs": any(asked.dispute.effect_id in disputable for asked in disputes),
        "words": words,
        "words_on": shown_date(words.source.published) if words and words.source and words.source.published else None,
        "words_since": shown_date(words.version.terms.starts) if words and words.version else None,
        "words_mark": words_mark,
        "steps": story[::-1],
        "later": steps(later, causes=None, citations=citations, references=references),
        "rules": rules_used(dossier, stands.answer),
        "clauses": clauses_shown(dossier, version, stands.answer, stands.clocks)
        if version and len(clauses) > 1
        else [],
        "scope": scope_of(dossier, version, questions=questions, rests_on=rests_on, references=references)
        if version and len(clauses) == 1
        else [scope.asked(questions)],
        "waiting": [question for question in questions if not question.answered],
        "terms": terms_shown(dossier, day, citations=citations, references=references),
        "spans": spans_shown(spans_of([pledge])[pledge.pk], day, made_on=pledge.made_on),
        "disputes": accounts,
        "until": until_words(dossier, stands, day),
        "form": str(Form(pledge.form).label),
        "binding": str(Binding(pledge.binding).label),
        "changes": changes[:10],
        "changes_more": len(changes) > 10,
        "cite": cite_box(item, day, to_cite, kind="pledge", slug=slug),
        "address": item["URL"],
        "references": references.items(
            best_copies(references.sources, near=pledge.made_latest or pledge.made_earliest)
        ),
        "links_checked": references.last_checked(),
    }
    return render(request, "timeline/pledge.html", context)


def sources_of(dossier: Dossier, citations: Mapping[int, Sequence[Citation]], first: Source | None) -> list[Source]:
    """What a pledge rests on, the source of its words in front, then what bears out that it was made."""
    supporting = [
        citation.source
        for effect in dossier.effects
        for citation in citations.get(effect.pk, ())
        if citation.stance == "supports"
    ]
    return list({source.pk: source for source in ([first] if first else []) + supporting}.values())


def _rows(dossier: Dossier, disputes: Iterable[Asked], citations: Iterable[Sequence[Citation]]) -> list[Row]:
    """Everything on the page, as the history knows it."""
    rows: list[Row] = [("pledges_pledge", dossier.pledge.pk)]
    rows += [("pledges_effect", effect.pk) for effect in dossier.effects]
    for version in dossier.versions:
        rows.append(("pledges_terms", version.terms.pk))
        for read in version.clauses:
            rows.append(("pledges_clause", read.clause.pk))
            rows += [("pledges_condition", condition.pk) for condition in read.conditions]
    for asked in disputes:
        rows.append(("pledges_dispute", asked.dispute.pk))
        for answer, cited in asked.answers:
            rows.append(("pledges_answer", answer.pk))
            rows += [("pledges_citation", citation.pk) for citation in cited]
    rows += [("pledges_citation", citation.pk) for group in citations for citation in group]
    return list(dict.fromkeys(rows))


@require_safe
@readable
def pledge_history(request: HttpRequest, slug: str) -> HttpResponse:
    """Every published change to a pledge, field by field."""
    pledge = find(Pledge.objects.select_related("company"), kind="pledge", slug=slug)
    if pledge.retracted_because:
        return tombstone(request, pledge, kind="pledge")
    dossier = dossiers([pledge])[pledge.pk]
    rows = _rows(dossier, disputes_about(pledges=[pledge]), citations_of_effects(dossier.effects).values())
    context = {
        "pledge": pledge,
        "crumbs": [
            Crumb(label=pledge.company.name, href=f"/companies/{pledge.company.slug}/"),
            Crumb(label=pledge.title, href=pledge_address(pledge)),
            Crumb(label=_("Changes")),
        ],
        "changes": changes_in_full(rows),
    }
    return render(request, "timeline/pledge_history.html", context)


# --- the list -----------------------------------------------------------------------------------------------


def _narrowed(pledges: PledgeQuerySet, asked: Narrowing, day: date) -> PledgeQuerySet:
    """Those that fit everything but the company and the status, which are counted beside each other."""
    found = pledges.filter(with_words(asked.words, "title", "summary", "company__name"))
    # By what the clauses say that are in force on the day; nothing is held against what was not made by then.
    clauses = Clause.objects.filter(terms__pledge=OuterRef("pk"), terms__days__contains=day)
    if actions := asked.chosen("action", closed(ACTIONS)):
        found = found.filter(Exists(clauses.filter(action__in=list(actions))))
    for name, column, vocabulary in (
        ("technology", "technologies", TECHNOLOGY),
        ("audience", "audiences", AUDIENCE),
        ("jurisdiction", "jurisdictions", JURISDICTION),
    ):
        if values := asked.chosen(name, vocabulary):
            wanted = with_parts(values) if name == "jurisdiction" else list(values)
            found = found.filter(Exists(clauses.filter(**{f"{column}__overlap": wanted})))
    if years := asked.chosen("year", YEAR):
        found = found.filter(in_years(list(years), earliest="made_earliest", latest="made_latest"))
    if asked.chosen("disputed", closed(YES)):
        questions = Dispute.objects.public().filter(asked_by(day))
        found = found.filter(Exists(questions.filter(Q(pledge=OuterRef("pk")) | Q(effect__pledge=OuterRef("pk")))))
    return found


def _with_headline(pledges: PledgeQuerySet, headlines: Sequence[str], day: date) -> PledgeQuerySet:
    """Those that have one of some headlines on a day. What was not made by then has no span."""
    stands = StatusSpan.objects.on(day).filter(pledge=OuterRef("pk"))
    found = Q(Exists(stands.filter(headline__in=headlines)))
    if "not-made-yet" in headlines:
        found |= ~Q(Exists(stands))
    return pledges.filter(found)


def _status_facet(pledges: PledgeQuerySet, day: date, chosen_now: Sequence[str]) -> Facet:
    counts = dict(
        StatusSpan.objects.on(day)
        .filter(pledge__in=pledges)
        .values_list("headline")
        .annotate(count=Count("pk"))
        .values_list("headline", "count")
    )
    values = [
        FacetValue(value=slug, label=label, count=counts.get(slug, 0), chosen=slug in chosen_now)
        for slug, label in HEADLINES.items()
        if slug != "not-made-yet" or slug in chosen_now
    ]
    ordered = sorted(values, key=lambda value: HEADLINE_ORDER.index(value.value))
    return Facet(
        name="status",
        label=pgettext("filter", "Status"),
        groups=[FacetGroup(values=ordered)],
        open=True,
        unit=UNITS["pledge"],
    )


def _company_facet(pledges: PledgeQuerySet, chosen_now: Mapping[str, str]) -> Facet:
    counts = (
        pledges.order_by()
        .values_list("company__slug", "company__name")
        .annotate(count=Count("pk"))
        .order_by("-count", "company__sort_name")
    )
    values = [
        FacetValue(value=slug, label=name, count=count, chosen=slug in chosen_now) for slug, name, count in counts
    ]
    missing = set(chosen_now) - {value.value for value in values}
    values += [FacetValue(value=slug, label=chosen_now[slug], count=0, chosen=True) for slug in sorted(missing)]
    values.sort(key=lambda value: not value.chosen)
    groups = [FacetGroup(values=values[:10], folded=values[10:100])]
    return Facet(name="company", label=pgettext("filter", "Company"), groups=groups, open=True, unit=UNITS["pledge"])


@require_safe
@readable
def pledge_list(request: HttpRequest) -> HttpResponse:
    """Every pledge, by status and company."""
    day = day_asked(request)
    asked = Narrowing(request, takes=("q", "company", "own", "status", "action", "technology", "audience",
                                      "jurisdiction", "year", "disputed"))  # fmt: skip
    headlines = list(asked.chosen("status", closed(HEADLINES)))
    companies = asked.chosen("company", COMPANY)
    every = _narrowed(
        Pledge.objects.public().filter(company__publication__isnull=False, company__retracted_because=""), asked, day
    )
    by_company = every.filter(company__in=asked.companies(companies)) if companies else every
    by_status = _with_headline(every, headlines, day) if headlines else every
    selected = _with_headline(by_company, headlines, day) if headlines else by_company
    keys = [Key("sorts_on", date, falls=True), Key("pk", int, falls=True)]
    made = selected.select_related("company").annotate(sorts_on=Coalesce("made_earliest", "made_latest"))
    page = keyset_page(made, keys=keys, cursor=request.GET.get("cursor", ""))
    read = dossiers(page.rows)
    differs = disputed_pledges(page.rows, on=day)
    spans = spans_of(page.rows)
    rows = []
    for pledge in page.rows:
        stands = standing(read[pledge.pk], day)
        rows.append(
            {
                "pledge": pledge,
                "made": shown_date(pledge.made_on),
                "status": span_shown(span_on(spans[pledge.pk], day)),
                "until": until_words(read[pledge.pk], stands, day) if stands.open else "",
                "differs": pledge.pk in differs,
            }
        )
    status = _status_facet(by_company, day, headlines)
    # Each pledge has one status, so that the counts of the chosen ones add up to the list.
    chosen_values = [value for value in status.groups[0].values if value.chosen] if headlines else []
    total = sum(v.count for v in chosen_values) if headlines and "not-made-yet" not in headlines else selected.count()
    context = {
        "as_of": day,
        "rows": rows,
        "total": total,
        "facets": [status, _company_facet(by_status, companies)],
        "chosen": asked.narrowed_by,
        "search": asked.given.get("q", ""),
        "kept": asked.kept_beside(("q", "status", "company")),
        "day_words": display_day(day),
        "pager": pager(
            request,
            page,
            note=shown_of(len(rows), total),
            # Translators: links to other pages of the list of pledges
            back=_("Made later"),
            on=_("Made earlier"),
            label=_("Pages of pledges"),
        ),
    }
    return render(request, "timeline/pledges.html", context)
