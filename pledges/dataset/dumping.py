"""Writing the record into files: what is public, in the format that ``loading`` reads.

Rows are read some hundred at a time, all as they stood at one moment. Optional fields are only written where they
say something, and always in the same order: two dumps of the same record are the same to the byte.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import F, Model, QuerySet
from django.db.models.functions import Collate

from companies.models import Company, CompanyName, Identifier, Ownership
from pledges.models import (
    Amount,
    Answer,
    Citation,
    Claim,
    Clause,
    CoInvestor,
    Condition,
    Dispute,
    Effect,
    Event,
    EventCompany,
    EventFollows,
    Investment,
    Party,
    Pledge,
    Round,
    Terms,
)
from pledges.vocabulary import AmountIs, HoldingEffect, PledgeEffect, Standing
from sources.models import CitedWork, Source

from ..services.reading import one_moment
from .rows import clauses_of, exit_id, is_completed

AT_ONCE = 500

Entry = dict[str, Any]
Found = Mapping[Any, list[Entry]]


def dump(folder: Path) -> dict[str, int]:
    """Write the public record into a folder, which is made if it is not there.

    Files of the data set that are there already are replaced, each when it is complete.

    :returns: how many rows each file has.
    """
    with one_moment():
        # Only now: where no database answers, no empty folder is left behind.
        folder.mkdir(parents=True, exist_ok=True)
        dumper = Dumper()
        files: dict[str, Iterator[Entry]] = {
            "companies.jsonl": dumper.entries(Company.objects.all(), dumper.companies),
            "sources.jsonl": dumper.entries(Source.objects.all(), dumper.sources),
            "developments.jsonl": dumper.entries(Event.objects.exclude(kind=""), dumper.developments),
            "pledges.jsonl": dumper.entries(Pledge.objects.all(), dumper.pledges),
            "rounds.jsonl": dumper.entries(Round.objects.all(), dumper.rounds),
            "investments.jsonl": dumper.entries(Investment.objects.all(), dumper.investments),
        }
        unfinished = {name: folder / f".{name}.unfinished" for name in files}
        try:
            counts = {name: _write(unfinished[name], entries) for name, entries in files.items()}
            for name, path in unfinished.items():
                os.replace(path, folder / name)
        finally:
            for path in unfinished.values():
                path.unlink(missing_ok=True)
    return counts


def _write(path: Path, entries: Iterable[Entry]) -> int:
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as lines:
        for entry in entries:
            lines.write(json.dumps(entry, ensure_ascii=False) + "\n")
            written += 1
    return written


def _values(rows: QuerySet[Any], by: str, *fields: str) -> Found:
    """Some columns of rows, under what the rows belong to."""
    return _grouped(rows.values(by, *fields), by)


def _grouped(rows: Iterable[Entry], by: str) -> Found:
    """Rows under what they belong to, without naming it."""
    found: dict[Any, list[Entry]] = defaultdict(list)
    for row in rows:
        found[row.pop(by)].append(row)
    return found


def _said(**fields: Any) -> Entry:
    """Those fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {}, False)}


def _number(amount: Decimal | None) -> int | float | None:
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _sum(row: Mapping[str, Any]) -> Entry:
    return {"amount": _number(row["amount"]), "currency": row["currency"]}


