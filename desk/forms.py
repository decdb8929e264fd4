"""Forms of the record: what was typed is never lost, and what is refused is said at its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from dates.fields import EDTFField
from history.models import slug_is_free
from history.services import before, revisions_of
from pledges.models import Citation, Effect, Event
from pledges.vocabulary import PledgeEffect
from sources.entering import check_quotation_at_entry
from sources.models import Passage, Source
from sources.quotations import Quotation

from . import fields
from .fields import WordsAround
from .services.addresses import vetted
from .services.changes import label, shown_columns
from .services.entries import BY_TABLE, PARTS, rows_of
from .services.passages import passage_of
from .services.refusals import WORDS, Refusal, sentence

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

# Fields of the form that are none of the record.
BESIDE_THE_RECORD = frozenset({"reason", "seen"})

NOT_SAID_WHAT_WAS_SEEN = (
    "This form does not say on which state of the entry it was opened, so it might undo what somebody else has "
    "changed. Nothing is saved, and what you typed is still here. Compare it with the entry as it is; saving again "
    "puts yours in its place."
)

CHECKS = {
    "country": fields.check_country,
    "currency": fields.check_currency,
    "language": fields.check_language,
    "jurisdictions": fields.check_place,
    "technologies": fields.check_word,
    "audiences": fields.check_word,
    "clause_keys": fields.check_word,
}
LISTS_OF_WORDS = frozenset({"jurisdictions", "technologies", "audiences", "clause_keys"})


def list_field(db_field: ArrayField[Any, Any]) -> forms.Field:
    """How a list is typed: check boxes, words with commas between them, or one text a line."""
    name = str(db_field.name)
    common: dict[str, Any] = {"label": str(db_field.verbose_name).capitalize(), "required": not db_field.blank}
    choices = getattr(db_field.base_field, "choices", None)
    if choices:
        return fields.SeveralChoices(choices=choices, **common)
    if name in LISTS_OF_WORDS:
        said = (
            "With commas between them, such as US, US-IL." if name == "jurisdictions" else "With commas between them."
        )
        return fields.ListField(
            separator=",",
            check=CHECKS[name],
            null=db_field.null,
            help_text=f"{said} {db_field.help_text}".strip(),
            widget=forms.TextInput(attrs={"class": "vTextField"}),
            **common,
        )
    return fields.ListField(
        separator="\n",
        null=db_field.null,
        help_text=f"One a line. {db_field.help_text}".strip(),
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        **common,
    )


def adjusted(db_field: models.Field[Any, Any], field: forms.Field) -> forms.Field:
    """A field of a form as this record wants it: not known is None, dates say how they are written."""
    if isinstance(db_field, EDTFField):
        field.help_text = " ".join(filter(None, [str(field.help_text), fields.EDTF_HELP]))
        field.widget.attrs["size"] = 28
    if isinstance(field, forms.CharField) and not isinstance(db_field, EDTFField):
        field.validators.append(fields.check_visible)
    if isinstance(field, forms.CharField) and db_field.null:
        field.empty_value = None
    if db_field.name in CHECKS and isinstance(field, forms.CharField):
        field.validators.append(CHECKS[str(db_field.name)])
    if isinstance(db_field, models.TextField):
        field.widget.attrs["rows"] = 3
    if db_field.name == "position":
        field.required = False
        field.help_text = f"{field.help_text} Left empty: the next.".strip()
    return field


def next_place(instance: models.Model) -> int:
    """The first free place after its siblings. A pledge is made at place 0, before all else."""
    if isinstance(instance, Effect):
        if instance.kind == PledgeEffect.MADE:
            return 0
        first = int(instance.pledge_id is not None)
    else:
        first = 0
    for owner in PARTS.get(type(instance), ("pledge", "investment", "event", "effect")):
        key = getattr(instance, f"{owner}_id", None)
        if key is not None:
            siblings = type(instance)._default_manager.filter(**{owner: key})
            last = siblings.aggregate(last=models.Max("position"))["last"]
            return first if last is None else max(first, last + 1)
    return first


class PartForm(ModelForm):
    """A form whose refusals are sentences at their fields. For parts, beside the record that they belong to."""

    def _update_errors(self, errors: ValidationError) -> None:
        """What the model refuses, on its way to the form: rules of the record in words of their own.

        Rules that are looked at when all is written, such as places that two rows exchange, are left to the
        database.
        """
        others: dict[str, list[ValidationError]] = {}
        broken: list[str] = []
        for field, faults in errors.error_dict.items():
            for fault in faults:
                constraint = self._constraint_behind(fault)
                if constraint is None:
                    others.setdefault(field, []).append(fault)
                elif not getattr(constraint, "deferrable", None):
                    broken.append(constraint.name)
        if others:
            super()._update_errors(ValidationError(others))  # type: ignore[misc]
        for rule in dict.fromkeys(broken):
            self.refuse(rule)

    def _constraint_behind(self, fault: ValidationError) -> models.BaseConstraint | None:
        unique = (fault.params or {}).get("unique_check")
        for _, constraints in self.instance.get_constraints():
            for constraint in constraints:
                if unique is not None and tuple(unique) == tuple(getattr(constraint, "fields", ())):
                    return cast(models.BaseConstraint, constraint)
                if fault.message == constraint.get_violation_error_message():
                    return cast(models.BaseConstraint, constraint)
        return None

    def refuse(self, rule: str) -> None:
        """Say which rule of the record is broken, at its field if the form has it."""
        field, words = WORDS.get(rule, (None, sentence(rule)))
        self.add_error(field if field in self.fields else None, ValidationError(words, code=rule))

    def clean_position(self) -> int | None:
        given: int | None = self.cleaned_data["position"]
        return self.initial.get("position") if given is None and self.instance.pk else given

    def complete(self) -> None:
        """Fill in what is not typed. Called when all is valid, just before the row is written."""
        if hasattr(self.instance, "position") and self.instance.position is None:
            self.instance.position = next_place(self.instance)

    def save(self, commit: bool = True) -> Any:
        if commit:
            self.complete()
        return super().save(commit)


class RecordForm(PartForm):
    """The form of a record: says why, and does not overwrite what somebody else has changed meanwhile."""

    reason = forms.CharField(
        label="Reason for this change, for readers",
        help_text="Readers will see it once the change is accepted. For a correction, say what was wrong and how you "
        "know. What is only for other editors belongs in the note when you hand an entry over.",
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        validators=[fields.check_visible],
        max_length=2_000,
        error_messages={"required": "Say why you make this change: the history keeps it."},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, max_value=models.BigIntegerField.MAX_BIGINT)

    # Set by the admin for each request.
    as_it_is: ClassVar[int | None] = None
    refusal: ClassVar[Refusal | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.as_it_is

    def record_has_changed(self) -> bool:
        return any(name not in BESIDE_THE_RECORD for name in self.changed_data)

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        try:
            slug_is_free(kind=str(self._meta.model._meta.model_name), slug=slug)
        except ValidationError as fault:
            raise ValidationError(fault.messages) from fault
        return slug

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        seen = self.cleaned_data.get("seen")
        if self.as_it_is is not None and seen != self.as_it_is:
            self.add_error(None, NOT_SAID_WHAT_WAS_SEEN if seen is None else self._changed_meanwhile(seen))
            # Told once: saving again puts what is typed here in the place of what they changed.
            typed = cast(QueryDict, self.data).copy()
            typed[self.add_prefix("seen")] = str(self.as_it_is)
            self.data = typed
        if self.refusal is not None:
            field = self.refusal.field if self.refusal.field in self.fields else None
            self.add_error(field, ValidationError(self.refusal.words, code=self.refusal.rule))
        return cleaned

    def _changed_meanwhile(self, seen: int) -> str:
        """Who changed what since the form was opened, and what it says now."""
        said = []
        since = revisions_of(rows_of(self.instance), since=seen)
        earlier = before(since)
        people = User.objects.in_bulk([revision.who_id for revision in since if revision.who_id is not None])
        for revision in since:
            model = BY_TABLE[revision.table_name]
            was = earlier[revision.pk].state if revision.pk in earlier else {}
            differing = [c for c in shown_columns(model) if revision.state.get(c) != was.get(c)]
            who = people.get(revision.who_id or 0, "a data set")
            at = timezone.localtime(revision.at)
            now = "; ".join(f"{label(model, c)} is now “{revision.state.get(c)}”" for c in differing)
            what = f"in the {model._meta.verbose_name}: {now}" if now else f"the {model._meta.verbose_name}"
            said.append(f"{who} at {at:%H:%M} on {at:%-d %B}, {what}")
        meanwhile = "; ".join(said) or "something was taken out"
        return (
            f"This was changed while you were editing ({meanwhile}). Nothing is saved, and what you typed is still "
            "here. Compare the two; saving again puts yours in place of theirs."
        )


class SourceForm(RecordForm):
    """A source, with its address vetted and the two keys by which it is found again."""

    looks_like: Source | None = None

    def clean_url(self) -> str | None:
        url: str | None = self.cleaned_data.get("url")
        if "url" not in self.changed_data:
            return url
        self.instance.identity_key = self.instance.likeness_key = None
        if not url:
            return None
        new = vetted(url, source=self.instance)
        self.looks_like = new.looks_like
        self.instance.identity_key, self.instance.likeness_key = new.identity_key, new.likeness_key
        return url


class QuotingForm(PartForm):
    """A form in which words are quoted: they are looked for in what is on record of their source's page."""

    from_the_page = forms.BooleanField(
        required=False,
        label="I have it from the page itself",
        help_text="Tick this if the words are refused although they stand on the page, behind a paywall say.",
    )
    anchored: Quotation | None = None

    @property
    def changed_data(self) -> list[str]:
        """What was changed of the record; the tick is none of it."""
        return [name for name in super().changed_data if name != "from_the_page"]

    def look_for(self, words: str, *, source: Source | None, field: str) -> None:
        """Note the words around a quotation, or say at its field what stands on the page instead."""
        if not words or source is None or source.pk is None:
            return
        try:
            self.anchored = check_quotation_at_entry(source, words)
        except ValidationError as fault:
            if not self.cleaned_data.get("from_the_page"):
                self.add_error(field, fault)


