"""A source: which copy to read, whether its address still works, and what rests on it; and the list of sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import BooleanField, Count, DateField, ExpressionWrapper, Q, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from dates.edtf import display_day
from pledges.models import Citation, Dispute, Event, Terms
from pledges.services.reading import Happening, for_timeline, happenings
from sources.health import slug_expression
from sources.models import CitedWork, LinkCheck, Source, SourceQuerySet, StateChange
from sources.seen import look, saw
from sources.states import State
from timeline.asking import chosen, day_asked, find, readable, tombstone
from timeline.care import copies_of, months_of, passages_in_words, passages_of, standing_of, versions_of
from timeline.changes import changes_to
from timeline.citing import FORMATS, plain_source
from timeline.components import (
    UNITS,
    Crumb,
    Facet,
    FacetGroup,
    FacetValue,
    LinkCheckMark,
    MenuLink,
    ShownDate,
    Status,
)
from timeline.edits import public_edits, shown_edits
from timeline.filters import in_years
from timeline.keyset import Key, keyset_page, pager, shown_of
from timeline.languages import language_name
from timeline.naming import event_address
from timeline.narrowing import Narrowing, with_words
from timeline.references import byline, link_mark, may_link, published, source_address, where_read
from timeline.rows import statuses_of
from timeline.shown import shown_date
from timeline.vocabularies import HEALTH, PUBLISHER, SOURCE_TYPES, YEAR
from timeline.words import LOST

MOST_ENTRIES: Final = 60
MOST_CHECKS: Final = 30
MOST_EDITS: Final = 5
UNDATED: Final = date(1, 1, 1)


@dataclass(frozen=True, kw_only=True)
class EntryUse:
    """An entry that cites the source.

    alone: no other source supports it. others: how many other sources it cites.
    """

    title: str
    href: str
    date: ShownDate
    statuses: Sequence[Status]
    passages: Sequence[str]
    locators: Sequence[str]
    stances: Sequence[str]
    alone: bool
    others: int


@require_safe
@readable
def source_page(request: HttpRequest, slug: str) -> HttpResponse:
    day = day_asked(request)
    at = timezone.now()
    rows = Source.objects.select_related("link_state", "copy_of", "first_report", "publication")
    source = find(rows, kind="source", slug=slug)
    if source.retracted_because:
        return tombstone(request, source, kind="source")
    cited = list(
        Citation.objects.public()
        .filter(source=source)
        .select_related("passage__state", "effect", "claim__investment", "claim__round__claims_on", "answer__dispute")
        .order_by("pk")
    )
    entries = _entries(source, cited, day)
    relatives = list(
        Source.objects.public().filter(Q(copy_of=source) | Q(first_report=source)).order_by("publisher", "pk")
    )
    works = list(
        CitedWork.objects.filter(Q(source=source) | Q(cited=source)).select_related("source", "cited").order_by("pk")
    )
    checks = list(LinkCheck.objects.filter(source=source).order_by("-slot")[:MOST_CHECKS])[::-1]
    changes_of_state = list(StateChange.objects.filter(source=source).order_by("-at", "-pk")[:20])
    mark = link_mark(source, at=at)
    is_bad = mark in LOST
    copies, kept_copies = copies_of(source, lead=is_bad)
    passages = passages_of(source, cited, at=at)
    silent = shown_edits(list(public_edits().filter(source=source).order_by("-first_seen_after", "-pk")[:MOST_EDITS]))
    changes = changes_to([("sources_source", source.pk), *(("pledges_citation", one.pk) for one in cited)])
    context = {
        "as_of": day,
        "source": source,
        "crumbs": [Crumb(label=_("Sources"), href="/sources/"), Crumb(label=source.title)],
        "kind": source.get_type_display(),
        "byline": byline(source.authors),
        "published": published(source),
        "via": where_read(source),
        "language": language_name(source.language or ""),
        "mark": mark,
        "reason": standing_of(source, at=at),
        "is_bad": is_bad,
        "leads": next((copy for copy in copies if copy.best), None),
        "read_href": source.url if may_link(source, at=at) else "",
        "copies": copies,
        "kept_copies": kept_copies,
        "passages": passages,
        "passages_said": passages_in_words(passages),
        "versions": versions_of(source),
        "months": months_of(source),
        "edits": silent,
        "checks": [_check_mark(check) for check in checks],
        "check_rows": [_check_row(check) for check in checks[::-1]],
        "state_changes": [_change_row(change) for change in changes_of_state],
        "checked_on": getattr(getattr(source, "link_state", None), "last_checked_at", None),
        "first_check": display_day(checks[0].checked_at.date()) if checks else "",
        "last_check": display_day(checks[-1].checked_at.date()) if checks else "",
        "entries": entries,
        "alone": sum(entry.alone for entry in entries),
        "claims": _claims(cited),
        "disputes": _disputed(cited),
        "words_of": list(
            Terms.objects.filter(wording_source=source, pledge__publication__isnull=False, pledge__retracted_because="")
            .select_related("pledge__company")
            .order_by("pledge_id", "position")
        ),
        "copied": [one for one in relatives if one.copy_of_id == source.pk],
        "later": [one for one in relatives if one.first_report_id == source.pk],
        "points_to": [work.cited for work in works if work.source_id == source.pk and work.cited.is_public],
        "pointed_from": [work.source for work in works if work.cited_id == source.pk and work.source.is_public],
        "added": changes[-1] if changes else None,
        "changes": changes[:10],
        "plain": plain_source(source),
        "files": [
            MenuLink(label=form.label, href=f"/cite/source/{slug}/{name}/", hint=form.hint)
            for name, form in FORMATS.items()
        ],
    }
    return render(request, "timeline/source.html", context)


# --- what rests on it ---------------------------------------------------------------------------------------


def _entries(source: Source, cited: Sequence[Citation], day: date) -> list[EntryUse]:
    """The events that cite a source, newest first; which of them rest on it alone."""
    of_event: dict[int, list[Citation]] = defaultdict(list)
    for citation in cited:
        event = citation.event_id or (citation.effect.event_id if citation.effect else None)
        if event is not None:
            of_event[event].append(citation)
    events = list(for_timeline(Event.objects.public().filter(pk__in=list(of_event))).newest_first()[:MOST_ENTRIES])
    return [_use(source, happening, of_event[happening.event.pk]) for happening in happenings(events, on=day)]


def _use(source: Source, happening: Happening, own: Sequence[Citation]) -> EntryUse:
    others = {c.source_id for c in happening.citations} - {source.pk}
    supporting = {c.source_id for c in happening.citations if c.stance == "supports"}
    passages = [citation.passage.exact for citation in own if citation.passage]
    event = happening.event
    return EntryUse(
        title=happening.title,
        href=event_address(event),
        date=shown_date(event.date, printed=event.date_printed, basis=event.date_basis),
        statuses=statuses_of(happening),
        passages=list(dict.fromkeys(passages)),
        locators=list(dict.fromkeys(citation.locator for citation in own if citation.locator)),
        stances=sorted({citation.stance for citation in own} - {"supports"}),
        alone=supporting == {source.pk},
        others=len(others),
    )


def _claims(cited: Iterable[Citation]) -> list[tuple[str, str]]:
    """Sums for which the source is cited: what it measures, and the page that shows it."""
    found = {}
    for citation in cited:
        if citation.claim is None:
            continue
        claim = citation.claim
        investment = claim.investment or (claim.round.claims_on if claim.round else None)
        if investment is not None and investment.is_public:
            found[str(claim)] = f"/investments/{investment.slug}/"
    return list(found.items())


def _disputed(cited: Iterable[Citation]) -> list[str]:
    """Questions to which the source gives an answer."""
    asked: list[Dispute] = [citation.answer.dispute for citation in cited if citation.answer is not None]
    return list(dict.fromkeys(dispute.question for dispute in asked if dispute.is_public))


# --- the state of its link ----------------------------------------------------------------------------------


def _check_mark(check: LinkCheck) -> LinkCheckMark:
    return LinkCheckMark(link_state=look(check.outcome), on=display_day(check.checked_at.date()), saw=saw(check))


def _check_row(check: LinkCheck) -> tuple[datetime, str, str, str]:
    counted = ""
    if check.discarded != LinkCheck.Discarded.NO:
        # Translators: the check of a link
        counted = _("not counted: %(reason)s") % {"reason": check.get_discarded_display()}
    # Translators: in a table, where a site gave no answer
    none = pgettext("answer of a site", "none")
    return check.checked_at, str(check.status or none), saw(check), counted


def _change_row(change: StateChange) -> tuple[datetime, str, str, str]:
    return change.at, str(State(change.before).label), str(State(change.after).label), change.reason


# --- the list -----------------------------------------------------------------------------------------------


@require_safe
@readable
def source_list(request: HttpRequest) -> HttpResponse:
    """Every source, published last first, with the state of its link."""
    day = day_asked(request)
    at = timezone.now()
    asked = Narrowing(request, takes=("q", "publisher", "source_type", "health", "year"))
    types = chosen(request, "source_type", list(SOURCE_TYPES))
    health = chosen(request, "health", [*HEALTH, NO_ADDRESS])
    every = Source.objects.public().annotate(
        sorts_on=Coalesce("published_earliest", "published_latest", Value(UNDATED), output_field=DateField())
    )
    every = every.filter(with_words(asked.words, "title", "publisher"))
    if publishers := asked.chosen("publisher", PUBLISHER):
        every = every.filter(publisher__in=list(publishers))
    if years := asked.chosen("year", YEAR):
        within = in_years(list(years), earliest="published_earliest", latest="published_latest")
        every = every.filter(within, published__isnull=False)
    of_type = every.filter(type__in=types) if types else every
    of_health = _with_health(every, health, at) if health else every
    selected = _with_health(of_type, health, at) if health else of_type
    keys = [Key("sorts_on", date, falls=True), Key("pk", int, falls=True)]
    page = keyset_page(selected.select_related("link_state"), keys=keys, cursor=request.GET.get("cursor", ""))
    uses = dict(
        Citation.objects.public()
        .filter(source__in=page.rows)
        .values_list("source")
        .annotate(n=Count("pk"))
        .values_list("source", "n")
    )
    by_type = dict(of_health.order_by().values_list("type").annotate(n=Count("pk")).values_list("type", "n"))
    by_health = _health_counts(of_type, at)
    total = sum(by_type.get(one, 0) for one in types) if types else sum(by_type.values())
    labels = {**HEALTH, NO_ADDRESS: _("No address")}
    context = {
        "as_of": day,
        "rows": [
            {
                "source": source,
                "published": published(source),
                "mark": link_mark(source, at=at),
                "uses": uses.get(source.pk, 0),
                "byline": byline(source.authors),
                "href": source_address(source),
            }
            for source in page.rows
        ],
        "total": total,
        "facets": [
            _facet("health", pgettext("filter", "Link"), labels, by_health, health),
            _facet("source_type", pgettext("filter", "Kind of source"), SOURCE_TYPES, by_type, types),
        ],
        "chosen": asked.narrowed_by,
        "search": asked.given.get("q", ""),
        "kept": asked.kept_beside(("q", "health", "source_type")),
        "pager": pager(
            request,
            page,
            note=shown_of(len(page.rows), total),
            # Translators: links to other pages of the list of sources
            back=_("Published later"),
            on=_("Published earlier"),
            label=_("Pages of sources"),
        ),
    }
    return render(request, "timeline/sources.html", context)


NO_ADDRESS: Final = "no-address"


def _with_health(rows: SourceQuerySet, health: Sequence[str], at: datetime) -> SourceQuerySet:
    """Sources whose link is in one of some states; those without an address have a word of their own."""
    stands = rows.annotate(health=slug_expression(at=at))
    found = Q(health__in=[one for one in health if one != NO_ADDRESS], url__isnull=False)
    if NO_ADDRESS in health:
        found |= Q(url__isnull=True)
    return stands.filter(found)


def _health_counts(rows: SourceQuerySet, at: datetime) -> dict[str, int]:
    counted = (
        rows.order_by()
        .annotate(
            health=slug_expression(at=at),
            addressed=ExpressionWrapper(Q(url__isnull=False), output_field=BooleanField()),
        )
        .values_list("health", "addressed")
        .annotate(n=Count("pk"))
        .values_list("health", "addressed", "n")
    )
    found: dict[str, int] = defaultdict(int)
    for health, addressed, number in counted:
        found[health if addressed else NO_ADDRESS] += number
    return found


def _facet(
    name: str, label: str, labels: Mapping[str, str], counts: Mapping[str, int], chosen_now: Sequence[str]
) -> Facet:
    values = [
        FacetValue(value=slug, label=words, count=counts.get(slug, 0), chosen=slug in chosen_now)
        for slug, words in labels.items()
    ]
    return Facet(name=name, label=label, groups=[FacetGroup(values=values)], open=True, unit=UNITS["source"])
