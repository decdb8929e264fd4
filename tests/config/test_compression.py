"""What readers read is sent packed; what only one person may know is not."""

import gzip
from pathlib import Path

import brotli
import pytest
from django.core.files.base import ContentFile

from config.static import DigestStorage, without_comments
from tests import factories as make

pytestmark = pytest.mark.django_db


def unpacked(answer) -> bytes:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    way = answer.headers.get("Content-Encoding", "")
    return {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[way](body)


@pytest.mark.parametrize(
    ("accepted", "way"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br ; q=1.0", "br"),
        ("gzip;q=0", ""),
        ("identity", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("address", ["/about/", "/timeline/export/csv/"])
def test_pages_and_exports_come_as_small_as_the_client_can_read_them(client, address, accepted, way):
    make.an_event()
    plain = unpacked(client.get(address))

    answer = client.get(address, headers={"accept-encoding": accepted})

    assert answer.headers.get("Content-Encoding", "") == way
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert unpacked(answer) == plain


def test_the_length_that_is_told_is_the_length_that_is_sent(client):
    answer = client.get("/about/", headers={"accept-encoding": "br"})

    assert int(answer.headers["Content-Length"]) == len(answer.content)


@pytest.mark.parametrize("address", ["/accounts/login/", "/admin/login/", "/desk/", "/digests/leave/a-token/"])
def test_nothing_is_packed_where_people_sign_in_and_work_or_that_is_kept_nowhere(client, address):
    answer = client.get(address, headers={"accept-encoding": "br, gzip"})

    assert "Content-Encoding" not in answer.headers


def test_what_sets_a_cookie_and_what_is_packed_already_stays_as_it_is(client):
    theme = client.post("/theme/", {"theme": "dark"}, headers={"accept-encoding": "br"})
    picture = client.get("/cards/record.png", headers={"accept-encoding": "br"})

    assert "Content-Encoding" not in theme.headers
    assert "Content-Encoding" not in picture.headers


def test_styles_are_collected_without_what_only_people_read(tmp_path):
    written = (
        '/* why */\n.a::before, .b { content: ": ; {" / ""; width: calc(1px + 2px) }\n@media (max-width: 3rem) {}\n'
    )
    storage = DigestStorage(location=tmp_path)

    storage.save("css/some.css", ContentFile(written.encode()))
    done = list(storage.post_process({"css/some.css": (storage, "css/some.css")}))

    served = [name for original, name, _ in done if original == "css/some.css"]
    assert Path(tmp_path, served[-1]).read_text() == (
        '.a::before,.b{content:": ; {" / "";width:calc(1px + 2px)}@media (max-width:3rem){}'
    )
    assert without_comments("a:hover b { c: d; }") == "a:hover b{c:d;}"
