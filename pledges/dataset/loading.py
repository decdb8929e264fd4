"""Loading a data set: all of it or nothing, and only what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import DatabaseError, connection, transaction

from history.services import sign_dataset

from ..services.recording import recording
from . import against_record
from .checking import Checker
from .faults import FILES, Fault, Faulty
from .merging import Change, Stage
from .reading import Dataset
from .rows import Rows

# Any number will do, so long as nothing else in this database takes it.
ONLY_ONE_LOAD = 7_305_561_021
# Classes of SQLSTATE: data exception, integrity constraint violation, program limit exceeded.
REFUSALS = ("22", "23", "54")


@dataclass
class Report:
    """What a load did, or would have done."""

    counts: dict[str, int]
    changes: list[Change]
    left: dict[str, list[str]]
    first_format: bool = False
    taken_as_clarified: int = 0
    wrote: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def changed(self) -> int:
        return sum(change.total for change in self.changes)


class _NothingToKeep(Exception):
    """Takes back everything that was written for comparison."""


def load(folder: Path, *, dry_run: bool = False, progress: Callable[[str], None] = lambda words: None) -> Report:
    """Check a data set and write what differs from the record, in one transaction.

    Entries that the files no longer have stay as they are, and are named in the report.

    :param dry_run: do everything except keep it.
    :param progress: told what is being done.
    :raises NoDataset: if the folder holds none.
    :raises Faulty: with every fault; nothing was written then.
    """
    dataset = Dataset(folder)
    report = Report(counts=dataset.counts, changes=[], left={}, first_format=dataset.first_format)
    try:
        with _refusals_told(), transaction.atomic():
            with connection.cursor() as cursor:
                # A large set takes longer than a page may; nobody is waiting for this one.
                cursor.execute("SET LOCAL statement_timeout = 0")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONLY_ONE_LOAD])
            stage = _checked(dataset, report, progress)
            progress("Comparing with the record")
            _write(stage, dataset, report, progress)
            stage.drop()
            if dry_run or not report.changed:
                raise _NothingToKeep
            report.wrote = True
    except _NothingToKeep:
        report.wrote = False
    return report


def _checked(dataset: Dataset, report: Report, progress: Callable[[str], None]) -> Stage:
    stage = Stage()
    rows = Rows(stage)
    checker = Checker(dataset)
    file = ""
    for file_now, line, entry in checker.entries():
        if file_now != file:
            file = file_now
            progress(f"Reading {file}")
        rows.of_file[file](entry, line)
    if checker.faults:
        raise Faulty(checker.faults)
    report.taken_as_clarified = checker.taken_as_clarified
    stage.find()
    faults = against_record.faults()
    if faults:
        raise Faulty(faults)
    return stage


def _write(stage: Stage, dataset: Dataset, report: Report, progress: Callable[[str], None]) -> None:
    name = dataset.folder.resolve().name
    why = f"Load of the data set “{name}”"
    against_record.lift_retractions_of_what_is_told_again()
    moved = against_record.keep_places_of_what_is_left()
    publication = sign_dataset(name=name, digest=dataset.digest, why=why)
    with recording(who=None, why=why, publication=publication):
        against_record.make_room(moved)
        report.changes = stage.write(publication=publication.pk)
        if moved:
            report.changes.append(Change("places of effects that the files do not have", changed=len(moved)))
        if retracted := against_record.retract_what_is_told_elsewhere():
            report.changes.append(Change("events that are told as a part of others now", changed=retracted))
        report.left = against_record.left_on_record()
        with connection.cursor() as cursor:
            if report.changed:
                # The checks and all that follows ask for single rows: by index, not as if tables were empty still.
                cursor.execute("SELECT pledges_take_statistics()")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        progress("Working out what is derived")


@contextmanager
def _refusals_told() -> Iterator[None]:
    """What the database itself refuses is a fault of the data set, which the checks should have found.

    :raises Faulty: where a value does not fit, a rule of the record is broken, or a limit is exceeded.
    """
    try:
        yield
    except DatabaseError as error:
        code = getattr(error.__cause__, "pgcode", None) or ""
        if code[:2] not in REFUSALS:
            raise
        raise Faulty([_refused(error)]) from error


def _refused(error: DatabaseError) -> Fault:
    diagnosis = getattr(error.__cause__, "diag", None)
    rule = (getattr(diagnosis, "constraint_name", None) or "a rule of the record").replace("_", " ")
    said = (getattr(diagnosis, "message_primary", None) or str(error)).strip()
    detail = getattr(diagnosis, "message_detail", None) or ""
    return Fault(0, 0, "record", f"refused, since {rule}: {said} {detail}".strip())


__all__ = ["FILES", "Report", "load"]
