"""Reading events with all that is shown of them, in a number of queries that does not grow with the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice

from babel.numbers import format_decimal
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from companies.models import Company
from pledges.models import (
    Amount,
    Answer,
    Citation,
    Dispute,
    Effect,
    Event,
    EventCompany,
    EventFollows,
    EventMark,
    Investment,
    Party,
    Pledge,
    StatusSpan,
)
from pledges.models.happening import EventQuerySet
from pledges.vocabulary import ExitKind, HoldingEffect, PledgeEffect, step_label
from sources.models import Passage, Snapshot, Source

AT_ONCE = 500
# What is read along with a citation; of its source also where it was first, where that is wanted.
OF_CITATIONS = ("source__link_state", "passage__state")
ORIGINS = ("source__copy_of", "source__first_report")


@dataclass(frozen=True, slots=True)
class Details:
    """What only an event's own page and the full exports show."""

    parties: tuple[Party, ...] = ()
    amounts: tuple[Amount, ...] = ()
    follows: tuple[Event, ...] = ()
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """What an event's own page and the exports of events say beside the row.

    companies: all by which the event is found: those listed on it, its parties, and who made, took, handed on or
        received what its effects are about.
    places: all by which it is found: its own, then those of the clauses in force at its effects.
    copies: in public archives, oldest first, by the key of the source.
    """

    companies: tuple[Company, ...] = ()
    places: tuple[str, ...] = ()
    copies: Mapping[int, Sequence[Snapshot]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Happening:
    """An event with what a row of the timeline shows of it.

    effects: the public ones, in the order of the pledges' lives, each with its pledge or investment at hand.
    citations: of the event, then of its effects, each with its source and passage at hand.
    statuses: of the pledges concerned on the day that was asked for; a pledge that was not made by then has none.
    disputed: whether a question about it is open, or a source disputes it.
    """

    event: Event
    effects: tuple[Effect, ...]
    citations: tuple[Citation, ...]
    companies: tuple[Company, ...]
    statuses: tuple[StatusSpan, ...]
    disputed: bool
    details: Details = field(default_factory=Details)
    around: Around = field(default_factory=Around)

    @property
    def title(self) -> str:
        return title_of(self.event, self.effects)

    @property
    def summary(self) -> str:
        return summary_of(self.event, self.effects)

    @property
    def pledges(self) -> list[Pledge]:
        """The pledges concerned, each once."""
        return list({effect.pledge_id: effect.pledge for effect in self.effects if effect.pledge is not None}.values())

    @property
    def investments(self) -> list[Investment]:
        return list(
            {
                effect.investment_id: effect.investment for effect in self.effects if effect.investment is not None
            }.values()
        )

    def status_of(self, pledge: Pledge) -> StatusSpan | None:
        return next((span for span in self.statuses if span.pledge_id == pledge.pk), None)


# --- names ---------------------------------------------------------------------------------------------------


def title_of(event: Event, effects: Sequence[Effect]) -> str:
    """The name of an event: its own title, or where it has none, what its effect did.

    “Microsoft: No sales to US police” where a pledge was made, “... — narrowed” for every later step,
    “M12 invests in AnyVision” for an investment.

    :param effects: of the event, with their pledges and investments at hand.
    """
    if event.title:
        return event.title
    effect = next(iter(effects), None)
    if effect is None:
        return event.slug
    if effect.pledge is not None:
        name = f"{effect.pledge.company}: {effect.pledge.title}"
        return name if effect.kind == PledgeEffect.MADE else f"{name} — {step_label(effect.kind)}"
    assert effect.investment is not None  # noqa: S101 -- the database holds that it is one or the other
    return holding_title(effect)


def holding_title(effect: Effect) -> str:
    """What happened to an investment: “Microsoft (through M12) invests in AnyVision”."""
    investment = effect.investment
    assert investment is not None  # noqa: S101 -- callers ask for effects on investments only
    names = {
        "investor": str(investment.investor or _("An investor that is not named")),
        "fund": str(investment.through or ""),
        "company": str(investment.investee),
    }
    through = investment.through is not None and investment.through != investment.investor
    if effect.kind == HoldingEffect.INVESTED:
        if through:
            return _("%(investor)s (through %(fund)s) invests in %(company)s") % names
        return _("%(investor)s invests in %(company)s") % names
    names["how"] = str(ExitKind(effect.exit_kind).label if effect.exit_kind else HoldingEffect(effect.kind).label)
    if through:
        # Translators: %(how)s says what became of the stake: “stake sold”, “company acquired”, “exit announced”.
        return _("%(investor)s (through %(fund)s): stake in %(company)s — %(how)s") % names
    return _("%(investor)s: stake in %(company)s — %(how)s") % names


def summary_of(event: Event, effects: Sequence[Effect]) -> str:
    """One or two sentences on what happened; the pledge in short where it was made."""
    if event.summary:
        return event.summary
    said = []
    for effect in effects[:1]:
        if effect.pledge is not None and effect.kind == PledgeEffect.MADE:
            said.append(effect.pledge.summary)
        if effect.summary:
            said.append(effect.summary)
        if effect.investment is not None:
            said += _money(effect, effect.investment)
    return " ".join(said)


def _money(effect: Effect, investment: Investment) -> list[str]:
    if effect.kind != HoldingEffect.INVESTED:
        return [_as_reported(effect.amount, effect.currency)] if effect.amount is not None else []
    said = []
    if investment.amount is not None:
        measure = investment.get_amount_is_display() if investment.amount_is else ""
        said.append(_as_reported(investment.amount, investment.currency, measure or ""))
    if investment.note:
        said.append(investment.note)
    return said


def _as_reported(amount: Decimal, currency: str | None, measure: str = "") -> str:
    parts = {
        "currency": currency,
        "amount": format_decimal(round(amount), locale=to_locale(get_language() or settings.LANGUAGE_CODE)),
        "measure": measure,
    }
    if measure:
        # Translators: %(measure)s is what the sum measures: “everything raised in the round”.
        return _("As reported: %(currency)s %(amount)s (%(measure)s).") % parts
    return _("As reported: %(currency)s %(amount)s.") % parts


# --- reading -------------------------------------------------------------------------------------------------


def for_timeline(events: EventQuerySet) -> EventQuerySet:
    """The same events, saying whether each is disputed (``is_disputed``), ready for ``happenings``."""
    disputed = EventMark.objects.filter(event=OuterRef("pk"), facet="disputed")
    return events.annotate(is_disputed=Exists(disputed))


def happenings(events: Sequence[Event], *, on: date, details: bool = False, around: bool = False) -> list[Happening]:
    """The given events with all that is shown of them, in their order. Four queries.

    :param events: from ``for_timeline``.
    :param on: the day on which the pledges have the statuses that are shown.
    :param details: whether ``details`` are wanted, which takes seven more.
    :param around: whether ``around`` is wanted, which takes three more.
    """
    keys = [event.pk for event in events]
    effects = _effects_of(keys)
    of_event = _by_event(keys, effects)
    companies = _companies_of(keys)
    citations = _citations_of(keys, effects, origins=details)
    spans = _statuses_of(effects, on)
    more = _details_of(keys, effects) if details else {}
    beside = _around_of(events, of_event, companies, citations) if around else {}
    found = []
    for event in events:
        own = of_event[event.pk]
        pledges = list(dict.fromkeys(effect.pledge_id for effect in own if effect.pledge_id is not None))
        found.append(
            Happening(
                event=event,
                effects=tuple(own),
                citations=tuple(citations[event.pk]),
                companies=tuple(companies[event.pk]),
                statuses=tuple(spans[pledge] for pledge in pledges if pledge in spans),
                disputed=bool(getattr(event, "is_disputed", False)),
                details=more.get(event.pk) or Details(),
                around=beside.get(event.pk) or Around(),
            )
        )
    return found


def every_happening(
    events: EventQuerySet, *, on: date, details: bool = False, around: bool = False, at_once: int = AT_ONCE
) -> Iterator[Happening]:
    """All of the given events, a few hundred in memory at a time, read as of one moment.

    :param events: from ``for_timeline``, ordered.
    """
    with one_moment():
        rows = events.iterator(chunk_size=at_once)
        while batch := list(islice(rows, at_once)):
            yield from happenings(batch, on=on, details=details, around=around)


@contextmanager
def one_moment() -> Iterator[None]:
    """A transaction that sees the record as it stood when it began, whatever is written meanwhile."""
    if connection.in_atomic_block:
        # Too late to choose: the transaction that is open decides.
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _effects_of(keys: Sequence[int]) -> list[Effect]:
    about = ("pledge__company", "investment__investor", "investment__investee", "investment__through", "superseded_by")
    public = {"publication__isnull": False, "retracted_because": ""}
    on_public = Q()
    for subject in ("pledge", "investment"):
        on_public |= Q(**{f"{subject}__{name}": value for name, value in public.items()})
    effects = Effect.objects.public().filter(on_public, event__in=keys).select_related(*about)
    return list(effects.order_by("event_id", "pledge_id", "investment_id", "position", "pk"))


def _by_event(keys: Sequence[int], effects: Iterable[Effect]) -> dict[int, list[Effect]]:
    found: dict[int, list[Effect]] = {key: [] for key in keys}
    for effect in effects:
        found[effect.event_id].append(effect)
    return found


def _companies_of(keys: Sequence[int]) -> dict[int, list[Company]]:
    found: dict[int, list[Company]] = defaultdict(list)
    named = EventCompany.objects.filter(event__in=keys).select_related("company").order_by("event_id", "position", "pk")
    for link in named:
        found[link.event_id].append(link.company)
    return found


def _citations_of(keys: Sequence[int], effects: Sequence[Effect], *, origins: bool) -> dict[int, list[Citation]]:
    """:param origins: whether the sources of which a source is a copy, or that had it first, are wanted as well."""
    event_of = {effect.pk: effect.event_id for effect in effects}
    order = {effect.pk: place for place, effect in enumerate(effects)}
    about = OF_CITATIONS + (ORIGINS if origins else ())
    cited = Citation.objects.filter(Q(event__in=keys) | Q(effect__in=list(event_of))).select_related(*about)
    found: dict[int, list[Citation]] = defaultdict(list)
    for citation in sorted(
        cited, key=lambda one: (one.effect_id is not None, order.get(one.effect_id or 0, 0), one.position, one.pk)
    ):
        event = citation.event_id if citation.effect_id is None else event_of[citation.effect_id]
        if event is not None and citation.source.is_public:
            found[event].append(citation)
    return found


def _statuses_of(effects: Iterable[Effect], on: date) -> dict[int, StatusSpan]:
    pledges = {effect.pledge_id for effect in effects if effect.pledge_id is not None}
    return {span.pledge_id: span for span in StatusSpan.objects.on(on).filter(pledge__in=pledges)}


def _around_of(
    events: Sequence[Event],
    effects: Mapping[int, Sequence[Effect]],
    listed: Mapping[int, Sequence[Company]],
    citations: Mapping[int, Sequence[Citation]],
) -> dict[int, Around]:
    keys = [event.pk for event in events]
    parties: dict[int, list[Company]] = defaultdict(list)
    named = Party.objects.filter(event__in=keys, company__isnull=False).select_related("company")
    for party in named.order_by("event_id", "position", "pk"):
        if party.company is not None:
            parties[party.event_id].append(party.company)
    places: dict[int, list[str]] = defaultdict(list)
    marks = EventMark.objects.filter(event__in=keys, facet="jurisdiction").order_by("event_id", "value")
    for key, code in marks.values_list("event_id", "value"):
        places[key].append(code)
    copies: dict[int, list[Snapshot]] = defaultdict(list)
    sources = {citation.source_id for cited in citations.values() for citation in cited}
    kept = Snapshot.objects.filter(source__in=sources, kind=Snapshot.Kind.MEMENTO, lost_at=None)
    for copy in kept.order_by("captured_at", "pk"):
        copies[copy.source_id].append(copy)
    found = {}
    for event in events:
        concerned = [*listed.get(event.pk, ()), *parties[event.pk]]
        concerned += [company for effect in effects[event.pk] for company in _companies_behind(effect)]
        found[event.pk] = Around(
            companies=tuple({company.pk: company for company in concerned}.values()),
            places=tuple(dict.fromkeys([*event.jurisdictions, *places[event.pk]])),
            copies={
                citation.source_id: copies[citation.source_id]
                for citation in citations.get(event.pk, ())
                if citation.source_id in copies
            },
        )
    return found


def _companies_behind(effect: Effect) -> list[Company]:
    """Who made the pledge; who took the stake, through whom, and in whom."""
    if effect.pledge is not None:
        return [effect.pledge.company]
    if effect.investment is not None:
        investment = effect.investment
        who = (investment.investor, investment.through, investment.investee)
        return [company for company in who if company is not None]
    return []


def _details_of(keys: Sequence[int], effects: Sequence[Effect]) -> dict[int, Details]:
    parties: dict[int, list[Party]] = defaultdict(list)
    for party in Party.objects.filter(event__in=keys).select_related("company").order_by("event_id", "position", "pk"):
        parties[party.event_id].append(party)
    amounts: dict[int, list[Amount]] = defaultdict(list)
    for amount in Amount.objects.filter(event__in=keys).order_by("event_id", "position", "pk"):
        amounts[amount.event_id].append(amount)
    follows: dict[int, list[Event]] = defaultdict(list)
    links = EventFollows.objects.filter(
        event__in=keys, follows__publication__isnull=False, follows__retracted_because=""
    )
    for link in links.select_related("follows").order_by("event_id", "position", "pk"):
        follows[link.event_id].append(link.follows)
    disputes = _disputes_of(keys, effects)
    return {
        key: Details(tuple(parties[key]), tuple(amounts[key]), tuple(follows[key]), tuple(disputes[key]))
        for key in keys
    }


def _disputes_of(keys: Sequence[int], effects: Sequence[Effect]) -> dict[int, list[Dispute]]:
    """Disputes about the events and their effects; those about a pledge or an investment where it began."""
    of_effect = {effect.pk: effect.event_id for effect in effects}
    of_pledge = {effect.pledge_id: effect.event_id for effect in effects if effect.kind == PledgeEffect.MADE}
    of_holding = {effect.investment_id: effect.event_id for effect in effects if effect.kind == HoldingEffect.INVESTED}
    answers = Answer.objects.order_by("position").prefetch_related(
        Prefetch("citations", Citation.objects.order_by("position", "pk").select_related(*OF_CITATIONS, *ORIGINS))
    )
    asked = Dispute.objects.public().filter(
        Q(event__in=keys)
        | Q(effect__in=list(of_effect))
        | Q(pledge__in=list(of_pledge))
        | Q(investment__in=list(of_holding))
    )
    found: dict[int, list[Dispute]] = defaultdict(list)
    for dispute in asked.order_by("position", "pk").prefetch_related(Prefetch("answers", answers)):
        key = (
            dispute.event_id
            or of_effect.get(dispute.effect_id or 0)
            or of_pledge.get(dispute.pledge_id or 0)
            or of_holding.get(dispute.investment_id or 0)
        )
        if key is not None:
            found[key].append(dispute)
    return found


# --- what the events rest on ---------------------------------------------------------------------------------

# From chosen(id), the events, to behind(source_id, passage_id): what they and their effects cite, what the answers
# in dispute about them cite, and what is cited for the sums of the investments that they announce.
BEHIND = """
touched AS (
    SELECT f.id, f.event_id, f.kind, f.pledge_id, f.investment_id
    FROM chosen JOIN pledges_effect f ON f.event_id = chosen.id
    LEFT JOIN pledges_pledge p ON p.id = f.pledge_id
    LEFT JOIN pledges_investment i ON i.id = f.investment_id
    WHERE f.publication_id IS NOT NULL AND f.retracted_because = ''
    AND coalesce(p.publication_id, i.publication_id) IS NOT NULL
    AND coalesce(p.retracted_because, i.retracted_because) = ''
),
asked AS (
    SELECT d.id FROM chosen JOIN pledges_dispute d ON d.event_id = chosen.id
    WHERE d.publication_id IS NOT NULL AND d.retracted_because = ''
    UNION SELECT d.id FROM touched t JOIN pledges_dispute d ON d.effect_id = t.id
    WHERE d.publication_id IS NOT NULL AND d.retracted_because = ''
    UNION SELECT d.id FROM touched t JOIN pledges_dispute d ON d.pledge_id = t.pledge_id AND t.kind = 'made'
    WHERE d.publication_id IS NOT NULL AND d.retracted_because = ''
    UNION SELECT d.id FROM touched t JOIN pledges_dispute d ON d.investment_id = t.investment_id AND t.kind = 'invested'
    WHERE d.publication_id IS NOT NULL AND d.retracted_because = ''
),
claimed AS (
    SELECT l.id FROM touched t JOIN pledges_claim l ON l.investment_id = t.investment_id WHERE t.kind = 'invested'
    UNION SELECT l.id FROM touched t JOIN pledges_investment i ON i.id = t.investment_id AND t.kind = 'invested'
    JOIN pledges_claim l ON l.round_id = i.round_id
),
cited AS MATERIALIZED (
    SELECT c.source_id, c.passage_id FROM chosen JOIN pledges_citation c ON c.event_id = chosen.id
    UNION ALL SELECT c.source_id, c.passage_id FROM touched t JOIN pledges_citation c ON c.effect_id = t.id
    UNION ALL SELECT c.source_id, c.passage_id FROM asked JOIN pledges_answer a ON a.dispute_id = asked.id
    JOIN pledges_citation c ON c.answer_id = a.id
    UNION ALL SELECT c.source_id, c.passage_id FROM claimed JOIN pledges_citation c ON c.claim_id = claimed.id
),
behind AS (
    SELECT cited.source_id, cited.passage_id FROM cited JOIN sources_source s ON s.id = cited.source_id
    WHERE s.publication_id IS NOT NULL AND s.retracted_because = ''
)
"""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A source with the words that some events quote from it."""

    source: Source
    quotations: tuple[str, ...]


def sources_behind(events: EventQuerySet) -> list[tuple[int, list[int]]]:
    """The distinct sources that some events rest on, by slug: keys of each and of the passages quoted from it."""
    chosen, parameters = events.order_by().values("pk").query.sql_with_params()
    statement = (
        f"WITH chosen(id) AS ({chosen}), {BEHIND}"  # noqa: S608 -- the parts are our own; values are parameters
        " SELECT b.source_id, array_remove(array_agg(DISTINCT b.passage_id), NULL)"
        " FROM behind b JOIN sources_source s ON s.id = b.source_id GROUP BY b.source_id, s.slug ORDER BY s.slug"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [(source, list(passages)) for source, passages in cursor.fetchall()]


def every_quoted(found: Sequence[tuple[int, list[int]]], *, at_once: int = AT_ONCE) -> Iterator[Quoted]:
    """The sources themselves, a few hundred in memory at a time, in the given order.

    :param found: from ``sources_behind``.
    """
    with one_moment():
        for start in range(0, len(found), at_once):
            part = found[start : start + at_once]
            sources = Source.objects.select_related("copy_of", "first_report", "link_state").in_bulk(
                [source for source, _ in part]
            )
            passages = Passage.objects.in_bulk([key for _, keys in part for key in keys])
            for source, keys in part:
                yield Quoted(sources[source], tuple(passages[key].exact for key in keys))
