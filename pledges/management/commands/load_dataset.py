"""Loads a data set in the format of data/README.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pledges.dataset.faults import Faulty
from pledges.dataset.loading import Report, load
from pledges.dataset.reading import NoDataset
from sources.watching import watch_sources


class Command(BaseCommand):
    help = (
        "Load a data set (the format is described in data/README.md). All of it is checked first, every fault is "
        "reported, and then all of it is written, or nothing. What is on record already and equal is not touched."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="the folder with companies.jsonl and the others")
        parser.add_argument("--dry-run", action="store_true", help="check and compare, but write nothing")

    def handle(self, *, folder: Path, dry_run: bool, **options: Any) -> None:
        say = self.stderr.write if options["verbosity"] > 1 or self.stderr.isatty() else (lambda words: None)
        try:
            report = load(folder, dry_run=dry_run, progress=say)
        except NoDataset as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Cannot read {folder}: {error.strerror}. Name a folder that you can read.") from error
        except Faulty as error:
            for fault in error.faults:
                self.stderr.write(str(fault))
            number = len(error.faults)
            raise CommandError(f"{number} {'fault' if number == 1 else 'faults'}; nothing was written.") from error
        if report.wrote:
            watch_sources()
        if options["verbosity"]:
            self._tell(report, dry_run=dry_run)

    def _tell(self, report: Report, *, dry_run: bool) -> None:
        if report.first_format:
            self.stdout.write("First format: forms and ids were filled in.")
        if report.taken_as_clarified:
            self.stdout.write(
                f"{report.taken_as_clarified} “expired” taken as clarified: that a term ran out follows from its dates."
            )
        for name, entries in report.left.items():
            shown = ", ".join(entries[:5]) + (f" and {len(entries) - 5} more" if len(entries) > 5 else "")
            self.stdout.write(f"On record but not in these files, left as they are: {len(entries)} {name} ({shown})")
        for change in report.changes:
            if change.total:
                self.stdout.write(
                    f"{change.table}: {change.added} added, {change.changed} changed, {change.removed} taken out"
                )
        if not report.changed:
            self.stdout.write("No change: the record has all of it already.")
        elif dry_run:
            self.stdout.write("Dry run: nothing was written.")
        for file, number in report.counts.items():
            self.stdout.write(f"{file}: {number} rows")
