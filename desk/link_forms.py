"""Forms of a person's word on a source: each says at its field what is missing."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from sources.captures.uploads import ENDINGS, LARGEST_UPLOAD
from sources.states import State

from .fields import check_visible

LONGEST_WORD = timedelta(days=365)


class ReasonForm(forms.Form):
    """A reason in words. The name of its field is that of the services, so that their refusals find it."""

    because = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2_000,
        error_messages={"required": "Give a reason."},
        validators=[check_visible],
    )


class PublicReasonForm(ReasonForm):
    """A reason that readers see."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].label = "Reason, for readers"


class CloseForm(ReasonForm):
    """Why nothing is to be done about a finding."""


class TakeAddressForm(PublicReasonForm):
    """Why a source gets the address to which its page has moved. Readers see it."""

    address = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": "Open the page again: it did not say which address."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].initial = "The page has moved for good to its new address."


class WithdrawForm(PublicReasonForm):
    """Why an entry of the ledger is no change of the page's own text."""


class OverrideForm(PublicReasonForm):
    """What a person saw, until when it is to be shown in place of what the checks see, and why."""

    state = forms.ChoiceField(
        label="What the person saw",
        # That nothing was looked at is no word of somebody who looked.
        choices=[(one.value, one.label) for one in State if one is not State.UNCHECKED],
        error_messages={
            "required": "Say what the page was like.",
            "invalid_choice": "Choose one of the states in the list.",
        },
    )
    until = forms.DateField(
        label="Holds until the end of",
        help_text="A year ahead at most. Such as 2027-03-31.",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "Say until which day it holds, so that the checks speak again after it.",
            "invalid": "Write the day as year, month and day, such as 2027-03-31.",
        },
    )
    field_order = ("state", "until", "because")

    def clean_until(self) -> datetime:
        """The last second of the day that was given."""
        day = self.cleaned_data["until"]
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError("This day is over: give today or a later one.")
        if day > today + LONGEST_WORD:
            last = today + LONGEST_WORD
            raise forms.ValidationError(f"A year ahead is the most: give {last:%Y-%m-%d} or an earlier day.")
        return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))

    def clean_state(self) -> State:
        return State(self.cleaned_data["state"])


class UploadForm(forms.Form):
    """A PDF, a mail or a saved page of a source."""

    file = forms.FileField(
        label="File",
        help_text=(
            f"A PDF, a mail, a saved page or a picture ({', '.join(ENDINGS)}), {LARGEST_UPLOAD / 1e6:.0f} MB at most. "
            "It is kept as a copy and not republished."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(ENDINGS)}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty: choose another."},
    )
