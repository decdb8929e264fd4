"""The status of a pledge in a reader's words: labels, the rule behind each, and one sentence for the whole."""

from __future__ import annotations

from datetime import date

from dates.edtf import EdtfDate, Precision, display

from .answers import Answer, Clock, ClockKind, Conduct, Headline, PledgeStatus, Rule, Text
from .days import Timeline
from .facts import Facts
from .rules import clock
from .stories import Story, Use

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
    """The headline, and where vague dates leave several, all of them: “Unclear: completed or announced”."""
    if not answer.headlines:
        return headline_label(answer.headline)
    return f"Unclear: {_either([_lower(headline_label(one)) for one in answer.headlines])}"


def clock_label(said: Clock) -> str:
    """What the calendar says: “Until 10 June 2021”."""
    until = display(said.until) if said.until else ""
    match said.kind:
        case ClockKind.OVERDUE:
            return f"Overdue since {until}"
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


def explanation(facts: Facts, day: date, *, clause: str | None = None) -> str:
    """The status on a day in a sentence: “In force since 11 June 2020, with a condition and no end date.”

    :param clause: the key of a clause, to explain that one instead of the pledge.
    :raises KeyError: if no clause of that key is on record by then.
    """
    timeline = Timeline.of(facts)
    status = timeline.status_on(day)
    answer = status.clause(clause).answer if clause else status.answer
    if answer.headline is Headline.NOT_MADE_YET:
        return "Not made yet on that day."
    if answer.headline is Headline.UNCLEAR:
        return f"{unclear_label(answer)}. {_why_unclear(timeline, answer, day)}"
    key = clause or _leading(status)
    chapters = (timeline.chapters[count] for count in timeline.happened(day))
    story = next(chapter[key] for chapter in chapters if key in chapter)
    return _sentence(story, answer, day)


def _leading(status: PledgeStatus) -> str:
    """The first clause that has the headline of the pledge."""
    return next(one.key for one in status.clauses if one.leads and one.answer.headline is status.headline)


def _why_unclear(timeline: Timeline, answer: Answer, day: date) -> str:
    causes = {cause.effect for cause in answer.causes}
    certain, possible = timeline.happened(day)[0], timeline.happened(day)[-1]
    vague = [display(e.date) for e in timeline.effects[certain:possible] if e.id in causes]
    if vague:
        return f"It turns on what is dated only {_either(list(dict.fromkeys(vague)))}."
    return "It turns on a last day that is known only roughly."


def _sentence(story: Story, answer: Answer, day: date) -> str:
    match answer.headline:
        case Headline.CONTRADICTED:
            words = _contradicted(story)
        case Headline.WITHDRAWN:
            words = _withdrawn(story)
        case Headline.SUPERSEDED:
            words = f"Superseded {_when(story.superseded)}; {_promised(story)}."
        case Headline.COMPLETED:
            words = _completed(story)
        case Headline.RELEASED:
            words = f"Released {_when(story.released)}, when what was to end it happened; {_promised(story)}."
        case Headline.LAPSED:
            words = f"Lapsed: its last day was {_term(story)}; {_promised(story)}."
        case Headline.OVERDUE:
            words = f"{_cap(_promised(story))} and due by {_due(story)}; no source on record says that it was done."
        case Headline.ANNOUNCED:
            words = f"{_cap(_promised(story))}{_still_open(story)}."
        case _:
            words = _in_force(story, day)
    if answer.conduct is Conduct.DISPUTED:
        words += f" Disputed {_since(story.disputed[0])}."
    if answer.conduct is Conduct.NOTHING_CONTRARY and story.searched:
        words += f" Nothing contrary found as of {display(story.searched.effect.date)}."
    if story.cleared and not story.disputed and not story.contradicted:
        words += f" An earlier allegation was looked into and not borne out ({display(story.cleared.effect.date)})."
    return words


def _in_force(story: Story, day: date) -> str:
    begun = story.took_effect or story.begun
    words = f"In force {_since(begun)}, {_ends(story, day)}."
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


def _contradicted(story: Story) -> str:
    breach = story.contradicted[0]
    verb = "found" if breach.rule is Rule.BREACH_FOUND else "admitted"
    words = f"Contradicted: a breach was {verb} {_when(breach)}; {_promised(story)}."
    ended = story.withdrawn or story.superseded or story.released
    return f"{words} {_cap(ended.rule.value)} {_when(ended)}." if ended else words


def _withdrawn(story: Story) -> str:
    used = story.withdrawn
    assert used is not None  # noqa: S101 -- the headline says so
    verb = {Rule.REMOVED: "Removed without notice", Rule.DROPPED: "Left out of a narrower wording"}.get(used.rule)
    return f"{verb or 'Withdrawn'} {_when(used)}; {_promised(story)}."


def _completed(story: Story) -> str:
    used = story.completed
    assert used is not None  # noqa: S101 -- the headline says so
    who = {"stated": "by the company’s own word", "reported": "as reported"}.get(used.effect.standing, "as confirmed")
    return f"Completed {_when(used)}, {who}; {_promised(story)}."


def _still_open(story: Story) -> str:
    if story.clause.due is not None:
        return f", due by {_due(story)}"
    return "; no source on record says that it was done" if story.is_act else "; it had yet to take effect"


def _promised(story: Story) -> str:
    return f"{'announced' if story.is_act or not story.in_force else 'in force'} {_from(story)}"


def _from(story: Story) -> str:
    used = story.took_effect or story.begun
    return _since(used) if story.in_force else _when(used)


def _due(story: Story) -> str:
    return display(story.clause.due) if story.clause.due else ""


def _term(story: Story) -> str:
    return display(story.term.says) if story.term else ""


def _since(used: Use) -> str:
    value = used.effect.date
    return f"since {_end(value)} at the latest" if value.earliest is None else f"since {display(value)}"


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
