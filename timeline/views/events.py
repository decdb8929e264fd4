"""One event: what happened, who took which part, and what it did to pledges and investments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from dates.edtf import display
from pledges.models import Amount, Citation, Effect, Event, EventFollows, Party
from pledges.services.dossiers import disputes_about
from pledges.services.reading import Happening, for_timeline, happenings, title_of
from pledges.vocabulary import Standing
from timeline.asking import day_asked, find, readable, tombstone
from timeline.changes import Row, changes_to
from timeline.citing import cite_box, dated_address, record_item
from timeline.components import CitationMark, Crumb, ShownDate, Status
from timeline.naming import SAYS_WHO, event_address, investment_address, investment_title, pledge_address, step_name
from timeline.places import place_label
from timeline.references import References, best_copies
from timeline.rows import entry_row
from timeline.shown import shown_date, span_shown, sum_words
from timeline.standing import dispute_shown
from timeline.vocabularies import capital


@dataclass(frozen=True, kw_only=True)
class EffectShown:
    """What the event did to a pledge or an investment."""

    what: str
    title: str
    href: str
    summary: str
    says_who: str
    status: Status | None
    date: ShownDate | None
    citations: Sequence[CitationMark]


@require_safe
@readable
def event_page(request: HttpRequest, slug: str) -> HttpResponse:
    day = day_asked(request)
    event = find(for_timeline(Event.objects.all()), kind="event", slug=slug)
    if event.retracted_because:
        return tombstone(request, event, kind="event")
    happening = happenings([event], on=day, around=True)[0]
    if not event.title and not happening.effects:
        return _step_of_what_was_retracted(request, event)
    parties = list(Party.objects.filter(event=event).select_related("company").order_by("position", "pk"))
    amounts = list(Amount.objects.filter(event=event).order_by("position", "pk"))
    links = list(
        EventFollows.objects.filter(Q(event=event) | Q(follows=event))
        .select_related("event", "follows")
        .order_by("position", "pk")
    )
    disputes = disputes_about(condition=Q(event=event) | Q(effect__event=event))
    references = References(at=timezone.now())
    # Translators: what a source is used for, in the list of sources
    used_for = pgettext("a source is used for", "the event")
    own = references.marks((c for c in happening.citations if c.event_id is not None), used_for)
    of_effect = _citations_by_effect(happening)
    effects = [_effect_shown(effect, happening, references, of_effect) for effect in happening.effects]
    title = happening.title
    item = record_item(
        kind="event", slug=slug, title=title, day=day, address=dated_address(request, event_address(event), day)
    )
    rows: list[Row] = [("pledges_event", event.pk), *(("pledges_effect", e.pk) for e in happening.effects)]
    rows += [("pledges_citation", citation.pk) for citation in happening.citations]
    rows += [("pledges_party", party.pk) for party in parties] + [("pledges_amount", one.pk) for one in amounts]
    rows += [("pledges_dispute", asked.dispute.pk) for asked in disputes]
    supporting = [c.source for c in happening.citations if c.stance == "supports"]
    context = {
        "as_of": day,
        "event": event,
        "happened": event.date_earliest is None or event.date_earliest <= day,
        "row": entry_row(happening, References(at=references.at)),
        "title": title,
        "date": shown_date(event.date, printed=event.date_printed, basis=event.date_basis),
        "summary": happening.summary,
        "own": own,
        "crumbs": [Crumb(label=_("Timeline"), href="/timeline/"), Crumb(label=title)],
        "companies": happening.around.companies,
        "parties": parties,
        "amounts": [(sum_words(one.amount, one.currency), one.get_amount_is_display()) for one in amounts],
        "places": ", ".join(map(place_label, happening.around.places)),
        "effects": effects,
        "before": _linked(link.follows for link in links if link.event_id == event.pk),
        "after": _linked(link.event for link in links if link.follows_id == event.pk),
        "disputes": [dispute_shown(asked, references) for asked in disputes],
        "cite": cite_box(item, day, {source.pk: source for source in supporting}.values(), kind="event", slug=slug),
        "address": item["URL"],
        "changes": changes_to(rows)[:10],
        "references": references.items(best_copies(references.sources, near=event.date_latest)),
        "links_checked": references.last_checked(),
    }
    return render(request, "timeline/event.html", context)


def _step_of_what_was_retracted(request: HttpRequest, event: Event) -> HttpResponse:
    """A step in the life of one pledge or stake goes with it.

    :raises Http404: if what it was a step of was never public.
    """
    for effect in Effect.objects.filter(event=event).select_related("pledge", "investment"):
        for row in (effect, effect.pledge, effect.investment):
            if row is not None and row.retracted_because:
                return tombstone(request, row, kind="event")
    raise Http404("Nothing of this event is public.")


def _citations_by_effect(happening: Happening) -> dict[int, list[Citation]]:
    found: dict[int, list[Citation]] = {effect.pk: [] for effect in happening.effects}
    for citation in happening.citations:
        if citation.effect_id is not None:
            found[citation.effect_id].append(citation)
    return found


def _effect_shown(
    effect: Effect, happening: Happening, references: References, citations: dict[int, list[Citation]]
) -> EffectShown:
    name = step_name(effect.kind)
    said = effect.summary if happening.event.title else ""
    if effect.pledge is not None:
        title, href = f"{effect.pledge.company.name}: {effect.pledge.title}", pledge_address(effect.pledge)
        status = span_shown(happening.status_of(effect.pledge))
    else:
        assert effect.investment is not None  # noqa: S101 -- an effect is on one or the other
        title, href, status = investment_title(effect.investment), investment_address(effect.investment), None
    return EffectShown(
        what=capital(name),
        title=title,
        href=href,
        summary=" ".join(part for part in (said, _answered(effect)) if part),
        says_who=SAYS_WHO[Standing(effect.standing)],
        status=status,
        date=shown_date(effect.date) if effect.date != happening.event.date else None,
        citations=references.marks(citations[effect.pk], name),
    )


def _answered(effect: Effect) -> str:
    return _("The answer: %(answer)s") % {"answer": effect.answer} if effect.answer else ""


def _linked(events: Iterable[Event]) -> list[tuple[str, str, str]]:
    """Title, address and date of events that have a page."""
    return [(title_of(event, ()), event_address(event), display(event.date)) for event in events if event.is_public]
