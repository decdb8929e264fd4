"""The addresses of sources: vetted before they are written, and exchanged for those to which pages have moved."""

from __future__ import annotations

from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import User
from desk.models import Proposal
from sources.addresses import RefusedAddress, identity_key, likeness_key, vet
from sources.models import LinkState, Source

from . import proposals
from .refusals import refusal_of


class Vetted(NamedTuple):
    """An address that a source may have, and the keys by which the source is found again."""

    url: str
    identity_key: str
    likeness_key: str
    looks_like: Source | None  # has an address that looks the same: perhaps it is the same page


def vetted(url: str, *, source: Source) -> Vetted:
    """
    :raises ValidationError: if the address may not be asked for, or is that of another source. Its code is
        "unsafe", "unsupported" or "on-record".
    """
    try:
        vet(url)
        identity, likeness = identity_key(url), likeness_key(url)
    except RefusedAddress as refused:
        raise ValidationError(refused.reason, code=refused.kind) from refused
    others = Source.objects.exclude(pk=source.pk)
    same = others.filter(identity_key=identity).first()
    if same is not None:
        raise ValidationError(
            f"This address is on record as “{same}” ({same.slug}): cite that source.", code="on-record"
        )
    return Vetted(url, identity, likeness, others.filter(likeness_key=likeness).first())


def proposed_address(state: LinkState | None) -> str | None:
    """The address to which a source's page has moved for good, by as many checks as it takes to believe it."""
    return state.moved_to if state is not None and state.moved else None


def take_new_address(source: Source, *, shown: str, because: str, by: User) -> Proposal | None:
    """Give a source the address to which its page has moved.

    :param shown: the new address that the person was shown.
    :param because: for readers, as with every change of what is public.
    :returns: the proposal that somebody else is to accept; None where the source is a draft, and has it at once.
    :raises ValidationError: if checks see another move by now, or none, or the address cannot be taken.
    :raises desk.services.refusals.WaitsAlready: if the same person has proposed the same.
    """
    if not because.strip():
        raise ValidationError({"because": "Give a reason."})
    waiting = waiting_change_of_address(source)
    if waiting is not None:
        raise ValidationError(
            f"Proposal {waiting.pk}, by {waiting.proposed_by}, changes this address already: see to that one."
        )
    to = proposed_address(getattr(source, "link_state", None))
    if to != shown:
        now = f"to {to}" if to else "nowhere for good"
        raise ValidationError(f"Checks see something else by now: the page has moved {now}. Nothing was changed.")
    new = vetted(shown, source=source)

    def move() -> None:
        Source.objects.filter(pk=source.pk).update(
            url=new.url, identity_key=new.identity_key, likeness_key=new.likeness_key
        )

    try:
        captured = proposals.capture(who=by, why=because.strip(), work=move)
    except IntegrityError as error:
        raise ValidationError(refusal_of(error).words) from error
    if not captured.changes:
        return None
    return proposals.submit(who=by, why=because.strip(), about=source, changes=captured.changes)


def waiting_change_of_address(source: Source) -> Proposal | None:
    """The proposal by which a source would get another address, if one waits."""
    table = Source._meta.db_table
    for proposal in Proposal.objects.waiting().filter(table_name=table, row_id=source.pk).order_by("pk"):
        for change in proposal.changes or ():
            if (change["table"], change["key"]) == (table, source.pk) and "url" in change["after"]:
                return proposal
    return None
