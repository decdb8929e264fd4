"""What each file holds: its fields, which of them may be left out, and what may stand in them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Protocol

import pycountry
from stdnum import lei

from dates.edtf import NotEdtf, parse
from pledges.models.happening import SLUG_LENGTH
from pledges.vocabulary import (
    Action,
    AmountIs,
    Binding,
    ConditionKind,
    EventKind,
    ExitKind,
    Form,
    Nature,
    Part,
    PartyKind,
    PledgeEffect,
    Stake,
    Stance,
    Standing,
)
from sources.addresses import RefusedAddress, read, vet
from sources.models import DateBasis, Source

from .faults import listed, nearest, printable

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# What no database text and no file can hold, or nobody can see: NUL, halves of a character.
UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
LONGEST_QUOTE = 11  # words
EXPIRED = "expired"
# Codes of ISO 3166-2 that were replaced and are still in use: Telangana (IN-TS since November 2023).
FORMER_PLACES = frozenset({"IN-TG"})
LARGEST_AMOUNT = Decimal(10) ** 18
LONGEST_TEXT = 100_000  # characters; far more than anybody reads, far less than what a search can hold
LARGEST_PASSAGE = 2_600  # bytes; what a unique index holds


class Scribe(Protocol):
    """Who writes down the faults of the row that is being read, and what it points to."""

    def fault(self, field: str, words: str) -> None: ...

    def refer(self, kind: str, identifier: str, field: str) -> None: ...


class Kind(Protocol):
    """What may stand in a field."""

    def check(self, value: Any, field: str, scribe: Scribe) -> None: ...


def told(value: Any) -> str:
    """A wrong value as a message shows it."""
    match value:
        case str():
            shown = value if len(value) <= 60 else value[:57] + "…"
            return f"“{printable(shown)}”"
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return str(value)


class Maybe:
    """What may also be null: not known, or not stated."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if value is not None:
            self.kind.check(value, field, scribe)


class Text:
    """Words. Not empty, unless ``blank``."""

    def __init__(self, longest: int = LONGEST_TEXT, *, blank: bool = False) -> None:
        self.longest, self.blank = longest, blank

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if not isinstance(value, str):
            scribe.fault(field, f"{told(value)} is not a text. Write it between quotation marks.")
        elif UNWRITABLE.search(value):
            scribe.fault(field, "holds a character that cannot be stored (NUL, or half of one). Type it anew.")
        elif not self.blank and not value.strip():
            scribe.fault(field, "is empty. Write the words, or null where the field may be null.")
        elif len(value) > self.longest:
            scribe.fault(field, f"has {len(value)} characters; at most {self.longest} fit. Shorten it.")


class Quote(Text):
    """Words of somebody else: few enough to be a fragment."""

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        super().check(value, field, scribe)
        if isinstance(value, str) and (words := len(value.split())) > LONGEST_QUOTE:
            scribe.fault(field, f"quotes {words} words; a fragment has at most {LONGEST_QUOTE}. Shorten it.")


class Identifier(Text):
    """The stable name of an entry."""

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if not isinstance(value, str) or not SLUG.fullmatch(value):
            scribe.fault(
                field, f"{told(value)} is not an identifier: use small letters and digits, with single hyphens between."
            )
        else:
            super().check(value, field, scribe)


class NewIdentifier(Identifier):
    """The stable name of an entry, which must not be an address that something else has."""

    def __init__(self, most: int, *, taken: dict[str, str]) -> None:
        super().__init__(most)
        self.taken = taken

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if isinstance(value, str) and value in self.taken:
            scribe.fault(field, f"“{value}” is the address of {self.taken[value]}: choose another identifier.")
        else:
            super().check(value, field, scribe)


class Reference(Identifier):
    """The identifier of another entry."""

    def __init__(self, kind: str) -> None:
        super().__init__(SLUG_LENGTH)
        self.kind = kind

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if isinstance(value, str) and SLUG.fullmatch(value):
            scribe.refer(self.kind, value, field)
        else:
            super().check(value, field, scribe)


