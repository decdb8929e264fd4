"""Quoted words are looked for in the source while they are typed in: a slip of copying is said at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.roles import Role
from history.services import stating
from pledges.models import Citation, Event
from sources.models import Passage, Source, TextVersion
from sources.text import fingerprints, text_digest
from tests.desk import record
from tests.desk.pages import typed_in

pytestmark = pytest.mark.django_db
TEXT = (
    "The company wrote to lawmakers on Wednesday.\n“We will not sell it to the police this year,” the letter says.\n"
    "It did not say what becomes of older contracts."
)
QUOTED = "We will not sell it to the police"
SLIP = "We will sell it to the police"
SAID = "These words do not stand in the source as it was read on 2 March 2026."


@pytest.fixture
def letter() -> Source:
    """A source whose page was read."""
    with stating(who=None, why="a test"):
        source = record.source("letter")
    TextVersion.objects.create(
        source=source,
        seen_from=datetime(2026, 3, 2, 8, tzinfo=UTC),
        text=TEXT,
        digest=text_digest(TEXT),
        words=len(TEXT.split()),
        fingerprints=fingerprints(TEXT),
    )
    return source


@pytest.fixture
def editor(sign_in):
    return sign_in(record.person("ann", Role.EDITOR))


def with_citation(editor, source: Source, **typed):
    return editor.send(
        reverse("admin:pledges_event_add"), kind="lawsuit", title="A suit", slug="suit", summary="Somebody sued.",
        date="2020-06-10", reason="Read today", citations__0__source=source.pk, citations__0__stance="supports",
        **{f"citations__0__{name}": value for name, value in typed.items()},
    )  # fmt: skip


def test_a_quotation_that_stands_in_the_source_is_noted_with_the_words_around_it(editor, letter):
    with_citation(editor, letter, quotation=QUOTED)

    passage = Citation.objects.get().passage
    assert passage is not None
    assert (passage.exact, passage.suffix.startswith(" this year")) == (QUOTED, True)
    assert "on Wednesday." in passage.prefix


def test_a_slip_of_copying_is_refused_at_the_quotation_with_the_words_that_stand_there(editor, letter):
    page = with_citation(editor, letter, quotation=SLIP).content.decode()

    assert SAID in page
    assert "We will not sell it to the police" in page
    assert typed_in(page)["citations-0-quotation"] == [SLIP]
    assert not Event.objects.exists()


def test_an_editor_who_has_it_from_the_page_itself_is_believed(editor, letter):
    with_citation(editor, letter, quotation=SLIP, from_the_page="on")

    passage = Citation.objects.get().passage
    assert passage is not None
    assert (passage.exact, passage.prefix, passage.suffix) == (SLIP, "", "")


def test_words_of_a_source_that_was_never_read_are_taken_as_typed(editor):
    with stating(who=None, why="a test"):
        unread = record.source("unread")

    with_citation(editor, unread, quotation=SLIP)

    assert Citation.objects.get().passage.exact == SLIP


def test_a_tick_alone_is_no_citation(editor):
    editor.send(
        reverse("admin:pledges_event_add"), kind="lawsuit", title="A suit", slug="suit", summary="Somebody sued.",
        date="2020-06-10", reason="Read today", citations__0__from_the_page="on",
    )  # fmt: skip

    assert (Event.objects.count(), Citation.objects.count()) == (1, 0)


def test_saving_a_citation_again_does_not_look_for_words_that_were_not_touched(editor, letter):
    with_citation(editor, letter, quotation=SLIP, from_the_page="on")

    editor.send(
        reverse("admin:pledges_event_change", args=[Event.objects.get().pk]),
        citations__0__locator="page 2",
        reason="Where",
    )

    assert Citation.objects.get().locator == "page 2"


def test_a_passage_on_the_page_of_its_source_is_looked_for_too(editor, letter):
    there = reverse("admin:sources_source_change", args=[letter.pk])
    refused = editor.send(there, passages__TOTAL_FORMS=1, passages__0__exact=SLIP, reason="Read")
    editor.send(there, passages__TOTAL_FORMS=1, passages__0__exact=QUOTED, reason="Read")

    assert SAID in refused.content.decode()
    passage = Passage.objects.get()
    assert (passage.exact, passage.suffix.startswith(" this year")) == (QUOTED, True)


def test_a_passage_on_a_page_of_its_own_is_looked_for_and_keeps_the_words_around_it_that_were_typed(editor, letter):
    add = reverse("admin:sources_passage_add")
    refused = editor.send(add, source=letter.pk, exact=SLIP, reason="Read")
    editor.send(add, source=letter.pk, exact=QUOTED, prefix="Dear all. ", reason="Read")

    assert SAID in refused.content.decode()
    assert (Passage.objects.get().prefix, Passage.objects.get().suffix) == ("Dear all. ", "")


def test_saving_a_passage_again_keeps_the_spaces_and_line_breaks_around_it(editor, letter):
    editor.send(reverse("admin:sources_passage_add"), source=letter.pk, exact=QUOTED, reason="Read")
    passage = Passage.objects.get()
    there = reverse("admin:sources_passage_change", args=[passage.pk])
    held = editor.fill_in(there, reason="Nothing")

    sent = {name: [text.replace("\n", "\r\n") for text in some] for name, some in held.items()}
    page = editor.post(there, sent).content.decode()

    assert "Nothing was changed." in page
    assert "\n" in passage.prefix
    assert (Passage.objects.get().prefix, Passage.objects.get().suffix) == (passage.prefix, passage.suffix)
