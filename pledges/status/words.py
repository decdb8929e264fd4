"""The status of a pledge in a reader's words: labels, the rule behind each, and one sentence for the whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dates.edtf import EdtfDate, Precision, display
from pledges.vocabulary import Form, Standing

from .answers import Answer, Clock, ClockKind, Conduct, Headline, PledgeStatus, Rule, Text
from .days import Timeline
from .facts import Facts
from .rules import clock
from .stories import Chapter, Story, Use

HEADLINES = {
    Headline.NOT_MADE_YET: ("Not made yet", "The pledge had not been made by that day."),
    Headline.CONTRADICTED: (
        "Contradicted",
        "A breach was found by an audit, regulator or court, or was admitted by the company. "
        "Nothing that comes later, a withdrawal included, hides it.",
    ),
    Headline.WITHDRAWN: ("Withdrawn", "The company took it back, or its text is gone."),
    Headline.SUPERSEDED: ("Superseded", "Another pledge, or another wording, took its place."),
    Headline.COMPLETED: ("Completed", "The promised act was done, and at least one source says so."),
    Headline.RELEASED: ("Released", "What was to end it has happened."),
    Headline.LAPSED: ("Lapsed", "Its end date has passed. The end date itself was the last day in force."),
    Headline.OVERDUE: (
        "Overdue",
        "The day by which the act was due has passed, and no source on record says that it was done.",
    ),
    Headline.DISPUTED: (
        "In force, disputed",
        "Its text stands, and somebody says that it was broken, or narrowed in silence. "
        "A claim, a lawsuit or a press report is not a verdict.",
    ),
    Headline.NARROWED: ("In force, narrowed", "Its text stands, and covers less than it once did."),
    Headline.IN_FORCE: (
        "In force",
        "It holds from the day on which it is stated, or takes effect, until a dated event ends it.",
    ),
    Headline.ANNOUNCED: (
        "Announced",
        "An act that is still to be done, or a promise that has yet to take effect.",
    ),
    Headline.UNCLEAR: (
        "Unclear",
        "Dates that are known only roughly leave more than one answer for this day.",
    ),
}
TEXTS = {
    Text.NOT_MADE_YET: "Not made yet",
    Text.WITHDRAWN: "Withdrawn",
    Text.REMOVED: "Removed without notice",
    Text.SUPERSEDED: "Superseded",
    Text.RELEASED: "Released",
    Text.LAPSED: "Lapsed",
    Text.NARROWED: "In force, narrowed",
    Text.WIDENED: "In force, widened",
    Text.REWORDED: "In force, reworded",
    Text.IN_FORCE: "In force",
    Text.ANNOUNCED: "Announced",
    Text.UNCLEAR: "Unclear",
}
# In whose sentence the clauses that end by themselves are named.
HOLDING = frozenset({Headline.DISPUTED, Headline.NARROWED, Headline.IN_FORCE})
CONDUCTS = {
    Conduct.CONTRADICTED: "Contradicted",
    Conduct.CONFIRMED: "Completed, as an audit, regulator or court confirmed",
    Conduct.REPORTED: "Completed, as reported",
    Conduct.DECLARED: "Completed, by the company’s own word",
    Conduct.DISPUTED: "Disputed",
    Conduct.NOTHING_CONTRARY: "Nothing contrary found",
    Conduct.NONE: "Nothing on record about its keeping",
    Conduct.UNCLEAR: "Unclear",
}
RULES = {
    Rule.MADE: "A lasting promise is in force, and an act announced, from the day on which it is made.",
    Rule.ADDED: "A clause holds from the day on which the wording takes it up.",
    Rule.TOOK_EFFECT: "Where a later day of effect is on record, the promise is in force from that day.",
    Rule.NARROWED: "A narrowing changes the terms; they cover less from that day.",
    Rule.WIDENED: "A widening changes the terms; they cover more from that day.",
    Rule.REWORDED: "A rewording changes the terms without it being plain whether they cover more or less.",
    Rule.EXTENDED: "An extension replaces the end date; without a new one the promise is open-ended.",
    Rule.WITHDRAWN: "What the company takes back is withdrawn.",
    Rule.REMOVED: "A text that is gone without notice counts as withdrawn.",
    Rule.DROPPED: "A clause that a narrower wording leaves out is withdrawn.",
    Rule.SUPERSEDED: "What another pledge takes the place of is superseded.",
    Rule.REPLACED: "A clause that a new wording leaves out is replaced by it.",
    Rule.RELEASED: "When what was to end a promise has happened, the company is released from it.",
    Rule.RESTORED: "What is reaffirmed after a withdrawal is in force again.",
    Rule.LAPSED: "A promise lapses when its last day in force has passed.",
    Rule.OVERDUE: "An act is overdue when its day has passed and nothing on record says that it was done.",
    Rule.COMPLETED: "An act is completed when a source says that it was done; the mark says who says so.",
    Rule.BREACH_FOUND: "A breach that an audit, regulator or court has found contradicts the pledge.",
    Rule.BREACH_ADMITTED: "A breach that the company itself has stated contradicts the pledge.",
    Rule.DISPUTED: "A breach or a narrowing that is claimed or reported makes the pledge disputed.",
    Rule.CLEARED: "A finding that an allegation was not borne out ends the disputes before it.",
    Rule.SEARCHED: "A search that found nothing contrary is noted as of its date.",
}


def headline_label(headline: Headline) -> str:
    """“In force, disputed”."""
    return HEADLINES[headline][0]


def headline_rule(headline: Headline) -> str:
    """The rule behind a headline, in a sentence."""
    return HEADLINES[headline][1]


def text_label(text: Text) -> str:
    """What became of the words: “In force, narrowed”, “Removed without notice”."""
    return TEXTS[text]


def conduct_label(conduct: Conduct) -> str:
    """What is on record about its keeping: “Completed, as reported”."""
    return CONDUCTS[conduct]


def rule_label(rule: Rule) -> str:
    """The rule that used an effect, in a sentence."""
    return RULES[rule]


def unclear_label(answer: Answer) -> str:
    """The headline, and where vague dates leave several, all of them: “Unclear: completed or announced”.

    A label with a comma in it would read as two: “Unclear: either “in force, disputed” or “in force””.
    """
    if not answer.headlines:
        return headline_label(answer.headline)
    labels = [_lower(headline_label(one)) for one in answer.headlines]
    if any("," in label for label in labels):
        return f"Unclear: either {_either([f'“{label}”' for label in labels])}"
    return f"Unclear: {_either(labels)}"


def clock_label(said: Clock) -> str:
    """What the calendar says: “Until 10 June 2021”."""
    until = display(said.until) if said.until else ""
    match said.kind:
        case ClockKind.OVERDUE:
            return f"Was due by {until}"
        case ClockKind.ENDING:
            return f"Ends soon: {until}"
        case ClockKind.DUE_BY:
            return f"Due by {until}"
        case ClockKind.RUNNING:
            return f"Until {until}"
        case ClockKind.CONDITION_OPEN:
            return "Condition still open"
        case ClockKind.OPEN_ENDED:
            return "Open-ended"
        case ClockKind.NO_TERM:
            return "No term"
        case ClockKind.UNCLEAR:
            return "Unclear"
    return "Over"


@dataclass(frozen=True, slots=True)
class Telling:
    """What a sentence is about: a clause, on a day, and since when the promise it belongs to holds.

    apart: the last days of other clauses, which end by themselves.
    """

    story: Story
    answer: Answer
    day: date
    begun: Use
    verb: str
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
        return "Not made yet on that day."
    if answer.headline is Headline.UNCLEAR:
        words = f"{unclear_label(answer)}. {_why_unclear(timeline, answer, day)}"
    else:
        key = clause or _leading(status)
        chapters = [timeline.chapters[count] for count in timeline.happened(day)]
        chapter = next(chapter for chapter in chapters if key in chapter)
        story = chapter[key]
        begun = _begun(story) if clause or not story.in_force else _begun_first(chapter)
        verb = "imposed" if facts.form == Form.IMPOSED else "announced"
        apart = () if clause else tuple(_ends_of_others(timeline, status, day))
        words = _sentence(Telling(story, answer, day, begun, verb, apart))
    return words if clause else " ".join([words, *_other_clauses(timeline, status, day)])


def _leading(status: PledgeStatus) -> str:
    """The first clause that has the headline of the pledge."""
    return next(one.key for one in status.clauses if one.leads and one.answer.headline is status.headline)


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
        return f"It turns on what is dated only “{_either(list(dict.fromkeys(vague)))}”."
    return "It turns on a last day that is known only roughly."


def _other_clauses(timeline: Timeline, status: PledgeStatus, day: date) -> list[str]:
    """What became of the clauses that do not lead, where it is not the same; and the one that ends next."""
    words = []
    others = [one.answer.headline for one in status.others]
    if len(others) == 1 and others[0] is not status.headline:
        words.append(f"Its other clause: {_lower(headline_label(others[0]))}.")
    elif any(headline is not status.headline for headline in others):
        counts = [(others.count(headline), _lower(headline_label(headline))) for headline in Headline]
        words.append(f"Its other clauses: {'; '.join(f'{count} {label}' for count, label in counts if count)}.")
    if status.headline not in HOLDING:
        words += [f"One clause runs until {display(end)}." for end in _ends_of_others(timeline, status, day)]
    return words


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
            words = f"Superseded {_when(story.superseded)}; {_promised(told)}."
        case Headline.COMPLETED:
            words = _completed(told)
        case Headline.RELEASED:
            words = f"Released {_when(story.released)}, when what was to end it happened; {_promised(told)}."
        case Headline.LAPSED:
            words = f"Lapsed: its last day was {_term(story)}; {_promised(told)}."
        case Headline.OVERDUE:
            words = f"{_cap(_promised(told))} and due by {_due(story)}; no source on record says that it was done."
        case Headline.ANNOUNCED:
            words = f"{_cap(_promised(told))}{_still_open(story)}."
        case _:
            words = _in_force(told)
    if told.answer.conduct is Conduct.DISPUTED:
        words += f" Disputed {_since(story.disputed[0])}."
    if told.answer.conduct is Conduct.NOTHING_CONTRARY and story.searched:
        words += f" Nothing contrary found as of {display(story.searched.effect.date)}."
    if story.cleared and not story.disputed and not story.contradicted:
        words += f" An allegation was looked into and not borne out ({display(story.cleared.effect.date)})."
    return words


def _in_force(told: Telling) -> str:
    story = told.story
    words = f"In force {_since(told.begun)}, {_ends(story, told.day)}{_but(told.apart)}."
    if story.mark is not None:
        words += f" {_cap(story.mark.rule.value)} {_when(story.mark)}."
    if story.restored is not None:
        words += f" Reaffirmed {_when(story.restored)}, after it had been taken back."
    return words


def _ends(story: Story, day: date) -> str:
    said = clock(story, day)
    named = [one for one in story.clause.conditions if one.ends is None]
    condition = "with a condition" if len(named) == 1 else f"with {len(named)} conditions"
    if said.kind in (ClockKind.RUNNING, ClockKind.ENDING):
        return f"until {_term(story)}" + (f" and {condition}" if named else "")
    if story.extended is not None:
        return f"and open-ended {_since(story.extended)}"
    return f"{condition} and no end date" if named else "with no end date"


def _but(apart: tuple[EdtfDate, ...]) -> str:
    if not apart:
        return ""
    if len(apart) == 1:
        return f", but for one clause, which runs until {display(apart[0])}"
    ends = list(dict.fromkeys(display(end) for end in apart))
    return (
        f", but for {len(apart)} clauses, which run until {'; '.join(ends[:-1])}{' and ' if ends[1:] else ''}{ends[-1]}"
    )


def _contradicted(told: Telling) -> str:
    story, breach = told.story, told.story.contradicted[0]
    verb = "found" if breach.rule is Rule.BREACH_FOUND else "admitted"
    words = f"Contradicted: a breach was {verb} {_when(breach)}; {_promised(told)}."
    ended = story.withdrawn or story.superseded or story.released
    return f"{words} {_cap(ended.rule.value)} {_when(ended)}." if ended else words


def _withdrawn(told: Telling) -> str:
    used = told.story.withdrawn
    assert used is not None  # noqa: S101 -- the headline says so
    verb = {Rule.REMOVED: "Removed without notice", Rule.DROPPED: "Left out of a narrower wording"}.get(used.rule)
    return f"{verb or 'Withdrawn'} {_when(used)}; {_promised(told)}."


def _completed(told: Telling) -> str:
    used = told.story.completed
    assert used is not None  # noqa: S101 -- the headline says so
    who = {
        Standing.STATED: "by the company’s own word",
        Standing.REPORTED: "as reported",
        Standing.FOUND: "as an audit, regulator or court confirmed",
    }[Standing(used.effect.standing)]
    return f"Completed {_when(used)}, {who}; {_promised(told)}."


def _still_open(story: Story) -> str:
    if story.clause.due is not None:
        return f", due by {_due(story)}"
    return "; no source on record says that it was done" if story.is_act else "; it had yet to take effect"


def _promised(told: Telling) -> str:
    return f"in force {_since(told.begun)}" if told.story.in_force else f"{told.verb} {_when(told.story.begun)}"


def _due(story: Story) -> str:
    return display(story.clause.due) if story.clause.due else ""


def _term(story: Story) -> str:
    return display(story.term.says) if story.term else ""


def _since(used: Use) -> str:
    value = used.effect.date
    if value.earliest is None:
        return f"since {_end(value)} at the latest"
    if value.precision is Precision.INTERVAL:
        some = f"some time between {_half(value.start)} and {_end(value)}"
        return f"since {some if value.latest else _half(value.start)}{'' if value.latest else ' at the earliest'}"
    return f"since {display(value)}"


def _when(used: Use | None) -> str:
    if used is None:
        return ""
    value = used.effect.date
    if value.earliest is None:
        return f"by {_end(value)}"
    if value.precision is Precision.INTERVAL:
        return f"between {_half(value.start)} and {_end(value)}" if value.latest else display(value)
    if value.approximate:
        return display(value)
    return f"{'on' if value.precision is Precision.DAY else 'in'} {display(value)}"


def _half(value: object) -> str:
    return display(value) if isinstance(value, EdtfDate) else "an unknown day"


def _end(value: EdtfDate) -> str:
    return _half(value.end) if value.end is not None else display(value)


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{'; '.join(words[:-1])} or {words[-1]}"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _cap(words: str) -> str:
    return words[:1].upper() + words[1:]
