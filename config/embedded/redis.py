"""The private Redis (or Valkey): a broker and a cache whose content may be lost, reached by a Unix socket only."""

import contextlib
import signal
import socket
from pathlib import Path

from config.embedded.places import Places, services_user
from config.embedded.processes import Process, private_folder
from config.embedded.programs import redis_program, within_reach


class Store:
    """One Redis of one home folder, as a process of the supervisor."""

    def __init__(self, where: Places) -> None:
        self.where = where
        self.user = services_user(where)
        self.folder = where.data / "redis"
        program, movable = redis_program()
        self.process = Process(
            "Redis",
            [
                within_reach(program, movable, where=where, user=self.user),
                *("--port", "0"),
                *("--unixsocket", where.redis_socket),
                *("--unixsocketperm", "700"),
                *("--dir", self.folder),
                *("--save", ""),
                *("--appendonly", "no"),
                *("--maxmemory", "128mb"),
                *("--maxmemory-policy", "noeviction"),
                *("--loglevel", "warning"),
                *("--daemonize", "no"),
            ],
            user=self.user,
            log=where.logs / "redis.log",
            asks_to_stop=signal.SIGTERM,
            ends_with_parent=signal.SIGKILL,
            ready=lambda: answers(where.redis_socket),
        )

    def prepare(self) -> None:
        """Make its folders.

        :raises CannotStart: if they cannot be used.
        """
        private_folder(self.where.run, user=self.user)
        private_folder(self.folder, user=self.user)


def answers(path: Path) -> bool:
    """Whether something on a socket speaks Redis."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        connection.connect(str(path))
        connection.sendall(b"PING\r\n")
        return connection.recv(64).startswith(b"+PONG")
    return False
