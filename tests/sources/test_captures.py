"""Captures: what a fetch brought or an editor brings is kept as it was, and can be read back by anybody."""

import gzip
import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from sources.captures.uploads import LARGEST_UPLOAD, RefusedUpload, uploaded
from sources.captures.warc import (
    NothingToKeep,
    UnreadableCapture,
    payload_digest,
    read_capture,
    warc_of,
)
from sources.replies import Fault, Hop, Reply
from tests.sources.web import ARTICLE

AT = datetime(2020, 6, 10, 14, 30, 5, 250, tzinfo=timezone(timedelta(hours=2)))
AGENT = "PledgeRecord/0.1 (+https://pledges.example/about/)"
PAGE = "https://www.example.org/news/2020/pause.html?lang=en"


def a_reply(**changes: object) -> Reply:
    reply = Reply(
        url=PAGE,
        final_url=PAGE,
        hops=(Hop(PAGE, 200, None, "192.0.2.7"),),
        status=200,
        content_type="text/html",
        body=ARTICLE.encode(),
        headers=((b"Content-Type", b"text/html; charset=utf-8"), (b"Server", b"of theirs")),
        whole=True,
    )
    return reply._replace(**changes)


def records(warc: bytes) -> list[tuple[str, dict[str, str], bytes]]:
    """All records as they stand, read by the library alone."""
    found = []
    for record in ArchiveIterator(io.BytesIO(warc), no_record_parse=True):
        found.append((record.rec_type, dict(record.rec_headers.headers), record.raw_stream.read()))
    return found


def the(warc: bytes, kind: str) -> list[tuple[dict[str, str], bytes]]:
    return [(headers, block) for name, headers, block in records(warc) if name == kind]


# --- Of a page ----------------------------------------------------------------------------------------------------


def test_a_capture_of_a_real_fetch_gives_the_page_back(web, fetch):
    reply = fetch(web.url("/squeezed"))

    captured = read_capture(warc_of(reply, at=AT, user_agent=AGENT))

    assert captured.payload == ARTICLE.encode()
    assert captured.url == web.url("/squeezed")
    assert captured.at == AT.astimezone(UTC)
    assert captured.content_type == "text/html"
    assert captured.status == 200
    assert captured.digest == payload_digest(ARTICLE.encode()) == reply.digest.hex()
    assert captured.truncated is None


def test_headers_that_spoke_of_the_packing_are_named_as_such(web, fetch):
    reply = fetch(web.url("/squeezed"))

    headers = dict(read_capture(warc_of(reply, at=AT, user_agent=AGENT)).headers)

    assert headers[b"X-Original-Content-Encoding"] == b"gzip"
    assert int(headers[b"X-Original-Content-Length"]) < len(ARTICLE.encode()) == int(headers[b"Content-Length"])
    assert b"Content-Encoding" not in headers


def test_the_way_to_a_page_is_kept_as_far_as_it_is_known(web, fetch):
    warc = warc_of(fetch(web.url("/moved")), at=AT, user_agent=AGENT)

    ((headers, block),) = the(warc, "metadata")
    assert headers["WARC-Target-URI"] == web.url("/moved")
    assert block.decode().splitlines() == [
        "status: 301",
        "location: /new/place/of-the-article",
        "note: a redirect; its other headers and its body are not kept",
    ]
    assert read_capture(warc).url == web.url("/new/place/of-the-article")


def test_each_record_says_what_the_standard_asks_for():
    warc = warc_of(a_reply(), at=AT, user_agent=AGENT)

    assert gzip.decompress(warc).startswith(b"WARC/1.1\r\n")
    assert [kind for kind, _, _ in records(warc)] == ["warcinfo", "request", "response"]
    ((headers, block),) = the(warc, "response")
    assert headers["WARC-Date"] == "2020-06-10T12:30:05.000250Z"
    assert headers["WARC-IP-Address"] == "192.0.2.7"
    assert headers["WARC-Payload-Digest"] == f"sha256:{payload_digest(ARTICLE.encode())}"
    assert block.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nServer: of theirs\r\n")
    ((_, request),) = the(warc, "request")
    assert request == (
        b"GET /news/2020/pause.html?lang=en HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: "
        + AGENT.encode()
        + b"\r\n\r\n"
    )
    ((_, info),) = the(warc, "warcinfo")
    assert f"software: {AGENT}" in info.decode().splitlines()


