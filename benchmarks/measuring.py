"""One program run and measured from outside, and how figures are shown."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

KILOBYTES = 1024 if sys.platform != "darwin" else 1


class Run(NamedTuple):
    """What one run of a program took. `code` is how it ended."""

    seconds: float
    cpu_seconds: float  # of the process itself, user and system; its start and its end included
    peak_mb: float
    code: int


def run(command: Sequence[str], *, out: Path, environment: Mapping[str, str] | None = None) -> Run:
    """Run a program to its end. The figures are the kernel's own, of wait4 (getrusage)."""
    began = time.monotonic()
    with out.open("wb") as file:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=os.environ | (environment or {}),
        )
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * KILOBYTES / 1e6, process.returncode)


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def load() -> str:
    """How busy the machine is beside us: the load average of the last minute and of the last five."""
    one, five, _ = os.getloadavg()
    return f"{one:.1f} over one minute, {five:.1f} over five"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown, so that it may be pasted into docs/benchmarks.md as it is printed."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
