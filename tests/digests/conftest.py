"""An installation that sends mail, and a post office that takes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.digests.post_office import PostOffice, open_post_office


@pytest.fixture(autouse=True)
def _sends_mail(settings: Any) -> None:
    settings.DIGESTS = True
    settings.SITE_URL = "https://record.example"
    settings.DEFAULT_FROM_EMAIL = "Pledge Record <digests@record.example>"


@pytest.fixture
def post_office(settings: Any) -> Iterator[PostOffice]:
    with open_post_office() as office:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", office.port, False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield office