def test_another_reader_of_such_files_finds_all_digests_right():
    warc = warc_of(a_reply(certificate=b"in DER"), at=AT, user_agent=AGENT)

    for record in ArchiveIterator(io.BytesIO(warc), check_digests="raise"):
        record.content_stream().read()
        assert record.digest_checker.passed is True


def test_records_have_numbers_of_their_own_which_are_the_same_each_time():
    reply = a_reply(hops=(Hop(PAGE, 302, PAGE, None), Hop(PAGE, 302, PAGE, None), Hop(PAGE, 200, None, None)))

    numbers = [headers["WARC-Record-ID"] for _, headers, _ in records(warc_of(reply, at=AT, user_agent=AGENT))]

    assert len(set(numbers)) == 5
    assert warc_of(reply, at=AT, user_agent=AGENT) == warc_of(reply, at=AT, user_agent=AGENT)
    assert warc_of(reply, at=AT + timedelta(days=1), user_agent=AGENT) != warc_of(reply, at=AT, user_agent=AGENT)


def test_the_servers_certificate_is_kept():
    warc = warc_of(a_reply(certificate=b"\x30\x82\x01\x00 in DER"), at=AT, user_agent=AGENT)

    ((headers, _),) = the(warc, "metadata")
    assert headers["Content-Type"] == "application/pkix-cert"
    assert headers["WARC-Concurrent-To"] == the(warc, "response")[0][0]["WARC-Record-ID"]
    assert read_capture(warc).certificate == b"\x30\x82\x01\x00 in DER"


@pytest.mark.parametrize(
    "changes", [{"whole": False}, {"whole": False, "fault": Fault.TOO_BIG, "detail": "more than 2 bytes"}]
)
def test_a_body_that_was_cut_says_so(changes):
    captured = read_capture(warc_of(a_reply(**changes), at=AT, user_agent=AGENT))

    assert captured.truncated == "length"
    assert captured.payload == ARTICLE.encode()


@pytest.mark.parametrize("status", [404, 451, 503, 999])
def test_an_error_is_captured_too(status):
    reply = a_reply(status=status, hops=(Hop(PAGE, status, None, None),))

    assert read_capture(warc_of(reply, at=AT, user_agent=AGENT)).status == status


@pytest.mark.parametrize("path", ["/hang", "/reset", "/cut", "/garbage"])
def test_no_capture_is_made_where_no_answer_came(web, fetch, path):
    with pytest.raises(NothingToKeep, match="fetch the page again"):
        warc_of(fetch(web.url(path)), at=AT, user_agent=AGENT)


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        warc_of(a_reply(), at=datetime(2020, 6, 10), user_agent=AGENT)


BYTES = st.binary(max_size=60) | st.sampled_from([b"", b"x\r\nWARC/1.1\r\n\r\n", b"\xff\xfe", "Zoë ☃".encode(), b"\0"])
NAMES = BYTES | st.sampled_from([b"content-length", b"Transfer-Encoding", b"CONTENT-ENCODING", b"Set-Cookie", b"a: b"])
TEXTS = st.text(max_size=30) | st.sampled_from(["\r\nWARC-Type: resource", "\udce9", "Zoë", "a b", "\x00\x1f\x7f"])


@given(
    body=st.binary(max_size=3_000),
    headers=st.lists(st.tuples(NAMES, BYTES), max_size=6),
    location=TEXTS,
    agent=TEXTS,
    content_type=BYTES,
)
@hypothesis_settings(max_examples=120, deadline=None)
def test_whatever_is_sent_is_read_back_and_nothing_is_smuggled_in(body, headers, location, agent, content_type):
    hops = (Hop(PAGE, 302, location, None), Hop(PAGE, 200, None, "192.0.2.7"))
    reply = a_reply(body=body, headers=(*headers, (b"Content-Type", content_type)), hops=hops)

    warc = warc_of(reply, at=AT, user_agent=agent)

    assert [kind for kind, _, _ in records(warc)] == ["warcinfo", "metadata", "request", "response"]
    captured = read_capture(warc)
    assert captured.payload == body
    assert captured.url == PAGE
    assert len(captured.headers) == len(headers) + 2
    assert captured.headers[-1] == (b"Content-Length", b"%d" % len(body))
    kept = {b"content-length", b"transfer-encoding", b"content-encoding"}
    assert not [name for name, _ in captured.headers[:-1] if name.lower() in kept]
    ((_, block),) = the(warc, "metadata")
    assert len(block.splitlines()) == 3


