"""Works out again what is derived, says what differs, and puts it right."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dates.edtf import NotEdtf, parse
from pledges.services.rebuilding import Rebuilt, rebuild

MOST_NAMED = 20


def a_day(text: str) -> date:
    """:raises CommandError: if the text names no single day."""
    try:
        read = parse(text)
    except NotEdtf as fault:
        raise CommandError(f"--as-of: {fault}") from fault
    if not read.is_exact_day or read.earliest is None:
        raise CommandError(f"--as-of: “{text}” is not one day. Write it as 2020-06-12.")
    return read.earliest


class Command(BaseCommand):
    help = (
        "Work out the status of every pledge, and by what every event is found, again from the record. Says what "
        "differs from what is stored (nothing, if all is well), and puts it right."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as-of",
            metavar="DATE",
            help="look only at the status on one day, worked out for that day alone, as 2020-06-12",
        )

    def handle(self, *, as_of: str | None, **options: Any) -> None:
        rebuilt = rebuild(on=None if as_of is None else a_day(as_of))
        if options["verbosity"]:
            self._tell(rebuilt)

    def _tell(self, rebuilt: Rebuilt) -> None:
        for what, slugs in (("pledge", rebuilt.pledges), ("event", rebuilt.events)):
            for slug in slugs[:MOST_NAMED]:
                self.stdout.write(f"differed, and was put right: {what} {slug}")
            if len(slugs) > MOST_NAMED:
                self.stdout.write(f"and {len(slugs) - MOST_NAMED} more {what}s")
        if not rebuilt.pledges and not rebuilt.events:
            self.stdout.write("Nothing differs.")
        self.stdout.write(f"{rebuilt.looked_at} looked at.")
