"""People and their roles, for whoever manages them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse

from .models import User
from .roles import MATRIX, give_roles

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


ROLES = "Roles"


class RolesField(Choices):
    """The roles of a person, each with what it may do."""

    def label_from_instance(self, obj: Group) -> str:
        rights = next((rights for role, rights in MATRIX.items() if role == obj.name), frozenset())
        return f"{obj.name}: {'; '.join(sorted(rights))}" if rights else obj.name


class PersonForm(Form):
    """Roles as check boxes. Whoever has a role may sign in to the pages for editing."""

    groups = RolesField(
        label=ROLES, queryset=Group.objects.order_by("pk"), required=False, widget=forms.CheckboxSelectMultiple
    )


class NewPersonForm(PersonForm, NewForm):
    """A new person with a first password, to be changed by them."""


@admin.register(User)
class UserAdmin(Admin):
    """Accounts. Roles come from groups; single permissions are given to nobody.

    Nobody sets the password of an account that exists but its owner: whoever could would sign in as another person,
    and accept what they themselves wrote.
    """

    form = PersonForm
    add_form = NewPersonForm
    list_display = ("username", "first_name", "last_name", "roles", "is_active", "last_login")
    list_filter = ("groups", "is_active", "is_superuser")
    search_fields = ("username", "first_name", "last_name", "email", "credited_as")
    filter_horizontal = ()
    actions = ("take_password_away",)
    fieldsets = (
        (None, {"fields": ("username", "signs_in")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "credited_as")}),
        ("What they may do", {"fields": ("is_active", "groups", "roles_given_by", "is_superuser")}),
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

    @admin.display(description="signs in")
    def signs_in(self, person: User) -> str:
        if person.has_usable_password():
            return "with a password, which only they can change"
        return "not at all: whoever runs the site sets a password on the command line"

    @admin.action(description="Take the password away, so that nobody signs in with it", permissions=["change"])
    def take_password_away(self, request: HttpRequest, people: models.QuerySet[User]) -> None:
        for person in people:
            if person == request.user or not self.has_change_permission(request, person):
                self.message_user(request, f"The password of {person} stays: it is not yours to take.", messages.ERROR)
                continue
            person.set_unusable_password()
            person.save(update_fields=["password"])
            self.log_change(request, person, "Password taken away.")
            self.message_user(request, f"{person} cannot sign in until a new password is set.", messages.SUCCESS)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        raise PermissionDenied("Only its owner changes a password. You can take it away in the list of people.")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if "is_superuser" in form.changed_data and obj.is_superuser:
            obj.roles_given_by = cast(User, request.user)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if "groups" in form.cleaned_data:
            given = form.cleaned_data["groups"]
            form.roles_changed = give_roles(person=form.instance, roles=given, by=cast(User, request.user))

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """What the log says: which roles were given and taken, and which other fields were changed."""
        others = [str(form.fields[name].label or name) for name in form.changed_data if name in form.fields]
        others = [label for label in others if label != ROLES and "assword" not in label]
        said = [str(getattr(form, "roles_changed", "")), f"{'Filled in' if add else 'Changed'}: {', '.join(others)}."]
        return " ".join(filter(None, said if others else said[:1])) or "Nothing was changed."

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fixed = ["last_login", "date_joined", "signs_in", "roles_given_by"]
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
