"""The Celery app: ``celery -A config worker``; the tasks are in each room's ``tasks.py``."""

import os
import signal
from typing import Any

from celery import Celery, signals

from config.embedded.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def end_with_the_worker(**_: Any) -> None:
    """A scheduler inside a worker ends with it, even if that is killed: two would send everything twice."""
    die_with_parent(signal.SIGKILL, parent=os.getppid())


# The one way into the process that Celery makes for its scheduler.
signals.beat_embedded_init.connect(end_with_the_worker)
