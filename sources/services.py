"""Writes of the care of sources: what is watched, what checks found, and a person's word beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from psycopg2.extras import execute_values

from sources.archives.limits import archive_limits
from sources.archiving import want_saves
from sources.checking import Result, lane_name
from sources.leases import DUE_OF_HOST, database_now
from sources.models import Finding, Host, LinkCheck, LinkState, Snapshot, Source, StateChange
from sources.outcomes import ALIVE, FAILING, Likeness, Outcome
from sources.states import (
    Rules,
    Standing,
    State,
    Step,
    apply,
    hijacked_with_its_host,
    is_host_incident,
    is_own_fault,
    next_due,
    phase,
    rules,
    without_strikes,
)
from sources.text import Drift
from sources.upkeep import make_room_for_checks
from sources.versions import News, news_of, record_passages, record_removal, record_texts

_BATCH = 2_000

# --- What is watched -----------------------------------------------------------------------------------


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
    _settle_the_watch(now=now, spread=spread, only=only)
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
            flags=_flags(state.standing),
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


def _settle_the_watch(*, now: datetime, spread: timedelta, only: list[int] | None) -> None:
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


# --- What checks found -----------------------------------------------------------------------------------


class _Line(NamedTuple):
    """How a run went, as far as our own line is concerned."""

    own_fault: bool
    since: datetime


def record_results(results: Sequence[Result], *, gap_seconds: float, rules: Rules) -> int:
    """Write what checks found: rows of checks, standings, texts, changes of state, findings. One transaction.

    Idempotent by (source, lease): a result whose lease has run out, or that was written before, is dropped.

    :returns: how many were written.
    """
    if not results:
        return 0
    # Comparing texts and storing captures takes time, and the lease keeps everybody else from these sources.
    news = news_of(results)
    with transaction.atomic():
        return _record(results, news, gap_seconds=gap_seconds, rules=rules)


def _record(results: Sequence[Result], news: dict[int, News | None], *, gap_seconds: float, rules: Rules) -> int:
    by_source = {result.job.key: result for result in results}
    rows = LinkState.objects.select_for_update().filter(pk__in=by_source, lease__isnull=False).order_by("pk")
    states = [state for state in rows if state.lease == by_source[state.pk].job.lease]
    if not states:
        return 0
    kept = {state.pk: by_source[state.pk] for state in states}
    line = _our_line(list(kept.values()), states, rules=rules)
    hosts = {
        host.pk: host
        for host in Host.objects.select_for_update().filter(pk__in={state.host_id for state in states}).order_by("pk")
    }
    frozen = _freeze_hosts(hosts, states, kept, rules=rules)
    usurped = _usurped_hosts(states, kept, rules=rules)
    checks: list[LinkCheck] = []
    changes: list[StateChange] = []
    findings: list[Finding] = []
    closed: list[int] = []
    for state in states:
        result = kept[state.pk]
        discarded = _discarded(result, host=hosts[state.host_id], frozen=state.host_id in frozen, line=line)
        sighting = result.sighting(counts=discarded is LinkCheck.Discarded.NO)
        before = state.standing
        step = apply(before, sighting, rules)
        if state.host_id in usurped and result.verdict.likeness is Likeness.UNLIKE:
            step = hijacked_with_its_host(step, at=result.at)
        checks.append(_check_row(state, result, discarded))
        if step.reason:
            changes.append(_change_row(state, before, step, result))
        findings.extend(_findings(state, before, step, result))
        findings.extend(record_removal(state, before, step.standing, at=result.at))
        if step.standing.state is State.LIVE and result.verdict.likeness is not Likeness.UNLIKE:
            closed.append(state.pk)
        _take_result(
            state,
            step.standing,
            result,
            frozen_until=hosts[state.host_id].frozen_until,
            rules=rules,
            counted=sighting.counts,
        )
        _take_pace(hosts[state.host_id], result, gap_seconds=gap_seconds, rules=rules)
    findings.extend(record_passages(states, kept))
    findings.extend(record_texts(states, kept, news))
    if archive_limits().save_url:
        new = [state.pk for state in states if (told := news.get(state.pk)) is not None and told.kept]
        want_saves(new, at=max(result.at for result in kept.values()))
    slots = sorted(check.slot for check in checks)
    # A source may have been due for longer than months are made ahead for.
    make_room_for_checks(first=slots[0].date(), last=slots[-1].date())
    LinkCheck.objects.bulk_create(checks)
    _save_states(states)
    _save_hosts(list(hosts.values()))
    StateChange.objects.bulk_create(changes)
    _open_findings(findings)
    _close_findings(closed, at=max(result.at for result in kept.values()))
    return len(states)


def _discarded(result: Result, *, host: Host, frozen: bool, line: _Line) -> LinkCheck.Discarded:
    if result.verdict.outcome not in FAILING:
        return LinkCheck.Discarded.NO
    if line.own_fault and result.verdict.by_network:
        return LinkCheck.Discarded.OWN_FAULT
    if frozen or (host.frozen_until is not None and result.at < host.frozen_until):
        return LinkCheck.Discarded.HOST_INCIDENT
    return LinkCheck.Discarded.NO


def _our_line(results: Sequence[Result], states: Sequence[LinkState], *, rules: Rules) -> _Line:
    """Whether our own line was failing, by these results and those of the hour before."""
    latest = max(result.at for result in results)
    since = latest - timedelta(minutes=rules.own_window_minutes)
    if not any(result.verdict.by_network for result in results):
        return _Line(False, since)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*), count(*) FILTER (WHERE last_by_network),
                   coalesce(array_agg(DISTINCT host_id) FILTER (WHERE last_by_network), '{}')
            FROM sources_linkstate WHERE last_checked_at >= %s AND last_checked_at <= %s AND source_id <> ALL(%s)
            """,
            [since, latest, [state.pk for state in states]],
        )
        checks, failing, failing_hosts = cursor.fetchone()
    now_failing = {state.pk: state.host_id for state in states}
    bad = [now_failing[result.job.key] for result in results if result.verdict.by_network]
    fault = is_own_fault(
        failing=failing + len(bad),
        checks=checks + len(results),
        failing_hosts=len(set(failing_hosts) | set(bad)),
        rules=rules,
    )
    if fault:
        earlier = LinkState.objects.select_for_update().filter(
            last_checked_at__gte=since, last_checked_at__lte=latest, last_by_network=True
        )
        _take_back_strikes(
            earlier.exclude(pk__in=[state.pk for state in states]).order_by("pk"),
            since=since,
            at=latest,
            reason="Our own line was failing; what was seen through it does not count.",
        )
    return _Line(fault, since)


