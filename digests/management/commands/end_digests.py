"""``manage.py end_digests``: end all digests of an address, when its owner asks for it or mail to it comes back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from digests.models import Subscription


class Command(BaseCommand):
    help = "End all digests of an e-mail address and delete it: when its owner asks for it, or mail to it comes back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="as its owner writes it; capital letters do not count")

    def handle(self, *args: Any, **options: Any) -> None:
        ended, _of_each = Subscription.objects.of_address(options["address"].strip()).delete()
        if not ended:
            raise CommandError("No digest goes to this address, and none waits to be confirmed.")
        self.stdout.write(f"Ended: {ended}. The address is deleted.")
