"""Looking at everything that is derived, and putting right what is wrong."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from history.services import sign_dataset, stating
from pledges.models import Event, Pledge

from .derived import refresh_events, refresh_pledges, wrong_on


@dataclass(frozen=True)
class Rebuilt:
    """What was different, by slug, and how much was looked at."""

    pledges: list[str]
    events: list[str]
    looked_at: str


def rebuild(*, on: date | None = None) -> Rebuilt:
    """Work out again what is derived from the whole record, and store what was different.

    :param on: look only at the status on this day, worked out for that day alone; a pledge whose status on it is
        wrong is put right for all days.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        pledges = list(Pledge.objects.order_by("pk").values_list("pk", flat=True))
        events = [] if on else list(Event.objects.order_by("pk").values_list("pk", flat=True))
        wrong_pledges = _put_right(pledges if on is None else sorted(wrong_on(on, pledges)))
        wrong_events = refresh_events(events)
        return Rebuilt(
            pledges=list(Pledge.objects.filter(pk__in=wrong_pledges).order_by("slug").values_list("slug", flat=True)),
            events=list(Event.objects.filter(pk__in=wrong_events).order_by("slug").values_list("slug", flat=True)),
            looked_at=f"{len(pledges)} pledges on {on}" if on else f"{len(pledges)} pledges and {len(events)} events",
        )


def _put_right(pledges: list[int]) -> set[int]:
    """The days of terms stand in a table under the history, which asks who stands behind a change: nobody but the
    site, which signs for it. Where nothing was wrong, no signature is left."""
    why = "What is derived was worked out again"
    savepoint = transaction.savepoint()
    signature = sign_dataset(name="derived", digest=hashlib.sha256(b"").hexdigest(), why=why)
    with stating(who=None, why=why, publication=signature):
        wrong = refresh_pledges(pledges)
    if wrong:
        transaction.savepoint_commit(savepoint)
    else:
        transaction.savepoint_rollback(savepoint)
    return wrong
