"""A page that moved for good: its new address, proposed by one person and accepted by another."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from desk.models import Proposal
from sources.models import Source

from . import proposals
from .addresses import proposed_address, vetted
from .refusals import refusal_of


@transaction.atomic
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
    # One after the other, so that of two who decide at once the second sees what the first proposed.
    source = Source.objects.select_for_update(of=("self",)).select_related("link_state").get(pk=source.pk)
    if source.retracted_because:
        raise ValidationError("The source was retracted: its address stays as it was.")
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
