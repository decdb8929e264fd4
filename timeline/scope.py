"""What a pledge covers and what it leaves open, worked out from its clauses.

What is covered is what a clause names. What is left open is what the lists of this record have beside it
(a pledge about police says nothing of prisons; one about the United States nothing of other countries),
and what a condition leaves to be judged. It says that the words do not settle it, not that the company
meant to leave it out. Nothing is ever blank: what no clause names is "Not stated".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from dates.edtf import display
from pledges.vocabulary import AUDIENCES, TECHNOLOGIES, Action, ConditionKind, Form, Nature, label_of
from timeline.components import CitationMark, Remark, ScopeRow
from timeline.figures import shortened
from timeline.places import outside, place_label
from timeline.words import Labels, PairsOfLabels, listed, number

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What would end a clause. ends: EDTF, only of a date."""

    kind: str
    text: str = ""
    ends: str = ""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A clause in plain values. due_on: EDTF, by when an act must be done."""

    action: str
    nature: str = Nature.LASTING
    text: str = ""
    technologies: Sequence[str] = ()
    audiences: Sequence[str] = ()
    excludes: Sequence[str] = ()
    jurisdictions: Sequence[str] = ()
    endings: Sequence[Ending] = ()
    due_on: str = ""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question put to the company. on: as printed."""

    text: str
    on: str
    answered: bool
    answer: str = ""
    citations: Sequence[CitationMark] = ()


# --- what the lists of the record have beside what is named -----------------------------------------------

# What each action takes in, in words, and what it says nothing of.
ACTIONS: Final = PairsOfLabels(
    {
        Action.STOP_OFFERING: (_("No longer offer it"), _("customers who have it already, its own use, and research")),
        Action.STOP_SELLING: (_("Not sell it"), _("gifts, trials, access through partners, and its own use")),
        Action.SUSPEND_SALES: (_("Suspend sales"), _("customers who have it already, and access through partners")),
        Action.LIMIT_SALES: (_("Limit sales"), _("who decides on a sale within the limits")),
        Action.STOP_USING: (_("Not use it"), _("use by contractors and on others’ behalf")),
        Action.SUSPEND_USE: (_("Suspend its use"), _("use by contractors and on others’ behalf")),
        Action.PROHIBIT_USE: (_("Prohibit its use"), _("how a use against the rule is found out, and what follows")),
        Action.STOP_INVESTING: (_("Not invest in it"), _("takeovers, partnerships, and funds of others")),
        Action.REQUIRE_APPROVAL: (_("Require approval first"), _("by what measure approval is given")),
        Action.LIMIT_ACCESS: (_("Limit access"), _("by what measure access is given")),
        Action.LIMIT_DATA: (_("Limit the data"), _("data collected or passed on before")),
        Action.DELETE_DATA: (_("Delete data"), _("copies that others hold")),
        Action.DISCLOSE: (_("Disclose"), _("who checks what is disclosed")),
        Action.OPT_IN: (_("Ask for consent first"), _("what those are offered who do not consent")),
        Action.OPT_OUT: (_("Offer an opt-out"), _("people who do not know of it")),
        Action.DEFAULT_OFF: (_("Keep it off by default"), _("what holds once it is turned on")),
        Action.ADOPT_PRINCIPLES: (
            _("Adopt principles"),
            _("who watches over them, and what follows if they are not kept"),
        ),
        Action.INDEPENDENT_REVIEW: (_("Have it reviewed from outside"), _("whether the findings are published")),
        Action.ENGAGE: (_("Engage with others"), _("what is to come of it")),
    }
)
# A stake sold is an act; what the announcement of a sale leaves open is another matter than a policy does.
SALE_OF_A_STAKE: Final = (_("Sell a stake"), _("price, buyer and day of the sale, where they are not published"))

