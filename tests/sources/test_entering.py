"""What an editor is told while a source is entered: same and like addresses, copies, quotations. Real requests."""

import json
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from sources.addresses import RefusedAddress
from sources.archiving import link_capture, store_capture
from sources.entering import check_quotation_at_entry, copies_of, read_source
from sources.models import Source, TextVersion
from sources.replies import Hop, Reply
from sources.text import fingerprints, text_digest
from tests.sources.pdfs import a_pdf
from tests.sources.records import source_at
from tests.sources.web import Page

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
PLEDGE = "We will not sell facial recognition to the police until a national law is in place."
SENTENCES = [
    "The maker of cameras wrote to lawmakers on Wednesday and explained what it meant to do.",
    PLEDGE,
    "Groups that had asked for a ban for many years said that the letter left much unsaid.",
    "Older contracts with county sheriffs go on, and nobody could say how many of them there are.",
    "A spokesman answered that the company would look at each of these when it came to its end.",
    "Two senators asked for hearings in the autumn, at which the chief executive should speak.",
]


def page_of(*sentences: str, head: str = "") -> Page:
    body = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return Page(body=f"<html lang='en'><head>{head}</head><body><h1>A letter</h1>{body}</body></html>".encode())


def read_on(source: Source, *sentences: str, at: datetime = START) -> TextVersion:
    text = "\n".join(sentences)
    return TextVersion.objects.create(
        source=source,
        seen_from=at,
        text=text,
        digest=text_digest(text),
        words=len(text.split()),
        fingerprints=fingerprints(text),
    )


@pytest.fixture
def reread(web, quick, monkeypatch):
    """Read a page of the test's server."""

    def do(path: str = "/letter", page: Page | None = None, **given):
        web.pages[path] = page or page_of(*SENTENCES)
        return read_source(web.url(path), limits=quick, at=START, **given)

    return do


def test_a_source_under_the_same_address_is_named_and_one_under_a_like_address_too(web, reread):
    same = source_at(web.url("/letter?utm_source=mail"), name="same")
    like = source_at(web.url("/Letter/"), name="like")

    entry = reread()

    assert entry.on_record == same
    assert entry.alike == (like,)


def test_a_source_under_the_address_that_the_page_calls_its_own_is_named(web, reread):
    own = source_at(web.url("/own-address"))

    entry = reread(page=page_of(*SENTENCES, head=f"<link rel='canonical' href='{web.url('/own-address')}'>"))

    assert (entry.on_record, entry.alike) == (None, (own,))


def test_an_address_that_may_not_be_asked_for_is_refused_with_what_to_do(quick):
    with pytest.raises(RefusedAddress, match="begin it with https://"):
        read_source("news.example/story", limits=quick)


def test_a_reprint_is_offered_as_a_copy_and_another_report_is_not(reread):
    first = source_at("https://wire.example/letter", name="wire")
    read_on(first, *SENTENCES)
    other = source_at("https://paper.example/weather", name="weather")
    read_on(other, *[f"On day {day} the rain fell on the hills and the rivers of the north rose." for day in range(20)])

    entry = reread(page=page_of("The Valley Courier brings you this.", *SENTENCES, "More news on the next page."))

    assert [(copy.source, copy.share >= 0.9) for copy in entry.copies] == [(first, True)]


def test_a_few_words_in_common_make_no_copy():
    read_on(source_at("https://wire.example/letter"), *SENTENCES)

    assert copies_of(PLEDGE) == []
    assert copies_of(" ".join(f"word{number}" for number in range(200)) + PLEDGE) == []


def test_quotations_are_checked_against_the_page_and_a_miss_shows_the_nearest_words(reread):
    hit, miss = reread(
        quotations=["we will not sell facial recognition", PLEDGE.replace("not sell", "not lease")]
    ).quotations

    assert hit.anchored is not None
    assert hit.anchored.exact == "We will not sell facial recognition"
    assert hit.anchored.suffix.startswith(" to the police")
    assert miss.anchored is None
    assert "not sell" in miss.found.text


def test_nothing_is_read_from_a_page_that_is_gone(web, quick):
    entry = read_source(web.url("/nowhere"), limits=quick)

    assert entry.reading.refused == "Nothing was read: the page says that there is no such page (404)."
    assert entry.copies == ()


# --- A quotation as it is entered ------------------------------------------------------------------------------


def test_a_quotation_gets_the_words_around_it_from_the_text_on_record():
    source = source_at("https://paper.example/letter")
    read_on(source, *SENTENCES)

    found = check_quotation_at_entry(source, "not sell facial recognition to the police")

    assert found is not None
    assert found.exact == "not sell facial recognition to the police"
    assert found.prefix.endswith("meant to do.\nWe will ")
    assert found.suffix.startswith(" until a national law")


