"""A date as written, kept in a model beside the days that it may mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.core import checks
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models

from dates.edtf import LONGEST, NotEdtf, parse

_Set = TypeVar("_Set", contravariant=True)
_Get = TypeVar("_Get", covariant=True)

if TYPE_CHECKING:
    TextColumn = models.CharField
else:

    class TextColumn(models.CharField):
        """Only the type stubs know ``CharField`` as generic: they read from ``null`` whether it can be None."""

        def __class_getitem__(cls, types: object) -> type:
            return cls


def validate_edtf(text: str) -> None:
    """Refuse what is no date of this record, saying how to mend it.

    :raises ValidationError: with the code ``not_edtf``.
    """
    try:
        parse(text)
    except NotEdtf as fault:
        raise ValidationError(str(fault), code="not_edtf") from fault


class EDTFField(TextColumn[_Set, _Get]):
    """EDTF text (ISO 8601-2, levels 0 and 1), filling in sibling ``DateField`` columns as it is saved.

    ``earliest``, ``latest`` and ``sorts_on`` name the siblings; None leaves that one out. An empty date, and
    an open start or end, make the sibling None. Declare this field before its siblings: rows are written
    field by field, and only then does ``bulk_create`` carry the derived days too (a system check holds it).
    ``bulk_update``, ``update`` and ``save(update_fields=...)`` write just the columns that they are told:
    name the siblings there as well (``derive`` sets them).
    """

    description = "Date as written (EDTF)"
    default_validators = [validate_edtf]

    def __init__(
        self,
        *args: Any,
        earliest: str | None = "date_earliest",
        latest: str | None = "date_latest",
        sorts_on: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.earliest, self.latest, self.sorts_on = earliest, latest, sorts_on
        kwargs.setdefault("max_length", LONGEST)
        super().__init__(*args, **kwargs)

    @property
    def siblings(self) -> dict[str, str]:
        """What is derived, by the name of the field that keeps it."""
        parts = {"earliest": self.earliest, "latest": self.latest, "sorts_on": self.sorts_on}
        return {name: part for part, name in parts.items() if name}

    def derive(self, instance: models.Model) -> None:
        """Set the sibling fields of an instance from its text.

        :raises NotEdtf: if the text is no date.
        """
        text = getattr(instance, self.attname)
        read = parse(text) if text else None
        for name, part in self.siblings.items():
            setattr(instance, name, getattr(read, part) if read else None)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        self.derive(model_instance)
        return super().pre_save(model_instance, add)

    def formfield(self, **kwargs: Any) -> Any:
        """A text field that refuses what is no date by itself, in a plain form or a filter as well."""
        return super().formfield(**{"validators": [validate_edtf], **kwargs})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if kwargs.get("max_length") == LONGEST:
            del kwargs["max_length"]
        for key, default in (("earliest", "date_earliest"), ("latest", "date_latest"), ("sorts_on", None)):
            if getattr(self, key) != default:
                kwargs[key] = getattr(self, key)
        return name, path, args, kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self._check_siblings()]

    def _check_siblings(self) -> list[checks.CheckMessage]:
        faults: list[checks.CheckMessage] = []
        for name in self.siblings:
            try:
                sibling = self.model._meta.get_field(name)
            except FieldDoesNotExist:
                sibling = None
            if not isinstance(sibling, models.DateField):
                faults.append(
                    checks.Error(
                        f"“{name}”, which keeps a day of “{self.name}”, is no DateField of this model.",
                        hint=f"Add {name} = models.DateField(null=True, editable=False) after “{self.name}”.",
                        obj=self,
                        id="dates.E001",
                    )
                )
            elif sibling.creation_counter < self.creation_counter:
                faults.append(
                    checks.Error(
                        f"“{name}” is declared before “{self.name}”, from which it is derived.",
                        hint=f"Declare “{self.name}” first, or bulk_create would not write “{name}”.",
                        obj=self,
                        id="dates.E002",
                    )
                )
        return faults