# Whom a pledge is about, and who stands beside them. Those named elsewhere in the clause are not open.
BESIDE_AUDIENCES: Final[Mapping[str, tuple[tuple[str, StrPromise], ...]]] = {
    "police": (
        ("law-enforcement", _("prisons, border and federal agencies")),
        ("private-companies", _("private customers")),
    ),
    "law-enforcement": (("government", _("other public bodies")), ("private-companies", _("private customers"))),
    "government": (("private-companies", _("private customers")),),
    "private-companies": (("government", _("public bodies")),),
    "consumers": (("private-companies", _("business customers")), ("government", _("public bodies"))),
    "shoppers": (("employees", _("its own staff")),),
    "employees": (("shoppers", _("customers and visitors")),),
    "investee-companies": (("customers", _("companies that are only customers or partners")),),
    "public-figures": (("everyone", _("people who are no public figures")),),
    "students": (("employees", _("staff and visitors")),),
    "tenants": (("employees", _("staff and visitors")),),
    "passengers": (("employees", _("staff")),),
    "minors": (("everyone", _("adults")),),
}
# Naming the first takes in the others.
TAKES_IN: Final[dict[str, frozenset[str]]] = {
    "everyone": frozenset(AUDIENCES)
    | {
        "police",
        "government",
        "customers",
        "developers",
        "consumers",
        "shoppers",
        "employees",
        "students",
        "tenants",
        "passengers",
        "minors",
    },
    "government": frozenset({"law-enforcement", "police"}),
    "law-enforcement": frozenset({"police"}),
    "customers": frozenset({"private-companies", "government", "law-enforcement", "police", "developers"}),
}
BESIDE_TECHNOLOGIES: Final[Mapping[str, tuple[tuple[str, StrPromise], ...]]] = {
    "facial-recognition": (
        ("face-analysis", _("analysis of faces without a name")),
        ("biometrics", _("other biometrics, such as gait")),
    ),
    "face-comparison": (("facial-recognition", _("other uses of face recognition")),),
    "face-analysis": (("facial-recognition", _("recognition of persons")),),
    "emotion-recognition": (
        ("facial-recognition", _("recognition of persons")),
        ("face-analysis", _("other analysis of faces")),
    ),
    "ethnicity-detection": (("facial-recognition", _("recognition of persons")),),
    "azure-face": (("facial-recognition", _("its other products")),),
    "video-indexer": (("facial-recognition", _("its other products")),),
}
ENDINGS_LEAVE_OPEN: Final = Labels(
    {
        ConditionKind.UNTIL_LAW: _("which law would do, and who decides"),
        ConditionKind.UNTIL_REVIEW: _("who reviews, and by what measure"),
        ConditionKind.UNTIL_DATE: _("what holds after that day"),
        ConditionKind.OTHER: _("who decides that it has come about"),
    }
)


def capital(text: str) -> str:
    """With a capital letter in front."""
    return text[:1].upper() + text[1:]


def action_words(promise: Promise) -> tuple[str, str]:
    """What the action of a clause is, and what it says nothing of."""
    if promise.action == Action.STOP_INVESTING and promise.nature == Nature.ACT:
        covers, leaves_open = SALE_OF_A_STAKE
        return str(covers), str(leaves_open)
    return ACTIONS.get(promise.action, (capital(promise.action.replace("-", " ")), ""))


def _beside(named: Sequence[str], lists: Mapping[str, tuple[tuple[str, StrPromise], ...]]) -> list[str]:
    """What stands beside the named words and is not itself named or taken in by one that is."""
    taken = set(named).union(*(TAKES_IN.get(word, frozenset()) for word in named))
    found = [str(words) for word in named for other, words in lists.get(word, ()) if other not in taken]
    return list(dict.fromkeys(found))


def open_audiences(promise: Promise) -> list[str]:
    # "Everyone" leaves nobody out, whoever is named beside.
    return [] if "everyone" in promise.audiences else _beside(promise.audiences, BESIDE_AUDIENCES)


def open_technologies(promise: Promise) -> list[str]:
    return [] if "biometrics" in promise.technologies else _beside(promise.technologies, BESIDE_TECHNOLOGIES)


