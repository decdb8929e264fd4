"""What a page said and says: versions, quotations, the ledger of silent edits. Real requests, a clock of the test."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from history.services import stating
from sources.captures import storing
from sources.health import badge_of
from sources.leases import claim
from sources.models import (
    ArchiveJob,
    Finding,
    LinkState,
    Passage,
    PassageEvent,
    PassageState,
    SilentEdit,
    Source,
    StateChange,
    TextVersion,
)
from sources.outcomes import Outcome
from sources.quotations import PassageStanding
from sources.states import Rules, State
from sources.sweeping import check_leases
from sources.text import Drift
from sources.versions import accept_text, last_seen_word_for_word, sentence_changes, withdraw_edit
from sources.watching import watch_sources
from tests.sources.records import source_at
from tests.sources.web import SHORT_ERROR, Page
from tests.translations import in_spanish

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
PLEDGE = "We will not sell facial recognition to the police until a national law is in place."
AROUND = [
    "We have thought long about how our technology is used by those who keep the peace in our cities.",
    PLEDGE,
    "We have asked governments to write rules that protect the people whose faces are measured.",
    "Our engineers work with schools on the accuracy of our tools for everybody who meets them.",
    "Questions about this page are answered by our office of public affairs during working hours.",
]


def page_of(*sentences: str) -> Page:
    body = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return Page(
        body=f"<html><head><title>Our position</title></head><body><h1>Our position</h1>{body}</body></html>".encode()
    )


@pytest.fixture
def visit(web, quick, db) -> Callable[[float], None]:
    """Check everything that is due on a day of the story."""

    def do(day: float) -> None:
        now = START + timedelta(days=day)
        LinkState.objects.update(due_at=now)
        watch_sources(at=now)
        for _ in check_leases(claim(most=100, at=now), limits=quick, rules=Rules(), at=lambda: now):
            pass

    return do


@pytest.fixture
def pledge_page(web, db) -> Source:
    """A company's own page with a quotation on record."""
    return a_page(web, "/position", Source.Type.COMPANY_PAGE)


def a_page(web, path: str, kind: Source.Type, *, quoted: str = PLEDGE) -> Source:
    web.pages[path] = page_of(*AROUND)
    source = source_at(web.url(path), name=path.strip("/"))
    with stating(who=None, why="a test"):
        Source.objects.filter(pk=source.pk).update(type=kind)
        Passage.objects.create(source=source, exact=quoted)
    watch_sources(at=START)
    return source


def test_the_first_visit_keeps_the_text_and_a_capture_and_finds_the_quotation(visit, pledge_page):
    visit(0)

    version = TextVersion.objects.get()
    assert PLEDGE in version.text
    assert version.snapshot.kind == "own"
    assert LinkState.objects.get().baseline == version
    assert PassageState.objects.get().standing == PassageStanding.PRESENT
    assert not Finding.objects.exists()


def test_a_page_that_stays_as_it_is_gets_no_second_version(visit, pledge_page):
    for day in range(4):
        visit(day)

    assert TextVersion.objects.count() == 1
    assert PassageEvent.objects.count() == 1
    assert last_seen_word_for_word(PassageState.objects.get(), LinkState.objects.get()) == START + timedelta(days=3)


def test_one_word_taken_from_a_companys_pledge_is_in_the_ledger_and_before_the_editors(web, visit, pledge_page):
    visit(0)
    visit(1)
    web.pages["/position"] = page_of(*[sentence.replace("will not sell", "will sell") for sentence in AROUND])
    visit(2)

    edit = SilentEdit.objects.get()
    assert (edit.kind, edit.weighty, edit.quotations) == ("edited", ["not"], 1)
    assert (edit.last_seen_before, edit.first_seen_after) == (START + timedelta(days=1), START + timedelta(days=2))
    assert edit.changes == [[PLEDGE, PLEDGE.replace("will not sell", "will sell")]]
    assert edit.before.snapshot.digest != edit.after.snapshot.digest
    quotation = Finding.objects.get(kind="quotation", closed_at=None)
    assert quotation.evidence["weighty"] == ["not"]
    assert "not" in quotation.detail
    assert Finding.objects.filter(kind="silent-edit", closed_at=None).count() == 1
    state = LinkState.objects.get()
    assert (state.state, badge_of(state, at=START).slug) == (State.LIVE, "changed")
    passage = PassageState.objects.get()
    assert passage.standing == PassageStanding.ALTERED
    assert last_seen_word_for_word(passage, state) == START + timedelta(days=1)


def test_a_new_text_is_given_to_an_archive_where_keys_are_set(web, visit, pledge_page, settings):
    visit(0)
    assert not ArchiveJob.objects.exists()
    settings.ARCHIVE_SAVE_URL = web.url("/save")
    settings.ARCHIVE_ACCESS_KEY, settings.ARCHIVE_SECRET_KEY = "access", "secret"
    web.pages["/position"] = page_of(*AROUND[:4])
    visit(1)
    visit(2)

    assert [job.kind for job in ArchiveJob.objects.all()] == ["save"]


