"""From a pledge's dossier to what pages show of it: status, steps, terms, scope, disputes, card and bar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dates.edtf import display
from pledges.models import Citation, Effect, StatusSpan
from pledges.services.dossiers import Asked, Dossier, ReadClause, Version
from pledges.status import (
    CLOSED,
    Cause,
    ClauseStatus,
    Clock,
    ClockKind,
    Headline,
    PledgeStatus,
    clauses_clocks_on,
    clock_label,
    clock_on,
    explanation,
    headline_label,
    headline_rule,
    rule_label,
    status_on,
)
from pledges.vocabulary import Nature, PledgeEffect
from sources.models import Source
from timeline import scope
from timeline.asking import with_day
from timeline.components import (
    Account,
    CitationMark,
    ClauseShown,
    Dispute,
    PledgeCard,
    ScopeRow,
    SpanShown,
    Status,
    Step,
    TermsShown,
)
from timeline.fields import date_words
from timeline.figures import Bar, Stretch
from timeline.naming import SAYS_WHO, effect_name, pledge_address, step_name
from timeline.references import References
from timeline.shown import shown_date, shown_day, span_shown, status_shown
from timeline.words import HEADLINES, listed, number, quoted

ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """Where a pledge stands on a day."""

    answer: PledgeStatus
    clock: Clock
    clocks: tuple[Clock, ...]
    shown: Status
    sentence: str
    rule: str

    @property
    def open(self) -> bool:
        return self.answer.headline not in CLOSED and self.answer.headline is not Headline.NOT_MADE_YET

    def causes(self) -> list[Cause]:
        return list(self.answer.causes)


def standing(dossier: Dossier, day: date) -> Standing:
    """Where a pledge stands on a day, in answers and in words."""
    facts = dossier.facts
    answer = status_on(facts, day)
    clock, clocks = clock_on(facts, day), clauses_clocks_on(facts, day)
    shown = status_shown(answer.answer, clock=clock, whole=True)
    return Standing(
        answer=answer,
        clock=clock,
        clocks=clocks,
        shown=replace(shown, clock_label=pledge_clock_label(clock, clocks)) if shown.clock_label else shown,
        sentence=explanation(facts, day),
        rule=headline_rule(answer.headline),
    )


def pledge_clock_label(clock: Clock, clocks: Sequence[Clock]) -> str:
    """What the calendar says of a pledge: “Until May 2027”, or where only a part of it ends then, how much.

    :param clock: the most pressing of ``clocks``, those of its clauses.
    """
    label = clock_label(clock)
    going_on = [one for one in clocks if one.kind is not ClockKind.NONE]
    alike = [one for one in going_on if (one.kind, one.until) == (clock.kind, clock.until)]
    if clock.until is None or len(alike) == len(going_on):
        return label
    label = label[:1].lower() + label[1:]
    if len(alike) == 1:
        return _of_one_clause(label)
    # Translators: what holds for some clauses of a pledge: “2 clauses: until May 2027”
    several = ngettext("%(number)s clause: %(what)s", "%(number)s clauses: %(what)s", len(alike))
    return several % {"number": number(len(alike)), "what": label}


def _of_one_clause(said: str) -> str:
    # Translators: what holds for one clause of a pledge: “One clause: until May 2027”
    return _("One clause: %(what)s") % {"what": said}


# --- scope ------------------------------------------------------------------------------------------------


def promise_of(read: ReadClause) -> scope.Promise:
    clause = read.clause
    return scope.Promise(
        action=clause.action,
        nature=clause.nature,
        text=clause.text,
        technologies=clause.technologies,
        audiences=clause.audiences,
        excludes=clause.excludes,
        jurisdictions=clause.jurisdictions,
        endings=[scope.Ending(kind=one.kind, text=one.text or "", ends=one.ends or "") for one in read.conditions],
        due_on=clause.due_on or "",
    )


def promises_of(version: Version | None) -> list[scope.Promise]:
    return [promise_of(read) for read in version.clauses] if version else []


def questions_of(
    dossier: Dossier,
    day: date,
    *,
    references: References | None = None,
    citations: Mapping[int, Sequence[Citation]] | None = None,
) -> list[scope.Question]:
    """What was asked by a day, in order."""
    cited = citations or {}
    return [
        scope.Question(
            text=effect.summary,
            on=display(effect.date),
            answered=bool(effect.answered),
            answer=effect.answer or "",
            citations=references.marks(cited.get(effect.pk, ()), step_name(effect.kind)) if references else (),
        )
        for effect in dossier.happened_by(day)
        if effect.kind == PledgeEffect.ASKED
    ]


def scope_of(
    dossier: Dossier,
    version: Version,
    *,
    questions: Sequence[scope.Question],
    rests_on: Sequence[Citation],
    references: References,
) -> list[ScopeRow]:
    """What a pledge of one clause covers and leaves open, and what was asked about it."""
    marks = references.marks(rests_on)
    rows = [
        row
        for read in version.clauses[:1]
        for row in scope.rows(promise_of(read), form=dossier.pledge.form, citations=marks)
    ]
    return [*rows, scope.asked(questions)]


def clauses_shown(
    dossier: Dossier, version: Version, status: PledgeStatus, clocks: Iterable[Clock]
) -> list[ClauseShown]:
    """Each clause of a version with its own status and scope."""
    stands: dict[str, ClauseStatus] = {one.key: one for one in status.clauses}
    clock_of = {clock.clause: clock for clock in clocks}
    return [
        ClauseShown(
            label=scope.clause_words(promise_of(read)),
            status=status_shown(stands[read.clause.key].answer, clock=clock_of.get(read.clause.key))
            if read.clause.key in stands
            else None,
            scope=scope.rows(promise_of(read), form=dossier.pledge.form),
        )
        for read in version.clauses
    ]


# --- how we got there ---------------------------------------------------------------------------------------


def steps(
    effects: Sequence[Effect],
    *,
    causes: Sequence[Cause] | None,
    citations: Mapping[int, Sequence[Citation]],
    references: References,
) -> list[Step]:
    """What happened to a pledge, in its order; what decides the status is marked.

    :param causes: None for what happened after the day of the status, which it cannot bear on.
    """
    rules = {cause.effect: cause.rule for cause in causes or ()}
    deciding = next((cause.effect for cause in reversed(causes or ())), "")
    found = []
    for effect in effects:
        says_who = [SAYS_WHO[effect.standing]]
        if causes is not None and effect.slug not in rules:
            says_who.append(_("Does not change the status."))
        found.append(
            Step(
                date=shown_date(effect.date, printed=effect.date_printed, basis=effect.date_basis),
                label=_label(effect),
                summary=_summary(effect),
                href=f"/events/{effect.event.slug}/",
                citations=references.marks(citations.get(effect.pk, ()), step_name(effect.kind)),
                says_who=" ".join(says_who),
                now=effect.slug == deciding,
            )
        )
    return found


def _label(effect: Effect) -> str:
    name = effect_name(effect)
    if effect.kind == PledgeEffect.EXTENDED:
        name = (
            _("extended until %(until)s") % {"until": display(effect.until, in_sentence=True)}
            if effect.until
            else _("extended without an end")
        )
    if effect.kind == PledgeEffect.ASKED:
        name = _("company asked") if effect.answered else _("company asked; did not answer")
    return name[:1].upper() + name[1:]


def _summary(effect: Effect) -> str:
    parts = [effect.summary]
    if effect.answer:
        parts.append(_("The answer: %(answer)s") % {"answer": effect.answer})
    if effect.searched_where:
        parts.append(_("Looked for in: %(where)s.") % {"where": effect.searched_where})
    if effect.superseded_by and effect.superseded_by.is_public:
        # Translators: another pledge took its place
        other = _("In its place: “%(pledge)s”.") if effect.whole else _("In its place: “%(pledge)s”, in part.")
        parts.append(other % {"pledge": effect.superseded_by.title})
    if effect.no_support:
        parts.append(effect.no_support)
    return " ".join(part for part in parts if part)


def rules_used(dossier: Dossier, status: PledgeStatus) -> list[tuple[str, str]]:
    """Each cause of the status, in words, with the rule that used it."""
    effects = {effect.slug: effect for effect in dossier.effects}
    return [
        (f"{_label(effects[cause.effect])}, {display(effects[cause.effect].date)}", rule_label(cause.rule))
        for cause in status.causes
        if cause.effect in effects
    ]


# --- terms and disputes -------------------------------------------------------------------------------------


def terms_shown(
    dossier: Dossier,
    day: date,
    *,
    citations: Mapping[int, Sequence[Citation]],
    references: References,
) -> list[TermsShown]:
    """The versions of the wording that were there by a day, newest first."""
    by_key = {effect.pk: effect for effect in dossier.effects}
    current = dossier.version_on(day)
    begun = {effect.pk for effect in dossier.happened_by(day)}
    versions = [version for version in dossier.versions if version.terms.introduced_by_id in begun]
    shown = []
    for nth, version in enumerate(versions, start=1):
        terms = version.terms
        following = versions[nth].terms if nth < len(versions) else None
        effect = by_key.get(terms.introduced_by_id)
        marks = references.marks(citations.get(terms.introduced_by_id, ()), _("wording"))
        if terms.wording_source is not None:
            marks = _first(references.source(terms.wording_source), marks)
        exact = terms.wording_basis == "quoted"
        said = terms.wording or ("; ".join(scope.clause_words(p) for p in promises_of(version)) if not exact else "")
        shown.append(
            TermsShown(
                number=nth,
                change=_change(nth, effect),
                from_date=shown_date(terms.starts),
                until_date=shown_date(following.starts) if following else None,
                current=version is current,
                wording=quoted(said.strip("“”")) if exact else said,
                language=(terms.wording_source.language or "") if terms.wording_source else "",
                citations=marks,
            )
        )
    return shown[::-1]


def _change(version: int, effect: Effect | None) -> str:
    """What made a version of the wording."""
    if version == 1:
        return _("As made")
    return _label(effect) if effect else _("Changed")


def _first(one: CitationMark, others: Sequence[CitationMark]) -> list[CitationMark]:
    return [one, *(other for other in others if other != one)]


def dispute_shown(asked: Asked, references: References) -> Dispute:
    """Accounts side by side, each with its sources; which one this record uses, and why."""
    accounts = []
    for answer, citations in asked.answers:
        quoting = next((citation for citation in citations if citation.passage is not None), None)
        accounts.append(
            Account(
                heading=_who_says([citation.source for citation in citations if citation.stance == "supports"]),
                says=date_words(answer.answer),
                quotation=quoting.passage.exact if quoting and quoting.passage else "",
                language=(quoting.source.language or "") if quoting else "",
                citations=references.marks(citations, _("where accounts differ")),
                preferred=answer.preferred,
            )
        )
    used = next((answer for answer, _ in asked.answers if answer.preferred), None)
    reasons = "" if used else " ".join(_ended(a.reason) for a, _ in asked.answers if a.reason)
    return Dispute(
        slug=f"{asked.dispute.pk}",
        question=asked.dispute.question,
        accounts=accounts,
        uses=_ended(date_words(used.answer)) if used else "",
        reason=_ended(used.reason or "") if used else reasons,
    )


def _ended(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?", "”")) else f"{text}."


def _who_says(sources: Sequence[Source]) -> str:
    names = list(dict.fromkeys(source.publisher or source.title for source in sources))
    if len(names) > 2:
        # Translators: publishers
        several = ngettext("%(name)s and %(number)s more", "%(name)s and %(number)s more", len(names) - 1)
        return several % {"name": names[0], "number": number(len(names) - 1)}
    return listed(names) or _("Without a source of its own")


# --- card and bar -------------------------------------------------------------------------------------------


def card(
    dossier: Dossier,
    day: date,
    *,
    citations: Mapping[int, Sequence[Citation]],
    references: References,
    differs: bool,
    kept: str = "",
) -> PledgeCard:
    """A pledge on its company's page.

    :param kept: the day of the page, as ``kept_day`` gives it, for the link.
    """
    pledge = dossier.pledge
    stands = standing(dossier, day)
    version = dossier.version_on(day) or (dossier.versions[0] if dossier.versions else None)
    made = dossier.made
    foot = _made(pledge.made_on)
    if stands.clock.kind not in (ClockKind.NONE, ClockKind.NO_TERM, ClockKind.UNCLEAR):
        foot += f" · {stands.shown.clock_label[:1].lower()}{stands.shown.clock_label[1:]}"
    return PledgeCard(
        href=with_day(pledge_address(pledge), kept),
        title=pledge.title,
        status=status_shown(stands.answer.answer, clock=stands.clock),
        covers=scope.covers_in_short(promises_of(version)),
        leaves_open=scope.open_in_short(promises_of(version), questions_of(dossier, day)),
        foot=foot,
        differs=differs,
        citations=references.marks(citations.get(made.pk, ())[:3], step_name(PledgeEffect.MADE)) if made else (),
    )


def until_words(dossier: Dossier, stands: Standing, day: date) -> str:
    """Until when a pledge holds, for one cell of a table."""
    if stands.answer.headline is Headline.NOT_MADE_YET:
        return HEADLINES[Headline.NOT_MADE_YET]
    version = dossier.version_on(day)
    promises = promises_of(version)
    clock = stands.clock
    if clock.until is not None:
        said = display(clock.until)
        if clock.kind in DUE:
            said = _("due by %(until)s") % {"until": display(clock.until, in_sentence=True)}
        return scope.capital(said) if len(promises) < 2 else _of_one_clause(said)
    if clock.kind is ClockKind.OPEN_ENDED:
        return _("Extended without an end")
    words = [scope.ending_words(ending) for promise in promises for ending in promise.endings]
    if words:
        return scope.capital(words[0])
    acts = bool(promises) and all(promise.nature == Nature.ACT for promise in promises)
    return _("No date stated") if acts else _("No end stated")


DUE: Final = (ClockKind.DUE_BY, ClockKind.OVERDUE)


def span_on(spans: Sequence[StatusSpan], day: date) -> StatusSpan | None:
    """The span that holds on a day."""
    for span in spans:
        lower, upper = span.days.lower, span.days.upper
        if (lower is None or lower <= day) and (upper is None or day < upper):
            return span
    return None


def spans_shown(spans: Sequence[StatusSpan], day: date, *, made_on: str) -> list[SpanShown]:
    """The statuses one after another, up to a day. Neighbours that read the same are one stretch.

    :param made_on: where the first of them has no first day of its own.
    """
    begun = [span for span in spans if (span.days.lower or day) <= day]
    shown = []
    for _answers, group in groupby(begun, key=lambda span: (span.headline, tuple(span.alternatives))):
        alike = list(group)
        first, last = alike[0].days.lower, alike[-1].days.upper
        statuses = [span_shown(span) for span in alike]
        shown.append(
            SpanShown(
                status=replace(
                    statuses[0],
                    text=_one_of(status.text for status in statuses),
                    conduct=_one_of(status.conduct for status in statuses),
                ),
                from_date=shown_day(first) if first else shown_date(made_on),
                until_date=shown_day(last - ONE_DAY) if last and last <= day else None,
            )
        )
    return shown


def _one_of(slugs: Iterable[str]) -> str:
    """The slug that all have; nothing where they differ."""
    found = set(slugs)
    return found.pop() if len(found) == 1 else ""


def bar(
    dossier: Dossier, spans: Sequence[StatusSpan], day: date, *, differs: bool, href: str = "", who: str = ""
) -> Bar | None:
    """A pledge as a bar up to a day, with what its words set after it; None while it was not made."""
    pledge = dossier.pledge
    current = span_on(spans, day)
    if current is None:
        return None
    stretches = [
        Stretch(
            headline=span.headline,
            word=span_shown(span).words,
            since=span.days.lower or pledge.made_latest or day,
            until=span.days.upper,
        )
        for span in spans
        if (span.days.lower or pledge.made_latest or day) <= day
    ]
    if not stretches:
        return None
    closed = None
    if current.headline in {headline.value for headline in CLOSED}:
        while stretches and stretches[-1].headline == current.headline:
            closed = stretches.pop()
    word = headline_label(Headline(current.headline)) if not current.alternatives else span_shown(current).words
    planned = None if closed else _planned(dossier, day)
    said = [_("%(status)s, accounts differ") % {"status": word} if differs else word]
    if who:
        # Translators: when a company made a pledge
        said.append(_("%(company)s, made %(date)s") % {"company": who, "date": display(pledge.made_on)})
    else:
        said.append(_made(pledge.made_on))
    if closed:
        # Translators: since when a status holds: “Withdrawn 10 June 2021”
        ended = _("%(status)s %(date)s")
        said.append(ended % {"status": closed.word, "date": display(closed.since.isoformat())})
    elif planned:
        # Translators: a pledge, in a list of facts about it
        said.append(_("to end %(date)s") % {"date": display(planned.isoformat())})
    else:
        said.append(_("no end date"))
    return Bar(
        label=pledge.title,
        href=href or pledge_address(pledge),
        stretches=stretches,
        closed=closed,
        made=display(pledge.made_on),
        planned=planned,
        said=". ".join(said),
        differs=differs,
    )


def _made(on: str) -> str:
    # Translators: a pledge
    return _("Made %(date)s") % {"date": display(on)}


def _planned(dossier: Dossier, day: date) -> date | None:
    """The last day that the words set for a pledge, where they set one for each clause that is still open."""
    clocks = [clock for clock in clauses_clocks_on(dossier.facts, day) if clock.kind is not ClockKind.NONE]
    ends = [clock.until.latest or clock.until.sorts_on for clock in clocks if clock.until is not None]
    if not clocks or len(ends) < len(clocks):
        return None
    return max(ends) if max(ends) >= day else None


@dataclass(frozen=True)
class Words:
    """The exact words of a pledge.

    source: where they stand. citation: what quotes them, where that is known. since: reworded since these words.
    version: the wording that they belong to.
    """

    quotation: str
    source: Source | None = None
    citation: Citation | None = None
    version: Version | None = None
    current: bool = True


def words_of(dossier: Dossier, day: date, citations: Mapping[int, Sequence[Citation]]) -> Words | None:
    """The exact words of a pledge by a day: those of the wording in force, else of the last one that is quoted.

    Where no wording is quoted, the longest quotation that bears out that the pledge was made.
    """
    current = dossier.version_on(day)
    if current is None:
        return None
    for version in reversed(dossier.versions[: dossier.versions.index(current) + 1]):
        if version.terms.wording_basis == "quoted":
            wording, source = version.terms.wording, version.terms.wording_source
            quoting = [
                c for c in citations.get(version.terms.introduced_by_id, ()) if c.source_id == getattr(source, "pk", 0)
            ]
            return Words(wording.strip("“”"), source, next(iter(quoting), None), version, version is current)
    made = dossier.made
    quoted = [c for c in citations.get(made.pk, ()) if c.passage and c.stance == "supports"] if made else []
    longest = max(quoted, key=lambda one: len(one.passage.exact) if one.passage else 0, default=None)
    if longest is None or longest.passage is None or len(longest.passage.exact.split()) < 3:
        return None
    return Words(longest.passage.exact, longest.source, longest, dossier.versions[0], len(dossier.versions) == 1)
