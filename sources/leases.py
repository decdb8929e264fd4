"""Who checks what: hosts are claimed with a lease, so that no host is ever asked by two workers at once.

PostgreSQL is the record of what is to be done, the broker is not: a message that is lost, late or
delivered twice changes nothing. All times are the database's own, unless a caller brings another.

A lease goes: claimed (a number, a short time) - begun (by the first who shows the number; more time) -
ended, or run out and reaped. The number is in the WHERE of every write that belongs to it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from sources.checking import Job, Lane
from sources.limits import Limits
from sources.models import Finding, Host, LinkState, Passage
from sources.outcomes import Known
from sources.quotations import Quotation
from sources.replies import Conditions
from sources.robots import RobotsFile
from sources.states import Rules
from sources.text import Drift

BEGIN_WITHIN = timedelta(seconds=Limits().begin_seconds)
MOST_TRIES = 3
PARKED_FOR = timedelta(days=1)
SOURCES_PER_LEASE = 20
HOSTS_IN_FLIGHT = 200


class Lease(NamedTuple):
    """A claim on a host. JSON turns it into a list of two numbers."""

    host_id: int
    number: int


def database_now() -> datetime:
    """The one clock that all machines share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def claim(
    *,
    most: int,
    within: timedelta = BEGIN_WITHIN,
    at: datetime | None = None,
    source_ids: Sequence[int] | None = None,
) -> list[Lease]:
    """Claim hosts that are due, those first that have waited longest.

    :param most: how many hosts at most; fewer if as many leases are out that the queue would only grow.
    :param within: how long the claims hold unless they are begun.
    :param source_ids: claim only hosts of these sources.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sources_host WHERE leased_until IS NOT NULL AND started_at IS NULL")
        room = min(most, HOSTS_IN_FLIGHT - cursor.fetchone()[0])
        if room <= 0:
            return []
        only = (
            ""
            if source_ids is None
            else (
                "AND EXISTS (SELECT FROM sources_linkstate s WHERE s.host_id = h.id AND s.source_id = ANY(%(ids)s)"
                " AND s.due_at <= c.now)"
            )
        )
        cursor.execute(
            f"""
            WITH c AS MATERIALIZED (SELECT coalesce(%(at)s::timestamptz, statement_timestamp()) AS now),
            due AS MATERIALIZED (
                SELECT h.id FROM sources_host h, c
                WHERE h.leased_until IS NULL AND h.due_at <= c.now {only}
                ORDER BY h.due_at, h.id LIMIT %(room)s
                FOR UPDATE OF h SKIP LOCKED
            )
            UPDATE sources_host h
            SET lease = nextval('sources_lease'), started_at = NULL,
                leased_until = c.now + make_interval(secs => %(hold)s)
            FROM due, c WHERE h.id = due.id
            RETURNING h.id, h.lease
            """,  # noqa: S608
            {"at": at, "room": room, "hold": within.total_seconds(), "ids": list(source_ids or [])},
        )
        return [Lease(*row) for row in cursor.fetchall()]


def begin(
    leases: Sequence[Lease],
    *,
    limits: Limits,
    rules: Rules,
    at: datetime | None = None,
    per_host: int = SOURCES_PER_LEASE,
    source_ids: Sequence[int] | None = None,
) -> list[Lane]:
    """Begin the work of leases: one lane a host, with its due sources.

    Leases that somebody else has begun, that ran out, or that were never given, are left out: a second
    delivery of the same message gets nothing.

    :param source_ids: check these and no others, though others of the host may be due.
    """
    if not leases:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE sources_host h
            SET started_at = c.now, leased_until = c.now + make_interval(secs => %(hold)s)
            FROM (SELECT coalesce(%(at)s::timestamptz, statement_timestamp()) AS now) c,
                 unnest(%(hosts)s::bigint[], %(numbers)s::bigint[]) AS given(host_id, number)
            WHERE h.id = given.host_id AND h.lease = given.number AND h.started_at IS NULL AND h.leased_until > c.now
            RETURNING h.id, h.lease, h.key, h.resume_at, c.now, h.robots
            """,
            {
                "at": at,
                "hold": limits.lane_budget_seconds + limits.lane_tail_seconds,
                "hosts": [lease.host_id for lease in leases],
                "numbers": [lease.number for lease in leases],
            },
        )
        begun = {row[0]: row for row in cursor.fetchall()}
        if not begun:
            return []
        cursor.execute(
            """
            -- Materialised: joined freely, what skips locked rows may be asked again for each row, and gives others.
            WITH held AS MATERIALIZED (
                SELECT due.source_id, h.lease FROM sources_host h CROSS JOIN LATERAL (
                    SELECT source_id FROM sources_linkstate
                    WHERE host_id = h.id AND due_at <= %(now)s AND lease IS NULL
                      AND (%(only)s::bigint[] IS NULL OR source_id = ANY(%(only)s))
                    ORDER BY due_at, source_id LIMIT %(per_host)s FOR UPDATE SKIP LOCKED
                ) due WHERE h.id = ANY(%(hosts)s)
            )
            UPDATE sources_linkstate s
            SET lease = held.lease, tries = s.tries + 1
            FROM held
            WHERE s.source_id = held.source_id
            RETURNING s.source_id
            """,
            {
                "now": next(iter(begun.values()))[4],
                "per_host": per_host,
                "hosts": list(begun),
                "only": None if source_ids is None else list(source_ids),
            },
        )
        held = [row[0] for row in cursor.fetchall()]
    return _lanes(begun, held, limits=limits, rules=rules)