def test_the_earlier_text_again_ends_what_was_found(web, visit, pledge_page):
    visit(0)
    web.pages["/position"] = page_of(*[sentence.replace("will not sell", "will sell") for sentence in AROUND])
    visit(1)
    web.pages["/position"] = page_of(*AROUND)
    visit(2)

    assert SilentEdit.objects.get().restored_at == START + timedelta(days=2)
    assert not Finding.objects.filter(closed_at=None, kind__in=["quotation", "changed"]).exists()
    assert badge_of(LinkState.objects.get(), at=START).slug == "works"
    assert [event.after for event in PassageEvent.objects.order_by("at")] == ["present", "altered", "present"]


def test_a_newspaper_that_edits_a_report_is_housekeeping(web, visit, db):
    a_page(web, "/report", Source.Type.NEWS)
    visit(0)
    web.pages["/report"] = page_of(*AROUND[:4], "Update: the company has not answered our questions by the evening.")
    visit(1)

    assert not SilentEdit.objects.exists()
    assert [finding.kind for finding in Finding.objects.filter(closed_at=None)] == ["changed"]
    assert TextVersion.objects.count() == 2


def test_what_is_found_is_stored_in_english_whatever_language_is_active(web, visit, db):
    a_page(web, "/report", Source.Type.NEWS)
    visit(0)
    web.pages["/report"] = page_of(*AROUND[:4], "Update: the company has not answered our questions by the evening.")
    with in_spanish({("how far a text is from an earlier one", "edited"): "modificado"}):
        assert Drift.EDITED.label == "modificado"
        visit(1)

    assert Finding.objects.get().detail == "The text of the page was edited since it was accepted."


def test_accepting_a_changed_text_ends_the_flag_and_the_next_visit_agrees(web, visit, editor):
    source = a_page(web, "/report", Source.Type.NEWS)
    visit(0)
    web.pages["/report"] = page_of(*AROUND[:4], "Update: the company has not answered our questions by the evening.")
    visit(1)
    accept_text(source, by=editor)
    visit(2)

    state = LinkState.objects.get()
    assert badge_of(state, at=START).slug == "works"
    assert state.baseline == TextVersion.objects.latest("seen_from")
    assert not Finding.objects.filter(closed_at=None).exists()


def test_a_text_that_was_never_read_cannot_be_accepted(db, editor):
    source = source_at("https://site.example/")
    watch_sources()

    with pytest.raises(ValidationError, match="No text of this source was read yet"):
        accept_text(source, by=editor)


def test_a_removed_pledge_page_is_in_the_ledger_until_it_is_back(web, visit, pledge_page):
    visit(0)
    visit(1)
    web.pages["/position"] = Page(404, SHORT_ERROR.encode())
    for day in (2, 5.5, 9, 12.5):
        visit(day)

    edit = SilentEdit.objects.get()
    assert (edit.kind, edit.after, edit.restored_at) == ("removed", None, None)
    assert (edit.last_seen_before, edit.first_seen_after) == (START + timedelta(days=1), START + timedelta(days=2))
    assert {finding.kind for finding in Finding.objects.filter(closed_at=None)} == {"dead", "silent-edit"}

    web.pages["/position"] = page_of(*AROUND)
    visit(20)
    assert SilentEdit.objects.get().restored_at == START + timedelta(days=20)


def test_a_quotation_that_was_never_there_is_a_mistake_of_copying(web, visit, db):
    a_page(
        web, "/report", Source.Type.NEWS, quoted="We shall burn every camera that we have ever sold to anyone at all"
    )
    visit(0)

    finding = Finding.objects.get(kind="quotation")
    assert "never found" in finding.detail
    assert PassageState.objects.get().last_present_at is None


