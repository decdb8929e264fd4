"""Months of checks: made ahead, counted, let go; hosts with more sources than time; rules tried on stored checks."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from sources.limits import Limits
from sources.models import CheckTally, LinkCheck, LinkState, StateChange
from sources.outcomes import Likeness, Outcome
from sources.states import Rules, State
from sources.upkeep import let_old_checks_go, make_room_for_checks, overfull_hosts, tally_checks
from sources.watching import watch_sources
from tests.sources.records import source_at, sources_at

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def checked(source, *, at: datetime, outcome: Outcome = Outcome.OK, status: int | None = 200, **values) -> LinkCheck:
    make_room_for_checks(first=at.date(), last=at.date())
    return LinkCheck.objects.create(
        **{
            "source": source,
            "slot": at,
            "late_seconds": 0,
            "elapsed_ms": 100,
            "wire_bytes": 1_000,
            "outcome": outcome,
            "status": status,
            "hops": 0,
            "likeness": Likeness.UNKNOWN,
            **values,
        }
    )


def partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'sources_linkcheck'::regclass"
        )
        return {name for (name,) in cursor.fetchall()}


def test_months_older_than_ninety_days_are_counted_and_dropped(db):
    source = source_at("https://site.example/")
    today = timezone.now().date()
    old = timezone.now() - timedelta(days=200)
    for day in range(3):
        checked(source, at=old + timedelta(minutes=day))
    checked(source, at=old + timedelta(minutes=9), outcome=Outcome.GONE, status=404)
    recent = checked(source, at=timezone.now() - timedelta(days=80))

    dropped = let_old_checks_go(today=today)

    assert dropped >= 1
    assert list(LinkCheck.objects.values_list("slot", flat=True)) == [recent.slot]
    tally = CheckTally.objects.get(month=old.date().replace(day=1))
    assert (tally.checks, tally.alive, tally.failing, tally.wire_bytes) == (4, 3, 1, 4_000)
    assert f"sources_linkcheck_{old:%Y_%m}" not in partitions()


def test_letting_go_twice_changes_nothing(db):
    source = source_at("https://site.example/")
    checked(source, at=timezone.now() - timedelta(days=200))
    let_old_checks_go(today=timezone.now().date())
    before = list(CheckTally.objects.values())

    assert let_old_checks_go(today=timezone.now().date()) == 0
    assert list(CheckTally.objects.values()) == before


def test_no_check_younger_than_ninety_days_can_be_let_go(db):
    with pytest.raises(DatabaseError, match="kept for 90 days"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sources_let_checks_go((now() - interval '89 days')::date)")


def test_counting_again_counts_what_came_since(db):
    source = source_at("https://site.example/")
    now = timezone.now()
    checked(source, at=now)
    tally_checks(today=now.date())
    checked(source, at=now + timedelta(seconds=1), outcome=Outcome.BLOCKED, status=403)

    tally_checks(today=now.date())

    tally = CheckTally.objects.get()
    assert (tally.checks, tally.alive, tally.refused) == (2, 1, 1)


def test_a_host_with_more_sources_than_its_gap_lets_through_is_named(db):
    sources_at(f"https://crowded.example/{number}" for number in range(40))
    sources_at([f"https://roomy.example/{number}" for number in range(5)], name="other")
    watch_sources(at=NOW)
    LinkState.objects.update(own_page=True)

    # Forty checks a day, an hour apart, are not to be had; five are.
    (host,) = overfull_hosts(at=NOW, limits=Limits(gap_seconds=3_600), rules=Rules())

    assert (host.key, host.sources) == ("crowded.example", 40)
    assert host.share == pytest.approx(40 / 24)


def failing_three_times(db_source) -> None:
    for day in (0, 4, 8):
        at = timezone.now() - timedelta(days=20 - day)
        checked(db_source, at=at, outcome=Outcome.GONE, status=404)


def test_changed_rules_are_tried_on_stored_checks_and_nothing_is_written(db):
    source = source_at("https://site.example/")
    watch_sources()
    failing_three_times(source)
    before = LinkState.objects.values().get()
    out = StringIO()

    call_command("replay_checks", rules=["dead_after_strikes=4"], stdout=out)

    assert "source-0" in out.getvalue()
    assert "dead -> suspect" in out.getvalue()
    assert "1 of 1 sources with stored checks would stand otherwise." in out.getvalue()
    assert LinkState.objects.values().get() == before


def test_the_same_rules_change_nothing(db):
    source = source_at("https://site.example/")
    watch_sources()
    failing_three_times(source)
    out = StringIO()

    call_command("replay_checks", rules=["dead_after_strikes=3"], stdout=out)

    assert out.getvalue() == "0 of 1 sources with stored checks would stand otherwise.\n"


def test_a_history_that_begins_in_the_middle_begins_where_it_stood(db):
    source = source_at("https://site.example/")
    watch_sources()
    StateChange.objects.create(
        source=source,
        at=timezone.now() - timedelta(days=300),
        before=State.SUSPECT,
        after=State.DEAD,
        reason="It was gone.",
    )
    checked(source, at=timezone.now() - timedelta(days=5), outcome=Outcome.GONE, status=404)
    out = StringIO()

    call_command("replay_checks", rules=["dead_after_strikes=4"], stdout=out)

    assert out.getvalue().startswith("0 of 1")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("dead_after_strikes", "is no rule"),
        ("dead_after_moons=3", "is no rule"),
        ("dead_after_strikes=many", "“many” cannot be read: write a whole number from 1 to 12"),
        ("dead_after_strikes=2.5", "“2.5” cannot be read: write a whole number from 1 to 12"),
        ("dead_after_strikes=400", "write a whole number from 1 to 12"),
        ("dead_after_days=x", "“x” cannot be read: write a number from 0 to"),
        ("young_hours=3", "stored checks cannot tell"),
    ],
)
def test_a_rule_that_cannot_be_tried_is_refused_with_what_could_be(db, given, said):
    with pytest.raises(CommandError, match=said):
        call_command("replay_checks", rules=[given])
