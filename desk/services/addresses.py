"""The addresses that sources may have: vetted before they are written, and again before they are accepted."""

from __future__ import annotations

from typing import NamedTuple

from django.core.exceptions import ValidationError

from sources.addresses import RefusedAddress, identity_key, likeness_key, vet
from sources.models import LinkState, Source


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
        advice = "it was retracted, and keeps its address" if same.retracted_because else "cite that source"
        raise ValidationError(f"This address is on record as “{same}” ({same.slug}): {advice}.", code="on-record")
    return Vetted(url, identity, likeness, others.filter(likeness_key=likeness).first())


def proposed_address(state: LinkState | None) -> str | None:
    """The address to which a source's page has moved for good, by as many checks as it takes to believe it."""
    return state.moved_to if state is not None and state.moved else None


def objection_to(source: Source, *, url: str) -> str:
    """Why a source is not to have an address any more that was proposed for it: what became known meanwhile.

    Empty where nothing speaks against it.
    """
    if source.retracted_because:
        return "The source was retracted meanwhile: its address stays as it was."
    state = LinkState.objects.filter(pk=source.pk).first()
    if state is not None and state.moved_to is not None and state.moved_to != url:
        return f"Checks have seen meanwhile that the page leads to {state.moved_to}: look at it again."
    return ""