def test_a_capture_that_cannot_be_stored_leaves_the_text_to_the_next_visit(web, visit, pledge_page, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(storing, "keep", full)
        visit(0)
        assert not TextVersion.objects.exists()
        assert LinkState.objects.get().state == State.LIVE
    visit(1)

    assert TextVersion.objects.get().seen_from == START + timedelta(days=1)


def test_a_host_that_shows_other_texts_everywhere_is_no_longer_trusted(web, visit, db):
    paths = [f"/report-{number}" for number in range(4)]
    for path in paths:
        a_page(web, path, Source.Type.NEWS)
    visit(0)
    for number, path in enumerate(paths):
        web.pages[path] = page_of(
            *[f"Cheap shoes of kind {number}, size {size}, are sold here today." for size in range(40)]
        )
    visit(1)

    assert set(LinkState.objects.values_list("hijacked", "state")) == {(True, State.SUSPECT)}
    assert set(Finding.objects.filter(closed_at=None).values_list("kind", flat=True)) == {"hijacked", "quotation"}

    for path in paths:
        web.pages[path] = page_of(*AROUND)
    visit(2)
    assert set(LinkState.objects.values_list("hijacked", "state")) == {(False, State.LIVE)}


def test_words_that_only_subscribers_are_shown_are_not_called_missing(web, visit, db):
    page = page_of(*AROUND[2:])
    page.body = page.body.replace(
        b"</head>", b'<script type="application/ld+json">{"isAccessibleForFree": false}</script></head>'
    )
    a_page(web, "/story", Source.Type.NEWS)
    web.pages["/story"] = page

    visit(0)

    assert LinkState.objects.get().last_outcome == Outcome.PAYWALLED
    assert not PassageState.objects.exists()
    assert not Finding.objects.exists()


def test_accepting_a_text_is_a_change_on_record_from_that_day(web, visit, pledge_page, editor):
    visit(0)
    web.pages["/position"] = page_of(*AROUND[3:], *AROUND[3:])
    visit(1)
    assert LinkState.objects.get().since == START + timedelta(days=1)

    accept_text(pledge_page, by=editor, at=START + timedelta(days=2))

    row = LinkState.objects.get()
    assert (row.changed, row.since) == (False, START + timedelta(days=2))
    assert StateChange.objects.order_by("-at").first().reason == "A person read the changed text and accepted it."


def test_a_withdrawn_edit_stays_with_its_reason(web, visit, pledge_page, editor):
    visit(0)
    web.pages["/position"] = page_of(*AROUND[:4], "This page was printed for the 3rd time.")
    visit(1)
    edit = SilentEdit.objects.get()

    with pytest.raises(ValidationError, match="Say why"):
        withdraw_edit(edit, because=" ", by=editor)
    withdraw_edit(edit, because="Only a counter of visits.", by=editor)

    assert SilentEdit.objects.get().withdrawn_because == "Only a counter of visits."
    assert not Finding.objects.filter(kind="silent-edit", closed_at=None).exists()


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda: TextVersion.objects.update(text="We never said that."),
        lambda: PassageEvent.objects.update(after="present"),
        lambda: TextVersion.objects.get().snapshot.__class__.objects.update(digest="0" * 64),
        lambda: TextVersion.objects.all().delete(),
        lambda: SilentEdit.objects.all()._raw_delete("default"),
    ],
    ids=["a text", "an event", "a capture's digest", "a version", "an edit"],
)
def test_what_was_read_cannot_be_rewritten(visit, pledge_page, rewrite):
    visit(0)

    with pytest.raises(DatabaseError), transaction.atomic():
        rewrite()


def _version(source: Source, **values: object) -> TextVersion:
    return TextVersion.objects.create(
        **{"source": source, "seen_from": START, "text": "Words.", "digest": 1, "words": 1, **values}
    )


def _edit(source: Source, **values: object) -> SilentEdit:
    window = {"last_seen_before": START, "first_seen_after": START + timedelta(days=1)}
    return SilentEdit.objects.create(
        **{"source": source, "kind": "edited", "after": _version(source), **window, **values}
    )


def _ask_twice(source: Source) -> None:
    for _ in range(2):
        ArchiveJob.objects.create(source=source, kind="look-up", near=START.date(), asked_at=START, due_at=START)


def _list_twice(source: Source) -> None:
    for _ in range(2):
        _edit(source)


@pytest.mark.parametrize(
    ("rule", "breaking"),
    [
        (
            "a_text_is_seen_until_after_it_is_seen_from",
            lambda source: _version(source, seen_until=START - timedelta(days=1)),
        ),
        (
            "a_silent_edit_has_a_window_of_time",
            lambda source: _edit(source, last_seen_before=START + timedelta(days=2)),
        ),
        (
            "a_removal_has_no_text_after_it_and_every_other_edit_has",
            lambda source: _edit(source, kind="removed"),
        ),
        ("a_removal_has_no_text_after_it_and_every_other_edit_has", lambda source: _edit(source, after=None)),
        ("a_silent_edit_is_listed_once", _list_twice),
        ("a_withdrawn_edit_says_when_and_why", lambda source: _edit(source, withdrawn_because="A counter.")),
        ("a_withdrawn_edit_says_when_and_why", lambda source: _edit(source, withdrawn_at=START, withdrawn_because=" ")),
        ("an_archive_is_asked_once_at_a_time", _ask_twice),
    ],
)
def test_the_database_holds_to_each_rule_of_texts_edits_and_jobs(db, rule, breaking):
    source = source_at("https://site.example/")

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        breaking(source)


def test_sentences_are_paired_in_reading_order():
    assert sentence_changes("One. Two is here. Three.", "One. Two was here. Three. Four.") == [
        ["Two is here.", "Two was here."],
        ["", "Four."],
    ]