# --- Reading back -------------------------------------------------------------------------------------------------


@given(data=st.binary(max_size=400) | st.binary(max_size=400).map(gzip.compress))
@hypothesis_settings(max_examples=150, deadline=None)
def test_what_is_no_capture_is_said_to_be_none(data):
    with pytest.raises(UnreadableCapture):
        read_capture(data)


WHOLE = warc_of(a_reply(body=b"short"), at=AT, user_agent=AGENT)


@given(place=st.integers(0, len(WHOLE) - 1), byte=st.integers(1, 255))
@hypothesis_settings(max_examples=150, deadline=None)
def test_a_damaged_capture_is_noticed_or_gives_the_same_page(place, byte):
    damaged = WHOLE[:place] + bytes([WHOLE[place] ^ byte]) + WHOLE[place + 1 :]

    try:
        captured = read_capture(damaged)
    except UnreadableCapture:
        return
    # A bit of gzip's own header may change without any harm.
    assert captured.payload == b"short"


@pytest.mark.parametrize("length", [1, 100, len(WHOLE) - 1])
def test_a_capture_that_is_not_there_to_its_end_is_noticed(length):
    with pytest.raises(UnreadableCapture):
        read_capture(WHOLE[:length])


def test_a_capture_that_unpacks_to_too_much_is_not_unpacked():
    bomb = gzip.compress(bytes(30_000_000))

    with pytest.raises(UnreadableCapture, match="more than 3,000,000 bytes"):
        read_capture(bomb, most=1_000_000)


def test_a_payload_that_is_not_what_its_digest_says_is_noticed():
    other = gzip.compress(gzip.decompress(WHOLE).replace(b"\r\n\r\nshort", b"\r\n\r\nSHORT"))

    with pytest.raises(UnreadableCapture):
        read_capture(other)


def test_a_file_with_neither_an_answer_nor_an_upload_is_no_capture():
    first = records(WHOLE)[0]
    assert first[0] == "warcinfo"
    lines = "".join(f"{name}: {value}\r\n" for name, value in first[1].items())
    only = gzip.compress(b"WARC/1.1\r\n" + lines.encode() + b"\r\n" + first[2] + b"\r\n\r\n")

    with pytest.raises(UnreadableCapture, match="neither an answer nor a file"):
        read_capture(only)


def test_probing_does_not_load_what_only_captures_need():
    code = (
        "import sys, sources.captures.warc, sources.captures.uploads, sources.captures.chain, sources.archives.limits;"
        "print([name for name in ('warcio', 'boto3', 'botocore', 'storages', 'aiohttp') if name in sys.modules])"
    )

    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"


# --- Files that editors bring -------------------------------------------------------------------------------------

MAIL = (
    b"Received: from mail.example by desk.example\r\nFrom: Press <press@company.example>\r\n"
    b"Date: Wed, 10 Jun 2020 12:00:00 +0000\r\nSubject: Our position\r\n\r\nWe will pause sales.\r\n"
)
SAVED = (
    b"From: <Saved by a browser>\r\nSubject: Pause\r\nDate: Wed, 10 Jun 2020 12:00:00 -0000\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="b"\r\n\r\n\r\n--b--\r\n'
)
FILES = [
    ("letter.pdf", "application/pdf", b"%PDF-1.7\n%...", "application/pdf"),
    ("Letter of 10 June.PDF", "application/octet-stream", b"\n%PDF-1.4", "application/pdf"),
    ("mail.eml", "message/rfc822", MAIL, "message/rfc822"),
    ("mail.eml", "", MAIL.replace(b"\r\n", b"\n"), "message/rfc822"),
    ("page.html", "text/html; charset=utf-8", b"<!-- saved --><!DOCTYPE html><html>", "text/html"),
    ("page.htm", "text/html", b"\xff\xfe" + "<html><p>Pause".encode("utf-16-le"), "text/html"),
    ("page.mhtml", "multipart/related", SAVED, "multipart/related"),
    ("page.mht", "message/rfc822", SAVED, "multipart/related"),
    ("scan.png", "image/png", b"\x89PNG\r\n\x1a\n...", "image/png"),
    ("scan.jpeg", "image/jpeg", b"\xff\xd8\xff\xe0...", "image/jpeg"),
]


