"""One investor's part in a round, as reported; and the list of investments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from pledges.models import Citation, Claim, CoInvestor, Effect, Investment
from pledges.services.dossiers import citations_of_effects, disputes_about, with_sources
from pledges.vocabulary import AmountIs
from timeline.asking import day_asked, find, readable, tombstone
from timeline.changes import Row, changes_to
from timeline.citing import cite_box, dated_address, record_item
from timeline.components import CitationMark, Crumb, Step
from timeline.filters import in_years
from timeline.keyset import Key, keyset_page, pager, shown_of
from timeline.money import ReadInvestment, measures, public_investments, shown_investment, stake_words, with_effects
from timeline.naming import SAYS_WHO, investment_address, investment_title, investor_name, step_name
from timeline.narrowing import Narrowing
from timeline.references import References, best_copies
from timeline.shown import shown_date, sum_words
from timeline.standing import dispute_shown
from timeline.vocabularies import COMPANY, YEAR, capital


@dataclass(frozen=True, kw_only=True)
class ClaimShown:
    """A number as somebody gives it. about: the round or this investor's part."""

    sum: str
    measures: str
    text: str
    about: str
    citations: Sequence[CitationMark]


@require_safe
@readable
def investment_page(request: HttpRequest, slug: str) -> HttpResponse:
    day = day_asked(request)
    row = find(
        Investment.objects.select_related("investor", "through", "investee", "round__announced_event"),
        kind="investment",
        slug=slug,
    )
    if row.retracted_because:
        return tombstone(request, row, kind="investment")
    read = with_effects([row])[0]
    effects = [effect for effect in read.effects if (effect.date_earliest or effect.date_latest or day) <= day]
    citations = citations_of_effects(read.effects)
    claims = list(
        Claim.objects.filter(Q(investment=row) | Q(round=row.round_id, round__isnull=False)).order_by(
            "investment_id", "position", "pk"
        )
    )
    of_claim: dict[int, list[Citation]] = defaultdict(list)
    for citation in with_sources(Citation.objects.filter(claim__in=claims)):
        of_claim[citation.claim_id or 0].append(citation)
    others = (
        list(public_investments().filter(round=row.round_id).exclude(pk=row.pk).order_by("pk")) if row.round_id else []
    )
    co_investors = list(CoInvestor.objects.filter(investment=row).select_related("company").order_by("position", "pk"))
    disputes = disputes_about(condition=Q(investment=row) | Q(effect__investment=row))
    references = References(at=timezone.now())
    steps = [_step(effect, references, citations.get(effect.pk, ())) for effect in effects]
    title = investment_title(row)
    item = record_item(
        kind="investment", slug=slug, title=title, day=day, address=dated_address(request, investment_address(row), day)
    )
    rows: list[Row] = [("pledges_investment", row.pk), *(("pledges_effect", effect.pk) for effect in read.effects)]
    rows += [("pledges_claim", claim.pk) for claim in claims]
    rows += [("pledges_citation", one.pk) for group in (*citations.values(), *of_claim.values()) for one in group]
    supporting = [c.source for effect in read.effects for c in citations[effect.pk] if c.stance == "supports"]
    context = {
        "as_of": day,
        "row": row,
        "title": title,
        "crumbs": [
            Crumb(label=_("Companies"), href="/companies/"),
            Crumb(label=row.investee.name, href=f"/companies/{row.investee.slug}/"),
            Crumb(label=title),
        ],
        "investor": investor_name(row),
        "since": shown_date(row.announced_on, printed=row.date_printed, basis=row.date_basis),
        "shown": shown_investment(read, {}, References(at=references.at)),
        "stake": stake_words(row.stake),
        "sum": sum_words(row.amount, row.currency),
        "measures": measures(row.amount_is),
        "claims": [
            *_own_sum(row, claims, references, read, citations),
            *(_claim(claim, references, of_claim[claim.pk]) for claim in claims),
        ],
        "steps": steps[::-1],
        "others": [(investment_title(other), investment_address(other)) for other in others],
        "co_investors": [link.company for link in co_investors if link.company.is_public],
        "disputes": [dispute_shown(asked, references) for asked in disputes],
        "cite": cite_box(item, day, {s.pk: s for s in supporting}.values(), kind="investment", slug=slug),
        "address": item["URL"],
        "changes": changes_to(rows)[:10],
        "references": references.items(best_copies(references.sources, near=row.announced_latest)),
        "links_checked": references.last_checked(),
    }
    return render(request, "timeline/investment.html", context)


