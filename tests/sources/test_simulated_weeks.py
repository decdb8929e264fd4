"""Real requests to a misbehaving server, real tables, and a clock that runs through nine weeks.

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
from sources.services import make_room_for_checks, watch_sources
from sources.states import Rules, State
from sources.sweeping import check_leases
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
    story(nine_weeks)

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
        "leads inside": (State.UNCHECKED, "unchecked"),
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


def story(rows: dict[str, LinkState]) -> None:
    print(f"\n{'behaviour':<18}{'checks':>7}  states, by day")
    for name, row in rows.items():
        steps = ["0 unchecked"]
        for change in StateChange.objects.filter(source=row.pk).order_by("at"):
            flags = f" ({', '.join(change.flags)})" if change.flags else ""
            steps.append(f"{(change.at - START) / timedelta(days=1):.1f} {change.after}{flags}")
        print(f"{name:<18}{LinkCheck.objects.filter(source=row.pk).count():>7}  {' → '.join(steps)}")
