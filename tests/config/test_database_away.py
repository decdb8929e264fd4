"""While PostgreSQL is away, readers are told that it is so and when to come again."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path


def falls(_request: HttpRequest) -> HttpResponse:
    """Asks the database something, whose server process ends meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return HttpResponse("It did not fall.")


def too_large(_request: HttpRequest) -> HttpResponse:
    """Asks for something that is too large for the database, which answers so."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE keys (key text); CREATE INDEX ON keys (key)")
        cursor.execute("INSERT INTO keys SELECT string_agg(md5(n::text), '') FROM generate_series(1, 500) AS n")
    return HttpResponse("It was not too large.")


urlpatterns = [path("falls/", falls), path("too-large/", too_large), path("", include("config.urls"))]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("cookies", [{}, {"sessionid": "something"}])
def test_a_page_says_that_the_record_is_not_at_hand(
    transactional_db: None, client: Client, caplog: pytest.LogCaptureFixture, cookies: dict[str, str]
) -> None:
    for name, value in cookies.items():
        client.cookies[name] = value

    answer = client.get("/falls/")

    connection.close()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "The record is not at hand for a moment" in answer.text
    said = [record for record in caplog.records if record.name == "config.middleware"]
    assert [record.exc_info for record in said] == [None]
    assert "The database does not answer: " in said[0].getMessage()


@pytest.mark.urls(__name__)
def test_what_is_too_large_for_the_database_is_no_outage(db: None) -> None:
    answer = Client(raise_request_exception=False).get("/too-large/")

    assert answer.status_code == 500
