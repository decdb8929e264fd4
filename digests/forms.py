"""The form by which a digest is asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digests.models import LONGEST_ADDRESS, Rhythm

LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1


class AddressField(forms.Field):
    """One plain address. What mail servers may read as more than that is refused: names, quotes, lists, line breaks."""

    def clean(self, value: Any) -> str:
        given = str(value or "").strip()
        if not given:
            raise ValidationError(_("Write your e-mail address."))
        if any(mark in given for mark in ',;<>"()\\') or any(letter.isspace() for letter in given):
            raise ValidationError(_("Write one address and nothing else, such as name@example.org."))
        local, _at, domain = given.rpartition("@")
        if len(given) > LONGEST_ADDRESS or len(local) > LONGEST_LOCAL:
            raise ValidationError(_("This is longer than any e-mail address can be."))
        try:
            validate_email(given)
        except ValidationError:
            raise ValidationError(_("This is not an e-mail address. Write it as name@example.org.")) from None
        return f"{local}@{domain.lower()}"


class AskForm(forms.Form):
    """Whom to write to, and how often."""

    address = AddressField(label=gettext_lazy("Your e-mail address"))
    rhythm = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=Rhythm,
        initial=Rhythm.WEEKLY,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose how often."),
            "invalid_choice": gettext_lazy("Choose how often."),
        },
    )
