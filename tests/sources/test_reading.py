"""What is read off a page's markup, in time that grows with it and no faster."""

import time

import pytest

from sources.reading import decoded, heading, page_title, plain, stands_in, visible_text

PAGE = (
    "<html><head><title>A &amp; B \n pledge</title><style>p { color: red }</style></head>"
    "<body><h1>The <em>pledge</em></h1><!-- not <p>this</p> --><script>var x = '<p>nor this</p>';</script>"
    "<p>We will n<b>o</b>t sell it</p><p>to the po\u00adlice.</p></body></html>"
)


def test_title_heading_and_words_are_those_a_reader_sees():
    assert page_title(PAGE) == "A & B pledge"
    assert heading(PAGE) == "The pledge"
    assert visible_text(PAGE) == "A & B pledge The pledge We will not sell it to the po\u00adlice."


@pytest.mark.parametrize(
    "quotation",
    [
        "We will not sell it to the police.",
        "we will NOT sell it",
        "We will … the police",
        "We will [...] it to the police",
    ],
)
def test_a_quotation_stands_whatever_its_marks_and_what_it_leaves_out(quotation):
    assert stands_in(quotation, plain(visible_text(PAGE)))


@pytest.mark.parametrize("quotation", ["We will sell it", "the police We will", "…", ""])
def test_a_word_left_out_or_turned_round_is_no_quotation(quotation):
    assert not stands_in(quotation, plain(visible_text(PAGE)))


def test_kinds_of_marks_and_dashes_make_no_difference():
    assert plain("“one‑year” ‘pause’ –  now") == plain("\"one-year\" 'pause' -\nnow")


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("é".encode("latin-1"), "latin-1", "é"),
        (b'<meta charset="windows-1252">\x93', None, '<meta charset="windows-1252">“'),
        (b"\xc3\xa9", "no-such-charset", "é"),
        (b"\xe9t\xe9", None, "été"),
        ("une période d’é".encode()[:-1], None, "une période d’\ufffd"),
        (b"\xef\xbb\xbf\xc3\xa9", "latin-1", "é"),
        (b"\xff\xfe" + "é".encode("utf-16-le"), None, "é"),
        (b"\x93", "iso-8859-1", "“"),
        (b"\xc3\xa9", "punycode", "é"),
        (b"\xc3\xa9", "zlib", "é"),
        ("人脸".encode("gb18030"), "GB2312", "人脸"),
        ("é".encode("utf-16-le"), "utf-16le", "é"),
        (b'<meta charset="utf-16">\xc3\xa9', None, '<meta charset="utf-16">é'),
    ],
)
def test_text_is_read_by_its_mark_the_header_its_own_word_then_as_utf_8_or_windows_1252(body, charset, text):
    assert decoded(body, charset) == text


@pytest.mark.parametrize("piece", ["<", "<!--", "<script", "<script>", "<a <a ", "</", "<title", "<h1>", "<meta ", "&"])
def test_hostile_markup_takes_no_longer_than_its_length_allows(piece):
    markup = piece * (1_000_000 // len(piece))
    began = time.process_time()

    visible_text(markup)
    page_title(markup)
    heading(markup)
    decoded(markup.encode(), None)

    assert time.process_time() - began < 4