def test_a_quotation_that_was_copied_wrongly_is_refused_with_what_stands_there():
    source = source_at("https://paper.example/letter")
    read_on(source, *SENTENCES)

    with pytest.raises(ValidationError, match=r"read on 2 March 2026. The nearest words there are: “.*not sell facial"):
        check_quotation_at_entry(source, PLEDGE.replace("not sell", "never sell"))


def test_a_quotation_of_an_earlier_text_of_the_page_is_none_that_was_copied_wrongly():
    source = source_at("https://paper.example/letter")
    read_on(source, *SENTENCES)
    read_on(source, *[one for one in SENTENCES if one != PLEDGE], at=START.replace(day=9))

    assert check_quotation_at_entry(source, PLEDGE) is not None


def test_words_outside_the_article_are_found_in_the_capture():
    source = source_at("https://paper.example/letter")
    read_on(source, *SENTENCES)
    url = str(source.url)
    body = page_of(*SENTENCES, "<small>Photograph: A camera above a door in Leeds</small>").body
    reply = Reply(
        url=url, final_url=url, hops=(Hop(url, 200, None, None),), status=200, content_type="text/html", body=body,
        headers=((b"Content-Type", b"text/html"),), whole=True,
    )  # fmt: skip
    link_capture(store_capture(reply, at=START), source_id=source.pk)

    found = check_quotation_at_entry(source, "A camera above a door in Leeds")

    assert found is not None
    assert found.prefix.endswith("Photograph: ")


def test_nothing_is_said_of_a_source_that_was_never_read():
    assert check_quotation_at_entry(source_at("https://paper.example/letter"), PLEDGE) is None


# --- On the command line ---------------------------------------------------------------------------------------


def test_the_command_prints_each_field_with_its_basis_and_what_is_on_record(tmp_path, capsys):
    like = source_at("http://www.paper.example/letter/", name="like")
    read_on(like, *SENTENCES)
    saved = tmp_path / "letter.html"
    saved.write_bytes(page_of(*SENTENCES, head="<meta property='og:title' content='A letter to lawmakers'>").body)

    call_command("read_source", "https://paper.example/letter", file=saved, quote=["We will not sell", "We shall"])
    printed = capsys.readouterr().out

    assert "On record under a like address: “like 0” (like-0). It may be the same page." in printed
    assert "title           sure  A letter to lawmakers  (meta tag og:title)" in printed
    assert "published       open" in printed
    assert "Copy of: “like 0” (like-0), 100% of the words in common." in printed
    assert "“We will not sell” stands there" in printed
    assert "“We shall” does not stand there: it was copied wrongly." in printed


def test_the_command_prints_json_of_a_saved_pdf(tmp_path, capsys):
    saved = tmp_path / "report.pdf"
    saved.write_bytes(a_pdf("Faces in the Crowd", "April 13, 2021", *SENTENCES))

    call_command("read_source", "https://rights.example/report.pdf", file=saved, json=True)
    told = json.loads(capsys.readouterr().out)

    assert told["fields"]["published"][0]["value"] == "2021-04-13"
    assert told["fields"]["published"][0]["sure"] is False
    assert told["on_record"] is None


def test_the_command_says_how_to_mend_an_address(tmp_path):
    with pytest.raises(CommandError, match="begin it with https://"):
        call_command("read_source", "paper.example/letter")
    with pytest.raises(CommandError, match="Name a file that you can read"):
        call_command("read_source", "https://paper.example/", file=tmp_path / "none.html")


def test_the_command_says_that_a_page_without_words_could_not_be_searched(tmp_path, capsys):
    saved = tmp_path / "scanned.pdf"
    saved.write_bytes(a_pdf())

    call_command("read_source", "https://rights.example/scanned.pdf", file=saved, quote=[PLEDGE])
    printed = capsys.readouterr().out

    assert "words           none" in printed
    assert f"“{PLEDGE}” could not be looked for: no words could be read from the page." in printed


def test_the_command_says_that_a_page_is_longer_than_what_was_read_of_it(web, capsys, settings):
    settings.LINK_CHECK_ALLOWED_NETWORKS = "127.0.0.0/8"
    settings.LINK_CHECK_KEPT_BYTES = 2_000
    web.pages["/long"] = page_of(*SENTENCES * 20, PLEDGE.replace("police", "army"))

    call_command("read_source", web.url("/long"), quote=[PLEDGE.replace("police", "army")])

    assert "does not stand in the part that was read; the page is longer." in capsys.readouterr().out
