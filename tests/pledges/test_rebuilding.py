"""What is derived is right after a load; where it was tampered with, that is found, said and put right."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from history.services import sign_dataset, stating
from pledges.models import EventMark, EventText, StatusSpan, Terms
from tests.pledges.files import everything

pytestmark = pytest.mark.usefixtures("starter_data")

PLEDGE = "microsoft-no-minority-investments"
EVENT = "microsoft-divests-anyvision"
OF_THE_PLEDGE = f"pledge_id = (SELECT id FROM pledges_pledge WHERE slug = '{PLEDGE}')"
OF_THE_EVENT = f"event_id = (SELECT id FROM pledges_event WHERE slug = '{EVENT}')"

# On what is derived, without a word to anybody, and what is then said to have differed.
TAMPERING = {
    "another status": (
        f"UPDATE pledges_statusspan SET headline = 'contradicted' WHERE {OF_THE_PLEDGE}",
        f"pledge {PLEDGE}",
    ),
    "other causes": (f"UPDATE pledges_statusspan SET causes = '[]' WHERE {OF_THE_PLEDGE}", f"pledge {PLEDGE}"),
    "no status": (f"DELETE FROM pledges_statusspan WHERE {OF_THE_PLEDGE}", f"pledge {PLEDGE}"),
    "a mark too many": (
        "INSERT INTO pledges_eventmark (event_id, facet, value)"
        f" SELECT id, 'kind', 'fine' FROM pledges_event WHERE slug = '{EVENT}'",
        f"event {EVENT}",
    ),
    "a mark too few": (f"DELETE FROM pledges_eventmark WHERE {OF_THE_EVENT} AND facet = 'company'", f"event {EVENT}"),
    "other words": (f"UPDATE pledges_eventtext SET words = 'other' WHERE {OF_THE_EVENT}", f"event {EVENT}"),
    "no words": (f"DELETE FROM pledges_eventtext WHERE {OF_THE_EVENT}", f"event {EVENT}"),
    "other days of terms": (
        f"UPDATE pledges_terms SET days = '[2001-01-01,)' WHERE {OF_THE_PLEDGE}",
        f"pledge {PLEDGE}",
    ),
}


def rebuilt(*arguments: str) -> list[str]:
    """What the command says, line by line."""
    said = io.StringIO()
    call_command("rebuild_status", *arguments, stdout=said)
    return said.getvalue().splitlines()


def derived() -> list[list[tuple[Any, ...]]]:
    """All that is derived, apart from the numbers of its rows."""
    spans = ("pledge", "days", "headline", "alternatives", "text", "conduct", "causes", "clauses")
    return [
        list(StatusSpan.objects.order_by("pledge", "days").values_list(*spans)),
        list(EventMark.objects.order_by("event", "facet", "value").values_list("event", "facet", "value")),
        list(EventText.objects.order_by("event").values_list("event", "words")),
        list(Terms.objects.order_by("pk").values_list("pk", "days")),
    ]


def by_sql(statement: str) -> None:
    why = "Tampering"
    signature = sign_dataset(name="none", digest="0" * 64, why=why)
    with stating(who=None, why=why, publication=signature), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount > 0


def test_nothing_differs_after_a_load_and_nothing_is_touched() -> None:
    before = everything()

    said = rebuilt()

    assert said == ["Nothing differs.", "75 pledges and 249 events looked at."]
    assert everything() == before


@pytest.mark.parametrize("what", TAMPERING)
def test_what_was_tampered_with_is_named_and_put_right(what: str) -> None:
    statement, name = TAMPERING[what]
    before = derived()
    by_sql(statement)
    assert derived() != before

    said = rebuilt()

    assert said == [f"differed, and was put right: {name}", "75 pledges and 249 events looked at."]
    assert derived() == before
    assert rebuilt()[0] == "Nothing differs."


def test_one_day_alone_is_looked_at_where_it_is_named() -> None:
    before = derived()
    on_that_day = f"{OF_THE_PLEDGE} AND days @> date '2021-01-01'"
    by_sql(f"UPDATE pledges_statusspan SET headline = 'contradicted' WHERE {on_that_day}")

    before_it_was_made = rebuilt("--as-of", "2020-01-01")
    on_the_day = rebuilt("--as-of", "2021-01-01")

    assert before_it_was_made == ["Nothing differs.", "75 pledges on 2020-01-01 looked at."]
    assert on_the_day == [f"differed, and was put right: pledge {PLEDGE}", "75 pledges on 2021-01-01 looked at."]
    assert derived() == before


def test_a_status_that_was_left_to_a_retracted_pledge_is_found_on_its_days() -> None:
    by_sql(f"UPDATE pledges_pledge SET retracted_because = 'It was not theirs.' WHERE slug = '{PLEDGE}'")

    assert rebuilt("--as-of", "2021-01-01")[0] == f"differed, and was put right: pledge {PLEDGE}"
    assert not StatusSpan.objects.filter(pledge__slug=PLEDGE).exists()


@pytest.mark.parametrize("day", ["2016-01-01", "2020-06-12", "2021-12-31", "2026-08-01"])
def test_no_day_differs_after_a_load(day: str) -> None:
    assert rebuilt("--as-of", day)[0] == "Nothing differs."


@pytest.mark.parametrize("day", ["yesterday", "2020-06", "2020-06-12~", "2020-02-30", ""])
def test_what_is_not_one_day_is_refused_in_one_line(day: str) -> None:
    with pytest.raises(CommandError, match=r"^--as-of: .+$"):
        rebuilt("--as-of", day)
