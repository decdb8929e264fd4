"""Captures are kept whole, once, and tied together so that whatever is done to them is found."""

import hashlib
import os
import stat
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from django.conf import settings as installed
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sources.captures.chain import (
    Broken,
    ChainLink,
    StoredLink,
    chain_bytes,
    chain_digest,
    verify_chain,
)
from sources.captures.storing import CaptureExchanged, digest_in, is_whole, keep, name_of, opened, storage
from sources.captures.uploads import uploaded
from sources.captures.warc import UnreadableCapture, payload_digest, read_capture
from tests.sources.object_server import Objects, object_serving

AT = datetime(2020, 6, 10, 12, tzinfo=UTC)


def a_capture(words: str = "Pause.", at: datetime = AT) -> tuple[bytes, str]:
    data = f"<html><p>{words}".encode()
    return uploaded(data, media_type="text/html", name="page.html", at=at), payload_digest(data)


@pytest.fixture
def folder(settings, tmp_path):
    where = tmp_path / "home" / "captures"
    backend = {"BACKEND": "sources.captures.folder.CaptureFolder", "OPTIONS": {"location": where}}
    settings.STORAGES = {**settings.STORAGES, "captures": backend}
    return where


@pytest.fixture
def bucket(settings):
    with object_serving() as objects:
        options = {
            "bucket_name": "captures",
            "endpoint_url": objects.url,
            "region_name": "eu-test-1",
            "access_key": "of-a-test",
            "secret_key": "hush",
        }
        backend = {"BACKEND": "sources.captures.bucket.CaptureBucket", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "captures": backend}
        yield objects


@pytest.fixture(params=["folder", "bucket"])
def anywhere(request):
    """The folder, then the bucket: what holds of one holds of the other. Gives a way to exchange a file."""
    place = request.getfixturevalue(request.param)

    def exchange(name: str, data: bytes) -> None:
        if isinstance(place, Objects):
            place.stored[f"/captures/{name}"] = data
        else:
            (place / name).chmod(0o600)
            (place / name).write_bytes(data)

    return exchange


# --- In either storage --------------------------------------------------------------------------------------------


def test_a_capture_is_kept_under_the_name_of_what_it_holds(anywhere):
    warc, digest = a_capture()

    name = keep(warc, digest)

    file_digest = hashlib.sha256(warc).hexdigest()
    assert name == f"{file_digest[:2]}/{file_digest[2:4]}/{file_digest}.warc.gz" == name_of(file_digest)
    assert digest_in(name) == file_digest
    with opened(name) as file:
        assert read_capture(file.read()).digest == digest
    assert is_whole(name)


def test_the_same_capture_is_kept_once_and_another_of_the_same_page_beside_it(anywhere):
    first = keep(*a_capture())

    assert keep(*a_capture()) == first
    assert keep(*a_capture(at=AT + timedelta(days=1))) != first


def test_what_lies_under_a_name_is_never_written_over(anywhere):
    warc, digest = a_capture()
    name = keep(warc, digest)
    anywhere(name, b"something else")

    with pytest.raises(CaptureExchanged, match="restore it from a backup"):
        keep(warc, digest)

    with opened(name) as file:
        assert file.read() == b"something else"
    assert not is_whole(name)


def test_a_capture_has_no_address_on_the_web(anywhere):
    with pytest.raises(NotImplementedError, match="editors only"):
        storage().url(keep(*a_capture()))


def test_a_file_that_is_not_there_is_said_to_be_missing(anywhere):
    with pytest.raises(FileNotFoundError):
        opened(name_of("0" * 64))


@pytest.mark.parametrize("name", ["../secret-key", "ab/cd/" + "0" * 64 + ".warc.gz", "/etc/passwd", ""])
def test_only_names_of_captures_are_opened(anywhere, name):
    with pytest.raises(ValueError, match="not the name of a capture"):
        opened(name)


def test_what_is_no_capture_or_of_something_else_is_not_kept(anywhere):
    warc, _ = a_capture()

    with pytest.raises(ValueError, match="does not hold what it is said to hold"):
        keep(warc, payload_digest(b"another page"))
    with pytest.raises(UnreadableCapture):
        keep(b"no capture", payload_digest(b"no capture"))
    with pytest.raises(FileNotFoundError):
        opened(name_of(hashlib.sha256(warc).hexdigest()))


# --- In a folder --------------------------------------------------------------------------------------------------


def test_the_folder_is_private_and_no_draft_is_left(folder):
    name = keep(*a_capture())

    for place in (folder, folder / name[:2], folder / name[:5]):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / name).stat().st_mode) == 0o400
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [name[6:]]


