"""The list checker: one address a line in, one verdict a line out, no database."""

import json
import os
import subprocess
import sys
import threading
from itertools import count, islice

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from sources.probing import probe
from tests.sources.web import ARTICLE, Page, answer

KEYS = ["url", "outcome", "state_hint", "status", "hops", "final_url", "elapsed_ms", "bytes", "reason"]


# A database address that leads nowhere.
ENVIRONMENT = os.environ | {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "DATABASE_OWNER_URL": "",
    "SECRET_KEY": "only for this test",
    "LINK_CHECK_ALLOWED_NETWORKS": "127.0.0.0/8",
    "LINK_CHECK_SILENCE_SECONDS": "3",  # one of the addresses never answers
}


@pytest.fixture
def run(tmp_path):
    """The command as a user starts it."""

    def do(lines: bytes, *options: str, by_pipe: bool = False) -> subprocess.CompletedProcess[bytes]:
        file = tmp_path / "addresses.txt"
        file.write_bytes(lines)
        return subprocess.run(
            [sys.executable, "manage.py", "probe_urls", "-" if by_pipe else str(file), "--format", "jsonl", *options],
            cwd=settings.BASE_DIR,
            input=lines if by_pipe else b"",
            capture_output=True,
            check=False,
            timeout=60,
            env=ENVIRONMENT,
        )

    return do


def test_every_line_gets_a_verdict_in_the_order_of_the_input(run, web):
    lines = [web.url("/hang?"), web.url("/ok"), "mailto:press@example.org", "no address", web.url("/removed")]

    done = run("\n".join([*lines[:2], "", *lines[2:]]).encode() + b"\n\xff\xfe", "--ordered", "--gap", "0")

    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [one["url"] for one in found] == [*lines, "\\xff\\xfe"]
    assert [one["outcome"] for one in found] == [
        "server_error",
        "ok",
        "unsupported",
        "unsupported",
        "gone",
        "unsupported",
    ]
    assert all(list(one) == KEYS for one in found)
    assert [one["state_hint"] for one in found][:2] == ["suspect", "live"]


def test_addresses_may_come_through_a_pipe(run, web):
    done = run(web.url("/ok").encode(), by_pipe=True)

    assert json.loads(done.stdout)["outcome"] == "ok"


def test_a_verdict_comes_before_whoever_writes_addresses_has_written_the_next(web):
    command = [sys.executable, "manage.py", "probe_urls", "-", "--gap", "0"]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        killer = threading.Timer(60, process.kill)  # ends the test if no verdict comes
        killer.start()
        for path in ("/ok", "/removed", "/ok?again"):
            process.stdin.write(f"{web.url(path)}\n".encode())
            process.stdin.flush()

            assert json.loads(process.stdout.readline())["url"] == web.url(path)

        process.stdin.close()
        assert process.wait() == 0
        killer.cancel()


def test_pages_are_read_on_while_nobody_takes_what_was_found(web, quick):
    """Else the answers that came meanwhile would seem to have come too late."""
    reached = threading.Event()

    async def last(web, asked, writer):
        reached.set()
        await answer(writer, 200, ARTICLE)

    web.sites["other.example"] = last
    web.pages["/moved"] = Page(302, b"", {"Location": web.url("/ok", host="other.example")})
    paths = [f"/ok?{number}" for number in range(300)] + ["/moved"]

    found = probe(
        (web.url(path, host="one.example") for path in paths),
        limits=quick,
        every=0.01,
        look_up=lambda host: ["127.0.0.1"],
    )
    next(found)

    assert reached.wait(30)
    assert {one.outcome for one in found} == {"ok", "ok_temp"}


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (">/dev/full", "The output could not be written: No space left on device."),
        ("<&-", "The standard input cannot be read (Bad file descriptor). Name a file of addresses, one a line."),
    ],
)
def test_an_input_or_output_that_is_of_no_use_is_one_clear_line(web, where, words):
    done = subprocess.run(
        ["sh", "-c", f'echo "$2" | {{ "$0" manage.py probe_urls $1 {where}; }}', sys.executable, "-", web.url("/ok")],
        cwd=settings.BASE_DIR,
        capture_output=True,
        check=False,
        env=ENVIRONMENT,
        timeout=60,
    )

    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [f"CommandError: {words}"]


def test_a_line_of_a_megabyte_is_one_address_that_is_too_long(run, web):
    done = run(b"http://example.org/" + b"a" * 1_000_000 + b"\n" + web.url("/ok").encode() + b"\n", by_pipe=True)

    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted(one["outcome"] for one in found) == ["ok", "unsupported"]
    assert any("longer than 2,000 characters" in one["reason"] for one in found)


def test_a_file_that_is_not_there_is_one_clear_line(run):
    with pytest.raises(
        CommandError, match=r"\A“/no/such/file” cannot be read \(No such file or directory\)\. Name a file"
    ):
        call_command("probe_urls", "/no/such/file")


def test_addresses_are_read_only_as_there_is_room(quick):
    read = count()
    endless = (f"http://10.0.0.1/{next(read)}" for _ in count())

    first = list(islice(probe(endless, limits=quick, window=50), 500))

    assert len(first) == 500
    assert next(read) < 800


def test_what_goes_wrong_while_addresses_are_read_is_told(quick):
    def broken():
        yield "mailto:press@example.org"
        raise OSError("the disk is gone")

    found = probe(broken(), limits=quick)

    assert next(found).outcome == "unsupported"
    with pytest.raises(OSError, match="the disk is gone"):
        next(found)


def test_one_slow_host_does_not_hold_up_the_others(web, quick):
    urls = [web.url("/hang", host="127.0.0.1")] + [f"http://10.0.0.{number}/" for number in range(20)]

    found = [one.url for one in probe(iter(urls), limits=quick, every=0.05)]

    assert found[-1] == urls[0]
