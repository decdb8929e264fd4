"""A load writes what differs from the record, all of it or nothing, and leaves the rest alone."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from companies.models import Company
from history.models import Publication, Revision
from history.services import signature_holds
from pledges.dataset.dumping import dump
from pledges.dataset.faults import Faulty
from pledges.dataset.loading import Report, load
from pledges.models import Citation, Effect, Event, Investment, Pledge, Round
from sources.models import Source
from tests import factories
from tests.pledges.files import DATA, FILES, change_rows, everything, rows_of, write_rows
from tests.small_set import (
    cited,
    company,
    development,
    dispute,
    exit_of,
    investment,
    pledge,
    round_of_financing,
    source,
    step,
    write_set,
)

MADE = pledge()["events"][0]
FUND = [company(), company("fund", roles=["investor"])]
PATIENCE = 30  # seconds

Row = dict[str, Any]
Change = Callable[[Row], None]


def load_set(folder: Path, **lists: list[Row]) -> Report:
    write_set(folder, **lists)
    return load(folder)


def revised(since: int) -> list[tuple[str, str]]:
    """What happened to which tables after a revision."""
    later = Revision.objects.filter(pk__gt=since).order_by("pk")
    return list(later.values_list("operation", "table_name"))


def last_revision() -> int:
    return Revision.objects.latest("pk").pk


# --- the starter data ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "rows"),
    [
        ("companies.jsonl", Company.objects.all()),
        ("sources.jsonl", Source.objects.all()),
        ("developments.jsonl", Event.objects.exclude(kind="")),
        ("pledges.jsonl", Pledge.objects.all()),
        ("rounds.jsonl", Round.objects.all()),
        ("investments.jsonl", Investment.objects.all()),
    ],
)
def test_each_line_of_a_file_is_one_public_row_on_record(starter_data: None, file: str, rows: Any) -> None:
    lines = (DATA / file).read_bytes().count(b"\n")

    assert rows.public().count() == rows.count() == lines


def test_the_files_hold_249_happenings_besides_the_exits(starter_data: None) -> None:
    more_than_exits = Effect.objects.exclude(kind__startswith="exit").values("event")
    exits = Event.objects.filter(kind="").exclude(pk__in=more_than_exits)

    assert Event.objects.count() - exits.count() == 249


@pytest.mark.parametrize(
    ("happening", "effects"),
    [
        # One list of retailers, on which six of them say that they do not use it.
        (
            "fftf-retail-scorecard",
            {
                "costco-no-face-recognition-made-2021",
                "cvs-no-face-recognition-made-2021",
                "dollar-tree-no-face-recognition-made-2021",
                "home-depot-no-face-recognition-made-2021",
                "target-no-face-recognition-made-2021",
                "verizon-no-face-recognition-made-2021",
            },
        ),
        # Two pledges made, one of them explained, and a stake sold.
        (
            "microsoft-divests-anyvision",
            {
                "microsoft-no-minority-investments-made-2020",
                "microsoft-no-minority-investments-clarified-2020",
                "microsoft-sell-anyvision-stake-made-2020",
                "microsoft-m12-anyvision-series-a-exit",
            },
        ),
        # Four investors leave as a fifth buys everything.
        (
            "metropolis-buys-oosto",
            {
                "dfj-anyvision-series-a-exit",
                "eldridge-anyvision-series-c-exit",
                "lightspeed-anyvision-series-a-exit",
                "softbank-anyvision-series-c-exit",
                "metropolis-oosto-acquisition",
            },
        ),
    ],
)
def test_a_happening_named_from_several_places_is_one_event_with_several_effects(
    starter_data: None, happening: str, effects: set[str]
) -> None:
    assert set(Effect.objects.filter(event__slug=happening).values_list("slug", flat=True)) == effects
    assert not Event.objects.filter(slug__in=effects).exists()


def test_every_entry_that_names_a_development_belongs_to_it_and_every_other_is_a_happening_of_its_own(
    starter_data: None,
) -> None:
    expected = {
        entry["id"]: entry.get("event", entry["id"])
        for row in rows_of(DATA, "pledges.jsonl")
        for entry in row["events"]
    }

    assert dict(Effect.objects.on_pledges().values_list("slug", "event__slug")) == expected


def test_a_second_load_reports_no_change_and_leaves_nothing_behind(starter_data: None) -> None:
    before = everything()
    told = io.StringIO()

    call_command("load_dataset", DATA, stdout=told)

    assert everything() == before
    assert told.getvalue().splitlines() == [
        "No change: the record has all of it already.",
        "companies.jsonl: 106 rows",
        "sources.jsonl: 468 rows",
        "developments.jsonl: 163 rows",
        "pledges.jsonl: 75 rows",
        "rounds.jsonl: 14 rows",
        "investments.jsonl: 37 rows",
    ]


def test_a_load_is_signed_with_what_the_files_hold(starter_data: None) -> None:
    publication = Publication.objects.get()

    assert publication.dataset_name == "data"
    assert signature_holds(publication)
    assert set(Revision.objects.values_list("publication_id", flat=True)) == {publication.pk}


def in_the_first_step(row: Row) -> None:
    row["events"][0]["summary"] = "Changed."


def in_the_first_reference(row: Row) -> None:
    row["sources"][0]["locator"] = "Changed."


CHANGES: dict[str, tuple[str, Change, tuple[str, str]]] = {
    "the note on a company": (
        "companies.jsonl",
        lambda row: row.update(note="Changed."),
        ("companies_company", "slug"),
    ),
    "the title of a source": ("sources.jsonl", lambda row: row.update(title="Changed."), ("sources_source", "id")),
    "the outcome of a development": (
        "developments.jsonl",
        lambda row: row.update(outcome="Changed."),
        ("pledges_event", "id"),
    ),
    "the title of a pledge": ("pledges.jsonl", lambda row: row.update(title="Changed."), ("pledges_pledge", "id")),
    "the note on a round": ("rounds.jsonl", lambda row: row.update(note="Changed."), ("pledges_round", "id")),
    "the note on an investment": (
        "investments.jsonl",
        lambda row: row.update(note="Changed."),
        ("pledges_investment", "id"),
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_row_changes_only_that_row(starter_data: None, copy: Path, what: str) -> None:
    file, change, (table, key) = CHANGES[what]
    rows = rows_of(copy, file)
    change(rows[-1])
    write_rows(copy, file, rows)
    before = last_revision()

    report = load(copy)

    revision = Revision.objects.get(pk__gt=before)
    assert (revision.operation, revision.table_name) == ("U", table)
    assert revision.state["slug"] == rows[-1][key]
    assert revision.publication_id == Publication.objects.latest("pk").pk
    assert report.changed == 1


@pytest.mark.parametrize(
    ("file", "change", "table"),
    [
        ("pledges.jsonl", in_the_first_step, "pledges_effect"),
        ("developments.jsonl", in_the_first_reference, "pledges_citation"),
    ],
)
def test_a_changed_part_changes_only_that_part(
    starter_data: None, copy: Path, file: str, change: Change, table: str
) -> None:
    rows = rows_of(copy, file)
    change(rows[-1])
    write_rows(copy, file, rows)
    before = last_revision()

    load(copy)

    assert revised(before) == [("U", table)]


def test_a_dry_run_says_what_would_change_and_writes_nothing(starter_data: None, copy: Path) -> None:
    change_rows(copy, "pledges.jsonl", lambda row: row.update(title=f"No {row['title']}"))
    before = everything()
    told = io.StringIO()

    call_command("load_dataset", copy, "--dry-run", stdout=told)

    assert everything() == before
    assert told.getvalue().startswith(
        "pledges_pledge: 0 added, 75 changed, 0 taken out\nDry run: nothing was written.\n"
    )


# --- the first format ---------------------------------------------------------------------------------------------


@pytest.fixture
def first_format(copy: Path) -> Path:
    """The starter data as the first format had it."""

    def of_pledge(row: Row) -> None:
        for name in ("form", "clauses", "due_on"):
            row.pop(name, None)
        for version in row.get("terms", []):
            version.pop("clauses", None)
        for entry in row["events"]:
            for name in ("id", "event", "clauses"):
                entry.pop(name, None)

    change_rows(copy, "pledges.jsonl", of_pledge)
    (copy / "rounds.jsonl").unlink()
    return copy


def test_a_set_in_the_first_format_loads_and_a_second_load_of_it_changes_nothing(db: None, first_format: Path) -> None:
    told = io.StringIO()

    call_command("load_dataset", first_format, stdout=told)

    before = everything()
    assert "First format: forms and ids were filled in." in told.getvalue()
    assert load(first_format).changed == 0
    assert everything() == before
    assert Pledge.objects.count() == 75
    assert Effect.objects.on_pledges().count() == 169
    assert (
        Pledge.objects.filter(form="imposed").count()
        == Pledge.objects.filter(binding__in=["settlement", "order"]).count()
    )


def test_the_rounds_of_a_set_without_their_file_are_what_the_investments_say(db: None, first_format: Path) -> None:
    load(first_format)

    assert set(Round.objects.values_list("slug", flat=True)) == {row["id"] for row in rows_of(DATA, "rounds.jsonl")}


def test_the_starter_data_itself_loads_over_its_first_format(db: None, first_format: Path, tmp_path: Path) -> None:
    load(first_format)

    report = load(DATA)

    dump(tmp_path / "dump")
    assert report.wrote
    assert [rows_of(tmp_path / "dump", file) for file in FILES] == [rows_of(DATA, file) for file in FILES]
    assert load(DATA).changed == 0


def test_a_term_that_ran_out_is_taken_as_a_word_on_the_pledge(db: None, tmp_path: Path) -> None:
    entry = pledge(events=[MADE, step("expired")])
    del entry["form"]

    report = load_set(tmp_path, pledges=[entry])

    assert report.first_format
    assert report.taken_as_clarified == 1
    assert Effect.objects.on_pledges().last().kind == "clarified"


def test_a_set_without_pledges_is_not_taken_for_the_first_format(db: None, tmp_path: Path) -> None:
    assert not load_set(tmp_path).first_format


# --- what is on record, and what the files say -------------------------------------------------------------------


def test_a_row_that_files_no_longer_have_is_left_and_named(db: None, tmp_path: Path) -> None:
    other = pledge(id="acme-stops-more")
    load_set(tmp_path, pledges=[pledge(), other])
    before = everything()
    write_set(tmp_path, pledges=[pledge()])
    told = io.StringIO()

    call_command("load_dataset", tmp_path, stdout=told)

    assert everything() == before
    assert told.getvalue().splitlines()[:4] == [
        "On record but not in these files, left as they are: 1 events (acme-stops-more-made)",
        "On record but not in these files, left as they are: 1 pledges (acme-stops-more)",
        "On record but not in these files, left as they are: 1 effects (acme-stops-more-made)",
        "No change: the record has all of it already.",
    ]


def test_a_step_that_files_no_longer_have_keeps_its_place_among_those_that_they_have(db: None, tmp_path: Path) -> None:
    first, second, third = (step("clarified", f"202{year}") for year in (1, 2, 3))
    between = step("reaffirmed", "2022")
    load_set(tmp_path, pledges=[pledge(events=[MADE, first, second, third])])

    report = load_set(tmp_path, pledges=[pledge(events=[MADE, first, between, third])])

    life = Effect.objects.on_pledges().values_list("slug", flat=True)
    assert list(life) == [one["id"] for one in (MADE, first, second, between, third)]
    assert report.left["effects"] == [second["id"]]
    assert load(tmp_path).changed == 0


def test_a_part_that_its_row_no_longer_has_is_taken_out_and_the_history_keeps_it(db: None, tmp_path: Path) -> None:
    formerly = {"name": "Acme Vision", "from": None, "to": "2019"}
    load_set(tmp_path, companies=[company(aliases=[formerly])])
    before = last_revision()

    load_set(tmp_path, companies=[company(aliases=[])])

    taken_out = Revision.objects.get(pk__gt=before)
    assert (taken_out.operation, taken_out.table_name) == ("D", "companies_companyname")
    assert taken_out.state["name"] == "Acme Vision"


def test_a_question_that_files_no_longer_ask_stays_on_record_and_is_named(db: None, tmp_path: Path) -> None:
    load_set(tmp_path, developments=[development(disputes=[dispute("How much?")])])

    report = load_set(tmp_path, developments=[development()])

    assert report.changed == 0
    assert report.left == {"disputes": ["How much?"]}


def test_a_draft_becomes_public_when_a_load_has_it(db: None, tmp_path: Path) -> None:
    factories.a_company("acme", draft=True, name="Acme")

    load_set(tmp_path)

    assert Company.objects.get().is_public


def test_a_retraction_stands_until_the_files_lift_it(db: None, tmp_path: Path) -> None:
    load_set(tmp_path, developments=[development(retracted_because="It was another company.")])

    silent = load_set(tmp_path, developments=[development()])
    still = Event.objects.get().retracted_because
    load_set(tmp_path, developments=[development(retracted_because="")])

    assert silent.changed == 0
    assert still == "It was another company."
    assert Event.objects.get().is_public


def test_a_company_that_was_sold_has_its_new_owner(db: None, tmp_path: Path) -> None:
    buyers = [company("apex"), company("fund")]
    load_set(tmp_path, companies=[company(parent="fund"), *buyers])
    before = {"owner": "fund", "since": None, "until": "2020"}
    since = {"owner": "apex", "since": "2020", "until": None}

    load_set(tmp_path, companies=[company(parent="apex", owners=[before, since]), *buyers])

    owners = Company.objects.get(slug="acme").ownerships
    assert set(owners.values_list("owner__slug", "until")) == {("fund", "2020"), ("apex", None)}


def test_a_company_that_was_bought_back_has_its_former_owner_again(db: None, tmp_path: Path) -> None:
    others = [company("apex"), company("fund")]
    apex, fund = ({"owner": owner, "since": "2020", "until": None} for owner in ("apex", "fund"))
    load_set(tmp_path, companies=[company(parent="fund", owners=[apex | {"until": "2021"}, fund]), *others])

    load_set(tmp_path, companies=[company(parent="apex", owners=[fund | {"until": "2021"}, apex]), *others])

    owners = Company.objects.get(slug="acme").ownerships
    assert owners.get(until=None).owner.slug == "apex"


def test_another_answer_is_preferred_than_before(db: None, tmp_path: Path) -> None:
    question = dispute()
    first, second = question["positions"]
    preferred = {"preferred": True, "reason": "The paper says so."}
    load_set(tmp_path, developments=[development(disputes=[question | {"positions": [first | preferred, second]}])])
    third = first | preferred | {"answer": "Perhaps"}

    load_set(tmp_path, developments=[development(disputes=[question | {"positions": [first, second, third]}])])

    answers = Event.objects.get().disputes.get().answers
    assert answers.get(preferred=True).answer == "Perhaps"


def test_two_sources_exchange_their_addresses(db: None, tmp_path: Path) -> None:
    one, other = source(id="one"), source(id="other")
    load_set(tmp_path, sources=[one, other])

    load_set(tmp_path, sources=[one | {"url": other["url"]}, other | {"url": one["url"]}])

    assert Source.objects.get(slug="one").url == "https://news.example/other"
    assert Source.objects.get(slug="other").url == "https://news.example/one"


def test_a_new_source_takes_over_the_address_of_another(db: None, tmp_path: Path) -> None:
    load_set(tmp_path, sources=[source(id="one", url="https://news.example/now")])

    load_set(tmp_path, sources=[source(id="one"), source(id="two", url="https://news.example/now")])

    assert Source.objects.get(slug="two").url == "https://news.example/now"


def test_a_wikidata_number_moves_to_the_company_that_it_is_of(db: None, tmp_path: Path) -> None:
    load_set(tmp_path, companies=[company(wikidata="Q1"), company("apex", wikidata="Q2")])

    load_set(tmp_path, companies=[company(wikidata="Q2"), company("apex", wikidata="Q1")])

    assert Company.objects.get(slug="apex").identifiers.get().value == "Q1"


def test_a_step_moves_into_a_development_and_what_it_was_by_itself_says_so(
    client: Client, db: None, tmp_path: Path
) -> None:
    load_set(tmp_path, pledges=[pledge()], developments=[development()])

    report = load_set(tmp_path, pledges=[pledge(events=[MADE | {"event": "fined"}])], developments=[development()])

    assert Effect.objects.get().event.slug == "fined"
    assert Event.objects.get(slug="acme-stops-made").retracted_because == "It is told as a part of “Acme is fined” now."
    assert "It is told as a part of “Acme is fined” now." in client.get("/events/acme-stops-made/").content.decode()
    assert report.left == {}
    assert load(tmp_path).changed == 0


def test_a_step_that_moves_out_of_a_development_is_a_happening_of_its_own_again(db: None, tmp_path: Path) -> None:
    by_itself = {"pledges": [pledge()], "developments": [development()]}
    within = {"pledges": [pledge(events=[MADE | {"event": "fined"}])], "developments": [development()]}
    load_set(tmp_path, **by_itself)
    load_set(tmp_path, **within)

    load_set(tmp_path, **by_itself)

    assert Effect.objects.get().event.slug == "acme-stops-made"
    assert Event.objects.public().filter(slug="acme-stops-made").exists()
    assert load(tmp_path).changed == 0


def test_steps_change_their_order(db: None, tmp_path: Path) -> None:
    one, other = step("clarified", "2021", id="one"), step("reaffirmed", "2021", id="other")
    load_set(tmp_path, pledges=[pledge(events=[MADE, one, other])])

    load_set(tmp_path, pledges=[pledge(events=[MADE, other, one])])

    assert list(Effect.objects.on_pledges().values_list("slug", flat=True)) == ["acme-stops-made", "other", "one"]


def test_words_that_copying_would_read_as_signs_come_through(db: None, tmp_path: Path) -> None:
    hostile = 'A\ttab, a\r\nline, a \\ stroke, a "quote", \\N, {braces}, \u2028, e\u0301, 👁'

    load_set(tmp_path, companies=[company(note=hostile)], sources=[source(authors=[hostile, "NULL", "a,b"])])

    assert Company.objects.get().note == hostile
    assert Source.objects.get().authors == [hostile, "NULL", "a,b"]


def test_one_quotation_in_two_places_is_one_passage(db: None, tmp_path: Path) -> None:
    quoting = [cited(quote="not to the police")]

    load_set(tmp_path, developments=[development(sources=quoting), development(id="again", sources=quoting)])

    assert Citation.objects.count() == 2
    assert Source.objects.get().passages.count() == 1


def test_an_exit_is_done_or_announced_as_its_kind_tells(db: None, tmp_path: Path) -> None:
    announced = exit_of("announced-divestment")

    load_set(
        tmp_path,
        companies=FUND,
        investments=[investment(exit=announced), investment(id="another", exit=exit_of("listing"))],
        rounds=[round_of_financing()],
    )

    exits = Effect.objects.filter(exit_kind__isnull=False)
    assert dict(exits.values_list("slug", "kind")) == {
        "fund-in-acme-exit": "exit-announced",
        "another-exit": "exit-completed",
    }


# --- all or nothing, one after the other --------------------------------------------------------------------------


def test_what_the_database_itself_refuses_is_told_and_nothing_is_written(
    as_owner: psycopg2.extensions.connection, tmp_path: Path
) -> None:
    with as_owner.cursor() as cursor:
        cursor.execute("ALTER TABLE pledges_pledge ADD CONSTRAINT no_pledge_is_wanted CHECK (title = '') NOT VALID")
    before = everything()

    with pytest.raises(Faulty, match=r"^\S+: record: refused, since no pledge is wanted: ") as refused:
        load_set(tmp_path, pledges=[pledge()])

    assert len(refused.value.faults) == 1
    assert str(refused.value).isprintable()
    assert everything() == before


def test_what_exceeds_a_limit_of_the_database_is_told_and_nothing_is_written(db: None, tmp_path: Path) -> None:
    summaries = [" ".join(f"w{number}x{word}" for word in range(9_000)) for number in range(15)]
    steps = [
        step("clarified", event="talked", id=f"step-{number}", summary=summary)
        for number, summary in enumerate(summaries)
    ]
    before = everything()

    with pytest.raises(Faulty, match="string is too long for tsvector"):
        load_set(
            tmp_path, pledges=[pledge(events=[MADE, *steps])], developments=[development(id="talked", date="2021-06")]
        )

    assert everything() == before


def waiting_for_the_other() -> bool:
    """Whether a load waits for another one to end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        (waits,) = cursor.fetchone()
    return bool(waits)


def test_a_load_that_starts_while_another_runs_waits_and_then_finds_nothing_to_do(
    transactional_db: None, tmp_path: Path
) -> None:
    write_set(tmp_path, pledges=[pledge()])
    reports: list[Report] = []

    def load_as_well() -> None:
        try:
            reports.append(load(tmp_path))
        finally:
            connection.close()

    other = threading.Thread(target=load_as_well)

    def start_the_other(words: str) -> None:
        if words == "Comparing with the record":
            other.start()
            until = time.monotonic() + PATIENCE
            while not waiting_for_the_other():
                assert time.monotonic() < until, "the second load did not wait"

    first = load(tmp_path, progress=start_the_other)
    other.join(PATIENCE)

    assert first.wrote
    assert [report.changed for report in reports] == [0]
    assert Publication.objects.count() == 1
