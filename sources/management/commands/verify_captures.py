"""Shows that no capture was exchanged, changed, taken out or moved."""

from __future__ import annotations

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sources.archiving import verify_captures
from sources.models import Snapshot


class Command(BaseCommand):
    help = (
        "Recompute the chain of all captures from the first on and compare every file with its digest. Prints what is "
        "wrong, a line each, and ends with 1; else the digest of the newest link, which is worth noting elsewhere."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--newest", metavar="DIGEST", help="the digest that was printed and noted earlier")

    def handle(self, *, newest: str | None, **options: Any) -> None:
        noted = None if newest is None else newest.strip().lower()
        if noted is not None and not re.fullmatch(r"[0-9a-f]{64}", noted):
            raise CommandError("--newest takes the 64 hexadecimal digits that this command printed before.")
        faults = 0
        for fault in verify_captures():
            faults += 1
            self.stdout.write(f"{fault.kind}: {fault.sentence}")
        rows = Snapshot.objects.exclude(link_number=None)
        if noted and not rows.filter(link_digest=noted).exists():
            faults += 1
            self.stdout.write("link removed: The link that was noted as the newest is no longer in the chain.")
        last = rows.order_by("-link_number").first()
        if faults:
            raise CommandError(f"{faults} {'thing is' if faults == 1 else 'things are'} wrong with the captures.")
        if last is None:
            self.stdout.write("There are no captures yet.")
            return
        self.stdout.write(f"{last.link_number} captures are whole. Newest link: {last.link_digest}")
