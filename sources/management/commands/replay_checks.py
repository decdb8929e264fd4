"""What other rules would make of the checks that are on record."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sources.replaying import BadRule, changed_rules, outlooks
from sources.states import rules as rules_of_now


class Command(BaseCommand):
    help = (
        "Show which sources would stand otherwise under changed rules, by folding their stored checks again under the "
        "rules of now and under the changed ones. Writes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rules",
            nargs="+",
            required=True,
            metavar="NAME=VALUE",
            help="such as dead_after_strikes=4 strike_gap_hours=48; the names are those of the LINK_CHECK_ settings",
        )

    def handle(self, *, rules: list[str], **options: Any) -> None:
        try:
            current = rules_of_now()
            changed = changed_rules(current, rules)
        except (BadRule, ValueError) as fault:
            raise CommandError(str(fault)) from fault
        counts: Counter[tuple[str, str]] = Counter()
        differing = 0
        for one in outlooks(current=current, changed=changed, counts=counts):
            if not differing:
                self.stdout.write(f"{'source':<50} {'checks':>6}  now -> then")
            differing += 1
            self.stdout.write(f"{one.slug:<50} {one.checks:>6}  {one.now} -> {one.then}")
        self.stdout.write(f"{differing} of {counts.total()} sources with stored checks would stand otherwise.")
