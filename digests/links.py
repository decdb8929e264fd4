"""The links in mails: signed, so that only who got the mail can follow them, and nothing secret is stored."""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from digests.models import Subscription

# Mail programs make links of addresses by their letters; a full stop within one is of them, a colon not always.
SEPARATOR: Final = "."


class Purpose(StrEnum):
    """What a link lets its reader do. The signature of one is worth nothing for the other."""

    CONFIRM = "confirm"
    LEAVE = "leave"


def _signer(purpose: Purpose) -> Signer:
    return Signer(salt=f"digests.{purpose}", sep=SEPARATOR)


def token_for(subscription: Subscription, purpose: Purpose) -> str:
    return _signer(purpose).sign(subscription.key.hex)


def key_in(token: str, purpose: Purpose) -> UUID | None:
    """The key of the subscription that a link names; None if this site did not write it for this purpose."""
    try:
        return UUID(_signer(purpose).unsign(token))
    except (BadSignature, ValueError):
        return None


def link_for(subscription: Subscription, purpose: Purpose) -> str:
    """The full address of the page on which to confirm or to leave."""
    path = reverse(f"digest-{purpose}", args=[token_for(subscription, purpose)])
    return address_for(subscription, path)


def address_for(subscription: Subscription, path: str) -> str:
    """The full address of a page, in the language of the subscription."""
    address = f"{settings.SITE_URL.rstrip('/')}{path}"
    if subscription.language == settings.LANGUAGE_CODE:
        return address
    return f"{address}{'&' if '?' in path else '?'}lang={subscription.language}"


def host() -> str:
    """The host that this site's mails are from, for headers."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"
