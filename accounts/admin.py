"""People and their roles, for whoever manages them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.http import HttpRequest

from .models import User
from .roles import MATRIX

if TYPE_CHECKING:
    Choices = forms.ModelMultipleChoiceField[Group]
    Form = forms.ModelForm[User]
    NewForm = AdminUserCreationForm[User]
    Admin = DjangoUserAdmin[User]
else:
    Choices = forms.ModelMultipleChoiceField
    Form, NewForm, Admin = forms.ModelForm, AdminUserCreationForm, DjangoUserAdmin

admin.site.unregister(Group)
admin.site.site_header = "Pledge Record: editing"
admin.site.site_title = "Pledge Record"
admin.site.index_title = "The record"


class RolesField(Choices):
    """The roles of a person, each with what it may do."""

    def label_from_instance(self, obj: Group) -> str:
        rights = next((rights for role, rights in MATRIX.items() if role == obj.name), frozenset())
        return f"{obj.name}: {'; '.join(sorted(rights))}" if rights else obj.name


class PersonForm(Form):
    """Roles as check boxes. Whoever has a role may sign in to the pages for editing."""

    groups = RolesField(
        label="Roles", queryset=Group.objects.order_by("pk"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def save(self, commit: bool = True) -> User:
        if "groups" in self.cleaned_data:
            self.instance.is_staff = bool(self.cleaned_data["groups"]) or self.instance.is_superuser
        person: User = super().save(commit)
        return person


class NewPersonForm(PersonForm, NewForm):
    """A new person with a first password, to be changed by them."""


@admin.register(User)
class UserAdmin(Admin):
    """Accounts. Roles come from groups; single permissions are given to nobody."""

    form = PersonForm
    add_form = NewPersonForm
    list_display = ("username", "first_name", "last_name", "roles", "is_active", "last_login")
    list_filter = ("groups", "is_active", "is_superuser")
    search_fields = ("username", "first_name", "last_name", "email", "credited_as")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "credited_as")}),
        ("What they may do", {"fields": ("is_active", "groups", "is_superuser")}),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "credited_as")}),
        ("What they may do", {"fields": ("groups",)}),
    )

    @admin.display(description="roles")
    def roles(self, person: User) -> str:
        named = sorted(group.name for group in person.groups.all())
        return ", ".join(["superuser"] * person.is_superuser + named) or "none"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fixed = ["last_login", "date_joined"]
        # Nobody raises themselves: roles come from another person, and superusers are made on the command line.
        if not request.user.is_superuser:
            fixed.append("is_superuser")
        if obj is not None and obj == request.user:
            fixed += ["groups", "is_superuser", "is_active"]
        return fixed

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        # The history names people for good; an account is closed by taking "active" away.
        return False