class Word:
    """One of a list of words."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)
        self._known = frozenset(self.words)

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if not isinstance(value, str) or value not in self._known:
            near = nearest(value, self.words) if isinstance(value, str) else ""
            scribe.fault(field, f"{told(value)} is not known here.{near} Allowed: {listed(self.words)}.")


class OpenWord(Identifier):
    """A word of an open list, such as a technology."""

    def __init__(self) -> None:
        super().__init__(60)

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if isinstance(value, str) and not SLUG.fullmatch(value):
            mended = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-") or "facial-recognition"
            scribe.fault(field, f"{told(value)} is not written as a word of the record. Write {mended}.")
        else:
            super().check(value, field, scribe)


class Date:
    """A date as written: Extended Date/Time Format."""

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if not isinstance(value, str):
            scribe.fault(field, f"{told(value)} is not a date. Write it as a text: 2020-06-11.")
            return
        try:
            parse(value)
        except NotEdtf as fault:
            scribe.fault(field, str(fault))


class Flag:
    """True or false."""

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if not isinstance(value, bool):
            scribe.fault(field, f"{told(value)} is neither true nor false. Write one of them, without quotation marks.")


class Position:
    """A place in a list, counted from 0."""

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            scribe.fault(field, f"{told(value)} is not a position. Count the entries from 0.")


class Money:
    """A sum in the main unit of its currency."""

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
            scribe.fault(field, f"{told(value)} is not a number. Write the sum as 74000000, without marks.")
        elif not math.isfinite(value) or value < 0 or value >= LARGEST_AMOUNT:
            scribe.fault(
                field, f"{told(value)} is no sum of money. Write a number from 0 up to a million million million."
            )
        elif isinstance(value, Decimal) and round(value, 2) != value:
            scribe.fault(field, f"{told(value)} has more than two decimal places. Round it.")
        elif isinstance(value, Decimal) and Decimal(repr(float(value))) != value:
            # Most readers of JSON would make another number of it.
            scribe.fault(field, f"{told(value)} has more digits than readers of the files keep. Round it.")


@cache
def currencies() -> frozenset[str]:
    return frozenset(one.alpha_3 for one in pycountry.currencies)


@cache
def countries() -> frozenset[str]:
    return frozenset(one.alpha_2 for one in pycountry.countries)


@cache
def places() -> frozenset[str]:
    return countries() | {one.code for one in pycountry.subdivisions} | FORMER_PLACES | {"EU", "world"}


@cache
def languages() -> frozenset[str]:
    return frozenset(one.alpha_2 for one in pycountry.languages if hasattr(one, "alpha_2"))


class Code:
    """A code of a standard: a place, a currency, a language."""

    def __init__(self, standard: str, example: str, codes: Any) -> None:
        self.standard, self.example, self.codes = standard, example, codes

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        codes = self.codes()
        if isinstance(value, str) and value in codes:
            return
        near = ""
        if isinstance(value, str):
            same = [code for code in (value.upper(), value.lower(), *self._by_name(value)) if code in codes]
            near = (
                f" Did you mean {' or '.join(dict.fromkeys(same))}?" if same else nearest(value.upper(), codes, most=2)
            )
        scribe.fault(field, f"{told(value)} is no code of {self.standard}.{near} Write it as in {self.example}.")

    def _by_name(self, name: str) -> list[str]:
        """The codes of a country that is written out, or known by another code."""
        if self.codes is languages or self.codes is currencies:
            return []
        if name == "UK":
            return ["GB"]
        try:
            found: list[Any] = pycountry.countries.search_fuzzy(name) if len(name) > 3 else []
        except LookupError:
            return []
        return [found[0].alpha_2] if found else []


class Address(Text):
    """The address of a page that anybody may ask for."""

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        super().check(value, field, scribe)
        if isinstance(value, str):
            try:
                vet(value)
            except RefusedAddress as refused:
                scribe.fault(field, f"{told(value)}: {refused.reason}")


class HomePage(Text):
    """The address of a company's home page, given for orientation."""

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        super().check(value, field, scribe)
        if isinstance(value, str):
            try:
                read(value)
            except RefusedAddress as refused:
                scribe.fault(field, f"{told(value)}: {refused.reason}")


