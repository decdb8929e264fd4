"""Unreadable input is refused once, with a page that says what is wrong."""

from http import HTTPStatus

import pytest
from django.test import Client

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