class Dumper:
    """Reads entries with all their parts, in as many queries for one portion as for another."""

    def __init__(self) -> None:
        # What a public entry may point to although it is still a draft: it is left out.
        self._drafts: dict[type[Model], set[int]] = {
            model: set(model._default_manager.filter(publication=None).values_list("pk", flat=True))
            for model in (Company, Source, Event, Round, Investment)
        }

    def entries(self, rows: QuerySet[Any], read: Callable[[list[Any]], Iterator[Entry]]) -> Iterator[Entry]:
        """The entries of a file, sorted by identifier.

        :param rows: of one table; drafts are left out.
        """
        public = rows.filter(publication__isnull=False).order_by(Collate("slug", "C"))
        keys = list(public.values_list("pk", flat=True))
        for start in range(0, len(keys), AT_ONCE):
            portion = keys[start : start + AT_ONCE]
            found = rows.in_bulk(portion)
            yield from read([found[key] for key in portion])

    def _public(self, model: type[Model], field: str) -> dict[str, Any]:
        """Keeps out links to drafts."""
        return {f"{field}__in": self._drafts[model]}

    # --- who, and where it was said ---------------------------------------------------------------------------

    def companies(self, companies: Sequence[Company]) -> Iterator[Entry]:
        keys = [company.pk for company in companies]
        names = _values(
            CompanyName.objects.filter(company__in=keys).order_by("company_id", "position", "pk"),
            "company_id",
            "name",
            "used_from",
            "used_until",
        )
        owners = _values(
            Ownership.objects.filter(company__in=keys)
            .exclude(**self._public(Company, "owner"))
            .order_by(F("until_latest").asc(nulls_last=True), "since_earliest", "owner__slug", "pk"),
            "company_id",
            "owner__slug",
            "since",
            "until",
        )
        identifiers = _values(Identifier.objects.filter(company__in=keys), "company_id", "scheme", "value")
        merged = self._slugs(Company, {company.merged_into_id for company in companies})
        for company in companies:
            codes = {one["scheme"]: one["value"] for one in identifiers[company.pk]}
            owned = [
                {"owner": one["owner__slug"], "since": one["since"], "until": one["until"]}
                for one in owners[company.pk]
            ]
            present = [one["owner"] for one in owned if one["until"] is None]
            plain = [{"owner": owner, "since": None, "until": None} for owner in present]
            yield {
                "slug": company.slug,
                "name": company.name,
                "aliases": [
                    {"name": one["name"], "from": one["used_from"], "to": one["used_until"]}
                    for one in names[company.pk]
                ],
                "roles": company.roles,
                "country": company.country,
                "parent": present[0] if present else None,
                "wikidata": codes.get("wikidata"),
                "website": company.website,
                "note": company.note,
                **_said(
                    lei=codes.get("lei"),
                    owners=[] if owned == plain else owned,
                    merged_into=merged.get(company.merged_into_id),
                    retracted_because=company.retracted_because,
                ),
            }

    def _slugs(self, model: type[Model], keys: Iterable[int | None]) -> dict[int | None, str]:
        """What those of the given rows are called that are not drafts."""
        asked = {key for key in keys if key is not None} - self._drafts.get(model, set())
        return dict(model._default_manager.filter(pk__in=asked).values_list("pk", "slug"))

    def sources(self, sources: Sequence[Source]) -> Iterator[Entry]:
        keys = [source.pk for source in sources]
        named = self._slugs(Source, {key for one in sources for key in (one.copy_of_id, one.first_report_id)})
        cited = _values(
            CitedWork.objects.filter(source__in=keys)
            .exclude(**self._public(Source, "cited"))
            .order_by("source_id", "cited__slug"),
            "source_id",
            "cited__slug",
        )
        for source in sources:
            yield {
                "id": source.slug,
                "url": source.url,
                "title": source.title,
                "title_basis": source.title_basis,
                "authors": source.authors,
                "publisher": source.publisher,
                "published": source.published,
                "language": source.language,
                "type": source.type,
                "first_reported_by": source.first_reported_by,
                "syndicated_from": source.syndicated_from,
                "note": source.note,
                **_said(
                    copy_of=named.get(source.copy_of_id),
                    first_report=named.get(source.first_report_id),
                    cites=sorted(one["cited__slug"] for one in cited[source.pk]),
                    date_printed=source.date_printed,
                    date_basis=source.date_basis,
                    retracted_because=source.retracted_because,
                ),
            }

    # --- by which source --------------------------------------------------------------------------------------

    def _citations(self, whole: str, keys: Iterable[int]) -> Found:
        rows = (
            Citation.objects.filter(**{f"{whole}__in": list(keys)})
            .exclude(**self._public(Source, "source"))
            .order_by(f"{whole}_id", "position", "pk")
            .values(
                f"{whole}_id",
                "source__slug",
                "stance",
                "locator",
                "passage__exact",
                "passage__prefix",
                "passage__suffix",
            )
        )
        return _grouped(
            (
                {
                    whole: row[f"{whole}_id"],
                    "source": row["source__slug"],
                    "stance": row["stance"],
                    "locator": row["locator"],
                    "quote": row["passage__exact"],
                    **_said(prefix=row["passage__prefix"], suffix=row["passage__suffix"]),
                }
                for row in rows
            ),
            whole,
        )

    def _disputes(self, whole: str, keys: Iterable[int]) -> Found:
        disputes = list(
            Dispute.objects.filter(**{f"{whole}__in": list(keys)}, publication__isnull=False).order_by(
                f"{whole}_id", "position", "pk"
            )
        )
        answers: dict[int, list[Answer]] = defaultdict(list)
        for answer in Answer.objects.filter(dispute__in=disputes).order_by("dispute_id", "position", "pk"):
            answers[answer.dispute_id].append(answer)
        cited = self._citations("answer", [answer.pk for of_one in answers.values() for answer in of_one])
        return _grouped(
            (
                {
                    whole: getattr(dispute, f"{whole}_id"),
                    "question": dispute.question,
                    "positions": [
                        {
                            "answer": answer.answer,
                            "preferred": answer.preferred,
                            "reason": answer.reason,
                            "sources": cited[answer.pk],
                        }
                        for answer in answers[dispute.pk]
                    ],
                    **_said(retracted_because=dispute.retracted_because),
                }
                for dispute in disputes
            ),
            whole,
        )

    # --- what happened ----------------------------------------------------------------------------------------

    def developments(self, events: Sequence[Event]) -> Iterator[Entry]:
        for event, parts in zip(events, self._happenings(events), strict=True):
            yield {
                "id": event.slug,
                "kind": event.kind,
                "date": event.date,
                "title": event.title,
                "summary": event.summary,
                "companies": parts["companies"],
                "jurisdictions": event.jurisdictions,
                "amounts": parts["amounts"],
                "outcome": event.outcome,
                "sources": parts["sources"],
                **_said(
                    follows=parts["follows"],
                    parties=parts["parties"],
                    date_printed=event.date_printed,
                    date_basis=event.date_basis,
                    no_support=event.no_support,
                    read_twice=event.read_twice,
                    disputes=parts["disputes"],
                    retracted_because=event.retracted_because,
                ),
            }

    def _happenings(self, events: Sequence[Event]) -> Iterator[Entry]:
        """The parts of each event: who was concerned, who took part, sums, what it follows, what is cited."""
        keys = [event.pk for event in events]
        companies = _values(
            EventCompany.objects.filter(event__in=keys)
            .exclude(**self._public(Company, "company"))
            .order_by("event_id", "position", "pk"),
            "event_id",
            "company__slug",
        )
        parties = _values(
            Party.objects.filter(event__in=keys)
            .exclude(**self._public(Company, "company"))
            .order_by("event_id", "position", "pk"),
            "event_id",
            "company__slug",
            "name",
            "kind",
            "part",
        )
        amounts = _values(
            Amount.objects.filter(event__in=keys).order_by("event_id", "position", "pk"),
            "event_id",
            "amount",
            "currency",
            "amount_is",
        )
        follows = _values(
            EventFollows.objects.filter(event__in=keys)
            .exclude(**self._public(Event, "follows"))
            .order_by("event_id", "position", "pk"),
            "event_id",
            "follows__slug",
        )
        citations = self._citations("event", keys)
        disputes = self._disputes("event", keys)
        for key in keys:
            yield {
                "companies": [one["company__slug"] for one in companies[key]],
                "parties": [{"company": one.pop("company__slug"), **one} for one in parties[key]],
                "amounts": [{**one, "amount": _number(one["amount"])} for one in amounts[key]],
                "follows": [one["follows__slug"] for one in follows[key]],
                "sources": citations[key],
                "disputes": disputes[key],
            }

    def _steps(self, effects: Sequence[Effect]) -> dict[int, Entry]:
        """What is said of each effect, apart from what differs between pledges and investments.

        Either it names the event that it belongs to, or it says how the happening that it is differs from it.
        """
        keys = [effect.pk for effect in effects]
        citations, disputes = self._citations("effect", keys), self._disputes("effect", keys)
        events = Event.objects.in_bulk({effect.event_id for effect in effects})
        own = [event for event in events.values() if not event.kind]
        parts = dict(zip((event.pk for event in own), self._happenings(own), strict=True))
        owners = self._owners_of(own)
        said: dict[int, Entry] = {}
        for effect in effects:
            event = events[effect.event_id]
            is_own = owners.get(event.pk) == effect.slug
            said[effect.pk] = {
                "event": None if is_own else event.slug,
                "happening": self._own_happening(effect, event, parts[event.pk]) if is_own else None,
                "sources": citations[effect.pk],
                "disputes": disputes[effect.pk],
            }
        return said

    def _owners_of(self, events: Sequence[Event]) -> dict[int, str]:
        """Of events that are nothing but a step, the effect that describes them: as a rule the only one."""
        owners: dict[int, str] = {}
        slugs = {event.pk: event.slug for event in events}
        rows = Effect.objects.filter(event__in=slugs, publication__isnull=False).order_by(Collate("slug", "C"))
        for event, slug in rows.values_list("event_id", "slug"):
            if slug == slugs[event]:
                owners[event] = slug
            owners.setdefault(event, slug)
        return owners

    def _own_happening(self, effect: Effect, event: Event, parts: Entry) -> Entry:
        differs = {
            name: getattr(event, name)
            for name in ("date", "date_printed", "date_basis")
            if getattr(event, name) != getattr(effect, name)
        }
        return {
            **({"id": event.slug} if event.slug != effect.slug else {}),
            **differs,
            **_said(
                summary=event.summary,
                companies=parts["companies"],
                jurisdictions=event.jurisdictions,
                amounts=parts["amounts"],
                outcome=event.outcome,
                sources=parts["sources"],
                parties=parts["parties"],
                follows=parts["follows"],
                read_twice=event.read_twice,
                disputes=parts["disputes"],
                no_support=event.no_support,
                retracted_because=event.retracted_because,
            ),
        }

    # --- what was promised ------------------------------------------------------------------------------------

    def pledges(self, pledges: Sequence[Pledge]) -> Iterator[Entry]:
        keys = [pledge.pk for pledge in pledges]
        companies = dict(Company.objects.values_list("pk", "slug").filter(pledges__in=keys))
        effects = list(
            Effect.objects.filter(pledge__in=keys, publication__isnull=False).order_by("pledge_id", "position", "pk")
        )
        of_pledge: dict[int, list[Effect]] = defaultdict(list)
        for effect in effects:
            of_pledge[effect.pledge_id or 0].append(effect)
        steps = self._steps(effects)
        successors = self._slugs(Pledge, {effect.superseded_by_id for effect in effects})
        conditions = self._conditions("pledge", keys)
        versions = self._versions(keys, {effect.pk for effect in effects})
        disputes = self._disputes("pledge", keys)
        for pledge in pledges:
            life = of_pledge[pledge.pk]
            given = conditions[pledge.pk]
            short = next((one for one in given if one["matters_most"]), None)
            every = [_condition(one) for one in given if one["position"] > 0 or one is not short]
            terms, clauses = _terms(pledge, versions[pledge.pk], life, every, short)
            yield {
                "id": pledge.slug,
                "company": companies[pledge.company_id],
                "title": pledge.title,
                "summary": pledge.summary,
                "made_on": pledge.made_on,
                "actions": pledge.actions,
                "technologies": pledge.technologies,
                "audiences": pledge.audiences,
                "jurisdictions": pledge.jurisdictions,
                "binding": pledge.binding,
                "condition": _condition(short) if short else {"kind": "none", "text": None, "date": None},
                "events": [_step(effect, steps[effect.pk], successors) for effect in life],
                **_said(
                    read_twice=pledge.read_twice,
                    due_on=pledge.due_on,
                    terms=terms,
                    clauses=clauses,
                    conditions=every,
                    disputes=disputes[pledge.pk],
                ),
                "form": pledge.form,
                **_said(retracted_because=pledge.retracted_because),
            }

    def _conditions(self, whole: str, keys: Iterable[int]) -> Found:
        return _values(
            Condition.objects.filter(**{f"{whole}__in": list(keys)}).order_by(f"{whole}_id", "position", "pk"),
            f"{whole}_id",
            "position",
            "matters_most",
            "kind",
            "text",
            "ends",
        )

    def _versions(self, pledges: Sequence[int], effects: set[int]) -> Found:
        """The versions of the terms of each pledge, as the files have them, with a few more fields."""
        rows = list(
            Terms.objects.filter(pledge__in=pledges, introduced_by__in=effects)
            .select_related("wording_source")
            .order_by("pledge_id", "position", "pk")
        )
        keys = [terms.pk for terms in rows]
        conditions = self._conditions("terms", keys)
        clauses: dict[int, list[Clause]] = defaultdict(list)
        for clause in Clause.objects.filter(terms__in=keys).order_by("terms_id", "position", "pk"):
            clauses[clause.terms_id].append(clause)
        of_clauses = self._conditions("clause", [clause.pk for of_one in clauses.values() for clause in of_one])
        return _grouped(
            (
                {
                    "pledge": terms.pledge_id,
                    "from": terms.starts,
                    "wording": terms.wording or None,
                    "actions": terms.actions,
                    "technologies": terms.technologies,
                    "audiences": terms.audiences,
                    "excludes": terms.excludes,
                    "jurisdictions": terms.jurisdictions,
                    "conditions": [_condition(one) for one in conditions[terms.pk]],
                    "introduced_by": terms.introduced_by_id,
                    **_said(
                        wording_basis=terms.wording_basis,
                        wording_source=terms.wording_source.slug if terms.wording_source else None,
                    ),
                    "clauses": [_clause(clause, of_clauses[clause.pk]) for clause in clauses[terms.pk]],
                    "clauses_given": terms.clauses_given,
                }
                for terms in rows
            ),
            "pledge",
        )

    # --- money ------------------------------------------------------------------------------------------------

    def rounds(self, rounds: Sequence[Round]) -> Iterator[Entry]:
        keys = [one.pk for one in rounds]
        companies = self._slugs(Company, {one.investee_id for one in rounds})
        events = self._slugs(Event, {one.announced_event_id for one in rounds})
        investments = self._slugs(Investment, {one.claims_on_id for one in rounds})
        claims = self._claims("round", keys)
        for one in rounds:
            of_round = claims[one.pk]
            # The sum of the whole round, as sources give it, has no words; what else is claimed has.
            whole = of_round[0] if of_round and _is_the_sum(of_round[0]) else None
            yield {
                "id": one.slug,
                "investee": companies[one.investee_id],
                "name": one.name,
                "announced_on": one.announced_on,
                "amount": whole["amount"] if whole else None,
                "currency": whole["currency"] if whole else None,
                "announced_event": events.get(one.announced_event_id),
                "claims_on": investments.get(one.claims_on_id),
                "sources": whole["sources"] if whole else [],
                "note": one.note,
                **_said(
                    claims=[_claim(claim) for claim in (of_round[1:] if whole else of_round)],
                    retracted_because=one.retracted_because,
                ),
            }

    def _claims(self, whole: str, keys: Iterable[int]) -> Found:
        rows = list(Claim.objects.filter(**{f"{whole}__in": list(keys)}).order_by(f"{whole}_id", "position", "pk"))
        cited = self._citations("claim", [claim.pk for claim in rows])
        return _grouped(
            (
                {
                    whole: getattr(claim, f"{whole}_id"),
                    "text": claim.text,
                    "amount": _number(claim.amount),
                    "currency": claim.currency,
                    "amount_is": claim.amount_is,
                    "sources": cited[claim.pk],
                }
                for claim in rows
            ),
            whole,
        )

    def investments(self, investments: Sequence[Investment]) -> Iterator[Entry]:
        keys = [one.pk for one in investments]
        companies = self._slugs(
            Company, {key for one in investments for key in (one.investor_id, one.through_id, one.investee_id)}
        )
        rounds = self._slugs(Round, {one.round_id for one in investments})
        partners = _values(
            CoInvestor.objects.filter(investment__in=keys)
            .exclude(**self._public(Company, "company"))
            .order_by("investment_id", "position", "pk"),
            "investment_id",
            "company__slug",
        )
        effects = list(
            Effect.objects.filter(investment__in=keys, publication__isnull=False).order_by(
                "investment_id", "position", "pk"
            )
        )
        of_investment: dict[int, list[Effect]] = defaultdict(list)
        for effect in effects:
            of_investment[effect.investment_id or 0].append(effect)
        steps = self._steps(effects)
        claims, disputes = self._claims("investment", keys), self._disputes("investment", keys)
        for one in investments:
            life = of_investment[one.pk]
            made = next(effect for effect in life if effect.kind == HoldingEffect.INVESTED)
            exits = [_exit(effect, steps[effect.pk], one) for effect in life if effect is not made]
            yield {
                "id": one.slug,
                "investor": companies.get(one.investor_id),
                "through": companies.get(one.through_id),
                "investee": companies[one.investee_id],
                "round": one.round_name,
                "announced_on": one.announced_on,
                "amount": _number(one.amount),
                "currency": one.currency,
                "amount_is": one.amount_is,
                "stake": one.stake,
                "co_investors": [partner["company__slug"] for partner in partners[one.pk]],
                "exit": exits[-1] if exits else None,
                "claims": [_claim(claim) for claim in claims[one.pk]],
                "sources": steps[made.pk]["sources"],
                "note": one.note,
                **_said(
                    earlier_exits=exits[:-1],
                    read_twice=one.read_twice,
                    disputes=disputes[one.pk],
                    round_id=rounds.get(one.round_id),
                    announced_event=steps[made.pk]["event"],
                    date_printed=one.date_printed,
                    date_basis=one.date_basis,
                    made=_made(made, steps[made.pk], one),
                    retracted_because=one.retracted_because,
                ),
            }


