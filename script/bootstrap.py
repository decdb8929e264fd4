"""Makes the environment of a checkout (`.venv/`) and runs a command in it. Standard library only, Python 3.11+.

Usage: bootstrap.py server|test|manage|check|bench|... ARGUMENTS

The packages are those of requirements/, checked against their digests. They are installed with uv where pip can
get it (seconds), else with pip (a minute). Nothing is done while the environment fits the lock.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
ENVIRONMENT = CHECKOUT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "pledge-record.json"
KEPT = CHECKOUT / "var" / "bootstrap"
# What each command runs, and the set of packages that it needs.
COMMANDS: dict[str, tuple[str, list[str]]] = {
    "server": ("runtime", ["-m", "config.embedded.server"]),
    "manage": ("runtime", ["-m", "config.embedded.run", "manage"]),
    "test": ("development", ["-m", "config.embedded.run", "test"]),
    "check": ("development", ["-m", "config.embedded.run", "check"]),
    # It makes records as the tests do, and opens pages in a browser.
    "bench": ("development", ["-m", "config.embedded.run", "bench"]),
    "soak": ("runtime", ["-m", "benchmarks.soak"]),
    "python": ("development", []),
}


class Failed(Exception):
    """The environment cannot be made; the message says why."""


def lock_of(packages: str) -> Path:
    return CHECKOUT / "requirements" / f"{packages}.txt"


def digest(packages: str) -> str:
    return hashlib.sha256(lock_of(packages).read_bytes()).hexdigest()


def found() -> dict[str, str]:
    """What the environment was made from; empty if there is none that can be used as it is."""
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    # A copied environment is made anew: its scripts name the place they were made in.
    return stamp if stamp.get("place") == str(ENVIRONMENT) and os.access(PYTHON, os.X_OK) else {}


def usable() -> bool:
    """Whether packages can be installed into the environment that is there: its Python runs, and it was not moved."""
    if STAMP.exists() and not found():
        return False
    new_enough = "import sys; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and run([str(PYTHON), "-c", new_enough], quietly=True)


def fits(packages: str) -> bool:
    stamp = found()
    has = stamp.get("packages", "")
    return has in (packages, "development") and stamp.get("lock") == digest(has)


def run(command: list[str], *, quietly: bool = False, extra: dict[str, str] | None = None) -> bool:
    """Run a step; whether it worked. What it says is shown only if it failed."""
    done = subprocess.run(
        command,
        cwd=CHECKOUT,
        env=plain_environment() | (extra or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode and not quietly:
        print(done.stdout.strip()[-3000:], file=sys.stderr)
    return done.returncode == 0


def plain_environment() -> dict[str, str]:
    """The environment without what would send the steps into another Python's folders."""
    unwanted = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def uv() -> str | None:
    """A uv to use: one on the PATH, one kept from before, or one that pip gets now; None without any."""
    on_path = shutil.which("uv")
    if on_path:
        return on_path
    folder = KEPT / "uv"
    program = folder / "bin" / "uv"
    if not program.exists():
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
        run([*pip, "install", "--quiet", "--no-cache-dir", "--upgrade", "--target", str(folder), "uv"], quietly=True)
    works = program.exists() and run([str(program), "--version"], quietly=True)
    return str(program) if works else None


def install(packages: str) -> None:
    """Make the environment hold what the lock says.

    :raises Failed: if neither uv nor pip can.
    """
    lock = lock_of(packages)
    if not usable():
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        if ENVIRONMENT.exists():
            raise Failed(f"{ENVIRONMENT} cannot be replaced: it belongs to another user. Use a checkout of your own.")
    STAMP.unlink(missing_ok=True)  # until it is whole
    tool = uv()
    # The system's certificates: a company's own authority is known to the system, not to uv.
    trust = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1", "UV_NO_PROGRESS": "1"}
    if "HOME" not in os.environ and "UV_CACHE_DIR" not in os.environ:
        trust["UV_CACHE_DIR"] = str(KEPT / "cache")
    if tool:
        made = PYTHON.exists() or run(
            [tool, "venv", "--quiet", "--python", sys.executable, str(ENVIRONMENT)], extra=trust
        )
        sync = [tool, "pip", "sync", "--quiet", "--require-hashes", "--python", str(PYTHON), str(lock)]
        if made and run(sync, extra=trust):
            return
        print("uv could not install the packages; trying pip.", file=sys.stderr)
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    if not PYTHON.exists() and not run([sys.executable, "-m", "venv", str(ENVIRONMENT)]):
        raise Failed("Python's venv module does not work here (Debian: apt install python3-venv).")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    if not run([*pip, "install", "--quiet", "--require-hashes", "--no-deps", "-r", str(lock)]):
        raise Failed("The packages could not be installed; the lines above say why. Then run the same command again.")


def make_environment(packages: str) -> None:
    """Bring `.venv/` to the lock, once at a time."""
    if fits(packages):
        return
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if fits(packages):
            return
        if found().get("packages") == "development" or (ENVIRONMENT / "bin" / "pytest").exists():
            packages = "development"
        begun = time.monotonic()
        print(f"Installing the {packages} packages into .venv ...", file=sys.stderr, flush=True)
        install(packages)
        stamp = {"packages": packages, "lock": digest(packages), "place": str(ENVIRONMENT)}
        STAMP.write_text(json.dumps(stamp) + "\n")
        print(f"Installed in {time.monotonic() - begun:.0f} s.", file=sys.stderr, flush=True)


def folder_of(packages: str) -> Path:
    """A folder that holds the packages of a lock and nothing else: programs that are only run, never imported.

    :raises Failed: if they cannot be installed.
    """
    folder = KEPT / packages / digest(packages)[:12]
    if not folder.exists():
        tool = uv()
        install_with = [tool, "pip", "install"] if tool else [sys.executable, "-m", "pip", "install", "--no-deps"]
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [
            *install_with,
            "--quiet",
            "--require-hashes",
            "--target",
            str(unfinished),
            "-r",
            str(lock_of(packages)),
        ]
        if not run(command, extra={"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}):
            raise Failed(f"The {packages} packages could not be installed; the lines above say why.")
        unfinished.rename(folder)
    return folder


def main(arguments: list[str]) -> None:
    name, *rest = arguments
    packages, command = COMMANDS[name]
    try:
        make_environment(packages)
    except (Failed, OSError) as error:
        sys.exit(str(error))
    os.chdir(CHECKOUT)
    os.execv(PYTHON, [str(PYTHON), *command, *rest])


if __name__ == "__main__":
    main(sys.argv[1:])
