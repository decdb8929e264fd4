"""The form to sign in."""

from __future__ import annotations

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError


class SignInForm(AuthenticationForm):
    """Django's, with what it refuses said in the words of the page."""

    def get_invalid_login_error(self) -> ValidationError:
        sentence = "The name of the account or the password is not right. Capital letters count in both."
        return ValidationError(sentence, code="invalid_login")
