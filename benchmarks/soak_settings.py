"""The settings of the long run: as everywhere, but work is looked for every three seconds, not every thirty."""

from datetime import timedelta

from config.settings import *  # noqa: F403
from config.settings import CELERY_BEAT_SCHEDULE

CELERY_BEAT_SCHEDULE["lease due sources"] |= {"schedule": timedelta(seconds=3), "options": {"expires": 3}}
