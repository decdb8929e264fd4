"""From entries of the files, which are known to be right, to rows of the tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from companies.models import Company, CompanyName, Identifier, Ownership
from dates.edtf import parse
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
from pledges.vocabulary import (
    AmountIs,
    ExitKind,
    Form,
    HoldingEffect,
    PledgeEffect,
    Standing,
    usual_nature,
)
from sources.addresses import identity_key, likeness_key
from sources.models import CitedWork, Passage, Source

from ..services.term_days import term_days
from .merging import Stage

Entry = Mapping[str, Any]


def dated(field: str, text: str | None) -> dict[str, Any]:
    """A date with its two days, under the names of the models: ``x_on`` and ``x`` keep them in ``x_earliest``."""
    stem = field.removesuffix("_on")
    if not text:
        return {field: None}
    read = parse(text)
    return {field: text, f"{stem}_earliest": read.earliest, f"{stem}_latest": read.latest}


def _given(entry: Entry, *names: str) -> dict[str, Any]:
    return {name: entry.get(name) for name in names}


class Rows:
    """Turns the entries of each file into rows, which it hands over."""

    def __init__(self, stage: Stage) -> None:
        self._add = stage.add
        self._passages: set[str] = set()
        self.rounds_given: set[str] = set()
        self.of_file: Mapping[str, Callable[[Entry, int], None]] = {
            "companies.jsonl": self.company,
            "sources.jsonl": self.source,
            "developments.jsonl": self.development,
            "pledges.jsonl": self.pledge,
            "rounds.jsonl": self.round,
            "investments.jsonl": self.investment,
        }

    # --- who, and where it was said ---------------------------------------------------------------------------

    def company(self, entry: Entry, line: int) -> None:
        slug = entry["slug"]
        self._add(
            Company,
            slug,
            line=line,
            slug=slug,
            **_given(entry, "name", "roles", "country", "website", "note", "merged_into", "retracted_because"),
        )
        for position, alias in enumerate(entry["aliases"]):
            self._add(
                CompanyName,
                f"{slug}/{position}",
                line=line,
                company=slug,
                position=position,
                name=alias["name"],
                **dated("used_from", alias["from"]),
                **dated("used_until", alias["to"]),
            )
        parent = {"owner": entry["parent"], "since": None, "until": None}
        for owner in entry.get("owners") or ([parent] if entry["parent"] else []):
            self._add(
                Ownership,
                f"{slug}/{owner['owner']}/{owner['since']}",
                line=line,
                company=slug,
                owner=owner["owner"],
                **dated("since", owner["since"]),
                **dated("until", owner["until"]),
            )
        for scheme in ("wikidata", "lei"):
            if entry.get(scheme):
                self._add(Identifier, f"{slug}/{scheme}", line=line, company=slug, scheme=scheme, value=entry[scheme])

    def source(self, entry: Entry, line: int) -> None:
        slug, url = entry["id"], entry["url"]
        self._add(
            Source,
            slug,
            line=line,
            slug=slug,
            identity_key=identity_key(url) if url else None,
            likeness_key=likeness_key(url) if url else None,
            **dated("published", entry["published"]),
            **_given(
                entry,
                "url",
                "title",
                "title_basis",
                "authors",
                "publisher",
                "date_printed",
                "date_basis",
                "language",
                "type",
                "first_reported_by",
                "syndicated_from",
                "note",
                "first_report",
                "copy_of",
                "retracted_because",
            ),
        )
        for cited in entry.get("cites", ()):
            self._add(CitedWork, f"{slug}/{cited}", line=line, source=slug, cited=cited)

    # --- what happened ----------------------------------------------------------------------------------------

    def development(self, entry: Entry, line: int) -> None:
        slug = entry["id"]
        self._event(slug, entry, line, kind=entry["kind"], title=entry["title"], date=entry["date"])

    def _event(self, slug: str, entry: Entry, line: int, *, date: str, kind: str = "", title: str = "") -> None:
        self._add(
            Event,
            slug,
            line=line,
            slug=slug,
            kind=kind,
            title=title,
            summary=entry.get("summary") or "",
            jurisdictions=entry.get("jurisdictions", []),
            read_twice=entry.get("read_twice", False),
            sorts_on=parse(date).sorts_on,
            **dated("date", date),
            **_given(entry, "date_printed", "date_basis", "outcome", "no_support", "retracted_because"),
        )
        for position, company in enumerate(entry.get("companies", ())):
            self._add(EventCompany, f"{slug}/{company}", line=line, event=slug, company=company, position=position)
        for position, party in enumerate(entry.get("parties", ())):
            self._add(Party, f"{slug}/{position}", line=line, event=slug, position=position, **party)
        for position, amount in enumerate(entry.get("amounts", ())):
            self._add(Amount, f"{slug}/{position}", line=line, event=slug, position=position, **amount)
        for position, before in enumerate(entry.get("follows", ())):
            self._add(EventFollows, f"{slug}/{before}", line=line, event=slug, follows=before, position=position)
        self._cite(entry.get("sources", ()), "event", slug, line)
        self._dispute(entry.get("disputes", ()), "event", slug, line)

    def _own_happening(self, slug: str, step: Entry, line: int, *, date: str) -> str:
        """The happening that is nothing but this step; what is not said of it is as the step says."""
        own = step.get("happening", {})
        slug = own.get("id", slug)
        as_the_step = {name: step.get(name) for name in ("date_printed", "date_basis")}
        self._event(slug, {**as_the_step, **own}, line, date=own.get("date", date))
        return slug

    # --- what was promised ------------------------------------------------------------------------------------

    def pledge(self, entry: Entry, line: int) -> None:
        slug = entry["id"]
        self._add(
            Pledge,
            slug,
            line=line,
            slug=slug,
            read_twice=entry.get("read_twice", False),
            **dated("made_on", entry["made_on"]),
            **dated("due_on", entry.get("due_on")),
            **_given(
                entry,
                "company",
                "title",
                "summary",
                "form",
                "binding",
                "actions",
                "technologies",
                "audiences",
                "jurisdictions",
                "retracted_because",
            ),
        )
        short = [] if entry["condition"]["kind"] == "none" else [entry["condition"]]
        every = entry.get("conditions", [])
        self._conditions(short, "pledge", slug, line, matters_most=True)
        self._conditions(every, "pledge", slug, line, start=1)
        steps = entry["events"]
        for position, step in enumerate(steps):
            self._step(slug, position, step, line)
        self._terms(slug, entry, every or short, line)
        self._dispute(entry.get("disputes", ()), "pledge", slug, line)

    def _step(self, pledge: str, position: int, step: Entry, line: int) -> None:
        slug = step["id"]
        self._add(
            Effect,
            slug,
            line=line,
            slug=slug,
            position=position,
            pledge=pledge,
            event=step.get("event") or self._own_happening(slug, step, line, date=step["date"]),
            clause_keys=step.get("clauses"),
            searched_where=step.get("where"),
            **dated("date", step["date"]),
            **dated("until", step.get("until")),
            **_given(
                step,
                "kind",
                "standing",
                "summary",
                "date_printed",
                "date_basis",
                "superseded_by",
                "whole",
                "answered",
                "answer",
                "no_support",
                "retracted_because",
            ),
        )
        self._cite(step["sources"], "effect", slug, line)
        self._dispute(step.get("disputes", ()), "effect", slug, line)

    def _terms(self, pledge: str, entry: Entry, conditions: list[Entry], line: int) -> None:
        """The versions of the wording; a pledge without any has one, described by its own fields."""
        steps = entry["events"]
        scope = _given(entry, "actions", "technologies", "audiences", "jurisdictions")
        plain = {"from": entry["made_on"], "introduced_by": 0, "excludes": [], "conditions": conditions, **scope}
        if "clauses" in entry:
            plain["clauses"] = entry["clauses"]
        versions: list[Entry] = entry.get("terms") or [plain]
        due_on = None if "terms" in entry else entry.get("due_on")
        days = term_days([parse(version["from"]).earliest for version in versions])
        for position, version in enumerate(versions):
            handle = f"{pledge}/{position}"
            self._add(
                Terms,
                handle,
                line=line,
                pledge=pledge,
                position=position,
                introduced_by=steps[version["introduced_by"]]["id"],
                days=days[position],
                wording=version.get("wording") or "",
                wording_basis=version.get("wording_basis") or "",
                clauses_given="clauses" in version,
                **dated("starts", version["from"]),
                **_given(
                    version, "wording_source", "actions", "technologies", "audiences", "excludes", "jurisdictions"
                ),
            )
            self._conditions(version["conditions"], "terms", handle, line)
            for place, clause in enumerate(version.get("clauses") or clauses_of(version, due_on)):
                self._clause(handle, place, clause, line)

    def _clause(self, terms: str, position: int, clause: Entry, line: int) -> None:
        handle = f"{terms}/{clause['key']}"
        self._add(
            Clause,
            handle,
            line=line,
            terms=terms,
            position=position,
            **dated("due_on", clause["due_on"]),
            **_given(
                clause, "key", "action", "nature", "text", "technologies", "audiences", "excludes", "jurisdictions"
            ),
        )
        self._conditions(clause["conditions"], "clause", handle, line)

    def _conditions(
        self,
        conditions: Iterable[Entry],
        whole: str,
        handle: str,
        line: int,
        *,
        matters_most: bool = False,
        start: int = 0,
    ) -> None:
        """On a pledge: first the one that is named where there is room for one, then the full list if there is one."""
        for position, condition in enumerate(conditions, start):
            self._add(
                Condition,
                f"{whole}:{handle}/{position}",
                line=line,
                position=position,
                matters_most=matters_most,
                kind=condition["kind"],
                text=condition["text"],
                **dated("ends", condition["date"]),
                **{whole: handle},
            )

    # --- money ------------------------------------------------------------------------------------------------

    def round(self, entry: Entry, line: int) -> None:
        slug = entry["id"]
        self.rounds_given.add(slug)
        self._add(
            Round,
            slug,
            line=line,
            slug=slug,
            **dated("announced_on", entry["announced_on"]),
            **_given(entry, "investee", "name", "announced_event", "claims_on", "note", "retracted_because"),
        )
        whole = {"text": "", "amount_is": AmountIs.ROUND, **_given(entry, "amount", "currency")}
        claims = entry.get("claims", [])
        if entry["sources"]:
            self._claim(whole, entry["sources"], "round", slug, 0, line)
        for position, claim in enumerate(claims, 1 if entry["sources"] else 0):
            self._claim(claim, _sources_of(claim), "round", slug, position, line)

    def investment(self, entry: Entry, line: int) -> None:
        slug = entry["id"]
        round_id = entry.get("round_id")
        if round_id and round_id not in self.rounds_given:
            self.round(round_from(entry), line)
        self._add(
            Investment,
            slug,
            line=line,
            slug=slug,
            round=round_id,
            round_name=entry["round"],
            read_twice=entry.get("read_twice", False),
            **dated("announced_on", entry["announced_on"]),
            **_given(
                entry,
                "investor",
                "through",
                "investee",
                "date_printed",
                "date_basis",
                "amount",
                "currency",
                "amount_is",
                "stake",
                "note",
                "retracted_because",
            ),
        )
        for position, company in enumerate(entry["co_investors"]):
            self._add(CoInvestor, f"{slug}/{company}", line=line, investment=slug, company=company, position=position)
        for position, claim in enumerate(entry["claims"]):
            self._claim(claim, _sources_of(claim), "investment", slug, position, line)
        made = {
            "id": slug,
            "date": entry["announced_on"],
            "sources": entry["sources"],
            "event": entry.get("announced_event"),
            **_given(entry, "date_printed", "date_basis"),
            **entry.get("made", {}),
        }
        self._holding(slug, 0, HoldingEffect.INVESTED, made, line)
        exits = [*entry.get("earlier_exits", ()), *([entry["exit"]] if entry["exit"] else ())]
        for position, step in enumerate(exits, 1):
            kind = HoldingEffect.EXIT_COMPLETED if is_completed(step) else HoldingEffect.EXIT_ANNOUNCED
            self._holding(slug, position, kind, {"id": exit_id(slug), **step, "exit_kind": step["kind"]}, line)
        self._dispute(entry.get("disputes", ()), "investment", slug, line)

    def _holding(self, investment: str, position: int, kind: HoldingEffect, step: Entry, line: int) -> None:
        slug = step["id"]
        self._add(
            Effect,
            slug,
            line=line,
            slug=slug,
            position=position,
            investment=investment,
            kind=kind,
            event=step.get("event") or self._own_happening(slug, step, line, date=step["date"]),
            standing=step.get("standing", Standing.REPORTED),
            summary=step.get("summary", ""),
            **dated("date", step["date"]),
            **_given(
                step, "date_printed", "date_basis", "exit_kind", "amount", "currency", "no_support", "retracted_because"
            ),
        )
        self._cite(step["sources"], "effect", slug, line)
        self._dispute(step.get("disputes", ()), "effect", slug, line)

    def _claim(self, claim: Entry, sources: Sequence[Entry], whole: str, handle: str, position: int, line: int) -> None:
        name = f"{whole}:{handle}/{position}"
        self._add(
            Claim,
            name,
            line=line,
            position=position,
            **{whole: handle},
            **_given(claim, "text", "amount", "currency", "amount_is"),
        )
        self._cite(sources, "claim", name, line)

    # --- by which source --------------------------------------------------------------------------------------

    def _cite(self, references: Iterable[Entry], whole: str, handle: str, line: int) -> None:
        for position, reference in enumerate(references):
            self._add(
                Citation,
                f"{whole}:{handle}/{position}",
                line=line,
                position=position,
                passage=self._passage(reference, line),
                **{whole: handle},
                **_given(reference, "source", "stance", "locator"),
            )

    def _passage(self, reference: Entry, line: int) -> str | None:
        if not reference.get("quote"):
            return None
        source = reference["source"]
        exact, prefix, suffix = reference["quote"], reference.get("prefix", ""), reference.get("suffix", "")
        handle = json.dumps([source, exact, prefix, suffix], ensure_ascii=False)
        if handle not in self._passages:
            self._passages.add(handle)
            self._add(Passage, handle, line=line, source=source, exact=exact, prefix=prefix, suffix=suffix)
        return handle

    def _dispute(self, disputes: Iterable[Entry], whole: str, handle: str, line: int) -> None:
        for position, dispute in enumerate(disputes):
            name = f"{whole}:{handle}/{position}"
            self._add(
                Dispute,
                name,
                line=line,
                position=position,
                **{whole: handle},
                **_given(dispute, "question", "retracted_because"),
            )
            for place, answer in enumerate(dispute["positions"]):
                self._add(
                    Answer,
                    f"{name}/{place}",
                    line=line,
                    dispute=name,
                    position=place,
                    **_given(answer, "answer", "preferred", "reason"),
                )
                self._cite(answer["sources"], "answer", f"{name}/{place}", line)


def _sources_of(claim: Entry) -> list[Entry]:
    """The sources of a claim: the one that it names in its own fields, and any more."""
    return [claim, *claim.get("more_sources", ())]


def clauses_of(version: Entry, due_on: str | None) -> list[dict[str, Any]]:
    """The clauses of terms that do not list any: one for each action, with the fields around it.

    :param due_on: by when its acts must be done.
    """
    found = []
    for action in version["actions"]:
        nature = usual_nature(action)
        found.append(
            {
                "key": action,
                "action": action,
                "nature": nature,
                "text": "",
                "due_on": due_on if nature == "act" else None,
                **_given(version, "technologies", "audiences", "excludes", "jurisdictions", "conditions"),
            }
        )
    return found


def exit_id(investment: str) -> str:
    """The identifier of an exit that is not given one."""
    return f"{investment}-exit"


def is_completed(step: Entry) -> bool:
    """Whether an exit was completed, or only announced. Unless it says so itself, its kind tells."""
    completed = step.get("completed")
    return bool(step["kind"] != ExitKind.ANNOUNCED_DIVESTMENT) if completed is None else bool(completed)


def round_from(investment: Entry) -> Entry:
    """What an investment tells of its round, where no file of rounds does."""
    of_the_round = investment["amount_is"] == AmountIs.ROUND
    return {
        "id": investment["round_id"],
        "investee": investment["investee"],
        "name": investment["round"],
        "announced_on": investment["announced_on"],
        "amount": investment["amount"] if of_the_round else None,
        "currency": investment["currency"] if of_the_round else None,
        "announced_event": investment.get("announced_event"),
        "claims_on": None,
        "sources": investment["sources"],
        "note": None,
    }


def as_second_format(pledge: dict[str, Any]) -> None:
    """Fill in what the first format does not say: the form of a pledge, and lasting ids of its steps."""
    pledge.setdefault("form", Form.IMPOSED if pledge["binding"] in ("settlement", "order") else Form.UNDERTAKING)
    taken: set[str] = set()
    for step in pledge["events"]:
        year = parse(step["date"]).sorts_on.year
        identifier = stem = f"{pledge['id']}-{step['kind']}-{year}"
        number = 2
        while identifier in taken:
            identifier, number = f"{stem}-{number}", number + 1
        taken.add(step.setdefault("id", identifier))
        if step["kind"] == "expired":
            # That a term ran out follows from its dates; the entry stays as a word on the pledge.
            step["kind"] = PledgeEffect.CLARIFIED
        if step["kind"] == PledgeEffect.ASKED:
            step.setdefault("answered", False)


__all__ = ["Rows", "as_second_format", "clauses_of", "dated", "exit_id", "is_completed", "round_from"]
