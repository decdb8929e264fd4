"""Who may do what: every role and every right, in one place.

A role is a group of the same name; a person may have several. Rights are Django's permissions, so that pages,
forms and the admin all ask one question, ``user.has_perm``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from .models import User


class Role(StrEnum):
    """A role, by the name of its group."""

    CONTRIBUTOR = "contributor"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    PUBLISHER = "publisher"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """Something that a role may do, in words."""

    READ = "read drafts, proposals and the history"
    WRITE = "write drafts and propose changes"
    SEND_BACK = "send back what others wrote, with a note"
    ACCEPT = "accept changes that others propose to what is public"
    PUBLISH = "publish new entries that others wrote"
    CARE = "decide what becomes of links that fail and of pages that change"
    MANAGE_PEOPLE = "invite people and give them roles"


MATRIX: dict[Role, frozenset[Right]] = {
    Role.CONTRIBUTOR: frozenset({Right.READ, Right.WRITE}),
    Role.EDITOR: frozenset({Right.READ, Right.WRITE, Right.SEND_BACK, Right.CARE}),
    Role.REVIEWER: frozenset({Right.READ, Right.WRITE, Right.SEND_BACK, Right.CARE, Right.ACCEPT}),
    Role.PUBLISHER: frozenset({Right.READ, Right.WRITE, Right.SEND_BACK, Right.CARE, Right.ACCEPT, Right.PUBLISH}),
    # Who hands out roles does not by that write or publish: it takes a second role, given by somebody else. Nor do
    # they and those to whom they gave roles accept each other's work (``User.is_independent_of``).
    Role.ADMINISTRATOR: frozenset({Right.READ, Right.MANAGE_PEOPLE}),
}

# What people write, by room. Rows on the left stay on record for good; those on the right may be taken out again.
RECORD: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "companies": (frozenset({"company"}), frozenset({"companyname", "ownership", "identifier"})),
    "sources": (frozenset({"source"}), frozenset({"citedwork", "passage"})),
    "pledges": (
        frozenset({"pledge", "round", "investment", "event", "effect", "dispute"}),
        frozenset(
            {"terms", "clause", "condition", "coinvestor", "claim", "eventcompany", "party", "amount"}
            | {"eventfollows", "answer", "citation"}
        ),
    ),
}


def _named(room: str, model: str, *verbs: str) -> Q:
    return Q(content_type__app_label=room, codename__in=[f"{verb}_{model}" for verb in verbs])


def _permissions_of(right: Right) -> Q:
    """Which of Django's permissions a right stands for."""
    wanted = Q(pk__in=[])
    match right:
        case Right.READ:
            wanted |= _named("desk", "proposal", "view")
            for room, (lasting, parts) in RECORD.items():
                for model in lasting | parts:
                    wanted |= _named(room, model, "view")
        case Right.WRITE:
            wanted |= _named("desk", "proposal", "add")
            for room, (lasting, parts) in RECORD.items():
                for model in lasting | parts:
                    wanted |= _named(room, model, "add", "change")
                for model in parts:
                    wanted |= _named(room, model, "delete")
        case Right.SEND_BACK:
            wanted |= _named("desk", "proposal", "send_back")
        case Right.ACCEPT:
            wanted |= _named("desk", "proposal", "accept")
        case Right.PUBLISH:
            wanted |= _named("desk", "proposal", "publish")
        case Right.CARE:
            wanted |= _named("sources", "finding", "view", "change")
        case Right.MANAGE_PEOPLE:
            wanted |= _named("accounts", "user", "view", "add", "change") | _named("auth", "group", "view")
    return wanted


class NotToOneself(Exception):
    """Roles come from another person."""


@dataclass(frozen=True)
class RolesChanged:
    """Roles that were given and taken, by name."""

    given: tuple[str, ...]
    taken: tuple[str, ...]

    def __str__(self) -> str:
        said = [("Roles given", self.given), ("Roles taken", self.taken)]
        return " ".join(f"{words}: {', '.join(names)}." for words, names in said if names)


@transaction.atomic
def give_roles(*, person: User, roles: Iterable[Group], by: User) -> RolesChanged:
    """Let a person have exactly these roles, and keep in mind who gave them.

    :raises NotToOneself: if both are the same person.
    """
    if person.pk == by.pk:
        raise NotToOneself("Nobody changes their own roles: ask another administrator.")
    before = set(person.groups.values_list("name", flat=True))
    person.groups.set(roles)
    after = set(person.groups.values_list("name", flat=True))
    changed = RolesChanged(given=tuple(sorted(after - before)), taken=tuple(sorted(before - after)))
    if changed.given:
        person.roles_given_by = by
    person.is_staff = bool(after) or person.is_superuser
    person.save(update_fields=["roles_given_by", "is_staff"])
    return changed


@transaction.atomic
def sync_roles() -> list[Role]:
    """Give each role's group exactly the permissions of its rights. Safe to repeat; other groups stay as they are.

    :returns: the roles whose permissions were not yet as they should be.
    """
    mended = []
    for role, rights in MATRIX.items():
        group, _ = Group.objects.get_or_create(name=role.value)
        wanted = Q(pk__in=[])
        for right in rights:
            wanted |= _permissions_of(right)
        permissions = set(Permission.objects.filter(wanted).values_list("pk", flat=True))
        if permissions != set(group.permissions.values_list("pk", flat=True)):
            group.permissions.set(permissions)
            mended.append(role)
    return mended
