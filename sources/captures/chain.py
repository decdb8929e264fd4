"""The chain that ties captures together, so that none can be exchanged, changed, taken out or moved unseen.

Each link is known by the SHA-256, in lower-case hexadecimal, of these lines in UTF-8, each ended by one line feed::

    pledge-record capture 1
    previous <digest of the link before, or 64 zeros for the first>
    source <number of the source>
    url <address>
    captured <moment in UTC, as 2020-06-10T12:00:00.000000Z>
    payload <SHA-256 of what was captured, in lower-case hexadecimal>
    file <SHA-256 of the capture's file as it is kept, likewise>
    kind <kind of capture>

No value holds a line feed or another control character. So anybody with the rows and the files can work it out with
`sha256sum` alone. What a chain cannot tell is that its newest links were taken away: keep the newest digest elsewhere
and give it to `verify_chain`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import BinaryIO

FIRST_LINE = "pledge-record capture 1"
NO_PREVIOUS = "0" * 64
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_REMEMBERED = 10_000  # links, by which one that was moved is told from one that is missing
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class ChainLink:
    """What a link vouches for."""

    source_id: int
    url: str
    captured_at: datetime
    payload_digest: str
    file_digest: str
    kind: str


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A link as it stands in the record."""

    position: int  # 1, 2, 3 ...
    link: ChainLink
    previous: str | None
    digest: str
    name: str  # of the file in the storage


class Broken(StrEnum):
    """What can be wrong with a chain."""

    FILE_MISSING = "file missing"
    FILE_EXCHANGED = "file exchanged"
    ROW_CHANGED = "row changed"
    LINK_REMOVED = "link removed"
    ORDER_CHANGED = "order changed"


@dataclass(frozen=True, slots=True)
class ChainFault:
    """One thing that is wrong, where, and in a sentence."""

    kind: Broken
    position: int
    sentence: str


def chain_bytes(previous: str | None, link: ChainLink) -> bytes:
    """The bytes of which a link's digest is made.

    :raises ValueError: for values that would make them ambiguous.
    """
    if link.captured_at.tzinfo is None:
        raise ValueError("A link of the chain needs a moment with a time zone.")
    for digest in (previous or NO_PREVIOUS, link.payload_digest, link.file_digest):
        if not _DIGEST.match(digest):
            raise ValueError("A digest in the chain is 64 lower-case hexadecimal digits.")
    if _CONTROL.search(link.url + link.kind):
        raise ValueError("An address or a kind in the chain holds a control character.")
    lines = (
        FIRST_LINE,
        f"previous {previous or NO_PREVIOUS}",
        f"source {int(link.source_id)}",
        f"url {link.url}",
        f"captured {link.captured_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        f"payload {link.payload_digest}",
        f"file {link.file_digest}",
        f"kind {link.kind}",
    )
    return "".join(f"{line}\n" for line in lines).encode()


def chain_digest(previous: str | None, link: ChainLink) -> str:
    """The digest by which a link is known and the next one is tied to it.

    :param previous: the digest of the link before; None for the first.
    :raises ValueError: for values that would make the bytes ambiguous.
    """
    return hashlib.sha256(chain_bytes(previous, link)).hexdigest()


def verify_chain(
    links: Iterable[StoredLink], opener: Callable[[str], BinaryIO], *, newest: str | None = None
) -> Iterator[ChainFault]:
    """Everything that is wrong with a chain; nothing if it is whole.

    :param links: all of it, in the order of their positions.
    :param opener: opens a file of the storage for reading; FileNotFoundError if it is not there.
    :param newest: the digest of the newest link, as it was noted somewhere else.
    """
    last: StoredLink | None = None
    seen: dict[str, int] = {}
    awaited: dict[str, StoredLink] = {}
    for stored in links:
        yield from _file_fault(stored, opener)
        if _is_changed(stored):
            yield ChainFault(
                Broken.ROW_CHANGED,
                stored.position,
                f"Capture {stored.position}: what is recorded of it was changed after it was tied into the chain.",
            )
        expected_position = last.position + 1 if last else 1
        expected = last.digest if last else None
        follower = awaited.pop(stored.digest, None)
        if follower is not None:
            yield _moved(follower, stored)
        if stored.previous != expected:
            if stored.previous in seen:
                yield ChainFault(
                    Broken.ORDER_CHANGED,
                    stored.position,
                    f"Capture {stored.position} was made after capture {seen[stored.previous]}, but does not stand "
                    "behind it: the order was changed, or a capture was put between.",
                )
            elif stored.previous is None:
                yield ChainFault(
                    Broken.ORDER_CHANGED,
                    stored.position,
                    f"Capture {stored.position} was made as the first of the chain, but others stand before it.",
                )
            elif len(awaited) < _REMEMBERED:
                awaited[stored.previous] = stored
            else:
                yield _removed(stored)
        elif stored.position != expected_position:
            yield ChainFault(
                Broken.ORDER_CHANGED,
                stored.position,
                f"Capture {stored.position} stands where capture {expected_position} belongs: it was numbered anew.",
            )
        seen[stored.digest] = stored.position
        if len(seen) > _REMEMBERED:
            del seen[next(iter(seen))]
        last = stored
    for stored in awaited.values():
        yield _removed(stored)
    if newest is not None and (last is None or last.digest != newest):
        at = last.position if last else 0
        yield ChainFault(
            Broken.LINK_REMOVED,
            at,
            f"The chain ends with capture {at}, which is not the one that was noted as the newest: "
            "what came after it was removed, or the whole chain was made anew.",
        )


def _is_changed(stored: StoredLink) -> bool:
    try:
        return chain_digest(stored.previous, stored.link) != stored.digest
    except (ValueError, OverflowError):
        return True


def _moved(follower: StoredLink, stored: StoredLink) -> ChainFault:
    return ChainFault(
        Broken.ORDER_CHANGED,
        follower.position,
        f"Capture {follower.position} was made after capture {stored.position}, but stands before it.",
    )


def _removed(stored: StoredLink) -> ChainFault:
    return ChainFault(
        Broken.LINK_REMOVED,
        stored.position,
        f"The capture to which capture {stored.position} was tied is not there any more: it was removed, "
        "or exchanged for another.",
    )


def _file_fault(stored: StoredLink, opener: Callable[[str], BinaryIO]) -> Iterator[ChainFault]:
    digest = hashlib.sha256()
    try:
        with opener(stored.name) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except FileNotFoundError:
        sentence = f"Capture {stored.position}: its file {stored.name} is missing; restore it from a backup."
        yield ChainFault(Broken.FILE_MISSING, stored.position, sentence)
        return
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or str(fault)[:200]
        sentence = f"Capture {stored.position}: its file {stored.name} cannot be read ({why})."
        yield ChainFault(Broken.FILE_MISSING, stored.position, sentence)
        return
    if digest.hexdigest() != stored.link.file_digest:
        sentence = (
            f"Capture {stored.position}: its file {stored.name} is not the one that was kept; restore it from a backup."
        )
        yield ChainFault(Broken.FILE_EXCHANGED, stored.position, sentence)
