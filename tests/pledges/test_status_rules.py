"""The rules from which the status of a pledge follows, one by one."""

from datetime import date, timedelta

import pytest

from dates.edtf import parse
from pledges.status import (
    CLOSED,
    Clause,
    ClockKind,
    Condition,
    Conduct,
    Effect,
    Facts,
    Headline,
    Rule,
    TermsVersion,
    Text,
    clock_label,
    clock_on,
    conduct_label,
    explanation,
    headline_label,
    headline_rule,
    rule_label,
    shown_on,
    spans,
    status_on,
    text_label,
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def pledge(*effects: tuple, nature: str = "lasting", conditions=(), due=None) -> Facts:
    """A pledge of one clause, from (kind, standing, date) and what else an effect has."""
    made = Effect("made", "made", "stated", 0, parse("2020-01-01"))
    rest = [
        Effect(f"{kind}-{n}", kind, standing, n, parse(text), **dict(*more))
        for n, (kind, standing, text, *more) in enumerate(effects, start=1)
    ]
    clause = Clause("only", nature, tuple(conditions), parse(due) if due else None)
    return Facts(effects=(made, *rest), terms=(TermsVersion("made", (clause,)),))


def until(text: str) -> Condition:
    return Condition("until-date", parse(text))


@pytest.mark.parametrize("ending", ["withdrawn", "removed"])
def test_a_breach_that_was_found_is_not_hidden_by_a_later_withdrawal(ending):
    facts = pledge(("broken", "found", "2021-03-01"), (ending, "stated", "2021-04-01"))

    status = status_on(facts, day("2022-01-01"))

    assert status.headline == Headline.CONTRADICTED
    assert status.text == (Text.WITHDRAWN if ending == "withdrawn" else Text.REMOVED)
    assert [cause.rule.value for cause in status.causes] == ["made", "breach-found", ending]


def test_a_breach_that_is_found_after_the_withdrawal_counts_as_well():
    facts = pledge(("withdrawn", "stated", "2021-03-01"), ("broken", "found", "2021-04-01"))

    assert status_on(facts, day("2021-03-31")).headline == Headline.WITHDRAWN
    assert status_on(facts, day("2021-04-01")).headline == Headline.CONTRADICTED


@pytest.mark.parametrize(
    ("kind", "standing", "headline", "conduct"),
    [
        ("broken", "found", "contradicted", "contradicted"),
        ("broken", "stated", "contradicted", "contradicted"),
        ("broken", "reported", "in-force-disputed", "disputed"),
        ("broken", "alleged", "in-force-disputed", "disputed"),
        ("contrary-practice", "found", "contradicted", "contradicted"),
        ("contrary-practice", "stated", "contradicted", "contradicted"),
        ("contrary-practice", "reported", "in-force-disputed", "disputed"),
        ("contrary-practice", "alleged", "in-force-disputed", "disputed"),
        ("narrowed", "alleged", "in-force-disputed", "disputed"),
        ("withdrawn", "alleged", "in-force-disputed", "disputed"),
        ("superseded", "alleged", "in-force-disputed", "disputed"),
        ("widened", "alleged", "in-force", "none"),
        ("narrowed", "reported", "in-force-narrowed", "none"),
        ("widened", "stated", "in-force", "none"),
        ("reworded", "stated", "in-force", "none"),
        ("withdrawn", "stated", "withdrawn", "none"),
        ("removed", "reported", "withdrawn", "none"),
        ("superseded", "stated", "superseded", "none"),
        ("condition-met", "reported", "released", "none"),
        ("searched", "reported", "in-force", "nothing-contrary"),
        ("fulfilled", "found", "in-force", "none"),
        ("asked", "reported", "in-force", "none"),
        ("practice", "found", "in-force", "none"),
        ("clarified", "stated", "in-force", "none"),
        ("reaffirmed", "stated", "in-force", "none"),
        ("cleared", "found", "in-force", "none"),
    ],
)
def test_an_effect_does_to_a_lasting_promise_what_its_kind_and_standing_say(kind, standing, headline, conduct):
    status = status_on(pledge((kind, standing, "2021-03-01")), day("2021-03-01"))

    assert (status.headline, status.conduct) == (headline, conduct)


@pytest.mark.parametrize(
    ("standing", "headline", "conduct"),
    [
        ("stated", "completed", "completed-declared"),
        ("reported", "completed", "completed-reported"),
        ("found", "completed", "completed-confirmed"),
        ("alleged", "announced", "none"),
    ],
)
def test_an_act_is_completed_on_the_word_of_whoever_says_so(standing, headline, conduct):
    status = status_on(pledge(("fulfilled", standing, "2021-03-01"), nature="act"), day("2021-03-01"))

    assert (status.headline, status.conduct) == (headline, conduct)


def test_a_stronger_word_for_a_completion_replaces_a_weaker_one_and_never_the_other_way_round():
    facts = pledge(
        ("fulfilled", "stated", "2021-01-01"),
        ("fulfilled", "found", "2022-01-01"),
        ("fulfilled", "reported", "2023-01-01"),
        nature="act",
    )

    assert [status_on(facts, date(year, 6, 1)).conduct for year in (2021, 2022, 2023)] == [
        Conduct.DECLARED,
        Conduct.CONFIRMED,
        Conduct.CONFIRMED,
    ]


def test_the_companys_own_word_that_an_act_is_done_does_not_end_a_dispute():
    facts = pledge(("broken", "alleged", "2021-01-01"), ("fulfilled", "stated", "2021-02-01"), nature="act")

    status = status_on(facts, day("2021-02-01"))

    assert (status.headline, status.conduct) == (Headline.COMPLETED, Conduct.DISPUTED)


def test_what_is_done_after_an_act_was_completed_is_not_against_it():
    facts = pledge(("fulfilled", "reported", "2021-01-01"), ("contrary-practice", "found", "2022-01-01"), nature="act")

    status = status_on(facts, day("2022-01-01"))

    assert (status.headline, status.conduct) == (Headline.COMPLETED, Conduct.REPORTED)
    assert [effect.kind for effect in shown_on(facts, day("2022-01-01"))] == ["contrary-practice"]


def test_an_act_is_overdue_from_the_day_after_it_was_due_until_it_is_done():
    facts = pledge(("fulfilled", "stated", "2021-06-01"), nature="act", due="2021-03")

    assert status_on(facts, day("2021-03-31")).headline == Headline.ANNOUNCED
    assert clock_on(facts, day("2021-03-31")).kind == ClockKind.DUE_BY
    assert status_on(facts, day("2021-04-01")).headline == Headline.OVERDUE
    assert clock_on(facts, day("2021-04-01")).kind == ClockKind.OVERDUE
    assert status_on(facts, day("2021-06-01")).headline == Headline.COMPLETED


def test_an_end_date_is_the_last_day_in_force():
    facts = pledge(conditions=[until("2021-06-10")])

    assert status_on(facts, day("2021-06-10")).headline == Headline.IN_FORCE
    assert clock_on(facts, day("2021-06-10")).kind == ClockKind.ENDING
    assert status_on(facts, day("2021-06-11")).headline == Headline.LAPSED
    assert clock_on(facts, day("2021-06-11")).kind == ClockKind.NONE


def test_a_term_ends_soon_from_ninety_days_before_its_end():
    facts = pledge(conditions=[until("2021-06-10")])

    assert clock_on(facts, day("2021-06-10") - timedelta(days=91)).kind == ClockKind.RUNNING
    assert clock_on(facts, day("2021-06-10") - timedelta(days=90)).kind == ClockKind.ENDING
    assert clock_label(clock_on(facts, day("2020-06-10"))) == "Until 10 June 2021"


def test_of_several_conditions_the_earliest_date_ends_a_promise_and_a_law_is_still_open():
    facts = pledge(conditions=[Condition("until-law"), until("2022-01-01"), until("2021-01-01")])

    assert status_on(facts, day("2021-01-02")).headline == Headline.LAPSED
    assert explanation(facts, day("2020-06-01")) == (
        "In force since 1 January 2020, until 1 January 2021 and with a condition."
    )


def test_an_extension_brings_back_what_had_lapsed():
    facts = pledge(
        ("extended", "stated", "2021-09-01", {"until": parse("2022-06-10")}), conditions=[until("2021-06-10")]
    )

    assert [status_on(facts, day(text)).headline for text in ("2021-08-31", "2021-09-01", "2022-06-11")] == [
        Headline.LAPSED,
        Headline.IN_FORCE,
        Headline.LAPSED,
    ]


def test_a_later_wording_that_names_a_date_again_sets_the_term():
    facts = pledge(
        ("extended", "stated", "2020-06-01"), ("reworded", "stated", "2020-09-01"), conditions=[until("2021-01-01")]
    )
    again = TermsVersion("reworded-2", (Clause("only", "lasting", (until("2023-01-01"),)),))

    status = status_on(Facts(facts.effects, (*facts.terms, again)), day("2023-01-02"))

    assert status_on(facts, day("2023-01-02")).headline == Headline.IN_FORCE
    assert status.headline == Headline.LAPSED


def test_what_is_reaffirmed_after_a_withdrawal_is_in_force_again():
    facts = pledge(("withdrawn", "stated", "2021-01-01"), ("reaffirmed", "stated", "2021-02-01"))

    status = status_on(facts, day("2021-02-01"))

    assert status.headline == Headline.IN_FORCE
    assert [cause.rule for cause in status.causes] == [Rule.MADE, Rule.RESTORED]


def test_an_audit_that_finds_nothing_ends_the_disputes_before_it_and_not_those_after():
    facts = pledge(
        ("broken", "alleged", "2021-01-01"), ("cleared", "found", "2021-02-01"), ("broken", "alleged", "2021-03-01")
    )

    assert [status_on(facts, date(2021, month, 1)).conduct for month in (1, 2, 3)] == [
        Conduct.DISPUTED,
        Conduct.NONE,
        Conduct.DISPUTED,
    ]


def test_a_newspaper_cannot_clear_a_company():
    facts = pledge(("broken", "alleged", "2021-01-01"), ("cleared", "reported", "2021-02-01"))

    assert status_on(facts, day("2021-02-01")).conduct == Conduct.DISPUTED


def test_an_audit_does_not_undo_a_breach_that_was_found():
    facts = pledge(("broken", "found", "2021-01-01"), ("cleared", "found", "2021-02-01"))

    assert status_on(facts, day("2021-02-01")).headline == Headline.CONTRADICTED


def test_a_scope_that_was_narrowed_stays_so_when_only_the_words_change():
    facts = pledge(("narrowed", "stated", "2021-01-01"), ("reworded", "stated", "2021-02-01"))

    assert status_on(facts, day("2021-02-01")).headline == Headline.NARROWED


def test_a_pledge_has_the_headline_of_the_open_clause_that_ranks_first():
    made = Effect("made", "made", "stated", 0, parse("2020-01-01"))
    effects = (
        Effect("gone", "withdrawn", "stated", 1, parse("2020-02-01"), clauses=frozenset({"a"})),
        Effect("found", "broken", "found", 2, parse("2020-03-01"), clauses=frozenset({"b"})),
    )
    clauses = tuple(Clause(key, "lasting") for key in "abc")
    facts = Facts((made, *effects), (TermsVersion("made", clauses),))

    before, after = status_on(facts, day("2020-02-01")), status_on(facts, day("2020-03-01"))

    assert before.headline == Headline.IN_FORCE
    assert [(other.key, other.answer.headline) for other in before.others] == [
        ("a", Headline.WITHDRAWN),
        ("c", Headline.IN_FORCE),
    ]
    assert after.headline == Headline.CONTRADICTED


def test_when_no_clause_is_open_the_last_to_close_gives_the_headline():
    made = Effect("made", "made", "stated", 0, parse("2020-01-01"))
    gone = Effect("gone", "withdrawn", "stated", 1, parse("2020-02-01"), clauses=frozenset({"a"}))
    clauses = (Clause("a", "lasting"), Clause("b", "lasting", (until("2021-01-01"),)))
    facts = Facts((made, gone), (TermsVersion("made", clauses),))

    status = status_on(facts, day("2021-01-02"))

    assert {clause.answer.headline for clause in status.clauses} <= CLOSED
    assert status.headline == Headline.LAPSED


def test_when_the_last_to_close_cannot_be_told_the_status_is_unclear():
    made = Effect("made", "made", "stated", 0, parse("2020-01-01"))
    gone = Effect("gone", "withdrawn", "stated", 1, parse("2020"), clauses=frozenset({"a"}))
    clauses = (Clause("a", "lasting"), Clause("b", "lasting", (until("2020-06-30"),)))
    facts = Facts((made, gone), (TermsVersion("made", clauses),))

    assert status_on(facts, day("2021-01-01")).answer.headlines == (Headline.WITHDRAWN, Headline.LAPSED)


def test_a_contrary_practice_that_may_have_come_after_the_end_is_a_dispute_and_no_verdict():
    during, perhaps, after = (
        pledge(("contrary-practice", "found", text), conditions=[until("2020-06-30")])
        for text in ("2020-06", "2020", "2020-07")
    )

    assert status_on(during, day("2021-01-01")).conduct == Conduct.CONTRADICTED
    assert status_on(perhaps, day("2021-01-01")).conduct == Conduct.DISPUTED
    assert status_on(after, day("2021-01-01")).conduct == Conduct.NONE


def test_an_effect_never_sorts_before_its_predecessor():
    facts = pledge(("narrowed", "stated", "2020-05-10"), ("withdrawn", "stated", "2020-05"))

    assert [status_on(facts, date(2020, 5, number)).headline for number in (9, 10, 30, 31)] == [
        Headline.IN_FORCE,
        Headline.UNCLEAR,
        Headline.UNCLEAR,
        Headline.WITHDRAWN,
    ]


def test_what_has_surely_happened_proves_that_what_came_before_has_happened():
    facts = pledge(("narrowed", "stated", "2020"), ("clarified", "stated", "2020-05-10"))

    assert status_on(facts, day("2020-05-09")).headline == Headline.UNCLEAR
    assert status_on(facts, day("2020-05-10")).headline == Headline.NARROWED


def test_vague_dates_that_leave_one_answer_leave_it_clear():
    facts = pledge(("clarified", "stated", "2020"), ("asked", "reported", "2020"))

    assert [span.status.headline for span in spans(facts)] == [Headline.IN_FORCE]


def test_a_headline_is_explained_where_a_new_wording_of_unknown_day_brings_it_by_another_clause():
    made = Effect("made", "made", "stated", 0, parse("2020-01-01"))
    reworded = Effect("reworded", "reworded", "stated", 1, parse("2020-06"))
    terms = (
        TermsVersion("made", (Clause("old", "lasting"),)),
        TermsVersion("reworded", (Clause("new", "lasting"),)),
    )

    status = status_on(Facts((made, reworded), terms), day("2020-06-10"))

    assert status.headline == Headline.IN_FORCE
    assert [clause.answer.headline for clause in status.clauses] == [Headline.UNCLEAR, Headline.UNCLEAR]
    assert explanation(Facts((made, reworded), terms), day("2020-06-10")) == (
        "In force since 1 January 2020, with no end date."
    )


def test_a_pledge_without_a_making_has_no_status():
    facts = Facts(effects=(), terms=())

    assert spans(facts) == []
    assert status_on(facts, day("2020-01-01")).headline == Headline.NOT_MADE_YET


def test_every_answer_has_words():
    assert all(headline_label(one) and headline_rule(one) for one in Headline)
    assert all(text_label(one) for one in Text)
    assert all(conduct_label(one) for one in Conduct)
    assert all(rule_label(one) for one in Rule)


def test_every_answer_fits_its_column():
    assert max(len(one) for one in [*Headline, *Text, *Conduct]) <= 20
