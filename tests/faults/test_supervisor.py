"""``script/server`` keeps what it runs together: what falls comes back, and when it ends nothing is left."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from redis import Redis

from config.embedded.processes import Process
from config.embedded.supervisor import RESTART_PAUSES, Watched
from tests.faults.server import Server, descendants, eventually, processes

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the whole module; each test leaves it ready."""
    one = Server(tmp_path_factory.mktemp("server") / "home")
    one.start()

    yield one

    one.stop()
    one.forget()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Server]:
    """A server beside the first, not started, in a folder whose path is too long for a socket."""
    one = Server(tmp_path / "a folder" / ("with a name too long for a socket " * 3).strip())

    yield one

    if one.process:
        one.stop()
    one.forget()


class Writer(threading.Thread):
    """Saves small rows, one transaction each, and remembers those that were acknowledged."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server
        self.acknowledged: list[str] = []
        self.over = threading.Event()

    def run(self) -> None:
        connection = None
        number = 0
        while not self.over.is_set():
            number += 1
            key = f"{id(self)}-{number}"
            try:
                connection = connection or psycopg2.connect(self.server.places.database_url())
                with connection, connection.cursor() as cursor:
                    cursor.execute("INSERT INTO django_session VALUES (%s, 'x', now())", [key])
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                connection = None
            else:
                self.acknowledged.append(key)

    def lost(self) -> set[str]:
        """The acknowledged rows that are not there."""
        with psycopg2.connect(self.server.places.database_url()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT session_key FROM django_session")
            kept = {key for (key,) in cursor.fetchall()}
        connection.close()
        return set(self.acknowledged) - kept


@pytest.fixture
def writer(server: Server) -> Iterator[Writer]:
    one = Writer(server)
    one.start()

    yield one

    one.over.set()
    one.join()


def test_postgresql_that_was_killed_comes_back_with_every_acknowledged_save(server: Server, writer: Writer) -> None:
    eventually(lambda: len(writer.acknowledged) > 50, "saves go on")

    killed = server.one_of("postgres -D")
    os.kill(killed, signal.SIGKILL)

    eventually(lambda: killed not in processes(), "it is gone")
    before = len(writer.acknowledged)
    eventually(lambda: len(writer.acknowledged) > before + 50, "saves go on again")
    writer.over.set()
    writer.join()
    eventually(server.is_ready, "the site is ready again")
    assert writer.lost() == set()


def test_what_answers_between_its_falls_may_be_killed_as_often_as_one_likes() -> None:
    service = Watched(Process("the service", ["sleep", "600"], ready=lambda: True))
    service.start()

    for _ in range(len(RESTART_PAUSES) + 2):
        killed = service.process.pid
        service.look()
        service.process.stop()
        eventually(lambda killed=killed: service.look() or service.process.pid != killed, "it is started again")

    service.process.stop()


def test_redis_that_was_killed_comes_back(server: Server) -> None:
    killed = server.one_of("-server unixsocket")

    os.kill(killed, signal.SIGKILL)

    eventually(lambda: killed not in processes(), "it is gone")
    eventually(server.is_ready, "the site is ready again")


@pytest.mark.parametrize("words", ["-A config worker", "-A config beat", "gunicorn"])
def test_what_works_for_the_site_comes_back_when_killed_and_leaves_no_child(server: Server, words: str) -> None:
    killed = server.one_of(words)
    if words == "gunicorn":
        eventually(lambda: descendants(killed), "it has children")
    below = {killed, *descendants(killed)}

    os.kill(killed, signal.SIGKILL)

    eventually(lambda: not below & set(processes()), "its children are gone")
    eventually(lambda: any(words in each for each in descendants(server.pid).values()), "there is a new one")
    eventually(server.is_ready, "the site is ready again")


def test_pages_are_not_refused_while_the_web_server_starts_again(server: Server) -> None:
    os.kill(server.one_of("gunicorn"), signal.SIGKILL)

    status, _ = server.ask("healthz")

    assert status == 200


def test_a_second_start_on_the_same_folder_says_where_the_first_is(server: Server) -> None:
    second = server.run("config.embedded.server", "--port", "0")

    assert second.returncode == 1
    assert f"Already running: {server.address} (process {server.pid}" in second.stderr
    eventually(server.is_ready, "the first one goes on")


def test_a_port_that_is_taken_is_named_before_anything_starts(server: Server, tmp_path: Path) -> None:
    port = server.address.rstrip("/").rsplit(":", 1)[1]
    other = Server(tmp_path / "home")

    refused = other.run("config.embedded.server", "--port", port)

    assert refused.returncode == 1
    assert refused.stderr.strip() == f"Port {port} is taken by another program. Choose another: --port N, or --port 0."
    assert not (tmp_path / "home" / "postgres").exists()


def test_a_command_uses_the_services_of_the_running_server(server: Server) -> None:
    before = set(descendants(server.pid))

    done = server.run("config.embedded.run", "manage", "shell", "-c", ASK_WHO)

    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == "pledge_record_site"
    assert {each for each in before if each in processes()} == before
    eventually(server.is_ready, "the first one goes on")


ASK_WHO = """
from django.db import connection
cursor = connection.cursor()
cursor.execute("SELECT current_user")
print(cursor.fetchone()[0])
"""


def test_two_servers_in_two_folders_do_not_meet_and_one_stops_without_the_other(server: Server, other: Server) -> None:
    other.start()
    Redis(unix_socket_path=str(other.places.redis_socket)).set("here", "other")
    below = set(descendants(other.pid))

    met = Redis(unix_socket_path=str(server.places.redis_socket)).exists("here")
    eventually(lambda: other.is_ready() and server.is_ready(), "both are ready")
    code = other.stop(signal.SIGINT)

    assert not met
    assert code == 0, other.output
    assert not below & set(processes())
    eventually(server.is_ready, "the first one goes on")


def test_a_supervisor_that_was_killed_leaves_nothing_running_and_loses_nothing(server: Server, writer: Writer) -> None:
    eventually(lambda: len(writer.acknowledged) > 50, "saves go on")
    below = set(descendants(server.pid))

    server.kill()

    eventually(lambda: not below & set(processes()), "nothing is left", seconds=15)
    writer.over.set()
    writer.join()
    server.start()
    assert writer.lost() == set()
    eventually(server.is_ready, "the first one goes on")


def test_data_of_another_postgresql_are_left_alone_and_the_way_out_is_said(other: Server) -> None:
    cluster = other.places.cluster
    cluster.mkdir(parents=True, mode=0o700)
    (cluster / "PG_VERSION").write_text("9\n")

    refused = other.run("config.embedded.server", "--port", "0")

    assert refused.returncode == 1
    assert "was made by PostgreSQL 9" in refused.stderr
    assert "Nothing was touched" in refused.stderr
    assert [each.name for each in cluster.iterdir()] == ["PG_VERSION"]


def test_a_service_that_cannot_be_kept_running_ends_everything_with_a_line_that_says_so(other: Server) -> None:
    other.start()
    below = set(descendants(other.pid))
    # Redis cannot bind where a folder stands in its way.
    other.places.redis_socket.unlink()
    other.places.redis_socket.mkdir()

    os.kill(other.one_of("-server unixsocket"), signal.SIGKILL)
    code = other.wait()

    assert code == 1
    assert "in a row; stopping everything" in other.output
    assert not below & set(processes())
