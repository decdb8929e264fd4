"""Finding everything that is wrong with a data set before a row of it is written.

What may stand in each field says ``form``; here is what must hold between the fields of an entry, and between
entries. All of it is found in one reading: what points to entries further down is looked at when all is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from dates.edtf import EdtfDate, NotEdtf, parse
from pledges.models.happening import SLUG_LENGTH
from pledges.vocabulary import PledgeEffect
from sources.addresses import RefusedAddress, identity_key

from . import form
from .faults import FILES, Fault, nearest
from .form import LONGEST_QUOTE, Shape, told
from .reading import Dataset
from .rows import as_second_format, clauses_of, exit_id

Entry = Mapping[str, Any]

# Beyond this many identifiers, only those that begin alike are looked through for a likely one.
MANY = 5_000
# What a check of an entry may run into where its fields are not what they should be: that is told already.
HALF_RIGHT = (KeyError, TypeError, ValueError, AttributeError, IndexError)
NAMES = {
    "company": ("company", "companies.jsonl"),
    "source": ("source", "sources.jsonl"),
    "happening": ("development", "developments.jsonl"),
    "pledge": ("pledge", "pledges.jsonl"),
    "round": ("round", "rounds.jsonl"),
    "investment": ("investment", "investments.jsonl"),
}


class Happening(NamedTuple):
    """What is kept of a development, to compare the steps that belong to it."""

    date: EdtfDate
    companies: frozenset[str]


class Link(NamedTuple):
    """What an entry leads to, and where it says so."""

    place: int
    line: int
    others: tuple[str, ...]


class Pending(NamedTuple):
    """A reference to something that was not read yet when it was met."""

    place: int
    line: int
    field: str
    kind: str
    identifier: str


def _can_be_the_same_day(one: EdtfDate, other: EdtfDate) -> bool:
    return not _is_before(one, other) and not _is_before(other, one)


def _is_before(one: EdtfDate, other: EdtfDate) -> bool:
    """Whether all days that the first can mean are before all those of the other."""
    return one.latest is not None and other.earliest is not None and one.latest < other.earliest


class Checker:
    """Reads a data set and collects its faults; hands on the entries, as long as there are none."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.faults: list[Fault] = []
        self.taken_as_clarified = 0
        self._place = self._line = 0
        self._seen: dict[str, dict[str, int]] = {kind: {} for kind in NAMES}
        self._steps: dict[str, tuple[int, int]] = {}
        self._pending: list[Pending] = []
        self._happenings: dict[str, Happening] = {}
        self._addresses: dict[str, tuple[int, str]] = {}
        self._identifiers: dict[tuple[str, str], tuple[int, str]] = {}
        self._chains: dict[str, dict[str, Link]] = {
            "parent": {},
            "merged_into": {},
            "copy_of": {},
            "follows": {},
        }
        self._round_investee: dict[str, tuple[str, int, str | None]] = {}
        self._investment_round: dict[str, str | None] = {}
        self._checks: Mapping[str, tuple[Callable[[Entry], None], ...]] = {
            "companies.jsonl": (
                self._names_in_order,
                self._owners,
                self._codes_of_its_own,
                self._not_merged_into_itself,
            ),
            "sources.jsonl": (self._address_of_its_own, self._not_its_own_copy),
            "developments.jsonl": (self._happening,),
            "pledges.jsonl": (
                self._imposed,
                self._condition,
                self._life,
                self._order_of_steps,
                self._steps_of_pledge,
                self._versions,
                self._versions_in_order,
                self._due,
                self._disputes_of_pledge,
            ),
            "rounds.jsonl": (self._round,),
            "investments.jsonl": (
                self._investor,
                self._sum,
                self._in_its_round,
                self._investment_claims,
                self._holding,
                self._disputes_of_investment,
            ),
        }

    # --- what the shapes report to ----------------------------------------------------------------------------

    def fault(self, field: str, words: str) -> None:
        self.faults.append(Fault(self._place, self._line, field, words))

    def refer(self, kind: str, identifier: str, field: str) -> None:
        if identifier not in self._seen[kind]:
            self._pending.append(Pending(self._place, self._line, field, kind, identifier))

    # --- reading ----------------------------------------------------------------------------------------------

    def entries(self) -> Iterator[tuple[str, int, Entry]]:
        """File, line and entry, as long as nothing is wrong; when it ends, all faults are known."""
        first_pledges = form.FIRST_PLEDGES if self.dataset.first_format else form.PLEDGES
        shapes: dict[str, Shape] = {**form.SHAPES, "pledges.jsonl": first_pledges}
        for file, number, entry, unreadable in self.dataset.lines():
            self._place, self._line = FILES.index(file), number
            if unreadable:
                self.fault("row", unreadable)
                continue
            before = len(self.faults)
            shapes[file].check(entry, "", self)
            if not isinstance(entry, dict):
                continue
            if self.dataset.first_format and file == "pledges.jsonl":
                with suppress(*HALF_RIGHT):
                    self.taken_as_clarified += sum(step["kind"] == form.EXPIRED for step in entry["events"])
                    as_second_format(entry)
            self._register(file, entry)
            for check in self._checks[file]:
                if len(self.faults) == before:
                    check(entry)
                else:
                    with suppress(*HALF_RIGHT):
                        check(entry)
            if not self.faults:
                yield file, number, entry
        self._settle_references()
        self._settle_rounds()
        for name, links in self._chains.items():
            self._find_circles(name, links)

    def _register(self, file: str, entry: Entry) -> None:
        """Take down the identifier of an entry; each is given once."""
        kind = next(kind for kind, (_, where) in NAMES.items() if where == file)
        field = "slug" if kind == "company" else "id"
        identifier = entry.get(field)
        if not isinstance(identifier, str):
            return
        seen = self._seen[kind]
        if identifier in seen:
            self.fault(
                field, f"“{identifier}” is given already in line {seen[identifier]}. Rename or drop one of them."
            )
        seen.setdefault(identifier, self._line)

    def _register_step(self, step: Entry, field: str, *, default: str = "") -> None:
        """Take down a step, and the happening that it is if it belongs to no development."""
        identifier = step.get("id", default)
        if len(identifier) > SLUG_LENGTH:
            self.fault(f"{field}.id", f"has {len(identifier)} characters; at most {SLUG_LENGTH} fit. Shorten it.")
        if identifier in self._steps:
            place, line = self._steps[identifier]
            self.fault(
                f"{field}.id",
                f"“{identifier}” is the id of another step, in line {line} of {FILES[place]}. Give it one of its own.",
            )
        self._steps.setdefault(identifier, (self._place, self._line))
        if step.get("event"):
            if "happening" in step:
                self.fault(
                    f"{field}.happening", "describes a happening of its own, though “event” names one. Leave one out."
                )
            return
        own = step.get("happening", {})
        happening = own.get("id", identifier)
        seen = self._seen["happening"]
        if happening in seen:
            self.fault(
                f"{field}.id",
                f"“{happening}” is the id of another happening (line {seen[happening]}). Give the step an id of its "
                f'own, or write "event": "{happening}" if it belongs to that one.',
            )
        seen.setdefault(happening, self._line)
        self._check_happening(own, f"{field}.happening", needs_support=False)
        self._link("follows", happening, own.get("follows", ()))

    def _link(self, name: str, identifier: Any, others: Iterable[Any]) -> None:
        """Take down what an entry leads to, to find circles at the end. What is no identifier is told already."""
        named = tuple(other for other in others if isinstance(other, str))
        if named and isinstance(identifier, str):
            self._chains[name].setdefault(identifier, Link(self._place, self._line, named))

    # --- companies --------------------------------------------------------------------------------------------

    def _names_in_order(self, entry: Entry) -> None:
        for number, alias in enumerate(entry["aliases"]):
            if alias["from"] and alias["to"] and _is_before(parse(alias["to"]), parse(alias["from"])):
                self.fault(f"aliases[{number}].to", "is before “from”. Exchange the two dates, or correct one.")

    def _owners(self, entry: Entry) -> None:
        slug, parent = entry["slug"], entry["parent"]
        if parent == slug:
            self.fault("parent", "names the company itself. Name its owner, or write null.")
        owners = entry.get("owners", [])
        present = [owner["owner"] for owner in owners if not owner["until"]]
        if "owners" in entry and present != ([parent] if parent else []):
            self.fault(
                "owners",
                "must have exactly one owner without “until”, the parent; none if the parent is null. Add or mend it.",
            )
        for number, owner in enumerate(owners):
            if owner["owner"] == slug:
                self.fault(f"owners[{number}].owner", "names the company itself. Name its owner.")
            if owner["since"] and owner["until"] and _is_before(parse(owner["until"]), parse(owner["since"])):
                self.fault(f"owners[{number}].until", "is before “since”. Exchange the two dates, or correct one.")
        seen = [(owner["owner"], owner["since"]) for owner in owners]
        if len(set(seen)) != len(seen):
            self.fault("owners", "names an owner twice with the same “since”. Leave one out.")
        if parent != slug:
            self._link("parent", slug, [parent])

    def _codes_of_its_own(self, entry: Entry) -> None:
        for scheme in ("wikidata", "lei"):
            value = entry.get(scheme)
            if value:
                line, slug = self._identifiers.setdefault((scheme, value), (self._line, entry["slug"]))
                if line != self._line:
                    self.fault(scheme, f"{value} is that of “{slug}” in line {line} already. Correct one of them.")

    def _not_merged_into_itself(self, entry: Entry) -> None:
        into = entry.get("merged_into")
        if into == entry["slug"]:
            self.fault("merged_into", "names the company itself. Name the other one, or leave it out.")
        else:
            self._link("merged_into", entry["slug"], [into])

    # --- sources ----------------------------------------------------------------------------------------------

    def _address_of_its_own(self, entry: Entry) -> None:
        if not entry["url"]:
            return
        try:
            key = identity_key(entry["url"])
        except RefusedAddress:
            return
        line, other = self._addresses.setdefault(key, (self._line, entry["id"]))
        if line != self._line:
            self.fault(
                "url",
                f"is the same page as that of “{other}” in line {line}. Use that source, or correct an address.",
            )

    def _not_its_own_copy(self, entry: Entry) -> None:
        for field in ("copy_of", "first_report"):
            if entry.get(field) == entry["id"]:
                self.fault(field, "names the source itself. Name the other one, or leave it out.")
        if entry["id"] in entry.get("cites", ()):
            self.fault("cites", "names the source itself. Leave it out.")
        if entry.get("copy_of") != entry["id"]:
            self._link("copy_of", entry["id"], [entry.get("copy_of")])

    # --- happenings -------------------------------------------------------------------------------------------

    def _happening(self, entry: Entry) -> None:
        with suppress(*HALF_RIGHT):
            self._happenings[entry["id"]] = Happening(parse(entry["date"]), frozenset(entry["companies"]))
        self._link("follows", entry["id"], entry.get("follows", ()))
        self._check_happening(entry, "", needs_support=True)

    def _check_happening(self, entry: Entry, field: str, *, needs_support: bool) -> None:
        before = f"{field}." if field else ""
        if needs_support:
            self._supported(entry, field)
        seen: set[tuple[str | None, str | None, str]] = set()
        for number, party in enumerate(entry.get("parties", ())):
            where = f"{before}parties[{number}]"
            if (party["company"] is None) == (party["name"] is None):
                self.fault(
                    where, "must have either “company” (of the data) or “name” (of somebody else); the other is null."
                )
            who = (party["company"], party["name"], party["part"])
            if who in seen:
                self.fault(where, f"{told(who[0] or who[1])} has the part “{who[2]}” already. Leave one out.")
            seen.add(who)
        self._disputes(entry.get("disputes", ()), before)

    def _supported(self, entry: Entry, field: str) -> None:
        sources = entry["sources"]
        where = f"{field}.sources" if field else "sources"
        if not sources:
            self.fault(where, "is empty: nothing enters the record without a source. Add one that supports it.")
        elif not entry.get("no_support") and not any(one["stance"] == "supports" for one in sources):
            self.fault(
                where, "has no source with the stance “supports”. Add one, or say in “no_support” why these do not."
            )

    def _disputes(self, disputes: Iterable[Entry], before: str) -> None:
        asked: set[str] = set()
        for number, dispute in enumerate(disputes):
            where = f"{before}disputes[{number}]"
            if dispute["question"] in asked:
                self.fault(f"{where}.question", "is asked twice here. Put all answers under one.")
            asked.add(dispute["question"])
            preferred = [place for place, answer in enumerate(dispute["positions"]) if answer["preferred"] is True]
            if len(preferred) > 1:
                self.fault(
                    f"{where}.positions",
                    f"has {len(preferred)} preferred answers; at most one can be. Set the others to false.",
                )
            for place in preferred:
                if not dispute["positions"][place]["reason"]:
                    self.fault(
                        f"{where}.positions[{place}].reason",
                        "is missing: say why this answer is preferred, or prefer none.",
                    )

    # --- pledges ----------------------------------------------------------------------------------------------

    def _imposed(self, entry: Entry) -> None:
        imposed, binding = entry["form"] == "imposed", entry["binding"]
        if imposed != (binding in ("settlement", "order")):
            self.fault(
                "form",
                f"is {told(entry['form'])} with the binding {told(binding)}. “imposed” goes with “settlement” "
                "or “order”, and only with these: correct one of the two.",
            )

    def _condition(self, entry: Entry) -> None:
        condition = entry["condition"]
        if condition["kind"] == "none" and (condition["text"] or condition["date"]):
            self.fault(
                "condition", "has the kind “none” and says more. Name the kind, or write null for text and date."
            )
        self._condition_dates([condition], "condition", listed=False)
        self._condition_dates(entry.get("conditions", ()), "conditions")

    def _condition_dates(self, conditions: Sequence[Entry], field: str, *, listed: bool = True) -> None:
        for number, condition in enumerate(conditions):
            if condition["date"] and condition["kind"] not in ("until-date", "none"):
                where = f"{field}[{number}].date" if listed else f"{field}.date"
                self.fault(
                    where,
                    f"stands with the kind {told(condition['kind'])}; only “until-date” has a date. Mend one of them.",
                )

    def _life(self, entry: Entry) -> None:
        for number, step in enumerate(entry["events"]):
            if (step["kind"] == PledgeEffect.MADE) != (number == 0):
                self.fault(
                    f"events[{number}].kind",
                    "is not “made”: a pledge is made before anything else happens to it. Put that event first."
                    if number == 0
                    else "is “made” a second time. A pledge is made once, first: use “reaffirmed”, or another pledge.",
                )
        if entry["events"][0]["kind"] == PledgeEffect.MADE and entry["events"][0]["date"] != entry["made_on"]:
            self.fault(
                "made_on", f"is not the date of the event “made”, {entry['events'][0]['date']}. Give both the same."
            )

    def _order_of_steps(self, entry: Entry) -> None:
        for number, (one, two) in enumerate(zip(entry["events"], entry["events"][1:], strict=False), 1):
            with suppress(NotEdtf):
                if _is_before(parse(two["date"]), parse(one["date"])):
                    self.fault(
                        f"events[{number}].date",
                        f"{two['date']} is before the event above it ({one['date']}). Put the events in their order.",
                    )

    def _steps_of_pledge(self, entry: Entry) -> None:
        known = {clause["key"] for version in _versions_of(entry) for clause in _clauses_given(version)}
        for number, step in enumerate(entry["events"]):
            field = f"events[{number}]"
            with suppress(*HALF_RIGHT):
                self._step(entry, step, field, known)

    def _step(self, entry: Entry, step: Entry, field: str, known: set[str]) -> None:
        self._register_step(step, field)
        kind = step["kind"]
        self._only_with(step, field, PledgeEffect.EXTENDED, "until")
        self._only_with(step, field, PledgeEffect.SUPERSEDED, "superseded_by", "whole")
        self._only_with(step, field, PledgeEffect.ASKED, "answered", "answer")
        self._only_with(step, field, PledgeEffect.SEARCHED, "where")
        needed = {PledgeEffect.SUPERSEDED: ("superseded_by", "whole"), PledgeEffect.ASKED: ("answered",)}
        for name in needed.get(kind, ()):
            if name not in step:
                self.fault(f"{field}.{name}", f"is missing from an event of the kind “{kind}”. Add it.")
        if step.get("superseded_by") == entry["id"]:
            self.fault(f"{field}.superseded_by", "names the pledge itself. Name the one that took its place.")
        for key in step.get("clauses", ()):
            if key not in known:
                self.fault(
                    f"{field}.clauses",
                    f"{told(key)} is the key of no clause of this pledge.{nearest(key, known)} "
                    f"Keys: {', '.join(sorted(known)) or 'none'}.",
                )
        self._supported(step, field)
        self._disputes(step.get("disputes", ()), f"{field}.")
        self._belongs(step, field, entry["company"], parse(step["date"]))

    def _only_with(self, step: Entry, field: str, kind: str, *names: str) -> None:
        for name in names:
            if step.get(name) is not None and step["kind"] != kind:
                self.fault(
                    f"{field}.{name}", f"goes with the kind “{kind}” only, not with {told(step['kind'])}. Leave it out."
                )

    def _belongs(self, step: Entry, field: str, company: str | None, on: EdtfDate, name: str = "event") -> None:
        """Whether a step can belong to the development that it names."""
        event = step.get(name)
        happening = self._happenings.get(event) if event else None
        if happening is None:
            return
        where = f"{field}.{name}" if field else name
        if company and happening.companies and company not in happening.companies:
            self.fault(where, f"“{event}” does not concern “{company}”. Name another, or add the company there.")
        if not _can_be_the_same_day(on, happening.date):
            self.fault(
                where,
                f"“{event}” happened on {happening.date.text}, which cannot be {on.text}. Correct one of the dates.",
            )

    def _versions(self, entry: Entry) -> None:
        if "terms" in entry and "clauses" in entry:
            self.fault("clauses", "stand beside “terms”. Put them into the terms, or leave the terms out.")
        versions = _versions_of(entry)
        if not any(_clauses_given(version) for version in versions):
            self.fault("actions", "is empty, and there are no clauses: say what was promised.")
        for number, version in enumerate(versions):
            self._version(entry, version, f"terms[{number}]." if "terms" in entry else "")

    def _version(self, entry: Entry, version: Entry, before: str) -> None:
        self._condition_dates(version.get("conditions", ()) if before else (), f"{before}conditions")
        keys: set[str] = set()
        for number, clause in enumerate(version.get("clauses", ())):
            where = f"{before}clauses[{number}]"
            if clause["key"] in keys:
                self.fault(
                    f"{where}.key", f"{told(clause['key'])} is the key of another clause. Give it one of its own."
                )
            keys.add(clause["key"])
            if clause["due_on"] and clause["nature"] != "act":
                self.fault(f"{where}.due_on", "stands on a lasting clause; only an act is due. Write null, or “act”.")
            self._condition_dates(clause["conditions"], f"{where}.conditions")
        if not before:
            return
        wording, basis = version.get("wording"), version.get("wording_basis")
        if bool(wording) != bool(basis):
            self.fault(
                f"{before}wording_basis", "must say “quoted” or “described” where there is a wording, and only there."
            )
        if basis == "quoted" and wording and len(wording.split()) > LONGEST_QUOTE:
            self.fault(
                f"{before}wording",
                f"quotes {len(wording.split())} words; a fragment has at most {LONGEST_QUOTE}. Shorten or describe it.",
            )
        if (basis == "quoted") != bool(version.get("wording_source")):
            self.fault(
                f"{before}wording_source",
                "must name the source where the wording is quoted, and only there. Add it or leave it out.",
            )

    def _versions_in_order(self, entry: Entry) -> None:
        introduced: list[int] = []
        for number, version in enumerate(entry.get("terms", ())):
            field, place = f"terms[{number}].introduced_by", version["introduced_by"]
            if not 0 <= place < len(entry["events"]):
                self.fault(
                    field,
                    f"{place} is not the position of an event; they are 0 to {len(entry['events']) - 1}. Count from 0.",
                )
                continue
            if (number == 0) != (place == 0):
                self.fault(
                    field,
                    "must be 0: the first terms are those of the event “made”."
                    if number == 0
                    else "is 0, the event “made”, which introduced the first terms. Name the event that changed them.",
                )
            elif introduced and place <= introduced[-1]:
                self.fault(
                    field, f"{place} is not after that of the terms above, {introduced[-1]}. Put the terms in order."
                )
            introduced.append(place)
            step = entry["events"][place]
            if not _can_be_the_same_day(parse(version["from"]), parse(step["date"])):
                self.fault(
                    f"terms[{number}].from",
                    f"{version['from']} cannot be the date of event {place}, {step['date']}. Correct one.",
                )

    def _due(self, entry: Entry) -> None:
        due_on = entry.get("due_on")
        if not due_on:
            return
        clauses = [clause for version in _versions_of(entry) for clause in _clauses_given(version, due_on)]
        if not any(clause["due_on"] == due_on for clause in clauses):
            self.fault("due_on", f"{due_on} is the due date of none of its acts. Repeat that of one of its clauses.")

    def _disputes_of_pledge(self, entry: Entry) -> None:
        self._disputes(entry.get("disputes", ()), "")

    # --- money ------------------------------------------------------------------------------------------------

    def _round(self, entry: Entry) -> None:
        self._round_investee[entry["id"]] = (entry["investee"], self._line, entry["claims_on"])
        self._has_currency(entry, "")
        if not entry["sources"] and not entry.get("claims"):
            self.fault("sources", "is empty: nothing enters the record without a source. Add one.")
        self._claims(entry.get("claims", ()))
        self._belongs(entry, "", entry["investee"], parse(entry["announced_on"]), "announced_event")

    def _has_currency(self, entry: Entry, before: str) -> None:
        if (entry["amount"] is None) != (entry["currency"] is None):
            self.fault(f"{before}currency", "and “amount” go together. Give both, or write null for both.")

    def _claims(self, claims: Iterable[Entry]) -> None:
        for number, claim in enumerate(claims):
            self._has_currency(claim, f"claims[{number}].")

    def _investor(self, entry: Entry) -> None:
        if entry["investor"] and entry["investor"] == entry["investee"]:
            self.fault("investor", "is the company invested in. Name the investor, or null if it is not named.")

    def _sum(self, entry: Entry) -> None:
        self._has_currency(entry, "")
        if entry["amount"] is not None and entry["amount_is"] is None:
            self.fault("amount_is", "is null: say what the number measures, such as “round” or “stake”.")

    def _in_its_round(self, entry: Entry) -> None:
        round_id = entry.get("round_id")
        self._investment_round[entry["id"]] = round_id
        if not round_id:
            return
        if not self.dataset.has_rounds:
            # Without their file the rounds are what their parts say of them.
            self._seen["round"].setdefault(round_id, self._line)
            self._round_investee.setdefault(round_id, (entry["investee"], self._line, None))
        known = self._round_investee.get(round_id)
        if known and known[0] != entry["investee"]:
            self.fault(
                "round_id",
                f"“{round_id}” is a round of “{known[0]}”, not of “{entry['investee']}”. Correct one of them.",
            )

    def _investment_claims(self, entry: Entry) -> None:
        self._claims(entry["claims"])

    def _holding(self, entry: Entry) -> None:
        announced = parse(entry["announced_on"])
        self._supported({**entry, **entry.get("made", {})}, "")
        self._belongs(entry, "", entry["investee"], announced, "announced_event")
        made = {**entry.get("made", {}), "event": entry.get("announced_event")}
        self._register_step(made, "made", default=entry["id"])
        self._disputes(made.get("disputes", ()), "made.")
        earlier = entry.get("earlier_exits", [])
        steps = [(f"earlier_exits[{number}]", step) for number, step in enumerate(earlier)]
        if entry["exit"]:
            steps.append(("exit", entry["exit"]))
        elif earlier:
            self.fault("exit", "is null, though there are earlier exits. Put the last of them here.")
        for field, step in steps:
            with suppress(*HALF_RIGHT):
                self._register_step(step, field, default=exit_id(entry["id"]))
                self._supported(step, field)
                self._has_currency(step, f"{field}.")
                self._disputes(step.get("disputes", ()), f"{field}.")
                self._belongs(step, field, entry["investee"], parse(step["date"]))
                if _is_before(parse(step["date"]), announced):
                    self.fault(
                        f"{field}.date",
                        f"{step['date']} is before the investment ({entry['announced_on']}). Correct one.",
                    )

    def _disputes_of_investment(self, entry: Entry) -> None:
        self._disputes(entry.get("disputes", ()), "")

    # --- what could only be known at the end ------------------------------------------------------------------

    def _settle_references(self) -> None:
        for place, line, field, kind, identifier in self._pending:
            seen = self._seen[kind]
            if identifier in seen:
                continue
            name, file = NAMES[kind]
            near: Iterable[str] = seen
            if len(seen) > MANY:
                near = [known for known in seen if known[:4] == identifier[:4]]
            self.faults.append(
                Fault(
                    place,
                    line,
                    field,
                    f"there is no {name} “{identifier}” in {file}.{nearest(identifier, near, most=2)} "
                    "Correct it, or add it there.",
                )
            )

    def _settle_rounds(self) -> None:
        for round_id, (_, line, claims_on) in self._round_investee.items():
            if isinstance(claims_on, str) and self._investment_round.get(claims_on, round_id) != round_id:
                self.faults.append(
                    Fault(
                        FILES.index("rounds.jsonl"),
                        line,
                        "claims_on",
                        f"“{claims_on}” is not a part of this round. Name one whose round_id is “{round_id}”, or null.",
                    )
                )

    def _find_circles(self, name: str, links: Mapping[str, Link]) -> None:
        """Report each circle once, at the entry in it that comes first in its file."""
        done: set[str] = set()
        for start in links:
            path: list[str] = []
            on_path: set[str] = set()
            stack: list[tuple[str, bool]] = [(start, False)]
            while stack:
                one, left = stack.pop()
                if left:
                    on_path.discard(path.pop())
                    done.add(one)
                    continue
                if one in on_path:
                    self._circle(name, links, path[path.index(one) :])
                    continue
                if one in done:
                    continue
                path.append(one)
                on_path.add(one)
                stack.append((one, True))
                stack.extend((other, False) for other in (links[one].others if one in links else ()))

    def _circle(self, name: str, links: Mapping[str, Link], members: list[str]) -> None:
        place, line, first = min((links[one].place, links[one].line, one) for one in members)
        turned = members[members.index(first) :] + members[: members.index(first)]
        shown = " → ".join([*turned, first])
        self.faults.append(Fault(place, line, name, f"goes in a circle: {shown}. Take one of these links out."))


def _versions_of(entry: Entry) -> list[Entry]:
    """The versions of the terms; a pledge without any is one itself."""
    return list(entry["terms"]) if "terms" in entry else [entry]


def _clauses_given(version: Entry, due_on: str | None = None) -> list[Entry]:
    given: list[Entry] = list(version.get("clauses", ()))
    return given or list(clauses_of(version, due_on))
