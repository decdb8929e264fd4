"""What is watched: every source with an address, from the moment it is entered until it is retracted."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from history.services import stating
from sources.health import SLUGS, badge, badge_of, badge_of_source, slug_expression
from sources.models import Finding, Host, LinkCheck, LinkState, Passage, Snapshot, Source, StateChange
from sources.outcomes import Outcome
from sources.seen import matches_words, saw
from sources.services import override_state, record_snapshot
from sources.states import State
from sources.watching import make_due, watch_sources
from tests.sources.records import source_at, sources_at
from tests.translations import in_spanish

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def reachable(settings):
    settings.LINK_CHECK_ALLOWED_NETWORKS = "127.0.0.0/8"
    settings.LINK_CHECK_GAP_SECONDS = "0"
    settings.LINK_CHECK_SILENCE_SECONDS = "0.5"


def change(source: Source, **fields: object) -> None:
    with stating(who=None, why="a test"):
        Source.objects.filter(pk=source.pk).update(**fields)


def test_every_source_with_an_address_is_watched_and_no_other(db):
    with_address, without = sources_at(["https://www.news.example/a", None])

    begun = watch_sources()

    assert begun == 1
    assert LinkState.objects.get().source == with_address
    assert Host.objects.get().key == "news.example"
    assert not LinkState.objects.filter(source=without).exists()


def test_watching_twice_changes_nothing(db):
    sources_at([f"https://site.example/{page}" for page in range(5)])
    watch_sources()
    before = list(LinkState.objects.order_by("pk").values())

    assert watch_sources() == 0
    assert list(LinkState.objects.order_by("pk").values()) == before


def test_an_import_does_not_fall_due_at_once(db):
    now = timezone.now()
    sources_at([f"https://site-{number}.example/" for number in range(200)])

    watch_sources(at=now)

    first_hours = LinkState.objects.filter(due_at__lte=now + timedelta(hours=6)).count()
    assert 30 < first_hours < 70
    assert not LinkState.objects.filter(due_at__gt=now + timedelta(hours=24)).exists()


def test_a_new_address_starts_anew(db):
    source = source_at("https://old.example/a")
    watch_sources()
    LinkState.objects.update(state=State.DEAD, hard_strikes=[timezone.now()], digest=5)

    change(source, url="https://new.example/b", identity_key="https://new.example/b")

    assert watch_sources() == 1
    row = LinkState.objects.select_related("host").get()
    assert (row.state, row.hard_strikes, row.digest, row.host.key) == (State.UNCHECKED, [], None, "new.example")


def test_a_retracted_source_is_not_asked_for(db):
    source = source_at("https://site.example/a")
    watch_sources()

    change(source, retracted_because="entered by mistake")
    watch_sources()

    assert LinkState.objects.get().due_at is None
    assert Host.objects.get().due_at is None


def test_a_company_page_that_holds_a_quotation_is_watched_closely(db):
    source = source_at("https://company.example/a")
    with stating(who=None, why="a test"):
        Source.objects.update(type=Source.Type.COMPANY_PAGE)
        Passage.objects.create(source=source, exact="we will not")

    watch_sources()

    assert LinkState.objects.get().own_page


def test_a_persons_word_stands_beside_the_checks_until_its_day(db):
    source = source_at("https://site.example/a")
    editor = User.objects.create(username="editor")
    now = timezone.now()
    watch_sources()

    override_state(
        source=source, state=State.EXEMPT, until=now + timedelta(days=7), because="They asked us.", by=editor
    )

    row = LinkState.objects.get()
    assert row.due_at is None
    assert badge_of(row, at=now).slug == "cannot-be-checked"
    assert badge_of(row, at=now).reason == "They asked us."
    assert badge_of(row, at=now + timedelta(days=8)).slug == "unchecked"
    assert "editor" not in str(StateChange.objects.get().evidence).replace("an editor", "")
    assert watch_sources(at=now + timedelta(days=8)) == 0
    assert LinkState.objects.get().due_at is not None


@pytest.mark.parametrize("flag", ["moved", "changed", "hijacked", "tls_problem"])
def test_while_a_persons_word_holds_no_flag_of_the_checks_speaks_over_it(db, flag):
    source = source_at("https://site.example/a")
    now = timezone.now()
    watch_sources()
    LinkState.objects.update(state=State.LIVE, **{flag: True})

    override_state(
        source=source,
        state=State.LIVE,
        until=now + timedelta(days=7),
        because="I read it today",
        by=User.objects.create(username="editor"),
    )

    shown = badge_of(LinkState.objects.get(), at=now)
    assert (shown.slug, shown.reason, shown.linked) == ("works", "I read it today.", True)


def test_a_page_that_refuses_robots_at_its_first_checks_is_not_called_unchecked(db):
    source_at("https://site.example/a")
    watch_sources()
    now = timezone.now()
    LinkState.objects.update(last_outcome=Outcome.BLOCKED, last_status=403, last_reason="refuses", last_checked_at=now)

    shown = badge_of(LinkState.objects.get(), at=now)

    assert (shown.slug, shown.reason) == ("cannot-be-checked", "The page refuses.")


def test_a_page_whose_last_check_did_not_come_through_is_not_said_to_have_answered_it(db):
    source_at("https://site.example/a")
    watch_sources()
    LinkState.objects.update(
        state=State.LIVE,
        last_ok_at=datetime(2026, 3, 2, 8, tzinfo=UTC),
        last_checked_at=datetime(2026, 3, 9, 8, tzinfo=UTC),
        last_outcome=Outcome.SERVER_ERROR,
        last_reason="answered with an error of the server (500)",
    )

    shown = badge_of(LinkState.objects.get(), at=timezone.now())

    assert shown.slug == "works"
    assert shown.reason == (
        "The page answered on 2 March 2026. The check of 9 March 2026 did not come through; it is asked again."
    )


def test_a_persons_word_needs_a_reason(db):
    source = source_at("https://site.example/a")
    watch_sources()

    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        override_state(
            source=source,
            state=State.LIVE,
            until=timezone.now() + timedelta(days=1),
            because=" ",
            by=User.objects.create(username="editor"),
        )


def test_a_copy_in_an_archive_shows_on_the_badge_of_a_dead_source(db):
    source = source_at("https://site.example/a")
    watch_sources()
    LinkState.objects.update(state=State.DEAD)

    record_snapshot(
        source=source,
        kind=Snapshot.Kind.MEMENTO,
        captured_at=timezone.now(),
        url="https://archive.example/2020/https://site.example/a",
    )

    assert badge_of(LinkState.objects.get(), at=timezone.now()).slug == "archived"


def test_a_source_without_an_address_has_no_badge(db):
    assert badge_of_source(source_at(None), at=timezone.now()) is None


def test_the_database_and_the_page_give_every_source_the_same_badge(db):
    now = timezone.now()
    marks = [{}, {"moved": True}, {"changed": True}, {"hijacked": True}, {"tls_problem": True}, {"has_archive": True}]
    marks += [
        {"override_state": word, "override_until": now + timedelta(days=days), "override_because": "a reason"}
        for word in (State.LIVE, State.EXEMPT)
        for days in (-1, 1)
    ]
    marks += [mark | {"hijacked": True, "changed": True} for mark in marks[-4:]]
    marks += [{"last_outcome": outcome} for outcome in Outcome]
    cases = [{"state": state} | mark for state in State for mark in marks]
    sources = sources_at([f"https://site.example/{number}" for number in range(len(cases) + 1)])
    watch_sources()
    for source, case in zip(sources, cases, strict=False):
        LinkState.objects.filter(pk=source.pk).update(**case)

    rows = Source.objects.select_related("link_state").annotate(slug_of_badge=slug_expression(at=now))

    shown = {row.pk: badge_of_source(row, at=now) for row in rows}
    assert {row.pk: row.slug_of_badge for row in rows} == {pk: one.slug for pk, one in shown.items()}
    assert {one.slug for one in shown.values()} == set(SLUGS)


def test_every_badge_has_a_word_an_icon_and_a_reason():
    for state in State:
        for flag in ("moved", "changed", "hijacked", "tls_problem", "has_archive"):
            shown = badge(state, **{flag: True})
            assert shown.label
            assert shown.mark
            assert shown.reason.endswith(".")


def test_a_badge_follows_the_language_of_the_reader_and_quotes_what_a_check_said_in_english(db):
    (source,) = sources_at(["https://site.example/"])
    watch_sources()
    said = "says that there is no such page (404)"
    LinkState.objects.update(
        state=State.SUSPECT, last_outcome=Outcome.GONE, last_status=404, last_reason=said, last_checked_at=LONG_AGO
    )
    row = LinkState.objects.get(source=source)
    texts = {
        ("link", "Failing"): "Falla",
        (None, "The page %(reason)s."): "La página respondió (en inglés): “%(reason)s”.",
        ("check", "not found"): "no se encuentra",
        (None, ("None of %(count)s passage", "None of %(count)s passages")): (
            "Ninguno de %(count)s pasaje",
            "Ninguno de %(count)s pasajes",
        ),
    }

    with in_spanish(texts):
        shown = badge_of(row, at=LONG_AGO)
        seen = saw(LinkCheck(outcome=Outcome.GONE))
        matches = matches_words(3, 0)

    assert (shown.slug, shown.label) == ("failing", "Falla")
    assert shown.reason == f"La página respondió (en inglés): “{said}”."
    assert (seen, matches) == ("no se encuentra", "Ninguno de 3 pasajes")


def test_an_address_that_another_party_holds_is_not_linked():
    assert not badge(State.SUSPECT, hijacked=True).linked
    assert badge(State.SUSPECT).linked


# --- check_links --------------------------------------------------------------------------------------------


def test_a_sweep_checks_every_source_and_says_what_it_found(db, web, reachable, capsys):
    sources_at([web.url("/ok"), web.url("/removed"), web.url("/refused"), None])

    call_command("check_links")

    assert "Checked 3 of 3 sources: 1 ok, 1 gone, 1 blocked." in capsys.readouterr().out
    assert LinkCheck.objects.count() == 3
    assert not Host.objects.exclude(leased_until=None).exists()


def test_a_second_sweep_within_the_hour_asks_nobody_again(db, web, reachable, capsys):
    sources_at([web.url("/ok")])
    call_command("check_links")

    call_command("check_links")

    assert "Nothing is to be checked now." in capsys.readouterr().out
    assert len(web.pages_asked()) == 1


def test_one_source_can_be_checked_by_its_slug_and_no_other_is(db, web, reachable):
    sources_at([web.url("/ok?1"), web.url("/ok?2")])

    call_command("check_links", source=["source-1"])

    assert web.pages_asked() == ["/ok?2"]


def test_only_due_sources_are_checked_if_so_told(db, web, reachable):
    first, _ = sources_at([web.url("/ok?1"), web.url("/ok?2")])
    watch_sources()
    LinkState.objects.update(due_at=timezone.now() + timedelta(hours=5))
    make_due(slugs=[first.slug], not_checked_since=LONG_AGO)

    call_command("check_links", due=True)

    assert web.pages_asked() == ["/ok?1"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"source": ["nowhere"]}, "No source has the slug “nowhere”."),
        ({"source": ["source-0"]}, "The source “source-0” has no address to check."),
        ({"source": ["source-0"], "due": True}, "Give either --due or --source, not both."),
    ],
)
def test_a_sweep_that_cannot_be_made_says_why(db, options, message):
    source_at(None)

    with pytest.raises(CommandError) as error:
        call_command("check_links", **options)

    assert str(error.value) == message


def test_a_setting_that_cannot_be_read_is_named(db, settings):
    settings.LINK_CHECK_ALLOWED_NETWORKS = "everywhere"

    with pytest.raises(CommandError, match="LINK_CHECK_ALLOWED_NETWORKS: “everywhere” cannot be read"):
        call_command("check_links")


def test_a_finding_is_open_once(db):
    source = source_at("https://site.example/a")
    Finding.objects.create(source=source, kind=Finding.Kind.DEAD, opened_at=timezone.now())

    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.create(source=source, kind=Finding.Kind.DEAD, opened_at=timezone.now())
