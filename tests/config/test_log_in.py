"""Guessing passwords: limited for an account, wherever the guesses come from, and never for long."""

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlencode

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

pytestmark = pytest.mark.django_db

PASSWORD = "a long and private sentence"
GUESSES_ALLOWED = 10


@pytest.fixture(autouse=True)
def account() -> None:
    get_user_model().objects.create_user(username="ines", password=PASSWORD)


def log_in(name: str, password: str, **headers: str) -> int:
    """The status of an attempt: 302 is in, 200 is the form again, 429 is too many."""
    answer = Client().post("/accounts/login/", {"username": name, "password": password}, headers=headers)
    return answer.status_code


def guess(name: str, times: int) -> list[int]:
    """Wrong passwords, each as if through another proxy and from another browser."""
    return [
        log_in(
            name, f"guess {number}", **{"x-forwarded-for": f"198.51.100.{number}", "user-agent": f"browser {number}"}
        )
        for number in range(times)
    ]


def test_the_right_password_opens_the_door() -> None:
    assert log_in("ines", PASSWORD) == HTTPStatus.FOUND


def test_after_ten_guesses_an_account_is_closed_even_to_the_right_password() -> None:
    first = guess("ines", GUESSES_ALLOWED)

    after = log_in("ines", PASSWORD, **{"x-forwarded-for": "203.0.113.7"})

    assert first[:-1] == [HTTPStatus.OK] * (GUESSES_ALLOWED - 1)
    assert after == HTTPStatus.TOO_MANY_REQUESTS


def test_other_accounts_stay_open() -> None:
    get_user_model().objects.create_user(username="omar", password=PASSWORD)

    guess("ines", GUESSES_ALLOWED + 1)

    assert log_in("omar", PASSWORD) == HTTPStatus.FOUND


def test_an_account_that_does_not_exist_is_closed_in_the_same_way() -> None:
    guess("nobody", GUESSES_ALLOWED)

    assert log_in("nobody", PASSWORD) == HTTPStatus.TOO_MANY_REQUESTS


def test_a_minute_later_the_account_is_open_again_although_guesses_went_on() -> None:
    guess("ines", GUESSES_ALLOWED)
    guess("ines", 5)

    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(seconds=61))

    assert log_in("ines", PASSWORD) == HTTPStatus.FOUND


def test_no_password_that_was_tried_is_kept() -> None:
    guess("ines", 1)

    kept = str(list(AccessAttempt.objects.values()))
    assert "guess 0" not in kept


@pytest.mark.parametrize("length", [151, 255, 256, 100_000])
def test_a_name_longer_than_any_account_has_is_refused_and_counted_like_any_other(length: int) -> None:
    name = "n" * length

    first = guess(name, GUESSES_ALLOWED)

    assert first == [HTTPStatus.OK] * (GUESSES_ALLOWED - 1) + [HTTPStatus.TOO_MANY_REQUESTS]
    assert log_in(name, PASSWORD) == HTTPStatus.TOO_MANY_REQUESTS


def test_nothing_else_that_is_too_long_is_an_error_of_the_server() -> None:
    long = "x" * 5_000

    assert log_in("ines", long * 100) == HTTPStatus.OK
    assert log_in("ines", "wrong", **{"user-agent": long, "accept": long, "x-forwarded-for": long}) == HTTPStatus.OK
    typed = urlencode({"username": "ines", "password": "wrong", long: long})
    answer = Client().post(f"/accounts/login/?next=/{long}", typed, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == HTTPStatus.OK
    assert AccessAttempt.objects.count() > 0


def test_who_has_tried_too_often_is_told_when_to_try_again() -> None:
    guess("ines", GUESSES_ALLOWED)

    answer = Client().post("/accounts/login/", {"username": "ines", "password": PASSWORD})

    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert answer.headers["Retry-After"] == "60"
    assert "Too many tries" in answer.text


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/password_change/", "/admin/jsi18n/", "/desk/", "/accounts/login/"]
)
def test_no_page_for_those_who_sign_in_is_kept_by_a_browser_or_on_the_way(address: str) -> None:
    client = Client()
    client.force_login(
        get_user_model().objects.create_superuser("root"), backend="django.contrib.auth.backends.ModelBackend"
    )

    assert client.get(address).headers["Cache-Control"] == "no-store, private"
    assert Client().get(address).headers["Cache-Control"] == "no-store, private"
