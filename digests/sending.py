"""Writing and sending what is due, one mail at a time: what was sent is noted before the next one is begun.

A row is taken by a note in the database that ends by itself. A worker that is lost between sending and noting
costs its reader one mail twice; the longer it goes on so, the longer the row waits.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from traceback import format_tb
from typing import Any, Final

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, transaction
from django.utils import translation

from digests import mails
from digests.models import Subscription
from digests.moments import Moment, this_moment
from digests.news import news
from digests.schedule import next_due
from digests.selections import selection_of
from pledges.services.reading import one_moment
from sources.leases import database_now
from timeline.asking import CannotRead

logger = logging.getLogger(__name__)

RUN_SECONDS: Final = 25.0
FIRST_WAIT: Final = timedelta(minutes=5)
LONGEST_WAIT: Final = timedelta(hours=6)
REFUSED_AGAIN_AFTER: Final = timedelta(days=1)
MOST_REFUSALS: Final = 3


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries: five minutes, ten, twenty, and so on up to six hours."""
    return min(FIRST_WAIT * (1 << min(max(tries - 1, 0), 10)), LONGEST_WAIT)


def send_due(*, at: datetime | None = None, seconds: float = RUN_SECONDS) -> int:
    """Send what is due until nothing is, the time is over, or the mail server does not take any more.

    :returns: how many mails were sent.
    """
    if not settings.DIGESTS:
        return 0
    sent, until = 0, time.monotonic() + seconds
    server = mail.get_connection()
    try:
        while time.monotonic() < until and (subscription := _take(at or database_now())):
            try:
                what = _send(subscription, server, at or database_now())
            except DatabaseError:
                raise
            except Exception as fault:
                # Whatever is wrong with this one keeps no other waiting; it is taken up again when its hold ends.
                # Not what the fault says: it may repeat the address.
                where = "".join(format_tb(fault.__traceback__))
                logger.error("Digest %s could not be written: %s\n%s", subscription.pk, type(fault).__name__, where)
                continue
            sent += what is Outcome.SENT
            if what is Outcome.NO_SERVER:
                break
    finally:
        server.close()
    return sent


class Outcome(Enum):
    """What became of one row. NO_SERVER: others need not be tried now."""

    SENT = "sent"
    NOTHING_TO_SAY = "nothing to say"
    REFUSED = "refused"
    NOT_NOW = "not now"
    NO_SERVER = "no server"


def _take(now: datetime) -> Subscription | None:
    """Take the row that has waited longest, unless others hold it."""
    with transaction.atomic():
        rows = Subscription.objects.due(at=now).select_for_update(skip_locked=True)
        subscription = rows.order_by("due_at", "pk").first()
        if subscription is not None:
            subscription.tries += 1
            subscription.held_until = now + wait_after(subscription.tries)
            subscription.save(update_fields=["tries", "held_until"])
        return subscription


def _note(subscription: Subscription, **values: Any) -> None:
    """Write what became of a row, and let it go; unless it was left meanwhile, or another worker has it by now."""
    held = Subscription.objects.filter(pk=subscription.pk, held_until=subscription.held_until)
    held.update(**values, held_until=None)


def _send(subscription: Subscription, server: BaseEmailBackend, now: datetime) -> Outcome:
    with translation.override(subscription.language):
        written = _write(subscription, now)
    if written.mail is None:
        _note(subscription, **written.noted, tries=0)
        return Outcome.NOTHING_TO_SAY
    try:
        server.open()
        server.send_messages([written.mail])
    except (SMTPException, OSError) as fault:
        return _not_sent(subscription, fault, now)
    _note(subscription, **written.noted, tries=0, refusals=0)
    return Outcome.SENT


@dataclass(frozen=True)
class Written:
    """A mail, or none, and what is noted when it is sent."""

    mail: EmailMessage | None
    noted: dict[str, Any]


def _write(subscription: Subscription, now: datetime) -> Written:
    """What there is to say to one reader."""
    following = next_due(subscription.rhythm, now)
    try:
        if subscription.told is None:
            # Due again when somebody asks again.
            return Written(mails.confirmation(subscription, selection_of(subscription.selection)), {"due_at": None})
        with one_moment():
            return _digest(subscription, subscription.told, following)
    except CannotRead as fault:
        if subscription.told is None:
            return Written(None, {"due_at": None})
        if subscription.unreadable_since:
            return Written(None, {"due_at": following})
        return Written(mails.unreadable(subscription, fault), {"due_at": following, "unreadable_since": now})


def _digest(subscription: Subscription, since: Moment, following: datetime) -> Written:
    until = this_moment()
    selection = replace(selection_of(subscription.selection), now=until.at)
    told = news(selection, since=since)
    noted = {
        "told_at": until.at,
        "told_snapshot": until.snapshot,
        "due_at": following,
        "unreadable_since": None,
    }
    return Written(mails.digest(subscription, selection, told) if told else None, noted)


def _not_sent(subscription: Subscription, fault: SMTPException | OSError, now: datetime) -> Outcome:
    """Try again later; give an address up that the mail server does not know, time after time."""
    code, said = next(iter(fault.recipients.values())) if isinstance(fault, SMTPRecipientsRefused) else (0, b"")
    # 5.7 (RFC 3463) is about who may send what: as likely our fault, and no word on the address.
    if 500 <= code < 600 and b"5.7." not in said:
        return _refused(subscription, now, code)
    later = now + wait_after(subscription.tries)
    # Not what the server said: it may repeat the address.
    logger.warning("Digest %s was not sent: %s %s", subscription.pk, type(fault).__name__, code or "")
    _note(subscription, due_at=later)
    return Outcome.NOT_NOW if isinstance(fault, SMTPRecipientsRefused | SMTPDataError) else Outcome.NO_SERVER


def _refused(subscription: Subscription, now: datetime, code: int) -> Outcome:
    if subscription.refusals + 1 >= MOST_REFUSALS:
        logger.warning("Digest %s has ended: its address was refused %s times", subscription.pk, MOST_REFUSALS)
        Subscription.objects.filter(pk=subscription.pk).delete()
    else:
        logger.warning("The address of digest %s was refused: %s", subscription.pk, code)
        _note(subscription, refusals=subscription.refusals + 1, tries=0, due_at=now + REFUSED_AGAIN_AFTER)
    return Outcome.REFUSED