class Wikidata:
    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if not isinstance(value, str) or not re.fullmatch(r"Q[1-9][0-9]{0,38}", value):
            scribe.fault(field, f"{told(value)} is no Wikidata number. Write it as in Q2283.")


class Lei:
    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if not isinstance(value, str) or not lei.is_valid(value) or value != lei.compact(value):
            scribe.fault(
                field,
                f"{told(value)} is no Legal Entity Identifier: 20 capital letters and digits whose last two are check "
                "digits (ISO 17442). Copy it anew.",
            )


class ListOf:
    """A list, each item once if ``distinct``."""

    def __init__(self, kind: Kind, *, least: int = 0, distinct: bool = False) -> None:
        self.kind, self.least, self.distinct = kind, least, distinct

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if not isinstance(value, list):
            scribe.fault(field, f"{told(value)} is not a list. Put it in square brackets; [] means none.")
            return
        if len(value) < self.least:
            needed = "at least one" if self.least == 1 else f"at least {self.least}"
            scribe.fault(field, f"has {len(value) or 'no'} entries; {needed} must be given. Add what is missing.")
        check = self.kind.check
        for number, item in enumerate(value):
            check(item, f"{field}[{number}]", scribe)
        if self.distinct and len(value) > 1:
            texts = [item for item in value if isinstance(item, str)]
            for text in dict.fromkeys(item for item in texts if texts.count(item) > 1):
                scribe.fault(field, f"names {told(text)} twice. Leave one of them out.")


class Shape:
    """An object with fields, of which some may be left out."""

    def __init__(self, needed: Mapping[str, Kind], *optional: Mapping[str, Kind]) -> None:
        self.needed = dict(needed)
        self.fields = self.needed | {name: kind for part in optional for name, kind in part.items()}

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        if not isinstance(value, dict):
            scribe.fault(field or "row", f'{told(value)} is not an object. Write it as {{"field": value, …}}.')
            return
        before = f"{field}." if field else ""
        fields = self.fields
        for name, item in value.items():
            kind = fields.get(name)
            if kind is None:
                self._unknown(name, value, before, scribe)
            else:
                kind.check(item, before + name, scribe)
        if not value.keys() >= self.needed.keys():
            for name in self.needed:
                if name not in value:
                    scribe.fault(before + name, "is missing. Add it; null means not known, [] means none.")

    def _unknown(self, name: str, value: Mapping[str, Any], before: str, scribe: Scribe) -> None:
        left = [known for known in self.fields if known not in value]
        near = nearest(name, left, most=1)
        scribe.fault(
            before + printable(name),
            f"is not a field here.{near or f' Fields: {listed(self.fields)}.'} Rename it, or leave it out.",
        )


class Citing(Shape):
    """An object that names a source, and may quote it together with the words before and after."""

    def check(self, value: Any, field: str, scribe: Scribe) -> None:
        super().check(value, field, scribe)
        if isinstance(value, dict) and value.get("quote"):
            said = [value.get(name) for name in ("quote", "prefix", "suffix")]
            size = sum(len(text.encode(errors="replace")) for text in said if isinstance(text, str))
            if size > LARGEST_PASSAGE:
                scribe.fault(
                    f"{field}.quote",
                    f"has {size} bytes with the words around it; at most {LARGEST_PASSAGE} fit. Shorten them.",
                )


def words_of(choices: Any) -> Word:
    return Word(choices.values)


