"""What the environment says, read once and checked.

Each function takes the name of a variable and gives a typed value; what cannot be read raises
:class:`BadSetting` with a sentence that names the variable and says how to mend it.
"""

import os
import tempfile
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit

CHECKOUT = Path(__file__).resolve().parent.parent
TRUE, FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


class BadSetting(SystemExit):
    """An environment variable holds something that cannot be used.

    Where nobody catches it, it ends the program with its sentence alone and exit 1: neither gunicorn nor Celery would
    catch it, and from an ordinary exception both make a page of traceback.
    """


def text(name: str, default: str = "") -> str:
    """The variable without surrounding blanks; an empty one counts as not set."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    """A yes or no: 1/true/yes/on or 0/false/no/off, whatever the case."""
    given = text(name)
    if not given:
        return default
    if given.lower() in TRUE:
        return True
    if given.lower() in FALSE:
        return False
    raise BadSetting(f"{name} is {given!r}: write 1 or 0.")


def choice(name: str, default: str, among: Collection[str]) -> str:
    """One of some words in capitals, whatever the case."""
    given = text(name, default).upper()
    if given not in among:
        raise BadSetting(f"{name} is {text(name)!r}: write one of {', '.join(among)}.")
    return given


def number(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """A whole number, not below ``least`` and not above ``most``."""
    given = text(name)
    if not given:
        return default
    try:
        value = int(given)
    except ValueError:
        raise BadSetting(f"{name} is {given!r}: write a whole number.") from None
    if value < least:
        raise BadSetting(f"{name} is {value}: write a number of {least} or more.")
    if most is not None and value > most:
        raise BadSetting(f"{name} is {value}: write a number from {least} to {most}.")
    return value


def names(name: str, default: list[str]) -> list[str]:
    """A list separated by commas."""
    given = text(name)
    return [part.strip() for part in given.split(",") if part.strip()] if given else default


def web_address(name: str, default: str) -> str:
    """An address that begins with http:// or https:// and names a host."""
    given = text(name)
    if not given:
        return default
    try:
        parts = urlsplit(given)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise BadSetting(f"{name} is {given!r}: write it as https://pledges.example")
    return given


def redis_address(name: str) -> str:
    """Where Redis is; what is wrong is said without the address, which may hold a password."""
    given = text(name)
    try:
        parts = urlsplit(given)
        where = {"redis": parts.hostname, "rediss": parts.hostname, "unix": parts.path}.get(parts.scheme)
        usable = bool(where) and parts.port != 0
    except ValueError:
        usable = False
    if given and not usable:
        raise BadSetting(
            f"{name} is not an address of Redis: write redis://host:6379/0, rediss://host:6379/0 or unix:///path"
        )
    return given


def beginning_with(prefix: str) -> dict[str, str]:
    """All variables of that beginning that are set, with their texts; who uses them converts and checks them."""
    return {name: value.strip() for name, value in os.environ.items() if name.startswith(prefix) and value.strip()}


def home() -> Path:
    """The folder for everything this machine keeps: embedded services, key, collected static files."""
    given = text("PLEDGE_RECORD_HOME")
    if not given:
        return CHECKOUT / "var"
    try:
        folder = CHECKOUT / Path(given).expanduser()
        fault = why_not_to_be_written(folder)
    except (OSError, RuntimeError) as error:  # a name that is too long, a user that is not there
        fault = str(error)
    if fault:
        raise BadSetting(f"PLEDGE_RECORD_HOME is {given!r}: {fault}. Name a folder that can be made and written to.")
    return folder


def why_not_to_be_written(folder: Path) -> str:
    """What keeps a folder from being made or written to, or nothing. The folder is not made."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not there.is_dir():
        return f"{there} is not a folder"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"{there} cannot be written to by this user"
    if there != folder:
        # Rights are not all: nobody, root included, makes a folder in /proc.
        try:
            with tempfile.TemporaryDirectory(dir=there):
                pass
        except OSError as error:
            return f"no folder can be made in {there} ({error.strerror})"
    return ""