def ending_words(ending: Ending, *, in_sentence: bool = False) -> str:
    """What would end a clause: “a national law in place”, “10 June 2021”.

    :param in_sentence: behind “until”.
    """
    date = display(ending.ends, in_sentence=in_sentence) if ending.ends else ""
    if ending.text and date:
        return f"{date} ({ending.text[:1].lower()}{ending.text[1:]})"
    return date or ending.text or str(ConditionKind(ending.kind).label)


def clause_words(promise: Promise) -> str:
    """A clause in a few words, to stand by itself."""
    return capital(promise.text) if promise.text else _with_audience(promise)


# --- the table of a pledge's page -------------------------------------------------------------------------


def rows(promise: Promise, *, form: str = "", citations: Sequence[CitationMark] = ()) -> list[ScopeRow]:
    """The lines of “what it covers, and what it leaves open” for one clause.

    :param citations: what the clause rests on; they stand behind its action.
    """
    covers, leaves_open = action_words(promise)
    said = capital(promise.text) if promise.text else covers
    action = ScopeRow(
        label=gettext("Action"),
        covers=[Remark(text=said, citations=citations)],
        leaves_open=_remarks([leaves_open]),
    )
    technology = ScopeRow(
        label=gettext("Technology"),
        covers=_remarks([capital(listed(label_of(word, TECHNOLOGIES) for word in promise.technologies))]),
        leaves_open=_remarks([listed(open_technologies(promise))]),
    )
    audience = ScopeRow(
        label=gettext("Whom it is about"),
        covers=_remarks([capital(listed(label_of(word, AUDIENCES) for word in promise.audiences))]),
        leaves_open=_remarks([listed(open_audiences(promise))]),
    )
    where = ScopeRow(
        label=pgettext("what a pledge covers", "Where"),
        covers=_remarks([listed(place_label(code) for code in promise.jurisdictions)]),
        leaves_open=_remarks([outside(list(promise.jurisdictions))]),
    )
    exceptions = ScopeRow(label=gettext("Exceptions"), covers=_remarks(map(capital, promise.excludes)))
    return [action, technology, audience, where, _time(promise, form), exceptions, _checked(promise)]


def _remarks(texts: Iterable[str]) -> list[Remark]:
    return [Remark(text=text) for text in texts if text]


def _time(promise: Promise, form: str) -> ScopeRow:
    if promise.nature == Nature.ACT:
        covers = [_due(promise.due_on)] if promise.due_on else []
        return ScopeRow(
            label=gettext("To be done"),
            covers=_remarks(covers),
            leaves_open=_remarks([] if promise.due_on else [_by_when()]),
        )
    covers = [capital(ending_words(ending)) for ending in promise.endings]
    leaves_open = [ENDINGS_LEAVE_OPEN[ending.kind] for ending in promise.endings if ending.kind in ENDINGS_LEAVE_OPEN]
    if not covers:
        covers = [gettext("No end stated")]
        if form == Form.PRACTICE:
            leaves_open = [
                gettext("whether it will stay so: what is done today is stated, and nothing is promised"),
            ]
    label = pgettext("what a pledge covers", "Until")
    return ScopeRow(label=label, covers=_remarks(covers), leaves_open=_remarks(dict.fromkeys(leaves_open)))


def _due(on: str) -> str:
    # Translators: by when an act that was promised is to be done
    return gettext("By %(until)s") % {"until": display(on, in_sentence=True)}


def _by_when() -> str:
    return gettext("by when it is to be done")


def _checked(promise: Promise) -> ScopeRow:
    covers = [gettext("The outside review that is promised")] if promise.action == Action.INDEPENDENT_REVIEW else []
    return ScopeRow(label=gettext("Checked by"), covers=_remarks(covers))


