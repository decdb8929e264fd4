"""Which sources are watched, at which address, and when they fall due by a person's word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from sources.checking import lane_name
from sources.leases import DUE_OF_HOST, database_now
from sources.models import Finding, Host, LinkState, StateChange
from sources.states import phase, rules

_BATCH = 2_000


def digest_of(url: str) -> UUID:
    """The first half of an address's SHA-256: tells that the address was changed. PostgreSQL computes the same."""
    return UUID(bytes=sha256(url.encode()).digest()[:16])


_DIGEST = "encode(substring(sha256(convert_to(s.url, 'UTF8')) FOR 16), 'hex')::uuid"


def watch_sources(*, source_ids: Sequence[int] | None = None, at: datetime | None = None) -> int:
    """See to it that every source with an address is watched, and no other. Safe to repeat.

    New sources fall due over the next day, each at its own place in it, so that an import does not send
    everything at once. A source whose address was changed starts anew, unless it was given the address to which checks
    saw its page move: then all that is known of the page still holds.

    :param source_ids: see to these only, as after one was edited; all if none are given.
    :returns: how many sources were taken under watch or started anew.
    """
    now = at or database_now()
    settled_rules = rules()
    spread = timedelta(hours=settled_rules.first_spread_hours)
    only = None if source_ids is None else list(source_ids)
    begun = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"""
                SELECT s.id, s.url, l.source_id IS NOT NULL, coalesce(l.moved AND l.moved_to = s.url, false)
                FROM sources_source s
                LEFT JOIN sources_linkstate l ON l.source_id = s.id
                WHERE s.url IS NOT NULL AND s.retracted_because = ''
                  AND (l.source_id IS NULL OR l.watched <> {_DIGEST})
                  AND (%(only)s::bigint[] IS NULL OR s.id = ANY(%(only)s))
                ORDER BY s.id LIMIT %(batch)s
                """,  # noqa: S608 -- no value of anybody's is in it
                {"batch": _BATCH, "only": only},
            )
            rows = [_Enrolled(*row) for row in cursor.fetchall()]
            if not rows:
                break
            hosts = _hosts_of(rows)
            _watch([row for row in rows if not row.followed], hosts, now=now, spread=spread)
            _follow([row for row in rows if row.followed], hosts, now=now)
            begun += len(rows)
    settle_the_watch(now=now, spread=spread, only=only)
    return begun


class _Enrolled(NamedTuple):
    source_id: int
    url: str
    known: bool  # it was watched at another address
    followed: bool  # its page was seen to move to this one


def _hosts_of(rows: Sequence[_Enrolled]) -> dict[int, int]:
    """The host of each source, by the source."""
    names = {row.source_id: lane_name(row.url) for row in rows}
    Host.objects.bulk_create([Host(key=name) for name in sorted(set(names.values()))], ignore_conflicts=True)
    hosts = dict(Host.objects.filter(key__in=set(names.values())).values_list("key", "pk"))
    return {source_id: hosts[name] for source_id, name in names.items()}


def _watch(rows: Sequence[_Enrolled], hosts: dict[int, int], *, now: datetime, spread: timedelta) -> None:
    fresh = [
        LinkState(
            source_id=row.source_id,
            host_id=hosts[row.source_id],
            watched=digest_of(row.url),
            enrolled_at=now,
            due_at=now + spread * phase(row.source_id),
        )
        for row in rows
    ]
    changed = {row.source_id for row in rows if row.known}
    LinkState.objects.bulk_create(
        [state for state in fresh if state.source_id not in changed], ignore_conflicts=True, batch_size=500
    )
    if changed:
        of_the_address = [
            field.name
            for field in LinkState._meta.concrete_fields
            if not field.primary_key and field.name not in _OF_THE_SOURCE
        ]
        LinkState.objects.bulk_update(
            [state for state in fresh if state.source_id in changed], of_the_address, batch_size=200
        )
        _close_moves(changed, at=now)


