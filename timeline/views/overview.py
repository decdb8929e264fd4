"""The first page: what is in force, what ends next, what changed lately, and all of it as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from companies.models import Company
from dates.edtf import display, display_day, parse
from pledges.models import Citation, Event, EventMark, Pledge, StatusSpan
from pledges.models.derived import StatusSpanQuerySet
from pledges.models.pledge import PledgeQuerySet
from pledges.services.dossiers import Dossier, citations_of_effects, disputed_pledges, dossiers
from pledges.services.reading import for_timeline
from pledges.status import ClockKind, Headline
from timeline.asking import day_asked, kept_day, readable, with_day
from timeline.components import CitationMark, Figure, ShownDate, Status, TermBar
from timeline.figures import draw
from timeline.lanes import SPARE, finding, lanes_of, shown_lately
from timeline.naming import pledge_address
from timeline.references import References
from timeline.rows import entry_row
from timeline.scope import open_in_a_line
from timeline.shown import shown_date, shown_day, status_shown, word_before
from timeline.standing import promises_of, questions_of, standing, until_words
from timeline.terms import Term, terms_ahead
from timeline.totals import totals_of
from timeline.words import number

IN_FORCE: Final = (Headline.IN_FORCE, Headline.NARROWED, Headline.DISPUTED)
MOST_IN_FORCE: Final = 8
MOST_ENDING: Final = 3
MOST_LATELY: Final = 6
MOST_LANES: Final = 6
MOST_BARS: Final = 10  # of a company
MOST_COMPANIES: Final = 10
A_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class InForce:
    """A row of the table of what is in force."""

    company: Company
    company_href: str
    title: str
    href: str
    leaves_open: str
    until: str
    status: Status
    differs: bool
    citations: Sequence[CitationMark]


@dataclass(frozen=True, kw_only=True)
class EndsNext:
    """A pledge that ends by its own words, with how much of its term has passed.

    part: only one of its clauses ends. due: what ends is the time in which an act must be done.
    before: the word between “ends” and its date.
    """

    company: str
    title: str
    href: str
    part: bool
    due: bool
    before: str
    on: ShownDate
    bar: TermBar


@require_safe
@readable
def overview(request: HttpRequest) -> HttpResponse:
    day, kept = day_asked(request), kept_day(request)
    references = References(at=timezone.now(), listed=False)
    counts = _headline_counts(day)
    in_force = list(_in_force(day)[:MOST_IN_FORCE])
    terms = terms_ahead(day)
    pledges = list({pledge.pk: pledge for pledge in [*in_force, *(one.pledge for one in terms[:MOST_ENDING])]}.values())
    read = dossiers(pledges)
    differs = disputed_pledges(pledges, on=day)
    citations = citations_of_effects([dossier.made for dossier in read.values() if dossier.made])
    lately = list(for_timeline(Event.objects.public().happened_by(day)).newest_first()[: MOST_LATELY + SPARE])
    busiest = _busiest(day)
    lanes = lanes_of(busiest[:MOST_LANES], day)
    ending = {pledge_address(term.pledge) for term in terms if term.clock.kind is not ClockKind.DUE_BY}
    disputed = EventMark.objects.shown_on(day).filter(facet="disputed").count()
    context = {
        "as_of": day,
        "kept": kept,
        "figures": _figures(counts, terms, day, disputed, kept),
        "in_force": [
            _row(read[pledge.pk], day, pledge.pk in differs, references, citations, kept) for pledge in in_force
        ],
        "in_force_total": sum(counts.get(headline, 0) for headline in IN_FORCE),
        "in_force_href": with_day(IN_FORCE_LIST, kept),
        "terms": [_ends_next(one, day, kept) for one in terms[:MOST_ENDING]],
        "lately": [entry_row(one, references) for one in shown_lately(lately, day, most=MOST_LATELY)],
        "picture": draw(
            key="overview",
            title=_("Pledges, stakes and events by company"),
            description=_(
                "One row for each pledge. Bars run from the day a pledge was made to the day it ended; bars with an "
                "arrow have no end date. The line marks %(date)s. The table below the picture holds the same facts as "
                "text."
            )
            % {"date": display_day(day)},
            lanes=lanes,
            today=day,
            most_bars=MOST_BARS,
        ),
        "finding": finding(lanes, ending),
        "companies": _counted(busiest, day),
    }
    return render(request, "timeline/overview.html", context)


# --- what is in force -----------------------------------------------------------------------------------------

IN_FORCE_LIST: Final = "/pledges/?" + "&".join(f"status={headline.value}" for headline in IN_FORCE)


def _standing_spans(day: date) -> StatusSpanQuerySet:
    """The spans of public pledges on a day."""
    return StatusSpan.objects.on(day).filter(pledge__in=Pledge.objects.with_their_companies())


def _headline_counts(day: date) -> dict[str, int]:
    counted = _standing_spans(day).order_by().values_list("headline").annotate(n=Count("pk"))
    return dict(counted.values_list("headline", "n"))


def _in_force(day: date) -> PledgeQuerySet:
    """Pledges in force on a day: those whose status changes next come first, then the latest."""
    span = StatusSpan.objects.on(day).filter(pledge=OuterRef("pk"), headline__in=IN_FORCE)
    return (
        Pledge.objects.with_their_companies()
        .select_related("company")
        .annotate(changes=Subquery(span.values("days__endswith")[:1]))
        .filter(Exists(span))
        .order_by(F("changes").asc(nulls_last=True), F("made_earliest").desc(nulls_last=True), "-pk")
    )


def _row(
    dossier: Dossier,
    day: date,
    differs: bool,
    references: References,
    citations: Mapping[int, Sequence[Citation]],
    kept: str,
) -> InForce:
    pledge, made = dossier.pledge, dossier.made
    stands = standing(dossier, day)
    version = dossier.version_on(day)
    return InForce(
        company=pledge.company,
        company_href=with_day(f"/companies/{pledge.company.slug}/", kept),
        title=pledge.title,
        href=with_day(pledge_address(pledge), kept),
        leaves_open=open_in_a_line(promises_of(version), questions_of(dossier, day)),
        until=until_words(dossier, stands, day),
        status=status_shown(stands.answer.answer, clock=stands.clock),
        differs=differs,
        citations=references.marks(citations.get(made.pk, ())[:2]) if made else (),
    )


# --- what ends next -------------------------------------------------------------------------------------------


def _ends_next(term: Term, day: date, kept: str) -> EndsNext:
    pledge = term.pledge
    until = term.clock.until
    since = pledge.made_earliest or pledge.made_latest or day
    left = (term.until - day).days
    status = standing(term.dossier, day).answer
    return EndsNext(
        company=pledge.company.name,
        title=pledge.title,
        href=with_day(pledge_address(pledge), kept),
        part=not term.whole,
        due=term.clock.kind is ClockKind.DUE_BY,
        before=word_before(until or parse(term.until.isoformat())),
        on=shown_date(until.text) if until else shown_day(term.until),
        bar=TermBar(
            headline=status.headline.value,
            days=(term.until - since).days,
            gone=max((day - since).days, 0),
            from_text=display(pledge.made_on, short=True),
            left_text=_left(left),
        ),
    )


def _left(days: int) -> str:
    if days == 0:
        # Translators: of a term that ends today
        return _("last day")
    return ngettext("%(number)s day left", "%(number)s days left", days) % {"number": number(days)}


# --- figures and companies --------------------------------------------------------------------------------------


def _figures(counts: Mapping[str, int], terms: Sequence[Term], day: date, disputed: int, kept: str) -> list[Figure]:
    soon = sum(1 for term in terms if term.until <= day + A_YEAR)
    in_force = sum(counts.get(headline, 0) for headline in IN_FORCE)
    done = counts.get(Headline.COMPLETED, 0)
    broken = counts.get(Headline.CONTRADICTED, 0) + counts.get(Headline.WITHDRAWN, 0)
    ended = f"/pledges/?status={Headline.CONTRADICTED.value}&status={Headline.WITHDRAWN.value}"
    phrases = [
        # Translators: what stands below a large number; the words between <a> and </a> are a link
        ngettext("company pledge <a>in force</a>", "company pledges <a>in force</a>", in_force),
        ngettext("ends or falls due <a>within a year</a>", "end or fall due <a>within a year</a>", soon),
        ngettext("<a>completed</a>", "<a>completed</a>", done),
        ngettext("<a>contradicted or withdrawn</a>", "<a>contradicted or withdrawn</a>", broken),
        ngettext("event where <a>accounts differ</a>", "events where <a>accounts differ</a>", disputed),
    ]
    return [
        _figure(in_force, phrases[0], with_day(IN_FORCE_LIST, kept)),
        _figure(soon, phrases[1], "#lapses"),
        _figure(done, phrases[2], with_day(f"/pledges/?status={Headline.COMPLETED.value}", kept)),
        _figure(broken, phrases[3], with_day(ended, kept)),
        _figure(disputed, phrases[4], with_day("/timeline/?disputed=1", kept)),
    ]


def _figure(number: int, phrase: str, href: str) -> Figure:
    """
    :param phrase: what is counted, its link between ``<a>`` and ``</a>``.
    """
    before, _link, rest = phrase.partition("<a>")
    linked, _end, after = rest.partition("</a>")
    return Figure(number=number, before=before.strip(), linked=linked, after=after.strip(), href=href)


def _busiest(day: date) -> list[Company]:
    """The companies with most pledges by a day, then with most events. Two queries."""
    made = Pledge.objects.with_their_companies().filter(made_earliest__lte=day).order_by().values_list("company__slug")
    pledges = dict(made.annotate(n=Count("pk")).order_by("-n").values_list("company__slug", "n")[: MOST_COMPANIES * 4])
    marks = (
        EventMark.objects.shown_on(day)
        .filter(facet="group")
        .values_list("value")
        .annotate(n=Count("pk"))
        .order_by("-n")
    )
    events = dict(marks.values_list("value", "n")[: MOST_COMPANIES * 4])
    slugs = sorted({*pledges, *events}, key=lambda slug: (-(4 * pledges.get(slug, 0) + events.get(slug, 0)), slug))
    found = Company.objects.public().in_bulk(slugs[:MOST_COMPANIES], field_name="slug")
    return [found[slug] for slug in slugs[:MOST_COMPANIES] if slug in found]


def _counted(companies: Sequence[Company], day: date) -> list[tuple[Company, dict[str, int]]]:
    counts = totals_of(companies, day)
    return [(company, counts[company.pk]) for company in companies]