COMPANY = Reference("company")
SOURCE = Reference("source")
CURRENCY = Code("ISO 4217 (currencies)", "USD", currencies)
COUNTRY = Code("ISO 3166-1 (countries)", "US", countries)
PLACE = Code("ISO 3166-1 or 3166-2, nor EU or world", "US, US-IL, EU or world", places)
LANGUAGE = Code("ISO 639-1 (languages)", "en", languages)
PLACES = ListOf(PLACE, distinct=True)
OPEN_WORDS = ListOf(OpenWord(), distinct=True)
ACTIONS = ListOf(words_of(Action), distinct=True)
KEY = Identifier(60)
RETRACTED: dict[str, Kind] = {"retracted_because": Maybe(Text(blank=True))}
DATED: dict[str, Kind] = {"date_printed": Maybe(Text()), "date_basis": Maybe(words_of(DateBasis))}
UNSUPPORTED: dict[str, Kind] = {"no_support": Maybe(Text())}

CITATION = Citing(
    {"source": SOURCE, "stance": words_of(Stance), "locator": Maybe(Text()), "quote": Maybe(Quote())},
    {"prefix": Text(blank=True), "suffix": Text(blank=True)},
)
CITATIONS = ListOf(CITATION)
DISPUTE = Shape(
    {
        "question": Text(),
        "positions": ListOf(
            Shape(
                {
                    "answer": Text(),
                    "preferred": Flag(),
                    "reason": Maybe(Text()),
                    "sources": ListOf(CITATION, least=1),
                }
            ),
            least=2,
        ),
    },
    RETRACTED,
)
DISPUTES = ListOf(DISPUTE)
CONDITION = Shape(
    {"kind": words_of(ConditionKind), "text": Maybe(Text()), "date": Maybe(Date())},
)
CONDITIONS = ListOf(CONDITION)
AMOUNT = Shape({"amount": Money(), "currency": CURRENCY, "amount_is": words_of(AmountIs)})
PARTY = Shape(
    {
        "company": Maybe(COMPANY),
        "name": Maybe(Text(300)),
        "kind": words_of(PartyKind),
        "part": words_of(Part),
    }
)
# What a step of a pledge or an investment that is a happening of its own can have besides.
HAPPENING = Shape(
    {},
    {
        "id": Identifier(SLUG_LENGTH),
        "date": Date(),
        "summary": Text(),
        "companies": ListOf(COMPANY, distinct=True),
        "jurisdictions": PLACES,
        "amounts": ListOf(AMOUNT),
        "outcome": Maybe(Text()),
        "sources": CITATIONS,
        "parties": ListOf(PARTY),
        "follows": ListOf(Reference("happening"), distinct=True),
        "read_twice": Flag(),
        "disputes": DISPUTES,
    },
    DATED,
    UNSUPPORTED,
    RETRACTED,
)

