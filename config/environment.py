"""What the environment says, read once and checked.

Each function takes the name of a variable and gives a typed value; what cannot be read raises
:class:`BadSetting` with a sentence that names the variable and says how to mend it.
"""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
TRUE, FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


class BadSetting(Exception):
    """An environment variable holds something that cannot be used."""


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


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number, not below ``least``."""
    given = text(name)
    if not given:
        return default
    try:
        value = int(given)
    except ValueError:
        raise BadSetting(f"{name} is {given!r}: write a whole number.") from None
    if value < least:
        raise BadSetting(f"{name} is {value}: write a number of {least} or more.")
    return value


def names(name: str, default: list[str]) -> list[str]:
    """A list separated by commas."""
    given = text(name)
    return [part.strip() for part in given.split(",") if part.strip()] if given else default


def beginning_with(prefix: str) -> dict[str, str]:
    """All variables of that beginning that are set, with their texts; who uses them converts and checks them."""
    return {name: value.strip() for name, value in os.environ.items() if name.startswith(prefix) and value.strip()}


def home() -> Path:
    """The folder for everything this machine keeps: embedded services, key, collected static files."""
    given = text("PLEDGE_RECORD_HOME")
    folder = Path(given).expanduser() if given else CHECKOUT / "var"
    return folder if folder.is_absolute() else CHECKOUT / folder
