"""What a newcomer meets: a clean clone, one command, pages; with the times, and with nothing left running.

The clone takes what is committed. The environment is empty but for PATH; not even HOME is set.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from config.embedded.places import places  # noqa: E402  needs the checkout on the path

READY_SECONDS = 300  # pip, where uv cannot be had, takes a minute or more
PAGES = [
    "",
    "timeline/",
    "companies/",
    "sources/",
    "about/",
    "methodology/",
    "timeline/export/csv/",
    "timeline/feed.atom",
]


def environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath)}


def clone(target: Path) -> None:
    """What is committed, as anyone gets it."""
    # "safe.directory" for a checkout that another user owns, as in some containers.
    subprocess.run(
        ["git", "-c", "safe.directory=*", "clone", "--quiet", "--no-hardlinks", str(CHECKOUT), str(target)], check=True
    )


def rows(folder: Path) -> dict[str, int]:
    """How many rows the files of the starter data have."""
    return {each.stem: len(each.read_bytes().splitlines()) for each in sorted((folder / "data").glob("*.jsonl"))}


def start(folder: Path, output: Path, *arguments: str) -> tuple["subprocess.Popen[bytes]", str, float]:
    """Run ``script/server`` there; gives the process, the address that it printed, and the seconds until then."""
    begun = time.monotonic()
    with output.open("wb") as out:
        server = subprocess.Popen(
            ["script/server", "--port", "0", *arguments], cwd=folder, env=environment(), stdout=out, stderr=out
        )
    while "Ready: " not in output.read_text(errors="replace"):
        if server.poll() is not None or time.monotonic() - begun > READY_SECONDS:
            server.kill()
            sys.exit(f"script/server did not become ready:\n{output.read_text(errors='replace')[-5000:]}")
        time.sleep(0.05)
    taken = time.monotonic() - begun
    return server, output.read_text(errors="replace").split("Ready: ")[1].split()[0], taken


def read(address: str) -> tuple[bytes, float]:
    """A page and the seconds it took; anything but 200 is an error."""
    begun = time.monotonic()
    with urllib.request.urlopen(address, timeout=30) as response:
        return response.read(), time.monotonic() - begun


def left_running(folder: Path) -> list[str]:
    """Command lines of processes that belong to the clone."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(folder) in line and str(os.getpid()) != line.split()[0]]


def stop(server: "subprocess.Popen[bytes]", folder: Path) -> float:
    """As Ctrl-C does; gives the seconds it took."""
    begun = time.monotonic()
    server.send_signal(signal.SIGINT)
    code = server.wait(60)
    left = left_running(folder)
    if code or left:
        sys.exit(f"script/server ended with code {code} and left running:\n" + "\n".join(left))
    return time.monotonic() - begun


@contextlib.contextmanager
def new_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="fresh-start-"))
    # As root the services run as another user, who must be able to reach the folder, as in any ordinary place.
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        data = places(folder / "checkout" / "var").data
        if folder not in data.parents:
            shutil.rmtree(data, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    with new_folder() as folder:
        checkout, output = folder / "checkout", folder / "output.log"
        clone(checkout)
        expected = rows(checkout)

        server, address, taken = start(checkout, output)
        try:
            print(f"clone to ready: {taken:.1f} s")
            for page in PAGES:
                body, seconds = read(address + page)
                print(f"  {len(body):>8} bytes in {seconds * 1000:>5.0f} ms  /{page}")
            ready = json.loads(read(address + "readyz")[0])
            print(f"  {ready}; the starter data has {expected}")
            print(f"stopped in {stop(server, checkout):.1f} s, nothing left running")

            server, address, taken = start(checkout, output)
            read(address)
            print(f"second start to ready: {taken:.1f} s")
            stop(server, checkout)
        finally:
            if server.poll() is None:
                server.kill()


if __name__ == "__main__":
    main()
