"""What those who run the site ask it."""

import socket
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from config import health

pytestmark = pytest.mark.django_db


def test_a_process_that_answers_is_healthy_without_asking_anyone(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert (response.status_code, response.json()) == (HTTPStatus.OK, {"status": "ok"})


def test_a_prober_needs_no_name_of_the_site(client: Client) -> None:
    response = client.get("/healthz", headers={"host": "10.1.2.3:8000"})

    assert response.status_code == HTTPStatus.OK


def test_a_site_with_all_it_needs_is_ready(client: Client) -> None:
    response = client.get("/readyz")

    assert response.status_code == HTTPStatus.OK
    assert response.json() == {"status": "ready", "database": "ok", "migrations": "ok", "redis": "ok"}


@pytest.mark.django_db(transaction=True)
def test_a_site_whose_migrations_wait_is_not_ready_and_says_which(client: Client, as_owner) -> None:
    with as_owner.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")

    response = client.get("/readyz")

    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.json()["status"] == "missing migrations"
    assert "sessions.0001_initial" in response.json()["migrations"]


def test_a_site_without_its_broker_is_not_ready_and_says_so(client: Client) -> None:
    from celery import current_app

    kept = current_app.conf.broker_url
    current_app.conf.broker_url = "redis+socket:///nowhere/redis.sock"
    try:
        response = client.get("/readyz")
    finally:
        current_app.conf.broker_url = kept

    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.json()["status"] == "missing redis"


@pytest.mark.django_db(transaction=True)
def test_a_site_without_its_database_is_not_ready_but_alive(client: Client) -> None:
    kept = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "not_there"
    try:
        ready, alive = client.get("/readyz"), client.get("/healthz")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept

    assert ready.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "database" in ready.json()["status"]
    assert alive.status_code == HTTPStatus.OK


def test_a_cache_that_is_away_leaves_pages_as_they_are(client: Client) -> None:
    away = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/redis.sock"}}

    with override_settings(CACHES=away):
        response = client.get("/accounts/login/")

    assert response.status_code == HTTPStatus.OK


@pytest.mark.parametrize("address", ["/healthz", "/accounts/login/", "/no-such-page/", "/static/css/site.css"])
def test_every_answer_tells_the_browser_to_stay_on_this_site(client: Client, address: str) -> None:
    response = client.get(address)
    response.close()

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert "https:" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    assert response["X-Frame-Options"] == "DENY"


@pytest.fixture
def hung_database() -> Iterator[None]:
    """A server that takes connections and never says a word."""
    connection.close()
    kept = {name: connection.settings_dict[name] for name in ("HOST", "PORT")}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        connection.settings_dict.update(HOST="127.0.0.1", PORT=str(silent.getsockname()[1]))

        yield

        connection.close()
        connection.settings_dict.update(kept)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_hangs_is_told_within_five_seconds(client: Client, hung_database: None) -> None:
    begun = time.monotonic()

    response = client.get("/readyz")

    assert time.monotonic() - begun < 5
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    said = response.json()
    assert "timeout expired" in said["database"]
    assert "timeout expired" in said["migrations"]
    assert said["redis"] == "ok"


def test_a_check_that_hangs_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setitem(health.CHECKS, "redis", lambda: str(ended.wait(30)))
    monkeypatch.setattr(health, "ANSWER_SECONDS", 0.5)

    said = client.get("/readyz").json()
    ended.set()

    assert said["redis"] == "no answer within 0.5 s"


def test_connections_for_these_questions_are_closed_again(client: Client) -> None:
    for _ in range(3):
        client.get("/readyz")

    others = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND usename = user AND pid <> pg_backend_pid()"
    )
    until = time.monotonic() + 5  # a server's process takes a moment to end
    with connection.cursor() as cursor:
        while cursor.execute(others) or cursor.fetchone() != (0,):
            assert time.monotonic() < until
            cursor.execute("SELECT pg_sleep(0.05), pg_stat_clear_snapshot()")