def _own_sum(
    row: Investment,
    claims: Sequence[Claim],
    references: References,
    read: ReadInvestment,
    citations: Mapping[int, Sequence[Citation]],
) -> list[ClaimShown]:
    """The sum that the page leads with, where no claim repeats it; it rests on what the investment rests on."""
    if row.amount is None or any((one.amount, one.amount_is) == (row.amount, row.amount_is) for one in claims):
        return []
    rests_on = citations.get(read.invested.pk, ()) if read.invested else ()
    return [
        ClaimShown(
            sum=sum_words(row.amount, row.currency),
            measures=measures(row.amount_is),
            text="",
            about=_of_what(whole=row.amount_is == AmountIs.ROUND),
            citations=references.marks(rests_on, _used_for_sum()),
        )
    ]


def _claim(claim: Claim, references: References, citations: Sequence[Citation]) -> ClaimShown:
    return ClaimShown(
        sum=sum_words(claim.amount, claim.currency) or _("Sum not known"),
        measures=measures(claim.amount_is),
        text=claim.text,
        about=_of_what(whole=bool(claim.round_id)),
        citations=references.marks(citations, _used_for_sum()),
    )


def _of_what(*, whole: bool) -> str:
    # Translators: of what a sum is; “round” is of investment
    return pgettext("a sum is of", "the whole round") if whole else pgettext("a sum is of", "this investment")


def _used_for_sum() -> str:
    # Translators: what a source is used for, in the list of sources; of money
    return pgettext("a source is used for", "a sum")


def _step(effect: Effect, references: References, citations: Sequence[Citation]) -> Step:
    name = step_name(effect.kind)
    if effect.exit_kind:
        name = effect.get_exit_kind_display()
    proceeds = sum_words(effect.amount, effect.currency)
    # Translators: a sum of money
    reported = _("%(sum)s, as reported.") % {"sum": proceeds} if proceeds else ""
    return Step(
        date=shown_date(effect.date, printed=effect.date_printed, basis=effect.date_basis),
        label=capital(name),
        summary=" ".join(part for part in (effect.summary, reported) if part),
        href=f"/events/{effect.event.slug}/",
        citations=references.marks(citations, name),
        says_who=SAYS_WHO[effect.standing],
    )


@require_safe
@readable
def investment_list(request: HttpRequest) -> HttpResponse:
    """Every investment, announced last first."""
    day = day_asked(request)
    asked = Narrowing(request, takes=("company", "own", "year"))
    selected = (
        public_investments()
        .annotate(sorts_on=Coalesce("announced_earliest", "announced_latest"))
        .filter(sorts_on__lte=day)
    )
    companies = asked.chosen("company", COMPANY)
    if companies:
        group = asked.companies(companies)
        selected = selected.filter(Q(investor__in=group) | Q(through__in=group) | Q(investee__in=group))
    if years := asked.chosen("year", YEAR):
        selected = selected.filter(in_years(list(years), earliest="announced_earliest", latest="announced_latest"))
    keys = [Key("sorts_on", date, falls=True), Key("pk", int, falls=True)]
    page = keyset_page(selected, keys=keys, cursor=request.GET.get("cursor", ""))
    read = with_effects(page.rows)
    citations = citations_of_effects([effect for one in read for effect in one.effects])
    references = References(at=timezone.now(), listed=False)
    total = selected.count()
    context = {
        "as_of": day,
        "rows": [shown_investment(one, citations, references) for one in read],
        "total": total,
        "narrowed_to": "; ".join([*companies.values(), *years]),
        "pager": pager(
            request,
            page,
            note=shown_of(len(page.rows), total),
            # Translators: links to other pages of the list of investments
            back=_("Announced later"),
            on=_("Announced earlier"),
            label=_("Pages of investments"),
        ),
    }
    return render(request, "timeline/investments.html", context)
