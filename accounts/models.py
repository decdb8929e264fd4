"""The people who sign in."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Somebody who writes or accepts entries. Public pages name nobody who has not chosen a name for it."""

    credited_as = models.CharField(
        "name shown to the public",
        max_length=150,
        blank=True,
        help_text="Shown beside changes that you proposed or accepted. Left empty, you appear as “an editor”.",
    )

    def public_name(self) -> str:
        return self.credited_as or "an editor"
