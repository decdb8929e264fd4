"""How many addresses a second, at what cost: our checker, lychee, and a plain loop around aiohttp, side by side.

Each runs in a process of its own against sites on loopback that another process serves, with the same addresses, the
same number of connections, GET, no pause between requests and no cache. Runs alternate, so that whatever else the
machine does falls on all; figures are medians, ratios those of medians.

- ours is ``manage.py probe_urls`` as anybody runs it: every body is read, unpacked, digested and judged, and a verdict
  printed. It asks a host for one page at a time, always.
- lychee asks a host for as many pages at once as it does by default (10), and for one in the part about delays.
- the plain loop shows what aiohttp costs by itself.

The sites are numbers of 127.0.0.0/8, since lychee finds hosts by the system's resolver: nobody resolves a name.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks import web
from benchmarks.measuring import Run, load, median, run, table
from script.bootstrap import folder_of

GOAL_CPU, GOAL_MEMORY = 220.0, 80.0


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/bench links", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--addresses", type=int, default=20_000)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--connections", type=int, default=64, help="at once, of each contestant (default 64)")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--port", type=int, default=18_400)
    parser.add_argument(
        "--delayed", type=int, default=2_000, help="addresses of the part with slow sites; 0 leaves it out"
    )
    parser.add_argument("--delay", type=float, default=0.5, help="seconds that a slow site takes to answer")
    parser.add_argument("--only", nargs="*", choices=list(CONTESTANTS), default=list(CONTESTANTS))
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-links-") as folder:
        met = _rates(given, Path(folder)) if given.rounds else True
        if given.delayed:
            _delayed(given, Path(folder))
    return 0 if met else 1


# --- the contestants -------------------------------------------------------------------------------------------


def _ours(file: Path, connections: int, per_host: int) -> tuple[list[str], dict[str, str]]:
    return [sys.executable, "manage.py", "probe_urls", str(file), "--gap", "0"], {
        "LINK_CHECK_ALLOWED_NETWORKS": "127.0.0.0/8",
        "LINK_CHECK_CONNECTIONS": str(connections),
        "LINK_CHECK_CONNECTIONS_PER_IP": str(per_host),
    }


def _lychee(file: Path, connections: int, per_host: int) -> tuple[list[str], dict[str, str]]:
    return [
        *(str(folder_of("bench") / "bin" / "lychee"), "--method", "get", "--no-progress", "--cache=false"),
        *("--max-concurrency", str(connections), "--host-concurrency", str(per_host)),
        *("--host-request-interval", "0ms", "--max-retries", "0", "--format", "json", str(file)),
    ], {}


def _plain(file: Path, connections: int, per_host: int) -> tuple[list[str], dict[str, str]]:
    return [sys.executable, "-m", "benchmarks.plain", str(file), str(connections)], {}


CONTESTANTS = {"ours": _ours, "lychee": _lychee, "plain aiohttp": _plain}


def _verdicts(name: str, out: Path) -> dict[str, int]:
    """How many addresses a contestant found to be what, to see that all did the same work."""
    text = out.read_text()
    if name == "ours":
        return dict(Counter(json.loads(line)["outcome"] for line in text.splitlines()))
    if name == "lychee":
        found = json.JSONDecoder().raw_decode(text, text.index("{\n"))[0]
        return {key: number for key, number in found.items() if isinstance(number, int) and number}
    return dict(Counter(line.split()[0] for line in text.splitlines()))


# --- as fast as they can ---------------------------------------------------------------------------------------


def _rates(given: argparse.Namespace, folder: Path) -> bool:
    file = folder / "addresses.txt"
    addresses = web.addresses(count=given.addresses, hosts=given.hosts, port=given.port)
    file.write_text("\n".join(addresses) + "\n")
    sizes = sorted(len(web.article(number)) for number in range(web.PAGES))
    print(
        f"{given.addresses:,} addresses on {given.hosts} hosts, {given.connections} connections, "
        f"{given.rounds} rounds; "
        f"articles of {sizes[0]:,} to {sizes[-1]:,} bytes, median {sizes[len(sizes) // 2]:,}.\n"
        f"Load before: {load()}."
    )
    runs: dict[str, list[Run]] = {name: [] for name in given.only}
    with web.serving(hosts=given.hosts, port=given.port):
        for number in range(given.rounds):
            for name in given.only:
                command, environment = CONTESTANTS[name](file, given.connections, 10 if name == "lychee" else 2)
                out = folder / "out.txt"
                done = run(command, out=out, environment=environment)
                runs[name].append(done)
                verdicts = _verdicts(name, out)
                print(
                    f"round {number + 1} {name}: {given.addresses / done.seconds:,.0f}/s, "
                    f"{done.cpu_seconds / given.addresses * 1e6:.0f} µs, {done.peak_mb:.0f} MB, {verdicts}",
                    flush=True,
                )
    print(f"Load after: {load()}. Processors: {os.cpu_count()}.\n")
    rates = {name: given.addresses / median([one.seconds for one in each]) for name, each in runs.items()}
    costs = {name: median([one.cpu_seconds for one in each]) / given.addresses * 1e6 for name, each in runs.items()}
    peaks = {name: median([one.peak_mb for one in each]) for name, each in runs.items()}
    first = given.only[0]
    print(
        table(
            ["contestant", "addresses/s", f"of {first}", "CPU µs an address", f"of {first}", "peak MB"],
            [
                [
                    name,
                    f"{rates[name]:,.0f}",
                    f"{rates[name] / rates[first]:.2f}",
                    f"{costs[name]:.0f}",
                    f"{costs[name] / costs[first]:.2f}",
                    f"{peaks[name]:.0f}",
                ]
                for name in given.only
            ],
        )
    )
    met = True
    if "ours" in rates:
        goals = {
            f"at most {GOAL_CPU:.0f} µs an address": costs["ours"] <= GOAL_CPU,
            f"at most {GOAL_MEMORY:.0f} MB": peaks["ours"] <= GOAL_MEMORY,
        }
        if "lychee" in rates:
            goals["at least lychee's rate"] = rates["ours"] >= rates["lychee"]
        print("\n" + "\n".join(f"{'met   ' if good else 'MISSED'} {goal}" for goal, good in goals.items()))
        met = all(goals.values())
    return met


# --- slow sites, one connection each ---------------------------------------------------------------------------


def _delayed(given: argparse.Namespace, folder: Path) -> None:
    """Every answer takes its time, and a host is asked for one page at a time: how near to the least possible."""
    file = folder / "delayed.txt"
    addresses = web.addresses(count=given.delayed, hosts=given.hosts, port=given.port + 1)
    # No redirects: each would be a second request, and the least time would not be the same for all hosts.
    addresses = [address.replace("/moved/", "/stories/") for address in addresses]
    file.write_text("\n".join(addresses) + "\n")
    of_a_host = max(Counter(address.split("/")[2] for address in addresses).values())
    least = of_a_host * given.delay
    print(
        f"\n{given.delayed:,} addresses on {given.hosts} hosts that take {given.delay} s to answer, one connection to "
        f"each: {least:.1f} s at least."
    )
    rows = []
    with web.serving(hosts=given.hosts, port=given.port + 1, delay=given.delay):
        for name in [name for name in given.only if name != "plain aiohttp"]:
            seconds = []
            for _ in range(3):
                command, environment = CONTESTANTS[name](file, given.hosts, 1)
                seconds.append(run(command, out=folder / "out.txt", environment=environment).seconds)
            rows.append([name, f"{median(seconds):.2f}", f"{median(seconds) / least:.2f}"])
    print(table(["contestant", "seconds", "of the least"], rows), flush=True)
