"""The same questions put to several companies, and what their pledges and the events about them answer.

Each question is put to the clauses of a kind of action, or to events of some kinds, so that no answer is typed: a cell
says what a clause or an event on record says, names it, and rests on its sources. Where nothing on record answers, the
cell is empty, which is not a "no".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from dates.edtf import display
from pledges.models import Citation
from pledges.services.dossiers import Dossier
from pledges.services.reading import Happening
from pledges.status import CLOSED, Clock, ClockKind, Headline, headline_label
from pledges.vocabulary import AUDIENCES, Action, EventKind, Form, HoldingEffect, Part, label_of
from timeline.components import CitationMark
from timeline.money import ReadInvestment, exit_words, measured_sum
from timeline.naming import event_address, investment_address, pledge_address
from timeline.places import place_label
from timeline.scope import TAKES_IN, Promise, capital, clause_words, ending_words, lower_first
from timeline.standing import DUE, promise_of, standing
from timeline.words import listed

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LEAST, MOST = 2, 8  # companies side by side
MOST_IN_A_CELL: Final = 3
MOST_MARKS: Final = 3  # sources behind one answer; its page has all


class Ring(StrEnum):
    """How an answer is drawn, and which comes first where there are several."""

    YES = "yes"
    PART = "part"
    DIFFER = "differ"
    NO = "no"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Found:
    """One answer of a cell: a word, and what it is that says so.

    text: the clause or event in words. href: its page. rests_on: what bears it out. citations: the same as marks of the
    page, once it is known that the answer is shown there.
    """

    ring: Ring
    word: str
    text: str = ""
    href: str = ""
    rests_on: Sequence[Citation] = ()
    citations: Sequence[CitationMark] = ()

    @property
    def said(self) -> str:
        """In a sentence with others: “yes, until 10 June 2021”."""
        return lower_first(self.word)


@dataclass(frozen=True)
class ReadClause:
    """A clause in force or ended by the day, with where it stands."""

    promise: Promise
    headline: Headline
    clock: Clock | None
    dossier: Dossier
    disputed: bool
    rests_on: Sequence[Citation]

    @property
    def open(self) -> bool:
        return self.headline not in CLOSED

    @property
    def href(self) -> str:
        return pledge_address(self.dossier.pledge)


@dataclass(frozen=True)
class OfCompany:
    """All of one company that the questions are put to."""

    name: str
    slug: str
    clauses: Sequence[ReadClause] = ()
    asked: Sequence[Found] = ()
    events: Sequence[tuple[Happening, frozenset[str]]] = ()  # with the parts that the company had in each
    stakes: Sequence[Found] = ()


@dataclass(frozen=True)
class Cell:
    """What is on record for one company and one question; nothing in it means that nothing was found."""

    company: OfCompany
    found: Sequence[Found] = ()
    more: int = 0


@dataclass(frozen=True)
class Row:
    question: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Group:
    heading: str
    rows: Sequence[Row]


# --- reading -----------------------------------------------------------------------------------------------


def clauses_of(dossier: Dossier, day: date, *, disputed: bool, rests_on: Sequence[Citation]) -> list[ReadClause]:
    """The clauses of a pledge as they stand on a day; none if it was not made by then."""
    version = dossier.version_on(day)
    stands = standing(dossier, day)
    if version is None or stands.answer.headline is Headline.NOT_MADE_YET:
        return []
    headlines = {one.key: one.answer.headline for one in stands.answer.clauses}
    clocks = {clock.clause: clock for clock in stands.clocks}
    return [
        ReadClause(
            promise=promise_of(read),
            headline=headlines.get(read.clause.key, stands.answer.headline),
            clock=clocks.get(read.clause.key),
            dossier=dossier,
            disputed=disputed,
            rests_on=rests_on,
        )
        for read in version.clauses
    ]


def stake_found(read: ReadInvestment, *, rests_on: Sequence[Citation], day: date) -> Found | None:
    """A stake that the company took by a day: held, or given up."""
    row = read.investment
    if (row.announced_earliest or row.announced_latest or day) > day:
        return None
    exits = [one for one in read.exits if (one.date_earliest or one.date_latest or day) <= day]
    over = any(one.kind == HoldingEffect.EXIT_COMPLETED for one in exits)
    amount = measured_sum(row)
    said = [
        # Translators: a stake in a company, as “In AnyVision, June 2019”
        _("In %(company)s, %(date)s") % {"company": row.investee.name, "date": display(row.announced_on)},
        exit_words(exits),
        # Translators: a sum of money
        _("%(sum)s, as reported") % {"sum": amount} if amount else "",
    ]
    # Translators: of a stake, after “Has it taken stakes in those that make it?”
    had, sells = pgettext("answer", "Had one"), pgettext("answer", "Sale announced")
    return Found(
        ring=Ring.PART if exits else Ring.YES,
        word=had if over else sells if exits else pgettext("answer", "Yes"),
        text="; ".join(filter(None, said)),
        href=investment_address(row),
        rests_on=rests_on,
    )


# --- what a clause answers ---------------------------------------------------------------------------------

ONLY_IN_PART: Final = frozenset(
    {Action.LIMIT_SALES, Action.LIMIT_ACCESS, Action.LIMIT_DATA, Action.REQUIRE_APPROVAL, Action.OPT_OUT}
)
POLICE: Final = frozenset({"police", "law-enforcement", "government", "everyone", "customers"})


def stands_as(clause: ReadClause) -> tuple[Ring, str]:
    """Where a clause stands, as an answer to whether the company has said so."""
    headline, clock = clause.headline, clause.clock
    if headline in (Headline.DISPUTED, Headline.CONTRADICTED, Headline.UNCLEAR, Headline.OVERDUE):
        ring = Ring.DIFFER if headline is Headline.DISPUTED else Ring.PART
        # Translators: the status is one as “disputed”, “overdue”
        return ring, _("Said so; %(status)s") % {"status": lower_first(headline_label(headline))}
    if headline is Headline.COMPLETED:
        return Ring.YES, pgettext("answer", "Done")
    if not clause.open:
        # Translators: the status is one as “withdrawn”, “lapsed”
        return Ring.NO, _("No longer: %(status)s") % {"status": lower_first(headline_label(headline))}
    in_part = clause.promise.action in ONLY_IN_PART or headline is Headline.NARROWED
    # Translators: what follows is joined by commas, as “Yes, as its practice, until 10 June 2021”
    words = [pgettext("answer", "In part") if in_part else pgettext("answer", "Yes")]
    if clause.dossier.pledge.form == Form.PRACTICE:
        words.append(pgettext("after “Yes, ”", "as its practice"))
    elif clause.dossier.pledge.form == Form.IMPOSED:
        words.append(pgettext("after “Yes, ”", "as it was ordered to, or settled"))
    if headline is Headline.NARROWED:
        words.append(pgettext("after “In part, ”", "narrowed since"))
    if clock is not None and clock.until is not None:
        until = {"until": display(clock.until, in_sentence=True)}
        words.append(_("due by %(until)s") % until if clock.kind in DUE else _("until %(until)s") % until)
    elif clause.promise.endings:
        words.append(pgettext("after “Yes, ”", "on a condition"))
    return Ring.PART if in_part else Ring.YES, ", ".join(words)


def _said_so(clauses: Iterable[ReadClause]) -> list[Found]:
    found = []
    for clause in clauses:
        ring, word = stands_as(clause)
        text = clause_words(clause.promise)
        found.append(
            Found(
                ring=Ring.DIFFER if clause.disputed and ring is Ring.YES else ring,
                # Translators: the answer is one as “Yes, until 10 June 2021”
                word=_("%(answer)s; accounts differ") % {"answer": word} if clause.disputed else word,
                text=text,
                href=clause.href,
                rests_on=clause.rests_on,
            )
        )
    return found


def _with(company: OfCompany, actions: frozenset[str], *, audiences: frozenset[str] | None = None) -> list[ReadClause]:
    return [
        clause
        for clause in company.clauses
        if clause.promise.action in actions
        and (audiences is None or not clause.promise.audiences or audiences.intersection(clause.promise.audiences))
    ]


SELLING: Final = frozenset(
    {
        Action.STOP_OFFERING,
        Action.STOP_SELLING,
        Action.SUSPEND_SALES,
        Action.LIMIT_SALES,
        Action.PROHIBIT_USE,
    }
)


def _to_police(company: OfCompany) -> list[ReadClause]:
    """The clauses on selling that take in the police, those first that name them and nobody else."""
    return sorted(_with(company, SELLING, audiences=POLICE), key=lambda one: list(one.promise.audiences) != ["police"])


def _still_to_police(company: OfCompany) -> list[ReadClause]:
    return [clause for clause in _to_police(company) if clause.open]


def _for(clause: ReadClause, ring: Ring, word: str, text: str = "") -> Found:
    return Found(
        ring=ring, word=word, text=text or clause.dossier.pledge.title, href=clause.href, rests_on=clause.rests_on
    )


def _other_agencies(company: OfCompany) -> list[Found]:
    found = []
    for clause in _still_to_police(company):
        named = clause.promise.audiences
        taken = set(named).union(*(TAKES_IN.get(word, frozenset()) for word in named))
        # Translators: a pledge names those whom it is about, as “It names police and government”
        names = _("It names %(audiences)s") % {"audiences": listed(label_of(word, AUDIENCES) for word in named)}
        if "law-enforcement" in taken:
            found.append(_for(clause, Ring.YES, pgettext("answer", "Yes"), names))
        elif not named:
            nobody = _("It names nobody, and leaves nobody out")
            found.append(_for(clause, Ring.PART, pgettext("answer", "Perhaps"), nobody))
        else:
            found.append(_for(clause, Ring.NO, pgettext("answer", "Not stated"), names))
    return found


def _where(company: OfCompany) -> list[Found]:
    found = []
    for clause in _still_to_police(company):
        places = clause.promise.jurisdictions
        if not places:
            found.append(_for(clause, Ring.NO, pgettext("answer", "Not stated")))
        elif "world" in places:
            found.append(_for(clause, Ring.YES, pgettext("answer", "Everywhere")))
        else:
            some = listed(map(place_label, places))
            found.append(_for(clause, Ring.PART, pgettext("answer", "In some places"), some))
    return found


def _ends(company: OfCompany) -> list[Found]:
    found = []
    for clause in _still_to_police(company):
        clock = clause.clock
        if clock is not None and clock.until is not None:
            found.append(_for(clause, Ring.YES, pgettext("answer", "On a date"), capital(display(clock.until))))
        elif clause.promise.endings and not (clock is not None and clock.kind is ClockKind.OPEN_ENDED):
            said = "; ".join(capital(ending_words(one)) for one in clause.promise.endings)
            found.append(_for(clause, Ring.PART, pgettext("answer", "On a condition"), said))
        else:
            found.append(_for(clause, Ring.NO, pgettext("answer", "No end stated")))
    return found


def _exceptions(company: OfCompany) -> list[Found]:
    return [
        _for(clause, Ring.YES, pgettext("answer", "Yes"), capital("; ".join(clause.promise.excludes)))
        for clause in _still_to_police(company)
        if clause.promise.excludes
    ]


# --- what events answer --------------------------------------------------------------------------------------


def _events(kinds: frozenset[str], parts: Mapping[str, StrOrPromise]) -> Callable[[OfCompany], list[Found]]:
    """Events of some kinds in which a company had one of some parts, each part with the word for it."""

    def answers(company: OfCompany) -> list[Found]:
        found = []
        for happening, had in company.events:
            word = next((said for part, said in parts.items() if part in had), "")
            if happening.event.kind in kinds and word:
                found.append(
                    Found(
                        ring=Ring.DIFFER if happening.disputed else Ring.YES,
                        # Translators: the answer is one as “Fined”, “Audited”
                        word=_("%(answer)s, %(date)s") % {"answer": word, "date": display(happening.event.date)},
                        text=happening.title,
                        href=event_address(happening.event),
                        rests_on=happening.citations[:MOST_MARKS],
                    )
                )
        return found

    return answers


IN_COURT: Final = frozenset(
    {
        EventKind.LAWSUIT,
        EventKind.RULING,
        EventKind.SETTLEMENT,
        EventKind.FINE,
        EventKind.ORDER,
        EventKind.COMPLAINT,
        EventKind.SANCTION,
    }
)


@dataclass(frozen=True)
class Question:
    text: StrOrPromise
    answers: Callable[[OfCompany], Iterable[Found]]


def _has_said(*actions: Action) -> Callable[[OfCompany], list[Found]]:
    return lambda company: _said_so(_with(company, frozenset(actions)))


QUESTIONS: Final[Sequence[tuple[StrOrPromise, Sequence[Question]]]] = (
    (
        gettext_lazy("Selling it to police"),
        (
            Question(
                gettext_lazy("Has it said that it will not sell it to police, or let them use it?"),
                lambda c: _said_so(_to_police(c)),
            ),
            Question(gettext_lazy("Does that reach prisons, borders and other agencies?"), _other_agencies),
            Question(gettext_lazy("Where does it hold?"), _where),
            Question(gettext_lazy("When does it end?"), _ends),
            Question(gettext_lazy("Are there exceptions?"), _exceptions),
        ),
    ),
    (
        gettext_lazy("Offering and using it"),
        (
            Question(
                gettext_lazy("Has it said that others may not have it, or only within limits?"),
                lambda c: _said_so(
                    clause
                    for clause in _with(c, SELLING | {Action.LIMIT_ACCESS, Action.REQUIRE_APPROVAL})
                    if clause not in _to_police(c)
                ),
            ),
            Question(
                gettext_lazy("Has it said that it will not use it itself?"),
                _has_said(Action.STOP_USING, Action.SUSPEND_USE),
            ),
        ),
    ),
    (
        gettext_lazy("Faces it holds"),
        (
            Question(
                gettext_lazy("Has it said that it will delete or limit data?"),
                _has_said(Action.DELETE_DATA, Action.LIMIT_DATA),
            ),
            Question(
                gettext_lazy("Are people asked, or is it off until they are?"),
                _has_said(Action.OPT_IN, Action.OPT_OUT, Action.DEFAULT_OFF),
            ),
        ),
    ),
    (
        gettext_lazy("Funding it"),
        (
            Question(gettext_lazy("Has it said that it will not invest in it?"), _has_said(Action.STOP_INVESTING)),
            Question(gettext_lazy("Has it taken stakes in those that make it?"), lambda c: c.stakes),
        ),
    ),
    (
        gettext_lazy("Being held to it"),
        (
            Question(
                gettext_lazy("Has it adopted principles?"),
                _has_said(Action.ADOPT_PRINCIPLES, Action.DISCLOSE, Action.ENGAGE),
            ),
            Question(
                gettext_lazy("Has anyone outside looked?"),
                lambda c: [
                    *_said_so(_with(c, frozenset({Action.INDEPENDENT_REVIEW}))),
                    *_events(
                        frozenset({EventKind.AUDIT}),
                        {
                            Part.AUDITED: pgettext_lazy("answer", "Audited"),
                            Part.COMMISSIONS: pgettext_lazy("answer", "Had an audit made"),
                        },
                    )(c),
                ],
            ),
            Question(
                gettext_lazy("Has it taken a side on laws?"),
                _events(
                    frozenset({EventKind.LEGISLATION, EventKind.LOCAL_BAN}),
                    {
                        Part.SUPPORTS: pgettext_lazy("answer", "In support"),
                        Part.OPPOSES: pgettext_lazy("answer", "Against"),
                        Part.OBJECTS: pgettext_lazy("answer", "Against"),
                    },
                ),
            ),
            Question(gettext_lazy("Was it asked, and did it answer?"), lambda c: c.asked),
            Question(
                gettext_lazy("Has it been taken to court, ordered or fined?"),
                _events(
                    IN_COURT,
                    {
                        Part.FINED: pgettext_lazy("answer", "Fined"),
                        Part.ORDERED: pgettext_lazy("answer", "Ordered"),
                        Part.SUED: pgettext_lazy("answer", "Sued"),
                        Part.SUBJECT: pgettext_lazy("answer", "Yes"),
                    },
                ),
            ),
        ),
    ),
)


Marks = Callable[[Iterable[Citation]], Sequence[CitationMark]]


def compared(companies: Sequence[OfCompany], marks: Marks) -> list[Group]:
    """All questions, put to all of the companies.

    :param marks: turns what an answer rests on into marks of the page.
    """
    return [
        Group(
            str(heading),
            [Row(str(one.text), [_cell(one, company, marks) for company in companies]) for one in questions],
        )
        for heading, questions in QUESTIONS
    ]


def _cell(question: Question, company: OfCompany, marks: Marks) -> Cell:
    """What holds now, or where nothing does, what has ended; in the order of the record, the newest first."""
    found = _one_for_each(question.answers(company))
    shown = ([one for one in found if one.ring is not Ring.NO] or found)[:MOST_IN_A_CELL]
    return Cell(company, [replace(one, citations=marks(one.rests_on)) for one in shown], len(found) - len(shown))


def _one_for_each(answers: Iterable[Found]) -> list[Found]:
    """The answers with those put together that one pledge or event gives in the same word."""
    alike: dict[tuple[str, str], list[Found]] = {}
    for one in answers:
        alike.setdefault((one.href, one.word), []).append(one)
    return [replace(same[0], text=_joined(one.text for one in same)) for same in alike.values()]


def _joined(texts: Iterable[str]) -> str:
    first, *others = dict.fromkeys(texts)
    return "; ".join([first, *map(lower_first, others)])


def in_a_sentence(row: Row, *, day: str, record: str) -> str:
    """What a row says, ready to be copied: each company's answer, the day and where it can be checked."""
    nothing = pgettext("answer", "nothing found")
    said = [f"{cell.company.name}: {'; '.join(_briefly(one) for one in cell.found) or nothing}" for cell in row.cells]
    # Translators: a row of the comparison, to be copied; the answers are as “Amazon: yes; Google: nothing found”
    sentence = _("%(question)s %(answers)s. (Pledge Record, as of %(day)s; sources at %(address)s)")
    return sentence % {"question": row.question, "answers": ". ".join(said), "day": day, "address": record}


def _briefly(found: Found) -> str:
    return f"{found.said} ({found.text})" if found.text else found.said
