"""Who manages people can let others write and publish, but not do so under a second name."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import NotToOneself, Role, give_roles
from tests.desk import record
from tests.desk.pages import Keyboard

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/accounts/user/"


@pytest.fixture
def ada():
    return record.person("ada", Role.ADMINISTRATOR)


@pytest.fixture
def keyboard(ada):
    client = Client()
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    return Keyboard(client)


def page_of(person):
    return reverse("admin:accounts_user_change", args=[person.pk])


def group(role):
    return Group.objects.get(name=role)


def test_the_log_says_who_gave_which_roles_to_whom(ada, keyboard):
    keyboard.send(
        f"{PEOPLE}add/", username="eve", password1="a long enough sentence", password2="a long enough sentence",
        groups=[group(Role.EDITOR).pk],
    )  # fmt: skip
    eve = User.objects.get(username="eve")
    keyboard.send(page_of(eve), groups=[group(Role.PUBLISHER).pk], first_name="Eve")

    logged = LogEntry.objects.filter(object_id=eve.pk).order_by("pk")
    history = keyboard.open(reverse("admin:accounts_user_history", args=[eve.pk]))
    assert [(entry.user, entry.action_time is not None) for entry in logged] == [(ada, True)] * 2
    assert "Roles given: editor." in logged[0].get_change_message()
    assert logged[1].get_change_message() == "Roles given: publisher. Roles taken: editor. Changed: First name."
    assert "Roles given: publisher. Roles taken: editor." in history
    assert "sentence" not in history
    assert (eve.roles_given_by, eve.is_staff) == (ada, True)
    assert "ada" in keyboard.open(page_of(eve))


def test_taking_a_role_away_does_not_hide_who_gave_the_others(ada):
    eve = record.person("eve")
    give_roles(person=eve, roles=[group(Role.EDITOR), group(Role.PUBLISHER)], by=ada)

    give_roles(person=eve, roles=[group(Role.EDITOR)], by=record.person("root"))
    eve.refresh_from_db()

    assert eve.roles_given_by == ada


def test_nobody_changes_their_own_roles(ada, keyboard):
    held = keyboard.fill_in(page_of(ada))
    keyboard.post(page_of(ada), held | {"groups": [str(group(Role.PUBLISHER).pk)], "is_superuser": "on"})

    ada.refresh_from_db()
    assert "groups" not in held
    assert [role.name for role in ada.groups.all()] == [Role.ADMINISTRATOR]
    assert not ada.is_superuser
    with pytest.raises(NotToOneself):
        give_roles(person=ada, roles=[group(Role.PUBLISHER)], by=ada)
    with pytest.raises(IntegrityError, match="nobody_gives_roles_to_themselves"), transaction.atomic():
        User.objects.filter(pk=ada.pk).update(roles_given_by=ada)


@pytest.mark.parametrize("superuser", [False, True])
def test_nobody_sets_or_sees_the_password_of_somebody_else(superuser, ada, keyboard):
    User.objects.filter(pk=ada.pk).update(is_superuser=superuser)
    eve = record.person("eve", password="a long enough sentence")

    form = keyboard.open(page_of(eve))
    keyboard.send(page_of(eve), password="typed past the form", first_name="Eve")
    own = {"password1": "another long sentence", "password2": "another long sentence"}
    refused = keyboard.post(reverse("admin:auth_user_password_change", args=[eve.pk]), own)

    eve.refresh_from_db()
    assert 'name="password"' not in form
    assert eve.password not in form
    assert refused.status_code == 403
    assert eve.first_name == "Eve"
    assert eve.check_password("a long enough sentence")


def test_a_password_can_be_taken_away_which_the_log_says_but_not_ones_own(ada, keyboard):
    ada.set_password("a long enough sentence")
    eve, root = record.person("eve", password="a long enough sentence"), record.person("root", is_superuser=True)

    keyboard.post(PEOPLE, {"action": "take_password_away", "_selected_action": [eve.pk, root.pk, ada.pk]})

    eve.refresh_from_db()
    ada.refresh_from_db()
    assert not eve.has_usable_password()
    assert [(one.user, one.object_id, one.change_message) for one in LogEntry.objects.all()] == [
        (ada, str(eve.pk), "Password taken away.")
    ]
    assert f"{PEOPLE}{eve.pk}/" in keyboard.open(PEOPLE)


def test_two_are_independent_unless_one_has_the_roles_from_the_other_even_through_a_third(ada):
    helper, puppet, stranger = record.person("helper"), record.person("puppet"), record.person("stranger")
    give_roles(person=helper, roles=[group(Role.ADMINISTRATOR)], by=ada)
    give_roles(person=puppet, roles=[group(Role.PUBLISHER)], by=helper)
    give_roles(person=stranger, roles=[group(Role.PUBLISHER)], by=record.person("root"))

    assert [one.is_independent_of(ada) for one in (ada, helper, puppet, stranger)] == [False, False, False, True]
    assert not ada.is_independent_of(puppet)
    assert stranger.is_independent_of(puppet)
