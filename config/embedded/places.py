"""Where the embedded services keep their data and their sockets, worked out from the home folder alone.

Every process that is given the same home folder finds the same addresses, so that a command finds the services
that a running ``script/server`` keeps.
"""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.embedded import CannotStart

NOBODY = 65534  # the uid by which every Linux names no one in particular
DATABASE = "pledge_record"
SUPERVISOR_ROLE, OWNER_ROLE, SITE_ROLE = "pledge_record_supervisor", "pledge_record_owner", "pledge_record_site"
# Where data lies that has no place in its home folder.
OUTSIDE_HOMES = Path("/var/lib")
# A socket's path has room for 104 bytes on macOS and 108 on Linux, the final zero included.
LONGEST_SOCKET_PATH = 100


@dataclass(frozen=True)
class Places:
    """The folders of one home; nothing is made here, see :func:`config.embedded.processes.private_folder`."""

    home: Path
    data: Path  # holds postgres/, redis/ and, where they had to be copied, programs/
    run: Path  # holds the sockets

    @property
    def cluster(self) -> Path:
        return self.data / "postgres"

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def redis_socket(self) -> Path:
        return self.run / "redis.sock"

    def database_url(self, *, role: str = SITE_ROLE, database: str = DATABASE) -> str:
        return f"postgresql://{role}@{quote(str(self.run), safe='')}:5432/{database}"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.redis_socket))}"


def places(home: Path, *, as_root: bool | None = None, outside: Path = OUTSIDE_HOMES) -> Places:
    """The folders that belong to a home folder.

    PostgreSQL refuses to run as root. Started by root the services run as :data:`NOBODY`, and their data lies
    where that user can reach it: in the home folder, or under ``/var/lib`` if the way there is closed to others.
    Data that is there already stays where it is, whatever has been opened or closed since.

    :param as_root: whether root asks; None looks.
    :param outside: where data goes that has no place in its home folder.
    :raises CannotStart: if it lies in a home folder whose way was closed since.
    """
    home = Path(os.path.abspath(home))
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    data = home
    if os.geteuid() == 0 if as_root is None else as_root:
        beside = outside / f"pledge-record-{digest}"
        if (beside / "postgres").exists():
            data = beside
        elif not open_to_others(home):
            if (home / "postgres").exists():
                raise CannotStart(
                    f"The data is in {home}, but a folder on the way there has been closed to others since, and the "
                    "services do not run as root. Open that folder (chmod o+x), or give PLEDGE_RECORD_HOME another."
                )
            data = beside
    run = data / "run"
    if len(os.fsencode(run / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
        run = Path("/tmp") / f"pledge-record-{os.geteuid()}-{digest}"  # noqa: S108  its owner and mode are checked
    return Places(home=home, data=data, run=run)


def open_to_others(folder: Path) -> bool:
    """Whether every user of the machine may pass through a folder and all above it (those that exist)."""
    for each in (folder, *folder.parents):
        try:
            mode = each.stat().st_mode
        except FileNotFoundError:
            continue
        except OSError:
            return False
        if not mode & stat.S_IXOTH:
            return False
    return True


def services_user(where: Places) -> int | None:
    """The uid to run the services as, or None for the user who asks.

    Only root changes the user: to the owner of data that is already there, else to :data:`NOBODY`.
    """
    if os.geteuid() != 0:
        return None
    try:
        owner = where.cluster.stat().st_uid
    except OSError:
        return NOBODY
    return owner or NOBODY
