"""Unreadable input is refused once, with a page that says what is wrong."""

from http import HTTPStatus
from wsgiref.util import setup_testing_defaults

import pytest
from django.test import Client

from config.wsgi import application

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("/timeline/?q=%00", "a NUL character"),
        ("/timeline/?q%00=1", "a NUL character"),
        ("/timeline/?company=%ff%fe", "bytes that are not UTF-8"),
        ("/companies/%00/", "a NUL character"),
        ("/companies/%ff/", "bytes that are not UTF-8"),
        ("/timeline/?q=%ED%A0%80", "bytes that are not UTF-8"),  # a lone surrogate
    ],
)
def test_an_address_that_no_database_can_read_is_a_400_that_says_why(client: Client, address: str, fault: str) -> None:
    path, _, query = address.partition("?")

    # Not client.get: it would mend the address first.
    response = client.generic("GET", path, QUERY_STRING=query) if query else client.get(address)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert fault in response.text
    assert "\x00" not in response.text


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"username=a%00b&password=x", "a NUL character"),
        (b"username=a\x00b&password=x", "a NUL character"),
        (b"username=%ff&password=x", "bytes that are not UTF-8"),
        (b"user%ffname=x&password=x", "bytes that are not UTF-8"),
    ],
)
def test_a_form_that_no_database_can_read_is_a_400_that_says_why(client: Client, body: bytes, fault: str) -> None:
    response = client.generic("POST", "/accounts/login/", body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert fault in response.text


@pytest.mark.parametrize("value", [b"a\x00b", b"\xff\xfe"])
def test_a_form_with_parts_is_read_as_strictly(client: Client, value: bytes) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n' + value + b"\r\n--x--\r\n"

    response = client.generic("POST", "/accounts/login/", body, content_type="multipart/form-data; boundary=x")

    assert response.status_code == HTTPStatus.BAD_REQUEST


def test_letters_of_every_script_pass(client: Client) -> None:
    response = client.post("/accounts/login/", {"username": "Žofie Ąćę 名前 🙂", "password": "x"})

    assert response.status_code == HTTPStatus.OK


@pytest.mark.parametrize("address", ["/", "/timeline/?q=%00", "/no-such-page/"])
def test_a_name_that_is_not_the_sites_is_refused_in_plain_words(client: Client, address: str) -> None:
    response = client.get(address, headers={"host": "elsewhere.example"})

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "elsewhere" not in response.text


def test_a_head_request_gets_the_headers_of_the_page_alone(client: Client) -> None:
    page = client.get("/accounts/login/")

    # The test client takes bodies off by itself, so the answer is asked for as a server would.
    body, headers = as_a_server_would_ask("HEAD", "/accounts/login/")

    assert body == b""
    assert headers["Content-Type"] == page["Content-Type"]
    assert int(headers["Content-Length"]) > 0


def as_a_server_would_ask(method: str, path: str) -> tuple[bytes, dict[str, str]]:
    """Body and headers from the WSGI application itself."""
    answered: dict[str, str] = {}
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_HOST": "testserver"}
    setup_testing_defaults(environ)
    parts = application(environ, lambda _status, headers, *_: answered.update(headers))
    body = b"".join(parts)
    parts.close()
    return body, answered
