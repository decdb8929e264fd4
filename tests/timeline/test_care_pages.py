"""What readers are told of the care of sources: the ledger of silent edits, its feed, a source's page, our robot."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone

from history.services import stating
from sources.models import (
    LinkState,
    Passage,
    PassageState,
    SilentEdit,
    Snapshot,
    Source,
    StateChange,
    TextVersion,
)
from sources.outcomes import Outcome
from sources.quotations import PassageStanding
from sources.states import State
from sources.versions import withdraw_edit
from sources.watching import watch_sources
from tests import factories as make
from tests.desk import record
from tests.timeline.reading import ATOM, feed_of, text_of

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
LEDGER, FEED = "/sources/edits/", "/sources/edits/feed.atom"
BEFORE, AFTER = "We will never sell it to police.", "We will sell it to <b>police</b>, at times."


def a_page(name="position", publisher="Acme", **values) -> Source:
    """A company's own page that is quoted, under watch."""
    source = make.a_source(
        name, url=f"https://{name}.example/", type=Source.Type.COMPANY_PAGE, publisher=publisher, **values
    )
    with stating(who=None, why="a test"):
        Passage.objects.create(source=source, exact=BEFORE)
    watch_sources(at=START)
    return source


def text_of_page(source, text, day=0) -> TextVersion:
    return TextVersion.objects.create(
        source=source, seen_from=START + timedelta(days=day), text=text, digest=len(text), words=len(text.split())
    )


def an_edit(source, day=1, **values) -> SilentEdit:
    given = {
        "kind": SilentEdit.Kind.EDITED,
        "before": text_of_page(source, BEFORE, day - 1),
        "after": text_of_page(source, AFTER, day),
        "changes": [[BEFORE, AFTER]],
        "weighty": ["never"],
    }
    return SilentEdit.objects.create(
        source=source,
        last_seen_before=START + timedelta(days=day - 1),
        first_seen_after=START + timedelta(days=day),
        quotations=1,
        **given | values,
    )


# --- the ledger ---------------------------------------------------------------------------------------------------


def test_an_empty_ledger_says_how_many_pages_were_read_at_all(client):
    assert "No page of a company’s own is cited" in text_of(client, LEDGER)

    a_page("one")
    a_page("two")
    assert "pages that are watched: 2; read so far: 0." in text_of(client, LEDGER)

    LinkState.objects.filter(source__slug="one").update(text_seen_at=START)
    page = text_of(client, LEDGER)
    assert "pages that are watched: 2; read so far: 1. No change was seen." in page


def test_the_page_of_a_newspaper_is_none_of_those_that_are_watched_for_the_ledger(client):
    make.a_source("story", url="https://news.example/story", publisher="The Example")
    watch_sources()

    assert "No page of a company’s own is cited" in text_of(client, f"{LEDGER}?publisher=The+Example")


def test_an_edit_shows_the_words_before_and_after_its_window_of_time_and_what_it_touches(client):
    source = a_page()
    edit = an_edit(source)

    for address in (LEDGER, f"{LEDGER}{edit.pk}/"):
        page = text_of(client, address)
        assert "2 March 2026, 08:00" in page
        assert "3 March 2026, 08:00" in page
        assert re.search(r"<del>.*?never.*?</del>", page)
        assert "<b>police</b>" not in page
        assert "1 passage quoted here" in page
        assert "Words of weight: <b>never</b>" in page
        assert "changes no status by itself" in page


@pytest.mark.parametrize(("change", "mark"), [([BEFORE, ""], "del"), (["", AFTER], "ins")])
def test_a_sentence_that_is_only_gone_or_only_new_is_shown(client, change, mark):
    edit = an_edit(a_page(), changes=[change])

    for address in (LEDGER, f"{LEDGER}{edit.pk}/", FEED):
        assert f"<{mark}>" in unescape(text_of(client, address))


def test_a_page_cannot_turn_the_words_of_its_own_edit_round(client):
    turned = "We will \u202enever\u202c sell it\x01."
    edit = an_edit(a_page(), changes=[[turned, AFTER]])

    for address in (LEDGER, f"{LEDGER}{edit.pk}/", FEED):
        page = text_of(client, address)
        assert not {"\u202e", "\u202c", "\x01"} & set(page)
        assert "never" in page