def _lanes(begun: dict[int, Any], held: list[int], *, limits: Limits, rules: Rules) -> list[Lane]:
    passages: dict[int, list[Passage]] = {}
    for passage in Passage.objects.filter(source_id__in=held).order_by("pk"):
        passages.setdefault(passage.source_id, []).append(passage)
    jobs: dict[int, list[Job]] = {host_id: [] for host_id in begun}
    states = (
        LinkState.objects.filter(source_id__in=held)
        .select_related("source", "baseline")
        .only(
            *(field.name for field in LinkState._meta.concrete_fields),
            "source__url",
            "baseline__text",
            "baseline__words",
        )
    )
    for state in states.order_by("due_at", "source_id"):
        if state.due_at is None or state.source.url is None:
            continue  # taken from the watch a moment ago; the end of the lease frees it
        jobs[state.host_id].append(
            Job(
                key=state.source_id,
                url=state.source.url,
                slot=state.due_at,
                lease=begun[state.host_id][1],
                conditions=Conditions(state.etag, state.last_modified) if state.digest is not None else None,
                known=Known(
                    digest=state.digest,
                    quotations=tuple(Quotation(p.exact, p.prefix, p.suffix) for p in passages.get(state.source_id, ())),
                    text=state.baseline.text if state.baseline else None,
                    text_digest=state.text_digest,
                    words=state.baseline.words if state.baseline else None,
                    drift=None if state.drift is None else Drift(state.drift),
                ),
                standing=state.standing,
                passages=tuple(p.pk for p in passages.get(state.source_id, ())),
                capture=True,
            )
        )
    return [
        Lane(
            name=row[2],
            jobs=tuple(jobs[host_id]),
            host_id=host_id,
            lease=row[1],
            wait=max(0.0, (row[3] - row[4]).total_seconds()) if row[3] and jobs[host_id] else 0.0,
            robots=_robots_of(row[5]),
        )
        for host_id, row in begun.items()
    ]


def _robots_of(stored: str | dict[str, Any]) -> dict[str, RobotsFile]:
    # A cursor gives jsonb as text, since Django reads it by the field.
    by_origin = json.loads(stored) if isinstance(stored, str) else stored
    return {where: RobotsFile(one["text"], datetime.fromisoformat(one["read_at"])) for where, one in by_origin.items()}