def asked(questions: Sequence[Question]) -> ScopeRow:
    """The line of questions that were put to the company, answered or not."""
    answered = [Remark(text=_asked(one), citations=one.citations) for one in questions if one.answered]
    waiting = [Remark(text=_asked(one), citations=one.citations) for one in questions if not one.answered]
    if not answered and not waiting:
        answered = [Remark(text=gettext("No question on record"))]
    elif len(waiting) == 1 and not answered:
        answered = [Remark(text=gettext("Asked, not answered"))]
    elif not answered:
        several = ngettext("%(number)s asked, none answered", "%(number)s asked, none answered", len(waiting))
        answered = [Remark(text=several % {"number": number(len(waiting))})]
    return ScopeRow(label=pgettext("what a pledge covers", "Asked"), covers=answered, leaves_open=waiting)


def _asked(question: Question) -> str:
    """A question, which is a sentence of its own, with what came of it."""
    said = {"question": question.text, "date": question.on, "answer": question.answer}
    if not question.answered:
        return gettext("%(question)s Asked %(date)s; did not answer.") % said
    if not question.answer:
        return gettext("%(question)s Asked %(date)s; the answer: on record below") % said
    return gettext("%(question)s Asked %(date)s; the answer: %(answer)s") % said


# --- the short form, for cards and lists ------------------------------------------------------------------


def covers_in_short(promises: Sequence[Promise], *, most: int = 4) -> list[str]:
    """What the clauses cover, in a few short lines."""
    if len(promises) > 1:
        lines = [clause_words(one) for one in promises]
        return lines[:most]
    lines = []
    for one in promises:
        lines.append(capital(one.text) if one.text else action_words(one)[0])
        if one.technologies:
            lines.append(capital(listed(label_of(word, TECHNOLOGIES) for word in one.technologies)))
        whom = listed(label_of(word, AUDIENCES) for word in one.audiences)
        places = listed(place_label(code) for code in one.jurisdictions if code != "world")
        lines.append(capital(f"{whom}, {places}" if whom and places else whom or places))
        # Translators: what ends a pledge: a date, or words as “a national law in place”
        until = gettext("Until %(ending)s")
        lines += [until % {"ending": lower_first(ending_words(ending, in_sentence=True))} for ending in one.endings]
        lines += [_due(one.due_on)] if one.due_on else []
    return [line for line in lines if line][:most]


def lower_first(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _with_audience(promise: Promise) -> str:
    whom = listed(label_of(word, AUDIENCES) for word in promise.audiences)
    return f"{action_words(promise)[0]}: {whom}" if whom else action_words(promise)[0]


def open_in_short(promises: Sequence[Promise], questions: Sequence[Question] = (), *, most: int = 4) -> list[str]:
    """What the clauses leave open, in a few short lines; questions without an answer come first."""
    unanswered, open_words = _left_open(promises, questions)
    return list(dict.fromkeys([*unanswered, *map(capital, open_words)]))[:most]


def open_in_a_line(promises: Sequence[Promise], questions: Sequence[Question] = ()) -> str:
    """What is left open, in one line for a list: “prisons, other countries; which law would do”."""
    unanswered, open_words = _left_open(promises, questions)
    return "; ".join(list(dict.fromkeys([*unanswered, *open_words]))[:2])


def _left_open(promises: Sequence[Promise], questions: Iterable[Question]) -> tuple[list[str], list[str]]:
    """The questions without an answer, and what the clauses leave open, in words that can stand within a line."""
    # Translators: the question is a sentence of its own
    no_answer = gettext("%(question)s Asked, no answer")
    unanswered = [no_answer % {"question": shortened(one.text, 90)} for one in questions if not one.answered]
    ranked: list[list[str]] = []
    for one in promises:
        # In the order in which they matter to a reader who compares the title with the facts.
        ranked.append(
            [
                listed(open_audiences(one)),
                outside(list(one.jurisdictions)),
                *(ENDINGS_LEAVE_OPEN.get(ending.kind, "") for ending in one.endings),
                *([_by_when()] if one.nature == Nature.ACT and not one.due_on else []),
                action_words(one)[1],
            ]
        )
    deepest = max(map(len, ranked), default=0)
    found = [line[place] for place in range(deepest) for line in ranked if place < len(line) and line[place]]
    if not found and not unanswered:
        found = [words for one in promises if (words := listed(open_technologies(one)))]
    return unanswered, found