def _condition(row: Mapping[str, Any]) -> Entry:
    return {"kind": row["kind"], "text": row["text"], "date": row["ends"]}


def _clause(clause: Clause, conditions: Sequence[Mapping[str, Any]]) -> Entry:
    return {
        "key": clause.key,
        "action": clause.action,
        "nature": clause.nature,
        "text": clause.text,
        "technologies": clause.technologies,
        "audiences": clause.audiences,
        "excludes": clause.excludes,
        "jurisdictions": clause.jurisdictions,
        "conditions": [_condition(one) for one in conditions],
        "due_on": clause.due_on,
    }


def _terms(
    pledge: Pledge,
    versions: Sequence[Entry],
    life: Sequence[Effect],
    every: list[Entry],
    short: Mapping[str, Any] | None,
) -> tuple[list[Entry], list[Entry]]:
    """The terms and the clauses of a pledge, as far as its own fields do not say them already."""
    plain = {
        "from": pledge.made_on,
        "wording": None,
        "actions": pledge.actions,
        "technologies": pledge.technologies,
        "audiences": pledge.audiences,
        "excludes": [],
        "jurisdictions": pledge.jurisdictions,
        "conditions": every or ([_condition(short)] if short else []),
        "introduced_by": life[0].pk if life else None,
    }
    if len(versions) == 1:
        clauses, given = versions[0]["clauses"], versions[0]["clauses_given"]
        said = {name: value for name, value in versions[0].items() if name not in ("clauses", "clauses_given")}
        if said == plain:
            return [], clauses if given or clauses != clauses_of(plain, pledge.due_on) else []
    place = {effect.pk: position for position, effect in enumerate(life)}
    terms = []
    for version in versions:
        clauses, given = version.pop("clauses"), version.pop("clauses_given")
        version["introduced_by"] = place[version["introduced_by"]]
        if given or clauses != clauses_of(version, None):
            version["clauses"] = clauses
        terms.append(version)
    return terms, []


