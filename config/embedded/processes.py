"""Starting and stopping single processes so that none outlives the one who started it."""

import contextlib
import ctypes
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from config.embedded import CannotStart

LINUX = sys.platform.startswith("linux")
PR_SET_PDEATHSIG = 1
LONGEST_LOG = 10_000_000  # bytes; a longer log is set aside once when its process starts
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


def die_with_parent(number: signal.Signals, *, parent: int) -> None:
    """Have the kernel send this process a signal when its parent ends, however it ends (Linux; else nothing).

    :param parent: the parent's process id as known before the fork: if it has ended since, so does this process.
    """
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def private_folder(folder: Path, *, user: int | None) -> Path:
    """Make a folder that only ``user`` (None: the one who asks) may enter, or check that it is one.

    :raises CannotStart: if it belongs to someone else or is a link, as in a shared folder it might.
    """
    above = [each for each in folder.parents if not each.exists()]
    try:
        folder.mkdir(mode=0o700, parents=True)
        for each in above if user is not None else ():
            each.chmod(each.stat().st_mode | stat.S_IXOTH)  # root's umask may have closed them to that user
    except FileExistsError:
        pass
    except OSError as error:
        raise CannotStart(
            f"Cannot make the folder {folder}: {error.strerror}. Set PLEDGE_RECORD_HOME to a folder you can write to."
        ) from None
    else:
        if user is not None:
            os.chown(folder, user, user)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise CannotStart(f"{folder} is not a folder. Move it away, or set PLEDGE_RECORD_HOME to another folder.")
    wanted = os.geteuid() if user is None else user
    if found.st_uid != wanted:
        raise CannotStart(
            f"{folder} belongs to user {found.st_uid}, and the services would run as user {wanted}. "
            "Set PLEDGE_RECORD_HOME to another folder, or give it to that user."
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(0o700)
    return folder


def open_log(path: Path) -> IO[bytes]:
    """A log file to append to; one that grew too long is set aside first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LONGEST_LOG:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")


def last_lines(path: Path, count: int = 6) -> str:
    """The end of a log file, for a message."""
    with contextlib.suppress(OSError):
        return "\n".join(path.read_text(errors="replace").splitlines()[-count:])
    return ""


class Process:
    """One program that is started, watched, and stopped.

    :param arguments: the command line.
    :param user: uid to run as; None leaves it.
    :param log: file that takes both outputs; None leaves them on the terminal.
    :param asks_to_stop: the signal that ends it in good order.
    :param patience: how many seconds it may take for that.
    :param insists_to_stop: the signal that comes then.
    :param ends_with_parent: the signal the kernel sends it when the supervisor is gone.
    :param ready: whether it answers; asked while it starts.
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str | Path],
        *,
        user: int | None = None,
        log: Path | None = None,
        environment: Mapping[str, str] | None = None,
        keep_open: Sequence[int] = (),
        asks_to_stop: signal.Signals = signal.SIGTERM,
        insists_to_stop: signal.Signals = signal.SIGKILL,
        ends_with_parent: signal.Signals = signal.SIGTERM,
        patience: float = 20.0,
        folder: Path = Path("/"),
        ready: Callable[[], bool] | None = None,
        own_group: bool = True,
    ) -> None:
        self.name = name
        self.arguments = [str(each) for each in arguments]
        self.user, self.log, self.environment, self.keep_open = user, log, environment, tuple(keep_open)
        self.asks_to_stop, self.insists_to_stop, self.patience = asks_to_stop, insists_to_stop, patience
        self.ends_with_parent = ends_with_parent
        self.folder, self.ready, self.own_group = folder, ready, own_group
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it now; :attr:`ready` tells when it answers."""
        parent = os.getpid()
        log = open_log(self.log) if self.log else None
        try:
            self.child = subprocess.Popen(  # noqa: S603  the command lines are ours
                self.arguments,
                cwd=self.folder,
                env=None if self.environment is None else dict(self.environment),
                stdin=subprocess.DEVNULL if self.own_group else None,
                stdout=log,
                stderr=log,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
                process_group=0 if self.own_group else None,
                pass_fds=self.keep_open,
                # Runs after the change of user, which would have cleared it.
                preexec_fn=lambda: die_with_parent(self.ends_with_parent, parent=parent),
            )
        except OSError as error:
            raise CannotStart(f"Cannot start {self.name} ({self.arguments[0]}): {error.strerror}.") from None
        except subprocess.SubprocessError as error:
            raise CannotStart(f"Cannot start {self.name} as user {self.user}: {error}") from None
        finally:
            if log:
                log.close()

    @property
    def running(self) -> bool:
        return self.child is not None and self.child.poll() is None

    @property
    def pid(self) -> int | None:
        return self.child.pid if self.child else None

    def how_it_ended(self) -> str:
        """In words, for a message: its signal or its exit code, and the end of its log."""
        code = self.child.returncode if self.child else None
        words = "was not started" if code is None else f"ended with code {code}"
        if code is not None and code < 0:
            words = f"was ended by {signal.Signals(-code).name}"
        ending = last_lines(self.log) if self.log else ""
        return f"{self.name} {words}" + (f"; its log ends:\n{ending}" if ending else "")

    def stop(self) -> None:
        """Ask it to end, wait, and end it by force if it does not."""
        if self.child is None or self.child.poll() is not None:
            return
        for number, seconds in ((self.asks_to_stop, self.patience), (self.insists_to_stop, 5.0)):
            self.child.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(seconds)
                return
        self.child.kill()
        self.child.wait()
