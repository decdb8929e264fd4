"""The list checker: one address a line in, one verdict a line out, no database."""

import json
import os
import subprocess
import sys
from itertools import count, islice

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from sources.probing import probe

KEYS = ["url", "outcome", "state_hint", "status", "hops", "final_url", "elapsed_ms", "bytes", "reason"]


@pytest.fixture
def run(tmp_path):
    """The command as a user starts it, with a database address that leads nowhere."""

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
            env=os.environ
            | {
                "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
                "DATABASE_OWNER_URL": "",
                "SECRET_KEY": "only for this test",
                "LINK_CHECK_ALLOWED_NETWORKS": "127.0.0.0/8",
                "LINK_CHECK_SILENCE_SECONDS": "3",  # one of the addresses never answers
            },
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


def test_a_line_of_a_megabyte_is_one_address_that_is_too_long(run, web):
    done = run(b"http://example.org/" + b"a" * 1_000_000 + b"\n" + web.url("/ok").encode() + b"\n", by_pipe=True)

    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert sorted(one["outcome"] for one in found) == ["ok", "unsupported"]
    assert any("longer than 2,000 characters" in one["reason"] for one in found)


def test_a_file_that_is_not_there_is_one_clear_line(run):
    with pytest.raises(CommandError, match=r"\A/no/such/file: No such file or directory\.\Z"):
        call_command("probe_urls", "/no/such/file")


def test_addresses_are_read_only_as_there_is_room(quick):
    read = count()
    endless = (f"http://10.0.0.1/{next(read)}" for _ in count())

    first = list(islice(probe(endless, limits=quick, window=50), 500))

    assert len(first) == 500
    assert next(read) < 800


def test_one_slow_host_does_not_hold_up_the_others(web, quick):
    urls = [web.url("/hang", host="127.0.0.1")] + [f"http://10.0.0.{number}/" for number in range(20)]

    found = [one.url for one in probe(iter(urls), limits=quick, every=0.05)]

    assert found[-1] == urls[0]