def _freeze_hosts(
    hosts: dict[int, Host], states: Sequence[LinkState], results: dict[int, Result], *, rules: Rules
) -> set[int]:
    """Freeze the hosts that fail as a whole, and take back today's strikes there. Returns the hosts frozen now."""
    failing_now: dict[int, list[int]] = {}
    for state in states:
        if results[state.pk].verdict.outcome in FAILING:
            failing_now.setdefault(state.host_id, []).append(state.pk)
    if not failing_now:
        return set()
    at = max(result.at for result in results.values())
    since = at - timedelta(hours=rules.host_window_hours)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT host_id, count(*), count(*) FILTER (
                WHERE last_outcome = ANY(%s) AND last_checked_at >= %s AND source_id <> ALL(%s)
            ) FROM sources_linkstate WHERE host_id = ANY(%s) AND due_at IS NOT NULL GROUP BY host_id
            """,
            [[int(outcome) for outcome in FAILING], since, [state.pk for state in states], list(failing_now)],
        )
        counted = {host_id: (sources, failing) for host_id, sources, failing in cursor.fetchall()}
    frozen = set()
    for host_id, failing in failing_now.items():
        sources, earlier = counted.get(host_id, (len(failing), 0))
        host = hosts[host_id]
        if is_host_incident(
            failing=len(failing) + earlier, sources=sources, frozen_until=host.frozen_until, at=at, rules=rules
        ):
            host.frozen_until = at + timedelta(hours=rules.host_freeze_hours)
            frozen.add(host_id)
            others = LinkState.objects.select_for_update().filter(host_id=host_id, last_checked_at__gte=since)
            _take_back_strikes(
                others.exclude(pk__in=[state.pk for state in states]).order_by("pk"),
                since=since,
                at=at,
                reason=f"Much of {host.key} was failing at once; what was seen that day does not count.",
            )
    return frozen


def _usurped_hosts(states: Sequence[LinkState], results: dict[int, Result], *, rules: Rules) -> set[int]:
    """Hosts all of whose sources that were read lately show other texts than were accepted, and several of them."""
    unlike: dict[int, set[int]] = {}
    like: set[int] = set()
    for state in states:
        verdict = results[state.pk].verdict
        if verdict.outcome in ALIVE and verdict.likeness is Likeness.UNLIKE:
            unlike.setdefault(state.host_id, set()).add(state.pk)
        elif verdict.outcome in ALIVE and verdict.likeness is Likeness.LIKE:
            like.add(state.host_id)
    if not unlike:
        return set()
    at = max(result.at for result in results.values())
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT l.host_id, l.source_id, c.likeness FROM sources_linkstate l CROSS JOIN LATERAL (
                SELECT likeness FROM sources_linkcheck
                WHERE source_id = l.source_id AND slot >= %s AND likeness <> 0 ORDER BY slot DESC LIMIT 1
            ) c WHERE l.host_id = ANY(%s) AND l.source_id <> ALL(%s)
            """,
            [at - timedelta(days=rules.usurped_window_days), list(unlike), [state.pk for state in states]],
        )
        for host_id, source_id, likeness in cursor.fetchall():
            if likeness == Likeness.UNLIKE:
                unlike[host_id].add(source_id)
            else:
                like.add(host_id)
    return {
        host_id
        for host_id, sources in unlike.items()
        if len(sources) >= rules.usurped_least_sources and host_id not in like
    }