COMPANIES = Shape(
    {
        "slug": Identifier(200),
        "name": Text(200),
        "aliases": ListOf(Shape({"name": Text(200), "from": Maybe(Date()), "to": Maybe(Date())})),
        "roles": ListOf(Word(["vendor", "investor", "customer", "platform"]), distinct=True),
        "country": Maybe(COUNTRY),
        "parent": Maybe(COMPANY),
        "wikidata": Maybe(Wikidata()),
        "website": Maybe(HomePage(500)),
        "note": Maybe(Text()),
    },
    {
        "lei": Maybe(Lei()),
        "owners": ListOf(Shape({"owner": COMPANY, "since": Maybe(Date()), "until": Maybe(Date())})),
        "merged_into": Maybe(COMPANY),
    },
    RETRACTED,
)
SOURCES = Shape(
    {
        "id": NewIdentifier(200, taken={"edits": "the ledger of silent edits", "schedule": "the schedule of checks"}),
        "url": Maybe(Address()),
        "title": Text(),
        "title_basis": words_of(Source.TitleBasis),
        "authors": ListOf(Text(200)),
        "publisher": Maybe(Text(300)),
        "published": Maybe(Date()),
        "language": Maybe(LANGUAGE),
        "type": words_of(Source.Type),
        "first_reported_by": Maybe(Text(300)),
        "syndicated_from": Maybe(Text(300)),
        "note": Maybe(Text()),
    },
    {"copy_of": Maybe(SOURCE), "first_report": Maybe(SOURCE), "cites": ListOf(SOURCE, distinct=True)},
    DATED,
    RETRACTED,
)
DEVELOPMENTS = Shape(
    {
        "id": Identifier(SLUG_LENGTH),
        "kind": words_of(EventKind),
        "date": Date(),
        "title": Text(300),
        "summary": Text(),
        "companies": ListOf(COMPANY, distinct=True),
        "jurisdictions": PLACES,
        "amounts": ListOf(AMOUNT),
        "outcome": Maybe(Text()),
        "sources": CITATIONS,
    },
    {
        "follows": ListOf(Reference("happening"), distinct=True),
        "parties": ListOf(PARTY),
        "read_twice": Flag(),
        "disputes": DISPUTES,
    },
    DATED,
    UNSUPPORTED,
    RETRACTED,
)
STEP = Shape(
    {
        "id": Identifier(SLUG_LENGTH),
        "date": Date(),
        "kind": words_of(PledgeEffect),
        "summary": Text(),
        "standing": words_of(Standing),
        "sources": CITATIONS,
    },
    {
        "event": Reference("happening"),
        "clauses": ListOf(KEY, least=1, distinct=True),
        "until": Maybe(Date()),
        "superseded_by": Reference("pledge"),
        "whole": Flag(),
        "where": Maybe(Text()),
        "answered": Flag(),
        "answer": Maybe(Text()),
        "disputes": DISPUTES,
        "happening": HAPPENING,
    },
    DATED,
    UNSUPPORTED,
    RETRACTED,
)
CLAUSE = Shape(
    {
        "key": KEY,
        "action": words_of(Action),
        "nature": words_of(Nature),
        "text": Text(blank=True),
        "technologies": OPEN_WORDS,
        "audiences": OPEN_WORDS,
        "excludes": ListOf(Text()),
        "jurisdictions": PLACES,
        "conditions": CONDITIONS,
        "due_on": Maybe(Date()),
    }
)
CLAUSES = ListOf(CLAUSE, least=1)
TERMS = Shape(
    {
        "from": Date(),
        "wording": Maybe(Text()),
        "actions": ACTIONS,
        "technologies": OPEN_WORDS,
        "audiences": OPEN_WORDS,
        "excludes": ListOf(Text()),
        "jurisdictions": PLACES,
        "conditions": CONDITIONS,
        "introduced_by": Position(),
    },
    {
        "wording_basis": Maybe(Word(["quoted", "described"])),
        "wording_source": Maybe(SOURCE),
        "clauses": CLAUSES,
    },
)
PLEDGES = Shape(
    {
        "id": Identifier(200),
        "company": COMPANY,
        "title": Text(300),
        "summary": Text(),
        "made_on": Date(),
        "actions": ACTIONS,
        "technologies": OPEN_WORDS,
        "audiences": OPEN_WORDS,
        "jurisdictions": PLACES,
        "binding": words_of(Binding),
        "condition": Shape(
            {"kind": Word(["none", *ConditionKind.values]), "text": Maybe(Text()), "date": Maybe(Date())}
        ),
        "events": ListOf(STEP, least=1),
        "form": words_of(Form),
    },
    {
        "terms": ListOf(TERMS, least=1),
        "clauses": CLAUSES,
        "due_on": Maybe(Date()),
        "conditions": ListOf(CONDITION, least=1),
        "disputes": DISPUTES,
        "read_twice": Flag(),
    },
    RETRACTED,
)
CLAIM = Citing(
    {
        "text": Text(blank=True),
        "amount": Maybe(Money()),
        "currency": Maybe(CURRENCY),
        "amount_is": words_of(AmountIs),
        "source": SOURCE,
        "stance": words_of(Stance),
        "locator": Maybe(Text()),
    },
    {"quote": Maybe(Quote()), "prefix": Text(blank=True), "suffix": Text(blank=True), "more_sources": CITATIONS},
)
EXIT = Shape(
    {
        "date": Date(),
        "kind": words_of(ExitKind),
        "amount": Maybe(Money()),
        "currency": Maybe(CURRENCY),
        "sources": CITATIONS,
    },
    {
        "event": Reference("happening"),
        "id": Identifier(SLUG_LENGTH),
        "completed": Flag(),
        "standing": words_of(Standing),
        "summary": Text(),
        "disputes": DISPUTES,
        "happening": HAPPENING,
    },
    DATED,
    UNSUPPORTED,
    RETRACTED,
)
MADE = Shape(
    {},
    {
        "id": Identifier(SLUG_LENGTH),
        "date": Date(),
        "standing": words_of(Standing),
        "summary": Text(),
        "disputes": DISPUTES,
        "happening": HAPPENING,
    },
    DATED,
    UNSUPPORTED,
    RETRACTED,
)
INVESTMENTS = Shape(
    {
        "id": Identifier(200),
        "investor": Maybe(COMPANY),
        "through": Maybe(COMPANY),
        "investee": COMPANY,
        "round": Maybe(Text(200)),
        "announced_on": Date(),
        "amount": Maybe(Money()),
        "currency": Maybe(CURRENCY),
        "amount_is": Maybe(words_of(AmountIs)),
        "stake": words_of(Stake),
        "co_investors": ListOf(COMPANY, distinct=True),
        "exit": Maybe(EXIT),
        "claims": ListOf(CLAIM),
        "sources": CITATIONS,
        "note": Maybe(Text()),
    },
    {
        "round_id": Maybe(Reference("round")),
        "announced_event": Maybe(Reference("happening")),
        "read_twice": Flag(),
        "disputes": DISPUTES,
        "earlier_exits": ListOf(EXIT),
        "made": MADE,
    },
    DATED,
    RETRACTED,
)
ROUNDS = Shape(
    {
        "id": Identifier(200),
        "investee": COMPANY,
        "name": Maybe(Text(200)),
        "announced_on": Date(),
        "amount": Maybe(Money()),
        "currency": Maybe(CURRENCY),
        "announced_event": Maybe(Reference("happening")),
        "claims_on": Maybe(Reference("investment")),
        "sources": CITATIONS,
        "note": Maybe(Text()),
    },
    {"claims": ListOf(CLAIM)},
    RETRACTED,
)

SHAPES: Mapping[str, Shape] = {
    "companies.jsonl": COMPANIES,
    "sources.jsonl": SOURCES,
    "developments.jsonl": DEVELOPMENTS,
    "pledges.jsonl": PLEDGES,
    "rounds.jsonl": ROUNDS,
    "investments.jsonl": INVESTMENTS,
}


def _as_first(shape: Shape, *, optional: tuple[str, ...], changed: Mapping[str, Kind]) -> Shape:
    """A shape as the first format has it: some fields that were not asked for, and some that held something else."""
    fields = {name: changed.get(name, kind) for name, kind in shape.fields.items()}
    needed = {name: fields[name] for name in shape.needed if name not in optional}
    return Shape(needed, {name: kind for name, kind in fields.items() if name not in needed})


# The first format had no ids of steps and no form of pledges, and a kind of step for a term that had run out.
FIRST_STEP = _as_first(STEP, optional=("id",), changed={"kind": Word([*PledgeEffect.values, EXPIRED])})
FIRST_PLEDGES = _as_first(PLEDGES, optional=("form",), changed={"events": ListOf(FIRST_STEP, least=1)})