def _step(effect: Effect, said: Entry, successors: Mapping[int | None, str]) -> Entry:
    step: Entry = {
        "id": effect.slug,
        **_said(event=said["event"]),
        "date": effect.date,
        "kind": effect.kind,
        "summary": effect.summary,
        "standing": effect.standing,
        "sources": said["sources"],
        **_said(clauses=effect.clause_keys),
    }
    match effect.kind:
        case PledgeEffect.EXTENDED:
            step["until"] = effect.until
        case PledgeEffect.SUPERSEDED:
            step |= {"superseded_by": successors.get(effect.superseded_by_id), "whole": effect.whole}
        case PledgeEffect.SEARCHED:
            step |= _said(where=effect.searched_where)
        case PledgeEffect.ASKED:
            step |= {"answered": effect.answered, **_said(answer=effect.answer)}
    return step | _said(
        date_printed=effect.date_printed,
        date_basis=effect.date_basis,
        no_support=effect.no_support,
        disputes=said["disputes"],
        happening=said["happening"],
        retracted_because=effect.retracted_because,
    )


def _made(effect: Effect, said: Entry, investment: Investment) -> Entry:
    """What the making of an investment says beyond the investment itself."""
    differs: Entry = {"id": effect.slug} if effect.slug != investment.slug else {}
    if effect.date != investment.announced_on:
        differs["date"] = effect.date
    for name in ("date_printed", "date_basis"):
        if getattr(effect, name) != getattr(investment, name):
            differs[name] = getattr(effect, name)
    return differs | _holding(effect, said)


