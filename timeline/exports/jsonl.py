"""Events as JSON Lines: UTF-8, one object a line, with everything that is public about the event."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from companies.models import Company
from pledges.models import Citation, Dispute, Effect
from pledges.services.reading import Happening
from timeline.exports.about import About
from timeline.naming import event_address, investment_address, pledge_address
from timeline.references import best_copy, link_mark, source_address


def jsonl_lines(happenings: Iterable[Happening], about: About) -> Iterator[str]:
    """One line an event.

    :param happenings: with their details.
    """
    for happening in happenings:
        yield json.dumps(record(happening, about), ensure_ascii=False, separators=(",", ":")) + "\n"


def record(happening: Happening, about: About) -> dict[str, Any]:
    """One event as plain values. null: not known or not stated; an empty list: none.

    ``companies`` and ``jurisdictions`` are those that the event itself lists; ``..._concerned`` are all by which it
    is found, those of its parties and of what it did included.
    """
    event, details = happening.event, happening.details
    effects = {effect.pk: effect.slug for effect in happening.effects}
    return {
        "event": event.slug,
        "address": about.address(event_address(event)),
        "date": event.date,
        "earliest": event.date_earliest.isoformat() if event.date_earliest else None,
        "latest": event.date_latest.isoformat() if event.date_latest else None,
        "date_printed": event.date_printed,
        "date_basis": event.date_basis,
        "kind": event.kind or None,
        "title": happening.title,
        "summary": happening.summary,
        "outcome": event.outcome,
        "companies": _named(happening.companies),
        "companies_concerned": _named(happening.around.companies),
        "jurisdictions": event.jurisdictions,
        "jurisdictions_concerned": list(happening.around.places),
        "parties": [
            {
                "company": party.company.slug if party.company else None,
                "name": party.name,
                "kind": party.kind,
                "part": party.part,
            }
            for party in details.parties
        ],
        "amounts": [
            {"amount": number(one.amount), "currency": one.currency, "amount_is": one.amount_is}
            for one in details.amounts
        ],
        "follows": [other.slug for other in details.follows],
        "effects": [_effect(effect, happening, about) for effect in happening.effects],
        "sources": [
            {
                "bears_on": effects.get(citation.effect_id or 0, "event"),
                **_citation(citation, about),
                "archived_copy": _archived(citation, happening),
            }
            for citation in happening.citations
        ],
        "disputed": happening.disputed,
        "disputes": [_dispute(dispute, about) for dispute in details.disputes],
        "as_of": about.as_of,
        "selection": about.selection,
    }


def number(amount: Decimal | None) -> int | float | None:
    """A sum as a plain number."""
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _named(companies: Iterable[Company]) -> list[dict[str, str]]:
    return [{"slug": company.slug, "name": company.name} for company in companies]


def _archived(citation: Citation, happening: Happening) -> dict[str, str | None] | None:
    """The copy in a public archive that was made nearest to the event."""
    copies = happening.around.copies.get(citation.source_id, ())
    copy = best_copy(copies, near=happening.event.date_latest)
    return {"address": copy.url, "captured": copy.captured_at.date().isoformat()} if copy else None


def _effect(effect: Effect, happening: Happening, about: About) -> dict[str, Any]:
    said: dict[str, Any] = {
        "effect": effect.slug,
        "kind": effect.kind,
        "standing": effect.standing,
        "date": effect.date,
        "date_printed": effect.date_printed,
        "date_basis": effect.date_basis,
        "summary": effect.summary or None,
        "clauses": effect.clause_keys,
    }
    if effect.pledge is not None:
        pledge, span = effect.pledge, happening.status_of(effect.pledge)
        said["pledge"] = {
            "slug": pledge.slug,
            "address": about.address(pledge_address(pledge)),
            "company": pledge.company.slug,
            "title": pledge.title,
            "form": pledge.form,
            "headline": span.headline if span else "not-made-yet",
            "text": span.text if span else "not-made-yet",
            "conduct": span.conduct if span else "none",
        }
        said |= {
            "until": effect.until,
            "superseded_by": effect.superseded_by.slug if effect.superseded_by else None,
            "searched_where": effect.searched_where,
            "answered": effect.answered,
            "answer": effect.answer,
        }
    if effect.investment is not None:
        investment = effect.investment
        said["investment"] = {
            "slug": investment.slug,
            "address": about.address(investment_address(investment)),
            "investor": investment.investor.slug if investment.investor else None,
            "through": investment.through.slug if investment.through else None,
            "investee": investment.investee.slug,
            "round": investment.round_name,
            "amount": number(investment.amount),
            "currency": investment.currency,
            "amount_is": investment.amount_is,
            "stake": investment.stake,
        }
        said |= {"exit_kind": effect.exit_kind, "amount": number(effect.amount), "currency": effect.currency}
    return said


def _citation(citation: Citation, about: About) -> dict[str, Any]:
    source = citation.source
    return {
        "source": source.slug,
        "record": about.address(source_address(source)),
        "stance": citation.stance,
        "locator": citation.locator,
        "quotation": citation.passage.exact if citation.passage else None,
        "title": source.title,
        "title_basis": source.title_basis,
        "authors": source.authors,
        "publisher": source.publisher,
        "published": source.published,
        "type": source.type,
        "language": source.language,
        "address": source.url,
        "link_state": link_mark(source, at=about.at),
        "copy_of": source.copy_of.slug if source.copy_of else None,
        "syndicated_from": source.syndicated_from,
        "first_report": source.first_report.slug if source.first_report else None,
        "first_reported_by": source.first_reported_by,
    }


def _dispute(dispute: Dispute, about: About) -> dict[str, Any]:
    return {
        "question": dispute.question,
        "answers": [
            {
                "answer": answer.answer,
                "preferred": answer.preferred,
                "reason": answer.reason,
                "sources": _all(answer.citations.all(), about),
            }
            for answer in dispute.answers.all()
        ],
    }


def _all(citations: Iterable[Citation], about: About) -> Sequence[dict[str, Any]]:
    return [_citation(citation, about) for citation in citations if citation.source.is_public]
