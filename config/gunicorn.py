"""How gunicorn serves the site, on a laptop and in production; command-line options override it."""

import os
import signal
import subprocess
import sys
from typing import Any

from config import environment
from config.embedded.processes import die_with_parent

bind = environment.text("GUNICORN_BIND", "127.0.0.1:8000")
workers = environment.number("WEB_PROCESSES", 2, least=1)
worker_class = "gthread"
threads = environment.number("WEB_THREADS", 4, least=1)
timeout = 60
graceful_timeout = 10
keepalive = 5
# A leak somewhere then costs a restart now and again, not the machine.
max_requests = 20_000
max_requests_jitter = 2_000
# The heartbeat file; a disk that is busy must not look like a dead worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") and os.access("/dev/shm", os.W_OK) else None  # noqa: S108
preload_app = False
errorlog = "-"
loglevel = "warning"
accesslog = "-" if environment.flag("ACCESS_LOG", False) else None
# No addresses of readers unless someone asks for an access log, and then no query of theirs.
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(b)s %(M)sms'
# Whether a proxy's word counts is for config.settings to decide: no header changes the scheme here.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Settings that cannot be used end the server here, once and in one line; each worker would try again and again.

    Read in a process of their own: what this one imports, workers would still have after a reload.
    """
    read = subprocess.run([sys.executable, "-c", "import config.settings"], cwd=environment.CHECKOUT, check=False)
    if read.returncode:
        sys.exit(read.returncode)


def post_fork(server: Any, worker: Any) -> None:
    """A worker ends with its master, even if that is killed."""
    die_with_parent(signal.SIGTERM, parent=server.pid)
