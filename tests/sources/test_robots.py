"""What a site's robots.txt says is obeyed where texts are read and kept (RFC 9309)."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sources.checking import Checker, Job, Lane, LaneEnded, Result
from sources.limits import Limits
from sources.outcomes import Known, Outcome
from sources.replies import Fault, Reply
from sources.robots import LONGEST_FILE, Robots, RobotsFile, file_of, for_us, is_old
from sources.states import Rules
from tests.sources.web import Page

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
US = "PledgeRecord/1.0 (+https://record.example/about/our-robot/)"
PLAIN = {"Content-Type": "text/plain"}


def robots(text: str | None) -> Robots:
    return Robots(RobotsFile(None if text is None else for_us(text, user_agent=US), NOW), user_agent=US)


@pytest.mark.parametrize(
    ("text", "path", "may"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /press", "/press/2020", False),
        ("User-agent: *\nDisallow: /press", "/news/2020", True),
        ("User-agent: *\nDisallow: /press\nAllow: /press/open", "/press/open/1", True),
        ("User-agent: *\nAllow: /press/open\nDisallow: /press", "/press/closed", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/report.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/report.pdf?page=2", True),
        ("User-agent: *\nDisallow: /a%20b", "/a%20b/c", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),  # section 2.2.2: always
        ("User-agent: OtherRobot\nDisallow: /", "/a", True),
        ("User-agent: PledgeRecord\nDisallow: /", "/a", False),
        ("user-AGENT: pledgerecord\ndisALLOW: /", "/a", False),
        ("User-agent: PledgeRecord/2.1\nDisallow: /", "/a", False),
        ("User-agent: PledgeRecorder\nDisallow: /", "/a", True),
        ("User-agent: OtherRobot\nUser-agent: PledgeRecord\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: PledgeRecord\nAllow: /", "/a", True),
        ("User-agent: PledgeRecord\nAllow: /\n\nUser-agent: *\nDisallow: /", "/a", True),
        ("User-agent: PledgeRecord\nDisallow: /one\n\nUser-agent: PledgeRecord\nDisallow: /two", "/two", False),
        ("# all of it\nUser-agent: * # everybody\nDisallow: / # nothing", "/a", False),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", "/a", False),
        ("User agent: *\nDisalow: /", "/a", False),
        ("Disallow: /", "/a", True),
        ("<html><body>Disallow: /</body></html>", "/a", True),
        ("User-agent: *\nSitemap: https://site.example/map.xml\nDisallow: /", "/a", False),
    ],
)
def test_an_address_may_be_read_or_not(text, path, may):
    assert robots(text).may_read(f"https://site.example{path}") is may


def test_nothing_is_read_while_the_file_could_not_be():
    assert not robots(None).may_read("https://site.example/a")


def test_an_address_that_is_none_is_not_read():
    assert not robots("").may_read("ftp://site.example/a")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 12", 12),
        ("User-agent: *\nCrawl-delay: 2.5", 2.5),
        ("User-agent: *\nCrawl-delay: 86400", 60),
        ("User-agent: *\nCrawl-delay: soon", 0),
        ("User-agent: *\nCrawl-delay: -5", 0),
        ("User-agent: *\nCrawl-delay: 30\n\nUser-agent: PledgeRecord\nCrawl-delay: 3", 3),
        ("User-agent: OtherRobot\nCrawl-delay: 30", 0),
        ("", 0),
    ],
)
def test_the_pause_that_a_site_asks_for_is_honoured_up_to_a_limit(text, seconds):
    assert robots(text).crawl_delay(longest=60) == seconds


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"status": 200, "body": b"User-agent: *\nDisallow: /"}, "User-agent: *\nDisallow: /"),
        ({"status": 200, "body": b""}, ""),
        ({"status": 404}, ""),
        ({"status": 403}, ""),
        ({"status": 410, "fault": None}, ""),
        ({"status": 429}, None),
        ({"status": 500}, None),
        ({"status": 503, "retry_after": 60}, None),
        ({"status": 301}, None),
        ({"fault": Fault.HOPS}, ""),
        ({"fault": Fault.LOOP}, None),
        ({"fault": Fault.TIME_OUT}, None),
        ({"fault": Fault.UNSAFE}, None),
        ({"status": 200, "body": b"User-agent: *", "fault": Fault.CUT_OFF}, None),
    ],
)
def test_what_an_answer_for_the_file_means(answer, text):
    reply = Reply(url="https://site.example/robots.txt", final_url="https://site.example/robots.txt", **answer)

    assert file_of(reply, at=NOW, user_agent=US) == RobotsFile(text, NOW)


def test_a_file_of_a_hundred_thousand_groups_is_cut_to_what_speaks_to_us():
    others = "".join(f"User-agent: Robot{number}\nDisallow: /{number}\n" for number in range(100_000))

    assert for_us(others + "User-agent: *\nDisallow: /private\n", user_agent=US) == "User-agent: *\nDisallow: /private"


def test_what_stands_beyond_the_longest_file_is_not_read():
    body = b"#" * LONGEST_FILE + b"\nUser-agent: *\nDisallow: /"
    reply = Reply(url="https://site.example/robots.txt", final_url="", status=200, body=body)

    assert file_of(reply, at=NOW, user_agent=US).text == ""


@pytest.mark.parametrize(
    ("file", "later", "old"),
    [
        (None, timedelta(0), True),
        (RobotsFile("", NOW), timedelta(hours=23), False),
        (RobotsFile("", NOW), timedelta(hours=24), True),
        (RobotsFile(None, NOW), timedelta(minutes=59), False),
        (RobotsFile(None, NOW), timedelta(hours=1), True),
        (RobotsFile("", NOW), timedelta(hours=-1), True),  # a clock that was wrong
    ],
)
def test_the_file_is_read_again_after_a_day_and_sooner_where_it_could_not_be(file, later, old):
    assert is_old(file, at=NOW + later, hours=24) is old


# --- on a visit -----------------------------------------------------------------------------------------------


@pytest.fixture
def visited(web, quick) -> Callable[..., list[Result | LaneEnded]]:
    """Check some paths of the site in one visit, reading their texts."""

    def do(*paths: str, at: datetime = NOW, limits: Limits = quick, **known_of_host: object):
        async def run() -> list[Result | LaneEnded]:
            jobs = [Job(key, web.url(path), known=Known()) for key, path in enumerate(paths)]
            async with Checker(limits=limits, rules=Rules(), clock=lambda: at) as checker:
                return [item async for item in checker.run(Lane("site.example", jobs, **known_of_host))]

        return asyncio.run(run())

    return do


def test_a_page_that_robots_may_not_read_is_checked_and_its_text_left_alone(web, visited):
    web.pages["/robots.txt"] = Page(body=b"User-agent: *\nDisallow: /closed", headers=PLAIN)
    web.pages["/closed"] = Page()

    open_one, closed, _ = visited("/ok", "/closed")

    assert (open_one.verdict.outcome, open_one.page is not None) == (Outcome.OK, True)
    assert (closed.verdict.outcome, closed.page) == (Outcome.OK, None)


def test_a_text_is_left_alone_where_the_page_leads_to_one_that_robots_may_not_read(web, visited):
    web.pages["/robots.txt"] = Page(body=b"User-agent: *\nDisallow: /closed", headers=PLAIN)
    web.pages["/old"] = Page(status=301, headers={"Location": "/closed"})
    web.pages["/closed"] = Page()

    led_there, _ = visited("/old")

    assert (led_there.verdict.outcome, led_there.page) == (Outcome.OK_MOVED, None)


def test_the_file_is_asked_for_once_a_visit_and_not_again_within_a_day(web, visited):
    *_, ended = visited("/ok", "/ok?2", "/ok?3")
    visited("/ok", at=NOW + timedelta(hours=23), robots=ended.robots)
    assert web.paths().count("/robots.txt") == 1

    visited("/ok", at=NOW + timedelta(hours=25), robots=ended.robots)
    assert web.paths().count("/robots.txt") == 2


def test_a_site_that_asks_for_longer_pauses_says_so_to_later_visits(web, visited, quick):
    web.pages["/robots.txt"] = Page(body=b"User-agent: *\nCrawl-delay: 0.05", headers=PLAIN)

    *_, ended = visited("/ok")

    assert ended.gap_seconds == 0.05


def test_where_the_setting_says_so_a_closed_page_is_not_asked_for_at_all(web, visited, quick):
    web.pages["/robots.txt"] = Page(body=b"User-agent: *\nDisallow: /closed", headers=PLAIN)

    closed, _ = visited("/closed", limits=replace(quick, robots_for_checks=True))

    assert (closed.verdict.outcome, closed.verdict.reason) == (
        Outcome.BLOCKED,
        "robots.txt asks robots not to read it",
    )
    assert web.paths() == ["/robots.txt"]


def test_a_file_that_leads_to_an_inner_address_is_not_followed(web, visited):
    web.pages["/robots.txt"] = Page(status=302, headers={"Location": "http://169.254.169.254/robots.txt"})

    page, _ = visited("/ok")

    assert (page.verdict.outcome, page.page) == (Outcome.OK, None)