def test_the_ledger_of_a_day_has_what_had_been_seen_by_then(client):
    source = a_page()
    early, late = an_edit(source, day=1), an_edit(source, day=9)

    page = text_of(client, f"{LEDGER}?as_of=2026-03-04")

    assert (f'id="edit-{early.pk}"' in page, f'id="edit-{late.pk}"' in page) == (True, False)
    assert client.get(f"{LEDGER}?as_of=2026-02-30").status_code == 400
    assert client.get(f"{LEDGER}{early.pk}/?as_of=x").status_code == 400
    assert client.get(f"{FEED}?as_of=x").status_code == 400


def test_the_newest_edit_comes_first_and_many_go_over_several_pages(client):
    source = a_page()
    edits = [an_edit(source, day=day).pk for day in range(1, 20)]

    first = text_of(client, LEDGER)
    older = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = text_of(client, f"{LEDGER}{older}" if older.startswith("?") else older)

    shown = [int(number) for page in (first, second) for number in re.findall(r'id="edit-(\d+)"', page)]
    assert shown == edits[::-1]


def test_the_ledger_is_narrowed_to_a_publisher_and_so_is_its_feed(client):
    an_edit(a_page("one", "Acme"))
    an_edit(a_page("two", "Other & Sons"))

    page = text_of(client, f"{LEDGER}?publisher=Other+%26+Sons")
    feed = feed_of(client, f"{FEED}?publisher=Other+%26+Sons")

    assert page.count('class="edit"') == 1
    assert "Other &amp; Sons" in page
    assert len(feed.findall("a:entry", ATOM)) == 1


def test_what_is_not_public_is_not_in_the_ledger(client):
    edit = an_edit(a_page("hidden", draft=True))

    assert f"edit-{edit.pk}" not in text_of(client, LEDGER)
    assert client.get(f"{LEDGER}{edit.pk}/").status_code == 404
    assert not feed_of(client, FEED).findall("a:entry", ATOM)


def test_an_edit_that_is_none_is_not_there(client):
    assert client.get(f"{LEDGER}4711/").status_code == 404
    assert client.get(f"{LEDGER}?cursor=nonsense").status_code == 400


def test_a_page_that_was_taken_away_is_told_as_such(client):
    edit = an_edit(a_page(), kind=SilentEdit.Kind.REMOVED, after=None, changes=[], weighty=[])

    page = text_of(client, f"{LEDGER}{edit.pk}/")

    assert "The page was taken away as a whole." in page


def test_a_withdrawal_is_told_with_its_day_and_reaches_who_follows_the_feed(client):
    edit = an_edit(a_page())
    at = START + timedelta(days=9)
    before = feed_of(client, FEED).findtext("a:entry/a:updated", namespaces=ATOM)

    withdraw_edit(edit, because="Only the <navigation> changed.", by=record.person("eve"), at=at)

    page = text_of(client, LEDGER)
    feed = feed_of(client, FEED)
    assert "Withdrawn from the ledger on 11 March 2026: Only the &lt;navigation&gt; changed." in page
    assert feed.findtext("a:entry/a:title", namespaces=ATOM).startswith("Withdrawn from the ledger")
    assert before < feed.findtext("a:entry/a:updated", namespaces=ATOM)
    assert feed.findtext("a:updated", namespaces=ATOM) >= at.isoformat()[:19]


def test_an_entry_of_the_feed_has_the_words_that_went_and_came(client):
    edit = an_edit(a_page(), restored_at=START + timedelta(days=5))

    entry = feed_of(client, FEED).find("a:entry", ATOM)
    summary = entry.findtext("a:summary", namespaces=ATOM)

    assert entry.find("a:link", ATOM).attrib["href"].endswith(f"{LEDGER}{edit.pk}/")
    assert "<del>never</del>" in summary
    assert "<b>" not in summary
    assert "The earlier text stood there again on 7 March 2026" in summary


# --- a source -----------------------------------------------------------------------------------------------------


def quoted(source, standing=PassageStanding.PRESENT, **values) -> None:
    passage = source.passages.get()
    event = make.an_event(f"of-{source.slug}")
    make.cite(event, source, passage=passage)
    PassageState.objects.create(
        passage=passage,
        standing=standing,
        since=START,
        last_looked_at=START,
        last_present_at=values.pop("last_present_at", START),
        **values,
    )


@pytest.mark.parametrize(
    "fate", [{"state": State.DEAD}, {"state": State.SUSPECT}, {"hijacked": True, "state": State.SUSPECT}]
)
def test_words_of_a_page_that_cannot_be_read_now_are_not_said_to_stand(client, fate):
    source = a_page()
    quoted(source)
    LinkState.objects.update(**{"since": START, "last_ok_at": START, "text_seen_at": START} | fate)

    page = text_of(client, f"/sources/{source.slug}/")

    assert "Stood word for word when the page was last read" in page
    assert "The quoted words stood there when the page was last read." in page
    assert "Stands word for word" not in page
    assert "#:~:text=" not in page