def _follow(rows: Sequence[_Enrolled], hosts: dict[int, int], *, now: datetime) -> None:
    """Watch sources at the addresses to which their pages moved, as the same pages."""
    states = LinkState.objects.select_for_update().in_bulk([row.source_id for row in rows])
    for row in rows:
        state = states[row.source_id]
        state.host_id, state.watched, state.due_at = hosts[row.source_id], digest_of(row.url), now
        state.moved, state.moved_to, state.moved_sightings = False, None, 0
        state.etag, state.last_modified, state.digest = None, None, None  # of an answer by the earlier address
        state.lease, state.tries = None, 0
    names = ["host", "watched", "due_at", "moved", "moved_to", "moved_sightings", "etag", "last_modified", "digest"]
    LinkState.objects.bulk_update(states.values(), [*names, "lease", "tries"], batch_size=200)
    StateChange.objects.bulk_create(
        StateChange(
            source_id=state.pk,
            at=now,
            before=state.state,
            after=state.state,
            flags=list(state.standing.flags),
            reason="The source was given the address to which its page had moved.",
        )
        for state in states.values()
    )
    _close_moves(states, at=now)


def _close_moves(source_ids: Iterable[int], *, at: datetime) -> None:
    Finding.objects.filter(source_id__in=list(source_ids), kind=Finding.Kind.MOVED, closed_at=None).update(
        closed_at=at, closed_because="The source has another address now."
    )


# What stays when a source gets another address.
_OF_THE_SOURCE = frozenset(
    {"own_page", "has_archive", "override_state", "override_until", "override_because", "overridden_by"}
)


def settle_the_watch(*, now: datetime, spread: timedelta, only: list[int] | None) -> None:
    """Let go of what is no longer to be checked, take up what is again, and set hosts' clocks by it."""
    given: dict[str, Any] = {"now": now, "spread": spread.total_seconds(), "only": only}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE sources_linkstate l SET due_at = NULL FROM sources_source s
            WHERE s.id = l.source_id AND l.due_at IS NOT NULL
              AND (%(only)s::bigint[] IS NULL OR s.id = ANY(%(only)s))
              AND (s.url IS NULL OR s.retracted_because <> ''
                   OR (l.override_state = 'exempt' AND l.override_until > %(now)s))
            """,
            given,
        )
        cursor.execute(
            """
            UPDATE sources_linkstate l SET due_at = %(now)s + make_interval(secs => %(spread)s * random())
            FROM sources_source s
            WHERE s.id = l.source_id AND l.due_at IS NULL AND s.url IS NOT NULL AND s.retracted_because = ''
              AND (%(only)s::bigint[] IS NULL OR s.id = ANY(%(only)s))
              AND NOT (coalesce(l.override_state, '') = 'exempt' AND l.override_until > %(now)s)
            """,
            given,
        )
        cursor.execute(
            """
            UPDATE sources_linkstate l SET own_page = w.own
            FROM (
                SELECT s.id, s.type = 'company-page' AND EXISTS (
                    SELECT FROM sources_passage p WHERE p.source_id = s.id
                ) AS own FROM sources_source s WHERE %(only)s::bigint[] IS NULL OR s.id = ANY(%(only)s)
            ) w WHERE w.id = l.source_id AND l.own_page <> w.own
            """,
            given,
        )
        cursor.execute(
            f"""
            UPDATE sources_host h SET due_at = d.due_at
            FROM (
                SELECT h.id, {DUE_OF_HOST} AS due_at FROM sources_host h
                -- A host that a source has left behind with its address is only asked in vain, once.
                WHERE %(only)s::bigint[] IS NULL
                   OR h.id IN (SELECT host_id FROM sources_linkstate WHERE source_id = ANY(%(only)s))
            ) d
            WHERE d.id = h.id AND h.due_at IS DISTINCT FROM d.due_at
            """,  # noqa: S608 -- no value of anybody's is in it
            given,
        )


def make_due(
    *, slugs: Sequence[str] | None = None, not_checked_since: datetime, at: datetime | None = None
) -> list[int]:
    """Let sources fall due now, unless they were checked after a moment or are being checked.

    :param slugs: these sources only; all that are watched if none are given.
    :returns: the sources that are to be checked.
    """
    now = at or database_now()
    states = LinkState.objects.watched()
    if slugs is not None:
        states = states.filter(source__slug__in=slugs)
    states = states.filter(lease=None).exclude(last_checked_at__gte=not_checked_since)
    ids = list(states.order_by("pk").values_list("pk", flat=True))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sources_linkstate SET due_at = %s WHERE source_id = ANY(%s) AND lease IS NULL AND due_at > %s",
            [now, ids, now],
        )
        cursor.execute(
            f"""
            UPDATE sources_host h SET due_at = {DUE_OF_HOST}
            WHERE id IN (SELECT host_id FROM sources_linkstate WHERE source_id = ANY(%s))
            """,  # noqa: S608 -- no value of anybody's is in it
            [ids],
        )
    return ids
