"""The status of a pledge in a reader's words: labels, the rule behind each, and one sentence for the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext, pgettext, pgettext_lazy

from dates.edtf import EdtfDate, Precision, display
from pledges.vocabulary import Form, Standing

from .answers import Answer, Clock, ClockKind, Conduct, Headline, PledgeStatus, Rule, Text
from .days import Timeline
from .facts import Facts
from .rules import clock, outcome
from .stories import Chapter, Story, Use

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

HEADLINES: Final[Mapping[Headline, tuple[StrPromise, StrPromise]]] = {
    Headline.NOT_MADE_YET: (
        pgettext_lazy("status of a pledge", "Not made yet"),
        gettext_lazy("The pledge had not been made by that day."),
    ),
    Headline.CONTRADICTED: (
        pgettext_lazy("status of a pledge", "Contradicted"),
        gettext_lazy(
            "A breach was found by an audit, regulator or court, or was admitted by the company. "
            "Nothing that comes later, a withdrawal included, hides it."
        ),
    ),
    Headline.WITHDRAWN: (
        pgettext_lazy("status of a pledge", "Withdrawn"),
        gettext_lazy("The company took it back, or its text is gone."),
    ),
    Headline.SUPERSEDED: (
        pgettext_lazy("status of a pledge", "Superseded"),
        gettext_lazy("Another pledge, or another wording, took its place."),
    ),
    Headline.COMPLETED: (
        pgettext_lazy("status of a pledge", "Completed"),
        gettext_lazy("The promised act was done, and at least one source says so."),
    ),
    Headline.RELEASED: (
        pgettext_lazy("status of a pledge", "Released"),
        gettext_lazy("What was to end it has happened."),
    ),
    Headline.LAPSED: (
        pgettext_lazy("status of a pledge", "Lapsed"),
        gettext_lazy("Its end date has passed. The end date itself was the last day in force."),
    ),
    Headline.OVERDUE: (
        pgettext_lazy("status of a pledge", "Overdue"),
        gettext_lazy("The day by which the act was due has passed, and no source on record says that it was done."),
    ),
    Headline.DISPUTED: (
        pgettext_lazy("status of a pledge", "In force, disputed"),
        gettext_lazy(
            "Its text stands, and somebody says that it was broken, or narrowed in silence. "
            "A claim, a lawsuit or a press report is not a verdict."
        ),
    ),
    Headline.NARROWED: (
        pgettext_lazy("status of a pledge", "In force, narrowed"),
        gettext_lazy("Its text stands, and covers less than it once did."),
    ),
    Headline.IN_FORCE: (
        pgettext_lazy("status of a pledge", "In force"),
        gettext_lazy("It holds from the day on which it is stated, or takes effect, until a dated event ends it."),
    ),
    Headline.ANNOUNCED: (
        pgettext_lazy("status of a pledge", "Announced"),
        gettext_lazy("An act that is still to be done, or a promise that has yet to take effect."),
    ),
    Headline.UNCLEAR: (
        pgettext_lazy("status of a pledge", "Unclear"),
        gettext_lazy("Dates that are known only roughly leave more than one answer for this day."),
    ),
}
TEXTS: Final[Mapping[Text, StrPromise]] = {
    Text.NOT_MADE_YET: pgettext_lazy("status of a pledge", "Not made yet"),
    Text.WITHDRAWN: pgettext_lazy("status of a pledge", "Withdrawn"),
    Text.REMOVED: pgettext_lazy("status of a pledge", "Removed without notice"),
    Text.SUPERSEDED: pgettext_lazy("status of a pledge", "Superseded"),
    Text.RELEASED: pgettext_lazy("status of a pledge", "Released"),
    Text.LAPSED: pgettext_lazy("status of a pledge", "Lapsed"),
    Text.NARROWED: pgettext_lazy("status of a pledge", "In force, narrowed"),
    Text.WIDENED: pgettext_lazy("status of a pledge", "In force, widened"),
    Text.REWORDED: pgettext_lazy("status of a pledge", "In force, reworded"),
    Text.IN_FORCE: pgettext_lazy("status of a pledge", "In force"),
    Text.ANNOUNCED: pgettext_lazy("status of a pledge", "Announced"),
    Text.UNCLEAR: pgettext_lazy("status of a pledge", "Unclear"),
}
# In whose sentence the clauses that end by themselves are named.
HOLDING = frozenset({Headline.DISPUTED, Headline.NARROWED, Headline.IN_FORCE})
CONDUCTS: Final[Mapping[Conduct, StrPromise]] = {
    Conduct.CONTRADICTED: pgettext_lazy("status of a pledge", "Contradicted"),
    Conduct.CONFIRMED: pgettext_lazy("status of a pledge", "Completed, as an audit, regulator or court confirmed"),
    Conduct.REPORTED: pgettext_lazy("status of a pledge", "Completed, as reported"),
    Conduct.DECLARED: pgettext_lazy("status of a pledge", "Completed, by the company’s own word"),
    Conduct.DISPUTED: pgettext_lazy("status of a pledge", "Disputed"),
    Conduct.NOTHING_CONTRARY: pgettext_lazy("status of a pledge", "Nothing contrary found"),
    Conduct.NONE: pgettext_lazy("status of a pledge", "Nothing on record about its keeping"),
    Conduct.UNCLEAR: pgettext_lazy("status of a pledge", "Unclear"),
}
RULES: Final[Mapping[Rule, StrPromise]] = {
    Rule.MADE: gettext_lazy("A lasting promise is in force, and an act announced, from the day on which it is made."),
    Rule.ADDED: gettext_lazy("A clause holds from the day on which the wording takes it up."),
    Rule.TOOK_EFFECT: gettext_lazy("Where a later day of effect is on record, the promise is in force from that day."),
    Rule.NARROWED: gettext_lazy("A narrowing changes the terms; they cover less from that day."),
    Rule.WIDENED: gettext_lazy("A widening changes the terms; they cover more from that day."),
    Rule.REWORDED: gettext_lazy(
        "A rewording changes the terms without it being plain whether they cover more or less."
    ),
    Rule.EXTENDED: gettext_lazy("An extension replaces the end date; without a new one the promise is open-ended."),
    Rule.WITHDRAWN: gettext_lazy("What the company takes back is withdrawn."),
    Rule.REMOVED: gettext_lazy("A text that is gone without notice counts as withdrawn."),
    Rule.DROPPED: gettext_lazy("A clause that a narrower wording leaves out is withdrawn."),
    Rule.SUPERSEDED: gettext_lazy("What another pledge takes the place of is superseded."),
    Rule.REPLACED: gettext_lazy("A clause that a new wording leaves out is replaced by it."),
    Rule.RELEASED: gettext_lazy("When what was to end a promise has happened, the company is released from it."),
    Rule.RESTORED: gettext_lazy("What is reaffirmed after a withdrawal is in force again."),
    Rule.LAPSED: gettext_lazy("A promise lapses when its last day in force has passed."),
    Rule.OVERDUE: gettext_lazy(
        "An act is overdue when its day has passed and nothing on record says that it was done."
    ),
    Rule.COMPLETED: gettext_lazy("An act is completed when a source says that it was done; the mark says who says so."),
    Rule.BREACH_FOUND: gettext_lazy("A breach that an audit, regulator or court has found contradicts the pledge."),
    Rule.BREACH_ADMITTED: gettext_lazy("A breach that the company itself has stated contradicts the pledge."),
    Rule.DISPUTED: gettext_lazy("A breach or a narrowing that is claimed or reported makes the pledge disputed."),
    Rule.CLEARED: gettext_lazy("A finding that an allegation was not borne out ends the disputes before it."),
    Rule.SEARCHED: gettext_lazy("A search that found nothing contrary is noted as of its date."),
}

# What became of a clause, or of the pledge as a whole.
HAPPENED: Final[Mapping[Rule, StrPromise]] = {
    # Translators: of a promise. %(when)s is such as “on 11 June 2020”, “in May 2021”, “about 2018” or “between 1 May
    # 2020 and June 2020”.
    Rule.NARROWED: gettext_lazy("Narrowed %(when)s."),
    Rule.WIDENED: gettext_lazy("Widened %(when)s."),
    Rule.REWORDED: gettext_lazy("Reworded %(when)s."),
    Rule.WITHDRAWN: gettext_lazy("Withdrawn %(when)s."),
    Rule.REMOVED: gettext_lazy("Removed %(when)s."),
    Rule.DROPPED: gettext_lazy("Dropped %(when)s."),
    Rule.SUPERSEDED: gettext_lazy("Superseded %(when)s."),
    Rule.REPLACED: gettext_lazy("Replaced %(when)s."),
    Rule.RELEASED: gettext_lazy("Released %(when)s."),
}


def headline_label(headline: Headline) -> str:
    """“In force, disputed”."""
    return str(HEADLINES[headline][0])


def headline_rule(headline: Headline) -> str:
    """The rule behind a headline, in a sentence."""
    return str(HEADLINES[headline][1])


def text_label(text: Text) -> str:
    """What became of the words: “In force, narrowed”, “Removed without notice”."""
    return str(TEXTS[text])


def conduct_label(conduct: Conduct) -> str:
    """What is on record about its keeping: “Completed, as reported”."""
    return str(CONDUCTS[conduct])


def rule_label(rule: Rule) -> str:
    """The rule that used an effect, in a sentence."""
    return str(RULES[rule])


def unclear_label(answer: Answer) -> str:
    """The headline, and where vague dates leave several, all of them: “Unclear: completed or announced”.

    A label with a comma in it would read as two: “Unclear: either “in force, disputed” or “in force””.
    """
    if not answer.headlines:
        return headline_label(answer.headline)
    labels = [_lower(headline_label(one)) for one in answer.headlines]
    if any("," in label for label in labels):
        # Translators: a label among others, in quotation marks.
        quoted = [_("“%(words)s”") % {"words": label} for label in labels]
        return _("Unclear: either %(headlines)s") % {"headlines": _either(quoted)}
    # Translators: %(headlines)s are two or more labels in small letters, such as “completed or announced”.
    return _("Unclear: %(headlines)s") % {"headlines": _either(labels)}


def clock_label(said: Clock) -> str:
    """What the calendar says: “Until 10 June 2021”."""
    until = {"date": _date(said.until)}
    match said.kind:
        case ClockKind.OVERDUE:
            return _("Was due by %(date)s") % until
        case ClockKind.ENDING:
            return _("Ends soon: %(date)s") % {"date": display(said.until) if said.until else ""}
        case ClockKind.DUE_BY:
            return _("Due by %(date)s") % until
        case ClockKind.RUNNING:
            return _("Until %(date)s") % until
        case ClockKind.CONDITION_OPEN:
            return _("Condition still open")
        case ClockKind.OPEN_ENDED:
            return _("Open-ended")
        case ClockKind.NO_TERM:
            return _("No term")
        case ClockKind.UNCLEAR:
            return pgettext("clock", "Unclear")
    # Translators: of a promise or a clause that has ended.
    return pgettext("clock", "Over")


@dataclass(frozen=True, slots=True)
class Telling:
    """What a sentence is about: a clause, on a day, and since when the promise it belongs to holds.

    imposed: by a court or regulator, where other pledges are announced.
    apart: the last days of other clauses, which end by themselves.
    """

    story: Story
    answer: Answer
    day: date
    begun: Use
    imposed: bool
    apart: tuple[EdtfDate, ...] = ()


def explanation(facts: Facts, day: date, *, clause: str | None = None) -> str:
    """The status on a day in a sentence: “In force since 11 June 2020, with a condition and no end date.”

    Further short sentences say what changed, what is disputed, and what became of its other clauses.

    :param clause: the key of a clause, to explain that one instead of the pledge.
    :raises KeyError: if no clause of that key is on record by then.
    """
    timeline = Timeline.of(facts)
    status = timeline.status_on(day)
    answer = status.clause(clause).answer if clause else status.answer
    if answer.headline is Headline.NOT_MADE_YET:
        return _("Not made yet on that day.")
    if answer.headline is Headline.UNCLEAR:
        words = f"{unclear_label(answer)}. {_why_unclear(timeline, answer, day)}"
    else:
        key = clause or _leading(status)
        chapter = _chapter(timeline, day, key, answer.headline)
        story = chapter[key]
        begun = _begun(story) if clause or not story.in_force else _begun_first(chapter)
        apart = () if clause else tuple(_ends_of_others(timeline, status, day))
        words = _sentence(Telling(story, answer, day, begun, facts.form == Form.IMPOSED, apart))
    return words if clause else " ".join([words, *_other_clauses(timeline, status, day)])


def _leading(status: PledgeStatus) -> str:
    """The first clause that has the headline of the pledge; or may have it, where vague dates let several lead."""
    leading = [one for one in status.clauses if one.leads]
    sure = [one.key for one in leading if one.answer.headline is status.headline]
    return [*sure, *(one.key for one in leading if status.headline in one.answer.headlines)][0]


def _chapter(timeline: Timeline, day: date, key: str, headline: Headline) -> Chapter:
    """What stands after the fewest effects with which a clause has a headline on a day."""
    chapters = [timeline.chapters[count] for count in timeline.happened(day)]
    return next(
        chapter
        for chapter in chapters
        if key in chapter
        and any(outcome(chapter[key], day, lapsed=lapsed).answer.headline is headline for lapsed in (False, True))
    )


def _begun(story: Story) -> Use:
    return story.took_effect or story.begun


def _begun_first(chapter: Chapter) -> Use:
    """The pledge is as old as its oldest lasting clause, even where a younger one leads."""
    uses = [_begun(story) for story in chapter.values() if story.in_force]
    return min(uses, key=lambda use: use.effect.position)


def _why_unclear(timeline: Timeline, answer: Answer, day: date) -> str:
    causes = {cause.effect for cause in answer.causes}
    certain, possible = timeline.happened(day)[0], timeline.happened(day)[-1]
    vague = [display(e.date) for e in timeline.effects[certain:possible] if e.id in causes]
    if vague:
        # Translators: %(dates)s are one or more vague dates, such as “2020 or May 2021”.
        return _("It turns on what is dated only “%(dates)s”.") % {"dates": _either(list(dict.fromkeys(vague)))}
    return _("It turns on a last day that is known only roughly.")


def _other_clauses(timeline: Timeline, status: PledgeStatus, day: date) -> list[str]:
    """What became of the clauses that do not lead, where it is not the same; and the one that ends next."""
    words = []
    others = [one.answer.headline for one in status.others]
    if len(others) == 1 and others[0] is not status.headline:
        words.append(_("Its other clause: %(status)s.") % {"status": _lower(headline_label(others[0]))})
    elif any(headline is not status.headline for headline in others):
        counts = [_clauses_so(others.count(headline), headline) for headline in Headline if headline in others]
        words.append(_("Its other clauses: %(counts)s.") % {"counts": "; ".join(counts)})
    if status.headline not in HOLDING:
        words += [
            _("One clause runs until %(date)s.") % {"date": _date(end)}
            for end in _ends_of_others(timeline, status, day)
        ]
    return words


def _clauses_so(count: int, headline: Headline) -> str:
    # Translators: how many clauses stand so: “2 in force”.
    return _("%(count)s %(status)s") % {"count": count, "status": _lower(headline_label(headline))}


def _ends_of_others(timeline: Timeline, status: PledgeStatus, day: date) -> list[EdtfDate]:
    """The last days of the clauses that do not lead and have one."""
    leading = {one.key for one in status.clauses if one.leads}
    running = (ClockKind.RUNNING, ClockKind.ENDING)
    return [
        said.until
        for said in timeline.clocks_on(day)
        if said.until and said.clause not in leading and said.kind in running
    ]


def _sentence(told: Telling) -> str:
    story = told.story
    match told.answer.headline:
        case Headline.CONTRADICTED:
            words = _contradicted(told)
        case Headline.WITHDRAWN:
            words = _withdrawn(told)
        case Headline.SUPERSEDED:
            words = _("Superseded %(when)s; %(promised)s.") % _ended(told, story.superseded)
        case Headline.COMPLETED:
            words = _completed(told)
        case Headline.RELEASED:
            words = _("Released %(when)s, when what was to end it happened; %(promised)s.") % _ended(
                told, story.released
            )
        case Headline.LAPSED:
            words = _("Lapsed: its last day was %(date)s; %(promised)s.") % {
                "date": _term(story),
                "promised": _promised(told),
            }
        case Headline.OVERDUE:
            words = _overdue(told)
        case Headline.ANNOUNCED:
            words = _announced(told)
        case _:
            words = _in_force(told)
    return " ".join([words, *_besides(told)])


def _besides(told: Telling) -> list[str]:
    """What a sentence more says of how the promise is kept."""
    story, words = told.story, []
    if told.answer.conduct is Conduct.DISPUTED:
        words.append(_("Disputed %(since)s.") % {"since": _since(story.disputed[0])})
    if told.answer.conduct is Conduct.NOTHING_CONTRARY and story.searched:
        words.append(_("Nothing contrary found as of %(date)s.") % {"date": _date(story.searched.effect.date)})
    if story.cleared and not story.disputed and not story.contradicted:
        words.append(
            _("An allegation was looked into and not borne out (%(date)s).")
            % {"date": display(story.cleared.effect.date)}
        )
    return words


def _in_force(told: Telling) -> str:
    story = told.story
    words = [_held(told)]
    if story.mark is not None:
        words.append(_happened(story.mark))
    if story.restored is not None:
        words.append(_("Reaffirmed %(when)s, after it had been taken back.") % {"when": _when(story.restored)})
    return " ".join(words)


def _held(told: Telling) -> str:
    parts = {"since": _since(told.begun), "ends": _ends(told.story, told.day)}
    if not told.apart:
        # Translators: %(since)s is such as “since 11 June 2020”; %(ends)s is such as “with no end date”, “until May
        # 2027 and with a condition” or “and open-ended since 18 May 2021”.
        return _("In force %(since)s, %(ends)s.") % parts
    ends = list(dict.fromkeys(display(end, in_sentence=True) for end in told.apart))
    return ngettext(
        "In force %(since)s, %(ends)s, but for one clause, which runs until %(dates)s.",
        "In force %(since)s, %(ends)s, but for %(count)s clauses, which run until %(dates)s.",
        len(told.apart),
    ) % {**parts, "count": len(told.apart), "dates": _all(ends)}


def _ends(story: Story, day: date) -> str:
    said = clock(story, day)
    named = sum(one.ends is None for one in story.clause.conditions)
    if said.kind in (ClockKind.RUNNING, ClockKind.ENDING):
        until = {"date": _term(story), "count": named}
        if not named:
            return pgettext("until when in force", "until %(date)s") % until
        return (
            npgettext(
                "until when in force",
                "until %(date)s and with a condition",
                "until %(date)s and with %(count)s conditions",
                named,
            )
            % until
        )
    if story.extended is not None:
        return pgettext("until when in force", "and open-ended %(since)s") % {"since": _since(story.extended)}
    if not named:
        return pgettext("until when in force", "with no end date")
    return npgettext(
        "until when in force",
        "with a condition and no end date",
        "with %(count)s conditions and no end date",
        named,
    ) % {"count": named}


def _contradicted(told: Telling) -> str:
    story, breach = told.story, told.story.contradicted[0]
    if breach.rule is Rule.BREACH_FOUND:
        words = _("Contradicted: a breach was found %(when)s; %(promised)s.") % _ended(told, breach)
    else:
        words = _("Contradicted: a breach was admitted %(when)s; %(promised)s.") % _ended(told, breach)
    ended = story.withdrawn or story.superseded or story.released
    return f"{words} {_happened(ended)}" if ended else words


def _withdrawn(told: Telling) -> str:
    used = told.story.withdrawn
    assert used is not None  # noqa: S101 -- the headline says so
    if used.rule is Rule.REMOVED:
        return _("Removed without notice %(when)s; %(promised)s.") % _ended(told, used)
    if used.rule is Rule.DROPPED:
        return _("Left out of a narrower wording %(when)s; %(promised)s.") % _ended(told, used)
    return _("Withdrawn %(when)s; %(promised)s.") % _ended(told, used)


def _completed(told: Telling) -> str:
    used = told.story.completed
    assert used is not None  # noqa: S101 -- the headline says so
    match Standing(used.effect.standing):
        case Standing.FOUND:
            pattern = _("Completed %(when)s, as an audit, regulator or court confirmed; %(promised)s.")
        case Standing.REPORTED:
            pattern = _("Completed %(when)s, as reported; %(promised)s.")
        case _:
            pattern = _("Completed %(when)s, by the company’s own word; %(promised)s.")
    return pattern % _ended(told, used)


def _overdue(told: Telling) -> str:
    parts = {**_promise(told), "due": _date(told.story.clause.due)}
    if told.story.in_force:
        return _("In force %(since)s and due by %(due)s; no source on record says that it was done.") % parts
    if told.imposed:
        return _("Imposed %(when)s and due by %(due)s; no source on record says that it was done.") % parts
    return _("Announced %(when)s and due by %(due)s; no source on record says that it was done.") % parts


def _announced(told: Telling) -> str:
    """An act that is not done yet, or what is to take effect later."""
    parts = {**_promise(told), "due": _date(told.story.clause.due)}
    if told.story.clause.due is not None:
        if told.imposed:
            return _("Imposed %(when)s, due by %(due)s.") % parts
        return _("Announced %(when)s, due by %(due)s.") % parts
    if told.story.is_act:
        if told.imposed:
            return _("Imposed %(when)s; no source on record says that it was done.") % parts
        return _("Announced %(when)s; no source on record says that it was done.") % parts
    if told.imposed:
        return _("Imposed %(when)s; it had yet to take effect.") % parts
    return _("Announced %(when)s; it had yet to take effect.") % parts


def _happened(used: Use) -> str:
    """“Narrowed on 17 August 2021.”"""
    return HAPPENED[used.rule] % {"when": _when(used)}


def _ended(told: Telling, used: Use | None) -> dict[str, str]:
    """What sentences on an end name: when it came, and what had been promised."""
    return {"when": _when(used), "promised": _promised(told)}


def _promise(told: Telling) -> dict[str, str]:
    return {"since": _since(told.begun)} if told.story.in_force else {"when": _when(told.story.begun)}


def _promised(told: Telling) -> str:
    """What had been promised, behind a semicolon: “in force since 11 June 2020”, “announced in May 2020”."""
    parts = _promise(told)
    # Translators: behind a semicolon: “Withdrawn on 4 February 2025; in force since 2018.”
    if told.story.in_force:
        return pgettext("what had been promised", "in force %(since)s") % parts
    if told.imposed:
        return pgettext("what had been promised", "imposed %(when)s") % parts
    return pgettext("what had been promised", "announced %(when)s") % parts


def _term(story: Story) -> str:
    return _date(story.term.says if story.term else None)


def _since(used: Use) -> str:
    value = used.effect.date
    if value.earliest is None:
        return pgettext("since when", "since %(date)s at the latest") % {"date": _end(value)}
    if value.precision is not Precision.INTERVAL:
        return pgettext("since when", "since %(date)s") % {"date": _date(value)}
    if value.latest is None:
        return pgettext("since when", "since %(date)s at the earliest") % {"date": _half(value.start)}
    span = {"start": _half(value.start), "end": _end(value)}
    return pgettext("since when", "since some time between %(start)s and %(end)s") % span


def _when(used: Use | None) -> str:
    if used is None:
        return ""
    value = used.effect.date
    if value.earliest is None:
        return pgettext("when", "by %(date)s") % {"date": _end(value)}
    if value.precision is Precision.INTERVAL and value.latest is not None:
        return pgettext("when", "between %(start)s and %(end)s") % {"start": _half(value.start), "end": _end(value)}
    if value.precision is Precision.INTERVAL or value.approximate:
        # It has its own word in front: “from”, “about”.
        return _date(value)
    if value.precision is Precision.DAY:
        # Translators: %(date)s is a day, with the article that it needs in a sentence.
        return pgettext("when", "on %(date)s") % {"date": _date(value)}
    # Translators: %(date)s is a month, a season, a year or a decade.
    return pgettext("when", "in %(date)s") % {"date": _date(value)}


def _date(value: EdtfDate | None) -> str:
    return display(value, in_sentence=True) if value else ""


def _half(value: object) -> str:
    return _date(value) if isinstance(value, EdtfDate) else pgettext("when", "an unknown day")


def _end(value: EdtfDate) -> str:
    return _half(value.end) if value.end is not None else _date(value)


def _all(words: Sequence[str]) -> str:
    """“June 2020; May 2021 and 2022”: dates have commas of their own."""
    if len(words) == 1:
        return words[0]
    return _("%(several)s and %(last)s") % {"several": "; ".join(words[:-1]), "last": words[-1]}


def _either(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return _("%(several)s or %(last)s") % {"several": "; ".join(words[:-1]), "last": words[-1]}


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
