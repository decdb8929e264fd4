"""The environment of a checkout on someone's own machine: what is not set gets a value that is right there."""

import os
import secrets
from pathlib import Path

from config import environment
from config.embedded.supervisor import say


def laptop_environment(home: Path, addresses: dict[str, str]) -> dict[str, str]:
    """The environment for the site's processes.

    :param addresses: those of the embedded services.
    """
    given = dict(os.environ)
    (home / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise looks for it, collected or not
    settings = {
        "PLEDGE_RECORD_HOME": str(home),
        "HTTPS": "0",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        **addresses,
        "PYTHONUNBUFFERED": "1",
    }
    if environment.text("DATABASE_URL") and not environment.text("DATABASE_OWNER_URL"):
        say(
            "Warning: DATABASE_OWNER_URL is not set, so migrations run as the site's own role, which then owns the "
            "tables: the history is not protected. docs/operations.md says how to make two roles."
        )
        settings["DATABASE_OWNER_URL"] = environment.text("DATABASE_URL")
    if not environment.text("SECRET_KEY"):
        settings["SECRET_KEY"] = kept_key(home)
    return given | {name: value for name, value in settings.items() if not given.get(name, "").strip()}


def kept_key(home: Path) -> str:
    """The key of this home folder, made on first use and readable by its owner only."""
    path = home / "secret-key"
    home.mkdir(parents=True, exist_ok=True)
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    key = secrets.token_urlsafe(64)
    with os.fdopen(file, "w") as out:
        out.write(key + "\n")
    return key