def test_a_disk_that_fills_up_leaves_nothing_half_written(folder, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    (folder / "made").mkdir(parents=True)
    with pytest.raises(OSError, match="No space left"):
        keep(*a_capture())

    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_capture_that_another_process_kept_a_moment_before_is_left_as_it_is(folder, monkeypatch):
    warc, digest = a_capture()
    name = keep(warc, digest)
    monkeypatch.setattr(Path, "exists", lambda _: False)

    assert keep(warc, digest) == name
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [name[6:]]


def test_a_file_system_without_hard_links_is_enough(folder, monkeypatch):
    def cannot(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", cannot)

    assert is_whole(keep(*a_capture()))


def test_captures_lie_in_the_home_folder_unless_a_bucket_is_named():
    default = installed.STORAGES["captures"]

    assert default["BACKEND"] == "sources.captures.folder.CaptureFolder"
    assert default["OPTIONS"] == {"location": installed.HOME / "captures"}


# --- In a bucket --------------------------------------------------------------------------------------------------


def test_a_bucket_is_asked_with_its_keys_and_by_path(bucket):
    name = keep(*a_capture())

    assert list(bucket.stored) == [f"/captures/{name}"]
    assert bucket.credentials == {"of-a-test"}
    assert [method for method, _ in bucket.asked] == ["HEAD", "PUT"]


def test_of_two_processes_that_keep_one_capture_the_second_changes_nothing(bucket):
    warc, digest = a_capture()
    name = keep(warc, digest)
    bucket.blind = 1

    assert keep(warc, digest) == name
    assert bucket.stored[f"/captures/{name}"] == warc

    bucket.blind = 1
    bucket.stored[f"/captures/{name}"] = b"something else"

    with pytest.raises(CaptureExchanged):
        keep(warc, digest)
    assert bucket.stored[f"/captures/{name}"] == b"something else"


def test_a_service_that_knows_no_conditions_is_enough(bucket):
    bucket.knows_conditions = False

    assert is_whole(keep(*a_capture()))


def test_a_bucket_that_refuses_is_no_bucket_that_has_it_already(bucket):
    bucket.out_of_service = True

    with pytest.raises(Exception, match="AccessDenied"):
        keep(*a_capture())
    assert bucket.stored == {}


# --- The chain ----------------------------------------------------------------------------------------------------

LINK = ChainLink(12, "https://www.example.org/pause", AT, "a" * 64, "b" * 64, "page")


def test_anybody_can_work_a_digest_out_with_a_shell():
    first = chain_digest(None, LINK)
    lines = (
        f"pledge-record capture 1\\nprevious {'0' * 64}\\nsource 12\\nurl https://www.example.org/pause\\n"
        f"captured 2020-06-10T12:00:00.000000Z\\npayload {'a' * 64}\\nfile {'b' * 64}\\nkind page\\n"
    )

    by_shell = subprocess.run(f"printf '{lines}' | sha256sum", shell=True, capture_output=True, text=True, check=True)

    assert by_shell.stdout.split()[0] == first
    assert chain_digest(first, LINK) != first


def test_one_moment_gives_one_digest_in_every_time_zone():
    elsewhere = replace(LINK, captured_at=AT.astimezone(timezone(timedelta(hours=-7))))

    assert chain_digest(None, elsewhere) == chain_digest(None, LINK)


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "https://x.example/\nkind page"},
        {"kind": "page\r"},
        {"url": "https://x.example/\u2028"},
        {"payload_digest": "A" * 64},
        {"file_digest": ""},
        {"captured_at": datetime(2020, 6, 10)},
    ],
)
def test_values_that_would_make_the_bytes_ambiguous_are_refused(changes):
    with pytest.raises(ValueError, match=r"in the chain|of the chain"):
        chain_digest(None, replace(LINK, **changes))


DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
LINKS = st.builds(
    ChainLink,
    source_id=st.integers(1, 2**63),
    url=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40),
    captured_at=st.datetimes(timezones=st.just(UTC)),
    payload_digest=DIGESTS,
    file_digest=DIGESTS,
    kind=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12),
)


@given(one=LINKS, other=LINKS, before=DIGESTS, after=DIGESTS)
@hypothesis_settings(max_examples=100, deadline=None)
def test_different_links_never_have_the_same_bytes(one, other, before, after):
    assert (chain_bytes(before, one) == chain_bytes(after, other)) is ((one, before) == (other, after))


def tied(*files: bytes) -> tuple[list[StoredLink], Callable[[str], object]]:
    """A chain of some captures, and what opens their files."""
    import io

    kept = {name_of(hashlib.sha256(file).hexdigest()): file for file in files}
    links: list[StoredLink] = []
    previous = None
    for number, (name, file) in enumerate(kept.items(), start=1):
        link = replace(
            LINK,
            captured_at=AT + timedelta(days=number),
            file_digest=digest_in(name),
            payload_digest=hashlib.sha256(b"payload of " + file).hexdigest(),
        )
        digest = chain_digest(previous, link)
        links.append(StoredLink(number, link, previous, digest, name))
        previous = digest

    def opener(name: str) -> object:
        if name not in kept:
            raise FileNotFoundError(name)
        return io.BytesIO(kept[name])

    opener.files = kept  # type: ignore[attr-defined]
    return links, opener


