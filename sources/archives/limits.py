"""Which public archives are asked, and how gently.

Each field is a setting: `ARCHIVE_` and its name in capitals. An archive without an address is not asked at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.conf import settings

from sources.addresses import RefusedAddress
from sources.addresses import read as read_address
from sources.limits import LARGEST_BYTES, LONGEST_HOURS, Limits, between, limits, read

PREFIX = "ARCHIVE_"


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Addresses and keys of public archives, and the limits of what is asked of them. Seconds and bytes."""

    cdx_url: str = ""  # a CDX server, as https://web.archive.org/cdx/search/cdx
    replay_url: str = "https://web.archive.org/web/"  # before the time and the address of a copy that it lists
    timegates: str = ""  # TimeGates (RFC 7089), separated by commas; the address asked about is put behind each
    save_url: str = ""  # Save Page Now 2, as https://web.archive.org/save
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    # Thirty a minute is half of what the Wayback Machine's index bears; who ignores its 429 is shut out for an hour.
    gap_seconds: float = between(2, 0, 3600)
    save_gap_seconds: float = between(10, 0, 3600)  # Save Page Now takes seven a minute of an account
    total_seconds: float = between(60, 0.1, 3600)  # archives are slow
    answer_bytes: int = between(1_000_000, 1_000, LARGEST_BYTES)
    rows: int = between(50, 1, 10_000)  # copies asked for at once; the nearest is chosen among them
    hops: int = between(5, 0, 100)  # redirects from a TimeGate to a copy
    busy_seconds: int = between(300, 1, LONGEST_HOURS * 3600)  # to wait where an archive does not say how long
    poll_seconds: int = between(10, 1, LONGEST_HOURS * 3600)  # between two looks at a save that is under way
    save_again_seconds: int = between(86_400, 0, LONGEST_HOURS * 3600)  # a younger copy there is taken for a new one

    def __post_init__(self) -> None:
        for name in ("cdx_url", "replay_url", "save_url"):
            if getattr(self, name):
                _refuse_bad(name, getattr(self, name))
        for timegate in self.timegate_urls:
            _refuse_bad("timegates", timegate)
        if bool(self.access_key) != bool(self.secret_key):
            raise ValueError(f"{PREFIX}ACCESS_KEY and {PREFIX}SECRET_KEY go together: set both or neither.")
        for name in ("access_key", "secret_key"):
            key = getattr(self, name)
            if not (key.isascii() and key.isprintable() and " " not in key):
                raise ValueError(f"{PREFIX}{name.upper()} holds a character that no key has; copy it anew.")
        if self.save_url and not self.access_key:
            raise ValueError(f"{PREFIX}SAVE_URL needs keys: set {PREFIX}ACCESS_KEY and {PREFIX}SECRET_KEY too.")

    @property
    def timegate_urls(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.timegates.split(",") if part.strip())

    @property
    def looks_up(self) -> bool:
        """Whether any archive is asked for copies."""
        return bool(self.cdx_url or self.timegate_urls)


def archive_limits() -> ArchiveLimits:
    """The limits of this installation.

    :raises ValueError: naming the setting that cannot be read.
    """
    return read(ArchiveLimits, lambda name: getattr(settings, name, None), prefix=PREFIX)


def fetch_limits(asked: ArchiveLimits, *, base: Limits | None = None) -> Limits:
    """The limits with which a `Fetcher` asks archives: those of link checks, but for time and size of an answer."""
    return replace(
        base or limits(),
        silence_seconds=asked.total_seconds,
        total_seconds=asked.total_seconds,
        wire_bytes=asked.answer_bytes,
        decoded_bytes=asked.answer_bytes,
        kept_bytes=asked.answer_bytes,
    )


def _refuse_bad(name: str, url: str) -> None:
    try:
        read_address(url)
    except RefusedAddress as refused:
        raise ValueError(f"{PREFIX}{name.upper()}: “{url}” cannot be asked. {refused.reason}") from refused
