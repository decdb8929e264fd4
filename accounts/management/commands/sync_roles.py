"""Gives each role exactly the rights that ``accounts/roles.py`` says."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.roles import MATRIX, sync_roles


class Command(BaseCommand):
    help = "Give the groups of the roles exactly their rights. Safe to run again; people and other groups stay."

    def handle(self, **options: Any) -> None:
        mended = sync_roles()
        if options["verbosity"]:
            said = ", ".join(mended) if mended else f"all {len(MATRIX)} were as they should be"
            self.stdout.write(f"Roles: {said}.")
