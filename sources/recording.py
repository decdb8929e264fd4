"""What checks found, written down: rows of checks, standings, changes of state, findings.

Here strikes are weighed against what failed at the same time: a whole host, or our own line. What a single sighting
makes of a standing is decided in `sources.states`; what a new text means, in `sources.versions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import override
from psycopg2.extras import execute_values

from sources.archives.limits import archive_limits
from sources.archiving import want_saves
from sources.checking import Result
from sources.models import Finding, Host, LinkCheck, LinkState, StateChange
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
    without_strikes,
)
from sources.text import Drift
from sources.upkeep import make_room_for_checks
from sources.versions import News, news_of, record_passages, record_removal, record_texts

PATIENCE = timedelta(seconds=60)


class _Line(NamedTuple):
    """How a run went, as far as our own line is concerned."""

    own_fault: bool
    since: datetime


def record_results(results: Sequence[Result], *, rules: Rules) -> int:
    """Write what checks found: rows of checks, standings, texts, changes of state, findings. One transaction.

    Idempotent by (source, lease): a result whose lease has run out, or that was written before, is dropped.

    :returns: how many were written.
    """
    if not results:
        return 0
    # Comparing texts and storing captures takes time, and the lease keeps everybody else from these sources.
    news = news_of(results)
    with transaction.atomic():
        _be_patient()
        return _record(results, news, rules=rules)


def _be_patient() -> None:
    """Let this transaction wait for others as long as a lease leaves for writing; no reader waits for it meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{int(PATIENCE.total_seconds())}s"])


def _record(results: Sequence[Result], news: dict[int, News | None], *, rules: Rules) -> int:
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
        if step.standing.state is State.LIVE and result.verdict.likeness is not Likeness.UNLIKE and not result.failed:
            closed.append(state.pk)
        _take_result(
            state,
            step.standing,
            result,
            frozen_until=hosts[state.host_id].frozen_until,
            rules=rules,
            counted=sighting.counts,
        )
        _take_pace(hosts[state.host_id], result, rules=rules)
    slots = sorted(check.slot for check in checks)
    # A source may have been due for longer than months are made ahead for.
    make_room_for_checks(first=slots[0].date(), last=slots[-1].date())
    LinkCheck.objects.bulk_create(checks)
    _save_hosts(list(hosts.values()))
    StateChange.objects.bulk_create(changes)
    findings.extend(record_passages(states, kept))
    # Late, since captures make one chain: from here to the end all other workers wait for theirs.
    findings.extend(record_texts(states, kept, news))
    if archive_limits().save_url:
        new = [state.pk for state in states if (told := news.get(state.pk)) is not None and told.kept]
        want_saves(new, at=max(result.at for result in kept.values()))
    _save_states(states)
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
                    flags=list(after.flags),
                    reason=reason,
                )
            )
        state.take(after)
        changed.append(state)
    LinkState.objects.bulk_update(changed, ["state", "since", "hard_strikes", "removals", "soft_strikes"])
    StateChange.objects.bulk_create(changes)


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
        flags=list(step.standing.flags),
        reason=step.reason,
        outcome=result.verdict.outcome,
        evidence=_evidence(result, step.standing),
    )


def _findings(state: LinkState, before: Standing, step: Step, result: Result) -> list[Finding]:
    if not step.review and not result.failed:
        return []
    outcome = result.verdict.outcome
    if result.failed:
        kind, detail = (
            Finding.Kind.STUCK,
            "Our own check of the page failed, and nothing was learnt of it. The log of the worker says why.",
        )
    elif step.standing.state is State.DEAD and before.state is not State.DEAD:
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
        # What is stored is English, whatever language is active.
        with override(settings.LANGUAGE_CODE):
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


def _take_pace(host: Host, result: Result, *, rules: Rules) -> None:
    """How long a host wants to be left alone, by what it said; the gap between visits is the lease's matter."""
    if result.verdict.outcome is Outcome.RATE_LIMITED:
        host.backoff_seconds = min(max(rules.backoff_seconds, 2 * host.backoff_seconds), rules.longest_backoff_seconds)
        wait = max(result.retry_after or 0, host.backoff_seconds)
        host.resume_at = result.at + timedelta(seconds=wait)
    elif result.status is not None:
        host.backoff_seconds = 0


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
