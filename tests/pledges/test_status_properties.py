"""What holds for the status of any pledge, however vague its dates and whatever happened to it."""

import copy
import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dates.edtf import parse
from pledges.status import (
    Clause,
    Condition,
    Effect,
    Facts,
    Headline,
    TermsVersion,
    clock_label,
    clock_on,
    explanation,
    spans,
    status_on,
)
from pledges.status.days import possible_days

from .rows import facts_of, pledge_rows

ONE_DAY = timedelta(days=1)

KINDS = (
    "effective",
    "extended",
    "narrowed",
    "widened",
    "reworded",
    "reaffirmed",
    "withdrawn",
    "removed",
    "superseded",
    "condition-met",
    "fulfilled",
    "broken",
    "contrary-practice",
    "practice",
    "cleared",
    "searched",
    "asked",
)
STANDINGS = ("stated", "reported", "alleged", "found")
some_days = st.dates(date(2020, 1, 1), date(2021, 12, 31))
some_dates = st.one_of(
    some_days.map(lambda one: f"{one}"),
    some_days.map(lambda one: f"{one:%Y-%m}"),
    some_days.map(lambda one: f"{one:%Y}"),
    some_days.map(lambda one: f"../{one}"),
    st.tuples(some_days, some_days).map(lambda two: f"{min(two)}/{max(two)}"),
).map(parse)
keys = st.sampled_from("abc")
clauses = st.builds(
    Clause,
    key=keys,
    nature=st.sampled_from(["act", "lasting"]),
    conditions=st.lists(
        st.one_of(st.just(Condition("until-law")), st.builds(Condition, st.just("until-date"), some_dates)), max_size=2
    ).map(tuple),
    due=st.none() | some_dates,
)
wordings = st.lists(clauses, min_size=1, max_size=3, unique_by=lambda clause: clause.key).map(tuple)


@st.composite
def any_facts(draw) -> Facts:
    """Pledges with vague, overlapping and contradictory dates, several clauses, and new wordings in between."""
    made = Effect("e0", "made", draw(st.sampled_from(STANDINGS)), 0, draw(some_dates))
    effects, terms = [made], [TermsVersion("e0", draw(wordings))]
    for position in range(1, draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(KINDS))
        effects.append(
            Effect(
                id=f"e{position}",
                kind=kind,
                standing=draw(st.sampled_from(STANDINGS)),
                position=position,
                date=draw(some_dates),
                clauses=draw(st.none() | st.frozensets(keys, min_size=1)),
                until=draw(st.none() | some_dates) if kind == "extended" else None,
                whole=draw(st.booleans()),
            )
        )
        if draw(st.integers(0, 3)) == 0:
            terms.append(TermsVersion(f"e{position}", draw(wordings)))
    return Facts(tuple(effects), tuple(terms))


