"""A worker is killed in the middle of a sweep: every source still gets exactly one result."""

import contextlib
import time
from pathlib import Path

import pytest
from celery import current_app
from django.db.models import Count

from sources import tasks
from sources.models import Host, LinkCheck, LinkState
from sources.watching import make_due, watch_sources
from tests.sources.records import sources_at
from tests.sources.test_leases import LONG_AGO
from tests.sources.web import serving
from tests.worker import Worker

HOSTS, PAGES = 60, 5
LEASE_SECONDS = 8.0  # budget and tail, shortened for the test
SLACK_SECONDS = 60.0

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def test_a_worker_killed_in_the_middle_of_a_sweep_costs_its_leases_and_no_result(monkeypatch, tmp_path: Path) -> None:
    for name, value in {
        "ALLOWED_NETWORKS": "127.0.0.0/8",
        "GAP_SECONDS": "0.5",
        "LANE_BUDGET_SECONDS": str(LEASE_SECONDS - 3),
        "LANE_TAIL_SECONDS": "3",
    }.items():
        monkeypatch.setenv(f"LINK_CHECK_{name}", value)
    worker = Worker(log=tmp_path / "worker.log")
    current_app.control.purge()

    with serving(host="0.0.0.0") as web, contextlib.ExitStack() as cleanup:
        cleanup.callback(worker.stop)
        urls = [web.url(f"/ok?{page}", host=f"127.0.1.{host + 1}") for host in range(HOSTS) for page in range(PAGES)]
        sources_at(urls)
        watch_sources()
        make_due(not_checked_since=LONG_AGO)
        worker.start()
        tasks.lease_due_sources()
        wait_for(lambda: LinkCheck.objects.count() >= HOSTS * PAGES / 4, log=worker.log)
        worker.kill()
        killed_at = time.monotonic()
        before = LinkCheck.objects.count()
        worker.start()

        def all_done() -> bool:
            tasks.lease_due_sources()  # as the scheduler does
            return LinkCheck.objects.count() >= HOSTS * PAGES

        wait_for(all_done, log=worker.log)
        took = time.monotonic() - killed_at
        wait_for(lambda: not Host.objects.filter(leased_until__isnull=False).exists(), log=worker.log)

    print(f"\n{before} of {HOSTS * PAGES} written when killed; all of them {took:.1f} s later")
    assert 0 < before < HOSTS * PAGES
    assert took < LEASE_SECONDS + SLACK_SECONDS
    counts = LinkCheck.objects.values("source_id").annotate(checks=Count("slot"))
    assert {row["checks"] for row in counts} == {1}
    assert len(counts) == HOSTS * PAGES
    assert not LinkState.objects.exclude(lease=None).exists()
    assert not LinkState.objects.exclude(state="live").exists()


def wait_for(condition, *, log: Path, seconds: float = 90.0) -> None:
    until = time.monotonic() + seconds
    pause = 0.05
    while not condition():
        if time.monotonic() > until:
            raise AssertionError(f"It did not come to pass:\n{log.read_text()[-3000:]}")
        time.sleep(pause)
