"""Locks on files of the home folder; the kernel gives them back when their holder ends, however it ends."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any


class FolderLock:
    """An exclusive lock that says who holds it, as JSON in its file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self, *, wait: bool = False, shared: bool = False) -> bool:
        """Take it; without ``wait``, False if someone else has it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(file, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def say(self, **facts: Any) -> None:
        """Write down who holds it and what others should know."""
        if self._file is not None:
            content = json.dumps({"process": os.getpid(), **facts}).encode()
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, content, 0)

    def said(self) -> dict[str, Any]:
        """What the holder wrote; empty if nothing readable."""
        try:
            facts = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return {}
        return facts if isinstance(facts, dict) else {}

    @property
    def held_elsewhere(self) -> bool:
        """Whether another process has it at this moment."""
        if self._file is not None or not self.path.exists():
            return False
        probe = FolderLock(self.path)
        if probe.take(shared=True):
            probe.give_back()
            return False
        return True

    def give_back(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
