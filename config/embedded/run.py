"""Runs one command with the services it needs: behind ``script/manage``, ``script/test``, ``script/check`` and
``script/bench``.

``python -m config.embedded.run manage ARGUMENTS`` uses the services of a running ``script/server`` on the same
home folder, else starts them for the command. ``... test``, ``... check`` and ``... bench`` start a set of their own
for each run.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import environment
from config.embedded import CannotStart, not_yours
from config.embedded.laptop import laptop_environment
from config.embedded.locks import FolderLock
from config.embedded.preparing import is_behind, prepare
from config.embedded.processes import Process
from config.embedded.supervisor import LOOK_EVERY, START_SECONDS, Services, Supervisor, say, services_wanted

MOST_TEST_RUNS = 16


def run_beside(supervisor: Supervisor, arguments: list[str], settings: dict[str, str]) -> int:
    """Run a command in the foreground while the services are watched; gives its exit code."""
    if supervisor.asked_to_stop():
        return 130
    command = Process(
        arguments[0],
        arguments,
        environment=settings,
        folder=Path.cwd(),
        own_group=False,  # Ctrl-C on the terminal reaches it directly
        patience=30,
    )
    command.start()
    passed_on = 0
    while command.running:
        supervisor.pause(LOOK_EVERY)
        if supervisor.signals > passed_on and command.child:
            passed_on = supervisor.signals
            # Ctrl-C goes to everybody on the terminal: passed on, it would disturb how the command puts things right.
            if not (supervisor.last_signal == signal.SIGINT and in_the_foreground()):
                command.child.send_signal(signal.SIGINT if passed_on == 1 else signal.SIGTERM)
        supervisor.look()
    code = command.child.returncode if command.child else 1
    return 128 - code if code < 0 else code


def in_the_foreground() -> bool:
    """Whether this process and its child are those that a terminal sends Ctrl-C to."""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def manage(home: Path, arguments: list[str]) -> int:
    """Run ``manage.py`` with the services of this home folder.

    Commands at the same time share them: who started them waits at the end until no one else needs them.
    """
    services = services_wanted(home)
    command = [sys.executable, "manage.py", *arguments]
    # The history says by which way a change came.
    os.environ.setdefault("APPLICATION_NAME", f"manage {arguments[0]}" if arguments else "manage")
    supervisor = Supervisor()
    supervisor.listen_to_signals()
    if not services.addresses():
        return run_beside(supervisor, command, laptop_environment(home, {}))
    users = FolderLock(home / "services-users.lock")
    while True:
        if services.lock.take():
            try:
                services.lock.say(command="script/manage")
                services.start(supervisor)
                settings = laptop_environment(home, services.addresses())
                if services.cluster and not supervisor.asked_to_stop() and is_behind(settings):
                    say("Preparing the database of this folder.")
                    prepare(settings, supervisor=supervisor)
                return run_beside(supervisor, command, settings)
            finally:
                users.take(wait=True)
                supervisor.stop()
                users.give_back()
                services.lock.give_back()
        users.take(wait=True, shared=True)
        if services.lock.held_elsewhere:
            break
        users.give_back()
    try:
        wait_until_others_answer(services)
        return run_beside(supervisor, command, laptop_environment(home, services.addresses()))
    finally:
        users.give_back()


def wait_until_others_answer(services: Services) -> None:
    """Another process has just taken the services; return when they answer.

    :raises CannotStart: if they do not.
    """
    until = time.monotonic() + START_SECONDS
    while not services.answer():
        if time.monotonic() > until or not services.lock.held_elsewhere:
            raise CannotStart("The services that another command started do not answer; try again.")
        time.sleep(0.1)


@contextmanager
def throwaway_services(home: Path) -> Iterator[tuple[Supervisor, dict[str, str]]]:
    """Services for tests, in the first folder of ``test/`` that no other run uses; with the environment for them.

    :raises CannotStart: if all folders are in use, or the services do not start.
    """
    for number in range(1, MOST_TEST_RUNS + 1):
        folder = home / "test" / str(number)
        services = services_wanted(folder, durable=False)
        if services.lock.take():
            break
    else:
        raise CannotStart(f"{MOST_TEST_RUNS} test runs are using {home / 'test'} already. Wait for one to end.")
    supervisor = Supervisor()
    supervisor.listen_to_signals()
    clean = services.where.data / "stopped-cleanly"
    try:
        if not clean.exists():
            # It ran without fsync and was not stopped: what it holds cannot be trusted, and is worth nothing.
            shutil.rmtree(services.where.cluster, ignore_errors=True)
        clean.unlink(missing_ok=True)
        services.start(supervisor)
        yield supervisor, laptop_environment(folder, services.addresses())
    finally:
        supervisor.stop()
    clean.touch()


def test(home: Path, arguments: list[str]) -> int:
    """Run pytest on services of its own; without arguments every test, those in a browser in a pass of their own."""
    pytest = [sys.executable, "-m", "pytest"]
    with throwaway_services(home) as (supervisor, settings):
        if arguments:
            return run_beside(supervisor, [*pytest, *arguments], settings)
        code = run_beside(supervisor, [*pytest, "-m", "not browser"], settings)
        if supervisor.asked_to_stop():
            return code
        if not has_browser() and not environment.flag("CI", False):
            say("No Chromium was found, so the tests in a browser did not run (Debian: apt-get install chromium).")
            return code
        in_browser = run_beside(supervisor, [*pytest, "-m", "browser"], settings)
        return code or in_browser


def has_browser() -> bool:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return bool(environment.text("CHROMIUM")) or any(shutil.which(name) for name in names)


def check(home: Path, arguments: list[str]) -> int:
    """Run the linters and contracts; some of them ask a database."""
    with throwaway_services(home) as (supervisor, settings):
        return run_beside(supervisor, [sys.executable, "script/checks.py", *arguments], settings)


def bench(home: Path, arguments: list[str]) -> int:
    """Measure one thing; without arguments say what can be measured."""
    if not arguments:
        return subprocess.run([sys.executable, "-m", "benchmarks"], check=False).returncode
    with throwaway_services(home) as (supervisor, settings):
        return run_beside(supervisor, [sys.executable, "-m", "benchmarks", *arguments], settings)


def main(arguments: list[str]) -> int:
    os.chdir(environment.CHECKOUT)
    what, *rest = arguments
    try:
        return {"manage": manage, "test": test, "check": check, "bench": bench}[what](environment.home(), rest)
    except (CannotStart, environment.BadSetting) as error:
        say(str(error))
        return 1
    except PermissionError as error:
        say(not_yours(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
