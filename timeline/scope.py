"""What a pledge covers and what it leaves open, worked out from its clauses.

What is covered is what a clause names. What is left open is what the lists of this record have beside it
(a pledge about police says nothing of prisons; one about the United States nothing of other countries),
and what a condition leaves to be judged. It says that the words do not settle it, not that the company
meant to leave it out. Nothing is ever blank: what no clause names is "Not stated".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dates.edtf import display
from pledges.vocabulary import AUDIENCES, TECHNOLOGIES, Action, ConditionKind, Form, Nature, label_of
from timeline.components import CitationMark, Remark, ScopeRow
from timeline.figures import shortened
from timeline.places import outside, place_label


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
ACTIONS: Final[dict[str, tuple[str, str]]] = {
    Action.STOP_OFFERING: ("No longer offer it", "customers who have it already, its own use, and research"),
    Action.STOP_SELLING: ("Not sell it", "gifts, trials, access through partners, and its own use"),
    Action.SUSPEND_SALES: ("Suspend sales", "customers who have it already, and access through partners"),
    Action.LIMIT_SALES: ("Limit sales", "who decides on a sale within the limits"),
    Action.STOP_USING: ("Not use it", "use by contractors and on others’ behalf"),
    Action.SUSPEND_USE: ("Suspend its use", "use by contractors and on others’ behalf"),
    Action.PROHIBIT_USE: ("Prohibit its use", "how a use against the rule is found out, and what follows"),
    Action.STOP_INVESTING: ("Not invest in it", "takeovers, partnerships, and funds of others"),
    Action.REQUIRE_APPROVAL: ("Require approval first", "by what measure approval is given"),
    Action.LIMIT_ACCESS: ("Limit access", "by what measure access is given"),
    Action.LIMIT_DATA: ("Limit the data", "data collected or passed on before"),
    Action.DELETE_DATA: ("Delete data", "copies that others hold"),
    Action.DISCLOSE: ("Disclose", "who checks what is disclosed"),
    Action.OPT_IN: ("Ask for consent first", "what those are offered who do not consent"),
    Action.OPT_OUT: ("Offer an opt-out", "people who do not know of it"),
    Action.DEFAULT_OFF: ("Keep it off by default", "what holds once it is turned on"),
    Action.ADOPT_PRINCIPLES: ("Adopt principles", "who watches over them, and what follows if they are not kept"),
    Action.INDEPENDENT_REVIEW: ("Have it reviewed from outside", "whether the findings are published"),
    Action.ENGAGE: ("Engage with others", "what is to come of it"),
}
# A stake sold is an act; what the announcement of a sale leaves open is another matter than a policy does.
SALE_OF_A_STAKE: Final = ("Sell a stake", "price, buyer and day of the sale, where they are not published")

# Whom a pledge is about, and who stands beside them. Those named elsewhere in the clause are not open.
BESIDE_AUDIENCES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "police": (
        ("law-enforcement", "prisons, border and federal agencies"),
        ("private-companies", "private customers"),
    ),
    "law-enforcement": (("government", "other public bodies"), ("private-companies", "private customers")),
    "government": (("private-companies", "private customers"),),
    "private-companies": (("government", "public bodies"),),
    "consumers": (("private-companies", "business customers"), ("government", "public bodies")),
    "shoppers": (("employees", "its own staff"),),
    "employees": (("shoppers", "customers and visitors"),),
    "investee-companies": (("customers", "companies that are only customers or partners"),),
    "public-figures": (("everyone", "people who are no public figures"),),
    "students": (("employees", "staff and visitors"),),
    "tenants": (("employees", "staff and visitors"),),
    "passengers": (("employees", "staff"),),
    "minors": (("everyone", "adults"),),
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
BESIDE_TECHNOLOGIES: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "facial-recognition": (
        ("face-analysis", "analysis of faces without a name"),
        ("biometrics", "other biometrics, such as gait"),
    ),
    "face-comparison": (("facial-recognition", "other uses of face recognition"),),
    "face-analysis": (("facial-recognition", "recognition of persons"),),
    "emotion-recognition": (
        ("facial-recognition", "recognition of persons"),
        ("face-analysis", "other analysis of faces"),
    ),
    "ethnicity-detection": (("facial-recognition", "recognition of persons"),),
    "azure-face": (("facial-recognition", "its other products"),),
    "video-indexer": (("facial-recognition", "its other products"),),
}
ENDINGS_LEAVE_OPEN: Final[dict[str, str]] = {
    ConditionKind.UNTIL_LAW: "which law would do, and who decides",
    ConditionKind.UNTIL_REVIEW: "who reviews, and by what measure",
    ConditionKind.UNTIL_DATE: "what holds after that day",
    ConditionKind.OTHER: "who decides that it has come about",
}


def capital(text: str) -> str:
    """With a capital letter in front."""
    return text[:1].upper() + text[1:]


def listed(words: Iterable[str]) -> str:
    """“a, b and c”."""
    every = list(words)
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])} and {every[-1]}" if every else ""


def action_words(promise: Promise) -> tuple[str, str]:
    """What the action of a clause is, and what it says nothing of."""
    if promise.action == Action.STOP_INVESTING and promise.nature == Nature.ACT:
        return SALE_OF_A_STAKE
    return ACTIONS.get(promise.action, (capital(promise.action.replace("-", " ")), ""))


def _beside(named: Sequence[str], lists: dict[str, tuple[tuple[str, str], ...]]) -> list[str]:
    """What stands beside the named words and is not itself named or taken in by one that is."""
    taken = set(named).union(*(TAKES_IN.get(word, frozenset()) for word in named))
    found = [words for word in named for other, words in lists.get(word, ()) if other not in taken]
    return list(dict.fromkeys(found))


def open_audiences(promise: Promise) -> list[str]:
    # "Everyone" leaves nobody out, whoever is named beside.
    return [] if "everyone" in promise.audiences else _beside(promise.audiences, BESIDE_AUDIENCES)


def open_technologies(promise: Promise) -> list[str]:
    return [] if "biometrics" in promise.technologies else _beside(promise.technologies, BESIDE_TECHNOLOGIES)


def ending_words(ending: Ending) -> str:
    """What would end a clause: “a national law in place”, “10 June 2021”."""
    date = display(ending.ends) if ending.ends else ""
    if ending.text and date:
        return f"{date} ({ending.text[:1].lower()}{ending.text[1:]})"
    return date or ending.text or ConditionKind(ending.kind).label


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
        label="Action",
        covers=[Remark(text=said, citations=citations)],
        leaves_open=_remarks([leaves_open]),
    )
    technology = ScopeRow(
        label="Technology",
        covers=_remarks([capital(listed(label_of(word, TECHNOLOGIES) for word in promise.technologies))]),
        leaves_open=_remarks([listed(open_technologies(promise))]),
    )
    audience = ScopeRow(
        label="Whom it is about",
        covers=_remarks([capital(listed(label_of(word, AUDIENCES) for word in promise.audiences))]),
        leaves_open=_remarks([listed(open_audiences(promise))]),
    )
    where = ScopeRow(
        label="Where",
        covers=_remarks([listed(place_label(code) for code in promise.jurisdictions)]),
        leaves_open=_remarks([outside(list(promise.jurisdictions))]),
    )
    exceptions = ScopeRow(label="Exceptions", covers=_remarks(map(capital, promise.excludes)))
    return [action, technology, audience, where, _time(promise, form), exceptions, _checked(promise)]


def _remarks(texts: Iterable[str]) -> list[Remark]:
    return [Remark(text=text) for text in texts if text]


def _time(promise: Promise, form: str) -> ScopeRow:
    if promise.nature == Nature.ACT:
        covers = [f"By {display(promise.due_on)}"] if promise.due_on else []
        return ScopeRow(
            label="To be done",
            covers=_remarks(covers),
            leaves_open=_remarks([] if promise.due_on else ["by when it is to be done"]),
        )
    covers = [capital(ending_words(ending)) for ending in promise.endings]
    leaves_open = [ENDINGS_LEAVE_OPEN[ending.kind] for ending in promise.endings if ending.kind in ENDINGS_LEAVE_OPEN]
    if not covers:
        covers = ["No end stated"]
        if form == Form.PRACTICE:
            leaves_open = ["whether it will stay so: what is done today is stated, and nothing is promised"]
    return ScopeRow(label="Until", covers=_remarks(covers), leaves_open=_remarks(dict.fromkeys(leaves_open)))


def _checked(promise: Promise) -> ScopeRow:
    covers = ["The outside review that is promised"] if promise.action == Action.INDEPENDENT_REVIEW else []
    return ScopeRow(label="Checked by", covers=_remarks(covers))


def asked(questions: Sequence[Question]) -> ScopeRow:
    """The line of questions that were put to the company, answered or not."""
    answered = [
        Remark(
            text=f"{one.text} Asked {one.on}; the answer: {one.answer or 'on record below'}", citations=one.citations
        )
        for one in questions
        if one.answered
    ]
    waiting = [
        Remark(text=f"{one.text} Asked {one.on}; did not answer.", citations=one.citations)
        for one in questions
        if not one.answered
    ]
    if not answered and not waiting:
        answered = [Remark(text="No question on record")]
    elif not answered:
        answered = [Remark(text=f"{len(waiting)} asked, none answered" if len(waiting) > 1 else "Asked, not answered")]
    return ScopeRow(label="Asked", covers=answered, leaves_open=waiting)


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
        lines += [f"Until {lower_first(ending_words(ending))}" for ending in one.endings]
        lines += [f"By {display(one.due_on)}"] if one.due_on else []
    return [line for line in lines if line][:most]


def lower_first(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _with_audience(promise: Promise) -> str:
    whom = listed(label_of(word, AUDIENCES) for word in promise.audiences)
    return f"{action_words(promise)[0]}: {whom}" if whom else action_words(promise)[0]


def open_in_short(promises: Sequence[Promise], questions: Sequence[Question] = (), *, most: int = 4) -> list[str]:
    """What the clauses leave open, in a few short lines; questions without an answer come first."""
    lines = [f"{shortened(question.text, 90)} Asked, no answer" for question in questions if not question.answered]
    ranked: list[list[str]] = []
    for one in promises:
        # In the order in which they matter to a reader who compares the title with the facts.
        audiences = open_audiences(one)
        ranked.append(
            [
                listed(audiences),
                outside(list(one.jurisdictions)),
                *(ENDINGS_LEAVE_OPEN.get(ending.kind, "") for ending in one.endings),
                *(["by when it is to be done"] if one.nature == Nature.ACT and not one.due_on else []),
                action_words(one)[1],
            ]
        )
    for place in range(max(map(len, ranked), default=0)):
        lines += [capital(line[place]) for line in ranked if place < len(line) and line[place]]
    if not lines:
        lines = [capital(listed(open_technologies(one))) for one in promises if open_technologies(one)]
    return list(dict.fromkeys(lines))[:most]


def open_in_a_line(promises: Sequence[Promise], questions: Sequence[Question] = ()) -> str:
    """What is left open, in one line for a list: “prisons, other countries; which law would do”."""
    short = open_in_short(promises, questions, most=2)
    return "; ".join(line if line.endswith("no answer") else lower_first(line) for line in short)
