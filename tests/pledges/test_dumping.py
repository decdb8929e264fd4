"""What was loaded is dumped as it was, to the last optional field."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from pledges.dataset import form
from pledges.dataset.dumping import dump
from pledges.dataset.loading import load
from tests import factories
from tests.pledges.files import DATA, FILES, rows_of
from tests.pledges.full_set import full_set
from tests.small_set import write_set


@pytest.fixture(scope="module")
def twice_around(
    django_db_setup: object, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Path, Path, Path]]:
    """Of the starter data and of the full set: the files, their dump, and the dump of that from a second record."""
    folders: dict[str, tuple[Path, Path, Path]] = {}
    full = tmp_path_factory.mktemp("full")
    write_set(full, **full_set())
    with django_db_blocker.unblock():
        for name, given in (("starter", DATA), ("full", full)):
            first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
            for source, target in ((given, first), (first, second)):
                with transaction.atomic():
                    load(source)
                    dump(target)
                    transaction.set_rollback(True)
            folders[name] = (given, first, second)

    return folders


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("name", ["starter", "full"])
def test_the_dump_holds_what_was_loaded_row_for_row(
    twice_around: dict[str, tuple[Path, Path, Path]], name: str, file: str
) -> None:
    given, first, _ = twice_around[name]

    assert rows_of(first, file) == rows_of(given, file)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("name", ["starter", "full"])
def test_the_dump_of_a_dump_is_the_same_to_the_byte(
    twice_around: dict[str, tuple[Path, Path, Path]], name: str, file: str
) -> None:
    _, first, second = twice_around[name]

    assert (second / file).read_bytes() == (first / file).read_bytes()


def fields(kind: Any, path: str = "") -> set[str]:
    """The paths of all fields that the format has, such as ``pledges.terms.clauses.key``."""
    match kind:
        case form.Maybe() | form.ListOf():
            return fields(kind.kind, path)
        case form.Shape():
            return {path} | {one for name, inner in kind.fields.items() for one in fields(inner, f"{path}.{name}")}
        case _:
            return {path}


def said(value: Any, path: str = "") -> set[str]:
    """The paths of the fields of an entry that say something."""
    match value:
        case dict():
            return {path} | {one for name, inner in value.items() for one in said(inner, f"{path}.{name}")}
        case list():
            return {one for inner in value for one in said(inner, path)}
        case None | "" | False:
            return set()
        case _:
            return {path}


@pytest.mark.parametrize("file", FILES)
def test_the_full_set_has_a_case_of_every_field(file: str) -> None:
    rows = full_set()[file.removesuffix(".jsonl")]

    assert said(rows) >= fields(form.SHAPES[file])


def load_elsewhere(folder: Path, target: Path) -> None:
    """The dump of an empty record into which a folder was loaded. What is loaded is taken back."""
    with transaction.atomic():
        load(folder)
        dump(target)
        transaction.set_rollback(True)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_was_entered_here_is_the_same_after_a_dump_and_a_load_elsewhere(db: None, tmp_path: Path) -> None:
    with transaction.atomic():
        acme = factories.a_company("acme")
        shared = factories.an_event("shared", companies=[acme], date="2020-06")
        pledge = factories.a_pledge("acme-stops", company=acme)
        other = factories.a_pledge("acme-stops-more", company=acme, event=shared)
        narrowed = factories.an_effect(pledge, "narrowed", "2021-06-10")
        factories.terms(pledge, narrowed, wording="Sales to towns go on.", wording_basis="described")
        # One happening that is nothing but two steps.
        factories.an_effect(other, "narrowed", "2021-06-10", event=narrowed.event)
        factories.a_dispute(shared, preferred=1)
        factories.an_investment("fund-in-acme", investee=acme)
        factories.a_round("acme-series-a", investee=acme)
        dump(tmp_path / "here")
        transaction.set_rollback(True)

    load_elsewhere(tmp_path / "here", tmp_path / "elsewhere")

    assert len(rows_of(tmp_path / "here", "pledges.jsonl")) == 2
    assert files_of(tmp_path / "elsewhere") == files_of(tmp_path / "here")


def test_drafts_are_not_dumped_and_nothing_that_is_dumped_names_them(db: None, tmp_path: Path) -> None:
    draft = factories.a_company("draft-company", draft=True)
    factories.a_source("draft-source", draft=True)
    factories.an_event("draft-event", draft=True, companies=[draft])
    factories.a_pledge("draft-pledge", company=draft, draft=True)
    factories.an_investment("draft-investment", investor=draft, draft=True)
    factories.a_round("draft-round", draft=True)
    factories.an_event("public-event", companies=[draft])

    dump(tmp_path)

    assert [row["id"] for row in rows_of(tmp_path, "developments.jsonl")] == ["public-event"]
    assert not any(b"draft-" in content for content in files_of(tmp_path).values())


def test_a_dump_replaces_what_was_dumped_before_and_leaves_other_files(db: None, tmp_path: Path) -> None:
    for name in ("companies.jsonl", "README.md"):
        (tmp_path / name).write_text("old")
    said = io.StringIO()

    call_command("dump_dataset", tmp_path / ".", stdout=said)

    assert {path.name for path in tmp_path.iterdir()} == {*FILES, "README.md"}
    assert (tmp_path / "README.md").read_text() == "old"
    assert (tmp_path / "companies.jsonl").read_text() == ""
    assert said.getvalue().splitlines()[0] == "companies.jsonl: 0 rows"


def test_a_folder_that_cannot_be_written_to_is_refused_in_one_line(db: None, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(
        CommandError, match=r"^Cannot write to \S+: File exists\. Name a folder that you can write to\.$"
    ):
        call_command("dump_dataset", tmp_path / "taken")


def test_a_dump_asks_as_much_of_the_database_however_many_rows_there_are(db: None, tmp_path: Path) -> None:
    def enter() -> None:
        investment = factories.an_investment()
        factories.a_dispute(factories.a_pledge(company=investment.investor, event=factories.an_event()))
        factories.a_round(investee=investment.investee)

    enter()
    with CaptureQueriesContext(connection) as few:
        dump(tmp_path)
    for _ in range(5):
        enter()

    with CaptureQueriesContext(connection) as many:
        dump(tmp_path)

    assert len(rows_of(tmp_path, "pledges.jsonl")) == 6
    assert len(many) == len(few)


@pytest.mark.parametrize("file", FILES)
def test_the_description_of_the_format_names_every_field(file: str) -> None:
    description = (DATA / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`[^`\n]+`", description))))
    known = {name for path in fields(form.SHAPES[file]) for name in path.split(".") if name}

    assert known - named == set()
