"""One sweep: claim what is due, check it, write what was found, until nothing of it is left.

The worker's task runs one round of it on leases it was sent; `check_links` runs all of it in its own process.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime

from django.db import DataError

from sources.checking import Checker, Clock, LaneEnded, Result, failed, sweep, utc_now
from sources.fetching import LookUp, system_lookup
from sources.leases import Lease, begin, end, note_robots
from sources.limits import Limits
from sources.recording import record_results
from sources.states import Rules

HOSTS_PER_MESSAGE = 20


def check_leases(
    leases: Sequence[Lease],
    *,
    limits: Limits,
    rules: Rules,
    at: Callable[[], datetime] | None = None,
    source_ids: Sequence[int] | None = None,
    look_up: LookUp = system_lookup,
    trust: ssl.SSLContext | None = None,
) -> Iterator[list[Result]]:
    """Do the work of these leases and give out what was written, batch by batch.

    What was not done when the caller stops is given back at once; should this process be killed, the leases
    run out and others do it.

    :param at: the clock, where it is not the real one.
    :param source_ids: check these and no others, though others of the hosts may be due.
    :param look_up: turns names into addresses, where it is not the system that does.
    :param trust: by which certificates are verified, where it is not by the authorities that the system trusts.
    """
    clock = at or utc_now
    lanes = begin(leases, limits=limits, rules=rules, at=at() if at else None, source_ids=source_ids)
    open_leases = {lane.host_id: Lease(lane.host_id, lane.lease) for lane in lanes}
    batches = sweep(
        lanes,
        checker=lambda: Checker(limits=limits, rules=rules, clock=clock, look_up=look_up, trust=trust),
        budget=limits.lane_budget_seconds,
    )
    try:
        with closing(batches):
            for batch in batches:
                results = [item for item in batch if isinstance(item, Result)]
                _record(results, rules=rules, clock=clock)
                for item in batch:
                    if isinstance(item, LaneEnded):
                        if item.robots:
                            note_robots(open_leases[item.lane.host_id], item.robots, gap_seconds=item.gap_seconds)
                        end(open_leases.pop(item.lane.host_id), rest_seconds=item.gap_seconds, at=at() if at else None)
                if results:
                    yield results
    finally:
        for lease in open_leases.values():
            end(lease, rest_seconds=limits.gap_seconds, at=at() if at else None)


def _record(results: Sequence[Result], *, rules: Rules, clock: Clock) -> None:
    """Write what came; of what the database does not take, that it does not.

    Else a page with a letter that no table holds would keep all that were checked with it from ever being written.
    """
    try:
        record_results(results, rules=rules)
    except (DataError, ValueError) as fault:
        if len(results) > 1:
            for result in results:
                _record([result], rules=rules, clock=clock)
        elif not results[0].failed:
            record_results([failed(results[0].job, fault, at=clock())], rules=rules)
        else:
            raise