def found(links, opener, **more) -> list[tuple[Broken, int]]:
    return [(fault.kind, fault.position) for fault in verify_chain(links, opener, **more)]


@pytest.fixture
def five():
    return tied(b"one", b"two", b"three", b"four", b"five")


def test_a_chain_that_nobody_touched_is_whole(five):
    links, opener = five

    assert found(links, opener, newest=links[-1].digest) == []
    assert found([], opener) == []


def test_an_exchanged_file_is_found(five):
    links, opener = five
    opener.files[links[2].name] = b"another three"

    assert found(links, opener) == [(Broken.FILE_EXCHANGED, 3)]


def test_a_missing_file_is_found(five):
    links, opener = five
    del opener.files[links[2].name]

    assert found(links, opener) == [(Broken.FILE_MISSING, 3)]


@pytest.mark.parametrize(
    "change",
    [
        {"source_id": 13},
        {"url": "https://www.example.org/pauses"},
        {"captured_at": AT},
        {"payload_digest": "c" * 64},
        {"kind": "upload"},
        {"url": "https://x.example/\n"},
    ],
)
def test_a_changed_row_is_found(five, change):
    links, opener = five
    links[2] = replace(links[2], link=replace(links[2].link, **change))

    assert found(links, opener) == [(Broken.ROW_CHANGED, 3)]


def test_a_changed_row_that_was_tied_in_again_is_found_by_the_next(five):
    links, opener = five
    link = replace(links[2].link, source_id=99)
    links[2] = replace(links[2], link=link, digest=chain_digest(links[2].previous, link))

    assert found(links, opener) == [(Broken.LINK_REMOVED, 4)]


@pytest.mark.parametrize("renumbered", [False, True])
@pytest.mark.parametrize("at", [1, 2, 4])
def test_a_removed_link_is_found_by_the_next_even_if_the_others_are_numbered_anew(five, at, renumbered):
    links, opener = five
    del links[at - 1]
    if renumbered:
        links = [replace(link, position=number) for number, link in enumerate(links, start=1)]

    assert found(links, opener) == [(Broken.LINK_REMOVED, at if renumbered else at + 1)]


def test_newest_links_that_were_removed_are_found_by_what_was_noted_elsewhere(five):
    links, opener = five
    noted = links[-1].digest

    assert found(links[:-2], opener) == []
    assert found(links[:-2], opener, newest=noted) == [(Broken.LINK_REMOVED, 3)]
    assert found([], opener, newest=noted) == [(Broken.LINK_REMOVED, 0)]


@pytest.mark.parametrize("renumbered", [False, True])
def test_a_swapped_order_is_found(five, renumbered):
    links, opener = five
    links[1], links[2] = links[2], links[1]
    if renumbered:
        links = [replace(link, position=number) for number, link in enumerate(links, start=1)]

    faults = found(links, opener)

    assert {kind for kind, _ in faults} == {Broken.ORDER_CHANGED}
    assert {position for _, position in faults} >= {2, 3}


def test_a_link_that_was_put_between_is_found(five):
    links, opener = five
    link = replace(links[1].link, source_id=99)
    forged = StoredLink(3, link, links[1].digest, chain_digest(links[1].digest, link), links[1].name)
    links.insert(2, forged)

    assert (Broken.ORDER_CHANGED, 3) in found(links, opener)


def test_positions_alone_that_were_changed_are_found(five):
    links, opener = five
    links[4] = replace(links[4], position=9)

    assert found(links, opener) == [(Broken.ORDER_CHANGED, 9)]


def test_a_storage_that_cannot_be_read_is_told_and_the_rest_looked_at(five):
    links, opener = five

    def broken(name):
        if name == links[0].name:
            raise OSError(5, "Input/output error")
        return opener(name)

    assert found(links, broken) == [(Broken.FILE_MISSING, 1)]


def test_every_fault_is_a_sentence_that_names_the_capture(five):
    links, opener = five
    opener.files.clear()
    links[1], links[2] = links[2], links[1]
    links[4] = replace(links[4], link=LINK)

    faults = list(verify_chain(links, opener, newest="0" * 64))

    assert {fault.kind for fault in faults} >= {Broken.FILE_MISSING, Broken.ORDER_CHANGED, Broken.ROW_CHANGED}
    assert all(f"apture {fault.position}" in fault.sentence and fault.sentence.endswith(".") for fault in faults)


def test_captures_that_were_really_kept_are_verified_through_the_storage(anywhere):
    links, previous = [], None
    for number in (1, 2, 3):
        warc, digest = a_capture(f"Version {number}.")
        name = keep(warc, digest)
        link = replace(LINK, payload_digest=digest, file_digest=digest_in(name))
        links.append(StoredLink(number, link, previous, chain_digest(previous, link), name))
        previous = links[-1].digest

    assert list(verify_chain(links, opened)) == []

    anywhere(links[1].name, b"something else")

    assert found(links, opened) == [(Broken.FILE_EXCHANGED, 2)]
