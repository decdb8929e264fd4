"""Somebody at the keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.desk.pages import Keyboard

SignIn = Callable[[User], Keyboard]


@pytest.fixture
def sign_in() -> SignIn:
    """A browser without scripts, signed in as somebody."""

    def signed_in(person: User) -> Keyboard:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return Keyboard(client)

    return signed_in
