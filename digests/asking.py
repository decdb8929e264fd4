"""Asking for a digest, confirming it, leaving it. What an address did is told to nobody but its own mailbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from digests.models import UNREADABLE_FOR, Asked, Subscription
from digests.moments import this_moment
from digests.schedule import next_due
from digests.selections import query_of, selection_of
from sources.leases import database_now
from timeline.filters import Selection

MOST_MAILS_A_DAY: Final = 3  # to an address that has not confirmed what it is asked
MOST_OF_AN_ADDRESS: Final = 20
COUNTED_FOR: Final = timedelta(days=1)
AN_HOUR: Final = timedelta(hours=1)


class TooManyAsked(Exception):
    """So many have asked for digests within the last hour that no more mails are sent to addresses not confirmed."""


def ask(*, address: str, selection: Selection, rhythm: str, language: str, at: datetime | None = None) -> None:
    """Have an address asked, by mail, whether it wants a digest. Does the same to whoever asks, whatever is known.

    Too many mails to one address are left out without a word, since a word would say that it is known.

    :raises TooManyAsked: if too many have asked for anything.
    :raises CannotRead: if the selection is too long to be kept.
    """
    query = query_of(selection)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # One after the other, so that the counts hold.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('digests_asked'))")
        now = at or database_now()
        counted = Asked.objects.filter(at__gt=now - AN_HOUR).count()
        if counted >= settings.DIGESTS_ASKED_AN_HOUR:
            raise TooManyAsked
        digest = address_digest(address)
        mails = Asked.objects.filter(address_digest=digest, at__gt=now - COUNTED_FOR).count()
        known = Subscription.objects.of_address(address)
        if mails >= MOST_MAILS_A_DAY or known.count() >= MOST_OF_AN_ADDRESS:
            return
        Asked.objects.create(address_digest=digest, at=now)
        values = {"rhythm": rhythm, "language": language, "asked_at": now, "due_at": now, "tries": 0, "refusals": 0}
        if not known.filter(confirmed_at=None, selection=query).update(**values, held_until=None):
            Subscription.objects.create(address=address, selection=query, **values)


def address_digest(address: str) -> str:
    """What an address is counted by. What stands behind a “+” leads to the same mailbox with many."""
    local, _at, domain = address.lower().rpartition("@")
    mailbox = f"{local.split('+')[0]}@{domain}"
    return salted_hmac("digests.asked", mailbox, algorithm="sha256").hexdigest()


def found(key: UUID, *, at: datetime | None = None) -> Subscription | None:
    """A subscription that is confirmed, or can be still."""
    now = at or database_now()
    subscription = Subscription.objects.filter(key=key).first()
    gone = subscription is not None and subscription.confirmed_at is None and subscription.confirm_by <= now
    return None if gone else subscription


def confirm(key: UUID, *, at: datetime | None = None) -> Subscription | None:
    """Begin a digest; None if there is nothing to confirm any more. Safe to repeat.

    It takes the place of an earlier one of the same selection, and goes on where that one ended.

    :raises CannotRead: if the selection can no longer be read.
    """
    now = at or database_now()
    with transaction.atomic():
        subscription = Subscription.objects.select_for_update().filter(key=key).first()
        if subscription is None or subscription.confirmed_at is not None:
            return subscription
        if subscription.confirm_by <= now:
            return None
        selection_of(subscription.selection)
        earlier = (
            Subscription.objects.of_address(subscription.address)
            .confirmed()
            .select_for_update()
            .filter(selection=subscription.selection)
            .first()
        )
        told = (earlier.told if earlier else None) or this_moment()
        if earlier:
            earlier.delete()
        subscription.confirmed_at = now
        subscription.told_at, subscription.told_snapshot = told.at, told.snapshot
        subscription.due_at = next_due(subscription.rhythm, now)
        subscription.held_until, subscription.tries, subscription.refusals = None, 0, 0
        subscription.save()
        return subscription


def leave(key: UUID, *, everything: bool = False) -> bool:
    """End a digest and forget the address; whether there was one.

    :param everything: all digests of the same address.
    """
    with transaction.atomic():
        subscription = Subscription.objects.select_for_update().filter(key=key).first()
        if subscription is None:
            return False
        leaving = Subscription.objects.filter(pk=subscription.pk)
        if everything:
            leaving = Subscription.objects.of_address(subscription.address)
        leaving.delete()
        return True


def forget(*, at: datetime | None = None) -> int:
    """Delete addresses that nobody has confirmed in time or whose selection has long been unreadable, and counts."""
    now = at or database_now()
    Asked.objects.filter(at__lte=now - COUNTED_FOR).delete()
    unreadable = Subscription.objects.filter(unreadable_since__lte=now - UNREADABLE_FOR)
    forgotten, _of_each = (Subscription.objects.run_out(at=now) | unreadable).delete()
    return forgotten
