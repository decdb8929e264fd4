"""Companies."""

from django.contrib import admin

from companies.models import Company, CompanyName, Identifier, Ownership

from .base import PublicState, RecordAdmin, Rows


class Names(Rows):
    model = CompanyName
    fields = ("position", "name", "used_from", "used_until")


class Owners(Rows):
    model = Ownership
    fk_name = "company"
    fields = ("owner", "since", "until")
    autocomplete_fields = ("owner",)


class Identifiers(Rows):
    model = Identifier
    fields = ("scheme", "value")


@admin.register(Company)
class CompanyAdmin(RecordAdmin):
    list_display = ("name", "slug", "country", "state")
    list_filter = (PublicState, "country")
    search_fields = ("name", "slug", "names__name", "identifiers__value")
    ordering = ("sort_name", "pk")
    fields = ("name", "slug", "roles", "country", "website", "note", "merged_into")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("merged_into",)
    inlines = (Names, Owners, Identifiers)