class CitationForm(QuotingForm):
    """A source that bears on something, with the quoted words in one field."""

    quotation = forms.CharField(
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text="A short fragment, exactly as printed. It is looked for in the source from then on.",
        validators=[fields.check_visible],
    )

    class Meta:
        model = Citation
        fields = ("event", "effect", "claim", "answer", "position", "source", "stance", "locator")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.passage_id:
            self.initial["quotation"] = self.instance.passage.exact

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self._quotes_anew():
            self.look_for(
                self.cleaned_data.get("quotation", ""), source=self.cleaned_data.get("source"), field="quotation"
            )
        return cleaned

    def _quotes_anew(self) -> bool:
        return bool({"quotation", "source"} & set(self.changed_data))

    def complete(self) -> None:
        super().complete()
        if self._quotes_anew():
            words = self.cleaned_data["quotation"]
            quotation = self.anchored or Quotation(words)
            self.instance.passage = (
                passage_of(source=self.cleaned_data["source"], quotation=quotation) if words else None
            )


class PassageForm(QuotingForm):
    """Quoted words beside their source. The words around them are filled in where these are known and not typed."""

    class Meta:
        model = Passage
        fields = ("source", "exact", "prefix", "suffix")
        field_classes = {"prefix": WordsAround, "suffix": WordsAround}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if {"exact", "source"} & set(self.changed_data) or not self.instance.pk:
            source = self.cleaned_data.get("source") or Source.objects.filter(pk=self.instance.source_id).first()
            self.look_for(self.cleaned_data.get("exact", ""), source=source, field="exact")
            if self.anchored is not None and not (self.cleaned_data.get("prefix") or self.cleaned_data.get("suffix")):
                self.cleaned_data.update(self.anchored._asdict())
        return cleaned


class PassageRecordForm(PassageForm, RecordForm):
    """The same on a page of its own."""


class CitationRecordForm(CitationForm, RecordForm):
    """The same on a page of its own."""


class EffectForm(RecordForm):
    """What an event did. Without an event it is a step of its own, and its event is named after it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "event" in self.fields:
            self.fields["event"].required = False
            self.fields[
                "event"
            ].help_text = (
                "Left empty, this is a step of the pledge or investment and nothing besides: its event is made with it."
            )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        slug = self.cleaned_data.get("slug")
        if self._makes_its_event() and slug and Event.objects.filter(slug=slug).exists():
            self.add_error("slug", f"There is an event “{slug}”: choose it above, or another name for the address.")
        return cleaned

    def _makes_its_event(self) -> bool:
        return "event" in self.fields and not self.errors.get("event") and not self.cleaned_data.get("event")

    def complete(self) -> None:
        super().complete()
        if self._makes_its_event():
            step: Effect = self.instance
            step.event = Event.objects.create(
                slug=step.slug, date=step.date, date_printed=step.date_printed, date_basis=step.date_basis
            )
