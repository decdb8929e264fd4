"""Real requests to misbehaving servers, real tables, and a clock that runs through weeks.

`pytest -s` prints the state that each behaviour reaches, day by day.
"""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sources.health import badge_of
from sources.leases import claim
from sources.models import Finding, Host, LinkCheck, LinkState, StateChange
from sources.outcomes import ALIVE, FAILING, Outcome
from sources.states import Rules, State
from sources.sweeping import check_leases
from sources.upkeep import make_room_for_checks
from sources.watching import watch_sources
from tests.sources.hostile import HOSTILE, LIVING, host_of, name_server, serve, trust
from tests.sources.records import sources_at
from tests.sources.web import Page, Web

OTHER = (
    "<html><title>Shoes</title>" + "<p>Shoes of every size and colour are sold here, and sent for nothing.</p>" * 40
).encode()
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
WEEKS = 9
# Each on a host of its own, as on the web; the name server of the test knows them all.
BEHAVIOURS = {
    "answers 200": "/ok",
    "answers 304": "/not-modified",
    "moved, 301": "/moved",
    "for now, 302": "/temp",
    "missing, 404": "/no/such/page",
    "removed, 410": "/removed",
    "too many, 429": "/limited",
    "refuses, 403": "/refused",
    "broken, 500": "/broken",
    "never answers": "/hang",
    "leads home": "/home/2020/06/story",
    "soft 404": "/soft404",
    "for sale": "/parked",
    "redirects round": "/loop",
    "no such name": "/gone",
    "down for a week": "/week",
    "gone, then back": "/back",
    "gone, other text": "/other",
    "leads inside": "/goto?http://169.254.169.254/",
}


@pytest.fixture
def nine_weeks(web, quick, db) -> Iterator[dict[str, LinkState]]:
    names = list(BEHAVIOURS)
    sources = sources_at(
        web.url(path, host=f"site-{number}.example") for number, path in enumerate(BEHAVIOURS.values())
    )
    make_room_for_checks(first=START.date(), last=(START + timedelta(weeks=WEEKS + 14)).date())
    watch_sources(at=START)
    rules = Rules()
    limits = replace(quick, silence_seconds=0.15)
    until = START + timedelta(weeks=WEEKS)

    def look_up(host: str) -> list[str]:
        if host == f"site-{names.index('no such name')}.example":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return ["127.0.0.1"]

    while (now := Host.objects.order_by("due_at").values_list("due_at", flat=True)[0]) < until:
        play(web, day=(now - START) / timedelta(days=1))
        for _ in check_leases(claim(most=100, at=now), limits=limits, rules=rules, at=lambda: now, look_up=look_up):
            pass

    return {name: LinkState.objects.get(pk=source.pk) for name, source in zip(names, sources, strict=True)}


def play(web: Web, *, day: float) -> None:
    """What the pages that change do on that day."""
    web.pages["/week"] = Page(500) if 10 < day < 17 else Page()
    web.pages["/back"] = Page(410) if 10 < day < 35 else Page()
    web.pages["/other"] = Page() if day <= 10 else Page(404) if day < 35 else Page(body=OTHER)


def test_what_each_behaviour_comes_to_in_nine_weeks(nine_weeks):
    tell(nine_weeks)

    assert {name: (row.state, badge_of(row, at=START).slug) for name, row in nine_weeks.items()} == {
        "answers 200": (State.LIVE, "works"),
        "answers 304": (State.LIVE, "works"),
        "moved, 301": (State.LIVE, "moved"),
        "for now, 302": (State.LIVE, "works"),
        "missing, 404": (State.DEAD, "dead"),
        "removed, 410": (State.DEAD, "dead"),
        "too many, 429": (State.UNCHECKED, "unchecked"),
        "refuses, 403": (State.UNVERIFIABLE, "cannot-be-checked"),
        "broken, 500": (State.DEAD, "dead"),
        "never answers": (State.DEAD, "dead"),
        "leads home": (State.DEAD, "dead"),
        "soft 404": (State.DEAD, "dead"),
        "for sale": (State.SUSPECT, "failing"),
        "redirects round": (State.DEAD, "dead"),
        "no such name": (State.DEAD, "dead"),
        "down for a week": (State.LIVE, "works"),
        "gone, then back": (State.LIVE, "works"),
        "gone, other text": (State.DEAD, "dead"),
        "leads inside": (State.UNCHECKED, "cannot-be-checked"),
    }
    died = {change.source_id: change.at - START for change in StateChange.objects.filter(after=State.DEAD)}
    assert timedelta(days=3) <= died[nine_weeks["removed, 410"].pk] < timedelta(days=7)
    assert timedelta(days=6) <= died[nine_weeks["missing, 404"].pk] < timedelta(days=10)
    assert timedelta(days=14) <= died[nine_weeks["broken, 500"].pk] < timedelta(days=22)
    assert open_findings(nine_weeks) == {
        "moved, 301": {"moved"},
        "missing, 404": {"dead"},
        "removed, 410": {"dead"},
        "broken, 500": {"dead"},
        "never answers": {"dead"},
        "leads home": {"dead"},
        "soft 404": {"dead"},
        "redirects round": {"dead"},
        "no such name": {"dead"},
        "for sale": {"hijacked"},
        "gone, other text": {"dead", "answers-again"},
        "leads inside": {"refused"},
    }