def _take_back_strikes(states: Iterable[LinkState], *, since: datetime, at: datetime, reason: str) -> None:
    changed: list[LinkState] = []
    changes: list[StateChange] = []
    for state in states:
        before = state.standing
        after = without_strikes(before, since=since)
        if after == before:
            continue
        if after.state is not before.state:
            after = after._replace(since=at)
            changes.append(
                StateChange(
                    source_id=state.pk,
                    at=at,
                    before=before.state,
                    after=after.state,
                    flags=_flags(after),
                    reason=reason,
                )
            )
        state.take(after)
        changed.append(state)
    LinkState.objects.bulk_update(changed, ["state", "since", "hard_strikes", "removals", "soft_strikes"])
    StateChange.objects.bulk_create(changes)


def _flags(standing: Standing) -> list[str]:
    names = ("moved", "changed", "hijacked", "tls_problem")
    return [name for name in names if getattr(standing, name)]


def _check_row(state: LinkState, result: Result, discarded: LinkCheck.Discarded) -> LinkCheck:
    slot = result.job.slot or result.at
    return LinkCheck(
        source_id=state.pk,
        slot=slot,
        digest=result.digest,
        late_seconds=max(0, (result.at - slot) // timedelta(seconds=1)),
        elapsed_ms=result.elapsed_ms,
        wire_bytes=result.wire_bytes,
        outcome=result.verdict.outcome,
        status=result.status,
        hops=max(0, len(result.hops) - 1),
        likeness=result.verdict.likeness,
        discarded=discarded,
        drift=result.verdict.drift,
    )


def _evidence(result: Result, standing: Standing) -> dict[str, Any]:
    return {
        "outcome": result.verdict.outcome.label,
        "status": result.status,
        "said": result.verdict.reason,
        "hops": [list(hop) for hop in result.hops],
        "slot": (result.job.slot or result.at).isoformat(),
        "second_look": result.confirmed,
        "strikes": [moment.isoformat() for moment in standing.soft_strikes],
    }


def _change_row(state: LinkState, before: Standing, step: Step, result: Result) -> StateChange:
    return StateChange(
        source_id=state.pk,
        at=result.at,
        before=before.state,
        after=step.standing.state,
        flags=_flags(step.standing),
        reason=step.reason,
        outcome=result.verdict.outcome,
        evidence=_evidence(result, step.standing),
    )


def _findings(state: LinkState, before: Standing, step: Step, result: Result) -> list[Finding]:
    if not step.review:
        return []
    outcome = result.verdict.outcome
    if step.standing.state is State.DEAD and before.state is not State.DEAD:
        kind, detail = Finding.Kind.DEAD, step.reason
    elif outcome is Outcome.USURPED or step.standing.hijacked:
        kind, detail = Finding.Kind.HIJACKED, result.verdict.reason
    elif outcome in (Outcome.UNSAFE, Outcome.UNSUPPORTED):
        kind, detail = Finding.Kind.REFUSED, result.verdict.reason
    elif outcome is Outcome.WRONG_TYPE:
        kind, detail = Finding.Kind.WRONG_TYPE, result.verdict.reason
    elif step.standing.moved:
        kind, detail = Finding.Kind.MOVED, f"The page has moved for good to {step.standing.moved_to}"
    elif before.state is State.DEAD:
        kind, detail = (
            Finding.Kind.ANSWERS_AGAIN,
            "The address was lost and answers again; see whether it is the source.",
        )
    else:
        drift = Drift(result.verdict.drift or Drift.NONE)
        kind, detail = Finding.Kind.CHANGED, f"The text of the page was {drift.label} since it was accepted."
    return [
        Finding(
            source_id=state.pk, kind=kind, detail=detail, opened_at=result.at, evidence=_evidence(result, step.standing)
        )
    ]


def _open_findings(findings: Sequence[Finding]) -> None:
    """Open what was found. Of a quotation or a company's own page, the latest word takes an earlier one's place."""
    told_anew = (Finding.Kind.QUOTATION, Finding.Kind.SILENT_EDIT)
    findings = _without_moves_that_were_declined(findings)
    for finding in findings:
        if finding.kind in told_anew:
            Finding.objects.filter(
                source=finding.source_id, kind=finding.kind, passage=finding.passage_id, closed_at=None
            ).update(closed_at=finding.opened_at, closed_because="A later check found it changed again.")
    Finding.objects.bulk_create(findings, ignore_conflicts=True)


def _without_moves_that_were_declined(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out new addresses against which a person has decided: a site that wavers would propose them for ever."""
    moves = [finding.source_id for finding in findings if finding.kind == Finding.Kind.MOVED]
    if not moves:
        return list(findings)
    closed = Finding.objects.filter(source__in=moves, kind=Finding.Kind.MOVED, closed_by__isnull=False)
    declined = set(closed.values_list("source", "detail"))
    return [
        finding
        for finding in findings
        if finding.kind != Finding.Kind.MOVED or (finding.source_id, finding.detail) not in declined
    ]


def _close_findings(source_ids: Sequence[int], *, at: datetime) -> None:
    """What a later check has answered by itself needs nobody any more."""
    kinds = [Finding.Kind.DEAD, Finding.Kind.ANSWERS_AGAIN, Finding.Kind.WRONG_TYPE, Finding.Kind.STUCK]
    wanted = Finding.objects.filter(source_id__in=source_ids, closed_at=None)
    unchanged = Q(kind=Finding.Kind.CHANGED, source__link_state__changed=False)
    ids = list(wanted.filter(Q(kind__in=kinds) | unchanged).values_list("pk", flat=True))
    Finding.objects.filter(pk__in=ids).update(
        closed_at=at, closed_because="A later check found the page as it should be."
    )


def _take_result(
    state: LinkState, standing: Standing, result: Result, *, frozen_until: datetime | None, rules: Rules, counted: bool
) -> None:
    state.take(standing)
    outcome = result.verdict.outcome
    state.last_checked_at = result.at
    state.last_outcome = outcome
    state.last_status = result.status
    state.last_by_network = result.verdict.by_network
    state.last_reason = result.verdict.reason[:500]
    if (
        outcome in ALIVE
        and outcome is not Outcome.NOT_MODIFIED
        and standing.state is State.LIVE
        and result.verdict.likeness is not Likeness.UNLIKE  # another text is read whole each time, until it is accepted
    ):
        state.digest = result.digest
        state.etag = result.etag
        state.last_modified = result.last_modified
        state.drift = result.verdict.drift
    sighting = result.sighting(counts=counted)
    due = next_due(
        standing,
        sighting,
        source_id=state.pk,
        watch_class=state.watch_class(at=result.at, young_days=rules.young_days),
        rules=rules,
    )
    if outcome is Outcome.RATE_LIMITED:
        due = result.at + timedelta(seconds=result.retry_after or rules.backoff_seconds)
    elif not counted and frozen_until is not None and frozen_until > due:
        due = frozen_until + timedelta(hours=1) * phase(state.pk)
    state.due_at = due
    state.lease = None
    state.tries = 0


def _take_pace(host: Host, result: Result, *, gap_seconds: float, rules: Rules) -> None:
    """How soon a host may be asked again, by what it said."""
    if result.verdict.outcome is Outcome.RATE_LIMITED:
        host.backoff_seconds = min(max(rules.backoff_seconds, 2 * host.backoff_seconds), rules.longest_backoff_seconds)
        wait = max(result.retry_after or 0, host.backoff_seconds)
        host.resume_at = result.at + timedelta(seconds=wait)
        return
    if result.status is not None:
        host.backoff_seconds = 0
    gap = result.at + timedelta(seconds=gap_seconds)
    if host.resume_at is None or host.resume_at < gap:
        host.resume_at = gap


_WRITTEN = (
    ("state", "text"),
    ("since", "timestamptz"),
    ("moved", "boolean"),
    ("changed", "boolean"),
    ("hijacked", "boolean"),
    ("tls_problem", "boolean"),
    ("hard_strikes", "timestamptz[]"),
    ("removals", "timestamptz[]"),
    ("soft_strikes", "timestamptz[]"),
    ("blocked_since", "timestamptz"),
    ("moved_to", "text"),
    ("moved_sightings", "smallint"),
    ("streak", "smallint"),
    ("last_ok_at", "timestamptz"),
    ("last_checked_at", "timestamptz"),
    ("last_outcome", "smallint"),
    ("last_status", "smallint"),
    ("last_by_network", "boolean"),
    ("last_reason", "text"),
    ("etag", "text"),
    ("last_modified", "text"),
    ("digest", "bigint"),
    ("drift", "smallint"),
    ("text_digest", "bigint"),
    ("text_seen_at", "timestamptz"),
    ("baseline_id", "bigint"),
    ("due_at", "timestamptz"),
    ("lease", "bigint"),
    ("tries", "smallint"),
)


def _save_states(states: Sequence[LinkState]) -> None:
    """All rows in one statement: a bulk_update of so many columns costs more than the checks themselves."""
    names = [name for name, _ in _WRITTEN]
    assigned = ", ".join(f"{name} = given.{name}::{kind}" for name, kind in _WRITTEN)
    statement = (
        f"UPDATE sources_linkstate s SET {assigned} FROM (VALUES %s) AS given (source_id, {', '.join(names)})"  # noqa: S608
        " WHERE s.source_id = given.source_id::bigint"
    )
    rows = [(state.pk, *(getattr(state, name) for name in names)) for state in states]
    with connection.cursor() as cursor:
        execute_values(cursor.cursor, statement, rows, page_size=1_000)


def _save_hosts(hosts: Sequence[Host]) -> None:
    statement = (
        "UPDATE sources_host h SET resume_at = given.resume_at::timestamptz, backoff_seconds = given.backoff_seconds,"
        " frozen_until = given.frozen_until::timestamptz"
        " FROM (VALUES %s) AS given (id, resume_at, backoff_seconds, frozen_until) WHERE h.id = given.id"
    )
    rows = [(host.pk, host.resume_at, host.backoff_seconds, host.frozen_until) for host in hosts]
    with connection.cursor() as cursor:
        execute_values(cursor.cursor, statement, rows, page_size=1_000)


# --- A person's word ---------------------------------------------------------------------------------------


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
        flags=_flags(row.standing),
        reason=because,
        evidence={"until": until.isoformat(), "by": "an editor"},
    )
    _settle_the_watch(now=now, spread=timedelta(hours=1), only=[source.pk])


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
        flags=_flags(row.standing),
        reason="The word of a person that stood here was ended; what the checks see holds again.",
        evidence={"by": "an editor"},
    )
    _settle_the_watch(now=now, spread=timedelta(hours=1), only=[source.pk])


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
