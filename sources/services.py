"""A person's word beside what checks found: states that hold until a day, findings that need nobody, copies."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction

from sources.leases import database_now
from sources.models import Finding, LinkState, Snapshot, Source, StateChange
from sources.states import State
from sources.watching import settle_the_watch


@transaction.atomic
def override_state(
    *, source: Source, state: State, until: datetime, because: str, by: AbstractBaseUser, at: datetime | None = None
) -> None:
    """Let a person's word stand beside the checks until a day. An exempt source is not asked for meanwhile.

    :raises ValidationError: if no reason is given.
    """
    now = at or database_now()
    row = LinkState.objects.select_for_update().get(pk=source.pk)
    before = row.published_state(at=now)
    row.override_state, row.override_until, row.override_because = state, until, because
    row.overridden_by_id = by.pk
    row.validate_constraints()
    row.save(update_fields=["override_state", "override_until", "override_because", "overridden_by"])
    StateChange.objects.create(
        source=source,
        at=now,
        before=before,
        after=state,
        flags=list(row.standing.flags),
        reason=because,
        evidence={"until": until.isoformat(), "by": "an editor"},
    )
    settle_the_watch(now=now, spread=timedelta(hours=1), only=[source.pk])


@transaction.atomic
def end_override(source: Source, *, by: AbstractBaseUser, at: datetime | None = None) -> None:
    """Let the checks speak again before a person's word ends by itself. What was exempt is asked for again.

    :raises ValidationError: if no word of a person holds.
    """
    now = at or database_now()
    row = LinkState.objects.select_for_update().filter(pk=source.pk).first()
    if row is None or not row.is_overridden(at=now):
        raise ValidationError("No word of a person stands here any more: it ended already.")
    before = row.published_state(at=now)
    row.override_state, row.override_until, row.override_because = None, None, ""
    # Whoever spoke last, so that it stays known who let the checks speak again.
    row.overridden_by_id = by.pk
    row.save(update_fields=["override_state", "override_until", "override_because", "overridden_by"])
    StateChange.objects.create(
        source=source,
        at=now,
        before=before,
        after=row.state,
        flags=list(row.standing.flags),
        reason="The word of a person that stood here was ended; what the checks see holds again.",
        evidence={"by": "an editor"},
    )
    settle_the_watch(now=now, spread=timedelta(hours=1), only=[source.pk])


@transaction.atomic
def close_finding(finding: Finding, *, because: str, by: AbstractBaseUser, at: datetime | None = None) -> None:
    """Close a finding by a person's word.

    :raises ValidationError: if no reason is given, or it was closed meanwhile.
    """
    if not because.strip():
        raise ValidationError({"because": "Say why nothing is to be done."})
    row = Finding.objects.select_for_update().get(pk=finding.pk)
    if row.closed_at is not None:
        raise ValidationError(f"This was closed meanwhile: {row.closed_because}")
    row.closed_at, row.closed_by_id, row.closed_because = at or database_now(), by.pk, because.strip()
    row.save(update_fields=["closed_at", "closed_by", "closed_because"])


@transaction.atomic
def record_snapshot(
    *,
    source: Source,
    kind: Snapshot.Kind,
    captured_at: datetime,
    url: str | None = None,
    digest: str | None = None,
    note: str = "",
) -> Snapshot:
    """Put a copy of a source on record; one in a public archive also stands on the source's badge."""
    snapshot = Snapshot(source=source, kind=kind, captured_at=captured_at, url=url, digest=digest, note=note)
    snapshot.full_clean()
    snapshot.save()
    if kind == Snapshot.Kind.MEMENTO:
        LinkState.objects.filter(pk=source.pk).update(has_archive=True)
    return snapshot