def test_words_that_stand_are_said_to_and_led_to(client):
    source = a_page()
    quoted(source)
    LinkState.objects.update(state=State.LIVE, since=START, last_ok_at=START, text_seen_at=START)

    page = text_of(client, f"/sources/{source.slug}/")

    assert "The quoted words still stand." in page
    assert "#:~:text=" in page


def test_words_that_were_never_seen_there_are_not_said_to_be_gone(client):
    source = a_page()
    quoted(source, PassageStanding.MISSING, last_present_at=None)
    LinkState.objects.update(state=State.LIVE, since=START, last_ok_at=START, text_seen_at=START)

    page = text_of(client, f"/sources/{source.slug}/")

    assert "Not found there" in page
    assert "No longer there" not in page
    assert "The quoted words do not stand there word for word." in page


def test_words_that_nobody_can_look_for_are_not_said_to_be_looked_for_later(client):
    source = a_page()
    make.cite(make.an_event("one"), source, passage=source.passages.get())
    LinkState.objects.update(state=State.LIVE, last_ok_at=START, text_seen_at=None)

    assert "Could not be looked for" in text_of(client, f"/sources/{source.slug}/")


def test_reworded_words_are_shown_as_they_are_now(client):
    source = a_page()
    quoted(source, PassageStanding.ALTERED, text="We will sell it to police.", weighty=["never"])
    LinkState.objects.update(state=State.LIVE, since=START, last_ok_at=START, text_seen_at=START)

    page = text_of(client, f"/sources/{source.slug}/")
    event = text_of(client, f"/events/of-{source.slug}/")

    assert re.search(r"<del>.*?never.*?</del>", page)
    assert "Reworded on the page</b>" in event
    assert "Last seen word for word on" in event


def test_a_source_says_since_when_its_text_has_changed_and_where_its_page_went(client):
    source = a_page()
    LinkState.objects.update(
        state=State.LIVE,
        moved=True,
        moved_to="https://position.example/new",
        since=START,
        last_ok_at=START,
        last_outcome=Outcome.OK_MOVED,
    )
    StateChange.objects.create(
        source=source, at=START, before=State.LIVE, after=State.LIVE, flags=["moved"], reason="The page has moved."
    )

    page = text_of(client, f"/sources/{source.slug}/")

    assert "It leads to https://position.example/new now. So since 2 March 2026." in page
    assert "from “works” to “works”" not in page


def test_a_persons_word_is_told_as_theirs_with_its_day(client):
    source = a_page()
    LinkState.objects.update(
        state=State.SUSPECT,
        override_state=State.EXEMPT,
        override_until=timezone.now() + timedelta(days=9),
        override_because="They asked us",
    )

    page = text_of(client, f"/sources/{source.slug}/")

    assert "They asked us. A person decided so; it holds until" in page
    assert "it is not checked meanwhile" in page


def test_a_page_whose_single_checks_were_let_go_says_when_it_was_last_checked(client):
    source = a_page()
    LinkState.objects.update(state=State.DEAD, last_checked_at=START)

    page = text_of(client, f"/sources/{source.slug}/")

    assert "Last checked on 2 March 2026. Single checks are kept for 90 days." in page


def test_copies_stand_with_their_gap_and_whether_the_words_are_in_them(client):
    source = a_page()
    LinkState.objects.update(state=State.DEAD, has_archive=True)
    for days, found in ((-12, 0), (1, 1), (0, None)):
        Snapshot.objects.create(
            source=source,
            kind=Snapshot.Kind.MEMENTO,
            url=f"https://archive.example/{days}/",
            captured_at=START + timedelta(days=days),
            near=START.date(),
            archive="Example Archive",
            quotations_asked=None if found is None else 1,
            quotations_found=found,
            verified_at=START,
        )

    page = text_of(client, f"/sources/{source.slug}/")

    assert "12 days before the event" in page
    assert "on the day of the event" in page
    assert "Yes, the quoted passage" in page
    assert "Read the archived copy of 3 March 2026" in page


# --- our robot ----------------------------------------------------------------------------------------------------


def test_the_robot_says_what_it_does_where_robots_txt_closes_a_page(client, settings):
    page = text_of(client, "/about/our-robot/")
    assert "Its text is then no longer read or kept" in page
    assert "every 7 days at first" in page

    settings.LINK_CHECK_ROBOTS_FOR_CHECKS = "1"
    assert "The page is then not asked for any more" in text_of(client, "/about/our-robot/")
