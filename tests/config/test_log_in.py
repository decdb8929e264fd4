"""Guessing passwords: limited for an account, wherever the guesses come from, and never for long."""

from datetime import timedelta
from http import HTTPStatus

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
