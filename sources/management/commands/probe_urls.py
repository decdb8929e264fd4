"""Checks addresses from a file: one address a line in, one verdict a line out. Needs no database."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sources.limits import limits
from sources.probing import probe

LONGEST_LINE = 100_000  # bytes


class Command(BaseCommand):
    help = (
        "Check addresses, one a line, and print one JSON object a line: url, outcome, state_hint, status, hops, "
        "final_url, elapsed_ms, bytes, reason. Lines that are no web address get a verdict too."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="one address a line; - reads the standard input")
        parser.add_argument("--format", choices=["jsonl"], default="jsonl")
        parser.add_argument("--ordered", action="store_true", help="print in the order of the input")
        parser.add_argument("--gap", type=float, metavar="SECONDS", help="between two requests to one domain")

    def handle(self, *, file: str, ordered: bool, gap: float | None, **options: Any) -> None:
        try:
            settled = limits()
        except ValueError as fault:
            raise CommandError(str(fault)) from fault
        if gap is not None:
            if not 0 <= gap <= 3600:
                raise CommandError("--gap takes a number of seconds from 0 to 3600.")
            settled = replace(settled, gap_seconds=gap)
        if sys.stdout is None:
            raise CommandError("There is no output to write to: it was closed before the command began.")
        try:
            # Not sys.stdin, which could not be closed at the end while it is being read.
            with open(0, "rb", closefd=False) if file == "-" else open(file, "rb") as lines:
                self._probe(lines, settled, ordered)
        except OSError as fault:
            named = "The standard input" if file == "-" else f"“{file}”"
            raise CommandError(
                f"{named} cannot be read ({fault.strerror or fault}). Name a file of addresses, one a line."
            ) from fault

    def _probe(self, lines: BinaryIO, settled: Any, ordered: bool) -> None:
        # What is there now stays to the end; and checks leave few cycles behind, so looking for them may be rare.
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        try:
            for found in probe(_addresses(lines), limits=settled, ordered=ordered):
                self._print(json.dumps(found._asdict(), ensure_ascii=True))
        except KeyboardInterrupt:
            raise CommandError("Stopped. What was printed is whole; run it again for the rest.") from None
        except BrokenPipeError:
            # Whoever reads has seen enough.
            sys.stderr.close()

    def _print(self, line: str) -> None:
        try:
            self.stdout.write(line)
        except BrokenPipeError:
            raise
        except OSError as fault:
            raise CommandError(f"The output could not be written: {fault.strerror}.") from fault


def _addresses(lines: BinaryIO) -> Iterator[str]:
    """The lines of a file that hold something, as text; bytes that are no UTF-8 stay visible.

    Of a line that is longer than any address its beginning is given, which is refused for its length.
    """
    while line := lines.readline(LONGEST_LINE):
        rest = line
        while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
            rest = lines.readline(LONGEST_LINE)
        text = line.decode("utf-8", "backslashreplace").strip(" \t\r\n\ufeff")
        if text:
            yield text
