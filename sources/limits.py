"""How much one request for a source may cost, and how gently a site is asked.

Each field is a setting: `LINK_CHECK_` and its name in capitals. Where the setting is not given, the
value written here holds.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeVar

from django.conf import settings

from sources.addresses import Networks, networks

Fields = TypeVar("Fields")


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one fetch, and of all of them together. Times in seconds, sizes in bytes."""

    # No word "link" in it: a firewall rule shipped with many servers refuses that.
    user_agent: str = "PledgeRecord/0.1 (checks that cited pages still stand)"
    dns_seconds: float = 5
    connect_seconds: float = 10
    silence_seconds: float = 20  # until the first byte, and between any two
    total_seconds: float = 40  # all hops of a fetch together
    wire_bytes: int = 3_000_000
    decoded_bytes: int = 10_000_000
    kept_bytes: int = 2_000_000  # of the decoded text; the digest is of all of it
    header_line_bytes: int = 8_190
    header_lines: int = 128
    hops: int = 10
    longest_wait_seconds: int = 86_400  # a Retry-After is believed up to here
    connections: int = 64
    connections_per_ip: int = 2
    gap_seconds: float = 5  # between two requests to one registrable domain
    lane_budget_seconds: float = 240  # a worker begins no further request of a lease after this
    lane_tail_seconds: float = 120  # for the last request, a second look, and writing; then the lease is over
    allowed_networks: Networks = ()  # reached although they are not public


def limits() -> Limits:
    """The limits of this installation.

    :raises ValueError: naming the setting that cannot be read.
    """
    return from_settings(Limits)


def from_settings(kind: type[Fields]) -> Fields:
    """A dataclass of limits or rules, each field overridden by the setting of its name.

    :raises ValueError: naming the setting that cannot be read.
    """
    given: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        name = f"LINK_CHECK_{field.name.upper()}"
        value = getattr(settings, name, None)
        if value is None or value == "":
            continue
        try:
            given[field.name] = _converted(value, kind=str(field.type))
        except (TypeError, ValueError) as fault:
            raise ValueError(f"{name}: “{value}” cannot be read ({fault}).") from fault
    return kind(**given)


def _converted(value: Any, *, kind: str) -> Any:
    """A setting's value in the type that its field is annotated with. Lists are separated by commas."""
    if kind in ("int", "float", "str"):
        return {"int": int, "float": float, "str": str}[kind](value)
    parts = value.split(",") if isinstance(value, str) else value
    return networks(parts) if kind == "Networks" else tuple(float(part) for part in parts)