@given(facts=any_facts(), seed=st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_entry_never_matters(facts, seed):
    effects, terms = list(facts.effects), list(facts.terms)
    seed.shuffle(effects)
    seed.shuffle(terms)

    assert spans(Facts(tuple(effects), tuple(terms))) == spans(facts)


@given(facts=any_facts())
@settings(deadline=None)
def test_spans_follow_each_other_without_a_hole_or_an_overlap_and_neighbours_differ(facts):
    found = spans(facts)

    for before, after in pairwise(found):
        assert before.day_to + ONE_DAY == after.day_from
        assert before.status != after.status
    assert all(span.day_from is None or span.day_to is None or span.day_from <= span.day_to for span in found)
    assert all(span.day_from is not None for span in found[1:])
    assert [span.day_to is None for span in found] == [False] * (len(found) - 1) + [True]


@given(facts=any_facts())
@settings(deadline=None)
def test_there_is_no_status_before_the_pledge_can_have_been_made(facts):
    made = facts.effects[0].date
    first = spans(facts)[0]

    assert first.day_from == made.earliest
    if made.earliest is not None:
        assert status_on(facts, made.earliest - ONE_DAY).headline == Headline.NOT_MADE_YET
    assert Headline.NOT_MADE_YET not in {span.status.headline for span in spans(facts)}


@given(facts=any_facts())
@settings(deadline=None, max_examples=25)
def test_spans_say_on_every_day_what_the_day_itself_says(facts):
    found = spans(facts)
    days = [date(2019, 12, 1) + timedelta(days=number) for number in range(800)]

    for one in days:
        held = [
            span
            for span in found
            if (span.day_from is None or span.day_from <= one) and (span.day_to is None or one <= span.day_to)
        ]
        said = status_on(facts, one)
        assert [span.status for span in held] == ([] if said.headline == Headline.NOT_MADE_YET else [said])


@given(facts=any_facts(), on=some_days)
@settings(deadline=None)
def test_every_status_can_be_explained_and_names_only_effects_of_the_pledge(facts, on):
    status = status_on(facts, on)

    assert explanation(facts, on).endswith(".")
    assert clock_label(clock_on(facts, on))
    assert {cause.effect for cause in status.causes} <= {effect.id for effect in facts.effects}
    assert bool(status.causes) == (status.headline != Headline.NOT_MADE_YET)
    assert (status.headline == Headline.UNCLEAR) == (len(status.answer.headlines) > 1)
    for clause in status.clauses:
        assert explanation(facts, on, clause=clause.key).endswith(".")


@given(facts=any_facts(), on=some_days)
@settings(deadline=None)
def test_a_breach_that_was_found_shows_in_every_status_after_it(facts, on):
    last = Effect("found", "broken", "found", 99, parse("2019"))
    facts = Facts((*facts.effects, last), facts.terms)
    happened = max(effect.date.latest for effect in facts.effects)

    assert status_on(facts, max(on, happened)).headline == Headline.CONTRADICTED


@given(seed=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=20)
def test_a_typo_moves_nothing(seed):
    row = copy.deepcopy(seed.choice(list(pledge_rows().values())))
    before = spans(facts_of(row))
    row["title"], row["summary"] = "A title with a tpyo", "Corrected."
    for entry in row["events"]:
        entry["summary"] = "".join(seed.sample(entry["summary"], len(entry["summary"])))

    assert spans(facts_of(row)) == before


def test_the_real_pledges_can_be_entered_in_any_order():
    shuffled = random.Random(20)
    for slug in pledge_rows():
        facts = facts_of(pledge_rows()[slug])
        effects = shuffled.sample(facts.effects, len(facts.effects))

        assert spans(Facts(tuple(effects), facts.terms, facts.form)) == spans(facts)


@st.composite
def vague_facts_and_what_really_happened(draw) -> tuple[Facts, Facts]:
    """A pledge without terms that run out, and the same with each date replaced by one of its days."""
    vague = draw(any_facts())
    endless = tuple(
        TermsVersion(
            version.introduced_by,
            tuple(replace(clause, conditions=()) for clause in version.clauses),
        )
        for version in vague.terms
    )
    effects, exact, not_before = [], [], date(2019, 1, 1)
    for effect, first, last in zip(vague.effects, *possible_days(vague.effects), strict=True):
        not_before = draw(st.dates(max(first or not_before, not_before), last))
        effects.append(replace(effect, until=None))
        exact.append(replace(effect, until=None, date=parse(f"{not_before}")))
    return Facts(tuple(effects), endless), Facts(tuple(exact), endless)


@given(two=vague_facts_and_what_really_happened(), on=some_days)
@settings(deadline=None)
def test_what_really_happened_is_always_among_the_answers_that_vague_dates_leave(two, on):
    vague, exact = two

    said, true = status_on(vague, on).answer, status_on(exact, on).answer

    assert true.headline in (said.headlines or (said.headline,))
    assert true.text in (said.texts or (said.text,))
    assert true.conduct in (said.conducts or (said.conduct,))