def note_robots(lease: Lease, robots: Mapping[str, RobotsFile], *, gap_seconds: float) -> None:
    """Keep what a host's robots.txt said, for the next visits. Does nothing if the lease is not held any more."""
    stored = {where: {"text": one.text, "read_at": one.fetched_at.isoformat()} for where, one in robots.items()}
    Host.objects.filter(pk=lease.host_id, lease=lease.number).update(robots=stored, crawl_delay=gap_seconds)


def end(lease: Lease, *, rest_seconds: float, at: datetime | None = None) -> None:
    """Give a host back, and let it rest. Sources of it that were not checked are due as before.

    :param rest_seconds: for which nobody is to ask it; longer where it is known to want more by Crawl-delay. A lease
        that is never ended holds for longer than that.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # From now on, since what was asked last may have been something else than a page: robots.txt, a second look.
        cursor.execute(
            """
            UPDATE sources_host SET resume_at = greatest(
                resume_at, coalesce(%(at)s::timestamptz, statement_timestamp())
                    + make_interval(secs => greatest(%(rest)s::float, coalesce(crawl_delay, 0)))
            ) WHERE id = %(host)s AND lease = %(number)s
            """,
            {"at": at, "rest": rest_seconds, "host": lease.host_id, "number": lease.number},
        )
        if not cursor.rowcount:
            return  # it ran out, and another has it now
        cursor.execute(
            "UPDATE sources_linkstate SET lease = NULL, tries = greatest(tries - 1, 0)"
            " WHERE host_id = %s AND lease = %s",
            lease,
        )
        cursor.execute(
            f"UPDATE sources_host h SET leased_until = NULL, started_at = NULL, due_at = {DUE_OF_HOST} WHERE id = %s",  # noqa: S608
            [lease.host_id],
        )


# When a host may be asked next: when its first source is due, and not before it wants to be asked.
DUE_OF_HOST = """(
    SELECT CASE WHEN min(s.due_at) IS NOT NULL THEN greatest(min(s.due_at), h.resume_at) END
    FROM sources_linkstate s WHERE s.host_id = h.id
)"""


def reap(*, at: datetime | None = None) -> int:
    """Take back leases that ran out: their worker is gone. Returns how many.

    A source whose check never came to an end three times over is set aside for a day, and shown.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH c AS MATERIALIZED (SELECT coalesce(%s::timestamptz, statement_timestamp()) AS now),
            gone AS MATERIALIZED (
                SELECT h.id FROM sources_host h, c WHERE h.leased_until < c.now FOR UPDATE OF h SKIP LOCKED
            )
            UPDATE sources_host h SET leased_until = NULL, started_at = NULL, lease = nextval('sources_lease')
            FROM gone, c WHERE h.id = gone.id RETURNING h.id, c.now
            """,
            [at],
        )
        rows = cursor.fetchall()
        if not rows:
            return 0
        hosts = [row[0] for row in rows]
        now: datetime = rows[0][1]
        cursor.execute(
            """
            UPDATE sources_linkstate SET lease = NULL,
                due_at = CASE WHEN tries >= %(most)s THEN %(now)s + make_interval(secs => %(parked)s) ELSE due_at END,
                tries = CASE WHEN tries >= %(most)s THEN 0 ELSE tries END
            WHERE host_id = ANY(%(hosts)s) AND lease IS NOT NULL
            RETURNING source_id, tries
            """,
            {"most": MOST_TRIES, "now": now, "parked": PARKED_FOR.total_seconds(), "hosts": hosts},
        )
        parked = [source_id for source_id, tries in cursor.fetchall() if tries == 0]
        Finding.objects.bulk_create(
            [
                Finding(
                    source_id=source_id,
                    kind=Finding.Kind.STUCK,
                    opened_at=now,
                    detail=f"{MOST_TRIES} checks of this source were begun and none came to an end.",
                )
                for source_id in parked
            ],
            ignore_conflicts=True,
        )
        cursor.execute(f"UPDATE sources_host h SET due_at = {DUE_OF_HOST} WHERE id = ANY(%s)", [hosts])  # noqa: S608
    return len(hosts)
