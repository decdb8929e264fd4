"""Readers who ask for digests, and what comes of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.core import mail
from django.http import QueryDict

from digests import asking, sending
from digests.models import Subscription
from sources.leases import database_now
from timeline.filters import read_selection

ANN, BOB = "ann@reader.example", "bob@reader.example"
LINK = re.compile(r"https://record\.example(/digests/(?:confirm|leave)/\S+)")


def asked(query: str = "", *, address: str = ANN, rhythm: str = "daily", language: str = "en-gb", at=None) -> None:
    asking.ask(address=address, selection=read_selection(QueryDict(query)), rhythm=rhythm, language=language, at=at)


def subscribed(query: str = "", **values) -> Subscription:
    """A confirmed one; the mail that asks is not sent."""
    asked(query, **values)
    waiting = Subscription.objects.filter(confirmed_at=None).latest("pk")
    confirmed = asking.confirm(waiting.key)
    assert confirmed is not None
    return confirmed


def days_from_now(days: float) -> datetime:
    return database_now() + timedelta(days=days)


def sent_after(days: float) -> int:
    """How many mails are sent in so many days."""
    return sending.send_due(at=days_from_now(days))


def link_in(text: str) -> str:
    """The path of the last link to confirm or to leave."""
    return urlsplit(LINK.findall(text)[-1]).path


def outbox() -> list[mail.EmailMessage]:
    return mail.outbox
