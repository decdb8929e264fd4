"""Writes the public record in the format of data/README.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pledges.dataset.dumping import dump


class Command(BaseCommand):
    help = "Write the public record into a folder, in the format that load_dataset reads (data/README.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="made if it is not there")

    def handle(self, *, folder: Path, **options: Any) -> None:
        try:
            counts = dump(folder)
        except OSError as error:
            raise CommandError(
                f"Cannot write to {folder}: {error.strerror}. Name a folder that you can write to."
            ) from error
        if options["verbosity"]:
            for file, number in counts.items():
                self.stdout.write(f"{file}: {number} rows")