def open_findings(rows: dict[str, LinkState]) -> dict[str, set[str]]:
    names = {row.pk: name for name, row in rows.items()}
    found: dict[str, set[str]] = {}
    for source_id, kind in Finding.objects.filter(closed_at=None).values_list("source_id", "kind"):
        found.setdefault(names[source_id], set()).add(kind)
    return found


def tell(rows: dict[str, LinkState]) -> None:
    widest = max(map(len, rows))
    print(f"\n{'behaviour':<{widest}}{'checks':>7}  states, by day")
    for name, row in rows.items():
        steps = ["0 unchecked"]
        for change in StateChange.objects.filter(source=row.pk).order_by("at"):
            flags = f" ({', '.join(change.flags)})" if change.flags else ""
            steps.append(f"{(change.at - START) / timedelta(days=1):.1f} {change.after}{flags}")
        print(f"{name:<{widest}}{LinkCheck.objects.filter(source=row.pk).count():>7}  {' → '.join(steps)}")


# --- the whole hostile web -----------------------------------------------------------------------------------------

SITES = [*HOSTILE, *LIVING]
SIX_WEEKS = timedelta(weeks=6)
A_LOOK = timedelta(hours=8)
COMES_TO = (
    dict.fromkeys(ALIVE, State.LIVE)
    | dict.fromkeys(FAILING, State.DEAD)
    | {
        Outcome.USURPED: State.SUSPECT,
        Outcome.BLOCKED: State.UNVERIFIABLE,
        Outcome.RATE_LIMITED: State.UNCHECKED,
        Outcome.TLS_PROBLEM: State.UNCHECKED,
        Outcome.WRONG_TYPE: State.UNCHECKED,
        Outcome.UNSAFE: State.UNCHECKED,
        Outcome.UNSUPPORTED: State.UNCHECKED,
    }
)


def test_what_the_whole_hostile_web_comes_to_in_six_weeks(web, quick, db):
    sources = sources_at(serve(web, SITES))
    make_room_for_checks(first=START.date(), last=(START + timedelta(weeks=20)).date())
    watch_sources(at=START)
    # So many broken sites at once would be taken for a fault of our own line, and nothing would ever be dead.
    rules = replace(Rules(), own_share=1.0)
    limits = replace(quick, silence_seconds=0.3, total_seconds=1.0, connections=64, connections_per_ip=64)
    now = START
    while now < START + SIX_WEEKS:
        moment = now
        while leases := claim(most=300, at=moment):
            for _ in check_leases(
                leases,
                limits=limits,
                rules=rules,
                at=lambda moment=moment: moment,
                look_up=name_server(SITES),
                trust=trust(),
            ):
                pass
        now += A_LOOK

    rows = LinkState.objects.in_bulk([source.pk for source in sources])
    reached = [(site, rows[source.pk]) for site, source in zip(SITES, sources, strict=True)]
    tell({f"{site.name} ({site.outcome.label})": row for site, row in reached})
    assert [
        (site.name, site.outcome.label, row.state) for site, row in reached if row.state != COMES_TO[site.outcome]
    ] == []
    living = {row.pk for site, row in reached if site.outcome in ALIVE}
    ever_in_doubt = StateChange.objects.filter(source__in=living, after__in=[State.DEAD, State.SUSPECT])
    assert not ever_in_doubt.exists()
    assert [site.name for site, row in reached if row.hijacked != (site.outcome is Outcome.USURPED)] == []
    assert [site.name for site, row in reached if row.tls_problem != (site.outcome is Outcome.TLS_PROBLEM)] == []
    inside = {host_of(number, site) for number, site in enumerate(SITES) if site.silent}
    assert inside.isdisjoint(asked.headers.get("host", "").partition(":")[0] for asked in web.asked)
