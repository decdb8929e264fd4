"""A real ``script/server`` in a folder of its own, to be asked and to be hurt."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from config.embedded.places import Places, places
from config.environment import CHECKOUT

PATIENCE = 90.0
SERVICES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "PLEDGE_RECORD_HOME", "APPLICATION_NAME")


def eventually(question: Callable[[], object], what: str, *, seconds: float = PATIENCE) -> None:
    """Ask until the answer is yes.

    :raises AssertionError: if it is still no when the time is up.
    """
    until = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < until, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)


def processes() -> dict[int, tuple[int, str]]:
    """Every process of the machine that is not already dead: its parent and its command line."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    found = {}
    for line in listed.splitlines():
        pid, parent, state, *command = line.split(None, 3)
        if not state.startswith("Z"):
            found[int(pid)] = (int(parent), command[0] if command else "")
    return found


def descendants(pid: int) -> dict[int, str]:
    """The command lines of all processes below one."""
    everything = processes()
    found: dict[int, str] = {}
    parents = {pid}
    while parents:
        children = {each: command for each, (parent, command) in everything.items() if parent in parents}
        found |= children
        parents = set(children)
    return found


class Server:
    """One ``script/server`` on a free port, started as from a terminal without any of our variables."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.process: subprocess.Popen[str] | None = None
        self.address = ""

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in SERVICES}
        return kept | {"PLEDGE_RECORD_HOME": str(self.home)}

    @property
    def places(self) -> Places:
        return places(self.home)

    @property
    def output(self) -> str:
        return (self.home / "output.log").read_text()

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Another command on the same home folder."""
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self) -> None:
        """Returns when it says that it is ready."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "output.log").open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.embedded.server", "--port", "0", "--no-data"],
                cwd=CHECKOUT,
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
            )
        eventually(lambda: "Ready: " in self.output or self.process.poll() is not None, "the server is ready")
        assert self.process.poll() is None, self.output
        self.address = self.output.split("Ready: ")[1].split()[0]

    def ask(self, path: str) -> tuple[int, dict[str, str]]:
        """Status and JSON of an answer; 0 without one."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())
        except OSError:
            return 0, {}

    def is_ready(self) -> bool:
        return self.ask("readyz")[0] == 200

    def one_of(self, words: str) -> int:
        """The process below the supervisor, the topmost one, whose command line has these words."""
        children = processes()
        return next(pid for pid, (parent, command) in children.items() if parent == self.pid and words in command)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """As Ctrl-C or ``kill`` do; gives the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Until it has ended; gives the exit code."""
        assert self.process is not None
        return self.process.wait(PATIENCE)

    def forget(self) -> None:
        """Remove what it keeps outside its home folder."""
        for folder in {self.places.data, self.places.run} - {self.home}:
            shutil.rmtree(folder, ignore_errors=True)
