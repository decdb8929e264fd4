"""One sweep over the sources in this process."""

from __future__ import annotations

import sys
import time
from collections import Counter
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sources import leases, watching
from sources.limits import limits
from sources.models import LinkState, Source
from sources.reading import printable
from sources.states import rules
from sources.sweeping import check_leases

NOT_AGAIN_WITHIN = timedelta(hours=1)
HOSTS_AT_ONCE = 100


class Command(BaseCommand):
    help = (
        "Check the addresses of sources, gently, and record what they answer. Can be stopped and run again: what was "
        "checked within the last hour is not checked again. Works beside running workers; no host is asked by two."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--due", action="store_true", help="only sources that are due by now")
        parser.add_argument("--source", nargs="+", metavar="SLUG", help="only these sources")

    def handle(self, *, due: bool, source: list[str] | None, **options: Any) -> None:
        if due and source:
            raise CommandError("Give either --due or --source, not both.")
        try:
            settled, settled_rules = limits(), rules()
        except ValueError as fault:
            raise CommandError(str(fault)) from fault
        watching.watch_sources()
        if source:
            self._know(source)
        leases.reap()
        now = leases.database_now()
        if due:
            wanted = list(LinkState.objects.due(at=now).order_by("pk").values_list("pk", flat=True))
        else:
            since = now if source else now - NOT_AGAIN_WITHIN
            wanted = watching.make_due(slugs=source, not_checked_since=since, at=now)
        if not wanted:
            self.stdout.write("Nothing is to be checked now.")
            return
        progress = Progress(len(wanted), self.stderr if sys.stderr.isatty() else None)
        left = set(wanted)
        try:
            while left:
                claimed = leases.claim(most=HOSTS_AT_ONCE, source_ids=sorted(left))
                if not claimed:
                    if not self._wait(left):
                        break
                    continue
                for batch in check_leases(claimed, limits=settled, rules=settled_rules, source_ids=sorted(left)):
                    left.difference_update(result.job.key for result in batch)
                    progress.add([result.verdict.outcome.label for result in batch])
        except KeyboardInterrupt:
            progress.end()
            raise CommandError(f"Stopped with {len(left)} left. Run it again to go on; nothing is lost.") from None
        progress.end()
        self.stdout.write(progress.summary())
        if left:
            self.stdout.write(f"{len(left)} are with another worker or wait until their host may be asked again.")

    def _know(self, slugs: list[str]) -> None:
        known = dict(
            Source.objects.filter(slug__in=[slug for slug in slugs if slug.isascii()]).values_list("slug", "url")
        )
        unknown = [slug for slug in slugs if slug not in known]
        if unknown:
            raise CommandError(f"No source has the slug “{printable(unknown[0])}”.")
        without = [slug for slug in slugs if known[slug] is None]
        if without:
            raise CommandError(f"The source “{without[0]}” has no address to check.")

    def _wait(self, left: set[int]) -> bool:
        """Wait for a host that only needs its gap; False if what is left is not to be had soon."""
        soon = leases.database_now() + timedelta(seconds=60)
        states = LinkState.objects.filter(pk__in=left, due_at__lte=soon, lease=None)
        if not states.filter(host__leased_until=None, host__due_at__lte=soon).exists():
            return False
        time.sleep(0.5)
        return True


class Progress:
    """Counts outcomes, and on a terminal shows them as they come."""

    def __init__(self, total: int, terminal: Any) -> None:
        self.total = total
        self.outcomes: Counter[str] = Counter()
        self._terminal = terminal

    def add(self, outcomes: list[str]) -> None:
        self.outcomes.update(outcomes)
        if self._terminal:
            self._terminal.write(f"\r{self.outcomes.total()} of {self.total}  {self._counts()}\x1b[K", ending="")
            self._terminal.flush()

    def end(self) -> None:
        if self._terminal:
            self._terminal.write("")

    def summary(self) -> str:
        return f"Checked {self.outcomes.total()} of {self.total} sources: {self._counts() or 'none'}."

    def _counts(self) -> str:
        return ", ".join(f"{count} {outcome}" for outcome, count in self.outcomes.most_common())
