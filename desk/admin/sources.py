"""Sources and the passages quoted from them."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest

from desk.forms import PassageForm, PassageRecordForm, SourceForm
from sources.models import CitedWork, Passage, Source

from .base import Blocks, PublicState, RecordAdmin, Rows


class Passages(Blocks):
    model = Passage
    form = PassageForm
    fields = ("exact", "from_the_page", "prefix", "suffix")


class CitedWorks(Rows):
    model = CitedWork
    fk_name = "source"
    fields = ("cited",)
    autocomplete_fields = ("cited",)
    verbose_name_plural = "works that it names as where it has something from"


@admin.register(Source)
class SourceAdmin(RecordAdmin):
    form = SourceForm
    list_display = ("title", "publisher", "published", "type", "state")
    list_filter = (PublicState, "type", "title_basis", "language")
    search_fields = ("title", "slug", "url", "publisher")
    ordering = ("-pk",)
    prepopulated_fields = {"slug": ("title",)}
    autocomplete_fields = ("first_report", "copy_of")
    inlines = (Passages, CitedWorks)
    fieldsets = (
        (None, {"fields": ("url", "title", "title_basis", "slug", "type")}),
        ("Who published it, and when", {
            "fields": ("authors", "publisher", "published", "date_printed", "date_basis", "language"),
        }),
        ("Where it has it from", {
            "fields": ("first_reported_by", "first_report", "syndicated_from", "copy_of"),
        }),
        ("Note", {"fields": ("note",)}),
    )  # fmt: skip

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.looks_like is not None:
            self.message_user(
                request,
                f"The address looks like that of “{form.looks_like}” ({form.looks_like.slug}). "
                "If it is the same page, cite that source and set this one aside.",
                messages.WARNING,
            )


@admin.register(Passage)
class PassageAdmin(RecordAdmin):
    form = PassageRecordForm
    list_display = ("exact", "source")
    list_select_related = ("source",)
    search_fields = ("exact", "source__title", "source__slug")
    ordering = ("-pk",)
    fields = ("source", "exact", "from_the_page", "prefix", "suffix")
    autocomplete_fields = ("source",)

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        # Words do not move to another source; there they are another passage.
        return ("source",) if obj is not None else ()
