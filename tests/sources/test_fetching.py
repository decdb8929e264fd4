"""Real fetches from a server on loopback that behaves, misbehaves and attacks."""

import gzip
import resource
import socket
import time

import pytest

from sources.outcomes import Known, Outcome, judge, short_digest
from sources.quotations import PassageStanding, Quotation
from sources.replies import Conditions, Fault
from tests.sources.web import ARTICLE, Page, fifty_megabytes_in_fifty_kilobytes


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/ok", Outcome.OK),
        ("/squeezed", Outcome.OK),
        ("/cookie", Outcome.OK),
        ("/moved", Outcome.OK_MOVED),
        ("/temp", Outcome.OK_TEMP),
        ("/chain/9", Outcome.OK_TEMP),
        ("/paywalled", Outcome.PAYWALLED),
        ("/no/such/page", Outcome.GONE),
        ("/removed", Outcome.GONE),
        ("/home/2020/06/article", Outcome.HOME_REDIRECT),
        ("/section/2020/06/article", Outcome.HOME_REDIRECT),
        ("/soft404", Outcome.SOFT404),
        ("/parked", Outcome.USURPED),
        ("/refused", Outcome.BLOCKED),
        ("/withheld", Outcome.BLOCKED),
        ("/challenge", Outcome.BLOCKED),
        ("/limited", Outcome.RATE_LIMITED),
        ("/busy", Outcome.RATE_LIMITED),
        ("/broken", Outcome.SERVER_ERROR),
        ("/hang", Outcome.SERVER_ERROR),
        ("/drip", Outcome.SERVER_ERROR),
        ("/reset", Outcome.SERVER_ERROR),
        ("/cut", Outcome.SERVER_ERROR),
        ("/garbage", Outcome.SERVER_ERROR),
        ("/huge-header", Outcome.SERVER_ERROR),
        ("/many-headers", Outcome.SERVER_ERROR),
        ("/brotli", Outcome.SERVER_ERROR),
        ("/empty", Outcome.SERVER_ERROR),
        ("/loop", Outcome.REDIRECT_LOOP),
        ("/ring/0", Outcome.REDIRECT_LOOP),
        ("/chain/12", Outcome.REDIRECT_LOOP),
        ("/bomb", Outcome.TOO_BIG),
        ("/endless", Outcome.TOO_BIG),
        ("/image", Outcome.WRONG_TYPE),
        ("/members", Outcome.WRONG_TYPE),
        ("/goto?http://169.254.169.254/latest/meta-data/", Outcome.UNSAFE),
        ("/goto?http://user:secret@example.org/", Outcome.UNSAFE),
        ("/goto?ftp://example.org/file", Outcome.UNSUPPORTED),
        ("/goto?data:text/html,hello", Outcome.UNSUPPORTED),
    ],
)
def test_each_way_to_answer_has_its_outcome(web, fetch, path, outcome):
    verdict = judge(fetch(web.url(path)))

    assert verdict.outcome is outcome, verdict.reason


def test_nobody_listening_is_a_failure_of_the_network(web, fetch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    verdict = judge(fetch(f"http://127.0.0.1:{port}/"))

    assert verdict.outcome is Outcome.SERVER_ERROR
    assert verdict.by_network


def test_a_name_that_does_not_exist_is_looked_up_twice_before_it_is_believed(fetch):
    looks = []

    def nowhere(host):
        looks.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    verdict = judge(fetch("http://gone.example/", look_up=nowhere))

    assert verdict.outcome is Outcome.DNS_GONE
    assert looks == ["gone.example", "gone.example"]


def test_a_name_server_that_is_silent_for_now_says_nothing_about_the_page(fetch):
    def silent(host):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    verdict = judge(fetch("http://slow.example/", look_up=silent))

    assert verdict.outcome is Outcome.DNS_TEMP


def test_a_server_that_wants_a_pause_says_how_long_in_either_form(web, fetch):
    in_seconds = fetch(web.url("/limited"))
    by_date = fetch(web.url("/busy"))

    assert in_seconds.retry_after == 120
    assert by_date.retry_after == 86_400


def test_every_hop_is_on_record(web, fetch):
    reply = fetch(web.url("/moved"))

    assert [(hop.url, hop.status) for hop in reply.hops] == [
        (web.url("/moved"), 301),
        (web.url("/new/place/of-the-article"), 200),
    ]
    assert reply.final_url == web.url("/new/place/of-the-article")
    assert reply.hops[0].ip == "127.0.0.1"


def test_a_page_that_has_not_changed_is_not_sent_again(web, fetch):
    first = fetch(web.url("/not-modified"))

    second = fetch(web.url("/not-modified"), conditions=Conditions(first.etag, first.last_modified))

    verdict = judge(second, known=Known(digest=short_digest(first.digest)))
    assert verdict.outcome is Outcome.NOT_MODIFIED
    assert second.wire_bytes == 0


def test_a_304_that_nobody_asked_for_is_no_answer(web, fetch):
    web.pages["/odd"] = Page(status=304)

    assert judge(fetch(web.url("/odd"))).outcome is Outcome.SERVER_ERROR


@pytest.mark.parametrize("path", ["/hang", "/drip"])
def test_a_slow_server_is_left_in_time(web, fetch, path):
    began = time.monotonic()

    reply = fetch(web.url(path), total_seconds=1.0, silence_seconds=0.6)

    assert reply.fault is Fault.TIME_OUT
    assert time.monotonic() - began < 3


def test_a_bomb_is_stopped_before_it_fills_memory(web, fetch):
    fifty_megabytes_in_fifty_kilobytes()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    reply = fetch(web.url("/bomb"))

    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert reply.fault is Fault.TOO_BIG
    assert reply.wire_bytes < 300_000
    assert grown < 25


def test_an_endless_page_costs_no_more_than_the_cap(web, fetch):
    reply = fetch(web.url("/endless"), total_seconds=10)

    assert reply.fault is Fault.TOO_BIG
    assert reply.wire_bytes < 3_200_000


def test_requests_are_honest_and_ask_only_for_what_can_be_unpacked_safely(web, fetch):
    fetch(web.url("/ok"))

    headers = web.asked[0].headers
    assert "link" not in headers["user-agent"].lower()
    assert headers["accept-encoding"] == "gzip, identity"
    assert "referer" not in headers
    assert "cookie" not in headers


def test_cookies_of_one_site_are_not_carried_to_another_fetch(web, fetch):
    fetch(web.url("/cookie"))
    fetch(web.url("/cookie"))

    assert ["cookie" in asked.headers for asked in web.asked] == [False, True, False, True]


def test_a_quotation_on_the_page_outweighs_what_looks_like_an_error(web, fetch):
    page = "<title>404 Not found: a report</title><p>We will not sell it to police until a law is in place.</p>"
    web.pages["/report"] = Page(body=page.encode())

    verdict = judge(
        fetch(web.url("/report")),
        known=Known(quotations=(Quotation("will not sell it to police … a law is in place"),)),
    )

    assert verdict.outcome is Outcome.OK
    assert [found.standing for found in verdict.found] == [PassageStanding.PRESENT]


def test_a_squeezed_page_that_lost_its_end_is_not_taken_for_the_whole(web, fetch):
    packed = gzip.compress(ARTICLE.encode())
    web.pages["/lost-its-end"] = Page(body=packed[:-20], headers={"Content-Encoding": "gzip"})

    reply = fetch(web.url("/lost-its-end"))

    assert reply.fault is None
    assert reply.body
    assert not reply.whole
    assert fetch(web.url("/squeezed")).whole
