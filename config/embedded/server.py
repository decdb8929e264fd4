"""Behind ``script/server``: services, migrations, starter data, web, worker and scheduler, in one supervised set."""

import argparse
import contextlib
import http.client
import os
import signal
import socket
import sys
import time

from config import environment
from config.embedded import CannotStart, not_yours
from config.embedded.laptop import laptop_environment
from config.embedded.preparing import prepare
from config.embedded.processes import Process
from config.embedded.supervisor import LOOK_EVERY, Services, Supervisor, Watched, say, services_wanted

HOST = "127.0.0.1"
PAGES_SECONDS = 120.0


def arguments_of(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/server",
        description="Run the whole site on this machine: services, starter data, pages, worker. Ctrl-C stops it.",
    )
    parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1; 0 takes a free one (default 8000)")
    parser.add_argument("--no-data", action="store_true", help="start with an empty record")
    asked = parser.parse_args(given)
    if not 0 <= asked.port <= 65535:
        parser.error(f"--port is {asked.port}: write a number from 0 to 65535.")
    return asked


def listening(port: int) -> socket.socket:
    """The socket that pages will be served on. The supervisor keeps it, so that nothing is refused during a restart.

    :raises CannotStart: if the port is taken.
    """
    pages = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    pages.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        pages.bind((HOST, port))
    except PermissionError:
        raise CannotStart(f"Port {port} needs more rights than you have. Choose one above 1023: --port N.") from None
    except OSError:
        raise CannotStart(f"Port {port} is taken by another program. Choose another: --port N, or --port 0.") from None
    pages.listen(256)
    return pages


def site_address(address: str) -> dict[str, str]:
    """How the site names itself, where its own settings do not say."""
    named = environment.text("SITE_URL") or environment.names("ALLOWED_HOSTS", [])
    return {} if named else {"SITE_URL": address.rstrip("/")}


def take_folder(services: Services) -> None:
    """Take the home folder for this server.

    :raises CannotStart: if another server has it; it says where that one is.
    """
    waited = False
    while not services.lock.take():
        holder = services.lock.said()
        if holder.get("address"):
            raise CannotStart(
                f"Already running: {holder['address']} (process {holder['process']}, folder {services.where.home}). "
                "Stop that one, or set PLEDGE_RECORD_HOME to another folder."
            )
        if not waited:
            say("Another command is using this folder's services; waiting for it to end.")
            waited = True
        time.sleep(0.3)


def site_processes(settings: dict[str, str], pages: socket.socket) -> list[Process]:
    """Web and worker; both write to the terminal."""
    debug = environment.flag("DEBUG", False)
    web = [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "config/gunicorn.py"]
    # Root runs it in a container or on a spare machine; the warning would be the first thing to be read there.
    celery = [sys.executable, "-W", "ignore:You're running the worker with superuser"]
    celery += ["-m", "celery", "--quiet", "-A", "config"]
    # Threads, not processes: one worker process for link checks and mail, and one that waits for public archives.
    worker = [*celery, "worker", "--pool", "threads", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    checks = [*worker, "--hostname", "checks@%h", "--queues", "celery", "--concurrency", "4"]
    archives = [*worker, "--hostname", "archives@%h", "--queues", "archives", "--concurrency", "1"]
    # Beside the worker, not inside: there nobody would notice that it fell.
    scheduler = [*celery, "beat", "--pidfile=", "--loglevel", "WARNING"]
    return [
        Process(
            "the web server",
            web + (["--reload"] if debug else []),
            environment=settings | {"GUNICORN_BIND": f"fd://{pages.fileno()}", "APPLICATION_NAME": "web"},
            keep_open=[pages.fileno()],
            folder=environment.CHECKOUT,
            patience=15,
        ),
        Process(
            "the worker",
            checks,
            environment=settings | {"APPLICATION_NAME": "worker"},
            folder=environment.CHECKOUT,
            patience=15,
            # What it had begun is leased in the database and done again by the next one.
            ends_with_parent=signal.SIGKILL,
        ),
        Process(
            "the worker for archives",
            archives,
            environment=settings | {"APPLICATION_NAME": "archives"},
            folder=environment.CHECKOUT,
            patience=15,
            ends_with_parent=signal.SIGKILL,
        ),
        Process(
            "the scheduler",
            scheduler,
            environment=settings | {"APPLICATION_NAME": "beat"},
            folder=environment.CHECKOUT,
            ends_with_parent=signal.SIGKILL,
        ),
    ]


def answer(port: int, path: str, host: str, *, https: bool) -> int:
    """The HTTP status of a page; 0 if there is no answer."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection(HOST, port, timeout=10)
        with contextlib.closing(connection):
            # As the proxy would ask, where the settings are those of a proxied site.
            connection.request("GET", path, headers={"Host": host} | ({"X-Forwarded-Proto": "https"} if https else {}))
            return connection.getresponse().status
    return 0


def wait_for_pages(port: int, settings: dict[str, str], supervisor: Supervisor) -> bool:
    """True once pages answer; False if the person at the terminal ended it before.

    :raises CannotStart: if they do not within two minutes.
    """
    host = (environment.names("ALLOWED_HOSTS", []) or [f"{HOST}:{port}"])[0].removeprefix(".").replace("*", HOST)
    https = settings["HTTPS"].strip().lower() in environment.TRUE
    until = time.monotonic() + PAGES_SECONDS
    while not supervisor.asked_to_stop():
        ready = answer(port, "/readyz", host, https=https)
        if ready == 200:
            page = answer(port, "/", host, https=https)
            if 200 <= page < 400:
                return True
            raise CannotStart(f"The services are ready, but the first page answers {page}; the lines above say why.")
        supervisor.look()
        if time.monotonic() > until:
            raise CannotStart(f"Pages did not answer within {PAGES_SECONDS:.0f} s (/readyz: {ready or 'nothing'}).")
        supervisor.pause(0.05)
    return False


def serve(asked: argparse.Namespace) -> int:
    home = environment.home()
    services = services_wanted(home)
    take_folder(services)
    pages = listening(asked.port)
    port = pages.getsockname()[1]
    address = f"http://{HOST}:{port}/"
    services.lock.say(address=address)
    supervisor = Supervisor()
    supervisor.listen_to_signals()
    try:
        services.start(supervisor)
        if supervisor.asked_to_stop():
            return 0
        settings = laptop_environment(home, services.addresses() | site_address(address))
        data = environment.CHECKOUT / "data"
        prepare(
            settings,
            supervisor=supervisor,
            static=True,
            data=None if asked.no_data or not data.is_dir() else data,
        )
        if supervisor.asked_to_stop():
            return 0
        for process in site_processes(settings, pages):
            supervisor.add(Watched(process))
        if wait_for_pages(port, settings, supervisor):
            print(f"Ready: {address}", flush=True)
        while not supervisor.asked_to_stop():
            supervisor.pause(LOOK_EVERY)
            supervisor.look()
        say("Stopping.")
        return 0
    finally:
        supervisor.stop()
        pages.close()
        services.lock.give_back()


def main(given: list[str]) -> int:
    os.chdir(environment.CHECKOUT)
    asked = arguments_of(given)
    try:
        return serve(asked)
    except (CannotStart, environment.BadSetting) as error:
        say(str(error))
        return 1
    except PermissionError as error:
        say(not_yours(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
