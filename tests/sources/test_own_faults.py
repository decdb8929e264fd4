"""What fails in us, on a page or a letter that nobody foresaw, is told, and holds up no other source."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from sources import checking, recording
from sources.leases import claim
from sources.models import Finding, Host, LinkCheck, LinkState, Source
from sources.outcomes import Outcome
from sources.states import Rules, State
from sources.sweeping import check_leases
from sources.watching import make_due, watch_sources
from tests.sources.records import sources_at
from tests.sources.test_leases import LONG_AGO
from tests.sources.web import ARTICLE, Page

RULES = Rules()


@pytest.fixture
def sources(db, web) -> list[Source]:
    made = sources_at([web.url("/ok?1"), web.url("/ok?poison"), web.url("/ok?2")])
    watch_sources()
    make_due(not_checked_since=LONG_AGO)
    return made


@pytest.fixture
def fails_on_poison(monkeypatch):
    """A fault of ours that one page brings to light. No page is known to do so; else it would be mended."""
    judge = checking.judge

    def judge_unless_poison(reply, **given):
        if "poison" in reply.url:
            raise RecursionError("too deep")
        return judge(reply, **given)

    monkeypatch.setattr(checking, "judge", judge_unless_poison)
    return lambda: monkeypatch.setattr(checking, "judge", judge)


def check_all(limits) -> list[checking.Result]:
    Host.objects.update(resume_at=None)
    make_due(not_checked_since=timezone.now() + timedelta(days=1))
    return [result for batch in check_leases(claim(most=10), limits=limits, rules=RULES) for result in batch]


def test_a_page_on_which_our_check_fails_holds_up_no_other(sources, quick, fails_on_poison, caplog):
    with caplog.at_level(logging.ERROR, logger="sources.checking"):
        results = check_all(quick)

    assert [result.verdict.outcome for result in results] == [Outcome.OK, Outcome.BLOCKED, Outcome.OK]
    assert LinkCheck.objects.count() == 3
    assert sources[1].url in caplog.text
    assert "RecursionError: too deep" in caplog.text


def test_it_is_shown_to_editors_says_nothing_of_the_page_and_is_over_when_the_check_is_mended(
    sources, quick, fails_on_poison, caplog
):
    check_all(quick)

    finding = Finding.objects.get()
    assert finding.kind == Finding.Kind.STUCK
    assert finding.source == sources[1]
    assert finding.closed_at is None
    assert "Our own check of the page failed" in finding.detail
    assert LinkState.objects.get(pk=sources[1].pk).state == State.UNCHECKED

    fails_on_poison()
    check_all(quick)

    finding.refresh_from_db()
    assert finding.closed_at is not None
    assert LinkState.objects.get(pk=sources[1].pk).state == State.LIVE


def test_a_page_that_was_known_to_work_still_does_when_our_check_of_it_fails(sources, quick, monkeypatch, caplog):
    check_all(quick)
    monkeypatch.setattr(checking, "judge", lambda *given, **more: 1 / 0)

    check_all(quick)

    assert set(LinkState.objects.values_list("state", flat=True)) == {State.LIVE}
    assert Finding.objects.filter(kind=Finding.Kind.STUCK, closed_at=None).count() == 3


def test_what_the_database_does_not_take_of_one_page_keeps_no_other_from_being_written(
    sources, quick, monkeypatch, caplog
):
    written = recording._take_result

    def with_a_letter_that_no_table_holds(state, standing, result, **given):
        written(state, standing, result, **given)
        if "poison" in result.job.url and not result.failed:
            state.last_reason = "a\0b"

    monkeypatch.setattr(recording, "_take_result", with_a_letter_that_no_table_holds)

    check_all(quick)

    assert list(LinkState.objects.order_by("pk").values_list("last_outcome", flat=True)) == [
        Outcome.OK,
        Outcome.BLOCKED,
        Outcome.OK,
    ]
    assert Finding.objects.get().kind == Finding.Kind.STUCK
    assert not LinkState.objects.filter(lease__isnull=False).exists()


def test_a_robots_txt_with_letters_that_no_table_holds_is_kept_without_them(sources, web, quick):
    web.pages["/robots.txt"] = Page(200, b"User-agent: *\nDisallow: /private\x00\x0b\n", {"Content-Type": "text/plain"})

    check_all(quick)

    (kept,) = Host.objects.get().robots.values()
    assert kept["text"] == "User-agent: *\nDisallow: /private"


def test_a_text_with_letters_that_no_table_holds_is_kept_without_them(sources, web, quick):
    web.pages["/ok?1"] = Page(
        200, ARTICLE.replace("the company said", "\0the \x0bcompany &#0;said&#1;").encode("utf-8", "surrogatepass")
    )

    check_all(quick)

    state = LinkState.objects.get(pk=sources[0].pk)
    assert state.state == State.LIVE
    assert state.baseline is not None
    assert "\0" not in state.baseline.text