@pytest.mark.parametrize(("name", "media_type", "data", "kept_as"), FILES)
def test_a_file_is_kept_as_what_it_is(name, media_type, data, kept_as):
    captured = read_capture(uploaded(data, media_type=media_type, name=name, at=AT))

    assert (captured.payload, captured.content_type, captured.name) == (data, kept_as, name)
    assert captured.at == AT.astimezone(UTC)
    assert captured.status is None


@pytest.mark.parametrize(
    ("name", "media_type", "data", "mend"),
    [
        ("tool.exe", "application/pdf", b"%PDF-1.7", "Bring one whose name ends in .pdf, .eml, .html"),
        (".pdf", "application/pdf", b"%PDF-1.7", "Bring one whose name ends in"),
        ("pdf", "application/pdf", b"%PDF-1.7", "Bring one whose name ends in"),
        ("letter.pdf", "application/pdf", b"", "The file is empty. Save it anew"),
        ("letter.pdf", "application/pdf", b"%PDF-" + bytes(LARGEST_UPLOAD), "The file has more than 25 MB"),
        ("letter.pdf", "text/html", b"%PDF-1.7", "was sent as text/html. Give it the ending of what it is."),
        ("letter.pdf", "application/pdf", b"MZ\x90\x00", "is not that. Print the document to a PDF again."),
        ("page.html", "text/html", b"%PDF-1.7", "Save the page from the browser again."),
        ("page.html", "text/html", b"<html>\x00</html>", "Save the page from the browser again."),
        ("mail.eml", "message/rfc822", b"Dear all,\r\n\r\nWe will.", "Save the mail with all its headers, as .eml."),
        ("mail.eml", "message/rfc822", b"From press@x.example Wed Jun 10\r\n" + MAIL, "Save the one mail as .eml."),
        ("page.mhtml", "multipart/related", MAIL, "Save the page as a single file from the browser again."),
        ("scan.png", "image/png", b"\xff\xd8\xff\xe0", "Save the picture as PNG again."),
    ],
)
def test_a_file_that_is_not_taken_says_how_to_mend_it(name, media_type, data, mend):
    with pytest.raises(RefusedUpload) as raised:
        uploaded(data, media_type=media_type, name=name, at=AT)

    assert mend in str(raised.value)


@given(name=st.text(max_size=300), folder=st.sampled_from(["", "/etc/", "..\\..\\", "C:\\desk\\"]))
@hypothesis_settings(max_examples=80, deadline=None)
def test_names_keep_their_letters_but_no_folders_and_no_second_line(name, folder):
    try:
        warc = uploaded(b"%PDF-1.7", media_type="application/pdf", name=f"{folder}{name}.pdf", at=AT)
    except RefusedUpload:
        return

    assert [kind for kind, _, _ in records(warc)] == ["warcinfo", "resource"]
    kept = read_capture(warc).name
    assert kept.endswith(".pdf")
    assert len(kept) <= 200
    assert not set(kept) & set("/\\\r\n\0")


@given(data=st.binary(max_size=300), ending=st.sampled_from([name.rpartition(".")[2] for name, *_ in FILES]))
@hypothesis_settings(max_examples=120, deadline=None)
def test_whatever_is_brought_is_taken_whole_or_refused(data, ending):
    try:
        warc = uploaded(data, media_type="", name=f"x.{ending}", at=AT)
    except RefusedUpload:
        return
    assert read_capture(warc).payload == data
