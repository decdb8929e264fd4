"""Where captures are kept: by name of what they hold, written once and whole, never written over.

The name of a file is its SHA-256, so a file can be checked by its name alone, the same capture is kept once, and no
other content can ever belong under a name. The storage is Django's, under the alias `captures`: a private folder, or a
bucket of S3 (config/settings.py). Nothing of it has a public address.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Protocol, cast

from django.core.files.storage import storages

from sources.captures.warc import read_capture

ALIAS = "captures"
ENDING = ".warc.gz"
_NAME = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})\.warc\.gz\Z")
_PIECE = 65_536


class CaptureExchanged(RuntimeError):
    """Under the name of a capture lies something else. Nothing was written."""


class CaptureStorage(Protocol):
    """What a storage of captures can do."""

    def put_once(self, name: str, data: bytes) -> bool:
        """Write a file whole; False, and nothing done, if there is one of that name."""

    def url(self, name: str) -> str:
        """Refused: there is none.

        :raises NotImplementedError: always.
        """

    def open(self, name: str, mode: str = "rb") -> Any:
        """The file for reading.

        :raises FileNotFoundError: if there is none.
        """


def storage() -> CaptureStorage:
    """The storage of this installation."""
    return cast(CaptureStorage, storages[ALIAS])


def name_of(file_digest: str) -> str:
    """The name under which a file of that SHA-256 is kept."""
    name = f"{file_digest[:2]}/{file_digest[2:4]}/{file_digest}{ENDING}"
    if not _NAME.match(name):
        raise ValueError("A file is named by a SHA-256 of 64 lower-case hexadecimal digits.")
    return name


def digest_in(name: str) -> str:
    """The SHA-256 that a name says."""
    found = _NAME.match(name)
    if found is None:
        raise ValueError(f"“{PurePosixPath(name).name[:80]}” is not the name of a capture.")
    return found[3]


def keep(warc: bytes, payload_digest: str) -> str:
    """Keep a capture, and give back its name. Keeping the same capture again changes nothing.

    Two captures of one payload at two times are two files; whether the second is worth keeping is for the caller to
    say, who knows what was captured before.

    :param payload_digest: SHA-256 of what the capture is to hold, in hexadecimal.
    :raises UnreadableCapture, ValueError: if it is no capture of that; nothing is written.
    :raises CaptureExchanged: if something else lies under its name.
    """
    if read_capture(warc).digest != payload_digest:
        raise ValueError("The capture does not hold what it is said to hold; nothing was kept.")
    name = name_of(hashlib.sha256(warc).hexdigest())
    where = storage()
    if not where.put_once(name, warc) and not is_whole(name):
        raise CaptureExchanged(f"The file {name} is not what its name says; restore it from a backup.")
    return name


def opened(name: str) -> BinaryIO:
    """The file of a capture, for `chain.verify_chain` and for reading.

    :raises FileNotFoundError: if it is not there.
    :raises ValueError: if this is no name of a capture.
    """
    digest_in(name)
    return cast(BinaryIO, storage().open(name, "rb"))


def is_whole(name: str) -> bool:
    """Whether a file is what its name says.

    :raises FileNotFoundError: if it is not there.
    """
    digest = hashlib.sha256()
    with opened(name) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest() == digest_in(name)
