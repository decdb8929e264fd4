"""Captures in a folder of this machine, which no web server serves."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from pathlib import Path

from django.core.files.storage import FileSystemStorage

_NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


class CaptureFolder(FileSystemStorage):
    """A folder for the site's own user alone. Files appear whole or not at all, and stay as they are."""

    def put_once(self, name: str, data: bytes) -> bool:
        """Write a file whole; False, and nothing done, if there is one of that name."""
        target = Path(self.path(name))
        if target.exists():
            return False
        self._make_folders(target.parent)
        handle, draft = tempfile.mkstemp(prefix=".new-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(draft, 0o400)
            if not _in_place(draft, target):
                return False
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(draft)
        _sync(target.parent)
        return True

    def url(self, name: str | None) -> str:
        raise NotImplementedError("Captures have no address on the web; they are shown to editors only.")

    def _make_folders(self, folder: Path) -> None:
        base = Path(self.base_location)
        for each in (base, *reversed(folder.relative_to(base).parents[:-1]), folder.relative_to(base)):
            made = base / each
            if not made.is_dir():
                made.mkdir(mode=0o700, parents=made == base, exist_ok=True)
                _sync(made.parent)


def _in_place(draft: str, target: Path) -> bool:
    """Give the file its name, unless another has it. A link does both in one step; a rename would write over."""
    try:
        os.link(draft, target)
    except FileExistsError:
        return False
    except OSError as fault:
        if fault.errno not in _NO_HARD_LINKS:
            raise
        # Another process can only have put the same content there: the name is its digest.
        os.replace(draft, target)
    return True


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
