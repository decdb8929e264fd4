"""Every page of the hostile web comes to the outcome it should, within its limits, and nobody is asked who may not be.

`pytest -s` prints how many pages there are for each outcome.
"""

from collections import Counter
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

import pytest

from sources.checking import Checker, Job, Lane, Result, sweep
from sources.outcomes import ALIVE, Known, Outcome, Signs
from sources.quotations import PassageStanding, Quotation
from sources.replies import Conditions
from sources.states import Rules
from tests.sources.conftest import QUICK
from tests.sources.hostile import (
    ARTICLE,
    HOSTILE,
    LIVING,
    OTHER,
    QUOTED,
    Site,
    host_of,
    html,
    name_server,
    serve,
    trust,
)
from tests.sources.web import serving

SITES = [*HOSTILE, *LIVING]
CAPS = replace(QUICK, connections=32, connections_per_ip=32)
# A cap is noticed when it is passed: by so much as is read at once, and as late as a busy machine wakes us.
ONE_READ = 300_000
LATE_MS = 5_000


@pytest.fixture(scope="module")
def visited() -> tuple[list[Result], list[str]]:
    """What a check of every site came to, and the hosts that were asked for anything."""
    with serving() as web:
        urls = serve(web, SITES)

        def visit(jobs: list[Job]) -> dict[int, Result]:
            batches = sweep(
                [Lane(urlsplit(job.url).hostname or "", [job]) for job in jobs],
                checker=lambda: Checker(
                    limits=CAPS,
                    rules=Rules(),
                    look_up=name_server(SITES),
                    settled_signs=Signs(),
                    trust=trust(),
                ),
            )
            return {item.job.key: item for batch in batches for item in batch if isinstance(item, Result)}

        results = visit([Job(key=number, url=url) for number, url in enumerate(urls)])
        again = [
            results[number].job._replace(
                conditions=Conditions(etag=results[number].etag, last_modified=results[number].last_modified),
                known=Known(digest=results[number].digest),
            )
            for number, site in enumerate(SITES)
            if site.again
        ]
        results |= visit(again)
        hosts = [asked.headers.get("host", "").partition(":")[0] for asked in web.asked]
    return [results[number] for number in range(len(SITES))], hosts


@pytest.mark.parametrize("number", range(len(SITES)), ids=[site.name for site in SITES])
def test_each_site_comes_to_its_outcome_within_the_limits(visited, number):
    result = visited[0][number]

    assert result.verdict.outcome is SITES[number].outcome, result.verdict.reason
    assert result.verdict.reason
    assert result.wire_bytes <= CAPS.wire_bytes + ONE_READ
    assert result.elapsed_ms <= CAPS.total_seconds * 1000 + LATE_MS
    assert len(result.hops) <= CAPS.hops + 1


def test_there_are_enough_of_every_kind():
    outcomes = Counter(site.outcome for site in SITES)
    print(f"\n{len(HOSTILE)} hostile sites, {len(LIVING)} living ones:")
    for outcome in Outcome:
        print(f"  {outcome.label:<15}{outcomes[outcome]:>4}")

    assert len(HOSTILE) >= 80
    assert len({site.name for site in SITES}) == len(SITES)
    assert {outcome: count for outcome in Outcome if (count := outcomes[outcome]) < 2} == {}


def test_all_living_pages_are_called_alive(visited):
    assert {
        site.name: result.verdict.outcome.label
        for site, result in zip(SITES, visited[0], strict=True)
        if site in LIVING and result.verdict.outcome not in ALIVE
    } == {}


def test_nobody_is_asked_whose_address_is_inside(visited):
    silent = {host_of(number, site) for number, site in enumerate(SITES) if site.silent}

    assert silent
    assert silent.isdisjoint(visited[1])
    assert "leads-inside.example" not in visited[1]


def test_nothing_is_asked_for_over_a_connection_that_is_not_to_be_trusted(visited):
    untrusted = {host_of(number, site) for number, site in enumerate(SITES) if site.outcome is Outcome.TLS_PROBLEM}

    assert untrusted
    assert untrusted.isdisjoint(visited[1])
    assert all(
        result.digest is None and result.page is None
        for site, result in zip(SITES, visited[0], strict=True)
        if site.outcome is Outcome.TLS_PROBLEM
    )


EDITED = {
    "as it was": (ARTICLE, PassageStanding.PRESENT),
    "with other navigation and an advertisement": (
        ARTICLE.replace("Front page", "Home").replace("<main>", "<aside>Buy shoes, now.</aside><main>"),
        PassageStanding.PRESENT,
    ),
    "without its “not”": (ARTICLE.replace("will not sell", "will sell"), PassageStanding.ALTERED),
    "“until” became “unless”": (ARTICLE.replace("until a law", "unless a law"), PassageStanding.ALTERED),
    "of some police only": (ARTICLE.replace("to police", "to federal police"), PassageStanding.ALTERED),
    "for one year": (ARTICLE.replace("to police until", "to police for one year or until"), PassageStanding.ALTERED),
    "left out": (OTHER, PassageStanding.MISSING),
}


@pytest.mark.parametrize("edit", EDITED)
def test_a_page_whose_quotation_was_edited_is_alive_and_told(edit):
    text, standing = EDITED[edit]
    site = Site(edit, Outcome.OK, html(text))
    known = Known(quotations=[Quotation(exact=QUOTED)], text_digest=1)
    with serving() as web:
        lanes = [Lane("one", [Job(key=0, url=serve(web, [site])[0], known=known)])]
        checker = partial(
            Checker, limits=CAPS, rules=Rules(), look_up=name_server([site]), settled_signs=Signs(), trust=trust()
        )
        results = [item for batch in sweep(lanes, checker=checker) for item in batch if isinstance(item, Result)]

    assert results[0].verdict.outcome is Outcome.OK
    assert [found.standing for found in results[0].found or ()] == [standing]
