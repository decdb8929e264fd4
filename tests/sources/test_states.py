"""From outcomes to states, over days: pure rules with the clock handed in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.outcomes import ALIVE, FAILING, HARD, Likeness, Outcome
from sources.states import (
    Rules,
    Sighting,
    Standing,
    State,
    WatchClass,
    apply,
    interval,
    is_host_incident,
    is_own_fault,
    needs_second_look,
    next_due,
    phase,
    replay,
    without_strikes,
)

MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)
RULES = Rules()


def seen(day: float, outcome: Outcome, **more) -> Sighting:
    more.setdefault("status", {Outcome.OK: 200, Outcome.GONE: 404}.get(outcome))
    return Sighting(at=MONDAY + timedelta(days=day), outcome=outcome, **more)


def over(*days: float, outcome: Outcome, **more) -> list[Sighting]:
    return [seen(day, outcome, **more) for day in days]


def after(*sightings: Sighting) -> Standing:
    return replay(sightings, RULES)


LIVE = after(seen(-10, Outcome.OK))
DEAD = after(seen(-10, Outcome.OK), *over(0, 4, 7, outcome=Outcome.GONE, confirmed=True))


def test_the_first_answer_makes_a_source_live():
    assert LIVE.state is State.LIVE


@pytest.mark.parametrize("outcome", sorted(HARD))
def test_one_missing_page_is_only_suspect(outcome):
    assert replay([seen(0, outcome, confirmed=True)], RULES, standing=LIVE).state is State.SUSPECT


def test_three_strikes_over_six_days_and_a_second_look_make_it_dead():
    assert DEAD.state is State.DEAD


def test_without_a_second_look_that_agrees_it_is_not_dead():
    standing = replay(over(0, 4, 7, 11, 14, outcome=Outcome.GONE), RULES, standing=LIVE)

    assert standing.state is State.SUSPECT


def test_strikes_of_one_bad_weekend_count_once():
    hourly = over(*[hour / 24 for hour in range(60)], outcome=Outcome.GONE, confirmed=True)

    standing = replay(hourly, RULES, standing=LIVE)

    assert standing.state is State.SUSPECT
    assert len(standing.hard_strikes) == 1


def test_two_answers_of_gone_for_good_are_enough():
    removed = over(0, 3.1, outcome=Outcome.GONE, status=410, confirmed=True)

    assert replay(removed, RULES, standing=LIVE).state is State.DEAD
    assert replay(over(0, 3.1, outcome=Outcome.GONE, status=404, confirmed=True), RULES, standing=LIVE).state is (
        State.SUSPECT
    )


def test_a_server_that_is_down_is_dead_only_after_two_weeks_and_five_strikes():
    down = over(0, 4, 8, 12, outcome=Outcome.SERVER_ERROR, confirmed=True)

    assert replay(down, RULES, standing=LIVE).state is State.SUSPECT
    assert replay([*down, seen(16, Outcome.SERVER_ERROR, confirmed=True)], RULES, standing=LIVE).state is State.DEAD


def test_one_answer_that_fails_softly_shows_nothing_in_public():
    assert replay([seen(0, Outcome.SERVER_ERROR)], RULES, standing=LIVE).state is State.LIVE


def test_one_good_answer_forgets_all_strikes():
    nearly = replay(over(0, 4, outcome=Outcome.GONE, confirmed=True), RULES, standing=LIVE)

    standing = replay([seen(5, Outcome.OK)], RULES, standing=nearly)

    assert standing.state is State.LIVE
    assert not standing.has_strikes


@pytest.mark.parametrize("likeness", [Likeness.UNKNOWN, Likeness.UNLIKE])
def test_a_dead_link_that_answers_with_something_else_goes_to_a_person(likeness):
    step = apply(DEAD, seen(30, Outcome.OK, likeness=likeness), RULES)

    assert step.standing.state is State.DEAD
    assert step.review


def test_a_dead_link_that_answers_with_the_same_page_is_live():
    assert apply(DEAD, seen(30, Outcome.OK, likeness=Likeness.LIKE), RULES).standing.state is State.LIVE


def test_being_refused_is_never_a_strike_and_says_so_after_two_weeks():
    refused = over(0, 7, 13, outcome=Outcome.BLOCKED, status=403)

    assert replay(refused, RULES, standing=LIVE).state is State.LIVE
    unverifiable = replay([*refused, seen(15, Outcome.BLOCKED, status=403)], RULES, standing=LIVE)
    assert unverifiable.state is State.UNVERIFIABLE
    assert not unverifiable.has_strikes


@pytest.mark.parametrize("outcome", [Outcome.RATE_LIMITED, Outcome.UNSAFE, Outcome.UNSUPPORTED, Outcome.WRONG_TYPE])
def test_some_answers_say_nothing_about_the_page(outcome):
    assert replay(over(*range(60), outcome=outcome), RULES, standing=LIVE).state is State.LIVE


def test_a_move_is_proposed_after_three_equal_sightings():
    new = "https://e.org/new"
    twice = replay(over(0, 7, outcome=Outcome.OK_MOVED, moved_to=new), RULES, standing=LIVE)

    step = apply(twice, seen(14, Outcome.OK_MOVED, moved_to=new), RULES)

    assert not twice.moved
    assert step.standing.moved
    assert step.review


def test_a_move_that_leads_elsewhere_each_time_is_not_proposed():
    wandering = [seen(day, Outcome.OK_MOVED, moved_to=f"https://e.org/{day}") for day in range(0, 70, 7)]

    assert not replay(wandering, RULES, standing=LIVE).moved


def test_a_seized_address_is_unlinked_at_once_and_stays_so_until_the_text_is_back():
    step = apply(LIVE, seen(0, Outcome.USURPED), RULES)

    assert step.standing.hijacked
    assert step.review
    assert replay([seen(1, Outcome.OK)], RULES, standing=step.standing).hijacked
    assert not replay([seen(1, Outcome.OK, likeness=Likeness.LIKE)], RULES, standing=step.standing).hijacked


def test_a_broken_certificate_is_a_mark_of_its_own_and_goes_when_it_is_mended():
    broken = replay([seen(0, Outcome.TLS_PROBLEM)], RULES, standing=LIVE)

    assert broken.tls_problem
    assert broken.state is State.LIVE
    assert not replay([seen(1, Outcome.OK)], RULES, standing=broken).tls_problem


def test_what_was_seen_while_our_own_line_failed_does_not_count():
    bad_nights = over(0, 4, 8, 12, 16, 20, outcome=Outcome.DNS_TEMP, counts=False, confirmed=True)

    assert replay(bad_nights, RULES, standing=LIVE) == LIVE


def test_strikes_can_be_taken_back():
    suspect = replay([seen(0, Outcome.GONE)], RULES, standing=LIVE)

    assert without_strikes(suspect, since=MONDAY - timedelta(hours=1)).state is State.LIVE
    assert without_strikes(suspect, since=MONDAY + timedelta(hours=1)) == suspect


def test_a_second_look_is_taken_just_when_it_could_make_a_source_dead():
    nearly = replay(over(0, 4, outcome=Outcome.GONE), RULES, standing=LIVE)

    assert not needs_second_look(LIVE, seen(0, Outcome.GONE), RULES)
    assert not needs_second_look(nearly, seen(5, Outcome.GONE), RULES)
    assert needs_second_look(nearly, seen(7.1, Outcome.GONE), RULES)
    assert not needs_second_look(nearly, seen(7.1, Outcome.BLOCKED), RULES)


def test_a_host_that_fails_as_a_whole_is_frozen_once_and_not_for_ever():
    def incident(day, frozen_until=None, failing=6):
        return is_host_incident(
            failing=failing, sources=20, frozen_until=frozen_until, at=MONDAY + timedelta(days=day), rules=RULES
        )

    assert incident(0)
    assert not incident(0, failing=5)
    assert not incident(3, frozen_until=MONDAY + timedelta(days=2))
    assert incident(30, frozen_until=MONDAY + timedelta(days=2))


def test_our_own_line_is_at_fault_when_many_hosts_fail_at_once():
    assert is_own_fault(failing=20, checks=100, failing_hosts=20, rules=RULES)
    assert not is_own_fault(failing=19, checks=100, failing_hosts=19, rules=RULES)
    assert not is_own_fault(failing=90, checks=100, failing_hosts=4, rules=RULES)
    assert not is_own_fault(failing=9, checks=9, failing_hosts=9, rules=RULES)


sightings = st.builds(
    Sighting,
    at=st.just(MONDAY),
    outcome=st.sampled_from(Outcome),
    status=st.sampled_from([None, 200, 404, 410, 500]),
    likeness=st.sampled_from(Likeness),
    moved_to=st.sampled_from([None, "https://e.org/a", "https://e.org/b"]),
    confirmed=st.booleans(),
    counts=st.booleans(),
)


@given(st.lists(st.tuples(sightings, st.floats(0.01, 40)), max_size=30))
def test_nothing_is_dead_without_days_of_failing_and_a_second_look(history):
    at = MONDAY
    standing = Standing()
    for sighting, days in history:
        at += timedelta(days=days)
        before = standing
        standing = apply(standing, sighting._replace(at=at), RULES).standing

        if standing.state is State.DEAD and before.state is not State.DEAD:
            assert sighting.outcome in FAILING
            assert sighting.confirmed
            assert sighting.counts
            assert at - min(standing.soft_strikes) >= timedelta(hours=72)
        if sighting.outcome in ALIVE and sighting.counts and before.state is State.SUSPECT and not before.hijacked:
            assert standing.state is State.LIVE or sighting.likeness is Likeness.UNLIKE


@pytest.mark.parametrize(
    ("standing", "watch_class", "hours"),
    [
        (LIVE, WatchClass.OWN_PAGE, 24),
        (LIVE, WatchClass.YOUNG, 48),
        (LIVE, WatchClass.OTHER, 168),
        (LIVE._replace(streak=1), WatchClass.OTHER, 252),
        (LIVE._replace(streak=9), WatchClass.OTHER, 720),
        (DEAD, WatchClass.OTHER, 7 * 24),
        (DEAD._replace(streak=1), WatchClass.OTHER, 14 * 24),
        (DEAD._replace(streak=8), WatchClass.OTHER, 90 * 24),
    ],
)
def test_how_long_until_the_next_look(standing, watch_class, hours):
    assert interval(standing, seen(0, Outcome.OK), watch_class, RULES) == timedelta(hours=hours)


def test_a_suspect_is_looked_at_after_a_day_and_then_every_three():
    first = seen(0, Outcome.GONE)
    suspect = apply(LIVE, first, RULES).standing
    second = seen(1, Outcome.GONE)

    assert interval(suspect, first, WatchClass.OTHER, RULES) == timedelta(hours=24)
    assert interval(apply(suspect, second, RULES).standing, second, WatchClass.OTHER, RULES) == timedelta(hours=72)


def test_the_next_look_is_spread_by_fifteen_percent_and_never_too_early_for_a_strike():
    live = [
        (next_due(LIVE, seen(0, Outcome.OK), source_id=n, watch_class=WatchClass.OTHER, rules=RULES) - MONDAY)
        / timedelta(hours=168)
        for n in range(500)
    ]
    suspect = apply(LIVE, seen(0, Outcome.GONE), RULES).standing
    failing = [
        next_due(suspect, seen(4, Outcome.GONE), source_id=n, watch_class=WatchClass.OTHER, rules=RULES)
        for n in range(500)
    ]

    assert 0.85 <= min(live) < 0.87
    assert 1.13 < max(live) <= 1.15
    assert min(failing) >= MONDAY + timedelta(days=7)


def test_an_import_is_spread_evenly_by_a_phase_that_never_changes():
    tenths = [int(phase(number) * 10) for number in range(10_000)]

    assert all(900 < tenths.count(tenth) < 1_100 for tenth in range(10))
    assert phase(42) == phase(42)


def test_thresholds_are_settings(settings):
    settings.LINK_CHECK_DEAD_AFTER_STRIKES = "4"
    settings.LINK_CHECK_DEAD_DAYS = "1,2"
    from sources.states import rules

    assert rules() == replace(RULES, dead_after_strikes=4, dead_days=(1.0, 2.0))


def test_a_threshold_that_cannot_be_read_is_named(settings):
    settings.LINK_CHECK_JITTER = "a bit"
    from sources.states import rules

    with pytest.raises(ValueError, match="LINK_CHECK_JITTER: “a bit” cannot be read"):
        rules()