def _holding(effect: Effect, said: Entry) -> Entry:
    return _said(
        standing=effect.standing if effect.standing != Standing.REPORTED else None,
        summary=effect.summary,
        no_support=effect.no_support,
        disputes=said["disputes"],
        happening=said["happening"],
        retracted_because=effect.retracted_because,
    )


def _exit(effect: Effect, said: Entry, investment: Investment) -> Entry:
    step = {
        "date": effect.date,
        "kind": effect.exit_kind,
        "amount": _number(effect.amount),
        "currency": effect.currency,
        "sources": said["sources"],
        **_said(event=said["event"], date_printed=effect.date_printed, date_basis=effect.date_basis),
    }
    completed = effect.kind == HoldingEffect.EXIT_COMPLETED
    if completed != is_completed(step):
        step["completed"] = completed
    if effect.slug != exit_id(investment.slug):
        step["id"] = effect.slug
    return step | _holding(effect, said)


def _is_the_sum(claim: Entry) -> bool:
    return bool(claim["text"] == "" and claim["amount_is"] == AmountIs.ROUND and claim["sources"])


def _claim(claim: Entry) -> Entry:
    first, *more = claim["sources"]
    return {
        "text": claim["text"],
        "amount": claim["amount"],
        "currency": claim["currency"],
        "amount_is": claim["amount_is"],
        "source": first["source"],
        "stance": first["stance"],
        "locator": first["locator"],
        **_said(quote=first["quote"], prefix=first.get("prefix"), suffix=first.get("suffix"), more_sources=more),
    }
