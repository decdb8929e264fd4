"""The people who sign in."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q


class User(AbstractUser):
    """Somebody who writes or accepts entries. Public pages name nobody who has not chosen a name for it."""

    credited_as = models.CharField(
        "name shown to the public",
        max_length=150,
        blank=True,
        help_text="Shown beside changes that you proposed or accepted. Left empty, you appear as “an editor”.",
    )

    roles_given_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="Who last gave this person a role. Empty for accounts made on the command line.",
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(name="nobody_gives_roles_to_themselves", condition=~Q(roles_given_by=F("id")))
        ]

    def has_roles_from(self, other: User) -> bool:
        """Whether somebody has given this person their roles, or has given theirs to whoever did."""
        seen: set[int] = set()
        person = self
        while person.roles_given_by is not None and person.pk not in seen:
            if person.roles_given_by_id == other.pk:
                return True
            seen.add(person.pk)
            person = person.roles_given_by
        return False

    def is_independent_of(self, other: User) -> bool:
        """Whether one may accept what the other wrote: two people, and neither has made the other an editor."""
        return self.pk != other.pk and not self.has_roles_from(other) and not other.has_roles_from(self)

    def public_name(self) -> str:
        return self.credited_as or "an editor"
