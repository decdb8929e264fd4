"""How much one request for a source may cost, and how gently a site is asked.

Each field is a setting: `LINK_CHECK_` and its name in capitals. Where the setting is not given, the
value written here holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from django.conf import settings

from sources.addresses import Networks, networks

Fields = TypeVar("Fields")
LONGEST_HOURS = 24 * 3650
LARGEST_BYTES = 1_000_000_000


def between(default: Any, least: float, most: float) -> Any:
    """A field that takes a number from ``least`` to ``most``, or several such numbers."""
    return field(default=default, metadata={"least": least, "most": most})


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one fetch, and of all of them together. Times in seconds, sizes in bytes."""

    # No word "link" in it: a firewall rule shipped with many servers refuses that.
    user_agent: str = "PledgeRecord/0.1 (checks that cited pages still stand)"
    dns_seconds: float = between(5, 0.1, 3600)
    connect_seconds: float = between(10, 0.1, 3600)
    silence_seconds: float = between(20, 0.1, 3600)  # until the first byte, and between any two
    total_seconds: float = between(40, 0.1, 3600)  # all hops of a fetch together
    wire_bytes: int = between(3_000_000, 1, LARGEST_BYTES)
    decoded_bytes: int = between(10_000_000, 1, LARGEST_BYTES)
    kept_bytes: int = between(2_000_000, 1, LARGEST_BYTES)  # of the decoded text; the digest is of all of it
    header_line_bytes: int = between(8_190, 100, 1_000_000)
    header_lines: int = between(128, 1, 10_000)
    hops: int = between(10, 0, 100)
    refresh_seconds: float = between(5, 0, 3600)  # a page that leads on by itself so soon counts as a redirect
    longest_wait_seconds: int = between(86_400, 0, LONGEST_HOURS * 3600)  # a Retry-After is believed up to here
    connections: int = between(64, 1, 10_000)
    connections_per_ip: int = between(2, 1, 10_000)
    gap_seconds: float = between(5, 0, 3600)  # between two requests to one registrable domain
    longest_crawl_delay_seconds: float = between(60, 0, 3600)  # a Crawl-delay is honoured up to here
    robots_hours: float = between(24, 0, LONGEST_HOURS)  # for which a robots.txt holds
    robots_for_checks: int = between(0, 0, 1)  # 1: ask no page at all that robots.txt closes
    begin_seconds: float = between(120, 1, 86_400)  # a message that no worker takes up costs no more than this
    lane_budget_seconds: float = between(240, 0.1, 86_400)  # a worker begins no further request of a lease after this
    lane_tail_seconds: float = between(
        120, 0.1, 86_400
    )  # for the last request, a second look, and writing; then the lease is over
    allowed_networks: Networks = ()  # reached although they are not public

    def __post_init__(self) -> None:
        """
        :raises ValueError: if the user agent cannot be sent as a header.
        """
        if not (self.user_agent.isascii() and self.user_agent.isprintable() and self.user_agent.strip()):
            shown = " ".join(self.user_agent.split())
            raise ValueError(f"LINK_CHECK_USER_AGENT: “{shown}” cannot be sent: write plain letters on one line.")


def limits() -> Limits:
    """The limits of this installation.

    :raises ValueError: naming the setting that cannot be read.
    """
    return from_settings(Limits)


def from_settings(kind: type[Fields]) -> Fields:
    """A dataclass of limits or rules, each field overridden by the setting of its name.

    :raises ValueError: naming the setting that cannot be read.
    """
    return read(kind, lambda name: getattr(settings, name, None))


def read(kind: type[Fields], setting: Callable[[str], Any], *, prefix: str = "LINK_CHECK_") -> Fields:
    """The same from anywhere: ``setting`` gives a setting's value by its name, or None.

    :param prefix: what the names of the settings begin with.
    :raises ValueError: naming the setting that cannot be read, and what it takes.
    """
    given: dict[str, Any] = {}
    for each in fields(kind):  # type: ignore[arg-type]
        name = f"{prefix}{each.name.upper()}"
        value = setting(name)
        if value is None or value == "":
            continue
        try:
            given[each.name] = converted(value, kind=str(each.type))
            refuse_outside(given[each.name], **each.metadata)
        except (TypeError, ValueError, OverflowError) as fault:
            wanted = takes(str(each.type), **each.metadata) if each.metadata else str(fault)
            raise ValueError(f"{name}: “{value}” cannot be read: {wanted}.") from fault
    return kind(**given)


def refuse_outside(value: Any, *, least: float = -math.inf, most: float = math.inf) -> None:
    numbers = value if isinstance(value, tuple) else (value,)
    if most < math.inf and not (numbers and all(least <= number <= most for number in numbers)):
        raise ValueError("out of range")


def takes(kind: str, *, least: float, most: float) -> str:
    """What to write for a field of this kind, as words of a message."""
    what = {"int": "write a whole number", "float": "write a number"}.get(
        kind, "write numbers separated by commas, each"
    )
    return f"{what} from {least} to {most}"


def converted(value: Any, *, kind: str) -> Any:
    """A setting's value in the type that its field is annotated with. Lists are separated by commas."""
    if kind in ("int", "float", "str"):
        return {"int": int, "float": float, "str": str}[kind](value)
    parts = value.split(",") if isinstance(value, str) else value
    return networks(parts) if kind == "Networks" else tuple(float(part) for part in parts)
